//! What the concurrent parts of the library are made of: locks, atomics, threads, the clock, and
//! the eventfd by which threads wake each other.
//!
//! They are the well-known ones. Built with `--cfg loom` they are those of [loom], which runs a
//! test with every order in which its threads can meet (up to a bound of pre-emptions, and with
//! every value that an atomic may show a thread by the memory model), and finds deadlocks. So
//! such models, in files called `models.rs`, run the code itself and no copy of it:
//!
//! ```console
//! $ RUSTFLAGS="--cfg loom" cargo test --lib --target-dir target/loom models::
//! ```
//!
//! `Arc` stays the standard library's in both: loom's knows no `Weak` and no `dyn`.
//!
//! [loom]: https://docs.rs/loom

#[cfg(loom)]
mod model;

#[cfg(loom)]
pub use model::*;

#[cfg(not(loom))]
pub use {
    crate::os::eventfd::EventFd,
    parking_lot::{Condvar, Mutex, MutexGuard},
    parking_lot::{Mutex as TryMutex, MutexGuard as TryMutexGuard},
    std::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard, atomic},
    std::{thread, thread_local},
};

/// This moment.
#[cfg(not(loom))]
pub fn now() -> std::time::Instant {
    std::time::Instant::now()
}

/// Declares a static; in a model one that is new in every run.
#[cfg(not(loom))]
macro_rules! global {
    ($(#[$attr:meta])* static $name:ident: $ty:ty = $init:expr;) => {
        $(#[$attr])*
        static $name: $ty = $init;
    };
}

#[cfg(not(loom))]
pub(crate) use global;
