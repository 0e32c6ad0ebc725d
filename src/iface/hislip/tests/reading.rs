#![forbid(unsafe_code)]
//! What ends a read (rules 6.1.1 to 6.1.5), however the bytes arrive.

use std::time::{Duration, Instant};

use super::peer::{DATA, DATA_END, FIRST, POLITE, Session, bytes, session};
use crate::iface::Stop;
use crate::status::VI_ERROR_TMO;

/// A session that has asked, with `parts` as the answer: (DataEND?, payload).
fn answered(parts: Vec<(bool, Vec<u8>)>) -> Session {
    let session = session(POLITE, move |mut peer| {
        peer.sync.expect(DATA_END, 0, FIRST, b"?");
        for (end, payload) in parts {
            peer.sync.send(if end { DATA_END } else { DATA }, 0, FIRST, &payload);
        }
        peer.sync.ends();
    });
    session.write(b"?");
    session
}

fn message(length: usize) -> Vec<u8> {
    (0..length).map(|i| (i * 7 % 251) as u8).collect()
}

#[test]
fn end_wins_over_a_full_count_and_the_termination_character() {
    let session = answered(vec![(true, b"12345\n".to_vec())]);
    let mut call = session.calm();
    call.term_char = Some(b'\n');
    assert_eq!(session.read_with(6, &call), (b"12345\n".to_vec(), Ok(Stop::End)));
}

#[test]
fn a_full_count_leaves_the_rest_and_its_end() {
    let session = answered(vec![(true, b"abcdef".to_vec())]);
    let call = session.calm();
    assert_eq!(session.read_with(4, &call), (b"abcd".to_vec(), Ok(Stop::Count)));
    assert_eq!(session.read_with(4, &call), (b"ef".to_vec(), Ok(Stop::End)));
}

#[test]
fn the_termination_character_leaves_the_rest_and_its_end() {
    let session = answered(vec![(false, b"a;b;".to_vec()), (true, b"c;;dd".to_vec())]);
    let mut call = session.calm();
    call.term_char = Some(b';');
    for part in ["a;", "b;", "c;", ";"] {
        // It wins over the full count.
        let got = session.read_with(part.len(), &call);
        assert_eq!(got, (part.into(), Ok(Stop::TermChar)));
    }
    assert_eq!(session.read_with(9, &call), (b"dd".to_vec(), Ok(Stop::End)));
}

#[test]
fn a_termination_character_that_is_not_enabled_is_a_byte() {
    let session = answered(vec![(true, b"a\nb\n".to_vec())]);
    assert_eq!(session.read(), b"a\nb\n");
}

#[test]
fn a_suppressed_end_does_not_end_the_read() {
    let session = session(POLITE, |mut peer| {
        peer.sync.recv();
        peer.sync.send(DATA_END, 0, FIRST, b"one");
        peer.sync.send(DATA_END, 0, FIRST, b"two;");
        peer.sync.send(DATA_END, 0, FIRST, b"three");
        peer.sync.ends();
    });
    session.write(b"?");
    let mut call = session.calm();
    call.suppress_end = true;
    assert_eq!(session.read_with(3, &call), (b"one".to_vec(), Ok(Stop::Count)));
    call.term_char = Some(b';');
    assert_eq!(session.read_with(30, &call), (b"two;".to_vec(), Ok(Stop::TermChar)));
    let mut short = session.call(60);
    short.suppress_end = true;
    let (data, outcome) = session.read_with(30, &short);
    assert_eq!((data, outcome.unwrap_err().code), (b"three".to_vec(), VI_ERROR_TMO));
}

#[test]
fn an_empty_data_end_is_end() {
    let session = answered(vec![(false, b"abc".to_vec()), (true, vec![])]);
    assert_eq!(session.read_with(3, &session.calm()), (b"abc".to_vec(), Ok(Stop::Count)));
    assert_eq!(session.read_with(3, &session.calm()), (vec![], Ok(Stop::End)));

    let session = answered(vec![(false, b"abc".to_vec()), (false, vec![]), (true, vec![])]);
    assert_eq!(session.read(), b"abc");
}

#[test]
fn small_reads_lose_nothing() {
    for piece in [1, 7, 64, 997] {
        let whole = message(3201);
        let (head, tail) = whole.split_at(1700);
        let session = answered(vec![(false, head.to_vec()), (true, tail.to_vec())]);
        let mut got = Vec::new();
        loop {
            let (data, outcome) = session.read_with(piece, &session.calm());
            got.extend(data);
            match outcome.unwrap() {
                Stop::Count => assert!(got.len() < whole.len(), "the last piece has END"),
                stop => break assert_eq!(stop, Stop::End),
            }
        }
        assert!(got == whole, "pieces of {piece}");
    }
}

#[test]
fn lines_of_a_large_reply_come_one_by_one() {
    // More than one receive brings, with the termination character all over it.
    let whole = message(300_000);
    let session =
        answered(vec![(false, whole[..100_001].to_vec()), (true, whole[100_001..].into())]);
    let mut call = session.calm();
    call.term_char = Some(250);
    let mut got = Vec::new();
    loop {
        let (data, outcome) = session.read_with(200_000, &call);
        got.extend_from_slice(&data);
        match outcome.unwrap() {
            Stop::TermChar => {
                assert_eq!(data.iter().position(|byte| *byte == 250), Some(data.len() - 1));
            }
            stop => break assert_eq!(stop, Stop::End),
        }
    }
    assert!(got == whole);
}

