#![forbid(unsafe_code)]
//! What has come on a pipe and was not read yet: a device sends whole packets, a read takes bytes.

use crate::os::memory;
use crate::status::Result;

/// Bytes kept for the next read.
#[derive(Default)]
pub struct Input {
    kept: Vec<u8>,
    /// How many of them have been read.
    read: usize,
    /// A short packet followed them.
    ended: bool,
    /// The last packet was full, so the device's transfer may go on, or end by an empty packet.
    pub open: bool,
}

/// What was taken from the kept bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Bytes.
    pub count: usize,
    /// The last of them is the termination character.
    pub term_char: bool,
    /// The device's transfer ended with them.
    pub ended: bool,
}

impl Input {
    /// Moves kept bytes to `buf`, a caller's, up to the termination character.
    ///
    /// # Errors
    /// VI_ERROR_USER_BUF when it is not writable memory: nothing is taken.
    pub fn take(&mut self, buf: &mut [u8], term_char: Option<u8>) -> Result<Taken> {
        let rest = &self.kept[self.read..];
        let rest = &rest[..rest.len().min(buf.len())];
        let found = term_char.and_then(|byte| memchr::memchr(byte, rest));
        let count = found.map_or(rest.len(), |at| at + 1);
        if count > 0 {
            memory::store(buf, &rest[..count])?;
        }
        self.read += count;
        let ended = self.is_empty() && std::mem::take(&mut self.ended);
        if !self.is_empty() {
            return Ok(Taken { count, term_char: found.is_some(), ended: false });
        }
        self.kept.clear();
        self.read = 0;
        Ok(Taken { count, term_char: found.is_some(), ended })
    }

    /// Whether no bytes are kept.
    pub fn is_empty(&self) -> bool {
        self.read == self.kept.len()
    }

    /// Keeps what has come, behind nothing else, and whether the transfer ended with it.
    pub fn keep(&mut self, bytes: &[u8], ended: bool) {
        debug_assert!(self.is_empty());
        self.kept.clear();
        self.read = 0;
        self.kept.extend_from_slice(bytes);
        self.ended = ended;
        self.open = !ended;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kept_bytes_are_read_in_parts_and_end_with_the_last() {
        let mut input = Input::default();
        let mut buf = [0; 4];
        let nothing = Taken { count: 0, term_char: false, ended: false };
        assert_eq!(input.take(&mut buf, None), Ok(nothing));
        input.keep(b"abc\ndefgh", true);
        let four = Taken { count: 4, term_char: false, ended: false };
        assert_eq!(input.take(&mut buf, None), Ok(four));
        assert_eq!(input.take(&mut buf, Some(b'\n')), Ok(four));
        assert_eq!(&buf, b"defg");
        let last = Taken { count: 1, term_char: true, ended: true };
        assert_eq!(input.take(&mut buf, Some(b'h')), Ok(last));
        assert_eq!(input.take(&mut buf, None), Ok(nothing), "the end is told once");
        // A packet of no bytes.
        input.keep(b"", true);
        assert_eq!(input.take(&mut buf, None), Ok(Taken { ended: true, ..nothing }));
    }

    #[test]
    fn the_termination_character_ends_what_is_taken() {
        let mut input = Input::default();
        let mut buf = [0; 9];
        input.keep(b"ab\ncd", false);
        let to_line_feed = Taken { count: 3, term_char: true, ended: false };
        assert_eq!(input.take(&mut buf, Some(b'\n')), Ok(to_line_feed));
        assert!(input.open && !input.is_empty());
        assert_eq!(input.take(&mut buf, Some(b'\n')).unwrap().count, 2);
    }
}
