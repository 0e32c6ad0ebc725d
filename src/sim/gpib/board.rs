#![forbid(unsafe_code)]
//! What a board can do.

use std::time::Instant;

use crate::sim::gpib::Address;
use crate::sim::gpib::Bus;
use crate::sim::gpib::Failure;
use crate::sim::gpib::Until;
use crate::sim::gpib::state::Event;
use crate::sim::gpib::state::Happened;
use crate::sim::gpib::state::Reading;
use crate::sim::gpib::state::State;
use crate::sim::gpib::state::Step;
use crate::sim::gpib::state::Terminator;

/// The lines at one moment; true is asserted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs, reason = "these are their names")]
pub struct Lines {
    pub ndac: bool,
    pub nrfd: bool,
    pub ren: bool,
    pub srq: bool,
    pub atn: bool,
}

/// The state of a board's own interface functions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// It is the system controller.
    pub system_controller: bool,
    /// It is the controller in charge.
    pub in_charge: bool,
    /// ATN is asserted, by whomever.
    pub atn: bool,
    /// It is addressed to talk.
    pub talker: bool,
    /// It is addressed to listen.
    pub listener: bool,
    /// It is in a remote state.
    pub remote: bool,
    /// It is in a lockout state.
    pub lockout: bool,
    /// SRQ is asserted, by whomever.
    pub srq: bool,
    /// Events that wait to be taken.
    pub events: usize,
    /// What has happened since [`Board::forget_happened`].
    pub happened: Happened,
}

/// What a read brought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Received {
    /// The bytes, also those before a failure.
    pub data: Vec<u8>,
    /// The last one came with END.
    pub end: bool,
    /// The last one is the terminator.
    pub matched: bool,
    /// Why there are no more, if that is not as it should be.
    pub failure: Option<Failure>,
}

/// An interface in a computer. Clones are the same board.
#[derive(Clone, Debug)]
pub struct Board {
    bus: Bus,
    index: usize,
}

impl Board {
    pub(super) fn new(bus: Bus, index: usize) -> Self {
        Self { bus, index }
    }

    /// The bus that it is plugged into.
    pub fn bus(&self) -> &Bus {
        &self.bus
    }

    /// Its own address.
    pub fn address(&self) -> Address {
        self.bus.look(|state| state.stations[self.index].functions.address)
    }

    /// Changes it.
    pub fn set_address(&self, address: Address) {
        self.bus.change(|state| state.stations[self.index].functions.address = address);
    }

    /// Makes it the system controller, or no longer.
    pub fn set_system_controller(&self, on: bool) {
        self.bus.change(|state| state.part(self.index).system_controller = on);
    }

    /// Sends command bytes with ATN, which stays asserted.
    ///
    /// # Errors
    /// How many bytes were taken, and why no more.
    pub fn command(&self, bytes: &[u8], until: &Until) -> Result<(), (usize, Failure)> {
        let mut sent = 0;
        let done = self.bus.repeat(until, |state, _| {
            while sent < bytes.len() {
                if state.in_charge != Some(self.index) {
                    return Step::Failed(Failure::NotInCharge);
                }
                state.atn = true;
                if !state.accompanied(self.index) {
                    return Step::Failed(Failure::NoListeners);
                }
                if state.hangs() {
                    return Step::Wait(None);
                }
                state.command(bytes[sent]);
                sent += 1;
            }
            Step::Done(())
        });
        done.map_err(|failure| (sent, failure))
    }

    /// Sends data, as controller in charge without ATN, else when it is addressed to talk. `end`:
    /// EOI with the last byte.
    ///
    /// # Errors
    /// How many bytes were taken, and why no more.
    pub fn write(&self, data: &[u8], end: bool, until: &Until) -> Result<(), (usize, Failure)> {
        let mut sent = 0;
        let mut begun = false;
        let done = self.bus.repeat(until, |state, now| {
            if sent == data.len() {
                return Step::Done(());
            }
            if let Err(step) = self.may_transfer(state, &mut begun, |state| {
                let functions = &state.stations[self.index].functions;
                functions.talker && !functions.polled
            }) {
                return step;
            }
            let room = match state.room(self.index, now) {
                Ok(0) => return Step::Failed(Failure::NoListeners),
                Ok(room) => room,
                Err(later) => return Step::Wait(later),
            };
            let piece = &data[sent..data.len().min(sent + room)];
            let count = state.taken(self.index, piece);
            let last = sent + count == data.len();
            state.deliver(self.index, &piece[..count], end && last, now);
            sent += count;
            Step::Again
        });
        match done {
            // All was taken before the time was looked at.
            Err(Failure::Timeout) if sent == data.len() => Ok(()),
            other => other.map_err(|failure| (sent, failure)),
        }
    }

    /// Takes data, up to END, the terminator or `most` bytes.
    pub fn read(&self, most: usize, terminator: Option<Terminator>, until: &Until) -> Received {
        let mut begun = false;
        let mut mine = false;
        let done = self.bus.repeat(until, |state, now| {
            if !mine {
                // One read of a board after the other.
                if state.part(self.index).reading.is_some() {
                    return Step::Wait(None);
                }
                let (data, end, matched) = (Vec::new(), false, false);
                let reading = Reading { data, most, terminator, end, matched };
                state.part(self.index).reading = Some(reading);
                state.changed = true;
                mine = true;
            }
            // Looked at before ATN: what has come stays, whoever has the bus now.
            if state.has_read(self.index) {
                return Step::Done(());
            }
            if let Err(step) = self.may_transfer(state, &mut begun, |state| {
                state.stations[self.index].functions.listener
            }) {
                return step;
            }
            let later = state.flow(now);
            if state.has_read(self.index) { Step::Done(()) } else { Step::Wait(later) }
        });
        let reading = if mine {
            self.bus.change(|state| state.part(self.index).reading.take())
        } else {
            None
        };
        let Some(reading) = reading else {
            return Received { failure: done.err(), ..Received::default() };
        };
        // Complete in the last moment is complete.
        let failure = if reading.done() { None } else { done.err() };
        Received { data: reading.data, end: reading.end, matched: reading.matched, failure }
    }

