#![forbid(unsafe_code)]
//! The interrupt channel, on which the device calls us (VXI-11 B.4.5): setting it up,
//! and the service requests that arrive on it.

use std::net::Ipv4Addr;

use super::{CORE, LinkId, check, error};
use crate::status::{Error, Result, VI_ERROR_IO};
use crate::wire::rpc::Call;
use crate::wire::rpc::MARK;
use crate::wire::rpc::Mark;
use crate::wire::rpc::Program;
use crate::wire::xdr::Reader;
use crate::wire::xdr::UNIT;

/// The interrupt channel.
pub const INTERRUPT: Program = Program { number: 0x0607B1, version: 1 };

/// Bytes of a handle, the most that device_enable_srq takes.
pub const HANDLE: usize = 40;

/// What a link's service requests are told apart by.
pub type Handle = [u8; HANDLE];

const DEVICE_ENABLE_SRQ: u32 = 20;
const CREATE_INTR_CHAN: u32 = 25;
const DESTROY_INTR_CHAN: u32 = 26;
const DEVICE_INTR_SRQ: u32 = 30;

const FAMILY_TCP: u32 = 0;
const CHANNEL_ESTABLISHED: i32 = 29;

/// The longest device_intr_srq that is believed, in bytes, fragments' marks included. The usual one
/// has 88; credentials may make it longer.
const LONGEST: usize = 1024;

/// create_intr_chan: the device shall connect to our `port` at `host`.
pub fn create_intr_chan(host: Ipv4Addr, port: u16) -> Call {
    Call::new(CORE, CREATE_INTR_CHAN)
        .word(host.to_bits())
        .word(port.into())
        .word(INTERRUPT.number)
        .word(INTERRUPT.version)
        .word(FAMILY_TCP)
}

/// Whether create_intr_chan has made the channel; `false` when the device has one already.
///
/// # Errors
/// What the device refused with; VI_ERROR_IO when the results are cut short.
pub fn channel_created(results: &[u8]) -> Result<bool> {
    match error(&mut Reader::new(results))? {
        CHANNEL_ESTABLISHED => Ok(false),
        other => check(other).map(|()| true),
    }
}

/// destroy_intr_chan.
pub fn destroy_intr_chan() -> Call {
    Call::new(CORE, DESTROY_INTR_CHAN)
}

/// device_enable_srq, on or off; the handle, [`HANDLE`] bytes, follows. Also when switching off:
/// real instruments refuse an empty handle, or crash.
pub fn device_enable_srq(link: LinkId, enable: bool) -> Call {
    Call::new(CORE, DEVICE_ENABLE_SRQ).word(link.0).word(enable.into()).word(HANDLE as u32)
}

/// The service requests in the bytes of one interrupt connection.
///
/// Instruments exist whose record marks claim a few bytes more than follow. So a request counts as
/// soon as its handle is complete, and where the next call begins is told by its look if it
/// begins before the claimed end of the last.
#[derive(Debug, Default)]
pub struct ServiceRequests {
    /// Received, and not yet understood; never longer than [`LONGEST`] between two calls.
    bytes: Vec<u8>,
    /// What the marks still claim of a record whose handle is complete.
    rest: Option<Rest>,
}

/// The connection makes no sense any more.
const NOISE: Error = Error::new(VI_ERROR_IO, "interrupt channel: not a record");

#[derive(Clone, Copy, Debug)]
struct Rest {
    /// Bytes of the current fragment.
    left: usize,
    /// Whether that is the last of the record.
    last: bool,
}

/// What the bytes begin with.
enum Beginning {
    /// Too little to tell.
    Part,
    /// A service request: its handle, how many bytes up to the handle's end, and what is left.
    Request(Vec<u8>, usize, Rest),
    /// So many bytes of a whole record that is none.
    Other(usize),
}

impl ServiceRequests {
    /// Takes what was received next, and hands each handle that is complete to `each`.
    ///
    /// # Errors
    /// VI_ERROR_IO when the bytes are no records, or one beyond reason.
    pub fn feed(&mut self, received: &[u8], mut each: impl FnMut(&[u8])) -> Result<()> {
        self.bytes.extend_from_slice(received);
        while self.skip_rest()? {
            match beginning(&self.bytes)? {
                Beginning::Request(handle, used, rest) => {
                    each(&handle);
                    self.bytes.drain(..used);
                    self.rest = Some(rest);
                }
                Beginning::Other(used) => drop(self.bytes.drain(..used)),
                Beginning::Part if self.bytes.len() > LONGEST => return Err(NOISE),
                Beginning::Part => break,
            }
        }
        Ok(())
    }

