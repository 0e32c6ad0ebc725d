#![forbid(unsafe_code)]
//! ONC RPC version 2 over TCP and UDP (RFC 5531): records, calls and replies, without
//! authentication.

use crate::status::{Error, Result, VI_ERROR_IO, VI_ERROR_NSUP_OPER, fail};
use crate::wire::xdr::Reader;
use crate::wire::xdr::padding;

/// Bytes of a record mark.
pub const MARK: usize = 4;

/// Bytes of a successful reply before its results, when the verifier is empty (as it is without
/// authentication).
pub const REPLY_HEADER: usize = 24;

/// Bytes of a call before its arguments, with the record mark.
const CALL_HEADER: usize = 44;

/// The most words of arguments that a [`Call`] holds: device_docmd has eight.
const MAX_WORDS: usize = 8;

const LAST_FRAGMENT: u32 = 1 << 31;
const RPC_VERSION: u32 = 2;
const TYPE_CALL: u32 = 0;
const TYPE_REPLY: u32 = 1;
const STAT_ACCEPTED: u32 = 0;
const ACCEPT_SUCCESS: u32 = 0;
const ACCEPT_PROC_UNAVAIL: u32 = 3;

/// What stands before each fragment of a record (RFC 5531 section 11).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Whether the record ends with this fragment.
    pub last: bool,
    /// Bytes of the fragment.
    pub len: usize,
}

impl Mark {
    /// The mark in four received bytes.
    pub const fn decode(bytes: [u8; MARK]) -> Self {
        let word = u32::from_be_bytes(bytes);
        Self { last: word & LAST_FRAGMENT != 0, len: (word & !LAST_FRAGMENT) as usize }
    }
}

/// A program and its version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Program {
    /// Its number.
    pub number: u32,
    /// Its version.
    pub version: u32,
}

/// A call on its way out: header and fixed arguments. Variable-length data, which only ever
/// stands at the end, is sent from where it lies.
#[derive(Clone, Debug)]
pub struct Call {
    bytes: [u8; CALL_HEADER + 4 * MAX_WORDS],
    len: usize,
}

impl Call {
    /// A call of procedure `procedure`, without arguments so far.
    pub fn new(program: Program, procedure: u32) -> Self {
        let start = Self { bytes: [0; CALL_HEADER + 4 * MAX_WORDS], len: 0 };
        let (mark, xid) = (0, 0);
        // Credential and verifier: flavor and length, both none.
        [mark, xid, TYPE_CALL, RPC_VERSION, program.number, program.version, procedure, 0, 0, 0, 0]
            .into_iter()
            .fold(start, Self::word)
    }

    /// Adds a word to the arguments; eight fit.
    #[must_use]
    pub fn word(mut self, word: u32) -> Self {
        self.bytes[self.len..self.len + 4].copy_from_slice(&word.to_be_bytes());
        self.len += 4;
        self
    }

    /// The record, to be followed by `tail` bytes of opaque data and their padding.
    pub fn record(&mut self, xid: u32, tail: usize) -> &[u8] {
        let len = self.len - MARK + tail + padding(tail);
        self.bytes[..4].copy_from_slice(&(LAST_FRAGMENT | len as u32).to_be_bytes());
        self.bytes[4..8].copy_from_slice(&xid.to_be_bytes());
        &self.bytes[..self.len]
    }

    /// The call as a datagram, which has no mark.
    pub fn datagram(&mut self, xid: u32) -> &[u8] {
        &self.record(xid, 0)[MARK..]
    }
}

/// The transaction that a record answers, if it is long enough to say.
pub fn xid(record: &[u8]) -> Option<u32> {
    Reader::new(record).u32()
}

/// Whether `record` starts as the usual reply to `xid`: accepted, successful, empty verifier. Its
/// results are then the bytes from [`REPLY_HEADER`].
pub fn is_plain_success(record: &[u8], xid: u32) -> bool {
    let mut reader = Reader::new(record);
    let mut next = || reader.u32();
    let mut starts = |word| next() == Some(word);
    if !(starts(xid) && starts(TYPE_REPLY) && starts(STAT_ACCEPTED)) {
        return false;
    }
    let (_flavor, length) = (next(), next());
    length == Some(0) && next() == Some(ACCEPT_SUCCESS)
}

