#![forbid(unsafe_code)]
//! From what was answered to the resources that are there, each once.
//!
//! A host that answers from several addresses is listed at one of them: IPv4 before IPv6, link-local
//! IPv6 only when there is nothing else. Two addresses are one host's when each says that it has the
//! other. Hosts need not say that: on a link they tell the addresses of that link only (RFC 6762
//! section 6.2), and some those of one family only. So an IPv4 and an IPv6 address on a link are one
//! host's also when both call it by the same name and have one hardware address; where that is not
//! known, when one says that it has the other. And two addresses on two links are when both call it
//! by the same name, and announce the same services with the same serial number: who copies all of
//! that from another link cannot be told from a second address. Two hosts of one family on one link
//! are never taken for one, whatever one of them says.

use std::net::IpAddr;

use crate::attr::Value;
use crate::consts::VI_ATTR_TCPIP_ADDR;
use crate::find::mdns::book::{Answerer, Book, Instance, Place};
use crate::find::mdns::identity;
use crate::find::mdns::service::Service;
use crate::iface::source::Found;
use crate::os::neighbours::Neighbour;
use crate::rsrc::ResourceName;
use crate::wire::dns::Name;

/// A network on which questions were asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The number of its interface.
    pub index: u32,
    /// The name of its interface.
    pub name: String,
}

/// The resources that the answers tell of. `links` has the link of each door.
pub fn found(book: &Book, links: &[Link], neighbours: &[Neighbour]) -> Vec<Found> {
    hosts(book, links, neighbours).iter().flat_map(|host| host.resources(links)).collect()
}

/// One instrument: those who answered for it, the preferred one first.
struct Host<'a>(Vec<&'a Answerer>);

/// Puts together what is one instrument's.
fn hosts<'a>(book: &'a Book, links: &[Link], neighbours: &[Neighbour]) -> Vec<Host<'a>> {
    let mut answerers: Vec<_> =
        book.answerers().iter().filter(|one| !one.offered().is_empty()).collect();
    answerers.sort_by_key(|answerer| preference(answerer, links));
    let mut hosts: Vec<Host> = Vec::new();
    for answerer in answerers {
        // With the first of each alone: nobody can make one of two others.
        match hosts.iter_mut().find(|host| is_one(host.0[0], answerer, links, neighbours)) {
            Some(host) => host.0.push(answerer),
            None => hosts.push(Host(vec![answerer])),
        }
    }
    hosts
}

/// The lowest is preferred; the same in every search.
fn preference(answerer: &Answerer, links: &[Link]) -> (bool, bool, u32, IpAddr) {
    let address = answerer.origin.address;
    let is_local = is_link_local(address);
    (address.is_ipv6(), is_local, link(answerer, links).map_or(0, |link| link.index), address)
}

fn link<'a>(answerer: &Answerer, links: &'a [Link]) -> Option<&'a Link> {
    links.get(answerer.door)
}

fn is_link_local(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_link_local(),
        IpAddr::V6(address) => address.is_unicast_link_local(),
    }
}

/// Whether both are addresses of one host.
fn is_one(one: &Answerer, other: &Answerer, links: &[Link], neighbours: &[Neighbour]) -> bool {
    let (first, second) = (one.origin.address, other.origin.address);
    let (forth, back) = (one.claims(second), other.claims(first));
    if forth && back {
        return true;
    }
    if host_name(one).is_none() || host_name(one) != host_name(other) {
        return false;
    }
    let index = |answerer: &Answerer| link(answerer, links).map_or(0, |link| link.index);
    if index(one) != index(other) {
        return is_same_device(one, other);
    }
    if first.is_ipv6() == second.is_ipv6() {
        return false;
    }
    let hardware = |answerer: &Answerer| {
        let is = |known: &&Neighbour| {
            (known.interface, known.address) == (index(answerer), answerer.origin.address)
        };
        Some(&neighbours.iter().find(is)?.hardware)
    };
    match (hardware(one), hardware(other)) {
        (Some(first), Some(second)) => first == second,
        _ => forth || back || is_same_device(one, other),
    }
}

