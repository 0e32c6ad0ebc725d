#![forbid(unsafe_code)]
//! What happens on a line: VI_EVENT_ASRL_*, which NI's library has beyond the standard.
//!
//! A thread looks at the driver's counters, as long as anybody wants to know. Linux could have it
//! sleep until a modem line changes (TIOCMIWAIT), but nothing could end that sleep, and characters
//! and breaks do not end it at all. The counters miss no change, however short: each change of a
//! line and each break is one event, all characters that arrived between two looks are one.
//!
//! The character events steal nothing from readers, and so VI_EVENT_ASRL_TERMCHAR is not to be had:
//! which characters arrived, only reading tells.

use std::sync::{Arc, Weak};
use std::thread;
use std::time::Duration;

use parking_lot::{Condvar, Mutex};

use crate::iface::asrl::port::Port;
use crate::iface::{Report, Signal, Sink};
use crate::os::serial::Counts;
use crate::status::{Error, Result, VI_ERROR_ALLOC, VI_ERROR_NSUP_OPER, fail};

/// How often the counters are looked at.
const LOOK: Duration = Duration::from_millis(20);

/// Most events for the changes between two looks.
const MOST: u32 = 64;

/// What one session wants to know.
#[derive(Default)]
pub struct Watch {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// The last seen stands beside each, so that what happened before does not count.
    wanted: Vec<(Signal, Sink, Seen)>,
    is_running: bool,
}

/// A look at a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Seen {
    counts: Counts,
    /// Bytes that wait to be received.
    available: usize,
}

impl Watch {
    /// Reports `signal` of `port` to `sink` from now on, or not any more.
    ///
    /// # Errors
    /// VI_ERROR_NSUP_OPER where nothing tells of it; VI_ERROR_CONN_LOST; VI_ERROR_ALLOC without a
    /// thread.
    pub fn set(&self, signal: Signal, sink: Option<Sink>, port: &Arc<Port>) -> Result {
        let mut state = self.shared.state.lock();
        state.wanted.retain(|(wanted, ..)| *wanted != signal);
        self.shared.changed.notify_one();
        let Some(sink) = sink else { return Ok(()) };
        port.alive()?;
        let counts = port.wire.counts().map_err(|error| port.note(error))?;
        match signal {
            Signal::Char => {}
            Signal::Break | Signal::Cts | Signal::Dsr | Signal::Dcd | Signal::Ri
                if counts.is_some() => {}
            _ => return fail(VI_ERROR_NSUP_OPER, "nothing tells of it on this line"),
        }
        let seen = look(port)?;
        state.wanted.push((signal, sink, seen));
        if !state.is_running {
            let (shared, port) = (self.shared.clone(), Arc::downgrade(port));
            let thread = thread::Builder::new().name("visa-asrl".into());
            if thread.spawn(move || shared.run(&port)).is_err() {
                state.wanted.pop();
                return Err(Error::new(VI_ERROR_ALLOC, "thread for events"));
            }
            state.is_running = true;
        }
        Ok(())
    }
}

impl Shared {
    fn run(&self, port: &Weak<Port>) {
        let mut state = self.state.lock();
        loop {
            self.changed.wait_for(&mut state, LOOK);
            // The session may have closed. The port is not held longer than for a look: the last
            // session gives it back.
            let now = port.upgrade().and_then(|port| look(&port).ok());
            let Some(now) = now.filter(|_| !state.wanted.is_empty()) else { break };
            for (signal, sink, seen) in &mut state.wanted {
                // Sinks only store and notify.
                (0..events(*signal, seen, &now)).for_each(|_| sink(Report::Plain));
                *seen = now;
            }
        }
        state.is_running = false;
    }
}

fn look(port: &Port) -> Result<Seen> {
    port.alive()?;
    let look = || {
        // In this order: a remote port tells its counts only to those who receive.
        let available = port.wire.available()?;
        Ok(Seen { available, counts: port.wire.counts()?.unwrap_or_default() })
    };
    look().map_err(|error| port.note(error))
}

/// How many events of one kind lie between two looks.
fn events(signal: Signal, before: &Seen, now: &Seen) -> u32 {
    let more = |count: fn(&Counts) -> u32| {
        count(&now.counts).wrapping_sub(count(&before.counts)).min(MOST)
    };
    match signal {
        Signal::Break => more(|counts| counts.breaks),
        Signal::Cts => more(|counts| counts.cts),
        Signal::Dsr => more(|counts| counts.dsr),
        Signal::Dcd => more(|counts| counts.dcd),
        Signal::Ri => more(|counts| counts.ri),
        // Not every driver counts them.
        Signal::Char => {
            u32::from(more(|counts| counts.received) > 0 || now.available > before.available)
        }
        // Not of a serial line.
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_change_is_an_event_and_characters_are_one_together() {
        let before = Seen { counts: Counts { cts: u32::MAX, ..Counts::default() }, available: 3 };
        let counts = Counts { cts: 2, breaks: 1, received: 500, ..Counts::default() };
        let now = Seen { counts, available: 0 };
        assert_eq!(events(Signal::Cts, &before, &now), 3);
        assert_eq!(events(Signal::Break, &before, &now), 1);
        assert_eq!(events(Signal::Char, &before, &now), 1);
        assert_eq!(events(Signal::Dsr, &before, &now), 0);
        assert_eq!(events(Signal::Ri, &now, &now), 0);
        assert_eq!(events(Signal::Char, &now, &Seen { available: 1, ..now }), 1);
        let many = Seen { counts: Counts { ri: 1 << 20, ..now.counts }, ..now };
        assert_eq!(events(Signal::Ri, &now, &many), MOST);
    }
}
