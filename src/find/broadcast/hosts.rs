#![forbid(unsafe_code)]
//! Which hosts are one, and what they are called.

use std::collections::HashMap;

use crate::find::broadcast::answers::Host;
use crate::find::broadcast::answers::is_local;
use crate::iface::source::Found;
use crate::os::lan::LanInterface;
use crate::os::neighbours::Neighbour;
use crate::rsrc::Address;
use crate::rsrc::ResourceName;

/// The first device of a VXI-11 instrument (VXI-11.3 B.1.2), which every instrument has.
const DEVICE: &str = "inst0";

/// The hosts that have answered by IPv6, each with the addresses that lead to it, the one to be
/// preferred first: IPv4, then one that is valid everywhere, then one of the link.
///
/// What tells that two addresses are one host's is that they have one hardware address. Several
/// IPv4 addresses may share one too, those of a gateway: then it is not known which of them is
/// meant, and the IPv6 address stands for itself.
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
    let mut alone = Vec::new();
    for host in hosts {
        let hardware = hardware.get(&(host.interface, host.address));
        if hardware.is_some() || is_here(host.interface) {
            groups.entry((host.interface, hardware)).or_default().push(*host);
        } else if host.address.is_ipv6() {
            alone.push(vec![*host]);
        }
    }
    let mut together = alone;
    for mut group in groups.into_values() {
        if group.iter().filter(|host| host.address.is_ipv4()).count() > 1 {
            group.retain(|host| host.address.is_ipv6());
        }
        group.sort_by_key(|host| (host.address.is_ipv6(), is_local(host.address)));
        if group.iter().any(|host| host.address.is_ipv6()) {
            together.push(group);
        }
    }
    together
}

/// The instrument at a host, under the first of its addresses that a name can say.
pub(super) fn found(same: &[Host], interfaces: &[LanInterface]) -> Option<Found> {
    let name = same.iter().find_map(|host| name(host, interfaces))?;
    let mut found = Found::from(name);
    // A single one tells no more than the name, and would keep others from telling more.
    if same.len() > 1 {
        found.addresses = same.iter().map(|host| host.address).collect();
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
        Host { address: address.parse::<IpAddr>().unwrap(), interface }
    }
}
