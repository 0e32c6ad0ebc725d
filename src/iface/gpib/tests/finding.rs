#![forbid(unsafe_code)]
//! What viFindRsrc finds on a bus.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use parking_lot::Mutex;

use crate::iface::gpib::find;
use crate::iface::gpib::tests::bench::{Bench, LONG};
use crate::iface::obstacle::Kind;
use crate::iface::source::{News, Search};
use crate::os::Cancel;
use crate::os::Deadline;
use crate::os::Wait;
use crate::rsrc::ResourceName;
use crate::sim::gpib::{Address, Fault};
use crate::status::{Result, VI_ERROR_INTF_NUM_NCONFIG, VI_ERROR_TMO, fail};

const A: Address = Address::new(5);
const B: Address = Address::new(9);
const LAST: Address = Address::extended(30, 30);

/// The names that are found, and how the search ended.
fn search(bench: &Bench, time: Duration) -> (Vec<String>, Result) {
    let cancel = Cancel::new();
    let wait = Wait { deadline: Deadline::after(time), ticket: cancel.ticket() };
    let mut names = Vec::new();
    let mut found = |name: ResourceName| names.push(name.canonical().to_owned());
    let searched = find::listeners(&bench.bus, &mut found, &wait);
    (names, searched)
}

#[test]
fn listeners_are_found_with_their_secondary_addresses() {
    let bench = Bench::with(&[A, Address::extended(12, 0), Address::extended(12, 7), LAST]);
    let expected =
        ["GPIB7::5::INSTR", "GPIB7::12::0::INSTR", "GPIB7::12::7::INSTR", "GPIB7::30::30::INSTR"];
    let (found, searched) = search(&bench, LONG);
    assert_eq!((found, searched), (expected.map(str::to_owned).to_vec(), Ok(())));
    assert!(!bench.log().contains('>'), "no data is sent to anybody");
}

#[test]
fn who_is_switched_off_is_not_found_and_holds_up_nobody() {
    let bench = Bench::with(&[A, B]);
    bench.cable.set_fault(A, Fault::Off);
    assert_eq!(search(&bench, LONG), (vec!["GPIB7::9::INSTR".into()], Ok(())));
}

/// The first command that is not taken ends the search, long before its time.
#[test]
fn a_bus_that_hangs_is_given_up() {
    let bench = Bench::with(&[A, B]);
    bench.cable.set_fault(B, Fault::Hangs);
    let (found, searched) = search(&bench, LONG);
    assert_eq!((found, searched.unwrap_err().code), (vec![], VI_ERROR_TMO));
}

/// A driver that does not come back: its board is told of when time is over, and the others are
/// found.
#[test]
fn a_board_that_hangs_costs_only_itself_and_is_told() {
    const WELL: u16 = 61;
    const HANGS: u16 = 62;
    const FAILS: u16 = 63;
    static HELD: Mutex<()> = Mutex::new(());
    let held = HELD.lock();
    let board = |number, found: &mut dyn FnMut(ResourceName), _: &Wait| match number {
        WELL => {
            found(ResourceName::parse("GPIB61::INTFC").unwrap());
            Ok(())
        }
        FAILS => fail(VI_ERROR_INTF_NUM_NCONFIG, "no such board"),
        _ => {
            drop(HELD.lock());
            Ok(())
        }
    };
    let search = Search {
        config: Arc::default(),
        deadline: Deadline::after(Duration::from_millis(100)),
        cancel: Arc::new(Cancel::new()),
    };
    let (mut found, mut troubles) = (Vec::new(), Vec::new());
    let numbers = vec![WELL, HANGS, FAILS];
    let outcome = find::survey_each(numbers, board, &search, &mut |news| match news {
        News::Found(one) => found.push(one.name.canonical().to_owned()),
        News::Trouble(trouble) => troubles.push((trouble.what, trouble.obstacle.kind)),
    });
    drop(held);
    assert_eq!(found, ["GPIB61::INTFC"]);
    let what = |number: u16| format!("GPIB{number} (libgpib:{number})");
    let silent = (what(HANGS), Kind::Silent);
    assert_eq!(troubles, [(what(FAILS), Kind::Missing), silent]);
    assert_eq!(outcome.unwrap_err().code, VI_ERROR_TMO);
}

#[test]
fn a_bus_in_use_is_given_up() {
    let bench = Bench::with(&[A]);
    let reader = bench.instr(A);
    thread::scope(|scope| {
        let reading = scope.spawn(|| reader.read(10, &reader.call(LONG)).1.is_err());
        while bench.bus.is_free() {
            thread::yield_now();
        }
        assert_eq!(search(&bench, LONG).1.unwrap_err().code, VI_ERROR_TMO);
        reader.cancel.terminate();
        assert!(reading.join().unwrap());
    });
}
