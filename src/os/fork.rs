//! Knowing that this process is the child of a fork.
//!
//! A child inherits the parent's sockets, object numbers and locks, but none of its threads.
//! What was made before the fork belongs to the parent: whoever keeps such a thing remembers the
//! [`generation`] it was made in and compares.

use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};

static GENERATION: AtomicU32 = AtomicU32::new(0);
static WATCH: Once = Once::new();

/// How many forks lie between the process that loaded the library and this one.
pub fn generation() -> u32 {
    GENERATION.load(Ordering::Relaxed)
}

/// Starts counting. `prepare` runs in the forking thread before a fork; `parent` and `child`
/// after it, each in its process, so that locks can be taken across the fork.
pub fn watch(
    prepare: unsafe extern "C" fn(),
    parent: unsafe extern "C" fn(),
    child: unsafe extern "C" fn(),
) {
    WATCH.call_once(|| {
        // SAFETY: the three are plain functions of a library that is never unloaded. The
        // generation is counted by a handler of its own, registered first: child handlers run in
        // the order of registration.
        unsafe {
            libc::pthread_atfork(None, None, Some(count));
            libc::pthread_atfork(Some(prepare), Some(parent), Some(child));
        }
    });
}

unsafe extern "C" fn count() {
    GENERATION.fetch_add(1, Ordering::Relaxed);
}
