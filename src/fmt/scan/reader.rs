#![forbid(unsafe_code)]
//! The input of one call: counts what is taken, and knows whether it was more than white space.

use crate::fmt::Input;
use crate::status::Result;

/// C's white space.
pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

/// The input, as one call sees it.
pub(super) struct Reader<'i> {
    input: &'i mut dyn Input,
    consumed: u64,
    /// Whether nothing but white space has been taken.
    blank: bool,
    /// END has come where the format wanted something: nothing more is looked for.
    over: bool,
}

impl<'i> Reader<'i> {
    pub(super) fn new(input: &'i mut dyn Input) -> Self {
        Self { input, consumed: 0, blank: true, over: false }
    }

    /// How many bytes this call has taken.
    pub(super) fn consumed(&self) -> u64 {
        self.consumed
    }

    /// Takes the present end for that of the whole input.
    pub(super) fn finish(&mut self) {
        self.over = true;
    }

    /// Whether [`Reader::finish`] was called.
    pub(super) fn is_over(&self) -> bool {
        self.over
    }

    /// The bytes that come next; none at the end.
    pub(super) fn look(&mut self) -> Result<&[u8]> {
        if self.over { Ok(&[]) } else { self.input.look() }
    }

    /// The byte that comes next; `None` at the end.
    pub(super) fn first(&mut self) -> Result<Option<u8>> {
        Ok(self.look()?.first().copied())
    }

    /// Takes `count` bytes of those shown.
    pub(super) fn take(&mut self, count: usize) {
        if count > 0 {
            self.blank = false;
            self.consumed += count as u64;
            self.input.take(count);
        }
    }

    /// Passes over white space. False at the end.
    pub(super) fn skip_space(&mut self) -> Result<bool> {
        self.skip(is_space)
    }

    /// Passes over white space, but does not wait for it where nothing need follow.
    pub(super) fn skip_space_at_hand(&mut self) -> Result {
        while !self.input.is_open() {
            let shown = self.input.look()?;
            let count = shown.iter().take_while(|byte| is_space(**byte)).count();
            if count == 0 {
                break;
            }
            self.consumed += count as u64;
            self.input.take(count);
        }
        Ok(())
    }

    /// Passes over bytes of white space that are `wanted`. False at the end.
    pub(super) fn skip(&mut self, wanted: fn(u8) -> bool) -> Result<bool> {
        loop {
            let shown = self.look()?;
            if shown.is_empty() {
                return Ok(false);
            }
            let stop = shown.iter().position(|byte| !wanted(*byte));
            let count = stop.unwrap_or(shown.len());
            self.consumed += count as u64;
            self.input.take(count);
            if stop.is_some() {
                return Ok(true);
            }
        }
    }

    /// Passes over white space in front of a conversion, also over what white space an earlier
    /// call has left of the message that it read. False at the end.
    pub(super) fn begin(&mut self) -> Result<bool> {
        loop {
            if self.skip_space()? {
                return Ok(true);
            }
            if self.over || !self.blank || !self.input.pass_leftover() {
                return Ok(false);
            }
        }
    }

    /// Takes `count` bytes of binary data, whatever bytes they are, and hands them to `sink`. False
    /// when the end comes before.
    pub(super) fn copy_binary(
        &mut self,
        mut count: u64,
        mut sink: impl FnMut(&[u8]) -> Result,
    ) -> Result<bool> {
        while count > 0 {
            let shown = self.look()?;
            let shown = &shown[..shown.len().min(usize::try_from(count).unwrap_or(usize::MAX))];
            sink(shown)?;
            let taken = shown.len();
            self.take(taken);
            count -= taken as u64;
            if taken == 0 && (self.over || !self.input.pass_term_char()) {
                return Ok(false);
            }
        }
        // The last byte was data too.
        self.input.pass_term_char();
        Ok(true)
    }

    /// Takes bytes and hands them to `sink`, up to the end, or `most` of them, or those before the
    /// index that `stop` gives for the bytes shown.
    pub(super) fn copy(
        &mut self,
        mut most: u64,
        stop: impl Fn(&[u8]) -> Option<usize>,
        mut sink: impl FnMut(&[u8]) -> Result,
    ) -> Result {
        while most > 0 {
            let shown = self.look()?;
            let shown = &shown[..shown.len().min(usize::try_from(most).unwrap_or(usize::MAX))];
            let stopped = stop(shown);
            let count = stopped.unwrap_or(shown.len());
            sink(&shown[..count])?;
            let ended = shown.is_empty() || stopped.is_some();
            self.take(count);
            if ended {
                break;
            }
            most -= count as u64;
        }
        Ok(())
    }
}
