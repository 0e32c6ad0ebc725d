#![forbid(unsafe_code)]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use super::*;
use crate::os::Cancel;
use crate::status::VI_ERROR_ABORT;

/// A session's settings, as VISA's defaults for a SOCKET.
struct Settings {
    cancel: Cancel,
    timeout_ms: u32,
    term_char: Option<u8>,
    suppress_end: bool,
}

impl Settings {
    fn new() -> Self {
        Self { cancel: Cancel::new(), timeout_ms: 5000, term_char: None, suppress_end: true }
    }

    fn call(&self) -> Call<'_> {
        Call {
            wait: Wait {
                deadline: Deadline::from_timeout(self.timeout_ms),
                ticket: self.cancel.ticket(),
            },
            timeout_ms: self.timeout_ms,
            term_char: self.term_char,
            end_char: b'\n',
            send_end: true,
            suppress_end: self.suppress_end,
        }
    }
}

fn open(settings: &Settings) -> (Box<dyn Link>, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let name = format!("TCPIP::127.0.0.1::{}::SOCKET", listener.local_addr().unwrap().port());
    let name = ResourceName::parse(&name).unwrap();
    let link = Socket.open(&name, &settings.call().wait).unwrap();
    (link, listener.accept().unwrap().0)
}

fn read(link: &dyn Link, size: usize, settings: &Settings) -> (Vec<u8>, Result<Stop>) {
    let mut buf = vec![0; size];
    let read = link.read(&mut buf, &settings.call());
    buf.truncate(read.count);
    (buf, read.outcome)
}

fn code<T: std::fmt::Debug>(outcome: Result<T>) -> i32 {
    outcome.unwrap_err().code
}

#[test]
fn rule_6_1_2_a_termination_character_ends_the_read_and_the_rest_stays() {
    let mut settings = Settings::new();
    let (link, mut peer) = open(&settings);
    peer.write_all(b"one\ntwo\nthree").unwrap();
    settings.term_char = Some(b'\n');
    assert_eq!(read(&*link, 100, &settings), (b"one\n".to_vec(), Ok(Stop::TermChar)));
    // It wins over a count that is reached by the same byte.
    assert_eq!(read(&*link, 4, &settings), (b"two\n".to_vec(), Ok(Stop::TermChar)));
    assert_eq!(read(&*link, 2, &settings), (b"th".to_vec(), Ok(Stop::Count)));
    settings.term_char = None;
    assert_eq!(read(&*link, 3, &settings), (b"ree".to_vec(), Ok(Stop::Count)));
}

#[test]
fn rule_6_1_3_any_count_gives_the_same_bytes() {
    let settings = Settings::new();
    let message: Vec<u8> = (0..3201_u32).map(|i| (i % 251) as u8).collect();
    for piece in [1, 7, 64, 997] {
        let (link, mut peer) = open(&settings);
        peer.write_all(&message).unwrap();
        let mut got = Vec::new();
        while got.len() < message.len() {
            let (part, outcome) = read(&*link, piece.min(message.len() - got.len()), &settings);
            assert_eq!(outcome, Ok(Stop::Count));
            got.extend(part);
        }
        assert_eq!(got, message);
    }
}

#[test]
fn a_read_without_an_end_times_out_with_what_arrived() {
    let settings = Settings { timeout_ms: 100, ..Settings::new() };
    let (link, mut peer) = open(&settings);
    peer.write_all(b"abc").unwrap();
    let start = Instant::now();
    let (got, outcome) = read(&*link, 100, &settings);
    assert_eq!((got, code(outcome)), (b"abc".to_vec(), VI_ERROR_TMO));
    assert!(start.elapsed() >= Duration::from_millis(100), "rule 3.2.2: not earlier");
}

