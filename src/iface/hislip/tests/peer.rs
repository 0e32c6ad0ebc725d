#![forbid(unsafe_code)]
//! The other end, written by hand: a server that sends exactly the bytes a test tells it to.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::iface::hislip::Hislip;
use crate::iface::{Call, Interface, Link, Stop};
use crate::os::Cancel;
use crate::os::Deadline;
use crate::os::Wait;
use crate::rsrc::ResourceName;
use crate::status::{Error, Result};

pub const DATA: u8 = 6;
pub const DATA_END: u8 = 7;
pub const FIRST: u32 = 0xFFFF_FF00;

/// A message as the server sees it: type, control code, parameter, payload.
pub type Message = (u8, u8, u32, Vec<u8>);

/// What the server says while a client opens.
#[derive(Clone, Copy)]
pub struct Manners {
    /// Control code of InitializeResponse.
    pub features: u8,
    /// Version in InitializeResponse.
    pub version: u16,
    /// Its maximum message size.
    pub most: u64,
}

pub const POLITE: Manners = Manners { features: 0, version: 0x0101, most: 1 << 20 };

/// One connection of the server's.
pub struct Side(pub TcpStream);

/// A client's two connections.
pub struct Peer {
    pub sync: Side,
    pub asynchronous: Side,
}

pub fn bytes(number: u8, control: u8, parameter: u32, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x48, 0x53, number, control];
    bytes.extend(parameter.to_be_bytes());
    bytes.extend((payload.len() as u64).to_be_bytes());
    bytes.extend(payload);
    bytes
}

impl Side {
    pub fn raw(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).unwrap();
    }

    pub fn send(&mut self, number: u8, control: u8, parameter: u32, payload: &[u8]) {
        self.raw(&bytes(number, control, parameter, payload));
    }

    pub fn recv(&mut self) -> Message {
        let mut head = [0; 16];
        self.0.read_exact(&mut head).unwrap();
        assert_eq!(&head[..2], b"HS");
        let parameter = u32::from_be_bytes(head[4..8].try_into().unwrap());
        let length = u64::from_be_bytes(head[8..].try_into().unwrap());
        let mut payload = vec![0; length as usize];
        self.0.read_exact(&mut payload).unwrap();
        (head[2], head[3], parameter, payload)
    }

    #[track_caller]
    pub fn expect(&mut self, number: u8, control: u8, parameter: u32, payload: &[u8]) {
        assert_eq!(self.recv(), (number, control, parameter, payload.to_vec()));
    }

    /// Whether the client closes without sending anything more. It resets when it closes with
    /// something unread.
    pub fn ends(&mut self) -> bool {
        match self.0.read(&mut [0]) {
            Ok(count) => count == 0,
            Err(error) => error.kind() == std::io::ErrorKind::ConnectionReset,
        }
    }

    /// Whether nothing arrives for a while.
    pub fn is_quiet(&mut self) -> bool {
        self.0.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
        let quiet = self.0.peek(&mut [0]).is_err();
        self.0.set_read_timeout(Some(LONG)).unwrap();
        quiet
    }
}

impl Peer {
    /// Serves a device clear from AsyncDeviceClear to DeviceClearAcknowledge, granting the mode
    /// asked for; what the client sent in between is dropped. Returns the mode.
    pub fn serve_clear(&mut self) -> u8 {
        self.asynchronous.expect(19, 0, 0, b"");
        self.asynchronous.send(23, 0, 0, b"");
        loop {
            if let (8, features, 0, _) = self.sync.recv() {
                self.sync.send(9, features, 0, b"");
                return features;
            }
        }
    }
}

/// A bound on what a test waits for that ought to happen at once.
pub const LONG: Duration = Duration::from_secs(20);

pub fn listen() -> (TcpListener, ResourceName) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let name = format!("TCPIP0::127.0.0.1::hislip0,{port}::INSTR");
    (listener, ResourceName::parse(&name).unwrap())
}

pub fn accept(listener: &TcpListener) -> Side {
    let stream = listener.accept().unwrap().0;
    stream.set_nodelay(true).unwrap();
    stream.set_read_timeout(Some(LONG)).unwrap();
    Side(stream)
}

