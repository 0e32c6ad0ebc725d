#![forbid(unsafe_code)]
//! Who listens, talks, is remote, is triggered and cleared.

use super::*;
use crate::sim::gpib::Failure;
use crate::sim::gpib::message::*;

/// A listen address is heard by its own instrument alone, with a secondary address only when both
/// are sent, one right behind the other.
#[test]
fn addressing_to_listen() {
    let (_bus, board) = bench();
    let listeners = |commands: &[u8]| {
        board.command(commands, &patient()).unwrap();
        board.go_to_standby().unwrap();
        board.lines().ndac
    };
    assert!(!listeners(&[UNL]));
    assert!(listeners(&[UNL, LISTEN + 5]));
    assert!(!listeners(&[UNL, LISTEN + 6]));
    assert!(!listeners(&[UNL, LISTEN + 12]), "the primary address alone");
    assert!(listeners(&[UNL, LISTEN + 12, SECONDARY + 3]));
    assert!(!listeners(&[UNL, LISTEN + 12, SECONDARY + 4]));
    assert!(!listeners(&[UNL, LISTEN + 12, UNT, SECONDARY + 3]), "another command between");
    assert!(!listeners(&[UNL, TALK + 12, SECONDARY + 3]), "that is a talker");
    // Secondary commands mean nothing to who has none.
    assert!(listeners(&[UNL, LISTEN + 5, SECONDARY + 3]));
    assert_eq!(board.listener_at(C, &patient()), Ok(true));
    assert_eq!(board.listener_at(Address::new(12), &patient()), Ok(false));
    assert_eq!(board.listener_at(Address::new(30), &patient()), Ok(false));
}

/// All addressed listeners get the same bytes; UNL ends that.
#[test]
fn several_listen_at_once() {
    let (_bus, board) = bench();
    board.command(&[UNL, TALK, LISTEN + 5, LISTEN + 12, SECONDARY + 3], &patient()).unwrap();
    board.write(b"*ESE 7", true, &patient()).unwrap();
    for (address, expected) in [(A, "7"), (B, "0"), (C, "7")] {
        assert_eq!(query(&board, address, "*ESE?"), expected, "{address}");
    }
}

/// A new talk address ends the old talker; so do UNT, IFC, and the talker's own listen address
/// (T6); and its talk address ends a listener (L4).
#[test]
fn one_talker_at_a_time() {
    let (_bus, board) = bench();
    let silent = |commands: &[u8]| {
        board.send(A, b"*IDN?", true, &patient()).unwrap();
        board.command(&[UNL, LISTEN, TALK + 5], &patient()).unwrap();
        board.command(commands, &patient()).unwrap();
        let answer = board.read(100, None, &short());
        answer.data.is_empty() && answer.failure == Some(Failure::Timeout)
    };
    assert!(!silent(&[]));
    assert!(silent(&[TALK + 9]));
    assert!(silent(&[UNT]));
    assert!(silent(&[LISTEN + 5]));
    assert!(silent(&[TALK + 12, SECONDARY + 3]));
    assert!(!silent(&[TALK + 5]));

    board.command(&[UNL, LISTEN + 5, TALK + 5], &patient()).unwrap();
    board.go_to_standby().unwrap();
    assert!(!board.lines().ndac, "nobody listens: {:?}", board.lines());

    board.command(&[UNL, TALK, LISTEN + 5], &patient()).unwrap();
    board.interface_clear().unwrap();
    assert!(!board.status().talker);
    board.go_to_standby().unwrap();
    assert!(!board.lines().ndac);
}

