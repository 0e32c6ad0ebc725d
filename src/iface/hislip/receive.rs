#![forbid(unsafe_code)]
//! Receiving on the synchronous connection.
//!
//! A short reply costs one system call: header and payload are scattered into a header and the
//! caller's buffer. Of a long one the rest goes straight into the caller's buffer, with the header
//! of the next message scattered behind. Only what was received beyond the read is copied.

use std::io::IoSliceMut;
use std::sync::atomic::Ordering;

use crate::iface::hislip::stash::{Stash, UNKNOWN};
use crate::iface::hislip::{HislipLink, Pull};
use crate::iface::{Call, Stop, Transfer};
use crate::os::Deadline;
use crate::os::Wait;
use crate::os::cancel::Blocked;
use crate::os::gate::{Passed, Queued};
use crate::os::net::Meanwhile;
use crate::status::{
    Error, Result, VI_ERROR_ABORT, VI_ERROR_CONN_LOST, VI_ERROR_IO, VI_ERROR_TMO, fail,
};
use crate::wire::hislip::{HEADER_LEN, Header, MessageType, OVERLAP};

/// The most that is asked of one receive: a caller's wild count stays away from the end of the
/// address space.
const PIECE: usize = 16 << 20;

/// The receiving direction of the synchronous connection.
pub(super) struct Inbound {
    stash: Stash,
    /// The message whose payload comes next in the stream; without one a header comes next.
    current: Option<Current>,
}

/// A message whose header has been taken.
#[derive(Clone, Copy)]
struct Current {
    /// Bytes of payload still to come.
    left: u64,
    fate: Fate,
}

/// What becomes of a payload.
#[derive(Clone, Copy)]
enum Fate {
    /// It goes to the caller.
    Reply {
        /// DataEND, with its MessageID; else Data.
        end: Option<u32>,
        /// The message that was the last one sent when this began.
        asked: u32,
    },
    /// It is skipped.
    Dropped,
}

/// What a header means.
enum Verdict {
    /// A part of the reply; the last part has the MessageID of DataEND.
    Reply(Option<u32>),
    /// Skip this message.
    Drop,
    /// Skip this message, and what the call has of the response so far is void.
    DropResponse,
    /// Skip this message and end the call.
    Fail(Error),
}

impl Inbound {
    pub fn new() -> Self {
        Self { stash: Stash::new(), current: None }
    }

    /// Skips at least one byte of the current payload, whatever its fate, or ends it.
    fn skip(&mut self, pull: &mut Pull) -> Result {
        let Some(current) = &mut self.current else { return Ok(()) };
        if current.left > 0 && self.stash.is_empty() {
            self.stash.fill(pull)?;
        }
        let count = self.stash.bytes().len().min(clamp(current.left));
        self.stash.consume(count);
        current.left -= count as u64;
        if current.left == 0 {
            self.current = None;
        }
        Ok(())
    }

    /// Payload of a reply with `left` bytes to come into `space`, up to the termination
    /// character. `landed` bytes lie at the start of `space` already, having come with the
    /// header. Returns the number of bytes.
    fn take(
        &mut self,
        left: u64,
        mut landed: usize,
        space: &mut [u8],
        term_char: Option<u8>,
        pull: &mut Pull,
    ) -> Result<usize> {
        let room = space.len().min(clamp(left));
        if landed == 0 && !self.stash.is_empty() {
            let ready = self.stash.bytes();
            let count = up_to(&ready[..room.min(ready.len())], term_char);
            space[..count].copy_from_slice(&ready[..count]);
            self.stash.consume(count);
            return Ok(count);
        }
        let mut next = [0; HEADER_LEN];
        let mut beyond = 0;
        if landed == 0 && room > 0 {
            // What follows a termination character has to fit the stash.
            let room = room.min(if term_char.is_some() { UNKNOWN } else { PIECE });
            let whole = room as u64 == left;
            let got = pull.recv_parts(&mut [
                IoSliceMut::new(&mut space[..room]),
                IoSliceMut::new(&mut next[..if whole { HEADER_LEN } else { 0 }]),
            ])?;
            landed = got.min(room);
            beyond = got - landed;
        }
        let count = up_to(&space[..landed.min(room)], term_char);
        self.stash.push(&space[count..landed]);
        self.stash.push(&next[..beyond]);
        Ok(count)
    }
}

impl HislipLink {
    /// viRead. Leaves everything beyond the read for the next one.
    pub(super) fn receive_data(&self, buf: &mut [u8], call: &Call) -> Transfer<Stop> {
        let mut count = 0;
        let outcome = self
            .ready_to_receive(&call.wait)
            .and_then(|mut inbound| self.deliver(&mut inbound, buf, &mut count, call));
        Transfer { count, outcome }
    }