    /// Skips what is left of the last record; whether the next begins here.
    fn skip_rest(&mut self) -> Result<bool> {
        while let Some(Rest { left, last }) = self.rest {
            if left == 0 && last || starts_call(&self.bytes) == Some(true) {
                self.rest = None;
            } else if self.bytes.is_empty() || starts_call(&self.bytes).is_none() {
                return Ok(false);
            } else if left > 0 {
                // Only up to where a call may begin, or it would be found or not depending on how
                // the bytes are cut.
                let most = left.min(self.bytes.len());
                let may_begin = |at: &usize| starts_call(&self.bytes[*at..]) != Some(false);
                let count = (1..most).find(may_begin).unwrap_or(most);
                self.bytes.drain(..count);
                self.rest = Some(Rest { left: left - count, last });
            } else {
                let Some(mark) = mark(&self.bytes)? else { return Ok(false) };
                self.bytes.drain(..MARK);
                self.rest = Some(Rest { left: mark.len, last: mark.last });
            }
        }
        Ok(true)
    }
}

/// Whether `bytes` start with the mark and the header of a call to us; `None` when they are too
/// few to tell.
fn starts_call(bytes: &[u8]) -> Option<bool> {
    const ANY: std::ops::RangeInclusive<u8> = 0..=u8::MAX;
    let exactly = |byte: u8| byte..=byte;
    let [p0, p1, p2, p3] = INTERRUPT.number.to_be_bytes().map(exactly);
    let zero = || exactly(0);
    // The mark of a record of one fragment, not longer than LONGEST; the transaction; a call; of
    // RPC 2; our program.
    let longest = 0..=(LONGEST >> 8) as u8;
    let pattern = [
        [exactly(0x80), zero(), longest, ANY],
        [ANY, ANY, ANY, ANY],
        [zero(), zero(), zero(), zero()],
        [zero(), zero(), zero(), exactly(2)],
        [p0, p1, p2, p3],
    ];
    let pattern = pattern.as_flattened();
    if !pattern.iter().zip(bytes).all(|(range, byte)| range.contains(byte)) {
        return Some(false);
    }
    (bytes.len() >= pattern.len()).then_some(true)
}

fn mark(bytes: &[u8]) -> Result<Option<Mark>> {
    match bytes.first_chunk().map(|bytes| Mark::decode(*bytes)) {
        Some(mark) if mark.len > LONGEST => Err(NOISE),
        mark => Ok(mark),
    }
}

fn beginning(bytes: &[u8]) -> Result<Beginning> {
    let mut record = Vec::new();
    let mut rest = bytes;
    while let Some(mark) = mark(rest)? {
        rest = &rest[MARK..];
        let (chunk, beyond) = rest.split_at(mark.len.min(rest.len()));
        record.extend_from_slice(chunk);
        rest = beyond;
        if let Some((handle, unused)) = handle(&record) {
            // It was not complete before this fragment: what is not used is of this one.
            let used = bytes.len() - rest.len() - unused;
            let left = mark.len - (chunk.len() - unused);
            return Ok(Beginning::Request(handle, used, Rest { left, last: mark.last }));
        }
        if chunk.len() < mark.len {
            break;
        }
        if mark.last {
            return Ok(Beginning::Other(bytes.len() - rest.len()));
        }
    }
    Ok(Beginning::Part)
}

