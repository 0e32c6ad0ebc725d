//! A number in memory that all processes share.
//!
//! System V shared memory, because a segment's size is fixed for ever: reading it can never raise
//! SIGBUS, whatever other users do. The segment is marked for removal as soon as it is made, so
//! it goes with its last user; Linux lets further processes attach it by its id until then.

use std::ptr::NonNull;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::os::ipc::random;

/// The two words of a segment.
#[repr(C)]
struct Words {
    /// Tells this segment from any other that may get its id later.
    identity: AtomicU64,
    count: AtomicU64,
}

/// An attached counter.
pub(super) struct Counter {
    words: NonNull<Words>,
}

/// How others find a counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Address {
    pub id: i32,
    pub identity: u64,
}

// SAFETY: the memory is shared by nature and only touched by atomic operations.
unsafe impl Send for Counter {}
// SAFETY: as above.
unsafe impl Sync for Counter {}

impl Counter {
    /// Makes a new one.
    pub fn create() -> std::io::Result<(Self, Address)> {
        let size = size_of::<Words>();
        // SAFETY: no pointers. Every user may attach it, as every user may lock an instrument.
        let id = unsafe { libc::shmget(libc::IPC_PRIVATE, size, libc::IPC_CREAT | 0o666) };
        if id < 0 {
            return Err(std::io::Error::last_os_error());
        }
        let attached = Self::attach_any(id);
        // SAFETY: no pointers; marks the segment, which lives as long as it is attached.
        unsafe { libc::shmctl(id, libc::IPC_RMID, std::ptr::null_mut()) };
        let counter = attached?;
        let identity = random() | 1;
        counter.words().identity.store(identity, Ordering::SeqCst);
        counter.words().count.store(1, Ordering::SeqCst);
        Ok((counter, Address { id, identity }))
    }

    /// Attaches an existing one.
    pub fn attach(address: Address) -> std::io::Result<Self> {
        let counter = Self::attach_any(address.id)?;
        if counter.words().identity.load(Ordering::SeqCst) != address.identity {
            return Err(std::io::Error::from_raw_os_error(libc::EIDRM));
        }
        Ok(counter)
    }

    fn attach_any(id: i32) -> std::io::Result<Self> {
        // SAFETY: the kernel chooses a free address.
        let at = unsafe { libc::shmat(id, std::ptr::null(), 0) };
        if at.addr() == usize::MAX {
            return Err(std::io::Error::last_os_error());
        }
        // A segment is never smaller than a page, which has room and alignment for the words.
        match NonNull::new(at.cast()) {
            Some(words) => Ok(Self { words }),
            None => Err(std::io::Error::from_raw_os_error(libc::EINVAL)),
        }
    }

    fn words(&self) -> &Words {
        // SAFETY: attached until drop, and large enough; see attach_any.
        unsafe { self.words.as_ref() }
    }

    pub fn load(&self) -> u64 {
        self.words().count.load(Ordering::SeqCst)
    }

    /// Raises it; returns the new value.
    pub fn raise(&self) -> u64 {
        self.words().count.fetch_add(1, Ordering::SeqCst).wrapping_add(1)
    }
}

impl Drop for Counter {
    fn drop(&mut self) {
        // SAFETY: attached by shmat, and no reference outlives self.
        unsafe { libc::shmdt(self.words.as_ptr().cast()) };
    }
}
