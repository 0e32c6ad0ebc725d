//! Claims that hold between the processes of this machine: who may use a thing, and who does.
//!
//! Each thing (a text; for us, a resource's name) has one file in `/dev/shm`, made by the first
//! process that opens the thing and left there. Three mechanisms of the kernel work together:
//!
//! - **Record locks** (fcntl) on bytes of the file say who lives. A claim stands in a slot of the
//!   file, and its process keeps the slot's byte locked. However the process ends, the kernel
//!   frees the byte, and the claim is void. So neither a recycled process number nor another
//!   container's numbering can keep a claim alive; and since such locks are never inherited, a
//!   forked child neither has its parent's claims nor ends them.
//! - **A counter in shared memory**, raised with each change of claims, makes looking cheap: as
//!   long as it has not moved, what was found before still holds, and no system call is made.
//!   It is a page of its own, not a mapped part of the file: whoever may write a file may also
//!   truncate it, and the next look at the mapping would kill the process (SIGBUS).
//! - **inotify** on the file, and a pidfd of each holder, wake those who wait.
//!
//! Any user may write these files: that is what makes locks work between users, and it means that
//! any user can break them. So every byte read is taken as possibly wrong: sizes are fixed,
//! nothing is followed, a claim without its kernel lock is nothing.
//!
//! Limits, on purpose known: processes in containers see each other's claims when they share
//! `/dev/shm` and the IPC namespace, and none otherwise (sharing only one of them, the second to
//! come is told that locks cannot be used). Two copies of this library in one process do not see
//! each other's claims. systemd removes a user's files from `/dev/shm` at his last logout
//! (RemoveIPC) unless told otherwise: sessions opened before and after that do not see each
//! other's claims.

mod claims;
mod counter;
mod file;
mod notes;
mod wait;

use std::collections::BTreeMap;
use std::mem::ManuallyDrop;
use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicPtr, Ordering};
use std::time::Duration;

use parking_lot::Mutex;

pub use claims::{Claim, Claims, Holder, Look};
pub use notes::NOTE;
pub use wait::Queue;

use crate::os::fork;
use crate::status::Result;

/// Where the files stand: memory, and every user may write there.
const DIRECTORY: &str = "/dev/shm";

/// What this process has open. One file for each thing however many sessions use it: closing any
/// descriptor of a file frees all record locks that the process has on it.
struct Registry {
    made_in: u32,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    used: BTreeMap<String, Arc<Claims>>,
    /// What was closed last of what is kept, by its place: a program that opens a resource for each
    /// question would otherwise make and remove its file each time.
    kept: Option<(String, Arc<Claims>)>,
    /// How many there are that may soon open something again. Without any nothing is kept: a thread
    /// that has ended late may be the last to use it.
    keepers: usize,
}

impl Open {
    fn drop_kept(&mut self) {
        if let Some((_, claims)) = self.kept.take() {
            claims.table.remove_unused();
        }
    }
}

/// Says that things may soon be opened again, until [`forget_kept`].
pub fn keep() {
    registry().open.lock().keepers += 1;
}

/// Ends one [`keep`], and closes what is kept open although nothing here uses it any more.
pub fn forget_kept() {
    let mut open = registry().open.lock();
    // A forked child has none of its parent's.
    open.keepers = open.keepers.saturating_sub(1);
    open.drop_kept();
}

static REGISTRY: AtomicPtr<Registry> = AtomicPtr::new(std::ptr::null_mut());

/// The registry of this process. A forked child makes its own: the parent's may have been in use
/// by a thread that the child does not have. It is never freed, so that it can be static.
fn registry() -> &'static Registry {
    loop {
        let present = REGISTRY.load(Ordering::Acquire);
        // SAFETY: null, or a leaked box, which is valid and unchanged for ever.
        if let Some(registry) = unsafe { present.as_ref() }
            && registry.made_in == fork::generation()
        {
            return registry;
        }
        let fresh = Registry { made_in: fork::generation(), open: Mutex::default() };
        let fresh = Box::into_raw(Box::new(fresh));
        if REGISTRY.compare_exchange(present, fresh, Ordering::AcqRel, Ordering::Acquire).is_err() {
            // SAFETY: just made by into_raw, and nobody else has seen it.
            drop(unsafe { Box::from_raw(fresh) });
        }
    }
}

