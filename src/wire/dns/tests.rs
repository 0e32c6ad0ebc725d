#![forbid(unsafe_code)]
//! Messages written by hand from the standards, and bytes that nobody should send.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::*;
use crate::wire::noise;

/// A message with this many records, all in the answer section.
fn answer(records: u16, rest: &[u8]) -> Vec<u8> {
    let mut message = vec![0x12, 0x34, 0x84, 0, 0, 0];
    message.extend_from_slice(&records.to_be_bytes());
    message.extend_from_slice(&[0; 4]);
    message.extend_from_slice(rest);
    message
}

fn records(message: &[u8]) -> Vec<Record<'_>> {
    Answer::decode(message).unwrap().collect()
}

fn name(text: &str) -> Name {
    Name::of(text).unwrap()
}

#[test]
fn a_question_is_a_header_names_types_and_the_internet() {
    let questions = [
        Question { name: name("_lxi._tcp.local"), kind: PTR },
        Question { name: name("a.local"), kind: AAAA },
    ];
    let message = query(0x1234, &questions);
    let mut expected = vec![0x12, 0x34, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0];
    expected.extend_from_slice(b"\x04_lxi\x04_tcp\x05local\0\0\x0C\0\x01");
    expected.extend_from_slice(b"\x01a\x05local\0\0\x1C\0\x01");
    assert_eq!(message, expected);
    assert_eq!(message.len(), HEADER + questions.iter().map(Question::size).sum::<usize>());
    assert!(Answer::decode(&message).is_none(), "a question is no answer");
}

/// As a responder sends it: one answer, what it leads to behind it, names compressed.
#[test]
fn an_answer_tells_service_place_text_and_addresses() {
    let mut rest =
        b"\x04_lxi\x04_tcp\x05local\0\0\x0C\0\x01\0\0\x11\x94\0\x06\x03DMM\xC0\x0C".to_vec();
    // DMM._lxi._tcp.local stands at 12 + 17 + 10 = 39.
    rest.extend_from_slice(b"\xC0\x27\0\x21\x80\x01\0\0\0\x78\0\x0A\0\0\0\0\0\x50\x01h\xC0\x16");
    rest.extend_from_slice(b"\xC0\x27\0\x10\x80\x01\0\0\0\x78\0\x0E\x09txtvers=1\x03A=b");
    // h.local stands at 45 + 12 + 6 = 63.
    rest.extend_from_slice(b"\xC0\x3F\0\x01\x80\x01\0\0\0\x78\0\x04\x0A\0\0\x05");
    rest.extend_from_slice(
        b"\xC0\x3F\0\x1C\x80\x01\0\0\0\x78\0\x10\xFE\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\x05",
    );
    let message = answer(5, &rest);
    let dmm = name("dmm._LXI._tcp.local");
    let record = |name: &Name, ttl, data| Record { name: name.clone(), ttl, data };
    let host = name("h.local");
    let expected = [
        record(&name("_lxi._tcp.local"), 4500, Data::Ptr(dmm.clone())),
        record(&dmm, 120, Data::Srv { port: 80, host: host.clone() }),
        record(&dmm, 120, Data::Txt(b"\x09txtvers=1\x03A=b")),
        record(&host, 120, Data::A(Ipv4Addr::new(10, 0, 0, 5))),
        record(&host, 120, Data::Aaaa("fe80::5".parse::<Ipv6Addr>().unwrap())),
    ];
    assert_eq!(records(&message), expected);
    assert_eq!(Answer::decode(&message).unwrap().id, 0x1234);
    let (label, behind) = dmm.split().unwrap();
    assert_eq!((label, behind), (&b"dmm"[..], name("_lxi._tcp.local")));
    assert_eq!(dmm.to_string(), "dmm._LXI._tcp.local");
    assert!(dmm.is("DMM._lxi._tcp.local"));
    for other in ["DMM._lxi._tcp", "DMM._lxi._tcp.local.x", "_lxi._tcp.local", "DMM"] {
        assert!(!dmm.is(other), "{other}");
    }
}

