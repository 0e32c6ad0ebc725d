#![forbid(unsafe_code)]
//! Adapters that are taken, gone, silent or busy.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

use super::*;
use crate::iface::prologix::adapter::Handle;
use crate::iface::prologix::conversation::Half;
use crate::iface::prologix::port::Place;
use crate::iface::prologix::sharing::Sharing;
use crate::sim::gpib::Fault;
use crate::sim::prologix::Second;
use crate::status::{VI_ERROR_CONN_LOST, VI_ERROR_RSRC_BUSY, VI_ERROR_RSRC_NFOUND, VI_ERROR_TMO};
use crate::wire::gpib::BusAddress;

fn refused(name: &str, timeout_ms: u32) -> i32 {
    open_within(name, timeout_ms).err().map_or(0, |error| error.code)
}

/// Another machine's client, as far as we can know.
fn occupy(adapter: &Adapter) -> TcpStream {
    let mut other = TcpStream::connect(("127.0.0.1", adapter.port().unwrap())).unwrap();
    other.write_all(b"++mode\n").unwrap();
    other.read_exact(&mut [0; 3]).unwrap();
    other
}

#[test]
fn an_adapter_that_another_machine_has_is_busy() {
    for second in [Second::Refused, Second::Waits] {
        let bus = bus();
        let adapter = Adapter::start(&bus, &Config { second, ..Config::default() }).unwrap();
        let other = occupy(&adapter);
        let name = adapter.resource_name(number());
        assert_eq!(refused(&name, 300), VI_ERROR_RSRC_BUSY, "{second:?}");
        drop(other);
        assert_eq!(refused(&name, LONG), 0, "{second:?}");
    }
}

#[test]
fn nobody_there_is_told_at_once() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let name = format!("PRLGX-TCPIP{}::127.0.0.1::{port}::INTFC", number());
    assert_eq!(refused(&name, LONG), VI_ERROR_RSRC_NFOUND);
    let name = format!("PRLGX-ASRL{}::/dev/no-such-port::INTFC", number());
    assert_eq!(refused(&name, LONG), VI_ERROR_RSRC_NFOUND);
    let name = format!("PRLGX-ASRL{}::/dev/null::INTFC", number());
    assert_eq!(refused(&name, LONG), VI_ERROR_RSRC_NFOUND);
}

#[test]
fn who_does_not_answer_as_an_adapter_is_given_up_in_time() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let name = format!("PRLGX-TCPIP{}::127.0.0.1::{port}::INTFC", number());
    assert_eq!(refused(&name, 200), VI_ERROR_RSRC_BUSY);
}

#[test]
fn after_the_power_was_gone_all_is_set_up_again() {
    let desk = Desk::new();
    let five = desk.five();
    assert_eq!(five.ask("*IDN?\n"), "Maker,Five,1,0\n");
    // The adapter forgets all settings: auto is on again, and eos appends characters.
    desk.adapter.power_cycle();
    desk.bus.forget_log();
    assert_eq!(five.ask("ECHO abc"), "abc\n");
    assert!(desk.bus.log_line().contains("0>8."), "{}", desk.bus.log_line());
}

#[test]
fn an_adapter_that_goes_in_the_middle_of_a_read_is_lost_and_found_again() {
    let desk = Desk::new();
    let five = desk.five();
    five.tell(b"SYST:DELAY 60000;*IDN?\n");
    std::thread::scope(|scope| {
        let reading = scope.spawn(|| five.read(100));
        // Once it reads: the device was addressed to talk.
        while !desk.bus.log_line().contains("3F 20 45") {
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
        desk.adapter.power_cycle();
        assert_eq!(code(reading.join().unwrap().1), VI_ERROR_CONN_LOST);
    });
    five.0.clear(&Terms::new().call()).unwrap();
    assert_eq!(five.ask("*IDN?\n"), "Maker,Five,1,0\n");
}

#[test]
fn a_device_that_talks_without_end_stops_nobody_for_long() {
    let desk = Desk::new();
    let (five, nine) = (desk.five(), desk.nine());
    desk.bus.set_fault(FIVE, Fault::TalksEndlessly);
    let (said, outcome) = five.read_by(1 << 30, &Terms::within(100));
    assert_eq!(code(outcome), VI_ERROR_TMO);
    assert!(said.iter().all(|byte| *byte == b'~') && !said.is_empty());
    // The adapter would go on for ever: only a new connection ends that.
    assert_eq!(nine.ask("*IDN?\n"), "Maker,Nine,1,0\n");
    desk.bus.set_fault(FIVE, Fault::None);
    five.0.clear(&Terms::new().call()).unwrap();
    assert_eq!(five.ask("*IDN?\n"), "Maker,Five,1,0\n");
}

#[test]
fn a_device_with_half_a_message_is_cleared_even_if_not_at_once() {
    let bus = bus();
    let adapter = Adapter::start(&bus, &Config::default()).unwrap();
    let (terms, short) = (Terms::new(), Terms::within(300));
    let wait = terms.call().wait;
    let handle = Handle::of(Place::tcp("127.0.0.1", adapter.port().unwrap(), &wait).unwrap());
    let half = Some(Half::Data(BusAddress::primary(5)));
    handle.remember(&wait, |state| state.half = half).unwrap();
    bus.set_fault(FIVE, Fault::Hangs);
    let cut = handle.converse(None, &short.call().wait, |_, _| Ok(()));
    assert_eq!(code(cut), VI_ERROR_TMO);
    assert_eq!(handle.remember(&wait, |state| state.half.is_some()), Ok(true));
    // And meanwhile another process may try.
    assert!(!Sharing::new(handle.identity()).is_elsewhere());
    bus.set_fault(FIVE, Fault::None);
    bus.forget_log();
    handle.converse(None, &wait, |_, _| Ok(())).unwrap();
    assert_eq!(handle.remember(&wait, |state| state.half.is_some()), Ok(false));
    assert!(bus.counters(FIVE).unwrap().clears > 0);
}

#[test]
fn an_adapter_that_is_gone_for_good_is_lost() {
    let desk = Desk::new();
    let five = desk.five();
    let Desk { adapter, .. } = &desk;
    assert!(adapter.port().is_some());
    let Desk { bus: _bus, adapter, intfc: _intfc, .. } = desk;
    drop(adapter);
    let written = five.0.write(b"*IDN?\n", &Terms::within(300).call());
    assert_eq!(code(written.outcome), VI_ERROR_CONN_LOST);
}
