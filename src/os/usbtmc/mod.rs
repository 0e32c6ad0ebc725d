//! `/dev/usbtmcN`: the kernel's driver for USBTMC devices as a way to their pipes.
//!
//! Where a user may not open the device itself (`/dev/bus/usb/...`), distributions and labs often
//! permit this node. The driver's own read() and write() speak USBTMC, but nothing ends a read
//! before the driver's timeout, and after one its abort names the wrong transfer. Its ioctls READ
//! and WRITE (Linux 4.20) move the bare bytes of the bulk pipes without ever waiting: with them
//! this library speaks the protocol itself, as it does over any other way.
//!
//! What the driver keeps for itself: the interrupt pipe. It reads the status byte, and tells of
//! service requests; other data of that pipe are lost. And what a cancelled transfer has received
//! in a piece of 4 KiB that is not full yet is lost with it.

mod driver;
mod requests;
mod thread;

use std::io;
use std::os::fd::RawFd;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

pub use driver::{CONTROL_MAX, Pipe};
pub use requests::Requests;

use driver::{Driver, Node as Opened, PIECE};
use thread::{Answer, Order, Shared, Slot, Work};

use crate::os::Cancel;
use crate::os::Deadline;
use crate::os::Gate;
use crate::os::Wait;
use crate::os::fork;
use crate::os::fork::PerProcess;
use crate::os::net::Cut;
use crate::os::poll::await_wake;
use crate::os::sync::Mutex;
use crate::os::usb::ControlRequest;
use crate::os::waker::Waker;
use crate::status::{
    Error, Result, VI_ERROR_ALLOC, VI_ERROR_CONN_LOST, VI_ERROR_IO, VI_ERROR_NPERMISSION,
    VI_ERROR_NSUP_OPER, VI_ERROR_RSRC_BUSY, VI_ERROR_RSRC_NFOUND, VI_ERROR_TMO, VI_ERROR_USER_BUF,
    fail,
};

/// How long a call waits beyond its deadline for the count of what it has moved. A thread that is
/// not in the driver answers in 2 ms.
const COUNTING: Duration = Duration::from_millis(100);

/// How long the end of a node may be waited for.
const GOODBYE: Duration = Duration::from_millis(1000);

/// How long the system takes at most to see that a device has gone whose transfers begin to fail
/// (ms).
const NOTICED: i32 = 200;

/// The longest transfer that is asked for at once.
const LONGEST: usize = 1 << 20;

/// How long the driver may wait for a status byte at once: nobody else gets in meanwhile.
const STATUS_PATIENCE: Duration = Duration::from_secs(5);

/// A node that this process has for itself.
pub struct Node {
    shared: Arc<Shared>,
    /// Passed for one transfer on a bulk pipe.
    bulk: Gate<Spare>,
    /// [`COUNTING`], but in tests.
    counting: Duration,
    opened_in: u32,
    /// Dropped last: until then the node is being given back.
    listed: Option<Listed>,
}

/// What was received beyond what was asked for.
#[derive(Default)]
struct Spare {
    data: Vec<u8>,
    /// How much of it has been read.
    read: usize,
    /// Whether the transfer ends with it.
    ended: bool,
}

/// How much came from the device.
#[derive(Clone, Copy, Debug)]
pub struct Came {
    /// Bytes.
    pub count: usize,
    /// Whether a short packet ended the transfer with them; or why no more came.
    pub outcome: Result<bool>,
}

impl Node {
    /// Opens the node at `path`.
    ///
    /// # Errors
    /// VI_ERROR_NPERMISSION, VI_ERROR_RSRC_NFOUND, VI_ERROR_RSRC_BUSY when another process of this
    /// library has it, VI_ERROR_NSUP_OPER with a driver older than Linux 4.20, VI_ERROR_TMO,
    /// VI_ERROR_ABORT, VI_ERROR_ALLOC.
    pub fn open(path: &Path, wait: &Wait) -> Result<Self> {
        let listed = Listed::enter(path, wait)?;
        let path = path.to_owned();
        let mut node = Self::start(wait, COUNTING, move || {
            let node = Opened::open(&path).map_err(|error| open_error(&error))?;
            node.lock().map_err(|error| open_error(&error))?;
            Ok(node)
        })?;
        node.listed = Some(listed);
        Ok(node)
    }

