#![forbid(unsafe_code)]
//! A TCP port of ours, for devices that call back.

use std::net::{Ipv4Addr, SocketAddr};
use std::os::fd::{AsRawFd, RawFd};

use socket2::{Domain, Protocol, SockAddr, Socket, Type};

use crate::os::net::Stream;
use crate::os::own;
use crate::os::own::Owned;
use crate::status::{Error, Result, VI_ERROR_ALLOC};

/// Connections that may wait to be accepted.
const BACKLOG: i32 = 32;

/// A listening socket on a free port of all IPv4 addresses.
#[derive(Debug)]
pub struct Listener {
    /// Before the socket, for it must be dropped first.
    _own: Owned,
    socket: Socket,
    port: u16,
}

impl Listener {
    /// Starts to listen.
    ///
    /// # Errors
    /// VI_ERROR_ALLOC without descriptors or ports.
    pub fn open() -> Result<Self> {
        let make = || Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP));
        let (socket, own) = own::make(make).map_err(error)?;
        socket.set_nonblocking(true).map_err(error)?;
        let any = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0));
        socket.bind(&SockAddr::from(any)).map_err(error)?;
        socket.listen(BACKLOG).map_err(error)?;
        let bound = socket.local_addr().map_err(error)?.as_socket();
        let port = bound.map_or(0, |address| address.port());
        Ok(Self { _own: own, socket, port })
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// A connection that waits to be accepted, and who made it; `None` when there is none. Never
    /// blocks.
    ///
    /// # Errors
    /// VI_ERROR_ALLOC without descriptors; then the connection goes on waiting.
    pub fn accept(&self) -> Result<Option<(Stream, SocketAddr)>> {
        let mut from = None;
        let accept = || {
            let (socket, address) = self.socket.accept()?;
            from = address.as_socket();
            Ok::<_, std::io::Error>(socket)
        };
        match own::make(accept) {
            Ok(accepted) => Ok(from.map(|address| (Stream::of(accepted), address))),
            Err(cause) => match cause.raw_os_error() {
                Some(libc::EMFILE | libc::ENFILE | libc::ENOBUFS | libc::ENOMEM) => {
                    Err(error(cause))
                }
                // Nobody, or one who has left again.
                _ => Ok(None),
            },
        }
    }
}

impl Drop for Listener {
    /// Stops listening even while forked children still have the descriptor.
    fn drop(&mut self) {
        // It cannot be used any more, whatever this says.
        let _ = self.socket.shutdown(std::net::Shutdown::Both);
    }
}

impl AsRawFd for Listener {
    fn as_raw_fd(&self) -> RawFd {
        self.socket.as_raw_fd()
    }
}

fn error(error: std::io::Error) -> Error {
    Error::with_os(VI_ERROR_ALLOC, "listen", error.raw_os_error().unwrap_or(0))
}
