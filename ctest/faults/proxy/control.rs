#![forbid(unsafe_code)]
//! When the fault strikes, and what has become of it.

use std::io;
use std::net::SocketAddr;
use std::net::TcpStream;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;
use std::time::Instant;

use parking_lot::Condvar;
use parking_lot::Mutex;

use crate::faults::fault::Fault;
use crate::faults::fault::Step;
use crate::faults::fault::Strikes;
use crate::faults::protocol::Line;
use crate::faults::protocol::Message;
use crate::faults::protocol::Protocol;
use crate::faults::proxy::ends;
use crate::faults::proxy::relay::Relay;
use crate::faults::proxy::relay::Way;
use crate::faults::proxy::steps;

/// How long what a fault does may go on.
const SETTLED: Duration = Duration::from_secs(10);

/// What all threads of a proxy know.
pub struct Control {
    pub protocol: Protocol,
    fault: &'static Fault,
    state: Mutex<State>,
    changed: Condvar,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

#[derive(Default)]
struct State {
    armed: bool,
    struck: bool,
    /// Set while the session is closed and nobody looks any more: no fault holds anything up.
    released: bool,
    stopping: bool,
    /// Until when the operation has time.
    until: Option<Instant>,
    /// The time that it has.
    time: Duration,
    /// Answers that have been passed on since the fault was disarmed.
    answers: usize,
    /// Faults that are at work.
    working: usize,
    relays: Vec<Arc<Relay>>,
    /// Connections that have not closed.
    open: usize,
    doors: Vec<SocketAddr>,
}

impl Control {
    pub fn new(protocol: Protocol, fault: &'static Fault) -> Self {
        Self {
            protocol,
            fault,
            state: Mutex::default(),
            changed: Condvar::new(),
            threads: Mutex::default(),
        }
    }

    pub fn arm(self: &Arc<Self>, time: Duration) {
        let relays = {
            let mut state = self.state.lock();
            (state.armed, state.time) = (true, time);
            state.until = Some(Instant::now() + time);
            state.relays.clone()
        };
        let ports: Vec<_> = relays.iter().map(|relay| relay.library_port()).collect();
        let ended: Vec<_> = relays.iter().map(|relay| self.strike_idle(relay)).collect();
        drop(relays);
        if ended.contains(&true) {
            ends::await_known(&ports, Instant::now() + SETTLED);
        }
    }

    /// Strikes a connection on which nothing is under way, if that is what the fault does. Whether
    /// the library is to learn of an end.
    pub fn strike_idle(self: &Arc<Self>, relay: &Arc<Relay>) -> bool {
        if self.fault.strikes != Strikes::Idle || relay.line() == Line::Abort {
            return false;
        }
        let message = relay.message(Way::Answers, Vec::new());
        let Some(steps) = self.strike(&message) else { return false };
        if let Some(Step::Flood(bytes)) = steps.first().cloned() {
            relay.mute(Way::Answers);
            let (control, relay) = (Arc::clone(self), Arc::clone(relay));
            let _ = self.spawn(move || steps::flood(&control, &relay, &bytes));
        }
        let ends = steps.iter().any(|step| step.ends_answers());
        steps::perform(self, relay, Way::Answers, steps);
        ends
    }

    /// What is to be done in place of this message, if it is the one that the fault strikes.
    pub fn strike_message(&self, way: Way, message: &Message) -> Option<Vec<Step>> {
        let struck_way = match self.fault.strikes {
            Strikes::Request => Way::Requests,
            Strikes::Answer | Strikes::Opening => Way::Answers,
            Strikes::Idle => return None,
        };
        (way == struck_way && message.line != Line::Abort).then(|| self.strike(message)).flatten()
    }

    fn strike(&self, message: &Message) -> Option<Vec<Step>> {
        let mut state = self.state.lock();
        // One message, but every connection.
        if !state.armed || state.struck && self.fault.strikes != Strikes::Idle {
            return None;
        }
        let steps = (self.fault.act)(message)?;
        state.struck = true;
        state.working += 1;
        self.changed.notify_all();
        Some(steps)
    }

