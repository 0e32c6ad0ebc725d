//! Writing to a file that may be a pipe without a reader, as a library must: quietly.

use std::fs::File;
use std::io::Write;
use std::mem::MaybeUninit;
use std::ptr;

/// Writes `bytes` in one piece where the system can. A reader that has gone raises no SIGPIPE in
/// the program, which would end it; a full disk and the like are ignored.
pub fn write_quietly(file: &File, bytes: &[u8]) {
    // Of four calls at most one thread's signal mask is touched, and put back.
    let pipe = only_sigpipe();
    let mut before = MaybeUninit::uninit();
    // SAFETY: both sets are valid for the call; `before` is written when it succeeds.
    if unsafe { libc::pthread_sigmask(libc::SIG_BLOCK, &pipe, before.as_mut_ptr()) } != 0 {
        return;
    }
    // SAFETY: pthread_sigmask succeeded, so it has stored the mask.
    let before = unsafe { before.assume_init() };
    let was_pending = sigpipe_is_pending();
    let written = { file }.write_all(bytes);
    if written.is_err() && !was_pending {
        let at_once = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        // SAFETY: a valid set and time; takes the signal that our write raised, if any.
        unsafe { libc::sigtimedwait(&pipe, ptr::null_mut(), &at_once) };
    }
    // SAFETY: the mask that was stored above.
    unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &before, ptr::null_mut()) };
}

fn only_sigpipe() -> libc::sigset_t {
    let mut set = MaybeUninit::uninit();
    // SAFETY: sigemptyset initialises the set that it is given.
    unsafe { libc::sigemptyset(set.as_mut_ptr()) };
    // SAFETY: initialised, and SIGPIPE is a valid signal.
    unsafe { libc::sigaddset(set.as_mut_ptr(), libc::SIGPIPE) };
    // SAFETY: initialised above.
    unsafe { set.assume_init() }
}

fn sigpipe_is_pending() -> bool {
    let mut pending = MaybeUninit::uninit();
    // SAFETY: sigpending stores the set that it is given.
    if unsafe { libc::sigpending(pending.as_mut_ptr()) } != 0 {
        return false;
    }
    // SAFETY: sigpending succeeded, so it has stored the set.
    unsafe { libc::sigismember(pending.as_ptr(), libc::SIGPIPE) == 1 }
}

/// The number by which the system knows this thread.
pub fn thread_id() -> i32 {
    // SAFETY: no arguments; cannot fail.
    unsafe { libc::gettid() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pipe_without_a_reader_ends_nothing() {
        let mut ends = [0; 2];
        // SAFETY: two writable descriptors.
        assert_eq!(unsafe { libc::pipe(ends.as_mut_ptr()) }, 0);
        // SAFETY: open and owned by nobody else.
        let [reader, writer]: [File; 2] =
            unsafe { ends.map(|fd| <File as std::os::fd::FromRawFd>::from_raw_fd(fd)) };
        drop(reader);
        // Rust's test programs ignore SIGPIPE; C programs do not, and this is about them.
        // SAFETY: the default action is a valid one; no other test depends on it.
        let ignored = unsafe { libc::signal(libc::SIGPIPE, libc::SIG_DFL) };
        write_quietly(&writer, b"line\n");
        assert!(!sigpipe_is_pending());
        // SAFETY: what was there before.
        unsafe { libc::signal(libc::SIGPIPE, ignored) };
    }
}
