#![forbid(unsafe_code)]
//! Locks of sessions: viLock, viUnlock, and what they forbid others (section 3.6).
//!
//! A session counts its exclusive and its shared lock; what it claims of the resource stands in
//! [`Claims`](crate::os::ipc::Claims), for all sessions of all processes. Only then the device
//! is asked, where the protocol has locks: who is refused by a neighbour need not trouble it.

mod admission;
mod policy;

use std::time::Duration;

use crate::consts::{VI_EXCLUSIVE_LOCK, VI_NO_LOCK, VI_SHARED_LOCK, ViAccessMode, ViStatus};
use crate::iface::{Call, DeviceLock};
use crate::os::Cancel;
use crate::os::Deadline;
use crate::os::Gate;
use crate::os::Wait;
use crate::os::fork;
use crate::os::ipc::{self, Claim, Holder, Shared};
use crate::os::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use crate::os::sync::global;
use crate::session::Session;
use crate::session::manager::GOODBYE;
use crate::status::{
    Error, Result, VI_ERROR_INV_ACCESS_KEY, VI_ERROR_RSRC_LOCKED, VI_ERROR_SESN_NLOCKED,
    VI_ERROR_TMO, VI_SUCCESS, VI_SUCCESS_NESTED_EXCLUSIVE, VI_SUCCESS_NESTED_SHARED, fail,
};
use crate::trace;

/// The longest that viUnlock waits for the device, whatever the session's timeout.
const LONG_GOODBYE: Duration = Duration::from_secs(10);

/// Characters that an access key may have at most (rule 3.6.17).
const LONGEST_KEY: usize = 255;

/// What a session asks of viLock.
#[derive(Clone, Copy, Debug)]
pub enum Wanted<'a> {
    /// The resource for itself alone.
    Exclusive,
    /// The resource together with all who give the same access key; without one it is generated.
    Shared(Option<&'a str>),
}

/// What viLock grants: the completion code, and the access key (empty for exclusive locks, rule
/// 3.6.14).
pub type Granted = (ViStatus, String);

/// A session's part in the locks on its resource.
pub struct Lock {
    /// Tells it from all other sessions of the process.
    owner: u64,
    made_in: u32,
    /// Or why there can be no locks here. Unlocked use goes on then.
    claims: Result<Shared>,
    held: Gate<Held>,
    /// Whether `held` may have a count, for a look without waiting.
    holds: AtomicBool,
    /// The version of the claims at which this session was last found admitted.
    admitted_at: AtomicU64,
}

#[derive(Default)]
struct Held {
    exclusive: u32,
    shared: u32,
    /// Of the shared lock, as long as it is held.
    key: Option<String>,
}

impl Held {
    fn claim(&self) -> Claim {
        Claim { exclusive: self.exclusive > 0, shared: self.key.clone() }
    }
}

/// One attempt to lock.
enum Attempt {
    Done(Granted),
    Refused(Vec<Holder>),
}

impl Lock {
    /// For a new session to the resource with this [`key`](crate::rsrc::ResourceName::key).
    pub(super) fn new(resource: &str) -> Self {
        global! { static OWNERS: AtomicU64 = AtomicU64::new(1); }
        let claims = Shared::open_kept(resource);
        if let Err(error) = &claims {
            trace::note(format_args!("[no locks: {}, os error {:?}]", error.at, error.os));
        }
        Self {
            owner: OWNERS.fetch_add(1, Ordering::Relaxed),
            made_in: fork::generation(),
            claims,
            held: Gate::default(),
            holds: AtomicBool::new(false),
            admitted_at: AtomicU64::new(0),
        }
    }

    fn claims(&self) -> Result<&Shared> {
        self.claims.as_ref().map_err(|error| *error)
    }

    /// Changes what the session claims to what it holds, less than before.
    fn reduce(&self, held: &Held) {
        self.holds.store(held.exclusive + held.shared > 0, Ordering::Release);
        if let Ok(claims) = &self.claims {
            let claim = held.claim();
            claims.reduce(self.owner, (claim != Claim::default()).then_some(claim));
        }
    }

    /// VI_ATTR_RSRC_LOCK_STATE: the resource's strongest lock, whoever holds it.
    pub(super) fn state(&self) -> Result<ViAccessMode> {
        let Ok(claims) = &self.claims else { return Ok(VI_NO_LOCK) };
        let look = claims.look(self.owner)?;
        let held = look.others.into_iter().map(|holder| holder.claim).chain(look.mine);
        let strongest = held.map(|claim| match claim.exclusive {
            true => VI_EXCLUSIVE_LOCK,
            false => VI_SHARED_LOCK,
        });
        Ok(strongest.min().unwrap_or(VI_NO_LOCK))
    }
}

