#![forbid(unsafe_code)]
//! ONC RPC version 2, the server's side (RFC 5531).

use std::io;
use std::io::Read;
use std::net::TcpStream;

use crate::sim::response::send_all;
use crate::sim::xdr::Decoder;
use crate::sim::xdr::Encoder;
use crate::sim::xdr::padding;

const CALL: u32 = 0;
const REPLY: u32 = 1;
const VERSION: u32 = 2;
/// TCP, in portmapper entries and interrupt channels of others.
pub(super) const TCP: u32 = 6;
/// UDP, likewise.
pub(super) const UDP: u32 = 17;

/// Record mark: the last fragment of its record (RFC 5531 11).
const LAST: u32 = 1 << 31;

/// The longest credential or verifier (RFC 5531 8.2).
const LONGEST_AUTH: usize = 400;

/// A call that a server of version 2 can answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call<'a> {
    pub(super) xid: u32,
    pub(super) program: u32,
    pub(super) version: u32,
    pub(super) procedure: u32,
    pub(super) args: Decoder<'a>,
}

/// Why a call is not carried out (RFC 5531 9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    ProgramUnavailable,
    ProgramMismatch(u32),
    ProcedureUnavailable,
    GarbageArguments,
}

/// Something that arrived instead of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoCall {
    /// A call of another RPC version, which is answered.
    OtherVersion(u32),
    /// Nothing that has an answer.
    Noise,
}

impl<'a> Call<'a> {
    /// Takes a call apart.
    pub(super) fn decode(message: &'a [u8]) -> Result<Self, NoCall> {
        let mut args = Decoder::new(message);
        let mut next = || args.u32().ok_or(NoCall::Noise);
        let (xid, kind, version) = (next()?, next()?, next()?);
        if kind != CALL {
            return Err(NoCall::Noise);
        }
        if version != VERSION {
            return Err(NoCall::OtherVersion(xid));
        }
        let (program, version, procedure) = (next()?, next()?, next()?);
        // Credential and verifier: whoever asks is served.
        for _ in 0..2 {
            args.u32().ok_or(NoCall::Noise)?;
            args.opaque().filter(|auth| auth.len() <= LONGEST_AUTH).ok_or(NoCall::Noise)?;
        }
        Ok(Self { xid, program, version, procedure, args })
    }

    /// Whether the call is for this program and version.
    pub(super) fn expect(&self, program: u32, version: u32) -> Result<(), Refusal> {
        match (self.program == program, self.version == version) {
            (false, _) => Err(Refusal::ProgramUnavailable),
            (true, false) => Err(Refusal::ProgramMismatch(version)),
            (true, true) => Ok(()),
        }
    }
}

/// The head of a reply that is followed by results.
pub(super) fn success(xid: u32) -> Encoder {
    accepted(xid, 0)
}

/// The reply to a call that is not carried out.
pub(super) fn refusal(xid: u32, why: Refusal) -> Encoder {
    match why {
        Refusal::ProgramUnavailable => accepted(xid, 1),
        Refusal::ProgramMismatch(version) => accepted(xid, 2).u32(version).u32(version),
        Refusal::ProcedureUnavailable => accepted(xid, 3),
        Refusal::GarbageArguments => accepted(xid, 4),
    }
}

/// The reply to a call of another RPC version.
pub(super) fn other_version(xid: u32) -> Encoder {
    Encoder::default().u32(xid).u32(REPLY).u32(1).u32(0).u32(VERSION).u32(VERSION)
}

fn accepted(xid: u32, status: u32) -> Encoder {
    Encoder::default().u32(xid).u32(REPLY).u32(0).u32(0).u32(0).u32(status)
}