    /// The receiving direction, when no clear is under way.
    fn ready_to_receive(&self, wait: &Wait) -> Result<Passed<'_, Inbound>> {
        self.alive()?;
        if self.state.clearing.load(Ordering::SeqCst) {
            self.get_in_step(wait)?;
        }
        let clears = self.state.clears.load(Ordering::SeqCst);
        let inbound = self.inbound.pass(wait)?;
        self.alive()?;
        if self.state.clears.load(Ordering::SeqCst) != clears {
            return fail(VI_ERROR_ABORT, "device clear");
        }
        Ok(inbound)
    }

    fn deliver(
        &self,
        inbound: &mut Inbound,
        buf: &mut [u8],
        count: &mut usize,
        call: &Call,
    ) -> Result<Stop> {
        let mut pull = Pull::new(&self.sync, &call.wait);
        // Where the response in the making begins in `buf`.
        let mut start = 0;
        // Payload that came with its header lies at `buf[count..]`.
        let mut landed = 0;
        self.drop_overtaken(inbound);
        loop {
            let Some(current) = inbound.current else {
                let header;
                (header, landed) = self.next_header(inbound, &mut buf[*count..], &mut pull)?;
                let verdict = self.judge(&header, &call.wait);
                inbound.current = Some(self.begin(&header, &verdict));
                if !matches!(verdict, Verdict::Reply(_)) {
                    inbound.stash.push(&buf[*count..][..landed]);
                    landed = 0;
                }
                match verdict {
                    Verdict::Reply(_) | Verdict::Drop => {}
                    Verdict::DropResponse => *count = start,
                    Verdict::Fail(error) => return Err(error),
                }
                continue;
            };
            let Fate::Reply { end, .. } = current.fate else {
                inbound.skip(&mut pull)?;
                continue;
            };
            let space = &mut buf[*count..];
            let taken = inbound.take(current.left, landed, space, call.term_char, &mut pull)?;
            let matched = taken > 0 && call.term_char == Some(space[taken - 1]);
            landed = 0;
            *count += taken;
            let left = current.left - taken as u64;
            inbound.current = (left > 0).then_some(Current { left, ..current });
            if left == 0
                && let Some(id) = end
            {
                self.state.note_delivered(id);
                start = *count;
                // Rule 6.1.1: END wins, even when the count is full; rule 6.1.4: unless suppressed.
                if !call.suppress_end {
                    return Ok(Stop::End);
                }
            }
            if matched {
                return Ok(Stop::TermChar);
            }
            if *count == buf.len() {
                return Ok(Stop::Count);
            }
        }
    }

    /// A part-read reply is void once a new message has been sent; in overlap mode it stays
    /// (IVI-6.1 3.1.2 (3)).
    fn drop_overtaken(&self, inbound: &mut Inbound) {
        if let Some(Current { fate, .. }) = &mut inbound.current
            && let Fate::Reply { asked, .. } = *fate
            && !self.state.answers(asked, false)
        {
            *fate = Fate::Dropped;
        }
    }

    /// The next header, and how many bytes of its payload lie at the start of `space`. Only when
    /// there are none is the stash not empty.
    fn next_header(
        &self,
        inbound: &mut Inbound,
        space: &mut [u8],
        pull: &mut Pull,
    ) -> Result<(Header, usize)> {
        loop {
            let stash = &mut inbound.stash;
            if let Some(head) = stash.bytes().first_chunk() {
                let header = self.decode(head, pull.wait)?;
                stash.consume(HEADER_LEN);
                return Ok((header, 0));
            }
            if !stash.is_empty() || space.is_empty() {
                stash.fill(pull)?;
                continue;
            }
            let mut head = [0; HEADER_LEN];
            let room = space.len().min(UNKNOWN);
            let got = pull.recv_parts(&mut [
                IoSliceMut::new(&mut head),
                IoSliceMut::new(&mut space[..room]),
            ])?;
            if got >= HEADER_LEN {
                return Ok((self.decode(&head, pull.wait)?, got - HEADER_LEN));
            }
            stash.push(&head[..got]);
        }
    }

    fn decode(&self, head: &[u8; HEADER_LEN], wait: &Wait) -> Result<Header> {
        Header::decode(head).ok_or_else(|| self.out_of_step(&self.sync, wait))
    }

    fn judge(&self, header: &Header, wait: &Wait) -> Verdict {
        let (state, id) = (&self.state, header.parameter);
        match header.message() {
            Some(MessageType::Data) if !state.drops_replies() && state.answers(id, true) => {
                Verdict::Reply(None)
            }
            Some(MessageType::Data) => Verdict::Drop,
            Some(MessageType::DataEnd) if !state.drops_replies() && state.answers(id, false) => {
                Verdict::Reply(Some(id))
            }
            Some(MessageType::DataEnd) => Verdict::DropResponse,
            Some(MessageType::Interrupted) => {
                state.note_interrupt(-1);
                Verdict::DropResponse
            }
            Some(MessageType::Error) => {
                Verdict::Fail(Error::new(VI_ERROR_IO, "device answered with an Error message"))
            }
            Some(MessageType::FatalError) => {
                Verdict::Fail(self.die("device answered with a FatalError message"))
            }
            Some(MessageType::DeviceClearAcknowledge) => {
                // One that is not due is late, and its clear was given up long ago.
                if state.acknowledge(header.control & OVERLAP != 0) {
                    Verdict::Fail(Error::new(VI_ERROR_ABORT, "device clear"))
                } else {
                    Verdict::Drop
                }
            }
            _ => {
                self.complain(header, wait);
                Verdict::Drop
            }
        }
    }

    fn begin(&self, header: &Header, verdict: &Verdict) -> Current {
        let fate = match verdict {
            Verdict::Reply(end) => {
                Fate::Reply { end: *end, asked: self.state.asked.load(Ordering::SeqCst) }
            }
            _ => Fate::Dropped,
        };
        Current { left: header.length, fate }
    }

    /// Drops replies, as far as they have arrived, without waiting for more (VI_IO_IN_BUF). For the
    /// server they count as delivered: nothing is to be read any more. A read in progress on
    /// another thread takes what arrives, and leaves nothing to drop.
    pub(super) fn discard_arrived(&self, wait: &Wait) -> Result {
        self.alive()?;
        let at_once = Wait { deadline: Deadline::Immediate, ..*wait };
        let Some(mut inbound) = self.inbound.try_pass() else { return Ok(()) };
        match self.discard_whole(&mut inbound, &mut Pull::new(&self.sync, &at_once)) {
            // Some header has not arrived whole; it stays in the stash.
            Err(error) if error.code == VI_ERROR_TMO => Ok(()),
            outcome => outcome,
        }
    }

    fn discard_whole(&self, inbound: &mut Inbound, pull: &mut Pull) -> Result {
        while !inbound.stash.is_empty() || self.sync.is_readable() {
            match inbound.current {
                Some(Current { left, fate: Fate::Reply { end, .. } }) => {
                    if let Some(id) = end {
                        self.state.note_delivered(id);
                    }
                    inbound.current = Some(Current { left, fate: Fate::Dropped });
                }
                Some(_) => inbound.skip(pull)?,
                None => {
                    let (header, _) = self.next_header(inbound, &mut [], pull)?;
                    let verdict = self.judge(&header, pull.wait);
                    inbound.current = Some(self.begin(&header, &verdict));
                    if let Verdict::Fail(error) = verdict {
                        return Err(error);
                    }
                }
            }
        }
        if let Some(current) = &mut inbound.current {
            current.fate = Fate::Dropped;
        }
        Ok(())
    }

    /// Receives and drops everything until every DeviceClearAcknowledge due has come.
    pub(super) fn discard_until_acknowledged(&self, wait: &Wait) -> Result {
        let mut inbound = self.inbound.pass(wait)?;
        let mut pull = Pull::new(&self.sync, wait);
        // A thread that was in a read may have met it, and finished the clear, before we got here.
        while self.state.clearing.load(Ordering::SeqCst) {
            self.discard_some(&mut inbound, &mut pull)?;
        }
        Ok(())
    }

    /// Receives and drops the next header, or some of the payload behind it.
    fn discard_some(&self, inbound: &mut Inbound, pull: &mut Pull) -> Result {
        if inbound.current.is_some() {
            return inbound.skip(pull);
        }
        let (header, _) = self.next_header(inbound, &mut [], pull)?;
        let verdict = self.judge(&header, pull.wait);
        inbound.current = Some(Current { left: header.length, fate: Fate::Dropped });
        match verdict {
            Verdict::Fail(error) if error.code == VI_ERROR_CONN_LOST => Err(error),
            _ => Ok(()),
        }
    }
}