/// Remote by its own listen address while REN is true; GTL for listeners; LLO for all (2.8).
#[test]
fn remote_and_local() {
    let (bus, board) = bench();
    let state = |address| {
        let seen = bus.counters(address).unwrap();
        (seen.remote, seen.lockout)
    };
    assert_eq!((state(A), state(B)), ((false, false), (false, false)), "REN alone");
    board.command(&[UNL, LISTEN + 5], &patient()).unwrap();
    assert_eq!((state(A), state(B)), ((true, false), (false, false)));
    assert!(bus.press_local(A));
    assert_eq!(state(A), (false, false), "the key works without lockout");

    board.command(&[LISTEN + 5, LLO], &patient()).unwrap();
    assert_eq!((state(A), state(B)), ((true, true), (false, true)));
    bus.press_local(A);
    assert_eq!(state(A), (true, true), "and not with it");
    board.command(&[UNL, GTL], &patient()).unwrap();
    assert_eq!(state(A), (true, true), "who does not listen does not go to local");
    board.command(&[LISTEN + 5, GTL], &patient()).unwrap();
    assert_eq!(state(A), (false, true));
    board.command(&[UNL, LISTEN + 5], &patient()).unwrap();
    assert_eq!(state(A), (true, true), "lockout is still there");
    board.remote_enable(false).unwrap();
    assert_eq!((state(A), state(B)), ((false, false), (false, false)));
    board.command(&[UNL, LISTEN + 5, LLO], &patient()).unwrap();
    assert_eq!(state(A), (false, false), "nothing is remote without REN");
}

/// SDC and GET are for listeners, DCL for all.
#[test]
fn clear_and_trigger() {
    let (bus, board) = bench();
    let seen = || {
        let count = |address| bus.counters(address).map(|seen| (seen.clears, seen.triggers));
        [count(A).unwrap(), count(B).unwrap(), count(C).unwrap()]
    };
    board.trigger(&[A, C], &patient()).unwrap();
    assert_eq!(seen(), [(0, 1), (0, 0), (0, 1)]);
    board.clear(B, &patient()).unwrap();
    assert_eq!(seen(), [(0, 1), (1, 0), (0, 1)]);
    board.command(&[UNL, GET, SDC, DCL], &patient()).unwrap();
    assert_eq!(seen(), [(1, 1), (2, 0), (1, 1)]);
    // Half a message and a response go with a clear.
    board.send(A, b"*IDN?;*ID", false, &patient()).unwrap();
    board.clear(A, &patient()).unwrap();
    assert_eq!(query(&board, A, "*ESE?"), "0");
}

/// Commands are the controller's alone, IFC and REN the system controller's.
#[test]
fn who_may_do_what() {
    let (bus, board) = bench();
    let other = bus.add_board(Address::new(21), false);
    assert_eq!(other.command(&[UNL], &patient()), Err((0, Failure::NotInCharge)));
    assert_eq!(other.take_control(), Err(Failure::NotInCharge));
    assert_eq!(other.interface_clear(), Err(Failure::NotSystemController));
    assert_eq!(other.remote_enable(true), Err(Failure::NotSystemController));

    // Control passes to the addressed talker, which then has ATN; IFC takes it back.
    assert_eq!(board.command(&[TALK + 21, TCT, UNL], &patient()), Err((2, Failure::NotInCharge)));
    assert!(other.status().in_charge && other.status().atn && !board.status().in_charge);
    other.command(&[UNL, TALK + 21, LISTEN + 5, LISTEN], &patient()).unwrap();
    assert!(board.status().listener && board.status().remote);
    board.interface_clear().unwrap();
    assert!(board.status().in_charge && !other.status().in_charge && !board.status().listener);
    // An instrument cannot use it: it is lost.
    board.command(&[UNL, TALK + 5, TCT], &patient()).unwrap();
    assert_eq!(board.command(&[UNL], &patient()), Err((0, Failure::NotInCharge)));
    board.interface_clear().unwrap();
    board.command(&[UNL], &patient()).unwrap();
}

/// The log has every command, and data by its talker.
#[test]
fn the_log() {
    let (bus, board) = bench();
    assert_eq!(query(&board, C, "*IDN?"), "At 12:3");
    board.remote_enable(false).unwrap();
    board.interface_clear().unwrap();
    assert_eq!(bus.log_line(), "3F 40 2C 63 0>5. 3F 20 4C 63 12:3>8. REN- IFC");
    assert_eq!(bus.commands(), [0x3F, 0x40, 0x2C, 0x63, 0x3F, 0x20, 0x4C, 0x63]);
}