    /// The fault has done what it does, or what it did at once.
    pub fn done(&self) {
        self.state.lock().working -= 1;
        self.changed.notify_all();
    }

    pub fn disarm(&self) -> bool {
        let mut state = self.state.lock();
        let until = Instant::now() + SETTLED;
        // The system takes a connection or a request, and the operation ends well, before the proxy
        // knows of it.
        let overtaken = matches!(self.fault.strikes, Strikes::Idle | Strikes::Request);
        while overtaken && !state.struck {
            if self.changed.wait_until(&mut state, until).timed_out() {
                break;
            }
        }
        (state.armed, state.answers) = (false, 0);
        state.struck
    }

    /// A message has been passed on.
    pub fn passed(&self, way: Way) {
        self.state.lock().answers += usize::from(way == Way::Answers);
        self.changed.notify_all();
    }

    /// Waits until the instrument has answered something since then.
    pub fn await_answer(&self) {
        let mut state = self.state.lock();
        let until = Instant::now() + SETTLED;
        while state.answers == 0 && !self.changed.wait_until(&mut state, until).timed_out() {}
    }

    pub fn settle(&self) {
        let mut state = self.state.lock();
        let until = Instant::now() + SETTLED;
        while state.working > 0 && !self.changed.wait_until(&mut state, until).timed_out() {}
    }

    pub fn release(&self) {
        self.state.lock().released = true;
        self.changed.notify_all();
    }

    pub fn is_released(&self) -> bool {
        self.state.lock().released
    }

    /// Waits, but not after the release.
    pub fn pause(&self, time: Duration) {
        self.pause_until(Instant::now() + time);
    }

    pub fn pause_until(&self, until: Instant) {
        let mut state = self.state.lock();
        while !state.released && !self.changed.wait_until(&mut state, until).timed_out() {}
    }

    pub fn await_release(&self) {
        let mut state = self.state.lock();
        while !state.released {
            self.changed.wait(&mut state);
        }
    }

    /// The time that the operation has, and its end.
    pub fn time(&self) -> (Duration, Instant) {
        let state = self.state.lock();
        (state.time, state.until.unwrap_or_else(Instant::now))
    }

    /// Enters a connection into the books, in any case to be left again; false when everything is
    /// about to end.
    pub fn enter(&self, relay: &Arc<Relay>) -> bool {
        let mut state = self.state.lock();
        state.open += 1;
        if state.stopping {
            return false;
        }
        state.relays.push(Arc::clone(relay));
        true
    }

    /// Nothing more passes on a connection.
    pub fn forget(&self, relay: &Arc<Relay>) {
        self.state.lock().relays.retain(|other| !Arc::ptr_eq(other, relay));
    }

    /// A connection has closed.
    pub fn leave(&self) {
        self.state.lock().open -= 1;
        self.changed.notify_all();
    }

    /// Waits until all connections have closed; how many have not.
    pub fn await_all_closed(&self, until: Instant) -> usize {
        let mut state = self.state.lock();
        while state.open > 0 && !self.changed.wait_until(&mut state, until).timed_out() {}
        state.open
    }

    pub fn note_door(&self, address: SocketAddr) {
        self.state.lock().doors.push(address);
    }

    pub fn spawn(&self, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
        let thread = std::thread::Builder::new().name("proxy".into()).spawn(work)?;
        self.threads.lock().push(thread);
        Ok(())
    }

    pub fn is_stopping(&self) -> bool {
        self.state.lock().stopping
    }

    /// Ends all connections, and waits for the threads.
    pub fn stop(&self) {
        let (relays, doors) = {
            let mut state = self.state.lock();
            (state.stopping, state.released) = (true, true);
            (state.relays.clone(), std::mem::take(&mut state.doors))
        };
        self.changed.notify_all();
        for relay in relays {
            relay.close();
        }
        for door in doors {
            // Only to wake who accepts there.
            let _ = TcpStream::connect(door);
        }
        loop {
            let Some(thread) = self.threads.lock().pop() else { return };
            let _ = thread.join();
        }
    }
}
