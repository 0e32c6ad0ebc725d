#![forbid(unsafe_code)]
//! A link to a device: the operations of the session, carried out over the core channel.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;

use crate::attr::Value;
use crate::consts::ViAttr;
use crate::iface::tcp;
use crate::iface::vxi11::abort::Abort;
use crate::iface::vxi11::channel::{Channel, Reply};
use crate::iface::vxi11::docmd::Behind;
use crate::iface::vxi11::interrupts::Registration;
use crate::iface::vxi11::lock::Lock;
use crate::iface::vxi11::read;
use crate::iface::vxi11::read::Kept;
use crate::iface::vxi11::srq::InterruptChannel;
use crate::iface::vxi11::write;
use crate::iface::{Call, DeviceLock, Link, RenMode, Sink, Stop, Transfer};
use crate::os::Cancel;
use crate::os::Deadline;
use crate::os::Gate;
use crate::os::Wait;
use crate::os::net::{Cut, Stream};
use crate::status::{Result, VI_ERROR_ABORT, VI_ERROR_INV_MODE, fail};
use crate::wire::rpc;
use crate::wire::vxi11;
use crate::wire::vxi11::Generic;
use crate::wire::vxi11::LinkId;
use crate::wire::vxi11::NewLink;

/// How long a cancelled call may still take to tell the device. Its caller waits for that, but a
/// shorter time would often leave a device that is some way off, or busy, untold.
const AFTER_CANCEL: Duration = Duration::from_millis(50);

/// How long destroy_link may take.
const FAREWELL: Duration = Duration::from_secs(1);

/// A link.
pub struct Vxi11Link {
    /// The core connection, for its options; the conversation goes on behind the gate.
    pub(super) stream: Arc<Stream>,
    pub(super) peer: SocketAddr,
    pub(super) conversation: Gate<Conversation>,
    /// While the link is watched. Never held during I/O: a sink goes at once, even while the
    /// conversation is busy.
    pub(super) watching: Mutex<Option<Registration>>,
    /// What the device's name says of a gateway.
    pub(super) behind: Option<Behind>,
}

/// What one thread at a time may use.
pub struct Conversation {
    core: Channel,
    abort: Abort,
    /// Whether the device has been told to abort the call whose reply is owed.
    aborted: bool,
    /// The device has the beginning of a message whose end it will never get.
    has_half_message: bool,
    /// What the device sent beyond what was asked for.
    pub kept: Kept,
    /// Whether the device connects to us for service requests.
    pub(super) interrupt_channel: InterruptChannel,
    /// Whether this link has the device's lock.
    pub(super) lock: Lock,
    /// The link, as the device numbers it.
    pub link: LinkId,
    /// Another one, to the gateway's interface, once that has been needed.
    pub(super) interface_link: Option<LinkId>,
    /// The most data that one device_write may carry, in bytes.
    pub max_recv: u32,
}

impl Vxi11Link {
    /// The link that create_link has made for `device` on `core`, a channel over `stream` to `peer`.
    pub fn new(
        stream: Arc<Stream>,
        peer: SocketAddr,
        core: Channel,
        device: &str,
        made: NewLink,
    ) -> Self {
        let abort = made.abort_port.map(|port| SocketAddr::new(peer.ip(), port));
        let conversation = Conversation {
            core,
            abort: Abort::new(abort),
            aborted: false,
            has_half_message: false,
            kept: Kept::default(),
            interrupt_channel: InterruptChannel::default(),
            lock: Lock::default(),
            link: made.link,
            interface_link: None,
            max_recv: made.max_recv,
        };
        Self {
            stream,
            peer,
            conversation: Gate::new(conversation),
            watching: Mutex::default(),
            behind: Behind::of(device),
        }
    }

    /// Carries out one of the calls that have no data.
    fn generic(&self, what: Generic, call: &Call) -> Result<Reply> {
        let mut conversation = self.conversation.pass(&call.wait)?;
        if what == Generic::Clear {
            conversation.kept = Kept::default();
        }
        let request = vxi11::generic(what, conversation.link, call.timeout_ms);
        conversation.call(request, &[], &mut [], &call.round_trip()).map_err(|cut| cut.error)
    }
}

impl Conversation {
    /// `Channel::call`, once the device is done with calls given up earlier.
    ///
    /// # Errors
    /// As `Channel::call`.
    pub fn call(
        &mut self,
        request: rpc::Call,
        tail: &[u8],
        body: &mut [u8],
        wait: &Wait,
    ) -> std::result::Result<Reply, Cut> {
        self.settle(wait).map_err(|error| Cut { count: 0, error })?;
        let result = self.core.call(request, tail, body, wait);
        if matches!(&result, Err(cut) if cut.error.code == VI_ERROR_ABORT) && self.core.is_owed() {
            // At once, so that the device does not go on for a caller who has left.
            // The session's calls are cancelled; this must happen all the same.
            let uncancelled = Cancel::new();
            self.aborted = self.abort.send(self.link, &shortly_after(&uncancelled));
        }
        result
    }

    /// Whether a call was given up and its outcome is not known yet.
    pub(super) fn owes_reply(&self) -> bool {
        self.core.is_owed()
    }