#[test]
fn an_immediate_read_takes_what_is_there() {
    let settings = Settings { timeout_ms: 0, ..Settings::new() };
    let (link, mut peer) = open(&Settings::new());
    assert_eq!(code(read(&*link, 4, &settings).1), VI_ERROR_TMO);
    peer.write_all(b"abcd").unwrap();
    read(&*link, 1, &Settings::new()).1.unwrap();
    assert_eq!(read(&*link, 3, &settings), (b"bcd".to_vec(), Ok(Stop::Count)));
}

#[test]
fn a_pause_is_an_end_when_end_is_not_suppressed() {
    let settings = Settings { suppress_end: false, ..Settings::new() };
    let (link, mut peer) = open(&settings);
    peer.write_all(b"answer").unwrap();
    assert_eq!(read(&*link, 100, &settings), (b"answer".to_vec(), Ok(Stop::End)));
}

#[test]
fn an_answer_in_two_pieces_is_one_answer() {
    let settings = Settings { suppress_end: false, ..Settings::new() };
    let (link, mut peer) = open(&settings);
    let instrument = std::thread::spawn(move || {
        peer.write_all(b"+1.234").unwrap();
        // As long as a peer waits for an acknowledgement that is delayed.
        std::thread::sleep(Duration::from_millis(40));
        peer.write_all(b"\n").unwrap();
        peer
    });
    assert_eq!(read(&*link, 100, &settings), (b"+1.234\n".to_vec(), Ok(Stop::End)));
    instrument.join().unwrap();
}

#[test]
fn a_closing_peer_is_a_lost_connection_and_never_a_short_answer() {
    let settings = Settings::new();
    let (link, mut peer) = open(&settings);
    peer.write_all(b"half").unwrap();
    drop(peer);
    let (got, outcome) = read(&*link, 100, &settings);
    assert_eq!((got, code(outcome)), (b"half".to_vec(), VI_ERROR_CONN_LOST));
    assert_eq!(code(read(&*link, 100, &settings).1), VI_ERROR_CONN_LOST);
    assert_eq!(code(link.write(b"x", &settings.call()).outcome), VI_ERROR_CONN_LOST);
    assert_eq!(code(link.clear(&settings.call())), VI_ERROR_CONN_LOST);
}

#[test]
fn clear_drops_what_was_kept_and_what_has_arrived() {
    let mut settings = Settings::new();
    let (link, mut peer) = open(&settings);
    peer.write_all(b"one\nkept").unwrap();
    settings.term_char = Some(b'\n');
    read(&*link, 100, &settings).1.unwrap();
    peer.write_all(b"arrived").unwrap();
    link.clear(&settings.call()).unwrap();
    peer.write_all(b"new\n").unwrap();
    assert_eq!(read(&*link, 100, &settings), (b"new\n".to_vec(), Ok(Stop::TermChar)));
}

/// What follows without a pause belongs to what is cleared: bytes that come one by one.
#[test]
fn clear_drops_what_is_on_its_way() {
    let settings = Settings::new();
    let (link, mut peer) = open(&settings);
    let (started, has_started) = std::sync::mpsc::channel();
    let sender = std::thread::spawn(move || {
        for _ in 0..200 {
            peer.write_all(b"x").unwrap();
            let _ = started.send(());
            std::thread::sleep(Duration::from_micros(100));
        }
        peer
    });
    has_started.recv().unwrap();
    link.clear(&settings.call()).unwrap();
    let mut peer = sender.join().unwrap();
    link.clear(&settings.call()).unwrap();
    peer.write_all(b"new").unwrap();
    assert_eq!(read(&*link, 3, &settings), (b"new".to_vec(), Ok(Stop::Count)));
}

