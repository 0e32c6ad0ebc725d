#![forbid(unsafe_code)]
//! The interrupt channel: the instrument calls the client (VXI-11 B.4.5).

use std::io;
use std::net::Ipv4Addr;
use std::net::SocketAddr;
use std::net::TcpStream;
use std::net::UdpSocket;
use std::sync::Arc;
use std::sync::mpsc;
use std::sync::mpsc::Receiver;
use std::sync::mpsc::Sender;
use std::time::Duration;

use crate::sim::response::send_all;
use crate::sim::server::Connection;
use crate::sim::server::Hub;
use crate::sim::vxi11::INTERRUPT_PROGRAM;
use crate::sim::vxi11::VERSION;
use crate::sim::xdr::Encoder;

const DEVICE_INTR_SRQ: u32 = 30;

/// How long the client has to accept the connection, and each call.
const PATIENCE: Duration = Duration::from_secs(2);

/// Where the client listens: create_intr_chan's arguments.
#[derive(Clone, Copy, Debug)]
pub(super) struct Address {
    pub(super) host: Ipv4Addr,
    pub(super) port: u16,
    pub(super) udp: bool,
}

enum Line {
    Tcp(Connection),
    Udp(UdpSocket),
}

/// An open interrupt channel; it ends when the last sender is dropped.
pub(super) struct Interrupts {
    handles: Sender<Vec<u8>>,
}

impl Interrupts {
    /// Connects to the client. Calls are made by a thread of their own: a client that does not
    /// listen must not hold up the instrument.
    pub(super) fn open(hub: &Arc<Hub>, address: Address) -> io::Result<Self> {
        let to = SocketAddr::from((address.host, address.port));
        let line = if address.udp {
            let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
            socket.connect(to)?;
            Line::Udp(socket)
        } else {
            let stream = TcpStream::connect_timeout(&to, PATIENCE)?;
            stream.set_nodelay(true)?;
            stream.set_write_timeout(Some(PATIENCE))?;
            let stopping = || io::Error::from(io::ErrorKind::ConnectionAborted);
            Line::Tcp(hub.adopt(stream).ok_or_else(stopping)?)
        };
        let (handles, calls) = mpsc::channel();
        hub.spawn("vxi11 interrupt", move || call_all(&line, &calls))?;
        Ok(Self { handles })
    }

    /// Where to put the handle of a link that requests service.
    pub(super) fn sender(&self) -> Sender<Vec<u8>> {
        self.handles.clone()
    }
}

fn call_all(line: &Line, calls: &Receiver<Vec<u8>>) {
    let mut xid = 0;
    while let Ok(handle) = calls.recv() {
        xid += 1;
        let call = device_intr_srq(xid, &handle);
        // One-way: nobody waits for a reply (VXI-11 B.6.8).
        let sent = match line {
            Line::Tcp(connection) => {
                let mark = 1 << 31 | call.bytes().len() as u32;
                send_all(&connection.stream, &[&mark.to_be_bytes(), call.bytes()])
            }
            Line::Udp(socket) => socket.send(call.bytes()).map(|_| ()),
        };
        if sent.is_err() {
            return;
        }
    }
}

fn device_intr_srq(xid: u32, handle: &[u8]) -> Encoder {
    let head = [xid, 0, 2, INTERRUPT_PROGRAM, VERSION, DEVICE_INTR_SRQ, 0, 0, 0, 0];
    head.into_iter().fold(Encoder::default(), Encoder::u32).opaque(handle)
}
