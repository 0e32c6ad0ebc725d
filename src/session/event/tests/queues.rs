#![forbid(unsafe_code)]
//! The queue mechanism.

use super::*;
use crate::session::attributes;
use crate::status::*;

const IO: ViEventType = VI_EVENT_IO_COMPLETION;

#[test]
fn events_come_in_the_order_in_which_they_happened_whatever_their_type() {
    let bench = Bench::new();
    bench.enable(IO, VI_QUEUE);
    bench.enable(VI_EVENT_SERVICE_REQ, VI_QUEUE);
    bench.complete(1);
    bench.device.request_service();
    bench.complete(2);
    let wait = |wanted| {
        let (status, event, _) =
            bench.session.wait_on_event(bench.vi, wanted, LONG_MS, false).unwrap();
        (status, event)
    };
    assert_eq!(wait(VI_ALL_ENABLED_EVENTS), (VI_SUCCESS_QUEUE_NEMPTY, IO));
    assert_eq!(wait(VI_ALL_ENABLED_EVENTS), (VI_SUCCESS_QUEUE_NEMPTY, VI_EVENT_SERVICE_REQ));
    assert_eq!(wait(IO), (VI_SUCCESS, IO));
}

#[test]
fn a_queue_of_another_type_is_not_more_of_this_one() {
    let bench = Bench::new();
    bench.enable(IO, VI_QUEUE);
    bench.enable(VI_EVENT_SERVICE_REQ, VI_QUEUE);
    bench.complete(1);
    bench.device.request_service();
    assert_eq!(bench.wait(IO, 0), (VI_SUCCESS, 1));
}

#[test]
fn a_full_queue_drops_the_newest_and_says_so_once() {
    let bench = Bench::new();
    let object = objects::find(bench.vi).unwrap();
    attributes::set(&object, VI_ATTR_MAX_QUEUE_LENGTH, 3).unwrap();
    bench.enable(IO, VI_QUEUE);
    (1..=5).for_each(|job| bench.complete(job));
    assert_eq!(bench.wait(IO, 0), (VI_WARN_QUEUE_OVERFLOW, 1));
    assert_eq!(bench.wait(IO, 0), (VI_SUCCESS_QUEUE_NEMPTY, 2));
    assert_eq!(bench.wait(IO, 0), (VI_SUCCESS, 3));
    assert_eq!(bench.wait(IO, 0).0, VI_ERROR_TMO);
}

#[test]
fn fifty_fit_by_default() {
    let bench = Bench::new();
    bench.enable(IO, VI_QUEUE);
    (1..=50).for_each(|job| bench.complete(job));
    assert_eq!(bench.wait(IO, 0), (VI_SUCCESS_QUEUE_NEMPTY, 1), "no overflow with 50");
    (51..=52).for_each(|job| bench.complete(job));
    assert_eq!(bench.wait(IO, 0), (VI_WARN_QUEUE_OVERFLOW, 2), "52 is one too many");
}

#[test]
fn rule_3_7_21_what_is_queued_survives_disabling() {
    let bench = Bench::new();
    bench.enable(IO, VI_QUEUE);
    bench.complete(1);
    assert_eq!(bench.disable(IO, VI_QUEUE), VI_SUCCESS);
    bench.complete(2);
    assert_eq!(bench.wait(IO, 0), (VI_SUCCESS, 1));
    assert_eq!(bench.wait(IO, LONG_MS).0, VI_ERROR_NENABLED, "2 came when it was disabled");
}

#[test]
fn discarding_empties() {
    let bench = Bench::new();
    bench.enable(IO, VI_QUEUE);
    bench.complete(1);
    let discard = |mechanism| code(bench.session.discard_events(IO, mechanism));
    assert_eq!(discard(VI_SUSPEND_HNDLR), VI_SUCCESS_QUEUE_EMPTY, "that is another queue");
    assert_eq!(discard(VI_QUEUE), VI_SUCCESS);
    assert_eq!(discard(VI_QUEUE), VI_SUCCESS_QUEUE_EMPTY);
    assert_eq!(bench.wait(IO, 0).0, VI_ERROR_TMO);
}

#[test]
fn a_wait_without_a_place_for_the_context_makes_none() {
    let bench = Bench::new();
    bench.enable(IO, VI_QUEUE);
    bench.complete(1);
    let waited = bench.session.wait_on_event(bench.vi, IO, 0, false).unwrap();
    assert_eq!(waited, (VI_SUCCESS, IO, VI_NULL));
}

#[test]
fn a_waiting_thread_gets_what_happens() {
    let bench = Bench::new();
    bench.enable(IO, VI_QUEUE);
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| bench.wait(IO, LONG_MS));
        await_waiters(&bench, 1);
        bench.complete(9);
        assert_eq!(waiting.join().unwrap(), (VI_SUCCESS, 9));
    });
    await_waiters(&bench, 0);
}

#[test]
fn a_wait_for_ever_is_ended_by_terminate_close_and_disable() {
    type End = fn(&Bench);
    let ends: [(End, i32); 3] = [
        (|bench| bench.session.terminate(None).unwrap(), VI_ERROR_ABORT),
        (|bench| manager::close(bench.vi).unwrap(), VI_ERROR_ABORT),
        (|bench| assert_eq!(bench.disable(IO, VI_QUEUE), VI_SUCCESS), VI_ERROR_NENABLED),
    ];
    for (end, expected) in ends {
        let bench = Bench::new();
        bench.enable(IO, VI_QUEUE);
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| bench.wait(IO, VI_TMO_INFINITE));
            await_waiters(&bench, 1);
            end(&bench);
            assert_eq!(waiting.join().unwrap().0, expected);
        });
    }
}

/// Until so many threads sleep in the session's events.
fn await_waiters(bench: &Bench, count: usize) {
    let by = std::time::Instant::now() + LONG;
    while bench.session.events.state.lock().waiters.len() != count {
        assert!(std::time::Instant::now() < by, "never {count} waiters");
        std::thread::yield_now();
    }
}
