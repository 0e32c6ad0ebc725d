#![forbid(unsafe_code)]
//! What is answered to what, byte by byte.

use std::net::IpAddr;

use crate::sim::mdns::Announcement;
use crate::sim::mdns::Habits;
use crate::sim::mdns::message;
use crate::sim::mdns::message::Query;
use crate::sim::mdns::message::Record;
use crate::sim::mdns::zone::Zone;

fn announcement(habits: Habits) -> Announcement {
    Announcement {
        instance: "D.M".into(),
        host: "h".into(),
        services: vec![("_hislip".into(), 4880), ("_lxi".into(), 80)],
        text: vec![("Model".into(), "1".into())],
        habits,
    }
}

fn zone(habits: Habits) -> Zone {
    let addresses: [IpAddr; 2] = [[10, 0, 0, 5].into(), "fe80::5".parse().unwrap()];
    Zone::new(&announcement(habits), &addresses)
}

/// A question in bytes: header, then what follows.
fn asking(counts: [u8; 2], rest: &[u8]) -> Query {
    let mut bytes = vec![0x12, 0x34, 0, 0, 0, counts[0], 0, counts[1], 0, 0, 0, 0];
    bytes.extend_from_slice(rest);
    message::query(&bytes).unwrap()
}

const HISLIP: &[u8] = b"\x07_HiSLIP\x04_tcp\x05local\0\0\x0C\0\x01";
const LXI: &[u8] = b"\x04_lxi\xC0\x14\0\x0C\0\x01";

fn kinds(records: &[Record]) -> Vec<u16> {
    records.iter().map(|record| record.kind).collect()
}

/// Also in other letters: names have no case.
#[test]
fn a_question_for_services_is_answered_with_all_that_these_lead_to() {
    let answer = zone(Habits::default()).answer(&asking([1, 0], HISLIP)).unwrap();
    assert_eq!(kinds(&answer.answers), [12]);
    assert_eq!(kinds(&answer.more), [33, 16, 1, 28]);
    assert!(zone(Habits::default()).answer(&asking([1, 0], b"\x01x\0\0\x0C\0\x01")).is_none());
}

/// To one who asks from a port of his own: his number and question again, and times of ten seconds
/// at most; to all: no number, no question, true times, and what is unique is marked.
#[test]
fn one_asker_and_all_are_answered_differently() {
    let zone = zone(Habits { is_terse: true, ..Habits::default() });
    let query = asking([1, 0], b"\x01h\x05local\0\0\x01\0\x01");
    let answer = zone.answer(&query).unwrap();
    let to_one = b"\x12\x34\x84\0\0\x01\0\x01\0\0\0\0\x01h\x05local\0\0\x01\0\x01\
        \xC0\x0C\0\x01\0\x01\0\0\0\x0A\0\x04\x0A\0\0\x05";
    assert_eq!(message::to_one(&query, &answer.answers, &[]), to_one);
    let to_all =
        b"\0\0\x84\0\0\0\0\x01\0\0\0\0\x01h\x05local\0\0\x01\x80\x01\0\0\0\x78\0\x04\x0A\0\0\x05";
    assert_eq!(message::to_all(&answer.answers, &[]), to_all);
}

/// A name with a dot in a label; names are written once and pointed at.
#[test]
fn a_place_is_port_and_host() {
    let query = asking([1, 0], b"\x03D.M\x07_hislip\x04_tcp\x05local\0\0\x21\0\x01");
    let answer = zone(Habits::default()).answer(&query).unwrap();
    let bytes = message::to_all(&answer.answers, &[]);
    let expected = b"\0\0\x84\0\0\0\0\x01\0\0\0\0\x03D.M\x07_hislip\x04_tcp\x05local\0\
        \0\x21\x80\x01\0\0\0\x78\0\x0A\0\0\0\0\x13\x10\x01h\xC0\x1D";
    assert_eq!(bytes, expected);
    assert_eq!(kinds(&answer.more), [1, 28]);
}

/// Unless it would have it for less than half of its time.
#[test]
fn what_the_asker_knows_is_not_told_again() {
    let known = |ttl: u16| {
        let mut rest = HISLIP.to_vec();
        rest.extend_from_slice(b"\xC0\x0C\0\x0C\0\x01\0\0");
        rest.extend_from_slice(&ttl.to_be_bytes());
        rest.extend_from_slice(b"\0\x06\x03d.m\xC0\x0C");
        asking([1, 1], &rest)
    };
    assert!(zone(Habits::default()).answer(&known(2250)).is_none());
    assert!(zone(Habits::default()).answer(&known(2249)).is_some());
    // Another question is answered all the same.
    let mut both = known(4500);
    both.questions.push(asking([1, 0], b"\x01h\x05local\0\0\x01\0\x01").questions.remove(0));
    assert_eq!(kinds(&zone(Habits::default()).answer(&both).unwrap().answers), [1]);
}

#[test]
fn kinds_of_services_can_be_asked_for_and_all_about_a_name() {
    let kinds_of = b"\x09_services\x07_dns-sd\x04_udp\x05local\0\0\x0C\0\x01";
    let zone = zone(Habits::default());
    assert_eq!(zone.answer(&asking([1, 0], kinds_of)).unwrap().answers.len(), 2);
    let any = asking([1, 0], b"\x03D.M\x07_hislip\x04_tcp\x05local\0\0\xFF\0\x01");
    assert_eq!(kinds(&zone.answer(&any).unwrap().answers), [33, 16]);
}

#[test]
fn habits_are_kept() {
    let two = [HISLIP, LXI].concat();
    let count = |habits| {
        let answer = zone(habits).answer(&asking([2, 0], &two)).unwrap();
        (answer.answers.len(), answer.more.len())
    };
    assert_eq!(count(Habits::default()), (2, 6));
    assert_eq!(count(Habits { is_terse: true, ..Habits::default() }), (2, 0));
    assert_eq!(count(Habits { reads_one: true, ..Habits::default() }), (1, 4));
}

#[test]
fn a_goodbye_takes_all_back() {
    let zone = zone(Habits::default());
    let bye = zone.goodbye();
    assert_eq!(bye.len(), zone.all().len());
    assert!(bye.iter().all(|record| record.ttl == 0));
}

#[test]
fn answers_and_noise_are_no_questions() {
    assert!(message::query(b"\0\0\x84\0\0\0\0\0\0\0\0\0").is_none());
    assert!(
        message::query(b"\0\0\0\0\0\x01\0\0\0\0\0\0\xC0\x0C\0\x01\0\x01").is_none(),
        "a circle"
    );
    for length in 0..HISLIP.len() + 11 {
        let whole = [b"\0\0\0\0\0\x01\0\0\0\0\0\0", HISLIP].concat();
        assert!(message::query(&whole[..length]).is_none());
    }
}
