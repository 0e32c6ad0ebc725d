#![forbid(unsafe_code)]
//! Sending on the synchronous connection.

use std::io::IoSlice;
use std::sync::atomic::Ordering;

use crate::iface::hislip::HislipLink;
use crate::iface::hislip::receive::Discard;
use crate::iface::{Call, Transfer};
use crate::os::Wait;
use crate::os::gate::Passed;
use crate::os::net::Cut;
use crate::status::Result;
use crate::wire::hislip::{HEADER_LEN, Header, MessageType, RMT_DELIVERED};

/// The sending direction of the synchronous connection.
pub(super) struct Outbound {
    /// Bytes of payload that the server takes in one message.
    pub most: usize,
    /// What is missing of a message that was cut off in the middle. Nothing else may be sent
    /// before.
    owed: Option<Owed>,
}

/// The rest of a message.
struct Owed {
    header: [u8; HEADER_LEN],
    header_sent: usize,
    payload_left: usize,
}

/// Zeros to send for a payload that is no longer known.
static FILLER: [u8; 16 << 10] = [0; 16 << 10];

impl Outbound {
    pub fn new() -> Self {
        Self { most: 1024, owed: None }
    }

    /// Takes note of the server's maximum message size. Whether it counts the header is read
    /// differently by servers, so it is taken to.
    pub fn set_maximum(&mut self, message: u64) {
        const HEADER: u64 = HEADER_LEN as u64;
        // A maximum that leaves no room for payload is none: such servers get modest messages.
        let most = if message > HEADER { message - HEADER } else { 1024 };
        self.most = usize::try_from(most).unwrap_or(usize::MAX);
    }

    /// Whether a message was cut off, so that only a device clear gets in step again.
    pub fn is_cut(&self) -> bool {
        self.owed.is_some()
    }
}

impl HislipLink {
    /// viWrite: as many messages as the server's maximum asks for.
    pub(super) fn send_data(&self, data: &[u8], call: &Call) -> Transfer<()> {
        if data.is_empty() && !call.send_end {
            return Transfer::done(0, ());
        }
        let mut out = match self.ready_to_send(&call.wait) {
            Ok(out) => out,
            Err(error) => return Transfer::failed(0, error),
        };
        let mut count = 0_usize;
        loop {
            let piece = &data[count..data.len().min(count.saturating_add(out.most))];
            let last = count + piece.len() == data.len();
            let message =
                if last && call.send_end { MessageType::DataEnd } else { MessageType::Data };
            if let Err(cut) = self.send_numbered(&mut out, message, piece, &call.wait) {
                return Transfer::failed(count + cut.count.saturating_sub(HEADER_LEN), cut.error);
            }
            count += piece.len();
            if last {
                return Transfer::done(count, ());
            }
        }
    }

    /// viAssertTrigger.
    pub(super) fn send_trigger(&self, wait: &Wait) -> Result {
        let mut out = self.ready_to_send(wait)?;
        self.send_numbered(&mut out, MessageType::Trigger, &[], wait).map_err(|cut| cut.error)
    }

