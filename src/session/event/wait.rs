#![forbid(unsafe_code)]
//! Waiting for queued events.

use super::{Events, Occurrence, State};
use crate::consts::ViEventType;
use crate::consts::ViStatus;
use crate::os::Wait;
use crate::status::{
    Result, VI_ERROR_NENABLED, VI_SUCCESS, VI_SUCCESS_QUEUE_NEMPTY, VI_WARN_QUEUE_OVERFLOW, fail,
};

/// What a wait brought.
pub struct Waited {
    /// The oldest event of those awaited.
    pub occurrence: Occurrence,
    /// VI_WARN_QUEUE_OVERFLOW when later ones were dropped before it was fetched, else
    /// VI_SUCCESS_QUEUE_NEMPTY when more are queued, else VI_SUCCESS.
    pub status: ViStatus,
}

impl Events {
    /// viWaitOnEvent: the oldest queued event of a type, or of all types. What was queued before
    /// its type was disabled still comes (rule 3.7.23).
    ///
    /// # Errors
    /// VI_ERROR_INV_EVENT; VI_ERROR_NENABLED when nothing is queued and nothing can come;
    /// VI_ERROR_TMO, VI_ERROR_ABORT, VI_ERROR_ALLOC.
    pub fn wait(&self, wanted: ViEventType, wait: &Wait) -> Result<Waited> {
        self.state.lock().check(wanted)?;
        self.until(wait, |state| {
            if state.closed {
                // The ticket is stale: that ends the wait.
                return None;
            }
            let taken = state.take(wanted).map(Ok);
            let comes = state.meant(wanted).any(|source| source.is_queued);
            match taken {
                None if !comes => Some(fail(VI_ERROR_NENABLED, "the event is not enabled")),
                taken => taken,
            }
        })?
    }
}

impl State {
    fn take(&mut self, wanted: ViEventType) -> Option<Waited> {
        let oldest = self
            .meant(wanted)
            .filter_map(|source| source.queue.oldest().map(|place| (place, source)))
            .min_by_key(|(place, _)| *place);
        let (_, source) = oldest?;
        let occurrence = source.queue.pop()?;
        let overflowed = source.queue.take_overflowed();
        let status = if overflowed {
            VI_WARN_QUEUE_OVERFLOW
        } else if self.meant(wanted).any(|source| !source.queue.is_empty()) {
            VI_SUCCESS_QUEUE_NEMPTY
        } else {
            VI_SUCCESS
        };
        Some(Waited { occurrence, status })
    }
}
