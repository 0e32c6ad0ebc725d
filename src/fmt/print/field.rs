#![forbid(unsafe_code)]
//! A field: the parts of one value, filled up to its width.

use super::style::Style;
use super::writer::Writer;
use crate::status::Result;

/// The parts of one value from left to right. The zeros are only counted, so that no width and no
/// precision needs memory.
#[derive(Clone, Copy, Default)]
pub(super) struct Field<'a> {
    /// Sign, `0x`, `#H`.
    pub(super) prefix: &'a [u8],
    /// Zeros in front of the digits.
    pub(super) zeros: usize,
    pub(super) body: &'a [u8],
    /// Zeros behind the digits.
    pub(super) more_zeros: usize,
    /// The exponent.
    pub(super) tail: &'a [u8],
}

/// What fills a field that is wider than its value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fill {
    /// Spaces on the side that the flag `-` says.
    Spaces,
    /// Zeros between prefix and digits, if the flag `0` says so and `-` does not.
    Zeros,
}

impl Field<'_> {
    /// Writes the field.
    pub(super) fn write(mut self, style: &Style, fill: Fill, writer: &mut Writer) -> Result {
        let length = self.prefix.len() + self.body.len() + self.tail.len();
        let length = length.saturating_add(self.zeros).saturating_add(self.more_zeros);
        let mut space = style.width.saturating_sub(length);
        if fill == Fill::Zeros && style.flags.zero && !style.flags.left {
            self.zeros += space;
            space = 0;
        }
        if !style.flags.left {
            writer.repeat(b' ', space)?;
        }
        writer.put(self.prefix)?;
        writer.repeat(b'0', self.zeros)?;
        writer.put(self.body)?;
        writer.repeat(b'0', self.more_zeros)?;
        writer.put(self.tail)?;
        if style.flags.left {
            writer.repeat(b' ', space)?;
        }
        Ok(())
    }
}

/// The sign of a number, as the flags want it.
pub(super) fn sign(negative: bool, style: &Style) -> &'static [u8] {
    match (negative, style.flags.plus, style.flags.space) {
        (true, ..) => b"-",
        (false, true, _) => b"+",
        (false, false, true) => b" ",
        _ => b"",
    }
}
