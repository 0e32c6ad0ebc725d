#![forbid(unsafe_code)]
//! Formatted I/O (chapter 6.2 of VPP-4.3): what a format makes of arguments, and of a device's
//! answer. Pure: arguments, output and input are traits, so that all of it can be tested without
//! C and without a device.

use crate::status::Result;

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

    /// Whether what has ended was only the rest of a message of which an earlier call took the
    /// beginning; then the input goes on with the next message. False at most other times, and
    /// always when called again.
    fn pass_leftover(&mut self) -> bool;
}
