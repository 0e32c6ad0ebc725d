#![forbid(unsafe_code)]
//! Bytes as the tables of the specifications show them, and bytes that no device should send.

use super::*;

fn tag(number: u8) -> Tag {
    (0..number).fold(Tag::NONE, |tag, _| tag.next())
}

#[test]
fn headers_are_as_the_tables_show_them() {
    let hex = |bytes: [u8; HEADER]| bytes.map(|byte| format!("{byte:02x}")).join(" ");
    // Tables 1 and 3: *IDN? and a line feed, tag 1.
    assert_eq!(hex(out(Message::Out, tag(1), 6, true)), "01 01 fe 00 06 00 00 00 01 00 00 00");
    let part = out(Message::Out, tag(255), 0x0102_0304, false);
    assert_eq!(hex(part), "01 ff 00 00 04 03 02 01 00 00 00 00");
    // Table 4.
    let plain = request(Message::Request, tag(2), 20_480, None);
    assert_eq!(hex(plain), "02 02 fd 00 00 50 00 00 00 00 00 00");
    let ended = request(Message::Request, tag(3), 1, Some(b'\n'));
    assert_eq!(hex(ended), "02 03 fc 00 01 00 00 00 02 0a 00 00");
    // Tables 5 and 6.
    let vendor = out(Message::VendorOut, tag(4), 5, false);
    assert_eq!(hex(vendor), "7e 04 fb 00 05 00 00 00 00 00 00 00");
    assert_eq!(request(Message::VendorRequest, tag(5), 9, None)[0], 127);
    // USB488 table 2.
    assert_eq!(hex(trigger(tag(6))), "80 06 f9 00 00 00 00 00 00 00 00 00");
}

#[test]
fn tags_count_to_255_and_begin_again() {
    assert_eq!(Tag::NONE.next().number(), 1);
    assert_eq!(tag(255).number(), 255);
    assert_eq!(tag(255).next().number(), 1);
    assert_eq!((tag(1).before().number(), tag(9).before().number()), (255, 8));
    assert_eq!((tag(1).since(255), tag(9).since(9), tag(9).since(7)), (1, 0, 2));
    assert_eq!(tag(9).since(10), 254);
}

#[test]
fn messages_are_padded_to_a_multiple_of_4() {
    assert_eq!([0, 1, 2, 3, 4, 5].map(padding), [0, 3, 2, 1, 0, 3]);
}

#[test]
fn a_transfer_is_the_answer_or_a_stale_one_or_wrong() {
    let is = |bytes: &[u8]| beginning(bytes, Message::Request, tag(40));
    let good = [2, 40, !40, 0, 5, 0, 0, 0, 1, 0, 0, 0, b'x'];
    let incoming = Incoming { size: 5, end: true };
    assert_eq!(is(&good), Beginning::Answer(incoming));
    let with = |at: usize, byte: u8| {
        let mut bytes = good;
        bytes[at] = byte;
        bytes
    };
    // Whether the termination character matched is seen in the bytes themselves.
    assert_eq!(is(&with(8, 2)), Beginning::Answer(Incoming { size: 5, end: false }));
    assert_eq!(is(&with(7, 0xFF)), Beginning::Answer(Incoming { size: 0xFF00_0005, end: true }));
    let tagged = |number: u8| [&[2, number, !number][..], &good[3..]].concat();
    assert_eq!(is(&tagged(39)), Beginning::Stale(incoming));
    assert_eq!(is(&tagged(8)), Beginning::Stale(incoming));
    let wrong = [tagged(7), tagged(41), with(0, 1).to_vec(), with(2, 40).to_vec()];
    for bytes in wrong.iter().map(Vec::as_slice).chain([&good[..11], &[], &[2, 0, 255]]) {
        assert!(matches!(is(bytes), Beginning::Wrong(_)), "{bytes:?}");
    }
    assert!(matches!(is(&[0; 12]), Beginning::Wrong(_)), "no tag is 0");
}

#[test]
fn control_requests_are_as_the_tables_show_them() {
    let is = |request: Request| (request.request_type, request.number, request.value, request.len);
    assert_eq!(is(abort_out(7)), (0xA2, 1, 7, 2));
    assert_eq!(is(CHECK_ABORT_OUT), (0xA2, 2, 0, 8));
    assert_eq!(is(abort_in(8)), (0xA2, 3, 8, 2));
    assert_eq!(is(CHECK_ABORT_IN), (0xA2, 4, 0, 8));
    assert_eq!(is(CLEAR), (0xA1, 5, 0, 1));
    assert_eq!(is(CHECK_CLEAR), (0xA1, 6, 0, 2));
    assert_eq!(is(GET_CAPABILITIES), (0xA1, 7, 0, 24));
    assert_eq!(is(read_status_byte(127)), (0xA1, 128, 127, 3));
    assert_eq!(is(ren_control(true)), (0xA1, 160, 1, 1));
    assert_eq!(is(ren_control(false)), (0xA1, 160, 0, 1));
    assert_eq!((is(GO_TO_LOCAL), is(LOCAL_LOCKOUT)), ((0xA1, 161, 0, 1), (0xA1, 162, 0, 1)));
}

