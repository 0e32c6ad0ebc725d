#![forbid(unsafe_code)]
//! Sources: where resources are looked for.

use std::sync::Arc;

use crate::attr::Value;
use crate::config::Config;
use crate::consts::ViAttr;
use crate::iface::host_address::HostAddress;
use crate::iface::obstacle::Obstacle;
use crate::os::Cancel;
use crate::os::Deadline;
use crate::os::Wait;
use crate::rsrc::ResourceName;
use crate::status::Result;

/// A place where resources are looked for. In a search each source runs on a thread of its own, so
/// that one which is slow or fails costs only what it would have found.
pub trait Source: Sync {
    /// What people call it: `USB instruments`, `mDNS`.
    fn name(&self) -> &'static str;

    /// How the canonical names begin that it can bring. It is not asked where an expression matches
    /// nothing that begins so.
    fn prefixes(&self) -> &'static [&'static str];

    /// Looks until it knows all, or the search's time is over. It tells what it finds as it finds
    /// it: what has been told in time counts, whatever comes after.
    ///
    /// # Errors
    /// Why nothing, or no more, can be found here. VI_ERROR_TMO where time was too short,
    /// VI_ERROR_ABORT when cancelled.
    fn find(&self, search: &Search, tell: &mut dyn FnMut(Found)) -> Result;

    /// The same for people, who want to know as well of what is not found because it cannot be
    /// used: a board that is configured and does not answer.
    ///
    /// # Errors
    /// As [`Source::find`].
    fn survey(&self, search: &Search, tell: &mut dyn FnMut(News)) -> Result {
        self.find(search, &mut |found| tell(News::Found(found)))
    }
}

/// What a source tells of.
#[derive(Clone, Debug)]
pub enum News {
    /// A resource.
    Found(Found),
    /// What would be one.
    Trouble(Trouble),
}

/// What looks like a resource and cannot be used, so that it is not found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// What it is called: `GPIB3 (prologix://192.168.1.5:1234)`.
    pub what: String,
    /// What is the matter.
    pub obstacle: Obstacle,
}

/// What a source is given.
pub struct Search {
    /// What the user has configured.
    pub config: Arc<Config>,
    /// When to give up.
    pub deadline: Deadline,
    /// Ends the search early.
    pub cancel: Arc<Cancel>,
}

impl Search {
    /// The search's time, and what ends it early.
    pub fn wait(&self) -> Wait<'_> {
        Wait { deadline: self.deadline, ticket: self.cancel.ticket() }
    }
}

/// A resource that is there, and what is known of it without opening it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Its name.
    pub name: ResourceName,
    /// All addresses of its host as far as they are known, the one to be preferred first, so that
    /// an instrument with two of them is listed once.
    pub addresses: Vec<HostAddress>,
    /// Global attributes.
    pub attributes: Vec<(ViAttr, Value)>,
    /// What it says of itself, for people: maker, model, serial number. May be empty.
    pub description: String,
}

impl From<ResourceName> for Found {
    /// A resource of which nothing but its name is known.
    fn from(name: ResourceName) -> Self {
        Self { name, addresses: Vec::new(), attributes: Vec::new(), description: String::new() }
    }
}
