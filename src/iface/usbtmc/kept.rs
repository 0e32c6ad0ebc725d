#![forbid(unsafe_code)]
//! What a device has sent beyond what was read.

use crate::iface::{Call, Stop};
use crate::os::memory;
use crate::status::{Error, Result, VI_ERROR_ALLOC};

/// Bytes of a message, for the next read.
#[derive(Debug, Default)]
pub struct Kept {
    bytes: Vec<u8>,
    read: usize,
    /// The message ends with them.
    end: bool,
}

impl Kept {
    /// Whether there is nothing to be read, not even an end.
    pub fn is_empty(&self) -> bool {
        self.read == self.bytes.len() && !self.end
    }

    /// Drops all.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Keeps `more`, behind what is kept.
    ///
    /// # Errors
    /// VI_ERROR_ALLOC.
    pub fn push(&mut self, more: &[u8]) -> Result {
        self.reserve(more.len())?;
        self.bytes.extend_from_slice(more);
        Ok(())
    }

    /// Keeps `first`, before what is kept.
    ///
    /// # Errors
    /// VI_ERROR_ALLOC: what is kept is as it was.
    pub fn push_front(&mut self, first: &[u8]) -> Result {
        self.reserve(first.len())?;
        self.bytes.splice(self.read..self.read, first.iter().copied());
        Ok(())
    }

    fn reserve(&mut self, more: usize) -> Result {
        let room = self.bytes.try_reserve(more);
        room.map_err(|_| Error::new(VI_ERROR_ALLOC, "no memory for what was not read"))
    }

    /// The message ends with what is kept.
    pub fn end_here(&mut self) {
        self.end = true;
    }

    /// Moves bytes to `buf`, up to the end of the message or the termination character: how many, and
    /// whether the read ends with them.
    ///
    /// # Errors
    /// VI_ERROR_USER_BUF.
    pub fn take(&mut self, buf: &mut [u8], call: &Call) -> Result<(usize, Option<Stop>)> {
        let rest = &self.bytes[self.read..];
        let most = rest.len().min(buf.len());
        let found = call.term_char.and_then(|char| memchr::memchr(char, &rest[..most]));
        let count = found.map_or(most, |place| place + 1);
        memory::store(buf, &rest[..count])?;
        self.read += count;
        let mut stop = None;
        if count == buf.len() {
            stop = Some(Stop::Count);
        }
        if found.is_some() {
            stop = Some(Stop::TermChar);
        }
        if self.read == self.bytes.len() {
            if self.end && !call.suppress_end {
                stop = Some(Stop::End);
            }
            // Room for a large answer is not kept for ever.
            self.clear();
        }
        Ok((count, stop))
    }
}
