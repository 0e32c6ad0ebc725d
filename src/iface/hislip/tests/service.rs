#![forbid(unsafe_code)]
//! Service requests: AsyncServiceRequest, pushed to the sink (IVI-6.1 6.13).

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use super::peer::{DATA_END, FIRST, LONG, POLITE, Session, session};
use crate::iface::{Report, Sink};
use crate::status::{VI_ERROR_ABORT, VI_ERROR_CONN_LOST, VI_ERROR_TMO};

/// A sink, and what comes out of it.
fn sink() -> (Sink, Receiver<Report>) {
    let (pushed, signals) = channel();
    (Arc::new(move |signal| pushed.send(signal).unwrap()), signals)
}

fn watch(session: &Session) -> Receiver<Report> {
    let (sink, signals) = sink();
    session.link.watch(Some(sink), &session.calm().wait).unwrap();
    signals
}

fn unwatch(session: &Session) {
    session.link.watch(None, &session.calm().wait).unwrap();
}

#[track_caller]
fn expect(signals: &Receiver<Report>, count: usize) {
    for _ in 0..count {
        assert_eq!(signals.recv_timeout(LONG), Ok(Report::Plain));
    }
}

#[test]
fn a_request_is_pushed_while_no_call_is_under_way() {
    let (go, gone) = channel();
    session(POLITE, move |mut peer| {
        gone.recv().unwrap();
        peer.asynchronous.send(20, 0x50, 0, b"");
        peer.asynchronous.send(20, 0x51, 0, b"with a payload");
        assert!(peer.asynchronous.ends());
    })
    .run(|session| {
        let signals = watch(session);
        go.send(()).unwrap();
        expect(&signals, 2);
    });
}

#[test]
fn a_request_from_before_the_watch_is_nobodys() {
    let (go, gone) = channel();
    session(POLITE, move |mut peer| {
        peer.asynchronous.send(20, 0x50, 0, b"");
        peer.asynchronous.recv();
        peer.asynchronous.send(20, 0x50, 0, b"");
        peer.asynchronous.send(22, 0, 0, b"");
        peer.asynchronous.send(20, 0x50, 0, b"");
        // Behind it on the wire, so that the test knows when it has arrived.
        peer.sync.send(DATA_END, 0, FIRST - 2, b"");
        gone.recv().unwrap();
        peer.asynchronous.recv();
        peer.asynchronous.send(22, 0, 0, b"");
        assert!(peer.asynchronous.ends());
    })
    .run(|session| {
        session.link.read_stb(&session.calm()).unwrap();
        assert_eq!(session.read(), b"");
        let signals = watch(session);
        go.send(()).unwrap();
        // What is in the connection before this answer has been received with it.
        session.link.read_stb(&session.calm()).unwrap();
        assert!(signals.try_recv().is_err());
    });
}

#[test]
fn requests_and_responses_each_find_their_way_in_any_mixture() {
    session(POLITE, |mut peer| {
        for round in 0..100 {
            let (number, _, _, _) = peer.asynchronous.recv();
            peer.asynchronous.send(20, 0x50, 0, &vec![7; round * 5]);
            match number {
                21 => peer.asynchronous.send(22, round as u8, 0, b""),
                10 => peer.asynchronous.send(11, 0, 0, b""),
                15 => peer.asynchronous.send(16, 0, 0, &4096_u64.to_be_bytes()),
                other => panic!("{other}"),
            }
            peer.asynchronous.send(20, 0x51, 0, b"");
        }
        assert!(peer.asynchronous.ends());
    })
    .run(|session| {
        let signals = watch(session);
        for round in (0..100).step_by(2) {
            assert_eq!(session.link.read_stb(&session.calm()), Ok(round));
            let mode = crate::iface::RenMode::Assert;
            session.link.control_ren(mode, &session.calm()).unwrap();
        }
        expect(&signals, 200);
    });
}

#[test]
fn after_the_end_of_the_watch_the_sink_is_silent_and_callers_receive_themselves() {
    session(POLITE, |mut peer| {
        for _ in 0..2 {
            peer.asynchronous.recv();
            peer.asynchronous.send(20, 0x50, 0, b"");
            peer.asynchronous.send(22, 3, 0, b"");
        }
        assert!(peer.asynchronous.ends());
    })
    .run(|session| {
        let signals = watch(session);
        assert_eq!(session.link.read_stb(&session.calm()), Ok(3));
        expect(&signals, 1);
        unwatch(session);
        assert!(signals.recv_timeout(LONG).is_err(), "the sink has been dropped");
        assert_eq!(session.link.read_stb(&session.calm()), Ok(3));
    });
}

#[test]
fn a_sink_that_is_running_has_ended_when_the_watch_has() {
    for _ in 0..20 {
        let (running, runs) = channel();
        let inside = Arc::new(AtomicU32::new(0));
        let sink: Sink = {
            let inside = inside.clone();
            Arc::new(move |_| {
                inside.store(1, Ordering::SeqCst);
                running.send(()).unwrap();
                std::thread::sleep(Duration::from_millis(10));
                inside.store(0, Ordering::SeqCst);
            })
        };
        session(POLITE, |mut peer| {
            peer.asynchronous.recv();
            peer.asynchronous.send(20, 0x50, 0, b"");
            peer.asynchronous.send(22, 0, 0, b"");
            assert!(peer.asynchronous.ends());
        })
        .run(|session| {
            session.link.watch(Some(sink), &session.calm().wait).unwrap();
            std::thread::scope(|scope| {
                scope.spawn(|| session.link.read_stb(&session.calm()).unwrap());
                runs.recv_timeout(LONG).unwrap();
                unwatch(session);
                assert_eq!(inside.load(Ordering::SeqCst), 0);
            });
        });
    }
}

