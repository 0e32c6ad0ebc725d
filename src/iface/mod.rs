#![forbid(unsafe_code)]
//! Interfaces: how resources are found, opened and talked to.
//!
//! An interface is one file here and one line in [`REGISTRY`]. It opens [`Link`]s; a link carries
//! bytes and device operations and knows nothing of sessions, handles or VISA attributes beyond
//! its own. What a link cannot do it simply does not implement: the default answers
//! VI_ERROR_NSUP_OPER.

use std::sync::Arc;
use std::time::Duration;

use crate::attr::Value;
use crate::consts::{ViAttr, ViStatus};
use crate::iface::source::Source;
use crate::os::Deadline;
use crate::os::Wait;
use crate::rsrc::Kinds;
use crate::rsrc::ResourceName;
use crate::status::{Error, Result, VI_ERROR_NSUP_ATTR, VI_ERROR_NSUP_OPER, fail};

pub mod asrl;
pub mod bus;
#[cfg(feature = "fake-links")]
pub mod fake;
pub mod gateway;
pub mod gpib;
pub mod hislip;
pub mod host_address;
pub mod lock_answer;
pub mod obstacle;
pub mod prologix;
pub mod socket;
pub mod source;
pub mod tcp;
pub mod udev;
pub mod usb;
pub mod usbraw;
pub mod usbtmc;
pub mod vxi11;

/// Every interface of the library. One line adds one.
pub static REGISTRY: &[&dyn Interface] = &[
    &socket::Socket,
    &vxi11::Vxi11,
    &hislip::Hislip,
    // Where links are fake, those to hardware are too.
    #[cfg(not(feature = "fake-links"))]
    &asrl::Asrl,
    #[cfg(not(feature = "fake-links"))]
    &usbtmc::Usbtmc,
    #[cfg(not(feature = "fake-links"))]
    &usbraw::UsbRaw,
    #[cfg(not(feature = "fake-links"))]
    &gpib::Gpib,
    #[cfg(not(feature = "fake-links"))]
    &prologix::Prologix,
    #[cfg(feature = "fake-links")]
    &fake::Fake,
];

/// A way to reach resources of certain kinds.
pub trait Interface: Sync {
    /// The kinds of resources that [`Interface::open`] opens.
    fn kinds(&self) -> Kinds;

    /// Where its resources are looked for. `None` where nothing on this machine knows them.
    fn source(&self) -> Option<&dyn Source> {
        None
    }

    /// Whether opening a resource leaves what is behind it as it was. A serial port's lines change.
    fn opens_quietly(&self) -> bool {
        true
    }

    /// The name by which locks are held on a resource, where that is known without opening it
    /// ([`Link::identity`]).
    fn identity(&self, _name: &ResourceName) -> Option<String> {
        None
    }

    /// Connects to a resource by the deadline.
    ///
    /// # Errors
    /// VI_ERROR_RSRC_NFOUND when it is not there, VI_ERROR_ABORT when cancelled, and what
    /// what the protocol's handshake answers.
    fn open(&self, name: &ResourceName, wait: &Wait) -> Result<Box<dyn Link>>;
}

/// A snapshot of a session's settings, made once for each operation. Links never look attributes
/// up, never retry and never invent times of their own.
#[derive(Clone, Copy)]
pub struct Call<'a> {
    /// Until when, and what ends it early.
    pub wait: Wait<'a>,
    /// VI_ATTR_TMO_VALUE in ms, for protocols that carry it to the device.
    pub timeout_ms: u32,
    /// The termination character, when VI_ATTR_TERMCHAR_EN is set.
    pub term_char: Option<u8>,
    /// VI_ATTR_TERMCHAR, enabled or not: serial lines have it as END.
    pub end_char: u8,
    /// VI_ATTR_SEND_END_EN: the last byte written carries END.
    pub send_end: bool,
    /// END does not end a read: VI_ATTR_SUPPRESS_END_EN, or there is none.
    pub suppress_end: bool,
}

