//! The thread that has a board's mutex.
//!
//! IBMUTEX waits in the kernel for as long as another program has the mutex, and no deadline ends
//! that. And the mutex belongs to the thread that asked for it: the driver lets that one alone use
//! the board. So each board has a thread that asks for it and carries out what needs it; whoever
//! waits for it can leave, and the thread gives it back when it comes.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::sync::Arc;
use std::thread;
use std::thread::JoinHandle;
use std::time::Duration;

use parking_lot::{Condvar, Mutex, MutexGuard};

use crate::os::Wait;
use crate::os::gpib::ioctl::IBMUTEX;
use crate::os::own::Owned;
use crate::os::poll::await_wake;
use crate::os::waker::Waker;
use crate::status::{Error, Result, VI_ERROR_ALLOC};

/// How long the thread may take to get a mutex that is free, for calls that have no time.
const GRACE: Duration = Duration::from_millis(50);

/// An open board.
pub struct Open {
    // Dropped before the descriptor.
    _owned: Owned,
    file: File,
}

/// The board's thread, made when it is first needed.
pub struct Hand {
    shared: Arc<Shared>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

struct Shared {
    open: Open,
    state: Mutex<State>,
    /// For both sides.
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// Somebody wants the mutex, or uses it.
    is_wanted: bool,
    /// The thread waits for it.
    is_asking: bool,
    /// The thread has it.
    has: bool,
    /// It has it for one that does not use it any more.
    is_left: bool,
    /// Why it cannot be had.
    failed: Option<i32>,
    /// Wakes who waits for it.
    waker: Option<Waker>,
    job: Option<Job>,
    /// What became of the job: an errno, or 0.
    done: Option<i32>,
    /// The board is closed.
    is_over: bool,
}

/// A request and the address of its argument, which stays until it is done.
#[derive(Clone, Copy)]
struct Job {
    request: libc::c_ulong,
    argument: usize,
}

impl State {
    /// The thread has the mutex for who wants it now.
    fn is_ready(&self) -> bool {
        self.has && !self.is_left
    }
}

impl Open {
    /// An open file, which is this process's own.
    pub fn new(file: File, owned: Owned) -> Self {
        Self { _owned: owned, file }
    }

    /// Carries out a request on this thread: an errno, or 0.
    fn carry_out(&self, Job { request, argument }: Job) -> i32 {
        // SAFETY: an open descriptor, and an argument that the request's caller vouches for.
        let result = unsafe { libc::ioctl(self.file.as_raw_fd(), request, argument) };
        if result >= 0 { 0 } else { io::Error::last_os_error().raw_os_error().unwrap_or(libc::EIO) }
    }

    fn set_mutex(&self, takes: bool) -> i32 {
        let argument = i32::from(takes);
        let job = Job { request: IBMUTEX, argument: (&raw const argument).expose_provenance() };
        loop {
            match self.carry_out(job) {
                // A signal of the program's.
                libc::EINTR => {}
                errno => return errno,
            }
        }
    }
}

impl Hand {
    /// Of a board that was just opened.
    pub fn new(open: Open) -> Self {
        let (state, changed) = (Mutex::default(), Condvar::new());
        Self { shared: Arc::new(Shared { open, state, changed }), thread: Mutex::default() }
    }

    /// Takes the mutex. Nobody else does before [`Hand::leave`].
    ///
    /// # Errors
    /// VI_ERROR_TMO at the deadline, VI_ERROR_ABORT, VI_ERROR_ALLOC without a thread; `failed` of
    /// what the driver says.
    pub fn enter(&self, wait: &Wait, failed: impl FnOnce(i32) -> Error) -> Result {
        let blocked = wait.ticket.block()?;
        self.start()?;
        let wait = wait.prolonged(GRACE);
        {
            let mut state = self.shared.state.lock();
            state.is_wanted = true;
            state.failed = None;
            state.waker = Some(blocked.waker().clone());
            self.shared.changed.notify_all();
        }
        loop {
            let waited = await_wake(&blocked, &wait);
            let mut state = self.shared.state.lock();
            let errno = state.failed.take();
            if errno.is_none() && waited.is_ok() && !state.is_ready() {
                continue;
            }
            state.waker = None;
            if state.is_ready() {
                return Ok(());
            }
            state.is_wanted = false;
            return errno.map_or(waited, |errno| Err(failed(errno)));
        }
    }

    /// Gives it back.
    pub fn leave(&self) {
        let mut state = self.shared.state.lock();
        state.is_wanted = false;
        state.is_left = state.has;
        self.shared.changed.notify_all();
    }

    /// Carries out a request, by the thread that has the mutex if any: an errno, or 0.
    ///
    /// # Safety
    /// `argument` is what `request` has for one.
    pub unsafe fn carry_out<T>(&self, request: libc::c_ulong, argument: &mut T) -> i32 {
        let job = Job { request, argument: (&raw mut *argument).expose_provenance() };
        let mut state = self.shared.state.lock();
        if !state.is_ready() {
            drop(state);
            return self.shared.open.carry_out(job);
        }
        state.job = Some(job);
        self.shared.changed.notify_all();
        loop {
            if let Some(done) = state.done.take() {
                return done;
            }
            self.shared.changed.wait(&mut state);
        }
    }

    /// The same on this thread: what needs no mutex.
    ///
    /// # Safety
    /// As above.
    pub unsafe fn carry_out_here<T>(&self, request: libc::c_ulong, argument: &mut T) -> i32 {
        let argument = (&raw mut *argument).expose_provenance();
        self.shared.open.carry_out(Job { request, argument })
    }

    fn start(&self) -> Result {
        let mut thread = self.thread.lock();
        if thread.is_none() {
            let shared = Arc::clone(&self.shared);
            let builder = thread::Builder::new().name("visa-gpib-hand".into());
            let started = builder.spawn(move || shared.run());
            *thread = Some(started.map_err(|_| Error::new(VI_ERROR_ALLOC, "no thread"))?);
        }
        Ok(())
    }
}

impl Drop for Hand {
    /// A thread that waits for the mutex ends when it gets it, and closes the board then.
    fn drop(&mut self) {
        let is_asking = {
            let mut state = self.shared.state.lock();
            state.is_wanted = false;
            state.is_over = true;
            self.shared.changed.notify_all();
            state.is_asking
        };
        if let Some(thread) = self.thread.lock().take()
            && !is_asking
        {
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn run(&self) {
        let mut state = self.state.lock();
        loop {
            if let Some(job) = state.job.take() {
                let done = MutexGuard::unlocked(&mut state, || self.open.carry_out(job));
                state.done = Some(done);
                self.changed.notify_all();
            } else if state.has && (state.is_left || !state.is_wanted) {
                state.has = false;
                state.is_left = false;
                // Nothing can be done about a failure; the mutex goes with the file.
                MutexGuard::unlocked(&mut state, || self.open.set_mutex(false));
            } else if state.is_over {
                return;
            } else if state.is_wanted && !state.has && state.failed.is_none() {
                state.is_asking = true;
                let errno = MutexGuard::unlocked(&mut state, || self.open.set_mutex(true));
                state.is_asking = false;
                state.has = errno == 0;
                state.failed = (errno != 0).then_some(errno);
                if let Some(waker) = &state.waker {
                    waker.wake();
                }
            } else {
                self.changed.wait(&mut state);
            }
        }
    }
}
