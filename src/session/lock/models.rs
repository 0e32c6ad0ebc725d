#![forbid(unsafe_code)]
//! Every order in which the sessions and threads of one process can lock.

use std::sync::Arc;

use super::*;
use crate::consts::{VI_TMO_IMMEDIATE, VI_TMO_INFINITE};
use crate::os::sync::Mutex;
use crate::os::sync::explore;
use crate::session::models::{Bench, code};
use crate::status::VI_ERROR_ABORT;

const FOR_EVER: u32 = VI_TMO_INFINITE;

fn locked(bench: &Bench, timeout: u32) -> i32 {
    code(bench.session.lock(Wanted::Exclusive, timeout).map(|(status, _)| status))
}

#[test]
fn unlocking_wakes_who_waits() {
    explore(3, || {
        let (holder, waiter) = (Bench::new("lock-wake"), Bench::new("lock-wake"));
        assert_eq!(locked(&holder, FOR_EVER), VI_SUCCESS);
        let other = waiter.beside(|waiter| locked(waiter, FOR_EVER));
        assert_eq!(holder.session.unlock().unwrap(), VI_SUCCESS);
        assert_eq!(other.join().unwrap(), VI_SUCCESS);
        assert_eq!(locked(&holder, VI_TMO_IMMEDIATE), VI_ERROR_RSRC_LOCKED);
        holder.close();
        waiter.close();
    });
}

#[test]
fn closing_the_holder_wakes_who_waits() {
    explore(3, || {
        let (holder, waiter) = (Bench::new("lock-close"), Bench::new("lock-close"));
        assert_eq!(locked(&holder, FOR_EVER), VI_SUCCESS);
        let other = waiter.beside(|waiter| locked(waiter, FOR_EVER));
        holder.close();
        assert_eq!(other.join().unwrap(), VI_SUCCESS);
        waiter.close();
    });
}

#[test]
fn closing_who_waits_ends_the_wait_and_leaves_no_claim() {
    explore(2, || {
        let (holder, waiter) = (Bench::new("lock-end"), Bench::new("lock-end"));
        assert_eq!(locked(&holder, FOR_EVER), VI_SUCCESS);
        let other = waiter.beside(|waiter| locked(waiter, FOR_EVER));
        waiter.close();
        assert_eq!(other.join().unwrap(), VI_ERROR_ABORT);
        holder.session.unlock().unwrap();
        assert_eq!(holder.session.lock.state().unwrap(), VI_NO_LOCK);
        holder.close();
    });
}

#[test]
fn closing_a_session_that_just_gets_its_lock_leaves_no_claim() {
    explore(2, || {
        let (session, witness) = (Bench::new("lock-late"), Bench::new("lock-late"));
        let other = session.beside(|session| locked(session, FOR_EVER));
        session.close();
        assert!([VI_SUCCESS, VI_ERROR_ABORT].contains(&other.join().unwrap()));
        assert_eq!(witness.session.lock.state().unwrap(), VI_NO_LOCK);
        witness.close();
    });
}

#[test]
fn who_has_the_exclusive_lock_is_alone() {
    explore(3, || {
        let holder = Bench::new("lock-alone");
        let other = Bench::new("lock-alone");
        let is_alone = Arc::new(Mutex::new(false));
        // So that what it found once could be believed for too long.
        other.session.admitted().unwrap();
        let locker = {
            let is_alone = is_alone.clone();
            holder.beside(move |holder| {
                assert_eq!(locked(holder, VI_TMO_IMMEDIATE), VI_SUCCESS);
                *is_alone.lock() = true;
            })
        };
        for _ in 0..2 {
            let was_alone = *is_alone.lock();
            let admitted = other.session.admitted().map(|_| ());
            assert!(!was_alone || admitted.is_err(), "admitted beside an exclusive lock");
        }
        locker.join().unwrap();
        holder.session.unlock().unwrap();
        other.session.admitted().unwrap();
        holder.close();
        other.close();
    });
}

#[test]
fn two_threads_of_one_session_count_their_locks_together() {
    explore(2, || {
        let bench = Bench::new("lock-nested");
        let turn = |bench: &Bench| {
            let taken = locked(bench, FOR_EVER);
            assert!([VI_SUCCESS, VI_SUCCESS_NESTED_EXCLUSIVE].contains(&taken));
            assert!(bench.session.unlock().unwrap() >= VI_SUCCESS);
        };
        let other = bench.beside(turn);
        turn(&bench);
        other.join().unwrap();
        assert_eq!(bench.session.unlock().unwrap_err().code, VI_ERROR_SESN_NLOCKED);
        assert_eq!(bench.session.lock.state().unwrap(), VI_NO_LOCK);
        bench.close();
    });
}
