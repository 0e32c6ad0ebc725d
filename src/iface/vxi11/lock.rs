#![forbid(unsafe_code)]
//! Locks on the device (VXI-11 B.6.12, B.6.13).
//!
//! A device answers a second request of the link that has the lock as one that another link has
//! it, so it is never sent. A request that is given up may be granted all the same, unnoticed;
//! then device_unlock follows it, which does no harm where there was no lock.

use std::time::{Duration, Instant};

use crate::iface::lock_answer::answer_by;
use crate::iface::vxi11::link::{Conversation, shortly_after};
use crate::os::Cancel;
use crate::os::Deadline;
use crate::os::Wait;
use crate::status::{Result, VI_ERROR_RSRC_LOCKED, VI_ERROR_SESN_NLOCKED, VI_ERROR_TMO, fail};
use crate::wire::vxi11;

/// The longest that one request lets the device wait. The protocol has no number for "for ever",
/// and a device that has lost its client should notice some day.
const TURN: Duration = Duration::from_secs(10);

/// The shortest time between two requests, for devices that answer before the time is up.
const PACE: Duration = Duration::from_millis(100);

/// The device's lock, as far as this link knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lock {
    /// Not ours.
    #[default]
    None,
    /// Ours.
    Held,
    /// Asked for or given back, and the device has not answered.
    Doubtful,
}

impl Conversation {
    /// Takes the lock.
    ///
    /// # Errors
    /// VI_ERROR_RSRC_LOCKED when `wait` is immediate and another link has it, VI_ERROR_TMO when it
    /// kept it; what [`Conversation::call`] fails with.
    pub(super) fn lock(&mut self, wait: &Wait) -> Result {
        let answered_by = answer_by(wait);
        match self.lock {
            Lock::Held => return Ok(()),
            Lock::Doubtful => self.unlock(&answered_by)?,
            Lock::None => {}
        }
        loop {
            let begun = Instant::now();
            match self.request_lock(turn(wait.deadline), &answered_by)? {
                // Some devices say that time is up, the others that somebody else has it.
                Err(error) if matches!(error.code, VI_ERROR_RSRC_LOCKED | VI_ERROR_TMO) => {}
                outcome => return outcome,
            }
            match wait.deadline {
                Deadline::Immediate => return fail(VI_ERROR_RSRC_LOCKED, "locked by another link"),
                deadline if deadline.has_passed() => {
                    return fail(VI_ERROR_TMO, "locked by another link");
                }
                deadline => Wait { deadline: deadline.min(pace_from(begun)), ..*wait }.pass()?,
            }
        }
    }

    /// Gives the lock back, if it may be ours.
    ///
    /// # Errors
    /// What [`Conversation::call`] fails with. The lock is gone all the same, or goes with the
    /// next [`Conversation::lock`].
    pub(super) fn unlock(&mut self, wait: &Wait) -> Result {
        if self.lock == Lock::None {
            return Ok(());
        }
        self.lock = Lock::Doubtful;
        let request = vxi11::device_unlock(self.link);
        let reply = self.call(request, &[], &mut [], wait).map_err(|cut| cut.error)?;
        self.lock = Lock::None;
        match vxi11::done(reply.fixed()) {
            // That was what we wanted to know, or to have.
            Err(error) if error.code == VI_ERROR_SESN_NLOCKED => Ok(()),
            outcome => outcome,
        }
    }

    /// One device_lock: what the device answers.
    ///
    /// # Errors
    /// When it has not answered; then it has been told that the lock is not wanted any more.
    fn request_lock(&mut self, timeout: Option<u32>, wait: &Wait) -> Result<Result> {
        self.lock = Lock::Doubtful;
        let request = vxi11::device_lock(self.link, timeout);
        match self.call(request, &[], &mut [], wait) {
            Ok(reply) => {
                let outcome = vxi11::done(reply.fixed());
                self.lock = if outcome.is_ok() { Lock::Held } else { Lock::None };
                Ok(outcome)
            }
            Err(cut) => {
                // The call may be cancelled, and its time is up; this must happen all the same.
                let uncancelled = Cancel::new();
                let _ = self.unlock(&shortly_after(&uncancelled));
                Err(cut.error)
            }
        }
    }
}

/// The lock_timeout of the next request, in ms; `None` without waiting.
fn turn(deadline: Deadline) -> Option<u32> {
    match deadline {
        Deadline::Immediate => None,
        _ => {
            let left = deadline.remaining().map_or(TURN, |left| left.min(TURN));
            // Never 0, which may mean something else to a device.
            Some((left.as_micros().div_ceil(1000) as u32).max(1))
        }
    }
}

fn pace_from(begun: Instant) -> Deadline {
    Deadline::At(begun + PACE)
}
