#![forbid(unsafe_code)]
//! Service requests: one line, many instruments and sessions.

use std::sync::Arc;
use std::sync::mpsc;
use std::sync::mpsc::Receiver;
use std::thread;
use std::time::{Duration, Instant};

use crate::iface::gpib::instr::Instr;
use crate::iface::gpib::tests::bench::{Bench, Client, LONG};
use crate::iface::{Link, Report, Sink};
use crate::os::Deadline;
use crate::os::Wait;
use crate::sim::gpib::{Address, Fault, Until};
use crate::status::VI_ERROR_ABORT;
use crate::wire::gpib::BusAddress;

const A: Address = Address::new(5);
const B: Address = Address::new(9);

/// What a session's sink hears.
fn watch(client: &Client<Instr>) -> Receiver<Report> {
    let (sender, receiver) = mpsc::channel();
    let sink: Sink = Arc::new(move |report| drop(sender.send(report)));
    set_watch(client, Some(sink));
    receiver
}

fn set_watch(client: &Client<Instr>, sink: Option<Sink>) {
    let wait = Wait { deadline: Deadline::after(LONG), ticket: client.cancel.ticket() };
    client.link.watch(sink, &wait).unwrap();
}

fn heard(receiver: &Receiver<Report>) {
    assert_eq!(receiver.recv_timeout(LONG), Ok(Report::Plain));
}

fn is_silent(receiver: &Receiver<Report>) -> bool {
    receiver.recv_timeout(Duration::from_millis(50)).is_err()
}

/// Lets *OPC request service.
fn prepare(client: &Client<Instr>) {
    client.tell("*CLS;*ESE 1;*SRE 32");
}

fn stb(client: &Client<Instr>) -> u8 {
    client.link.read_stb(&client.call(LONG)).unwrap()
}

/// How often the instrument at `talk`'s address was made to talk in a poll.
fn polls(log: &str, talk: &str) -> usize {
    log.matches(&format!("18 {talk}")).count()
}

#[test]
fn a_request_reaches_its_own_session() {
    let bench = Bench::with(&[A, B]);
    let (meter, other) = (bench.instr(A), bench.instr(B));
    prepare(&meter);
    prepare(&other);
    let (requests, others) = (watch(&meter), watch(&other));
    meter.tell("*OPC");
    heard(&requests);
    assert!(is_silent(&others));
    // The polled byte was kept, and only once.
    bench.log();
    assert_eq!(stb(&meter), 0x60);
    assert_eq!(bench.log(), "");
    assert_eq!(stb(&meter), 0x20);
    assert_eq!(bench.log(), "3F 20 18 45 5>1 19 5F");
}

/// As linux-gpib does for programs that do not say otherwise: the line tells nothing then.
#[test]
fn a_request_that_the_driver_has_polled_by_itself_is_heard() {
    let bench = Bench::with(&[A, B]);
    let (meter, other) = (bench.instr(A), bench.instr(B));
    let (requests, others) = (watch(&meter), watch(&other));
    bench.log();
    *bench.polled.lock() = Some((BusAddress { primary: 5, secondary: None }, 0x50));
    heard(&requests);
    assert!(is_silent(&others));
    assert_eq!(stb(&meter), 0x50);
    assert_eq!(bench.log(), "", "nothing was asked on the bus");
}

#[test]
fn two_at_once_are_both_heard() {
    let bench = Bench::with(&[A, B]);
    let (meter, other) = (bench.instr(A), bench.instr(B));
    prepare(&meter);
    prepare(&other);
    // Before anybody watches: a request that waits is none that is lost.
    meter.tell("*OPC");
    other.tell("*OPC");
    let (requests, others) = (watch(&meter), watch(&other));
    heard(&requests);
    heard(&others);
    assert_eq!((stb(&meter), stb(&other)), (0x60, 0x60));
    assert!(!bench.board.lines().srq);
}

#[test]
fn an_instrument_that_nobody_watches_is_never_polled() {
    let bench = Bench::with(&[A, B]);
    let (meter, other) = (bench.instr(A), bench.instr(B));
    prepare(&meter);
    prepare(&other);
    let requests = watch(&meter);
    bench.log();
    other.tell("*OPC");
    assert!(is_silent(&requests));
    meter.tell("*OPC");
    heard(&requests);
    assert_eq!(polls(&bench.log(), "49"), 0);
    assert!(bench.board.lines().srq, "the request is still there for whom it is meant");
    assert_eq!(stb(&other), 0x60);
}

#[test]
fn a_line_that_stays_asserted_costs_next_to_nothing() {
    let bench = Bench::with(&[A, B]);
    let (meter, other) = (bench.instr(A), bench.instr(B));
    prepare(&meter);
    prepare(&other);
    let requests = watch(&meter);
    bench.log();
    other.tell("*OPC");
    let began = Instant::now();
    thread::sleep(Duration::from_millis(600));
    let took = began.elapsed();
    // 5, 10, 20, ... ms, later every half second.
    let most = 10 + took.as_millis() as usize / 500;
    assert!(polls(&bench.log(), "45") <= most, "{:?}", took);
    for _ in 0..3 {
        meter.tell("*CLS;*OPC");
        heard(&requests);
        assert_eq!(stb(&meter), 0x60);
    }
}

