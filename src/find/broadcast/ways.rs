#![forbid(unsafe_code)]
//! What is asked where: each address of an interface asks those that it reaches.

use std::net::IpAddr;
use std::net::Ipv4Addr;
use std::net::Ipv6Addr;
use std::net::SocketAddr;
use std::net::SocketAddrV6;

use crate::find::broadcast::answers::is_local;
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
        // A link's own address is tied to it already, and the system refuses to hear it twice.
        if !is_local(self.local.ip()) {
            socket.leave_by(self.interface.index)?;
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::os::lan::{V4, V6};

    fn v4(address: [u8; 4], broadcast: Option<[u8; 4]>) -> V4 {
        let mask = Ipv4Addr::new(255, 255, 255, 0);
        V4 { address: address.into(), mask, broadcast: broadcast.map(Into::into) }
    }

    fn v6(address: &str, scope: u32) -> V6 {
        V6 { address: address.parse().unwrap(), mask: Ipv6Addr::from(!0 << 64), scope }
    }

    fn lan() -> LanInterface {
        LanInterface {
            name: "lan7".into(),
            index: 7,
            is_loopback: false,
            is_point_to_point: false,
            has_multicast: true,
            v4: vec![
                v4([10, 0, 1, 1], Some([10, 0, 1, 255])),
                v4([10, 0, 2, 1], Some([10, 0, 2, 255])),
            ],
            v6: vec![v6("fd00::1", 0), v6("fe80::1", 7), v6("fd00::2", 0)],
        }
    }

    /// As "from > to, to".
    fn shown(interface: &LanInterface) -> Vec<String> {
        let way = |way: &Way| {
            let questions = way.questions.iter().map(|(question, to)| match question {
                Question::Port => to.to_string(),
                Question::Address => format!("{to} (3)"),
            });
            format!("{} > {}", way.local.ip(), questions.collect::<Vec<_>>().join(", "))
        };
        Way::all(interface).iter().map(way).collect()
    }

    #[test]
    fn each_address_asks_its_neighbours_once() {
        let wanted = [
            "10.0.1.1 > 10.0.1.255:111, 255.255.255.255:111",
            "10.0.2.1 > 10.0.2.255:111",
            "fe80::1 > [ff02::202%7]:111 (3), [ff02::1%7]:111",
            "fd00::1 > [ff02::202%7]:111 (3), [ff02::1%7]:111",
        ];
        assert_eq!(shown(&lan()), wanted);
    }

    #[test]
    fn an_interface_without_neighbours_asks_nobody() {
        let tunnel = LanInterface { is_point_to_point: true, ..lan() };
        assert!(shown(&tunnel).is_empty());
        let bare = LanInterface { v4: Vec::new(), v6: Vec::new(), ..lan() };
        assert!(shown(&bare).is_empty());
        let alone =
            LanInterface { v4: vec![v4([10, 0, 0, 1], None)], has_multicast: false, ..lan() };
        assert!(shown(&alone).is_empty());
    }

    /// Rule: on loopback, and of all its addresses, only this machine itself is asked.
    #[test]
    fn loopback_is_asked_at_the_address_that_every_machine_has() {
        let own = vec![v4([10, 9, 9, 9], None), v4([127, 0, 0, 1], None)];
        let home = LanInterface { is_loopback: true, v4: own, v6: vec![v6("::1", 0)], ..lan() };
        assert_eq!(shown(&home), ["127.0.0.1 > 127.0.0.1:111", "::1 > [::1]:111 (3), [::1]:111"]);
        let without = LanInterface { v6: Vec::new(), ..home };
        assert_eq!(shown(&without).len(), 1, "where IPv6 is switched off");
    }
}
