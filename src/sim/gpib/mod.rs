#![forbid(unsafe_code)]
//! A simulated GPIB: IEEE 488.1's lines, handshake and interface messages between boards and
//! instruments, which are the SCPI devices of [`crate::sim`].
//!
//! A [`Board`] is an interface in a computer, or whatever else may be a controller. Data moves when
//! a board writes, or when one reads what an instrument says; all of its calls end by a deadline or
//! by an [`Abort`]. A byte moves only when every listener is ready for it, so that one bad
//! instrument ([`Fault`]) stops the others as it does on a cable.
//!
//! ```
//! use visa::sim::gpib::{Address, Bus, Until};
//!
//! let bus = Bus::new();
//! let board = bus.add_board(Address::new(0), true);
//! bus.add_instrument(Address::new(5), "Maker,Model,1,0")?;
//! board.interface_clear().unwrap();
//! // UNL, my talk address, listen address 5; then data.
//! board.command(&[0x3F, 0x40, 0x25], &Until::never()).unwrap();
//! board.write(b"*IDN?\n", true, &Until::never()).unwrap();
//! // UNL, my listen address, talk address 5.
//! board.command(&[0x3F, 0x20, 0x45], &Until::never()).unwrap();
//! let answer = board.read(100, None, &Until::never());
//! assert_eq!(answer.data, b"Maker,Model,1,0\n");
//! assert!(answer.end && answer.failure.is_none());
//! # std::io::Result::Ok(())
//! ```
//!
//! Where this is simpler than the standard: bytes move as fast as memory, a talker that nobody
//! listens to keeps what it has to say, and control that is passed to an instrument is lost until
//! the system controller sends IFC.

mod board;
mod functions;
mod instrument;
mod log;
pub mod message;
mod sequence;
mod signal;
mod state;
#[cfg(test)]
mod tests;

use std::fmt;
use std::io;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::time::Duration;
use std::time::Instant;

use crate::sim::Counters;
use crate::sim::gpib::instrument::Brain;
use crate::sim::gpib::signal::Signal;
use crate::sim::gpib::state::Body;
use crate::sim::gpib::state::State;
use crate::sim::gpib::state::Step;
use crate::sim::server::Hub;
use crate::sim::server::lock;

pub use crate::sim::gpib::board::Board;
pub use crate::sim::gpib::board::Lines;
pub use crate::sim::gpib::board::Received;
pub use crate::sim::gpib::board::Status;
pub use crate::sim::gpib::instrument::Fault;
pub use crate::sim::gpib::log::Entry;
pub use crate::sim::gpib::state::Event;
pub use crate::sim::gpib::state::Happened;
pub use crate::sim::gpib::state::Terminator;

/// A primary and perhaps a secondary address, 0 to 30 each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    /// 0 to 30.
    pub primary: u8,
    /// 0 to 30, if the station has one.
    pub secondary: Option<u8>,
}

impl Address {
    /// A primary address alone.
    pub const fn new(primary: u8) -> Self {
        Self { primary, secondary: None }
    }

    /// Both.
    pub const fn extended(primary: u8, secondary: u8) -> Self {
        Self { primary, secondary: Some(secondary) }
    }

    /// The commands that address it to listen.
    pub fn listen(self) -> Vec<u8> {
        self.command(message::LISTEN)
    }

    /// The commands that address it to talk.
    pub fn talk(self) -> Vec<u8> {
        self.command(message::TALK)
    }

    fn command(self, base: u8) -> Vec<u8> {
        let secondary = self.secondary.map(|number| message::SECONDARY + number);
        [base + self.primary].into_iter().chain(secondary).collect()
    }
}

/// `5`, or `5:2` with a secondary address.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.secondary {
            Some(secondary) => write!(f, "{}:{secondary}", self.primary),
            None => write!(f, "{}", self.primary),
        }
    }
}

/// The form of `Display`.
impl FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = |part: &str| match part.parse() {
            Ok(number @ 0..=30) => Ok(number),
            _ => Err(format!("{text:?} is no GPIB address")),
        };
        match text.split_once(':') {
            Some((primary, secondary)) => Ok(Self::extended(number(primary)?, number(secondary)?)),
            None => Ok(Self::new(number(text)?)),
        }
    }
}

/// Why an operation of a board did not do what it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The deadline came first.
    Timeout,
    /// [`Abort::abort`].
    Aborted,
    /// Nobody is there to take a byte.
    NoListeners,
    /// The board is not the controller in charge.
    NotInCharge,
    /// The board is not the system controller.
    NotSystemController,
    /// The controller in charge has not addressed itself to do this.
    NotAddressed,
}

/// Ends operations of boards that wait.
#[derive(Clone, Debug, Default)]
pub struct Abort {
    flag: Arc<AtomicBool>,
}

impl Abort {
    /// Ends what was started with it on `bus`, also what will be.
    pub fn abort(&self, bus: &Bus) {
        self.flag.store(true, Ordering::SeqCst);
        bus.shared.signal.raise();
    }
}

/// What ends an operation that cannot go on.
#[derive(Clone, Debug, Default)]
pub struct Until {
    deadline: Option<Instant>,
    abort: Option<Abort>,
}

impl Until {
    /// Nothing.
    pub fn never() -> Self {
        Self::default()
    }