#[test]
fn sessions_of_one_instrument_do_not_eat_each_others_bytes() {
    let bench = Bench::with(&[A]);
    let (first, second, third) = (bench.instr(A), bench.instr(A), bench.instr(A));
    prepare(&first);
    let (of_first, of_second) = (watch(&first), watch(&second));
    third.tell("*OPC");
    heard(&of_first);
    heard(&of_second);
    assert_eq!((stb(&first), stb(&second), stb(&third)), (0x60, 0x60, 0x60));
    assert_eq!((stb(&first), stb(&second), stb(&third)), (0x20, 0x20, 0x20));
}

/// Whoever polls by itself tells the others.
#[test]
fn viewing_the_status_byte_takes_no_request_from_who_waits() {
    let bench = Bench::with(&[A]);
    let (asking, waiting) = (bench.instr(A), bench.instr(A));
    prepare(&asking);
    let requests = watch(&waiting);
    let device = BusAddress::primary(5);
    {
        // With the bus taken the thread cannot poll first.
        let wait = Wait { deadline: Deadline::after(LONG), ticket: asking.cancel.ticket() };
        let mut held = bench.bus.hold(&wait).unwrap();
        bench.board.command(&[0x3F, 0x40, 0x25], &Until::never()).unwrap();
        bench.board.write(b"*OPC", true, &Until::never()).unwrap();
        assert_eq!(held.poll(device, None, &wait), Ok(0x60));
    }
    heard(&requests);
    assert_eq!((stb(&waiting), stb(&asking)), (0x60, 0x60));
}

/// A second process at the same board, with a session to the same instrument.
#[test]
fn a_request_that_another_process_has_polled_is_heard_here() {
    let bench = Bench::with(&[A, B]);
    let other = bench.in_another_process();
    let (mine, theirs) = (bench.instr(A), other.instr(A));
    let unconcerned = other.instr(B);
    prepare(&mine);
    let (my_requests, their_requests) = (watch(&mine), watch(&theirs));
    let silence = watch(&unconcerned);
    for _ in 0..3 {
        mine.tell("*CLS;*OPC");
        heard(&my_requests);
        heard(&their_requests);
        assert_eq!((stb(&mine), stb(&theirs)), (0x60, 0x60));
    }
    assert!(is_silent(&silence) && is_silent(&my_requests));
    // Also when they only look.
    set_watch(&theirs, None);
    set_watch(&mine, None);
    mine.tell("*CLS;*OPC");
    assert_eq!((stb(&theirs), stb(&mine)), (0x60, 0x60));
}

#[test]
fn requests_pile_up_for_who_watches_and_are_read_in_their_order() {
    let bench = Bench::with(&[A]);
    let meter = bench.instr(A);
    meter.tell("*CLS;*ESE 255;*SRE 48");
    let requests = watch(&meter);
    meter.tell("*OPC");
    heard(&requests);
    meter.tell("*CLS;*IDN?");
    heard(&requests);
    assert_eq!((stb(&meter), stb(&meter)), (0x60, 0x50));
}

#[test]
fn after_the_watch_has_ended_nothing_is_polled_and_nothing_reported() {
    let bench = Bench::with(&[A]);
    let meter = bench.instr(A);
    prepare(&meter);
    let requests = watch(&meter);
    set_watch(&meter, None);
    bench.log();
    meter.tell("*OPC");
    assert!(is_silent(&requests));
    assert_eq!(polls(&bench.log(), "45"), 0);
    // Again on: the request that waited is heard.
    let requests = watch(&meter);
    heard(&requests);
    assert_eq!(stb(&meter), 0x60);
}

#[test]
fn a_request_during_a_long_read_is_heard_after_it() {
    let bench = Bench::with(&[A, B]);
    let (slow, other) = (bench.instr(A), bench.instr(B));
    prepare(&other);
    let requests = watch(&other);
    thread::scope(|scope| {
        other.tell("*CLS");
        let reading = scope.spawn(|| slow.read(10, &slow.call(LONG)).1.unwrap_err().code);
        while bench.bus.is_free() {
            thread::yield_now();
        }
        slow.cancel.terminate();
        assert_eq!(reading.join().unwrap(), VI_ERROR_ABORT);
    });
    other.tell("*OPC");
    heard(&requests);
}

#[test]
fn one_that_does_not_answer_polls_does_not_silence_the_others() {
    let bench = Bench::with(&[A, B]);
    let (gone, other) = (bench.instr(A), bench.instr(B));
    prepare(&other);
    let (silent, requests) = (watch(&gone), watch(&other));
    bench.cable.set_fault(A, Fault::Off);
    for _ in 0..3 {
        other.tell("*CLS;*OPC");
        heard(&requests);
        assert_eq!(stb(&other), 0x60);
    }
    assert!(is_silent(&silent));
}

/// The thread does not keep the board when all sessions have gone.
#[test]
fn a_board_is_given_back_with_its_last_session() {
    let bench = Bench::with(&[A]);
    let meter = bench.instr(A);
    let _requests = watch(&meter);
    let bus = Arc::downgrade(&bench.bus);
    drop(meter);
    drop(bench);
    let give_up = Deadline::after(LONG);
    while bus.strong_count() > 0 {
        assert!(!give_up.has_passed());
        thread::sleep(Duration::from_millis(1));
    }
}
