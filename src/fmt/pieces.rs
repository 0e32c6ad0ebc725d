#![forbid(unsafe_code)]
//! A format, cut into the pieces that are sent or matched one after the other.

use super::escape;
use super::escape::Escape;
use super::spec::Direction;
use super::spec::Spec;
use crate::status::Result;

/// One piece of a format.
#[derive(Debug)]
pub(super) enum Piece<'f> {
    /// Ordinary bytes, never none.
    Text(&'f [u8]),
    /// One byte written as a backslash sequence.
    Byte(u8),
    /// A line feed, written as such or as `\n`.
    Newline,
    /// A conversion specification.
    Conversion(Spec<'f>),
}

/// Iterates over the pieces of a format. After an error it gives nothing more that makes sense.
pub(super) struct Pieces<'f> {
    rest: &'f [u8],
    direction: Direction,
}

impl<'f> Pieces<'f> {
    /// The pieces of `format`, read as one for output or for input.
    pub(super) fn new(format: &'f [u8], direction: Direction) -> Self {
        Self { rest: format, direction }
    }

    fn skip(&mut self, count: usize) {
        self.rest = &self.rest[count..];
    }
}

impl<'f> Iterator for Pieces<'f> {
    type Item = Result<Piece<'f>>;

    fn next(&mut self) -> Option<Self::Item> {
        let special = |byte: &u8| matches!(byte, b'%' | b'\\' | b'\n');
        let plain = self.rest.iter().position(special).unwrap_or(self.rest.len());
        if plain > 0 {
            let (text, rest) = self.rest.split_at(plain);
            self.rest = rest;
            return Some(Ok(Piece::Text(text)));
        }
        let (&first, after) = self.rest.split_first()?;
        let piece = match first {
            b'%' => Spec::parse(after, self.direction).map(|(spec, used)| {
                self.skip(1 + used);
                Piece::Conversion(spec)
            }),
            b'\\' => escape::parse(after).map(|(escape, used)| {
                self.skip(1 + used);
                match escape {
                    Escape::Newline => Piece::Newline,
                    Escape::Byte(byte) => Piece::Byte(byte),
                }
            }),
            _ => {
                self.skip(1);
                Ok(Piece::Newline)
            }
        };
        Some(piece)
    }
}