/// Reads one record into `record`, whose length becomes the record's at least; gives the
/// record's length, or `None` at the end of the connection. Longer than `limit`: an error, since
/// its end could not be found without reading it all.
pub(super) fn read_record(
    mut stream: impl Read,
    record: &mut Vec<u8>,
    limit: usize,
) -> io::Result<Option<usize>> {
    let mut length = 0;
    loop {
        let mut mark = [0; 4];
        if let Err(error) = stream.read_exact(&mut mark) {
            let ended = error.kind() == io::ErrorKind::UnexpectedEof && length == 0;
            return if ended { Ok(None) } else { Err(error) };
        }
        let mark = u32::from_be_bytes(mark);
        let end = length + (mark & !LAST) as usize;
        if end > limit {
            return Err(io::ErrorKind::InvalidData.into());
        }
        // Only ever grown: clearing a megabyte for every call would cost more than reading it.
        if record.len() < end {
            record.resize(end, 0);
        }
        stream.read_exact(&mut record[length..end])?;
        length = end;
        if mark & LAST != 0 {
            return Ok(Some(length));
        }
    }
}

/// Sends a reply as one record of one fragment, in one system call if the kernel allows.
pub(super) fn send_record(stream: &TcpStream, reply: &Encoder) -> io::Result<()> {
    let mark = LAST | reply.bytes().len() as u32;
    send_all(stream, &[&mark.to_be_bytes(), reply.bytes()])
}

/// As [`send_record`], with opaque data behind the reply that is not copied.
pub(super) fn send_record_with(
    stream: &TcpStream,
    reply: Encoder,
    data: &[&[u8]],
) -> io::Result<()> {
    let length: usize = data.iter().map(|part| part.len()).sum();
    let reply = reply.u32(length as u32);
    let pad = &[0; 3][..padding(length)];
    let mark = (LAST | (reply.bytes().len() + length + pad.len()) as u32).to_be_bytes();
    let mut parts: Vec<&[u8]> = vec![&mark, reply.bytes()];
    parts.extend(data);
    parts.push(pad);
    send_all(stream, &parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A record may come in fragments, and one that is too long ends the connection.
    #[test]
    fn records() {
        let stream = b"\0\0\0\x02ab\x80\0\0\x03cde\x80\0\0\x01f";
        let mut rest = &stream[..];
        let mut record = Vec::new();
        assert_eq!(read_record(&mut rest, &mut record, 5).unwrap(), Some(5));
        assert_eq!(&record, b"abcde");
        assert_eq!(read_record(&mut rest, &mut record, 5).unwrap(), Some(1));
        assert_eq!(record[0], b'f');
        assert_eq!(read_record(&mut rest, &mut record, 5).unwrap(), None);
        assert!(read_record(&stream[..], &mut record, 4).is_err());
        assert!(read_record(&stream[..8], &mut record, 5).is_err());
    }

    /// Bytes of RFC 5531 9, by hand.
    #[test]
    fn calls() {
        let call = b"\0\0\0\x07\0\0\0\0\0\0\0\x02\0\x06\x07\xAF\0\0\0\x01\0\0\0\x0A\
            \0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x2A";
        let mut decoded = Call::decode(call).unwrap();
        assert_eq!((decoded.xid, decoded.program, decoded.version), (7, 0x0607AF, 1));
        assert_eq!((decoded.procedure, decoded.args.u32()), (10, Some(42)));
        assert_eq!(decoded.expect(0x0607AF, 1), Ok(()));
        assert_eq!(decoded.expect(0x0607AF, 2), Err(Refusal::ProgramMismatch(2)));
        assert_eq!(decoded.expect(100_000, 1), Err(Refusal::ProgramUnavailable));

        let mut other = *call;
        other[11] = 3;
        assert_eq!(Call::decode(&other).unwrap_err(), NoCall::OtherVersion(7));
        other[7] = 1;
        assert_eq!(Call::decode(&other).unwrap_err(), NoCall::Noise);
        for length in 0..40 {
            assert_eq!(Call::decode(&call[..length]).unwrap_err(), NoCall::Noise);
        }
        assert_eq!(
            refusal(7, Refusal::ProcedureUnavailable).bytes(),
            b"\0\0\0\x07\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x03"
        );
    }
}
