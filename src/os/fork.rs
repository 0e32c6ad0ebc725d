//! Knowing that this process is the child of a fork.
//!
//! A child inherits the parent's sockets, object numbers and locks, but none of its threads.
//! What was made before the fork belongs to the parent: whoever keeps such a thing remembers the
//! [`generation`] it was made in and compares.

use std::ptr;
use std::sync::Once;
use std::sync::atomic::{AtomicPtr, AtomicU32, Ordering};

use crate::os::own;

static GENERATION: AtomicU32 = AtomicU32::new(0);
static WATCH: Once = Once::new();

/// How many forks lie between the process that loaded the library and this one.
pub fn generation() -> u32 {
    GENERATION.load(Ordering::Relaxed)
}

/// Starts counting. `prepare` runs in the forking thread before a fork; `parent` and `child`
/// after it, each in its process, so that locks can be taken across the fork.
pub fn watch(
    prepare: unsafe extern "C" fn(),
    parent: unsafe extern "C" fn(),
    child: unsafe extern "C" fn(),
) {
    WATCH.call_once(|| {
        // SAFETY: all are plain functions of a library that is never unloaded. The generation is
        // counted by a handler of its own, registered first: child handlers run in the order of
        // registration, those before a fork in the opposite one.
        unsafe {
            libc::pthread_atfork(None, None, Some(count));
            libc::pthread_atfork(Some(own::prepare), Some(own::parent), Some(own::child));
            libc::pthread_atfork(Some(prepare), Some(parent), Some(child));
        }
    });
}

unsafe extern "C" fn count() {
    GENERATION.fetch_add(1, Ordering::Relaxed);
}

/// One `T` for each process. A forked child makes its own and leaves its parent's alone, in
/// whatever state the fork caught it: locks may be held there by threads the child has not.
pub struct PerProcess<T: Send + Sync + 'static> {
    latest: AtomicPtr<Made<T>>,
}

struct Made<T> {
    generation: u32,
    content: T,
}

impl<T: Send + Sync + 'static> PerProcess<T> {
    /// None made yet.
    pub const fn new() -> Self {
        Self { latest: AtomicPtr::new(ptr::null_mut()) }
    }

    /// This process's, if it has been made.
    pub fn made(&self) -> Option<&'static T> {
        let latest = self.latest.load(Ordering::Acquire);
        // SAFETY: the pointer is null or came from the leaked box in `get`, which is never freed
        // nor changed again.
        let latest = unsafe { latest.as_ref() }?;
        (latest.generation == generation()).then_some(&latest.content)
    }

    /// This process's, made by `make` when it is the first time. It stays for ever.
    ///
    /// # Errors
    /// Those of `make`.
    pub fn get<E>(&self, make: impl FnOnce() -> Result<T, E>) -> Result<&'static T, E> {
        let before = self.latest.load(Ordering::Acquire);
        if let Some(made) = self.made() {
            return Ok(made);
        }
        let fresh = Box::into_raw(Box::new(Made { generation: generation(), content: make()? }));
        let order = Ordering::AcqRel;
        match self.latest.compare_exchange(before, fresh, order, Ordering::Acquire) {
            // SAFETY: just leaked, so it lives for ever; nobody changes it.
            Ok(_) => Ok(&unsafe { &*fresh }.content),
            Err(winner) => {
                // SAFETY: `fresh` is the box from above, which nobody else has seen.
                drop(unsafe { Box::from_raw(fresh) });
                // SAFETY: another thread of this process leaked it; never freed nor changed.
                Ok(&unsafe { &*winner }.content)
            }
        }
    }
}

impl<T: Send + Sync + 'static> Default for PerProcess<T> {
    fn default() -> Self {
        Self::new()
    }
}

/// Runs `part` in a forked child and tells whether it ended with `true` in time. For tests in a
/// process of their own, where no other thread is in the middle of something at the fork.
#[cfg(test)]
pub fn in_child(part: impl FnOnce() -> bool) -> bool {
    const SECONDS: u32 = 30;
    let before = generation();
    // SAFETY: the child runs `part` and leaves without returning here.
    let child = unsafe { libc::fork() };
    if child == 0 {
        // What the handler does once the library has been loaded by a session.
        if generation() == before {
            // SAFETY: it only counts.
            unsafe { count() };
        }
        // SAFETY: two calls without pointers; the alarm ends a child that hangs.
        unsafe { libc::alarm(SECONDS) };
        let well = std::panic::catch_unwind(std::panic::AssertUnwindSafe(part)).unwrap_or(false);
        // SAFETY: ends the process without running what belongs to the parent.
        unsafe { libc::_exit(i32::from(!well)) };
    }
    let mut status = 0;
    // SAFETY: a child of ours, and room for its status.
    child > 0 && unsafe { libc::waitpid(child, &mut status, 0) } == child && status == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_makes_one_and_keeps_it() {
        static NUMBERS: PerProcess<u32> = PerProcess::new();
        assert_eq!(NUMBERS.made(), None);
        assert_eq!(NUMBERS.get(|| Err("no")), Err("no"));
        let made = std::thread::scope(|scope| {
            let threads: Vec<_> =
                (0..8).map(|i| scope.spawn(move || NUMBERS.get(|| Ok::<_, ()>(i)))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap().unwrap()).collect::<Vec<_>>()
        });
        assert!(made.iter().all(|one| ptr::eq(*one, made[0])), "all have the same");
        assert_eq!(NUMBERS.made(), Some(made[0]));
    }
}
