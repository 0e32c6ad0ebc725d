//! A mutex whose waiters obey deadlines and viTerminate.
//!
//! A channel to a device carries one exchange at a time. A second caller must wait for the first,
//! but not longer than its own timeout, and viTerminate or viClose must be able to end that wait
//! as any other. So a waiter sleeps on its thread's eventfd, which both the gate's holder and the
//! session's [`Cancel`](crate::os::Cancel) can signal.

use std::collections::VecDeque;
use std::ops::{Deref, DerefMut};

use crate::os::Deadline;
use crate::os::Wait;
use crate::os::cancel::Blocked;
use crate::os::poll::await_wake;
use crate::os::sync::atomic::{AtomicUsize, Ordering, fence};
use crate::os::sync::{Mutex, TryMutex, TryMutexGuard};
use crate::os::waker::Waker;
use crate::status::Result;

/// Holds a `T` that one thread at a time may use. Waiters get it in the order in which they came,
/// so that a thread in a busy loop cannot keep another out until its timeout.
#[derive(Default)]
pub struct Gate<T> {
    inner: TryMutex<T>,
    waiting: AtomicUsize,
    queue: Mutex<VecDeque<Waker>>,
}

/// Access to the gate's content until dropped.
pub struct Passed<'a, T> {
    gate: &'a Gate<T>,
    // An Option, so that drop can release the mutex before it wakes the next.
    inner: Option<TryMutexGuard<'a, T>>,
}

impl<T> Gate<T> {
    /// A gate around `content`.
    pub fn new(content: T) -> Self {
        Self {
            inner: TryMutex::new(content),
            waiting: AtomicUsize::new(0),
            queue: Mutex::new(VecDeque::new()),
        }
    }

    /// Takes the gate.
    ///
    /// # Errors
    /// VI_ERROR_TMO at the deadline, VI_ERROR_ABORT when cancelled, VI_ERROR_ALLOC.
    pub fn pass(&self, wait: &Wait) -> Result<Passed<'_, T>> {
        // Who may not wait at all may not queue either.
        let first = self.waiting.load(Ordering::SeqCst) == 0;
        if (first || wait.deadline == Deadline::Immediate)
            && let Some(inner) = self.inner.try_lock()
        {
            return Ok(Passed { gate: self, inner: Some(inner) });
        }
        self.pass_slowly(wait)
    }

    /// Takes the gate if it is free and nobody queues for it. Never waits.
    pub fn try_pass(&self) -> Option<Passed<'_, T>> {
        if self.waiting.load(Ordering::SeqCst) > 0 {
            return None;
        }
        self.inner.try_lock().map(|inner| Passed { gate: self, inner: Some(inner) })
    }

    fn pass_slowly(&self, wait: &Wait) -> Result<Passed<'_, T>> {
        let blocked = wait.ticket.block()?;
        let queued = self.queue(&blocked);
        loop {
            if let Some(passed) = queued.try_pass() {
                return Ok(passed);
            }
            await_wake(&blocked, wait)?;
        }
    }

    /// Queues without waiting, for a thread that has something else to wait for as well: `blocked`
    /// is woken when [`Queued::try_pass`] is worth trying again.
    pub fn queue(&self, blocked: &Blocked) -> Queued<'_, T> {
        Queued::enter(self, blocked)
    }

    /// Wakes who has waited longest.
    fn wake_first(&self) {
        fence(Ordering::SeqCst);
        if self.waiting.load(Ordering::SeqCst) > 0
            && let Some(first) = self.queue.lock().front()
        {
            first.wake();
        }
    }
}

impl<T> Deref for Passed<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        self.inner.as_ref().expect("held until drop")
    }
}

impl<T> DerefMut for Passed<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.inner.as_mut().expect("held until drop")
    }
}

impl<T> Drop for Passed<'_, T> {
    fn drop(&mut self) {
        self.inner = None;
        self.gate.wake_first();
    }
}

/// This thread's place among a gate's waiters, until dropped.
pub struct Queued<'a, T> {
    gate: &'a Gate<T>,
    waker: Waker,
}