#[test]
fn answers_say_how_a_request_went() {
    let is = |bytes: &[u8]| answer(bytes).unwrap();
    assert_eq!(is(&[1]), Answer::Success);
    assert_eq!((is(&[2]), is(&[2, 1]), is(&[2, 2])), pendings());
    assert_eq!((is(&[0x20]), is(&[0x80, 9])), (Answer::Busy, Answer::Failed));
    assert_eq!((is(&[0x81, 7]), is(&[0])), (Answer::NotInProgress(7), Answer::Other(0)));
    assert_eq!(answer(&[]).unwrap_err().code, VI_ERROR_IO);
    assert_eq!(done(&[1, 0]), Ok(()));
    assert!([&[0x80][..], &[2], &[]].iter().all(|bytes| done(bytes).is_err()));
}

fn pendings() -> (Answer, Answer, Answer) {
    (Answer::Pending(false), Answer::Pending(true), Answer::Pending(false))
}

#[test]
fn capabilities_count_as_far_as_they_are_told() {
    let mut bytes = [0; 24];
    (bytes[0], bytes[5], bytes[14], bytes[15]) = (1, 1, 0b111, 0b1111);
    let all = Capabilities { term_char: true, trigger: true, remote: true, is_4882: true };
    assert_eq!(capabilities(&bytes, true), all);
    let usbtmc = Capabilities { term_char: true, ..Capabilities::default() };
    assert_eq!(capabilities(&bytes, false), usbtmc, "those of USB488 are reserved bytes here");
    assert_eq!(capabilities(&bytes[..14], true), usbtmc);
    bytes[14] = 0b010;
    let remote = Capabilities { remote: true, ..usbtmc };
    assert_eq!(capabilities(&bytes, true), remote);
    bytes[0] = 0x80;
    assert_eq!(capabilities(&bytes, true), Capabilities::default());
    assert_eq!(capabilities(&[], true), Capabilities::default());
}

#[test]
fn a_status_byte_is_that_of_its_request() {
    assert_eq!(status_byte(&[1, 9, 0x50], 9), Ok(0x50));
    let code = |bytes: &[u8]| status_byte(bytes, 9).unwrap_err().code;
    assert_eq!(code(&[1, 8, 0x50]), VI_ERROR_INP_PROT_VIOL);
    assert_eq!(code(&[1, 9]), VI_ERROR_INP_PROT_VIOL);
    assert_eq!(code(&[0x80, 9, 0]), VI_ERROR_IO);
    assert_eq!((code(&[0x81, 9, 0]), code(&[])), (VI_ERROR_IO, VI_ERROR_IO));
}

#[test]
fn notices_are_told_apart_by_their_first_byte() {
    assert_eq!(notice(&[0x81, 0x44], true), Some(Notice::ServiceRequest(0x44)));
    assert_eq!(notice(&[0x82, 1], true), Some(Notice::StatusByte(2, 1)));
    assert_eq!(notice(&[0xFF, 1, 7, 7], true), Some(Notice::StatusByte(127, 1)));
    assert_eq!(notice(&[0x7F, 1, 2], true), Some(Notice::Vendor(&[0x7F, 1, 2])));
    assert_eq!(notice(&[0], false), Some(Notice::Vendor(&[0])));
    // Cut short, of no subclass that we know, reserved, and nothing at all.
    assert_eq!([notice(&[0x81], true), notice(&[0x81, 1], false)], [None, None]);
    assert_eq!([notice(&[0x80, 1], true), notice(&[], true)], [None, None]);
}

#[test]
fn any_bytes_are_survived() {
    for bytes in crate::wire::noise() {
        let tag = tag(bytes.first().copied().unwrap_or(1).max(1));
        if let Beginning::Answer(incoming) = beginning(&bytes, Message::Request, tag) {
            assert_eq!(incoming.end, bytes[8] & 1 != 0);
        }
        let _ = (answer(&bytes), done(&bytes), status_byte(&bytes, 2));
        let _ = (capabilities(&bytes, true), notice(&bytes, true));
    }
}
