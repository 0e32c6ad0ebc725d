//! The thread that alone calls the driver of one node.
//!
//! The driver lets one call in at a time, poll(2) included, and a request on the control pipe
//! holds it for up to 5 s when the device is silent; no signal shortens that. So callers leave
//! [`Order`]s to this thread and wait for it, until their deadline and no longer; what they give
//! and get is copied, because the thread may still be in the driver when they have left.

use std::collections::VecDeque;
use std::io;
use std::os::fd::AsRawFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::driver::{Driver, PIECE, Pipe, Received};
use super::failure;
use crate::os::Wait;
use crate::os::poll::await_wake;
use crate::os::sync::Mutex;
use crate::os::usb::ControlRequest;
use crate::os::waker::Waker;
use crate::status::{Error, Result, VI_ERROR_ABORT, VI_ERROR_ALLOC, fail};

/// What is asked of the driver in one call once an answer is known to be long: as much as it can
/// have under way.
const PIECES: usize = 16 * PIECE;

/// What a caller wants.
pub(super) enum Work {
    /// A transfer to the device.
    Send(Vec<u8>),
    /// A transfer from the device, or that many bytes of it: a multiple of [`PIECE`].
    Receive(usize),
    /// A request on the control pipe, its data going out or made room for.
    Control(ControlRequest, Vec<u8>),
    /// A pipe's halt is cleared.
    ClearHalt(Pipe),
    /// The status byte, waited for up to so many ms.
    StatusByte(u32),
    /// The end of the thread.
    Stop,
}

/// What came of it.
pub(super) struct Answer {
    /// Bytes that the device has taken.
    pub count: usize,
    /// Bytes that came from it.
    pub data: Vec<u8>,
    /// Whether the transfer from the device ended with them; or what went wrong.
    pub outcome: Result<bool>,
}

impl Answer {
    fn plain(outcome: Result) -> Self {
        Self { count: 0, data: Vec::new(), outcome: outcome.map(|()| true) }
    }
}

/// Where the caller finds the answer.
pub(super) struct Slot {
    answer: Mutex<Option<Answer>>,
    waker: Waker,
    /// Set by a caller who does not want it any more.
    given_up: AtomicBool,
}

impl Slot {
    pub(super) fn new(waker: Waker) -> Self {
        Self { answer: Mutex::new(None), waker, given_up: AtomicBool::new(false) }
    }

    pub(super) fn take(&self) -> Option<Answer> {
        self.answer.lock().take()
    }

    pub(super) fn put(&self, answer: Answer) {
        *self.answer.lock() = Some(answer);
        self.waker.wake();
    }

    fn is_given_up(&self) -> bool {
        self.given_up.load(Ordering::Acquire)
    }
}

/// Work and who waits for it.
pub(super) struct Order {
    pub work: Work,
    pub slot: Arc<Slot>,
}

/// What callers and thread share.
pub(super) struct Shared {
    orders: Mutex<VecDeque<Order>>,
    waker: Waker,
}

impl Shared {
    pub(super) fn new() -> Result<Self> {
        Ok(Self { orders: Mutex::new(VecDeque::new()), waker: Waker::new()? })
    }

    pub(super) fn leave(&self, order: Order) {
        self.orders.lock().push_back(order);
        self.waker.wake();
    }

    /// Gives an order up. Whether it had not begun: then it never will.
    pub(super) fn take_back(&self, slot: &Arc<Slot>) -> bool {
        slot.given_up.store(true, Ordering::Release);
        let mut orders = self.orders.lock();
        if let Some(place) = orders.iter().position(|order| Arc::ptr_eq(&order.slot, slot)) {
            orders.remove(place);
            return true;
        }
        drop(orders);
        self.waker.wake();
        false
    }

    fn next(&self) -> Option<Order> {
        self.orders.lock().pop_front()
    }
}

/// Starts a thread that opens something, which may take as long as another program is in the
/// driver, says how that went, and goes on with it. The answer is waited for.
///
/// # Errors
/// What the thread says; VI_ERROR_TMO, VI_ERROR_ABORT, VI_ERROR_ALLOC.
pub(super) fn started(
    wait: &Wait,
    run: impl FnOnce(Box<dyn FnOnce(Result)>) + Send + 'static,
) -> Result {
    let blocked = wait.ticket.block()?;
    let slot = Arc::new(Slot::new(blocked.waker().clone()));
    let theirs = slot.clone();
    let spawned = std::thread::Builder::new()
        .name("visa-usbtmc".into())
        .spawn(move || run(Box::new(move |opened| theirs.put(Answer::plain(opened)))));
    if spawned.is_err() {
        return fail(VI_ERROR_ALLOC, "thread for the node");
    }
    loop {
        match slot.take() {
            Some(answer) => return answer.outcome.map(|_| ()),
            None => await_wake(&blocked, wait)?,
        }
    }
}

/// Carries out orders until told to stop.
pub(super) fn serve(driver: &impl Driver, shared: &Shared) {
    let mut transfer: Option<Transfer> = None;
    loop {
        shared.waker.drain();
        while let Some(Order { work, slot }) = shared.next() {
            let way = match work {
                Work::Send(data) => Way::Out { data, handed: 0 },
                Work::Receive(most) => Way::In { data: vec![0; most], count: 0 },
                Work::Stop => {
                    driver.clean_up();
                    driver.unlock();
                    slot.put(Answer::plain(Ok(())));
                    return;
                }
                other => {
                    slot.put(perform(driver, other));
                    continue;
                }
            };
            // One before it has been given up, or it would have its answer: a transfer begins when
            // the last has ended.
            if let Some(mut last) = transfer.replace(Transfer { way, slot }) {
                last.step(driver);
            }
        }
        if let Some(current) = &mut transfer
            && let Some(answer) = current.step(driver)
        {
            current.slot.put(answer);
            transfer = None;
            continue;
        }
        sleep(driver, &shared.waker, transfer.as_ref());
    }
}

