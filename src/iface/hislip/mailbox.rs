#![forbid(unsafe_code)]
//! Who waits for which message of the asynchronous connection, and who receives them.
//!
//! Only one thread receives at a time, for all: the host thread while the link is hosted
//! ([`super::host`]), else the first caller that has to wait. The others sleep until something
//! has arrived for them, or until nobody receives any more and one of them has to.

use std::collections::VecDeque;

use parking_lot::Mutex;

use crate::iface::Sink;
use crate::os::Gate;
use crate::os::cancel::Blocked;
use crate::os::waker::Waker;
use crate::status::{Error, Result, VI_ERROR_IO};
use crate::wire::hislip::{HEADER_LEN, Header, MessageType, lock_response};

/// The state of the asynchronous connection. The mutexes are held for a moment only, never while
/// waiting for the server (but [`Mailbox::incoming`], which is the receiving thread's own), and
/// in no other order than incoming, unsent, desk.
#[derive(Default)]
pub(super) struct Mailbox {
    /// One question at a time: servers expect no second one before they have answered.
    pub asking: Gate<()>,
    /// One lock request at a time. Apart from the questions, for it may take long.
    pub locking: Gate<()>,
    /// What is being received; locked by the thread that receives, as long as it does.
    pub incoming: Mutex<Incoming>,
    /// The rest of a message that the system did not take at once. Messages are a few bytes, so
    /// this is as good as never needed.
    pub unsent: Mutex<Vec<u8>>,
    /// Who waits.
    pub desk: Mutex<Desk>,
    /// Where service requests go. Locked while the sink runs, so that it does not run any more
    /// once it has been taken away.
    pub sink: Mutex<Option<Sink>>,
}

/// A message in the making.
#[derive(Default)]
pub(super) struct Incoming {
    /// The header, and how much of it there is.
    pub head: [u8; HEADER_LEN],
    pub head_len: usize,
    /// The start of the payload, and how much of the payload has been received.
    pub body: [u8; 8],
    pub body_len: u64,
}

/// A response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub header: Header,
    /// The payload's first eight bytes as a number, when it has so many.
    pub number: Option<u64>,
}

/// What a request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Request {
    /// One that is answered by a message of this type.
    Question(MessageType),
    /// AsyncLock that asks for a lock.
    Lock,
    /// AsyncLock that gives one back.
    Unlock,
}

/// Names a request that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Receipt(u64);

/// Requests sent whose answers have not been taken, oldest first.
#[derive(Default)]
pub(super) struct Desk {
    requests: VecDeque<Sent>,
    receipts: u64,
    waiting: Vec<Waker>,
    /// A caller receives.
    pub caller_receives: bool,
    /// The host thread receives whenever no caller does.
    pub hosted: bool,
    /// A sink is set.
    pub watched: bool,
}

struct Sent {
    receipt: Receipt,
    request: Request,
    fate: Fate,
    /// An answer of its type came meanwhile and was taken for that of an older request.
    overtaken: bool,
}

enum Fate {
    Awaited,
    Answered(Result<Answer>),
    /// The answer is still to come and must not be taken for that of a later request.
    GivenUp,
}

/// What became of a message that arrived.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Delivery {
    /// Somebody had asked for it.
    Done,
    /// A lock that nobody wants any more has been granted.
    UnwantedLock,
    /// Nobody ever asked for it.
    Unknown,
}

impl Desk {
    /// Takes note of a request that is about to be sent.
    pub fn expect(&mut self, request: Request, awaited: bool) -> Receipt {
        self.receipts += 1;
        let receipt = Receipt(self.receipts);
        let fate = if awaited { Fate::Awaited } else { Fate::GivenUp };
        self.requests.push_back(Sent { receipt, request, fate, overtaken: false });
        receipt
    }

    /// The request was not sent after all.
    pub fn withdraw(&mut self, receipt: Receipt) {
        self.requests.retain(|sent| sent.receipt != receipt);
    }

    /// The answer, once it has come.
    pub fn take(&mut self, receipt: Receipt) -> Option<Result<Answer>> {
        let at = self.requests.iter().position(|sent| sent.receipt == receipt)?;
        let Fate::Answered(answer) = self.requests[at].fate else { return None };
        self.requests.remove(at);
        Some(answer)
    }

