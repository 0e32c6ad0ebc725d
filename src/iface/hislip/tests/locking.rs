#![forbid(unsafe_code)]
//! Device locks (IVI-6.1 6.5).

use std::sync::mpsc::channel;
use std::time::Duration;

use super::peer::{DATA_END, FIRST, LONG, Message, POLITE, Session, Side, session};
use crate::consts::ViStatus;
use crate::iface::DeviceLock;
use crate::status::{
    Result, VI_ERROR_ABORT, VI_ERROR_CONN_LOST, VI_ERROR_INV_ACCESS_KEY, VI_ERROR_IO,
    VI_ERROR_RSRC_LOCKED, VI_ERROR_SESN_NLOCKED, VI_ERROR_TMO,
};

const BEFORE_FIRST: u32 = FIRST - 2;

fn lock(session: &Session, timeout_ms: u32) -> std::result::Result<(), ViStatus> {
    code(session.link.lock(DeviceLock::Exclusive, &session.call(timeout_ms)))
}

fn unlock(session: &Session) -> std::result::Result<(), ViStatus> {
    code(session.link.unlock(DeviceLock::Exclusive, &session.calm()))
}

fn code(result: Result) -> std::result::Result<(), ViStatus> {
    result.map_err(|error| error.code)
}

/// Expects a lock request and returns how long it may take, in ms.
#[track_caller]
fn expect_request(side: &mut Side, key: &[u8]) -> u32 {
    let (number, control, ms, payload): Message = side.recv();
    assert_eq!((number, control, &*payload), (4, 1, key));
    ms
}

#[test]
fn the_request_carries_time_and_key_and_the_release_the_last_id_sent() {
    session(POLITE, |mut peer| {
        let ms = expect_request(&mut peer.asynchronous, b"");
        assert!((400..=700).contains(&ms), "{ms}");
        peer.asynchronous.send(5, 1, 0, b"");
        peer.asynchronous.expect(4, 0, BEFORE_FIRST, b"");
        peer.asynchronous.send(5, 1, 0, b"");

        expect_request(&mut peer.asynchronous, b"a key");
        peer.asynchronous.send(5, 1, 0, b"");
        peer.sync.expect(DATA_END, 0, FIRST, b"a");
        peer.sync.expect(DATA_END, 0, FIRST + 2, b"b");
        peer.asynchronous.expect(4, 0, FIRST + 2, b"");
        peer.asynchronous.send(5, 2, 0, b"");
    })
    .run(|session| {
        assert_eq!(lock(session, 700), Ok(()));
        assert_eq!(unlock(session), Ok(()));
        let shared = DeviceLock::Shared("a key");
        assert_eq!(session.link.lock(shared, &session.calm()), Ok(()));
        session.write(b"a");
        session.write(b"b");
        assert_eq!(session.link.unlock(shared, &session.calm()), Ok(()));
    });
}

#[test]
fn refusals_have_their_codes() {
    session(POLITE, |mut peer| {
        assert_eq!(expect_request(&mut peer.asynchronous, b""), 0, "immediate");
        peer.asynchronous.send(5, 0, 0, b"");
        // A server that waits as long as it may, and one that does not.
        let ms = expect_request(&mut peer.asynchronous, b"");
        std::thread::sleep(Duration::from_millis(u64::from(ms) + 30));
        peer.asynchronous.send(5, 0, 0, b"");
        expect_request(&mut peer.asynchronous, b"");
        peer.asynchronous.send(5, 0, 0, b"");
        expect_request(&mut peer.asynchronous, b"");
        peer.asynchronous.send(5, 1, 0, b"");

        expect_request(&mut peer.asynchronous, b"");
        peer.asynchronous.send(5, 3, 0, b"");
        expect_request(&mut peer.asynchronous, b"");
        peer.asynchronous.send(3, 1, 0, b"no locks here");
        peer.asynchronous.recv();
        peer.asynchronous.send(5, 3, 0, b"");
        expect_request(&mut peer.asynchronous, b"");
    })
    .run(|session| {
        assert_eq!(lock(session, 0), Err(VI_ERROR_RSRC_LOCKED));
        assert_eq!(lock(session, 20), Err(VI_ERROR_TMO));
        assert_eq!(lock(session, 10_000), Ok(()), "asked again until the deadline");
        assert_eq!(lock(session, 1000), Err(VI_ERROR_IO), "refused");
        assert_eq!(lock(session, 1000), Err(VI_ERROR_IO), "an Error message");
        assert_eq!(unlock(session), Err(VI_ERROR_SESN_NLOCKED));
        assert_eq!(lock(session, 1000), Err(VI_ERROR_CONN_LOST));
    });
}

