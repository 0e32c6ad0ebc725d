#![forbid(unsafe_code)]
//! An adapter as a GPIB board. It addresses devices itself and tells nothing of the bus but the
//! SRQ line: so writes succeed when the adapter is done with them, whether a device took them or
//! not, and nobody is ever said to be absent.

use std::sync::Arc;
use std::time::Duration;

use crate::iface::gpib::board::{Board, Conditions, Exchange, Status};
use crate::iface::prologix::adapter::Handle;
use crate::iface::prologix::conversation::Conversation;
use crate::iface::prologix::named::{Named, OWN, Step};
use crate::iface::{Stop, Transfer};
use crate::os::Deadline;
use crate::os::Wait;
use crate::os::net::Cut;
use crate::status::{
    Error, Result, VI_ERROR_NLISTENERS, VI_ERROR_NSUP_OPER, VI_ERROR_RSRC_BUSY, VI_ERROR_TMO, fail,
};
use crate::wire::gpib::BusAddress;
use crate::wire::prologix;
use crate::wire::prologix::{Firmware, MOST_TRIGGERED};

/// How often the SRQ line is looked at while it is watched: the adapter does not tell of itself.
const LOOK: Duration = Duration::from_millis(50);

/// The same while another process has the connection: each look takes it away from there.
const LOOK_ELSEWHERE: Duration = Duration::from_millis(500);

/// How long one look may take.
const LOOK_PATIENCE: Duration = Duration::from_millis(200);

/// A board on an adapter.
pub struct PrologixBoard {
    adapter: Arc<Handle>,
    description: String,
}

impl PrologixBoard {
    /// Connects, unless another process of this machine is connected.
    ///
    /// # Errors
    /// As [`Handle::open`].
    pub fn open(adapter: Arc<Handle>, description: String, wait: &Wait) -> Result<Self> {
        adapter.open(wait)?;
        Ok(Self { adapter, description })
    }

    fn tell(&self, wait: &Wait, commands: impl FnOnce(&mut Conversation) -> String) -> Result {
        self.adapter.converse(None, wait, |conversation, _| {
            let commands = commands(conversation);
            conversation.tell(&commands, wait)
        })
    }

    fn tell_device(&self, device: BusAddress, command: &str, wait: &Wait) -> Result {
        self.tell(wait, |conversation| conversation.addressing(device) + command)
    }

    /// A command that only an AR488 has.
    fn tell_ar488(&self, command: &str, wait: &Wait) -> Result {
        self.adapter.converse(None, wait, |conversation, _| match conversation.firmware {
            Firmware::Ar488 => conversation.tell(command, wait),
            Firmware::Prologix => fail(VI_ERROR_NSUP_OPER, "a Prologix has no command for this"),
        })
    }

    /// The answer to a question about a number.
    fn number(&self, question: &str, wait: &Wait) -> Result<Option<u32>> {
        let said = self
            .adapter
            .converse(None, wait, |conversation, _| conversation.ask(question, wait))?;
        Ok(prologix::number(&said))
    }

    fn trigger_all(&self, devices: &[BusAddress], wait: &Wait) -> Result {
        devices
            .chunks(MOST_TRIGGERED)
            .try_for_each(|some| self.tell(wait, |_| prologix::trigger(some)))
    }

    fn carry_out(&self, step: &Step, wait: &Wait) -> Result {
        match step {
            Step::Nothing => Ok(()),
            Step::Trigger(devices) => self.trigger_all(devices, wait),
            Step::Clear(devices) => devices.iter().try_for_each(|one| self.clear(*one, wait)),
            Step::GoToLocal(devices) => {
                devices.iter().try_for_each(|one| self.go_to_local(*one, wait))
            }
            Step::LockOut => self.lock_out(wait),
            Step::ClearAll => self.tell_ar488("++dcl\n", wait),
            Step::Impossible => fail(VI_ERROR_NSUP_OPER, "no ++ command stands for this byte"),
        }
    }

    /// One look at the SRQ line.
    fn look(&self, wait: &Wait) -> Result<Conditions> {
        let deadline = Deadline::after(LOOK_PATIENCE);
        let asserted = self.number("++srq\n", &Wait { deadline, ..*wait })? == Some(1);
        Ok(if asserted { Conditions::SERVICE_REQUEST } else { Conditions::NONE })
    }
}

