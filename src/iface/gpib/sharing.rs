#![forbid(unsafe_code)]
//! One board, several processes: who has it next, and who has polled what.
//!
//! An exchange takes the board for itself by a claim ([`crate::os::ipc`]), which ends with its
//! process however that ends. Who has to wait says since when by a claim of another kind, and
//! nobody overtakes: a process that does one exchange after the other leaves its neighbours their
//! turns. One that does not take its turn, being stopped, is passed over.

use std::time::Duration;

use parking_lot::Mutex;

use crate::os::Deadline;
use crate::os::Wait;
use crate::os::ipc::{Claim, Holder, NOTE, Shared, random, since_boot};
use crate::status::{Result, VI_ERROR_TMO, fail};
use crate::wire::gpib::{BusAddress, MAX_ADDRESS, RQS};

/// How long a board stays free for who has waited longer.
const COURTESY: Duration = Duration::from_millis(50);

/// In a note: a device without a secondary address.
const NO_SECONDARY: u8 = 0xFF;

/// The claims on a board.
pub struct Sharing {
    /// `None`: there can be none here; then the driver alone keeps processes apart.
    claims: Option<Shared>,
    /// Who claims: not the process, which may have the board by two numbers.
    owner: u64,
    /// What tells this process's notes from others'.
    writer: u64,
    /// The notes that were read.
    seen: Mutex<u64>,
}

/// The board is this process's, until dropped.
pub struct Claimed<'a> {
    sharing: &'a Sharing,
    version: u64,
}

impl Sharing {
    /// Of the board with this identity.
    pub fn new(identity: &str) -> Self {
        let claims = Shared::open(&format!("board {identity}")).ok();
        let seen = claims.as_ref().map_or(0, |claims| claims.note_count());
        Self { claims, owner: random(), writer: random(), seen: Mutex::new(seen) }
    }

    /// Tells the other processes of a status byte with RQS, which the device has shown to this one
    /// only. The caller has the board.
    pub fn tell(&self, device: BusAddress, byte: u8) {
        if let Some(claims) = &self.claims {
            let secondary = device.secondary.unwrap_or(NO_SECONDARY);
            let mut note = [0; NOTE];
            note[..3].copy_from_slice(&[device.primary, secondary, byte]);
            note[8..].copy_from_slice(&self.writer.to_ne_bytes());
            // Who cannot be told will find nothing when it polls.
            let _ = claims.note(note);
        }
    }

    /// The status bytes with RQS that other processes have polled since this was last asked.
    pub fn news(&self) -> Vec<(BusAddress, u8)> {
        let Some(claims) = &self.claims else { return Vec::new() };
        let mut seen = self.seen.lock();
        // One look at the count: a note that comes meanwhile is the next one's.
        let (notes, count) = claims.notes_since(*seen);
        *seen = count;
        let others = notes.into_iter().filter(|note| note[8..] != self.writer.to_ne_bytes());
        // Bytes of a file that anybody may write.
        let valid = others.filter(|note| {
            note[0] <= MAX_ADDRESS
                && (note[1] <= MAX_ADDRESS || note[1] == NO_SECONDARY)
                && note[2] & RQS != 0
        });
        valid
            .map(|[primary, secondary, byte, ..]| {
                let secondary = (secondary != NO_SECONDARY).then_some(secondary);
                (BusAddress { primary, secondary }, byte)
            })
            .collect()
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