#[test]
fn keys_that_do_not_fit_are_refused_without_asking() {
    session(POLITE, |mut peer| assert!(peer.asynchronous.ends())).run(|session| {
        for key in ["", &"k".repeat(257)] {
            let refused = session.link.lock(DeviceLock::Shared(key), &session.calm());
            assert_eq!(code(refused), Err(VI_ERROR_INV_ACCESS_KEY));
        }
    });
}

#[test]
fn for_ever_is_asked_for_in_pieces() {
    session(POLITE, |mut peer| {
        for _ in 0..3 {
            let ms = expect_request(&mut peer.asynchronous, b"");
            assert!((1..=1000).contains(&ms));
            std::thread::sleep(Duration::from_millis(ms.into()));
            peer.asynchronous.send(5, 0, 0, b"");
        }
        expect_request(&mut peer.asynchronous, b"");
        peer.asynchronous.send(5, 1, 0, b"");
    })
    .run(|session| assert_eq!(lock(session, u32::MAX), Ok(())));
}

#[test]
fn a_status_byte_gets_through_while_a_lock_is_waited_for() {
    let (asked, asks) = channel();
    session(POLITE, move |mut peer| {
        expect_request(&mut peer.asynchronous, b"");
        asked.send(()).unwrap();
        peer.asynchronous.recv();
        // One that answers out of order.
        peer.asynchronous.send(22, 1, 0, b"");
        peer.asynchronous.recv();
        // One that finishes the lock first.
        peer.asynchronous.send(5, 0, 0, b"");
        peer.asynchronous.send(22, 2, 0, b"");
        expect_request(&mut peer.asynchronous, b"");
        asked.send(()).unwrap();
        peer.asynchronous.recv();
        // And one that does not answer in time.
        peer.asynchronous.recv();
        peer.asynchronous.send(22, 3, 0, b"");
        peer.asynchronous.send(5, 1, 0, b"");
        peer.asynchronous.send(22, 4, 0, b"");
        assert!(peer.asynchronous.ends());
    })
    .run(|session| {
        std::thread::scope(|scope| {
            let locker = scope.spawn(|| lock(session, u32::MAX));
            asks.recv_timeout(LONG).unwrap();
            assert_eq!(session.link.read_stb(&session.calm()), Ok(1));
            assert_eq!(session.link.read_stb(&session.calm()), Ok(2));
            asks.recv_timeout(LONG).unwrap();
            let late = session.link.read_stb(&session.call(30)).unwrap_err().code;
            assert_eq!(late, VI_ERROR_TMO);
            assert_eq!(session.link.read_stb(&session.calm()), Ok(4));
            assert_eq!(locker.join().unwrap(), Ok(()));
        });
    });
}

/// A lock request that viTerminate has ended; the server has received it.
fn cancelled_lock(session: &Session) {
    std::thread::scope(|scope| {
        let locker = scope.spawn(|| lock(session, u32::MAX));
        std::thread::sleep(Duration::from_millis(100));
        session.cancel.terminate();
        assert_eq!(locker.join().unwrap(), Err(VI_ERROR_ABORT));
    });
}

