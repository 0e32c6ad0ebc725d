#![forbid(unsafe_code)]
//! One board, several processes: who has it next.
//!
//! An exchange takes the board for itself by a claim ([`crate::os::ipc`]), which ends with its
//! process however that ends. Who has to wait says since when by a claim of another kind, and
//! nobody overtakes: a process that does one exchange after the other leaves its neighbours their
//! turns. One that does not take its turn, being stopped, is passed over.

use std::time::Duration;

use crate::os::Deadline;
use crate::os::Wait;
use crate::os::ipc::{Claim, Holder, Shared, since_boot};
use crate::status::{Result, VI_ERROR_TMO, fail};

/// A process has one exchange at a time, its gate sees to that.
const OWNER: u64 = 1;

/// How long a board stays free for who has waited longer.
const COURTESY: Duration = Duration::from_millis(50);

/// The claims on a board.
pub struct Sharing {
    /// `None`: there can be none here; then the driver alone keeps processes apart.
    claims: Option<Shared>,
    /// Who claims: this process.
    owner: u64,
}

/// The board is this process's, until dropped.
pub struct Claimed<'a> {
    sharing: &'a Sharing,
    version: u64,
}

impl Sharing {
    /// Of the board with this identity.
    pub fn new(identity: &str) -> Self {
        Self::of(identity, OWNER)
    }

    /// The same for one of several owners.
    pub(super) fn of(identity: &str, owner: u64) -> Self {
        Self { claims: Shared::open(&format!("board {identity}")).ok(), owner }
    }

    /// Waits, and never does anything more.
    #[cfg(test)]
    pub(super) fn stand_waiting(&self) {
        let waiting = Claim { exclusive: false, shared: Some(now()) };
        let claims = self.claims.as_ref().unwrap();
        let _ = claims.claim(self.owner, waiting, |_| true).unwrap();
    }

    /// Takes the board.
    ///
    /// # Errors
    /// VI_ERROR_TMO at the deadline, VI_ERROR_ABORT, VI_ERROR_SYSTEM_ERROR.
    pub fn claim(&self, wait: &Wait) -> Result<Claimed<'_>> {
        let Some(claims) = &self.claims else { return Ok(Claimed { sharing: self, version: 0 }) };
        let since = now();
        let allowed = |others: &[Holder]| is_free(others) && is_first(others, &since);
        if let Ok(version) = self.take(claims, allowed)? {
            return Ok(Claimed { sharing: self, version });
        }
        if wait.deadline == Deadline::Immediate {
            wait.ticket.check()?;
            return fail(VI_ERROR_TMO, "another process has the board");
        }
        let waited = self.claim_later(claims, &since, wait);
        if waited.is_err() {
            claims.reduce(self.owner, None);
        }
        waited.map(|version| Claimed { sharing: self, version })
    }

    fn take(
        &self,
        claims: &Shared,
        allowed: impl FnOnce(&[Holder]) -> bool,
    ) -> Result<std::result::Result<u64, Vec<Holder>>> {
        claims.claim(self.owner, Claim { exclusive: true, shared: None }, allowed)
    }

    fn claim_later(&self, claims: &Shared, since: &str, wait: &Wait) -> Result<u64> {
        let queue = claims.queue(wait)?;
        let waiting = Claim { exclusive: false, shared: Some(since.to_owned()) };
        // Nobody can be against waiting.
        let _ = claims.claim(self.owner, waiting, |_| true)?;
        // Until when the board, being free, is left to who has waited longer.
        let mut courtesy: Option<Deadline> = None;
        loop {
            let is_over = courtesy.is_some_and(Deadline::has_passed);
            let allowed =
                |others: &[Holder]| is_free(others) && (is_over || is_first(others, since));
            let others = match self.take(claims, allowed)? {
                Ok(version) => return Ok(version),
                Err(others) => others,
            };
            courtesy =
                is_free(&others).then(|| courtesy.unwrap_or_else(|| Deadline::after(COURTESY)));
            let until = courtesy.map_or(wait.deadline, |until| wait.deadline.min(until));
            match queue.sleep(&others, &Wait { deadline: until, ..*wait }) {
                Err(error) if error.code == VI_ERROR_TMO && !wait.deadline.has_passed() => {}
                slept => slept?,
            }
        }
    }
}

impl Claimed<'_> {
    /// Tells this claim from others.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Whether nobody has had the board since this process's claim of `version`. Each claim and
    /// each end of one moves the version by one.
    pub fn follows(&self, version: u64) -> bool {
        self.sharing.claims.is_some() && self.version == version + 2
    }
}

impl Drop for Claimed<'_> {
    fn drop(&mut self) {
        if let Some(claims) = &self.sharing.claims {
            claims.reduce(self.sharing.owner, None);
        }
    }
}

/// Whether nobody has the board.
fn is_free(others: &[Holder]) -> bool {
    !others.iter().any(|holder| holder.claim.exclusive)
}

/// Whether nobody else has waited since before `since`.
fn is_first(others: &[Holder], since: &str) -> bool {
    !others.iter().filter_map(|holder| holder.claim.shared.as_deref()).any(|other| other < since)
}

/// The machine's clock, which all processes share, as a text that compares like it.
fn now() -> String {
    format!("{:032}", since_boot().as_nanos())
}
