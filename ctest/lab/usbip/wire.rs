#![forbid(unsafe_code)]
//! USB/IP's messages between a host controller and a device (Linux, Documentation/usb/
//! usbip_protocol.rst). All numbers are big-endian; every message begins with 48 bytes.

use std::io;
use std::io::IoSlice;
use std::io::Read;
use std::io::Write;

const CMD_SUBMIT: u32 = 1;
const CMD_UNLINK: u32 = 2;
const RET_SUBMIT: u32 = 3;
const RET_UNLINK: u32 = 4;

const HEADER: usize = 48;

/// `URB_ZERO_PACKET`: a packet of no bytes follows when the last one is full.
const ZERO_PACKET: u32 = 0x40;

/// `-EPIPE`: the endpoint is stalled, which is how a device refuses a request.
pub const STALLED: i32 = -32;

/// `-EOVERFLOW`: the device sent more than the host has room for.
pub const BABBLE: i32 = -75;

/// `-ECONNRESET`: the transfer was still waiting and is now taken back.
const TAKEN_BACK: i32 = -104;

/// What the host asks for.
#[derive(Debug, PartialEq)]
pub enum Request {
    /// Bytes for an endpoint; for endpoint 0, a control transfer without an answer. `zero`: and a
    /// packet of no bytes, should the last one be full.
    Out { number: u32, endpoint: u8, setup: [u8; 8], data: Vec<u8>, zero: bool },
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
        // Words 2 (device) and 7 to 9 (isochronous transfers) say nothing new here.
        let (number, is_in, endpoint) = (word(1), word(3) == 1, word(4) as u8);
        let length = word(6) as usize;
        let mut setup = [0; 8];
        setup.copy_from_slice(&header[40..]);
        match word(0) {
            CMD_SUBMIT if is_in => Ok(Self::In { number, endpoint, setup, most: length }),
            CMD_SUBMIT => {
                let mut data = vec![0; length];
                from.read_exact(&mut data)?;
                Ok(Self::Out { number, endpoint, setup, data, zero: word(5) & ZERO_PACKET != 0 })
            }
            CMD_UNLINK => Ok(Self::Unlink { number, target: word(5) }),
            other => Err(io::Error::other(format!("USB/IP command {other}"))),
        }
    }
}

/// What a device says; the data are not copied.
#[derive(Debug)]
pub struct Answer {
    header: [u8; HEADER],
    data: Vec<u8>,
}

impl Answer {
    /// The end of transfer `number`: bytes that were asked for, and 0 or what is wrong with them.
    pub fn given(number: u32, status: i32, data: Vec<u8>) -> Self {
        Self { header: header(RET_SUBMIT, number, status, data.len()), data }
    }

    /// The end of transfer `number`: `count` bytes were taken, or `status` tells why not.
    pub fn taken(number: u32, status: i32, count: usize) -> Self {
        Self { header: header(RET_SUBMIT, number, status, count), data: vec![] }
    }

    /// The answer to an unlinking: whether the transfer was still `waiting`.
    pub fn unlinked(number: u32, waiting: bool) -> Self {
        let status = if waiting { TAKEN_BACK } else { 0 };
        Self { header: header(RET_UNLINK, number, status, 0), data: vec![] }
    }

    /// Sends it whole.
    pub fn send(&self, to: &mut impl Write) -> io::Result<()> {
        let mut slices = [IoSlice::new(&self.header), IoSlice::new(&self.data)];
        let mut left = &mut slices[..];
        // Empty slices are passed over, and end the loop.
        IoSlice::advance_slices(&mut left, 0);
        while !left.is_empty() {
            match to.write_vectored(left) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => IoSlice::advance_slices(&mut left, count),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

fn header(command: u32, number: u32, status: i32, count: usize) -> [u8; HEADER] {
    let mut message = [0; HEADER];
    // Device, direction and endpoint are zero in answers.
    let words = [command, number, 0, 0, 0, status.cast_unsigned(), count as u32];
    for (place, word) in message.chunks_exact_mut(4).zip(words) {
        place.copy_from_slice(&word.to_be_bytes());
    }
    message
}
