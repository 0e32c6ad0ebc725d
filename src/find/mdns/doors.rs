#![forbid(unsafe_code)]
//! The sockets by which questions leave: one for each network of each interface.

use std::collections::HashSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};

use crate::config::Config;
use crate::find::mdns::book::Origin;
use crate::find::mdns::inquiry::Manner;
use crate::find::mdns::instruments::Link;
use crate::os::datagram::Datagrams;
use crate::os::lan;
use crate::os::lan::LanInterface;
use crate::status::Result;

/// The port of mDNS.
pub const PORT: u16 = 5353;

/// Where all of a link listen.
const GROUP_V4: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 251);
const GROUP_V6: Ipv6Addr = Ipv6Addr::new(0xFF02, 0, 0, 0, 0, 0, 0, 0xFB);

/// The most sockets that a search takes of the program's: 64 interfaces can be asked and heard.
const MOST: usize = 256;

/// A way into a network.
pub struct Door {
    /// Where answers come to.
    pub socket: Datagrams,
    /// How questions are asked.
    pub manner: Manner,
    /// Where questions go.
    pub group: SocketAddr,
    /// The interface.
    pub lan: LanInterface,
}

/// The doors to all networks that `config` permits. What cannot be opened is left out.
///
/// # Errors
/// VI_ERROR_SYSTEM_ERROR when the system does not tell its interfaces; where none of the doors can
/// be opened, why.
pub fn open(config: &Config) -> Result<Vec<Door>> {
    let lans = lan::interfaces()?.into_iter().filter(|lan| is_searched(lan, config));
    let mut all: Vec<_> = lans.flat_map(of_interface).collect();
    // Where there are too many, IPv4 and answers to us alone go first.
    all.sort_by_key(|(lan, manner, at)| (*manner == Manner::Shared, at.is_ipv6(), lan.index));
    let all = all.into_iter().take(MOST).map(|(lan, manner, at)| door(&lan, manner, at));
    let (opened, refused): (Vec<_>, Vec<_>) = all.partition(Result::is_ok);
    if opened.is_empty() { refused.into_iter().collect() } else { opened.into_iter().collect() }
}

/// Whether many may be asked there. Loopback has no group, and a tunnel leads to one other machine.
fn is_searched(lan: &LanInterface, config: &Config) -> bool {
    lan.has_multicast
        && !lan.is_loopback
        && !lan.is_point_to_point
        && config.find().searches(&lan.name)
}

/// One for each network, for hosts answer from their address in the network that was asked from;
/// and one for each family where answers to all are heard.
fn of_interface(lan: LanInterface) -> Vec<(LanInterface, Manner, SocketAddr)> {
    let mut networks = HashSet::new();
    let v4 = lan.v4.iter().filter(|own| networks.insert(own.address & own.mask));
    let v4 = v4.map(|own| SocketAddr::from((own.address, 0)));
    let mut networks = HashSet::new();
    let v6 = lan.v6.iter().filter(|own| networks.insert(own.address & own.mask));
    let v6 = v6.map(|own| SocketAddrV6::new(own.address, 0, 0, own.scope).into());
    let own: Vec<SocketAddr> = v4.chain(v6).collect();
    let has = |is_v6| own.iter().any(|at| at.is_ipv6() == is_v6);
    let shared: Vec<_> = [false, true]
        .into_iter()
        .filter(|is_v6| has(*is_v6))
        .map(|is_v6| group(&lan, is_v6))
        .collect();
    let own = own.into_iter().map(|at| (Manner::Own, at));
    let all = own.chain(shared.into_iter().map(|at| (Manner::Shared, at)));
    all.map(|(manner, at)| (lan.clone(), manner, at)).collect()
}

fn group(lan: &LanInterface, is_v6: bool) -> SocketAddr {
    if is_v6 {
        SocketAddrV6::new(GROUP_V6, PORT, 0, lan.index).into()
    } else {
        (GROUP_V4, PORT).into()
    }
}

