#![forbid(unsafe_code)]
//! Which process of this machine has the one connection of an adapter.
//!
//! A claim ([`crate::os::ipc`]) says who has it, and ends with its process however that ends. Who
//! needs it and has it not says so by a claim of another kind.

use crate::os::Deadline;
use crate::os::Wait;
use crate::os::ipc::{Claim, Holder, Shared, random};
use crate::status::{Error, Result, VI_ERROR_RSRC_BUSY, VI_ERROR_TMO, fail};

/// What the claim of a process says that needs the connection.
const WANTED: &str = "wanted";

/// The claims on the connection.
pub struct Sharing {
    /// `None`: there can be none here; then the connection is kept for good.
    claims: Option<Shared>,
    /// Who claims. A process has one connection at a time, but an adapter whose last session closes
    /// may still be giving its own back while the next one begins.
    owner: u64,
}

impl Sharing {
    /// Of the adapter with this identity.
    pub fn new(identity: &str) -> Self {
        let claims = Shared::open(&format!("connection {identity}")).ok();
        Self { claims, owner: random() }
    }

    /// Whether another process has it now.
    pub fn is_elsewhere(&self) -> bool {
        let look = self.claims.as_ref().and_then(|claims| claims.look(self.owner).ok());
        look.is_some_and(|look| !is_free(&look.others))
    }

    /// Whether others can be heard of at all.
    pub fn is_possible(&self) -> bool {
        self.claims.is_some()
    }

    /// Claims it for this process; whether another had it just now.
    ///
    /// # Errors
    /// VI_ERROR_RSRC_BUSY when the other does not give it away in time; VI_ERROR_ABORT.
    pub fn claim(&self, wait: &Wait) -> Result<bool> {
        let Some(claims) = &self.claims else { return Ok(false) };
        if self.take(claims)?.is_ok() {
            return Ok(false);
        }
        if wait.deadline == Deadline::Immediate {
            return fail(VI_ERROR_RSRC_BUSY, "another process has the adapter");
        }
        let claimed = self.claim_later(claims, wait);
        if claimed.is_err() {
            claims.reduce(self.owner, None);
        }
        claimed.map(|()| true).map_err(|error| match error.code {
            VI_ERROR_TMO => Error {
                code: VI_ERROR_RSRC_BUSY,
                at: "another process has the adapter and does not give it away",
                ..error
            },
            _ => error,
        })
    }

    /// Gives the claim back.
    pub fn release(&self) {
        if let Some(claims) = &self.claims {
            claims.reduce(self.owner, None);
        }
    }

    /// Calls `give_away` whenever this process has it and another wants it, until `wait` ends that.
    pub fn serve(&self, wait: &Wait, mut give_away: impl FnMut()) {
        let Some(claims) = &self.claims else { return };
        let Ok(queue) = claims.queue(wait) else { return };
        loop {
            let is_wanted = claims.look(self.owner).is_ok_and(|look| {
                let is_mine = look.mine.is_some_and(|mine| mine.exclusive);
                is_mine && look.others.iter().any(|holder| !holder.claim.exclusive)
            });
            if is_wanted {
                give_away();
            }
            if queue.sleep(&[], wait).is_err() {
                return;
            }
        }
    }

    fn take(&self, claims: &Shared) -> Result<std::result::Result<u64, Vec<Holder>>> {
        claims.claim(self.owner, Claim { exclusive: true, shared: None }, is_free)
    }

    fn claim_later(&self, claims: &Shared, wait: &Wait) -> Result {
        let queue = claims.queue(wait)?;
        let wanted = Claim { exclusive: false, shared: Some(WANTED.to_owned()) };
        // Nobody can be against waiting.
        let _ = claims.claim(self.owner, wanted, |_| true)?;
        loop {
            match self.take(claims)? {
                Ok(_) => return Ok(()),
                Err(others) => queue.sleep(&others, wait)?,
            }
        }
    }
}

/// Whether nobody has the connection.
fn is_free(others: &[Holder]) -> bool {
    !others.iter().any(|holder| holder.claim.exclusive)
}
