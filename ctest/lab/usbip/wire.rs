#![forbid(unsafe_code)]
//! USB/IP's messages between a host controller and a device (Linux, Documentation/usb/
//! usbip_protocol.rst). All numbers are big-endian; every message begins with 48 bytes.

use std::io;
use std::io::Read;

const CMD_SUBMIT: u32 = 1;
const CMD_UNLINK: u32 = 2;
const RET_SUBMIT: u32 = 3;
const RET_UNLINK: u32 = 4;

const HEADER: usize = 48;

/// `-EPIPE`: the endpoint is stalled, which is how a device refuses a request.
pub const STALLED: i32 = -32;

/// `-ECONNRESET`: the transfer was still waiting and is now taken back.
const TAKEN_BACK: i32 = -104;

/// What the host asks for.
#[derive(Debug, PartialEq)]
pub enum Request {
    /// Bytes for an endpoint; for endpoint 0, a control transfer without an answer.
    Out { number: u32, endpoint: u8, setup: [u8; 8], data: Vec<u8> },
    /// Bytes from an endpoint, at most `most`.
    In { number: u32, endpoint: u8, setup: [u8; 8], most: usize },
    /// Forget the request `target`.
    Unlink { number: u32, target: u32 },
}

impl Request {
    /// The next request; an error, too, when the host has pulled the plug.
    pub fn read(from: &mut impl Read) -> io::Result<Self> {
        let mut header = [0; HEADER];
        from.read_exact(&mut header)?;
        let word = |index: usize| {
            let at = index * 4;
            u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]])
        };
        // Words 2 (device), 5 (flags) and 7 to 9 (isochronous transfers) say nothing new here.
        let (number, is_in, endpoint) = (word(1), word(3) == 1, word(4) as u8);
        let length = word(6) as usize;
        let mut setup = [0; 8];
        setup.copy_from_slice(&header[40..]);
        match word(0) {
            CMD_SUBMIT if is_in => Ok(Self::In { number, endpoint, setup, most: length }),
            CMD_SUBMIT => {
                let mut data = vec![0; length];
                from.read_exact(&mut data)?;
                Ok(Self::Out { number, endpoint, setup, data })
            }
            CMD_UNLINK => Ok(Self::Unlink { number, target: word(5) }),
            other => Err(io::Error::other(format!("USB/IP command {other}"))),
        }
    }
}

/// The end of transfer `number`: bytes that were asked for.
pub fn delivered(number: u32, data: &[u8]) -> Vec<u8> {
    let mut message = header(RET_SUBMIT, number, &[0, data.len() as u32]);
    message.extend(data);
    message
}

/// The end of transfer `number`: `count` bytes were taken, or `status` tells why not.
pub fn taken(number: u32, status: i32, count: usize) -> Vec<u8> {
    header(RET_SUBMIT, number, &[status as u32, count as u32])
}

/// The answer to an unlinking: whether the transfer was still `waiting`.
pub fn unlinked(number: u32, waiting: bool) -> Vec<u8> {
    header(RET_UNLINK, number, &[if waiting { TAKEN_BACK as u32 } else { 0 }])
}

fn header(command: u32, number: u32, words: &[u32]) -> Vec<u8> {
    let mut message = Vec::with_capacity(HEADER);
    // Device, direction and endpoint are zero in answers.
    for word in [command, number, 0, 0, 0].iter().chain(words) {
        message.extend(word.to_be_bytes());
    }
    message.resize(HEADER, 0);
    message
}