#[test]
fn a_watch_that_begins_during_a_call_gets_what_the_call_receives() {
    let (go, gone) = channel();
    session(POLITE, move |mut peer| {
        peer.asynchronous.recv();
        gone.recv().unwrap();
        peer.asynchronous.send(20, 0x50, 0, b"");
        peer.asynchronous.send(22, 5, 0, b"");
        peer.asynchronous.send(20, 0x50, 0, b"");
        assert!(peer.asynchronous.ends());
    })
    .run(|session| {
        std::thread::scope(|scope| {
            let status = scope.spawn(|| session.link.read_stb(&session.calm()));
            std::thread::sleep(Duration::from_millis(30));
            let signals = watch(session);
            // Time for the thread to see that the call receives already.
            std::thread::sleep(Duration::from_millis(30));
            go.send(()).unwrap();
            assert_eq!(status.join().unwrap(), Ok(5));
            expect(&signals, 2);
        });
    });
}

#[test]
fn a_call_goes_on_when_the_watch_ends_under_it() {
    let (go, gone) = channel();
    session(POLITE, move |mut peer| {
        peer.asynchronous.recv();
        gone.recv().unwrap();
        peer.asynchronous.send(22, 5, 0, b"");
        assert!(peer.asynchronous.ends());
    })
    .run(|session| {
        let _signals = watch(session);
        std::thread::scope(|scope| {
            let status = scope.spawn(|| session.link.read_stb(&session.calm()));
            std::thread::sleep(Duration::from_millis(30));
            unwatch(session);
            go.send(()).unwrap();
            assert_eq!(status.join().unwrap(), Ok(5));
        });
    });
}

#[test]
fn a_watched_call_ends_at_its_deadline_and_when_cancelled() {
    session(POLITE, |mut peer| {
        for _ in 0..3 {
            peer.asynchronous.recv();
        }
        for status in 1..=3 {
            peer.asynchronous.send(22, status, 0, b"");
        }
        assert!(peer.asynchronous.ends());
    })
    .run(|session| {
        let _signals = watch(session);
        assert_eq!(session.link.read_stb(&session.call(30)).unwrap_err().code, VI_ERROR_TMO);
        std::thread::scope(|scope| {
            let status = scope.spawn(|| session.link.read_stb(&session.call(u32::MAX)));
            std::thread::sleep(Duration::from_millis(50));
            session.cancel.terminate();
            assert_eq!(status.join().unwrap().unwrap_err().code, VI_ERROR_ABORT);
        });
        assert_eq!(session.link.read_stb(&session.calm()), Ok(3));
    });
}

#[test]
fn a_peer_that_stops_in_the_middle_of_a_message_holds_up_nobody_else() {
    let slow = session(POLITE, |mut peer| {
        peer.asynchronous.raw(&super::peer::bytes(20, 0x50, 0, b"payload")[..19]);
        peer.asynchronous.raw(b"");
        assert!(peer.asynchronous.ends());
    });
    let (go, gone) = channel();
    let prompt = session(POLITE, move |mut peer| {
        for () in gone {
            peer.asynchronous.send(20, 0x50, 0, b"");
        }
    });
    let slow_signals = watch(&slow);
    let signals = watch(&prompt);
    for _ in 0..20 {
        go.send(()).unwrap();
        expect(&signals, 1);
    }
    assert!(slow_signals.try_recv().is_err(), "each sink has only its own requests");
    drop(go);
    prompt.finish();
    slow.finish();
}

#[test]
fn a_dead_peer_is_forgotten_and_later_calls_say_so() {
    for ending in [b"".as_slice(), b"HS\x02\0\0\0\0\0\0\0\0\0\0\0\0\0", b"garbage, not HiSLIP"] {
        let session = session(POLITE, move |mut peer| {
            peer.asynchronous.raw(ending);
            drop(peer.asynchronous);
            // Its other connection is closed from here.
            while !peer.sync.ends() {}
        });
        let (sink, signals) = sink();
        // The end may come before the watch.
        let _ = session.link.watch(Some(sink), &session.calm().wait);
        while session.link.read_stb(&session.calm()).is_ok() {}
        let lost = session.link.read_stb(&session.calm()).unwrap_err().code;
        assert_eq!(lost, VI_ERROR_CONN_LOST);
        let lost = session.link.write(b"x", &session.calm()).outcome.unwrap_err().code;
        assert_eq!(lost, VI_ERROR_CONN_LOST);
        session.finish();
        // Nobody keeps the link, and with it its descriptors and its sink.
        assert!(signals.recv_timeout(LONG).is_err());
    }
}

#[test]
fn a_call_that_waits_hears_of_the_death_at_once() {
    session(POLITE, |mut peer| {
        peer.asynchronous.recv();
        drop(peer);
    })
    .run(|session| {
        let _signals = watch(session);
        let lost = session.link.read_stb(&session.call(u32::MAX)).unwrap_err().code;
        assert_eq!(lost, VI_ERROR_CONN_LOST);
    });
}

#[test]
fn watches_may_begin_and_end_any_number_of_times() {
    for _ in 0..50 {
        let (go, gone) = channel();
        session(POLITE, move |mut peer| {
            for () in gone {
                peer.asynchronous.send(20, 0x50, 0, b"");
            }
        })
        .run(|session| {
            for _ in 0..3 {
                let signals = watch(session);
                go.send(()).unwrap();
                expect(&signals, 1);
                unwatch(session);
            }
            drop(go);
        });
    }
}
