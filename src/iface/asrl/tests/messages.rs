#![forbid(unsafe_code)]
//! Where reads end, what writes add, and that no byte is lost.

use std::time::Duration;

use super::*;
use crate::consts::*;
use crate::iface::asrl::AsrlLink;
use crate::iface::asrl::port::Port;
use crate::status::{VI_ERROR_ABORT, VI_ERROR_CONN_LOST, VI_ERROR_TMO};

fn set(link: &dyn Link, attr: ViAttr, value: u16) {
    link.set(attr, value.into(), &Terms::new().call()).unwrap();
}

/// Rule 6.1.7: the character counts as END, enabled or not, and END comes before the count and
/// before the termination character.
#[test]
fn the_termination_character_is_end_by_default() {
    let pty = Pty::open();
    let link = open(&pty);
    pty.send(b"one\ntwo\rthree");
    let mut terms = Terms::new();
    assert_eq!(read(&*link, 100, &terms), (b"one\n".to_vec(), Ok(Stop::End)));
    terms.end_char = b'\r';
    assert_eq!(read(&*link, 4, &terms), (b"two\r".to_vec(), Ok(Stop::End)));
    assert_eq!(read(&*link, 2, &terms), (b"th".to_vec(), Ok(Stop::Count)));
    (terms.end_char, terms.term_char) = (b'r', Some(b'r'));
    assert_eq!(read(&*link, 100, &terms), (b"r".to_vec(), Ok(Stop::End)));
    let (rest, outcome) = read(&*link, 100, &Terms::hurried());
    assert_eq!((rest, code(outcome)), (b"ee".to_vec(), VI_ERROR_TMO));
}

#[test]
fn without_end_only_count_time_and_an_enabled_character_end_a_read() {
    let pty = Pty::open();
    let link = open(&pty);
    set(&*link, VI_ATTR_ASRL_END_IN, VI_ASRL_END_NONE);
    pty.send(b"a\nb\nc\n");
    let mut terms = Terms::new();
    assert_eq!(read(&*link, 3, &terms), (b"a\nb".to_vec(), Ok(Stop::Count)));
    terms.term_char = Some(b'\n');
    assert_eq!(read(&*link, 10, &terms), (b"\n".to_vec(), Ok(Stop::TermChar)));
    let (rest, outcome) = read(&*link, 10, &Terms::hurried());
    assert_eq!((rest, code(outcome)), (b"c\n".to_vec(), VI_ERROR_TMO));
}

/// Rule 6.1.4: suppressed, END ends nothing, whatever marks it.
#[test]
fn suppressed_end_ends_nothing() {
    let pty = Pty::open();
    let link = open(&pty);
    pty.send(b"a\nb\n");
    let mut terms = Terms { suppress_end: true, ..Terms::hurried() };
    let (bytes, outcome) = read(&*link, 10, &terms);
    assert_eq!((bytes, code(outcome)), (b"a\nb\n".to_vec(), VI_ERROR_TMO));
    pty.send(b"c\nd");
    terms = Terms { suppress_end: true, term_char: Some(b'\n'), ..Terms::new() };
    assert_eq!(read(&*link, 10, &terms), (b"c\n".to_vec(), Ok(Stop::TermChar)));
}

#[test]
fn the_last_data_bit_is_end_where_asked_for() {
    let pty = Pty::open();
    let link = open(&pty);
    set(&*link, VI_ATTR_ASRL_END_IN, VI_ASRL_END_LAST_BIT);
    pty.send(b"a\nb\xE3d");
    assert_eq!(read(&*link, 10, &Terms::new()), (b"a\nb\xE3".to_vec(), Ok(Stop::End)));
    assert_eq!(read(&*link, 1, &Terms::new()), (b"d".to_vec(), Ok(Stop::Count)));
}