impl<'a, T> Queued<'a, T> {
    fn enter(gate: &'a Gate<T>, blocked: &Blocked) -> Self {
        let waker = blocked.waker().clone();
        gate.queue.lock().push_back(waker.clone());
        gate.waiting.fetch_add(1, Ordering::SeqCst);
        Self { gate, waker }
    }

    /// Takes the gate if it is free and this thread's turn has come. Never waits.
    pub fn try_pass(&self) -> Option<Passed<'a, T>> {
        // After queueing, and again after each wake-up: a release from here on wakes us.
        fence(Ordering::SeqCst);
        if !self.is_first() {
            return None;
        }
        let inner = self.gate.inner.try_lock()?;
        Some(Passed { gate: self.gate, inner: Some(inner) })
    }

    fn is_first(&self) -> bool {
        self.gate.queue.lock().front() == Some(&self.waker)
    }
}

impl<T> Drop for Queued<'_, T> {
    fn drop(&mut self) {
        {
            let mut queue = self.gate.queue.lock();
            queue.retain(|waker| *waker != self.waker);
        }
        self.gate.waiting.fetch_sub(1, Ordering::SeqCst);
        // One that gives up may have been woken for a release that is now the next one's.
        self.gate.wake_first();
    }
}

#[cfg(all(test, loom))]
mod models;

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;
    use crate::os::Cancel;
    use crate::status::{VI_ERROR_ABORT, VI_ERROR_TMO};

    #[test]
    fn a_waiter_gets_in_when_the_holder_leaves() {
        let gate = Arc::new(Gate::new(0));
        let cancel = Cancel::new();
        let wait = Wait { deadline: Deadline::Never, ticket: cancel.ticket() };
        let held = gate.pass(&wait).unwrap();
        let threads: Vec<_> = (0..8)
            .map(|_| {
                let gate = gate.clone();
                std::thread::spawn(move || {
                    let cancel = Cancel::new();
                    let wait = Wait { deadline: Deadline::Never, ticket: cancel.ticket() };
                    for _ in 0..1000 {
                        *gate.pass(&wait).unwrap() += 1;
                    }
                })
            })
            .collect();
        drop(held);
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        assert_eq!(*gate.pass(&wait).unwrap(), 8000);
        assert!(gate.queue.lock().is_empty(), "nobody is left in the queue");
    }

    #[test]
    fn waiting_ends_at_the_deadline_and_on_cancel() {
        let gate = Arc::new(Gate::new(()));
        let cancel = Arc::new(Cancel::new());
        let held = gate.pass(&Wait { deadline: Deadline::Never, ticket: cancel.ticket() });
        let soon = Deadline::after(Duration::from_millis(5));
        let short = Wait { deadline: soon, ticket: cancel.ticket() };
        assert_eq!(gate.pass(&short).err().unwrap().code, VI_ERROR_TMO);
        let (started, start) = mpsc::channel();
        let waiter = {
            let (gate, cancel) = (gate.clone(), cancel.clone());
            std::thread::spawn(move || {
                let wait = Wait { deadline: Deadline::Never, ticket: cancel.ticket() };
                started.send(()).unwrap();
                gate.pass(&wait).err().unwrap().code
            })
        };
        start.recv().unwrap();
        cancel.terminate();
        assert_eq!(waiter.join().unwrap(), VI_ERROR_ABORT);
        drop(held);
    }

    #[test]
    fn a_busy_loop_does_not_keep_another_thread_out() {
        let gate = Arc::new(Gate::new(()));
        let busy = {
            let gate = gate.clone();
            std::thread::spawn(move || {
                let cancel = Cancel::new();
                let wait = Wait { deadline: Deadline::Never, ticket: cancel.ticket() };
                // As long as the other thread holds its half of the gate's owners.
                while Arc::strong_count(&gate) > 1 {
                    let _held = gate.pass(&wait).unwrap();
                    std::hint::black_box((0..2000).sum::<u64>());
                }
            })
        };
        let cancel = Cancel::new();
        for _ in 0..2000 {
            let deadline = Deadline::after(Duration::from_secs(10));
            gate.pass(&Wait { deadline, ticket: cancel.ticket() }).unwrap();
        }
        drop(gate);
        busy.join().unwrap();
    }
}
