//! The claims on one thing, of this process and of all others.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::os::ipc::counter::Counter;
use crate::os::ipc::file::{SLOTS, Table};
use crate::os::ipc::wait::Watch;
use crate::os::sync::Mutex;
use crate::os::waker::Waker;
use crate::status::{Error, Result, VI_ERROR_ALLOC, VI_ERROR_SYSTEM_ERROR, fail};

const EXCLUSIVE: u8 = 1;
const SHARED: u8 = 2;

/// What one owner claims.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claim {
    /// Nobody else.
    pub exclusive: bool,
    /// All who have the same access key: printable ASCII, at most 255 characters.
    pub shared: Option<String>,
}

/// A claim of somebody else, and who that is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// What is claimed.
    pub claim: Claim,
    /// The process; 0 when it has no number in this container.
    pub pid: i32,
    /// The program's name, as it says itself.
    pub program: String,
}

/// What is claimed at one moment.
#[derive(Debug)]
pub struct Look {
    /// [`Claims::version`] of this moment: as long as it stays, no claim is new.
    pub version: u64,
    /// What the asking owner claims.
    pub mine: Option<Claim>,
    /// What others claim.
    pub others: Vec<Holder>,
}

/// The claims on one thing.
pub struct Claims {
    pub(super) table: Table,
    counter: Counter,
    /// The version at which nobody was last seen to claim anything; 0 for never.
    clear_at: AtomicU64,
    pub(super) local: Mutex<Local>,
}

/// What only this process knows.
#[derive(Default)]
pub(super) struct Local {
    /// Our slots: owner and claim.
    slots: BTreeMap<usize, (u64, Claim)>,
    /// Our threads that wait.
    pub waiters: Vec<Waker>,
    /// What tells them of other processes, while any waits.
    pub watch: Option<Arc<Watch>>,
}

impl Local {
    fn slot_of(&self, owner: u64) -> Option<usize> {
        self.slots.iter().find(|(_, (who, _))| *who == owner).map(|(slot, _)| *slot)
    }
}

impl Claims {
    pub(super) fn open(directory: &Path, name: &str) -> Result<Self> {
        let (table, counter) =
            Table::open(directory, name).map_err(|error| failed(&error, "lock file"))?;
        Ok(Self { table, counter, clear_at: AtomicU64::new(0), local: Mutex::default() })
    }

    /// Moves with every change of claims, but not when a claimant dies. Costs no system call.
    pub fn version(&self) -> u64 {
        self.counter.load()
    }

    /// All claims, as seen by `owner`.
    ///
    /// # Errors
    /// VI_ERROR_SYSTEM_ERROR.
    pub fn look(&self, owner: u64) -> Result<Look> {
        let local = self.local.lock();
        // Before the table: a change from here on moves the version past this one.
        let version = self.version();
        if self.clear_at.load(Ordering::Relaxed) == version {
            return Ok(Look { version, mine: None, others: Vec::new() });
        }
        let others = self.others(&local, owner)?;
        let mine = local.slot_of(owner).map(|slot| local.slots[&slot].1.clone());
        if others.is_empty() && mine.is_none() {
            self.clear_at.store(version, Ordering::Relaxed);
        }
        Ok(Look { version, mine, others })
    }

    /// Claims `claim` for `owner`, in place of what it claimed before, if `allowed` says so of the
    /// others' claims; no claim changes meanwhile. Returns the new version, or the others.
    ///
    /// # Errors
    /// VI_ERROR_SYSTEM_ERROR, VI_ERROR_ALLOC when there are too many claims.
    pub fn claim(
        &self,
        owner: u64,
        claim: Claim,
        allowed: impl FnOnce(&[Holder]) -> bool,
    ) -> Result<std::result::Result<u64, Vec<Holder>>> {
        let mut local = self.local.lock();
        let _changing = self.table.change().map_err(|error| failed(&error, "lock file in use"))?;
        let others = self.others(&local, owner)?;
        if !allowed(&others) {
            return Ok(Err(others));
        }
        let slot = match local.slot_of(owner) {
            Some(slot) => slot,
            None => self.free_slot(&local)?,
        };
        self.write(slot, &claim).map_err(|error| {
            self.table.leave_slot(slot);
            failed(&error, "writing the lock file")
        })?;
        local.slots.insert(slot, (owner, claim));
        Ok(Ok(self.counter.raise()))
    }

    /// Claims less than before for `owner`, or nothing: nobody can be against that.
    pub fn reduce(&self, owner: u64, claim: Option<Claim>) {
        let mut local = self.local.lock();
        let Some(slot) = local.slot_of(owner) else { return };
        // Should the file not be writable any more (its file system is full), the slot's lock
        // still tells that the claim is gone.
        let _ = self.table.set_head(slot, claim.as_ref().map_or(0, flags));
        match claim {
            Some(claim) => {
                local.slots.insert(slot, (owner, claim));
            }
            None => {
                local.slots.remove(&slot);
                self.table.leave_slot(slot);
            }
        }
        self.counter.raise();
        local.waiters.iter().for_each(Waker::wake);
    }

    /// The living claims of all but `owner`.
    fn others(&self, local: &Local, owner: u64) -> Result<Vec<Holder>> {
        let heads = self.table.heads();
        let mut others = Vec::new();
        for (slot, claimed) in heads.into_iter().enumerate() {
            if let Some((who, claim)) = local.slots.get(&slot) {
                if *who != owner {
                    let pid = std::process::id() as i32;
                    others.push(Holder { claim: claim.clone(), pid, program: program() });
                }
            } else if claimed != 0
                && let Some(pid) = self.living(slot)?
            {
                let (key, program) = self.table.detail(slot);
                let shared = (claimed & SHARED != 0).then_some(key);
                // Bits that this version does not know: the safe reading is "nobody else".
                let exclusive = claimed & EXCLUSIVE != 0 || shared.is_none();
                others.push(Holder { claim: Claim { exclusive, shared }, pid, program });
            }
        }
        Ok(others)
    }

    fn living(&self, slot: usize) -> Result<Option<i32>> {
        self.table.slot_holder(slot).map_err(|error| failed(&error, "looking for lock holders"))
    }

    fn free_slot(&self, local: &Local) -> Result<usize> {
        for slot in 0..SLOTS {
            if !local.slots.contains_key(&slot) && self.living(slot)?.is_none() {
                return Ok(slot);
            }
        }
        fail(VI_ERROR_ALLOC, "too many locks on one resource")
    }

    fn write(&self, slot: usize, claim: &Claim) -> io::Result<()> {
        self.table.take_slot(slot)?;
        self.table.set_detail(slot, claim.shared.as_deref().unwrap_or(""), &program())?;
        self.table.set_head(slot, flags(claim))
    }
}

fn flags(claim: &Claim) -> u8 {
    u8::from(claim.exclusive) * EXCLUSIVE + u8::from(claim.shared.is_some()) * SHARED
}

/// This program's name, as far as it is ASCII.
fn program() -> String {
    let path = std::env::current_exe().unwrap_or_default();
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.chars().filter(char::is_ascii_graphic).collect()
}

pub(super) fn failed(error: &io::Error, at: &'static str) -> Error {
    let errno = error.raw_os_error().unwrap_or(0);
    let code = match errno {
        libc::ENOLCK | libc::ENOMEM | libc::ENOSPC | libc::EMFILE | libc::ENFILE => VI_ERROR_ALLOC,
        _ => VI_ERROR_SYSTEM_ERROR,
    };
    if errno == 0 { Error::new(code, at) } else { Error::with_os(code, at, errno) }
}
