#![forbid(unsafe_code)]
//! System calls that cannot be ended early, each on a thread of its own, so that whoever waits for
//! one can leave.

use std::sync::Arc;
use std::thread;

use parking_lot::Mutex;

use crate::os::Wait;
use crate::os::poll::await_wake;
use crate::status::{Error, Result, VI_ERROR_ALLOC};

/// Runs `work` on a thread called `name` and waits for what it makes. When nobody waits any more,
/// the thread drops that itself; only what is made in the moment in which the caller leaves may be
/// dropped by the caller.
///
/// # Errors
/// VI_ERROR_TMO at the deadline, VI_ERROR_ABORT when cancelled, VI_ERROR_ALLOC without a thread;
/// but what is made already is returned in any case.
pub fn run<T: Send + 'static>(
    name: &str,
    wait: &Wait,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T> {
    let blocked = wait.ticket.block()?;
    let waker = blocked.waker().clone();
    let made = Arc::new(Mutex::new(None));
    let place = Arc::clone(&made);
    let work = move || {
        *place.lock() = Some(work());
        // Given up before the other side wakes, so that what nobody has taken is dropped here.
        drop(place);
        waker.wake();
    };
    let thread = thread::Builder::new().name(name.into());
    thread.spawn(work).map_err(|_| Error::new(VI_ERROR_ALLOC, "no thread"))?;
    loop {
        if let Some(made) = made.lock().take() {
            return Ok(made);
        }
        if let Err(error) = await_wake(&blocked, wait) {
            return made.lock().take().ok_or(error);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;
    use crate::os::{Cancel, Deadline};
    use crate::status::VI_ERROR_TMO;

    #[test]
    fn what_is_made_is_returned() {
        let cancel = Cancel::new();
        let wait = Wait { deadline: Deadline::Never, ticket: cancel.ticket() };
        assert_eq!(run("test", &wait, || 6 * 7), Ok(42));
    }

    #[test]
    fn a_call_that_lasts_is_left_behind_and_cleans_up_after_itself() {
        struct Made(mpsc::Sender<()>);
        impl Drop for Made {
            fn drop(&mut self) {
                self.0.send(()).unwrap();
            }
        }
        let (dropped, drop_seen) = mpsc::channel();
        let (release, blocked) = mpsc::channel::<()>();
        let cancel = Cancel::new();
        let soon = Deadline::after(Duration::from_millis(5));
        let wait = Wait { deadline: soon, ticket: cancel.ticket() };
        let left = run("test", &wait, move || {
            blocked.recv().unwrap();
            Made(dropped)
        });
        assert_eq!(left.err().unwrap().code, VI_ERROR_TMO);
        release.send(()).unwrap();
        drop_seen.recv_timeout(Duration::from_secs(20)).expect("dropped by its thread");
    }
}