impl Board for PrologixBoard {
    fn identity(&self) -> String {
        self.adapter.identity().to_owned()
    }

    fn description(&self) -> String {
        self.description.clone()
    }

    /// As far as `++` commands have the same effect ([`Named`]).
    fn command(&self, bytes: &[u8], wait: &Wait) -> Transfer<()> {
        for (count, byte) in bytes.iter().enumerate() {
            let step = self.adapter.remember(wait, |state| state.named.take(*byte));
            if let Err(error) = step.and_then(|step| self.carry_out(&step, wait)) {
                return Transfer::failed(count, error);
            }
        }
        Transfer::done(bytes.len(), ())
    }

    /// To the one listener that was addressed by command bytes.
    fn send(&self, data: &[u8], end: bool, wait: &Wait) -> Transfer<()> {
        let listeners = self.adapter.remember(wait, |state| state.named.listeners.clone());
        match listeners.as_deref() {
            Ok([device]) => {
                let exchange = Exchange { wait: *wait, address: true, unaddress: false };
                self.write(*device, data, end, &exchange)
            }
            Ok([]) => {
                let error = Error::new(VI_ERROR_NLISTENERS, "nobody was addressed to listen");
                Transfer::failed(0, error)
            }
            Ok(_) => {
                let error = Error::new(VI_ERROR_NSUP_OPER, "data goes to one device at a time");
                Transfer::failed(0, error)
            }
            Err(error) => Transfer::failed(0, *error),
        }
    }

    /// From the talker that was addressed by command bytes.
    fn receive(&self, buf: &mut [u8], term_char: Option<u8>, wait: &Wait) -> Transfer<Stop> {
        match self.adapter.remember(wait, |state| state.named.talker.filter(|who| *who != OWN)) {
            Ok(Some(device)) => {
                let exchange = Exchange { wait: *wait, address: true, unaddress: false };
                self.read(device, buf, term_char, &exchange)
            }
            Ok(None) => {
                let error = Error::new(VI_ERROR_NSUP_OPER, "no device was addressed to talk");
                Transfer::failed(0, error)
            }
            Err(error) => Transfer::failed(0, error),
        }
    }

    fn send_ifc(&self, wait: &Wait) -> Result {
        self.adapter.remember(wait, |state| state.named = Named::default())?;
        self.tell(wait, |_| "++ifc\n".to_owned())
    }

    /// A Prologix asserts REN as long as it is a controller.
    fn set_ren(&self, on: bool, wait: &Wait) -> Result {
        self.adapter.converse(None, wait, |conversation, _| match (conversation.firmware, on) {
            (Firmware::Ar488, on) => conversation.tell(&format!("++ren {}\n", u8::from(on)), wait),
            (Firmware::Prologix, true) => Ok(()),
            (Firmware::Prologix, false) => {
                fail(VI_ERROR_NSUP_OPER, "a Prologix always asserts REN")
            }
        })
    }

    fn own_address(&self, _wait: &Wait) -> Result<BusAddress> {
        Ok(OWN)
    }

    fn status(&self, wait: &Wait) -> Result<Status> {
        let (srq, ren) = self.adapter.converse(None, wait, |conversation, _| {
            let srq = prologix::number(&conversation.ask("++srq\n", wait)?);
            let ren = match conversation.firmware {
                Firmware::Ar488 => prologix::number(&conversation.ask("++ren\n", wait)?),
                Firmware::Prologix => None,
            };
            Ok((srq, ren))
        })?;
        let line = |answer: Option<u8>| answer.map(|number| number == 1);
        Ok(Status {
            in_charge: true,
            is_system_controller: Some(true),
            is_talker: false,
            is_listener: false,
            atn: None,
            ren: line(ren),
            srq: line(srq),
            ndac: None,
        })
    }

