#![forbid(unsafe_code)]
//! The one instrument behind all interfaces: registers, settings, locks, and the connections
//! that see its status byte.

use std::collections::BTreeMap;
use std::sync::Condvar;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::time::Instant;

use crate::sim::Counters;
use crate::sim::bulk::Upload;
use crate::sim::locks::Locks;
use crate::sim::server::lock;
use crate::sim::status::ErrorNumber;
use crate::sim::status::MESSAGE_AVAILABLE;
use crate::sim::status::REQUEST;
use crate::sim::status::Registers;
use crate::sim::trace::Trace;
use crate::sim::waveform::Waveform;

/// Names one connection, link or session for as long as the instrument runs.
pub(super) type PortId = u64;

/// What kind of client is on a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PortKind {
    Socket,
    Serial,
    Link,
    Session,
    Front,
    Gpib,
}

/// Tells a client of a service request; must not block.
pub(super) type Notify = Box<dyn Fn(u8) + Send>;

/// What the device keeps for each client: its own output queue makes its own status byte.
struct Port {
    kind: PortKind,
    /// Since when a response waits; may lie in the future (`SYST:DELAY`).
    available: Option<Instant>,
    /// Whether this response requests service when it is there, whatever `*SRE` says.
    announced: bool,
    /// Reasons for service that have been reported: only a new one requests service again.
    reported: u8,
    /// RQS: service requested and not polled yet.
    requesting: bool,
    notify: Option<Notify>,
}

impl Port {
    /// The MAV bit.
    fn waiting(&self, now: Instant) -> u8 {
        if self.available.is_some_and(|since| since <= now) { MESSAGE_AVAILABLE } else { 0 }
    }
}

/// Everything that changes, under one lock.
pub(super) struct State {
    pub(super) registers: Registers,
    pub(super) locks: Locks,
    pub(super) waveform: Waveform,
    pub(super) upload: Upload,
    pub(super) trace: Trace,
    /// Triggers since `*RST`: `TRIG:COUN?`.
    pub(super) trigger_count: u64,
    /// Measurements taken: makes the next one differ.
    pub(super) readings: u64,
    pub(super) seen: Counters,
    pub(super) stopping: bool,
    ports: BTreeMap<PortId, Port>,
    next_port: PortId,
}

/// The instrument that all interfaces share.
pub(super) struct Device {
    pub(super) identity: String,
    state: Mutex<State>,
    changed: Condvar,
}

impl Device {
    pub(super) fn new(identity: String) -> Self {
        let state = State {
            registers: Registers::new(),
            locks: Locks::default(),
            waveform: Waveform::default(),
            upload: Upload::default(),
            trace: Trace::default(),
            trigger_count: 0,
            readings: 0,
            seen: Counters::default(),
            stopping: false,
            ports: BTreeMap::new(),
            next_port: 1,
        };
        Self { identity, state: Mutex::new(state), changed: Condvar::new() }
    }

