#![forbid(unsafe_code)]
//! One instrument that was found in several ways, or under several addresses, is one.

use std::collections::{HashMap, HashSet};

use crate::iface::host_address::HostAddress;
use crate::iface::source::Found;
use crate::rsrc::Address;
use crate::rsrc::ResourceName;

/// Which addresses are one host's, as far as a search has told.
pub struct Hosts {
    /// Each address of a host that has several, and the one that is preferred.
    preferred: HashMap<HostAddress, HostAddress>,
}

impl Hosts {
    /// What all that was found tells of hosts. Also what is not wanted itself can tell that two
    /// that are wanted are one.
    pub fn of(found: &[Found]) -> Self {
        let mut preferred = HashMap::new();
        for one in found {
            let Some(first) = one.addresses.first() else { continue };
            // What another source has said of the first counts for the rest.
            let first = preferred.get(first).unwrap_or(first).clone();
            for address in &one.addresses {
                preferred.entry(address.clone()).or_insert_with(|| first.clone());
            }
        }
        Self { preferred }
    }

    /// The same for one resource as for all others that are it.
    fn key(&self, one: &Found) -> String {
        let address = HostAddress::of(&one.name).and_then(|host| self.preferred.get(&host));
        let name = address.and_then(|address| at(&one.name, address));
        name.map_or_else(|| one.name.key(), |name| name.key())
    }

    /// Leaves each resource once, where it stands first; what the others know of it is added. Of
    /// one host's addresses that which its source prefers stays, wherever it stands.
    pub fn merged(&self, found: Vec<Found>) -> Vec<Found> {
        // Under its preferred address: by no other name would a name be the same as its key.
        let stands: HashSet<_> = found.iter().map(|one| one.name.key()).collect();
        let mut places: HashMap<String, usize> = HashMap::new();
        let mut merged: Vec<Found> = Vec::new();
        let mut later = Vec::new();
        for one in found {
            let key = self.key(&one);
            match places.get(&key) {
                Some(place) => add(&mut merged[*place], one),
                None if key != one.name.key() && stands.contains(&key) => later.push((key, one)),
                None => {
                    places.insert(key, merged.len());
                    merged.push(one);
                }
            }
        }
        for (key, one) in later {
            if let Some(place) = places.get(&key) {
                add(&mut merged[*place], one);
            }
        }
        merged
    }
}

/// The same by what these tell of hosts themselves.
pub fn merged(found: Vec<Found>) -> Vec<Found> {
    Hosts::of(&found).merged(found)
}

fn add(to: &mut Found, more: Found) {
    if to.description.is_empty() {
        to.description = more.description;
    }
    if to.addresses.is_empty() {
        to.addresses = more.addresses;
    }
    for (id, value) in more.attributes {
        if to.attributes.iter().all(|(known, _)| *known != id) {
            to.attributes.push((id, value));
        }
    }
}

