//! What processes tell each other about a thing: the latest notes, in the thing's file.
//!
//! | bytes | content |
//! |---|---|
//! | 1024..1032 | how many notes were ever written |
//! | 1088 + 16 i | note i modulo 64: as its writer made it |
//!
//! Only who has the thing for itself writes one; everybody may read at any time. As all bytes of
//! the file, notes may be wrong: they are bytes, of which the reader takes what makes sense.

use std::io::Result;

use crate::os::ipc::claims::Claims;

const COUNT: u64 = 1024;
const FIRST: u64 = 1088;
/// Notes that are kept.
const KEPT: u64 = 64;

/// Bytes of a note.
pub const NOTE: usize = 16;

impl Claims {
    /// How many notes there have been.
    pub fn note_count(&self) -> u64 {
        u64::from_ne_bytes(self.table.bytes(COUNT))
    }

    /// Writes a note. The caller has the thing for itself, so nobody else writes one now.
    ///
    /// # Errors
    /// The file system is full, and the like: then the others are not told.
    pub fn note(&self, note: [u8; NOTE]) -> Result<()> {
        let count = self.note_count();
        // Before it counts.
        self.table.write(&note, place(count))?;
        self.table.write(&count.wrapping_add(1).to_ne_bytes(), COUNT)
    }

    /// The notes after the first `seen`, the oldest first: as far as they are kept. And how many
    /// there have been with these.
    pub fn notes_since(&self, seen: u64) -> (Vec<[u8; NOTE]>, u64) {
        let count = self.note_count();
        // A count that has gone back is another's mistake, or a new file.
        let missed = count.wrapping_sub(seen).min(KEPT);
        let number = |back| count.wrapping_sub(back + 1);
        let notes = (0..missed).rev().map(|back| self.table.bytes(place(number(back))));
        (notes.collect(), count)
    }
}

fn place(number: u64) -> u64 {
    FIRST + number % KEPT * NOTE as u64
}
