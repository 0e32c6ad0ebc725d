#![forbid(unsafe_code)]
//! Numbers that GPIB libraries use: errors, timeouts, addresses.

use std::ffi::c_int;
use std::time::Duration;

use crate::consts::ViStatus;
use crate::status::{
    VI_ERROR_ABORT, VI_ERROR_ALLOC, VI_ERROR_BERR, VI_ERROR_FILE_IO, VI_ERROR_IN_PROGRESS,
    VI_ERROR_INTF_NUM_NCONFIG, VI_ERROR_INV_PARAMETER, VI_ERROR_IO, VI_ERROR_NCIC,
    VI_ERROR_NLISTENERS, VI_ERROR_NSUP_OPER, VI_ERROR_NSYS_CNTLR, VI_ERROR_TMO,
};

/// The library's timeouts by their codes, in microseconds; code 0 is none.
const STEPS: [u64; 18] = [
    0,
    10,
    30,
    100,
    300,
    1_000,
    3_000,
    10_000,
    30_000,
    100_000,
    300_000,
    1_000_000,
    3_000_000,
    10_000_000,
    30_000_000,
    100_000_000,
    300_000_000,
    1_000_000_000,
];

/// Values of `iberr`.
pub const EDVR: c_int = 0;
pub const EABO: c_int = 6;

/// The VISA status of an `iberr`.
pub fn status_of(number: c_int, timed_out: bool) -> ViStatus {
    match number {
        EABO if timed_out => VI_ERROR_TMO,
        // Not by our own ibstop, which is known.
        EABO => VI_ERROR_ABORT,
        // Command bytes that nobody took in time.
        14 if timed_out => VI_ERROR_TMO,
        1 | 3 => VI_ERROR_NCIC,
        2 => VI_ERROR_NLISTENERS,
        4 => VI_ERROR_INV_PARAMETER,
        5 => VI_ERROR_NSYS_CNTLR,
        7 => VI_ERROR_INTF_NUM_NCONFIG,
        8 => VI_ERROR_IO,
        10 => VI_ERROR_IN_PROGRESS,
        11 => VI_ERROR_NSUP_OPER,
        12 => VI_ERROR_FILE_IO,
        14 => VI_ERROR_BERR,
        20 => VI_ERROR_ALLOC,
        _ => VI_ERROR_IO,
    }
}

/// The code of the shortest step that is not shorter than `time`.
pub fn code_at_least(time: Duration) -> c_int {
    let fits = |step: &u64| u128::from(*step) >= time.as_micros().max(1);
    // Longer than the longest: none.
    STEPS.iter().position(fits).unwrap_or(0) as c_int
}

/// The code of the longest step that is not longer than `time`; of the shortest, if all are.
pub fn code_at_most(time: Duration) -> c_int {
    let fits = |step: &u64| *step > 0 && u128::from(*step) <= time.as_micros();
    STEPS.iter().rposition(fits).unwrap_or(1) as c_int
}

/// A secondary address as the library has it: 0 for none.
pub fn secondary_code(secondary: Option<u8>) -> c_int {
    secondary.map_or(0, |secondary| 0x60 + c_int::from(secondary))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timeout_becomes_the_next_longer_step() {
        let code = |ms| code_at_least(Duration::from_millis(ms));
        assert_eq!((code(10), code(11), code(700), code(1000), code(1001)), (7, 8, 11, 11, 12));
        assert_eq!(code_at_least(Duration::ZERO), 1, "never none");
        assert_eq!(code_at_least(Duration::from_secs(1_000_000)), 0);
    }

    #[test]
    fn an_attempt_is_never_longer_than_the_time_left() {
        let code = |ms| code_at_most(Duration::from_millis(ms));
        assert_eq!((code(10), code(11), code(700), code(1000), code(5)), (7, 7, 10, 11, 6));
        assert_eq!(code_at_most(Duration::ZERO), 1);
        assert_eq!(code_at_most(Duration::from_secs(1_000_000)), 17);
    }

    #[test]
    fn errors_become_what_the_standard_calls_them() {
        assert_eq!(status_of(2, false), VI_ERROR_NLISTENERS);
        assert_eq!(status_of(EABO, true), VI_ERROR_TMO);
        assert_eq!(status_of(EABO, false), VI_ERROR_ABORT);
        assert_eq!(status_of(14, true), VI_ERROR_TMO);
        assert_eq!(status_of(14, false), VI_ERROR_BERR);
        assert_eq!(status_of(99, false), VI_ERROR_IO);
    }

    #[test]
    fn secondary_zero_is_not_none() {
        assert_eq!((secondary_code(None), secondary_code(Some(0))), (0, 0x60));
    }
}
