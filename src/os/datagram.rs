//! UDP: sending on a chosen network interface, and waiting for answers on many sockets at once.

use std::io;
use std::mem::size_of_val;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::os::fd::{AsRawFd, RawFd};

use socket2::{Domain, Protocol, SockAddr, Socket, Type};

use crate::os::Wait;
use crate::os::own;
use crate::os::own::Owned;
use crate::os::poll::poll;
use crate::status::{
    Error, Result, VI_ERROR_ALLOC, VI_ERROR_IO, VI_ERROR_NPERMISSION, VI_ERROR_RSRC_NFOUND,
    VI_ERROR_TMO, fail,
};

/// The longest datagram there is, in bytes: what a buffer for [`Datagrams::receive`] has room for
/// so that nothing is cut off.
pub const LONGEST: usize = 65_535;

/// Room in bytes for what has arrived and was not received yet, as far as the system gives it: two
/// hundred hosts may answer at once.
const ROOM: usize = 1 << 20;

/// The hops that multicast and its answers have: all of them, for some peers take it as a proof
/// that nobody beyond the link has sent it (RFC 6762 section 11).
const HOPS: u32 = 255;

/// A UDP socket. Nothing here blocks but [`await_any`].
#[derive(Debug)]
pub struct Datagrams {
    /// Before the socket, for it must be dropped first.
    _own: Owned,
    socket: UdpSocket,
}

impl Datagrams {
    /// One at `local`: an address of this machine's, or none ("0.0.0.0", "::"); port 0 is any free
    /// one. An IPv6 socket takes no IPv4.
    ///
    /// # Errors
    /// VI_ERROR_ALLOC without descriptors, VI_ERROR_NPERMISSION; VI_ERROR_RSRC_NFOUND when the
    /// address is not this machine's, or is not there yet, and VI_ERROR_IO when the port is taken.
    pub fn open(local: SocketAddr) -> Result<Self> {
        Self::bind(local, false)
    }

    /// The same beside other sockets that share the port in this way.
    ///
    /// # Errors
    /// As [`Datagrams::open`].
    pub fn open_shared(local: SocketAddr) -> Result<Self> {
        Self::bind(local, true)
    }

    /// One on a free port that talks to `peer` alone. So the system tells it when nobody listens
    /// there: [`Datagrams::receive`] fails.
    ///
    /// # Errors
    /// As [`Datagrams::open`].
    pub fn connect(peer: SocketAddr) -> Result<Self> {
        let any: IpAddr = match peer {
            SocketAddr::V4(_) => [0; 4].into(),
            SocketAddr::V6(_) => [0_u16; 8].into(),
        };
        let datagrams = Self::open((any, 0).into())?;
        datagrams.socket.connect(peer).map_err(|cause| error(&cause, "connect"))?;
        Ok(datagrams)
    }

    fn bind(local: SocketAddr, shared: bool) -> Result<Self> {
        let map = |cause: io::Error| error(&cause, "bind");
        let domain = Domain::for_address(local);
        let make = || Socket::new(domain, Type::DGRAM, Some(Protocol::UDP));
        let (socket, own) = own::make(make).map_err(map)?;
        socket.set_nonblocking(true).map_err(map)?;
        if local.is_ipv6() {
            socket.set_only_v6(true).map_err(map)?;
        }
        if shared {
            socket.set_reuse_address(true).map_err(map)?;
        }
        // As much as the system gives.
        let _ = socket.set_recv_buffer_size(ROOM);
        socket.bind(&SockAddr::from(local)).map_err(map)?;
        Ok(Self { _own: own, socket: socket.into() })
    }

    /// What is sent from here leaves by the interface of this number, whatever the routes say.
    ///
    /// # Errors
    /// VI_ERROR_IO when the system refuses.
    pub fn leave_by(&self, index: u32) -> Result {
        // The unicast options want the number in network byte order, the others do not.
        let swapped = index.to_be();
        match self.local()? {
            SocketAddr::V4(_) => {
                let by = request([0; 4].into(), index);
                self.set(libc::IPPROTO_IP, libc::IP_MULTICAST_IF, &by)?;
                self.set(libc::IPPROTO_IP, libc::IP_UNICAST_IF, &swapped)
            }
            // At an address with a scope it leaves by that interface, and by no other.
            SocketAddr::V6(at) if at.scope_id() != 0 => {
                self.set(libc::IPPROTO_IPV6, libc::IPV6_MULTICAST_IF, &index)
            }
            SocketAddr::V6(_) => {
                self.set(libc::IPPROTO_IPV6, libc::IPV6_MULTICAST_IF, &index)?;
                self.set(libc::IPPROTO_IPV6, libc::IPV6_UNICAST_IF, &swapped)
            }
        }
    }

    /// Lets broadcast addresses be sent to.
    ///
    /// # Errors
    /// VI_ERROR_IO when the system refuses.
    pub fn permit_broadcast(&self) -> Result {
        self.socket.set_broadcast(true).map_err(|cause| error(&cause, "SO_BROADCAST"))
    }

    /// What is sent from here, to one or to many, may take 255 hops.
    ///
    /// # Errors
    /// VI_ERROR_IO when the system refuses.
    pub fn let_go_far(&self) -> Result {
        if self.is_ipv6() {
            self.set(libc::IPPROTO_IPV6, libc::IPV6_MULTICAST_HOPS, &HOPS)?;
            self.set(libc::IPPROTO_IPV6, libc::IPV6_UNICAST_HOPS, &HOPS)
        } else {
            self.set(libc::IPPROTO_IP, libc::IP_MULTICAST_TTL, &HOPS)?;
            self.set(libc::IPPROTO_IP, libc::IP_TTL, &HOPS)
        }
    }

