#![forbid(unsafe_code)]
//! Every order in which threads can come to a gate, wait, give up and leave.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::*;
use crate::os::Cancel;
use crate::os::sync::explore;
use crate::os::sync::thread;
use crate::os::sync::thread::JoinHandle;
use crate::status::{VI_ERROR_ABORT, VI_ERROR_TMO};

type Log = Arc<Gate<Vec<u32>>>;

/// A thread that passes and writes its name into the gate's content; how that went.
fn visitor(gate: &Log, name: u32, deadline: Deadline, cancel: &Arc<Cancel>) -> JoinHandle<Result> {
    let (gate, cancel) = (gate.clone(), cancel.clone());
    thread::spawn(move || {
        let ticket = cancel.ticket();
        gate.pass(&Wait { deadline, ticket }).map(|mut names| names.push(name))
    })
}

fn at_last(gate: &Log) -> Vec<u32> {
    assert!(gate.queue.lock().is_empty(), "somebody is left in the queue");
    assert_eq!(gate.waiting.load(Ordering::SeqCst), 0);
    gate.try_pass().expect("nobody holds it").clone()
}

#[test]
fn a_waiter_is_woken_when_the_holder_leaves() {
    explore(3, || {
        let (gate, calm) = (Log::default(), Arc::new(Cancel::new()));
        let held = gate.try_pass();
        let waiter = visitor(&gate, 1, Deadline::Never, &calm);
        drop(held);
        waiter.join().unwrap().unwrap();
        assert_eq!(at_last(&gate), [1]);
    });
}

#[test]
fn three_threads_all_get_in() {
    explore(2, || {
        let (gate, calm) = (Log::default(), Arc::new(Cancel::new()));
        let others = [1, 2].map(|name| visitor(&gate, name, Deadline::Never, &calm));
        let ticket = calm.ticket();
        gate.pass(&Wait { deadline: Deadline::Never, ticket }).unwrap().push(0);
        others.into_iter().for_each(|other| other.join().unwrap().unwrap());
        let mut names = at_last(&gate);
        names.sort_unstable();
        assert_eq!(names, [0, 1, 2]);
    });
}

#[test]
fn who_waits_already_gets_in_before_who_comes_later() {
    static SEEN: AtomicBool = AtomicBool::new(false);
    explore(2, || {
        let (gate, calm) = (Log::default(), Arc::new(Cancel::new()));
        let held = gate.try_pass();
        let first = visitor(&gate, 1, Deadline::Never, &calm);
        let waits = gate.waiting.load(Ordering::SeqCst) == 1;
        let second = visitor(&gate, 2, Deadline::Never, &calm);
        drop(held);
        first.join().unwrap().unwrap();
        second.join().unwrap().unwrap();
        let order = at_last(&gate);
        assert!(!waits || order == [1, 2], "{order:?}");
        SEEN.fetch_or(waits, Ordering::Relaxed);
    });
    assert!(SEEN.load(Ordering::Relaxed), "the rule was never at stake");
}

#[test]
fn who_gives_up_at_the_deadline_hands_the_wake_up_on() {
    explore(2, || {
        let (gate, calm) = (Log::default(), Arc::new(Cancel::new()));
        let held = gate.try_pass();
        let hasty = visitor(&gate, 1, Deadline::after(Duration::ZERO), &calm);
        let patient = visitor(&gate, 2, Deadline::Never, &calm);
        drop(held);
        let got_in = hasty.join().unwrap().map_err(|error| error.code);
        assert!(matches!(got_in, Ok(()) | Err(VI_ERROR_TMO)));
        patient.join().unwrap().unwrap();
        assert_eq!(at_last(&gate).len(), if got_in.is_ok() { 2 } else { 1 });
    });
}

#[test]
fn who_is_cancelled_hands_the_wake_up_on() {
    explore(2, || {
        let (gate, calm) = (Log::default(), Arc::new(Cancel::new()));
        let ended = Arc::new(Cancel::new());
        let held = gate.try_pass();
        let victim = visitor(&gate, 1, Deadline::Never, &ended);
        let patient = visitor(&gate, 2, Deadline::Never, &calm);
        drop(held);
        ended.close();
        let got_in = victim.join().unwrap().map_err(|error| error.code);
        assert!(matches!(got_in, Ok(()) | Err(VI_ERROR_ABORT)));
        patient.join().unwrap().unwrap();
        assert_eq!(at_last(&gate).len(), if got_in.is_ok() { 2 } else { 1 });
    });
}

#[test]
fn who_may_not_wait_does_not_keep_a_waiter_asleep() {
    explore(3, || {
        let (gate, calm) = (Log::default(), Arc::new(Cancel::new()));
        let held = gate.try_pass();
        let patient = visitor(&gate, 1, Deadline::Never, &calm);
        drop(held);
        // Both look before the queue does, and both may hold the gate when the waiter tries.
        drop(gate.try_pass());
        let at_once = Wait { deadline: Deadline::Immediate, ticket: calm.ticket() };
        drop(gate.pass(&at_once));
        patient.join().unwrap().unwrap();
        assert_eq!(at_last(&gate), [1]);
    });
}
