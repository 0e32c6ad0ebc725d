#![forbid(unsafe_code)]
//! Events in the order in which they happened, at most so many.

use std::collections::VecDeque;

use super::context::Occurrence;

/// A queue for one type of event.
#[derive(Default)]
pub struct Queue {
    /// With each event its place among those of all types of the session.
    items: VecDeque<(u64, Occurrence)>,
    /// Whether one was dropped since that was last asked.
    overflowed: bool,
}

impl Queue {
    /// Adds what happened as number `place`; when `capacity` are waiting it is dropped, because
    /// the newest is what gets lost.
    pub fn push(&mut self, place: u64, occurrence: Occurrence, capacity: usize) {
        if self.items.len() < capacity {
            self.items.push_back((place, occurrence));
        } else {
            self.overflowed = true;
        }
    }

    /// The place of the oldest.
    pub fn oldest(&self) -> Option<u64> {
        self.items.front().map(|(place, _)| *place)
    }

    /// Takes the oldest.
    pub fn pop(&mut self) -> Option<Occurrence> {
        self.items.pop_front().map(|(_, occurrence)| occurrence)
    }

    /// Whether something was dropped since this was last asked.
    pub fn take_overflowed(&mut self) -> bool {
        std::mem::take(&mut self.overflowed)
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Throws all away.
    pub fn clear(&mut self) {
        self.items.clear();
        self.overflowed = false;
    }
}