    /// Receives what is sent to `group` on the interface of this number. With IPv4 that of no other
    /// interface comes; with IPv6 it does where others are members there, unless the socket is at
    /// the group's address with the interface as its scope.
    ///
    /// # Errors
    /// VI_ERROR_IO when the system refuses.
    pub fn join(&self, group: IpAddr, index: u32) -> Result {
        match group {
            IpAddr::V4(group) => {
                let off = 0_u32;
                self.set(libc::IPPROTO_IP, libc::IP_MULTICAST_ALL, &off)?;
                let member = request(group, index);
                self.set(libc::IPPROTO_IP, libc::IP_ADD_MEMBERSHIP, &member)
            }
            IpAddr::V6(group) => {
                let joined = self.socket.join_multicast_v6(&group, index);
                joined.map_err(|cause| error(&cause, "IPV6_ADD_MEMBERSHIP"))
            }
        }
    }

    /// Sends `bytes` to `to`; one that is connected has its peer only.
    ///
    /// # Errors
    /// VI_ERROR_RSRC_NFOUND where no way leads there, VI_ERROR_NPERMISSION when a firewall has
    /// forbidden it, VI_ERROR_ALLOC when the way is full, VI_ERROR_IO.
    pub fn send(&self, bytes: &[u8], to: SocketAddr) -> Result {
        let sent = self.socket.send_to(bytes, to);
        sent.map(drop).map_err(|cause| error(&cause, "send"))
    }

    /// Receives a datagram if one is there, and who sent it. What does not fit into `buffer` is cut
    /// off. Never blocks.
    ///
    /// # Errors
    /// VI_ERROR_RSRC_NFOUND when the peer that this is connected to has said that nobody listens
    /// there; VI_ERROR_IO.
    pub fn receive(&self, buffer: &mut [u8]) -> Result<Option<(usize, SocketAddr)>> {
        match self.socket.recv_from(buffer) {
            Ok(received) => Ok(Some(received)),
            Err(cause) => match cause.kind() {
                io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted => Ok(None),
                _ => Err(error(&cause, "receive")),
            },
        }
    }

    /// Where it is.
    ///
    /// # Errors
    /// VI_ERROR_IO when the system does not say.
    pub fn local(&self) -> Result<SocketAddr> {
        self.socket.local_addr().map_err(|cause| error(&cause, "getsockname"))
    }

    fn is_ipv6(&self) -> bool {
        self.local().is_ok_and(|local| local.is_ipv6())
    }

    fn set<T>(&self, level: i32, option: i32, value: &T) -> Result {
        let len = size_of_val(value) as libc::socklen_t;
        let value = std::ptr::from_ref(value).cast();
        // SAFETY: `len` readable bytes; each option here takes plain numbers.
        if unsafe { libc::setsockopt(self.as_raw_fd(), level, option, value, len) } != 0 {
            return Err(error(&io::Error::last_os_error(), "setsockopt"));
        }
        Ok(())
    }
}

/// What the options of IPv4 multicast take.
fn request(group: std::net::Ipv4Addr, index: u32) -> libc::ip_mreqn {
    libc::ip_mreqn {
        imr_multiaddr: libc::in_addr { s_addr: group.to_bits().to_be() },
        imr_address: libc::in_addr { s_addr: 0 },
        imr_ifindex: index as i32,
    }
}

impl AsRawFd for Datagrams {
    fn as_raw_fd(&self) -> RawFd {
        self.socket.as_raw_fd()
    }
}

/// Waits until some of `sockets` have something to receive, or an error to report, and tells which
/// by their place. With none at all it waits for the end.
///
/// # Errors
/// VI_ERROR_TMO at the deadline, VI_ERROR_ABORT when cancelled, VI_ERROR_ALLOC.
pub fn await_any<'a>(
    sockets: impl IntoIterator<Item = &'a Datagrams>,
    wait: &Wait,
) -> Result<Vec<usize>> {
    let readable = |fd| libc::pollfd { fd, events: libc::POLLIN, revents: 0 };
    let blocked = wait.ticket.block()?;
    let sockets = sockets.into_iter().map(|socket| readable(socket.as_raw_fd()));
    let mut polls: Vec<_> = sockets.chain([readable(blocked.as_raw_fd())]).collect();
    let last = polls.len() - 1;
    loop {
        // Looked at first, so that peers that keep sending cannot hold a call past its time.
        if wait.deadline.has_passed() {
            return fail(VI_ERROR_TMO, "deadline passed");
        }
        poll(&mut polls, wait)?;
        let ready = |place: &usize| polls[*place].revents != 0;
        let places: Vec<_> = (0..last).filter(ready).collect();
        if !places.is_empty() {
            return Ok(places);
        }
        if ready(&last) {
            // A wake-up that came late from an earlier wait; forgotten first, then looked again.
            blocked.drain();
            wait.ticket.check()?;
        }
    }
}

fn error(cause: &io::Error, at: &'static str) -> Error {
    let errno = cause.raw_os_error().unwrap_or(0);
    let code = match errno {
        libc::EMFILE | libc::ENFILE | libc::ENOMEM | libc::ENOBUFS => VI_ERROR_ALLOC,
        libc::EACCES | libc::EPERM => VI_ERROR_NPERMISSION,
        libc::EADDRNOTAVAIL
        | libc::ECONNREFUSED
        | libc::ENETDOWN
        | libc::ENETUNREACH
        | libc::EHOSTUNREACH
        | libc::EHOSTDOWN
        | libc::ENODEV
        | libc::ENXIO => VI_ERROR_RSRC_NFOUND,
        _ => VI_ERROR_IO,
    };
    Error::with_os(code, at, errno)
}

#[cfg(test)]
mod tests;