/// Drops what the server sends while it takes nothing from us. A thread that is in a read does
/// that as well; then it is left to it until it leaves.
pub(super) struct Discard<'a> {
    link: &'a HislipLink,
    wait: Wait<'a>,
    place: Option<Queued<'a, Inbound>>,
    inbound: Option<Passed<'a, Inbound>>,
}

impl<'a> Discard<'a> {
    pub fn new(link: &'a HislipLink, wait: &Wait<'a>) -> Self {
        let wait = Wait { deadline: Deadline::Immediate, ..*wait };
        Self { link, wait, place: None, inbound: None }
    }
}

impl Meanwhile for Discard<'_> {
    fn is_ready(&mut self, blocked: &Blocked) -> bool {
        if self.inbound.is_none() {
            let place = self.place.get_or_insert_with(|| self.link.inbound.queue(blocked));
            self.inbound = place.try_pass();
        }
        self.inbound.is_some()
    }

    fn receive(&mut self) -> Result {
        let Some(inbound) = &mut self.inbound else { return Ok(()) };
        match self.link.discard_some(inbound, &mut Pull::new(&self.link.sync, &self.wait)) {
            Err(error) if error.code == VI_ERROR_TMO => Ok(()),
            outcome => outcome,
        }
    }
}

/// How much of `bytes` a read takes: up to and with the termination character.
fn up_to(bytes: &[u8], term_char: Option<u8>) -> usize {
    term_char
        .and_then(|wanted| bytes.iter().position(|byte| *byte == wanted))
        .map_or(bytes.len(), |at| at + 1)
}

fn clamp(left: u64) -> usize {
    usize::try_from(left).unwrap_or(usize::MAX)
}
