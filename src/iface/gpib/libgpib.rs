#![forbid(unsafe_code)]
//! Boards of a GPIB library: linux-gpib's or National Instruments'.
//!
//! Messages and polls are the library's device calls, which address the device and move the data as
//! one piece, also among programs that know nothing of ours. Everything else is done on the board.

use std::time::Duration;

use parking_lot::Mutex;

use crate::iface::bus::AtnMode;
use crate::iface::gpib::addressing;
use crate::iface::gpib::board::{Board, Conditions, Exchange, Status};
use crate::iface::gpib::ibsta;
use crate::iface::gpib::ibsta::Lines;
use crate::iface::{Stop, Transfer};
use crate::os::Deadline;
use crate::os::Wait;
use crate::os::gpib::library::{Control, Descriptor, Ended, Setting};
use crate::os::gpib::sta;
use crate::status::{
    Error, Result, VI_ERROR_INV_PARAMETER, VI_ERROR_NCIC, VI_ERROR_NLISTENERS, VI_ERROR_NSUP_OPER,
};
use crate::wire::gpib::BusAddress;

/// The longest that the library may keep a thread that waits for something to happen.
const SLICE: Duration = Duration::from_millis(300);

/// How often is looked for it where the library cannot wait.
const LOOK: Duration = Duration::from_millis(20);

/// How long the handshake of a listener test may take.
const TEST: Duration = Duration::from_millis(100);

/// The most that is moved by one operation, whose bytes are a copy of the caller's: the library may
/// still touch them when the caller has gone.
const PIECE: usize = 1 << 20;

/// Devices whose descriptors are kept open.
const MOST_DEVICES: usize = 31;

/// A board of the library.
pub struct Library {
    index: u16,
    board: Descriptor,
    /// What the thread that waits for events has. With NI-488.2 that is a descriptor of its own; with
    /// linux-gpib it is the same as `board`, whose timeout belongs to the operations.
    events: Descriptor,
    /// The open descriptors, the latest used at the end.
    devices: Mutex<Vec<Device>>,
}

/// A device's descriptor, and how it is set.
struct Device {
    address: BusAddress,
    descriptor: Descriptor,
    settings: Vec<(Setting, i32)>,
}

impl Library {
    /// Opens the library's board of this number.
    ///
    /// # Errors
    /// VI_ERROR_LIBRARY_NFOUND, VI_ERROR_INTF_NUM_NCONFIG.
    pub fn open(index: u16) -> Result<Self> {
        let board = Descriptor::board(index)?;
        let events = Descriptor::board(index)?;
        // It would take requests away from the line, and poll devices of which nobody asked. Never
        // switched on again: that would take those for which another process waits. With
        // linux-gpib it is this process's setting.
        if board.ask(Setting::Autopoll).is_ok_and(|on| on != 0) {
            board.configure(Setting::Autopoll, 0)?;
        }
        Ok(Self { index, board, events, devices: Mutex::default() })
    }

    /// Waits for one of the bits of `wanted` without the library's timeout, by looking.
    fn look_for(&self, wanted: i32, wait: &Wait) -> Result<i32> {
        loop {
            let there = self.events.status()?;
            if there & wanted != 0 {
                self.tick_off(there & wanted)?;
                return Ok(there);
            }
            let next = Wait { deadline: wait.deadline.min(Deadline::after(LOOK)), ..*wait };
            if next.pass().is_err() || wait.deadline.has_passed() {
                return Ok(there);
            }
        }
    }

    /// Of these bits, which are there, those that say that something happened are not told again:
    /// only a wait does that, which ends at once.
    fn tick_off(&self, there: i32) -> Result {
        match there & (sta::DTAS | sta::DCAS) {
            0 => Ok(()),
            // Should another process have been faster, the library's timeout ends it.
            happened => self.events.wait(happened | sta::TIMO).map(|_| ()),
        }
    }

