#![forbid(unsafe_code)]
//! TCPIP INSTR over HiSLIP 1.0 and 1.1 (IVI-6.1), synchronized and overlap mode.
//!
//! Two connections: the synchronous one carries messages and replies, the asynchronous one status
//! byte, device clear and what the device says unasked. Five gates, each passed by the deadline of
//! the call, until it is cancelled, and never in another order than this:
//!
//! ```text
//! clearing_alone    one device clear at a time          clear.rs
//! locking           one device lock at a time           lock.rs
//! asking            one asynchronous question at a time asynchronous.rs
//! outbound          sending on the synchronous one      send.rs
//! inbound           receiving on the synchronous one    receive.rs
//! ```
//!
//! What arrives on the asynchronous connection is sorted in `mailbox`, by whoever receives: a
//! caller who waits, or the thread in `host` while the session is watched.
//!
//! So a write, a status byte and a clear get through while another thread is in a read. What the
//! two directions tell each other is in `State`, without a lock.
//!
//! Choices where the standard leaves room:
//! - A device clear ends a read that another thread is in with VI_ERROR_ABORT: the reply it waits
//!   for has just been thrown away.
//! - A message cut in the middle by its deadline or by viTerminate leaves the device waiting for
//!   the rest. The next device clear finishes it with zeros, which the device drops; a write or
//!   trigger that comes first does such a clear by itself.
//! - A server that is sending an unread reply may take nothing more before it is received. Where
//!   that reply is void, a blocked write or clear receives and drops it; in overlap mode a write
//!   waits for somebody to read.
//! - A device clear cut short is done again by the next read, write or trigger.
//! - In overlap mode nothing but device clear throws replies away: after a timeout the late reply
//!   is the next one read (IVI-6.1 3.2).
//! - Encryption (2.0) is not supported: servers that insist, and names with a credential, are
//!   refused with VI_ERROR_NSUP_OPER.

mod asynchronous;
mod attributes;
mod clear;
mod host;
mod lock;
mod mailbox;
mod open;
mod receive;
mod send;
mod stash;
mod state;
#[cfg(test)]
pub(crate) mod tests;

use std::io::IoSliceMut;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::attr::Value;
use crate::consts::ViAttr;
use crate::iface::{Call, DeviceLock, Interface, Link, RenMode, Sink, Stop, Transfer};
use crate::os::Deadline;
use crate::os::Gate;
use crate::os::Wait;
use crate::os::fork;
use crate::os::net::Stream;
use crate::rsrc::Kinds;
use crate::rsrc::ResourceName;
use crate::rsrc::name::Address;
use crate::status::{
    Error, Result, VI_ERROR_CONN_LOST, VI_ERROR_NSUP_OPER, VI_ERROR_RSRC_NFOUND, VI_ERROR_TMO, fail,
};
use crate::wire::hislip::{Header, MessageType, RMT_DELIVERED, Version, fatal};

use mailbox::Mailbox;
use receive::Inbound;
use send::Outbound;
use state::State;

/// The interface.
pub struct Hislip;

impl Interface for Hislip {
    fn kinds(&self) -> Kinds {
        Kinds::TCPIP_HISLIP
    }

    fn open(&self, name: &ResourceName, wait: &Wait) -> Result<Box<dyn Link>> {
        let Address::Hislip { credential, host, device, port, .. } = &name.address else {
            return fail(VI_ERROR_RSRC_NFOUND, "not a HiSLIP name");
        };
        if credential.is_some() {
            return fail(VI_ERROR_NSUP_OPER, "HiSLIP with credentials needs encryption");
        }
        self::open(host, *port, device, wait)
    }
}

/// The device with a sub-address that no resource name can say.
///
/// # Errors
/// As [`Hislip`]'s open.
pub fn open(host: &str, port: u16, sub_address: &str, wait: &Wait) -> Result<Box<dyn Link>> {
    Ok(Box::new(Arc::new(HislipLink::open(host, port, sub_address, wait)?)))
}

/// An open HiSLIP session.
struct HislipLink {
    sync: Stream,
    asynchronous: Stream,
    outbound: Gate<Outbound>,
    inbound: Gate<Inbound>,
    mailbox: Mailbox,
    clearing_alone: Gate<()>,
    state: State,
    version: Version,
    /// VI_ATTR_TCPIP_HISLIP_MAX_MESSAGE_KB: what we told the server, in KiB.
    max_message_kb: AtomicU32,
    /// The process, counted in forks, that opened the session. Its children only drop it.
    opened_in: u32,
}

impl HislipLink {
    /// VI_ERROR_CONN_LOST once the connection is known to be gone.
    fn alive(&self) -> Result {
        if self.state.dead.load(Ordering::Acquire) {
            return fail(VI_ERROR_CONN_LOST, "HiSLIP session is lost");
        }
        Ok(())
    }

    /// Ends the session: both connections, for good. A thread blocked in either wakes up.
    fn die(&self, at: &'static str) -> Error {
        self.state.dead.store(true, Ordering::Release);
        self.sync.shut_down();
        self.asynchronous.shut_down();
        self.mailbox.desk.lock().wake_all();
        Error::new(VI_ERROR_CONN_LOST, at)
    }