    /// Starts the thread, which opens the driver first: even that may have to wait.
    fn start<D: Driver>(
        wait: &Wait,
        counting: Duration,
        open: impl FnOnce() -> Result<D> + Send + 'static,
    ) -> Result<Self> {
        let shared = Arc::new(Shared::new()?);
        let ours = shared.clone();
        let started = thread::started(wait, move |opened| {
            let driver = open();
            opened(driver.as_ref().map(|_| ()).map_err(|error| *error));
            if let Ok(driver) = driver {
                thread::serve(&driver, &ours);
            }
        });
        if let Err(error) = started {
            // It may yet open, too late.
            stop_later(&shared);
            return Err(error);
        }
        let bulk = Gate::new(Spare::default());
        Ok(Self { shared, bulk, counting, opened_in: fork::generation(), listed: None })
    }

    /// Sends `data` as one transfer; it is padded with zeros to a multiple of four bytes.
    ///
    /// # Errors
    /// VI_ERROR_TMO, VI_ERROR_ABORT, VI_ERROR_CONN_LOST; VI_ERROR_IO, with [`is_stall`] when the
    /// device halts the pipe. [`Cut::count`] tells how much the device has taken.
    pub fn bulk_out(&self, data: Vec<u8>, wait: &Wait) -> std::result::Result<(), Cut> {
        let none = |error| Cut { count: 0, error };
        let _bulk = self.bulk.pass(wait).map_err(none)?;
        let answer = self.ask(Work::Send(data), wait).map_err(none)?;
        answer.outcome.map(|_| ()).map_err(|error| Cut { count: answer.count, error })
    }

    /// Receives on in a transfer, or a new one: until it ends or `buf` is full. Its end is told with
    /// its last byte, though the device may have sent it in a packet of its own.
    pub fn bulk_in(&self, buf: &mut [u8], wait: &Wait) -> Came {
        let mut spare = match self.bulk.pass(wait) {
            Ok(spare) => spare,
            Err(error) => return Came { count: 0, outcome: Err(error) },
        };
        let mut count = spare.take(buf);
        while !spare.ended && count < buf.len() {
            let most = (buf.len() - count).next_multiple_of(PIECE).min(LONGEST);
            let Answer { data, outcome, .. } = match self.ask(Work::Receive(most), wait) {
                Ok(answer) => answer,
                Err(error) => return Came { count, outcome: Err(error) },
            };
            *spare = Spare { data, read: 0, ended: outcome == Ok(true) };
            count += spare.take(&mut buf[count..]);
            if outcome.is_err() {
                return Came { count, outcome };
            }
        }
        // A transfer that has been read to its end is forgotten.
        let ended = spare.ended && spare.rest().is_empty();
        if ended {
            *spare = Spare::default();
        }
        Came { count, outcome: Ok(ended) }
    }

    /// A request to the device on its control pipe, with at most [`CONTROL_MAX`] bytes.
    ///
    /// # Errors
    /// VI_ERROR_TMO, VI_ERROR_ABORT, VI_ERROR_CONN_LOST; VI_ERROR_IO, with [`is_stall`] when the
    /// device refuses it.
    pub fn control_out(&self, setup: ControlRequest, data: Vec<u8>, wait: &Wait) -> Result {
        self.ask(Work::Control(setup, data), wait)?.outcome.map(|_| ())
    }