/// A session that goes takes its locks with it, also when a call of it was still running when it
/// was closed.
impl Drop for Lock {
    fn drop(&mut self) {
        if self.made_in == fork::generation()
            && let Ok(claims) = &self.claims
        {
            claims.reduce(self.owner, None);
        }
    }
}

impl Session {
    /// viLock: waits up to `timeout` ms for the lock.
    ///
    /// # Errors
    /// VI_ERROR_RSRC_LOCKED when it cannot be had and `timeout` is VI_TMO_IMMEDIATE, or can never
    /// be had (rule 3.6.12); VI_ERROR_TMO; VI_ERROR_INV_ACCESS_KEY; VI_ERROR_ABORT; what the
    /// device answers; VI_ERROR_SYSTEM_ERROR where the machine has no place for locks.
    pub fn lock(&self, wanted: Wanted, timeout: u32) -> Result<Granted> {
        let deadline = Deadline::from_timeout(timeout);
        self.lock_within(wanted, timeout, Wait { deadline, ticket: self.cancel.ticket() })
    }

    /// [`Session::lock`] as part of a call that began earlier.
    pub(super) fn lock_within(
        &self,
        wanted: Wanted,
        timeout_ms: u32,
        wait: Wait,
    ) -> Result<Granted> {
        self.own()?;
        if let Wanted::Shared(Some(key)) = wanted
            && (key.len() > LONGEST_KEY || !key.bytes().all(|c| (b' '..=b'~').contains(&c)))
        {
            return fail(VI_ERROR_INV_ACCESS_KEY, "access keys are up to 255 ASCII characters");
        }
        let claims = self.lock.claims()?;
        let call = Call { wait, timeout_ms, ..self.call() };
        let holders = match self.attempt(wanted, &call)? {
            Attempt::Done(granted) => return Ok(granted),
            Attempt::Refused(holders) => holders,
        };
        if wait.deadline == Deadline::Immediate {
            return refused(&holders);
        }
        let queue = claims.queue(&wait)?;
        loop {
            let holders = match self.attempt(wanted, &call)? {
                Attempt::Done(granted) => return Ok(granted),
                Attempt::Refused(holders) => holders,
            };
            queue.sleep(&holders, &wait).inspect_err(|_| note_holders(&holders))?;
        }
    }

    fn attempt(&self, wanted: Wanted, call: &Call) -> Result<Attempt> {
        let lock = &self.lock;
        // Held while the device is asked, so that a second thread does not take a lock for nested
        // that the device may yet refuse.
        let mut held = lock.held.pass(&call.wait).map_err(|error| match error.code {
            VI_ERROR_TMO if call.wait.deadline == Deadline::Immediate => {
                Error::new(VI_ERROR_RSRC_LOCKED, "another thread is locking with this session")
            }
            _ => error,
        })?;
        call.wait.ticket.check()?;
        let before = held.claim();
        let (claim, key) = match (wanted, &held.key) {
            (Wanted::Exclusive, _) if held.exclusive > 0 => {
                held.exclusive += 1;
                return Ok(Attempt::Done((VI_SUCCESS_NESTED_EXCLUSIVE, String::new())));
            }
            (Wanted::Exclusive, _) => (Claim { exclusive: true, ..before.clone() }, None),
            (Wanted::Shared(Some(asked)), Some(key)) if asked != key => {
                return fail(VI_ERROR_INV_ACCESS_KEY, "the session's shared lock has another key");
            }
            (Wanted::Shared(_), Some(key)) => {
                let key = key.clone();
                held.shared += 1;
                return Ok(Attempt::Done((VI_SUCCESS_NESTED_SHARED, key)));
            }
            (Wanted::Shared(_), None) if held.exclusive > 0 => {
                return fail(VI_ERROR_RSRC_LOCKED, "the session itself holds the exclusive lock");
            }
            (Wanted::Shared(asked), None) => {
                let key = asked.map_or_else(generate_key, str::to_owned);
                (Claim { exclusive: false, shared: Some(key.clone()) }, Some(key))
            }
        };
        let claims = lock.claims()?;
        let granted = claims
            .claim(lock.owner, claim.clone(), |others| policy::grants(&claim, &before, others))?;
        let version = match granted {
            Ok(version) => version,
            Err(others) => return Ok(Attempt::Refused(others)),
        };
        let device = key.as_deref().map_or(DeviceLock::Exclusive, DeviceLock::Shared);
        if let Err(error) = self.link.lock(device, call) {
            lock.reduce(&held);
            return Err(error);
        }
        match &key {
            None => held.exclusive = 1,
            Some(_) => held.shared = 1,
        }
        if key.is_some() {
            held.key.clone_from(&key);
        }
        lock.holds.store(true, Ordering::Release);
        lock.admitted_at.store(version, Ordering::Release);
        Ok(Attempt::Done((VI_SUCCESS, key.unwrap_or_default())))
    }