/// Before a question, whatever has come so far is no answer to it.
#[test]
fn stale_answers_are_dropped_without_waiting() {
    let settings = Settings { term_char: Some(b'\n'), ..Settings::new() };
    let (link, mut peer) = open(&settings);
    link.drop_stale_answers(&settings.call()).unwrap();
    peer.write_all(b"one\ntwo\nthree").unwrap();
    // What came in one piece is all here once its beginning is.
    assert_eq!(read(&*link, 99, &settings).0, b"one\n");
    link.drop_stale_answers(&settings.call()).unwrap();
    peer.write_all(b"new\n").unwrap();
    assert_eq!(read(&*link, 99, &settings), (b"new\n".to_vec(), Ok(Stop::TermChar)));
    let soon = Wait { deadline: Deadline::after(Duration::from_millis(5)), ..settings.call().wait };
    assert_eq!(code(drop_arrived(|| Ok(Some(1)), &soon)), VI_ERROR_TMO, "a flood ends it");
    drop(peer);
    assert_eq!(code(read(&*link, 9, &settings).1), VI_ERROR_CONN_LOST);
    assert_eq!(code(link.drop_stale_answers(&settings.call())), VI_ERROR_CONN_LOST);
}

/// A peer that never stops sending cannot hold viClear beyond its deadline. (Over a real connection
/// a busy machine may hold the sender up, and that is a pause.)
#[test]
fn a_flood_ends_a_clear_by_its_deadline() {
    let settings = Settings { timeout_ms: 20, ..Settings::new() };
    let call = settings.call();
    let mut received = 0;
    let flood = |_: &Wait| {
        received += 1;
        Ok(())
    };
    assert_eq!(code(discard_until_pause(flood, &call.wait)), VI_ERROR_TMO);
    assert!(call.wait.deadline.has_passed() && received > 0);
}

#[test]
fn a_write_that_nobody_takes_ends_by_its_deadline_and_counts_what_left() {
    let settings = Settings { timeout_ms: 100, ..Settings::new() };
    let (link, peer) = open(&settings);
    let big = vec![7; 64 << 20];
    let written = link.write(&big, &settings.call());
    assert_eq!(code(written.outcome), VI_ERROR_TMO);
    assert!(written.count > 0 && written.count < big.len());
    // The count is true: exactly so many bytes come out at the other end.
    drop(link);
    let mut got = Vec::new();
    { peer }.read_to_end(&mut got).unwrap();
    assert_eq!(got.len(), written.count);
}

#[test]
fn terminate_ends_an_infinite_read_and_the_session_goes_on() {
    let settings = Settings { timeout_ms: u32::MAX, ..Settings::new() };
    let (link, mut peer) = open(&settings);
    let (started, start) = mpsc::channel();
    std::thread::scope(|scope| {
        let (link, settings) = (&link, &settings);
        let reader = scope.spawn(move || {
            let mut buf = [0; 10];
            let call = settings.call();
            started.send(()).unwrap();
            link.read(&mut buf, &call).outcome
        });
        start.recv().unwrap();
        settings.cancel.terminate();
        assert_eq!(code(reader.join().unwrap()), VI_ERROR_ABORT);
    });
    peer.write_all(b"x").unwrap();
    assert_eq!(read(&*link, 1, &settings), (b"x".to_vec(), Ok(Stop::Count)));
}

#[test]
fn a_dead_port_is_not_found() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let name = ResourceName::parse(&format!("TCPIP::127.0.0.1::{port}::SOCKET")).unwrap();
    let error = Socket.open(&name, &Settings::new().call().wait).err().unwrap();
    assert_eq!(error.code, crate::status::VI_ERROR_RSRC_NFOUND);
}

#[test]
fn what_was_received_before_a_loss_is_still_read() {
    let mut settings = Settings::new();
    let (link, mut peer) = open(&settings);
    peer.write_all(b"one\ntwo\n").unwrap();
    drop(peer);
    settings.term_char = Some(b'\n');
    assert_eq!(read(&*link, 100, &settings), (b"one\n".to_vec(), Ok(Stop::TermChar)));
    while link.write(b"x", &settings.call()).outcome.is_ok() {}
    assert_eq!(read(&*link, 100, &settings), (b"two\n".to_vec(), Ok(Stop::TermChar)));
    assert_eq!(code(read(&*link, 100, &settings).1), VI_ERROR_CONN_LOST);
}

