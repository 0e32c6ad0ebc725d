#![forbid(unsafe_code)]
//! Receiving messages (USBTMC 3.3).
//!
//! A read asks for as many bytes as it has room for, and the device answers with one transfer: a
//! header, at most so many bytes, and a short packet as its end. More of the message is asked for
//! again. The first packet is received by itself, for its header says how much will follow: so
//! exactly that is received then, in large pieces straight into the caller's memory, and a device
//! that leaves the short packet out ([`END_PATIENCE`]) does not hold anybody up.
//!
//! Devices that are not quite right are understood where it is clear what they mean: short packets
//! in the middle of a transfer, more bytes than were asked for, empty transfers before one, answers
//! to requests that were given up. What makes no sense is VI_ERROR_INP_PROT_VIOL, and the
//! conversation is put in order.

use std::time::Duration;

use crate::iface::usbtmc::conversation::{Conversation, is_ended_early};
use crate::iface::usbtmc::instrument::Instrument;
use crate::iface::usbtmc::quirks::ONE_PACKET;
use crate::iface::{Call, Stop, Transfer};
use crate::os::Deadline;
use crate::os::Wait;
use crate::os::memory;
use crate::os::usb::{End, Moved};
use crate::status::{Error, Result, VI_ERROR_INP_PROT_VIOL, VI_ERROR_IO, VI_ERROR_TMO};
use crate::wire::usbtmc;
use crate::wire::usbtmc::{Beginning, HEADER, Incoming, Message};

/// How long the short packet is waited for that follows a full last one. A device that sends it at
/// all has it ready.
const END_PATIENCE: Duration = Duration::from_millis(100);

/// How long it is looked for again before the next operation, when it has not come in that time: a
/// machine may be that busy, and the device has not done with the transfer before.
const LATE: Duration = Duration::from_millis(5);

/// How long the rest of a transfer is waited for after a short packet that should have been its
/// last.
const REST_PATIENCE: Duration = Duration::from_millis(500);

/// The most that is asked for at once where the read may end before, at a termination character
/// that the device does not look for. What comes behind it is kept.
const LOOKAHEAD: usize = 64 << 10;

/// The most bytes beyond what was asked for that are kept from a device that does not care.
const UNASKED: usize = 64 << 20;

/// From this many bytes on it is worth while to receive straight into the caller's memory.
const DIRECT: usize = 16 << 10;

/// The most packets behind the end of a transfer.
const BEYOND: usize = 1024;

/// One transfer of the device's.
struct Received {
    /// Bytes that stand in the caller's memory.
    count: usize,
    /// It was the last of the message.
    end: bool,
    outcome: Result,
}

impl Received {
    fn failed(count: usize, error: Error) -> Self {
        Self { count, end: false, outcome: Err(error) }
    }
}

impl Instrument {
    /// Receives a message, or a part of one. `some`: what one transfer brings is enough.
    pub fn read(
        &self,
        buf: &mut [u8],
        message: Message,
        call: &Call,
        some: bool,
    ) -> Transfer<Stop> {
        let wait = self.until_cleared(call);
        let passed = self.pipes.alive().and_then(|()| self.conversation.pass(&wait));
        let mut conversation = match passed {
            Ok(conversation) => conversation,
            Err(error) => return Transfer::failed(0, error),
        };
        let read = self.read_message(&mut conversation, buf, message, call, &wait, some);
        self.settle_promptly(&mut conversation);
        read
    }