    /// viUnlock: gives the newest lock back: an exclusive one before a shared one, as a session
    /// cannot have got them in the other order.
    ///
    /// # Errors
    /// VI_ERROR_SESN_NLOCKED.
    pub fn unlock(&self) -> Result<ViStatus> {
        self.own()?;
        let mut held = self.lock.held.pass(&self.call().wait)?;
        if held.exclusive > 1 {
            held.exclusive -= 1;
        } else if held.exclusive == 1 {
            self.unlock_device(DeviceLock::Exclusive, &self.goodbye());
            held.exclusive = 0;
            self.lock.reduce(&held);
        } else if held.shared > 1 {
            held.shared -= 1;
        } else if let Some(key) = held.key.take() {
            self.unlock_device(DeviceLock::Shared(&key), &self.goodbye());
            held.shared = 0;
            self.lock.reduce(&held);
        } else {
            return fail(VI_ERROR_SESN_NLOCKED, "the session holds no lock");
        }
        Ok(match *held {
            Held { exclusive: 1.., .. } => VI_SUCCESS_NESTED_EXCLUSIVE,
            Held { shared: 1.., .. } => VI_SUCCESS_NESTED_SHARED,
            _ => VI_SUCCESS,
        })
    }

    /// Gives all locks back on viClose (rule 3.6.21): the device's before the farewell, by
    /// `farewell`, ours after it, so that the next holder does not find the device still locked.
    pub(super) fn unlock_all(&self, deadline: Deadline, farewell: impl FnOnce()) {
        // The session's own tickets are stale by now; a thread in a call of it leaves at once.
        let cancel = Cancel::new();
        let wait = Wait { deadline, ticket: cancel.ticket() };
        let held = self.lock.held.pass(&wait).map(|mut held| std::mem::take(&mut *held));
        if let Ok(held) = &held {
            if held.exclusive > 0 {
                self.unlock_device(DeviceLock::Exclusive, &wait);
            }
            if let Some(key) = &held.key {
                self.unlock_device(DeviceLock::Shared(key), &wait);
            }
        }
        farewell();
        self.lock.reduce(&Held::default());
    }

    fn unlock_device(&self, lock: DeviceLock, wait: &Wait) {
        // A device that is gone has no lock either, and ours must not outlive it: no failure.
        if let Err(error) = self.link.unlock(lock, &Call { wait: *wait, ..self.call() }) {
            trace::note(format_args!("[unlocking the device failed: {}]", error.at));
        }
    }

    /// How long the device may take to unlock: viUnlock has no timeout of its own. One of zero is
    /// for reads, not for this, and nobody waits for ever to give something away.
    fn goodbye(&self) -> Wait<'_> {
        let Wait { deadline, ticket } = self.call().wait;
        let time = deadline.remaining().unwrap_or(LONG_GOODBYE).clamp(GOODBYE, LONG_GOODBYE);
        Wait { deadline: Deadline::after(time), ticket }
    }
}

/// A key that no other host generates either (rule 3.6.15): 128 random bits.
fn generate_key() -> String {
    format!("ferrovisa-{:016x}{:016x}", ipc::random(), ipc::random())
}

fn refused<T>(holders: &[Holder]) -> Result<T> {
    note_holders(holders);
    fail(VI_ERROR_RSRC_LOCKED, "locked by another session")
}

/// Says in the trace who stands in the way.
fn note_holders(holders: &[Holder]) {
    for Holder { claim, pid, program } in holders {
        let kind = if claim.exclusive { "exclusively" } else { "for sharing" };
        trace::note(format_args!("[locked {kind} by process {pid} ({program})]"));
    }
}

#[cfg(all(test, loom))]
mod models;
#[cfg(test)]
mod tests;
