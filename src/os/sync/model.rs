//! Loom's threads and locks in the shape of those that the library uses.

pub mod atomic;

use std::ops::{Deref, DerefMut};
use std::os::fd::{AsRawFd, RawFd};
use std::sync::LazyLock;
use std::sync::atomic::Ordering;
use std::time::Instant;

pub use loom::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};
pub use loom::thread;

use crate::os::Wait;
use crate::status::Result;

/// As parking_lot's: a thread that panics while it holds one ends the model anyway.
#[derive(Default)]
pub struct Mutex<T>(loom::sync::Mutex<T>);

impl<T> Mutex<T> {
    /// An unlocked one.
    pub fn new(content: T) -> Self {
        Self(loom::sync::Mutex::new(content))
    }

    /// Locks it.
    #[track_caller]
    pub fn lock(&self) -> MutexGuard<'_, T> {
        MutexGuard(self.0.lock().ok())
    }
}

/// Access to a mutex's content until dropped. `None` only inside [`Condvar::wait`].
pub struct MutexGuard<'a, T>(Option<loom::sync::MutexGuard<'a, T>>);

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        self.0.as_ref().expect("locked")
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.0.as_mut().expect("locked")
    }
}

/// A mutex that is tried, never waited for. Not over loom's: to that, unlocking is no event that
/// another thread's attempt could come before, so that hardly an attempt ever fails.
#[derive(Default)]
pub struct TryMutex<T> {
    is_taken: atomic::AtomicBool,
    content: std::sync::Mutex<T>,
}

impl<T> TryMutex<T> {
    /// An unlocked one.
    pub fn new(content: T) -> Self {
        Self { is_taken: atomic::AtomicBool::new(false), content: content.into() }
    }

    /// Locks it if it is free. If it is not, this synchronises with nobody.
    #[track_caller]
    pub fn try_lock(&self) -> Option<TryMutexGuard<'_, T>> {
        let (done, failed) = (Ordering::Acquire, Ordering::Relaxed);
        self.is_taken.compare_exchange(false, true, done, failed).ok()?;
        Some(TryMutexGuard { mutex: self, content: self.content.try_lock().ok() })
    }
}

/// Access to a mutex's content until dropped.
pub struct TryMutexGuard<'a, T> {
    mutex: &'a TryMutex<T>,
    content: Option<std::sync::MutexGuard<'a, T>>,
}

impl<T> Deref for TryMutexGuard<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        self.content.as_ref().expect("nobody else has it")
    }
}

impl<T> DerefMut for TryMutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.content.as_mut().expect("nobody else has it")
    }
}

impl<T> Drop for TryMutexGuard<'_, T> {
    fn drop(&mut self) {
        self.content = None;
        self.mutex.is_taken.store(false, Ordering::Release);
    }
}

/// As parking_lot's.
#[derive(Default)]
pub struct Condvar(loom::sync::Condvar);

impl Condvar {
    /// One that nobody waits on.
    pub fn new() -> Self {
        Self::default()
    }

    /// Unlocks, sleeps until notified, locks.
    #[track_caller]
    pub fn wait<T>(&self, guard: &mut MutexGuard<'_, T>) {
        guard.0 = guard.0.take().and_then(|locked| self.0.wait(locked).ok());
    }

    /// Wakes one.
    #[track_caller]
    pub fn notify_one(&self) {
        self.0.notify_one();
    }

    /// Wakes all.
    #[track_caller]
    pub fn notify_all(&self) {
        self.0.notify_all();
    }
}

/// Whether the eventfd is raised. Without a descriptor: models do not poll.
#[derive(Default)]
pub struct EventFd {
    is_raised: Mutex<bool>,
    raised: Condvar,
}

impl EventFd {
    /// One that is not raised.
    ///
    /// # Errors
    /// None.
    pub fn new() -> Result<Self> {
        Ok(Self::default())
    }

    /// Raises it.
    pub fn raise(&self) {
        *self.is_raised.lock() = true;
        self.raised.notify_all();
    }

    /// Takes that back.
    pub fn drain(&self) {
        *self.is_raised.lock() = false;
    }

    /// Sleeps until it is raised. A deadline has passed from the start, or never comes.
    ///
    /// # Errors
    /// None: the kernel's looks whether the wait is cancelled, which callers do again.
    pub fn sleep(&self, wait: &Wait) -> Result {
        let mut is_raised = self.is_raised.lock();
        while !*is_raised && !wait.deadline.has_passed() {
            self.raised.wait(&mut is_raised);
        }
        Ok(())
    }

    /// The same: nothing comes from the `others`.
    ///
    /// # Errors
    /// None.
    pub fn sleep_beside(&self, _others: &[RawFd], wait: &Wait) -> Result<bool> {
        self.sleep(wait).map(|()| false)
    }
}

impl AsRawFd for EventFd {
    fn as_raw_fd(&self) -> RawFd {
        -1
    }
}

/// In a model time stands still, or a slow machine would decide how it goes.
pub fn now() -> Instant {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    *START
}

/// Declares a static that is new in every run of a model.
macro_rules! global {
    ($(#[$attr:meta])* static $name:ident: $ty:ty = $init:expr;) => {
        loom::lazy_static! { $(#[$attr])* static ref $name: $ty = $init; }
    };
}

/// As the standard library's. Loom's threads are not the system's, so these are not either.
macro_rules! local {
    ($(#[$attr:meta])* static $name:ident: $ty:ty = const { $init:expr };) => {
        loom::thread_local! { $(#[$attr])* static $name: $ty = $init; }
    };
}

pub(crate) use {global, local as thread_local};

/// Runs `model` with every order of its threads that takes at most `preemptions` moments at which
/// one is interrupted though it could go on.
#[cfg(test)]
pub fn explore(preemptions: usize, model: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = builder.preemption_bound.or(Some(preemptions));
    builder.check(model);
}
