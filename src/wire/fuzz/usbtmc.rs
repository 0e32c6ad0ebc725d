#![forbid(unsafe_code)]
//! USBTMC.

use crate::wire::usbtmc::Beginning;
use crate::wire::usbtmc::Capabilities;
use crate::wire::usbtmc::HEADER;
use crate::wire::usbtmc::Incoming;
use crate::wire::usbtmc::Message;
use crate::wire::usbtmc::Notice;
use crate::wire::usbtmc::Tag;
use crate::wire::usbtmc::answer;
use crate::wire::usbtmc::beginning;
use crate::wire::usbtmc::capabilities;
use crate::wire::usbtmc::done;
use crate::wire::usbtmc::notice;
use crate::wire::usbtmc::out;
use crate::wire::usbtmc::padding;
use crate::wire::usbtmc::status_byte;

/// A transfer from the device, and the same bytes as an answer to each control request.
pub(crate) fn transfers(bytes: &[u8]) {
    let tag = (0..bytes.first().copied().unwrap_or(1)).fold(Tag::NONE.next(), |tag, _| tag.next());
    let rest = bytes.get(1..).unwrap_or_default();
    for message in [Message::Request, Message::VendorRequest] {
        // The header of a request comes back as that of its answer.
        let sent = [&out(message, tag, rest.len() as u32, true)[..], rest].concat();
        let incoming = Incoming { size: rest.len() as u32, end: true };
        assert_eq!(beginning(&sent, message, tag), Beginning::Answer(incoming));
        assert_eq!(beginning(&sent, message, tag.next()), Beginning::Stale(incoming));
        match beginning(rest, message, tag) {
            Beginning::Answer(incoming) | Beginning::Stale(incoming) => {
                assert_eq!(rest[4..8], incoming.size.to_le_bytes());
                assert_eq!(incoming.end, rest[8] & 1 != 0);
                assert_eq!((rest[0], rest[1]), (message as u8, !rest[2]));
            }
            Beginning::Wrong(why) => assert!(!why.is_empty()),
        }
    }
    assert!((HEADER + rest.len() + padding(rest.len())).is_multiple_of(4));
    assert_eq!(answer(rest).is_err(), rest.is_empty());
    assert_eq!(done(rest).is_ok(), rest.first() == Some(&1));
    for wanted in [2, 127] {
        if let Ok(status) = status_byte(rest, wanted) {
            assert_eq!(rest[..3], [1, wanted, status]);
        }
    }
    let (plain, usb488) = (capabilities(rest, false), capabilities(rest, true));
    assert_eq!(plain, Capabilities { term_char: usb488.term_char, ..Capabilities::default() });
    match (notice(rest, false), notice(rest, true)) {
        (Some(Notice::Vendor(a)), Some(Notice::Vendor(b))) => assert!(a == rest && b == rest),
        (None, Some(Notice::StatusByte(tag, _))) => assert!((2..128).contains(&tag)),
        (None, Some(Notice::ServiceRequest(_)) | None) => {}
        other => panic!("{other:?}"),
    }
}
