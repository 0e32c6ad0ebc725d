//! Looking again and again before a receive blocks, for those who ask for it.
//!
//! Where client and instrument run on processors of their own, waking a thread costs more than a
//! query. A thread that looks instead of sleeping is there at once; but it keeps a processor busy, and
//! where others need that, all become slower. So it is off unless asked for, is bounded, and is left
//! out where it does not pay:
//!
//! - One processor stays free for whoever is waited for: none spins while as many receives as there
//!   are processors are going on.
//! - A connection whose spinning brought nothing leaves it out for a while, twice as long each time.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use crate::os::Wait;
use crate::os::deadline::Deadline;

/// The longest spin, in microseconds: what wakes a thread is seldom dearer than a tenth of it.
pub const MOST_SPIN_US: u32 = 1000;

/// Receives that a connection leaves out at most before it tries again.
const LONGEST_REST: u32 = 256;

/// What [`processors`] told at the last setting.
static PROCESSORS: AtomicU32 = AtomicU32::new(0);

/// Receives of this process on connections that spin. In a forked child it may stay too high by those
/// that the parent's threads were in: the child then spins less.
static RECEIVING: AtomicU32 = AtomicU32::new(0);

/// How a connection spins.
#[derive(Debug, Default)]
pub struct Spin {
    us: AtomicU32,
    /// Receives to leave it out for.
    rest: AtomicU32,
    /// How long the last such pause was.
    pause: AtomicU32,
}

/// Processors that this process may use, which in a container are few of the machine's, and one
/// more where there is one, for the instrument may have that.
fn processors() -> u32 {
    // SAFETY: no pointers.
    let online = unsafe { libc::sysconf(libc::_SC_NPROCESSORS_ONLN) };
    let online = usize::try_from(online).unwrap_or(1);
    let allowed = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    u32::try_from(online.min(allowed + 1)).unwrap_or(u32::MAX)
}

impl Spin {
    /// How long, in microseconds; 0 is off.
    pub fn us(&self) -> u32 {
        self.us.load(Ordering::Relaxed)
    }

    /// Sets that.
    pub fn set_us(&self, us: u32) {
        if us > 0 {
            PROCESSORS.store(processors(), Ordering::Relaxed);
        }
        self.us.store(us.min(MOST_SPIN_US), Ordering::Relaxed);
        self.rest.store(0, Ordering::Relaxed);
        self.pause.store(0, Ordering::Relaxed);
    }

    /// Begins a receive; `None` where spinning is off.
    #[inline]
    pub fn begin<'a>(&'a self, wait: &'a Wait<'a>) -> Option<Receiving<'a>> {
        match self.us() {
            0 => None,
            us => Some(self.begin_slowly(us, wait)),
        }
    }

    fn begin_slowly<'a>(&'a self, us: u32, wait: &'a Wait<'a>) -> Receiving<'a> {
        // Counted first: of several that begin at once none may think itself alone.
        let others = RECEIVING.fetch_add(1, Ordering::Relaxed);
        let is_crowded = others + 1 >= PROCESSORS.load(Ordering::Relaxed);
        let rest = self.rest.load(Ordering::Relaxed);
        if !is_crowded && rest > 0 {
            self.rest.store(rest - 1, Ordering::Relaxed);
        }
        let may_spin = !is_crowded && rest == 0;
        Receiving { spin: self, wait, may_spin, until: None, us }
    }

    /// It brought nothing: rests, twice as long as the last time.
    fn tire(&self) {
        let pause = (self.pause.load(Ordering::Relaxed) * 2).clamp(1, LONGEST_REST);
        self.pause.store(pause, Ordering::Relaxed);
        self.rest.store(pause, Ordering::Relaxed);
    }
}

/// A receive on a connection that spins, until dropped.
pub struct Receiving<'a> {
    spin: &'a Spin,
    wait: &'a Wait<'a>,
    may_spin: bool,
    /// `None` before the first look.
    until: Option<Instant>,
    us: u32,
}