/// What a call that may not wait at all is given all the same where even what is there already
/// takes a round trip to be had.
const ROUND_TRIP: Duration = Duration::from_millis(100);

impl<'a> Call<'a> {
    /// How long an exchange with the device may take: the call's time, but a round trip when it
    /// is immediate.
    pub fn round_trip(&self) -> Wait<'a> {
        match self.wait.deadline {
            Deadline::Immediate => Wait { deadline: Deadline::after(ROUND_TRIP), ..self.wait },
            _ => self.wait,
        }
    }
}

/// Why a read ended well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The device marked the end of its message, and END is not suppressed (rule 6.1.1).
    End,
    /// The termination character was read and is enabled (rule 6.1.2).
    TermChar,
    /// The count was reached (rule 6.1.3); more may wait.
    Count,
}

/// A read or write: the bytes moved, whatever became of it. A read that times out still counts
/// what it has put into the caller's buffer.
#[derive(Clone, Copy, Debug)]
pub struct Transfer<T> {
    /// Bytes moved.
    pub count: usize,
    /// How it ended.
    pub outcome: Result<T>,
}

impl<T> Transfer<T> {
    /// A transfer that ended well.
    pub fn done(count: usize, how: T) -> Self {
        Self { count, outcome: Ok(how) }
    }

    /// A transfer that failed after `count` bytes.
    pub fn failed(count: usize, error: Error) -> Self {
        Self { count, outcome: Err(error) }
    }
}

/// The seven modes of viGpibControlREN, by the standard's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub enum RenMode {
    /// VI_GPIB_REN_DEASSERT
    Deassert = 0,
    /// VI_GPIB_REN_ASSERT
    Assert = 1,
    /// VI_GPIB_REN_DEASSERT_GTL
    DeassertGtl = 2,
    /// VI_GPIB_REN_ASSERT_ADDRESS
    AssertAddress = 3,
    /// VI_GPIB_REN_ASSERT_LLO
    AssertLlo = 4,
    /// VI_GPIB_REN_ASSERT_ADDRESS_LLO
    AssertAddressLlo = 5,
    /// VI_GPIB_REN_ADDRESS_GTL
    AddressGtl = 6,
}

/// What a device reports by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// It requests service (VI_EVENT_SERVICE_REQ).
    ServiceRequest,
    /// A serial line had a break (VI_EVENT_ASRL_BREAK).
    Break,
    /// The termination character arrived on it (VI_EVENT_ASRL_TERMCHAR).
    TermChar,
    /// Its clear-to-send line changed (VI_EVENT_ASRL_CTS).
    Cts,
    /// Its data-set-ready line changed (VI_EVENT_ASRL_DSR).
    Dsr,
    /// Its carrier-detect line changed (VI_EVENT_ASRL_DCD).
    Dcd,
    /// Its ring indicator changed (VI_EVENT_ASRL_RI).
    Ri,
    /// At least one character arrived on it (VI_EVENT_ASRL_CHAR).
    Char,
    /// It sent data on its interrupt pipe (VI_EVENT_USB_INTR).
    UsbInterrupt,
    /// The board became controller in charge, or is no longer (VI_EVENT_GPIB_CIC).
    ControllerInCharge,
    /// The board was addressed to talk (VI_EVENT_GPIB_TALK).
    Talk,
    /// The board was addressed to listen (VI_EVENT_GPIB_LISTEN).
    Listen,
    /// The board received a device clear (VI_EVENT_CLEAR).
    Clear,
    /// The board was triggered (VI_EVENT_TRIG).
    Trigger,
}

/// What happened, to whoever asked for a [`Signal`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Report {
    /// The event itself is all there is to say.
    Plain,
    /// What came on the interrupt pipe.
    UsbInterrupt(Interrupt),
    /// Whether the board is in charge now.
    ControllerInCharge(bool),
}

/// One transfer of an interrupt pipe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interrupt {
    /// VI_SUCCESS, or why nothing came (VI_ATTR_STATUS).
    pub status: ViStatus,
    /// The data, at most VI_ATTR_USB_MAX_INTR_SIZE bytes.
    pub data: Arc<[u8]>,
}