    /// Its time.
    pub fn within(limit: Duration) -> Self {
        Self { deadline: Instant::now().checked_add(limit), abort: None }
    }

    /// This as well.
    #[must_use]
    pub fn or(self, abort: &Abort) -> Self {
        Self { abort: Some(abort.clone()), ..self }
    }

    fn aborted(&self) -> bool {
        self.abort.as_ref().is_some_and(|abort| abort.flag.load(Ordering::SeqCst))
    }
}

/// The cable and what is on it. Clones are the same bus, which ends with the last of them and of
/// its boards.
#[derive(Clone)]
pub struct Bus {
    shared: Arc<Shared>,
}

impl fmt::Debug for Bus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.addresses()).finish()
    }
}

struct Shared {
    state: Mutex<State>,
    signal: Arc<Signal>,
    hub: Arc<Hub>,
}

impl Drop for Shared {
    fn drop(&mut self) {
        for device in lock(&self.state).devices() {
            device.change(|state| state.stopping = true);
        }
        self.hub.join();
    }
}

impl Default for Bus {
    fn default() -> Self {
        Self::new()
    }
}

impl Bus {
    /// A bus with nothing on it.
    pub fn new() -> Self {
        let state = Mutex::new(State::default());
        Self { shared: Arc::new(Shared { state, signal: Arc::default(), hub: Arc::default() }) }
    }

    /// Adds a board; one of them should be the system controller. It is in charge only after it has
    /// sent IFC or was passed control.
    pub fn add_board(&self, address: Address, system_controller: bool) -> Board {
        let body = Body::Board(state::Part::new(system_controller));
        let index = self.change(|state| state.add(address, body));
        Board::new(self.clone(), index)
    }

    /// Adds an instrument, whose `*IDN?` answers `identity`.
    ///
    /// # Errors
    /// The system has no thread for its clock.
    pub fn add_instrument(&self, address: Address, identity: &str) -> io::Result<()> {
        let brain = Brain::new(identity, &self.shared.signal);
        let device = Arc::clone(&brain.device);
        self.shared.hub.spawn("clock", move || device.watch_clock())?;
        self.change(|state| state.add(address, Body::Instrument(Box::new(brain))));
        Ok(())
    }

    /// Where there are instruments, switched off or not.
    pub fn addresses(&self) -> Vec<Address> {
        self.look(|state| state.instruments().map(|station| station.functions.address).collect())
    }

    /// Makes something wrong with the instrument at `address`, or right again. False: there is none.
    pub fn set_fault(&self, address: Address, fault: Fault) -> bool {
        self.change(|state| state.set_fault(address, fault))
    }

    /// Presses the local key of the instrument at `address`. False: there is none.
    pub fn press_local(&self, address: Address) -> bool {
        self.change(|state| {
            let pressed = state.at(address).map(|station| station.functions.press_local());
            state.show();
            pressed.is_some()
        })
    }

    /// What the instrument at `address` has seen up to now.
    pub fn counters(&self, address: Address) -> Option<Counters> {
        self.look(|state| state.brain(address).map(|brain| brain.device.counters()))
    }

    /// What happened, the latest last.
    pub fn log(&self) -> Vec<Entry> {
        self.look(|state| state.log.entries().to_vec())
    }

    /// The log as one line, in the form of [`Entry`].
    pub fn log_line(&self) -> String {
        let words: Vec<_> = self.log().iter().map(Entry::to_string).collect();
        words.join(" ")
    }

    /// The bytes sent with ATN.
    pub fn commands(&self) -> Vec<u8> {
        let commands = |entry| match entry {
            Entry::Command(byte) => Some(byte),
            _ => None,
        };
        self.log().into_iter().filter_map(commands).collect()
    }

    /// Begins a new log.
    pub fn forget_log(&self) {
        self.change(|state| state.log.clear());
    }

    /// Lets everyone who waits on the bus look again: for conditions that depend on other things.
    pub fn wake(&self) {
        self.shared.signal.raise();
    }

    fn look<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut lock(&self.shared.state))
    }

    fn change<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        let result = self.look(work);
        self.shared.signal.raise();
        result
    }

    /// Takes `step` again and again, after every change and when it says so, until it is done or
    /// `until` ends it.
    fn repeat<T>(
        &self,
        until: &Until,
        mut step: impl FnMut(&mut State, Instant) -> Step<T>,
    ) -> Result<T, Failure> {
        loop {
            let seen = self.shared.signal.seen();
            let now = Instant::now();
            let (taken, changed) = self.look(|state| {
                if until.aborted() {
                    return (Step::Failed(Failure::Aborted), false);
                }
                let taken = step(state, now);
                (taken, std::mem::take(&mut state.changed))
            });
            if changed {
                self.shared.signal.raise();
            }
            match taken {
                Step::Done(value) => return Ok(value),
                Step::Failed(failure) => return Err(failure),
                Step::Again if until.deadline.is_none_or(|deadline| deadline > now) => {}
                Step::Wait(next) if until.deadline.is_none_or(|deadline| deadline > now) => {
                    let times = [next, until.deadline];
                    self.shared.signal.wait(seen, times.into_iter().flatten().min());
                }
                Step::Again | Step::Wait(_) => return Err(Failure::Timeout),
            }
        }
    }
}
