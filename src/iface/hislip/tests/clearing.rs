#![forbid(unsafe_code)]
//! Device clear (IVI-6.1 6.12).

use std::sync::atomic::Ordering;
use std::sync::mpsc::channel;
use std::time::Duration;

use super::peer::{DATA, DATA_END, FIRST, POLITE, bytes, session};
use crate::iface::Stop;
use crate::iface::hislip::state::State;
use crate::status::{VI_ERROR_ABORT, VI_ERROR_TMO};

#[test]
fn a_clear_drops_an_unread_or_part_read_reply_time_and_again() {
    const CYCLES: usize = 25;
    session(POLITE, |mut peer| {
        for cycle in 0..CYCLES {
            peer.sync.expect(DATA_END, 0, FIRST, b"A?");
            peer.sync.send(DATA, 0, FIRST, b"unread");
            // Its header may look like ours would: same id after the clear.
            peer.sync.send(DATA_END, 0, FIRST, &[b'x'; 100_000]);
            peer.asynchronous.expect(19, 0, 0, b"");
            peer.sync.send(DATA_END, 0, FIRST, b"sent before it knew");
            peer.asynchronous.send(23, 1, 0, b"");
            peer.sync.expect(8, 0, 0, b"");
            peer.sync.send(DATA_END, 0, FIRST, b"still void");
            peer.sync.send(9, 0, 0, b"");
            peer.sync.expect(DATA_END, 0, FIRST, b"B?");
            peer.sync.send(DATA_END, 0, FIRST, &cycle.to_be_bytes());
            peer.serve_clear();
        }
    })
    .run(|session| {
        for cycle in 0..CYCLES {
            session.write(b"A?");
            if cycle % 2 == 0 {
                assert_eq!(
                    session.read_with(3, &session.calm()),
                    (b"unr".to_vec(), Ok(Stop::Count))
                );
            }
            session.link.clear(&session.calm()).unwrap();
            assert_eq!(session.query(b"B?"), cycle.to_be_bytes());
            session.link.clear(&session.calm()).unwrap();
        }
    });
}

/// By when a thread that was started is in its read.
const SETTLED: Duration = Duration::from_millis(300);

#[test]
fn a_clear_ends_a_read_of_another_thread() {
    session(POLITE, |mut peer| {
        peer.sync.recv();
        peer.sync.raw(&bytes(DATA_END, 0, FIRST, b"half and half")[..20]);
        peer.asynchronous.expect(19, 0, 0, b"");
        peer.asynchronous.send(23, 0, 0, b"");
        peer.sync.expect(8, 0, 0, b"");
        peer.sync.raw(&bytes(DATA, 0, FIRST, b"half and half")[20..]);
        peer.sync.send(9, 0, 0, b"");
        peer.sync.expect(DATA_END, 0, FIRST, b"?");
        peer.sync.send(DATA_END, 0, FIRST, b"fresh");
    })
    .run(|session| {
        session.write(b"?");
        std::thread::scope(|scope| {
            let reader = scope.spawn(|| {
                // A suppressed END keeps it waiting for more.
                let mut call = session.calm();
                call.suppress_end = true;
                session.read_with(99, &call).1
            });
            std::thread::sleep(SETTLED);
            session.link.clear(&session.calm()).unwrap();
            assert_eq!(reader.join().unwrap().unwrap_err().code, VI_ERROR_ABORT);
        });
        assert_eq!(session.query(b"?"), b"fresh");
    });
}

#[test]
fn a_clear_ends_all_reads_of_other_threads() {
    session(POLITE, |mut peer| {
        peer.sync.recv();
        peer.serve_clear();
        peer.sync.expect(DATA_END, 0, FIRST, b"?");
        peer.sync.send(DATA_END, 0, FIRST, b"fresh");
    })
    .run(|session| {
        session.write(b"?");
        std::thread::scope(|scope| {
            let readers: Vec<_> =
                (0..3).map(|_| scope.spawn(|| session.read_with(9, &session.calm()).1)).collect();
            std::thread::sleep(SETTLED);
            session.link.clear(&session.calm()).unwrap();
            for reader in readers {
                assert_eq!(reader.join().unwrap().unwrap_err().code, VI_ERROR_ABORT);
            }
        });
        assert_eq!(session.query(b"?"), b"fresh");
    });
}

