#![forbid(unsafe_code)]
//! HiSLIP, the instrument's side (IVI-6.1).

mod asynchronous;
mod message;
mod session;
mod synchronous;

use std::collections::HashMap;
use std::io;
use std::io::BufRead;
use std::io::BufReader;
use std::io::Read;
use std::net::Shutdown;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::mpsc;
use std::sync::mpsc::Receiver;
use std::time::Duration;

use crate::sim::Config;
use crate::sim::device::Device;
use crate::sim::device::PortKind;
use crate::sim::hislip::message::ASYNC_INITIALIZE;
use crate::sim::hislip::message::ASYNC_INITIALIZE_RESPONSE;
use crate::sim::hislip::message::ASYNC_SERVICE_REQUEST;
use crate::sim::hislip::message::ERROR;
use crate::sim::hislip::message::ERROR_UNKNOWN_TYPE;
use crate::sim::hislip::message::ERROR_UNKNOWN_VENDOR;
use crate::sim::hislip::message::FATAL_BAD_INITIALIZATION;
use crate::sim::hislip::message::FATAL_CHANNELS_MISSING;
use crate::sim::hislip::message::FATAL_ERROR;
use crate::sim::hislip::message::FATAL_POOR_HEADER;
use crate::sim::hislip::message::FATAL_TOO_MANY_CLIENTS;
use crate::sim::hislip::message::FATAL_UNIDENTIFIED;
use crate::sim::hislip::message::Header;
use crate::sim::hislip::message::INITIALIZE;
use crate::sim::hislip::message::INITIALIZE_RESPONSE;
use crate::sim::hislip::message::VENDOR_DEFINED;
use crate::sim::hislip::message::payload;
use crate::sim::hislip::message::receive;
use crate::sim::hislip::message::send;
use crate::sim::hislip::session::Session;
use crate::sim::server::Connection;
use crate::sim::server::Hub;
use crate::sim::server::lock;

/// The port that resource names need not give.
pub(super) const STANDARD_PORT: u16 = 4880;

/// Sessions of the instrument at one time.
const MOST_SESSIONS: usize = 256;

/// The longest sub-address, in bytes (IVI-6.1 6.1).
const LONGEST_SUB_ADDRESS: u64 = 256;

/// Bytes taken from a connection at once.
const PIECE: usize = 256 << 10;

/// How long a refused client has to read why.
const FAREWELL: Duration = Duration::from_secs(1);

/// Two letters in AsyncInitializeResponse.
const VENDOR: u32 = 0x4656;

/// The HiSLIP server of an instrument.
struct Server {
    hub: Arc<Hub>,
    device: Arc<Device>,
    max_message: u64,
    overlap: bool,
    /// Major version in the high byte, minor in the low one.
    version: u16,
    /// Another sub-address, in small letters.
    alias: Option<Vec<u8>>,
    sessions: Mutex<Sessions>,
}

#[derive(Default)]
struct Sessions {
    next: u16,
    open: HashMap<u16, Arc<Session>>,
}

/// Serves HiSLIP.
pub(super) fn start(
    hub: &Arc<Hub>,
    device: &Arc<Device>,
    listener: TcpListener,
    config: &Config,
) -> io::Result<()> {
    let server = Server {
        hub: Arc::clone(hub),
        device: Arc::clone(device),
        max_message: config.hislip_max_message,
        overlap: config.hislip_overlap,
        version: u16::from_be_bytes([config.hislip_version.0, config.hislip_version.1]),
        alias: config.hislip_alias.as_ref().map(|name| name.to_ascii_lowercase().into_bytes()),
        sessions: Mutex::default(),
    };
    hub.listen("hislip", listener, move |connection| {
        let _ = server.serve(&connection);
    })
}

/// The Error for a message that has no business on its channel.
fn refuse(kind: u8) -> (Header, &'static [u8]) {
    if kind >= VENDOR_DEFINED {
        (Header::new(ERROR, ERROR_UNKNOWN_VENDOR, 0), b"unknown vendor-defined message")
    } else {
        (Header::new(ERROR, ERROR_UNKNOWN_TYPE, 0), b"unknown message type")
    }
}

impl Server {
    /// Serves a connection: its first message says which channel it is.
    fn serve(&self, connection: &Connection) -> io::Result<()> {
        let mut reader = BufReader::with_capacity(PIECE, &*connection.stream);
        let fatal = match receive(&mut reader)? {
            None => (FATAL_POOR_HEADER, "no prologue"),
            Some(header) if header.length > LONGEST_SUB_ADDRESS => {
                (FATAL_BAD_INITIALIZATION, "too long for an initialization")
            }
            Some(header) => {
                let mut text = Vec::new();
                payload(&mut reader, header.length, |bytes, _| text.extend_from_slice(bytes))?;
                match header.kind {
                    INITIALIZE => match self.open(header, &text, connection) {
                        Ok(session) => {
                            return self.run_synchronous(&session, connection, &mut reader);
                        }
                        Err(fatal) => fatal,
                    },
                    ASYNC_INITIALIZE => match self.attach(header, connection) {
                        Some(session) => {
                            return self.run_asynchronous(&session, connection, &mut reader);
                        }
                        None => (FATAL_BAD_INITIALIZATION, "no session waits for this channel"),
                    },
                    _ => (FATAL_CHANNELS_MISSING, "the channels are not initialized"),
                }
            }
        };
        farewell(connection, fatal)
    }

