//! The kernel's eventfd: a descriptor that is readable from when it is raised until it is drained.

use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};

use crate::os::Wait;
use crate::os::poll::poll;
use crate::status::{Error, Result, VI_ERROR_ALLOC};

/// An eventfd of our own.
pub struct EventFd(OwnedFd);

impl EventFd {
    /// One that is not raised.
    ///
    /// # Errors
    /// VI_ERROR_ALLOC without descriptors.
    pub fn new() -> Result<Self> {
        // SAFETY: no pointers; the result is checked before it is owned.
        let fd = unsafe { libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK) };
        if fd < 0 {
            let errno = std::io::Error::last_os_error().raw_os_error().unwrap_or(0);
            return Err(Error::with_os(VI_ERROR_ALLOC, "eventfd", errno));
        }
        // SAFETY: `fd` was just opened and nobody else owns it.
        Ok(Self(unsafe { OwnedFd::from_raw_fd(fd) }))
    }

    /// Makes it readable.
    pub fn raise(&self) {
        let one = 1_u64.to_ne_bytes();
        // SAFETY: 8 readable bytes, an open descriptor. The only failure is a counter at its
        // maximum, which is readable all the same.
        unsafe { libc::write(self.as_raw_fd(), one.as_ptr().cast(), one.len()) };
    }

    /// Makes it unreadable.
    pub fn drain(&self) {
        let mut count = [0_u8; 8];
        // SAFETY: 8 writable bytes, an open non-blocking descriptor; when empty it says EAGAIN.
        unsafe { libc::read(self.as_raw_fd(), count.as_mut_ptr().cast(), count.len()) };
    }

    /// Sleeps until it is raised, or the deadline. May come back early.
    ///
    /// # Errors
    /// VI_ERROR_ABORT when cancelled.
    pub fn sleep(&self, wait: &Wait) -> Result {
        poll(&mut [readable(self.as_raw_fd())], wait)
    }

    /// The same until one of `others` is readable at the latest. Tells whether the first of them
    /// is.
    ///
    /// # Errors
    /// As [`EventFd::sleep`].
    pub fn sleep_beside(&self, others: &[RawFd], wait: &Wait) -> Result<bool> {
        let all = std::iter::once(self.as_raw_fd()).chain(others.iter().copied());
        let mut polls: Vec<_> = all.map(readable).collect();
        poll(&mut polls, wait)?;
        Ok(polls.get(1).is_some_and(|first| first.revents != 0))
    }
}

fn readable(fd: RawFd) -> libc::pollfd {
    libc::pollfd { fd, events: libc::POLLIN, revents: 0 }
}

impl AsRawFd for EventFd {
    fn as_raw_fd(&self) -> RawFd {
        self.0.as_raw_fd()
    }
}