/// The results in a whole `record`.
///
/// # Errors
/// VI_ERROR_NSUP_OPER when the server lacks the procedure; VI_ERROR_IO when it refuses the call
/// for another reason or the record is no reply.
pub fn results(record: &[u8]) -> Result<&[u8]> {
    const MALFORMED: Error = Error::new(VI_ERROR_IO, "RPC reply is malformed");
    let mut reader = Reader::new(record);
    let mut next = || reader.u32().ok_or(MALFORMED);
    let (_xid, kind, stat) = (next()?, next()?, next()?);
    if kind != TYPE_REPLY {
        return Err(MALFORMED);
    }
    if stat != STAT_ACCEPTED {
        return fail(VI_ERROR_IO, "RPC call denied");
    }
    let _flavor = next()?;
    reader.opaque().ok_or(MALFORMED)?;
    match reader.u32().ok_or(MALFORMED)? {
        ACCEPT_SUCCESS => Ok(reader.rest()),
        ACCEPT_PROC_UNAVAIL => fail(VI_ERROR_NSUP_OPER, "RPC procedure is not available"),
        _ => fail(VI_ERROR_IO, "RPC call not executed"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::noise;

    const PLAIN: [u8; 28] = *b"\0\0\x12\x34\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x07";

    #[test]
    fn a_call_is_laid_out_as_rfc_5531_says() {
        let mut call = Call::new(Program { number: 0x0607AF, version: 1 }, 12).word(0xA1B2_C3D4);
        #[rustfmt::skip]
        let expected = [
            0x80, 0, 0, 44 + 8, 0xDE, 0xAD, 0xBE, 0xEF, 0, 0, 0, 0, 0, 0, 0, 2, 0, 6, 7, 0xAF,
            0, 0, 0, 1, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            0xA1, 0xB2, 0xC3, 0xD4,
        ];
        // 44 bytes without the mark, five of data, three of padding.
        assert_eq!(call.record(0xDEAD_BEEF, 5), expected);
    }

    #[test]
    fn marks_carry_the_last_bit_and_31_bits_of_length() {
        assert_eq!(Mark::decode([0x80, 0, 0, 0x24]), Mark { last: true, len: 36 });
        assert_eq!(Mark::decode([0x7f, 0xff, 0xff, 0xff]), Mark { last: false, len: 0x7fff_ffff });
    }

    #[test]
    fn plain_success_is_recognised_and_anything_else_is_not() {
        assert!(is_plain_success(&PLAIN, 0x1234));
        assert_eq!(results(&PLAIN).unwrap(), b"\0\0\0\x07");
        assert!(!is_plain_success(&PLAIN, 0x1235), "another transaction");
        // Each word that must hold a certain value; the verifier's flavor (word 3) is free.
        for word in [0, 1, 2, 4, 5] {
            let mut other = PLAIN;
            other[4 * word + 3] ^= 2;
            assert!(!is_plain_success(&other, 0x1234), "word {word}");
        }
        assert!(!is_plain_success(&PLAIN[..23], 0x1234));
    }

    #[test]
    fn a_verifier_with_a_body_is_skipped() {
        let record = b"\0\0\0\x09\0\0\0\x01\0\0\0\0\0\0\0\x01\0\0\0\x05verif\0\0\0\0\0\0\0RES!";
        assert_eq!(results(record).unwrap(), b"RES!");
    }

    #[test]
    fn refusals_have_their_status() {
        let accepted = |stat: u8| {
            let mut record = PLAIN;
            record[23] = stat;
            results(&record).map(|_| ()).unwrap_err().code
        };
        assert_eq!(accepted(3), VI_ERROR_NSUP_OPER);
        for stat in [1, 2, 4, 5, 99] {
            assert_eq!(accepted(stat), VI_ERROR_IO, "accept_stat {stat}");
        }
        let mut denied = PLAIN;
        denied[11] = 1;
        assert_eq!(results(&denied).unwrap_err().code, VI_ERROR_IO);
        let mut call = PLAIN;
        call[7] = 0;
        assert_eq!(results(&call).unwrap_err().code, VI_ERROR_IO);
    }

    #[test]
    fn a_datagram_is_the_record_without_its_mark() {
        let mut call = Call::new(Program { number: 0x0607AF, version: 1 }, 12).word(7);
        let record = call.record(0xDEAD_BEEF, 0).to_vec();
        assert_eq!(call.datagram(0xDEAD_BEEF), &record[MARK..]);
    }

    #[test]
    fn any_bytes_are_survived() {
        for bytes in noise() {
            let _ = (results(&bytes), xid(&bytes), is_plain_success(&bytes, 0));
        }
        for end in 0..PLAIN.len() - 4 {
            assert_eq!(results(&PLAIN[..end]).unwrap_err().code, VI_ERROR_IO, "{end} bytes");
        }
    }
}
