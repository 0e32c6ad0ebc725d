#![forbid(unsafe_code)]
//! What the two channels of a session share.

use std::io;
use std::net::Shutdown;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::OnceLock;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::time::Duration;
use std::time::Instant;

use crate::sim::device::Device;
use crate::sim::device::PortId;
use crate::sim::hislip::message::Header;
use crate::sim::hislip::message::RMT_DELIVERED;
use crate::sim::hislip::message::send;
use crate::sim::server::lock;
use crate::sim::status::MESSAGE_AVAILABLE;

/// MessageID after initialization and device clear (IVI-6.1 3.1.2).
pub(super) const FIRST_ID: u32 = 0xFFFF_FF00;

/// What a client accepts that has not said so, in bytes.
const DEFAULT_LIMIT: u64 = 1 << 20;

/// How long a release or a remote/local request waits for the messages before it.
const CATCH_UP: Duration = Duration::from_secs(1);

/// Who has sent and read what.
#[derive(Debug)]
pub(super) struct Exchange {
    /// Overlap mode, else synchronized mode.
    pub(super) overlap: bool,
    /// The largest message the client accepts.
    pub(super) limit: u64,
    /// The newest message from the client that has been carried out.
    pub(super) carried_out: u32,
    /// Synchronized mode: the client's message whose response it has not acknowledged.
    unread: Option<u32>,
    /// Overlap mode: the id of the next message to the client.
    next_id: u32,
}

impl Exchange {
    fn new(overlap: bool) -> Self {
        Self {
            overlap,
            limit: DEFAULT_LIMIT,
            carried_out: FIRST_ID.wrapping_sub(2),
            unread: None,
            next_id: FIRST_ID,
        }
    }

    /// Whether the instrument holds or has sent something that the client, by its status query,
    /// has not read (IVI-6.1 6.14).
    fn available(&mut self, query: Header) -> bool {
        if self.overlap {
            return self.next_id.wrapping_sub(2) != query.parameter;
        }
        if query.control & RMT_DELIVERED != 0 {
            self.unread = None;
        }
        self.unread == Some(query.parameter)
    }
}

/// A session: a client with both its channels.
pub(super) struct Session {
    pub(super) number: u16,
    pub(super) port: PortId,
    pub(super) device: Arc<Device>,
    synchronous: Arc<TcpStream>,
    asynchronous: OnceLock<Arc<TcpStream>>,
    /// Held while sending on the asynchronous channel, which several threads do.
    sending: Mutex<()>,
    pub(super) exchange: Mutex<Exchange>,
    /// A device clear is going on: the synchronous channel discards.
    pub(super) clearing: AtomicBool,
    closed: AtomicBool,
    /// Someone waits for a message to be carried out.
    awaited: AtomicBool,
}

impl Session {
    pub(super) fn new(
        device: &Arc<Device>,
        port: PortId,
        number: u16,
        overlap: bool,
        synchronous: Arc<TcpStream>,
    ) -> Self {
        Self {
            number,
            port,
            device: Arc::clone(device),
            synchronous,
            asynchronous: OnceLock::new(),
            sending: Mutex::new(()),
            exchange: Mutex::new(Exchange::new(overlap)),
            clearing: AtomicBool::new(false),
            closed: AtomicBool::new(false),
            awaited: AtomicBool::new(false),
        }
    }

    /// Takes the asynchronous channel; false if there is one already.
    pub(super) fn attach(&self, stream: &Arc<TcpStream>) -> bool {
        // Closed after it was set, so that either this or close() sees the other.
        self.asynchronous.set(Arc::clone(stream)).is_ok() && !self.closed()
    }

    /// Whether both channels exist.
    pub(super) fn complete(&self) -> bool {
        self.asynchronous.get().is_some()
    }

    /// Sends on the synchronous channel. Only its own thread does.
    pub(super) fn send(&self, header: Header, payload: &[&[u8]]) -> io::Result<()> {
        send(&self.synchronous, header, payload)
    }

