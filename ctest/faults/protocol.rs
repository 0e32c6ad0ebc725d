#![forbid(unsafe_code)]
//! The three protocols as the proxy sees them: where a message ends, and which connection it is on.
//! Put together here by hand: the proxy shares no codec with the library or the instrument.

use std::io;
use std::io::BufRead;
use std::io::Read;

/// Bytes of a HiSLIP header.
pub const HEADER: usize = 16;

/// Bytes of an RPC record mark.
pub const MARK: usize = 4;

/// In an RPC record mark: the last fragment.
pub const LAST: u32 = 1 << 31;

/// HiSLIP message types that are told apart here.
pub mod hislip {
    pub const FATAL_ERROR: u8 = 2;
    pub const ERROR: u8 = 3;
    pub const DATA: u8 = 6;
    pub const DATA_END: u8 = 7;
    pub const ASYNC_MAXIMUM_MESSAGE_SIZE_RESPONSE: u8 = 16;
    pub const ASYNC_SERVICE_REQUEST: u8 = 20;
}

/// VXI-11 procedures that are told apart here.
pub mod vxi11 {
    pub const CREATE_LINK: u32 = 10;
    pub const DEVICE_READ: u32 = 12;
    pub const DEVICE_WRITE: u32 = 11;
    pub const CREATE_INTR_CHAN: u32 = 25;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    Socket,
    Vxi11,
    Hislip,
}

impl Protocol {
    pub const ALL: [Self; 3] = [Self::Socket, Self::Vxi11, Self::Hislip];

    pub fn name(self) -> &'static str {
        match self {
            Self::Socket => "SOCKET",
            Self::Vxi11 => "VXI-11",
            Self::Hislip => "HiSLIP",
        }
    }

    /// The next message of a stream, whole, as it stands there; `None` at the stream's end. RPC
    /// fragments are joined to one.
    pub fn message(self, from: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
        if from.fill_buf()?.is_empty() {
            return Ok(None);
        }
        let mut message = Vec::new();
        match self {
            Self::Socket => {
                from.read_until(b'\n', &mut message)?;
            }
            Self::Vxi11 => {
                let mut last = false;
                message.extend([0; MARK]);
                while !last {
                    let mut mark = [0; MARK];
                    from.read_exact(&mut mark)?;
                    let mark = u32::from_be_bytes(mark);
                    last = mark & LAST != 0;
                    append(from, &mut message, u64::from(mark & !LAST))?;
                }
                set_mark(&mut message);
            }
            Self::Hislip => {
                append(from, &mut message, HEADER as u64)?;
                let length = message[8..HEADER].try_into().map_or(0, u64::from_be_bytes);
                append(from, &mut message, length)?;
            }
        }
        Ok(Some(message))
    }
}

fn append(from: &mut impl BufRead, message: &mut Vec<u8>, count: u64) -> io::Result<()> {
    let got = from.take(count).read_to_end(message)?;
    if got as u64 == count { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

/// Makes the mark of an RPC record of one fragment right again.
pub fn set_mark(record: &mut [u8]) {
    let mark = LAST | (record.len() - MARK) as u32;
    record[..MARK].copy_from_slice(&mark.to_be_bytes());
}

/// Word `at` of a message, counted from its beginning, mark or header included.
pub fn word(message: &[u8], at: usize) -> u32 {
    let bytes = message.get(4 * at..4 * at + 4).and_then(|bytes| bytes.try_into().ok());
    bytes.map_or(0, u32::from_be_bytes)
}

/// The message with another word `at`, if it is long enough.
pub fn with_word(message: &[u8], at: usize, value: u32) -> Option<Vec<u8>> {
    let mut other = message.to_vec();
    other.get_mut(4 * at..4 * at + 4)?.copy_from_slice(&value.to_be_bytes());
    Some(other)
}

/// A HiSLIP message.
pub fn hislip_message(kind: u8, control: u8, parameter: u32, payload: &[u8]) -> Vec<u8> {
    let mut message = b"HS".to_vec();
    message.extend([kind, control]);
    message.extend(parameter.to_be_bytes());
    message.extend((payload.len() as u64).to_be_bytes());
    message.extend(payload);
    message
}

/// An RPC record of these words.
pub fn rpc_record(words: &[u32]) -> Vec<u8> {
    let mut record = vec![0; MARK];
    record.extend(words.iter().flat_map(|word| word.to_be_bytes()));
    set_mark(&mut record);
    record
}

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line {
    /// Raw bytes, the VXI-11 core channel, the synchronous connection of HiSLIP; any connection
    /// before its first message.
    Main,
    /// The asynchronous connection of HiSLIP.
    Side,
    /// The abort channel of VXI-11.
    Abort,
    /// The interrupt channel of VXI-11, on which the instrument is the one who calls.
    Interrupt,
}

/// A message on its way, and all that a fault may want to know of it.
#[derive(Clone, Debug)]
pub struct Message {
    pub protocol: Protocol,
    pub line: Line,
    pub bytes: Vec<u8>,
    /// The VXI-11 procedure that it calls or answers.
    pub procedure: u32,
}

impl Message {
    /// The type of a HiSLIP message.
    pub fn kind(&self) -> u8 {
        self.bytes.get(2).copied().unwrap_or(u8::MAX)
    }

    /// Whether it carries a part of an instrument's response.
    pub fn is_data(&self) -> bool {
        match self.protocol {
            Protocol::Socket => true,
            Protocol::Vxi11 => self.procedure == vxi11::DEVICE_READ,
            Protocol::Hislip => matches!(self.kind(), hislip::DATA | hislip::DATA_END),
        }
    }
}