    /// Initialize: a new session, if the device exists and there is room.
    fn open(
        &self,
        header: Header,
        sub_address: &[u8],
        connection: &Connection,
    ) -> Result<Arc<Session>, (u8, &'static str)> {
        let name = sub_address.to_ascii_lowercase();
        let is_digits = |number: &[u8]| number.iter().all(u8::is_ascii_digit);
        let is_own = name.strip_prefix(b"hislip").is_some_and(is_digits);
        if !is_own && self.alias.as_deref() != Some(&*name) {
            return Err((FATAL_UNIDENTIFIED, "no such device"));
        }
        let mut sessions = lock(&self.sessions);
        if sessions.open.len() >= MOST_SESSIONS {
            return Err((FATAL_TOO_MANY_CLIENTS, "too many clients"));
        }
        // 0 is left out: a session number of its own for clients that forget to set it.
        sessions.next = sessions.next.wrapping_add(1).max(1);
        while sessions.open.contains_key(&sessions.next) {
            sessions.next = sessions.next.wrapping_add(1).max(1);
        }
        let number = sessions.next;
        let port = self.device.add_port(PortKind::Session);
        let stream = Arc::clone(&connection.stream);
        let session = Arc::new(Session::new(&self.device, port, number, self.overlap, stream));
        sessions.open.insert(number, Arc::clone(&session));
        drop(sessions);

        let version = self.version.min((header.parameter >> 16) as u16);
        let parameter = u32::from(version) << 16 | u32::from(number);
        let reply = Header::new(INITIALIZE_RESPONSE, u8::from(self.overlap), parameter);
        // A client that is gone already is noticed by the first receive.
        let _ = session.send(reply, &[]);
        Ok(session)
    }

    fn run_synchronous(
        &self,
        session: &Arc<Session>,
        connection: &Connection,
        reader: &mut impl BufRead,
    ) -> io::Result<()> {
        let result = synchronous::serve(session, reader, self.max_message);
        if result.is_ok() {
            let _ = linger(connection);
        }
        self.close(session);
        result
    }

    /// AsyncInitialize: the session that it belongs to.
    fn attach(&self, header: Header, connection: &Connection) -> Option<Arc<Session>> {
        let number = u16::try_from(header.parameter).ok()?;
        let session = lock(&self.sessions).open.get(&number).cloned()?;
        session.attach(&connection.stream).then_some(session)
    }

    fn run_asynchronous(
        &self,
        session: &Arc<Session>,
        connection: &Connection,
        reader: &mut impl BufRead,
    ) -> io::Result<()> {
        // Noted before the client can know that it is connected, sent after it does.
        let (requests, incoming) = mpsc::channel();
        let notify = move |byte| {
            let _ = requests.send(byte);
        };
        self.device.set_notify(session.port, Some(Box::new(notify)));
        let reply = Header::new(ASYNC_INITIALIZE_RESPONSE, 0, VENDOR);
        let result = session
            .send_async(reply, &[])
            .and_then(|()| self.announce_requests(session, incoming))
            .and_then(|()| asynchronous::serve(session, reader, self.max_message, self.overlap));
        if result.is_ok() {
            let _ = linger(connection);
        }
        self.close(session);
        result
    }

    /// Sends AsyncServiceRequest from a thread of its own: a client that does not read must not
    /// hold up the instrument. The thread ends with the session's port.
    fn announce_requests(&self, session: &Arc<Session>, requests: Receiver<u8>) -> io::Result<()> {
        let session = Arc::clone(session);
        self.hub.spawn("hislip requests", move || {
            while let Ok(byte) = requests.recv() {
                let request = Header::new(ASYNC_SERVICE_REQUEST, byte, 0);
                if session.send_async(request, &[]).is_err() {
                    return;
                }
            }
        })
    }

    fn close(&self, session: &Arc<Session>) {
        let mut sessions = lock(&self.sessions);
        // Its number may belong to a newer session when the second channel ends.
        if sessions.open.get(&session.number).is_some_and(|open| Arc::ptr_eq(open, session)) {
            sessions.open.remove(&session.number);
        }
        drop(sessions);
        session.close();
    }
}

/// Tells a client why it is not served.
fn farewell(connection: &Connection, (code, why): (u8, &str)) -> io::Result<()> {
    send(&connection.stream, Header::new(FATAL_ERROR, code, 0), &[why.as_bytes()])?;
    linger(connection)
}

/// Lets the client read what was sent last: closing with unread input would reset the
/// connection and take the message away from it.
fn linger(connection: &Connection) -> io::Result<()> {
    connection.stream.shutdown(Shutdown::Write)?;
    connection.stream.set_read_timeout(Some(FAREWELL))?;
    let mut rest = (&*connection.stream).take(1 << 20);
    io::copy(&mut rest, &mut io::sink()).map(|_| ())
}
