#![forbid(unsafe_code)]
//! The interface of a VXI-11.2 gateway as a GPIB board: its link carries data, its device_docmd
//! the rest.

use std::time::Duration;

use crate::iface::bus::AtnMode;
use crate::iface::gpib::board::{Board, Conditions, Status};
use crate::iface::vxi11;
use crate::iface::vxi11::docmd::Data;
use crate::iface::vxi11::link::Vxi11Link;
use crate::iface::{Call, Link, Stop, Transfer};
use crate::os::Deadline;
use crate::os::Wait;
use crate::os::fork;
use crate::rsrc::ResourceName;
use crate::status::{Result, VI_ERROR_NSUP_MODE, VI_ERROR_NSUP_OPER, VI_ERROR_TMO, fail};
use crate::wire::gpib;
use crate::wire::gpib::BusAddress;
use crate::wire::vxi11::{BusStatus, Docmd};

/// How often the bus is asked how it is, while somebody waits for a change: an interface tells
/// of service requests by itself, but of nothing else.
const LOOK: Duration = Duration::from_millis(100);

/// How long one look may take.
const LOOK_PATIENCE: Duration = Duration::from_secs(1);

/// An interface.
pub struct GatewayBoard {
    link: Vxi11Link,
    name: ResourceName,
    made_in: u32,
}

impl GatewayBoard {
    /// Opens the interface.
    ///
    /// # Errors
    /// As [`vxi11::open::open`].
    pub fn open(name: &ResourceName, wait: &Wait) -> Result<Self> {
        let link = vxi11::open::open(name, wait)?;
        Ok(Self { link, name: name.clone(), made_in: fork::generation() })
    }

    fn is(&self, what: BusStatus, wait: &Wait) -> Result<bool> {
        Ok(self.link.bus_status(what, wait)? != 0)
    }

    fn look(&self, wanted: Conditions, wait: &Wait) -> Result<Conditions> {
        let wait = Wait { deadline: Deadline::after(LOOK_PATIENCE), ..*wait };
        let all = [
            (Conditions::SERVICE_REQUEST, BusStatus::Srq),
            (Conditions::IN_CHARGE, BusStatus::InCharge),
            (Conditions::TALKER, BusStatus::Talker),
            (Conditions::LISTENER, BusStatus::Listener),
        ];
        let mut present = Conditions::NONE;
        for (condition, what) in all {
            // Each is a round trip.
            if (wanted == Conditions::NONE || wanted.has(condition)) && self.is(what, &wait)? {
                present = present | condition;
            }
        }
        Ok(present)
    }
}

/// What a link to a device knows of a call.
fn call<'a>(term_char: Option<u8>, send_end: bool, wait: &Wait<'a>) -> Call<'a> {
    let left = wait.deadline.remaining();
    Call {
        wait: *wait,
        timeout_ms: left.map_or(u32::MAX, |left| left.as_millis() as u32),
        term_char,
        end_char: b'\n',
        send_end,
        suppress_end: false,
    }
}

impl Board for GatewayBoard {
    fn identity(&self) -> String {
        self.name.key()
    }

    fn description(&self) -> String {
        self.name.canonical().to_owned()
    }

    fn command(&self, bytes: &[u8], wait: &Wait) -> Transfer<()> {
        let (count, outcome) = self.link.send_commands(bytes, wait);
        Transfer { count, outcome }
    }

    fn send(&self, data: &[u8], end: bool, wait: &Wait) -> Transfer<()> {
        self.link.write(data, &call(None, end, wait))
    }

    fn receive(&self, buf: &mut [u8], term_char: Option<u8>, wait: &Wait) -> Transfer<Stop> {
        self.link.read(buf, &call(term_char, true, wait))
    }

    fn control_atn(&self, mode: AtnMode, wait: &Wait) -> Result {
        let assert = match mode {
            AtnMode::Deassert => 0,
            AtnMode::Assert | AtnMode::AssertImmediate => 1,
            AtnMode::DeassertHandshake => {
                return fail(VI_ERROR_NSUP_MODE, "a gateway has no shadow handshake");
            }
        };
        self.link.command_interface(Docmd::AtnControl, Data::Short(assert), wait)
    }

    fn send_ifc(&self, wait: &Wait) -> Result {
        self.link.command_interface(Docmd::IfcControl, Data::None, wait)
    }

    fn set_ren(&self, on: bool, wait: &Wait) -> Result {
        self.link.command_interface(Docmd::RenControl, Data::Short(on.into()), wait)
    }

    /// The gateway's own command knows primary addresses.
    fn pass_control(&self, device: BusAddress, wait: &Wait) -> Result {
        match device.secondary {
            None => {
                let to = Data::Long(device.primary.into());
                self.link.command_interface(Docmd::PassControl, to, wait)
            }
            Some(_) => {
                self.command(&gpib::pass_control(device), wait).outcome?;
                // A gateway that sees what it has sent has released ATN, and says that it may not.
                let _ = self.control_atn(AtnMode::Deassert, wait);
                Ok(())
            }
        }
    }

    fn own_address(&self, wait: &Wait) -> Result<BusAddress> {
        let own = self.link.bus_status(BusStatus::Address, wait)?;
        Ok(BusAddress::primary(own as u8))
    }

    fn status(&self, wait: &Wait) -> Result<Status> {
        Ok(Status {
            in_charge: self.is(BusStatus::InCharge, wait)?,
            is_system_controller: Some(self.is(BusStatus::SystemController, wait)?),
            is_talker: self.is(BusStatus::Talker, wait)?,
            is_listener: self.is(BusStatus::Listener, wait)?,
            atn: None,
            ren: Some(self.is(BusStatus::Ren, wait)?),
            srq: Some(self.is(BusStatus::Srq, wait)?),
            ndac: Some(self.is(BusStatus::Ndac, wait)?),
        })
    }

    fn await_conditions(&self, wanted: Conditions, wait: &Wait) -> Result<Conditions> {
        if wanted.has(Conditions::TRIGGERED | Conditions::CLEARED) {
            return fail(VI_ERROR_NSUP_OPER, "a gateway does not tell when it is addressed");
        }
        loop {
            let now = match self.look(wanted, wait) {
                // Busy with an exchange, which comes first.
                Err(error) if error.code == VI_ERROR_TMO => Conditions::NONE,
                looked => looked?,
            };
            if now.has(wanted) || wait.deadline.has_passed() {
                return Ok(now);
            }
            Wait { deadline: wait.deadline.min(Deadline::after(LOOK)), ..*wait }.pass()?;
        }
    }

    fn set_own_address(&self, own: BusAddress, wait: &Wait) -> Result {
        if own.secondary.is_some() {
            return fail(VI_ERROR_NSUP_OPER, "a gateway has a primary address only");
        }
        self.link.command_interface(Docmd::BusAddress, Data::Long(own.primary.into()), wait)
    }
}

impl Drop for GatewayBoard {
    fn drop(&mut self) {
        // In a forked child it is the parent's, who uses it.
        if self.made_in == fork::generation() {
            self.link.close(Deadline::after(LOOK_PATIENCE));
        }
    }
}
