//! Loom's atomics, every access to which is an event that others may come before.
//!
//! Loom by itself remembers of each atomic only who came last. A thread that loads and then
//! changes it has come last itself, and what another has loaded before that is forgotten: loom
//! does not try the change before that load. A condition variable beside the atomic, that nobody
//! waits on, is in each access a meeting that loom does not forget; and unlike a lock it orders
//! nothing between the threads, so that an atomic shows as many stale values as without.

use std::ops::Deref;

pub use loom::sync::atomic::{Ordering, fence};

/// An atomic of loom's.
#[derive(Default)]
pub struct Met<A> {
    atomic: A,
    met: loom::sync::Condvar,
}

/// The atomic of that name.
pub type AtomicBool = Met<loom::sync::atomic::AtomicBool>;
/// The atomic of that name.
pub type AtomicU32 = Met<loom::sync::atomic::AtomicU32>;
/// The atomic of that name.
pub type AtomicU64 = Met<loom::sync::atomic::AtomicU64>;
/// The atomic of that name.
pub type AtomicUsize = Met<loom::sync::atomic::AtomicUsize>;

impl<A> Met<A> {
    /// One with this value.
    pub fn new<T>(value: T) -> Self
    where
        A: From<T>,
    {
        Self { atomic: value.into(), met: loom::sync::Condvar::new() }
    }
}

/// The access to it.
impl<A> Deref for Met<A> {
    type Target = A;
    #[track_caller]
    fn deref(&self) -> &A {
        self.met.notify_all();
        &self.atomic
    }
}
