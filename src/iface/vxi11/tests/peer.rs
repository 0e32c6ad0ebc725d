#![forbid(unsafe_code)]
//! A server that says, byte for byte, what a test wants it to, and a client to talk to it. The
//! bytes are put together here by hand, not with the library's codecs.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::iface::vxi11::Vxi11;
use crate::iface::{Call, Interface, Link, Stop, Transfer};
use crate::os::Cancel;
use crate::os::Deadline;
use crate::os::Wait;
use crate::rsrc::ResourceName;
use crate::status::Result;

/// So long that only a hanging test notices.
pub const LONG: u32 = 20_000;

/// A server running a script on a thread of its own.
pub struct Peer {
    pub port: u16,
    thread: JoinHandle<()>,
}

/// The server's side of one connection.
pub struct Connection {
    stream: TcpStream,
}

/// A received call.
#[derive(Debug)]
pub struct Request {
    pub xid: u32,
    pub program: u32,
    pub procedure: u32,
    pub arguments: Vec<u8>,
}

impl Peer {
    /// Runs `script` with a listening socket.
    pub fn listening(script: impl FnOnce(TcpListener) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        Self { port, thread: std::thread::spawn(move || script(listener)) }
    }

    /// Accepts one connection, answers create_link with link 7 and no abort channel, and goes on
    /// with `script`.
    pub fn linked(script: impl FnOnce(&mut Connection) + Send + 'static) -> Self {
        Self::linked_with(words(&[0, 7, 0, 4096]), script)
    }

    /// The same with other results of create_link.
    pub fn linked_with(
        results: Vec<u8>,
        script: impl FnOnce(&mut Connection) + Send + 'static,
    ) -> Self {
        Self::listening(move |listener| {
            let mut connection = Connection::accept(&listener);
            let request = connection.request();
            assert_eq!(request.procedure, 10, "create_link comes first");
            connection.reply(request.xid, &results);
            script(&mut connection);
        })
    }

    /// Ends the test on the server's side, with its panic if it had one.
    pub fn join(self) {
        if let Err(panic) = self.thread.join() {
            std::panic::resume_unwind(panic);
        }
    }
}

impl Connection {
    pub fn accept(listener: &TcpListener) -> Self {
        let (stream, _) = listener.accept().unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        Self { stream }
    }

    /// The next call, as one record of one fragment.
    pub fn request(&mut self) -> Request {
        self.try_request().expect("client has closed the connection")
    }

    /// The next call, or `None` when the client has closed the connection.
    pub fn try_request(&mut self) -> Option<Request> {
        let mut mark = [0; 4];
        self.stream.read_exact(&mut mark).ok()?;
        assert_eq!(mark[0] & 0x80, 0x80, "one fragment");
        let len = u32::from_be_bytes(mark) & 0x7fff_ffff;
        assert_eq!(len % 4, 0, "records are padded");
        let mut record = vec![0; len as usize];
        self.stream.read_exact(&mut record).unwrap();
        let word = |i: usize| u32::from_be_bytes(record[4 * i..4 * i + 4].try_into().unwrap());
        assert_eq!((word(1), word(2), word(4)), (0, 2, 1), "a call, RPC 2, program version 1");
        assert_eq!((word(6), word(7), word(8), word(9)), (0, 0, 0, 0), "no authentication");
        Some(Request {
            xid: word(0),
            program: word(3),
            procedure: word(5),
            arguments: record[40..].to_vec(),
        })
    }

    /// The next call, which must be this procedure.
    pub fn expect(&mut self, procedure: u32) -> Request {
        let request = self.request();
        assert_eq!(request.procedure, procedure, "{request:?}");
        request
    }

    pub fn reply(&mut self, xid: u32, results: &[u8]) {
        self.send(&record(&reply(xid, results)));
    }

    /// Answers the next call, which must be device_read; what it asked.
    pub fn answer_read(&mut self, reason: u32, data: &[u8]) -> Request {
        let request = self.expect(12);
        self.reply(request.xid, &read_results(0, reason, data));
        request
    }

