#![forbid(unsafe_code)]
//! Which of those who answered are one instrument.
//!
//! Two addresses are one host's when each says that it has the
//! other. Hosts need not say that: on a link they tell the addresses of that link only (RFC 6762
//! section 6.2), and some those of one family only. So an IPv4 and an IPv6 address on a link are one
//! host's also when both call it by the same name and have one hardware address; where that is not
//! known, when one says that it has the other. And two addresses on two links are when both call it
//! by the same name, and announce the same services with the same serial number: who copies all of
//! that from another link cannot be told from a second address. Two hosts of one family on one link
//! are never taken for one, whatever one of them says.
//!
//! None is compared with all others, for thousands may be made up: each host is entered under all
//! by which others may know it, and each other looks there.

use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;
use std::net::IpAddr;

use crate::find::mdns::book::{Answerer, Book};
use crate::find::mdns::identity::Identity;
use crate::find::mdns::instruments::Link;
use crate::os::neighbours::Neighbour;
use crate::wire::dns::Name;

/// How many addresses one instrument has at most. Who has more is listed several times.
const MOST_TOGETHER: usize = 16;

/// One instrument: those who answered for it, the preferred one first.
pub struct Host<'a>(pub Vec<&'a Answerer>);

/// Puts together what is one instrument's. `links` has the link of each door.
pub fn hosts<'a>(book: &'a Book, links: &[Link], neighbours: &[Neighbour]) -> Vec<Host<'a>> {
    let mut answerers: Vec<_> =
        book.answerers().iter().filter(|one| !one.offered().is_empty()).collect();
    answerers.sort_by_key(|answerer| preference(answerer, links));
    let hardware: HashMap<_, _> =
        neighbours.iter().map(|one| ((one.interface, one.address), &one.hardware[..])).collect();
    let (mut names, mut devices) = (Numbers::default(), Numbers::default());
    let mut known = Known::default();
    let mut hosts: Vec<Host> = Vec::new();
    for answerer in answerers {
        let link = index(answerer, links);
        let face = Face {
            address: answerer.origin.address,
            claimed: answerer.claimed(),
            link,
            name: host_name(answerer).map(|name| names.of(name)),
            device: device(answerer).map(|device| devices.of(device)),
            hardware: hardware.get(&(link, answerer.origin.address)).copied(),
        };
        // With the first of each alone: nobody can make one of two others.
        match known.host_of(&face).filter(|place| hosts[*place].0.len() < MOST_TOGETHER) {
            Some(place) => hosts[place].0.push(answerer),
            None => {
                known.enter(&face, hosts.len());
                hosts.push(Host(vec![answerer]));
            }
        }
    }
    hosts
}

/// The lowest is preferred; the same in every search.
fn preference(answerer: &Answerer, links: &[Link]) -> (bool, bool, u32, IpAddr) {
    let address = answerer.origin.address;
    let is_local = match address {
        IpAddr::V4(address) => address.is_link_local(),
        IpAddr::V6(address) => address.is_unicast_link_local(),
    };
    (address.is_ipv6(), is_local, index(answerer, links), address)
}

fn index(answerer: &Answerer, links: &[Link]) -> u32 {
    links.get(answerer.door).map_or(0, |link| link.index)
}

/// The one host that all services of `answerer` are at.
fn host_name(answerer: &Answerer) -> Option<&Name> {
    let mut hosts =
        answerer.instances.iter().filter_map(|instance| Some(&instance.place.as_ref()?.host));
    let first = hosts.next()?;
    hosts.all(|host| host == first).then_some(first)
}

/// What tells a device from all others: its serial number, and the names of its services.
fn device(answerer: &Answerer) -> Option<(&Identity, BTreeSet<Vec<u8>>)> {
    let mut told = answerer.instances.iter().filter_map(|instance| instance.identity.as_ref());
    let identity = told.find(|identity| identity.is_unique())?;
    Some((identity, answerer.instances.iter().map(|instance| instance.name.folded()).collect()))
}

/// Numbers for what takes long to compare.
struct Numbers<T>(HashMap<T, usize>);