/// Where reports go. Called on a thread of the interface, so it only stores and notifies: it
/// never touches the link and never runs a user's code.
pub type Sink = Arc<dyn Fn(Report) + Send + Sync>;

/// A lock on the device itself, for protocols that have locks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceLock<'a> {
    /// Nobody else.
    Exclusive,
    /// All who give the same access key.
    Shared(&'a str),
}

/// An open connection to one resource, owned by one session.
///
/// All methods take `&self` and may be called from several threads at once: where the protocol has
/// a way beside the data, a clear or a status byte gets through while another thread is in a read.
/// A link guards each of its channels with a [`Gate`](crate::os::Gate) that it passes by the
/// call's deadline.
pub trait Link: Send + Sync {
    /// The name by which locks are held on the device, where several resource names lead to it.
    fn identity(&self) -> Option<String> {
        None
    }

    /// Whether the device was there when that was last found out. Where it was not, viOpen succeeds
    /// with VI_SUCCESS_DEV_NPRESENT: the device may be switched on later.
    fn is_present(&self) -> bool {
        true
    }

    /// Sends `data`; END goes with the last byte when `call.send_end`. Never touches the bytes
    /// itself, so that a bad pointer from C becomes the system's EFAULT and VI_ERROR_USER_BUF.
    fn write(&self, data: &[u8], call: &Call) -> Transfer<()>;

    /// Whether a message that is read can have an END at all, as the link is set now.
    fn marks_end(&self) -> bool {
        true
    }

    /// Whether that END is a character, which binary data may have as well.
    fn ends_by_character(&self) -> bool {
        false
    }

    /// Reads into `buf` until END, the termination character or the count. `buf` is not empty.
    /// What arrived beyond stays for the next read.
    fn read(&self, buf: &mut [u8], call: &Call) -> Transfer<Stop>;

    /// Reads on in a message of which the caller has bytes already. Differs from [`Link::read`]
    /// only where a pause is the end of a message: here it may come before the first byte.
    fn read_on(&self, buf: &mut [u8], call: &Call) -> Transfer<Stop> {
        self.read(buf, call)
    }

    /// Receives what is there, or else what comes next: at least one byte, and no waiting for more.
    /// For readers that find the end of a message in its bytes, where neither END nor a
    /// termination character marks one. `buf` is not empty.
    fn read_some(&self, buf: &mut [u8], call: &Call) -> Transfer<Stop> {
        self.read(&mut buf[..1], call)
    }

    /// Drops the input that is kept on this side of the connection: what was received but not yet
    /// read (VI_IO_IN_BUF). Never waits for more. A link that keeps nothing has nothing to drop.
    ///
    /// # Errors
    /// VI_ERROR_TMO when another thread is in a read, VI_ERROR_CONN_LOST and the like.
    fn discard_input(&self, _call: &Call) -> Result {
        Ok(())
    }

    /// Waits until what was written has left this machine (VI_IO_OUT_BUF). A link whose writes
    /// keep nothing has nothing to wait for.
    ///
    /// # Errors
    /// VI_ERROR_TMO, VI_ERROR_CONN_LOST and the like.
    fn flush_output(&self, _call: &Call) -> Result {
        Ok(())
    }

    /// Drops what was written and has not left this machine (VI_IO_OUT_BUF_DISCARD).
    ///
    /// # Errors
    /// VI_ERROR_CONN_LOST and the like.
    fn discard_output(&self, _call: &Call) -> Result {
        Ok(())
    }

    /// Drops answers that have come and nobody has read, before a question whose own answer could
    /// not be told from them. Never waits for one. A link whose protocol says which answer is which has
    /// nothing to drop.
    ///
    /// # Errors
    /// VI_ERROR_CONN_LOST and the like.
    fn drop_stale_answers(&self, _call: &Call) -> Result {
        Ok(())
    }

