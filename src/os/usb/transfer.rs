//! Transfers: pieces of the caller's memory on their way to or from a device.
//!
//! They are libusb's asynchronous ones, several at a time on one pipe, and the calling thread waits
//! for them itself. Whichever thread sees the device's descriptor ready handles what has finished
//! for all; a thread whose transfer another one has handled is woken by its waker. Nothing is
//! allocated in the steady state but what libusb allocates: transfers are used again.

use std::marker::PhantomData;
use std::os::fd::AsRawFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::thread::ThreadId;
use std::time::Duration;

use parking_lot::Mutex;
use rusb::ffi as libusb;
use rusb::ffi::constants::{
    LIBUSB_ERROR_NO_MEM, LIBUSB_TRANSFER_COMPLETED, LIBUSB_TRANSFER_NO_DEVICE,
    LIBUSB_TRANSFER_OVERFLOW, LIBUSB_TRANSFER_STALL,
};

use crate::os::Deadline;
use crate::os::Wait;
use crate::os::cancel::Blocked;
use crate::os::usb::handle::{Handle, check};
use crate::os::waker::Waker;
use crate::status::{
    Error, Result, VI_ERROR_ALLOC, VI_ERROR_CONN_LOST, VI_ERROR_IO, VI_ERROR_TMO,
    VI_ERROR_USER_BUF, fail,
};

/// The most transfers of one call in flight. With pieces of [`PIECE`] they are a quarter of what
/// usbfs lets all processes have together (16 MiB unless configured).
pub const MOST: usize = 4;

/// The most bytes of one transfer.
pub const PIECE: usize = 1 << 20;

/// The least bytes into which a transfer is cut when the system is short of memory.
pub const LEAST: usize = 16 << 10;

/// How long a cancelled transfer is waited for. It comes at once unless the host controller or
/// its driver is broken.
const LANDING: Duration = Duration::from_secs(2);

/// How many transfers are kept for the next call.
const KEPT: usize = 2 * MOST;

/// How a transfer ended that was not cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// All of it was moved.
    Full,
    /// The device sent less: a short packet ended it.
    Short,
    /// The device refused it; a pipe (other than the control pipe) is halted now.
    Stalled,
    /// The system failed, the deadline passed, or the call was cancelled.
    Failed(Error),
}

/// A transfer that the bus did not carry.
pub const BROKEN: Error = Error::new(VI_ERROR_IO, "the USB transfer failed");

/// A libusb transfer, and what its callback needs.
pub struct Slot {
    raw: *mut libusb::libusb_transfer,
    state: Box<State>,
}

#[derive(Default)]
struct State {
    /// Set last by the callback: from then on all is the owner's again.
    done: AtomicBool,
    /// Who waits for it.
    owner: Mutex<Option<(ThreadId, Waker)>>,
}

// SAFETY: a transfer is used by one thread at a time, its owner; while it is in flight, libusb has it.
unsafe impl Send for Slot {}

impl Slot {
    fn new() -> Result<Self> {
        // SAFETY: no isochronous packets; the result is checked.
        let raw = unsafe { libusb::libusb_alloc_transfer(0) };
        if raw.is_null() {
            return fail(VI_ERROR_ALLOC, "no memory for a transfer");
        }
        Ok(Self { raw, state: Box::default() })
    }

    fn is_done(&self) -> bool {
        self.state.done.load(Ordering::Acquire)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        // SAFETY: made by libusb, not in flight: `Flights` keeps those.
        unsafe { libusb::libusb_free_transfer(self.raw) };
    }
}

/// libusb calls it in the thread that handles events.
extern "system" fn finished(raw: *mut libusb::libusb_transfer) {
    // SAFETY: the transfer is valid during its callback, and `user_data` is the state beside it.
    let state = unsafe { &*(*raw).user_data.cast::<State>() };
    let elsewhere = |(thread, _): &(ThreadId, Waker)| *thread != thread::current().id();
    let waker = state.owner.lock().take().filter(elsewhere).map(|(_, waker)| waker);
    state.done.store(true, Ordering::Release);
    if let Some(waker) = waker {
        waker.wake();
    }
}

