#![forbid(unsafe_code)]
//! Switching event types on and off, and emptying their queues.

use std::sync::Arc;

use super::{Callbacks, Events, Source};
use crate::consts::{
    VI_ALL_ENABLED_EVENTS, VI_ALL_MECH, VI_EVENT_EXCEPTION, VI_HNDLR, VI_NULL, VI_QUEUE,
    VI_SUSPEND_HNDLR, ViEventFilter, ViEventType, ViStatus, ViUInt16,
};
use crate::os::Wait;
use crate::status::{
    Result, VI_ERROR_HNDLR_NINSTALLED, VI_ERROR_INV_CONTEXT, VI_ERROR_INV_MECH,
    VI_ERROR_INV_OBJECT, VI_SUCCESS, VI_SUCCESS_EVENT_DIS, VI_SUCCESS_EVENT_EN,
    VI_SUCCESS_QUEUE_EMPTY, fail,
};

const CALLBACK: ViUInt16 = VI_HNDLR | VI_SUSPEND_HNDLR;

impl Events {
    /// viEnableEvent. VI_ALL_ENABLED_EVENTS means those that are enabled already: what is called
    /// back is switched between called and suspended, what is enabled at all is queued too.
    ///
    /// VI_ALL_MECH, which PyVISA's documentation offers for "both", means queue and handler: taken
    /// by its bits it would suspend and call at once, and never be of use.
    ///
    /// `max_queue_length` is VI_ATTR_MAX_QUEUE_LENGTH, which counts from the first time on.
    ///
    /// # Errors
    /// VI_ERROR_INV_EVENT, VI_ERROR_INV_MECH (rule 3.7.13: calling and suspending exclude each
    /// other), VI_ERROR_INV_CONTEXT, VI_ERROR_HNDLR_NINSTALLED (rule 3.7.6), VI_ERROR_ALLOC
    /// without a thread, VI_ERROR_INV_OBJECT when the session was closed meanwhile.
    pub fn enable(
        self: &Arc<Self>,
        event: ViEventType,
        mechanism: ViUInt16,
        context: ViEventFilter,
        max_queue_length: usize,
    ) -> Result<ViStatus> {
        let mut state = self.state.lock();
        state.check(event)?;
        let mechanism = match mechanism {
            VI_ALL_MECH if event == VI_EVENT_EXCEPTION => VI_HNDLR,
            VI_ALL_MECH => VI_QUEUE | VI_HNDLR,
            other => other,
        };
        let is_known = mechanism != 0 && mechanism & !(VI_QUEUE | CALLBACK) == 0;
        if !is_known || mechanism & CALLBACK == CALLBACK {
            return fail(VI_ERROR_INV_MECH, "no such mechanism, or two that exclude each other");
        }
        if event != VI_ALL_ENABLED_EVENTS && mechanism & !state.source(event)?.mechanisms != 0 {
            return fail(VI_ERROR_INV_MECH, "an exception is only called back");
        }
        if context != VI_NULL {
            return fail(VI_ERROR_INV_CONTEXT, "context must be VI_NULL");
        }
        if state.closed {
            return fail(VI_ERROR_INV_OBJECT, "the session was closed meanwhile");
        }
        if event != VI_ALL_ENABLED_EVENTS && mechanism & VI_HNDLR != 0 {
            if state.source(event)?.handlers.is_empty() {
                return fail(VI_ERROR_HNDLR_NINSTALLED, "no handler is installed for it");
            }
            if event != VI_EVENT_EXCEPTION {
                self.start_callback_thread(&mut state)?;
            }
        } else if mechanism & VI_HNDLR != 0 && state.sources.iter().any(Source::is_suspended) {
            self.start_callback_thread(&mut state)?;
        }
        state.capacity.get_or_insert(max_queue_length);
        let mut was_enabled = false;
        for source in state.meant(event) {
            let mechanism = match event {
                VI_ALL_ENABLED_EVENTS => source.applicable(mechanism),
                _ => mechanism,
            };
            was_enabled |= source.switch_on(mechanism);
        }
        // Suspended callbacks may be due now.
        self.ready.notify_one();
        Ok(if was_enabled { VI_SUCCESS_EVENT_EN } else { VI_SUCCESS })
    }

