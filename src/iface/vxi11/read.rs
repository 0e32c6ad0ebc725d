#![forbid(unsafe_code)]
//! viRead: device_read until END, the termination character or the count.

use std::time::Duration;
use std::time::Instant;

use crate::iface::vxi11::link::Conversation;
use crate::iface::{Call, Stop, Transfer};
use crate::os::Wait;
use crate::status::{Error, VI_ERROR_TMO};
use crate::wire::vxi11;

/// The most data that one call asks for: some devices set aside what is asked for, and a wild
/// count from C stays away from the end of the address space.
const MAX_REQUEST: usize = 16 << 20;

/// A device that gives up (error 15) sooner than this after it was asked is not asked again.
const TOO_SOON: Duration = Duration::from_millis(10);

/// The last part of a timeout, as a divisor, in which a device that gives up is believed.
const LAST_PART: u32 = 4;

/// Data received but not yet delivered: what stood behind a termination character that the device
/// did not heed, or what it sent beyond the requested size.
#[derive(Default)]
pub struct Kept {
    bytes: Vec<u8>,
    /// Bytes of it already delivered.
    at: usize,
    /// END stands behind the last byte.
    end: bool,
}

/// Data put into the caller's buffer.
struct Fresh {
    count: usize,
    /// The last byte is the termination character.
    at_term_char: bool,
    /// END stands behind the last byte.
    at_end: bool,
}

/// Reads into `buf` within `wait`.
pub fn read(
    conversation: &mut Conversation,
    buf: &mut [u8],
    call: &Call,
    wait: &Wait,
) -> Transfer<Stop> {
    let mut count = 0;
    loop {
        let asked = Instant::now();
        let room = &mut buf[count..];
        let fresh = if conversation.kept.is_empty() {
            match ask(conversation, room, call, wait) {
                Ok(fresh) => fresh,
                // Some devices cap the timeout that they are given, or take an infinite one for
                // none: the time that counts is ours (rule 3.2.2).
                Err((0, error))
                    if error.code == VI_ERROR_TMO && is_worth_asking(asked, call, wait) =>
                {
                    continue;
                }
                Err((more, error)) => return Transfer::failed(count + more, error),
            }
        } else {
            conversation.kept.deliver(room, call.term_char)
        };
        count += fresh.count;
        // In the order of rules 6.1.1 to 6.1.3. That the device names the termination character
        // as its reason says nothing: some do so unasked (rule 6.1.5). The byte itself counts.
        if fresh.at_end && !call.suppress_end {
            return Transfer::done(count, Stop::End);
        }
        if fresh.at_term_char {
            return Transfer::done(count, Stop::TermChar);
        }
        if count == buf.len() {
            return Transfer::done(count, Stop::Count);
        }
        // A device may answer without data and without a reason, as often as it likes.
        if wait.deadline.has_passed() {
            return Transfer::failed(count, Error::new(VI_ERROR_TMO, "message has no end yet"));
        }
    }
}

/// Whether a device that was asked at `asked` and gave up may be asked again.
fn is_worth_asking(asked: Instant, call: &Call, wait: &Wait) -> bool {
    let last_part = Duration::from_millis(u64::from(call.timeout_ms / LAST_PART));
    let has_time = wait.deadline.remaining().is_none_or(|left| left > last_part);
    has_time && asked.elapsed() >= TOO_SOON
}

/// One device_read. On failure, how many bytes it brought all the same, and why.
fn ask(
    conversation: &mut Conversation,
    room: &mut [u8],
    call: &Call,
    wait: &Wait,
) -> Result<Fresh, (usize, Error)> {
    let most = room.len().min(MAX_REQUEST);
    let room = &mut room[..most];
    // The whole timeout each time, never a remainder: one that has shrunk to 0 would change its
    // meaning (B.5.4). The deadline is ours to keep.
    let request =
        vxi11::device_read(conversation.link, most as u32, call.timeout_ms, call.term_char);
    let reply =
        conversation.call(request, &[], room, wait).map_err(|cut| (cut.count, cut.error))?;
    let (end, outcome) = vxi11::was_read(reply.fixed());
    outcome.map_err(|error| (reply.count, error))?;
    let mut count = reply.count;
    let mut at_term_char = false;
    if let Some(place) = call.term_char.and_then(|c| memchr::memchr(c, &room[..count])) {
        at_term_char = true;
        conversation.kept.keep(&room[place + 1..count]);
        count = place + 1;
    }
    conversation.kept.keep(&reply.surplus);
    conversation.kept.end = end;
    Ok(Fresh { count, at_term_char, at_end: conversation.kept.take_end() })
}

impl Kept {
    fn is_empty(&self) -> bool {
        self.at == self.bytes.len()
    }

    fn keep(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Moves bytes into `room`, up to the termination character.
    fn deliver(&mut self, room: &mut [u8], term_char: Option<u8>) -> Fresh {
        let rest = &self.bytes[self.at..];
        let rest = &rest[..rest.len().min(room.len())];
        let place = term_char.and_then(|c| memchr::memchr(c, rest));
        let count = place.map_or(rest.len(), |place| place + 1);
        room[..count].copy_from_slice(&rest[..count]);
        self.at += count;
        Fresh { count, at_term_char: place.is_some(), at_end: self.take_end() }
    }

    /// Whether all is delivered and END stood behind it. Then it is gone.
    fn take_end(&mut self) -> bool {
        if !self.is_empty() {
            return false;
        }
        self.bytes.clear();
        self.at = 0;
        std::mem::take(&mut self.end)
    }
}
