#![forbid(unsafe_code)]
//! External Data Representation (RFC 4506): big-endian, everything in units of four bytes.

/// The unit of alignment in bytes.
pub const UNIT: usize = 4;

/// Zero bytes after an opaque of `len` bytes, up to the next unit (RFC 4506 section 4.10).
pub const fn padding(len: usize) -> usize {
    len.wrapping_neg() % UNIT
}

/// Reads items one after the other. Every method answers `None`, and stays where it is, when the
/// bytes do not suffice.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// A reader at the start of `bytes`.
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// An unsigned integer, an enumeration or a boolean.
    pub fn u32(&mut self) -> Option<u32> {
        let (word, rest) = self.rest.split_first_chunk::<UNIT>()?;
        self.rest = rest;
        Some(u32::from_be_bytes(*word))
    }

    /// A signed integer.
    pub fn i32(&mut self) -> Option<i32> {
        self.u32().map(u32::cast_signed)
    }

    /// Variable-length opaque data or a string. Padding that is missing at the very end is
    /// forgiven: the length is clear without it, and real instruments leave it out.
    pub fn opaque(&mut self) -> Option<&'a [u8]> {
        let mut ahead = *self;
        let len = ahead.u32()? as usize;
        let (data, rest) = ahead.rest.split_at_checked(len)?;
        self.rest = &rest[padding(len).min(rest.len())..];
        Some(data)
    }

    /// What has not been read.
    pub const fn rest(&self) -> &'a [u8] {
        self.rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_fills_to_the_next_unit() {
        assert_eq!([0, 1, 2, 3, 4, 5, 1021].map(padding), [0, 3, 2, 1, 0, 3, 3]);
        assert_eq!(padding(usize::MAX), 1);
    }

    #[test]
    fn items_follow_one_another() {
        let bytes = b"\x00\x00\x00\x07\xff\xff\xff\xfe\x00\x00\x00\x05inst0\0\0\0\x80\0\0\0";
        let mut reader = Reader::new(bytes);
        assert_eq!(reader.u32(), Some(7));
        assert_eq!(reader.i32(), Some(-2));
        assert_eq!(reader.opaque(), Some(&b"inst0"[..]));
        assert_eq!(reader.u32(), Some(0x8000_0000));
        assert_eq!((reader.u32(), reader.rest()), (None, &b""[..]));
    }

    #[test]
    fn an_opaque_needs_its_bytes_but_not_its_padding() {
        assert_eq!(Reader::new(b"\0\0\0\x03abc").opaque(), Some(&b"abc"[..]));
        assert_eq!(Reader::new(b"\0\0\0\x04abc").opaque(), None);
        assert_eq!(Reader::new(b"\xff\xff\xff\xffabc").opaque(), None);
        let mut short = Reader::new(b"\0\0\0\x04abc");
        assert_eq!(short.opaque(), None);
        assert_eq!(short.u32(), Some(4), "a failed item leaves the reader where it was");
    }
}