    pub fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).unwrap();
    }

    pub fn close(&mut self) {
        self.stream.shutdown(std::net::Shutdown::Both).unwrap();
    }

    pub fn stream(&mut self) -> &mut TcpStream {
        &mut self.stream
    }

    pub fn into_stream(self) -> TcpStream {
        self.stream
    }

    /// Serves whatever comes with success until the client closes: a well-behaved end of a test.
    pub fn serve_until_closed(&mut self) {
        while let Some(request) = self.try_request() {
            self.reply(request.xid, &words(&[0]));
        }
    }
}

impl Request {
    /// Word `i` of the arguments.
    pub fn word(&self, i: usize) -> u32 {
        u32::from_be_bytes(self.arguments[4 * i..4 * i + 4].try_into().unwrap())
    }

    /// The data of a device_write, without padding.
    pub fn data(&self) -> &[u8] {
        &self.arguments[20..20 + self.word(4) as usize]
    }
}

/// Numbers as XDR.
pub fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_be_bytes()).collect()
}

/// Bytes, padded.
pub fn padded(data: &[u8]) -> Vec<u8> {
    let mut bytes = data.to_vec();
    while !bytes.len().is_multiple_of(4) {
        bytes.push(0);
    }
    bytes
}

/// The results of device_read.
pub fn read_results(error: u32, reason: u32, data: &[u8]) -> Vec<u8> {
    [words(&[error, reason, data.len() as u32]), padded(data)].concat()
}

/// A successful reply.
pub fn reply(xid: u32, results: &[u8]) -> Vec<u8> {
    [&words(&[xid, 1, 0, 0, 0, 0]), results].concat()
}

/// A fragment with its mark.
pub fn fragment(last: bool, bytes: &[u8]) -> Vec<u8> {
    let mark = bytes.len() as u32 | if last { 0x8000_0000 } else { 0 };
    [&words(&[mark]), bytes].concat()
}

/// A record of one fragment.
pub fn record(bytes: &[u8]) -> Vec<u8> {
    fragment(true, bytes)
}

/// A session, reduced to what a link needs.
pub struct Client {
    pub link: Box<dyn Link>,
    pub cancel: Cancel,
}

impl Client {
    pub fn open(port: u16) -> Self {
        Self::try_open(port, LONG).unwrap()
    }

    pub fn try_open(port: u16, ms: u32) -> Result<Self> {
        let name = ResourceName::parse(&format!("TCPIP0::127.0.0.1,{port}::inst0::INSTR"))?;
        let cancel = Cancel::new();
        let wait = Wait { deadline: Deadline::from_timeout(ms), ticket: cancel.ticket() };
        let link = Vxi11.open(&name, &wait)?;
        Ok(Self { link, cancel })
    }

    /// A call with a timeout and otherwise the defaults of VISA.
    pub fn call(&self, ms: u32) -> Call<'_> {
        Call {
            wait: Wait { deadline: Deadline::from_timeout(ms), ticket: self.cancel.ticket() },
            timeout_ms: ms,
            term_char: None,
            end_char: b'\n',
            send_end: true,
            suppress_end: false,
        }
    }

    pub fn write(&self, data: &[u8]) -> Transfer<()> {
        self.link.write(data, &self.call(LONG))
    }

    /// Reads up to `count` bytes: the bytes and the outcome.
    pub fn read_with(&self, count: usize, call: &Call) -> (Vec<u8>, Result<Stop>) {
        // Bytes beyond the count stay as they were, whatever the peer sends.
        const GUARD: usize = 64;
        let mut buf = vec![0xEE; count + GUARD];
        let transfer = self.link.read(&mut buf[..count], call);
        assert!(transfer.count <= count);
        assert!(buf[count..].iter().all(|byte| *byte == 0xEE), "written past the buffer");
        buf.truncate(transfer.count);
        (buf, transfer.outcome)
    }

    pub fn read(&self, count: usize) -> (Vec<u8>, Result<Stop>) {
        self.read_with(count, &self.call(LONG))
    }
}