#[test]
fn a_lock_granted_after_the_caller_has_left_is_given_back_at_once() {
    let (go, gone) = channel();
    let (given, back) = channel();
    session(POLITE, move |mut peer| {
        expect_request(&mut peer.asynchronous, b"");
        gone.recv().unwrap();
        peer.asynchronous.send(5, 1, 0, b"");
        peer.asynchronous.expect(4, 0, BEFORE_FIRST, b"");
        peer.asynchronous.send(5, 1, 0, b"");
        given.send(()).unwrap();
        peer.asynchronous.recv();
        peer.asynchronous.send(22, 9, 0, b"");
    })
    .run(|session| {
        cancelled_lock(session);
        go.send(()).unwrap();
        back.recv_timeout(LONG).expect("without any call of the session");
        assert_eq!(session.link.read_stb(&session.calm()), Ok(9));
    });
}

#[test]
fn a_new_request_waits_for_the_end_of_the_old_one() {
    let (go, gone) = channel();
    session(POLITE, move |mut peer| {
        expect_request(&mut peer.asynchronous, b"");
        gone.recv().unwrap();
        assert!(peer.asynchronous.is_quiet());
        peer.asynchronous.send(5, 1, 0, b"");
        peer.asynchronous.expect(4, 0, BEFORE_FIRST, b"");
        assert!(peer.asynchronous.is_quiet());
        // Neither this nor the grant is the answer to the new request.
        peer.asynchronous.send(5, 1, 0, b"");
        expect_request(&mut peer.asynchronous, b"");
        peer.asynchronous.send(5, 3, 0, b"");
    })
    .run(|session| {
        cancelled_lock(session);
        go.send(()).unwrap();
        assert_eq!(lock(session, 10_000), Err(VI_ERROR_IO), "the answer to the new request");
    });
}

#[test]
fn while_an_old_request_hangs_a_new_one_is_locked_out() {
    session(POLITE, |mut peer| {
        expect_request(&mut peer.asynchronous, b"");
        assert!(peer.asynchronous.ends());
    })
    .run(|session| {
        cancelled_lock(session);
        assert_eq!(lock(session, 0), Err(VI_ERROR_RSRC_LOCKED));
        assert_eq!(lock(session, 10), Err(VI_ERROR_TMO));
    });
}

#[test]
fn a_late_refusal_is_no_grant() {
    let (go, gone) = channel();
    session(POLITE, move |mut peer| {
        expect_request(&mut peer.asynchronous, b"");
        gone.recv().unwrap();
        peer.asynchronous.send(5, 0, 0, b"");
        expect_request(&mut peer.asynchronous, b"k");
        peer.asynchronous.send(5, 1, 0, b"");
        assert!(peer.asynchronous.ends());
    })
    .run(|session| {
        cancelled_lock(session);
        go.send(()).unwrap();
        let shared = session.link.lock(DeviceLock::Shared("k"), &session.calm());
        assert_eq!(shared, Ok(()));
    });
}

#[test]
fn a_release_does_not_wait_for_a_request_given_up() {
    session(POLITE, |mut peer| {
        expect_request(&mut peer.asynchronous, b"k");
        peer.asynchronous.send(5, 1, 0, b"");
        expect_request(&mut peer.asynchronous, b"");
        peer.asynchronous.expect(4, 0, BEFORE_FIRST, b"");
        // Out of order: the shared lock is back, then the exclusive one is granted after all.
        peer.asynchronous.send(5, 2, 0, b"");
        peer.asynchronous.send(5, 1, 0, b"");
        peer.asynchronous.expect(4, 0, BEFORE_FIRST, b"");
    })
    .run(|session| {
        let shared = DeviceLock::Shared("k");
        assert_eq!(session.link.lock(shared, &session.calm()), Ok(()));
        cancelled_lock(session);
        assert_eq!(session.link.unlock(shared, &session.calm()), Ok(()));
    });
}

#[test]
fn a_clear_does_not_forget_a_lock_that_may_still_be_granted() {
    let (given, back) = channel();
    session(POLITE, move |mut peer| {
        expect_request(&mut peer.asynchronous, b"");
        peer.serve_clear();
        peer.asynchronous.send(5, 1, 0, b"");
        peer.asynchronous.expect(4, 0, BEFORE_FIRST, b"");
        given.send(()).unwrap();
    })
    .run(|session| {
        cancelled_lock(session);
        session.link.clear(&session.calm()).unwrap();
        back.recv_timeout(LONG).unwrap();
    });
}