impl Receiving<'_> {
    /// Whether to look (once more) before blocking. A call that has been cancelled, or whose time is
    /// over, blocks at once, which tells it so.
    pub fn spins(&mut self) -> bool {
        if !self.may_spin {
            return false;
        }
        let now = Instant::now();
        match self.until {
            None => {
                let until = now + Duration::from_micros(self.us.into());
                self.until = Some(match self.wait.deadline {
                    Deadline::At(at) => until.min(at),
                    _ => until,
                });
            }
            Some(until) if now < until && self.wait.ticket.check().is_ok() => {
                std::hint::spin_loop();
            }
            Some(_) => {
                self.spin.tire();
                self.may_spin = false;
            }
        }
        self.may_spin
    }

    /// Notes that it has paid.
    pub fn has_paid(&self) {
        self.spin.pause.store(0, Ordering::Relaxed);
    }
}

impl Drop for Receiving<'_> {
    fn drop(&mut self) {
        RECEIVING.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::os::Cancel;

    /// One after the other: they change what all receives of the process share.
    static ALONE: parking_lot::Mutex<()> = parking_lot::Mutex::new(());

    /// Spins of a receive until it is to block.
    fn spins(receiving: &mut Receiving) -> bool {
        let begun = receiving.spins();
        while receiving.spins() {}
        begun
    }

    fn on(processors: u32) -> Spin {
        let spin = Spin::default();
        spin.set_us(20);
        PROCESSORS.store(processors, Ordering::Relaxed);
        spin
    }

    #[test]
    fn off_by_default_and_bounded() {
        let _alone = ALONE.lock();
        let cancel = Cancel::new();
        let wait = Wait { deadline: Deadline::Never, ticket: cancel.ticket() };
        let spin = Spin::default();
        assert!(spin.us() == 0 && spin.begin(&wait).is_none());
        spin.set_us(u32::MAX);
        assert_eq!(spin.us(), MOST_SPIN_US);
    }

    /// A spin that brought nothing is followed by one receive without, then by two, and so on; one
    /// that paid begins anew.
    #[test]
    fn a_connection_that_gains_nothing_rests_longer_each_time() {
        let _alone = ALONE.lock();
        let cancel = Cancel::new();
        let wait = Wait { deadline: Deadline::Never, ticket: cancel.ticket() };
        let spin = on(u32::MAX);
        let pattern: Vec<bool> = (0..8).map(|_| spins(&mut spin.begin(&wait).unwrap())).collect();
        assert_eq!(pattern, [true, false, true, false, false, true, false, false]);
        spin.pause.store(LONGEST_REST, Ordering::Relaxed);
        spin.tire();
        assert_eq!(spin.rest.load(Ordering::Relaxed), LONGEST_REST);
        spin.rest.store(0, Ordering::Relaxed);
        let mut receiving = spin.begin(&wait).unwrap();
        assert!(receiving.spins());
        receiving.has_paid();
        drop(receiving);
        assert!(spin.begin(&wait).unwrap().spins(), "no rest after one that paid");
    }

    #[test]
    fn nobody_spins_where_a_processor_is_wanted_by_others() {
        let _alone = ALONE.lock();
        let cancel = Cancel::new();
        let wait = Wait { deadline: Deadline::Never, ticket: cancel.ticket() };
        assert!(!on(1).begin(&wait).unwrap().spins(), "the only processor");
        let (one, other) = (on(2), on(2));
        let mut first = one.begin(&wait).unwrap();
        assert!(first.spins());
        assert!(!other.begin(&wait).unwrap().spins(), "the second of two");
        drop(first);
        assert!(other.begin(&wait).unwrap().spins());
        assert_eq!(RECEIVING.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn cancelling_and_the_deadline_end_it() {
        let _alone = ALONE.lock();
        let cancel = Cancel::new();
        let wait = Wait { deadline: Deadline::Never, ticket: cancel.ticket() };
        let spin = on(u32::MAX);
        spin.us.store(u32::MAX, Ordering::Relaxed);
        let mut receiving = spin.begin(&wait).unwrap();
        assert!(receiving.spins() && receiving.spins());
        cancel.terminate();
        assert!(!receiving.spins());
        let spin = on(u32::MAX);
        spin.us.store(u32::MAX, Ordering::Relaxed);
        let deadline = Deadline::after(Duration::from_millis(1));
        let wait = Wait { deadline, ticket: cancel.ticket() };
        assert!(spins(&mut spin.begin(&wait).unwrap()));
        assert!(deadline.has_passed());
    }
}
