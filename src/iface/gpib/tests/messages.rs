#![forbid(unsafe_code)]
//! Messages: addressing, ends, deadlines.

use std::thread;
use std::time::Duration;

use crate::consts::{VI_ATTR_GPIB_READDR_EN, VI_ATTR_GPIB_UNADDR_EN};
use crate::iface::gpib::tests::bench::{Bench, LONG};
use crate::iface::{Link, Stop};
use crate::os::Deadline;
use crate::sim::gpib::{Address, Fault};
use crate::status::{VI_ERROR_ABORT, VI_ERROR_NLISTENERS, VI_ERROR_TMO};

const A: Address = Address::new(5);
const B: Address = Address::new(9);
const SHORT: Duration = Duration::from_millis(100);

#[test]
fn a_session_addresses_its_instrument_and_no_other() {
    let bench = Bench::with(&[A, B]);
    let meter = bench.instr(A);
    // In charge and REN asserted, then somebody listens at 5.
    assert_eq!(bench.log(), "IFC REN+ 3F 40 25 3F");
    meter.tell("*IDN?");
    assert_eq!(bench.log(), "3F 40 25 0>5.");
    assert_eq!(meter.read(100, &meter.call(LONG)), ("At 5\n".into(), Ok(Stop::End)));
    assert_eq!(bench.log(), "3F 20 45 5>5.");
    // The second session finds the board in charge.
    assert_eq!(bench.instr(B).query("*IDN?"), "At 9");
    assert_eq!(bench.log(), "3F 40 29 3F 3F 40 29 0>5. 3F 20 49 9>5.");
}

#[test]
fn a_secondary_address_follows_the_primary() {
    let lower = Address::extended(12, 0);
    let upper = Address::extended(12, 30);
    let bench = Bench::with(&[lower, upper]);
    assert_eq!(bench.instr(upper).query("*IDN?"), "At 12:30");
    bench.log();
    assert_eq!(bench.instr(lower).query("*IDN?"), "At 12:0");
    assert_eq!(bench.log(), "3F 40 2C 60 3F 3F 40 2C 60 0>5. 3F 20 4C 60 12:0>8.");
}

/// PyVISA before 1.12 puts a secondary address 0 into each name that has none.
#[test]
fn an_instrument_without_secondary_addresses_takes_no_notice_of_one() {
    let bench = Bench::with(&[A]);
    let meter = bench.instr(Address::extended(5, 0));
    assert!(meter.link.is_present());
    assert_eq!(meter.query("*IDN?"), "At 5");
}

#[test]
fn without_end_a_message_goes_on() {
    let bench = Bench::with(&[A]);
    let meter = bench.instr(A);
    let mut call = meter.call(LONG);
    call.send_end = false;
    assert_eq!(meter.link.write(b"*ID", &call).outcome, Ok(()));
    assert_eq!(meter.query("N?"), "At 5");
}

#[test]
fn a_read_ends_at_the_first_of_count_character_and_end() {
    let bench = Bench::with(&[A]);
    let meter = bench.instr(A);
    meter.tell("*IDN?");
    assert_eq!(meter.read(2, &meter.call(LONG)), ("At".into(), Ok(Stop::Count)));
    let mut call = meter.call(LONG);
    call.term_char = Some(b' ');
    assert_eq!(meter.read(100, &call), (" ".into(), Ok(Stop::TermChar)));
    // Both at once: END wins (rule 6.1.1), also over the count.
    call.term_char = Some(b'\n');
    assert_eq!(meter.read(2, &call), ("5\n".into(), Ok(Stop::End)));
}

#[test]
fn end_can_be_ignored() {
    let bench = Bench::with(&[A]);
    let meter = bench.instr(A);
    meter.tell("*IDN?");
    let mut call = meter.call(SHORT);
    call.suppress_end = true;
    assert_eq!(meter.read(5, &call), ("At 5\n".into(), Ok(Stop::Count)));
    meter.tell("*IDN?");
    let (text, outcome) = meter.read(100, &call);
    assert_eq!((text.as_str(), outcome.unwrap_err().code), ("At 5\n", VI_ERROR_TMO));
}

#[test]
fn an_answer_that_does_not_come_ends_by_the_deadline() {
    let bench = Bench::with(&[A]);
    let meter = bench.instr(A);
    let (text, outcome) = meter.read(100, &meter.call(SHORT));
    assert_eq!((text.as_str(), outcome.unwrap_err().code), ("", VI_ERROR_TMO));
    assert_eq!(meter.query("*IDN?"), "At 5", "and all goes on");
}

#[test]
fn what_a_holder_of_nrfd_has_taken_is_counted() {
    let bench = Bench::with(&[A, B]);
    let (meter, other) = (bench.instr(A), bench.instr(B));
    bench.cable.set_fault(A, Fault::HoldsNrfd(3));
    let written = meter.link.write(b"*IDN?", &meter.call(SHORT));
    assert_eq!((written.count, written.outcome.unwrap_err().code), (3, VI_ERROR_TMO));
    assert_eq!(other.query("*IDN?"), "At 9", "the others go on");
}