    /// The sending direction, when a message may be begun: no clear is under way, none is cut
    /// off, and every Interrupted has had its AsyncInterrupted (IVI-6.1 3.1.2 (4)).
    fn ready_to_send(&self, wait: &Wait) -> Result<Passed<'_, Outbound>> {
        loop {
            self.alive()?;
            if self.state.interrupts.load(Ordering::SeqCst) < 0 {
                self.await_async_interrupted(wait)?;
            }
            let out = self.outbound.pass(wait)?;
            // Looked at with the lock held: a clear sets its flag before it takes this lock.
            if !out.is_cut() && !self.state.clearing.load(Ordering::SeqCst) {
                return Ok(out);
            }
            drop(out);
            self.get_in_step(wait)?;
        }
    }

    /// Sends Data, DataEND or Trigger with the next MessageID. In synchronized mode that makes
    /// all replies to earlier messages void, also those already received: the reader goes by the
    /// id (IVI-6.1 3.1.2 (3)).
    pub(super) fn send_numbered(
        &self,
        out: &mut Outbound,
        message: MessageType,
        payload: &[u8],
        wait: &Wait,
    ) -> std::result::Result<(), Cut> {
        let rmt = self.state.rmt.swap(false, Ordering::SeqCst);
        let id = self.state.next_id();
        // Before the bytes go: the reply may reach a reading thread before we return.
        let before = self.state.asked.swap(id, Ordering::SeqCst);
        let control = if rmt { RMT_DELIVERED } else { 0 };
        let header = Header::new(message, control, id, payload.len() as u64);
        let sent = self.send_message(out, &header, payload, wait);
        match sent {
            Ok(()) => self.state.sent.store(id, Ordering::SeqCst),
            // Nothing has left: the message never was.
            Err(cut) if cut.count == 0 => {
                self.state.asked.store(before, Ordering::SeqCst);
                self.state.rmt.fetch_or(rmt, Ordering::SeqCst);
            }
            Err(_) => {}
        }
        sent
    }

    /// Sends one message in one system call, if the system takes it. `payload` is only handed
    /// on, never touched.
    pub(super) fn send_message(
        &self,
        out: &mut Outbound,
        header: &Header,
        payload: &[u8],
        wait: &Wait,
    ) -> std::result::Result<(), Cut> {
        debug_assert!(!out.is_cut());
        let head = header.encode();
        let sent = self.send_bytes(&mut [IoSlice::new(&head), IoSlice::new(payload)], wait);
        if let Err(cut) = sent
            && cut.count > 0
        {
            let header_sent = cut.count.min(HEADER_LEN);
            let payload_left = payload.len() - (cut.count - header_sent);
            out.owed = Some(Owed { header: head, header_sent, payload_left });
        }
        sent
    }

    /// A server that is sending a long reply may take nothing before that has been received. In
    /// synchronized mode, and in a device clear, the reply is void by now (IVI-6.1 3.1.2 (3)), so
    /// it is received and dropped; in overlap mode it is somebody's, and the caller has to read.
    fn send_bytes(&self, parts: &mut [IoSlice<'_>], wait: &Wait) -> std::result::Result<(), Cut> {
        let keeps = self.state.overlap.load(Ordering::SeqCst);
        if keeps && !self.state.clearing.load(Ordering::SeqCst) {
            return self.sync.send_parts(parts, wait);
        }
        self.sync.send_parts_receiving(parts, wait, &mut Discard::new(self, wait))
    }

    /// Finishes a message that was cut off, with zeros. Only during a device clear, where the
    /// server drops what it receives.
    pub(super) fn finish_cut_message(&self, out: &mut Outbound, wait: &Wait) -> Result {
        while let Some(owed) = &mut out.owed {
            let filler = &FILLER[..owed.payload_left.min(FILLER.len())];
            let head = &owed.header[owed.header_sent..];
            let head_len = head.len();
            let sent = self.send_bytes(&mut [IoSlice::new(head), IoSlice::new(filler)], wait);
            let count = match sent {
                Ok(()) => head_len + filler.len(),
                Err(cut) => cut.count,
            };
            owed.header_sent += count.min(head_len);
            owed.payload_left -= count.saturating_sub(head_len);
            if owed.header_sent == HEADER_LEN && owed.payload_left == 0 {
                out.owed = None;
            }
            sent.map_err(|cut| cut.error)?;
        }
        Ok(())
    }

    /// Tells the server that it sent something we do not know. A courtesy: not worth waiting for
    /// another thread that is sending.
    pub(super) fn complain(&self, about: &Header, wait: &Wait) {
        if let Some(mut out) = self.outbound.try_pass()
            && !out.is_cut()
        {
            // A connection that fails here fails in the call itself as well.
            let _ = self.send_message(&mut out, &complaint(about), &[], wait);
        }
    }
}

/// The Error message that answers an unknown or unexpected one.
pub(super) fn complaint(about: &Header) -> Header {
    use crate::wire::hislip::error;
    let code = if about.is_vendor_defined() {
        error::UNKNOWN_VENDOR_MESSAGE
    } else {
        error::UNKNOWN_MESSAGE
    };
    Header::new(MessageType::Error, code, 0, 0)
}