/// Transfers that are not in use.
#[derive(Default)]
pub struct Pool(Mutex<Vec<Slot>>);

impl Pool {
    fn take(&self) -> Result<Slot> {
        let kept = self.0.lock().pop();
        kept.map_or_else(Slot::new, Ok)
    }

    fn give_back(&self, slot: Slot) {
        let mut kept = self.0.lock();
        if kept.len() < KEPT {
            kept.push(slot);
        }
    }
}

/// One piece on its way.
struct Flight {
    slot: Slot,
    len: usize,
}

/// Pieces of memory on their way over one pipe, in order. They are borrowed for `'b`, and dropping
/// this brings them all back first.
pub struct Flights<'b> {
    handle: Arc<Handle>,
    pool: &'b Pool,
    pipe: u8,
    /// LIBUSB_TRANSFER_TYPE_*
    kind: u8,
    blocked: Blocked<'b>,
    /// In flight or landed, from `first` on, `count` of them.
    ring: [Option<Flight>; MOST],
    first: usize,
    count: usize,
    memory: PhantomData<&'b mut [u8]>,
}

impl<'b> Flights<'b> {
    /// None yet. `blocked` is this thread's.
    pub fn new(
        handle: Arc<Handle>,
        pool: &'b Pool,
        pipe: u8,
        kind: u8,
        blocked: Blocked<'b>,
    ) -> Self {
        let ring = [const { None }; MOST];
        Self { handle, pool, pipe, kind, blocked, ring, first: 0, count: 0, memory: PhantomData }
    }

    /// Whether none is in flight or landed.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Whether no more may take off.
    pub fn is_full(&self) -> bool {
        self.count == MOST
    }

    /// The length of the first, unless there is none.
    pub fn first_len(&self) -> Option<usize> {
        self.ring[self.first].as_ref().map(|flight| flight.len)
    }

    /// The lengths of all together.
    pub fn bytes(&self) -> usize {
        self.ring.iter().flatten().map(|flight| flight.len).sum()
    }

    /// Sends the `len` bytes at `start` on their way.
    ///
    /// # Errors
    /// VI_ERROR_ALLOC when the system has no memory left for it now, VI_ERROR_USER_BUF when the
    /// memory cannot be read, VI_ERROR_CONN_LOST, VI_ERROR_IO.
    ///
    /// # Safety
    /// The memory is borrowed for `'b`, mutably when the pipe leads to the host.
    pub unsafe fn take_off(&mut self, start: *mut u8, len: usize) -> Result {
        debug_assert!(!self.is_full() && len <= i32::MAX as usize);
        let slot = self.pool.take()?;
        *slot.state.owner.lock() = Some((thread::current().id(), self.blocked.waker().clone()));
        slot.state.done.store(false, Ordering::Relaxed);
        // SAFETY: the transfer is ours and not in flight.
        let transfer = unsafe { &mut *slot.raw };
        transfer.dev_handle = self.handle.raw();
        transfer.flags = 0;
        transfer.endpoint = self.pipe;
        transfer.transfer_type = self.kind;
        // We keep the time ourselves.
        transfer.timeout = 0;
        transfer.length = len as i32;
        transfer.actual_length = 0;
        transfer.callback = finished;
        transfer.user_data = (&raw const *slot.state).cast_mut().cast();
        transfer.buffer = start;
        transfer.num_iso_packets = 0;
        // SAFETY: all fields are set; memory and state stay where they are until it has landed.
        let submitted = unsafe { libusb::libusb_submit_transfer(slot.raw) };
        if submitted != 0 {
            let errno = std::io::Error::last_os_error().raw_os_error();
            self.pool.give_back(slot);
            return match submitted {
                LIBUSB_ERROR_NO_MEM => fail(VI_ERROR_ALLOC, "no memory for a USB transfer"),
                _ if errno == Some(libc::EFAULT) => {
                    fail(VI_ERROR_USER_BUF, "buffer is not readable")
                }
                _ => check(submitted, "starting a USB transfer"),
            };
        }
        self.ring[(self.first + self.count) % MOST] = Some(Flight { slot, len });
        self.count += 1;
        Ok(())
    }

