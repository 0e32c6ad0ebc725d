#![forbid(unsafe_code)]
//! Events (chapter 3.7): queues, handlers, contexts.
//!
//! Each session has an [`Events`]. Whatever happens arrives through [`Events::post`], which only
//! stores and notifies. Waiting threads sleep on their wakers, as in every other call. Handlers
//! run on one thread of the session, made when the first is enabled, and never with a lock held:
//! they may call whatever they like, even close their own session.
//!
//! viDisableEvent, viUninstallHandler and viClose return when no callback that they end is
//! running any more, so that a program may free what its handler uses. They cannot wait for ever
//! for a handler that, say, wants a mutex of their caller's: [`CALLBACK_PATIENCE`] bounds it, and
//! viTerminate ends it; viClose in another thread does not, for it waits for the same. Called from
//! within a callback of the session they do not wait at all.

mod context;
mod dispatch;
mod enable;
mod handlers;
mod kinds;
mod queue;
mod wait;
mod watch;

#[cfg(all(test, loom))]
mod models;
#[cfg(test)]
mod tests;

use std::time::Duration;

pub use context::{Context, Details, Occurrence};
pub use handlers::Handler;
pub use wait::Waited;

use crate::consts::{VI_ALL_ENABLED_EVENTS, ViEventType, ViSession, ViUInt16};
use crate::os::Deadline;
use crate::os::Gate;
use crate::os::Wait;
use crate::os::cancel::Blocked;
use crate::os::poll::await_wake;
use crate::os::sync::thread::ThreadId;
use crate::os::sync::{Condvar, Mutex};
use crate::os::waker::Waker;
use crate::rsrc::Kinds;
use crate::session::Session;
use crate::session::event::handlers::Running;
use crate::session::event::kinds::EVENT_KINDS;
use crate::session::event::queue::Queue;
use crate::status::{Result, VI_ERROR_INV_EVENT, VI_ERROR_TMO, fail};

/// How long viDisableEvent, viUninstallHandler and viClose wait for a running callback.
pub const CALLBACK_PATIENCE: Duration = Duration::from_secs(10);

/// Most callbacks that may wait for the one that runs. VI_ATTR_MAX_QUEUE_LENGTH is for queues
/// that the program empties; this only protects the memory from a handler that never returns.
const PENDING_CALLBACKS: usize = 65_536;

/// The events of one session.
pub struct Events {
    manager: ViSession,
    state: Mutex<State>,
    /// Wakes the callback thread.
    ready: Condvar,
    /// The types that the link reports. Passed for the time of the exchange with the device.
    watching: Gate<Vec<ViEventType>>,
}

struct State {
    closed: bool,
    /// VI_ATTR_MAX_QUEUE_LENGTH from the first viEnableEvent on.
    capacity: Option<usize>,
    /// Place of the next event among all.
    next_place: u64,
    next_handler: u64,
    sources: Vec<Source>,
    running: Vec<Running>,
    callback_thread: Option<ThreadId>,
    /// Threads that wait for a change of this state.
    waiters: Vec<Waker>,
}

/// All about one type of event.
struct Source {
    event: ViEventType,
    /// The mechanisms it can be enabled for.
    mechanisms: ViUInt16,
    is_queued: bool,
    callbacks: Callbacks,
    /// For viWaitOnEvent.
    queue: Queue,
    /// For handlers: held back while suspended, waiting for their turn otherwise.
    held: Queue,
    /// Callbacks were switched off when this was the next place: what happened before is not
    /// called back any more, though it may be on its way.
    void_before: u64,
    /// The last installed at the end.
    handlers: Vec<Handler>,
}

/// The callback mechanism of one type of event.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Callbacks {
    Off,
    /// VI_HNDLR
    Called,
    /// VI_SUSPEND_HNDLR
    Suspended,
}

impl Events {
    /// The events of a session of `kind` under `manager`, none enabled. A manager's: no types.
    pub fn new(manager: ViSession, kind: Kinds) -> Self {
        let of_kind = EVENT_KINDS.iter().filter(|row| row.kinds.has(kind));
        let sources = of_kind.map(|row| Source {
            event: row.event,
            mechanisms: row.mechanisms,
            is_queued: false,
            callbacks: Callbacks::Off,
            queue: Queue::default(),
            held: Queue::default(),
            void_before: 0,
            handlers: Vec::new(),
        });
        let state = State {
            closed: false,
            capacity: None,
            next_place: 0,
            next_handler: 0,
            sources: sources.collect(),
            running: Vec::new(),
            callback_thread: None,
            waiters: Vec::new(),
        };
        Self { manager, state: Mutex::new(state), ready: Condvar::new(), watching: Gate::default() }
    }