/// The handle in a device_intr_srq, once it is complete, and how many bytes stand behind it.
fn handle(record: &[u8]) -> Option<(Vec<u8>, usize)> {
    let mut reader = Reader::new(record);
    let _xid = reader.u32()?;
    for expected in [0, 2, INTERRUPT.number, INTERRUPT.version, DEVICE_INTR_SRQ] {
        if reader.u32()? != expected {
            return None;
        }
    }
    for _credential_and_verifier in 0..2 {
        let (_flavor, _body) = (reader.u32()?, reader.opaque()?);
    }
    let before = reader.rest().len();
    let handle = reader.opaque()?.to_vec();
    // Its padding may not have come yet, and is left in any case.
    let behind = before - UNIT - handle.len();
    Some((handle, behind))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::status::VI_ERROR_NSUP_OPER;
    use crate::wire::noise;

    fn arguments(mut call: Call) -> Vec<u8> {
        call.record(0, 0)[44..].to_vec()
    }

    /// A device_intr_srq without its mark.
    fn request(handle: &[u8]) -> Vec<u8> {
        let head = b"\0\0\0\x09\0\0\0\0\0\0\0\x02\0\x06\x07\xB1\0\0\0\x01\0\0\0\x1E";
        let mut bytes = [&head[..], &[0; 16], &[0, 0, 0, handle.len() as u8], handle].concat();
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        bytes
    }

    fn marked(claim: usize, last: bool, bytes: &[u8]) -> Vec<u8> {
        let mark = claim as u32 | if last { 1 << 31 } else { 0 };
        [&mark.to_be_bytes(), bytes].concat()
    }

    /// The handles in `bytes`, received in pieces of `size`.
    fn handles(bytes: &[u8], size: usize) -> Result<Vec<Vec<u8>>> {
        let mut found = Vec::new();
        let mut requests = ServiceRequests::default();
        for piece in bytes.chunks(size) {
            requests.feed(piece, |handle| found.push(handle.to_vec()))?;
            assert!(requests.bytes.len() <= LONGEST);
        }
        Ok(found)
    }

    const SIZES: [usize; 5] = [1, 3, 4, 88, 4096];

    #[test]
    fn arguments_stand_in_the_order_of_the_specification() {
        assert_eq!(
            arguments(create_intr_chan(Ipv4Addr::new(192, 168, 1, 2), 0x1234)),
            b"\xC0\xA8\x01\x02\0\0\x12\x34\0\x06\x07\xB1\0\0\0\x01\0\0\0\0"
        );
        assert_eq!(arguments(destroy_intr_chan()), b"");
        let link = LinkId(7);
        assert_eq!(arguments(device_enable_srq(link, true)), b"\0\0\0\x07\0\0\0\x01\0\0\0\x28");
        assert_eq!(arguments(device_enable_srq(link, false)), b"\0\0\0\x07\0\0\0\0\0\0\0\x28");
    }

    #[test]
    fn an_established_channel_is_no_error() {
        assert_eq!(channel_created(b"\0\0\0\0"), Ok(true));
        assert_eq!(channel_created(b"\0\0\0\x1D"), Ok(false));
        assert_eq!(channel_created(b"\0\0\0\x08").unwrap_err().code, VI_ERROR_NSUP_OPER);
        assert_eq!(channel_created(b"\0\0\0\x06").unwrap_err().code, VI_ERROR_IO);
    }

    #[test]
    fn requests_are_found_in_pieces_of_any_size() {
        let (one, two) = (request(&[1; 40]), request(b"other"));
        let bytes = [marked(one.len(), true, &one), marked(two.len(), true, &two)].concat();
        for size in SIZES {
            assert_eq!(handles(&bytes, size), Ok(vec![vec![1; 40], b"other".to_vec()]), "{size}");
        }
    }

    #[test]
    fn a_request_may_come_in_fragments() {
        let whole = request(&[2; 40]);
        for at in 0..=whole.len() {
            let (head, tail) = whole.split_at(at);
            let once = [marked(head.len(), false, head), marked(tail.len(), true, tail)].concat();
            for size in SIZES {
                let found = handles(&once.repeat(2), size);
                assert_eq!(found, Ok(vec![vec![2; 40]; 2]), "{at} {size}");
            }
        }
    }

    #[test]
    fn a_mark_may_claim_more_than_follows() {
        let whole = request(&[3; 40]);
        for more in [1, 4, 8] {
            let once = marked(whole.len() + more, true, &whole);
            for size in SIZES {
                assert_eq!(handles(&once, size).unwrap().len(), 1, "without waiting: {more}");
                assert_eq!(handles(&once.repeat(3), size).unwrap().len(), 3, "{more} {size}");
                // And when the bytes do follow.
                let padded = [once.clone(), vec![0; more]].concat();
                assert_eq!(handles(&padded.repeat(3), size).unwrap().len(), 3, "{more} {size}");
            }
        }
    }

    /// Behind bytes that are no call, and whatever was received together.
    #[test]
    fn a_call_is_found_anywhere_in_what_a_mark_claims_too_much() {
        let whole = request(&[6; 40]);
        for junk in 1..8 {
            // Bytes that might begin a call themselves.
            let once = [marked(whole.len() + 20, true, &whole), vec![0x80; junk]].concat();
            let next = marked(whole.len(), true, &whole);
            for size in SIZES {
                let found = handles(&[once.clone(), next.clone()].concat(), size);
                assert_eq!(found, Ok(vec![vec![6; 40]; 2]), "behind {junk}, in pieces of {size}");
            }
        }
    }

    /// Padding that has come with the handle is skipped as padding that comes later.
    #[test]
    fn a_call_may_begin_instead_of_padding() {
        let whole = request(&[7; 5]);
        let short = &whole[..whole.len() - 3];
        let bytes = [marked(whole.len(), true, short), marked(whole.len(), true, &whole)].concat();
        for size in SIZES {
            assert_eq!(handles(&bytes, size), Ok(vec![vec![7; 5]; 2]), "in pieces of {size}");
        }
    }

    #[test]
    fn other_calls_are_passed_over() {
        let mut null = request(&[4; 40]);
        null[23] = 0;
        let srq = request(&[5; 40]);
        let bytes = [marked(null.len(), true, &null), marked(srq.len(), true, &srq)].concat();
        for size in SIZES {
            assert_eq!(handles(&bytes, size), Ok(vec![vec![5; 40]]), "{size}");
        }
    }

    #[test]
    fn what_is_beyond_reason_is_noise_and_nothing_is_kept_of_it() {
        assert_eq!(handles(&[0xFF; 100], 1), Err(NOISE));
        assert_eq!(handles(b"GET / HTTP/1.1\r\n\r\n", 4096), Err(NOISE));
        // Empty fragments without end.
        assert_eq!(handles(&[0; 4096], 64), Err(NOISE));
        for bytes in noise() {
            for size in SIZES {
                let _ = handles(&bytes, size);
            }
        }
    }
}