/// The same resource at another address.
fn at(name: &ResourceName, address: &HostAddress) -> Option<ResourceName> {
    let mut changed = name.address.clone();
    match &mut changed {
        Address::Vxi11 { host, .. }
        | Address::Hislip { host, .. }
        | Address::Socket { host, .. } => *host = address.to_string(),
        _ => return None,
    }
    ResourceName::of(&changed).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(name: &str, addresses: &[&str]) -> Found {
        let addresses = addresses.iter().map(|text| text.parse().unwrap()).collect();
        Found { addresses, ..ResourceName::parse(name).unwrap().into() }
    }

    fn names(found: Vec<Found>) -> Vec<String> {
        merged(found).iter().map(|one| one.name.canonical().to_owned()).collect()
    }

    #[test]
    fn the_same_name_in_another_case_is_the_same_resource() {
        let twice = vec![found("GPIB0::5::INSTR", &[]), found("gpib::5", &[])];
        assert_eq!(names(twice), ["GPIB0::5::INSTR"]);
    }

    /// The broadcast knows one address, mDNS that it is one of two.
    #[test]
    fn an_instrument_with_two_addresses_is_listed_under_the_preferred_one() {
        let both = ["10.0.0.5", "10.0.1.5", "fd00::5"];
        let other = found("TCPIP::10.0.1.5::inst0::INSTR", &[]);
        let six = found("TCPIP::[fd00::5]::inst0::INSTR", &[]);
        let known = found("TCPIP::10.0.0.5::inst0::INSTR", &both);
        let once = ["TCPIP0::10.0.0.5::inst0::INSTR"];
        assert_eq!(names(vec![other.clone(), known.clone(), six.clone()]), once);
        assert_eq!(names(vec![known.clone(), six, other]), once);
    }

    /// Rule: a link-local address is one host's on its link alone.
    #[test]
    fn the_same_address_on_another_link_is_another_hosts() {
        let known = found("TCPIP::10.0.0.5::inst0::INSTR", &["10.0.0.5", "fe80::5%eth0"]);
        let same = found("TCPIP::[fe80::5%eth0]::inst0::INSTR", &[]);
        let other = found("TCPIP::[fe80::5%eth1]::inst0::INSTR", &[]);
        let two = ["TCPIP0::10.0.0.5::inst0::INSTR", "TCPIP0::[fe80::5%eth1]::inst0::INSTR"];
        assert_eq!(names(vec![known.clone(), same.clone(), other.clone()]), two);
        assert_eq!(names(vec![same, known, other]), two);
        // Also where it is the preferred one: the name needs its link.
        let local = found("TCPIP::[fe80::5%eth1]::inst0::INSTR", &["fe80::5%eth1", "fe80::6%eth1"]);
        let second = found("TCPIP::[fe80::6%eth1]::inst0::INSTR", &[]);
        assert_eq!(names(vec![second, local]), two[1..]);
    }

    /// What only the broadcast knows of a host is not lost because its address is not preferred.
    #[test]
    fn a_kind_that_is_known_by_another_address_only_stays() {
        let hislip = found("TCPIP::10.0.0.5::hislip0::INSTR", &["10.0.0.5", "10.0.1.5"]);
        let vxi11 = found("TCPIP::10.0.1.5::inst0::INSTR", &[]);
        let socket = found("TCPIP::10.0.1.5::5025::SOCKET", &[]);
        let kept = names(vec![hislip, vxi11.clone(), socket.clone(), vxi11]);
        assert_eq!(kept.len(), 3, "{kept:?}");
    }

    /// An expression may leave out the very resource that told of both addresses.
    #[test]
    fn what_is_not_wanted_tells_of_hosts_all_the_same() {
        let hislip = found("TCPIP::10.0.0.5::hislip0::INSTR", &["10.0.0.5", "10.0.1.5"]);
        let wanted = vec![
            found("TCPIP::10.0.1.5::inst0::INSTR", &[]),
            found("TCPIP::10.0.0.5::inst0::INSTR", &[]),
        ];
        let hosts = Hosts::of(&[&wanted[..], &[hislip]].concat());
        let listed = hosts.merged(wanted.clone());
        assert_eq!(listed.len(), 1);
        assert_eq!(listed[0].name.canonical(), "TCPIP0::10.0.0.5::inst0::INSTR");
        // The other address alone is better than nothing.
        assert_eq!(hosts.merged(wanted[..1].to_vec()), wanted[..1]);
    }

    #[test]
    fn what_two_sources_know_is_put_together() {
        let mut plain = found("TCPIP::10.0.0.5::inst0::INSTR", &[]);
        plain.attributes = vec![(1, "a".into())];
        let mut more = found("TCPIP::10.0.0.5::inst0::INSTR", &["10.0.0.5"]);
        more.attributes = vec![(1, "b".into()), (2, "c".into())];
        more.description = "Maker, Model".into();
        let one = merged(vec![plain, more]).remove(0);
        assert_eq!(one.attributes, [(1, "a".into()), (2, "c".into())]);
        assert_eq!((&*one.description, one.addresses.len()), ("Maker, Model", 1));
    }
}