    fn read_message(
        &self,
        conversation: &mut Conversation,
        buf: &mut [u8],
        message: Message,
        call: &Call,
        wait: &Wait,
        some: bool,
    ) -> Transfer<Stop> {
        if let Err(error) = self.settle(conversation, wait) {
            return Transfer::failed(0, error);
        }
        let mut count = 0;
        loop {
            if !conversation.kept.is_empty() {
                match conversation.kept.take(&mut buf[count..], call) {
                    Ok((taken, Some(stop))) => return Transfer::done(count + taken, stop),
                    Ok((taken, None)) => count += taken,
                    Err(error) => return Transfer::failed(count, error),
                }
                if some && count > 0 {
                    return Transfer::done(count, Stop::Count);
                }
            }
            let received = self.ask_for(conversation, &mut buf[count..], message, call, wait);
            let (begin, end) = (count, count + received.count);
            count = end;
            // Also before an error: it came first.
            match found(conversation, &buf[..end], begin, &received, call) {
                Ok(Some((count, stop))) => return Transfer::done(count, stop),
                Ok(None) => {}
                Err(error) => return Transfer::failed(count, error),
            }
            if let Err(error) = received.outcome {
                return Transfer::failed(count, error);
            }
            if count == buf.len() || some && count > 0 {
                return Transfer::done(count, Stop::Count);
            }
        }
    }

    /// Asks for as much as there is room for, and receives the answer.
    fn ask_for(
        &self,
        conversation: &mut Conversation,
        buf: &mut [u8],
        message: Message,
        call: &Call,
        wait: &Wait,
    ) -> Received {
        let looks = self.capabilities.term_char && message == Message::Request;
        let most = match call.term_char {
            Some(_) if !looks => buf.len().min(LOOKAHEAD),
            _ => buf.len().min(u32::MAX as usize),
        };
        let most = if self.quirks.one_packet { most.min(ONE_PACKET) } else { most };
        let term_char = call.term_char.filter(|_| looks);
        let tag = conversation.next_tag();
        let header = usbtmc::request(message, tag, most as u32, term_char);
        if let Err(error) = conversation.send_header(self, &header, wait) {
            return Received::failed(0, error);
        }
        let received = self.receive(conversation, buf, message, most, wait);
        // Clearing a halt ends the transfer as well (4.1.1).
        if received.outcome.is_err() && !conversation.due.unhalt_in {
            conversation.due.abort_in = Some(tag);
        }
        received
    }

    /// Receives the answer to the request for `most` bytes that was just sent.
    fn receive(
        &self,
        conversation: &mut Conversation,
        buf: &mut [u8],
        message: Message,
        most: usize,
        wait: &Wait,
    ) -> Received {
        let (first, incoming) = match self.receive_first(conversation, message, wait) {
            Ok(begun) => begun,
            Err(error) => return Received::failed(0, error),
        };
        let mut landing = Landing { buf, count: 0 };
        let size = self.size(incoming, &conversation.staging[HEADER..first.count]);
        if size > most.saturating_add(UNASKED) {
            let dropped = self.drop_rest(conversation, first.end, wait);
            return Received::failed(0, dropped.err().unwrap_or(VIOLATION_OF_SIZE));
        }
        let have = (first.count - HEADER).min(size);
        if let Err(error) = landing.put(conversation, HEADER..HEADER + have) {
            return Received::failed(0, error);
        }
        let is_all = message == Message::VendorRequest || self.quirks.one_packet;
        let end = incoming.end || is_all;
        let rest = self.receive_rest(conversation, &mut landing, size - have, first.end, wait);
        Received { count: landing.count, end: end && rest.is_ok(), outcome: rest }
    }

    /// How many bytes of the message a transfer brings that begins with `first`.
    fn size(&self, incoming: Incoming, first: &[u8]) -> usize {
        let told = incoming.size as usize;
        let block = block_len(first).filter(|_| self.quirks.headerless_rest);
        block.map_or(told, |block| block.max(told))
    }

    /// Receives the first packet of the answer into the staging buffer.
    fn receive_first(
        &self,
        conversation: &mut Conversation,
        message: Message,
        wait: &Wait,
    ) -> Result<(Moved, Incoming)> {
        let packet = usize::from(self.layout.input.max_packet);
        loop {
            let moved = self.take(conversation, packet, wait)?;
            if moved.count == 0 {
                // The late end of the transfer before, or a device that has nothing to say yet.
                if std::mem::take(&mut conversation.owes_end) {
                    conversation.leaves_end_out = false;
                }
                continue;
            }
            let first = &conversation.staging[..moved.count];
            match usbtmc::beginning(first, message, conversation.tag) {
                Beginning::Answer(incoming) => return Ok((moved, incoming)),
                Beginning::Stale(_) => self.drop_rest(conversation, moved.end, wait)?,
                Beginning::Wrong(why) => {
                    self.drop_rest(conversation, moved.end, wait)?;
                    return Err(Error::new(VI_ERROR_INP_PROT_VIOL, why));
                }
            }
        }
    }

