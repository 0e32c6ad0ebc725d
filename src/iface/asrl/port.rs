#![forbid(unsafe_code)]
//! Ports: what all sessions of one line share in this process.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use parking_lot::Mutex;

use crate::iface::asrl::input::Input;
use crate::iface::asrl::network::Remote;
use crate::iface::asrl::wire::Wire;
use crate::os::Deadline;
use crate::os::Gate;
use crate::os::Wait;
use crate::os::fork::PerProcess;
use crate::os::serial;
use crate::os::serial::{Counts, Flow, Parity, Settings, StopBits, Tty};
use crate::status::{
    Error, Result, VI_ERROR_CONN_LOST, VI_ERROR_NSUP_ATTR_STATE, VI_ERROR_RSRC_NFOUND,
    VI_ERROR_TMO, fail,
};

/// How a port is set when its first session opens: the defaults of VI_ATTR_ASRL_*.
pub const DEFAULTS: Settings = Settings {
    baud: 9600,
    data_bits: 8,
    parity: Parity::None,
    stop_bits: StopBits::One,
    flow: Flow { xon_xoff: false, rts_cts: false, dtr_dsr: false },
    xon: 0x11,
    xoff: 0x13,
};

/// How often is looked for what the system tells nobody: that the output has left, or that
/// another thread has closed the port.
const LOOK: Duration = Duration::from_millis(2);

/// The most characters that hardware holds by itself, beyond the system's buffers.
const FIFO: u32 = 256;

/// A line and its state.
pub struct Port {
    /// What leads to it.
    pub wire: Box<dyn Wire>,
    /// What was received beyond the end of a read.
    pub input: Gate<Input>,
    /// Passed for one message.
    pub output: Gate<()>,
    /// Passed for each change of `state`.
    control: Gate<()>,
    state: Mutex<State>,
    /// Whether anybody counts the errors of the line; else no read asks.
    is_counted: bool,
    /// Set once it has been seen gone: every later call says so at once.
    lost: AtomicBool,
    /// Set once the driver has said that the transmitter is empty. Not all do.
    tells_empty: AtomicBool,
    /// Dropped last: a port stays listed until the device has been given back.
    _listed: Option<Listed>,
}

/// The attributes that all sessions of a port share.
#[derive(Clone, Copy, Debug)]
pub struct State {
    /// As they are in force.
    pub settings: Settings,
    /// VI_ATTR_ASRL_BREAK_STATE
    pub break_on: bool,
    /// VI_ATTR_ASRL_ALLOW_TRANSMIT
    pub transmits: bool,
    /// VI_ATTR_ASRL_DISCARD_NULL
    pub discards_null: bool,
}

impl Port {
    /// The port of the device `path`: the one that this process has open already, or a new one.
    ///
    /// # Errors
    /// As [`Tty::open`]; VI_ERROR_TMO, VI_ERROR_ABORT.
    pub fn open(path: &Path, wait: &Wait) -> Result<Arc<Self>> {
        let device = serial::identity(path)?;
        let ports = PORTS.get(|| Ok::<_, Error>(Ports::default()))?;
        let _opening = ports.opening.pass(wait)?;
        loop {
            match ports.look_up(device) {
                Known::Open(port) => return Ok(port),
                Known::Not => break,
                // Another thread is just giving it back.
                Known::Closing => pause(wait)?,
            }
        }
        let (tty, settings) = Tty::open(path, &DEFAULTS).map_err(unfit)?;
        Ok(Arc::new_cyclic(|port: &Weak<Self>| {
            let listed = ports.enter(device, port.clone());
            Self::new(Box::new(tty), settings, Some(listed))
        }))
    }

    /// A port behind a network, over a connection that no other session shares.
    ///
    /// # Errors
    /// As [`Remote::open`]; VI_ERROR_RSRC_NFOUND when the remote port cannot be set as ports are
    /// at first.
    pub fn connect(host: &str, port: u16, wait: &Wait) -> Result<Arc<Self>> {
        let remote = Remote::open(host, port, wait)?;
        let settings = match remote.has_port() {
            true => remote.apply(&DEFAULTS, wait).map_err(unfit)?,
            false => DEFAULTS,
        };
        Ok(Arc::new(Self::new(Box::new(remote), settings, None)))
    }

    fn new(wire: Box<dyn Wire>, settings: Settings, listed: Option<Listed>) -> Self {
        let counts = wire.counts().ok().flatten();
        let tells_empty = AtomicBool::new(wire.is_drained() == Ok(true));
        let state = State { settings, break_on: false, transmits: true, discards_null: false };
        Self {
            wire,
            input: Gate::new(Input::new(counts.unwrap_or_default())),
            output: Gate::new(()),
            control: Gate::new(()),
            state: Mutex::new(state),
            is_counted: counts.is_some(),
            lost: AtomicBool::new(false),
            tells_empty,
            _listed: listed,
        }
    }

    /// The errors of the line so far; `None` where nobody counts them.
    pub fn counts(&self) -> Option<Counts> {
        self.is_counted.then(|| self.wire.counts().ok().flatten()).flatten()
    }

    /// The shared attributes as they are now.
    pub fn state(&self) -> State {
        *self.state.lock()
    }

