#![forbid(unsafe_code)]
//! The proxy between library and instrument. It passes on whole messages until a fault strikes.
//!
//! | file | what |
//! |---|---|
//! | `control.rs` | when the fault strikes, and what has become of it |
//! | `relay.rs` | one connection: two threads, one for each way |
//! | `ends.rs` | that the library's side knows of an end |
//! | `steps.rs` | doing what a fault says |
//! | `vxi11.rs` | the connections that VXI-11 makes besides, led through the proxy as well |

mod control;
mod ends;
mod relay;
mod steps;
mod vxi11;

use std::io;
use std::net::IpAddr;
use std::net::SocketAddr;
use std::net::TcpListener;
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;
use std::time::Instant;

use socket2::Domain;
use socket2::Socket;
use socket2::Type;

use crate::faults::fault::Fault;
use crate::faults::protocol::Line;
use crate::faults::protocol::Protocol;
use crate::faults::proxy::control::Control;
use crate::faults::proxy::relay::Relay;

/// Bytes that the system takes for a proxy that does not listen: so few that a long message is not
/// taken whole.
const RECEIVE_BUFFER: usize = 64 << 10;

/// A running proxy; it ends, with its connections and threads, when dropped.
pub struct Proxy {
    control: Arc<Control>,
    pub port: u16,
}

impl Proxy {
    /// Starts to listen at `bind` for connections to the instrument at `upstream`.
    pub fn start(
        bind: SocketAddr,
        upstream: SocketAddr,
        protocol: Protocol,
        fault: &'static Fault,
    ) -> io::Result<Self> {
        let control = Arc::new(Control::new(protocol, fault));
        let port = listen(&control, bind, upstream, Line::Main)?;
        Ok(Self { control, port })
    }

    /// From now on the fault strikes, for an operation that has this time.
    pub fn arm(&self, time: Duration) {
        self.control.arm(time);
    }

    /// From now on it does not strike any more; what it did stays. Whether it has struck.
    pub fn disarm(&self) -> bool {
        self.control.disarm()
    }

    /// Waits until all connections so far have ended; how many have not.
    pub fn await_closed(&self, limit: Duration) -> usize {
        self.control.await_all_closed(Instant::now() + limit)
    }

    /// Waits until nothing of what a fault does is under way any more.
    pub fn settle(&self) {
        self.control.settle();
    }

    /// Waits until the instrument has answered something after [`Proxy::disarm`].
    pub fn await_answer(&self) {
        self.control.await_answer();
    }

    /// The library has closed its session: what a fault still holds up does not matter any more.
    pub fn release(&self) {
        self.control.release();
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.control.stop();
    }
}

/// Accepts connections that are meant for `upstream`. The port.
fn listen(
    control: &Arc<Control>,
    bind: SocketAddr,
    upstream: SocketAddr,
    line: Line,
) -> io::Result<u16> {
    let socket = Socket::new(Domain::for_address(bind), Type::STREAM, None)?;
    socket.set_reuse_address(true)?;
    socket.set_recv_buffer_size(RECEIVE_BUFFER)?;
    socket.bind(&bind.into())?;
    socket.listen(16)?;
    let listener = TcpListener::from(socket);
    let address = listener.local_addr()?;
    control.note_door(address);
    let control_of_thread = Arc::clone(control);
    control.spawn(move || {
        let control = control_of_thread;
        while let Ok((client, _)) = listener.accept() {
            if control.is_stopping() {
                return;
            }
            // Without an instrument the library's connection ends at once, as it would there.
            let Ok(upstream) = TcpStream::connect(upstream) else { continue };
            let _ = match line {
                // Here it is the instrument that connects.
                Line::Interrupt => Relay::start(&control, upstream, client, line),
                _ => Relay::start(&control, client, upstream, line),
            };
        }
    })?;
    Ok(address.port())
}

fn loopback(port: u16) -> SocketAddr {
    SocketAddr::new(IpAddr::from([127, 0, 0, 1]), port)
}