#[test]
fn what_a_write_adds_is_not_counted() {
    let pty = Pty::open();
    let link = open(&pty);
    let terms = Terms { end_char: b'\r', ..Terms::new() };
    let unended = Terms { send_end: false, ..Terms::new() };
    let write = |end: u16, data: &[u8], terms: &Terms, wanted: &[u8]| {
        set(&*link, VI_ATTR_ASRL_END_OUT, end);
        let written = link.write(data, &terms.call());
        assert_eq!((written.count, written.outcome), (data.len(), Ok(())));
        assert_eq!(pty.receive(wanted.len()), wanted, "END_OUT {end}");
    };
    write(VI_ASRL_END_NONE, b"abc", &terms, b"abc");
    write(VI_ASRL_END_TERMCHAR, b"abc", &terms, b"abc\r");
    write(VI_ASRL_END_TERMCHAR, b"abc", &unended, b"abc");
    write(VI_ASRL_END_LAST_BIT, b"ab\xE3", &terms, b"ab\xE3");
    write(VI_ASRL_END_LAST_BIT, b"\xE1b\xE3", &unended, b"abc");
    let long = vec![b'x'; 10_000];
    let mut wanted = long.clone();
    *wanted.last_mut().unwrap() |= 0x80;
    std::thread::scope(|scope| {
        let device = scope.spawn(|| pty.receive(wanted.len()));
        let written = link.write(&long, &terms.call());
        assert_eq!((written.count, written.outcome), (long.len(), Ok(())));
        assert!(device.join().unwrap() == wanted);
    });
    assert!(pty.is_silent());
}

#[test]
fn nulls_are_dropped_and_never_hold_a_read_past_its_time() {
    let pty = Pty::open();
    let link = open(&pty);
    set(&*link, VI_ATTR_ASRL_DISCARD_NULL, 1);
    pty.send(b"a\0\0b\0\n");
    assert_eq!(read(&*link, 10, &Terms::new()), (b"ab\n".to_vec(), Ok(Stop::End)));
    let stop = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        let running = || !stop.load(std::sync::atomic::Ordering::SeqCst);
        let device = &pty;
        scope.spawn(move || {
            while running() {
                device.send(&[0; 512]);
            }
        });
        let (bytes, outcome) = read(&*link, 10, &Terms::hurried());
        assert_eq!((bytes, code(outcome)), (Vec::new(), VI_ERROR_TMO));
        stop.store(true, std::sync::atomic::Ordering::SeqCst);
        // The sender may be blocked, and is let go on.
        link.clear(&Terms::new().call()).unwrap();
    });
}

#[test]
fn a_clear_drops_both_directions_and_the_session_goes_on() {
    let pty = Pty::open();
    let link = open(&pty);
    pty.send(b"kept\nunread");
    assert_eq!(read(&*link, 3, &Terms::new()).0, b"kep");
    link.clear(&Terms::new().call()).unwrap();
    let (rest, outcome) = read(&*link, 10, &Terms::hurried());
    assert_eq!((rest, code(outcome)), (Vec::new(), VI_ERROR_TMO));
    pty.send(b"next\n");
    assert_eq!(read(&*link, 10, &Terms::new()), (b"next\n".to_vec(), Ok(Stop::End)));
}

/// viFlush with VI_IO_IN_BUF and VI_IO_OUT_BUF.
#[test]
fn the_input_can_be_dropped_and_the_output_waited_for() {
    let pty = Pty::open();
    let link = open(&pty);
    pty.send(b"one\ntwo\n");
    assert_eq!(read(&*link, 10, &Terms::new()).0, b"one\n");
    assert_eq!(link.get(VI_ATTR_ASRL_AVAIL_NUM), Ok(crate::attr::Value::Number(4)));
    link.discard_input(&Terms::new().call()).unwrap();
    assert_eq!(link.get(VI_ATTR_ASRL_AVAIL_NUM), Ok(crate::attr::Value::Number(0)));
    link.flush_output(&Terms::new().call()).unwrap();
    link.discard_output(&Terms::new().call()).unwrap();
    assert!(pty.is_silent());
}

