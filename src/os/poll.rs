//! Waiting for descriptors, together with what ends a wait early.

use std::os::fd::{AsRawFd, RawFd};

use crate::os::Deadline;
use crate::os::Wait;
use crate::os::cancel::Blocked;
use crate::status::{Error, Result, VI_ERROR_IO, VI_ERROR_TMO, fail};

/// Waits, for ever if need be, until some of `fds` are readable or have an error to report, and
/// tells which by their place. None at all when the system refuses: the caller tries again.
pub fn await_readable(fds: &[RawFd]) -> Vec<usize> {
    let poll_of = |fd: &RawFd| libc::pollfd { fd: *fd, events: libc::POLLIN, revents: 0 };
    let mut polls: Vec<_> = fds.iter().map(poll_of).collect();
    // SAFETY: the vector is `polls.len()` valid pollfds.
    if unsafe { libc::poll(polls.as_mut_ptr(), polls.len() as libc::nfds_t, -1) } < 0 {
        return Vec::new();
    }
    (0..polls.len()).filter(|i| polls[*i].revents != 0).collect()
}

/// Waits until `fd` has one of `events` or an error to report.
///
/// # Errors
/// VI_ERROR_TMO at the deadline, VI_ERROR_ABORT when cancelled, VI_ERROR_ALLOC.
pub fn await_events(fd: RawFd, events: i16, wait: &Wait) -> Result {
    if wait.deadline == Deadline::Immediate {
        wait.ticket.check()?;
        return if poll_now(fd, events) { Ok(()) } else { fail(VI_ERROR_TMO, "immediate") };
    }
    let blocked = wait.ticket.block()?;
    loop {
        // Looked at first, so that a peer that keeps sending cannot hold a call past its time.
        if wait.deadline.has_passed() {
            return fail(VI_ERROR_TMO, "deadline passed");
        }
        let mut polls = [
            libc::pollfd { fd, events, revents: 0 },
            libc::pollfd { fd: blocked.as_raw_fd(), events: libc::POLLIN, revents: 0 },
        ];
        poll(&mut polls, wait)?;
        if polls[0].revents != 0 {
            return Ok(());
        }
        if polls[1].revents != 0 {
            // A wake-up that came late from an earlier wait; forgotten first, then looked again.
            blocked.drain();
            wait.ticket.check()?;
        }
    }
}

/// Waits until this thread's waker is signalled, and forgets that it was.
///
/// # Errors
/// As [`await_events`].
pub fn await_wake(blocked: &Blocked, wait: &Wait) -> Result {
    if wait.deadline.has_passed() {
        return fail(VI_ERROR_TMO, "deadline passed");
    }
    blocked.waker().sleep(wait)?;
    blocked.drain();
    // Last: a cancel between the sleep and the drain must not be forgotten with the wake-up.
    wait.ticket.check()
}

/// One poll(2) until the deadline. `Ok` also when nothing happened: the caller looks at the clock
/// and polls again.
pub(super) fn poll(polls: &mut [libc::pollfd], wait: &Wait) -> Result {
    // SAFETY: the slice is `polls.len()` valid pollfds.
    let ready = unsafe {
        libc::poll(polls.as_mut_ptr(), polls.len() as libc::nfds_t, wait.deadline.poll_timeout())
    };
    wait.ticket.check()?;
    if ready > 0 {
        return Ok(());
    }
    let error = std::io::Error::last_os_error();
    if ready < 0 && error.kind() != std::io::ErrorKind::Interrupted {
        return Err(Error::with_os(VI_ERROR_IO, "poll", error.raw_os_error().unwrap_or(0)));
    }
    Ok(())
}

/// Whether `fd` has one of `events` now, or an error to report. Never blocks.
pub(super) fn poll_now(fd: RawFd, events: i16) -> bool {
    let mut poll = libc::pollfd { fd, events, revents: 0 };
    // SAFETY: one valid pollfd; a timeout of zero never blocks.
    unsafe { libc::poll(&mut poll, 1, 0) == 1 && poll.revents != 0 }
}
