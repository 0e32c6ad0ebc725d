#![forbid(unsafe_code)]
//! Servers that fail, lie or talk nonsense on the synchronous connection.

use std::time::{Duration, Instant};

use super::peer::{DATA, DATA_END, FIRST, LONG, POLITE, bytes, session};
use crate::status::{VI_ERROR_ABORT, VI_ERROR_CONN_LOST, VI_ERROR_IO, VI_ERROR_TMO};

#[test]
fn an_error_message_fails_the_read_and_keeps_the_session() {
    session(POLITE, |mut peer| {
        peer.sync.recv();
        peer.sync.send(3, 4, 0, &[b'!'; 70_000]);
        peer.sync.recv();
        peer.sync.send(DATA_END, 0, FIRST + 2, b"fine");
    })
    .run(|session| {
        session.write(b"too large");
        assert_eq!(session.read_error(LONG.as_millis() as u32).1.code, VI_ERROR_IO);
        assert_eq!(session.query(b"?"), b"fine");
    });
}

#[test]
fn unknown_messages_are_answered_and_skipped() {
    session(POLITE, |mut peer| {
        peer.sync.recv();
        for (number, code) in [(100, 1), (128, 3), (255, 3), (39, 1), (0, 1), (22, 1)] {
            peer.sync.send(number, 9, 9, &[number; 3000]);
            peer.sync.expect(3, code, 0, b"");
        }
        peer.sync.send(DATA_END, 0, FIRST, b"ok");
    })
    .run(|session| assert_eq!(session.query(b"?"), b"ok"));
}

/// Every call fails with VI_ERROR_CONN_LOST after `last_words`, which follow half a reply.
fn lost(last_words: Vec<u8>, close: bool) {
    let (seen, sees) = std::sync::mpsc::channel();
    session(POLITE, move |mut peer| {
        peer.sync.recv();
        peer.sync.send(DATA, 0, FIRST, b"half");
        peer.sync.raw(&last_words);
        if close {
            drop(peer.sync);
        }
        assert!(peer.asynchronous.ends(), "one takes the other with it");
        seen.send(()).unwrap();
    })
    .run(|session| {
        session.write(b"?");
        let start = Instant::now();
        let (data, error) = session.read_error(u32::MAX);
        assert_eq!((data, error.code), (b"half".to_vec(), VI_ERROR_CONN_LOST));
        assert!(start.elapsed() < LONG, "at once");
        sees.recv_timeout(LONG).expect("closed before the link is");
        let call = session.calm();
        let codes = [
            session.link.write(b"x", &call).outcome.unwrap_err().code,
            session.read_error(1000).1.code,
            session.link.read_stb(&call).unwrap_err().code,
            session.link.clear(&call).unwrap_err().code,
            session.link.trigger(&call).unwrap_err().code,
        ];
        assert_eq!(codes, [VI_ERROR_CONN_LOST; 5]);
    });
}

#[test]
fn a_peer_that_closes_in_the_middle_is_lost() {
    lost(vec![], true);
    lost(bytes(DATA_END, 0, FIRST, b"")[..9].to_vec(), true);
    lost(bytes(DATA_END, 0, FIRST, b"rest")[..16].to_vec(), true);
}

#[test]
fn a_fatal_error_closes_both_connections() {
    lost(bytes(2, 0, 0, b"why"), false);
}

#[test]
fn a_reset_in_the_middle_is_a_lost_connection() {
    session(POLITE, |peer| {
        let socket = socket2::Socket::from(peer.sync.0);
        socket.set_linger(Some(Duration::ZERO)).unwrap();
    })
    .run(|session| {
        assert_eq!(session.read_error(u32::MAX).1.code, VI_ERROR_CONN_LOST);
        assert_eq!(session.read_error(0).1.code, VI_ERROR_CONN_LOST);
    });
}

#[test]
fn a_wrong_prologue_and_an_impossible_length_are_answered_with_a_fatal_error() {
    let mut impossible = bytes(DATA, 0, FIRST, b"");
    impossible[8] = 0x80;
    let mut wrong = bytes(DATA, 0, FIRST, b"");
    wrong[1] = b's';
    for garbage in [impossible, wrong] {
        session(POLITE, move |mut peer| {
            peer.sync.recv();
            peer.sync.raw(&garbage);
            peer.sync.expect(2, 1, 0, b"");
            assert!(peer.asynchronous.ends());
        })
        .run(|session| {
            session.write(b"?");
            assert_eq!(session.read_error(u32::MAX).1.code, VI_ERROR_CONN_LOST);
            assert_eq!(session.read_error(u32::MAX).1.code, VI_ERROR_CONN_LOST);
        });
    }
}

#[test]
fn an_absurd_length_is_not_stored() {
    for number in [DATA_END, 100] {
        session(POLITE, move |mut peer| {
            peer.sync.recv();
            let mut head = bytes(number, 0, FIRST, b"");
            head[8] = 0x7F;
            head.extend([b'x'; 100]);
            peer.sync.raw(&head);
            while !peer.sync.ends() {}
        })
        .run(|session| {
            session.write(b"?");
            let (data, error) = session.read_error(60);
            assert_eq!(error.code, VI_ERROR_TMO);
            assert_eq!(data.len(), if number == DATA_END { 100 } else { 0 });
        });
    }
}

#[test]
fn terminate_ends_a_blocked_read_and_keeps_the_session() {
    session(POLITE, |mut peer| {
        peer.sync.recv();
        peer.sync.recv();
        peer.sync.send(DATA_END, 0, FIRST, b"late");
        peer.sync.send(DATA_END, 0, FIRST + 2, b"right");
    })
    .run(|session| {
        session.write(b"?");
        std::thread::scope(|scope| {
            let call = session.call(u32::MAX);
            let reader = scope.spawn(move || session.read_with(9, &call).1);
            std::thread::sleep(Duration::from_millis(60));
            session.cancel.terminate();
            assert_eq!(reader.join().unwrap().unwrap_err().code, VI_ERROR_ABORT);
        });
        assert_eq!(session.query(b"?"), b"right");
    });
}
