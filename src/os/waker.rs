//! By what a blocked thread is woken.

use std::cell::RefCell;
use std::os::fd::{AsRawFd, RawFd};
use std::sync::Arc;

use crate::os::Wait;
use crate::os::fork;
use crate::os::sync::EventFd;
use crate::os::sync::thread_local;
use crate::status::Result;

thread_local! {
    /// This thread's waker and the fork generation it was made in: a forked child shares the
    /// parent's eventfds and must not wake the parent through them.
    static WAKER: RefCell<Option<(u32, Waker)>> = const { RefCell::new(None) };
}

/// The eventfd of a thread that blocks: readable when there is a reason to look up.
#[derive(Clone)]
pub struct Waker(Arc<EventFd>);

impl Waker {
    /// This thread's waker, made on first use and kept, so that blocking costs no descriptor.
    pub fn of_this_thread() -> Result<Self> {
        // At thread exit the thread-local may be gone already; such a call gets one of its own.
        WAKER
            .try_with(|kept| {
                let mut kept = kept.borrow_mut();
                match &*kept {
                    Some((made_in, waker)) if *made_in == fork::generation() => Ok(waker.clone()),
                    _ => {
                        let waker = Self::new()?;
                        *kept = Some((fork::generation(), waker.clone()));
                        Ok(waker)
                    }
                }
            })
            .unwrap_or_else(|_| Self::new())
    }

    /// A waker that belongs to no thread yet.
    ///
    /// # Errors
    /// VI_ERROR_ALLOC without descriptors.
    pub fn new() -> Result<Self> {
        Ok(Self(Arc::new(EventFd::new()?)))
    }

    /// Makes the descriptor readable.
    pub fn wake(&self) {
        self.0.raise();
    }

    /// Forgets wake-ups so far.
    pub fn drain(&self) {
        self.0.drain();
    }

    /// Sleeps until woken, or the deadline. May come back early: the caller looks again.
    ///
    /// # Errors
    /// VI_ERROR_ABORT when cancelled.
    pub fn sleep(&self, wait: &Wait) -> Result {
        self.0.sleep(wait)
    }

    /// The same until one of `others` is readable at the latest. Tells whether the first of them
    /// is.
    ///
    /// # Errors
    /// As [`Waker::sleep`].
    pub fn sleep_beside(&self, others: &[RawFd], wait: &Wait) -> Result<bool> {
        self.0.sleep_beside(others, wait)
    }
}

/// The same one.
impl PartialEq for Waker {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl AsRawFd for Waker {
    fn as_raw_fd(&self) -> RawFd {
        self.0.as_raw_fd()
    }
}