    /// Whether data may move now: the controller in charge takes ATN away first, and must have
    /// addressed itself; others wait until they are addressed.
    fn may_transfer(
        &self,
        state: &mut State,
        begun: &mut bool,
        addressed: impl Fn(&State) -> bool,
    ) -> Result<(), Step<()>> {
        let in_charge = state.in_charge == Some(self.index);
        if in_charge && !std::mem::replace(begun, true) {
            if !addressed(state) {
                return Err(Step::Failed(Failure::NotAddressed));
            }
            state.changed |= std::mem::replace(&mut state.atn, false);
        }
        if state.atn || !addressed(state) {
            return Err(Step::Wait(None));
        }
        Ok(())
    }

    /// Asserts ATN.
    ///
    /// # Errors
    /// It is not in charge.
    pub fn take_control(&self) -> Result<(), Failure> {
        self.in_charge(|state| state.atn = true)
    }

    /// Takes ATN away, so that others can talk to each other.
    ///
    /// # Errors
    /// It is not in charge.
    pub fn go_to_standby(&self) -> Result<(), Failure> {
        self.in_charge(|state| {
            state.atn = false;
            state.flow(Instant::now());
        })
    }

    /// Conducts a parallel poll.
    ///
    /// # Errors
    /// It is not in charge.
    pub fn parallel_poll(&self) -> Result<u8, Failure> {
        self.in_charge(|state| {
            state.atn = true;
            state.parallel_poll()
        })
    }

    fn in_charge<T>(&self, work: impl FnOnce(&mut State) -> T) -> Result<T, Failure> {
        self.bus.change(|state| match state.in_charge == Some(self.index) {
            true => Ok(work(state)),
            false => Err(Failure::NotInCharge),
        })
    }

    /// Pulses IFC: the board is in charge, and nobody is addressed.
    ///
    /// # Errors
    /// It is not the system controller.
    pub fn interface_clear(&self) -> Result<(), Failure> {
        self.as_system_controller(|state| state.interface_clear(self.index))
    }

    /// Asserts REN, or takes it away.
    ///
    /// # Errors
    /// It is not the system controller.
    pub fn remote_enable(&self, on: bool) -> Result<(), Failure> {
        self.as_system_controller(|state| state.remote_enable(on))
    }

    fn as_system_controller(&self, work: impl FnOnce(&mut State)) -> Result<(), Failure> {
        self.bus.change(|state| match state.part(self.index).system_controller {
            true => {
                work(state);
                Ok(())
            }
            false => Err(Failure::NotSystemController),
        })
    }

    /// The board's own local message (`rtl`).
    pub fn press_local(&self) {
        self.bus.change(|state| state.stations[self.index].functions.press_local());
    }

    /// Sets what a serial poll of the board gives; bit 6 asserts SRQ until it was polled.
    pub fn request_service(&self, byte: u8) {
        self.bus.change(|state| state.part(self.index).service = byte);
    }

    /// The byte of [`Board::request_service`], without bit 6 once it was polled.
    pub fn service(&self) -> u8 {
        self.bus.look(|state| state.part(self.index).service)
    }

    /// The lines now.
    pub fn lines(&self) -> Lines {
        let now = Instant::now();
        self.bus.look(|state| Lines {
            ndac: state.ndac(),
            nrfd: state.nrfd(now),
            ren: state.ren,
            srq: state.srq(),
            atn: state.atn,
        })
    }

    /// The board's state now.
    pub fn status(&self) -> Status {
        self.bus.look(|state| self.status_of(state))
    }

    /// Waits until `done` is true of the board's state, which it gives.
    ///
    /// # Errors
    /// `until` came first.
    pub fn wait(
        &self,
        until: &Until,
        mut done: impl FnMut(&Status) -> bool,
    ) -> Result<Status, Failure> {
        self.bus.repeat(until, |state, _| {
            let status = self.status_of(state);
            if done(&status) { Step::Done(status) } else { Step::Wait(None) }
        })
    }

    fn status_of(&self, state: &mut State) -> Status {
        let part = state.part(self.index);
        let (system_controller, events) = (part.system_controller, part.events.len());
        let happened = part.happened;
        let functions = &state.stations[self.index].functions;
        Status {
            system_controller,
            in_charge: state.in_charge == Some(self.index),
            atn: state.atn,
            talker: functions.talker,
            listener: functions.listener,
            remote: functions.is_remote(),
            lockout: functions.is_locked_out(),
            srq: state.srq(),
            events,
            happened,
        }
    }

    /// Forgets what of `seen` has happened.
    pub fn forget_happened(&self, seen: Happened) {
        self.bus.look(|state| {
            let happened = &mut state.part(self.index).happened;
            happened.triggered &= !seen.triggered;
            happened.cleared &= !seen.cleared;
            happened.polled &= !seen.polled;
        });
    }

    /// The oldest event that was not taken yet.
    pub fn next_event(&self) -> Option<Event> {
        self.bus.look(|state| state.part(self.index).events.pop_front())
    }
}
