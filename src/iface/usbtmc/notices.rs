#![forbid(unsafe_code)]
//! The interrupt pipe (USB488 3.4): status bytes, requests for service, and what vendors send.
//!
//! While anybody watches for requests or vendors' data, one thread of the instrument receives them
//! all. Otherwise who has asked for a status byte receives it himself, and with it what else comes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use parking_lot::{Condvar, Mutex};

use crate::iface::usbtmc::instrument::Instrument;
use crate::iface::{Interrupt, Report, Signal, Sink};
use crate::os::Cancel;
use crate::os::Deadline;
use crate::os::Gate;
use crate::os::Wait;
use crate::os::cancel::Blocked;
use crate::os::poll::await_wake;
use crate::os::usb::End;
use crate::os::usbtmc::Requests;
use crate::os::waker::Waker;
use crate::status::{
    Error, Result, VI_ERROR_ABORT, VI_ERROR_ALLOC, VI_ERROR_IO, VI_ERROR_NSUP_OPER, VI_ERROR_TMO,
    VI_SUCCESS, fail,
};
use crate::wire::usbtmc;
use crate::wire::usbtmc::{Answer, LONGEST_ANSWER, Notice};

/// Tags of status bytes are 2 to 127 (USB488 4.3.1).
const TAGS: std::ops::RangeInclusive<u8> = 2..=127;

/// Request for service, bit 6 of the status byte (IEEE 488.2, 11.2.2.1).
const RQS: u8 = 0x40;

/// The largest packet there is.
const LARGEST: usize = 2048;

/// How long the thread may take to end. It only has to be woken.
const FAREWELL: Duration = Duration::from_secs(1);

/// How long ending a halt of the pipe may take.
const UNHALT: Duration = Duration::from_secs(1);

/// How long a status byte that stands in the way is waited for before the device is asked again:
/// somebody else may have received it, and then nothing tells that it has gone.
const BUSY: Duration = Duration::from_millis(50);

/// How often in a row the pipe may fail before those who watch it are told.
const FAILURES: u32 = 3;

/// After that it is tried again this often, for nothing tells when it works again.
const RETRY: Duration = Duration::from_secs(1);

/// What comes on the interrupt pipe, and who waits for it.
#[derive(Default)]
pub struct Notices {
    /// Whoever has passed it receives.
    receiving: Gate<()>,
    state: Mutex<State>,
    /// A thread has ended.
    ended: Condvar,
}

#[derive(Default)]
struct State {
    watchers: Vec<Watcher>,
    /// The thread that receives, if there is one.
    thread: Option<Thread>,
    /// What tells of requests for service where the kernel's driver receives.
    requests: Option<Requests>,
    /// Status bytes that have been asked for.
    awaited: Vec<Awaited>,
    last_tag: u8,
    /// A request for service came that no status byte has told of yet.
    requests_service: bool,
}

struct Thread {
    /// Ends it.
    cancel: Arc<Cancel>,
    /// Set by itself.
    has_ended: Arc<AtomicBool>,
    handle: JoinHandle<()>,
}

/// Who is told of a signal.
pub struct Watcher {
    /// The session.
    pub who: u64,
    /// [`Signal::ServiceRequest`] or [`Signal::UsbInterrupt`].
    pub signal: Signal,
    /// Where it is told.
    pub sink: Sink,
}

struct Awaited {
    tag: u8,
    waker: Waker,
    status: Option<u8>,
}

impl Instrument {
    /// Reads the status byte (USB488 4.3.1).
    ///
    /// # Errors
    /// VI_ERROR_NSUP_OPER on an interface that is not USB488; VI_ERROR_INP_PROT_VIOL for the answer
    /// to another request; VI_ERROR_IO, VI_ERROR_TMO, VI_ERROR_ABORT, VI_ERROR_CONN_LOST.
    pub fn read_status(&self, wait: &Wait) -> Result<u8> {
        if !self.layout.is_usb488() {
            return fail(VI_ERROR_NSUP_OPER, "only USB488 has a status byte");
        }
        self.pipes.alive()?;
        if let Some(driver) = self.pipes.driver() {
            // It remembers the request for service itself.
            return driver.status_byte(wait);
        }
        let status = match self.layout.interrupt {
            None => {
                let tag = self.notices.next_tag();
                let mut answer = [0; LONGEST_ANSWER];
                let told = self.ask(usbtmc::read_status_byte(tag), None, &mut answer, wait)?;
                usbtmc::status_byte(told, tag)?
            }
            Some(_) => self.await_status(wait)?,
        };
        // A request for service that came before is told by the byte that answers it.
        let requested = std::mem::take(&mut self.notices.state.lock().requests_service);
        Ok(if requested { status | RQS } else { status })
    }

