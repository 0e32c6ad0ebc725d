#![forbid(unsafe_code)]

use super::*;
use crate::consts::{VI_ATTR_USB_END_IN, VI_USB_END_SHORT};
use crate::iface::usbraw::tests::device::PACKET;

fn set_end(link: &RawLink, end: u16, cancel: &Cancel) {
    link.set(VI_ATTR_USB_END_IN, end.into(), &call(cancel)).unwrap();
}

#[test]
fn a_short_packet_ends_a_read_and_what_does_not_fit_is_kept() {
    let (device, _, link) = open();
    let cancel = Cancel::new();
    device.sends(0x81, b"0123456789");
    assert_eq!(read(&link, 4, &call(&cancel)), (b"0123".to_vec(), Ok(Stop::Count)));
    assert_eq!(read(&link, 5, &call(&cancel)), (b"45678".to_vec(), Ok(Stop::Count)));
    assert_eq!(read(&link, 100, &call(&cancel)), (b"9".to_vec(), Ok(Stop::End)));
    // Into whole packets' room and into the rest of it.
    device.sends(0x81, b"abcdefghijklmno");
    assert_eq!(read(&link, 12, &call(&cancel)), (b"abcdefghijkl".to_vec(), Ok(Stop::Count)));
    assert_eq!(read(&link, 3, &call(&cancel)), (b"mno".to_vec(), Ok(Stop::End)));
}

#[test]
fn an_empty_packet_is_an_end_of_its_own_or_that_of_the_read_before() {
    let (device, _, link) = open();
    let cancel = Cancel::new();
    let whole = b"0123456789abcdef".to_vec();
    device.sends(0x81, &whole);
    device.sends(0x81, b"");
    assert_eq!(read(&link, 16, &call(&cancel)), (whole.clone(), Ok(Stop::Count)));
    assert_eq!(read(&link, 16, &call(&cancel)), (vec![], Ok(Stop::End)));

    set_end(&link, VI_USB_END_SHORT, &cancel);
    device.sends(0x81, &whole);
    device.sends(0x81, b"");
    assert_eq!(read(&link, 16, &call(&cancel)), (whole.clone(), Ok(Stop::End)));
    // A longer transfer goes on in the next read.
    device.sends(0x81, b"0123456789abcdefX");
    assert_eq!(read(&link, 16, &call(&cancel)), (whole.clone(), Ok(Stop::Count)));
    assert_eq!(read(&link, 16, &call(&cancel)), (b"X".to_vec(), Ok(Stop::End)));
    // A device that does not keep to it is forgiven.
    device.sends(0x81, &whole);
    assert_eq!(read(&link, 16, &soon(&cancel)), (whole, Ok(Stop::Count)));
}

#[test]
fn a_large_read_is_received_in_turns() {
    let (device, _, link) = open();
    let cancel = Cancel::new();
    let bytes: Vec<u8> = (0..20).collect();
    device.sends(0x81, &bytes);
    assert_eq!(read(&link, 10 << 20, &call(&cancel)), (bytes, Ok(Stop::End)));
    assert_eq!(device.rooms(), [4 << 20]);
    // Enough for one turn and the rest of a packet.
    let count = (4 << 20) + PACKET + 3;
    let bytes = vec![7; count + 1];
    device.sends(0x81, &bytes);
    assert_eq!(read(&link, count, &call(&cancel)), (bytes[..count].to_vec(), Ok(Stop::Count)));
    assert_eq!(device.rooms(), [4 << 20, 2 * PACKET]);
    assert_eq!(read(&link, 9, &call(&cancel)), (vec![7], Ok(Stop::End)));
}

#[test]
fn without_end_only_the_count_ends_a_read() {
    let (device, _, link) = open();
    let cancel = Cancel::new();
    set_end(&link, VI_USB_END_NONE, &cancel);
    assert!(!link.marks_end());
    // As the session says then.
    let endless = Call { suppress_end: true, ..call(&cancel) };
    device.sends(0x81, b"abc");
    device.sends(0x81, b"");
    device.sends(0x81, b"0123456789");
    assert_eq!(read(&link, 11, &endless), (b"abc01234567".to_vec(), Ok(Stop::Count)));
    assert_eq!(read(&link, 2, &endless), (b"89".to_vec(), Ok(Stop::Count)));
}

