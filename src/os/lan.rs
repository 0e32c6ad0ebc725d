//! The machine's network interfaces and their addresses.

use std::ffi::CStr;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::status::{Error, Result, VI_ERROR_SYSTEM_ERROR};

/// An interface that is up and has a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LanInterface {
    /// What the system calls it, "eth0".
    pub name: String,
    /// The system's number of it, which is also the scope of its link-local IPv6 addresses.
    pub index: u32,
    /// Leads to this machine only.
    pub is_loopback: bool,
    /// Leads to one other machine, as a tunnel does.
    pub is_point_to_point: bool,
    /// Carries multicast.
    pub has_multicast: bool,
    /// Its IPv4 addresses, in the system's order.
    pub v4: Vec<V4>,
    /// Its IPv6 addresses, in the system's order.
    pub v6: Vec<V6>,
}

/// An IPv4 address of an interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct V4 {
    /// The address.
    pub address: Ipv4Addr,
    /// The bits that all in its network share.
    pub mask: Ipv4Addr,
    /// Where all in its network listen; none on loopback and point to point.
    pub broadcast: Option<Ipv4Addr>,
}

/// An IPv6 address of an interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct V6 {
    /// The address.
    pub address: Ipv6Addr,
    /// The bits that all in its network share.
    pub mask: Ipv6Addr,
    /// Number of the interface where the address is link-local, else 0.
    pub scope: u32,
}

impl LanInterface {
    /// Whether `address` is one of its own.
    pub fn has(&self, address: IpAddr) -> bool {
        match address {
            IpAddr::V4(address) => self.v4.iter().any(|own| own.address == address),
            IpAddr::V6(address) => self.v6.iter().any(|own| own.address == address),
        }
    }

    /// Whether `address` is in a network that the interface leads to without a router.
    pub fn reaches(&self, address: IpAddr) -> bool {
        match address {
            IpAddr::V4(address) => self.v4.iter().any(|own| {
                own.mask != Ipv4Addr::UNSPECIFIED && own.address & own.mask == address & own.mask
            }),
            IpAddr::V6(address) => self.v6.iter().any(|own| {
                own.mask != Ipv6Addr::UNSPECIFIED && own.address & own.mask == address & own.mask
            }),
        }
    }
}

/// The interfaces that are up and have a link, in the order of their numbers. Those without an
/// address are among them.
///
/// # Errors
/// VI_ERROR_SYSTEM_ERROR when the system does not tell.
pub fn interfaces() -> Result<Vec<LanInterface>> {
    let mut first: *mut libc::ifaddrs = std::ptr::null_mut();
    // SAFETY: room for one pointer.
    if unsafe { libc::getifaddrs(&mut first) } != 0 {
        let errno = std::io::Error::last_os_error().raw_os_error().unwrap_or(0);
        return Err(Error::with_os(VI_ERROR_SYSTEM_ERROR, "getifaddrs", errno));
    }
    let mut found = Vec::new();
    let mut next = first;
    // SAFETY: the system's list, which ends with null and is not freed yet.
    while let Some(entry) = unsafe { next.as_ref() } {
        enter(&mut found, entry);
        next = entry.ifa_next;
    }
    // SAFETY: from getifaddrs, freed once; nothing of it is kept.
    unsafe { libc::freeifaddrs(first) };
    found.sort_by_key(|interface: &LanInterface| interface.index);
    Ok(found)
}

