#![forbid(unsafe_code)]
//! Calling handlers: on the session's callback thread, and within failing calls.

use std::cell::Cell;
use std::sync::Arc;

use super::{Callbacks, Context, Details, Events, Occurrence, State};
use crate::consts::{VI_EVENT_EXCEPTION, ViStatus};
use crate::os::sync::{thread, thread_local};
use crate::session::Session;
use crate::session::objects::{self, Object};
use crate::status::{Error, Result, VI_ERROR_ALLOC};

thread_local! {
    /// Whether this thread is calling a handler for an exception.
    static IN_EXCEPTION: Cell<bool> = const { Cell::new(false) };
}

impl Events {
    /// Starts the callback thread unless it runs already.
    ///
    /// # Errors
    /// VI_ERROR_ALLOC when the system gives none.
    pub(super) fn start_callback_thread(self: &Arc<Self>, state: &mut State) -> Result {
        if state.callback_thread.is_none() {
            let events = self.clone();
            let started = thread::Builder::new()
                .name("visa-cb".into())
                .spawn(move || events.call_back())
                .map_err(|_| Error::new(VI_ERROR_ALLOC, "thread for the handlers"))?;
            // Never joined: the thread may be the one that closes the session.
            state.callback_thread = Some(started.thread().id());
        }
        Ok(())
    }

    /// The callback thread: calls handlers one event after the other until the session closes.
    fn call_back(&self) {
        while let Some((place, occurrence)) = self.await_due() {
            self.deliver(place, occurrence);
        }
    }

    /// The next event that handlers are due for, and its place; `None` when the session closes.
    fn await_due(&self) -> Option<(u64, Occurrence)> {
        let mut state = self.state.lock();
        loop {
            if state.closed {
                state.callback_thread = None;
                state.wake();
                return None;
            }
            if let Some(due) = state.take_due() {
                return Some(due);
            }
            self.ready.wait(&mut state);
        }
    }

    /// Calls the handlers for the event at `place`, the last installed first, until one says that
    /// it was the last or callbacks are switched off. No lock is held meanwhile.
    fn deliver(&self, place: u64, occurrence: Occurrence) {
        let event = occurrence.event_type;
        let mut unused = Some(occurrence);
        let mut number = None;
        let mut before = u64::MAX;
        while let Some(called) = self.start_callback(event, place, before) {
            before = called.id();
            if let Some(occurrence) = unused.take() {
                let (manager, session) = (self.manager, called.handler.session());
                let context = Context { manager, session, occurrence };
                number = objects::add(Object::Event(Arc::new(context))).ok();
            }
            // Without a number the session is closing, or 65536 objects are open.
            let Some(context) = number else { break };
            if !called.handler.call(event, context) {
                break;
            }
        }
        // The handler, or viClose on its session, may have closed it.
        if let Some(number) = number {
            let _ = objects::remove(number);
        }
    }
}

impl State {
    /// Takes the oldest event that handlers are due for.
    fn take_due(&mut self) -> Option<(u64, Occurrence)> {
        self.sources
            .iter_mut()
            .filter(|source| source.callbacks == Callbacks::Called)
            .filter_map(|source| source.held.oldest().map(|place| (place, source)))
            .min_by_key(|(place, _)| *place)
            .and_then(|(place, source)| Some((place, source.held.pop()?)))
    }
}

impl Session {
    /// Calls the handlers for VI_EVENT_EXCEPTION, in the thread whose call of `operation` is about
    /// to return `status`. Failures within such a handler do not call it again.
    pub fn raise_exception(&self, status: ViStatus, operation: &'static str) {
        if self.is_inherited() || IN_EXCEPTION.with(Cell::get) || !self.events.wants_exceptions() {
            return;
        }
        IN_EXCEPTION.with(|within| within.set(true));
        let details = Details::Exception { status, operation };
        // Never on its way from one thread to another: no place is too old for it.
        let exception = Occurrence { event_type: VI_EVENT_EXCEPTION, details };
        self.events.deliver(u64::MAX, exception);
        IN_EXCEPTION.with(|within| within.set(false));
    }
}
