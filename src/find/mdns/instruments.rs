#![forbid(unsafe_code)]
//! From what was answered to the resources that are there, each once.
//!
//! A host that answers from several addresses is listed at one of them: IPv4 before IPv6, link-local
//! IPv6 only when there is nothing else.

use std::collections::HashSet;

use crate::attr::Value;
use crate::consts::VI_ATTR_TCPIP_ADDR;
use crate::find::mdns::book::{Answerer, Book, Instance, Place};
use crate::find::mdns::hosts::{Host, hosts};
use crate::find::mdns::identity;
use crate::find::mdns::service::Service;
use crate::iface::host_address::HostAddress;
use crate::iface::source::Found;
use crate::os::neighbours::Neighbour;
use crate::rsrc::ResourceName;

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

impl Host<'_> {
    fn resources(&self, links: &[Link]) -> Vec<Found> {
        let preferred = self.0[0];
        let host = host_text(preferred, links);
        let texts = self.0.iter().map(|answerer| host_text(answerer, links));
        let mut addresses: Vec<HostAddress> = texts.filter_map(|text| text.parse().ok()).collect();
        // One alone tells no more than the name.
        if let [_] = addresses[..] {
            addresses.clear();
        }
        let address = Value::Text(preferred.origin.address.to_string());
        let description = self.description();
        let mut resources = Vec::new();
        let mut seen = HashSet::new();
        for (answerer, instance, place) in self.offers() {
            // An LXI device that has VXI-11 without announcing it.
            let is_vxi11 = instance.service == Service::Lxi && answerer.has_vxi11 == Some(true);
            let service = if is_vxi11 { Service::Vxi11 } else { instance.service };
            let resource = service.resource(host.clone(), place.port);
            let name = resource.and_then(|address| ResourceName::of(&address).ok());
            if let Some(name) = name.filter(|name| seen.insert(name.key())) {
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
    let Some(link) = links.get(answerer.door).filter(|_| answerer.origin.scope != 0) else {
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
