#![forbid(unsafe_code)]
//! The synchronous channel: program messages and responses.

use std::io;
use std::io::BufRead;
use std::sync::Arc;
use std::time::Instant;

use crate::sim::hislip::message::ASYNC_INTERRUPTED;
use crate::sim::hislip::message::DATA;
use crate::sim::hislip::message::DATA_END;
use crate::sim::hislip::message::DEVICE_CLEAR_ACKNOWLEDGE;
use crate::sim::hislip::message::DEVICE_CLEAR_COMPLETE;
use crate::sim::hislip::message::ERROR;
use crate::sim::hislip::message::ERROR_TOO_LARGE;
use crate::sim::hislip::message::FATAL_CHANNELS_MISSING;
use crate::sim::hislip::message::FATAL_ERROR;
use crate::sim::hislip::message::FATAL_POOR_HEADER;
use crate::sim::hislip::message::Header;
use crate::sim::hislip::message::INTERRUPTED;
use crate::sim::hislip::message::TRIGGER;
use crate::sim::hislip::message::payload;
use crate::sim::hislip::message::receive;
use crate::sim::hislip::refuse;
use crate::sim::hislip::session::Session;
use crate::sim::interpreter::Interpreter;
use crate::sim::lexer::Framing;
use crate::sim::response::Response;
use crate::sim::status::QUERY_INTERRUPTED;

/// Bytes of a header, which count towards the client's limit in the cautious reading.
const HEADER: u64 = 16;

/// The most that is sent as one message, in bytes, whatever the client accepts: between
/// messages a device clear can take hold.
const LONGEST: u64 = 4 << 20;

/// Serves the channel until its end.
pub(super) fn serve(
    session: &Arc<Session>,
    reader: &mut impl BufRead,
    max_message: u64,
) -> io::Result<()> {
    let device = Arc::clone(&session.device);
    let interpreter = Interpreter::new(device, session.port, Framing::End);
    let mut channel = Synchronous { session, interpreter };
    loop {
        let Some(header) = receive(reader)? else {
            return session.send(Header::new(FATAL_ERROR, FATAL_POOR_HEADER, 0), &[b"no prologue"]);
        };
        if !session.complete() {
            let why: &[u8] = b"the asynchronous channel does not exist";
            return session.send(Header::new(FATAL_ERROR, FATAL_CHANNELS_MISSING, 0), &[why]);
        }
        channel.take(header, reader, max_message)?;
    }
}

struct Synchronous<'a> {
    session: &'a Arc<Session>,
    interpreter: Interpreter,
}

impl Synchronous<'_> {
    fn take(&mut self, header: Header, reader: &mut impl BufRead, most: u64) -> io::Result<()> {
        match header.kind {
            DATA | DATA_END | TRIGGER if header.length > most => {
                payload(reader, header.length, |_, _| {})?;
                let why: &[u8] = b"message too large";
                self.session.send(Header::new(ERROR, ERROR_TOO_LARGE, 0), &[why])
            }
            DATA | DATA_END => self.data(header, reader),
            TRIGGER => {
                payload(reader, header.length, |_, _| {})?;
                if self.admit(header)? {
                    self.session.device.trigger();
                    self.session.carried_out(header.parameter);
                }
                Ok(())
            }
            DEVICE_CLEAR_COMPLETE => {
                payload(reader, header.length, |_, _| {})?;
                self.interpreter.clear();
                // Both modes are supported: what the client asks for is granted.
                let overlap = header.control & 1;
                self.session.restart(overlap == 1);
                self.session.send(Header::new(DEVICE_CLEAR_ACKNOWLEDGE, overlap, 0), &[])
            }
            // Or two that do not know each other's messages would answer for ever.
            ERROR => payload(reader, header.length, |_, _| {}),
            _ => {
                payload(reader, header.length, |_, _| {})?;
                let (reply, why) = refuse(header.kind);
                self.session.send(reply, &[why])
            }
        }
    }

    /// Waits until no lock of another client is in the way; then deals with an interrupted
    /// response. False when the message is to be thrown away.
    fn admit(&mut self, header: Header) -> io::Result<bool> {
        let session = self.session;
        let admitted = session.device.wait(None, |state| {
            if session.disturbed() {
                return Some(false);
            }
            state.locks.permit(session.port).then_some(true)
        });
        if admitted != Some(true) {
            return Ok(false);
        }
        if session.arrived(header) {
            session.device.raise(QUERY_INTERRUPTED);
            session.send(Header::new(INTERRUPTED, 0, header.parameter), &[])?;
            session.send_async(Header::new(ASYNC_INTERRUPTED, 0, header.parameter), &[])?;
        }
        Ok(true)
    }

    fn data(&mut self, header: Header, reader: &mut impl BufRead) -> io::Result<()> {
        let admitted = self.admit(header)?;
        let end = header.kind == DATA_END;
        let mut sent = Ok(());
        if admitted && header.length == 0 && end {
            sent = self.feed(&[], true, header.parameter);
        }
        payload(reader, header.length, |bytes, last| {
            if admitted && sent.is_ok() && !self.session.disturbed() {
                sent = self.feed(bytes, end && last, header.parameter);
            }
        })?;
        self.session.carried_out(header.parameter);
        sent
    }

    fn feed(&mut self, bytes: &[u8], end: bool, id: u32) -> io::Result<()> {
        let mut rest = bytes;
        loop {
            let (used, response) = self.interpreter.feed(rest, end);
            rest = &rest[used..];
            if let Some(response) = response {
                self.respond(response, id)?;
            }
            if rest.is_empty() {
                return Ok(());
            }
        }
    }

    /// Sends a response, in pieces that the client accepts, unless a device clear comes between.
    fn respond(&mut self, mut response: Response, id: u32) -> io::Result<()> {
        let session = self.session;
        if let Some(ready) = response.ready
            && session
                .device
                .wait(Some(ready), |state| (state.stopping || session.disturbed()).then_some(()))
                .is_some()
        {
            return Ok(());
        }
        session.responding(id);
        session.device.set_available(session.port, Some(Instant::now()));
        while !response.is_empty() && !session.disturbed() {
            let most = session.limit().saturating_sub(HEADER).clamp(1, LONGEST);
            let parts = response.slices(most as usize);
            let count = parts.iter().map(|part| part.len() as u64).sum();
            let kind = if count == response.len() { DATA_END } else { DATA };
            session.send(Header::new(kind, 0, session.outgoing_id(id)), &parts)?;
            response.advance(count);
        }
        Ok(())
    }
}