    /// Changes the shared attributes, one call after the other; `change` makes them so on the line
    /// too, and nothing has changed when it fails.
    ///
    /// # Errors
    /// Those of `change`; VI_ERROR_TMO, VI_ERROR_ABORT.
    pub fn change(
        &self,
        wait: &Wait,
        change: impl FnOnce(&mut State, &dyn Wire) -> Result,
    ) -> Result {
        self.alive()?;
        let _control = self.control.pass(wait)?;
        let mut state = self.state();
        change(&mut state, &*self.wire).map_err(|error| self.note(error))?;
        *self.state.lock() = state;
        Ok(())
    }

    /// Waits until all that was sent has left the line.
    ///
    /// # Errors
    /// VI_ERROR_TMO, VI_ERROR_ABORT, VI_ERROR_CONN_LOST.
    pub fn drain(&self, wait: &Wait) -> Result {
        self.alive()?;
        let mut handed_over = None;
        while !self.wire.is_drained().map_err(|error| self.note(error))? {
            if self.tells_empty.load(Ordering::Relaxed) || !self.wire.is_handed_over()? {
                handed_over = None;
            } else if handed_over.get_or_insert_with(|| self.after_fifo()).has_passed() {
                return Ok(());
            }
            pause(wait)?;
        }
        self.tells_empty.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// When the hardware will have sent all that it can hold.
    fn after_fifo(&self) -> Deadline {
        let Settings { baud, .. } = self.state().settings;
        let bits = FIFO * self.state().settings.bits_per_character();
        Deadline::after(Duration::from_secs(bits.into()) / baud.max(1))
    }

    /// Sends a break of `length`, after all that was sent before.
    ///
    /// # Errors
    /// VI_ERROR_NSUP_ATTR_STATE where there is none; VI_ERROR_TMO and VI_ERROR_ABORT while the
    /// output drains, not once the break has begun.
    pub fn pulse_break(&self, length: Duration, wait: &Wait) -> Result {
        self.drain(wait)?;
        let _control = self.control.pass(wait)?;
        self.wire.set_break(true, wait).map_err(|error| self.note(error))?;
        let passed = Wait { deadline: Deadline::after(length), ..*wait }.pass();
        let on = self.state().break_on;
        self.wire.set_break(on, wait).map_err(|error| self.note(error))?;
        passed
    }

    /// # Errors
    /// VI_ERROR_CONN_LOST once the port has been seen gone.
    pub fn alive(&self) -> Result {
        if self.lost.load(Ordering::Relaxed) {
            return fail(VI_ERROR_CONN_LOST, "port was lost before");
        }
        Ok(())
    }

    /// Remembers what `error` says about the port.
    pub fn note(&self, error: Error) -> Error {
        if error.code == VI_ERROR_CONN_LOST {
            self.lost.store(true, Ordering::Relaxed);
        }
        error
    }

    /// Whether it is of no use any more, so that the device's name may mean another by now.
    fn has_gone(&self) -> bool {
        self.lost.load(Ordering::Relaxed) || self.wire.has_gone()
    }
}

/// A port that does not take the settings every port begins with.
fn unfit(error: Error) -> Error {
    match error.code {
        VI_ERROR_NSUP_ATTR_STATE => Error { code: VI_ERROR_RSRC_NFOUND, ..error },
        _ => error,
    }
}

/// Lets a moment pass.
///
/// # Errors
/// VI_ERROR_TMO at the deadline, VI_ERROR_ABORT.
pub fn pause(wait: &Wait) -> Result {
    if wait.deadline.has_passed() {
        wait.ticket.check()?;
        return fail(VI_ERROR_TMO, "deadline passed");
    }
    Wait { deadline: wait.deadline.min(Deadline::after(LOOK)), ..*wait }.pass()
}

/// The ports that this process has open. A forked child opens its own.
static PORTS: PerProcess<Ports> = PerProcess::new();

#[derive(Default)]
struct Ports {
    /// Passed for opening one.
    opening: Gate<()>,
    open: Mutex<Vec<Entry>>,
}

struct Entry {
    number: u64,
    device: u64,
    port: Weak<Port>,
}

/// What is known of a device.
enum Known {
    Not,
    Open(Arc<Port>),
    Closing,
}

impl Ports {
    fn look_up(&self, device: u64) -> Known {
        let mut known = Known::Not;
        for entry in self.open.lock().iter().filter(|entry| entry.device == device) {
            match entry.port.upgrade() {
                // Unplugged; what is plugged in now is another.
                Some(port) if port.has_gone() => {}
                Some(port) => return Known::Open(port),
                None => known = Known::Closing,
            }
        }
        known
    }

    fn enter(&self, device: u64, port: Weak<Port>) -> Listed {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        self.open.lock().push(Entry { number, device, port });
        Listed { number }
    }
}

/// A place in the list, until dropped.
struct Listed {
    number: u64,
}

impl Drop for Listed {
    fn drop(&mut self) {
        // In a forked child, the list is another and has no such number.
        if let Some(ports) = PORTS.made() {
            ports.open.lock().retain(|entry| entry.number != self.number);
        }
    }
}
