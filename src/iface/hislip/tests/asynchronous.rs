#![forbid(unsafe_code)]
//! The asynchronous connection: status byte, remote and local, and what comes unasked.

use super::peer::{DATA_END, FIRST, LONG, POLITE, session};
use crate::iface::RenMode;
use crate::status::{VI_ERROR_CONN_LOST, VI_ERROR_IO, VI_ERROR_TMO};

#[test]
fn status_queries_carry_the_last_id_sent_and_leave_rmt_set() {
    session(POLITE, |mut peer| {
        peer.asynchronous.expect(21, 0, 0xFFFF_FEFE, b"");
        peer.asynchronous.send(22, 0x41, 0, b"");
        peer.sync.expect(DATA_END, 0, FIRST, b"?");
        peer.sync.send(DATA_END, 0, FIRST, b"!");
        for _ in 0..2 {
            peer.asynchronous.expect(21, 1, FIRST, b"");
            peer.asynchronous.send(22, 0, 0, b"");
        }
        peer.sync.expect(12, 1, FIRST + 2, b"");
        peer.asynchronous.expect(21, 0, FIRST + 2, b"");
        peer.asynchronous.send(22, 0xFF, 0, b"");
    })
    .run(|session| {
        let status = || session.link.read_stb(&session.calm()).unwrap();
        assert_eq!(status(), 0x41);
        assert_eq!(session.query(b"?"), b"!");
        assert_eq!((status(), status()), (0, 0));
        session.link.trigger(&session.calm()).unwrap();
        assert_eq!(status(), 0xFF);
    });
}

#[test]
fn a_status_byte_gets_through_while_another_thread_reads() {
    session(POLITE, |mut peer| {
        peer.sync.recv();
        peer.asynchronous.recv();
        peer.asynchronous.send(22, 9, 0, b"");
        peer.sync.send(DATA_END, 0, FIRST, b"after the status byte");
    })
    .run(|session| {
        session.write(b"?");
        std::thread::scope(|scope| {
            let reader = scope.spawn(|| session.read());
            std::thread::sleep(std::time::Duration::from_millis(30));
            assert_eq!(session.link.read_stb(&session.calm()), Ok(9));
            assert_eq!(reader.join().unwrap(), b"after the status byte");
        });
    });
}

#[test]
fn what_comes_unasked_is_not_the_response() {
    session(POLITE, |mut peer| {
        peer.asynchronous.recv();
        peer.asynchronous.send(20, 0x50, 0, b"");
        peer.asynchronous.send(20, 0x51, 0, b"with a payload that is none of our business");
        peer.asynchronous.send(200, 1, 2, b"vendor");
        peer.asynchronous.expect(3, 3, 0, b"");
        peer.asynchronous.send(100, 1, 2, &[7; 5000]);
        peer.asynchronous.expect(3, 1, 0, b"");
        peer.asynchronous.send(22, 0x10, 0, b"");
    })
    .run(|session| assert_eq!(session.link.read_stb(&session.calm()), Ok(0x10)));
}

#[test]
fn a_late_response_is_not_taken_for_the_next_one() {
    let (go, gone) = std::sync::mpsc::channel();
    session(POLITE, move |mut peer| {
        peer.asynchronous.recv();
        // Half a header before the deadline, the rest after it.
        let late = super::peer::bytes(22, 1, 0, b"");
        peer.asynchronous.raw(&late[..5]);
        gone.recv().unwrap();
        peer.asynchronous.raw(&late[5..]);
        peer.asynchronous.expect(10, 3, 0xFFFF_FEFE, b"");
        peer.asynchronous.send(11, 0, 0, b"");
        peer.asynchronous.recv();
        peer.asynchronous.send(22, 2, 0, b"");
    })
    .run(|session| {
        assert_eq!(session.link.read_stb(&session.call(60)).unwrap_err().code, VI_ERROR_TMO);
        go.send(()).unwrap();
        let remote = session.link.control_ren(RenMode::AssertAddress, &session.calm());
        assert_eq!(remote, Ok(()));
        assert_eq!(session.link.read_stb(&session.calm()), Ok(2));
    });
}

#[test]
fn two_late_responses_of_one_kind_are_both_dropped() {
    session(POLITE, |mut peer| {
        for _ in 0..3 {
            peer.asynchronous.recv();
        }
        for status in 1..=3 {
            peer.asynchronous.send(22, status, 0, b"");
        }
    })
    .run(|session| {
        for _ in 0..2 {
            assert_eq!(session.link.read_stb(&session.call(30)).unwrap_err().code, VI_ERROR_TMO);
        }
        assert_eq!(session.link.read_stb(&session.calm()), Ok(3));
    });
}

