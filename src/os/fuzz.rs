#![forbid(unsafe_code)]
//! What must hold for any bytes that a USB device gives as its descriptors.

use crate::os::usb::descriptors::parse;

/// No descriptor is made of more bytes than there are, and cutting the list off loses only its end.
pub(crate) fn descriptors(bytes: &[u8]) {
    let Some(whole) = parse(bytes) else { return };
    let endpoints: usize = whole.settings.iter().map(|(_, one)| one.endpoints.len()).sum();
    assert!(18 + 9 * whole.settings.len() + 7 * endpoints <= bytes.len());
    for (_, setting) in &whole.settings {
        for endpoint in &setting.endpoints {
            assert!(endpoint.max_packet > 0 && endpoint.address & 0x0F != 0, "{endpoint:?}");
            let first = setting.first(endpoint.kind, endpoint.is_in()).expect("one of its kind");
            assert_eq!((first.kind, first.is_in()), (endpoint.kind, endpoint.is_in()));
        }
    }
    for end in 18..bytes.len() {
        if let Some(part) = parse(&bytes[..end]) {
            assert_eq!((part.vendor, part.product), (whole.vendor, whole.product));
            assert!(part.settings.len() <= whole.settings.len());
        }
    }
}
