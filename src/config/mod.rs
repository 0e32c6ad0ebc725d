#![forbid(unsafe_code)]
//! The configuration: resources that no search finds by itself, and names of one's own.
//!
//! ```toml
//! resources = ["TCPIP0::192.168.1.30::5025::SOCKET"]   # viFindRsrc lists them
//!
//! [aliases]                                            # viOpen and viParseRsrc know them
//! scope = "TCPIP::192.168.1.20::INSTR"
//!
//! [serial]                                             # ASRL5 is this port, wherever it is
//! 5 = "/dev/serial/by-id/usb-FTDI_FT232R_USB_UART_A1000001-if00-port0"
//!
//! [gpib]                                               # what GPIB0, GPIB1, ... are
//! 0 = "libgpib"                                        # a library's board of the same number
//! 1 = "libgpib:0"                                      # ... of this number
//! 2 = "/dev/gpib0"                                     # the kernel's board, without a library
//! 3 = "prologix://192.168.1.5"                         # an adapter, or prologix:///dev/ttyUSB0
//! 4 = "TCPIP::gateway::gpib0"                          # an interface of a gateway
//!
//! [find]                                               # how viFindRsrc searches the network
//! lan = true                                           # false: not at all
//! mdns = true                                          # the two ways of searching it
//! vxi11 = true
//! interfaces = ["eth0"]                                # only these network interfaces
//! not_interfaces = ["wlan0"]                           # not these
//! bound_ms = 900                                       # how long it may take (50 to 60000)
//! recent_s = 3                                         # how old an answer may be (0: asked anew)
//! background = false                                   # true: an older one, renewed behind it
//!
//! [defaults.scope]                                     # what viOpen sets, by an alias, a name or an
//! timeout = 5000                                       # expression: see `config/defaults.rs`
//!
//! [io]
//! spin_us = 50                                         # VI_FVATTR_SPIN of new sessions
//! ```
//!
//! Two files may say something, a user's own and the system's ([`load`]). The user's wins, entry by
//! entry.
//!
//! Nothing in the files stops the library. What is wrong is left out, entry by entry, and is kept
//! as a [`Problem`] for the trace and the tool.

mod defaults;
mod files;
mod find;
#[cfg(test)]
pub(crate) mod fuzz;
mod gpib;
mod io;
mod parse;
#[cfg(test)]
mod tests;

pub use crate::config::defaults::Defaults;
pub use crate::config::files::LARGEST;
pub use crate::config::files::SYSTEM;
pub use crate::config::files::files;
pub use crate::config::files::load;
pub use crate::config::files::load_with;
pub use crate::config::files::users_file;
pub use crate::config::find::Find;
pub use crate::config::gpib::BoardPlace;

use std::collections::HashSet;
use std::fmt;
use std::path::PathBuf;

use crate::config::defaults::Section;
use crate::config::find::FindKeys;
use crate::rsrc::ResourceName;

/// What the configuration files say, as far as it can be used.
#[derive(Clone, Debug, Default)]
pub struct Config {
    resources: Vec<ResourceName>,
    aliases: Vec<Alias>,
    serial: Vec<(u16, PathBuf)>,
    hides_ports: bool,
    gpib: Vec<(u16, BoardPlace)>,
    find_keys: FindKeys,
    find: Find,
    sections: Vec<Section>,
    defaults: Vec<Defaults>,
    spin_us: Option<u32>,
    problems: Vec<Problem>,
}

/// A user's own name for a resource.
#[derive(Clone, Debug)]
struct Alias {
    word: String,
    resource: ResourceName,
}

/// Something in a configuration file that could not be used, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file.
    pub file: PathBuf,
    /// The line in it, from 1; `None` when it is about the file as a whole.
    pub line: Option<usize>,
    /// What is wrong.
    pub reason: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.file.display())?;
        if let Some(line) = self.line {
            write!(f, "{line}:")?;
        }
        write!(f, " {}", self.reason)
    }
}

#[cfg(test)]
impl Config {
    /// What a file of this text says.
    pub fn of(text: &str) -> Self {
        let mut config = parse::parse(std::path::Path::new("test.toml"), text.as_bytes());
        config.settle();
        config
    }
}

impl Config {
    /// The configured resources, each once.
    pub fn resources(&self) -> &[ResourceName] {
        &self.resources
    }

    /// Serial ports that have a fixed number: n of ASRLn, and the device.
    pub fn serial(&self) -> &[(u16, PathBuf)] {
        &self.serial
    }

    /// Whether serial ports are listed only where they have a fixed number (`find = false`): a
    /// program that asks all that it finds for their names would disturb what is behind the others.
    pub fn hides_ports(&self) -> bool {
        self.hides_ports
    }

    /// What GPIB boards are: n of GPIBn, and what is behind it.
    pub fn gpib(&self) -> &[(u16, BoardPlace)] {
        &self.gpib
    }

    /// How the network is searched.
    pub fn find(&self) -> &Find {
        &self.find
    }

    /// VI_FVATTR_SPIN of new sessions on network connections, 0 to 1000 microseconds; 0 is off.
    pub fn spin_us(&self) -> u32 {
        self.spin_us.unwrap_or(0)
    }

    /// What could not be used.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The aliases: the words as they are configured, and the resources that they stand for.
    pub fn aliases(&self) -> impl Iterator<Item = (&str, &ResourceName)> {
        self.aliases.iter().map(|alias| (&*alias.word, &alias.resource))
    }

    /// The sections that say what sessions are set to when they open; those of the user's file
    /// first, each file's in its order.
    pub fn default_sections(&self) -> &[Defaults] {
        &self.defaults
    }

    /// The alias that `word` spells, in any case: as it is configured, and the resource that it
    /// stands for.
    pub fn alias(&self, word: &str) -> Option<(&str, &ResourceName)> {
        let found = self.aliases.iter().find(|alias| alias.word.eq_ignore_ascii_case(word))?;
        Some((&found.word, &found.resource))
    }

    /// The alias of a resource; the first one when there are several.
    pub fn alias_of(&self, name: &ResourceName) -> Option<&str> {
        let found = self.aliases.iter().find(|alias| alias.resource.same_resource(name))?;
        Some(&found.word)
    }

    /// Adds what `weaker` says besides: of two resources, aliases or ports that are the same, ours
    /// stay.
    fn merge(&mut self, weaker: Self) {
        let mut known: HashSet<_> = self.resources.iter().map(ResourceName::key).collect();
        self.resources.extend(weaker.resources.into_iter().filter(|name| known.insert(name.key())));
        for alias in weaker.aliases {
            if self.alias(&alias.word).is_none() {
                self.aliases.push(alias);
            }
        }
        self.hides_ports |= weaker.hides_ports;
        self.spin_us = self.spin_us.or(weaker.spin_us);
        for (number, path) in weaker.serial {
            if self.serial.iter().all(|(known, device)| *known != number && *device != path) {
                self.serial.push((number, path));
            }
        }
        for (number, place) in weaker.gpib {
            if self.gpib.iter().all(|(known, other)| *known != number && *other != place) {
                self.gpib.push((number, place));
            }
        }
        self.find_keys = std::mem::take(&mut self.find_keys).or(weaker.find_keys);
        self.find = self.find_keys.switches();
        self.sections.extend(weaker.sections);
        self.problems.extend(weaker.problems);
    }
}
