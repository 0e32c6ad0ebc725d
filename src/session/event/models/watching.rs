#![forbid(unsafe_code)]
//! Service requests: the link watches as long as somebody wants them, and not beyond the end.

use super::*;

const SRQ: ViEventType = VI_EVENT_SERVICE_REQ;

#[test]
fn the_link_watches_exactly_if_the_event_is_enabled_at_last() {
    explore(3, || {
        let bench = Bench::new("watch");
        let other = bench.beside(|bench| bench.enable(SRQ, VI_QUEUE));
        bench.disable(SRQ, VI_QUEUE);
        other.join().unwrap();
        assert_eq!(bench.device.sink.lock().is_some(), !bench.session.events.is_off(SRQ));
        bench.close();
    });
}

#[test]
fn a_disable_between_two_enables_leaves_the_link_watching() {
    explore(3, || {
        let bench = Bench::new("watch-again");
        bench.enable(SRQ, VI_QUEUE);
        let other = bench.beside(|bench| bench.disable(SRQ, VI_QUEUE));
        bench.enable(SRQ, VI_QUEUE);
        other.join().unwrap();
        assert_eq!(bench.device.sink.lock().is_some(), !bench.session.events.is_off(SRQ));
        bench.close();
    });
}

#[test]
fn nothing_is_watched_on_a_session_that_closes() {
    explore(3, || {
        let bench = Bench::new("watch-close");
        let other = bench.beside(|bench| bench.enable(SRQ, VI_QUEUE));
        bench.close();
        other.join().unwrap();
        assert!(bench.device.sink.lock().is_none());
        assert_eq!(bench.device.asked.lock().last(), Some(&Asked::Close));
    });
}

#[test]
fn a_request_from_the_device_reaches_a_wait() {
    explore(3, || {
        let bench = Bench::new("watch-request");
        bench.enable(SRQ, VI_QUEUE);
        let device = bench.beside(|bench| bench.device.request_service());
        assert_eq!(bench.wait(SRQ, VI_TMO_INFINITE), VI_SUCCESS);
        device.join().unwrap();
        bench.close();
    });
}
