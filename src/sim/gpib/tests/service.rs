#![forbid(unsafe_code)]
//! SRQ, serial polls, parallel polls.

use super::*;
use crate::sim::gpib::Fault;
use crate::sim::gpib::message::*;

/// The line is the sum of all requests; a poll answers one of them.
#[test]
fn two_request_at_once() {
    let (_bus, board) = bench();
    for address in [A, C] {
        board.send(address, b"*CLS;*ESE 1;*SRE 32;*OPC", true, &patient()).unwrap();
    }
    board.wait(&patient(), |status| status.srq).unwrap();
    assert_eq!(board.serial_poll(B, &patient()), Ok(0));
    assert!(board.lines().srq, "asking another answers nothing");
    assert_eq!(board.serial_poll(A, &patient()), Ok(0x60));
    assert!(board.lines().srq, "one is left");
    assert_eq!(board.serial_poll(A, &patient()), Ok(0x20));
    assert_eq!(board.serial_poll(C, &patient()), Ok(0x60));
    assert!(!board.lines().srq);
    assert!(board.wait(&short(), |status| status.srq).is_err());
}

/// A response that comes later requests service then, also when nobody is looking.
#[test]
fn a_request_wakes_who_waits() {
    let (_bus, board) = bench();
    board.send(A, b"*SRE 16;:SYST:DELAY 50;*IDN?", true, &patient()).unwrap();
    board.wait(&patient(), |status| status.srq).unwrap();
    assert_eq!(board.serial_poll(A, &patient()), Ok(0x50));
    let answer = board.receive(A, 100, None, &patient());
    assert_eq!(answer.data, b"At 5\n");
}

/// Polling is a mode of all talkers that SPD ends; the data is still there.
#[test]
fn poll_mode() {
    let (bus, board) = bench();
    board.send(A, b"*IDN?", true, &patient()).unwrap();
    bus.forget_log();
    assert_eq!(board.serial_poll(A, &patient()), Ok(0x10));
    assert_eq!(bus.log_line(), "3F 20 18 45 5>1 19 5F");
    // Without SPD the next one that is addressed talks its status byte too.
    board.command(&[UNL, LISTEN, SPE, TALK + 9], &patient()).unwrap();
    assert_eq!(board.read(1, None, &patient()).data, [0]);
    board.command(&[TALK + 5], &patient()).unwrap();
    assert_eq!(board.read(1, None, &patient()).data, [0x10]);
    board.command(&[SPD], &patient()).unwrap();
    assert_eq!(board.read(100, None, &patient()).data, b"At 5\n");
}

/// One that always requests does so again after each poll, until it is switched off.
#[test]
fn always_requesting() {
    let (bus, board) = bench();
    assert!(bus.set_fault(A, Fault::AlwaysRequests));
    for _ in 0..3 {
        assert!(board.lines().srq);
        assert_eq!(board.serial_poll(A, &patient()).unwrap() & 0x40, 0x40);
    }
    bus.set_fault(A, Fault::Off);
    assert!(!board.lines().srq);
}

/// PPC and PPE give a device its line and sense, PPU and PPD take them (2.9).
#[test]
fn parallel_polls() {
    let (_bus, board) = bench();
    let (enable, disable) = (SECONDARY, SECONDARY + 0x10);
    board.command(&[UNL, LISTEN + 5, PPC, enable | 8 | 2, UNL], &patient()).unwrap();
    board.command(&[LISTEN + 9, PPC, enable | 7, UNL], &patient()).unwrap();
    assert_eq!(board.parallel_poll(), Ok(0x80), "sense 0: a line that says nothing is the case");
    board.send(A, b"*CLS;*ESE 1;*SRE 32;*OPC", true, &patient()).unwrap();
    assert_eq!(board.parallel_poll(), Ok(0x84));
    board.command(&[UNL, LISTEN + 9, PPC, disable, UNL], &patient()).unwrap();
    assert_eq!(board.parallel_poll(), Ok(0x04));
    board.command(&[PPU], &patient()).unwrap();
    assert_eq!(board.parallel_poll(), Ok(0));
}

/// A buffer of readings that a trigger starts requests service when it is full, and not before.
#[test]
fn a_triggered_trace() {
    let (_bus, board) = bench();
    let set = [
        "*rst; status:preset; *cls",
        "status:measurement:enable 512; *sre 1",
        "sample:count 4",
        "trigger:source bus",
        "trigger:delay 0.010",
        "trace:points 4",
        "trace:feed sense1; trace:feed:control next",
        "initiate",
    ];
    for line in set {
        board.send(A, line.as_bytes(), true, &patient()).unwrap();
    }
    assert!(board.wait(&short(), |status| status.srq).is_err(), "nothing triggered it yet");
    let began = std::time::Instant::now();
    board.trigger(&[A], &patient()).unwrap();
    board.wait(&patient(), |status| status.srq).unwrap();
    assert!(began.elapsed() >= Duration::from_millis(40));
    assert_eq!(board.serial_poll(A, &patient()), Ok(0x41));
    assert_eq!(query(&board, A, "trace:data?").split(',').count(), 4);
    assert_eq!(query(&board, A, "status:measurement?"), "512");
    assert_eq!(board.serial_poll(A, &patient()), Ok(0));
    assert_eq!(query(&board, A, "SYST:ERR?"), "0,\"No error\"");
}