/// Legacy answers repeat the question (RFC 6762 section 6.7).
#[test]
fn questions_before_the_answer_are_passed_over() {
    let mut message =
        answer(1, b"\x01a\0\0\x01\0\x01\xC0\x0C\0\x01\0\x01\0\0\0\x0A\0\x04\x0A\0\0\x05");
    message[5] = 1;
    assert_eq!(records(&message)[0].data, Data::A([10, 0, 0, 5].into()));
    message[5] = 2;
    assert!(Answer::decode(&message).is_none_or(|answer| answer.count() == 0));
}

/// An answer of nothing but questions would cost much to read.
#[test]
fn an_answer_repeats_no_more_questions_than_can_have_been_asked() {
    for (count, is_answer) in [(256_u16, true), (257, false)] {
        let mut message = answer(0, &b"\0\0\x0C\0\x01".repeat(count.into()));
        message[4..6].copy_from_slice(&count.to_be_bytes());
        assert_eq!(Answer::decode(&message).is_some(), is_answer, "{count}");
    }
}

#[test]
fn refusals_questions_and_other_operations_are_no_answers() {
    for (flags, is_answer) in [(0x84, true), (0x80, true), (0x04, false), (0x8C, false)] {
        let mut message = answer(0, b"");
        message[2] = flags;
        assert_eq!(Answer::decode(&message).is_some(), is_answer, "{flags:02x}");
    }
    let mut refused = answer(0, b"");
    refused[3] = 5;
    assert!(Answer::decode(&refused).is_none());
}

/// A name that points at itself, forward, or in a circle is none, and what follows is not read.
#[test]
fn names_that_lead_in_a_circle_are_refused() {
    let good = b"\x01a\0\0\x01\0\x01\0\0\0\x0A\0\x04\x0A\0\0\x05";
    for bad in [&b"\xC0\x1D"[..], b"\xC0\x1E", b"\xC0\xFF", b"\x01x\xC0\x1D", b"\x80\x01", b"\x40"]
    {
        let mut rest = good.to_vec();
        rest.extend_from_slice(bad);
        rest.extend_from_slice(&good[3..]);
        let message = answer(2, &rest);
        let read = records(&message);
        assert_eq!(read.len(), 1, "{bad:02x?}");
    }
    // Two that point at each other.
    let message = answer(1, b"\xC0\x0E\xC0\x0C\0\x01\0\x01\0\0\0\x0A\0\x04\x0A\0\0\x05");
    assert!(records(&message).is_empty());
}

/// 50 pointers to pointers are more than any name needs; 20 are not.
#[test]
fn a_chain_of_pointers_has_an_end() {
    let chain = |links: usize| {
        let mut rest = b"\0\0\x10\0\x01\0\0\0\x0A".to_vec();
        let data_at = HEADER + rest.len() + 2;
        let mut data = b"\x01a\0".to_vec();
        for link in 0..links {
            let to = if link == 0 { data_at } else { data_at + 3 + (link - 1) * 2 };
            data.extend_from_slice(&(0xC000 | to as u16).to_be_bytes());
        }
        rest.extend_from_slice(&(data.len() as u16).to_be_bytes());
        let last = data_at + data.len() - 2;
        rest.extend_from_slice(&data);
        rest.extend_from_slice(&(0xC000 | last as u16).to_be_bytes());
        rest.extend_from_slice(b"\0\x01\0\x01\0\0\0\x0A\0\x04\x0A\0\0\x05");
        answer(2, &rest)
    };
    assert_eq!(records(&chain(20)).len(), 2);
    assert_eq!(records(&chain(20))[1].name, name("a"));
    assert_eq!(records(&chain(50)).len(), 1);
}

/// 255 bytes are the most, however they are put together.
#[test]
fn a_name_has_an_end() {
    let label = |length: u8| [&[length][..], &vec![b'x'; length.into()]].concat();
    let of = |last: u8| {
        let mut rest: Vec<u8> = [63, 63, 63, last].into_iter().flat_map(label).collect();
        rest.extend_from_slice(b"\0\0\x01\0\x01\0\0\0\x0A\0\x04\x0A\0\0\x05");
        answer(1, &rest)
    };
    assert_eq!(records(&of(61)).len(), 1);
    assert_eq!(records(&of(62)).len(), 0);
    assert!(Name::of(&"x".repeat(64)).is_none() && Name::of("a..b").is_none());
    assert!(Name::of(&["x".repeat(63).as_str(); 4].join(".")).is_none());
}