    /// Runs `work` on the state and then reports what it changed in the status byte.
    pub(super) fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        let mut state = lock(&self.state);
        let result = work(&mut state);
        state.report();
        result
    }

    /// As [`Device::with`], for a change that someone may be waiting for.
    pub(super) fn change<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        let result = self.with(work);
        self.changed.notify_all();
        result
    }

    /// Waits until `done` gives a value: looked at now, after each change, and at the deadline.
    /// `None` when the deadline has passed or the instrument is being switched off.
    pub(super) fn wait<T>(
        &self,
        deadline: Option<Instant>,
        mut done: impl FnMut(&mut State) -> Option<T>,
    ) -> Option<T> {
        let mut state = lock(&self.state);
        loop {
            if let Some(value) = done(&mut state) {
                state.report();
                return Some(value);
            }
            if state.stopping {
                return None;
            }
            state = self.pause(state, deadline)?;
        }
    }

    fn pause<'a>(
        &self,
        state: MutexGuard<'a, State>,
        deadline: Option<Instant>,
    ) -> Option<MutexGuard<'a, State>> {
        let Some(deadline) = deadline else {
            return Some(self.changed.wait(state).unwrap_or_else(PoisonError::into_inner));
        };
        let left =
            deadline.checked_duration_since(Instant::now()).filter(|left| !left.is_zero())?;
        let waited = self.changed.wait_timeout(state, left);
        Some(waited.unwrap_or_else(PoisonError::into_inner).0)
    }

    /// Reports delayed responses and readings when their time has come, until the instrument is switched off:
    /// nobody else is awake then who could request service for them.
    pub(super) fn watch_clock(&self) {
        loop {
            let next = self.with(|state| state.next_time());
            let ended = self.wait(next, |state| {
                let changed = state.next_time() != next;
                (state.stopping || changed).then_some(state.stopping)
            });
            if ended == Some(true) {
                return;
            }
        }
    }

    /// Enters a client.
    pub(super) fn add_port(&self, kind: PortKind) -> PortId {
        self.with(|state| {
            let id = state.next_port;
            state.next_port += 1;
            let port = Port {
                kind,
                available: None,
                announced: false,
                reported: 0,
                requesting: false,
                notify: None,
            };
            state.ports.insert(id, port);
            id
        })
    }

    /// Forgets a client and what it has locked.
    pub(super) fn remove_port(&self, port: PortId) {
        self.change(|state| {
            state.ports.remove(&port);
            while state.locks.release(port).is_some() {}
        });
    }

    /// Says since when (or from when on) a response waits on `port`, or that none does.
    pub(super) fn set_available(&self, port: PortId, since: Option<Instant>) {
        let later = self.with(|state| {
            if let Some(port) = state.ports.get_mut(&port) {
                port.available = since;
                port.announced &= since.is_some();
            }
            since.is_some_and(|since| since > Instant::now())
        });
        if later {
            self.changed.notify_all();
        }
    }

    /// Makes the response that comes next on `port` request service when it is there.
    pub(super) fn request_when_available(&self, port: PortId) {
        self.with(|state| {
            if let Some(port) = state.ports.get_mut(&port) {
                port.announced = true;
            }
        });
    }

    /// Chooses how `port` is told of service requests.
    pub(super) fn set_notify(&self, port: PortId, notify: Option<Notify>) {
        self.with(|state| {
            if let Some(port) = state.ports.get_mut(&port) {
                port.notify = notify;
            }
        });
    }

    /// The status byte with RQS, which this clears (IEEE 488.2 11.3.1).
    pub(super) fn serial_poll(&self, port: PortId) -> u8 {
        self.with(|state| {
            let mut byte = state.byte(port);
            if let Some(port) = state.ports.get_mut(&port)
                && std::mem::take(&mut port.requesting)
            {
                byte |= REQUEST;
            }
            byte
        })
    }

    /// RQS, which only a poll or the end of its reason takes away.
    pub(super) fn requesting(&self, port: PortId) -> bool {
        self.with(|state| state.ports.get(&port).is_some_and(|port| port.requesting))
    }

    /// Enters an error in the queue.
    pub(super) fn raise(&self, error: ErrorNumber) {
        self.with(|state| state.registers.raise(error));
    }

    /// Counts a trigger, from whatever interface.
    pub(super) fn trigger(&self) {
        self.change(|state| {
            state.trigger_count += 1;
            state.seen.triggers += 1;
            state.trace.trigger(Instant::now());
        });
    }

    /// What the instrument has seen so far.
    pub(super) fn counters(&self) -> Counters {
        self.with(|state| {
            let count = |kind| state.ports.values().filter(|port| port.kind == kind).count();
            Counters {
                links: count(PortKind::Link),
                sessions: count(PortKind::Session),
                sockets: count(PortKind::Socket),
                exclusive_lock: state.locks.exclusive(),
                shared_locks: state.locks.shared(),
                ..state.seen.clone()
            }
        })
    }
}

impl State {
    /// The status byte of `port` without bit 6.
    pub(super) fn byte(&self, port: PortId) -> u8 {
        let waiting = self.ports.get(&port).map_or(0, |port| port.waiting(Instant::now()));
        self.summary() | waiting
    }

    /// The bits that all connections see.
    fn summary(&self) -> u8 {
        self.registers.summary() | self.trace.summary()
    }

    /// Sets RQS and tells the client, for each port with a new reason for service
    /// (IEEE 488.2 11.3.3).
    fn report(&mut self) {
        let now = Instant::now();
        self.trace.advance(now);
        let summary = self.summary();
        for port in self.ports.values_mut() {
            let byte = summary | port.waiting(now);
            let announced = if port.announced { MESSAGE_AVAILABLE } else { 0 };
            let reasons = byte & (self.registers.request_enable | announced);
            if reasons & !port.reported != 0 {
                port.requesting = true;
                if let Some(notify) = &port.notify {
                    notify(byte | REQUEST);
                    self.seen.service_requests += 1;
                }
            }
            if reasons == 0 {
                port.requesting = false;
            }
            port.reported = reasons;
        }
    }

    /// When the next delayed response becomes available or readings are complete.
    fn next_time(&self) -> Option<Instant> {
        let now = Instant::now();
        let responses = self.ports.values().filter_map(|port| port.available);
        responses.filter(|since| *since > now).chain(self.trace.next()).min()
    }
}