/// Accepts one client, politely.
pub fn welcome(listener: &TcpListener, manners: Manners) -> Peer {
    let mut sync = accept(listener);
    sync.expect(0, 0, u32::from_be_bytes(*b"\x01\x01FV"), b"hislip0");
    sync.send(1, manners.features, u32::from(manners.version) << 16 | 0xBEEF, b"");
    let mut asynchronous = accept(listener);
    asynchronous.expect(17, 0, 0xBEEF, b"");
    asynchronous.send(18, 0, u32::from(u16::from_be_bytes(*b"XY")), b"");
    asynchronous.expect(15, 0, 0, &(1_u64 << 20).to_be_bytes());
    asynchronous.send(16, 0, 0, &manners.most.to_be_bytes());
    Peer { sync, asynchronous }
}

/// A client, and the server's script running beside it.
pub struct Session {
    pub link: Box<dyn Link>,
    pub cancel: Cancel,
    script: Option<JoinHandle<()>>,
}

/// Opens a session with a server that plays `script`.
pub fn session(manners: Manners, script: impl FnOnce(Peer) + Send + 'static) -> Session {
    let (listener, name) = listen();
    let script = std::thread::spawn(move || script(welcome(&listener, manners)));
    Session { script: Some(script), ..Session::open(&name) }
}

impl Session {
    /// Opens a session with a server that needs no script.
    pub fn open(name: &ResourceName) -> Self {
        let cancel = Cancel::new();
        let wait = Wait { deadline: Deadline::after(LONG), ticket: cancel.ticket() };
        let link = Hislip.open(name, &wait).unwrap();
        Self { link, cancel, script: None }
    }

    /// Default settings and a timeout in ms.
    pub fn call(&self, timeout_ms: u32) -> Call<'_> {
        Call {
            wait: Wait {
                deadline: Deadline::from_timeout(timeout_ms),
                ticket: self.cancel.ticket(),
            },
            timeout_ms,
            term_char: None,
            end_char: b'\n',
            send_end: true,
            suppress_end: false,
        }
    }

    /// A call that has all the time it may need.
    pub fn calm(&self) -> Call<'_> {
        self.call(LONG.as_millis() as u32)
    }

    #[track_caller]
    pub fn write(&self, data: &[u8]) {
        let transfer = self.link.write(data, &self.calm());
        assert!(transfer.outcome.is_ok(), "{transfer:?}");
        assert_eq!(transfer.count, data.len());
    }

    pub fn read_with(&self, most: usize, call: &Call) -> (Vec<u8>, Result<Stop>) {
        let mut buf = vec![0; most];
        let transfer = self.link.read(&mut buf, call);
        buf.truncate(transfer.count);
        (buf, transfer.outcome)
    }

    /// A read that ends with END.
    #[track_caller]
    pub fn read(&self) -> Vec<u8> {
        let (data, outcome) = self.read_with(1 << 20, &self.calm());
        assert_eq!(outcome, Ok(Stop::End), "after {} bytes", data.len());
        data
    }

    #[track_caller]
    pub fn query(&self, question: &[u8]) -> Vec<u8> {
        self.write(question);
        self.read()
    }

    /// A read that fails.
    #[track_caller]
    pub fn read_error(&self, timeout_ms: u32) -> (Vec<u8>, Error) {
        let (data, outcome) = self.read_with(4096, &self.call(timeout_ms));
        (data, outcome.unwrap_err())
    }

    /// Plays the client's part, then waits for the end of the script. A failed script tells more
    /// than the client that suffers from it.
    #[track_caller]
    pub fn run(self, client: impl FnOnce(&Self)) {
        let played = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| client(&self)));
        self.finish();
        if let Err(panic) = played {
            std::panic::resume_unwind(panic);
        }
    }

    /// Waits for the end of the script, and fails with it.
    #[track_caller]
    pub fn finish(mut self) {
        let script = self.script.take();
        drop(self.link);
        if let Some(Err(panic)) = script.map(JoinHandle::join) {
            std::panic::resume_unwind(panic);
        }
    }
}
