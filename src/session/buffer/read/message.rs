#![forbid(unsafe_code)]
//! The read buffer as what a format is scanned from.

use crate::fmt::Input;
use crate::iface::Stop;
use crate::session::buffer::read::{Marks, ReadBuffer, Receive};
use crate::status::{Error, Result};
use crate::trace;

/// One message, or the rest of one, for one call: from the read buffer, then from the device.
///
/// What is received and not taken stays in the buffer. A receive that fails first shows what it
/// brought, so that a scan that needs no more than this succeeds; then it fails.
pub struct Message<'a> {
    buffer: &'a mut ReadBuffer,
    marks: Marks,
    receive: &'a mut Receive<'a>,
    /// How many of the bytes held are known to belong to the message.
    shown: usize,
    /// Its end has been taken.
    ended: bool,
    /// That end was a character.
    by_char: bool,
    /// END is a character, as on a serial line.
    pub end_is_char: bool,
    /// An earlier call took its beginning.
    leftover: bool,
    /// How receiving failed, if it did.
    failure: Option<Error>,
    /// The failure was answered: what it brought was not enough.
    given_up: bool,
    received: usize,
    sample: trace::Sample,
}

impl<'a> Message<'a> {
    /// The message that comes next. Where `marks` end no message, `receive` must bring what is
    /// there, as [`Link::read_some`](crate::iface::Link::read_some) does, and not wait for more.
    pub fn new(buffer: &'a mut ReadBuffer, marks: Marks, receive: &'a mut Receive<'a>) -> Self {
        let leftover = buffer.begun;
        Self {
            buffer,
            marks,
            receive,
            shown: 0,
            ended: false,
            by_char: false,
            end_is_char: false,
            leftover,
            failure: None,
            given_up: false,
            received: 0,
            sample: trace::Sample::default(),
        }
    }

    /// How many bytes had come in this call when it failed for want of more, if it did.
    pub fn failed_after(&self) -> Option<usize> {
        self.given_up.then_some(self.received)
    }

    /// Adds what was taken to the trace.
    pub fn show(&self) {
        self.sample.show("read");
    }

    fn receive_more(&mut self) -> Result {
        if self.buffer.held().is_empty() {
            if let Some(error) = self.failure {
                return Err(error);
            }
            self.failure = self.buffer.fill(self.buffer.begun, self.receive).err();
            let arrived = self.buffer.held().len();
            self.received += arrived;
            match self.failure {
                Some(error) if arrived == 0 => return Err(error),
                // END came alone.
                None if arrived == 0 => {
                    self.ended = true;
                    self.buffer.clear();
                }
                _ => {}
            }
        }
        let held = self.buffer.held();
        let end = self.marks.term_char.and_then(|c| memchr::memchr(c, held));
        self.shown = end.map_or(held.len(), |end| end + 1);
        Ok(())
    }
}

impl Input for Message<'_> {
    fn look(&mut self) -> Result<&[u8]> {
        if self.shown == 0 && !self.ended {
            self.receive_more().inspect_err(|_| self.given_up = true)?;
        }
        Ok(&self.buffer.held()[..self.shown])
    }

    fn take(&mut self, count: usize) {
        let count = count.min(self.shown);
        self.sample.add(&self.buffer.held()[..count]);
        self.shown -= count;
        let stop = self.buffer.skip(count, self.marks);
        self.ended |= matches!(stop, Some(Stop::End | Stop::TermChar));
        self.by_char = match stop {
            Some(Stop::End) => self.end_is_char,
            stop => stop == Some(Stop::TermChar),
        };
    }

    fn is_open(&self) -> bool {
        self.shown == 0 && !self.ended && self.buffer.held().is_empty() && !self.marks.any()
    }

    fn pass_term_char(&mut self) -> bool {
        let passes = self.ended && self.by_char;
        if passes {
            (self.ended, self.by_char) = (false, false);
            self.buffer.begun = true;
        }
        passes
    }

    fn pass_leftover(&mut self) -> bool {
        let passes = self.ended && self.leftover;
        if passes {
            (self.ended, self.leftover) = (false, false);
        }
        passes
    }
}

#[cfg(test)]
mod tests;
