#![forbid(unsafe_code)]
//! Every order in which a call can block and be ended.

use std::sync::Arc;

use super::*;
use crate::os::Deadline;
use crate::os::Gate;
use crate::os::Wait;
use crate::os::poll::await_wake;
use crate::os::sync::explore;
use crate::os::sync::thread;

/// Sleeps until ended by something; its code.
fn sleep(wait: &Wait) -> i32 {
    let blocked = match wait.ticket.block() {
        Ok(blocked) => blocked,
        Err(error) => return error.code,
    };
    loop {
        if let Err(error) = await_wake(&blocked, wait) {
            return error.code;
        }
    }
}

#[test]
fn a_call_that_blocks_while_it_is_cancelled_is_woken() {
    for end in [Cancel::terminate, Cancel::close] {
        explore(3, move || {
            let cancel = Arc::new(Cancel::new());
            let wait = Wait { deadline: Deadline::Never, ticket: cancel.ticket() };
            let other = {
                let cancel = cancel.clone();
                thread::spawn(move || end(&cancel))
            };
            assert_eq!(sleep(&wait), VI_ERROR_ABORT);
            other.join().unwrap();
            assert!(cancel.waiting.lock().is_empty(), "a thread is left on the list");
        });
    }
}

#[test]
fn a_cancel_beside_another_wake_up_is_not_forgotten() {
    explore(3, || {
        let cancel = Arc::new(Cancel::new());
        let wait = Wait { deadline: Deadline::Never, ticket: cancel.ticket() };
        let blocked = wait.ticket.block().unwrap();
        let waker = blocked.waker().clone();
        let device = thread::spawn(move || waker.wake());
        let other = {
            let cancel = cancel.clone();
            thread::spawn(move || cancel.terminate())
        };
        while await_wake(&blocked, &wait).is_ok() {}
        device.join().unwrap();
        other.join().unwrap();
    });
}

#[test]
fn all_blocked_calls_of_a_session_are_woken() {
    explore(3, || {
        let cancel = Arc::new(Cancel::new());
        let calls = [(); 2].map(|()| {
            let cancel = cancel.clone();
            thread::spawn(move || {
                sleep(&Wait { deadline: Deadline::Never, ticket: cancel.ticket() })
            })
        });
        cancel.close();
        for call in calls {
            assert_eq!(call.join().unwrap(), VI_ERROR_ABORT);
        }
    });
}

#[test]
fn what_ends_a_call_does_not_end_the_next_one_of_its_thread() {
    explore(3, || {
        let (cancel, gate) = (Arc::new(Cancel::new()), Arc::new(Gate::new(())));
        let first = Wait { deadline: Deadline::Never, ticket: cancel.ticket() };
        let other = {
            let (cancel, gate) = (cancel.clone(), gate.clone());
            thread::spawn(move || {
                let held = gate.try_pass();
                cancel.terminate();
                drop(held);
            })
        };
        assert_eq!(sleep(&first), VI_ERROR_ABORT);
        // The first call's wake-up may come only while the next one waits for the gate.
        assert!(gate.pass(&Wait { ticket: cancel.ticket(), ..first }).is_ok());
        other.join().unwrap();
    });
}
