//! TCP connections with deadlines that cost no system call while the peer is prompt.
//!
//! A connection is blocking, with a short receive and send timeout of the socket's own
//! (20 ms) that is set once. Only when that has passed is the descriptor polled together
//! with the cancel event. So a prompt reply costs one receive, and viTerminate takes at most
//! that long to be seen.

mod connect;
mod moving;

pub use connect::resolve;

use std::io::{IoSlice, IoSliceMut};
use std::net::{IpAddr, SocketAddr};
use std::os::fd::{AsRawFd, RawFd};
use std::time::Duration;

use socket2::Socket;

use crate::os::Wait;
use crate::os::cancel::Blocked;
use crate::os::deadline::Deadline;
use crate::os::own::Owned;
use crate::os::poll::{await_events, poll, poll_now};
use crate::os::spin::{Receiving, Spin};
use crate::status::{
    Error, Result, VI_ERROR_ALLOC, VI_ERROR_CONN_LOST, VI_ERROR_IO, VI_ERROR_TMO,
    VI_ERROR_USER_BUF, fail,
};

/// How long a socket call may block before deadline and cancellation are looked at.
const PATIENCE: Duration = Duration::from_millis(20);

/// The longest message whose sending is tried without waiting first.
const AT_ONCE: usize = 16 << 10;

/// The most that is asked of one receive call: more gains nothing, and a caller's wild count
/// stays away from the end of the address space.
const PIECE: usize = 16 << 20;

/// One TCP connection. All methods take `&self`: one thread may send while another receives.
#[derive(Debug)]
pub struct Stream {
    /// Before the socket, for it must be dropped first.
    _own: Owned,
    socket: Socket,
    /// As far as it is known without asking.
    peer: Option<SocketAddr>,
    spin: Spin,
}

/// A send that did not finish: how much left, and why it ended.
#[derive(Clone, Copy, Debug)]
pub struct Cut {
    /// Bytes handed to the system, over all parts.
    pub count: usize,
    /// Why no more.
    pub error: Error,
}

/// Receives while a send is blocked ([`Stream::send_parts_receiving`]).
pub trait Meanwhile {
    /// Whether this thread may receive now. One that may not yet is asked again once `blocked` has
    /// been woken.
    fn is_ready(&mut self, blocked: &Blocked) -> bool;

    /// Receives some of what has arrived. Never waits.
    ///
    /// # Errors
    /// When the connection is of no use any more.
    fn receive(&mut self) -> Result;
}