/// The one host that all services of `answerer` are at.
fn host_name(answerer: &Answerer) -> Option<&Name> {
    let mut hosts =
        answerer.instances.iter().filter_map(|instance| Some(&instance.place.as_ref()?.host));
    let first = hosts.next()?;
    hosts.all(|host| host == first).then_some(first)
}

/// Whether both announce the same services of the same device.
fn is_same_device(one: &Answerer, other: &Answerer) -> bool {
    let serial = |answerer: &Answerer| {
        let mut known = answerer.instances.iter().filter_map(|instance| instance.identity.as_ref());
        known.find(|identity| identity.is_unique()).cloned()
    };
    let has_all = |one: &Answerer, other: &Answerer| {
        one.instances.iter().all(|instance| other.instances.iter().any(|o| o.name == instance.name))
    };
    serial(one).is_some()
        && serial(one) == serial(other)
        && has_all(one, other)
        && has_all(other, one)
}

impl Host<'_> {
    fn resources(&self, links: &[Link]) -> Vec<Found> {
        let preferred = self.0[0];
        let host = host_text(preferred, links);
        let mut addresses: Vec<_> = self.0.iter().map(|answerer| answerer.origin.address).collect();
        // One alone tells no more than the name.
        if let [_] = addresses[..] {
            addresses.clear();
        }
        let address = Value::Text(preferred.origin.address.to_string());
        let description = self.description();
        let mut resources: Vec<Found> = Vec::new();
        for (answerer, instance, place) in self.offers() {
            // An LXI device that has VXI-11 without announcing it.
            let is_vxi11 = instance.service == Service::Lxi && answerer.has_vxi11 == Some(true);
            let service = if is_vxi11 { Service::Vxi11 } else { instance.service };
            let resource = service.resource(host.clone(), place.port);
            let name = resource.and_then(|address| ResourceName::of(&address).ok());
            if let Some(name) = name.filter(|name| resources.iter().all(|one| one.name != *name)) {
                resources.push(Found {
                    name,
                    addresses: addresses.clone(),
                    attributes: vec![(VI_ATTR_TCPIP_ADDR, address.clone())],
                    description: description.clone(),
                });
            }
        }
        resources
    }

    /// What it offers at any of its addresses.
    fn offers(&self) -> impl Iterator<Item = (&Answerer, &Instance, &Place)> {
        self.0.iter().flat_map(|answerer| {
            let offered = answerer.offered().into_iter();
            offered.map(move |(instance, place)| (*answerer, instance, place))
        })
    }

    /// What it says of itself; where that is nothing, how it calls its service, or else itself.
    fn description(&self) -> String {
        let by_kind =
            |service| self.offers().filter(move |(_, instance, _)| instance.service == service);
        let offers: Vec<_> = Service::ALL.into_iter().flat_map(by_kind).collect();
        let told = offers
            .iter()
            .filter_map(|(_, instance, _)| Some(instance.identity.as_ref()?.description()));
        let called = offers
            .iter()
            .filter_map(|(_, instance, _)| Some(identity::shown(instance.name.split()?.0)));
        let host =
            offers.iter().map(|(_, _, place)| identity::shown(place.host.to_string().as_bytes()));
        told.chain(called).chain(host).find(|text| !text.is_empty()).unwrap_or_default()
    }
}

/// The host in a resource name. A link-local address needs its interface.
fn host_text(answerer: &Answerer, links: &[Link]) -> String {
    let address = answerer.origin.address;
    let Some(link) = link(answerer, links).filter(|_| answerer.origin.scope != 0) else {
        return address.to_string();
    };
    // Not every name of an interface can stand in the name of a resource.
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._".contains(c);
    if !link.name.is_empty() && link.name.chars().all(is_plain) {
        format!("{address}%{}", link.name)
    } else {
        format!("{address}%{}", link.index)
    }
}
