#![forbid(unsafe_code)]
//! Queued events: nothing is lost, and no wait lasts for ever.

use super::*;

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
