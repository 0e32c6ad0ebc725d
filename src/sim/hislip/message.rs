#![forbid(unsafe_code)]
//! HiSLIP messages on the wire (IVI-6.1 2.1 to 2.5).

use std::io;
use std::io::BufRead;
use std::net::TcpStream;

use crate::sim::response::send_all;

/// Bytes of a header.
const HEADER: usize = 16;

pub(super) const INITIALIZE: u8 = 0;
pub(super) const INITIALIZE_RESPONSE: u8 = 1;
pub(super) const FATAL_ERROR: u8 = 2;
pub(super) const ERROR: u8 = 3;
pub(super) const ASYNC_LOCK: u8 = 4;
pub(super) const ASYNC_LOCK_RESPONSE: u8 = 5;
pub(super) const DATA: u8 = 6;
pub(super) const DATA_END: u8 = 7;
pub(super) const DEVICE_CLEAR_COMPLETE: u8 = 8;
pub(super) const DEVICE_CLEAR_ACKNOWLEDGE: u8 = 9;
pub(super) const ASYNC_REMOTE_LOCAL_CONTROL: u8 = 10;
pub(super) const ASYNC_REMOTE_LOCAL_RESPONSE: u8 = 11;
pub(super) const TRIGGER: u8 = 12;
pub(super) const INTERRUPTED: u8 = 13;
pub(super) const ASYNC_INTERRUPTED: u8 = 14;
pub(super) const ASYNC_MAXIMUM_MESSAGE_SIZE: u8 = 15;
pub(super) const ASYNC_MAXIMUM_MESSAGE_SIZE_RESPONSE: u8 = 16;
pub(super) const ASYNC_INITIALIZE: u8 = 17;
pub(super) const ASYNC_INITIALIZE_RESPONSE: u8 = 18;
pub(super) const ASYNC_DEVICE_CLEAR: u8 = 19;
pub(super) const ASYNC_SERVICE_REQUEST: u8 = 20;
pub(super) const ASYNC_STATUS_QUERY: u8 = 21;
pub(super) const ASYNC_STATUS_RESPONSE: u8 = 22;
pub(super) const ASYNC_DEVICE_CLEAR_ACKNOWLEDGE: u8 = 23;
pub(super) const ASYNC_LOCK_INFO: u8 = 24;
pub(super) const ASYNC_LOCK_INFO_RESPONSE: u8 = 25;

/// Message types from here on belong to vendors.
pub(super) const VENDOR_DEFINED: u8 = 128;

/// Control code: a whole response has reached the client's application.
pub(super) const RMT_DELIVERED: u8 = 1;

/// Codes of FatalError: the connection ends.
pub(super) const FATAL_UNIDENTIFIED: u8 = 0;
pub(super) const FATAL_POOR_HEADER: u8 = 1;
pub(super) const FATAL_CHANNELS_MISSING: u8 = 2;
pub(super) const FATAL_BAD_INITIALIZATION: u8 = 3;
pub(super) const FATAL_TOO_MANY_CLIENTS: u8 = 4;

/// Codes of Error: the message is skipped.
pub(super) const ERROR_UNKNOWN_TYPE: u8 = 1;
pub(super) const ERROR_UNKNOWN_CONTROL: u8 = 2;
pub(super) const ERROR_UNKNOWN_VENDOR: u8 = 3;
pub(super) const ERROR_TOO_LARGE: u8 = 4;

/// What precedes a payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) kind: u8,
    pub(super) control: u8,
    pub(super) parameter: u32,
    /// Payload bytes.
    pub(super) length: u64,
}

impl Header {
    /// A header without payload.
    pub(super) fn new(kind: u8, control: u8, parameter: u32) -> Self {
        Self { kind, control, parameter, length: 0 }
    }

    fn encode(self) -> [u8; HEADER] {
        let mut bytes = [0; HEADER];
        bytes[..2].copy_from_slice(b"HS");
        bytes[2] = self.kind;
        bytes[3] = self.control;
        bytes[4..8].copy_from_slice(&self.parameter.to_be_bytes());
        bytes[8..].copy_from_slice(&self.length.to_be_bytes());
        bytes
    }

    /// `None` when it does not begin with "HS".
    fn decode(bytes: [u8; HEADER]) -> Option<Self> {
        let [b'H', b'S', kind, control, p0, p1, p2, p3, length @ ..] = bytes else { return None };
        let parameter = u32::from_be_bytes([p0, p1, p2, p3]);
        Some(Self { kind, control, parameter, length: u64::from_be_bytes(length) })
    }
}

/// Reads a header; `Ok(None)` when what came is no header.
pub(super) fn receive(reader: &mut impl BufRead) -> io::Result<Option<Header>> {
    let mut bytes = [0; HEADER];
    reader.read_exact(&mut bytes)?;
    Ok(Header::decode(bytes))
}

/// Reads a payload piece by piece, without ever holding it whole.
pub(super) fn payload(
    reader: &mut impl BufRead,
    length: u64,
    mut each: impl FnMut(&[u8], bool),
) -> io::Result<()> {
    let mut left = length;
    while left > 0 {
        let available = match reader.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            available => available?,
        };
        if available.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let count = left.min(available.len() as u64);
        left -= count;
        each(&available[..count as usize], left == 0);
        reader.consume(count as usize);
    }
    Ok(())
}

/// Sends one message, in one system call if the kernel allows. The header's length is set here.
pub(super) fn send(stream: &TcpStream, header: Header, payload: &[&[u8]]) -> io::Result<()> {
    let length = payload.iter().map(|part| part.len() as u64).sum();
    let header = Header { length, ..header }.encode();
    let mut parts: Vec<&[u8]> = vec![&header];
    parts.extend(payload);
    send_all(stream, &parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// IVI-6.1 table 3: prologue, type, control code, parameter, length.
    #[test]
    fn headers() {
        let header = Header { kind: 7, control: 1, parameter: 0xFFFF_FF02, length: 0x0102 };
        let bytes = *b"HS\x07\x01\xFF\xFF\xFF\x02\0\0\0\0\0\0\x01\x02";
        assert_eq!(header.encode(), bytes);
        assert_eq!(Header::decode(bytes), Some(header));
        let mut wrong = bytes;
        wrong[1] = b'Z';
        assert_eq!(Header::decode(wrong), None);
    }
}
