#![forbid(unsafe_code)]
//! Waking everyone who waits for something on the bus.

use std::sync::Condvar;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;
use std::time::Instant;

use crate::sim::server::lock;

/// Counts changes. Its lock is the last one that anybody takes, so that an instrument may signal
/// while its own state or the bus is locked.
#[derive(Debug, Default)]
pub(super) struct Signal {
    changes: Mutex<u64>,
    changed: Condvar,
}

impl Signal {
    /// Something has changed.
    pub(super) fn raise(&self) {
        *lock(&self.changes) += 1;
        self.changed.notify_all();
    }

    /// To be asked for before one looks at what may change.
    pub(super) fn seen(&self) -> u64 {
        *lock(&self.changes)
    }

    /// Waits for a change since `seen`, or until `until`; whichever comes first.
    pub(super) fn wait(&self, seen: u64, until: Option<Instant>) {
        let changes = lock(&self.changes);
        let unchanged = |changes: &mut u64| *changes == seen;
        match until {
            Some(until) => {
                let left = until.saturating_duration_since(Instant::now());
                // Not a nanosecond early, whatever the clock is rounded to.
                let left = left + Duration::from_micros(1);
                drop(self.changed.wait_timeout_while(changes, left, unchanged));
            }
            None => {
                drop(
                    self.changed
                        .wait_while(changes, unchanged)
                        .unwrap_or_else(PoisonError::into_inner),
                );
            }
        }
    }
}
