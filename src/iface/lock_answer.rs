#![forbid(unsafe_code)]
//! How long a device's answer about its lock is waited for.

use std::time::Duration;

use crate::os::Deadline;
use crate::os::Wait;

/// How long after the caller's time it is still taken: the device was told that time, and began to
/// count it later. With what it takes to tell a device that the lock is not wanted any more, a call
/// ends less than 100 ms after its time.
const GRACE: Duration = Duration::from_millis(30);

/// The same where the caller does not wait for the lock, which a device that is busy need not
/// answer as quickly. viOpen with a lock asks so by default.
const ROUND_TRIP: Duration = Duration::from_millis(500);

/// For a caller who waits so long.
pub fn answer_by<'a>(wait: &Wait<'a>) -> Wait<'a> {
    let grace = match wait.deadline {
        Deadline::Immediate => ROUND_TRIP,
        _ => GRACE,
    };
    wait.prolonged(grace)
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::os::Cancel;

    fn deadline(of_caller: Deadline) -> Deadline {
        let cancel = Cancel::new();
        answer_by(&Wait { deadline: of_caller, ticket: cancel.ticket() }).deadline
    }

    #[test]
    fn a_device_that_does_not_answer_holds_the_caller_up_less_than_100_ms() {
        let time = Instant::now() + Duration::from_secs(1);
        let Deadline::At(by) = deadline(Deadline::At(time)) else { panic!("has an end") };
        // A device's refusal is to be taken that comes when its time, which is ours, is over. The
        // 50 ms are for telling a VXI-11 device that the lock is not wanted any more.
        assert!(by > time && by <= time + Duration::from_millis(50), "{:?}", by - time);
    }

    #[test]
    fn who_does_not_wait_for_the_lock_waits_for_the_answer() {
        assert!(matches!(deadline(Deadline::Immediate), Deadline::At(by) if by > Instant::now()));
        assert_eq!(deadline(Deadline::Never), Deadline::Never);
    }
}
