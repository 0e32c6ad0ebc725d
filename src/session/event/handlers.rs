#![forbid(unsafe_code)]
//! Handlers: installing, uninstalling, and knowing which run.

use std::sync::Arc;

use super::{Callbacks, Events, State};
use crate::consts::{VI_EVENT_EXCEPTION, ViEvent, ViEventType, ViSession, ViStatus};
use crate::os::Cancel;
use crate::os::Wait;
use crate::os::sync::thread;
use crate::os::sync::thread::ThreadId;
use crate::status::{
    Result, VI_ERROR_HNDLR_NINSTALLED, VI_ERROR_INV_HNDLR_REF, VI_ERROR_INV_OBJECT, VI_SUCCESS,
    VI_SUCCESS_NCHAIN, fail,
};

/// Calls the program's function; made at the boundary to C.
pub type Run = Arc<dyn Fn(ViSession, ViEventType, ViEvent) -> ViStatus + Send + Sync>;

/// A function of the program's that wants to be called for events.
#[derive(Clone)]
pub struct Handler {
    /// The session's number, as the handler is told it.
    session: ViSession,
    /// Address of the function, which identifies it together with `user`.
    function: usize,
    user: usize,
    run: Run,
    /// Ascending in the order of installing; given by [`Events::install`].
    id: u64,
}

impl Handler {
    /// A handler on the session numbered `session`: `run` calls `function` with `user`.
    pub fn new(session: ViSession, function: usize, user: usize, run: Run) -> Self {
        Self { session, function, user, run, id: 0 }
    }

    pub(super) fn session(&self) -> ViSession {
        self.session
    }

    /// Calls it; returns whether the handlers installed before it shall be called too.
    pub(super) fn call(&self, event: ViEventType, context: ViEvent) -> bool {
        (self.run)(self.session, event, context) != VI_SUCCESS_NCHAIN
    }
}

/// A handler that is being called.
pub struct Running {
    pub(super) event: ViEventType,
    thread: ThreadId,
    handler: u64,
}

impl Events {
    /// viInstallHandler. The same function may be installed several times.
    ///
    /// # Errors
    /// VI_ERROR_INV_EVENT; VI_ERROR_INV_OBJECT when the session was closed meanwhile.
    pub fn install(&self, event: ViEventType, mut handler: Handler) -> Result<ViStatus> {
        let mut state = self.state.lock();
        state.source(event)?;
        if state.closed {
            return fail(VI_ERROR_INV_OBJECT, "the session was closed meanwhile");
        }
        handler.id = state.next_handler;
        state.next_handler += 1;
        state.source(event)?.handlers.push(handler);
        Ok(VI_SUCCESS)
    }

    /// viUninstallHandler: the last installed that matches both addresses; with VI_ANY_HNDLR
    /// (`None`) all with that user handle. Without any left, callbacks are off (rule 3.7.26).
    /// Waits until none that was removed is running; see the module about how long.
    ///
    /// # Errors
    /// VI_ERROR_INV_EVENT; VI_ERROR_HNDLR_NINSTALLED when the event has no handler at all,
    /// VI_ERROR_INV_HNDLR_REF when it has others.
    pub fn uninstall(
        &self,
        event: ViEventType,
        function: Option<usize>,
        user: usize,
        wait: &Wait,
    ) -> Result<ViStatus> {
        let removed = self.remove_handlers(event, function, user)?;
        self.await_callbacks(wait, |running| removed.contains(&running.handler));
        Ok(VI_SUCCESS)
    }

    fn remove_handlers(
        &self,
        event: ViEventType,
        function: Option<usize>,
        user: usize,
    ) -> Result<Vec<u64>> {
        let mut state = self.state.lock();
        let next_place = state.next_place;
        let source = state.source(event)?;
        let handlers = &mut source.handlers;
        if handlers.is_empty() {
            return fail(VI_ERROR_HNDLR_NINSTALLED, "the event has no handler");
        }
        let removed: Vec<u64> = match function {
            None => handlers.extract_if(.., |handler| handler.user == user).map(|h| h.id).collect(),
            Some(function) => handlers
                .iter()
                .rposition(|handler| handler.function == function && handler.user == user)
                .map(|last| handlers.remove(last).id)
                .into_iter()
                .collect(),
        };
        if removed.is_empty() {
            return fail(VI_ERROR_INV_HNDLR_REF, "no such handler with that user handle");
        }
        if source.handlers.is_empty() {
            source.switch_callbacks_off(next_place);
        }
        Ok(removed)
    }

    /// The handler to call next for the `event` at `place`, being the last installed before the
    /// one with id `before`. It counts as running until the guard is dropped.
    pub(super) fn start_callback(
        &self,
        event: ViEventType,
        place: u64,
        before: u64,
    ) -> Option<Called<'_>> {
        let mut state = self.state.lock();
        if state.closed {
            return None;
        }
        let source = state.source(event).ok()?;
        if source.callbacks == Callbacks::Off || place < source.void_before {
            return None;
        }
        let handler = source.handlers.iter().rev().find(|handler| handler.id < before)?.clone();
        let thread = thread::current().id();
        state.running.push(Running { event, thread, handler: handler.id });
        Some(Called { events: self, thread, handler })
    }

    /// Waits until none of the callbacks that `concerns` is running. Returns at once within a
    /// callback of the same session, which could wait for itself.
    pub(super) fn await_callbacks(&self, wait: &Wait, concerns: impl Fn(&Running) -> bool) {
        let this = thread::current().id();
        let is_over = |state: &mut State| {
            let within = state.running.iter().any(|running| running.thread == this);
            (within || !state.running.iter().any(&concerns)).then_some(())
        };
        // Whether it ended, the patience or viTerminate came first: the caller's work is done.
        if self.until(wait, is_over).is_err() && wait.ticket.is_closed() {
            // Not so viClose in another thread, which waits for the same callbacks itself.
            let cancel = Cancel::new();
            let _ = self.until(&Wait { ticket: cancel.ticket(), ..*wait }, is_over);
        }
    }

    /// Waits after [`Events::close`] until no callback runs and the callback thread has ended.
    pub fn await_end(&self, wait: &Wait) {
        let this = thread::current().id();
        let _ = self.until(wait, |state| {
            let within = state.running.iter().any(|running| running.thread == this);
            let is_over = state.running.is_empty() && state.callback_thread.is_none();
            (within || is_over).then_some(())
        });
    }

    /// Whether a failure of an operation is to be called back.
    pub(super) fn wants_exceptions(&self) -> bool {
        !self.is_off(VI_EVENT_EXCEPTION)
    }
}

/// A handler that counts as running until this is dropped.
pub struct Called<'a> {
    events: &'a Events,
    thread: ThreadId,
    pub(super) handler: Handler,
}

impl Called<'_> {
    pub(super) fn id(&self) -> u64 {
        self.handler.id
    }
}

impl Drop for Called<'_> {
    fn drop(&mut self) {
        let mut state = self.events.state.lock();
        let mine =
            |running: &Running| running.thread == self.thread && running.handler == self.handler.id;
        if let Some(i) = state.running.iter().rposition(mine) {
            state.running.swap_remove(i);
        }
        state.wake();
    }
}