    /// viDisableEvent. What is queued or suspended stays (rule 3.7.21); callbacks that wait for
    /// their turn do not come any more. Does not wait for one that runs.
    ///
    /// # Errors
    /// VI_ERROR_INV_EVENT, VI_ERROR_INV_MECH.
    pub fn disable(&self, event: ViEventType, mechanism: ViUInt16) -> Result<ViStatus> {
        let mut state = self.state.lock();
        state.check(event)?;
        check_mechanisms(mechanism)?;
        let (mut any_on, mut any_off) = (false, false);
        let next_place = state.next_place;
        for source in state.meant(event) {
            if mechanism & VI_QUEUE != 0 {
                let was_on = std::mem::replace(&mut source.is_queued, false);
                any_on |= was_on;
                any_off |= !was_on;
            }
            if mechanism & CALLBACK != 0 {
                let was_on = source.callbacks != Callbacks::Off;
                any_on |= was_on;
                any_off |= !was_on;
                source.switch_callbacks_off(next_place);
            }
        }
        // A thread may wait for an event that cannot come any more.
        state.wake();
        let is_sweeping = event == VI_ALL_ENABLED_EVENTS || mechanism == VI_ALL_MECH;
        let was_off = if is_sweeping { !any_on } else { any_off };
        Ok(if was_off { VI_SUCCESS_EVENT_DIS } else { VI_SUCCESS })
    }

    /// viDiscardEvents. Nothing waits for VI_HNDLR by the standard's text; here callbacks may
    /// wait for the one that runs, and these go.
    ///
    /// # Errors
    /// VI_ERROR_INV_EVENT, VI_ERROR_INV_MECH.
    pub fn discard(&self, event: ViEventType, mechanism: ViUInt16) -> Result<ViStatus> {
        let mut state = self.state.lock();
        state.check(event)?;
        check_mechanisms(mechanism)?;
        let mut was_empty = true;
        for source in state.meant(event) {
            if mechanism & VI_QUEUE != 0 {
                was_empty &= source.queue.is_empty();
                source.queue.clear();
            }
            if mechanism & CALLBACK != 0 {
                was_empty &= source.held.is_empty();
                source.held.clear();
            }
        }
        Ok(if was_empty { VI_SUCCESS_QUEUE_EMPTY } else { VI_SUCCESS })
    }

    /// Waits until no callback for `event` is running; see the module about how long.
    pub(super) fn await_callbacks_of(&self, event: ViEventType, wait: &Wait) {
        self.await_callbacks(wait, |running| {
            event == VI_ALL_ENABLED_EVENTS || running.event == event
        });
    }

    /// Whether an event of this type has no mechanism left.
    pub(super) fn is_off(&self, event: ViEventType) -> bool {
        !self.state.lock().source(event).is_ok_and(|source| source.is_enabled())
    }

    /// Takes back an enabling that failed.
    pub(super) fn switch_off(&self, event: ViEventType) {
        let mut state = self.state.lock();
        let next_place = state.next_place;
        if let Ok(source) = state.source(event) {
            source.is_queued = false;
            source.switch_callbacks_off(next_place);
        }
    }

    /// Whether VI_ATTR_MAX_QUEUE_LENGTH is fixed, because an event has been enabled (rule 3.2.6).
    pub fn is_queue_length_fixed(&self) -> bool {
        self.state.lock().capacity.is_some()
    }
}

impl Source {
    /// Of `mechanism`, what VI_ALL_ENABLED_EVENTS can mean for this source.
    fn applicable(&self, mechanism: ViUInt16) -> ViUInt16 {
        let queue = if self.is_enabled() { VI_QUEUE } else { 0 };
        let called = if self.handlers.is_empty() { VI_SUSPEND_HNDLR } else { CALLBACK };
        let callback = if self.callbacks == Callbacks::Off { 0 } else { called };
        mechanism & self.mechanisms & (queue | callback)
    }

    /// Returns whether one of the mechanisms was on already.
    fn switch_on(&mut self, mechanism: ViUInt16) -> bool {
        let mut was_on = false;
        if mechanism & VI_QUEUE != 0 {
            was_on |= std::mem::replace(&mut self.is_queued, true);
        }
        let wanted = match mechanism & CALLBACK {
            VI_HNDLR => Callbacks::Called,
            VI_SUSPEND_HNDLR => Callbacks::Suspended,
            _ => return was_on,
        };
        was_on | (std::mem::replace(&mut self.callbacks, wanted) == wanted)
    }

    fn is_suspended(&self) -> bool {
        self.callbacks == Callbacks::Suspended
    }

    /// `next_place` is that of the state.
    pub(super) fn switch_callbacks_off(&mut self, next_place: u64) {
        if self.callbacks == Callbacks::Called {
            self.held.clear();
            self.void_before = next_place;
        }
        self.callbacks = Callbacks::Off;
    }
}

/// # Errors
/// VI_ERROR_INV_MECH for numbers that name no mechanism.
fn check_mechanisms(mechanism: ViUInt16) -> Result {
    let is_known = mechanism != 0 && mechanism & !(VI_QUEUE | CALLBACK) == 0;
    if is_known || mechanism == VI_ALL_MECH {
        return Ok(());
    }
    fail(VI_ERROR_INV_MECH, "no such event mechanism")
}
