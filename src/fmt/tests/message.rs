#![forbid(unsafe_code)]
//! Input for tests. It panics where the engine takes what it has not seen.

use crate::fmt::Input;
use crate::status::Error;
use crate::status::Result;

/// One message, shown in pieces of the sizes of `pieces`, over and over; behind it another, if
/// this one is but the rest of a message.
#[derive(Debug)]
pub(super) struct Message<'m> {
    rest: &'m [u8],
    next: Option<&'m [u8]>,
    /// What receiving answers at the end.
    failure: Option<Error>,
    /// The termination character, and whether it has just been taken: an end, unless passed.
    term_char: Option<u8>,
    at_char: bool,
    pieces: &'m [usize],
    turn: usize,
    /// Bytes shown and not yet taken.
    shown: usize,
}

impl<'m> Message<'m> {
    pub(super) fn new(message: &'m [u8], pieces: &'m [usize]) -> Self {
        Self {
            rest: message,
            next: None,
            failure: None,
            term_char: None,
            at_char: false,
            pieces,
            turn: 0,
            shown: 0,
        }
    }

    /// `rest` of a message of which the beginning has been taken, and the message after it.
    pub(super) fn leftover(rest: &'m [u8], next: &'m [u8], pieces: &'m [usize]) -> Self {
        Self { next: Some(next), ..Self::new(rest, pieces) }
    }

    /// A message that a termination character ends as well, wherever it stands.
    pub(super) fn with_char(message: &'m [u8], term_char: u8, pieces: &'m [usize]) -> Self {
        Self { term_char: Some(term_char), ..Self::new(message, pieces) }
    }

    /// The beginning of a message, behind which the device fails.
    pub(super) fn broken(rest: &'m [u8], failure: Error, pieces: &'m [usize]) -> Self {
        Self { failure: Some(failure), ..Self::new(rest, pieces) }
    }

    /// What has not been taken.
    pub(super) fn rest(&self) -> &'m [u8] {
        self.rest
    }
}

impl Input for Message<'_> {
    fn look(&mut self) -> Result<&[u8]> {
        if self.at_char {
            return Ok(&[]);
        }
        if self.shown == 0 {
            let end = self.rest.iter().position(|byte| Some(*byte) == self.term_char);
            let most = end.map_or(self.rest.len(), |end| end + 1);
            self.shown = self.pieces[self.turn % self.pieces.len()].min(most);
            self.turn += 1;
        }
        if let (0, Some(failure)) = (self.shown, self.failure) {
            return Err(failure);
        }
        Ok(&self.rest[..self.shown])
    }

    fn take(&mut self, count: usize) {
        assert!(count <= self.shown, "{count} taken of {} shown", self.shown);
        self.shown -= count;
        self.at_char = count > 0 && Some(self.rest[count - 1]) == self.term_char;
        self.rest = &self.rest[count..];
    }

    fn pass_term_char(&mut self) -> bool {
        std::mem::take(&mut self.at_char)
    }

    fn pass_leftover(&mut self) -> bool {
        assert!(self.rest.is_empty() || self.at_char, "asked before the end");
        let Some(next) = self.next.take() else { return false };
        self.rest = next;
        true
    }
}
