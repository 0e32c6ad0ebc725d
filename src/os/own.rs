//! Descriptors that are this process's own: a forked child does not keep them open.
//!
//! A connection lives as long as any process has its descriptor. A child that lives on would keep
//! a dead parent's connections, and the device would keep the parent's link and lock. So in the
//! child each of these descriptors becomes one of /dev/null: the number stays taken until whoever
//! has it closes it, as if nothing had happened.

use std::cell::RefCell;
use std::os::fd::{AsRawFd, RawFd};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::os::fork;

// The standard library's lock: a forked child can release it however many threads were waiting.
static OWN: Mutex<Vec<RawFd>> = Mutex::new(Vec::new());

/// How many forks have begun in this process. Counted under the lock.
static FORKS: AtomicU32 = AtomicU32::new(0);

/// What makes a descriptor this process's own, until dropped. To be dropped before the descriptor
/// is closed: the number may be another's at once.
#[derive(Debug)]
pub struct Owned {
    fd: RawFd,
    made_in: u32,
}

/// Makes something with a descriptor. No fork comes between making it and owning it.
///
/// # Errors
/// Those of `make`.
pub fn make<T: AsRawFd, E>(make: impl FnOnce() -> Result<T, E>) -> Result<(T, Owned), E> {
    let mut own = lock();
    let made = make()?;
    let fd = made.as_raw_fd();
    own.push(fd);
    Ok((made, Owned { fd, made_in: fork::generation() }))
}

/// The same where making it may take long, for forks wait for [`make`] to end. Where one comes in
/// between, the child may have what was made, and another is made in its place.
///
/// # Errors
/// Those of `make`.
pub fn make_slowly<T: AsRawFd, E>(mut make: impl FnMut() -> Result<T, E>) -> Result<(T, Owned), E> {
    loop {
        // Not in the middle of one, which has been counted already.
        let forks = undisturbed(|| FORKS.load(Ordering::Relaxed));
        let made = make()?;
        let mut own = lock();
        if FORKS.load(Ordering::Relaxed) == forks {
            let fd = made.as_raw_fd();
            own.push(fd);
            return Ok((made, Owned { fd, made_in: fork::generation() }));
        }
        // Closing may take long as well.
        drop(own);
    }
}

/// Does what no fork may come in between: a child would find it half done. `part` makes and drops
/// nothing that is [`Owned`].
pub fn undisturbed<T>(part: impl FnOnce() -> T) -> T {
    let _own = lock();
    part()
}

impl Drop for Owned {
    fn drop(&mut self) {
        if self.made_in == fork::generation() {
            let mut own = lock();
            if let Some(place) = own.iter().position(|fd| *fd == self.fd) {
                own.swap_remove(place);
            }
        }
    }
}

fn lock() -> MutexGuard<'static, Vec<RawFd>> {
    OWN.lock().unwrap_or_else(PoisonError::into_inner)
}

thread_local! {
    /// The lock while this thread forks.
    static ACROSS_FORK: RefCell<Option<MutexGuard<'static, Vec<RawFd>>>> =
        const { RefCell::new(None) };
}

/// Before a fork, in the forking thread.
pub(super) unsafe extern "C" fn prepare() {
    let _ = ACROSS_FORK.try_with(|held| {
        *held.borrow_mut() = Some(lock());
        FORKS.fetch_add(1, Ordering::Relaxed);
    });
}

/// After it, in the parent.
pub(super) unsafe extern "C" fn parent() {
    let _ = ACROSS_FORK.try_with(|held| held.borrow_mut().take());
}

/// After it, in the child.
pub(super) unsafe extern "C" fn child() {
    let _ = ACROSS_FORK.try_with(|held| {
        if let Some(mut own) = held.borrow_mut().take() {
            own.iter().for_each(|fd| disown(*fd));
            own.clear();
        }
    });
}

/// Makes `fd` a descriptor of /dev/null. Where there is none, it is left as it is: closing it would
/// let another take its number, which its owner would then close.
fn disown(fd: RawFd) {
    // SAFETY: a NUL-terminated name and plain numbers; each call may follow a fork.
    unsafe {
        let null = libc::open(c"/dev/null".as_ptr(), libc::O_RDWR | libc::O_CLOEXEC);
        if null >= 0 {
            libc::dup3(null, fd, libc::O_CLOEXEC);
            libc::close(null);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::net::{TcpListener, TcpStream};
    use std::time::Duration;

    use super::*;
    use crate::os::alone;

    /// Alone, because of the fork.
    #[test]
    fn a_connection_ends_with_its_process_although_a_child_lives_on() {
        alone::run(module_path!(), "connection");
    }

    #[test]
    #[ignore = "run by the one above"]
    fn connection() {
        extern "C" fn nothing() {}
        fork::watch(nothing, nothing, nothing);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (mut mine, owned) = make(|| TcpStream::connect(address)).unwrap();
        let (mut peer, _) = listener.accept().unwrap();
        let (mut freed, gone) = make(|| TcpStream::connect(address)).unwrap();
        let (mut other, _) = listener.accept().unwrap();
        for stream in [&peer, &other] {
            stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        }
        drop(gone);
        let (done, wait) = std::io::pipe().unwrap();
        let parent = std::process::id();
        // SAFETY: the child leaves without returning here.
        let pid = unsafe { libc::fork() };
        if pid == 0 {
            drop(wait);
            assert_ne!(std::process::id(), parent);
            let well = std::panic::catch_unwind(move || {
                // What was owned is no socket any more; what is nobody's was left alone.
                let error = mine.read(&mut [0]).unwrap_err();
                assert_eq!(error.raw_os_error(), Some(libc::ENOTSOCK));
                assert_eq!(std::io::Write::write(&mut freed, b"x").unwrap(), 1);
                drop(owned);
                drop((mine, freed));
                // Lives on until the parent says so.
                let _ = { done }.read(&mut [0]);
            });
            // SAFETY: ends the process without running what belongs to the parent.
            unsafe { libc::_exit(i32::from(well.is_err())) };
        }
        other.read_exact(&mut [0]).unwrap();
        drop(owned);
        // No shutdown: the descriptor alone keeps a connection.
        drop(mine);
        assert_eq!(peer.read(&mut [0]).unwrap(), 0, "the child does not keep it open");
        drop(wait);
        let mut status = 0;
        // SAFETY: a child of ours, and room for its status.
        assert_eq!(unsafe { libc::waitpid(pid, &mut status, 0) }, pid);
        assert_eq!(status, 0);
        assert!(lock().is_empty());
    }

    /// Alone, because of the fork.
    #[test]
    fn a_fork_does_not_wait_for_what_is_made_slowly() {
        alone::run(module_path!(), "slowly");
    }

    #[test]
    #[ignore = "run by the one above"]
    fn slowly() {
        extern "C" fn nothing() {}
        fork::watch(nothing, nothing, nothing);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let mut made = Vec::new();
        let (mine, owned) = make_slowly(|| {
            let stream = TcpStream::connect(address)?;
            made.push(stream.as_raw_fd());
            // Only the first is a child's, too.
            if made.len() == 1 {
                assert!(fork::in_child(|| true), "the lock is free at the fork");
            }
            std::io::Result::Ok(stream)
        })
        .unwrap();
        assert_eq!(made.len(), 2, "another in the place of what the child has");
        assert_eq!(*lock(), [mine.as_raw_fd()]);
        drop(owned);
        assert!(lock().is_empty());
    }
}