    /// An adapter is in charge for good. That is no condition here, or its end would be looked for
    /// again and again.
    fn await_conditions(&self, wanted: Conditions, wait: &Wait) -> Result<Conditions> {
        if wanted - Conditions::SERVICE_REQUEST != Conditions::NONE {
            return fail(VI_ERROR_NSUP_OPER, "an adapter tells of the SRQ line only");
        }
        loop {
            let pause = if self.adapter.is_elsewhere() { LOOK_ELSEWHERE } else { LOOK };
            let (now, pause) = match self.look(wait) {
                Ok(now) => (now, pause),
                // Busy with an exchange, which comes first.
                Err(error) if error.code == VI_ERROR_TMO => (Conditions::NONE, pause),
                // The same of another process or another machine.
                Err(error) if error.code == VI_ERROR_RSRC_BUSY => {
                    (Conditions::NONE, LOOK_ELSEWHERE)
                }
                Err(error) => return Err(error),
            };
            if now.has(wanted) || wait.deadline.has_passed() {
                return Ok(now);
            }
            Wait { deadline: wait.deadline.min(Deadline::after(pause)), ..*wait }.pass()?;
            if wait.deadline.has_passed() {
                return Ok(now);
            }
        }
    }

    fn write(
        &self,
        device: BusAddress,
        data: &[u8],
        end: bool,
        exchange: &Exchange,
    ) -> Transfer<()> {
        let mut count = 0;
        let written = self.adapter.converse(None, &exchange.wait, |conversation, state| {
            // What it said before is not the answer to this.
            state.kept.forget(device);
            conversation.write(device, data, end, &exchange.wait, &mut count)
        });
        Transfer { count, outcome: written }
    }

    fn read(
        &self,
        device: BusAddress,
        buf: &mut [u8],
        term_char: Option<u8>,
        exchange: &Exchange,
    ) -> Transfer<Stop> {
        let wait = &exchange.wait;
        let kept = self.adapter.remember(wait, |state| state.kept.take(device, buf, term_char));
        let (mut count, stop) = match kept.and_then(|taken| taken) {
            Ok(taken) => taken,
            Err(error) => return Transfer::failed(0, error),
        };
        if let Some(stop) = stop {
            return Transfer::done(count, stop);
        }
        // A part at a time, and in between others may look at the SRQ line.
        loop {
            let mut moved = 0;
            let rest = &mut buf[count..];
            let part = self.adapter.converse(Some(device), wait, |conversation, state| {
                let read = conversation.read(device, &mut state.kept, rest, term_char, wait);
                read.map(|(more, stop)| {
                    moved = more;
                    stop
                })
                .map_err(|Cut { count, error }| {
                    moved = count;
                    error
                })
            });
            count += moved;
            match part {
                Ok(Some(stop)) => return Transfer::done(count, stop),
                Ok(None) if wait.deadline.has_passed() => {
                    return Transfer::failed(count, Error::new(VI_ERROR_TMO, "no more came"));
                }
                Ok(None) => {}
                Err(error) => return Transfer::failed(count, error),
            }
        }
    }

    fn serial_poll(&self, device: BusAddress, wait: &Wait) -> Result<u8> {
        let said = self.adapter.converse(None, wait, |conversation, _| {
            let mut commands = conversation.addressing(device);
            commands += &conversation.patience((100, u32::MAX), wait);
            conversation.ask(&(commands + "++spoll\n"), wait)
        })?;
        prologix::number(&said).ok_or(Error::new(VI_ERROR_TMO, "the device does not answer a poll"))
    }

    fn clear(&self, device: BusAddress, wait: &Wait) -> Result {
        self.adapter.converse(None, wait, |conversation, state| {
            state.kept.forget(device);
            let commands = conversation.addressing(device) + "++clr\n";
            conversation.tell(&commands, wait)
        })
    }

    fn trigger(&self, device: BusAddress, wait: &Wait) -> Result {
        self.tell_device(device, "++trg\n", wait)
    }

    fn go_to_local(&self, device: BusAddress, wait: &Wait) -> Result {
        self.tell_device(device, "++loc\n", wait)
    }

    fn make_listener(&self, _device: BusAddress, _wait: &Wait) -> Result {
        fail(VI_ERROR_NSUP_OPER, "an adapter addresses a device together with data only")
    }

    fn lock_out(&self, wait: &Wait) -> Result {
        self.tell_ar488("++llo all\n", wait)
    }

    fn lock_out_device(&self, device: BusAddress, wait: &Wait) -> Result {
        self.tell_device(device, "++llo\n", wait)
    }

    fn is_listener(&self, _devices: &[BusAddress], _wait: &Wait) -> Result<bool> {
        fail(VI_ERROR_NSUP_OPER, "an adapter does not tell who is there")
    }
}
