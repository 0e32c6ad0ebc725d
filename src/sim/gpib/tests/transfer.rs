#![forbid(unsafe_code)]
//! Data: END, counts, terminators, boards among each other.

use super::*;
use crate::sim::gpib::Abort;
use crate::sim::gpib::Event;
use crate::sim::gpib::Failure;
use crate::sim::gpib::Terminator;
use crate::sim::gpib::message::*;
use crate::sim::pattern;

/// END ends a message, its absence does not; a read ends at END, count or terminator and the rest
/// is there for the next.
#[test]
fn ends_of_messages_and_reads() {
    let (_bus, board) = bench();
    board.send(A, b"ECHO ab", false, &patient()).unwrap();
    board.send(A, b"cd,ef", true, &patient()).unwrap();
    let read = |most, byte: Option<u8>| {
        let terminator = byte.map(|byte| Terminator { byte, seven_bits: false });
        let got = board.receive(A, most, terminator, &patient());
        assert_eq!(got.failure, None);
        (String::from_utf8(got.data).unwrap(), got.end, got.matched)
    };
    assert_eq!(read(2, None), ("ab".into(), false, false));
    assert_eq!(read(100, Some(b',')), ("cd,".into(), false, true));
    assert_eq!(read(100, Some(b'\n')), ("ef\n".into(), true, true));

    board.send(A, b"ECHO x\x8A", true, &patient()).unwrap();
    let seven = Terminator { byte: b'\n', seven_bits: true };
    let got = board.receive(A, 100, Some(seven), &patient());
    assert_eq!((got.data.as_slice(), got.end, got.matched), (&b"x\x8A"[..], false, true));
}

/// Any bytes in any number, both ways.
#[test]
fn large_blocks() {
    let (_bus, board) = bench();
    let data: Vec<u8> = (0..300_000).map(pattern).collect();
    board.send(A, b"DATA:LOAD #6300000", false, &patient()).unwrap();
    board.write(&data, true, &patient()).unwrap();
    assert!(query(&board, A, "DATA:LOAD?").ends_with(",1"));
    board.send(A, b"DATA:BLOCK? 300000", true, &patient()).unwrap();
    let got = board.receive(A, 1_000_000, None, &patient());
    assert!(got.end && got.data[8..300_008] == data && got.data.len() == 300_009);
}

/// The controller must have addressed itself, and somebody must listen.
#[test]
fn nobody_is_addressed() {
    let (bus, board) = bench();
    assert_eq!(board.write(b"x", true, &patient()), Err((0, Failure::NotAddressed)));
    assert_eq!(board.read(1, None, &patient()).failure, Some(Failure::NotAddressed));
    board.command(&[UNL, TALK, LISTEN + 30], &patient()).unwrap();
    assert_eq!(board.write(b"x", true, &patient()), Err((0, Failure::NoListeners)));
    for address in [A, B, C] {
        bus.set_fault(address, crate::sim::gpib::Fault::Off);
    }
    assert_eq!(board.command(&[UNL], &patient()), Err((0, Failure::NoListeners)));
}

/// An instrument talks to another while the controller only stands by.
#[test]
fn from_instrument_to_instrument() {
    let (_bus, board) = bench();
    board.send(A, b"ECHO *ESE 21", true, &patient()).unwrap();
    board.command(&[UNL, TALK + 5, LISTEN + 9], &patient()).unwrap();
    board.go_to_standby().unwrap();
    assert_eq!(query(&board, B, "*ESE?"), "21");
}

/// Two boards: the one that is not in charge waits until it is addressed, and sees what it is told.
#[test]
fn a_board_as_a_device() {
    let (bus, board) = bench();
    let device = bus.add_board(Address::new(21), false);
    let peer = device.clone();
    let serving = std::thread::spawn(move || {
        let question = peer.read(100, None, &patient());
        assert_eq!((question.data.as_slice(), question.end), (&b"status?"[..], true));
        peer.write(b"fine", true, &patient()).unwrap();
    });
    let there = Address::new(21);
    board.send(there, b"status?", true, &patient()).unwrap();
    let answer = board.receive(there, 100, None, &patient());
    assert_eq!((answer.data.as_slice(), answer.end), (&b"fine"[..], true));
    serving.join().unwrap();

    board.trigger(&[there], &patient()).unwrap();
    board.clear(there, &patient()).unwrap();
    board.interface_clear().unwrap();
    let events: Vec<_> = std::iter::from_fn(|| device.next_event()).collect();
    assert_eq!(events, [Event::Trigger, Event::Clear, Event::InterfaceClear]);

    device.request_service(0x45);
    assert!(board.lines().srq);
    assert_eq!(board.serial_poll(there, &patient()), Ok(0x45));
    assert!(!board.lines().srq);
    assert_eq!(device.service(), 0x05);
}

/// A read that waits is ended by an abort, and ATN holds it up without ending it.
#[test]
fn aborting_and_holding_up() {
    let (bus, board) = bench();
    let abort = Abort::default();
    board.command(&[UNL, LISTEN, TALK + 5], &patient()).unwrap();
    let (reader, until) = (board.clone(), patient().or(&abort));
    let reading = std::thread::spawn(move || reader.read(10, None, &until));
    // Its read shows on the bus: NRFD goes when the board is ready for a byte.
    while board.lines().atn || board.lines().nrfd {
        std::thread::yield_now();
    }
    board.send(B, b"ECHO by the way", true, &patient()).unwrap();
    abort.abort(&bus);
    let got = reading.join().unwrap();
    assert_eq!((got.data.len(), got.failure), (0, Some(Failure::Aborted)));
    let until = short().or(&abort);
    assert_eq!(board.command(&[UNL], &until), Err((0, Failure::Aborted)));
}
