#![forbid(unsafe_code)]
//! Messages as instruments send and take them that are right, and nearly right.

use super::*;
use crate::consts::{VI_ATTR_IO_PROT, VI_PROT_USBTMC_VENDOR};
use crate::status::{VI_ERROR_INP_PROT_VIOL, VI_ERROR_TMO};

#[test]
fn a_query_is_one_message_and_one_request() {
    let (script, link) = open();
    let terms = Terms::new();
    assert_eq!(write(&link, b"*IDN?", &terms), (5, Ok(())));
    let sent = b"\x01\x01\xFE\0\x05\0\0\0\x01\0\0\0*IDN?\0\0\0";
    assert_eq!(script.sent(), sent, "EOM, and padding to a multiple of 4");
    says(&script, 2, b"me\n", true);
    assert_eq!(read(&link, 100, &terms), (b"me\n".to_vec(), Ok(Stop::End)));
    assert_eq!(script.sent(), b"\x02\x02\xFD\0\x64\0\0\0\0\0\0\0");
    assert_eq!(script.log(), "message 1, request 2");
}

#[test]
fn a_message_is_sent_in_parts_of_any_length() {
    let (script, link) = open();
    let terms = Terms { send_end: false, ..Terms::new() };
    let data: Vec<u8> = (0..200_000_u32).map(|i| (i % 251) as u8).collect();
    for (tag, len) in
        [1, 4, 47, 48, 49, 52, 8180, 65_524, 65_525, 65_700, 199_999].into_iter().enumerate()
    {
        assert_eq!(write(&link, &data[..len], &terms), (len, Ok(())));
        let sent = script.sent();
        assert_eq!((sent[0], usize::from(sent[1])), (1, tag + 1));
        assert_eq!(sent[4..8], (len as u32).to_le_bytes());
        assert_eq!(sent[8], 0, "no EOM");
        assert_eq!(sent.len(), 12 + len.next_multiple_of(4));
        assert!(sent[12..12 + len] == data[..len] && sent[12 + len..].iter().all(|pad| *pad == 0));
    }
}

/// Around the ends of packets and of what is received in one piece, whole and in small reads.
#[test]
fn a_message_of_any_length_comes_whole() {
    let (script, link) = open();
    let terms = Terms::new();
    let data: Vec<u8> = (0..300_000_u32).map(|i| (i % 253) as u8).collect();
    let mut tag = 0_u8;
    let mut next = || {
        tag = if tag == 255 { 1 } else { tag + 1 };
        tag
    };
    let near = |packets: usize| (packets * PACKET).saturating_sub(14)..=packets * PACKET + 2;
    let lengths = [1, 2, 255, 256, 257, 1024, 1280, 4096].into_iter().flat_map(near);
    for len in lengths.chain(0..3) {
        says(&script, next(), &data[..len], true);
        let (got, stop) = read(&link, data.len(), &terms);
        assert!(got == data[..len] && stop == Ok(Stop::End), "{len}");
    }
    // The device sends no more than it is asked for.
    for (count, end) in [(100, false), (100, false), (57, true)] {
        says(&script, next(), &data[..count], end);
        let stop = if end { Stop::End } else { Stop::Count };
        assert_eq!(read(&link, 100, &terms), (data[..count].to_vec(), Ok(stop)));
    }
    // The count is full and the message ended: END counts.
    says(&script, next(), &data[..100], true);
    assert_eq!(read(&link, 100, &terms).1, Ok(Stop::End));
    assert!(script.is_finished());
}

#[test]
fn a_message_in_several_transfers_is_asked_for_again() {
    let (script, link) = open();
    says(&script, 1, b"abc", false);
    says(&script, 2, b"", false);
    says(&script, 3, b"def", true);
    assert_eq!(read(&link, 100, &Terms::new()), (b"abcdef".to_vec(), Ok(Stop::End)));
    assert_eq!(script.log(), "request 1, request 2, request 3");
    assert_eq!(script.sent()[4], 97, "for as much as there is still room");
}

