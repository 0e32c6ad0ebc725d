#![forbid(unsafe_code)]
//! External data representation (RFC 4506), as far as ONC RPC and VXI-11 need it.

/// Takes values off the front of a message; `None` when it is too short.
#[derive(Clone, Copy, Debug)]
pub(super) struct Decoder<'a> {
    rest: &'a [u8],
}

impl<'a> Decoder<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        let (value, rest) = self.rest.split_first_chunk()?;
        self.rest = rest;
        Some(u32::from_be_bytes(*value))
    }

    pub(super) fn i32(&mut self) -> Option<i32> {
        self.u32().map(u32::cast_signed)
    }

    pub(super) fn bool(&mut self) -> Option<bool> {
        match self.u32()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    /// Variable-length opaque data or a string. Padding that is missing at the very end is
    /// forgiven: real clients forget it, and the length is clear.
    pub(super) fn opaque(&mut self) -> Option<&'a [u8]> {
        let length = self.u32()? as usize;
        let (data, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest.get(padding(length)..).unwrap_or_default();
        Some(data)
    }
}

/// Builds a message.
#[derive(Clone, Debug, Default)]
pub(super) struct Encoder {
    bytes: Vec<u8>,
}

impl Encoder {
    #[must_use]
    pub(super) fn u32(mut self, value: u32) -> Self {
        self.bytes.extend(value.to_be_bytes());
        self
    }

    #[must_use]
    pub(super) fn i32(self, value: i32) -> Self {
        self.u32(value.cast_unsigned())
    }

    #[must_use]
    pub(super) fn opaque(mut self, data: &[u8]) -> Self {
        self = self.u32(data.len() as u32);
        self.bytes.extend(data);
        self.bytes.extend(&[0; 3][..padding(data.len())]);
        self
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// Zero bytes behind opaque data of this length.
pub(super) fn padding(length: usize) -> usize {
    length.wrapping_neg() % 4
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4506 4.1, 4.4, 4.10: four-byte units, most significant byte first, zero padding.
    #[test]
    fn bytes_on_the_wire() {
        let message = Encoder::default().u32(0x0102_0304).i32(-1).opaque(b"inst0");
        assert_eq!(message.bytes(), b"\x01\x02\x03\x04\xFF\xFF\xFF\xFF\0\0\0\x05inst0\0\0\0");
        let mut decoder = Decoder::new(message.bytes());
        assert_eq!(decoder.u32(), Some(0x0102_0304));
        assert_eq!(decoder.i32(), Some(-1));
        assert_eq!(decoder.opaque(), Some(&b"inst0"[..]));
        assert_eq!(decoder.u32(), None);
    }

    /// Lengths that lie are refused, whatever they claim.
    #[test]
    fn lying_lengths() {
        for bytes in [&b"\xFF\xFF\xFF\xFFabc"[..], b"\0\0\0\x04abc", b"\0\0\0", b""] {
            assert_eq!(Decoder::new(bytes).opaque(), None);
        }
        assert_eq!(Decoder::new(b"\0\0\0\x03abc").opaque(), Some(&b"abc"[..]));
        assert_eq!(Decoder::new(b"\0\0\0\x02").bool(), None);
    }
}