/// A door at `at`. One at the group itself is shown nothing but what is sent to all, and so takes
/// nothing away from a responder of this machine.
fn door(lan: &LanInterface, manner: Manner, at: SocketAddr) -> Result<Door> {
    let group = group(lan, at.is_ipv6());
    let socket = match manner {
        Manner::Own => Datagrams::open(at)?,
        Manner::Shared => {
            let socket = Datagrams::open_shared(at)?;
            socket.join(group.ip(), lan.index)?;
            socket
        }
    };
    socket.leave_by(lan.index)?;
    socket.let_go_far()?;
    Ok(Door { socket, manner, group, lan: lan.clone() })
}

/// Where an answer from `address` on `lan` comes from. `None` where it cannot be one: from an address
/// that is not on the link (RFC 6762 section 11). Nor is any link-local one there for us where we
/// have none: what is sent to it would go to the default router.
fn origin(lan: &LanInterface, address: IpAddr) -> Option<Origin> {
    let is_host = !address.is_loopback() && !address.is_unspecified() && !address.is_multicast();
    let is_scoped = matches!(address, IpAddr::V6(address) if address.is_unicast_link_local());
    let scope = if is_scoped { lan.index } else { 0 };
    (is_host && lan.reaches(address)).then_some(Origin { address, scope })
}

impl Door {
    /// Where an answer from `address` comes from. `None` where it cannot be one.
    pub fn origin(&self, address: IpAddr) -> Option<Origin> {
        origin(&self.lan, address)
    }

    /// Whether what is sent to `origin` alone may leave here, and the answer be heard.
    pub fn leads_to(&self, origin: &Origin) -> bool {
        let is_family = self.group.is_ipv6() == origin.address.is_ipv6();
        self.manner == Manner::Own && is_family && self.origin(origin.address) == Some(*origin)
    }

    /// The link that it leads to.
    pub fn link(&self) -> Link {
        Link { index: self.lan.index, name: self.lan.name.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::os::lan::{V4, V6};

    fn lan(v4: &[([u8; 4], [u8; 4])], v6: &[&str]) -> LanInterface {
        let v4 = v4.iter().map(|(address, mask)| V4 {
            address: (*address).into(),
            mask: (*mask).into(),
            broadcast: None,
        });
        let v6 = v6.iter().map(|address| V6 {
            address: address.parse().unwrap(),
            mask: "ffff:ffff:ffff:ffff::".parse().unwrap(),
            scope: 2,
        });
        LanInterface {
            name: "lan1".into(),
            index: 2,
            is_loopback: false,
            is_point_to_point: false,
            has_multicast: true,
            v4: v4.collect(),
            v6: v6.collect(),
        }
    }

    /// Rule: what is listed can be opened. Without a network for it, a link-local address leads to
    /// the default router, or nowhere.
    #[test]
    fn only_who_is_reached_answers() {
        let scope = |lan: &LanInterface, address: &str| {
            origin(lan, address.parse().unwrap()).map(|origin| origin.scope)
        };
        let routed = lan(&[([10, 0, 0, 1], [255, 255, 255, 0])], &["fd00::1"]);
        assert_eq!(scope(&routed, "10.0.0.5"), Some(0));
        assert_eq!(scope(&routed, "fd00::5"), Some(0));
        for address in ["169.254.7.7", "fe80::5", "10.0.1.5", "fd01::5"] {
            assert_eq!(scope(&routed, address), None, "{address}");
        }
        let local = lan(&[([169, 254, 0, 1], [255, 255, 0, 0])], &["fe80::1"]);
        assert_eq!(scope(&local, "169.254.7.7"), Some(0));
        assert_eq!(scope(&local, "fe80::5"), Some(2));
        for address in ["10.0.0.5", "fd00::5", "127.0.0.1", "224.0.0.251", "ff02::fb", "::1"] {
            assert_eq!(scope(&local, address), None, "{address}");
        }
    }
}
