//! The instrument behind an emulated bus.

use std::sync::mpsc;
use std::time::Instant;

use super::PATIENCE;
use super::start_with;
use crate::sim::Extent;
use crate::sim::Front;
use crate::sim::Instrument;
use crate::sim::Remote;

/// An instrument that no network reaches.
fn alone() -> Instrument {
    start_with(|config| (config.socket, config.vxi11, config.hislip) = (None, None, None))
}

fn taken(front: &mut Front, most: usize) -> Vec<u8> {
    let extent = front.next(most, None);
    let mut bytes = Vec::new();
    front.take(extent.count, &mut bytes);
    bytes
}

/// A message may come in pieces, and ends with END or a line feed; its response goes in pieces,
/// the last of which is told, up to a character if one is wanted.
#[test]
fn messages_in_pieces() {
    let instrument = alone();
    let mut front = instrument.front(|_| ());
    front.write(b"ECHO on", false);
    assert!(!front.responds());
    front.write(b"e;two", true);
    assert!(front.responds());
    assert_eq!(front.next(3, None), Extent { count: 3, matched: false, end: false });
    assert_eq!(front.next(100, Some(b';')), Extent { count: 4, matched: true, end: false });
    assert_eq!(taken(&mut front, 4), b"one;");
    assert_eq!(front.next(4, Some(b'\n')), Extent { count: 4, matched: true, end: true });
    assert_eq!(taken(&mut front, 100), b"two\n");
    assert!(!front.responds());
    assert_eq!(front.next(100, None), Extent { count: 0, matched: false, end: false });
    front.write(b"ECHO line\n", false);
    assert_eq!(taken(&mut front, 100), b"line\n");
}

/// Errors of IEEE 488.2: a question while an answer waits, and an answer that nobody asked for.
#[test]
fn query_errors() {
    let instrument = alone();
    let mut front = instrument.front(|_| ());
    front.write(b"ECHO unread", true);
    front.write(b"SYST:ERR?", true);
    assert!(taken(&mut front, 100).starts_with(b"-410,"));
    front.ask();
    front.write(b"SYST:ERR?", true);
    front.ask();
    assert!(taken(&mut front, 100).starts_with(b"-420,"));
    front.write(b"SYST:ERR?", true);
    assert!(taken(&mut front, 100).starts_with(b"0,"));
}

/// A clear forgets both, and counts; forgetting does not.
#[test]
fn clearing() {
    let instrument = alone();
    let mut front = instrument.front(|_| ());
    for forgets in [Front::clear, Front::forget] {
        front.write(b"ECHO unread", true);
        front.write(b"ECHO half", false);
        forgets(&mut front);
        assert!(!front.responds());
        front.write(b"ECHO whole", true);
        assert_eq!(taken(&mut front, 100), b"whole\n");
    }
    assert_eq!(instrument.counters().clears, 1);
}

/// A request for service is told once, and the poll clears it; a response that is held back
/// requests when its time has come.
#[test]
fn service() {
    let instrument = alone();
    let (sender, requests) = mpsc::channel();
    let mut front = instrument.front(move |status| sender.send(status).unwrap());
    front.write(b"*CLS;*ESE 1;*SRE 48;*OPC", true);
    assert_eq!(requests.recv_timeout(PATIENCE), Ok(0x60));
    assert_eq!((front.poll(), front.poll()), (0x60, 0x20));
    front.write(b"*CLS;:SYST:DELAY 50;:ECHO late", true);
    assert!(front.held_until().is_some_and(|when| when > Instant::now()));
    assert_eq!(front.poll(), 0);
    assert_eq!(requests.recv_timeout(PATIENCE), Ok(0x50));
    assert_eq!(taken(&mut front, 100), b"late\n");
}

/// Remote begins with a message while REN is asserted; lockout needs REN, too.
#[test]
fn remote_and_local() {
    let instrument = alone();
    let mut front = instrument.front(|_| ());
    let mut after = |change: Option<Remote>| {
        match change {
            Some(change) => front.remote(change),
            None => front.write(b"*CLS", true),
        }
        let seen = instrument.counters();
        (seen.remote_enabled, seen.remote, seen.lockout)
    };
    assert_eq!(after(Some(Remote::Lockout)), (false, false, false));
    assert_eq!(after(None), (false, false, false));
    assert_eq!(after(Some(Remote::Enable)), (true, false, false));
    assert_eq!(after(None), (true, true, false));
    assert_eq!(after(Some(Remote::Lockout)), (true, true, true));
    assert_eq!(after(Some(Remote::Local)), (true, false, true));
    assert_eq!(after(Some(Remote::Disable)), (false, false, false));
    front.trigger();
    assert_eq!(instrument.counters().triggers, 1);
}
