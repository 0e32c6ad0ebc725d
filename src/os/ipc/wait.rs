//! Waiting for a change of claims, without polling.

use std::ffi::CString;
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::sync::Arc;

use crate::os::Wait;
use crate::os::cancel::Blocked;
use crate::os::ipc::claims::{Claims, Holder, failed};
use crate::os::waker::Waker;
use crate::status::{Result, VI_ERROR_TMO, fail};

/// Tells what other processes do with the file. One for all waiting threads of a process, since
/// a user may have only so many (128 as a rule).
pub(super) struct Watch {
    inotify: OwnedFd,
}

impl Watch {
    fn new(file: RawFd) -> io::Result<Self> {
        // SAFETY: no pointers; the result is checked before it is owned.
        let fd = unsafe { libc::inotify_init1(libc::IN_CLOEXEC | libc::IN_NONBLOCK) };
        if fd < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: `fd` was just opened and nobody else owns it.
        let inotify = unsafe { OwnedFd::from_raw_fd(fd) };
        // By the descriptor: the path may have got another file.
        let path = CString::new(format!("/proc/self/fd/{file}"))?;
        // A holder that dies closes its descriptor; its locks are gone by then.
        let events = libc::IN_MODIFY | libc::IN_CLOSE_WRITE;
        // SAFETY: an open descriptor and a NUL-terminated path.
        if unsafe { libc::inotify_add_watch(fd, path.as_ptr(), events) } < 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(Self { inotify })
    }

    fn drain(&self) {
        let mut events = [0_u8; 4096];
        // SAFETY: writable bytes, an open non-blocking descriptor; when empty it says EAGAIN.
        unsafe { libc::read(self.inotify.as_raw_fd(), events.as_mut_ptr().cast(), events.len()) };
    }
}

/// A thread's place among those who wait for a change. From its making on no change is missed.
pub struct Queue<'a> {
    claims: &'a Claims,
    blocked: Blocked<'a>,
    watch: Arc<Watch>,
}

impl Claims {
    /// Gets this thread ready to wait.
    ///
    /// # Errors
    /// VI_ERROR_ABORT when already cancelled, VI_ERROR_ALLOC without descriptors.
    pub fn queue<'a>(&'a self, wait: &Wait<'a>) -> Result<Queue<'a>> {
        let blocked = wait.ticket.block()?;
        let mut local = self.local.lock();
        let watch = match &local.watch {
            Some(watch) => watch.clone(),
            None => {
                let watch = Watch::new(self.table.as_raw_fd())
                    .map_err(|error| failed(&error, "watching the lock file"))?;
                local.watch.insert(Arc::new(watch)).clone()
            }
        };
        local.waiters.push(blocked.waker().clone());
        Ok(Queue { claims: self, blocked, watch })
    }
}

impl Queue<'_> {
    /// Sleeps until claims may have changed or one of `holders` has died.
    ///
    /// # Errors
    /// VI_ERROR_TMO at the deadline, VI_ERROR_ABORT when cancelled.
    pub fn sleep(&self, holders: &[Holder], wait: &Wait) -> Result {
        if wait.deadline.has_passed() {
            return fail(VI_ERROR_TMO, "still locked at the deadline");
        }
        let mut pids: Vec<_> = holders.iter().map(|holder| holder.pid).collect();
        pids.sort_unstable();
        pids.dedup();
        let own = std::process::id() as i32;
        let mut deaths = Vec::new();
        for pid in pids.into_iter().filter(|pid| *pid > 0 && *pid != own) {
            match pidfd(pid) {
                Ok(death) => deaths.push(death),
                // Gone since we looked: look again.
                Err(error) if error.raw_os_error() == Some(libc::ESRCH) => return Ok(()),
                // Too old a kernel, or no descriptor free: the watch tells most deaths as well.
                Err(_) => {}
            }
        }
        let watch = std::iter::once(&self.watch.inotify);
        let fds: Vec<_> = watch.chain(&deaths).map(AsRawFd::as_raw_fd).collect();
        if self.blocked.waker().sleep_beside(&fds, wait)? {
            self.watch.drain();
            // Those who poll the same descriptor may not have seen it.
            self.claims.local.lock().waiters.iter().for_each(Waker::wake);
        }
        self.blocked.drain();
        // Last: a cancel between the sleep and the drain must not be forgotten with the wake-up.
        wait.ticket.check()
    }
}

impl Drop for Queue<'_> {
    fn drop(&mut self) {
        let mut local = self.claims.local.lock();
        let mine = self.blocked.waker();
        if let Some(i) = local.waiters.iter().position(|waker| waker == mine) {
            local.waiters.swap_remove(i);
        }
        if local.waiters.is_empty() {
            local.watch = None;
        }
    }
}

/// A descriptor that becomes readable when the process dies.
fn pidfd(pid: i32) -> io::Result<OwnedFd> {
    // SAFETY: no pointers; the result is checked before it is owned.
    let fd = unsafe { libc::syscall(libc::SYS_pidfd_open, pid, 0) };
    if fd < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: `fd` was just opened and nobody else owns it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as RawFd) })
}