    /// The same where it comes on the interrupt pipe.
    fn await_status(&self, wait: &Wait) -> Result<u8> {
        let blocked = wait.ticket.block()?;
        let awaited = self.notices.expect(blocked.waker());
        if let Some(status) = self.ask_for_status(awaited.tag, &blocked, wait)? {
            return Ok(status);
        }
        let receiving = self.notices.receiving.queue(&blocked);
        loop {
            if let Some(status) = awaited.take() {
                return Ok(status);
            }
            if let Some(_receiving) = receiving.try_pass() {
                while !awaited.is_there() {
                    self.receive_notice(wait)?;
                }
            } else {
                await_wake(&blocked, wait)?;
            }
        }
    }

    /// READ_STATUS_BYTE. The status byte, if it stands in the answer although it should not.
    fn ask_for_status(&self, tag: u8, blocked: &Blocked, wait: &Wait) -> Result<Option<u8>> {
        let mut answer = [0; LONGEST_ANSWER];
        loop {
            let told = self.ask(usbtmc::read_status_byte(tag), None, &mut answer, wait)?;
            match usbtmc::answer(told)? {
                Answer::Success => {
                    let status = usbtmc::status_byte(told, tag).unwrap_or(0);
                    return Ok((status != 0).then_some(status));
                }
                // An earlier one has not been fetched.
                Answer::Busy => self.make_way(blocked, wait)?,
                _ => return fail(VI_ERROR_IO, "the device could not tell its status byte"),
            }
        }
    }

    /// Fetches the status byte that the device wants to be rid of first, or waits until whoever
    /// receives may have done so.
    fn make_way(&self, blocked: &Blocked, wait: &Wait) -> Result {
        let soon = Wait { deadline: wait.deadline.min(Deadline::after(BUSY)), ..*wait };
        let receiving = self.notices.receiving.queue(blocked);
        let waited = match receiving.try_pass() {
            Some(_receiving) => self.receive_notice(&soon),
            None => await_wake(blocked, &soon),
        };
        match waited {
            Err(error) if error.code == VI_ERROR_TMO && !wait.deadline.has_passed() => Ok(()),
            waited => waited,
        }
    }

    /// Receives once on the interrupt pipe, for all. `receiving` must be passed.
    fn receive_notice(&self, wait: &Wait) -> Result {
        let Some(pipe) = self.layout.interrupt else {
            return fail(VI_ERROR_NSUP_OPER, "the instrument has no interrupt pipe");
        };
        let mut packet = [0; LARGEST];
        let room = LARGEST.min(pipe.max_packet.into());
        let moved = self.pipes.read(pipe.address, &mut [&mut packet[..room]], wait);
        match moved.end {
            End::Full | End::Short => {
                self.notices.deliver(&packet[..moved.count], self.layout.is_usb488());
                Ok(())
            }
            End::Stalled => {
                let soon = Wait { deadline: Deadline::after(UNHALT), ..*wait };
                self.pipes.clear_halt(pipe.address, &soon)?;
                fail(VI_ERROR_IO, "the interrupt pipe was halted")
            }
            End::Failed(error) => Err(error),
        }
    }

    /// Begins to tell a session of a signal.
    ///
    /// # Errors
    /// VI_ERROR_NSUP_OPER without an interrupt pipe, or for requests for service without USB488;
    /// VI_ERROR_CONN_LOST; VI_ERROR_ALLOC without a thread.
    pub fn watch(self: &Arc<Self>, watcher: Watcher) -> Result {
        if let Some(driver) = self.pipes.driver() {
            return self.watch_by(driver, watcher);
        }
        if self.layout.interrupt.is_none() {
            return fail(VI_ERROR_NSUP_OPER, "the instrument has no interrupt pipe");
        }
        if watcher.signal == Signal::ServiceRequest && !self.layout.is_usb488() {
            return fail(VI_ERROR_NSUP_OPER, "only USB488 requests service");
        }
        self.pipes.alive()?;
        let mut state = self.notices.state.lock();
        let has_ended = |thread: &Thread| thread.has_ended.load(Ordering::Relaxed);
        if state.thread.as_ref().is_none_or(has_ended) {
            state.thread = Some(self.clone().start()?);
        }
        state.watchers.push(watcher);
        Ok(())
    }

    fn start(self: Arc<Self>) -> Result<Thread> {
        let (cancel, has_ended) = (Arc::new(Cancel::new()), Arc::new(AtomicBool::new(false)));
        let (ends, ended) = (cancel.clone(), has_ended.clone());
        let thread = std::thread::Builder::new().name("visa-usb".into());
        let thread = thread.spawn(move || {
            self.receive_notices(&ends);
            // Under the lock, so that who waits for it does not miss it.
            let state = self.notices.state.lock();
            ended.store(true, Ordering::Relaxed);
            drop(state);
            self.notices.ended.notify_all();
        });
        match thread {
            Ok(handle) => Ok(Thread { cancel, has_ended, handle }),
            Err(_) => fail(VI_ERROR_ALLOC, "thread for interrupts"),
        }
    }