/// Enters what one entry of the system's list says: each address of an interface has its own.
fn enter(found: &mut Vec<LanInterface>, entry: &libc::ifaddrs) {
    let has = |flag: i32| entry.ifa_flags & flag as u32 != 0;
    if !has(libc::IFF_UP) || !has(libc::IFF_RUNNING) || entry.ifa_name.is_null() {
        return;
    }
    // SAFETY: a NUL-terminated name of the system's.
    let label = unsafe { CStr::from_ptr(entry.ifa_name) };
    // An address may have a label of its own, "eth0:1".
    let name = label.to_bytes().split(|byte| *byte == b':').next().unwrap_or_default();
    let name = String::from_utf8_lossy(name);
    let place = found.iter().position(|interface| interface.name == name);
    let place = place.unwrap_or_else(|| {
        found.push(LanInterface {
            name: name.into_owned(),
            // SAFETY: a NUL-terminated name; the system leaves a label out.
            index: unsafe { libc::if_nametoindex(label.as_ptr()) },
            is_loopback: has(libc::IFF_LOOPBACK),
            is_point_to_point: has(libc::IFF_POINTOPOINT),
            has_multicast: has(libc::IFF_MULTICAST),
            v4: Vec::new(),
            v6: Vec::new(),
        });
        found.len() - 1
    });
    let interface = &mut found[place];
    match ip(entry.ifa_addr) {
        Some((IpAddr::V4(address), _)) => {
            let mask = v4(entry.ifa_netmask).unwrap_or(Ipv4Addr::BROADCAST);
            // In the same place stands the other end's address of a point to point link.
            let told = if has(libc::IFF_BROADCAST) { v4(entry.ifa_ifu) } else { None };
            // Those who set an address by hand leave it out, and it is the address itself then; the
            // kernel takes the usual one all the same.
            let usual = Some(address | !mask).filter(|_| has(libc::IFF_BROADCAST));
            // The mask of a network of one or two (RFC 3021) leaves no room for it.
            let broadcast = told
                .filter(|told| *told != address)
                .or(usual)
                .filter(|_| mask.to_bits().trailing_zeros() > 1);
            interface.v4.push(V4 { address, mask, broadcast });
        }
        Some((IpAddr::V6(address), scope)) => {
            let mask = match ip(entry.ifa_netmask) {
                Some((IpAddr::V6(mask), _)) => mask,
                _ => Ipv6Addr::from(u128::MAX),
            };
            interface.v6.push(V6 { address, mask, scope });
        }
        None => {}
    }
}

fn v4(address: *const libc::sockaddr) -> Option<Ipv4Addr> {
    match ip(address) {
        Some((IpAddr::V4(address), _)) => Some(address),
        _ => None,
    }
}