    /// Does something with a device's descriptor, which is opened when it is first used.
    fn with<T>(
        &self,
        address: BusAddress,
        work: impl FnOnce(&mut Device) -> Result<T>,
    ) -> Result<T> {
        let mut devices = self.devices.lock();
        let known = devices.iter().position(|device| device.address == address);
        let device = match known {
            Some(place) => devices.remove(place),
            None => {
                let BusAddress { primary, secondary } = address;
                let descriptor = Descriptor::device(self.index, primary, secondary)?;
                Device { address, descriptor, settings: Vec::new() }
            }
        };
        if devices.len() >= MOST_DEVICES {
            devices.remove(0);
        }
        devices.push(device);
        // One exchange at a time, so nobody else wants them meanwhile.
        match devices.last_mut() {
            Some(device) => work(device),
            None => Err(Error::new(VI_ERROR_INV_PARAMETER, "no device")),
        }
    }
}

impl Device {
    /// Changes a setting that is another.
    fn set(&mut self, setting: Setting, value: i32) -> Result {
        if self.settings.contains(&(setting, value)) {
            return Ok(());
        }
        self.settings.retain(|(known, _)| *known != setting);
        self.descriptor.configure(setting, value)?;
        self.settings.push((setting, value));
        Ok(())
    }

    /// How addresses are sent. A library that always does it by itself does no harm.
    fn set_addressing(&mut self, exchange: &Exchange) -> Result {
        let _ = self.set(Setting::Readdr, exchange.address.into());
        match self.set(Setting::UnAddr, exchange.unaddress.into()) {
            Err(_) if !exchange.unaddress => Ok(()),
            set => set,
        }
    }

    /// The end character of reads. Whether END and end character are told apart.
    fn set_end_character(&mut self, term_char: Option<u8>) -> Result<bool> {
        end_character(term_char, |setting, value| self.set(setting, value))
    }
}

/// Sets the end character of reads by `set`. Whether the library then tells END and the end
/// character apart: not all can.
fn end_character(
    term_char: Option<u8>,
    mut set: impl FnMut(Setting, i32) -> Result,
) -> Result<bool> {
    set(Setting::EosRd, term_char.is_some().into())?;
    let Some(byte) = term_char else { return Ok(true) };
    set(Setting::EosChar, byte.into())?;
    set(Setting::EosCmp, 1)?;
    Ok(set(Setting::EndBitIsNormal, 0).is_ok())
}

/// Writes in pieces, END with the last.
fn write_pieces(
    data: &[u8],
    end: bool,
    mut write: impl FnMut(&[u8], bool) -> Transfer<()>,
) -> Transfer<()> {
    let mut count = 0;
    for piece in data.chunks(PIECE) {
        let is_last = count + piece.len() == data.len();
        let written = write(piece, end && is_last);
        count += written.count;
        if written.outcome.is_err() {
            return Transfer { count, ..written };
        }
    }
    Transfer::done(count, ())
}

/// Reads in pieces, until one ends otherwise than by its count.
fn read_pieces(
    buf: &mut [u8],
    mut read: impl FnMut(&mut [u8]) -> Transfer<Stop>,
) -> Transfer<Stop> {
    let mut count = 0;
    for piece in buf.chunks_mut(PIECE) {
        let read = read(piece);
        count += read.count;
        if read.outcome != Ok(Stop::Count) {
            return Transfer { count, ..read };
        }
    }
    Transfer::done(count, Stop::Count)
}

fn transfer(ended: Ended) -> Transfer<()> {
    Transfer { count: ended.count, outcome: ended.outcome }
}

/// How a read ended. Where END and end character are not told apart and may both have come, it is
/// the end character: the caller has seen that in any case.
fn stop(ended: Ended, buf: &[u8], term_char: Option<u8>, is_exact: bool) -> Transfer<Stop> {
    let last = buf[..ended.count].last().copied();
    let is_term_char = term_char.is_some() && last == term_char;
    let how = match ended.end {
        true if is_exact || !is_term_char => Stop::End,
        _ if is_term_char => Stop::TermChar,
        _ => Stop::Count,
    };
    Transfer { count: ended.count, outcome: ended.outcome.map(|()| how) }
}

