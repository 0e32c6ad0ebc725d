#![forbid(unsafe_code)]
//! Operations on instruments beside messages.

use std::time::Duration;

use crate::iface::gpib::tests::bench::{Bench, LONG};
use crate::iface::{Link, RenMode};
use crate::sim::gpib::{Address, Fault};
use crate::status::{VI_ERROR_NLISTENERS, VI_ERROR_TMO};

const A: Address = Address::new(5);
const B: Address = Address::new(9);

#[test]
fn each_operation_is_its_command_for_the_instrument_alone() {
    let bench = Bench::with(&[A, B]);
    let meter = bench.instr(A);
    let call = meter.call(LONG);
    bench.log();
    meter.link.clear(&call).unwrap();
    assert_eq!(bench.log(), "3F 40 25 04");
    meter.link.trigger(&call).unwrap();
    assert_eq!(bench.log(), "3F 40 25 08");
    assert_eq!(meter.link.read_stb(&call), Ok(0));
    assert_eq!(bench.log(), "3F 20 18 45 5>1 19 5F");
    let counters = |address| bench.cable.counters(address).unwrap();
    assert_eq!((counters(A).clears, counters(A).triggers), (1, 1));
    assert_eq!((counters(B).clears, counters(B).triggers), (0, 0));
}

#[test]
fn the_seven_modes_of_remote_control() {
    let bench = Bench::with(&[A, B]);
    let meter = bench.instr(A);
    let state = |mode| {
        bench.log();
        meter.link.control_ren(mode, &meter.call(LONG)).unwrap();
        let counters = bench.cable.counters(A).unwrap();
        (bench.log(), counters.remote, counters.lockout)
    };
    assert_eq!(state(RenMode::Deassert), ("REN-".into(), false, false));
    assert_eq!(state(RenMode::Assert), ("REN+".into(), false, false));
    assert_eq!(state(RenMode::AssertAddress), ("3F 40 25".into(), true, false));
    assert_eq!(state(RenMode::AddressGtl), ("3F 40 25 01".into(), false, false));
    assert_eq!(state(RenMode::AssertAddressLlo), ("3F 40 25 11".into(), true, true));
    assert!(!bench.cable.counters(B).unwrap().remote, "only this instrument is remote");
    assert_eq!(state(RenMode::DeassertGtl), ("3F 40 25 01 REN-".into(), false, false));
    let (log, remote, _) = state(RenMode::AssertLlo);
    assert_eq!((log.as_str(), remote), ("REN+ 11", false));
}

/// PyVISA clears again and again for 5 s, as long as that says VI_ERROR_NLISTENERS.
#[test]
fn an_instrument_that_is_switched_off_may_come_later() {
    let bench = Bench::with(&[A, B]);
    bench.cable.set_fault(A, Fault::Off);
    let meter = bench.instr(A);
    assert!(!meter.link.is_present());
    assert!(bench.instr(B).link.is_present());
    let cleared = meter.link.clear(&meter.call(LONG));
    assert_eq!(cleared.unwrap_err().code, VI_ERROR_NLISTENERS);
    bench.cable.set_fault(A, Fault::None);
    meter.link.clear(&meter.call(LONG)).unwrap();
    assert!(meter.link.is_present());
    assert_eq!(meter.query("*IDN?"), "At 5");
}

/// Then nobody accepts the command bytes of the test either.
#[test]
fn the_only_instrument_is_absent_when_it_is_switched_off() {
    let bench = Bench::with(&[A]);
    bench.cable.set_fault(A, Fault::Off);
    let meter = bench.instr(A);
    assert!(!meter.link.is_present());
    let cleared = meter.link.clear(&meter.call(LONG));
    assert_eq!(cleared.unwrap_err().code, VI_ERROR_NLISTENERS);
    bench.cable.set_fault(A, Fault::None);
    assert_eq!(meter.query("*IDN?"), "At 5");
    assert!(meter.link.is_present());
}

#[test]
fn nobody_is_left_in_a_poll_that_was_not_answered() {
    let bench = Bench::with(&[A, B]);
    let (meter, other) = (bench.instr(A), bench.instr(B));
    bench.cable.set_fault(A, Fault::Off);
    let polled = meter.link.read_stb(&meter.call(Duration::from_millis(100)));
    assert_eq!(polled.unwrap_err().code, VI_ERROR_TMO);
    assert_eq!(other.query("*IDN?"), "At 9", "data, not a status byte");
}

#[test]
fn a_bus_that_hangs_does_not_keep_a_call() {
    let bench = Bench::with(&[A, B]);
    let meter = bench.instr(A);
    bench.cable.set_fault(B, Fault::Hangs);
    let call = || meter.call(Duration::from_millis(100));
    assert_eq!(meter.link.trigger(&call()).unwrap_err().code, VI_ERROR_TMO);
    assert_eq!(meter.link.clear(&call()).unwrap_err().code, VI_ERROR_TMO);
    assert_eq!(meter.link.read_stb(&call()).unwrap_err().code, VI_ERROR_TMO);
    bench.cable.set_fault(B, Fault::None);
    assert_eq!(meter.query("*IDN?"), "At 5");
}
