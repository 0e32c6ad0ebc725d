#![forbid(unsafe_code)]
//! Bytes received beyond what was asked for, in order. Bounded, allocated once.

use crate::iface::hislip::Pull;
use crate::status::Result;
use crate::wire::hislip::HEADER_LEN;

/// The most that is received into the caller's buffer before the length of the payload is known,
/// and so the most that may have to be kept.
pub(super) const UNKNOWN: usize = 64 << 10;

/// A queue of bytes.
pub(super) struct Stash {
    bytes: Box<[u8]>,
    start: usize,
    end: usize,
}

impl Stash {
    pub fn new() -> Self {
        // Room for one more header: a receive of known length scatters the next one behind.
        Self { bytes: vec![0; UNKNOWN + HEADER_LEN].into(), start: 0, end: 0 }
    }

    pub fn bytes(&self) -> &[u8] {
        &self.bytes[self.start..self.end]
    }

    pub fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// Takes the first `count` bytes off.
    pub fn consume(&mut self, count: usize) {
        self.start += count;
        debug_assert!(self.start <= self.end);
        if self.is_empty() {
            (self.start, self.end) = (0, 0);
        }
    }

    /// Appends `more`. The callers add only to an empty stash, and no more than one receive
    /// brought, which [`UNKNOWN`] bounds.
    pub fn push(&mut self, more: &[u8]) {
        self.bytes[self.end..][..more.len()].copy_from_slice(more);
        self.end += more.len();
    }

    /// Appends what one receive brings.
    ///
    /// # Errors
    /// As [`Pull::recv_parts`].
    pub fn fill(&mut self, pull: &mut Pull) -> Result {
        self.bytes.copy_within(self.start..self.end, 0);
        (self.start, self.end) = (0, self.end - self.start);
        self.end += pull.recv(&mut self.bytes[self.end..])?;
        Ok(())
    }
}