impl Board for Library {
    fn identity(&self) -> String {
        format!("libgpib {}", self.index)
    }

    fn description(&self) -> String {
        format!("board {} of the GPIB library", self.index)
    }

    fn command(&self, bytes: &[u8], wait: &Wait) -> Transfer<()> {
        transfer(self.board.command(bytes, wait))
    }

    fn send(&self, data: &[u8], end: bool, wait: &Wait) -> Transfer<()> {
        write_pieces(data, end, |piece, end| {
            if let Err(error) = self.board.configure(Setting::Eot, end.into()) {
                return Transfer::failed(0, error);
            }
            transfer(self.board.write(piece, wait))
        })
    }

    fn receive(&self, buf: &mut [u8], term_char: Option<u8>, wait: &Wait) -> Transfer<Stop> {
        let set = |setting, value| self.board.configure(setting, value);
        let is_exact = match end_character(term_char, set) {
            Ok(is_exact) => is_exact,
            Err(error) => return Transfer::failed(0, error),
        };
        read_pieces(buf, |piece| {
            let ended = self.board.read(piece, wait);
            stop(ended, piece, term_char, is_exact)
        })
    }

    fn control_atn(&self, mode: AtnMode, _wait: &Wait) -> Result {
        self.board.control(match mode {
            AtnMode::Deassert => Control::Standby { handshake: false },
            AtnMode::DeassertHandshake => Control::Standby { handshake: true },
            AtnMode::Assert => Control::TakeControl { synchronously: true },
            AtnMode::AssertImmediate => Control::TakeControl { synchronously: false },
        })
    }

    fn send_ifc(&self, _wait: &Wait) -> Result {
        self.board.control(Control::InterfaceClear)
    }

    fn set_ren(&self, on: bool, _wait: &Wait) -> Result {
        self.board.control(Control::RemoteEnable(on))
    }

    /// linux-gpib says that the board is not in charge when it is so no more: because that went
    /// well.
    fn pass_control(&self, device: BusAddress, _wait: &Wait) -> Result {
        let is_in_charge = || Ok(self.board.status()? & sta::CIC != 0);
        let was_in_charge = is_in_charge()?;
        let passed = self.with(device, |device| device.descriptor.control(Control::PassControl));
        match passed {
            Err(error) if error.code == VI_ERROR_NCIC && was_in_charge && !is_in_charge()? => {
                Ok(())
            }
            passed => passed,
        }
    }

    fn own_address(&self, _wait: &Wait) -> Result<BusAddress> {
        let primary = self.board.ask(Setting::Pad)? as u8;
        // 0x60 and more, or 0 or -1 for none.
        let secondary = match self.board.ask(Setting::Sad)? {
            code @ 0x60..0x7F => Some((code - 0x60) as u8),
            _ => None,
        };
        Ok(BusAddress { primary, secondary })
    }

    fn status(&self, _wait: &Wait) -> Result<Status> {
        let now = self.board.status()?;
        let lines = Lines(self.board.lines().unwrap_or(0));
        Ok(Status {
            in_charge: now & sta::CIC != 0,
            is_system_controller: self.board.ask(Setting::Sc).ok().map(|is| is != 0),
            is_talker: now & sta::TACS != 0,
            is_listener: now & sta::LACS != 0,
            atn: lines.line(Lines::ATN).or(Some(now & sta::ATN != 0)),
            ren: lines.line(Lines::REN),
            srq: lines.line(Lines::SRQ).or(Some(now & sta::SRQI != 0)),
            ndac: lines.line(Lines::NDAC),
        })
    }

    fn await_conditions(&self, wanted: Conditions, wait: &Wait) -> Result<Conditions> {
        let now = if wanted == Conditions::NONE || wait.deadline.has_passed() {
            self.events.status()?
        } else if self.events.shares_timeout() {
            self.look_for(ibsta::bits(wanted), wait)?
        } else {
            let left = wait.deadline.remaining().unwrap_or(SLICE);
            self.events.set_timeout(Some(left.min(SLICE)))?;
            self.events.wait(ibsta::bits(wanted) | sta::TIMO)?
        };
        // What it tells it tells once: so a cancel meanwhile changes nothing.
        Ok(ibsta::conditions(now))
    }

