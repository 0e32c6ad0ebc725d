#![forbid(unsafe_code)]
//! From the bytes that a line delivers to those that a read returns: where it ends, which bytes
//! are dropped or replaced, which were received with an error.
//!
//! A driver that marks errors (PARMRK) puts FF 00 before a byte that came with one, FF 00 00 for a
//! break, and FF FF for a byte FF. Which error it was it only counts.

use crate::os::serial::Counts;
use crate::status::{
    Result, VI_ERROR_ASRL_FRAMING, VI_ERROR_ASRL_OVERRUN, VI_ERROR_ASRL_PARITY, fail,
};

/// How a read ends, besides at its count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// What VI_ATTR_ASRL_END_IN asks for.
    End,
    /// The enabled termination character.
    TermChar,
    /// A byte that was received with this error.
    Failed(i32),
}

/// What to do with the bytes of one read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rules {
    /// The character that is END.
    pub end_char: Option<u8>,
    /// Bits of which any is END.
    pub end_bit: u8,
    /// A break is END.
    pub end_break: bool,
    /// The character that ends a read without being END.
    pub term_char: Option<u8>,
    /// Zero bytes are dropped.
    pub discards_null: bool,
    /// What takes the place of a byte received with an error; 0 for an error instead.
    pub replacement: u8,
    /// Errors are marked in the input.
    pub marked: bool,
}

/// What became of a piece of input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// Bytes of the read, at the front of the piece.
    pub count: usize,
    /// Bytes of the piece that they came from; the rest is for later.
    pub used: usize,
    /// Whether the read ends with them.
    pub ending: Option<Ending>,
}

/// What has been received and not yet read, as it came from the line.
#[derive(Debug)]
pub struct Input {
    kept: Vec<u8>,
    /// How many of them have been read.
    read: usize,
    mark: Mark,
    /// The errors that have been told, or are older than the port's first session.
    told: Counts,
    /// What the last marked byte came with.
    last: Cause,
}

/// How far into a mark the last piece ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    None,
    /// FF
    Begun,
    /// FF 00
    Error,
}

impl Input {
    /// Nothing received yet.
    pub fn new(told: Counts) -> Self {
        Self { kept: Vec::new(), read: 0, mark: Mark::None, told, last: Cause::Break }
    }

    /// Bytes kept.
    pub fn len(&self) -> usize {
        self.kept.len() - self.read
    }

    /// Drops all, and the errors up to now.
    pub fn clear(&mut self, counts: Option<Counts>) {
        self.kept.clear();
        self.read = 0;
        self.mark = Mark::None;
        self.told = counts.unwrap_or(self.told);
    }

    /// Moves kept bytes to the front of `buf`; how many.
    pub fn take(&mut self, buf: &mut [u8]) -> usize {
        let rest = &self.kept[self.read..];
        let count = rest.len().min(buf.len());
        buf[..count].copy_from_slice(&rest[..count]);
        self.read += count;
        count
    }

    /// Keeps `rest`, the unused end of the last piece, for the next read.
    pub fn give_back(&mut self, rest: &[u8]) {
        if rest.is_empty() {
            return;
        }
        if self.read == self.kept.len() {
            self.kept.clear();
            self.read = 0;
        }
        if self.read >= rest.len() {
            // It was taken from here just before.
            self.read -= rest.len();
        } else {
            debug_assert!(self.len() == 0);
            self.kept.extend_from_slice(rest);
        }
    }

    /// Decodes `piece` in place, up to an ending. `counts` asks the driver what it has counted.
    pub fn decode(
        &mut self,
        piece: &mut [u8],
        rules: &Rules,
        counts: impl Fn() -> Option<Counts>,
    ) -> Decoded {
        let is_marked = rules.marked && memchr::memchr(MARK, piece).is_some();
        if !is_marked && self.mark == Mark::None && !rules.discards_null {
            let ending = first_ending(piece, rules);
            let count = ending.map_or(piece.len(), |(place, _)| place + 1);
            return Decoded { count, used: count, ending: ending.map(|(_, ending)| ending) };
        }
        let mut count = 0;
        for used in 0..piece.len() {
            let byte = piece[used];
            let ending = match self.step(byte, rules, &counts) {
                Step::Nothing => continue,
                Step::End => Some(Ending::End),
                Step::Byte(byte) => {
                    piece[count] = byte;
                    count += 1;
                    first_ending(&[byte], rules).map(|(_, ending)| ending)
                }
                Step::Failed(byte, code) => {
                    piece[count] = byte;
                    count += 1;
                    Some(Ending::Failed(code))
                }
            };
            if ending.is_some() {
                return Decoded { count, used: used + 1, ending };
            }
        }
        Decoded { count, used: piece.len(), ending: None }
    }