    /// Waits until the first has landed.
    ///
    /// # Errors
    /// VI_ERROR_TMO, VI_ERROR_ABORT: it is still in flight.
    pub fn await_first(&self, wait: &Wait) -> Result {
        loop {
            // First: what has come in time counts.
            if self.is_first_done() {
                return Ok(());
            }
            wait.ticket.check()?;
            if wait.deadline.has_passed() {
                self.handle.handle_events();
                return if self.is_first_done() {
                    Ok(())
                } else {
                    fail(VI_ERROR_TMO, "deadline passed")
                };
            }
            self.look(wait.deadline);
        }
    }

    fn is_first_done(&self) -> bool {
        self.ring[self.first].as_ref().is_none_or(|flight| flight.slot.is_done())
    }

    /// Sleeps until something may have changed, and handles what has finished.
    fn look(&self, deadline: Deadline) {
        let poll_of = |fd, events| libc::pollfd { fd, events, revents: 0 };
        let mut polls = [
            poll_of(self.handle.fd(), libc::POLLOUT),
            poll_of(self.blocked.as_raw_fd(), libc::POLLIN),
        ];
        // SAFETY: two valid pollfds.
        let ready = unsafe { libc::poll(polls.as_mut_ptr(), 2, deadline.poll_timeout()) };
        if ready <= 0 {
            return;
        }
        if polls[1].revents != 0 {
            // Before it is looked again at what there may be.
            self.blocked.drain();
        }
        if polls[0].revents != 0 {
            self.handle.handle_events();
        }
    }

    /// Takes the first, which has landed: how many bytes it moved, and how it ended.
    pub fn land(&mut self) -> (usize, End) {
        let Some(flight) = self.ring[self.first].take() else { return (0, End::Short) };
        self.first = (self.first + 1) % MOST;
        self.count -= 1;
        // SAFETY: it has landed, so it is ours again.
        let transfer = unsafe { &*flight.slot.raw };
        let moved = usize::try_from(transfer.actual_length).unwrap_or(0).min(flight.len);
        let failed = |code, at| End::Failed(Error::new(code, at));
        let end = match transfer.status {
            LIBUSB_TRANSFER_COMPLETED if moved == flight.len => End::Full,
            LIBUSB_TRANSFER_COMPLETED => End::Short,
            LIBUSB_TRANSFER_STALL => End::Stalled,
            LIBUSB_TRANSFER_NO_DEVICE => failed(VI_ERROR_CONN_LOST, "the device has gone"),
            LIBUSB_TRANSFER_OVERFLOW => failed(VI_ERROR_IO, "the device sent more than a packet"),
            // Of a cancelled one, only the number of bytes counts.
            _ => End::Failed(BROKEN),
        };
        self.pool.give_back(flight.slot);
        (moved, end)
    }

    /// Calls all back and waits until they have landed.
    pub fn call_back(&mut self) {
        // The last first: else one that has not begun would take the bytes meant for the one
        // before it.
        for place in (0..self.count).rev() {
            if let Some(flight) = &self.ring[(self.first + place) % MOST]
                && !flight.slot.is_done()
            {
                // SAFETY: in flight; when it has just finished, libusb says that it is not.
                unsafe { libusb::libusb_cancel_transfer(flight.slot.raw) };
            }
        }
        let give_up = Deadline::after(LANDING);
        while self.ring.iter().flatten().any(|flight| !flight.slot.is_done()) {
            if give_up.has_passed() {
                self.abandon();
                return;
            }
            self.look(give_up);
        }
    }

    /// Leaves those in flight behind, for ever, and the device with them.
    fn abandon(&mut self) {
        self.handle.abandon();
        for flight in self.ring.iter_mut().filter_map(Option::take) {
            if !flight.slot.is_done() {
                std::mem::forget(flight.slot);
            }
        }
        self.count = 0;
    }
}

impl Drop for Flights<'_> {
    fn drop(&mut self) {
        self.call_back();
        while !self.is_empty() {
            self.land();
        }
    }
}