    /// Every program of linux-gpib does so until it says otherwise.
    fn polls_by_itself(&self) -> bool {
        true
    }

    fn keeps_request(&self, device: BusAddress) -> bool {
        let status = self.with(device, |device| device.descriptor.status());
        status.is_ok_and(|now| now & sta::RQS != 0)
    }

    fn forget(&self, happened: Conditions) -> Result {
        self.tick_off(self.events.status()? & ibsta::bits(happened))
    }

    fn set_own_address(&self, own: BusAddress, _wait: &Wait) -> Result {
        self.board.set_address(own.primary, own.secondary)
    }

    fn set_system_controller(&self, on: bool, _wait: &Wait) -> Result {
        self.board.control(Control::SystemController(on))
    }

    fn set_status_byte(&self, byte: u8, _wait: &Wait) -> Result {
        self.board.control(Control::StatusByte(byte))
    }

    fn cable_length(&self, _wait: &Wait) -> Result<u8> {
        let metres = self.board.ask(Setting::HsCableLength).map_err(lacking)?;
        u8::try_from(metres).map_err(|_| Error::new(VI_ERROR_NSUP_OPER, "no HS488"))
    }

    fn set_cable_length(&self, metres: u8, _wait: &Wait) -> Result {
        self.board.configure(Setting::HsCableLength, metres.into()).map_err(lacking)
    }

    fn write(
        &self,
        device: BusAddress,
        data: &[u8],
        end: bool,
        exchange: &Exchange,
    ) -> Transfer<()> {
        let written = self.with(device, |device| {
            device.set_addressing(exchange)?;
            Ok(write_pieces(data, end, |piece, end| {
                if let Err(error) = device.set(Setting::Eot, end.into()) {
                    return Transfer::failed(0, error);
                }
                transfer(device.descriptor.write(piece, &exchange.wait))
            }))
        });
        written.unwrap_or_else(|error| Transfer::failed(0, error))
    }

    fn read(
        &self,
        device: BusAddress,
        buf: &mut [u8],
        term_char: Option<u8>,
        exchange: &Exchange,
    ) -> Transfer<Stop> {
        let read = self.with(device, |device| {
            device.set_addressing(exchange)?;
            let is_exact = device.set_end_character(term_char)?;
            Ok(read_pieces(buf, |piece| {
                let ended = device.descriptor.read(piece, &exchange.wait);
                stop(ended, piece, term_char, is_exact)
            }))
        });
        read.unwrap_or_else(|error| Transfer::failed(0, error))
    }

    fn serial_poll(&self, device: BusAddress, wait: &Wait) -> Result<u8> {
        self.with(device, |device| device.descriptor.serial_poll(wait))
    }

    fn is_listener(&self, devices: &[BusAddress], wait: &Wait) -> Result<bool> {
        let left = wait.deadline.remaining().map_or(TEST, |left| left.min(TEST));
        self.board.set_timeout(Some(left))?;
        if let [BusAddress { primary, secondary }] = *devices {
            return match self.board.is_listener(primary, secondary) {
                Err(error) if error.code == VI_ERROR_NLISTENERS => Ok(false),
                told => told,
            };
        }
        let commands = addressing::test_setup(self.own_address(wait)?, devices);
        if addressing::is_bus_empty(self.board.command_at_once(&commands))? {
            return Ok(false);
        }
        self.board.control(Control::Standby { handshake: false })?;
        addressing::settle(wait)?;
        let lines = Lines(self.board.lines()?);
        lines.line(Lines::NDAC).ok_or(Error::new(VI_ERROR_NSUP_OPER, "NDAC cannot be told"))
    }
}

/// A setting that the library refuses is one that it lacks.
fn lacking(error: Error) -> Error {
    match error.code {
        VI_ERROR_INV_PARAMETER => Error { code: VI_ERROR_NSUP_OPER, ..error },
        _ => error,
    }
}
