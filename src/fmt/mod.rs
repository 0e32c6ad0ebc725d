#![forbid(unsafe_code)]
//! Formatted I/O (chapter 6.2 of VPP-4.3): what a format makes of arguments, and of a device's
//! answer. Pure: arguments, output and input are traits, so that all of it can be tested without
//! C and without a device.
//!
//! # Choices where the standard leaves room
//!
//! ## Formats
//!
//! - VI_ERROR_INV_FMT is the answer to what is no format: an unknown code, a modifier given twice,
//!   a block without a count or with a precision, a number above 2147483647, a `%` or a backslash
//!   that ends the format. VI_ERROR_NSUP_FMT is the answer to a modifier that exists, but not with
//!   this code (`%ls`, `%@1s`), and to `%n` in output: a write primitive in an output format is
//!   not worth its danger. Flags that C leaves undefined with a code are ignored.
//! - Modifiers come in any order. Arguments of `*` are taken in one order: width, precision, array
//!   size, then the value.
//! - `l` with integers is 32 bits on every platform (ViInt32, what the manuals' programs pass),
//!   `ll` 64 bits; so on 64-bit Linux a C `long` is asked for with `ll`. Counts for `*` are int.
//! - Backslash sequences: `\n \r \t`, one to three octal digits up to 377, `\x` and one or two
//!   hexadecimal digits; before anything else the backslash is left out.
//!
//! ## Output
//!
//! - END goes with `\n` of the format, be it one byte or these two characters, and with the line
//!   feed of `%B`; never with data, nor with a line feed written by its number (`\012`, `\x0A`).
//! - A wrong format puts nothing out. A count that `*` takes from the arguments is known too late
//!   for that: if it is negative, or makes a definite block of more than 999999999 bytes (nine
//!   digits), the answer is VI_ERROR_INV_FMT and the beginning may have been put out.
//! - The length of a definite block has as few digits as it needs; an empty block is `#10`.
//! - `@1` truncates floating point numbers toward zero. `@2` and `@3` have 6 decimals, also for
//!   integers, unless the precision says otherwise, and always at least one, as IEEE 488.2 wants.
//! - `@H @Q @B` of negative numbers are two's complement of the argument's size: 16, 32 or 64
//!   bits. Floating point numbers are truncated to 64 bits; beyond these the nearest bound is
//!   taken, and 0 for not-a-number.
//! - Infinity and not-a-number are `inf` and `nan` in C's notations. With `@1 @2 @3` they are the
//!   numbers that SCPI reserves for them: 9.9E37, -9.9E37 and 9.91E37.
//! - `%p` prints as glibc does: `0x7ff0`, `(nil)`. `long double` is rounded to double.
//!
//! ## Input
//!
//! - Text of the format, or a number, that differs from what the device sent is VI_ERROR_INV_FMT:
//!   a program must not go on with variables that keep older values. END that comes where
//!   something else should is success: as with C's sscanf, what is missing is left untouched; but
//!   counts become 0, and strings that have one become empty.
//! - A definite block that END cuts short is VI_ERROR_INV_FMT; what came of it is stored and
//!   counted. A termination character ends neither such a block nor `%y` with a count.
//! - As in C the longest beginning of the input is taken that a number could begin with; if that
//!   is no number, as in `1.5E+`, it is a difference. No white space stands within a number.
//! - White space in front of `%d %i %u %o %x %f %e %g %s %p %b` may be the rest of an earlier
//!   message, like the line feed that `%d` left of it; if nothing else comes, the next message is
//!   read. White space of the format, and conversions that take white space for themselves, do not
//!   go on to the next message.
//! - `%d %i %u` read NRf of IEEE 488.2 and round half of one away from zero; `%i` reads C's `0x1F`
//!   too. A value beyond the range of its type becomes the nearest bound. `#H #Q #B`, `%o` and `%x`
//!   give bits: their range is that of the unsigned type, so `#HFFFF` is -1 for `%hd`.
//! - `%f %e %g` read C's `inf` and `nan` too. `9.9E37` and its like stay the numbers that they are.
//! - A width of a number counts from its first byte; what it cuts off is left.
//! - The pointer of `#` and `,#` comes before the value's and points to a 32-bit integer: how many
//!   there may be, negative is VI_ERROR_INV_FMT, then how many were stored. It counts elements;
//!   for `s [ t T` bytes with the NUL going in, without it coming out. Capacity 0 stores nothing.
//! - What is too long for `%s` is lost up to white space, for `%t` up to END, for `%T` up to its line
//!   feed, for `%b` up to the end of the block; for `%[` and `%c` it is left. A last element that is
//!   not whole is lost.
//! - `%[` takes at least one byte. Within its brackets a backslash is a member like others.
//! - In arrays white space may stand around commas, but a line feed in front of one ends the array.
//! - The line feed behind a definite block is left.
//! - A device that fails within a string or a block leaves what had come, with NUL and count.