#[test]
fn what_was_not_asked_for_is_kept_for_the_next_reads() {
    let (script, link) = open();
    let terms = Terms::new();
    let data: Vec<u8> = (0..200_000_u32).map(|i| (i % 249) as u8).collect();
    says(&script, 1, &data, true);
    assert_eq!(read(&link, 20_000, &terms), (data[..20_000].to_vec(), Ok(Stop::Count)));
    assert_eq!(read(&link, 7, &terms), (data[20_000..20_007].to_vec(), Ok(Stop::Count)));
    let (got, stop) = read(&link, 1_000_000, &terms);
    assert!(got == data[20_007..] && stop == Ok(Stop::End));
    assert_eq!(script.log(), "request 1");
    // A new message drops it, as the device drops its part.
    says(&script, 2, b"old answer", true);
    assert_eq!(read(&link, 3, &terms).0, b"old");
    is_well(&script, &link);
    // So does VI_IO_IN_BUF.
    let next = script.sent()[1] + 1;
    says(&script, next, b"old answer", true);
    assert_eq!(read(&link, 3, &terms).0, b"old");
    link.discard_input(&terms.call()).unwrap();
    says(&script, next + 1, b"new", true);
    assert_eq!(read(&link, 100, &terms).0, b"new");
}

#[test]
fn the_termination_character_ends_a_read_whoever_finds_it() {
    let (script, link) = open();
    let terms = Terms { term_char: Some(b'\n'), ..Terms::new() };
    // The device looks for it.
    says(&script, 1, b"a\n", false);
    assert_eq!(read(&link, 100, &terms), (b"a\n".to_vec(), Ok(Stop::TermChar)));
    assert_eq!(script.sent()[8..10], [2, b'\n'], "TermCharEnabled");
    // It does not although it says that it can; what follows is kept.
    says(&script, 2, b"b\nc\n\nd", true);
    for wanted in [&b"b\n"[..], b"c\n", b"\n"] {
        assert_eq!(read(&link, 100, &terms), (wanted.to_vec(), Ok(Stop::TermChar)));
    }
    assert_eq!(read(&link, 100, &terms), (b"d".to_vec(), Ok(Stop::End)));
    // END with the same byte counts as END, and the character before the count.
    says(&script, 3, b"e\n", true);
    assert_eq!(read(&link, 100, &terms), (b"e\n".to_vec(), Ok(Stop::End)));
    says(&script, 4, b"f\n", false);
    assert_eq!(read(&link, 2, &terms), (b"f\n".to_vec(), Ok(Stop::TermChar)));
    // What is kept beyond the buffer stays behind what is kept of it.
    says(&script, 5, b"g\nhij\nkl", true);
    let reads = ["g\n", "hij\n", "kl"].map(|_| read(&link, 5, &terms).0);
    assert_eq!(reads, [b"g\n".to_vec(), b"hij\n".to_vec(), b"kl".to_vec()]);
    assert_eq!(script.log().matches("request").count(), 5);
}

#[test]
fn a_device_that_cannot_look_for_characters_is_not_asked_to() {
    let script = Arc::new(Script::default());
    let link = open_as(&script, layout(), Quirks::default());
    says(&script, 1, b"a\nb", true);
    let terms = Terms { term_char: Some(b'\n'), ..Terms::new() };
    assert_eq!(read(&link, 1 << 20, &terms), (b"a\n".to_vec(), Ok(Stop::TermChar)));
    assert_eq!(script.sent()[8..10], [0, 0]);
    assert_eq!(script.sent()[4..8], (65_536_u32).to_le_bytes(), "nor for much beyond it");
}

#[test]
fn a_suppressed_end_does_not_end_a_read() {
    let (script, link) = open();
    let terms = Terms { suppress_end: true, ..Terms::new() };
    says(&script, 1, b"ab", true);
    says(&script, 2, b"cd", true);
    assert_eq!(read(&link, 4, &terms), (b"abcd".to_vec(), Ok(Stop::Count)));
    let hurried = Terms { suppress_end: true, ..Terms::hurried() };
    says(&script, 3, b"ef", true);
    let (got, outcome) = read(&link, 4, &hurried);
    assert_eq!((got, code(outcome)), (b"ef".to_vec(), VI_ERROR_TMO));
}

#[test]
fn read_some_takes_what_one_transfer_brings() {
    let (script, link) = open();
    says(&script, 1, b"ab", false);
    let mut buf = [0; 10];
    let read = link.read_some(&mut buf, &Terms::new().call());
    assert_eq!((read.count, read.outcome, &buf[..2]), (2, Ok(Stop::Count), &b"ab"[..]));
    assert_eq!(script.log(), "request 1");
}