/// The IP address that `address` holds, and its scope.
fn ip(address: *const libc::sockaddr) -> Option<(IpAddr, u32)> {
    // SAFETY: null or an address of the system's, whose family says how long it is.
    unsafe {
        match i32::from(address.as_ref()?.sa_family) {
            libc::AF_INET => {
                let address = address.cast::<libc::sockaddr_in>().read_unaligned();
                let bits = u32::from_be(address.sin_addr.s_addr);
                Some((Ipv4Addr::from_bits(bits).into(), 0))
            }
            libc::AF_INET6 => {
                let address = address.cast::<libc::sockaddr_in6>().read_unaligned();
                Some((Ipv6Addr::from(address.sin6_addr.s6_addr).into(), address.sin6_scope_id))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::os::alone;
    use crate::os::netns;

    #[test]
    fn loopback_is_there_and_nothing_can_be_broadcast_on_it() {
        let interfaces = interfaces().unwrap();
        let home = interfaces.iter().find(|interface| interface.is_loopback).unwrap();
        assert!(home.index > 0 && !home.name.is_empty() && !home.is_point_to_point);
        let own = home.v4.iter().find(|own| own.address == Ipv4Addr::LOCALHOST).unwrap();
        assert_eq!((own.mask, own.broadcast), (Ipv4Addr::new(255, 0, 0, 0), None));
        assert!(home.has(Ipv4Addr::LOCALHOST.into()) && home.reaches([127, 9, 9, 9].into()));
        assert!(!home.has([127, 9, 9, 9].into()) && !home.reaches([128, 0, 0, 1].into()));
        let mut indexes: Vec<_> = interfaces.iter().map(|interface| interface.index).collect();
        indexes.dedup();
        assert_eq!(indexes.len(), interfaces.len(), "each interface once");
    }

    /// On a network of its own, to have the interfaces that it is about.
    #[test]
    fn interfaces_are_listed_with_all_addresses_and_those_that_are_down_are_not() {
        alone::run(module_path!(), "listed");
    }

    #[test]
    #[ignore = "run by the one above"]
    fn listed() {
        let lans = [
            "link add lan1 type veth peer name bare",
            "link add cut type veth peer name idle",
            "addr add 10.81.1.1/24 broadcast 10.81.1.127 dev lan1",
            "addr add 10.81.8.1/24 dev lan1 label lan1:8",
            "addr add 10.81.9.2/31 dev lan1",
            "addr add 10.81.9.1/32 dev lan1",
            "addr add fd81:1::1/64 dev lan1 nodad",
            "addr add 10.81.2.1/24 dev idle",
            "link set lan1 up multicast on",
            "link set bare addrgenmode none",
            "link set bare up multicast off",
            // Up, but without a link: the other end is down.
            "link set cut up",
        ];
        if !netns::enter(&lans) {
            return;
        }
        netns::await_links(&["lan1", "bare"]);
        let found = interfaces().unwrap();
        let mut names: Vec<_> = found.iter().map(|lan| lan.name.as_str()).collect();
        names.sort_unstable();
        assert_eq!(names, ["bare", "lan1", "lo"]);
        let of = |name| found.iter().find(|lan| lan.name == name).unwrap();
        let (lan, bare) = (of("lan1"), of("bare"));
        assert!(bare.v4.is_empty() && bare.v6.is_empty() && !bare.has_multicast);
        assert!(lan.has_multicast && !lan.is_loopback && !lan.is_point_to_point);
        let v4 = |address: [u8; 4], mask: [u8; 4], broadcast: Option<[u8; 4]>| V4 {
            address: address.into(),
            mask: mask.into(),
            broadcast: broadcast.map(Into::into),
        };
        let net = [255, 255, 255, 0];
        let expected = [
            v4([10, 81, 1, 1], net, Some([10, 81, 1, 127])),
            v4([10, 81, 8, 1], net, Some([10, 81, 8, 255])),
            v4([10, 81, 9, 2], [255, 255, 255, 254], None),
            v4([10, 81, 9, 1], [255; 4], None),
        ];
        assert_eq!(lan.v4, expected);
        let local = |own: &&V6| own.address.is_unicast_link_local();
        assert_eq!(lan.v6.iter().find(local).unwrap().scope, lan.index);
        let global = lan.v6.iter().find(|own| !local(own)).unwrap();
        assert_eq!((global.address, global.scope), ("fd81:1::1".parse().unwrap(), 0));
        assert_eq!(global.mask, "ffff:ffff:ffff:ffff::".parse::<Ipv6Addr>().unwrap());
    }

    /// An address of a single host, as tunnels have it, reaches nobody but itself; and a mask of
    /// no bits, which would reach everybody, reaches nobody.
    #[test]
    fn a_network_ends_where_its_mask_says() {
        let with = |address: [u8; 4], mask: [u8; 4]| LanInterface {
            name: "lan".into(),
            index: 2,
            is_loopback: false,
            is_point_to_point: false,
            has_multicast: true,
            v4: vec![V4 { address: address.into(), mask: mask.into(), broadcast: None }],
            v6: vec![V6 {
                address: "fd00::1".parse().unwrap(),
                mask: "ffff:ffff:ffff:ffff::".parse().unwrap(),
                scope: 0,
            }],
        };
        let lan = with([10, 1, 2, 3], [255, 255, 0, 0]);
        assert!(lan.reaches([10, 1, 9, 9].into()) && !lan.reaches([10, 2, 2, 3].into()));
        assert!(lan.reaches("fd00::9".parse().unwrap()));
        assert!(!lan.reaches("fd00:0:0:1::9".parse().unwrap()));
        let host = with([10, 1, 2, 3], [255; 4]);
        assert!(host.reaches([10, 1, 2, 3].into()) && !host.reaches([10, 1, 2, 4].into()));
        assert!(!with([10, 1, 2, 3], [0; 4]).reaches([10, 1, 2, 3].into()));
    }
}
