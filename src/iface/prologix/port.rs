#![forbid(unsafe_code)]
//! What leads to an adapter: a TCP connection, or a serial port.

use std::fmt;
use std::io::IoSlice;
use std::net::SocketAddr;
use std::path::PathBuf;

use crate::os::Wait;
use crate::os::net;
use crate::os::net::{Cut, Stream};
use crate::os::serial;
use crate::os::serial::{Flow, Parity, Settings, StopBits, Tty};
use crate::status::{Error, Result, VI_ERROR_NSUP_ATTR_STATE, VI_ERROR_RSRC_NFOUND};

/// What AR488 is built with. A Prologix takes any rate, for its port is no UART.
const SETTINGS: Settings = Settings {
    baud: 115_200,
    data_bits: 8,
    parity: Parity::None,
    stop_bits: StopBits::One,
    flow: Flow { xon_xoff: false, rts_cts: false, dtr_dsr: false },
    xon: 0x11,
    xoff: 0x13,
};

/// Where an adapter is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// At a TCP port of a host.
    Tcp(Vec<SocketAddr>),
    /// At a serial port: its device, and the number by which the system knows it.
    Serial(PathBuf, u64),
}

impl Place {
    /// Of the adapter on a TCP port.
    ///
    /// # Errors
    /// VI_ERROR_RSRC_NFOUND for unknown hosts, VI_ERROR_ABORT.
    pub fn tcp(host: &str, port: u16, wait: &Wait) -> Result<Self> {
        net::resolve(host, port, wait).map(Self::Tcp)
    }

    /// Of the adapter on a serial port.
    ///
    /// # Errors
    /// VI_ERROR_RSRC_NFOUND when there is no such port; VI_ERROR_NPERMISSION.
    pub fn serial(path: PathBuf) -> Result<Self> {
        let device = serial::identity(&path)?;
        Ok(Self::Serial(path, device))
    }

    /// Connects.
    ///
    /// # Errors
    /// VI_ERROR_RSRC_NFOUND, VI_ERROR_RSRC_BUSY when another program has the serial port,
    /// VI_ERROR_NPERMISSION, VI_ERROR_ABORT, VI_ERROR_ALLOC.
    pub fn connect(&self, wait: &Wait) -> Result<Port> {
        match self {
            Self::Tcp(addresses) => Stream::connect_any(addresses, wait).map(Port::Tcp),
            Self::Serial(path, _) => {
                let (tty, _) = Tty::open(path, &SETTINGS).map_err(|error| match error.code {
                    VI_ERROR_NSUP_ATTR_STATE => Error { code: VI_ERROR_RSRC_NFOUND, ..error },
                    _ => error,
                })?;
                let unmark = Unmark { is_marked: tty.marks_errors(), mark: Mark::None };
                Ok(Port::Serial(tty, unmark))
            }
        }
    }
}

/// The same text for the same adapter, whatever name led to it.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(addresses) => match addresses.first() {
                Some(first) => write!(f, "{first}"),
                None => f.write_str("nowhere"),
            },
            Self::Serial(path, device) => match path.canonicalize() {
                Ok(path) => write!(f, "{}", path.display()),
                Err(_) => write!(f, "device {device:x}"),
            },
        }
    }
}

/// An open way to an adapter.
pub enum Port {
    /// A connection.
    Tcp(Stream),
    /// A serial port, and what it marks.
    Serial(Tty, Unmark),
}

impl Port {
    /// Sends all of `bytes`.
    ///
    /// # Errors
    /// VI_ERROR_TMO, VI_ERROR_ABORT, VI_ERROR_CONN_LOST; [`Cut::count`] tells how much has left.
    pub fn send(&self, bytes: &[u8], wait: &Wait) -> std::result::Result<(), Cut> {
        let parts = &mut [IoSlice::new(bytes)];
        match self {
            Self::Tcp(stream) => stream.send_parts(parts, wait),
            Self::Serial(tty, _) => tty.send(parts, wait),
        }
    }

    /// Receives some bytes; on a serial port it may be none.
    ///
    /// # Errors
    /// VI_ERROR_TMO, VI_ERROR_ABORT, VI_ERROR_CONN_LOST.
    pub fn receive(&mut self, buf: &mut [u8], wait: &Wait) -> Result<usize> {
        match self {
            Self::Tcp(stream) => stream.recv(buf, wait),
            Self::Serial(tty, unmark) => {
                let count = tty.receive(buf, wait)?;
                Ok(unmark.decode(buf, count))
            }
        }
    }

    /// Whether something waits to be received, be it the end. Never blocks.
    pub fn is_readable(&self) -> bool {
        match self {
            Self::Tcp(stream) => stream.is_readable(),
            Self::Serial(tty, _) => {
                tty.has_hung_up() || tty.available().map_or(true, |count| count > 0)
            }
        }
    }

    /// Ends it, even while forked children still have its descriptor.
    pub fn shut_down(&self) {
        if let Self::Tcp(stream) = self {
            stream.shut_down();
        }
    }
}

/// Takes away how a driver marks bytes that came with an error (PARMRK): FF 00 before such a byte,
/// and FF FF for a byte FF. What was marked is kept: nothing better is known.
#[derive(Debug)]
pub struct Unmark {
    is_marked: bool,
    mark: Mark,
}

/// How far into a mark the last piece ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    None,
    /// FF
    Begun,
    /// FF 00
    Error,
}

impl Unmark {
    /// Decodes the first `count` bytes in place; how many are left.
    fn decode(&mut self, buf: &mut [u8], count: usize) -> usize {
        if !self.is_marked {
            return count;
        }
        let mut kept = 0;
        for i in 0..count {
            let byte = buf[i];
            self.mark = match (self.mark, byte) {
                (Mark::None, 0xFF) => Mark::Begun,
                (Mark::Begun, 0) => Mark::Error,
                _ => {
                    buf[kept] = byte;
                    kept += 1;
                    Mark::None
                }
            };
        }
        kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_of_the_driver_are_taken_away_wherever_the_pieces_end() {
        let marked = b"a\xff\xffb\xff\x00c\xff\x00\x00\xff\xff";
        for size in 1..=marked.len() {
            let mut unmark = Unmark { is_marked: true, mark: Mark::None };
            let mut all: Vec<u8> = Vec::new();
            for piece in marked.chunks(size) {
                let mut piece = piece.to_vec();
                let count = piece.len();
                let kept = unmark.decode(&mut piece, count);
                all.extend(&piece[..kept]);
            }
            assert_eq!(all, b"a\xffbc\x00\xff", "pieces of {size}");
        }
    }

    #[test]
    fn a_line_without_marks_is_left_alone() {
        let mut unmark = Unmark { is_marked: false, mark: Mark::None };
        let mut bytes = *b"\xff\xff\xff\x00";
        assert_eq!(unmark.decode(&mut bytes, 4), 4);
        assert_eq!(bytes, *b"\xff\xff\xff\x00");
    }
}
