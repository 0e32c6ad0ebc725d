#![forbid(unsafe_code)]
//! Instruments that misbehave, and what that does to the others.

use std::time::Instant;

use super::*;
use crate::sim::gpib::Failure;
use crate::sim::gpib::Fault;
use crate::sim::gpib::message::*;

/// Who is not ready stops a transfer after what it has taken, for all listeners; without it the
/// others go on.
#[test]
fn one_that_holds_nrfd() {
    let (bus, board) = bench();
    bus.set_fault(A, Fault::HoldsNrfd(3));
    assert_eq!(board.send(A, b"*IDN?", true, &short()), Err((3, Failure::Timeout)));
    board.command(&[UNL, TALK, LISTEN + 5, LISTEN + 9], &patient()).unwrap();
    assert!(board.write(b"*ESE 3", true, &short()).is_err());
    assert!(board.lines().nrfd);
    assert_eq!(query(&board, B, "*ESE?"), "0");
    // The others get no byte that it did not take: B has no more than "*ES".
    bus.set_fault(A, Fault::HoldsNrfd(3));
    board.command(&[UNL, TALK, LISTEN + 5, LISTEN + 9], &patient()).unwrap();
    assert_eq!(board.write(b"*ESE 3", true, &short()), Err((3, Failure::Timeout)));
    assert_eq!(query(&board, B, "E 5;*ESE?"), "5");
    assert_eq!(board.serial_poll(A, &patient()), Ok(0), "it only takes no data");
}

/// One that hangs stops everything until it is switched off.
#[test]
fn one_that_hangs() {
    let (bus, board) = bench();
    bus.set_fault(A, Fault::Hangs);
    assert_eq!(board.command(&[UNL], &short()), Err((0, Failure::Timeout)));
    assert!(board.lines().nrfd);
    bus.set_fault(A, Fault::Off);
    assert_eq!(query(&board, B, "*IDN?"), "At 9");
    assert_eq!(board.listener_at(A, &patient()), Ok(false));
    assert_eq!(board.send(A, b"*IDN?", true, &patient()), Err((0, Failure::NoListeners)));
    assert_eq!(board.serial_poll(A, &short()), Err(Failure::Timeout));
    bus.set_fault(A, Fault::None);
    assert_eq!(query(&board, A, "*IDN?"), "At 5");
}

/// Whoever talks without end fills any read.
#[test]
fn one_that_talks_without_end() {
    let (bus, board) = bench();
    bus.set_fault(A, Fault::TalksEndlessly);
    let got = board.receive(A, 200_000, None, &patient());
    assert_eq!((got.data.len(), got.end, got.failure), (200_000, false, None));
    // Also when only an instrument listens: the controller gets the bus back.
    board.command(&[UNL, LISTEN + 9], &patient()).unwrap();
    board.go_to_standby().unwrap();
    board.take_control().unwrap();
}

/// A slow one takes its time for each byte, in both directions.
#[test]
fn a_slow_one() {
    let (bus, board) = bench();
    bus.set_fault(A, Fault::Slow(Duration::from_millis(5)));
    let began = Instant::now();
    assert_eq!(query(&board, A, "*IDN?"), "At 5");
    // 5 bytes there and 5 back; only the first is taken at once.
    assert!(began.elapsed() >= Duration::from_millis(45), "{:?}", began.elapsed());
    bus.set_fault(A, Fault::Slow(Duration::from_secs(100)));
    assert_eq!(board.send(A, b"*IDN?", true, &short()), Err((1, Failure::Timeout)));
}

/// Asked to talk with nothing to say: the read times out, and the instrument has noted it once.
#[test]
fn one_with_nothing_to_say() {
    let (_bus, board) = bench();
    assert_eq!(board.receive(A, 10, None, &short()).failure, Some(Failure::Timeout));
    assert_eq!(query(&board, A, "SYST:ERR?"), "-420,\"Query UNTERMINATED\"");
    assert_eq!(query(&board, A, "SYST:ERR?"), "0,\"No error\"");
}