    /// Receives `missing` more bytes of the transfer, then its end. `ended`: how its last piece
    /// ended.
    fn receive_rest(
        &self,
        conversation: &mut Conversation,
        landing: &mut Landing,
        mut missing: usize,
        mut last: End,
        wait: &Wait,
    ) -> Result {
        while missing > 0 {
            let patience = match last {
                // It should have been the end.
                End::Short => wait.deadline.min(Deadline::after(REST_PATIENCE)),
                _ => wait.deadline,
            };
            let within = Wait { deadline: patience, ..*wait };
            let (moved, outcome) = self.receive_piece(conversation, landing, missing, &within)?;
            missing -= moved.count.min(missing);
            match outcome {
                Err(error) if error.code == VI_ERROR_TMO && !wait.deadline.has_passed() => {
                    return Err(Error::new(VI_ERROR_INP_PROT_VIOL, "fewer bytes came than told"));
                }
                outcome => outcome?,
            }
            last = moved.end;
        }
        match last {
            End::Full => self.receive_end(conversation, wait),
            _ => Ok(()),
        }
    }

    /// Receives the next piece of a transfer that goes on: what came of it, and how that went.
    ///
    /// # Errors
    /// VI_ERROR_USER_BUF, VI_ERROR_ALLOC.
    fn receive_piece(
        &self,
        conversation: &mut Conversation,
        landing: &mut Landing,
        missing: usize,
        wait: &Wait,
    ) -> Result<(Moved, Result)> {
        let layout = &self.layout;
        let direct = layout.whole_packets(missing.min(landing.buf.len() - landing.count));
        let mut room = &mut landing.buf[landing.count..landing.count + direct];
        if direct < DIRECT || !memory::is_writable(room)? {
            room = &mut [];
        }
        let straight = room.len();
        let packet = usize::from(layout.input.max_packet);
        let rest = (missing - straight).next_multiple_of(packet);
        let staged = rest.min(layout.whole_packets(conversation.staging.len()));
        let mut parts = [room, &mut conversation.staging[..staged]];
        let moved = self.pipes.read(layout.input.address, &mut parts, wait);
        landing.count += moved.count.min(straight);
        let behind = moved.count.saturating_sub(straight).min(missing - straight);
        landing.put(conversation, 0..behind)?;
        let outcome = conversation.took(&moved);
        Ok((moved, outcome))
    }

    /// Receives the short packet behind a full last one, and drops what is not the message's.
    fn receive_end(&self, conversation: &mut Conversation, wait: &Wait) -> Result {
        (conversation.owes_end, conversation.may_be_late) = (true, true);
        if conversation.leaves_end_out {
            return Ok(());
        }
        let packet = usize::from(self.layout.input.max_packet);
        for _ in 0..BEYOND {
            let patience = wait.deadline.min(Deadline::after(END_PATIENCE));
            let within = Wait { deadline: patience, ..*wait };
            match self.take(conversation, packet, &within) {
                Ok(Moved { end: End::Full, .. }) => {}
                Ok(_) => {
                    (conversation.owes_end, conversation.may_be_late) = (false, false);
                    return Ok(());
                }
                Err(error) if is_ended_early(error) => {
                    // The message is complete, so this read has not failed.
                    conversation.leaves_end_out =
                        error.code == VI_ERROR_TMO && !wait.deadline.has_passed();
                    return Ok(());
                }
                Err(error) => return Err(error),
            }
        }
        Err(Error::new(VI_ERROR_INP_PROT_VIOL, "the transfer does not end where it should"))
    }

