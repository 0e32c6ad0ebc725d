#![forbid(unsafe_code)]
//! What happens on a bus, and who is told: service requests and the events of a board.
//!
//! All devices share one SRQ line, and who asserts it only a serial poll can tell, which takes the
//! request back. So a thread, there as long as anybody wants to know, waits for the line and polls
//! the devices whose sessions in this process wait for requests, and no others: a request that
//! another process waits for stays with its device. Each status byte with RQS that is polled,
//! by this thread or by viReadSTB, in this process or in another, is kept for the next viReadSTB of
//! each other session of that device: none of them misses the request because another asked first.
//! One that does not wait for requests is shown the present byte, with RQS, as the device itself
//! would.
//!
//! A driver that polls by itself, for a program that has it do so, takes requests from the line; it
//! keeps the status bytes, and is asked for them now and then.
//!
//! A line that stays asserted for a device of which nobody here wants to know is looked at less
//! and less often, down to twice a second, and with each look the watched devices are polled: the line
//! can tell no second request.

use std::collections::VecDeque;
use std::sync::{Arc, Weak};
use std::thread;
use std::time::Duration;

use parking_lot::Mutex;

use crate::iface::gpib::board::Conditions;
use crate::iface::gpib::bus::Bus;
use crate::iface::{Report, Signal, Sink};
use crate::os::Cancel;
use crate::os::Deadline;
use crate::os::Ticket;
use crate::os::Wait;
use crate::os::fork;
use crate::status::{Error, Result, VI_ERROR_ALLOC, VI_ERROR_NSUP_OPER, fail};
use crate::wire::gpib::{BusAddress, RQS};

/// The longest single wait for something to happen.
const SLICE: Duration = Duration::from_millis(500);

/// How often is looked whether a condition has ended: boards tell only of beginnings.
const LOOK: Duration = Duration::from_millis(20);

/// The first and the longest pause between looks at a line that no poll has released.
const STUCK: (Duration, Duration) = (Duration::from_millis(5), Duration::from_millis(500));

/// How long a device may take to answer a poll. A poll that is given up on a busy machine may have
/// been answered already, and the request be lost; so longer than linux-gpib's step of 1 s.
const POLL_PATIENCE: Duration = Duration::from_millis(1200);

/// How long a device that did not answer is left out.
const LEFT_OUT: Duration = Duration::from_secs(5);

/// Status bytes that are kept for a session that waits for requests.
const MOST_KEPT: usize = 32;

/// Who wants to know what happens.
pub struct Service {
    /// The fork generation it was made in: a child's sessions are its parent's.
    made_in: u32,
    state: Mutex<State>,
    /// Wakes the thread when that changes.
    changed: Cancel,
}

#[derive(Default)]
struct State {
    next: u64,
    stations: Vec<Station>,
    observers: Vec<(u64, Signal, Sink)>,
    is_running: bool,
}

/// A session with a device.
struct Station {
    id: u64,
    device: BusAddress,
    /// Where its requests are reported, if that is wanted.
    sink: Option<Sink>,
    /// Status bytes with RQS that others have polled, the oldest first: while requests are reported.
    kept: VecDeque<u8>,
    /// Else whether there was any.
    owes_request: bool,
}

impl Service {
    /// Nobody does yet.
    pub fn new() -> Self {
        let (state, changed) = (Mutex::default(), Cancel::new());
        Self { made_in: fork::generation(), state, changed }
    }

    /// A new session, with `device` or with the board: a number for it.
    pub fn join(&self, device: Option<BusAddress>) -> u64 {
        let mut state = self.state.lock();
        let id = state.next;
        state.next += 1;
        state.stations.extend(device.map(|device| Station {
            id,
            device,
            sink: None,
            kept: VecDeque::new(),
            owes_request: false,
        }));
        id
    }

    /// The session is gone.
    pub fn leave(&self, id: u64) {
        if self.made_in != fork::generation() {
            // The fork may have caught another thread in the middle of it.
            return;
        }
        let mut state = self.state.lock();
        state.stations.retain(|station| station.id != id);
        state.observers.retain(|(of, ..)| *of != id);
        self.changed.terminate();
    }

    /// The oldest status byte that is kept for a session.
    pub fn take_kept(&self, id: u64) -> Option<u8> {
        let mut state = self.state.lock();
        state.stations.iter_mut().find(|station| station.id == id)?.kept.pop_front()
    }

    /// RQS if a session that does not wait for requests has yet to be told of one, else nothing.
    pub fn take_owed(&self, id: u64) -> u8 {
        let mut state = self.state.lock();
        let station = state.stations.iter_mut().find(|station| station.id == id);
        let owes = station.is_some_and(|station| std::mem::take(&mut station.owes_request));
        if owes { RQS } else { 0 }
    }

    /// `byte`, with RQS, was polled from `device`, for the session `asking` if any.
    pub fn polled(&self, device: BusAddress, byte: u8, asking: Option<u64>) {
        let mut state = self.state.lock();
        for station in state.stations.iter_mut().filter(|station| station.device == device) {
            if Some(station.id) != asking && station.sink.is_none() {
                station.owes_request = true;
            } else if Some(station.id) != asking {
                while station.kept.len() >= MOST_KEPT {
                    station.kept.pop_front();
                }
                station.kept.push_back(byte);
            }
            // Sinks only store and notify.
            if let Some(sink) = &station.sink {
                sink(Report::Plain);
            }
        }
    }

