#![forbid(unsafe_code)]
//! Which hosts are one, and what they are called.

use std::collections::HashMap;

use crate::find::broadcast::answers::Host;
use crate::find::broadcast::answers::is_local;
use crate::iface::host_address::HostAddress;
use crate::iface::source::Found;
use crate::os::lan::LanInterface;
use crate::os::neighbours::Neighbour;
use crate::rsrc::Address;
use crate::rsrc::ResourceName;

/// The first device of a VXI-11 instrument (VXI-11.3 B.1.2), which every instrument has.
const DEVICE: &str = "inst0";

/// Hosts that have answered by IPv6 and under other addresses too, each with all of them, the one
/// to be preferred first: IPv4, then one that is valid everywhere, then one of the link.
///
/// What tells that two addresses are one host's is that they have one hardware address. Several
/// IPv4 addresses may share one too, those of a gateway: then it is not known which of them is
/// meant, and the IPv6 addresses stand for themselves.
pub(super) fn together(
    hosts: &[Host],
    interfaces: &[LanInterface],
    neighbours: &[Neighbour],
) -> Vec<Vec<Host>> {
    let hardware: HashMap<_, _> =
        neighbours.iter().map(|one| ((one.interface, one.address), &one.hardware)).collect();
    // All of loopback is one host, too.
    let is_here = |index| interfaces.iter().any(|one| one.is_loopback && one.index == index);
    let mut groups: HashMap<_, Vec<Host>> = HashMap::new();
    for host in hosts {
        let hardware = hardware.get(&(host.interface, host.address));
        if hardware.is_some() || is_here(host.interface) {
            groups.entry((host.interface, hardware)).or_default().push(*host);
        }
    }
    let mut together: Vec<_> = groups.into_values().collect();
    for group in &mut together {
        if group.iter().filter(|host| host.address.is_ipv4()).count() > 1 {
            group.retain(|host| host.address.is_ipv6());
        }
        group.sort_by_key(|host| (host.address.is_ipv6(), is_local(host.address)));
    }
    together.retain(|group| group.len() > 1);
    together
}

/// The instrument at a host, under the first of its addresses that a name can say.
pub(super) fn found(same: &[Host], interfaces: &[LanInterface]) -> Option<Found> {
    let name = same.iter().find_map(|host| name(host, interfaces))?;
    let mut found = Found::from(name);
    // A single one tells no more than the name, and would keep others from telling more.
    if same.len() > 1 {
        let names = same.iter().filter_map(|host| self::name(host, interfaces));
        found.addresses = names.filter_map(|name| HostAddress::of(&name)).collect();
    }
    Some(found)
}

fn name(host: &Host, interfaces: &[LanInterface]) -> Option<ResourceName> {
    let of = |host: String| {
        let device = DEVICE.to_owned();
        ResourceName::of(&Address::Vxi11 { board: 0, host, port: None, device }).ok()
    };
    let Host { address, interface } = host;
    if !is_local(*address) {
        return of(address.to_string());
    }
    let named = interfaces.iter().find(|one| one.index == *interface);
    let named = named.and_then(|one| of(format!("{address}%{}", one.name)));
    // The interface's name may be one that no resource name can say.
    named.or_else(|| of(format!("{address}%{interface}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(address: &str, interface: u32) -> Host {
        Host { address: address.parse().unwrap(), interface }
    }

    fn lan(name: &str, index: u32) -> LanInterface {
        LanInterface {
            name: name.into(),
            index,
            is_loopback: name == "lo",
            is_point_to_point: false,
            has_multicast: true,
            v4: Vec::new(),
            v6: Vec::new(),
        }
    }

    fn neighbour(address: &str, interface: u32, last: u8) -> Neighbour {
        let hardware = vec![2, 0, 0, 0, 0, last];
        Neighbour { interface, address: address.parse().unwrap(), hardware }
    }

    fn groups(hosts: &[Host], neighbours: &[Neighbour]) -> Vec<Vec<Host>> {
        let mut groups = together(hosts, &[lan("lo", 1), lan("lan2", 2)], neighbours);
        groups.sort_by_key(|group| group[0].address);
        groups
    }

    /// Rule: one instrument, one name; IPv4, then global, then link-local.
    #[test]
    fn addresses_of_one_hardware_are_one_host() {
        let (v4, global, local) = (host("10.0.0.5", 2), host("fd00::5", 2), host("fe80::5", 2));
        let other = host("10.0.0.6", 2);
        let neighbours = ["10.0.0.5", "fd00::5", "fe80::5"].map(|address| neighbour(address, 2, 5));
        let all = groups(&[local, other, global, v4], &neighbours);
        assert_eq!(all, [[v4, global, local]]);
        assert_eq!(groups(&[local, global], &neighbours), [[global, local]]);
        // The same address on another link is another host's.
        let elsewhere = host("fe80::5", 3);
        assert!(groups(&[elsewhere, v4], &neighbours).is_empty());
    }

    /// Rule: complete before once. A gateway's addresses are several instruments'.
    #[test]
    fn what_is_not_known_to_be_the_same_is_listed_by_itself() {
        let (one, two, v6) = (host("10.0.0.5", 2), host("10.0.0.6", 2), host("fe80::5", 2));
        assert!(groups(&[one, v6], &[]).is_empty(), "no neighbour is known");
        let neighbours =
            ["10.0.0.5", "10.0.0.6", "fe80::5"].map(|address| neighbour(address, 2, 5));
        assert!(groups(&[one, two, v6], &neighbours).is_empty());
    }

    #[test]
    fn all_of_loopback_is_one_host() {
        let (v4, v6) = (host("127.0.0.1", 1), host("::1", 1));
        assert_eq!(groups(&[v6, v4], &[]), [[v4, v6]]);
        assert!(groups(&[v6], &[]).is_empty());
    }

    #[test]
    fn names_are_those_that_open() {
        let name = |host, lans: &[LanInterface]| {
            let found = found(&[host], lans).unwrap();
            assert!(found.addresses.is_empty());
            found.name.canonical().to_owned()
        };
        let lans = [lan("lan2", 2), lan("odd name", 3)];
        assert_eq!(name(host("10.0.0.5", 2), &lans), "TCPIP0::10.0.0.5::inst0::INSTR");
        assert_eq!(name(host("fd00::5", 2), &lans), "TCPIP0::[fd00::5]::inst0::INSTR");
        assert_eq!(name(host("fe80::5", 2), &lans), "TCPIP0::[fe80::5%lan2]::inst0::INSTR");
        assert_eq!(name(host("fe80::5", 3), &lans), "TCPIP0::[fe80::5%3]::inst0::INSTR");
        let both = found(&[host("10.0.0.5", 2), host("fe80::5", 2)], &lans).unwrap();
        assert_eq!(both.name.canonical(), "TCPIP0::10.0.0.5::inst0::INSTR");
        let addresses = ["10.0.0.5", "fe80::5%lan2"].map(|text| text.parse().unwrap());
        assert_eq!(both.addresses, addresses, "each with its link");
    }
}