    /// Device clear: pending input and output are gone afterwards.
    ///
    /// # Errors
    /// VI_ERROR_TMO, VI_ERROR_CONN_LOST and the like.
    fn clear(&self, call: &Call) -> Result;

    /// The status byte (viReadSTB).
    ///
    /// # Errors
    /// VI_ERROR_NSUP_OPER where the protocol has none.
    fn read_stb(&self, _call: &Call) -> Result<u8> {
        fail(VI_ERROR_NSUP_OPER, "no status byte on this interface")
    }

    /// A software trigger (viAssertTrigger with VI_TRIG_PROT_DEFAULT).
    ///
    /// # Errors
    /// VI_ERROR_NSUP_OPER where the protocol has none.
    fn trigger(&self, _call: &Call) -> Result {
        fail(VI_ERROR_NSUP_OPER, "no trigger on this interface")
    }

    /// Remote and local control (viGpibControlREN).
    ///
    /// # Errors
    /// VI_ERROR_NSUP_OPER where the protocol has none, VI_ERROR_INV_MODE for modes it lacks.
    fn control_ren(&self, _mode: RenMode, _call: &Call) -> Result {
        fail(VI_ERROR_NSUP_OPER, "no remote control on this interface")
    }

    /// The operations of a board that is its bus's controller (GPIB INTFC).
    fn controller(&self) -> Option<&dyn bus::Controller> {
        None
    }

    /// The control pipe (USB).
    fn control_pipe(&self) -> Option<&dyn bus::ControlPipe> {
        None
    }

    /// Starts to report service requests to `sink`, pushed by the device, or stops with `None`:
    /// after that has returned, the old sink is not called any more. A signal between the two is
    /// never lost.
    ///
    /// # Errors
    /// VI_ERROR_NSUP_OPER where the protocol or the device cannot report.
    fn watch(&self, sink: Option<Sink>, _wait: &Wait) -> Result {
        match sink {
            Some(_) => fail(VI_ERROR_NSUP_OPER, "no service requests on this interface"),
            None => Ok(()),
        }
    }

    /// The same for any other signal, each by itself.
    ///
    /// # Errors
    /// VI_ERROR_NSUP_OPER where it cannot be known.
    fn observe(&self, _signal: Signal, sink: Option<Sink>) -> Result {
        match sink {
            Some(_) => fail(VI_ERROR_NSUP_OPER, "nothing reports this event here"),
            None => Ok(()),
        }
    }

    /// Takes a lock on the device, after the session has taken the local one. Interfaces whose
    /// protocol has no such lock leave it to the local one. Never nested: the session counts.
    ///
    /// # Errors
    /// VI_ERROR_RSRC_LOCKED at once when `call.wait` is immediate, VI_ERROR_TMO when another host
    /// kept it until the deadline.
    fn lock(&self, _lock: DeviceLock, _call: &Call) -> Result {
        Ok(())
    }

    /// Gives the lock of [`Link::lock`] back.
    ///
    /// # Errors
    /// VI_ERROR_CONN_LOST and the like; the lock is gone in any case.
    fn unlock(&self, _lock: DeviceLock, _call: &Call) -> Result {
        Ok(())
    }

    /// The present value of an attribute whose home is the link.
    ///
    /// # Errors
    /// VI_ERROR_NSUP_ATTR for those it has not.
    fn get(&self, _attr: ViAttr) -> Result<Value> {
        fail(VI_ERROR_NSUP_ATTR, "attribute is not of this link")
    }

    /// Changes an attribute whose home is the link; the value has passed the table's range.
    ///
    /// # Errors
    /// VI_ERROR_NSUP_ATTR for those it has not, VI_ERROR_NSUP_ATTR_STATE for refused values.
    fn set(&self, _attr: ViAttr, _value: u64, _call: &Call) -> Result {
        fail(VI_ERROR_NSUP_ATTR, "attribute is not of this link")
    }

    /// Says goodbye to the device by the deadline (destroy_link and the like). The descriptors
    /// close with the drop; a forked child only drops.
    fn close(&self, _deadline: Deadline) {}
}
