#![forbid(unsafe_code)]
//! A responder of multicast DNS (RFC 6762): instruments that announce themselves.
//!
//! It answers with all that leads to the instrument, to one who asks from a port of his own as to
//! one (section 6.7), leaves out what the asker knows already (section 7.1), tells of itself when it
//! starts and takes that back when it ends (sections 8.3 and 10.1). It takes its names without
//! asking whether they are free (section 8.1), and answers at once instead of at random times.
//!
//! | file | what |
//! |---|---|
//! | `message.rs` | questions decoded, answers encoded |
//! | `zone.rs` | which records there are, and which of them answer a question |
//! | `responder.rs` | sockets and threads |

mod message;
mod responder;
#[cfg(test)]
mod tests;
mod zone;

use std::io;
use std::net::IpAddr;
use std::time::Duration;

pub use crate::sim::mdns::responder::Responder;

/// What an instrument announces.
#[derive(Clone, Debug)]
pub struct Announcement {
    /// What people call it; the first label of its services' names. At most 63 bytes.
    pub instance: String,
    /// Its host's name without `.local`.
    pub host: String,
    /// Its services: `_hislip` and the like, without `._tcp.local`, and their ports.
    pub services: Vec<(String, u16)>,
    /// What its services say of it: keys and values.
    pub text: Vec<(String, String)>,
    /// How well it answers.
    pub habits: Habits,
}

impl Announcement {
    /// What an instrument announces that answers `*IDN?` with `identity`.
    pub fn of(identity: &str, services: Vec<(String, u16)>) -> Self {
        let mut fields = identity.split(',').map(str::trim);
        let mut next = || fields.next().unwrap_or_default().to_owned();
        let [maker, model, serial, version] = [next(), next(), next(), next()];
        let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
        let host: String = format!("{model}-{serial}").chars().map(plain).collect();
        let instance: String = format!("{maker} {model} {serial}").chars().take(60).collect();
        let text = [
            ("txtvers", "1".to_owned()),
            ("Manufacturer", maker),
            ("Model", model),
            ("SerialNumber", serial),
            ("FirmwareVersion", version),
        ];
        Self {
            instance,
            host: host.chars().take(60).collect(),
            services,
            text: text.map(|(key, value)| (key.to_owned(), value)).into(),
            habits: Habits::default(),
        }
    }
}

/// What real responders do differently.
#[derive(Clone, Copy, Debug, Default)]
pub struct Habits {
    /// Each question is answered after this time only.
    pub delay: Duration,
    /// A question for services is answered with their names alone, without what these lead to.
    pub is_terse: bool,
    /// All is answered to all, whoever asks.
    pub tells_all: bool,
    /// The first question of a packet alone is answered.
    pub reads_one: bool,
}

/// A network that the instrument is in.
#[derive(Clone, Debug)]
pub struct Link {
    /// The number of the network interface; 0, with IPv4 alone: the one that has the address.
    pub index: u32,
    /// The instrument's addresses there. It answers from each of them, and tells all.
    pub addresses: Vec<IpAddr>,
}

impl Link {
    /// The network in which this machine has `address`, and the instrument no other.
    ///
    /// # Errors
    /// `AddrNotAvailable` when no interface has it; `InvalidInput` for an address of no network:
    /// loopback, or all at once.
    pub fn of(address: IpAddr) -> io::Result<Self> {
        if address.is_loopback() || address.is_unspecified() {
            let why = "what is announced has an address of a network";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
        }
        let index = match address {
            IpAddr::V4(_) => 0,
            IpAddr::V6(wanted) => {
                // Each line: the address without colons, the interface's number, and more.
                let list = std::fs::read_to_string("/proc/net/if_inet6")?;
                let index = list.lines().find_map(|line| {
                    let mut words = line.split_whitespace();
                    let bits = u128::from_str_radix(words.next()?, 16).ok()?;
                    let index = u32::from_str_radix(words.next()?, 16).ok()?;
                    (bits == wanted.to_bits()).then_some(index)
                });
                index.ok_or(io::ErrorKind::AddrNotAvailable)?
            }
        };
        Ok(Self { index, addresses: vec![address] })
    }
}