    /// An event happened: queued for viWaitOnEvent, handed to the handlers, or forgotten, as its
    /// type is enabled. Never blocks and never runs user code.
    pub fn post(&self, occurrence: Occurrence) {
        let mut state = self.state.lock();
        let (place, capacity) = (state.next_place, state.capacity.unwrap_or(0));
        let Ok(source) = state.source(occurrence.event_type) else { return };
        let most = match source.callbacks {
            Callbacks::Off => None,
            Callbacks::Called => Some(PENDING_CALLBACKS),
            Callbacks::Suspended => Some(capacity),
        };
        if let Some(most) = most {
            source.held.push(place, occurrence.clone(), most);
        }
        let is_queued = source.is_queued;
        if is_queued {
            source.queue.push(place, occurrence, capacity);
        }
        state.next_place += 1;
        if is_queued {
            state.wake();
        }
        drop(state);
        if most.is_some() {
            self.ready.notify_one();
        }
    }

    /// No callback starts any more, and the callback thread ends. Never blocks.
    pub fn close(&self) {
        let mut state = self.state.lock();
        state.closed = true;
        state.wake();
        self.ready.notify_one();
    }

    /// Whether `event` is one type of this class's.
    ///
    /// # Errors
    /// VI_ERROR_INV_EVENT.
    fn check_type(&self, event: ViEventType) -> Result {
        self.state.lock().source(event).map(|_| ())
    }

    /// Waits until `look` finds what it wants in the state.
    fn until<T>(&self, wait: &Wait, mut look: impl FnMut(&mut State) -> Option<T>) -> Result<T> {
        if let Some(found) = look(&mut self.state.lock()) {
            return Ok(found);
        }
        if wait.deadline == Deadline::Immediate {
            wait.ticket.check()?;
            return fail(VI_ERROR_TMO, "immediate");
        }
        let blocked = wait.ticket.block()?;
        let _waiting = Waiting::enter(self, &blocked);
        loop {
            // Looked after entering: a change from here on wakes this thread.
            if let Some(found) = look(&mut self.state.lock()) {
                return Ok(found);
            }
            await_wake(&blocked, wait)?;
        }
    }
}

impl State {
    /// # Errors
    /// VI_ERROR_INV_EVENT for types that the session's class has not.
    fn source(&mut self, event: ViEventType) -> Result<&mut Source> {
        match self.sources.iter_mut().find(|source| source.event == event) {
            Some(source) => Ok(source),
            None => fail(VI_ERROR_INV_EVENT, "not an event of this resource class"),
        }
    }

    /// Whether `event` is one of this class or stands for all enabled ones.
    ///
    /// # Errors
    /// VI_ERROR_INV_EVENT.
    fn check(&mut self, event: ViEventType) -> Result {
        if event == VI_ALL_ENABLED_EVENTS { Ok(()) } else { self.source(event).map(|_| ()) }
    }

    /// The sources that `event` means: one, or all.
    fn meant(&mut self, event: ViEventType) -> impl Iterator<Item = &mut Source> {
        self.sources
            .iter_mut()
            .filter(move |source| event == VI_ALL_ENABLED_EVENTS || event == source.event)
    }

    fn wake(&self) {
        self.waiters.iter().for_each(Waker::wake);
    }
}

impl Source {
    fn is_enabled(&self) -> bool {
        self.is_queued || self.callbacks != Callbacks::Off
    }
}

/// This thread's place among those that wait for a change.
struct Waiting<'a> {
    events: &'a Events,
    waker: &'a Waker,
}

impl<'a> Waiting<'a> {
    fn enter(events: &'a Events, blocked: &'a Blocked) -> Self {
        let waker = blocked.waker();
        events.state.lock().waiters.push(waker.clone());
        Self { events, waker }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let waiters = &mut self.events.state.lock().waiters;
        if let Some(i) = waiters.iter().position(|waker| waker == self.waker) {
            waiters.swap_remove(i);
        }
    }
}

impl Session {
    /// An event happened on this session; see [`Events::post`]. Nothing on one that a fork
    /// inherited.
    pub fn post(&self, occurrence: Occurrence) {
        if !self.is_inherited() {
            self.events.post(occurrence);
        }
    }
}
