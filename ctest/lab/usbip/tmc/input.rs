#![forbid(unsafe_code)]
//! The bulk-IN endpoint: transfers that answer requests (USBTMC 1.0, section 3.3).
//!
//! A transfer is a stream of packets, whose last one is not full; a transfer of the host's takes
//! as much of it as it has room for.

use std::time::Duration;
use std::time::Instant;

use visa::sim::Extent;
use visa::sim::Front;

use crate::lab::usbip::function::Given;
use crate::lab::usbip::function::Pipes;
use crate::lab::usbip::tmc::interface::Interface;
use crate::lab::usbip::tmc::output::HEADER;
use crate::lab::usbip::tmc::output::VENDOR_SPECIFIC_IN;

/// bmTransferAttributes of an answer (table 9).
const END_OF_MESSAGE: u8 = 1;
const TERM_CHAR_MATCHED: u8 = 2;

/// What comes of an earlier answer, when something does.
const STALE: &[u8] = b"stale\n";

/// A request for a message.
#[derive(Debug)]
pub struct Asked {
    pub id: u8,
    pub tag: u8,
    pub size: u32,
    /// The termination character that the answer is to end with.
    pub until: Option<u8>,
    pub not_before: Option<Instant>,
    /// What goes wrong, and behind how many bytes.
    trap: Option<(Trap, u64)>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Trap {
    Stall,
    Hold,
    Unplug,
}

/// An answer on its way.
#[derive(Debug, Default)]
struct Sending {
    tag: u8,
    /// Bytes to be sent before those of the message, and behind them.
    head: Vec<u8>,
    tail: Vec<u8>,
    /// Bytes of the message that are not sent yet.
    left: usize,
    /// Bytes that are sent, and those of them that are of the message.
    sent: u64,
    sent_data: u32,
    vendor: bool,
    trap: Option<(Trap, u64)>,
    /// How large packets are, where they are not full.
    dribble: Option<usize>,
    /// Whether a full last packet is followed by nothing.
    endless: bool,
    babbling: bool,
}

#[derive(Default)]
pub struct Input {
    asked: Option<Asked>,
    sending: Option<Sending>,
    /// A packet that is not full is still to come: it ends a transfer that was cut off.
    pub flushing: bool,
    /// Requests that have come.
    pub requests: u32,
}

impl Input {
    /// The bTag of what is under way.
    pub fn tag(&self) -> Option<u8> {
        let sending = self.sending.as_ref().map(|sending| sending.tag);
        sending.or(self.asked.as_ref().map(|asked| asked.tag))
    }

    /// Whether a transfer has begun and is not over, as far as the host can see.
    pub fn is_sending(&self) -> bool {
        self.sending.is_some()
    }

    /// The transfer is over, the message is not. How many of its bytes were sent.
    pub fn end(&mut self) -> u32 {
        self.asked = None;
        self.flushing = false;
        self.sending.take().map_or(0, |sending| sending.sent_data)
    }

    pub fn due(&self, front: &Front) -> Option<Instant> {
        let asked = self.asked.as_ref()?;
        [asked.not_before, front.held_until()].into_iter().flatten().max()
    }
}

impl Interface {
    /// A request for a message has come.
    pub(super) fn asked(&mut self, id: u8, tag: u8, size: u32, until: Option<u8>) {
        self.input.requests += 1;
        if self.input.tag().is_some() {
            self.violation("request while an answer is under way");
            self.input.end();
        }
        let traps =
            [(Trap::Stall, "stall-in"), (Trap::Hold, "hold-in"), (Trap::Unplug, "unplug-in")];
        let mut taken = traps
            .iter()
            .filter_map(|(trap, name)| self.faults.value(name, 0).map(|behind| (*trap, behind)));
        let trap = taken.next();
        let delay = self.faults.value("delay-in", 300);
        let not_before = delay.map(|ms| Instant::now() + Duration::from_millis(ms));
        if id != VENDOR_SPECIFIC_IN {
            self.front.ask();
        }
        self.input.asked = Some(Asked { id, tag, size, until, not_before, trap });
    }

