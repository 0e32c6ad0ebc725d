#![forbid(unsafe_code)]
//! What has been answered, kept apart by who answered.
//!
//! Nobody speaks for another: what comes from one address says nothing of what another one has, and
//! a service is believed only at the address that announces it. So a host that lies costs itself
//! alone. What is kept of each is bounded, and so is their number: where there are too many, who
//! offers nothing gives way.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::net::IpAddr;

use crate::find::mdns::identity::Identity;
use crate::find::mdns::service::Service;
use crate::wire::dns::{A, AAAA, Answer, Data, Name, Question, Record, SRV, TXT};

/// How many addresses may answer: more than a network of instruments has.
const MOST_ANSWERERS: usize = 2048;

/// How many packets one may send: three rounds of questions, one by one, with what they lead to.
const MOST_PACKETS: u32 = 100;

/// How many records of a packet are looked at.
const MOST_RECORDS: usize = 256;

/// How many services one may announce: an instrument has four, a gateway some more.
const MOST_INSTANCES: usize = 24;

/// How many hosts one may name, and how many addresses each may have.
const MOST_HOSTS: usize = 4;
const MOST_ADDRESSES: usize = 16;

/// Where an answer came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin {
    /// The sender's address.
    pub address: IpAddr,
    /// The number of the network interface where the address is link-local, else 0: the same
    /// address may be another's on another link.
    pub scope: u32,
}

/// What one address has said.
#[derive(Clone, Debug)]
pub struct Answerer {
    /// Which one.
    pub origin: Origin,
    /// By which door it was first heard.
    pub door: usize,
    /// The services that it announces.
    pub instances: Vec<Instance>,
    /// The hosts that it names.
    pub hosts: Vec<Host>,
    /// Whether its portmapper knows VXI-11, once that has answered.
    pub has_vxi11: Option<bool>,
    packets: u32,
    /// It is among those who may give way.
    is_spare: bool,
}

/// What somebody has left out, and where it is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Missing {
    /// Records, which all are asked for.
    Records(Question),
    /// Whether it has VXI-11: its own portmapper is asked.
    Portmapper,
}

/// A service that was announced.
#[derive(Clone, Debug)]
pub struct Instance {
    /// Its name, "DMM._hislip._tcp.local".
    pub name: Name,
    /// Of which kind it is.
    pub service: Service,
    /// Where it is, once that is known.
    pub place: Option<Place>,
    /// What it says of itself, once that is known.
    pub identity: Option<Identity>,
}

/// Where a service is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its port; 0 where there is none.
    pub port: u16,
    /// Its host.
    pub host: Name,
}

/// A host, and the addresses that are said to be its own.
#[derive(Clone, Debug)]
pub struct Host {
    /// Its name, "dmm.local".
    pub name: Name,
    /// Its addresses, sorted.
    pub addresses: Vec<IpAddr>,
}

/// All that has been answered.
#[derive(Debug, Default)]
pub struct Book {
    answerers: Vec<Answerer>,
    places: HashMap<Origin, usize>,
    /// Those who offered nothing when they were last heard, the oldest first, each once.
    spare: VecDeque<usize>,
}

impl Book {
    /// Those who have answered. Each keeps its place, unless it gives way to another.
    pub fn answerers(&self) -> &[Answerer] {
        &self.answerers
    }

    /// Whether so much has come from there that nothing more is listened to.
    pub fn is_deaf_to(&self, origin: Origin) -> bool {
        let known = self.places.get(&origin).map(|place| &self.answerers[*place]);
        let is_full = self.answerers.len() == MOST_ANSWERERS && self.spare.is_empty();
        known.map_or(is_full, Answerer::has_said_enough)
    }