impl Stream {
    /// Receives at least one byte into `parts`, in order.
    ///
    /// # Errors
    /// VI_ERROR_TMO, VI_ERROR_ABORT; VI_ERROR_CONN_LOST when the peer is gone; VI_ERROR_USER_BUF
    /// when a part is not writable memory.
    pub fn recv_parts(&self, parts: &mut [IoSliceMut<'_>], wait: &Wait) -> Result<usize> {
        if parts.iter().all(|part| part.is_empty()) {
            return Ok(0);
        }
        wait.ticket.check()?;
        let fd = self.as_raw_fd();
        let mut patient = !is_short(wait.deadline);
        // Until the end: others are not to spin beside one that is blocked.
        let mut receiving = self.spin.begin(wait);
        while patient && receiving.as_mut().is_some_and(Receiving::spins) {
            if let Some(count) = self.received(moving::receive_now(fd, parts), wait)? {
                receiving.iter().for_each(Receiving::has_paid);
                return Ok(count);
            }
        }
        loop {
            if !patient {
                self.await_events(libc::POLLIN, wait)?;
            }
            if let Some(count) = self.received(moving::receive(fd, parts), wait)? {
                return Ok(count);
            }
            // A periodic signal must not keep us from looking at the clock either.
            patient = false;
        }
    }

    /// What a receive has brought; `None` when it is to be tried again.
    fn received(&self, received: std::io::Result<usize>, wait: &Wait) -> Result<Option<usize>> {
        match received {
            Ok(0) => {
                // viClose shuts the connection under a blocked call: that is its abort.
                wait.ticket.check()?;
                fail(VI_ERROR_CONN_LOST, "peer closed the connection")
            }
            Ok(count) => Ok(Some(count)),
            Err(error) if would_block(&error) || interrupted(&error) => Ok(None),
            Err(error) => {
                wait.ticket.check()?;
                Err(io_error(&error, "receive"))
            }
        }
    }

    /// Receives at least one byte into `buf`. Errors as [`Stream::recv_parts`].
    pub fn recv(&self, buf: &mut [u8], wait: &Wait) -> Result<usize> {
        let most = buf.len().min(PIECE);
        self.recv_parts(&mut [IoSliceMut::new(&mut buf[..most])], wait)
    }

    /// Fills `buf`. On failure the count says how much of it is filled.
    ///
    /// # Errors
    /// As [`Stream::recv_parts`].
    pub fn recv_exact(&self, buf: &mut [u8], wait: &Wait) -> std::result::Result<(), Cut> {
        let mut count = 0;
        while count < buf.len() {
            match self.recv(&mut buf[count..], wait) {
                Ok(more) => count += more,
                Err(error) => return Err(Cut { count, error }),
            }
        }
        Ok(())
    }

    /// Sends all of `parts`, in one system call when the system takes them.
    ///
    /// # Errors
    /// As [`Stream::recv_parts`]; [`Cut::count`] tells how much had left.
    pub fn send_parts(
        &self,
        parts: &mut [IoSlice<'_>],
        wait: &Wait,
    ) -> std::result::Result<(), Cut> {
        let await_room = |wait: &Wait| self.await_events(libc::POLLOUT, wait);
        self.send_all(parts, wait, 0, await_room)
    }

    /// As [`Stream::send_parts`], towards a peer that may itself be sending and take nothing
    /// before we have received that: while the send is blocked, `meanwhile` receives.
    ///
    /// # Errors
    /// As [`Stream::send_parts`], and what `meanwhile` fails with.
    pub fn send_parts_receiving(
        &self,
        parts: &mut [IoSlice<'_>],
        wait: &Wait,
        meanwhile: &mut dyn Meanwhile,
    ) -> std::result::Result<(), Cut> {
        let await_room = |wait: &Wait| self.await_room_receiving(wait, meanwhile);
        self.send_all(parts, wait, libc::MSG_DONTWAIT, await_room)
    }

    /// Sends `parts`. When the system does not take them at once, `await_room` waits until it
    /// takes more, and from then on `flags` are added.
    fn send_all(
        &self,
        mut parts: &mut [IoSlice<'_>],
        wait: &Wait,
        flags: i32,
        mut await_room: impl FnMut(&Wait) -> Result,
    ) -> std::result::Result<(), Cut> {
        let mut count = 0;
        let cut = |count, error| Err(Cut { count, error });
        if let Err(error) = wait.ticket.check() {
            return cut(count, error);
        }
        // A message that fits the system's buffer does not block: it is told so, or tells at once.
        let is_short_message = parts.iter().map(|part| part.len()).sum::<usize>() <= AT_ONCE;
        let first = if is_short_message { libc::MSG_DONTWAIT } else { 0 };
        let mut patient = !is_short(wait.deadline);
        // Drops empty parts, so that "no parts" means "all sent".
        IoSlice::advance_slices(&mut parts, 0);
        while !parts.is_empty() {
            if !patient && let Err(error) = await_room(wait) {
                return cut(count, error);
            }
            let flags = if patient { first } else { flags };
            match moving::send(self.as_raw_fd(), parts, flags) {
                Ok(sent) => {
                    count += sent;
                    IoSlice::advance_slices(&mut parts, sent);
                    // A short send means a full buffer: from here on watch deadline and cancel.
                    patient = false;
                }
                Err(error) if would_block(&error) || interrupted(&error) => patient = false,
                Err(error) => {
                    // viClose shuts the connection under a blocked call: that is its abort.
                    let error = wait.ticket.check().err().unwrap_or(io_error(&error, "send"));
                    return cut(count, error);
                }
            }
        }
        Ok(())
    }

    /// Waits until something can be sent; receives whenever something can be received first.
    fn await_room_receiving(&self, wait: &Wait, meanwhile: &mut dyn Meanwhile) -> Result {
        let fd = self.socket.as_raw_fd();
        if wait.deadline == Deadline::Immediate {
            return await_events(fd, libc::POLLOUT, wait);
        }
        let blocked = wait.ticket.block()?;
        loop {
            // Looked at first, so that a peer that keeps sending cannot hold a call past its time.
            if wait.deadline.has_passed() {
                return fail(VI_ERROR_TMO, "deadline passed");
            }
            let receiving = if meanwhile.is_ready(&blocked) { libc::POLLIN } else { 0 };
            let mut polls = [
                libc::pollfd { fd, events: libc::POLLOUT | receiving, revents: 0 },
                libc::pollfd { fd: blocked.as_raw_fd(), events: libc::POLLIN, revents: 0 },
            ];
            poll(&mut polls, wait)?;
            // Room, or an error that the send will report.
            if polls[0].revents & !libc::POLLIN != 0 {
                return Ok(());
            }
            if polls[0].revents != 0 {
                meanwhile.receive()?;
            }
            if polls[1].revents != 0 {
                blocked.drain();
                wait.ticket.check()?;
            }
        }
    }

    /// Whether bytes (or the peer's closing) wait to be received. Never blocks.
    pub fn is_readable(&self) -> bool {
        poll_now(self.socket.as_raw_fd(), libc::POLLIN)
    }

    /// Receives what is there, at most `buf`; `None` when there is nothing. Never blocks.
    ///
    /// # Errors
    /// VI_ERROR_CONN_LOST when the peer is gone.
    pub fn recv_now(&self, buf: &mut [u8]) -> Result<Option<usize>> {
        match moving::receive_now(self.as_raw_fd(), &mut [IoSliceMut::new(buf)]) {
            Ok(0) => fail(VI_ERROR_CONN_LOST, "peer closed the connection"),
            Ok(count) => Ok(Some(count)),
            Err(error) if would_block(&error) || interrupted(&error) => Ok(None),
            Err(error) => Err(io_error(&error, "receive")),
        }
    }

    /// Sends as much of `bytes` as the system takes at once. Never blocks.
    ///
    /// # Errors
    /// VI_ERROR_CONN_LOST when the peer is gone.
    pub fn send_now(&self, bytes: &[u8]) -> Result<usize> {
        match moving::send(self.as_raw_fd(), &[IoSlice::new(bytes)], libc::MSG_DONTWAIT) {
            Err(error) if would_block(&error) || interrupted(&error) => Ok(0),
            sent => sent.map_err(|error| io_error(&error, "send")),
        }
    }

    /// Waits until [`Stream::send_now`] may send something.
    ///
    /// # Errors
    /// As [`await_events`].
    pub fn await_room(&self, wait: &Wait) -> Result {
        self.await_events(libc::POLLOUT, wait)
    }

    /// A connection that the peer has made.
    pub(super) fn of((socket, own): (Socket, Owned)) -> Self {
        Self { _own: own, socket, peer: None, spin: Spin::default() }
    }

    /// How long a receive looks again and again before it blocks, in microseconds; 0 is off.
    pub fn spin_us(&self) -> u32 {
        self.spin.us()
    }

    /// Sets that; at most [`MOST_SPIN_US`](crate::os::spin::MOST_SPIN_US).
    pub fn set_spin_us(&self, us: u32) {
        self.spin.set_us(us);
    }

    /// Our address on the way to the peer.
    ///
    /// # Errors
    /// VI_ERROR_CONN_LOST when the connection has gone.
    pub fn local(&self) -> Result<IpAddr> {
        match self.socket.local_addr().ok().and_then(|address| address.as_socket()) {
            Some(address) => Ok(address.ip()),
            None => fail(VI_ERROR_CONN_LOST, "connection has gone"),
        }
    }

    /// The peer's address, for a further connection to the same host.
    ///
    /// # Errors
    /// VI_ERROR_CONN_LOST when it has gone.
    pub fn peer(&self) -> Result<SocketAddr> {
        if let Some(peer) = self.peer {
            return Ok(peer);
        }
        match self.socket.peer_addr().ok().and_then(|address| address.as_socket()) {
            Some(address) => Ok(address),
            None => fail(VI_ERROR_CONN_LOST, "peer has gone"),
        }
    }

    /// The peer's address in digits (VI_ATTR_TCPIP_ADDR); empty when it was not asked by one and has
    /// gone.
    pub fn peer_text(&self) -> String {
        self.peer().map(|address| address.ip().to_string()).unwrap_or_default()
    }

    /// Whether Nagle's delay is off.
    ///
    /// # Errors
    /// VI_ERROR_IO when the system does not say.
    pub fn nodelay(&self) -> Result<bool> {
        self.socket.tcp_nodelay().map_err(|error| io_error(&error, "TCP_NODELAY"))
    }

    /// Whether keepalive probes are sent.
    ///
    /// # Errors
    /// VI_ERROR_IO when the system does not say.
    pub fn keepalive(&self) -> Result<bool> {
        self.socket.keepalive().map_err(|error| io_error(&error, "SO_KEEPALIVE"))
    }

    /// Switches Nagle's delay off (`true`) or on (VI_ATTR_TCPIP_NODELAY).
    ///
    /// # Errors
    /// VI_ERROR_IO when the system refuses.
    pub fn set_nodelay(&self, on: bool) -> Result {
        self.socket.set_tcp_nodelay(on).map_err(|error| io_error(&error, "TCP_NODELAY"))
    }

    /// Switches keepalive probes on or off (VI_ATTR_TCPIP_KEEPALIVE).
    ///
    /// # Errors
    /// VI_ERROR_IO when the system refuses.
    pub fn set_keepalive(&self, on: bool) -> Result {
        self.socket.set_keepalive(on).map_err(|error| io_error(&error, "SO_KEEPALIVE"))
    }

    /// Ends both directions at once, so that a thread blocked in this connection wakes up.
    pub fn shut_down(&self) {
        // Fails only when the peer has closed already, which serves as well.
        let _ = self.socket.shutdown(std::net::Shutdown::Both);
    }

    fn await_events(&self, events: i16, wait: &Wait) -> Result {
        await_events(self.socket.as_raw_fd(), events, wait)
    }
}

impl AsRawFd for Stream {
    fn as_raw_fd(&self) -> RawFd {
        self.socket.as_raw_fd()
    }
}

/// Whether a deadline is too near for [`PATIENCE`].
fn is_short(deadline: Deadline) -> bool {
    deadline.remaining().is_some_and(|left| left <= PATIENCE)
}

fn would_block(error: &std::io::Error) -> bool {
    error.kind() == std::io::ErrorKind::WouldBlock
}

fn interrupted(error: &std::io::Error) -> bool {
    error.kind() == std::io::ErrorKind::Interrupted
}

/// The VISA error of a failed transfer.
fn io_error(error: &std::io::Error, at: &'static str) -> Error {
    let errno = error.raw_os_error().unwrap_or(0);
    let code = match errno {
        libc::EFAULT => VI_ERROR_USER_BUF,
        libc::ENOMEM | libc::ENOBUFS => VI_ERROR_ALLOC,
        libc::ECONNRESET
        | libc::EPIPE
        | libc::ETIMEDOUT
        | libc::ENOTCONN
        | libc::ECONNABORTED
        | libc::ENETDOWN
        | libc::ENETUNREACH
        | libc::EHOSTUNREACH
        | libc::EHOSTDOWN => VI_ERROR_CONN_LOST,
        _ => VI_ERROR_IO,
    };
    Error::with_os(code, at, errno)
}