    /// Reports service requests of a session's device from now on, or not any more.
    ///
    /// # Errors
    /// VI_ERROR_NSUP_OPER where the board does not tell of them; VI_ERROR_ALLOC without a thread;
    /// then nothing changes.
    pub fn watch(bus: &Arc<Bus>, id: u64, sink: Option<Sink>) -> Result {
        Self::change(bus, Conditions::SERVICE_REQUEST, sink, |state, sink| {
            let station = state.stations.iter_mut().find(|station| station.id == id);
            let Some(station) = station else { return };
            if sink.is_none() {
                station.owes_request |= !station.kept.is_empty();
                station.kept.clear();
            }
            station.sink = sink;
        })
    }

    /// The same for what happens on the board.
    ///
    /// # Errors
    /// As [`Service::watch`].
    pub fn observe(bus: &Arc<Bus>, id: u64, signal: Signal, sink: Option<Sink>) -> Result {
        let condition = condition_of(signal);
        if sink.is_some() && condition == Conditions::NONE {
            return fail(VI_ERROR_NSUP_OPER, "no event of a GPIB board");
        }
        Self::change(bus, condition, sink, |state, sink| {
            state.observers.retain(|(of, what, _)| (*of, *what) != (id, signal));
            state.observers.extend(sink.map(|sink| (id, signal, sink)));
        })
    }

    /// Enters what a session wants to know, or not any more. The board is asked without the state's
    /// lock, which the thread needs.
    fn change(
        bus: &Arc<Bus>,
        condition: Conditions,
        sink: Option<Sink>,
        enter: impl FnOnce(&mut State, Option<Sink>),
    ) -> Result {
        if sink.is_none() {
            enter(&mut bus.service.state.lock(), None);
            bus.service.changed.terminate();
            return Ok(());
        }
        // What is so already is no event; a request that waits is.
        let present = present(bus, condition)? - Conditions::SERVICE_REQUEST;
        let is_first = !bus.service.state.lock().wanted().has(condition);
        if is_first && condition.has(Conditions::HAPPENING) {
            // From before anybody wanted to know.
            bus.forget(condition)?;
        }
        let mut state = bus.service.state.lock();
        state.start(bus, present)?;
        enter(&mut state, sink);
        bus.service.changed.terminate();
        Ok(())
    }
}

/// What makes up a signal on a board; nothing for signals of other interfaces.
const fn condition_of(signal: Signal) -> Conditions {
    match signal {
        Signal::ServiceRequest => Conditions::SERVICE_REQUEST,
        Signal::ControllerInCharge => Conditions::IN_CHARGE,
        Signal::Talk => Conditions::TALKER,
        Signal::Listen => Conditions::LISTENER,
        Signal::Clear => Conditions::CLEARED,
        Signal::Trigger => Conditions::TRIGGERED,
        _ => Conditions::NONE,
    }
}

impl State {
    /// What somebody wants to know of.
    fn wanted(&self) -> Conditions {
        let observed = self.observers.iter().map(|(_, signal, _)| condition_of(*signal));
        let watched = self.stations.iter().filter(|station| station.sink.is_some());
        observed
            .chain(watched.map(|_| Conditions::SERVICE_REQUEST))
            .fold(Conditions::NONE, |all, one| all | one)
    }

    /// Makes the thread if there is none, with what is `present`.
    fn start(&mut self, bus: &Arc<Bus>, present: Conditions) -> Result {
        if self.is_running {
            return Ok(());
        }
        let next_look = Deadline::Immediate;
        let mut watcher = Watcher { present, stuck: None, left_out: Vec::new(), next_look };
        let weak = Arc::downgrade(bus);
        let thread = thread::Builder::new().name("visa-gpib".into());
        if thread.spawn(move || watcher.run(&weak)).is_err() {
            return Err(Error::new(VI_ERROR_ALLOC, "thread for events"));
        }
        self.is_running = true;
        Ok(())
    }

    /// Each device that is watched, once.
    fn watched(&self) -> Vec<BusAddress> {
        let mut devices = Vec::new();
        for station in self.stations.iter().filter(|station| station.sink.is_some()) {
            if !devices.contains(&station.device) {
                devices.push(station.device);
            }
        }
        devices
    }

    /// Reports what is `now` and was not `before`.
    fn report(&self, before: Conditions, now: Conditions) {
        for (_, signal, sink) in &self.observers {
            let condition = condition_of(*signal);
            match (before.has(condition), now.has(condition)) {
                (false, true) if *signal == Signal::ControllerInCharge => {
                    sink(Report::ControllerInCharge(true));
                }
                (true, false) if *signal == Signal::ControllerInCharge => {
                    sink(Report::ControllerInCharge(false));
                }
                (false, true) => sink(Report::Plain),
                _ => {}
            }
        }
    }
}