mod escape;
mod legal;
mod pieces;
mod print;
mod scan;
mod spec;
mod swap;

#[cfg(test)]
pub(crate) mod tests;

use crate::status::Result;

pub use print::{check_print, print};
pub use scan::{check_scan, scan};

/// The arguments behind a format, taken one after the other, and the memory behind those that are
/// pointers. C's default promotions have been applied: char and short arrive as int, float as
/// double.
///
/// An implementation over C's argument list cannot know how many there are: as with printf, the
/// format must ask for no more than the caller gave.
pub trait Arguments {
    /// Takes an int.
    fn int(&mut self) -> i32;
    /// Takes a long long.
    fn long_long(&mut self) -> i64;
    /// Takes a double.
    fn double(&mut self) -> f64;
    /// Takes a long double, rounded to double.
    fn long_double(&mut self) -> f64;
    /// Takes a pointer.
    fn pointer(&mut self) -> Place;

    /// The string at `place`: up to its NUL, which is not part of it, and at most `most` bytes,
    /// beyond which memory is not looked at.
    ///
    /// # Errors
    /// VI_ERROR_USER_BUF for a null pointer.
    fn string(&self, place: Place, most: usize) -> Result<&[u8]>;

    /// `count` bytes of memory at `place`.
    ///
    /// # Errors
    /// VI_ERROR_USER_BUF for a null pointer, unless `count` is 0.
    fn bytes(&self, place: Place, count: usize) -> Result<&[u8]>;

    /// Element `index` of an array of long double at `place`, rounded to double.
    ///
    /// # Errors
    /// VI_ERROR_USER_BUF for a null pointer.
    fn long_double_at(&self, place: Place, index: usize) -> Result<f64>;

    /// Stores `bytes` at `offset` bytes behind `place`.
    ///
    /// # Errors
    /// VI_ERROR_USER_BUF for a null pointer.
    fn store(&mut self, place: Place, offset: usize, bytes: &[u8]) -> Result;

    /// Stores into element `index` of an array of long double at `place`.
    ///
    /// # Errors
    /// VI_ERROR_USER_BUF for a null pointer.
    fn store_long_double(&mut self, place: Place, index: usize, value: f64) -> Result;
}

/// A pointer argument: an address that only the [`Arguments`] it came from can follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place(pub usize);

/// Where formatted bytes go.
pub trait Output {
    /// Takes `bytes`; with `end`, END goes with the last of them and everything is sent.
    ///
    /// # Errors
    /// What sending answers.
    fn put(&mut self, bytes: &[u8], end: bool) -> Result;
}

/// Where the bytes to be scanned come from: one message, up to its END.
pub trait Input {
    /// The bytes received and not yet taken. Receives more when there are none; empty only when
    /// END (or what stands for it) has been reached and all before it has been taken.
    ///
    /// # Errors
    /// What receiving answers.
    fn look(&mut self) -> Result<&[u8]>;

    /// Takes `count` of the bytes that [`Input::look`] showed.
    fn take(&mut self, count: usize);

    /// Whether [`Input::look`] would wait although nothing need follow: all that was received has
    /// been taken, and no END will come to say that it was all.
    fn is_open(&self) -> bool {
        false
    }

    /// Whether what has ended did so by a termination character, which may be a byte of binary data
    /// as well: then the input goes on behind it.
    fn pass_term_char(&mut self) -> bool {
        false
    }

    /// Whether what has ended was only the rest of a message of which an earlier call took the
    /// beginning; then the input goes on with the next message. False at most other times, and
    /// always when called again.
    fn pass_leftover(&mut self) -> bool;
}