    /// Enters an answer that came from `origin` by `door`, and tells which answerer that is if it
    /// said anything new.
    pub fn enter(&mut self, origin: Origin, door: usize, answer: Answer) -> Option<usize> {
        if self.is_deaf_to(origin) {
            return None;
        }
        let (place, is_new) = match self.places.get(&origin) {
            Some(place) => (*place, self.answerers[*place].enter(answer)),
            None => {
                let mut answerer = Answerer::new(origin, door);
                let is_new = answerer.enter(answer);
                (self.place(answerer)?, is_new)
            }
        };
        let answerer = &mut self.answerers[place];
        if !answerer.is_spare && answerer.offered().is_empty() {
            answerer.is_spare = true;
            self.spare.push_back(place);
        }
        is_new.then_some(place)
    }

    /// Gives one who is new a place. Where there is none, only to one who announces a service, and
    /// that of the oldest who offers nothing: made-up hosts must not keep out those that are there.
    fn place(&mut self, answerer: Answerer) -> Option<usize> {
        let origin = answerer.origin;
        let place = if self.answerers.len() < MOST_ANSWERERS {
            self.answerers.push(answerer);
            self.answerers.len() - 1
        } else if answerer.instances.is_empty() {
            return None;
        } else {
            let place = self.spare_place()?;
            let before = std::mem::replace(&mut self.answerers[place], answerer);
            self.places.remove(&before.origin);
            place
        };
        self.places.insert(origin, place);
        Some(place)
    }

    /// The place of the oldest who offers nothing still.
    fn spare_place(&mut self) -> Option<usize> {
        while let Some(place) = self.spare.pop_front() {
            let answerer = &mut self.answerers[place];
            answerer.is_spare = false;
            if answerer.offered().is_empty() {
                return Some(place);
            }
        }
        None
    }

    /// Enters what the portmapper at `origin` says of VXI-11, and tells which answerer that is if it
    /// was asked and is there.
    pub fn enter_vxi11(&mut self, origin: Origin, is_there: bool) -> Option<usize> {
        let place = *self.places.get(&origin)?;
        let answerer = &mut self.answerers[place];
        let is_new = answerer.asks_portmapper();
        answerer.has_vxi11 = answerer.has_vxi11.or(Some(is_there));
        is_new.then_some(place)
    }
}

impl Answerer {
    /// One who has said nothing yet.
    fn new(origin: Origin, door: usize) -> Self {
        let (instances, hosts) = (Vec::new(), Vec::new());
        Self { origin, door, instances, hosts, has_vxi11: None, packets: 0, is_spare: false }
    }

    fn has_said_enough(&self) -> bool {
        self.packets >= MOST_PACKETS
    }

    fn enter(&mut self, answer: Answer) -> bool {
        self.packets += 1;
        // What a record is about may stand behind it: services first, then their places, then the
        // addresses of those.
        let records: Vec<Record> = answer.take(MOST_RECORDS).collect();
        let mut is_new = false;
        for record in &records {
            is_new |= self.announced(record);
        }
        for record in &records {
            is_new |= self.described(record);
        }
        for record in &records {
            is_new |= self.addressed(record);
        }
        is_new
    }

    /// A service: by the name of its kind, or because something is said of it.
    fn announced(&mut self, record: &Record) -> bool {
        let name = match &record.data {
            Data::Ptr(name) => name,
            Data::Srv { .. } => &record.name,
            _ => return false,
        };
        let Some(service) = name.split().and_then(|(_, kind)| Service::of(&kind)) else {
            return false;
        };
        let known = self.instances.iter().position(|instance| instance.name == *name);
        match known {
            // A goodbye.
            Some(place) if record.ttl == 0 => {
                self.instances.remove(place);
                true
            }
            None if record.ttl > 0 && self.instances.len() < MOST_INSTANCES => {
                let name = name.clone();
                self.instances.push(Instance { name, service, place: None, identity: None });
                true
            }
            _ => false,
        }
    }

