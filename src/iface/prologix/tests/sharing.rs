#![forbid(unsafe_code)]
//! Several threads and several processes, one adapter.

use std::process::{Child, Command};
use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use super::*;
use crate::iface::Sink;
use crate::iface::prologix::port::Place;
use crate::iface::prologix::sharing::Sharing;
use crate::os::alone;
use crate::status::VI_ERROR_RSRC_BUSY;

/// Where the other process finds the adapter.
const NAME: &str = "FERROVISA_TEST_ADAPTER";

/// Exchanges of each.
const TIMES: usize = 60;

/// Asks the device at an address for what only it says, again and again.
fn ask_again_and_again(device: &Device, word: &str) {
    for i in 0..TIMES {
        let message = format!("{word}{i}+\r{}", "x".repeat(i * 7));
        assert_eq!(device.ask(&format!("ECHO {message}")), format!("{message}\n"));
    }
}

#[test]
fn threads_take_turns() {
    let desk = Desk::new();
    std::thread::scope(|scope| {
        for (address, word) in [("5", "a"), ("9::3", "b")] {
            let device = desk.device(address);
            scope.spawn(move || ask_again_and_again(&device, word));
        }
    });
}

/// Runs [`other_process`] on the adapter that a process has named in the environment.
fn start_other(name: &str, address: &str) -> Child {
    let test = "iface::prologix::tests::sharing::other_process";
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--ignored", "--nocapture", "--test-threads=1"])
        .env(NAME, format!("{name} {address}"))
        .spawn()
        .unwrap()
}

#[test]
#[ignore = "run by others, in a process of its own"]
fn other_process() {
    let Ok(place) = std::env::var(NAME) else { return };
    let (name, address) = place.split_once(' ').unwrap();
    let _intfc = open(name).unwrap();
    let board = ResourceName::parse(name).unwrap().board();
    let name = ResourceName::parse(&format!("GPIB{board}::{address}::INSTR")).unwrap();
    let device = Device(Gpib.open(&name, &Terms::new().call().wait).unwrap());
    ask_again_and_again(&device, "other");
}

#[test]
fn an_adapter_that_begins_does_not_take_the_claim_of_one_that_ends() {
    let identity = format!("prologix of test {}", number());
    let (ending, beginning) = (Sharing::new(&identity), Sharing::new(&identity));
    let terms = Terms::new();
    let wait = terms.call().wait;
    let at_once = Wait { deadline: Deadline::Immediate, ..wait };
    assert_eq!(ending.claim(&wait), Ok(false));
    assert_eq!(code(beginning.claim(&at_once)), VI_ERROR_RSRC_BUSY);
    ending.release();
    assert_eq!(beginning.claim(&at_once), Ok(false));
    // It has no claim any more, and ends nobody else's.
    ending.release();
    assert_eq!(code(ending.claim(&at_once)), VI_ERROR_RSRC_BUSY);
}

#[test]
fn requests_can_be_waited_for_while_another_has_the_adapter() {
    let bus = bus();
    let adapter = Adapter::start(&bus, &Config::default()).unwrap();
    let terms = Terms::new();
    let wait = terms.call().wait;
    let place = Place::tcp("127.0.0.1", adapter.port().unwrap(), &wait).unwrap();
    let other = Sharing::new(&format!("prologix {place}"));
    assert_eq!(other.claim(&wait), Ok(false));
    let board = number();
    let intfc = open(&adapter.resource_name(board)).unwrap();
    let desk = Desk { bus, adapter, intfc, board };
    let five = desk.five();
    let (sender, requests) = mpsc::channel();
    let sink: Sink = Arc::new(move |_| sender.send(()).unwrap_or(()));
    assert_eq!(five.0.watch(Some(sink), &wait), Ok(()));
    let refused = five.0.write(b"*CLS", &Terms::within(50).call());
    assert_eq!(code(refused.outcome), VI_ERROR_RSRC_BUSY, "it still is another's");
    other.release();
    five.tell(b"*SRE 32;*ESE 1;*OPC\n");
    assert_eq!(requests.recv_timeout(Duration::from_secs(30)), Ok(()));
}

#[test]
fn processes_take_turns_on_one_adapter() {
    alone::run(module_path!(), "processes_take_turns_on_one_adapter_alone");
}

#[test]
#[ignore = "run by the test above, in a process of its own"]
fn processes_take_turns_on_one_adapter_alone() {
    for desk in Desk::each() {
        let name = desk.adapter.resource_name(desk.board);
        let five = desk.five();
        assert_eq!(five.ask("*IDN?\n"), "Maker,Five,1,0\n");
        // We are connected and idle: nobody but the claim can tell us that another wants it.
        let mut first = start_other(&name, "9::3");
        assert!(first.wait().unwrap().success());
        // And now all at once.
        let mut others = [start_other(&name, "9::3"), start_other(&name, "5")];
        ask_again_and_again(&desk.device("12"), "mine");
        assert!(others.iter_mut().all(|other| other.wait().unwrap().success()));
    }
}

#[test]
fn a_process_that_is_killed_holds_nothing() {
    alone::run(module_path!(), "a_process_that_is_killed_holds_nothing_alone");
}

#[test]
#[ignore = "run by the test above, in a process of its own"]
fn a_process_that_is_killed_holds_nothing_alone() {
    let bus = bus();
    let adapter = Adapter::start(&bus, &Config::default()).unwrap();
    let board = number();
    let name = adapter.resource_name(board);
    let mut other = start_other(&name, "9::3");
    // Once it has begun to write.
    while !bus.log_line().contains("3F 40 29 63") {
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    let intfc = open(&name).unwrap();
    other.kill().unwrap();
    other.wait().unwrap();
    let desk = Desk { bus, adapter, intfc, board };
    let nine = desk.nine();
    nine.0.clear(&Terms::new().call()).unwrap();
    assert_eq!(nine.ask("*IDN?\n"), "Maker,Nine,1,0\n");
}
