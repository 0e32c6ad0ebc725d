#![forbid(unsafe_code)]
//! The interface against the simulated instrument.

use std::time::Duration;

use super::peer::Session;
use crate::attr::Value;
use crate::consts::{VI_ATTR_TCPIP_HISLIP_OVERLAP_EN, VI_ATTR_TCPIP_HISLIP_VERSION};
use crate::iface::{RenMode, Stop};
use crate::rsrc::ResourceName;
use crate::sim::{Config, Instrument, pattern};
use crate::status::{VI_ERROR_ABORT, VI_ERROR_TMO};

fn instrument(config: Config) -> Instrument {
    Instrument::start(Config { socket: None, vxi11: None, ..config }).unwrap()
}

fn open(instrument: &Instrument) -> Session {
    let port = instrument.hislip_port().unwrap();
    let name = format!("TCPIP0::127.0.0.1::hislip0,{port}::INSTR");
    Session::open(&ResourceName::parse(&name).unwrap())
}

/// Both modes: what holds in one has to hold in the other.
fn in_both_modes(test: impl Fn(&Instrument, &Session)) {
    for hislip_overlap in [false, true] {
        let instrument = instrument(Config { hislip_overlap, ..Config::default() });
        let session = open(&instrument);
        let mode = session.link.get(VI_ATTR_TCPIP_HISLIP_OVERLAP_EN);
        assert_eq!(mode, Ok(Value::from(hislip_overlap)));
        test(&instrument, &session);
    }
}

#[test]
fn queries_are_answered_and_closing_frees_the_session() {
    in_both_modes(|instrument, session| {
        for i in 0..200 {
            let text = format!("ECHO? {i}\n");
            assert_eq!(session.query(text.as_bytes()), text.as_bytes()[6..]);
        }
        assert_eq!(instrument.counters().sessions, 1);
    });
}

#[test]
fn an_older_server_is_spoken_to_in_its_version() {
    let instrument = instrument(Config { hislip_version: (1, 0), ..Config::default() });
    let session = open(&instrument);
    let version = session.link.get(VI_ATTR_TCPIP_HISLIP_VERSION);
    assert_eq!(version, Ok(Value::Number(0x0010_0000)));
    assert!(session.query(b"*IDN?\n").starts_with(b"Ferrovisa,"));
}

#[test]
fn a_block_is_the_same_whatever_the_size_of_the_reads() {
    let expected: Vec<u8> =
        b"#43201".iter().copied().chain((0..3201).map(pattern)).chain(*b"\n").collect();
    in_both_modes(|_, session| {
        for size in [1, 7, 64, 997, expected.len(), 20480] {
            session.write(b"DATA:BLOCK? 3201\n");
            let mut got = Vec::new();
            loop {
                let (part, outcome) = session.read_with(size, &session.calm());
                got.extend_from_slice(&part);
                if outcome.unwrap() == Stop::End {
                    break;
                }
                assert!(got.len() < expected.len(), "END comes with the last byte");
            }
            assert!(got == expected, "{size} bytes at a time");
        }
    });
}

#[test]
fn a_message_goes_in_pieces_as_small_as_the_instrument_asks() {
    let instrument = instrument(Config { hislip_max_message: 64, ..Config::default() });
    let session = open(&instrument);
    let text = format!("ECHO? {}\n", "0123456789".repeat(300));
    assert_eq!(session.query(text.as_bytes()), text.as_bytes()[6..]);
}

#[test]
fn a_clear_drops_a_reply_read_not_at_all_or_in_part() {
    in_both_modes(|instrument, session| {
        for cycle in 0..25 {
            session.write(b"DATA:BLOCK? 100000\n");
            if cycle % 2 == 0 {
                assert_eq!(session.read_with(10, &session.calm()).1, Ok(Stop::Count));
            }
            session.link.clear(&session.calm()).unwrap();
            assert_eq!(session.query(b"*OPC?\n"), b"1\n");
        }
        assert_eq!(instrument.counters().clears, 25);
    });
}

#[test]
fn status_trigger_and_remote_control_reach_the_instrument() {
    in_both_modes(|instrument, session| {
        let status = || session.link.read_stb(&session.calm()).unwrap();
        assert_eq!(status() & 0x10, 0);
        session.write(b"*IDN?\n");
        // MAV: the reply waits, then it is read.
        while status() & 0x10 == 0 {}
        session.read();
        assert_eq!(status() & 0x10, 0);
        session.link.trigger(&session.calm()).unwrap();
        assert_eq!(session.query(b"*OPC?\n"), b"1\n");
        assert_eq!(instrument.counters().triggers, 1);
        session.link.control_ren(RenMode::AssertAddressLlo, &session.calm()).unwrap();
        let counters = instrument.counters();
        assert!(counters.remote && counters.lockout);
        session.link.control_ren(RenMode::DeassertGtl, &session.calm()).unwrap();
        assert!(!instrument.counters().remote);
    });
}

#[test]
fn a_late_answer_is_dropped_in_synchronized_mode_and_after_a_clear() {
    in_both_modes(|_, session| {
        let overlap = session.link.get(VI_ATTR_TCPIP_HISLIP_OVERLAP_EN) == Ok(true.into());
        session.write(b"SYST:DEL 200\n");
        session.write(b"ECHO? late\n");
        assert_eq!(session.read_error(20).1.code, VI_ERROR_TMO);
        if overlap {
            session.link.clear(&session.calm()).unwrap();
        }
        session.write(b"SYST:DEL 0\n");
        assert_eq!(session.query(b"ECHO? fresh\n"), b"fresh\n");
    });
}

#[test]
fn the_mode_can_be_switched_there_and_back() {
    let instrument = instrument(Config::default());
    let session = open(&instrument);
    for on in [true, false] {
        let set = session.link.set(VI_ATTR_TCPIP_HISLIP_OVERLAP_EN, on.into(), &session.calm());
        assert_eq!(set, Ok(()));
        assert_eq!(session.link.get(VI_ATTR_TCPIP_HISLIP_OVERLAP_EN), Ok(on.into()));
        session.write(b"ECHO? one\n");
        if on {
            session.write(b"ECHO? two\n");
            assert_eq!(session.read(), b"one\n");
            assert_eq!(session.read(), b"two\n");
        } else {
            assert_eq!(session.read(), b"one\n");
        }
    }
}

#[test]
fn a_cancelled_read_is_aborted_and_the_session_goes_on() {
    in_both_modes(|_, session| {
        std::thread::scope(|scope| {
            let call = session.call(u32::MAX);
            let reader = scope.spawn(move || session.read_with(9, &call).1);
            std::thread::sleep(Duration::from_millis(40));
            session.cancel.terminate();
            assert_eq!(reader.join().unwrap().unwrap_err().code, VI_ERROR_ABORT);
        });
        assert_eq!(session.query(b"*OPC?\n"), b"1\n");
    });
}

#[test]
fn megabytes_pass_both_ways() {
    in_both_modes(|_, session| {
        let size: u64 = 5 << 20;
        let mut command = format!("DATA:LOAD #7{size}").into_bytes();
        command.extend((0..size).map(pattern));
        session.write(&command);
        let report = session.query(b"DATA:LOAD?\n");
        assert!(report.starts_with(b"5242880,") && report.ends_with(b",1\n"), "as the pattern");
        session.write(format!("DATA:BLOCK? {size}\n").as_bytes());
        let (got, outcome) = session.read_with(size as usize + 100, &session.calm());
        assert_eq!(outcome, Ok(Stop::End));
        assert!(got[9..].iter().copied().eq((0..size).map(pattern).chain(*b"\n")));
    });
}