/// What is there now, if `wanted` can be told.
fn present(bus: &Bus, wanted: Conditions) -> Result<Conditions> {
    let cancel = Cancel::new();
    let at_once = Wait { deadline: Deadline::Immediate, ticket: cancel.ticket() };
    bus.await_conditions(wanted, &at_once)
}

/// What the thread remembers.
struct Watcher {
    /// What was there at the last look.
    present: Conditions,
    /// The pause before the next look at an SRQ line that no poll has released.
    stuck: Option<Duration>,
    /// Devices that did not answer a poll, and until when they are left out.
    left_out: Vec<(BusAddress, Deadline)>,
    /// When the driver is asked again for requests that it keeps.
    next_look: Deadline,
}

impl Watcher {
    /// As long as there is a bus of which somebody wants to know.
    fn run(&mut self, bus: &Weak<Bus>) {
        while let Some(bus) = bus.upgrade() {
            // Before looking at what is wanted: a change from here on ends the wait.
            let ticket = bus.service.changed.ticket();
            let (wanted, devices) = {
                let mut state = bus.service.state.lock();
                if state.wanted() == Conditions::NONE {
                    state.is_running = false;
                    return;
                }
                (state.wanted(), state.watched())
            };
            // Woken by a change, or the driver is in trouble: both may be over next time.
            let awaited = self.await_change(&bus, wanted, ticket);
            // A line that another process has released before it was seen here.
            bus.hear();
            let Ok(now) = awaited else { continue };
            // What nobody waited for stays to be told, or to be forgotten.
            let now = now - (Conditions::HAPPENING - wanted);
            bus.service.state.lock().report(self.present, now);
            // Triggers and clears happen; the others last.
            self.present = now - Conditions::HAPPENING;
            if !now.has(Conditions::SERVICE_REQUEST) {
                self.stuck = None;
                self.collect(&bus, &devices, ticket);
            } else if self.poll(&bus, &devices, ticket) {
                // Asked for again at once: more devices may be asserting the line.
                self.present = self.present - Conditions::SERVICE_REQUEST;
                self.stuck = None;
            } else {
                let next = self.stuck.map_or(STUCK.0, |pause| (pause * 2).min(STUCK.1));
                self.stuck = Some(next);
            }
        }
    }

    fn await_change(
        &self,
        bus: &Bus,
        wanted: Conditions,
        ticket: Ticket<'_>,
    ) -> Result<Conditions> {
        let lasting = self.present - Conditions::SERVICE_REQUEST;
        let slice = match self.stuck {
            _ if wanted.has(lasting) => LOOK.min(self.stuck.unwrap_or(LOOK)),
            Some(pause) => pause,
            None => SLICE,
        };
        let wait = Wait { deadline: Deadline::after(slice), ticket };
        let awaited = wanted - self.present;
        if awaited == Conditions::NONE {
            wait.pass()?;
            return present(bus, Conditions::NONE);
        }
        let told = bus.await_conditions(awaited, &wait);
        if told.is_err() {
            // Whatever it is, it must not make this a busy loop.
            wait.pass()?;
        }
        told
    }

    /// Polls those of `devices` whose requests the driver has taken from the line by itself.
    fn collect(&mut self, bus: &Bus, devices: &[BusAddress], ticket: Ticket<'_>) {
        if !bus.polls_by_itself() || !self.next_look.has_passed() {
            return;
        }
        self.next_look = Deadline::after(SLICE);
        for device in devices {
            let Ok(mut held) = bus.hold(&Wait { deadline: Deadline::after(SLICE), ticket }) else {
                return;
            };
            if held.board().keeps_request(*device) {
                // What is kept is given out at once. One that fails is asked for again.
                let uncancelled = Cancel::new();
                let deadline = Deadline::after(POLL_PATIENCE);
                let wait = Wait { deadline, ticket: uncancelled.ticket() };
                let _ = held.poll(*device, None, &wait);
            }
        }
    }

    /// Polls `devices` until the line is released. Whether any of them had requested service.
    fn poll(&mut self, bus: &Bus, devices: &[BusAddress], ticket: Ticket<'_>) -> bool {
        self.left_out.retain(|(_, until)| !until.has_passed());
        let mut found = false;
        for device in devices {
            if self.left_out.iter().any(|(left_out, _)| left_out == device) {
                continue;
            }
            // One hold for each: an exchange of a session need not wait for all of them.
            let Ok(mut held) = bus.hold(&Wait { deadline: Deadline::Never, ticket }) else { break };
            // Never cut: the answer takes the request back.
            let uncancelled = Cancel::new();
            let deadline = Deadline::after(POLL_PATIENCE);
            let wait = Wait { deadline, ticket: uncancelled.ticket() };
            match held.poll(*device, None, &wait) {
                Ok(byte) => found |= byte & RQS != 0,
                Err(_) => self.left_out.push((*device, Deadline::after(LEFT_OUT))),
            }
            drop(held);
            let line = Conditions::SERVICE_REQUEST;
            if found && present(bus, Conditions::NONE).is_ok_and(|now| !now.has(line)) {
                break;
            }
        }
        found
    }
}
