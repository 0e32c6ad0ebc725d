#![forbid(unsafe_code)]
//! The bulk-OUT endpoint: messages and requests for messages (USBTMC 1.0, section 3.2). What a
//! strict device would not take halts it.

use std::time::Duration;
use std::time::Instant;

use crate::lab::usbip::function::Pipes;
use crate::lab::usbip::function::Taken;
use crate::lab::usbip::tmc::interface::Interface;

/// Bytes of a header.
pub const HEADER: usize = 12;

/// MsgID (table 2; USB488 table 1).
const DEV_DEP_MSG_OUT: u8 = 1;
pub const DEV_DEP_MSG_IN: u8 = 2;
const VENDOR_SPECIFIC_OUT: u8 = 126;
pub const VENDOR_SPECIFIC_IN: u8 = 127;
const TRIGGER: u8 = 128;

/// A message that has begun.
struct Taking {
    id: u8,
    tag: u8,
    end: bool,
    /// Bytes still to come: of the message, and of padding.
    left: u32,
    padding: usize,
    /// Bytes of the message that have come.
    received: u32,
    trap: Option<(Trap, u64)>,
}

#[derive(Clone, Copy, PartialEq)]
enum Trap {
    Stall,
    Hold,
    Unplug,
}

#[derive(Default)]
pub struct Output {
    taking: Option<Taking>,
    last_tag: Option<u8>,
    /// Nothing is taken until the host takes its transfer back.
    holding: bool,
    not_before: Option<Instant>,
    /// A delay that is over must not begin again with the same transfer.
    delayed: bool,
    /// Messages that have begun.
    pub messages: u32,
}

impl Output {
    /// The bTag of the message that has begun.
    pub fn tag(&self) -> Option<u8> {
        self.taking.as_ref().map(|taking| taking.tag)
    }

    /// The transfer is over. How many bytes of the message have come.
    pub fn end(&mut self) -> u32 {
        self.holding = false;
        self.taking.take().map_or(0, |taking| taking.received)
    }

    /// The host may begin with any tag.
    pub fn forget_tag(&mut self) {
        self.last_tag = None;
    }

    pub fn taken_back(&mut self) {
        self.holding = false;
        self.not_before = None;
        self.delayed = false;
        if let Some(taking) = &mut self.taking {
            taking.trap = None;
        }
    }

    pub fn due(&self) -> Option<Instant> {
        self.not_before
    }
}

impl Interface {
    /// Bytes of the host's: a whole transfer, or a part of one that ends with a full packet.
    pub(super) fn output(&mut self, data: &[u8], pipes: &mut Pipes) -> Taken {
        let now = Instant::now();
        if self.output.holding || self.output.not_before.is_some_and(|when| when > now) {
            return Taken::Nothing;
        }
        if self.output.taking.is_some() {
            return self.go_on(data, pipes);
        }
        if !self.output.delayed
            && let Some(ms) = self.faults.value("delay-out", 300)
        {
            self.output.not_before = Some(now + Duration::from_millis(ms));
            self.output.delayed = true;
            return Taken::Nothing;
        }
        self.output.delayed = false;
        self.output.not_before = None;
        // A packet of no bytes behind a full one ends what has ended already.
        if data.is_empty() {
            return Taken::All;
        }
        self.begin_message(data, pipes)
    }

