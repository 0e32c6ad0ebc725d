#![forbid(unsafe_code)]
//! The interface against the simulated instrument.

use std::time::Duration;

use crate::iface::vxi11::tests::peer::{Client, LONG};
use crate::iface::{RenMode, Stop};
use crate::os::Deadline;
use crate::sim::{Config, Instrument, pattern};
use crate::status::{VI_ERROR_ABORT, VI_ERROR_TMO};

fn instrument(max_receive: u32) -> Instrument {
    let config = Config { socket: None, hislip: None, max_receive, ..Config::default() };
    Instrument::start(config).unwrap()
}

fn open(instrument: &Instrument) -> Client {
    Client::open(instrument.vxi11_port().unwrap())
}

fn tell(client: &Client, text: &str) {
    let written = client.write(text.as_bytes());
    assert_eq!((written.count, written.outcome), (text.len(), Ok(())), "{text}");
}

fn query(client: &Client, text: &str) -> String {
    tell(client, text);
    let (answer, outcome) = client.read(1000);
    assert_eq!(outcome, Ok(Stop::End), "{text}");
    String::from_utf8(answer).unwrap()
}

#[test]
fn queries_are_answered_and_closing_frees_the_link() {
    let instrument = instrument(1 << 20);
    let client = open(&instrument);
    assert!(query(&client, "*IDN?\n").starts_with("Ferrovisa,"));
    assert_eq!(query(&client, "ECHO? hello\n"), "hello\n");
    assert_eq!(instrument.counters().links, 1);
    client.link.close(Deadline::Never);
    assert_eq!(instrument.counters().links, 0);
}

#[test]
fn end_decides_where_a_command_ends() {
    let instrument = instrument(1 << 20);
    let client = open(&instrument);
    let mut call = client.call(LONG);
    call.send_end = false;
    assert!(client.link.write(b"*ID", &call).outcome.is_ok());
    assert!(query(&client, "N?").starts_with("Ferrovisa,"));
}

#[test]
fn a_block_is_the_same_whatever_the_size_of_the_reads() {
    let instrument = instrument(1 << 20);
    let client = open(&instrument);
    let expected: Vec<u8> =
        b"#43201".iter().copied().chain((0..3201).map(pattern)).chain(*b"\n").collect();
    for size in [1, 7, 64, 997, expected.len(), 20480] {
        tell(&client, "DATA:BLOCK? 3201\n");
        let mut got = Vec::new();
        let last = loop {
            let (bytes, outcome) = client.read(size);
            got.extend(bytes);
            match outcome.unwrap() {
                Stop::Count => {}
                stop => break stop,
            }
        };
        assert_eq!((got == expected, last), (true, Stop::End), "{size} bytes at a time");
    }
}

#[test]
fn termination_characters_inside_a_block_each_end_a_read() {
    let instrument = instrument(1 << 20);
    let client = open(&instrument);
    tell(&client, "DATA:BLOCK? 3201\n");
    let mut call = client.call(LONG);
    call.term_char = Some(b'\n');
    let mut got = Vec::new();
    loop {
        let (line, outcome) = client.read_with(5000, &call);
        assert_eq!(line.iter().position(|byte| *byte == b'\n'), Some(line.len() - 1));
        got.extend(line);
        match outcome.unwrap() {
            Stop::TermChar => {}
            stop => break assert_eq!(stop, Stop::End),
        }
    }
    assert_eq!(got.len(), 6 + 3201 + 1);
    assert!(got[6..].iter().zip(0..3201).all(|(byte, i)| *byte == pattern(i)));
}

#[test]
fn megabytes_pass_both_ways() {
    const SIZE: usize = 4 << 20;
    let instrument = instrument(100_000);
    let client = open(&instrument);
    let head = format!("#7{SIZE}");
    let data: Vec<u8> = head.bytes().chain((0..SIZE as u64).map(pattern)).collect();
    let command: Vec<u8> = b"DATA:LOAD ".iter().chain(&data).chain(b"\n").copied().collect();
    let written = client.write(&command);
    assert_eq!((written.count, written.outcome), (command.len(), Ok(())));
    // Count, checksum, and whether every byte was the expected one.
    let report = query(&client, "DATA:LOAD?\n");
    assert!(report.starts_with(&format!("{SIZE},")) && report.ends_with(",1\n"), "{report}");
    tell(&client, &format!("DATA:BLOCK? {SIZE}\n"));
    let (got, outcome) = client.read(data.len() + 1);
    assert_eq!(outcome, Ok(Stop::End));
    assert!(got[..data.len()] == data, "the same bytes");
}

#[test]
fn operations_reach_the_instrument() {
    let instrument = instrument(1 << 20);
    let client = open(&instrument);
    let call = || client.call(LONG);
    client.link.trigger(&call()).unwrap();
    client.link.clear(&call()).unwrap();
    client.link.control_ren(RenMode::AssertAddress, &call()).unwrap();
    let seen = instrument.counters();
    assert_eq!((seen.triggers, seen.clears, seen.remote), (1, 1, true));
    client.link.control_ren(RenMode::AddressGtl, &call()).unwrap();
    assert!(!instrument.counters().remote);
    tell(&client, "*IDN?\n");
    assert_eq!(client.link.read_stb(&call()).map(|stb| stb & 0x10), Ok(0x10), "MAV");
    client.link.clear(&call()).unwrap();
    assert_eq!(client.link.read_stb(&call()).map(|stb| stb & 0x10), Ok(0), "cleared");
}

#[test]
fn a_timeout_and_a_clear_leave_no_residue() {
    let instrument = instrument(1 << 20);
    let client = open(&instrument);
    for cycle in 0..5 {
        let (_, outcome) = client.read_with(100, &client.call(20));
        assert_eq!(outcome.unwrap_err().code, VI_ERROR_TMO);
        client.link.clear(&client.call(LONG)).unwrap();
        let echo = format!("cycle {cycle}\n");
        assert_eq!(query(&client, &format!("ECHO? {echo}")), echo);
    }
}

#[test]
fn a_cancelled_read_is_aborted_on_the_instrument_too() {
    let instrument = instrument(1 << 20);
    let client = open(&instrument);
    // On a busy machine the cancel may come before the read has left; then there is nothing for
    // the instrument to abort, and the next attempt gives it more time.
    let mut patience = Duration::from_millis(20);
    while instrument.counters().aborts == 0 {
        std::thread::scope(|scope| {
            // Taken here: a thread that starts late must be cancelled too.
            let call = client.call(u32::MAX);
            let client = &client;
            let blocked = scope.spawn(move || client.read_with(10, &call));
            std::thread::sleep(patience);
            client.cancel.terminate();
            assert_eq!(blocked.join().unwrap().1.unwrap_err().code, VI_ERROR_ABORT);
        });
        assert_eq!(query(&client, "ECHO? usable\n"), "usable\n");
        patience *= 2;
        assert!(patience < Duration::from_secs(10), "no abort has reached the instrument");
    }
}