/// The claims on one thing, open in this process until dropped.
pub struct Shared {
    name: String,
    made_in: u32,
    is_kept: bool,
    claims: ManuallyDrop<Arc<Claims>>,
}

impl Shared {
    /// Opens the claims on the thing called `name` (at most 255 bytes).
    ///
    /// # Errors
    /// VI_ERROR_SYSTEM_ERROR and VI_ERROR_ALLOC: what the kernel has against it.
    pub fn open(name: &str) -> Result<Self> {
        Self::open_in(Path::new(DIRECTORY), name, false)
    }

    /// The same for what may soon be opened again: its file stays open, though nothing uses it, until
    /// that of another such thing does or [`forget_kept`]. That needs somebody who has said [`keep`].
    ///
    /// # Errors
    /// As [`Shared::open`].
    pub fn open_kept(name: &str) -> Result<Self> {
        Self::open_in(Path::new(DIRECTORY), name, true)
    }

    fn open_in(directory: &Path, name: &str, is_kept: bool) -> Result<Self> {
        let registry = registry();
        let mut place = directory.to_string_lossy().into_owned();
        place.extend(["/", name]);
        let mut open = registry.open.lock();
        let kept = open.kept.take_if(|(kept, _)| *kept == place);
        // Who removed its file meanwhile would not be seen by others through what is kept.
        let kept = kept.filter(|(_, claims)| claims.table.is_in_place());
        let claims = match (open.used.get(&place), kept) {
            (Some(claims), _) => claims.clone(),
            (None, kept) => {
                let claims = match kept {
                    Some((_, claims)) => claims,
                    None => Arc::new(Claims::open(directory, name)?),
                };
                open.used.insert(place.clone(), claims.clone());
                claims
            }
        };
        let claims = ManuallyDrop::new(claims);
        Ok(Self { name: place, made_in: registry.made_in, is_kept, claims })
    }
}

impl Deref for Shared {
    type Target = Claims;
    fn deref(&self) -> &Claims {
        &self.claims
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        if self.made_in != fork::generation() {
            // The parent's. Closing its descriptor here would free what this process has claimed
            // through its own descriptor of the same file; so it stays open, once for each fork.
            return;
        }
        let mut open = registry().open.lock();
        // SAFETY: dropped once, here, and not used after.
        unsafe { ManuallyDrop::drop(&mut self.claims) };
        // Under the registry's lock, so that no other thread opens the file just before it closes.
        if let Some(claims) = open.used.get(&self.name)
            && Arc::strong_count(claims) == 1
            && let Some(unused) = open.used.remove_entry(&self.name)
        {
            // A model may keep nothing from one run to the next.
            if self.is_kept && open.keepers > 0 && !cfg!(loom) {
                open.drop_kept();
                open.kept = Some(unused);
            } else {
                unused.1.table.remove_unused();
            }
        }
    }
}

/// How long the machine runs: a clock that all its processes share.
pub fn since_boot() -> Duration {
    let mut now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: a valid timespec, which the call fills; this clock is there on every Linux.
    unsafe { libc::clock_gettime(libc::CLOCK_MONOTONIC, &mut now) };
    Duration::new(now.tv_sec as u64, now.tv_nsec as u32)
}

/// A number that nobody else has, by the kernel's random numbers.
pub fn random() -> u64 {
    let mut bytes = [0_u8; 8];
    // SAFETY: 8 writable bytes. Requests of this size are never cut short, and cannot fail once
    // the machine is up; before that zeros are as good as anything.
    unsafe { libc::getrandom(bytes.as_mut_ptr().cast(), bytes.len(), 0) };
    u64::from_ne_bytes(bytes)
}

#[cfg(test)]
mod tests;
