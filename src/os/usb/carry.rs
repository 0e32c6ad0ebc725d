//! Moving any number of bytes over a pipe, by several transfers in flight.

use crate::os::Wait;
use crate::os::usb::transfer::{End, Flights, LEAST, MOST, PIECE};
use crate::status::{Error, VI_ERROR_ALLOC, VI_ERROR_CONN_LOST};

/// The most parts of one read or write.
pub const PARTS: usize = 4;

/// How much was moved, and how it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moved {
    /// Bytes, from the first part's beginning on, without a gap.
    pub count: usize,
    /// How it ended.
    pub end: End,
}

impl Moved {
    /// Nothing was moved.
    pub(super) fn failed(error: Error) -> Self {
        Self { count: 0, end: End::Failed(error) }
    }
}

/// The parts of a read or write, to be cut into pieces.
pub struct Cut {
    parts: [(*mut u8, usize); PARTS],
    /// The part that is being cut, and how much of it was.
    part: usize,
    offset: usize,
    /// The same over all parts.
    taken: usize,
}

impl Cut {
    /// Parts by their places and lengths; those beyond [`PARTS`] are left out.
    pub fn new(parts: impl Iterator<Item = (*mut u8, usize)>) -> Self {
        let mut all = [(std::ptr::null_mut(), 0); PARTS];
        all.iter_mut().zip(parts).for_each(|(place, part)| *place = part);
        Self { parts: all, part: 0, offset: 0, taken: 0 }
    }

    /// The next piece of at most `most` bytes.
    fn next(&mut self, most: usize) -> Option<(*mut u8, usize)> {
        loop {
            let (start, len) = *self.parts.get(self.part)?;
            if self.offset < len {
                return Some((start.wrapping_add(self.offset), most.min(len - self.offset)));
            }
            (self.part, self.offset) = (self.part + 1, 0);
        }
    }

    fn advance(&mut self, len: usize) {
        self.offset += len;
        self.taken += len;
    }

    fn is_done(&mut self) -> bool {
        self.next(1).is_none()
    }
}

/// What was moved beyond a gap: at which byte of all parts, and how many.
#[derive(Default)]
pub struct Strays {
    all: [(usize, usize); MOST],
    count: usize,
}

impl Strays {
    fn add(&mut self, at: usize, len: usize) {
        if len > 0 && self.count < MOST {
            self.all[self.count] = (at, len);
            self.count += 1;
        }
    }

    /// In order.
    pub fn iter(&self) -> impl Iterator<Item = (usize, usize)> {
        self.all[..self.count].iter().copied()
    }
}

/// Moves all of `cut` over the pipe of `flights`, whose packets are `packet` bytes. A short
/// packet ends it; then, and when it fails, what is still in flight comes back first.
///
/// # Safety
/// The memory is borrowed until the call ends, mutably when the pipe leads to the host.
pub unsafe fn carry(
    mut flights: Flights,
    cut: &mut Cut,
    packet: usize,
    wait: &Wait,
) -> (Moved, Strays) {
    let mut piece = PIECE;
    let mut count = 0;
    let end = loop {
        let mut refused = None;
        while !flights.is_full() && refused.is_none() {
            let Some((start, len)) = cut.next(piece / packet * packet) else { break };
            // SAFETY: the caller's promise; `flights` brings all back before it ends.
            match unsafe { flights.take_off(start, len) } {
                Ok(()) => cut.advance(len),
                Err(error) => refused = Some(error),
            }
        }
        match refused {
            // When some are in flight, there is more memory once they have landed.
            Some(error) if error.code == VI_ERROR_ALLOC && !flights.is_empty() => {}
            Some(error) if error.code == VI_ERROR_ALLOC && piece > LEAST => {
                piece /= 2;
                continue;
            }
            Some(error) => break End::Failed(error),
            None if flights.is_empty() => break End::Full,
            None => {}
        }
        if let Err(error) = flights.await_first(wait) {
            break End::Failed(error);
        }
        let (moved, end) = flights.land();
        count += moved;
        if end != End::Full {
            break end;
        }
    };
    bring_back(&mut flights, cut, Moved { count, end })
}

/// Brings back what is still in flight after an end, and counts what it has moved.
fn bring_back(flights: &mut Flights, cut: &mut Cut, so_far: Moved) -> (Moved, Strays) {
    let Moved { mut count, mut end } = so_far;
    let mut strays = Strays::default();
    if flights.is_empty() {
        return (so_far, strays);
    }
    flights.call_back();
    let mut at = cut.taken - flights.bytes();
    // Not when the time was up while they were in flight.
    let mut has_gap = at != count;
    while let Some(len) = flights.first_len() {
        let (moved, landed) = flights.land();
        match landed {
            End::Failed(error) if error.code == VI_ERROR_CONN_LOST => end = landed,
            // It ended by itself, at the last moment.
            End::Short | End::Stalled if !has_gap => end = landed,
            _ => {}
        }
        if has_gap {
            strays.add(at, moved);
        } else {
            count += moved;
        }
        has_gap |= moved < len;
        at += len;
    }
    if !has_gap && cut.is_done() && matches!(end, End::Failed(error) if !is_lost(error)) {
        end = End::Full;
    }
    (Moved { count, end }, strays)
}

fn is_lost(error: Error) -> bool {
    error.code == VI_ERROR_CONN_LOST
}

/// Moves `len` bytes of all parts from `from` down to `to`.
pub fn close_gap(parts: &mut [&mut [u8]], from: usize, to: usize, len: usize) {
    for step in 0..len {
        let byte = at(parts, from + step).map(|byte| *byte);
        if let (Some(byte), Some(place)) = (byte, at(parts, to + step)) {
            *place = byte;
        }
    }
}

/// A byte of all parts.
fn at<'a>(parts: &'a mut [&mut [u8]], mut index: usize) -> Option<&'a mut u8> {
    for part in parts {
        if index < part.len() {
            return Some(&mut part[index]);
        }
        index -= part.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_cut_one_after_the_other() {
        let (mut one, mut two) = ([0_u8; 5], [0_u8; 3]);
        let parts = [(one.as_mut_ptr(), 5), (std::ptr::null_mut(), 0), (two.as_mut_ptr(), 3)];
        let mut cut = Cut::new(parts.into_iter());
        let mut seen = Vec::new();
        while let Some((start, len)) = cut.next(2) {
            seen.push((start, len));
            cut.advance(len);
        }
        let of_one = |at| one.as_ptr().wrapping_add(at).cast_mut();
        let of_two = |at| two.as_ptr().wrapping_add(at).cast_mut();
        let wanted =
            [(of_one(0), 2), (of_one(2), 2), (of_one(4), 1), (of_two(0), 2), (of_two(2), 1)];
        assert_eq!(seen, wanted);
        assert!(cut.is_done());
        assert_eq!(cut.taken, 8);
    }

    #[test]
    fn a_gap_is_closed_across_parts() {
        let (mut one, mut two) = (*b"ab..", *b".cd.");
        close_gap(&mut [&mut one, &mut two], 5, 2, 2);
        assert_eq!(&one, b"abcd");
        // What lies beyond all parts is nobody's.
        close_gap(&mut [&mut one, &mut two], 7, 4, 9);
    }
}