    /// Where a service is, or what it says of itself.
    fn described(&mut self, record: &Record) -> bool {
        if record.ttl == 0 {
            return false;
        }
        let known = self.instances.iter_mut().find(|instance| instance.name == record.name);
        let Some(instance) = known else { return false };
        match &record.data {
            Data::Srv { port, host } => {
                let place = Some(Place { port: *port, host: host.clone() });
                let is_new = instance.place != place;
                instance.place = place;
                if self.host(host).is_none() && self.hosts.len() < MOST_HOSTS {
                    self.hosts.push(Host { name: host.clone(), addresses: Vec::new() });
                }
                is_new
            }
            Data::Txt(text) => {
                let identity = Some(Identity::of(text));
                let is_new = instance.identity != identity;
                instance.identity = identity;
                is_new
            }
            _ => false,
        }
    }

    /// The address of a host that a service is at.
    fn addressed(&mut self, record: &Record) -> bool {
        let address: IpAddr = match record.data {
            Data::A(address) => address.into(),
            Data::Aaaa(address) => address.into(),
            _ => return false,
        };
        let host = self.hosts.iter_mut().find(|host| host.name == record.name);
        let Some(host) = host.filter(|host| host.addresses.len() < MOST_ADDRESSES) else {
            return false;
        };
        match host.addresses.binary_search(&address) {
            Err(place) if record.ttl > 0 => {
                host.addresses.insert(place, address);
                true
            }
            _ => false,
        }
    }

    /// What it has left out so far.
    pub fn missing(&self) -> Vec<Missing> {
        let ask = |name: &Name, kind| Missing::Records(Question { name: name.clone(), kind });
        let mut missing = Vec::new();
        for instance in &self.instances {
            match &instance.place {
                None => missing.push(ask(&instance.name, SRV)),
                Some(place) => missing.extend(self.missing_address(&place.host)),
            }
        }
        // One is enough: all services of an instrument say the same.
        if self.instances.iter().all(|instance| instance.identity.is_none()) {
            missing.extend(self.instances.first().map(|instance| ask(&instance.name, TXT)));
        }
        if self.asks_portmapper() {
            missing.push(Missing::Portmapper);
        }
        let mut seen = HashSet::new();
        missing.retain(|question| seen.insert(question.clone()));
        missing
    }

    /// The question for the addresses of a host of which none is known that could be this one.
    fn missing_address(&self, host: &Name) -> Option<Missing> {
        let family = |address: &IpAddr| address.is_ipv6() == self.origin.address.is_ipv6();
        let known = &self.host(host)?.addresses;
        let kind = if self.origin.address.is_ipv6() { AAAA } else { A };
        let is_known = known.iter().any(family);
        (!is_known).then(|| Missing::Records(Question { name: host.clone(), kind }))
    }

    /// Whether all that is known is that it is an LXI device. Those have VXI-11 mostly, many of them
    /// without announcing it; but not all.
    fn asks_portmapper(&self) -> bool {
        let is_bare = self.instances.iter().all(|instance| instance.service == Service::Lxi);
        self.has_vxi11.is_none() && is_bare && !self.offered().is_empty()
    }

    /// The services that are at its own address.
    pub fn offered(&self) -> Vec<(&Instance, &Place)> {
        let placed = self.instances.iter().filter_map(|instance| {
            let place = instance.place.as_ref()?;
            (place.port != 0 && self.is_at(&place.host)).then_some((instance, place))
        });
        placed.collect()
    }

    /// What it says of that host.
    fn host(&self, name: &Name) -> Option<&Host> {
        self.hosts.iter().find(|host| host.name == *name)
    }

    /// Whether it says that `host` has its own address; also while it has not said where it is.
    fn is_at(&self, host: &Name) -> bool {
        self.host(host).is_none_or(|host| {
            host.addresses.is_empty() || host.addresses.contains(&self.origin.address)
        })
    }

    /// The addresses that it says that the hosts have that it is.
    pub fn claimed(&self) -> BTreeSet<IpAddr> {
        let own = self.hosts.iter().filter(|host| host.addresses.contains(&self.origin.address));
        own.flat_map(|host| host.addresses.iter().copied()).collect()
    }
}