#[test]
fn what_came_before_the_deadline_is_counted_and_a_read_can_be_ended() {
    let (device, _, link) = open();
    let cancel = Cancel::new();
    device.sends(0x81, b"01234567");
    let (bytes, outcome) = read(&link, 30, &soon(&cancel));
    assert_eq!((&*bytes, outcome.unwrap_err().code), (&b"01234567"[..], VI_ERROR_TMO));
    let never =
        Call { wait: Wait { deadline: Deadline::Never, ..call(&cancel).wait }, ..call(&cancel) };
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| read(&link, 30, &never).1.unwrap_err().code);
        cancel.terminate();
        assert_eq!(reader.join().unwrap(), VI_ERROR_ABORT);
    });
}

#[test]
fn the_termination_character_ends_a_read_also_in_a_stream_of_full_packets() {
    let (device, _, link) = open();
    let cancel = Cancel::new();
    let lines = Call { term_char: Some(b'\n'), ..call(&cancel) };
    device.sends(0x81, b"one\ntwo\nthr");
    assert_eq!(read(&link, 100, &lines), (b"one\n".to_vec(), Ok(Stop::TermChar)));
    assert_eq!(read(&link, 100, &lines), (b"two\n".to_vec(), Ok(Stop::TermChar)));
    assert_eq!(read(&link, 100, &lines), (b"thr".to_vec(), Ok(Stop::End)));
    // No short packet tells that more is not to come.
    device.sends(0x81, b"0123456789abc\ne");
    device.sends(0x81, b"f");
    let before = Call { wait: Wait { deadline: Deadline::Never, ..lines.wait }, ..lines };
    assert_eq!(read(&link, 100, &before), (b"0123456789abc\n".to_vec(), Ok(Stop::TermChar)));
    assert_eq!(read(&link, 100, &before), (b"e".to_vec(), Ok(Stop::End)));
    assert!(!device.is_empty(0x81), "the next transfer was left with the device");
    // END comes first where both come with one byte.
    let (device, _, link) = open();
    device.sends(0x81, b"a\n");
    assert_eq!(read(&link, 100, &lines), (b"a\n".to_vec(), Ok(Stop::End)));
}

#[test]
fn a_read_of_some_waits_for_no_more_than_comes_first() {
    let (device, _, link) = open();
    let cancel = Cancel::new();
    let mut buf = [0; 100];
    device.sends(0x81, b"01234567");
    let some = link.read_some(&mut buf, &call(&cancel));
    assert_eq!((some.count, some.outcome), (8, Ok(Stop::Count)));
    device.sends(0x81, b"ab");
    let some = link.read_some(&mut buf[..1], &call(&cancel));
    assert_eq!((some.count, some.outcome), (1, Ok(Stop::Count)));
    let some = link.read_some(&mut buf, &call(&cancel));
    assert_eq!((some.count, some.outcome), (1, Ok(Stop::End)));
}

#[test]
fn sessions_of_one_interface_share_what_was_received_and_not_read() {
    let (device, unit, link) = open();
    let cancel = Cancel::new();
    let other = another(&unit);
    device.sends(0x81, b"abcd");
    assert_eq!(read(&link, 1, &call(&cancel)).0, b"a");
    assert_eq!(read(&other, 1, &call(&cancel)).0, b"b");
    other.discard_input(&call(&cancel)).unwrap();
    device.sends(0x81, b"e");
    assert_eq!(read(&link, 9, &call(&cancel)), (b"e".to_vec(), Ok(Stop::End)));
}

#[test]
fn a_lost_device_says_so_and_what_had_come_is_kept() {
    let (device, _, link) = open();
    let cancel = Cancel::new();
    device.sends(0x81, b"ab");
    assert_eq!(read(&link, 1, &call(&cancel)).0, b"a");
    device.goes();
    let (bytes, outcome) = read(&link, 1, &call(&cancel));
    assert_eq!((&*bytes, outcome), (&b"b"[..], Ok(Stop::End)));
    assert_eq!(read(&link, 1, &call(&cancel)).1.unwrap_err().code, VI_ERROR_CONN_LOST);
    assert_eq!(link.clear(&call(&cancel)).unwrap_err().code, VI_ERROR_CONN_LOST);
}
