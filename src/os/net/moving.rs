//! The system calls that move bytes, each the cheapest there is for what it is given: those for one
//! buffer skip what those for several, or for a message with an address, have to look at.

use std::io::{Error, IoSlice, IoSliceMut, Result};
use std::os::fd::RawFd;

/// Parts of one call.
const MOST_PARTS: usize = 16;

/// Receives into `parts`, in order; waits for the socket's own timeout.
///
/// # Errors
/// The system's: WouldBlock when that has passed.
pub fn receive(fd: RawFd, parts: &mut [IoSliceMut<'_>]) -> Result<usize> {
    let count = match parts {
        // SAFETY: writable for its length; only the system follows the pointer.
        [part] => unsafe { libc::recv(fd, part.as_mut_ptr().cast(), part.len(), 0) },
        // SAFETY: an IoSliceMut has the layout of an iovec; only the system follows its pointers.
        _ => unsafe { libc::readv(fd, parts.as_ptr().cast(), number(parts.len())) },
    };
    moved(count)
}

/// The same without waiting.
///
/// # Errors
/// The system's: WouldBlock when nothing is there.
pub fn receive_now(fd: RawFd, parts: &mut [IoSliceMut<'_>]) -> Result<usize> {
    let mut message = message(parts.as_mut_ptr().cast(), parts.len());
    // SAFETY: an IoSliceMut has the layout of an iovec; only the system follows the pointers.
    moved(unsafe { libc::recvmsg(fd, &mut message, libc::MSG_DONTWAIT) })
}

/// Sends `parts`, in order, as much as the system takes; never raises SIGPIPE.
///
/// # Errors
/// The system's.
pub fn send(fd: RawFd, parts: &[IoSlice<'_>], flags: i32) -> Result<usize> {
    let flags = flags | libc::MSG_NOSIGNAL;
    // Parts at the end that are empty are none.
    let used = parts.iter().rposition(|part| !part.is_empty()).map_or(0, |last| last + 1);
    let count = match &parts[..used] {
        // SAFETY: readable for its length; only the system follows the pointer.
        [part] => unsafe { libc::send(fd, part.as_ptr().cast(), part.len(), flags) },
        parts => {
            let message = message(parts.as_ptr().cast_mut().cast(), parts.len());
            // SAFETY: an IoSlice has the layout of an iovec, which sending only reads.
            unsafe { libc::sendmsg(fd, &message, flags) }
        }
    };
    moved(count)
}

fn message(parts: *mut libc::iovec, count: usize) -> libc::msghdr {
    // SAFETY: a plain C structure, for which zeros are values: no address, no control data.
    let mut message: libc::msghdr = unsafe { std::mem::zeroed() };
    message.msg_iov = parts;
    message.msg_iovlen = count.min(MOST_PARTS) as _;
    message
}

fn number(parts: usize) -> i32 {
    parts.min(MOST_PARTS) as i32
}

fn moved(count: isize) -> Result<usize> {
    usize::try_from(count).map_err(|_| Error::last_os_error())
}
