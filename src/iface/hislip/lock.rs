#![forbid(unsafe_code)]
//! Locks on the device (IVI-6.1 6.5).
//!
//! A request asks the server to wait a second at most, and is repeated until the caller's
//! deadline: the protocol has no number for "for ever", and servers that serve the asynchronous
//! connection in order answer no status query and no device clear while they wait for a lock.
//!
//! A caller who leaves before the answer (viTerminate, or a server that takes too long) leaves
//! its request on the wire. The host thread looks after it, and gives a lock that is granted late
//! back at once. The next request of the session waits for that: the server would take it for a
//! redundant one.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::iface::DeviceLock;
use crate::iface::hislip::HislipLink;
use crate::iface::hislip::mailbox::Request;
use crate::iface::lock_answer::answer_by;
use crate::os::Deadline;
use crate::os::Wait;
use crate::status::{
    Result, VI_ERROR_INV_ACCESS_KEY, VI_ERROR_IO, VI_ERROR_RSRC_LOCKED, VI_ERROR_SESN_NLOCKED,
    VI_ERROR_TMO, fail,
};
use crate::wire::hislip::{
    Header, LOCK_RELEASE, LOCK_REQUEST, LONGEST_LOCK_STRING, MessageType, lock_response,
};

/// How long one request may keep the server waiting.
const SLICE: Duration = Duration::from_secs(1);

/// The shortest time between two requests, for servers that answer before the time is up.
const PACE: Duration = Duration::from_millis(100);

impl HislipLink {
    /// Link::lock.
    pub(super) fn device_lock(self: &Arc<Self>, lock: DeviceLock, wait: &Wait) -> Result {
        self.alive()?;
        let key = match lock {
            DeviceLock::Exclusive => "",
            DeviceLock::Shared(key) if key.is_empty() || key.len() > LONGEST_LOCK_STRING => {
                return fail(VI_ERROR_INV_ACCESS_KEY, "HiSLIP lock string is 1 to 256 bytes");
            }
            DeviceLock::Shared(key) => key,
        };
        let later = answer_by(wait);
        let _alone = self.mailbox.locking.pass(&later)?;
        self.settle_locks(&later).map_err(|error| match in_time(wait) {
            Err(locked) if error.code == VI_ERROR_TMO => locked,
            _ => error,
        })?;
        loop {
            let begun = Instant::now();
            let allowed = wait.deadline.remaining().map_or(SLICE, |left| left.min(SLICE));
            match self.request_lock(key, allowed, &later)? {
                lock_response::GRANTED => return Ok(()),
                lock_response::FAILED => in_time(wait)?,
                // Not VI_ERROR_RSRC_LOCKED: nobody is in the way, and waiting is of no use.
                _ => return fail(VI_ERROR_IO, "device refuses the lock"),
            }
            let pace = Deadline::At(begun + PACE.min(allowed));
            Wait { deadline: pace.min(wait.deadline), ..*wait }.pass()?;
        }
    }

    /// Link::unlock. The session's lock is gone whatever this returns: a release that is not
    /// answered in time has been sent all the same.
    pub(super) fn device_unlock(&self, wait: &Wait) -> Result {
        self.alive()?;
        let later = answer_by(wait);
        let receipt = self.post(&self.release(), &[], Request::Unlock, &later)?;
        match self.await_answer(receipt, &later)?.header.control {
            lock_response::GRANTED | lock_response::SHARED_RELEASED => Ok(()),
            _ => fail(VI_ERROR_SESN_NLOCKED, "device knows of no lock"),
        }
    }

    /// The message that gives a lock back. The server first carries out all messages up to the
    /// last one sent (IVI-6.1 6.5.2).
    pub(super) fn release(&self) -> Header {
        Header::new(MessageType::AsyncLock, LOCK_RELEASE, self.state.last_sent(), 0)
    }

    /// One request. Returns the control code of the response.
    fn request_lock(self: &Arc<Self>, key: &str, allowed: Duration, wait: &Wait) -> Result<u8> {
        let ms = allowed.as_millis() as u32;
        let request = Header::new(MessageType::AsyncLock, LOCK_REQUEST, ms, key.len() as u64);
        let receipt = self.post(&request, key.as_bytes(), Request::Lock, wait)?;
        let answer = self.await_answer(receipt, wait);
        if answer.is_err() {
            // Without a thread the next caller who receives looks after the answer.
            let _ = self.host_while_needed();
        }
        answer.map(|answer| answer.header.control)
    }

    /// Waits until the server owes no answer about locks.
    fn settle_locks(&self, wait: &Wait) -> Result {
        self.wait_until(wait, |desk| (!desk.owes_locks()).then_some(()))
    }
}

/// Fails when the caller's time is up, in the caller's words: somebody else has the lock.
fn in_time(wait: &Wait) -> Result {
    match wait.deadline {
        Deadline::Immediate => fail(VI_ERROR_RSRC_LOCKED, "locked by another client"),
        deadline if deadline.has_passed() => fail(VI_ERROR_TMO, "locked by another client"),
        _ => Ok(()),
    }
}