    /// A request for data from the device on its control pipe: how many bytes came.
    ///
    /// # Errors
    /// As [`Node::control_out`].
    pub fn control_in(&self, setup: ControlRequest, buf: &mut [u8], wait: &Wait) -> Result<usize> {
        let room = vec![0; buf.len()];
        let answer = self.ask(Work::Control(setup, room), wait)?;
        answer.outcome?;
        let count = answer.data.len().min(buf.len());
        buf[..count].copy_from_slice(&answer.data[..count]);
        Ok(count)
    }

    /// Clears the halt of a bulk pipe. What was received and not yet read is dropped with it.
    ///
    /// # Errors
    /// As [`Node::control_out`].
    pub fn clear_halt(&self, pipe: Pipe, wait: &Wait) -> Result {
        let mut spare = self.bulk.pass(wait)?;
        self.ask(Work::ClearHalt(pipe), wait)?.outcome?;
        if pipe == Pipe::In {
            *spare = Spare::default();
        }
        Ok(())
    }

    /// The status byte, by READ_STATUS_BYTE and the interrupt pipe where there is one.
    ///
    /// # Errors
    /// As [`Node::control_out`].
    pub fn status_byte(&self, wait: &Wait) -> Result<u8> {
        let patience = wait.deadline.remaining().unwrap_or(STATUS_PATIENCE).min(STATUS_PATIENCE);
        let answer = self.ask(Work::StatusByte(patience.as_millis() as u32), wait)?;
        answer.outcome?;
        answer.data.first().copied().ok_or(Error::new(VI_ERROR_IO, "no status byte"))
    }

    /// Waits for the answer until the call ends. Then a transfer is cancelled, and the answer is
    /// what it had moved by then.
    fn ask(&self, work: Work, wait: &Wait) -> Result<Answer> {
        let blocked = wait.ticket.block()?;
        let slot = Arc::new(Slot::new(blocked.waker().clone()));
        self.shared.leave(Order { work, slot: slot.clone() });
        let error = loop {
            if let Some(answer) = slot.take() {
                return Ok(answer);
            }
            if let Err(error) = await_wake(&blocked, wait) {
                break error;
            }
        };
        if self.shared.take_back(&slot) {
            return Err(error);
        }
        let cancel = Cancel::new();
        let counting = Wait { deadline: Deadline::after(self.counting), ticket: cancel.ticket() };
        loop {
            match slot.take() {
                Some(answer) if answer.outcome.is_ok() => return Ok(answer),
                Some(answer) => return Ok(Answer { outcome: Err(error), ..answer }),
                // Nobody knows how far it came. Something has been moved, for all that matters.
                None if await_wake(&blocked, &counting).is_err() => {
                    return Ok(Answer { count: 1, data: Vec::new(), outcome: Err(error) });
                }
                None => {}
            }
        }
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // A forked child has no such thread, and nothing to give back.
        if self.opened_in != fork::generation() {
            return;
        }
        let cancel = Cancel::new();
        let wait = Wait { deadline: Deadline::after(GOODBYE), ticket: cancel.ticket() };
        if self.ask(Work::Stop, &wait).is_err() {
            stop_later(&self.shared);
        }
    }
}

/// Tells the thread to end when it comes to it.
fn stop_later(shared: &Shared) {
    // Without descriptors nobody can be told; the thread then stays as long as the process.
    if let Ok(waker) = Waker::new() {
        shared.leave(Order { work: Work::Stop, slot: Arc::new(Slot::new(waker)) });
    }
}

/// The nodes that this process has open or is just giving back.
static NODES: PerProcess<Mutex<Nodes>> = PerProcess::new();

#[derive(Default)]
struct Nodes {
    taken: Vec<u64>,
    /// Woken when one is given back.
    waiting: Vec<Waker>,
}

/// A node's place among them, until dropped: the number of its inode, for a device that is plugged
/// in again gets the same name.
struct Listed(u64);