impl<T> Default for Numbers<T> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<T: Eq + Hash> Numbers<T> {
    fn of(&mut self, one: T) -> usize {
        let next = self.0.len();
        *self.0.entry(one).or_insert(next)
    }
}

/// What an answerer may be known by.
struct Face<'a> {
    address: IpAddr,
    claimed: BTreeSet<IpAddr>,
    link: u32,
    name: Option<usize>,
    device: Option<usize>,
    hardware: Option<&'a [u8]>,
}

/// What a host is entered under for others on its link, of the other family and the same name.
#[derive(PartialEq, Eq, Hash)]
enum Sign<'a> {
    /// Its hardware.
    Hardware(&'a [u8]),
    /// Its address, which others may say that they have.
    Is(IpAddr),
    /// An address that it says that it has.
    Claims(IpAddr),
    /// Its device.
    Device(usize),
}

/// Where on a link a sign counts.
#[derive(PartialEq, Eq, Hash)]
struct Near<'a> {
    link: u32,
    name: usize,
    /// The host's family.
    is_v6: bool,
    /// Whether the host's hardware is known: where that is so of both, it decides.
    has_hardware: bool,
    sign: Sign<'a>,
}

/// The places of hosts, the first of each kind.
#[derive(Default)]
struct Known<'a> {
    /// By the host's address, and one that it says that it has.
    claims: HashMap<(IpAddr, IpAddr), usize>,
    near: HashMap<Near<'a>, usize>,
    /// By name and device, the first on each link.
    devices: HashMap<(usize, usize), Vec<(u32, usize)>>,
}

impl<'a> Known<'a> {
    fn enter(&mut self, face: &Face<'a>, place: usize) {
        for other in &face.claimed {
            self.claims.entry((face.address, *other)).or_insert(place);
        }
        let Some(name) = face.name else { return };
        let hardware = face.hardware.map(Sign::Hardware);
        let device = face.device.map(Sign::Device);
        let claims = face.claimed.iter().copied().map(Sign::Claims);
        let signs = claims.chain(hardware).chain(device).chain([Sign::Is(face.address)]);
        for sign in signs {
            let (link, is_v6) = (face.link, face.address.is_ipv6());
            let near = Near { link, name, is_v6, has_hardware: face.hardware.is_some(), sign };
            self.near.entry(near).or_insert(place);
        }
        if let Some(device) = face.device {
            let links = self.devices.entry((name, device)).or_default();
            if links.iter().all(|(link, _)| *link != face.link) {
                links.push((face.link, place));
            }
        }
    }

    /// The first host that `face` is an address of.
    fn host_of(&self, face: &Face<'a>) -> Option<usize> {
        let both = face.claimed.iter().filter_map(|other| self.claims.get(&(*other, face.address)));
        both.copied().chain(self.near(face)).chain(self.elsewhere(face)).min()
    }

    /// On its link.
    fn near(&self, face: &Face<'a>) -> Option<usize> {
        let (name, link, is_v6) = (face.name?, face.link, !face.address.is_ipv6());
        let get = |has_hardware, sign| {
            self.near.get(&Near { link, name, is_v6, has_hardware, sign }).copied()
        };
        let by_hardware = face.hardware.and_then(|one| get(true, Sign::Hardware(one)));
        let unknown = [false, true].into_iter().filter(|has| !has || face.hardware.is_none());
        let told = unknown.filter_map(|has_hardware| {
            let forth = get(has_hardware, Sign::Claims(face.address));
            let back = face.claimed.iter().filter_map(|other| get(has_hardware, Sign::Is(*other)));
            let device = face.device.and_then(|one| get(has_hardware, Sign::Device(one)));
            back.chain(forth).chain(device).min()
        });
        told.chain(by_hardware).min()
    }

    /// On other links.
    fn elsewhere(&self, face: &Face<'a>) -> Option<usize> {
        let links = self.devices.get(&(face.name?, face.device?))?;
        links.iter().filter(|(link, _)| *link != face.link).map(|(_, place)| *place).min()
    }
}
