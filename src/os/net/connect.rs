//! Connecting, as far as it goes without a system call that a prompt peer makes needless: the socket
//! blocks for its own short timeout, and only a peer that has not answered by then is polled for.

use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};
use std::os::fd::AsRawFd;
use std::sync::{Arc, OnceLock};

use socket2::{Domain, Protocol, SockAddr, Socket, Type};

use crate::os::Wait;
use crate::os::deadline::Deadline;
use crate::os::net::{PATIENCE, Stream, is_short};
use crate::os::own;
use crate::os::poll::await_events;
use crate::os::waker::Waker;
use crate::status::{
    Error, Result, VI_ERROR_ALLOC, VI_ERROR_NPERMISSION, VI_ERROR_RSRC_NFOUND, VI_ERROR_TMO, fail,
};

impl Stream {
    /// Connects to `host`: a name, an IPv4 address, or an IPv6 address with or without brackets.
    /// All of the host's addresses are tried within the deadline.
    ///
    /// # Errors
    /// VI_ERROR_RSRC_NFOUND when nobody answers there by the deadline, VI_ERROR_ABORT,
    /// VI_ERROR_ALLOC without descriptors.
    pub fn connect(host: &str, port: u16, wait: &Wait) -> Result<Self> {
        let addresses = resolve(host, port, wait)?;
        Self::connect_any(&addresses, wait)
    }

    /// Connects to the first of `addresses` that answers; each gets a fair share of the time.
    ///
    /// # Errors
    /// As [`Stream::connect`].
    pub fn connect_any(addresses: &[SocketAddr], wait: &Wait) -> Result<Self> {
        let mut last = Error::new(VI_ERROR_RSRC_NFOUND, "host has no address");
        for (i, address) in addresses.iter().enumerate() {
            let deadline = match wait.deadline.remaining() {
                Some(left) => Deadline::after(left / (addresses.len() - i) as u32),
                None => Deadline::Never,
            };
            match connect_one(*address, &Wait { deadline, ..*wait }) {
                Ok(stream) => return Ok(stream),
                Err(error) => last = error,
            }
            wait.ticket.check()?;
        }
        Err(last)
    }
}

fn connect_one(address: SocketAddr, wait: &Wait) -> Result<Stream> {
    let map = |error: std::io::Error| open_error(&error);
    let domain = Domain::for_address(address);
    let make = || Socket::new(domain, Type::STREAM, Some(Protocol::TCP));
    let (socket, own) = own::make(make).map_err(map)?;
    // A connect obeys the send timeout (socket(7)).
    socket.set_write_timeout(Some(PATIENCE)).map_err(map)?;
    socket.set_read_timeout(Some(PATIENCE)).map_err(map)?;
    socket.set_tcp_nodelay(true).map_err(map)?;
    let hurried = is_short(wait.deadline);
    if hurried {
        socket.set_nonblocking(true).map_err(map)?;
    }
    match socket.connect(&SockAddr::from(address)) {
        Ok(()) => {}
        // Also when that timeout has passed, or a signal came: the system goes on connecting.
        Err(error) if goes_on(&error) => await_connection(&socket, wait)?,
        Err(error) => return Err(open_error(&error)),
    }
    if hurried {
        socket.set_nonblocking(false).map_err(map)?;
    }
    // Who asks for no address in particular has reached this machine's own.
    let peer = Some(address).filter(|address| !address.ip().is_unspecified());
    Ok(Stream { peer, ..Stream::of((socket, own)) })
}

fn goes_on(error: &std::io::Error) -> bool {
    error.raw_os_error() == Some(libc::EINPROGRESS) || error.kind() == ErrorKind::Interrupted
}

fn await_connection(socket: &Socket, wait: &Wait) -> Result {
    await_events(socket.as_raw_fd(), libc::POLLOUT, wait).map_err(|error| match error.code {
        VI_ERROR_TMO => Error::new(VI_ERROR_RSRC_NFOUND, "nobody answered in time"),
        _ => error,
    })?;
    match socket.take_error() {
        Ok(None) => Ok(()),
        Ok(Some(error)) | Err(error) => Err(open_error(&error)),
    }
}

/// The addresses of `host`. A name is looked up on a thread of its own: the system's resolver
/// knows no deadline, so a slow one is left behind, not waited for.
///
/// # Errors
/// VI_ERROR_RSRC_NFOUND for unknown names and at the deadline, VI_ERROR_ABORT.
pub fn resolve(host: &str, port: u16, wait: &Wait) -> Result<Vec<SocketAddr>> {
    let host = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    if let Ok(ip) = host.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(ip, port)]);
    }
    type Answer = OnceLock<std::io::Result<Vec<SocketAddr>>>;
    let answer: Arc<Answer> = Arc::default();
    let done = Waker::new()?;
    let job = {
        let (answer, done, host) = (answer.clone(), done.clone(), host.to_owned());
        move || {
            let found = (host.as_str(), port).to_socket_addrs().map(Iterator::collect);
            let _ = answer.set(found);
            done.wake();
        }
    };
    std::thread::Builder::new()
        .name("visa-dns".into())
        .spawn(job)
        .map_err(|_| Error::new(VI_ERROR_ALLOC, "thread for the name look-up"))?;
    await_events(done.as_raw_fd(), libc::POLLIN, wait).map_err(|error| match error.code {
        VI_ERROR_TMO => Error::new(VI_ERROR_RSRC_NFOUND, "name look-up took too long"),
        _ => error,
    })?;
    match answer.get() {
        Some(Ok(addresses)) if !addresses.is_empty() => Ok(addresses.clone()),
        _ => fail(VI_ERROR_RSRC_NFOUND, "host name is unknown"),
    }
}

/// The VISA error of a failed connect: whatever is not ours to blame means "not there".
fn open_error(error: &std::io::Error) -> Error {
    let errno = error.raw_os_error().unwrap_or(0);
    let code = match errno {
        libc::EMFILE | libc::ENFILE | libc::ENOMEM | libc::ENOBUFS => VI_ERROR_ALLOC,
        libc::EACCES | libc::EPERM => VI_ERROR_NPERMISSION,
        _ => VI_ERROR_RSRC_NFOUND,
    };
    Error::with_os(code, "connect", errno)
}
