#![forbid(unsafe_code)]
//! Points in time by which a call must have ended.

use std::time::{Duration, Instant};

use crate::consts::{VI_TMO_IMMEDIATE, VI_TMO_INFINITE};
use crate::os::sync::now;

/// When to give up: at once, at a point in time, or never.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deadline {
    /// Do not wait at all: take what is there (VI_TMO_IMMEDIATE).
    Immediate,
    /// Give up at this point in time.
    At(Instant),
    /// Wait until it happens or is cancelled (VI_TMO_INFINITE).
    Never,
}

impl Deadline {
    /// The deadline of a call that starts now with a VISA timeout in milliseconds.
    pub fn from_timeout(ms: u32) -> Self {
        match ms {
            VI_TMO_IMMEDIATE => Self::Immediate,
            VI_TMO_INFINITE => Self::Never,
            // 2^32 ms are 49 days: far from the end of Instant's range.
            _ => Self::At(now() + Duration::from_millis(ms.into())),
        }
    }

    /// `duration` from now.
    pub fn after(duration: Duration) -> Self {
        Self::At(now() + duration)
    }

    /// Time left, zero when it has passed, `None` when there is no end.
    pub fn remaining(self) -> Option<Duration> {
        match self {
            Self::Immediate => Some(Duration::ZERO),
            Self::At(at) => Some(at.saturating_duration_since(now())),
            Self::Never => None,
        }
    }

    /// Whether no time is left.
    pub fn has_passed(self) -> bool {
        self.remaining() == Some(Duration::ZERO)
    }

    /// The earlier of two deadlines.
    pub fn min(self, other: Self) -> Self {
        match (self, other) {
            (Self::Immediate, _) | (_, Self::Immediate) => Self::Immediate,
            (Self::Never, d) | (d, Self::Never) => d,
            (Self::At(a), Self::At(b)) => Self::At(a.min(b)),
        }
    }

    /// Time left in whole milliseconds, rounded up, for poll(2): -1 without end.
    pub fn poll_timeout(self) -> i32 {
        match self.remaining() {
            None => -1,
            Some(left) => left.as_micros().div_ceil(1000).min(i32::MAX as u128) as i32,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timeouts_become_deadlines_as_the_standard_names_them() {
        assert_eq!(Deadline::from_timeout(0), Deadline::Immediate);
        assert_eq!(Deadline::from_timeout(u32::MAX), Deadline::Never);
        assert_eq!(Deadline::Never.poll_timeout(), -1);
        assert_eq!(Deadline::Immediate.poll_timeout(), 0);
        let left = Deadline::from_timeout(u32::MAX - 1).remaining().unwrap();
        assert!(left > Duration::from_secs(49 * 86_400));
    }

    #[test]
    fn a_wait_is_never_cut_short_by_rounding() {
        let deadline = Deadline::after(Duration::from_micros(1_500));
        assert!(deadline.poll_timeout() >= 1);
        assert!(Deadline::after(Duration::from_millis(1)).poll_timeout() == 1);
    }

    #[test]
    fn the_earlier_deadline_wins() {
        let soon = Deadline::after(Duration::from_secs(1));
        let late = Deadline::after(Duration::from_secs(9));
        assert_eq!(soon.min(late), soon);
        assert_eq!(Deadline::Never.min(late), late);
        assert_eq!(late.min(Deadline::Immediate), Deadline::Immediate);
    }
}
