#![forbid(unsafe_code)]
//! One instrument on the bus: the simulator's SCPI device behind GPIB's interface functions, and
//! what can be wrong with it.

use std::sync::Arc;
use std::time::Duration;
use std::time::Instant;

use crate::sim::device::Device;
use crate::sim::device::PortId;
use crate::sim::device::PortKind;
use crate::sim::gpib::signal::Signal;
use crate::sim::interpreter::Interpreter;
use crate::sim::lexer::Framing;
use crate::sim::response::Response;
use crate::sim::status::QUERY_INTERRUPTED;
use crate::sim::status::QUERY_UNTERMINATED;
use crate::sim::status::REQUEST;

/// Bytes moved at once.
pub(super) const PIECE: usize = 64 << 10;

/// What is wrong with an instrument.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    #[default]
    None,
    /// Without power: takes no part in any handshake, as if its cable were out.
    Off,
    /// Takes so many bytes of data and then holds NRFD for ever. Commands it takes.
    HoldsNrfd(u64),
    /// Holds NRFD for ever and for everything, commands too: nothing moves on the whole bus.
    Hangs,
    /// Talks without end and never sends END.
    TalksEndlessly,
    /// Requests service again as soon as it has been polled.
    AlwaysRequests,
    /// Needs so long for each byte of data, in and out.
    Slow(Duration),
}

/// What a talker has to say now.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Speech {
    /// These bytes, and whether the last one goes with END.
    Bytes(Vec<u8>, bool),
    /// Nothing before this time.
    Later(Instant),
    /// Nothing until something happens.
    Silence,
}

/// The instrument.
pub(super) struct Brain {
    pub(super) device: Arc<Device>,
    port: PortId,
    interpreter: Interpreter,
    output: Option<Response>,
    fault: Fault,
    /// Bytes taken since the fault is there.
    taken: u64,
    /// A slow one is not ready before.
    ready: Option<Instant>,
    /// It has said already that it was asked to talk with nothing to say.
    complained: bool,
}

impl Brain {
    pub(super) fn new(identity: &str, signal: &Arc<Signal>) -> Self {
        let device = Arc::new(Device::new(identity.to_owned()));
        let port = device.add_port(PortKind::Gpib);
        let signal = Arc::clone(signal);
        device.set_notify(port, Some(Box::new(move |_| signal.raise())));
        let interpreter = Interpreter::new(Arc::clone(&device), port, Framing::LineOrEnd);
        Self {
            device,
            port,
            interpreter,
            output: None,
            fault: Fault::None,
            taken: 0,
            ready: None,
            complained: false,
        }
    }

    pub(super) fn fault(&self) -> Fault {
        self.fault
    }

    pub(super) fn set_fault(&mut self, fault: Fault) {
        if fault == Fault::Off {
            self.interpreter.clear();
            self.drop_output();
        }
        self.fault = fault;
        self.taken = 0;
        self.ready = None;
    }

    /// Asserts SRQ.
    pub(super) fn requesting(&self) -> bool {
        self.fault == Fault::AlwaysRequests || self.device.requesting(self.port)
    }

    /// How many bytes it is ready to take, or when it will be.
    pub(super) fn room(&self, now: Instant) -> Result<usize, Option<Instant>> {
        match self.fault {
            Fault::HoldsNrfd(most) if most <= self.taken => Err(None),
            Fault::HoldsNrfd(most) => Ok(usize::try_from(most - self.taken).unwrap_or(PIECE)),
            Fault::Hangs | Fault::Off => Err(None),
            Fault::Slow(_) => match self.ready.filter(|ready| *ready > now) {
                Some(ready) => Err(Some(ready)),
                None => Ok(1),
            },
            _ => Ok(PIECE),
        }
    }

    /// Takes data. `end`: the last byte came with END.
    pub(super) fn take(&mut self, data: &[u8], end: bool, now: Instant) {
        self.taken += data.len() as u64;
        self.pace(now);
        let mut rest = data;
        loop {
            // A new message while the last response is unread: interrupted (488.2 6.3.2.3).
            if self.output.is_some() && self.interpreter.idle() && !rest.trim_ascii().is_empty() {
                self.drop_output();
                self.device.raise(QUERY_INTERRUPTED);
            }
            let (used, response) = self.interpreter.feed(rest, end);
            rest = &rest[used..];
            if let Some(response) = response {
                let since = response.ready.unwrap_or(now);
                self.output = Some(response);
                self.device.set_available(self.port, Some(since));
            }
            if rest.is_empty() {
                return;
            }
        }
    }

    /// What it says next, at most `most` bytes.
    pub(super) fn speech(&mut self, most: usize, now: Instant) -> Speech {
        let mut most = most;
        match self.fault {
            Fault::TalksEndlessly => return Speech::Bytes(vec![b'~'; most.min(PIECE)], false),
            Fault::Off | Fault::Hangs => return Speech::Silence,
            Fault::Slow(_) => {
                if let Some(ready) = self.ready.filter(|ready| *ready > now) {
                    return Speech::Later(ready);
                }
                most = 1;
            }
            _ => {}
        }
        let Some(output) = &self.output else {
            // Asked to talk with nothing to say (IEEE 488.2 6.3.2.2).
            if !std::mem::replace(&mut self.complained, true) {
                self.device.raise(QUERY_UNTERMINATED);
            }
            return Speech::Silence;
        };
        if let Some(ready) = output.ready.filter(|ready| *ready > now) {
            return Speech::Later(ready);
        }
        let bytes = output.slices(most.min(PIECE)).concat();
        let end = bytes.len() as u64 == output.len();
        Speech::Bytes(bytes, end)
    }

    /// So many bytes of its speech were taken.
    pub(super) fn said(&mut self, count: usize, now: Instant) {
        self.pace(now);
        let Some(output) = &mut self.output else { return };
        output.advance(count as u64);
        if output.is_empty() {
            self.drop_output();
        }
    }

    /// It was addressed to talk, or no longer.
    pub(super) fn addressed(&mut self) {
        self.complained = false;
    }

    /// The status byte for a serial poll; the request ends with it.
    pub(super) fn poll(&self) -> u8 {
        let always = if self.fault == Fault::AlwaysRequests { REQUEST } else { 0 };
        self.device.serial_poll(self.port) | always
    }

    /// The individual status message of a parallel poll: whether there is a reason for service.
    pub(super) fn individual_status(&self) -> bool {
        self.device.with(|state| state.byte(self.port) & state.registers.request_enable != 0)
    }

    /// Device clear (IEEE 488.2 5.8).
    pub(super) fn clear(&mut self) {
        self.interpreter.clear();
        self.drop_output();
        self.device.with(|state| state.seen.clears += 1);
    }

    /// Says on the front panel, as it were, what the interface functions are in.
    pub(super) fn show(&self, enabled: bool, remote: bool, lockout: bool) {
        self.device.with(|state| {
            state.seen.remote_enabled = enabled;
            state.seen.remote = remote;
            state.seen.lockout = lockout;
        });
    }

    fn pace(&mut self, now: Instant) {
        if let Fault::Slow(each) = self.fault {
            self.ready = Some(now + each);
        }
    }

    fn drop_output(&mut self) {
        self.output = None;
        self.device.set_available(self.port, None);
    }
}