    fn step(&mut self, byte: u8, rules: &Rules, counts: &impl Fn() -> Option<Counts>) -> Step {
        let plain = |byte: u8| match byte {
            0 if rules.discards_null => Step::Nothing,
            _ => Step::Byte(byte),
        };
        match (self.mark, byte) {
            (Mark::None, MARK) if rules.marked => {
                self.mark = Mark::Begun;
                Step::Nothing
            }
            (Mark::None, _) => plain(byte),
            (Mark::Begun, 0) => {
                self.mark = Mark::Error;
                Step::Nothing
            }
            // FF FF; anything else no driver sends.
            (Mark::Begun, _) => {
                self.mark = Mark::None;
                Step::Byte(byte)
            }
            (Mark::Error, _) => {
                self.mark = Mark::None;
                match self.cause(byte, counts()) {
                    Cause::Break if rules.end_break => Step::End,
                    Cause::Break => Step::Nothing,
                    Cause::Error(_) if rules.replacement != 0 => Step::Byte(rules.replacement),
                    Cause::Error(code) => Step::Failed(byte, code),
                }
            }
        }
    }

    /// What a marked byte came with: one of the errors that have been counted and not yet told. A
    /// USB adapter counts one for a packet and marks each byte of it: those come with the same.
    fn cause(&mut self, byte: u8, counts: Option<Counts>) -> Cause {
        let Some(now) = counts else {
            return if byte == 0 { Cause::Break } else { Cause::Error(VI_ERROR_ASRL_FRAMING) };
        };
        let told = &mut self.told;
        let mut take = |counter: fn(&mut Counts) -> &mut u32| {
            let is_new = *counter(told) != *counter(&mut { now });
            let counter = counter(told);
            *counter = counter.wrapping_add(u32::from(is_new));
            is_new
        };
        let cause = if byte == 0 && take(|counts| &mut counts.breaks) {
            Cause::Break
        } else if take(|counts| &mut counts.parity) {
            Cause::Error(VI_ERROR_ASRL_PARITY)
        } else if take(|counts| &mut counts.framing) {
            Cause::Error(VI_ERROR_ASRL_FRAMING)
        } else {
            match self.last {
                Cause::Break if byte != 0 => Cause::Error(VI_ERROR_ASRL_FRAMING),
                last => last,
            }
        };
        self.last = cause;
        cause
    }

    /// Whether errors have been counted that no mark in the input tells. `marked`: those of single
    /// bytes are.
    ///
    /// # Errors
    /// VI_ERROR_ASRL_OVERRUN, VI_ERROR_ASRL_PARITY, VI_ERROR_ASRL_FRAMING, each once.
    pub fn check(&mut self, marked: bool, counts: Option<Counts>) -> Result {
        let Some(now) = counts else { return Ok(()) };
        let told = self.told;
        self.told.overrun = now.overrun;
        if !marked {
            (self.told.parity, self.told.framing) = (now.parity, now.framing);
        }
        if now.overrun != told.overrun {
            return fail(VI_ERROR_ASRL_OVERRUN, "bytes were lost");
        }
        if !marked && now.parity != told.parity {
            return fail(VI_ERROR_ASRL_PARITY, "a byte came with wrong parity");
        }
        if !marked && now.framing != told.framing {
            return fail(VI_ERROR_ASRL_FRAMING, "a byte came without a stop bit");
        }
        Ok(())
    }
}

const MARK: u8 = 0xFF;

enum Step {
    Nothing,
    End,
    Byte(u8),
    Failed(u8, i32),
}

#[derive(Clone, Copy, Debug)]
enum Cause {
    Break,
    Error(i32),
}

/// The first byte that ends a read, and how. END comes before the termination character, as in
/// rules 6.1.1 and 6.1.2.
fn first_ending(bytes: &[u8], rules: &Rules) -> Option<(usize, Ending)> {
    let at = |wanted: Option<u8>| wanted.and_then(|wanted| memchr::memchr(wanted, bytes));
    let by_char = at(rules.end_char);
    let by_bit = match rules.end_bit {
        0 => None,
        bit => bytes.iter().position(|byte| byte & bit != 0),
    };
    let end = by_char.into_iter().chain(by_bit).min();
    match (end, at(rules.term_char)) {
        (Some(end), Some(term)) if term < end => Some((term, Ending::TermChar)),
        (Some(end), _) => Some((end, Ending::End)),
        (None, term) => term.map(|term| (term, Ending::TermChar)),
    }
}

#[cfg(test)]
mod tests;
