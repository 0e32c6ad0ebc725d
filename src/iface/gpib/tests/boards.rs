#![forbid(unsafe_code)]
//! The board itself: as controller, and as a device of another controller.

use std::sync::Arc;
use std::sync::mpsc;
use std::sync::mpsc::Receiver;
use std::time::Duration;

use crate::attr::Value;
use crate::consts::*;
use crate::iface::bus::{AtnMode, Controller};
use crate::iface::gpib::find;
use crate::iface::gpib::intfc::Intfc;
use crate::iface::gpib::tests::bench::{Bench, Client, LONG};
use crate::iface::{Link, RenMode, Report, Signal, Sink, Stop};
use crate::rsrc::ResourceName;
use crate::sim::gpib::message::*;
use crate::sim::gpib::{Address, Until};
use crate::status::{
    VI_ERROR_NCIC, VI_ERROR_NLISTENERS, VI_ERROR_NSUP_ATTR_STATE, VI_ERROR_NSYS_CNTLR,
};

const A: Address = Address::new(5);
const B: Address = Address::new(9);
const OTHER: Address = Address::new(21);

fn attribute(client: &Client<Intfc>, attr: ViAttr) -> i64 {
    match client.link.get(attr).unwrap() {
        Value::Number(number) => number,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_group_is_triggered_by_the_bytes_of_pyvisa() {
    let bench = Bench::with(&[A, B]);
    let board = bench.intfc();
    assert_eq!(attribute(&board, VI_ATTR_GPIB_CIC_STATE), 0, "opening takes no charge");
    board.link.send_ifc(&board.call(LONG)).unwrap();
    assert_eq!(attribute(&board, VI_ATTR_GPIB_CIC_STATE), 1);
    let commands = [0x40, 0x3F, 0x25, 0x29, 0x08];
    let sent = board.link.command(&commands, &board.call(LONG));
    assert_eq!((sent.count, sent.outcome), (5, Ok(())));
    assert_eq!(bench.log(), "IFC 40 3F 25 29 08");
    for address in [A, B] {
        assert_eq!(bench.cable.counters(address).unwrap().triggers, 1);
    }
}

#[test]
fn data_goes_to_whom_the_program_has_addressed() {
    let bench = Bench::with(&[A, B]);
    let board = bench.intfc();
    let call = board.call(LONG);
    board.link.send_ifc(&call).unwrap();
    board.link.command(&[UNL, TALK, LISTEN + 5, LISTEN + 9], &call).outcome.unwrap();
    board.tell("*ESE 3");
    board.link.trigger(&call).unwrap();
    board.link.clear(&call).unwrap();
    for (address, talk) in [(A, TALK + 5), (B, TALK + 9)] {
        let counters = bench.cable.counters(address).unwrap();
        assert_eq!((counters.triggers, counters.clears), (1, 1));
        assert_eq!(bench.instr(address).query("*ESE?"), "3");
        bench.instr(address).tell("*IDN?");
        board.link.command(&[UNL, LISTEN, talk], &call).outcome.unwrap();
        let (text, outcome) = board.read(100, &call);
        assert_eq!((text, outcome), (format!("At {address}\n"), Ok(Stop::End)));
    }
}

#[test]
fn lines_and_states_are_attributes() {
    let bench = Bench::with(&[A]);
    let board = bench.intfc();
    let call = board.call(LONG);
    assert_eq!(attribute(&board, VI_ATTR_GPIB_SYS_CNTRL_STATE), 1);
    assert_eq!(attribute(&board, VI_ATTR_GPIB_REN_STATE), 0);
    board.link.control_ren(RenMode::Assert, &call).unwrap();
    assert_eq!(attribute(&board, VI_ATTR_GPIB_REN_STATE), 1);
    board.link.send_ifc(&call).unwrap();
    for (mode, state) in [(AtnMode::Deassert, 0), (AtnMode::Assert, 1)] {
        board.link.control_atn(mode, &call).unwrap();
        assert_eq!(attribute(&board, VI_ATTR_GPIB_ATN_STATE), state);
    }
    for (commands, state) in [
        ([UNL, TALK], VI_GPIB_TALKER),
        ([UNT, LISTEN], VI_GPIB_LISTENER),
        ([UNT, UNL], VI_GPIB_UNADDRESSED),
    ] {
        board.link.command(&commands, &call).outcome.unwrap();
        assert_eq!(attribute(&board, VI_ATTR_GPIB_ADDR_STATE), state.into());
    }
    assert_eq!(attribute(&board, VI_ATTR_GPIB_SRQ_STATE), 0);
    bench.instr(A).tell("*CLS;*ESE 1;*SRE 32;*OPC");
    assert_eq!(attribute(&board, VI_ATTR_GPIB_SRQ_STATE), 1);
    assert_eq!(attribute(&board, VI_ATTR_GPIB_NDAC_STATE), i64::from(bench.board.lines().ndac));
    assert_eq!(board.link.get(VI_ATTR_INTF_INST_NAME).unwrap(), "GPIB7 (simulated)".into());
}

#[test]
fn the_boards_own_address_can_be_changed() {
    let bench = Bench::with(&[A]);
    let board = bench.intfc();
    let set = |attr, value| board.link.set(attr, value, &board.call(LONG)).unwrap();
    assert_eq!(attribute(&board, VI_ATTR_GPIB_PRIMARY_ADDR), 0);
    assert_eq!(attribute(&board, VI_ATTR_GPIB_SECONDARY_ADDR), VI_NO_SEC_ADDR.into());
    set(VI_ATTR_GPIB_PRIMARY_ADDR, 30);
    set(VI_ATTR_GPIB_SECONDARY_ADDR, 2);
    assert_eq!(attribute(&board, VI_ATTR_GPIB_PRIMARY_ADDR), 30);
    assert_eq!(attribute(&board, VI_ATTR_GPIB_SECONDARY_ADDR), 2);
    let meter = bench.instr(A);
    bench.log();
    assert_eq!(meter.query("*IDN?"), "At 5");
    assert_eq!(bench.log(), "3F 5E 62 25 30:2>5. 3F 3E 62 45 5>5.");
    set(VI_ATTR_GPIB_SECONDARY_ADDR, VI_NO_SEC_ADDR.into());
    assert_eq!(attribute(&board, VI_ATTR_GPIB_SECONDARY_ADDR), VI_NO_SEC_ADDR.into());
}

/// This board has none, and says so.
#[test]
fn high_speed_is_refused_where_there_is_none() {
    let bench = Bench::with(&[A]);
    let board = bench.intfc();
    let length = attribute(&board, VI_ATTR_GPIB_HS488_CBL_LEN);
    assert_eq!(length, VI_GPIB_HS488_NIMPL.into());
    let set = |attr, value| board.link.set(attr, value, &board.call(LONG));
    let refused = set(VI_ATTR_GPIB_HS488_CBL_LEN, 5).unwrap_err().code;
    assert_eq!(refused, VI_ERROR_NSUP_ATTR_STATE);
    let refused = set(VI_ATTR_IO_PROT, VI_PROT_HS488.into()).unwrap_err().code;
    assert_eq!(refused, VI_ERROR_NSUP_ATTR_STATE);
    set(VI_ATTR_IO_PROT, VI_PROT_NORMAL.into()).unwrap();
}

#[test]
fn who_is_not_in_charge_is_told_so() {
    let bench = Bench::with(&[]);
    let board = bench.intfc();
    let call = board.call(LONG);
    let sent = board.link.command(&[UNL], &call);
    assert_eq!((sent.count, sent.outcome.unwrap_err().code), (0, VI_ERROR_NCIC));
    assert_eq!(board.link.control_atn(AtnMode::Assert, &call).unwrap_err().code, VI_ERROR_NCIC);
    board.link.set(VI_ATTR_GPIB_SYS_CNTRL_STATE, 0, &call).unwrap();
    assert_eq!(attribute(&board, VI_ATTR_GPIB_SYS_CNTRL_STATE), 0);
    assert_eq!(board.link.send_ifc(&call).unwrap_err().code, VI_ERROR_NSYS_CNTLR);
    let ren = board.link.control_ren(RenMode::Assert, &call);
    assert_eq!(ren.unwrap_err().code, VI_ERROR_NSYS_CNTLR);
    board.link.set(VI_ATTR_GPIB_SYS_CNTRL_STATE, 1, &call).unwrap();
    board.link.send_ifc(&call).unwrap();
    let sent = board.link.command(&[UNL], &call);
    assert_eq!(sent.outcome.unwrap_err().code, VI_ERROR_NLISTENERS, "nobody is on the bus");
}

/// Neither a search nor another open takes control back.
#[test]
fn who_was_passed_control_keeps_it() {
    let bench = Bench::with(&[A]);
    let other = bench.cable.add_board(OTHER, false);
    let (board, meter) = (bench.intfc(), bench.instr(A));
    board.link.pass_control(21, None, &board.call(LONG)).unwrap();
    bench.log();
    let mut found = |name: ResourceName| panic!("{} was looked for", name.canonical());
    let searched = find::listeners(&bench.bus, &mut found, &board.call(LONG).wait);
    assert_eq!(searched.unwrap_err().code, VI_ERROR_NCIC);
    let _second = bench.instr(A);
    assert_eq!(bench.log(), "");
    assert!(other.status().in_charge);
    // Unless the program says so.
    board.link.send_ifc(&board.call(LONG)).unwrap();
    assert_eq!(meter.query("*IDN?"), "At 5");
}

/// What a signal's sink hears.
fn observe(client: &Client<Intfc>, signal: Signal) -> Receiver<Report> {
    let (sender, receiver) = mpsc::channel();
    let sink: Sink = Arc::new(move |report| drop(sender.send(report)));
    client.link.observe(signal, Some(sink)).unwrap();
    receiver
}

/// Passes control to another board, which then uses ours as a device.
#[test]
fn a_board_that_another_controls_hears_what_happens_to_it() {
    let bench = Bench::with(&[]);
    let other = bench.cable.add_board(OTHER, false);
    let board = bench.intfc();
    let call = board.call(LONG);
    let in_charge = observe(&board, Signal::ControllerInCharge);
    board.link.send_ifc(&call).unwrap();
    assert_eq!(in_charge.recv_timeout(LONG), Ok(Report::ControllerInCharge(true)));
    bench.log();
    board.link.pass_control(21, None, &call).unwrap();
    assert_eq!(bench.log(), "3F 55 09");
    assert_eq!(in_charge.recv_timeout(LONG), Ok(Report::ControllerInCharge(false)));

    let (talks, listens) = (observe(&board, Signal::Talk), observe(&board, Signal::Listen));
    let (triggers, clears) = (observe(&board, Signal::Trigger), observe(&board, Signal::Clear));
    let command = |bytes: &[u8]| other.command(bytes, &Until::never()).unwrap();
    command(&[UNL, UNT, LISTEN]);
    assert_eq!(listens.recv_timeout(LONG), Ok(Report::Plain));
    command(&[GET]);
    assert_eq!(triggers.recv_timeout(LONG), Ok(Report::Plain));
    command(&[SDC]);
    assert_eq!(clears.recv_timeout(LONG), Ok(Report::Plain));
    command(&[UNL, TALK]);
    assert_eq!(talks.recv_timeout(LONG), Ok(Report::Plain));

    // Data both ways, by whom the other controller addresses.
    std::thread::scope(|scope| {
        let received = scope.spawn(|| board.read(100, &board.call(LONG)));
        command(&[UNT, UNL, LISTEN, TALK + 21]);
        other.write(b"hello", true, &Until::never()).unwrap();
        assert_eq!(received.join().unwrap(), ("hello".into(), Ok(Stop::End)));
        let sent = scope.spawn(|| board.tell("answer"));
        command(&[UNT, UNL, TALK, LISTEN + 21]);
        assert_eq!(other.read(100, None, &Until::never()).data, b"answer");
        sent.join().unwrap();
    });
    // The status byte that the other controller polls.
    board.link.set(VI_ATTR_DEV_STATUS_BYTE, 0x41, &call).unwrap();
    assert_eq!(attribute(&board, VI_ATTR_DEV_STATUS_BYTE), 0x41);
    assert!(bench.board.lines().srq);
    command(&[UNL, LISTEN + 21, SPE, TALK]);
    assert_eq!(other.read(1, None, &Until::never()).data, [0x41]);
    command(&[SPD, UNT]);
    assert!(!bench.board.lines().srq);
}

/// What came before anybody wanted to know is no event; nor does another's wish take one away.
#[test]
fn a_trigger_is_told_to_who_waited_for_it_only() {
    let bench = Bench::with(&[]);
    let other = bench.cable.add_board(OTHER, false);
    let (board, second) = (bench.intfc(), bench.intfc());
    let call = board.call(LONG);
    board.link.send_ifc(&call).unwrap();
    board.link.pass_control(21, None, &call).unwrap();
    let command = |bytes: &[u8]| other.command(bytes, &Until::never()).unwrap();
    command(&[UNL, LISTEN, GET, SDC]);
    let triggers = observe(&board, Signal::Trigger);
    assert!(triggers.recv_timeout(Duration::from_millis(700)).is_err(), "of before");
    for _ in 0..3 {
        command(&[GET]);
        // Wakes the thread that waits for the trigger, and asks the board.
        let clears = observe(&second, Signal::Clear);
        assert_eq!(triggers.recv_timeout(LONG), Ok(Report::Plain));
        assert!(clears.try_recv().is_err(), "of before");
        command(&[SDC]);
        assert_eq!(clears.recv_timeout(LONG), Ok(Report::Plain));
        second.link.observe(Signal::Clear, None).unwrap();
    }
}

/// An instrument's request is an event of the board as well, and not polled for it.
#[test]
fn the_line_is_an_event_of_the_board() {
    let bench = Bench::with(&[A]);
    let (board, meter) = (bench.intfc(), bench.instr(A));
    meter.tell("*CLS;*ESE 1;*SRE 32");
    let requests = observe(&board, Signal::ServiceRequest);
    for _ in 0..2 {
        bench.log();
        meter.tell("*CLS;*OPC");
        assert_eq!(requests.recv_timeout(LONG), Ok(Report::Plain));
        assert!(!bench.log().contains("18"));
        assert_eq!(meter.link.read_stb(&meter.call(LONG)), Ok(0x60));
        // Seen released before it is asserted again.
        std::thread::sleep(Duration::from_millis(100));
    }
}