    /// Takes the short packet that has not come in time, if it is there now.
    ///
    /// # Errors
    /// VI_ERROR_ABORT, VI_ERROR_IO, VI_ERROR_CONN_LOST.
    pub fn take_late_end(&self, conversation: &mut Conversation, wait: &Wait) -> Result {
        if !std::mem::take(&mut conversation.may_be_late) {
            return Ok(());
        }
        let packet = usize::from(self.layout.input.max_packet);
        let patience = wait.deadline.min(Deadline::after(LATE));
        match self.take(conversation, packet, &Wait { deadline: patience, ..*wait }) {
            Ok(moved) => {
                conversation.owes_end = false;
                conversation.leaves_end_out = false;
                self.drop_rest(conversation, moved.end, wait)
            }
            Err(error) if error.code == VI_ERROR_TMO => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Drops the rest of a transfer that nobody wants.
    fn drop_rest(&self, conversation: &mut Conversation, last: End, wait: &Wait) -> Result {
        match last {
            End::Full => self.drain(conversation, wait),
            _ => Ok(()),
        }
    }

    /// Receives up to `room` bytes into the staging buffer.
    fn take(&self, conversation: &mut Conversation, room: usize, wait: &Wait) -> Result<Moved> {
        let place = &mut conversation.staging[..room];
        let moved = self.pipes.read(self.layout.input.address, &mut [place], wait);
        conversation.took(&moved)?;
        Ok(moved)
    }
}

/// Whether a read ends within what was received from `begin` on, and where.
///
/// # Errors
/// VI_ERROR_ALLOC when what lies behind that cannot be kept: then all of it is the caller's.
fn found(
    conversation: &mut Conversation,
    filled: &[u8],
    begin: usize,
    received: &Received,
    call: &Call,
) -> Result<Option<(usize, Stop)>> {
    let kept = &mut conversation.kept;
    let count = filled.len();
    let is_all = kept.is_empty();
    if received.end && !is_all {
        kept.end_here();
    }
    let is_end = received.end && is_all && !call.suppress_end;
    let char = call.term_char.and_then(|char| memchr::memchr(char, &filled[begin..]));
    Ok(match char.map(|at| begin + at + 1) {
        Some(place) if place < count => {
            // What lies behind it is for the next read.
            kept.push_front(&filled[place..])?;
            if received.end {
                kept.end_here();
            }
            Some((place, Stop::TermChar))
        }
        Some(_) if !is_end => Some((count, Stop::TermChar)),
        _ => is_end.then_some((count, Stop::End)),
    })
}

/// The length of the block that begins here with all of its head (IEEE 488.2, 8.7.9).
fn block_len(bytes: &[u8]) -> Option<usize> {
    let (&[b'#', digits @ b'1'..=b'9'], rest) = bytes.split_first_chunk()? else { return None };
    let digits = usize::from(digits - b'0');
    let len: usize = str::from_utf8(rest.get(..digits)?).ok()?.parse().ok()?;
    Some(2 + digits + len)
}

const VIOLATION_OF_SIZE: Error =
    Error::new(VI_ERROR_INP_PROT_VIOL, "the device tells of far more than was asked for");

impl Conversation {
    /// What became of a read of the bulk-IN pipe.
    fn took(&mut self, moved: &Moved) -> Result {
        match moved.end {
            End::Full | End::Short => Ok(()),
            End::Stalled => {
                self.due.unhalt_in = true;
                Err(Error::new(VI_ERROR_IO, "the device has nothing to say, or cannot say it"))
            }
            End::Failed(error) => Err(error),
        }
    }
}

/// Where the bytes of a message go: to the caller as far as there is room, and else they are kept.
struct Landing<'b> {
    buf: &'b mut [u8],
    count: usize,
}

impl Landing<'_> {
    /// Takes bytes out of the staging buffer.
    ///
    /// # Errors
    /// VI_ERROR_USER_BUF, VI_ERROR_ALLOC.
    fn put(&mut self, conversation: &mut Conversation, range: std::ops::Range<usize>) -> Result {
        let bytes = &conversation.staging[range];
        let room = bytes.len().min(self.buf.len() - self.count);
        memory::store(&mut self.buf[self.count..], &bytes[..room])?;
        self.count += room;
        conversation.kept.push(&bytes[room..])
    }
}
