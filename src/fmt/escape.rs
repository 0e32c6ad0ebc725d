#![forbid(unsafe_code)]
//! Backslash sequences of a format: those that the library sees because no C compiler has seen
//! them before, as in a format read from a file.

use crate::status::Result;
use crate::status::VI_ERROR_INV_FMT;
use crate::status::fail;

/// What a backslash sequence stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Escape {
    /// `\n`: in an output format the line feed that END goes with.
    Newline,
    /// Any other byte.
    Byte(u8),
}

/// Reads the sequence whose backslash stands just before `text`. Gives what it stands for and how
/// many bytes of `text` belong to it.
///
/// # Errors
/// VI_ERROR_INV_FMT for a backslash at the end, and for an octal number that is not a byte.
pub(super) fn parse(text: &[u8]) -> Result<(Escape, usize)> {
    let Some(&first) = text.first() else {
        return fail(VI_ERROR_INV_FMT, "a backslash ends the format");
    };
    match first {
        b'n' => Ok((Escape::Newline, 1)),
        b'r' => Ok((Escape::Byte(b'\r'), 1)),
        b't' => Ok((Escape::Byte(b'\t'), 1)),
        b'0'..=b'7' => {
            let (value, digits) = number(text, 8, 3);
            match u8::try_from(value) {
                Ok(byte) => Ok((Escape::Byte(byte), digits)),
                Err(_) => fail(VI_ERROR_INV_FMT, "an octal sequence above 377"),
            }
        }
        b'x' if text.get(1).is_some_and(u8::is_ascii_hexdigit) => {
            let (value, digits) = number(&text[1..], 16, 2);
            Ok((Escape::Byte(value as u8), 1 + digits))
        }
        other => Ok((Escape::Byte(other), 1)),
    }
}

/// The number of at most `most` digits that `text` begins with, and how many digits it has.
fn number(text: &[u8], radix: u32, most: usize) -> (u32, usize) {
    let digits = text.iter().take(most).map_while(|byte| char::from(*byte).to_digit(radix));
    digits.fold((0, 0), |(value, count), digit| (value * radix + digit, count + 1))
}