/// Data that is not what its type says is passed over; the next record is read.
#[test]
fn records_of_wrong_length_say_nothing() {
    let good = b"\x01a\0\0\x01\0\x01\0\0\0\x0A\0\x04\x0A\0\0\x05";
    for bad in [
        &b"\x01a\0\0\x01\0\x01\0\0\0\x0A\0\x05\x0A\0\0\x05\x05"[..],
        b"\x01a\0\0\x1C\0\x01\0\0\0\x0A\0\x04\x0A\0\0\x05",
        b"\x01a\0\0\x0C\0\x01\0\0\0\x0A\0\x04\x01b\0\0",
        b"\x01a\0\0\x0C\0\x01\0\0\0\x0A\0\x02\x01b\0",
        b"\x01a\0\0\x21\0\x01\0\0\0\x0A\0\x05\0\0\0\0\0",
        b"\x01a\0\0\x01\0\x03\0\0\0\x0A\0\x04\x0A\0\0\x05",
        b"\x01a\0\0\x2F\0\x01\0\0\0\x0A\0\x04\x0A\0\0\x05",
    ] {
        let message = answer(2, &[bad, good].concat());
        let read = records(&message);
        let last = read.last().map(|record| record.data.clone());
        if bad[4] == 0x0C && bad[12] == 2 {
            // The length was too short, so that the next record begins in the middle of this one.
            continue;
        }
        assert_eq!(read[0].data, Data::Other, "{bad:02x?}");
        assert_eq!(last, Some(Data::A([10, 0, 0, 5].into())));
    }
}

/// What is cut short anywhere gives the records before that place, and no other.
#[test]
fn an_answer_that_is_cut_short_gives_what_is_whole() {
    let good = b"\x01a\0\0\x01\0\x01\0\0\0\x0A\0\x04\x0A\0\0\x05".repeat(3);
    let message = answer(3, &good);
    let one = good.len() / 3;
    for length in HEADER..message.len() {
        assert_eq!(records(&message[..length]).len(), (length - HEADER) / one);
    }
    assert!((0..HEADER).all(|length| Answer::decode(&message[..length]).is_none()));
    // More records are announced than there are.
    assert_eq!(records(&answer(9999, &good)).len(), 3);
}

#[test]
fn text_is_looked_up_by_its_key() {
    let text = b"\x09txtvers=1\x0BMODEL=3446A\x04Flag\x07model=b\x02=x\0\x06Empty=\x20cut";
    assert_eq!(text::value(text, "Model"), Some(&b"3446A"[..]));
    assert_eq!(text::value(text, "txtvers"), Some(&b"1"[..]));
    assert_eq!(text::value(text, "Empty"), Some(&b""[..]));
    for absent in ["Flag", "cut", "Serial", "tx"] {
        assert_eq!(text::value(text, absent), None, "{absent}");
    }
}

/// Random bytes, and real answers with some bytes changed: nothing but records comes of them, and
/// never more than there is room for.
#[test]
fn no_bytes_do_harm() {
    let mut real =
        b"\x04_lxi\x04_tcp\x05local\0\0\x0C\0\x01\0\0\x11\x94\0\x06\x03DMM\xC0\x0C".to_vec();
    real.extend_from_slice(b"\xC0\x27\0\x21\x80\x01\0\0\0\x78\0\x0A\0\0\0\0\0\x50\x01h\xC0\x16");
    real.extend_from_slice(b"\xC0\x3F\0\x01\x80\x01\0\0\0\x78\0\x04\x0A\0\0\x05");
    let real = answer(3, &real);
    let mut read = 0;
    for bytes in noise() {
        let mut random = answer(9, &bytes);
        let mut changed = real.clone();
        for change in bytes.chunks_exact(3) {
            let place = usize::from(change[0]) * 7 + usize::from(change[1]);
            let place = place % changed.len();
            changed[place] = change[2];
        }
        random.truncate(random.len() - bytes.len() % 2);
        for message in [&bytes, &random, &changed] {
            for record in Answer::decode(message).into_iter().flatten() {
                read += 1;
                assert!(record.name.encoded().len() <= 255);
                if let Data::Txt(text) = record.data {
                    text::value(text, "Model");
                }
            }
            assert!(Answer::decode(message).map_or(0, Iterator::count) <= message.len() / 11);
        }
    }
    assert!(read > 10_000, "only {read} records came of it: the bytes do not get that far");
}