    /// The thread.
    fn receive_notices(&self, cancel: &Cancel) {
        let wait = Wait { deadline: Deadline::Never, ticket: cancel.ticket() };
        let Ok(_receiving) = self.notices.receiving.pass(&wait) else { return };
        let mut failures = 0_u32;
        loop {
            match self.receive_notice(&wait) {
                Ok(()) => failures = 0,
                Err(error) if error.code == VI_ERROR_ABORT => return,
                Err(error) => {
                    failures = failures.saturating_add(1);
                    let is_lost = self.pipes.alive().is_err();
                    if is_lost || failures == FAILURES {
                        self.notices.report_failure(error);
                    }
                    let pause = Wait { deadline: Deadline::after(RETRY), ..wait };
                    if is_lost || failures >= FAILURES && pause.pass().is_err() {
                        return;
                    }
                }
            }
        }
    }
}

impl Notices {
    fn next_tag(&self) -> u8 {
        self.state.lock().next_tag()
    }

    /// Enters that a status byte is awaited.
    fn expect(&self, waker: &Waker) -> Expected<'_> {
        let mut state = self.state.lock();
        let tag = state.next_tag();
        state.awaited.push(Awaited { tag, waker: waker.clone(), status: None });
        Expected { notices: self, tag }
    }

    /// Adds a watcher of what the kernel's driver tells, which is made by `start` when it is the
    /// first.
    ///
    /// # Errors
    /// Those of `start`.
    pub(super) fn listen(
        &self,
        watcher: Watcher,
        start: impl FnOnce() -> Result<Requests>,
    ) -> Result {
        let is_first = self.state.lock().requests.is_none();
        // Not under the lock, which is taken for what it tells.
        let started = if is_first { Some(start()?) } else { None };
        let mut state = self.state.lock();
        let spare = match state.requests {
            None => std::mem::replace(&mut state.requests, started),
            Some(_) => started,
        };
        state.watchers.push(watcher);
        drop(state);
        drop(spare);
        Ok(())
    }

    /// Brings what came to whom it is for.
    pub(super) fn deliver(&self, bytes: &[u8], is_usb488: bool) {
        let mut state = self.state.lock();
        match usbtmc::notice(bytes, is_usb488) {
            Some(Notice::StatusByte(tag, status)) => {
                if let Some(awaited) = state.awaited.iter_mut().find(|one| one.tag == tag) {
                    awaited.status = Some(status);
                }
                // All: it may have stood in another's way.
                state.awaited.iter().for_each(|one| one.waker.wake());
            }
            Some(Notice::ServiceRequest(_)) => {
                state.requests_service = true;
                state.tell(Signal::ServiceRequest, &Report::Plain);
            }
            Some(Notice::Vendor(bytes)) => {
                let interrupt = Interrupt { status: VI_SUCCESS, data: bytes.into() };
                state.tell(Signal::UsbInterrupt, &Report::UsbInterrupt(interrupt));
            }
            None => {}
        }
    }

    /// Nothing will come any more.
    fn report_failure(&self, error: Error) {
        let interrupt = Interrupt { status: error.code, data: [].into() };
        self.state.lock().tell(Signal::UsbInterrupt, &Report::UsbInterrupt(interrupt));
    }

    /// Tells a session of a signal no longer. The last one waits for the thread to end, so that the
    /// instrument is not kept open by it.
    pub fn unwatch(&self, who: u64, signal: Signal) {
        let mut state = self.state.lock();
        state.watchers.retain(|watcher| (watcher.who, watcher.signal) != (who, signal));
        if !state.watchers.is_empty() {
            return;
        }
        let requests = state.requests.take();
        if requests.is_some() {
            // Not under the lock, which is taken for what it tells.
            drop(state);
            return;
        }
        let Some(thread) = state.thread.take() else { return };
        thread.cancel.close();
        let goes_on = |_: &mut State| !thread.has_ended.load(Ordering::Relaxed);
        let waited = self.ended.wait_while_for(&mut state, goes_on, FAREWELL);
        drop(state);
        if !waited.timed_out() {
            // It only has to let go of the instrument, which is not its last hold.
            let _ = thread.handle.join();
        }
    }
}

impl State {
    fn next_tag(&mut self) -> u8 {
        let next = self.last_tag.saturating_add(1);
        self.last_tag = if TAGS.contains(&next) { next } else { *TAGS.start() };
        self.last_tag
    }

    /// Sinks only store and notify.
    fn tell(&self, signal: Signal, report: &Report) {
        let told = self.watchers.iter().filter(|watcher| watcher.signal == signal);
        told.for_each(|watcher| (watcher.sink)(report.clone()));
    }
}

/// A status byte that is awaited, until dropped.
struct Expected<'a> {
    notices: &'a Notices,
    tag: u8,
}

impl Expected<'_> {
    fn take(&self) -> Option<u8> {
        let state = self.notices.state.lock();
        state.awaited.iter().find(|one| one.tag == self.tag).and_then(|one| one.status)
    }

    fn is_there(&self) -> bool {
        self.take().is_some()
    }
}

impl Drop for Expected<'_> {
    fn drop(&mut self) {
        self.notices.state.lock().awaited.retain(|one| one.tag != self.tag);
    }
}