/// Waits until there is something to do.
fn sleep(driver: &impl Driver, waker: &Waker, transfer: Option<&Transfer>) {
    let poll = |fd, events| libc::pollfd { fd, events, revents: 0 };
    let mut polls = [poll(waker.as_raw_fd(), libc::POLLIN), poll(-1, 0)];
    if let Some(transfer) = transfer {
        polls[1] = poll(driver.fd(), transfer.events());
    }
    // SAFETY: two valid pollfds. Whatever it says, the loop looks for itself.
    unsafe { libc::poll(polls.as_mut_ptr(), 2, -1) };
}

/// Carries out what the driver waits for itself.
fn perform(driver: &impl Driver, work: Work) -> Answer {
    let fail = |error: &io::Error, at| Answer::plain(Err(failure(driver.fd(), error, at)));
    match work {
        Work::Control(setup, mut data) => match driver.control(setup, &mut data) {
            Ok(count) => {
                data.truncate(count);
                Answer { count, data, outcome: Ok(true) }
            }
            Err(error) => fail(&error, "control request"),
        },
        Work::ClearHalt(pipe) => match driver.clear_halt(pipe) {
            Ok(()) => Answer::plain(Ok(())),
            Err(error) => fail(&error, "clear halt"),
        },
        Work::StatusByte(patience) => match driver.status_byte(patience) {
            Ok(byte) => Answer { count: 1, data: vec![byte], outcome: Ok(true) },
            Err(error) => fail(&error, "status byte"),
        },
        Work::Send(_) | Work::Receive(_) | Work::Stop => unreachable!("none of those waits"),
    }
}

/// A bulk transfer under way; one at a time.
struct Transfer {
    way: Way,
    slot: Arc<Slot>,
}

enum Way {
    Out {
        data: Vec<u8>,
        handed: usize,
    },
    /// So many bytes of `data` have come.
    In {
        data: Vec<u8>,
        count: usize,
    },
}

impl Transfer {
    fn events(&self) -> i16 {
        match self.way {
            Way::Out { .. } => libc::POLLOUT,
            Way::In { .. } => libc::POLLIN,
        }
    }

    /// Goes on as far as the driver does; the answer when that is the end. What failed leaves
    /// nothing under way.
    fn step(&mut self, driver: &impl Driver) -> Option<Answer> {
        let given_up = self.slot.is_given_up();
        match &mut self.way {
            Way::Out { data, handed } => send(driver, data, handed, given_up),
            Way::In { data, count } => receive(driver, data, count, given_up),
        }
    }
}

const GIVEN_UP: Error = Error::new(VI_ERROR_ABORT, "given up by the caller");

fn send(driver: &impl Driver, data: &[u8], handed: &mut usize, given_up: bool) -> Option<Answer> {
    let mut wrong = None;
    while *handed < data.len() && !given_up {
        match driver.send(&data[*handed..], *handed > 0) {
            Ok(0) => break,
            Ok(count) => *handed += count,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
            Err(error) => {
                wrong = Some(error);
                break;
            }
        }
    }
    if given_up {
        driver.cancel();
    }
    // Before the first byte the driver still counts an earlier transfer.
    let (count, result) = if *handed > 0 { driver.sent() } else { (0, Ok(())) };
    let outcome = match wrong.map_or(result, Err) {
        // It is the driver that says so, of what was cancelled.
        _ if given_up => {
            driver.clean_up();
            Err(GIVEN_UP)
        }
        Err(error) => Err(failed(driver, &error, "bulk out")),
        Ok(()) if count >= data.len() => Ok(true),
        Ok(()) => return None,
    };
    // The driver counts the padding that it adds.
    Some(Answer { count: count.min(data.len()), data: Vec::new(), outcome })
}

fn receive(
    driver: &impl Driver,
    data: &mut Vec<u8>,
    count: &mut usize,
    given_up: bool,
) -> Option<Answer> {
    let outcome = loop {
        let room = &mut data[*count..];
        // Short answers are the rule: only what follows a full piece is asked for in many.
        let piece = if *count == 0 { PIECE } else { PIECES.min(room.len()) };
        let (came, result) = driver.receive(&mut room[..piece]);
        *count += came;
        match result {
            Ok(Received::Ended) => break Ok(true),
            Ok(Received::More) if *count == data.len() => break Ok(false),
            Ok(Received::More) => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                // What had come by then is kept.
                if given_up {
                    driver.clean_up();
                    break Err(GIVEN_UP);
                }
                return None;
            }
            Err(error) => break Err(failed(driver, &error, "bulk in")),
        }
    };
    data.truncate(*count);
    Some(Answer { count: 0, data: std::mem::take(data), outcome })
}

/// The end of a transfer that went wrong.
fn failed(driver: &impl Driver, error: &io::Error, at: &'static str) -> Error {
    driver.clean_up();
    failure(driver.fd(), error, at)
}