    /// Nobody waits for the answer any more.
    ///
    /// One that was overtaken has most likely had its answer: the older request's was lost. To go
    /// on expecting it would be to take every later answer for the one before, for ever.
    pub fn give_up(&mut self, receipt: Receipt) {
        let Some(at) = self.requests.iter().position(|sent| sent.receipt == receipt) else {
            return;
        };
        if self.requests[at].overtaken {
            self.requests.remove(at);
        } else {
            self.requests[at].fate = Fate::GivenUp;
        }
    }

    /// Whether answers to AsyncLock are to come.
    pub fn owes_locks(&self) -> bool {
        self.requests.iter().any(|sent| {
            !matches!(sent.request, Request::Question(_)) && !matches!(sent.fate, Fate::Answered(_))
        })
    }

    /// Whether a lock may still be granted to a caller who has left.
    fn may_grant_unwanted(&self) -> bool {
        self.requests
            .iter()
            .any(|sent| sent.request == Request::Lock && matches!(sent.fate, Fate::GivenUp))
    }

    /// Whether somebody has to receive although no caller waits.
    pub fn needs_host(&self) -> bool {
        self.watched || self.may_grant_unwanted()
    }

    /// Delivers an answer to the oldest request that it can answer: a server answers requests of
    /// one type in order.
    pub fn deliver(&mut self, answer: Answer) -> Delivery {
        let Some(message) = answer.header.message() else { return Delivery::Unknown };
        let control = answer.header.control;
        let fits = |sent: &Sent| {
            let right = match sent.request {
                Request::Question(expected) => expected == message,
                // The response tells these two apart where it can.
                Request::Lock => {
                    message == MessageType::AsyncLockResponse
                        && control != lock_response::SHARED_RELEASED
                }
                Request::Unlock => {
                    message == MessageType::AsyncLockResponse && control != lock_response::FAILED
                }
            };
            right && !matches!(sent.fate, Fate::Answered(_))
        };
        let Some(at) = self.requests.iter().position(fits) else { return Delivery::Unknown };
        let request = self.requests[at].request;
        if matches!(self.requests[at].fate, Fate::GivenUp) {
            self.requests.remove(at);
            for later in self.requests.iter_mut().filter(|sent| sent.request == request) {
                later.overtaken |= matches!(request, Request::Question(_));
            }
            let granted = request == Request::Lock && control == lock_response::GRANTED;
            return if granted { Delivery::UnwantedLock } else { Delivery::Done };
        }
        self.requests[at].fate = Fate::Answered(Ok(answer));
        // The server answers in order: what it has not answered before a device clear it never
        // will. Locks are not touched by a clear.
        if message == MessageType::AsyncDeviceClearAcknowledge {
            self.requests.retain(|sent| {
                !matches!((sent.request, &sent.fate), (Request::Question(_), Fate::GivenUp))
            });
        }
        Delivery::Done
    }

    /// Delivers an Error message, which does not say what it answers: the oldest request, for
    /// servers answer in order.
    pub fn deliver_error(&mut self) {
        let unanswered = |sent: &Sent| !matches!(sent.fate, Fate::Answered(_));
        if let Some(at) = self.requests.iter().position(unanswered) {
            if matches!(self.requests[at].fate, Fate::GivenUp) {
                self.requests.remove(at);
            } else {
                let error = Error::new(VI_ERROR_IO, "device answered with an Error message");
                self.requests[at].fate = Fate::Answered(Err(error));
            }
        }
    }

    /// Adds a thread to those who are woken whenever something has changed.
    pub fn enqueue(&mut self, blocked: &Blocked) {
        self.waiting.push(blocked.waker().clone());
    }

    /// Takes it off again.
    pub fn dequeue(&mut self, blocked: &Blocked) {
        if let Some(at) = self.waiting.iter().position(|waker| waker == blocked.waker()) {
            self.waiting.swap_remove(at);
        }
    }

    /// Something has changed.
    pub fn wake_all(&self) {
        self.waiting.iter().for_each(Waker::wake);
    }
}