#[test]
fn a_clear_gets_through_while_another_thread_reads() {
    let settings = Settings { timeout_ms: u32::MAX, ..Settings::new() };
    let (link, mut peer) = open(&settings);
    std::thread::scope(|scope| {
        let (link, settings) = (&link, &settings);
        let reader = scope.spawn(move || read(&**link, 2, settings));
        peer.write_all(b"a").unwrap();
        link.clear(&settings.call()).unwrap();
        // Whether the clear came before or after the first byte, the reader ends with two.
        peer.write_all(b"bc").unwrap();
        assert_eq!(reader.join().unwrap().1, Ok(Stop::Count));
    });
}

#[test]
fn close_reaches_the_peer_although_the_descriptor_lives_on() {
    let settings = Settings::new();
    let (link, mut peer) = open(&settings);
    link.close(Deadline::Immediate);
    assert_eq!(peer.read(&mut [0]).unwrap(), 0);
    drop(link);
}

#[test]
fn a_pause_before_the_first_byte_ends_only_a_read_that_goes_on() {
    let mut settings = Settings::new();
    settings.suppress_end = false;
    settings.timeout_ms = 300;
    let (link, mut peer) = open(&settings);
    peer.write_all(b"four").unwrap();
    assert_eq!(read(&*link, 4, &settings), (b"four".to_vec(), Ok(Stop::Count)));
    let mut buf = [0; 4];
    let on = link.read_on(&mut buf, &settings.call());
    assert_eq!((on.count, on.outcome), (0, Ok(Stop::End)), "the message ended with its last byte");
    assert_eq!(code(read(&*link, 4, &settings).1), VI_ERROR_TMO, "no message has begun");
}

#[test]
fn dropped_input_is_what_was_kept_and_what_has_arrived() {
    let mut settings = Settings::new();
    settings.term_char = Some(b'\n');
    let (link, mut peer) = open(&settings);
    peer.write_all(b"a\nkept").unwrap();
    assert_eq!(read(&*link, 9, &settings), (b"a\n".to_vec(), Ok(Stop::TermChar)));
    peer.write_all(b" arrived\n").unwrap();
    std::thread::sleep(Duration::from_millis(50));
    link.discard_input(&settings.call()).unwrap();
    peer.write_all(b"fresh\n").unwrap();
    assert_eq!(read(&*link, 9, &settings), (b"fresh\n".to_vec(), Ok(Stop::TermChar)));
}

#[test]
fn read_some_takes_what_is_there_and_does_not_wait_for_more() {
    let mut settings = Settings::new();
    let (link, mut peer) = open(&settings);
    let some = |size, settings: &Settings| {
        let mut buf = vec![0; size];
        let got = link.read_some(&mut buf, &settings.call());
        buf.truncate(got.count);
        (buf, got.outcome)
    };
    peer.write_all(b"five,").unwrap();
    // TCP may bring it in pieces, but never waits to fill the buffer.
    let mut all = Vec::new();
    while all.len() < 5 {
        let (piece, stop) = some(100, &settings);
        assert!(!piece.is_empty());
        assert_eq!(stop, Ok(Stop::Count));
        all.extend(piece);
    }
    assert_eq!(all, b"five,");
    settings.timeout_ms = 50;
    assert_eq!(code(some(100, &settings).1), VI_ERROR_TMO);
    settings.timeout_ms = 5000;
    settings.term_char = Some(b'\n');
    peer.write_all(b"a\nkept").unwrap();
    assert_eq!(read(&*link, 9, &settings), (b"a\n".to_vec(), Ok(Stop::TermChar)));
    settings.term_char = None;
    let mut kept = Vec::new();
    while kept.len() < 4 {
        kept.extend(some(3, &settings).0);
    }
    assert_eq!(kept, b"kept", "what an earlier read kept comes first");
}
