#![forbid(unsafe_code)]
//! How long is measured.

use std::time::Duration;

/// How long and how often each row is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effort {
    /// How often both sides take their turn.
    pub rounds: u32,
    /// How long a turn lasts, where one operation is not longer.
    pub turn: Duration,
    /// No row is begun another round of after this.
    pub row: Duration,
    /// How long the threads of one turn run.
    pub threads: Duration,
}

impl Effort {
    /// For figures that are kept.
    pub const FULL: Self = Self {
        rounds: 25,
        turn: Duration::from_millis(20),
        row: Duration::from_millis(2500),
        threads: Duration::from_millis(60),
    };
    /// For a look.
    pub const QUICK: Self = Self {
        rounds: 7,
        turn: Duration::from_millis(5),
        row: Duration::from_millis(300),
        threads: Duration::from_millis(20),
    };
    /// Everything once: whether it runs.
    pub const ONCE: Self = Self {
        rounds: 1,
        turn: Duration::ZERO,
        row: Duration::ZERO,
        threads: Duration::from_millis(2),
    };

    /// How many operations make a turn, when one of the slower side takes `ns`.
    pub fn operations(&self, ns: f64) -> u64 {
        ((self.turn.as_nanos() as f64 / ns.max(1.0)) as u64).clamp(1, 5000)
    }
}
