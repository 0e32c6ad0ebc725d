#![forbid(unsafe_code)]
//! What is asked where: each address of an interface asks those that it reaches.

use std::net::IpAddr;
use std::net::Ipv4Addr;
use std::net::Ipv6Addr;
use std::net::SocketAddr;
use std::net::SocketAddrV6;

use crate::os::datagram::Datagrams;
use crate::os::lan::LanInterface;
use crate::status::Result;
use crate::wire::portmap;
use crate::wire::rpcbind;

/// All on a link (RFC 4291 section 2.7.1).
const ALL_NODES: Ipv6Addr = Ipv6Addr::new(0xFF02, 0, 0, 0, 0, 0, 0, 1);

/// What a portmapper is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Question {
    /// GETPORT of version 2.
    Port,
    /// GETADDR of version 3.
    Address,
}

/// An address of ours, and what it asks.
#[derive(Clone, Debug)]
pub(super) struct Way<'a> {
    pub(super) interface: &'a LanInterface,
    /// There is one to ask, and no other to listen to.
    pub(super) is_loopback: bool,
    local: SocketAddr,
    /// Each with where it is asked.
    pub(super) questions: Vec<(Question, SocketAddr)>,
}

impl<'a> Way<'a> {
    /// All ways of an interface. One that leads to a single other machine has none: a tunnel's end
    /// is no neighbourhood, and what is sent into it may go far.
    pub(super) fn all(interface: &'a LanInterface) -> Vec<Self> {
        if interface.is_loopback {
            return Self::loopback(interface);
        }
        if interface.is_point_to_point {
            return Vec::new();
        }
        let mut ways = Self::by_broadcast(interface);
        ways.extend(Self::by_multicast(interface));
        ways
    }

    fn by_broadcast(interface: &'a LanInterface) -> Vec<Self> {
        let mut ways: Vec<Self> = Vec::new();
        for own in &interface.v4 {
            let Some(broadcast) = own.broadcast else { continue };
            let mut to = vec![broadcast];
            // Also heard by an instrument that has a wrong idea of its network. Once is enough.
            if ways.is_empty() {
                to.push(Ipv4Addr::BROADCAST);
            }
            let questions = to.into_iter().map(|to| (Question::Port, at(to.into(), 0))).collect();
            let local = SocketAddr::from((own.address, 0));
            ways.push(Self { interface, is_loopback: false, local, questions });
        }
        ways
    }

    /// From the link's own address, which all can answer, and from one that is valid beyond it:
    /// whoever has such an address too answers from there, and that makes the better name.
    fn by_multicast(interface: &'a LanInterface) -> Vec<Self> {
        if !interface.has_multicast {
            return Vec::new();
        }
        let scope = interface.index;
        let (local, global): (Vec<_>, Vec<_>) =
            interface.v6.iter().partition(|own| own.address.is_unicast_link_local());
        let own = local.into_iter().take(1).chain(global.into_iter().take(1));
        let way = |own: &crate::os::lan::V6| Self {
            interface,
            is_loopback: false,
            local: SocketAddrV6::new(own.address, 0, 0, own.scope).into(),
            questions: vec![
                (Question::Address, at(rpcbind::GROUP.into(), scope)),
                (Question::Port, at(ALL_NODES.into(), scope)),
            ],
        };
        own.map(way).collect()
    }

    fn loopback(interface: &'a LanInterface) -> Vec<Self> {
        let way = |own: IpAddr, questions: &[Question]| {
            let peer = at(own, 0);
            let questions = questions.iter().map(|question| (*question, peer)).collect();
            let way = Self { interface, is_loopback: true, local: peer, questions };
            interface.has(own).then_some(way)
        };
        let v4 = way(Ipv4Addr::LOCALHOST.into(), &[Question::Port]);
        let v6 = way(Ipv6Addr::LOCALHOST.into(), &[Question::Address, Question::Port]);
        v4.into_iter().chain(v6).collect()
    }

    /// The socket that asks and listens.
    ///
    /// # Errors
    /// VI_ERROR_RSRC_NFOUND when the address is not there yet or any more; VI_ERROR_ALLOC and the
    /// like.
    pub(super) fn open(&self) -> Result<Datagrams> {
        if self.is_loopback {
            return Datagrams::connect(self.local);
        }
        let socket = Datagrams::open(self.local)?;
        socket.leave_by(self.interface.index)?;
        if self.local.is_ipv4() {
            socket.permit_broadcast()?;
        }
        Ok(socket)
    }
}

/// The portmapper at an address.
fn at(address: IpAddr, scope: u32) -> SocketAddr {
    match address {
        IpAddr::V4(address) => (address, portmap::PORT).into(),
        IpAddr::V6(address) => SocketAddrV6::new(address, portmap::PORT, 0, scope).into(),
    }
}
