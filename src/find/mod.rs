#![forbid(unsafe_code)]
//! The search behind viFindRsrc: all sources side by side, under one bound.
//!
//! | file | what |
//! |---|---|
//! | `collect.rs` | runs the sources, each on a thread, and gathers what they tell |
//! | `recent.rs` | answers of the network that are young enough to be used again |
//! | `mdns/` | instruments of the network that announce themselves by multicast DNS |
//! | `broadcast/` | instruments of the network, by the VXI-11 broadcast |
//! | `merge.rs` | one instrument, found in several ways, is one |
//!
//! A source is an interface's own ([`Interface::source`](crate::iface::Interface::source)), which
//! knows what this machine has, or one of the network: those are slow, can be switched off by the
//! configuration, and their answers are kept for a while.

mod broadcast;
mod collect;
mod mdns;
pub mod merge;
mod recent;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::config::Config;
use crate::iface::REGISTRY;
use crate::iface::source::{Found, Search, Source, Trouble};
use crate::os::Cancel;
use crate::os::Deadline;
use crate::status;
use crate::status::{Error, Result};

/// A source that asks the network.
struct Lan {
    source: &'static dyn Source,
    /// Its bit in VI_RS_ATTR_TCPIP_FIND_RSRC_MODE.
    mode: Modes,
    /// Whether the configuration permits it.
    permitted: fn(&Config) -> bool,
}

/// The sources that ask the network. One line adds one.
static LAN: &[Lan] = &[
    // First, for it knows most of what it finds.
    Lan {
        source: &mdns::Mdns,
        mode: Modes::MDNS,
        permitted: |config| config.find().lan && config.find().mdns,
    },
    Lan {
        source: &broadcast::Broadcast,
        mode: Modes::VXI11,
        permitted: |config| config.find().lan && config.find().vxi11,
    },
];

/// What reports call the resources that the configuration names. They need no search.
pub const CONFIGURATION: &str = "configuration";

/// A source, as people choose one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct About {
    /// [`Source::name`]
    pub name: &'static str,
    /// Whether it asks the network.
    pub is_lan: bool,
    /// Whether the configuration permits it.
    pub is_permitted: bool,
}

/// All sources there are, in the order of their reports.
pub fn sources(config: &Config) -> Vec<About> {
    let local = REGISTRY.iter().filter_map(|interface| interface.source());
    let local = local.map(|source| (source.name(), false, true));
    let lan = LAN.iter().map(|lan| (lan.source.name(), true, (lan.permitted)(config)));
    let all = std::iter::once((CONFIGURATION, false, true)).chain(local).chain(lan);
    all.map(|(name, is_lan, is_permitted)| About { name, is_lan, is_permitted }).collect()
}

/// Where a search for TCPIP resources looks: the bits of VI_RS_ATTR_TCPIP_FIND_RSRC_MODE.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Modes(pub u32);

impl Modes {
    /// What the configuration names.
    pub const CONFIG: Self = Self(1);
    /// The VXI-11 broadcast.
    pub const VXI11: Self = Self(2);
    /// mDNS.
    pub const MDNS: Self = Self(4);

    /// Whether all of `modes` are on.
    pub fn has(self, modes: Self) -> bool {
        self.0 & modes.0 == modes.0
    }

    /// Those that `config` permits, and what it names itself.
    pub fn permitted(config: &Config) -> Self {
        // Unit tests leave the network that they run in alone.
        if cfg!(test) {
            return Self::CONFIG;
        }
        let lan = LAN.iter().filter(|lan| (lan.permitted)(config));
        lan.fold(Self::CONFIG, |all, lan| Self(all.0 | lan.mode.0))
    }
}

/// What a search is to do.
pub struct Plan {
    /// What the user has configured.
    pub config: Arc<Config>,
    /// Where to look for TCPIP resources.
    pub modes: Modes,
    /// How long it may take.
    pub bound: Duration,
    /// Ends it early.
    pub cancel: Arc<Cancel>,
    /// The only sources that are asked, by their names; empty: all.
    pub only: Vec<&'static str>,
}

impl Plan {
    /// Whether the source of this name is one of those that are asked.
    pub fn asks(&self, source: &str) -> bool {
        self.only.is_empty() || self.only.contains(&source)
    }
}

/// How a source ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It has told all.
    Complete,
    /// It was not asked: its answer of so long ago is used again.
    Recent(Duration),
    /// It did not end in time; what it told by then counts.
    Late,
    /// It was not asked: it has not come back from a search before.
    Stuck,
    /// It failed; what it told by then counts.
    Failed(Error),
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Complete => write!(f, "complete"),
            Self::Recent(age) => write!(f, "answer of {} ms ago", age.as_millis()),
            Self::Late => write!(f, "did not end in time"),
            Self::Stuck => write!(f, "has not come back from a search before"),
            Self::Failed(error) => {
                write!(f, "{}, {}", status::name(error.code).unwrap_or("failed"), error.at)
            }
        }
    }
}

/// What became of one source.
#[derive(Clone, Copy, Debug)]
pub struct Report {
    /// [`Source::name`]
    pub source: &'static str,
    /// How many resources it told of.
    pub count: usize,
    /// How long it took.
    pub took: Duration,
    /// How it ended.
    pub ending: Ending,
}

/// What goes on in a search, for whoever shows it to people.
pub enum Progress<'a> {
    /// A source was asked.
    Asked(&'static str),
    /// A source has told of a resource.
    Found(&'static str, &'a Found),
    /// A source has told of what is none, for some reason.
    Trouble(&'static str, &'a Trouble),
    /// A source has ended.
    Ended(&'a Report),
}

/// Searches all sources that `is_wanted` picks, and gives what they know, in their order.
///
/// # Errors
/// VI_ERROR_ABORT when cancelled; VI_ERROR_ALLOC. A source that fails is a matter of its report.
pub fn search(
    plan: &Plan,
    is_wanted: &dyn Fn(&dyn Source) -> bool,
    observe: &mut dyn FnMut(Progress<'_>),
) -> Result<Vec<Found>> {
    let local = REGISTRY.iter().filter_map(|interface| interface.source());
    let local: Vec<_> = local.filter(|source| is_wanted(*source)).collect();
    let lan = LAN.iter().filter(|lan| plan.modes.has(lan.mode) && (lan.permitted)(&plan.config));
    let lan: Vec<_> = lan.map(|lan| lan.source).filter(|source| is_wanted(*source)).collect();

    let mut known = Vec::new();
    let mut ask = local;
    for source in lan {
        match recent::answer(plan, source) {
            Some((age, found)) => {
                let report = Report {
                    source: source.name(),
                    count: found.len(),
                    took: Duration::ZERO,
                    ending: Ending::Recent(age),
                };
                observe(Progress::Ended(&report));
                known.extend(found);
            }
            None => ask.push(source),
        }
    }
    let search = Arc::new(Search {
        config: plan.config.clone(),
        deadline: Deadline::after(plan.bound),
        cancel: plan.cancel.clone(),
    });
    for answer in collect::all(&ask, &search, observe)? {
        recent::keep(plan, &answer);
        known.extend(answer.found);
    }
    Ok(known)
}