    /// One lost connection takes the other with it.
    fn noted(&self, error: Error) -> Error {
        if error.code == VI_ERROR_CONN_LOST {
            self.die(error.at);
        }
        error
    }

    /// `stream` carries no HiSLIP headers any more: tells the server and ends the session
    /// (IVI-6.1 2.3).
    fn out_of_step(&self, stream: &Stream, wait: &Wait) -> Error {
        let header = Header::new(MessageType::FatalError, fatal::POORLY_FORMED_HEADER, 0, 0);
        // A courtesy: the session is over whether or not it can be sent.
        let _ = stream.send_parts(
            &mut [std::io::IoSlice::new(&header.encode())],
            &Wait { deadline: Deadline::Immediate, ..*wait },
        );
        self.die("server lost the message boundaries")
    }
}

impl Link for Arc<HislipLink> {
    fn write(&self, data: &[u8], call: &Call) -> Transfer<()> {
        let mut transfer = self.send_data(data, call);
        transfer.outcome = transfer.outcome.map_err(|error| self.noted(error));
        transfer
    }

    fn read(&self, buf: &mut [u8], call: &Call) -> Transfer<Stop> {
        let mut transfer = self.receive_data(buf, call);
        transfer.outcome = transfer.outcome.map_err(|error| self.noted(error));
        transfer
    }

    fn discard_input(&self, call: &Call) -> Result {
        self.discard_arrived(&call.wait).map_err(|error| self.noted(error))
    }

    fn clear(&self, call: &Call) -> Result {
        let overlap = self.state.overlap.load(Ordering::Acquire);
        self.device_clear(overlap, &call.round_trip()).map_err(|error| self.noted(error))
    }

    fn read_stb(&self, call: &Call) -> Result<u8> {
        let query = || {
            let (rmt, id) = self.state.for_status_query();
            let control = if rmt { RMT_DELIVERED } else { 0 };
            Header::new(MessageType::AsyncStatusQuery, control, id, 0)
        };
        self.transact(query, &[], MessageType::AsyncStatusResponse, &call.round_trip())
            .map(|answer| answer.header.control)
            .map_err(|error| self.noted(error))
    }

    fn trigger(&self, call: &Call) -> Result {
        self.send_trigger(&call.wait).map_err(|error| self.noted(error))
    }

    fn control_ren(&self, mode: RenMode, call: &Call) -> Result {
        let request = || {
            let id = self.state.last_sent();
            Header::new(MessageType::AsyncRemoteLocalControl, mode as u8, id, 0)
        };
        self.transact(request, &[], MessageType::AsyncRemoteLocalResponse, &call.round_trip())
            .map(drop)
            .map_err(|error| self.noted(error))
    }

    fn get(&self, attr: ViAttr) -> Result<Value> {
        self.get_attribute(attr)
    }

    fn set(&self, attr: ViAttr, value: u64, call: &Call) -> Result {
        self.set_attribute(attr, value, &call.round_trip()).map_err(|error| self.noted(error))
    }

    fn watch(&self, sink: Option<Sink>, _wait: &Wait) -> Result {
        self.set_sink(sink)
    }

    fn lock(&self, lock: DeviceLock, call: &Call) -> Result {
        self.device_lock(lock, &call.wait).map_err(|error| self.noted(error))
    }

    fn unlock(&self, _lock: DeviceLock, call: &Call) -> Result {
        self.device_unlock(&call.wait).map_err(|error| self.noted(error))
    }

    /// HiSLIP has no goodbye: the connections close, even while forked children still have their
    /// descriptors.
    fn close(&self, _deadline: Deadline) {
        // Taking a sink away cannot fail.
        let _ = self.set_sink(None);
        self.sync.shut_down();
        self.asynchronous.shut_down();
    }
}

impl Drop for HislipLink {
    fn drop(&mut self) {
        if self.mailbox.desk.get_mut().hosted && self.opened_in == fork::generation() {
            host::look_again();
        }
    }
}

/// The receives of one call. A server that dribbles keeps each of them short, so the deadline is
/// looked at between them.
struct Pull<'a> {
    stream: &'a Stream,
    wait: &'a Wait<'a>,
    begun: bool,
}

impl<'a> Pull<'a> {
    fn new(stream: &'a Stream, wait: &'a Wait<'a>) -> Self {
        Self { stream, wait, begun: false }
    }

    /// As [`Stream::recv_parts`].
    fn recv_parts(&mut self, parts: &mut [IoSliceMut<'_>]) -> Result<usize> {
        let timed = matches!(self.wait.deadline, Deadline::At(_));
        if self.begun && timed && self.wait.deadline.has_passed() {
            return fail(VI_ERROR_TMO, "deadline passed");
        }
        self.begun = true;
        self.stream.recv_parts(parts, self.wait)
    }

    /// As [`Stream::recv`].
    fn recv(&mut self, buf: &mut [u8]) -> Result<usize> {
        self.recv_parts(&mut [IoSliceMut::new(buf)])
    }
}