    /// Sees to it that a call given up earlier does not hold up the next.
    fn settle(&mut self, wait: &Wait) -> Result {
        if self.core.is_owed() {
            if self.core.is_cut() {
                // What keeps the device from taking the rest may be what an abort ends.
                if !self.aborted {
                    self.abort.send(self.link, wait);
                }
                self.has_half_message = true;
                self.core.finish_cut_call(wait)?;
                // That abort did not reach this call, which was not there yet.
                self.aborted = false;
            }
            self.core.catch_up(wait)?;
            if self.core.is_owed() && !self.aborted {
                self.abort.send(self.link, wait);
            }
        }
        self.aborted = false;
        if self.has_half_message {
            // Or it would swallow the next message.
            let ms = wait.deadline.remaining().map_or(u32::MAX, |left| left.as_millis() as u32);
            let clear = vxi11::generic(Generic::Clear, self.link, ms);
            self.core.call(clear, &[], &mut [], wait).map_err(|cut| cut.error)?;
            self.has_half_message = false;
        }
        Ok(())
    }
}

impl Link for Vxi11Link {
    fn write(&self, data: &[u8], call: &Call) -> Transfer<()> {
        match self.conversation.pass(&call.wait) {
            Ok(mut conversation) => write::write(&mut conversation, data, call, &call.round_trip()),
            Err(error) => Transfer::failed(0, error),
        }
    }

    fn read(&self, buf: &mut [u8], call: &Call) -> Transfer<Stop> {
        match self.conversation.pass(&call.wait) {
            Ok(mut conversation) => read::read(&mut conversation, buf, call, &call.round_trip()),
            Err(error) => Transfer::failed(0, error),
        }
    }

    /// Only what the device sent beyond what was asked for is on this side of the connection. A
    /// read in progress on another thread takes that.
    fn discard_input(&self, call: &Call) -> Result {
        let now = Wait { deadline: Deadline::Immediate, ..call.wait };
        if let Ok(mut conversation) = self.conversation.pass(&now) {
            conversation.kept = Kept::default();
        }
        Ok(())
    }

    fn clear(&self, call: &Call) -> Result {
        vxi11::done(self.generic(Generic::Clear, call)?.fixed())
    }

    fn read_stb(&self, call: &Call) -> Result<u8> {
        vxi11::status_byte(self.generic(Generic::ReadStb, call)?.fixed())
    }

    fn trigger(&self, call: &Call) -> Result {
        vxi11::done(self.generic(Generic::Trigger, call)?.fixed())
    }

    /// The four modes that address the device (rule 6.5.6). device_remote disables the local
    /// controls, so it is the remote state with lockout; VXI-11 has none without. The REN line and
    /// a lockout of all devices are a bus's, which only a gateway has.
    fn control_ren(&self, mode: RenMode, call: &Call) -> Result {
        let generic = |what| vxi11::done(self.generic(what, call)?.fixed());
        match mode {
            _ if self.behind.is_some() => self.control_ren_line(mode, generic, &call.round_trip()),
            RenMode::AssertAddress | RenMode::AssertAddressLlo => generic(Generic::Remote),
            RenMode::AddressGtl | RenMode::DeassertGtl => generic(Generic::Local),
            RenMode::Deassert | RenMode::Assert | RenMode::AssertLlo => {
                fail(VI_ERROR_INV_MODE, "VXI-11 has no REN line")
            }
        }
    }

    fn watch(&self, sink: Option<Sink>, wait: &Wait) -> Result {
        match sink {
            Some(sink) => {
                self.watch_with(sink.clone(), wait)?;
                self.tell_of_present(&sink, wait);
                Ok(())
            }
            None => self.unwatch(wait),
        }
    }

    /// The device knows exclusive locks only; shared ones are the session's.
    fn lock(&self, lock: DeviceLock, call: &Call) -> Result {
        match lock {
            DeviceLock::Exclusive => self.conversation.pass(&call.wait)?.lock(&call.wait),
            DeviceLock::Shared(_) => Ok(()),
        }
    }

    fn unlock(&self, lock: DeviceLock, call: &Call) -> Result {
        match lock {
            DeviceLock::Exclusive => self.conversation.pass(&call.wait)?.unlock(&call.round_trip()),
            DeviceLock::Shared(_) => Ok(()),
        }
    }

    fn get(&self, attr: ViAttr) -> Result<Value> {
        tcp::get(&self.stream, attr)
    }

    fn set(&self, attr: ViAttr, value: u64, _call: &Call) -> Result {
        tcp::set(&[&self.stream], attr, value)
    }

    /// Always tells the device: one that counts links would refuse later ones (B.6.16).
    fn close(&self, deadline: Deadline) {
        let deadline = deadline.min(Deadline::after(FAREWELL));
        // The session's calls are cancelled; this must happen all the same.
        let uncancelled = Cancel::new();
        let wait = Wait { deadline, ticket: uncancelled.ticket() };
        // Usually done already; a device that fails here loses the link all the same.
        let _ = self.unwatch(&wait);
        if let Ok(mut conversation) = self.conversation.pass(&wait) {
            for link in conversation.interface_link.into_iter().chain([conversation.link]) {
                let request = vxi11::destroy_link(link);
                // A device that fails to answer loses the link with the connection.
                let _ = conversation.call(request, &[], &mut [], &wait);
            }
        }
        // Closes it even while forked children still have the descriptor.
        self.stream.shut_down();
    }
}

/// The time that a call which has ended still takes to tell the device so, come what may.
pub(super) fn shortly_after(uncancelled: &Cancel) -> Wait<'_> {
    Wait { deadline: Deadline::after(AFTER_CANCEL), ticket: uncancelled.ticket() }
}
