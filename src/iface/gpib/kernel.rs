#![forbid(unsafe_code)]
//! Boards of the kernel's driver, without a library: command bytes address and poll the devices. (The
//! driver's own poll, IBRSP, knows only devices that were opened with IBOPENDEV.)

use std::path::{Path, PathBuf};

use crate::iface::bus::AtnMode;
use crate::iface::gpib::board::{Board, Conditions, Status};
use crate::iface::gpib::ibsta;
use crate::iface::gpib::ibsta::Lines;
use crate::iface::{Stop, Transfer};
use crate::os::Wait;
use crate::os::gpib::device::{Device, Moved};
use crate::os::gpib::sta;
use crate::status::{Error, Result, VI_ERROR_NSUP_MODE, VI_ERROR_NSYS_CNTLR, fail};
use crate::wire::gpib::BusAddress;

/// A board of the kernel's.
pub struct Kernel {
    path: PathBuf,
    device: Device,
}

impl Kernel {
    /// Opens the board.
    ///
    /// # Errors
    /// VI_ERROR_INTF_NUM_NCONFIG when there is none, VI_ERROR_NPERMISSION.
    pub fn open(path: &Path) -> Result<Self> {
        let device = Device::open(path)?;
        // Asked for, so that a device that is none is found out at once.
        device.info()?;
        Ok(Self { path: path.to_owned(), device })
    }

    /// Whether an operation of the system controller failed because it is none.
    fn as_system_controller(&self, done: Result) -> Result {
        match done {
            Err(error) if !self.device.info()?.is_system_controller => {
                Err(Error { code: VI_ERROR_NSYS_CNTLR, ..error })
            }
            done => done,
        }
    }
}

fn transfer(moved: Moved) -> Transfer<()> {
    Transfer { count: moved.count, outcome: moved.outcome }
}

impl Board for Kernel {
    fn identity(&self) -> String {
        format!("/dev/gpib {:x}", self.device.number())
    }

    fn description(&self) -> String {
        self.path.display().to_string()
    }

    fn enter(&self, wait: &Wait) -> Result {
        self.device.lock(wait)
    }

    fn leave(&self) {
        self.device.unlock();
    }

    fn command(&self, bytes: &[u8], wait: &Wait) -> Transfer<()> {
        transfer(self.device.command(bytes, wait))
    }

    fn send(&self, data: &[u8], end: bool, wait: &Wait) -> Transfer<()> {
        transfer(self.device.write(data, end, wait))
    }

    /// The driver's chips tell END and the end character by one bit: where both may have come, it
    /// is the end character, which the caller has seen.
    fn receive(&self, buf: &mut [u8], term_char: Option<u8>, wait: &Wait) -> Transfer<Stop> {
        let moved = self.device.read(buf, term_char, wait);
        let last = buf[..moved.count].last().copied();
        let how = match (moved.end, term_char.is_some() && last == term_char) {
            (_, true) => Stop::TermChar,
            (true, false) => Stop::End,
            (false, false) => Stop::Count,
        };
        Transfer { count: moved.count, outcome: moved.outcome.map(|()| how) }
    }

    fn control_atn(&self, mode: AtnMode, _wait: &Wait) -> Result {
        match mode {
            AtnMode::Deassert => self.device.standby(),
            AtnMode::DeassertHandshake => {
                fail(VI_ERROR_NSUP_MODE, "the kernel's driver is no shadow listener")
            }
            AtnMode::Assert => self.device.take_control(true),
            AtnMode::AssertImmediate => self.device.take_control(false),
        }
    }

    fn send_ifc(&self, _wait: &Wait) -> Result {
        self.as_system_controller(self.device.interface_clear())
    }

    fn set_ren(&self, on: bool, _wait: &Wait) -> Result {
        self.as_system_controller(self.device.remote_enable(on))
    }

    fn own_address(&self, _wait: &Wait) -> Result<BusAddress> {
        let info = self.device.info()?;
        Ok(BusAddress { primary: info.primary, secondary: info.secondary })
    }

    fn status(&self, wait: &Wait) -> Result<Status> {
        let now = self.device.wait(0, wait)?;
        let lines = Lines(self.device.lines().unwrap_or(0));
        Ok(Status {
            in_charge: now & sta::CIC != 0,
            is_system_controller: Some(self.device.info()?.is_system_controller),
            is_talker: now & sta::TACS != 0,
            is_listener: now & sta::LACS != 0,
            atn: lines.line(Lines::ATN).or(Some(now & sta::ATN != 0)),
            ren: lines.line(Lines::REN),
            srq: lines.line(Lines::SRQ).or(Some(now & sta::SRQI != 0)),
            ndac: lines.line(Lines::NDAC),
        })
    }

    fn await_conditions(&self, wanted: Conditions, wait: &Wait) -> Result<Conditions> {
        // What it tells it tells once: so a cancel meanwhile changes nothing.
        Ok(ibsta::conditions(self.device.wait(ibsta::bits(wanted), wait)?))
    }

    fn forget(&self, happened: Conditions) -> Result {
        self.device.forget(ibsta::bits(happened))
    }

    fn set_own_address(&self, own: BusAddress, _wait: &Wait) -> Result {
        self.device.set_address(own.primary, own.secondary)
    }

    fn set_system_controller(&self, on: bool, _wait: &Wait) -> Result {
        self.device.set_system_controller(on)
    }

    fn set_status_byte(&self, byte: u8, _wait: &Wait) -> Result {
        self.device.set_status_byte(byte)
    }
}