    fn begin_message(&mut self, data: &[u8], pipes: &mut Pipes) -> Taken {
        let traps =
            [(Trap::Stall, "stall-out"), (Trap::Hold, "hold-out"), (Trap::Unplug, "unplug-out")];
        let mut taken = traps
            .iter()
            .filter_map(|(trap, name)| self.faults.value(name, 0).map(|behind| (*trap, behind)));
        let trap = taken.next();
        if let Some((trap, 0)) = trap {
            // A header that was not taken may use up its tag, or not.
            self.output.forget_tag();
            return self.spring(trap, pipes);
        }
        let Some((header, rest)) = data.split_first_chunk::<HEADER>() else {
            return self.refuse("a header of less than 12 bytes");
        };
        let [id, tag, inverse, reserved, s0, s1, s2, s3, attributes, character, r0, r1] = *header;
        let size = u32::from_le_bytes([s0, s1, s2, s3]);
        if tag == 0 || inverse != !tag {
            return self.refuse(format!("bTag {tag} with the inverse {inverse}"));
        }
        if self.output.last_tag == Some(tag) {
            return self.refuse(format!("bTag {tag} twice"));
        }
        if self.output.last_tag.is_some_and(|last| tag != if last == 255 { 1 } else { last + 1 }) {
            self.violation(format!("bTag {tag} is not the next one"));
        }
        self.output.last_tag = Some(tag);
        if reserved != 0 || r0 != 0 || r1 != 0 {
            self.violation("reserved bytes of a header are not 0");
        }
        match id {
            DEV_DEP_MSG_OUT | VENDOR_SPECIFIC_OUT => {
                if attributes & !1 != 0 || character != 0 {
                    return self.refuse("a wrong header of a message");
                }
                // Wrong, but a host that people use does it between parts of long messages.
                if size == 0 {
                    self.violation("a transfer without bytes of a message");
                }
                if self.input.tag().is_some() {
                    self.violation("message while an answer is under way");
                }
                if id == VENDOR_SPECIFIC_OUT {
                    self.vendor.clear();
                }
                let padding = (size.next_multiple_of(4) - size) as usize;
                let end = attributes & 1 != 0;
                self.output.messages += 1;
                let taking = Taking { id, tag, end, left: size, padding, received: 0, trap };
                self.output.taking = Some(taking);
                self.go_on(rest, pipes)
            }
            DEV_DEP_MSG_IN | VENDOR_SPECIFIC_IN => {
                let until = (attributes & 2 != 0).then_some(character);
                if until.is_some() && !self.options.term_char {
                    self.violation("a termination character, which the device cannot");
                }
                if size == 0 || attributes & !2 != 0 || !rest.is_empty() {
                    return self.refuse("a wrong request for a message");
                }
                self.asked(id, tag, size, until.filter(|_| self.options.term_char));
                Taken::All
            }
            TRIGGER if self.options.usb488 && self.options.trigger => {
                if header[4..] != [0; 8] || !rest.is_empty() {
                    self.violation("a wrong trigger");
                }
                self.front.trigger();
                Taken::All
            }
            _ => self.refuse(format!("MsgID {id}")),
        }
    }

    /// Takes more of the message that has begun.
    fn go_on(&mut self, data: &[u8], pipes: &mut Pipes) -> Taken {
        let Some(taking) = &mut self.output.taking else { return Taken::All };
        if let Some((trap, behind)) = taking.trap
            && u64::from(taking.received) + data.len() as u64 > behind
        {
            return self.spring(trap, pipes);
        }
        let count = data.len().min(taking.left as usize);
        let (body, padding) = data.split_at(count);
        taking.left -= count as u32;
        taking.received += count as u32;
        let (id, end, left) = (taking.id, taking.end, taking.left);
        let over = padding.len() > taking.padding;
        taking.padding -= padding.len().min(taking.padding);
        let complete = left == 0 && taking.padding == 0;
        // The header is a part of the first packet.
        let before = if taking.received == count as u32 { HEADER } else { 0 };
        let whole = (before + data.len()).is_multiple_of(usize::from(self.options.packet()));
        match id {
            VENDOR_SPECIFIC_OUT => self.vendor.extend(body),
            _ if self.deaf => {}
            _ => self.front.write(body, end && left == 0),
        }
        if padding.iter().any(|byte| *byte != 0) {
            self.violation("padding that is not 0");
        }
        if complete || !whole {
            self.output.taking = None;
        }
        if over {
            return self.refuse("bytes behind the end of a message");
        }
        if !complete && !whole {
            self.violation(if left == 0 { "no padding" } else { "a message that is cut short" });
        }
        Taken::All
    }

    fn spring(&mut self, trap: Trap, pipes: &mut Pipes) -> Taken {
        match trap {
            Trap::Stall => {
                self.output.end();
                Taken::Stalled
            }
            Trap::Hold => {
                self.output.holding = true;
                Taken::Nothing
            }
            Trap::Unplug => {
                pipes.cut = true;
                Taken::Nothing
            }
        }
    }

    fn refuse(&mut self, why: impl Into<String>) -> Taken {
        self.violation(why);
        self.output.end();
        Taken::Stalled
    }
}