#[test]
fn a_clear_forgets_responses_that_never_came() {
    session(POLITE, |mut peer| {
        peer.asynchronous.recv();
        peer.serve_clear();
        peer.asynchronous.recv();
        peer.asynchronous.send(22, 4, 0, b"");
    })
    .run(|session| {
        assert_eq!(session.link.read_stb(&session.call(30)).unwrap_err().code, VI_ERROR_TMO);
        session.link.clear(&session.calm()).unwrap();
        assert_eq!(session.link.read_stb(&session.calm()), Ok(4));
    });
}

#[test]
fn all_seven_remote_modes_travel() {
    session(POLITE, |mut peer| {
        for mode in 0..7 {
            peer.asynchronous.expect(10, mode, 0xFFFF_FEFE, b"");
            peer.asynchronous.send(11, 0, 0, b"");
        }
    })
    .run(|session| {
        use RenMode::*;
        for mode in
            [Deassert, Assert, DeassertGtl, AssertAddress, AssertLlo, AssertAddressLlo, AddressGtl]
        {
            assert_eq!(session.link.control_ren(mode, &session.calm()), Ok(()));
        }
    });
}

#[test]
fn an_error_fails_the_transaction_and_a_fatal_error_the_session() {
    let (seen, sees) = std::sync::mpsc::channel();
    session(POLITE, move |mut peer| {
        peer.asynchronous.recv();
        peer.asynchronous.send(3, 2, 0, b"unknown control code");
        peer.asynchronous.recv();
        peer.asynchronous.send(22, 6, 0, b"");
        peer.asynchronous.recv();
        peer.asynchronous.send(2, 0, 0, b"");
        assert!(peer.sync.ends() && peer.asynchronous.ends(), "both connections");
        seen.send(()).unwrap();
    })
    .run(|session| {
        let status = || session.link.read_stb(&session.calm()).map_err(|error| error.code);
        assert_eq!(status(), Err(VI_ERROR_IO));
        assert_eq!(status(), Ok(6));
        assert_eq!(status(), Err(VI_ERROR_CONN_LOST));
        sees.recv_timeout(LONG).expect("closed before the link is");
        assert_eq!(
            session.link.write(b"x", &session.calm()).outcome.unwrap_err().code,
            VI_ERROR_CONN_LOST
        );
    });
}

#[test]
fn garbage_ends_the_session_with_a_fatal_error() {
    session(POLITE, |mut peer| {
        peer.asynchronous.recv();
        peer.asynchronous.raw(b"XS\x16\0\0\0\0\0\0\0\0\0\0\0\0\0");
        peer.asynchronous.expect(2, 1, 0, b"");
    })
    .run(|session| {
        let error = session.link.read_stb(&session.calm()).unwrap_err();
        assert_eq!(error.code, VI_ERROR_CONN_LOST);
    });
}

#[test]
fn a_lost_response_costs_its_own_query_and_the_next_and_no_more() {
    session(POLITE, |mut peer| {
        // The first is swallowed, the others are answered at once.
        peer.asynchronous.recv();
        for byte in 2..=4 {
            peer.asynchronous.recv();
            peer.asynchronous.send(22, byte, 0, b"");
        }
    })
    .run(|session| {
        let status = |ms| session.link.read_stb(&session.call(ms)).map_err(|error| error.code);
        assert_eq!(status(50), Err(VI_ERROR_TMO));
        // This answer might be the first one's, so it is not believed.
        assert_eq!(status(200), Err(VI_ERROR_TMO));
        assert_eq!(status(10_000), Ok(3));
        assert_eq!(status(10_000), Ok(4));
    });
}

#[test]
fn an_immediate_status_query_has_its_round_trip() {
    session(POLITE, |mut peer| {
        peer.asynchronous.recv();
        peer.asynchronous.send(22, 7, 0, b"");
    })
    .run(|session| assert_eq!(session.link.read_stb(&session.call(0)), Ok(7)));
}

#[test]
fn a_response_of_impossible_length_ends_the_session_plainly() {
    session(POLITE, |mut peer| {
        peer.asynchronous.recv();
        let mut endless = super::peer::bytes(22, 1, 0, b"");
        endless[8..16].copy_from_slice(&(1_u64 << 62).to_be_bytes());
        peer.asynchronous.raw(&endless);
        peer.asynchronous.expect(2, 1, 0, b"");
    })
    .run(|session| {
        let code = |result: crate::status::Result<u8>| result.unwrap_err().code;
        assert_eq!(code(session.link.read_stb(&session.calm())), VI_ERROR_CONN_LOST);
        assert_eq!(code(session.link.read_stb(&session.calm())), VI_ERROR_CONN_LOST);
    });
}
