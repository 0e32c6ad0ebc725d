//! Ending blocked calls from another thread (viTerminate, viClose).
//!
//! A [`Cancel`] belongs to a session. A call takes a [`Ticket`] when it starts; viTerminate makes
//! all tickets handed out so far stale, viClose all tickets for ever. A thread that has to block
//! registers its [`Waker`] and polls it beside the descriptor it waits for. The waker is the
//! thread's, not the session's, so a wake-up can neither be missed nor taken by a later call; the
//! fast path of a call touches only one atomic.

use std::os::fd::{AsRawFd, RawFd};

use crate::os::sync::Mutex;
use crate::os::sync::atomic::{AtomicU32, Ordering};
use crate::os::waker::Waker;
use crate::status::{Result, VI_ERROR_ABORT, fail};

/// Set in the epoch once cancelled for good.
const CLOSED: u32 = 1;
/// One viTerminate.
const STEP: u32 = 2;

/// Where the calls of one session can be ended together.
#[derive(Default)]
pub struct Cancel {
    epoch: AtomicU32,
    waiting: Mutex<Vec<Waker>>,
}

/// What a call holds from its start: it is cancelled when its session's epoch has moved on.
#[derive(Clone, Copy)]
pub struct Ticket<'a> {
    cancel: &'a Cancel,
    epoch: u32,
    /// What else cancels it, and its epoch.
    other: Option<(&'a Cancel, u32)>,
}

impl Cancel {
    /// A fresh one, for a new session.
    pub fn new() -> Self {
        Self::default()
    }

    /// The ticket of a call that starts now.
    pub fn ticket(&self) -> Ticket<'_> {
        // A closed session's ticket is stale from birth: no even epoch equals an odd one.
        Ticket { cancel: self, epoch: self.epoch.load(Ordering::Acquire) & !CLOSED, other: None }
    }

    /// Ends all calls in progress; later calls are not touched (viTerminate).
    pub fn terminate(&self) {
        self.epoch.fetch_add(STEP, Ordering::AcqRel);
        self.wake();
    }

    /// Ends all calls in progress and all that come (viClose).
    pub fn close(&self) {
        self.epoch.fetch_or(CLOSED, Ordering::AcqRel);
        self.wake();
    }

    fn wake(&self) {
        self.waiting.lock().iter().for_each(Waker::wake);
    }
}

impl<'a> Ticket<'a> {
    /// The same, which `other` cancels too from now on, in the place of another such.
    pub fn or<'b>(&self, other: &'b Cancel) -> Ticket<'b>
    where
        'a: 'b,
    {
        Ticket { other: Some((other, other.ticket().epoch)), ..*self }
    }

    /// VI_ERROR_ABORT when the call has been cancelled.
    pub fn check(&self) -> Result {
        let is_valid = |cancel: &Cancel, epoch| cancel.epoch.load(Ordering::Acquire) == epoch;
        if !is_valid(self.cancel, self.epoch) {
            return fail(VI_ERROR_ABORT, "ended by viTerminate or viClose");
        }
        if self.other.is_some_and(|(other, epoch)| !is_valid(other, epoch)) {
            return fail(VI_ERROR_ABORT, "ended by a call on another thread");
        }
        Ok(())
    }

    /// Whether viClose has cancelled it, whatever else has.
    pub fn is_closed(&self) -> bool {
        self.cancel.epoch.load(Ordering::Acquire) & CLOSED != 0
    }

    /// Registers this thread as blocked. The guard's descriptor becomes readable on cancel.
    ///
    /// # Errors
    /// VI_ERROR_ABORT when already cancelled; VI_ERROR_ALLOC without descriptors.
    pub fn block(&self) -> Result<Blocked<'a>> {
        let waker = Waker::of_this_thread()?;
        waker.drain();
        let blocked =
            Blocked { cancel: self.cancel, other: self.other.map(|(other, _)| other), waker };
        blocked.cancels().for_each(|cancel| cancel.waiting.lock().push(blocked.waker.clone()));
        // Checked after registering: a cancel from here on wakes the descriptor.
        self.check()?;
        Ok(blocked)
    }
}

/// A registered blocked thread; dropping it takes it off the list.
pub struct Blocked<'a> {
    cancel: &'a Cancel,
    other: Option<&'a Cancel>,
    waker: Waker,
}

impl Blocked<'_> {
    fn cancels(&self) -> impl Iterator<Item = &Cancel> {
        std::iter::once(self.cancel).chain(self.other)
    }

    /// The waker, for others that may have a reason to end this wait.
    pub fn waker(&self) -> &Waker {
        &self.waker
    }

    /// Forgets wake-ups so far, before looking again at what is waited for.
    pub fn drain(&self) {
        self.waker.drain();
    }
}

impl AsRawFd for Blocked<'_> {
    fn as_raw_fd(&self) -> RawFd {
        self.waker.as_raw_fd()
    }
}

impl Drop for Blocked<'_> {
    fn drop(&mut self) {
        for cancel in self.cancels() {
            let mut waiting = cancel.waiting.lock();
            if let Some(i) = waiting.iter().position(|waker| *waker == self.waker) {
                waiting.swap_remove(i);
            }
        }
    }
}

#[cfg(all(test, loom))]
mod models;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terminate_ends_calls_in_progress_and_no_later_ones() {
        let cancel = Cancel::new();
        let before = cancel.ticket();
        assert!(before.check().is_ok());
        cancel.terminate();
        assert_eq!(before.check().unwrap_err().code, VI_ERROR_ABORT);
        assert!(before.block().is_err());
        assert!(cancel.ticket().check().is_ok());
    }

    #[test]
    fn close_ends_later_calls_too() {
        let cancel = Cancel::new();
        let before = cancel.ticket();
        cancel.close();
        assert!(before.check().is_err());
        assert!(cancel.ticket().check().is_err());
        cancel.terminate();
        assert!(cancel.ticket().check().is_err());
    }

    #[test]
    fn a_call_may_be_ended_from_two_sides() {
        for side in [0, 1] {
            let cancels = [Cancel::new(), Cancel::new()];
            let ticket = cancels[0].ticket().or(&cancels[1]);
            let blocked = ticket.block().unwrap();
            assert!(ticket.check().is_ok());
            cancels[side].terminate();
            assert_eq!(ticket.check().unwrap_err().code, VI_ERROR_ABORT);
            let mut poll =
                libc::pollfd { fd: blocked.as_raw_fd(), events: libc::POLLIN, revents: 0 };
            // SAFETY: one valid pollfd, no waiting.
            assert_eq!(unsafe { libc::poll(&mut poll, 1, 0) }, 1, "woken");
            drop(blocked);
            assert!(cancels.iter().all(|cancel| cancel.waiting.lock().is_empty()));
            assert!(cancels[0].ticket().or(&cancels[1]).check().is_ok());
        }
    }

    #[test]
    fn a_blocked_thread_is_woken_and_a_stale_wake_up_is_drained() {
        let cancel = Cancel::new();
        let blocked = cancel.ticket().block().unwrap();
        let readable = |fd: RawFd| {
            let mut poll = libc::pollfd { fd, events: libc::POLLIN, revents: 0 };
            // SAFETY: one valid pollfd, no waiting.
            unsafe { libc::poll(&mut poll, 1, 0) == 1 }
        };
        assert!(!readable(blocked.as_raw_fd()));
        cancel.terminate();
        assert!(readable(blocked.as_raw_fd()));
        drop(blocked);
        let next = cancel.ticket().block().unwrap();
        assert!(!readable(next.as_raw_fd()), "an old wake-up must not end a new wait");
    }
}