/// Both directions: viTerminate ends a transfer that nothing else would end.
#[test]
fn a_blocked_transfer_can_be_cancelled() {
    let bench = Bench::with(&[A]);
    let meter = bench.instr(A);
    bench.cable.set_fault(A, Fault::HoldsNrfd(2));
    for is_write in [true, false] {
        thread::scope(|scope| {
            let blocked = scope.spawn(|| {
                let call = meter.call(LONG);
                match is_write {
                    true => meter.link.write(b"*IDN?", &call).outcome.unwrap_err().code,
                    false => meter.read(10, &call).1.unwrap_err().code,
                }
            });
            // Once the call has its ticket and the bus.
            while bench.bus.is_free() {
                thread::yield_now();
            }
            meter.cancel.terminate();
            assert_eq!(blocked.join().unwrap(), VI_ERROR_ABORT);
        });
    }
    // What was left of the message does not become part of the next.
    bench.cable.set_fault(A, Fault::None);
    assert_eq!(meter.query("*IDN?"), "At 5");
}

/// Also when it is the next session's.
#[test]
fn a_message_that_was_cut_ends_with_its_session() {
    let bench = Bench::with(&[A, B]);
    let meter = bench.instr(A);
    bench.cable.set_fault(A, Fault::HoldsNrfd(3));
    assert_eq!(meter.link.write(b"*ESE 3", &meter.call(SHORT)).count, 3);
    bench.cable.set_fault(A, Fault::None);
    meter.link.close(Deadline::after(LONG));
    assert_eq!(bench.instr(A).query("*IDN?"), "At 5");
}

/// One that is busy and has taken nothing is not disturbed in what it does.
#[test]
fn an_instrument_that_took_nothing_is_not_cleared() {
    let bench = Bench::with(&[A]);
    let meter = bench.instr(A);
    bench.cable.set_fault(A, Fault::HoldsNrfd(0));
    let written = meter.link.write(b"*ESE 3", &meter.call(SHORT));
    assert_eq!((written.count, written.outcome.unwrap_err().code), (0, VI_ERROR_TMO));
    bench.cable.set_fault(A, Fault::None);
    assert_eq!(meter.query("*IDN?"), "At 5");
    assert_eq!(bench.cable.counters(A).unwrap().clears, 0);
}

#[test]
fn who_waits_for_the_bus_waits_by_its_own_deadline() {
    let bench = Bench::with(&[A, B]);
    let (slow, other) = (bench.instr(A), bench.instr(B));
    thread::scope(|scope| {
        let reading = scope.spawn(|| slow.read(10, &slow.call(LONG)).1.unwrap_err().code);
        // Once the bus is taken.
        while bench.bus.is_free() {
            thread::yield_now();
        }
        let written = other.link.write(b"*RST", &other.call(SHORT));
        assert_eq!((written.count, written.outcome.unwrap_err().code), (0, VI_ERROR_TMO));
        slow.cancel.terminate();
        assert_eq!(reading.join().unwrap(), VI_ERROR_ABORT);
    });
    assert_eq!(other.query("*IDN?"), "At 9");
}

#[test]
fn without_repeat_addressing_an_addressed_instrument_is_not_addressed_again() {
    let bench = Bench::with(&[A, B]);
    let (meter, other) = (bench.instr(A), bench.instr(B));
    meter.link.set(VI_ATTR_GPIB_READDR_EN, 0, &meter.call(LONG)).unwrap();
    bench.log();
    meter.tell("*CLS");
    meter.tell("*CLS");
    assert_eq!(bench.log(), "3F 40 25 0>4. 0>4.");
    // The other direction, another instrument and another operation take the address away.
    assert_eq!(meter.query("*IDN?"), "At 5");
    assert_eq!(bench.log(), "0>5. 3F 20 45 5>5.");
    other.tell("*CLS");
    meter.tell("*CLS");
    assert_eq!(bench.log(), "3F 40 29 0>4. 3F 40 25 0>4.");
    meter.link.trigger(&meter.call(LONG)).unwrap();
    meter.tell("*CLS");
    assert_eq!(bench.log(), "3F 40 25 08 3F 40 25 0>4.");
    meter.link.set(VI_ATTR_GPIB_READDR_EN, 1, &meter.call(LONG)).unwrap();
    meter.tell("*CLS");
    assert_eq!(bench.log(), "3F 40 25 0>4.");
}

#[test]
fn unaddressing_follows_each_message() {
    let bench = Bench::with(&[A]);
    let meter = bench.instr(A);
    meter.link.set(VI_ATTR_GPIB_UNADDR_EN, 1, &meter.call(LONG)).unwrap();
    meter.link.set(VI_ATTR_GPIB_READDR_EN, 0, &meter.call(LONG)).unwrap();
    bench.log();
    assert_eq!(meter.query("*IDN?"), "At 5");
    assert_eq!(bench.log(), "3F 40 25 0>5. 5F 3F 3F 20 45 5>5. 5F 3F");
    assert!(!bench.board.status().listener && !bench.board.status().talker);
}

#[test]
fn nobody_at_the_address_is_no_listener() {
    let bench = Bench::with(&[A]);
    let nobody = bench.instr(B);
    let written = nobody.link.write(b"*IDN?", &nobody.call(LONG));
    assert_eq!((written.count, written.outcome.unwrap_err().code), (0, VI_ERROR_NLISTENERS));
}
