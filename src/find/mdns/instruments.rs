#![forbid(unsafe_code)]
//! From what was answered to the resources that are there, each once.
//!
//! A host that answers from several addresses is listed at one of them: IPv4 before IPv6, link-local
//! IPv6 only when there is nothing else. Two addresses are one host's when each says that it has the
//! other. Hosts need not say that: on a link they tell the addresses of that link only (RFC 6762
//! section 6.2), and some of one family only. So two addresses of one host name are one host's also
//! when they are of two families and one says that it has the other; or when they are not of one
//! link and family, and announce the same services with the same serial number. What would be
//! two hosts' on one link is never taken for one.

use std::net::IpAddr;

use crate::attr::Value;
use crate::consts::VI_ATTR_TCPIP_ADDR;
use crate::find::mdns::book::{Answerer, Book, Instance, Place};
use crate::find::mdns::identity;
use crate::find::mdns::service::Service;
use crate::iface::source::Found;
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
pub fn found(book: &Book, links: &[Link]) -> Vec<Found> {
    hosts(book, links).iter().flat_map(|host| host.resources(links)).collect()
}

/// One instrument: those who answered for it, the preferred one first.
struct Host<'a>(Vec<&'a Answerer>);

/// Puts together what is one instrument's.
fn hosts<'a>(book: &'a Book, links: &[Link]) -> Vec<Host<'a>> {
    let mut answerers: Vec<_> =
        book.answerers().iter().filter(|one| offers(one).is_some()).collect();
    answerers.sort_by_key(|answerer| preference(answerer, links));
    let mut hosts: Vec<Host> = Vec::new();
    for answerer in answerers {
        // With the first of each alone: nobody can make one of two others.
        match hosts.iter_mut().find(|host| is_one(host.0[0], answerer, links)) {
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

/// The services of `answerer` that are at its own address, if there are any.
fn offers(answerer: &Answerer) -> Option<Vec<(&Instance, &Place)>> {
    let placed = answerer.instances.iter().filter_map(|instance| {
        let place = instance.place.as_ref()?;
        (place.port != 0 && answerer.is_at(&place.host)).then_some((instance, place))
    });
    let offers: Vec<_> = placed.collect();
    (!offers.is_empty()).then_some(offers)
}

/// Whether both are addresses of one host.
fn is_one(one: &Answerer, other: &Answerer, links: &[Link]) -> bool {
    let (first, second) = (one.origin.address, other.origin.address);
    let (forth, back) = (one.claims(second), other.claims(first));
    if forth && back {
        return true;
    }
    if host_name(one).is_none() || host_name(one) != host_name(other) {
        return false;
    }
    let is_other_family = first.is_ipv6() != second.is_ipv6();
    let is_other_link = link(one, links).map(|l| l.index) != link(other, links).map(|l| l.index);
    is_other_family && !is_other_link && (forth || back)
        || (is_other_family || is_other_link) && is_same_device(one, other)
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
        known.find(|identity| !identity.serial.is_empty()).cloned()
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
        let addresses: Vec<_> = self.0.iter().map(|answerer| answerer.origin.address).collect();
        let address = Value::Text(preferred.origin.address.to_string());
        let description = self.description();
        let mut resources: Vec<Found> = Vec::new();
        for (instance, place) in self.offers() {
            let address_of = instance.service.resource(host.clone(), place.port);
            let name = address_of.and_then(|address| ResourceName::of(&address).ok());
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
    fn offers(&self) -> impl Iterator<Item = (&Instance, &Place)> {
        self.0.iter().filter_map(|answerer| offers(answerer)).flatten()
    }

    /// What it says of itself; where that is nothing, how it calls its service, or else itself.
    fn description(&self) -> String {
        let by_kind =
            |service| self.offers().filter(move |(instance, _)| instance.service == service);
        let offers: Vec<_> = Service::ALL.into_iter().flat_map(by_kind).collect();
        let told = offers
            .iter()
            .filter_map(|(instance, _)| Some(instance.identity.as_ref()?.description()));
        let called = offers
            .iter()
            .filter_map(|(instance, _)| Some(identity::shown(instance.name.split()?.0)));
        let host =
            offers.iter().map(|(_, place)| identity::shown(place.host.to_string().as_bytes()));
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
