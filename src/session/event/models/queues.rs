#![forbid(unsafe_code)]
//! Queued events: nothing is lost, and no wait lasts for ever.

use std::sync::Arc;

use super::*;
use crate::os::sync::Mutex;

#[test]
fn a_wait_finds_an_event_that_happens_meanwhile() {
    explore(3, || {
        let bench = Bench::new("queue-post");
        bench.enable(IO, VI_QUEUE);
        let device = bench.beside(|bench| bench.complete(1));
        assert_eq!(bench.wait(IO, VI_TMO_INFINITE), VI_SUCCESS);
        device.join().unwrap();
        bench.close();
    });
}

#[test]
fn two_waits_and_two_events_find_each_other() {
    explore(2, || {
        let bench = Bench::new("queue-two");
        bench.enable(IO, VI_QUEUE);
        let other = bench.beside(|bench| bench.wait(IO, VI_TMO_INFINITE));
        let device = bench.beside(|bench| {
            bench.complete(1);
            bench.complete(2);
        });
        assert!(bench.wait(IO, VI_TMO_INFINITE) >= VI_SUCCESS);
        assert!(other.join().unwrap() >= VI_SUCCESS);
        device.join().unwrap();
        bench.close();
    });
}

#[test]
fn a_wait_ends_when_its_event_is_disabled() {
    explore(3, || {
        let bench = Bench::new("queue-disable");
        bench.enable(IO, VI_QUEUE);
        let waiter = bench.beside(|bench| bench.wait(IO, VI_TMO_INFINITE));
        bench.disable(IO, VI_QUEUE);
        assert_eq!(waiter.join().unwrap(), VI_ERROR_NENABLED);
        bench.close();
    });
}

#[test]
fn a_wait_ends_when_its_session_closes() {
    explore(3, || {
        let bench = Bench::new("queue-close");
        bench.enable(IO, VI_QUEUE);
        let waiter = bench.beside(|bench| bench.wait(IO, VI_TMO_INFINITE));
        bench.close();
        assert_eq!(waiter.join().unwrap(), VI_ERROR_ABORT);
    });
}

#[test]
fn what_a_full_queue_drops_is_told_once() {
    explore(3, || {
        let bench = Bench::new("queue-full");
        bench.session.events.enable(IO, VI_QUEUE, VI_NULL, 1).unwrap();
        let devices = [1, 2].map(|job| bench.beside(move |bench| bench.complete(job)));
        let first = bench.wait(IO, VI_TMO_INFINITE);
        devices.into_iter().for_each(|device| device.join().unwrap());
        let second = bench.wait(IO, VI_TMO_IMMEDIATE);
        let expected = match first {
            VI_WARN_QUEUE_OVERFLOW => VI_ERROR_TMO,
            _ => VI_SUCCESS,
        };
        assert_eq!((first >= VI_SUCCESS, second), (true, expected));
        bench.close();
    });
}

#[test]
fn what_happens_after_discarding_is_not_lost() {
    explore(3, || {
        let bench = Bench::new("queue-discard");
        bench.enable(IO, VI_QUEUE);
        bench.complete(1);
        let device = bench.beside(|bench| bench.complete(2));
        bench.session.discard_events(IO, VI_QUEUE).unwrap();
        bench.complete(3);
        device.join().unwrap();
        // The second has been discarded or has not; the first has, and the third has not.
        let first = bench.wait(IO, VI_TMO_IMMEDIATE);
        let second = bench.wait(IO, VI_TMO_IMMEDIATE);
        match first {
            VI_SUCCESS => assert_eq!(second, VI_ERROR_TMO),
            VI_SUCCESS_QUEUE_NEMPTY => assert_eq!(second, VI_SUCCESS),
            lost => panic!("{lost:#X}"),
        }
        assert_eq!(bench.wait(IO, VI_TMO_IMMEDIATE), VI_ERROR_TMO);
        bench.close();
    });
}

#[test]
fn a_wait_for_all_events_goes_on_while_any_of_them_can_come() {
    explore(2, || {
        let bench = Bench::new("queue-all");
        bench.enable(IO, VI_QUEUE);
        bench.enable(VI_EVENT_SERVICE_REQ, VI_QUEUE);
        let device = bench.beside(|bench| {
            bench.disable(IO, VI_QUEUE);
            bench.device.request_service();
        });
        assert_eq!(bench.wait(VI_ALL_ENABLED_EVENTS, VI_TMO_INFINITE), VI_SUCCESS);
        device.join().unwrap();
        bench.close();
    });
}

#[test]
fn an_event_for_queue_and_handler_reaches_both_while_one_is_switched_off() {
    explore(2, || {
        let bench = Bench::new("queue-both");
        let calls = Arc::new(Mutex::new(0));
        let counted = calls.clone();
        bench.install(IO, move |_| *counted.lock() += 1);
        bench.enable(IO, VI_QUEUE | VI_HNDLR);
        let device = bench.beside(|bench| bench.complete(1));
        bench.disable(IO, VI_HNDLR);
        assert_eq!(bench.wait(IO, VI_TMO_INFINITE), VI_SUCCESS);
        device.join().unwrap();
        assert!(*calls.lock() <= 1);
        bench.close();
    });
}