    /// Sends on the asynchronous channel, one thread at a time: messages must not mix.
    pub(super) fn send_async(&self, header: Header, payload: &[&[u8]]) -> io::Result<()> {
        let stream = self.asynchronous.get().ok_or(io::ErrorKind::NotConnected)?;
        let _turn = lock(&self.sending);
        send(stream, header, payload)
    }

    /// Ends the session: both channels close, and its locks are freed.
    pub(super) fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        let _ = self.synchronous.shutdown(Shutdown::Both);
        if let Some(stream) = self.asynchronous.get() {
            let _ = stream.shutdown(Shutdown::Both);
        }
        self.device.remove_port(self.port);
    }

    pub(super) fn closed(&self) -> bool {
        self.closed.load(Ordering::SeqCst)
    }

    pub(super) fn clearing(&self) -> bool {
        self.clearing.load(Ordering::SeqCst)
    }

    /// Whether waiting makes no sense any more.
    pub(super) fn disturbed(&self) -> bool {
        self.closed() || self.clearing()
    }

    /// A message has arrived: whether it interrupts a response (IVI-6.1 3.1.1).
    pub(super) fn arrived(&self, header: Header) -> bool {
        let mut exchange = lock(&self.exchange);
        let unread = exchange.unread.take().is_some();
        if unread {
            drop(exchange);
            self.device.set_available(self.port, None);
            exchange = lock(&self.exchange);
        }
        unread && !exchange.overlap && header.control & RMT_DELIVERED == 0
    }

    /// A message has been carried out: status queries and releases may wait for that.
    pub(super) fn carried_out(&self, id: u32) {
        lock(&self.exchange).carried_out = id;
        // Waking is a system call that most messages can do without.
        if self.awaited.load(Ordering::SeqCst) {
            self.device.change(|_| ());
        }
    }

    /// The response to message `id` is about to be sent.
    pub(super) fn responding(&self, id: u32) {
        let mut exchange = lock(&self.exchange);
        if !exchange.overlap {
            exchange.unread = Some(id);
        }
    }

    /// The id of a message to the client that belongs to the client's message `id`.
    pub(super) fn outgoing_id(&self, id: u32) -> u32 {
        let mut exchange = lock(&self.exchange);
        if !exchange.overlap {
            return id;
        }
        let next = exchange.next_id;
        exchange.next_id = next.wrapping_add(2);
        next
    }

    /// The largest message the client accepts, in bytes.
    pub(super) fn limit(&self) -> u64 {
        lock(&self.exchange).limit
    }

    /// Device clear is complete: both sides count anew, in the mode agreed upon.
    pub(super) fn restart(&self, overlap: bool) {
        let mut exchange = lock(&self.exchange);
        *exchange = Exchange { limit: exchange.limit, ..Exchange::new(overlap) };
        drop(exchange);
        self.device.set_available(self.port, None);
        self.clearing.store(false, Ordering::SeqCst);
    }

    /// The status byte, with RQS, for a status query.
    pub(super) fn status(&self, query: Header) -> u8 {
        let available = lock(&self.exchange).available(query);
        if !available {
            self.device.set_available(self.port, None);
        }
        let byte = self.device.serial_poll(self.port) & !MESSAGE_AVAILABLE;
        byte | if available { MESSAGE_AVAILABLE } else { 0 }
    }

    /// Waits until the client's message `id` and all before it are carried out, but not for ever:
    /// the client may have named one that it never sent.
    pub(super) fn catch_up(&self, id: u32) {
        self.awaited.store(true, Ordering::SeqCst);
        self.device.wait(Some(Instant::now() + CATCH_UP), |_| {
            let newest = lock(&self.exchange).carried_out;
            let caught_up = newest.wrapping_sub(id).cast_signed() >= 0;
            (caught_up || self.disturbed()).then_some(())
        });
        self.awaited.store(false, Ordering::SeqCst);
    }
}
