#![forbid(unsafe_code)]
//! HiSLIP.

use crate::wire::hislip::HEADER_LEN;
use crate::wire::hislip::Header;
use crate::wire::hislip::MessageType;
use crate::wire::hislip::Version;

/// Headers one after the other: each that is read is written as it came.
pub(crate) fn headers(bytes: &[u8]) {
    for bytes in bytes.as_chunks::<HEADER_LEN>().0 {
        let Some(header) = Header::decode(bytes) else {
            assert!(&bytes[..2] != b"HS" || bytes[8] > 0x7F, "a header was refused");
            continue;
        };
        assert_eq!(header.encode(), *bytes);
        assert!(header.length <= i64::MAX as u64);
        assert_eq!(header.message(), MessageType::from_number(bytes[2]));
        assert!(!(header.is_vendor_defined() && header.message().is_some()));
        if let Some(message) = header.message() {
            let again = Header::new(message, header.control, header.parameter, header.length);
            assert_eq!(again, header);
        }
        let bits = header.parameter as u16;
        assert_eq!(Version::from_wire(bits).to_wire(), bits);
    }
}