#[test]
fn large_replies_in_many_messages_are_whole() {
    let whole = message(5 << 20);
    let parts: Vec<_> = whole.chunks(1 << 20).map(|part| (false, part.to_vec())).collect();
    let session = answered(parts.into_iter().chain([(true, vec![])]).collect());
    let (data, outcome) = session.read_with(6 << 20, &session.calm());
    assert_eq!(outcome, Ok(Stop::End));
    assert!(data == whole);
}

#[test]
fn dribbling_bytes_are_assembled() {
    let session = session(POLITE, |mut peer| {
        peer.sync.recv();
        let mut wire = bytes(DATA, 0, FIRST, b"ab");
        wire.extend(bytes(DATA_END, 0, FIRST, b"cd"));
        for byte in wire {
            peer.sync.raw(&[byte]);
            std::thread::sleep(Duration::from_millis(1));
        }
        peer.sync.ends();
    });
    assert_eq!(session.query(b"?"), b"abcd");
}

#[test]
fn dribbling_does_not_stretch_the_deadline() {
    let session = session(POLITE, |mut peer| {
        peer.sync.recv();
        peer.sync.raw(&bytes(DATA_END, 0, FIRST, &[0; 4000])[..16]);
        use std::io::Write;
        while peer.sync.0.write_all(b"x").is_ok() {
            std::thread::sleep(Duration::from_millis(2));
        }
    });
    session.write(b"?");
    let start = Instant::now();
    let (data, error) = session.read_error(100);
    assert_eq!(error.code, VI_ERROR_TMO);
    assert!(!data.is_empty() && data.len() < 4000);
    assert!(start.elapsed() < Duration::from_secs(4));
}

#[test]
fn a_flood_that_is_not_for_us_does_not_stretch_the_deadline() {
    let session = session(POLITE, |mut peer| {
        use std::io::Write;
        let flood = bytes(DATA, 0, 5, b"wrong id").repeat(1000);
        while peer.sync.0.write_all(&flood).is_ok() {}
    });
    let start = Instant::now();
    assert_eq!(session.read_error(100).1.code, VI_ERROR_TMO);
    assert!(start.elapsed() < Duration::from_secs(4));
}

#[test]
fn a_timeout_reports_what_has_come_and_the_reply_goes_on() {
    let (go, gone) = std::sync::mpsc::channel();
    let session = session(POLITE, move |mut peer| {
        peer.sync.recv();
        let wire = bytes(DATA_END, 0, FIRST, b"half and half");
        peer.sync.raw(&wire[..20]);
        gone.recv().unwrap();
        peer.sync.raw(&wire[20..]);
        peer.sync.ends();
    });
    session.write(b"?");
    let start = Instant::now();
    let (data, error) = session.read_error(80);
    assert!(start.elapsed() >= Duration::from_millis(80), "not early");
    assert_eq!((data, error.code), (b"half".to_vec(), VI_ERROR_TMO));
    go.send(()).unwrap();
    assert_eq!(session.read(), b" and half");
}

#[test]
fn an_immediate_read_takes_what_is_there_and_never_waits() {
    let (go, gone) = std::sync::mpsc::channel();
    let session = session(POLITE, move |mut peer| {
        peer.sync.recv();
        gone.recv().unwrap();
        peer.sync.send(DATA_END, 0, FIRST, b"here");
        peer.asynchronous.expect(21, 0, FIRST, b"");
        peer.asynchronous.send(22, 0, 0, b"");
        peer.sync.ends();
    });
    session.write(b"?");
    assert_eq!(session.read_error(0).1.code, VI_ERROR_TMO);
    go.send(()).unwrap();
    // The answer to this comes after the reply.
    session.link.read_stb(&session.calm()).unwrap();
    assert_eq!(session.read_with(99, &session.call(0)), (b"here".to_vec(), Ok(Stop::End)));
}

#[test]
fn dropped_input_never_appears_whether_read_in_part_or_not_at_all() {
    let (release, released) = std::sync::mpsc::channel();
    let session = session(POLITE, move |mut peer| {
        peer.sync.expect(DATA_END, 0, FIRST, b"?");
        peer.sync.send(DATA, 0, FIRST, b"first ");
        peer.sync.send(DATA, 0, FIRST, b"second ");
        peer.sync.send(DATA_END, 0, FIRST, b"third");
        // With RMT-delivered: as far as the server is concerned the response has been delivered.
        peer.sync.expect(DATA_END, 1, FIRST + 2, b"again?");
        peer.sync.send(DATA_END, 0, FIRST + 2, b"fresh");
        released.recv().unwrap();
        peer.sync.ends();
    });
    session.write(b"?");
    assert_eq!(session.read_with(2, &session.calm()), (b"fi".to_vec(), Ok(Stop::Count)));
    // All of it was sent before its first byte could be read; loopback is quicker than this.
    std::thread::sleep(Duration::from_millis(50));
    session.link.discard_input(&session.calm()).unwrap();
    assert_eq!(session.read_error(50).1.code, VI_ERROR_TMO, "nothing is left");
    assert_eq!(session.query(b"again?"), b"fresh");
    session.link.discard_input(&session.calm()).unwrap();
    release.send(()).unwrap();
    session.finish();
}