    /// What the host's transfer of `most` bytes gets.
    pub(super) fn input(&mut self, most: usize, pipes: &mut Pipes) -> Given {
        let packet = usize::from(self.options.packet());
        if self.input.flushing {
            self.input.flushing = false;
            return Given::Data(vec![]);
        }
        if self.input.sending.is_none() && !self.begin(pipes) {
            return if pipes.halted.contains(&self.endpoints.input) {
                Given::Stalled
            } else {
                Given::Nothing
            };
        }
        if !most.is_multiple_of(packet) {
            self.violation(format!("a read of {most} bytes, which are no whole packets"));
        }
        let Some(sending) = &mut self.input.sending else { return Given::Nothing };
        let total = sending.head.len() + sending.left + sending.tail.len();
        let count = total.min(most).min(sending.dribble.unwrap_or(usize::MAX));
        match sending.trap {
            Some((Trap::Hold, behind)) if sending.sent + count as u64 > behind => {
                return Given::Nothing;
            }
            Some((Trap::Stall, behind)) if sending.sent + count as u64 > behind => {
                self.input.end();
                return Given::Stalled;
            }
            Some((Trap::Unplug, behind)) if sending.sent + count as u64 > behind => {
                pipes.cut = true;
                return Given::Nothing;
            }
            _ => {}
        }
        // A full last packet: what ends the transfer is still to be sent, or never is.
        let unended = count == total && count.is_multiple_of(packet) && count > 0;
        if unended && sending.endless && count < most {
            return Given::Nothing;
        }
        let overflows =
            sending.babbling || count == most && count < total && !most.is_multiple_of(packet);
        let mut data = Vec::with_capacity(count);
        let head = sending.head.len().min(count);
        data.extend(sending.head.drain(..head));
        let body = sending.left.min(count - head);
        if sending.vendor {
            data.extend(self.vendor.drain(..body.min(self.vendor.len())));
        } else {
            self.front.take(body, &mut data);
        }
        sending.left -= body;
        sending.sent_data += body as u32;
        sending.sent += count as u64;
        let tail = count - head - body;
        data.extend(sending.tail.drain(..tail));
        let ended = count == total && (!unended || sending.endless || count < most);
        if overflows {
            self.input.end();
            return Given::Babble(data);
        }
        if ended {
            self.input.sending = None;
        }
        Given::Data(data)
    }

    /// Begins to answer, if there is a request and something to say.
    fn begin(&mut self, pipes: &mut Pipes) -> bool {
        let now = Instant::now();
        let Some(asked) = &self.input.asked else { return false };
        let vendor = asked.id == VENDOR_SPECIFIC_IN;
        match asked.trap {
            Some((Trap::Hold, 0)) => return false,
            Some((Trap::Stall, 0)) => {
                self.input.end();
                pipes.halted.insert(self.endpoints.input);
                return false;
            }
            Some((Trap::Unplug, 0)) => {
                pipes.cut = true;
                return false;
            }
            _ => {}
        }
        let waits = asked.not_before.is_some_and(|when| when > now);
        let holds = self.front.held_until().is_some_and(|when| when > now);
        let nothing = if vendor { false } else { holds || !self.front.responds() };
        if self.deaf || waits || nothing {
            return false;
        }
        if self.faults.take("stale") {
            let tag = if asked.tag == 1 { 255 } else { asked.tag - 1 };
            let mut head = header(asked.id, tag, STALE.len() as u32, END_OF_MESSAGE);
            head.extend(STALE);
            self.input.sending = Some(Sending { tag: asked.tag, head, ..Sending::default() });
            return true;
        }
        let Some(asked) = self.input.asked.take() else { return false };
        self.input.sending = Some(self.answer(&asked));
        true
    }

    fn answer(&mut self, asked: &Asked) -> Sending {
        let faults = &mut self.faults;
        let vendor = asked.id == VENDOR_SPECIFIC_IN;
        let most = if faults.take("ignore-size") { usize::MAX } else { asked.size as usize };
        let split = faults.value("split", 52).map_or(usize::MAX, |most| most as usize);
        let extent = if vendor {
            let count = self.vendor.len().min(most);
            Extent { count, matched: false, end: false }
        } else {
            self.front.next(most.min(split), asked.until)
        };
        let no_eom = extent.end && faults.take("no-eom");
        let attributes = if extent.end && !no_eom { END_OF_MESSAGE } else { 0 }
            | if extent.matched { TERM_CHAR_MATCHED } else { 0 };
        let mut size = extent.count as u32;
        size = size.wrapping_add(faults.value("size-more", 4).unwrap_or(0) as u32);
        size = size.wrapping_sub(faults.value("size-less", 4).unwrap_or(0) as u32);
        if faults.take("size-max") {
            size = u32::MAX;
        }
        let mut head = header(asked.id, asked.tag, size, attributes);
        if let Some(more) = faults.value("in-tag", 1) {
            head[1] = head[1].wrapping_add(more as u8);
            head[2] = !head[1];
        }
        if faults.take("in-inverse") {
            head[2] ^= 0xFF;
        }
        if let Some(id) = faults.value("in-id", 3) {
            head[0] = id as u8;
        }
        let mut left = extent.count;
        if let Some(most) = faults.value("cut", 4) {
            left = left.min(most as usize);
        }
        if faults.take("empty") {
            head.clear();
            left = 0;
        }
        if faults.take("short-header") {
            head.truncate(5);
            left = 0;
        }
        let mut tail = Vec::new();
        if let Some(extra) = faults.value("extra", 4) {
            tail.resize(extra as usize, 0xEE);
        }
        if faults.take("align") {
            tail.resize(left.next_multiple_of(4) - left, 0);
        }
        let dribble = faults.value("dribble", 20).map(|size| size.max(1) as usize);
        Sending {
            tag: asked.tag,
            head,
            tail,
            left,
            vendor,
            trap: asked.trap,
            dribble,
            endless: faults.take("no-end"),
            babbling: faults.take("babble"),
            ..Sending::default()
        }
    }
}

/// A bulk-IN header (tables 8 and 9).
fn header(id: u8, tag: u8, size: u32, attributes: u8) -> Vec<u8> {
    let mut header = vec![id, tag, !tag, 0];
    header.extend(size.to_le_bytes());
    header.extend([attributes, 0, 0, 0]);
    debug_assert_eq!(header.len(), HEADER);
    header
}