impl Listed {
    /// Waits while another thread gives the node back: sessions share a node, so nobody opens one
    /// that is in use.
    fn enter(path: &Path, wait: &Wait) -> Result<Self> {
        let number = path.metadata().map_err(|error| open_error(&error))?.ino();
        let nodes = NODES.get(|| Ok::<_, Error>(Mutex::default()))?;
        let blocked = wait.ticket.block()?;
        let waker = blocked.waker();
        loop {
            {
                let mut nodes = nodes.lock();
                if !nodes.taken.contains(&number) {
                    nodes.taken.push(number);
                    return Ok(Self(number));
                }
                nodes.waiting.push(waker.clone());
            }
            let waited = await_wake(&blocked, wait);
            nodes.lock().waiting.retain(|waiting| waiting != waker);
            match waited {
                Err(error) if error.code == VI_ERROR_TMO => {
                    return fail(VI_ERROR_RSRC_BUSY, "the node is not given back yet");
                }
                waited => waited?,
            }
        }
    }
}

impl Drop for Listed {
    fn drop(&mut self) {
        // In a forked child, the list is another and has no such entry.
        if let Some(nodes) = NODES.made() {
            let mut nodes = nodes.lock();
            nodes.taken.retain(|node| *node != self.0);
            nodes.waiting.iter().for_each(Waker::wake);
        }
    }
}

impl Spare {
    fn rest(&self) -> &[u8] {
        &self.data[self.read..]
    }

    fn take(&mut self, buf: &mut [u8]) -> usize {
        let count = self.rest().len().min(buf.len());
        buf[..count].copy_from_slice(&self.data[self.read..self.read + count]);
        self.read += count;
        count
    }
}

/// The VISA error of a call to the driver that failed. Transfers fail in several ways before the
/// system has noticed that the device is not there any more: that is waited for.
fn failure(fd: RawFd, error: &io::Error, at: &'static str) -> Error {
    let errno = error.raw_os_error().unwrap_or(0);
    let code = match errno {
        libc::ENODEV | libc::ESHUTDOWN | libc::ENXIO => VI_ERROR_CONN_LOST,
        libc::EPROTO | libc::EILSEQ | libc::ETIME | libc::ENOENT if hangs_up(fd) => {
            VI_ERROR_CONN_LOST
        }
        libc::ETIMEDOUT => VI_ERROR_TMO,
        libc::EFAULT => VI_ERROR_USER_BUF,
        libc::ENOMEM => VI_ERROR_ALLOC,
        libc::EBADRQC => VI_ERROR_NSUP_OPER,
        _ => VI_ERROR_IO,
    };
    Error::with_os(code, at, errno)
}

/// Whether it failed because the device refused it: a pipe (other than the control pipe) is halted.
pub fn is_stall(error: &Error) -> bool {
    (error.code, error.os) == (VI_ERROR_IO, Some(libc::EPIPE))
}

/// Whether the device has gone, or goes within a moment. Where an earlier failure is not cleaned
/// up, only the former.
fn hangs_up(fd: RawFd) -> bool {
    let mut poll = libc::pollfd { fd, events: 0, revents: 0 };
    // SAFETY: one valid pollfd.
    unsafe { libc::poll(&mut poll, 1, NOTICED) };
    poll.revents & libc::POLLHUP != 0
}

/// The VISA error of a node that does not open.
fn open_error(error: &io::Error) -> Error {
    let errno = error.raw_os_error().unwrap_or(0);
    let code = match errno {
        libc::EMFILE | libc::ENFILE | libc::ENOMEM => VI_ERROR_ALLOC,
        libc::EACCES | libc::EPERM => VI_ERROR_NPERMISSION,
        libc::EBUSY | libc::EWOULDBLOCK => VI_ERROR_RSRC_BUSY,
        libc::EBADRQC => VI_ERROR_NSUP_OPER,
        _ => VI_ERROR_RSRC_NFOUND,
    };
    Error::with_os(code, "open node", errno)
}

#[cfg(test)]
mod tests;
