#![forbid(unsafe_code)]
//! Data to devices.

use super::*;
use crate::sim::gpib::Fault;
use crate::sim::pattern;
use crate::status::{VI_ERROR_TMO, VI_SUCCESS};

#[test]
fn a_block_with_every_byte_arrives_by_each_kind_of_adapter() {
    for desk in Desk::each() {
        let five = desk.five();
        for length in [1_u64, 56, 57, 2000, 40_000] {
            let digits = length.to_string();
            let mut message = format!("DATA:LOAD #{}{digits}", digits.len()).into_bytes();
            message.extend((0..length).map(pattern));
            five.tell(&message);
            let answer = five.ask("DATA:LOAD?\n");
            let fields: Vec<_> = answer.trim().split(',').collect();
            assert_eq!((fields[0], fields[2]), (&*digits, "1"), "{answer}");
        }
    }
}

#[test]
fn end_goes_with_the_last_byte_only_and_only_when_it_is_wanted() {
    for desk in Desk::each() {
        let five = desk.five();
        let open_end = Terms { send_end: false, ..Terms::new() };
        desk.bus.forget_log();
        assert!(five.0.write(b"*ID", &open_end.call()).outcome.is_ok());
        assert!(desk.bus.log_line().ends_with("0>3"), "{}", desk.bus.log_line());
        assert_eq!(five.ask("N?"), "Maker,Five,1,0\n");
        // Longer than a line to any of them: one message all the same.
        let long = format!("ECHO {}", "+-\r".repeat(7000));
        five.tell(long.as_bytes());
        let (answer, outcome) = five.read(30_000);
        assert_eq!((answer.len(), outcome), (long.len() - 5 + 1, Ok(Stop::End)));
    }
}

#[test]
fn a_device_that_takes_nothing_holds_a_write_until_its_time_is_over() {
    let desk = Desk::new();
    let five = desk.five();
    desk.bus.set_fault(FIVE, Fault::HoldsNrfd(2));
    let written = five.0.write(b"*IDN?\n", &Terms::within(50).call());
    assert_eq!(code(written.outcome), VI_ERROR_TMO);
    desk.bus.set_fault(FIVE, Fault::None);
    five.0.clear(&Terms::new().call()).unwrap();
    assert_eq!(five.ask("*IDN?\n"), "Maker,Five,1,0\n");
}

#[test]
fn a_write_to_nobody_succeeds_because_no_adapter_tells() {
    let desk = Desk::new();
    let nobody = desk.device("17");
    assert!(nobody.0.is_present());
    nobody.tell(b"*IDN?\n");
    let short = Terms::within(150);
    assert_eq!(code(nobody.read_by(9, &short).1), VI_ERROR_TMO);
    let polled = nobody.0.read_stb(&short.call());
    assert_ne!(polled.map_or_else(|error| error.code, |_| VI_SUCCESS), VI_SUCCESS);
}

#[test]
fn a_slow_device_gets_all_of_a_long_message() {
    let desk = Desk::new();
    let five = desk.five();
    desk.bus.set_fault(FIVE, Fault::Slow(std::time::Duration::from_millis(2)));
    five.tell(format!("ECHO {}", "x".repeat(1000)).as_bytes());
    desk.bus.set_fault(FIVE, Fault::None);
    assert_eq!(five.read(2000).0.len(), 1001);
}
