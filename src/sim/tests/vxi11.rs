//! VXI-11 by hand: what a test needs to call the core and abort channels.

use std::io::Read;
use std::io::Write;
use std::net::TcpStream;

use super::connect;
use crate::sim::Instrument;

pub(super) const CORE: u32 = 0x0607AF;
pub(super) const ABORT: u32 = 0x0607B0;

/// Words as XDR.
pub(super) fn words(values: &[u32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_be_bytes()).collect()
}

/// Opaque data or a string as XDR.
pub(super) fn opaque(data: &[u8]) -> Vec<u8> {
    let mut bytes = words(&[data.len() as u32]);
    bytes.extend(data);
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
}

/// A connection to one program.
pub(super) struct Client {
    pub(super) stream: TcpStream,
    program: u32,
    xid: u32,
}

/// What device_read gave.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Got {
    pub(super) error: u32,
    pub(super) reason: u32,
    pub(super) data: Vec<u8>,
}

impl Client {
    pub(super) fn core(instrument: &Instrument) -> Self {
        Self { stream: connect(instrument.vxi11_port()), program: CORE, xid: 100 }
    }

    pub(super) fn abort(port: u32) -> Self {
        Self { stream: connect(Some(port as u16)), program: ABORT, xid: 900 }
    }

    /// Sends a call; its record mark, header and all.
    pub(super) fn send(&mut self, procedure: u32, args: &[u8]) {
        self.xid += 1;
        let head = [self.xid, 0, 2, self.program, 1, procedure, 0, 0, 0, 0];
        let mut call = words(&[0x8000_0000 | (40 + args.len()) as u32]);
        call.extend(words(&head));
        call.extend(args);
        self.stream.write_all(&call).unwrap();
    }

    /// Receives the reply: what follows the verifier, beginning with accept_stat.
    pub(super) fn reply(&mut self) -> Vec<u8> {
        let mut mark = [0; 4];
        self.stream.read_exact(&mut mark).unwrap();
        let mark = u32::from_be_bytes(mark);
        assert_eq!(mark >> 31, 1, "one fragment");
        let mut reply = vec![0; (mark & 0x7FFF_FFFF) as usize];
        self.stream.read_exact(&mut reply).unwrap();
        assert_eq!(reply.len() % 4, 0);
        assert_eq!(reply[..20], words(&[self.xid, 1, 0, 0, 0]));
        reply[20..].to_vec()
    }

    /// A call that is carried out: its results.
    pub(super) fn call(&mut self, procedure: u32, args: &[u8]) -> Vec<u8> {
        self.send(procedure, args);
        self.results()
    }

    pub(super) fn results(&mut self) -> Vec<u8> {
        let reply = self.reply();
        assert_eq!(reply[..4], [0; 4], "accept_stat");
        reply[4..].to_vec()
    }

    /// A call whose arguments and results are words.
    pub(super) fn words(&mut self, procedure: u32, args: &[u32]) -> Vec<u32> {
        let results = self.call(procedure, &words(args));
        results.chunks(4).map(|word| u32::from_be_bytes(word.try_into().unwrap())).collect()
    }

    /// create_link: error, link, abort port, maxRecvSize.
    pub(super) fn create(&mut self, device: &str, lock: u32, timeout: u32) -> [u32; 4] {
        let mut args = words(&[7, lock, timeout]);
        args.extend(opaque(device.as_bytes()));
        let results = self.call(10, &args);
        let word = |i: usize| u32::from_be_bytes(results[4 * i..4 * i + 4].try_into().unwrap());
        assert_eq!(results.len(), 16);
        [word(0), word(1), word(2), word(3)]
    }

    /// A link to inst0.
    pub(super) fn link(&mut self) -> u32 {
        let [error, link, ..] = self.create("inst0", 0, 0);
        assert_eq!(error, 0);
        link
    }

    /// device_write with flags: error and size.
    pub(super) fn write_flags(&mut self, link: u32, data: &[u8], flags: u32) -> (u32, u32) {
        let mut args = words(&[link, 1000, 1000, flags]);
        args.extend(opaque(data));
        let results = self.call(11, &args);
        let word = |at: usize| u32::from_be_bytes(results[at..at + 4].try_into().unwrap());
        (word(0), word(4))
    }

    /// device_write of a whole message.
    pub(super) fn write(&mut self, link: u32, text: &str) {
        assert_eq!(self.write_flags(link, text.as_bytes(), 8), (0, text.len() as u32));
    }

    /// device_read: arguments after the link are size, io_timeout, lock_timeout, flags, termChar.
    pub(super) fn read_with(&mut self, link: u32, args: [u32; 5]) -> Got {
        let mut all = vec![link];
        all.extend(args);
        let results = self.call(12, &words(&all));
        Got::decode(&results)
    }

    /// device_read of all there is.
    pub(super) fn read(&mut self, link: u32) -> Got {
        self.read_with(link, [1 << 20, 10_000, 0, 0, 0])
    }

    pub(super) fn ask(&mut self, link: u32, text: &str) -> String {
        self.write(link, text);
        let got = self.read(link);
        assert_eq!((got.error, got.reason), (0, 4), "{text}");
        String::from_utf8(got.data).unwrap()
    }

    /// device_readstb: error and status byte.
    pub(super) fn status(&mut self, link: u32) -> (u32, u32) {
        let results = self.words(13, &[link, 0, 0, 0]);
        (results[0], results[1])
    }

    /// A procedure with generic parameters: its error.
    pub(super) fn generic(&mut self, procedure: u32, link: u32) -> u32 {
        self.words(procedure, &[link, 0, 0, 1000])[0]
    }
}

impl Got {
    pub(super) fn decode(results: &[u8]) -> Self {
        let word = |at: usize| u32::from_be_bytes(results[at..at + 4].try_into().unwrap());
        let length = word(8) as usize;
        assert_eq!(results.len(), 12 + length.next_multiple_of(4));
        assert!(results[12 + length..].iter().all(|pad| *pad == 0));
        Self { error: word(0), reason: word(4), data: results[12..12 + length].to_vec() }
    }
}