#[test]
fn a_lost_port_says_so_at_once() {
    let pty = Pty::open();
    let link = open(&pty);
    let mut buf = [0; 10];
    let outcome = std::thread::scope(|scope| {
        let endless = Terms { timeout_ms: VI_TMO_INFINITE, ..Terms::new() };
        let (link, buf) = (&*link, &mut buf);
        let reader = scope.spawn(move || link.read(buf, &endless.call()).outcome);
        drop(pty);
        reader.join().unwrap()
    });
    assert_eq!(code(outcome), VI_ERROR_CONN_LOST);
    let terms = Terms::new();
    assert_eq!(code(link.write(b"x", &terms.call()).outcome), VI_ERROR_CONN_LOST);
    assert_eq!(code(link.get(VI_ATTR_ASRL_AVAIL_NUM)), VI_ERROR_CONN_LOST);
    assert_eq!(code(link.clear(&terms.call())), VI_ERROR_CONN_LOST);
}

/// No byte is lost between a fast device and a slow reader, whatever the sizes of its reads.
#[test]
fn a_slow_reader_loses_nothing() {
    const MUCH: usize = 2 << 20;
    let pty = Pty::open();
    let link = open(&pty);
    set(&*link, VI_ATTR_ASRL_END_IN, VI_ASRL_END_NONE);
    let pattern = |i: usize| (i * 31 + i / 251) as u8;
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let bytes: Vec<u8> = (0..MUCH).map(pattern).collect();
            pty.send(&bytes);
        });
        let (mut at, mut round) = (0, 0_usize);
        while at < MUCH {
            let size = [1, 7, 4096, 65_536, 300][round % 5].min(MUCH - at);
            let terms = Terms { term_char: (round % 3 == 0).then_some(b'\n'), ..Terms::new() };
            let (bytes, outcome) = read(&*link, size, &terms);
            outcome.unwrap();
            assert!(bytes.iter().enumerate().all(|(i, byte)| *byte == pattern(at + i)), "at {at}");
            at += bytes.len();
            round += 1;
            if round.is_multiple_of(50) {
                std::thread::sleep(Duration::from_millis(1));
            }
        }
    });
    assert!(pty.is_silent());
}

/// Whatever holds the output up: a write ends by its time or by viTerminate, and says how much left.
#[test]
fn output_that_is_held_up_holds_no_call() {
    let pty = Pty::open();
    let link = open(&pty);
    set(&*link, VI_ATTR_ASRL_ALLOW_TRANSMIT, 0);
    let written = link.write(b"held", &Terms::hurried().call());
    assert_eq!((written.count, code(written.outcome)), (0, VI_ERROR_TMO));
    let endless = Terms { timeout_ms: VI_TMO_INFINITE, ..Terms::new() };
    let outcome = std::thread::scope(|scope| {
        let writer = scope.spawn(|| link.write(b"held", &endless.call()).outcome);
        // The thread may not have got as far as the call.
        while !writer.is_finished() {
            endless.cancel.terminate();
            std::thread::yield_now();
        }
        writer.join().unwrap()
    });
    assert_eq!(code(outcome), VI_ERROR_ABORT);
    set(&*link, VI_ATTR_ASRL_ALLOW_TRANSMIT, 1);
    assert_eq!(link.write(b"free", &Terms::new().call()).count, 4);
    assert_eq!(pty.receive(4), b"free");
}

/// While a write is held up, flow control can be changed: that may be what lets it go on. How bits
/// are sent cannot.
#[test]
fn flow_control_changes_beside_a_write() {
    let (pty, terms) = (Pty::open(), Terms::hurried());
    let port = Port::open(&pty.path, &Terms::new().call().wait).unwrap();
    let link = AsrlLink::new(port.clone(), String::new());
    let writing = port.output.pass(&terms.call().wait).unwrap();
    let flow = VI_ASRL_FLOW_XON_XOFF.into();
    assert_eq!(link.set(VI_ATTR_ASRL_FLOW_CNTRL, flow, &terms.call()), Ok(()));
    assert_eq!(code(link.set(VI_ATTR_ASRL_BAUD, 4800, &terms.call())), VI_ERROR_TMO);
    drop(writing);
    assert_eq!(link.set(VI_ATTR_ASRL_BAUD, 4800, &Terms::new().call()), Ok(()));
}