#[test]
fn vendor_messages_have_headers_of_their_own() {
    let (script, link) = open();
    let terms = Terms { term_char: Some(b'x'), ..Terms::new() };
    link.set(VI_ATTR_IO_PROT, VI_PROT_USBTMC_VENDOR.into(), &terms.call()).unwrap();
    assert_eq!(link.get(VI_ATTR_IO_PROT), Ok(crate::attr::Value::Number(5)));
    assert_eq!(write(&link, b"12345", &terms), (5, Ok(())));
    assert_eq!(script.sent(), b"\x7E\x01\xFE\0\x05\0\0\0\0\0\0\x0012345\0\0\0");
    let mut reply = answer(2, b"678", false);
    reply[0] = 127;
    script.says(Said::Transfer(reply));
    // Such a message is one transfer: its header has no EOM.
    assert_eq!(read(&link, 9, &terms), (b"678".to_vec(), Ok(Stop::End)));
    assert_eq!(script.sent(), b"\x7F\x02\xFD\0\x09\0\0\0\0\0\0\0");
}

#[test]
fn a_missing_last_packet_is_not_waited_for_and_a_late_one_means_nothing() {
    let (script, link) = open();
    let terms = Terms::new();
    let full = [b'x'; PACKET - 12];
    script.says(Said::Endless(answer(1, &full, true)));
    script.says(Said::Silence);
    assert_eq!(read(&link, 500, &terms), (full.to_vec(), Ok(Stop::End)));
    // From then on it is not waited for at all.
    script.says(Said::Endless(answer(2, &full, true)));
    assert_eq!(read(&link, 500, &terms), (full.to_vec(), Ok(Stop::End)));
    assert!(script.is_finished());
    // It comes late, before the next answer: then it may be worth while to wait again.
    script.says(Said::Transfer(vec![]));
    says(&script, 3, &full, true);
    assert_eq!(read(&link, 500, &terms), (full.to_vec(), Ok(Stop::End)));
    assert!(script.is_finished(), "the end of the third was taken");
}

#[test]
fn what_follows_the_end_of_a_transfer_is_dropped() {
    let (script, link) = open();
    let terms = Terms::new();
    for (tag, beyond) in [(1, 1), (2, 3), (3, 60), (4, PACKET), (5, 5 * PACKET + 1)] {
        let mut bytes = answer(tag, b"abc", true);
        bytes.resize(bytes.len() + beyond, 0xEE);
        script.says(Said::Transfer(bytes));
        assert_eq!(read(&link, 500, &terms), (b"abc".to_vec(), Ok(Stop::End)));
    }
    assert_eq!(script.log(), "request 1, request 2, request 3, request 4, request 5");
}

#[test]
fn short_packets_in_the_middle_are_put_together() {
    let (script, link) = open();
    let whole = answer(1, b"0123456789", true);
    script.says(Said::Transfer(whole[..13].to_vec()));
    script.says(Said::Transfer(whole[13..17].to_vec()));
    script.says(Said::Transfer(whole[17..].to_vec()));
    assert_eq!(read(&link, 500, &Terms::new()), (b"0123456789".to_vec(), Ok(Stop::End)));
}

#[test]
fn answers_to_earlier_requests_and_empty_transfers_are_passed_over() {
    let (script, link) = open();
    let terms = Terms::new();
    is_well(&script, &link);
    script.says(Said::Transfer(vec![]));
    says(&script, 1, b"old", true);
    says(&script, 2, &[b'o'; 1000], true);
    says(&script, 3, b"new", true);
    assert_eq!(read(&link, 500, &terms), (b"new".to_vec(), Ok(Stop::End)));
}

#[test]
fn more_than_any_answer_can_be_is_not_believed() {
    let (script, link) = open();
    let mut bytes = answer(1, b"abc", true);
    bytes[4..8].copy_from_slice(&[0xFF; 4]);
    bytes.resize(300, 0);
    script.says(Said::Transfer(bytes));
    let (got, outcome) = read(&link, 500, &Terms::new());
    assert_eq!((got.len(), code(outcome)), (0, VI_ERROR_INP_PROT_VIOL));
    assert!(script.is_finished());
    is_well(&script, &link);
}

#[test]
fn a_trigger_takes_the_next_tag() {
    let (script, link) = open();
    link.trigger(&Terms::new().call()).unwrap();
    assert_eq!(script.sent(), b"\x80\x01\xFE\0\0\0\0\0\0\0\0\0");
    is_well(&script, &link);
}