#[test]
fn a_clear_cut_short_is_done_again_before_the_next_message() {
    let (go, gone) = channel();
    session(POLITE, move |mut peer| {
        peer.asynchronous.expect(19, 0, 0, b"");
        gone.recv().unwrap();
        // The first acknowledgement is late, and of no use to the second clear.
        peer.asynchronous.send(23, 0, 0, b"");
        assert!(peer.sync.is_quiet());
        peer.serve_clear();
        peer.sync.expect(DATA_END, 0, FIRST, b"?");
        peer.sync.send(DATA_END, 0, FIRST, b"in step");
    })
    .run(|session| {
        assert_eq!(session.link.clear(&session.call(40)).unwrap_err().code, VI_ERROR_TMO);
        go.send(()).unwrap();
        assert_eq!(session.query(b"?"), b"in step");
    });
}

#[test]
fn a_clear_cut_short_is_done_again_before_the_next_read() {
    let (go, gone) = channel();
    session(POLITE, move |mut peer| {
        peer.sync.recv();
        peer.asynchronous.expect(19, 0, 0, b"");
        gone.recv().unwrap();
        peer.asynchronous.send(23, 0, 0, b"");
        peer.serve_clear();
        assert!(peer.sync.ends());
    })
    .run(|session| {
        session.write(b"?");
        assert_eq!(session.link.clear(&session.call(40)).unwrap_err().code, VI_ERROR_TMO);
        go.send(()).unwrap();
        // The reply was thrown away, so nothing comes; the script sees the second clear.
        assert_eq!(session.read_error(1000).1.code, VI_ERROR_TMO);
    });
}

#[test]
fn a_late_acknowledgement_does_not_end_a_later_clear() {
    let (go, gone) = channel();
    session(POLITE, move |mut peer| {
        peer.asynchronous.expect(19, 0, 0, b"");
        peer.asynchronous.send(23, 0, 0, b"");
        peer.sync.expect(8, 0, 0, b"");
        gone.recv().unwrap();
        peer.sync.send(9, 0, 0, b"");
        // Between the two acknowledgements, with an id that is right after a clear.
        peer.sync.send(DATA_END, 0, FIRST, b"void");
        peer.serve_clear();
        peer.sync.expect(DATA_END, 0, FIRST, b"?");
        peer.sync.send(DATA_END, 0, FIRST, b"valid");
    })
    .run(|session| {
        assert_eq!(session.link.clear(&session.call(40)).unwrap_err().code, VI_ERROR_TMO);
        go.send(()).unwrap();
        session.link.clear(&session.calm()).unwrap();
        assert_eq!(session.query(b"?"), b"valid");
    });
}

#[test]
fn an_acknowledgement_out_of_the_blue_is_ignored() {
    session(POLITE, |mut peer| {
        peer.sync.recv();
        peer.sync.send(9, 1, 0, b"");
        peer.sync.send(DATA_END, 0, FIRST, b"ok");
    })
    .run(|session| assert_eq!(session.query(b"?"), b"ok"));
}

#[test]
fn a_lost_acknowledgement_does_not_make_every_later_clear_fail() {
    session(POLITE, |mut peer| {
        peer.asynchronous.expect(19, 0, 0, b"");
        peer.asynchronous.send(23, 0, 0, b"");
        peer.sync.expect(8, 0, 0, b"");
        // Its DeviceClearAcknowledge is lost; all later clears are served in full.
        peer.serve_clear();
        peer.serve_clear();
        peer.sync.expect(DATA_END, 0, FIRST, b"?");
        peer.sync.send(DATA_END, 0, FIRST, b"fresh");
    })
    .run(|session| {
        for _ in 0..2 {
            assert_eq!(session.link.clear(&session.call(300)).unwrap_err().code, VI_ERROR_TMO);
        }
        session.link.clear(&session.calm()).unwrap();
        assert_eq!(session.query(b"?"), b"fresh");
    });
}

#[test]
fn an_acknowledgement_sent_unasked_does_not_take_the_count_below_zero() {
    let state = State::new(false);
    state.acknowledgements_due.fetch_add(1, Ordering::SeqCst);
    assert!(state.acknowledge(false), "unasked, while a clear has begun");
    state.expect_one_less();
    assert_eq!(state.acknowledgements_due.load(Ordering::SeqCst), 0);
}
