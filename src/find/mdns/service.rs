#![forbid(unsafe_code)]
//! The kinds of services that instruments announce, and the resources that they are.

use crate::rsrc::Address;
use crate::wire::dns::Name;

/// A kind of service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Service {
    /// A web page that describes the instrument, on every LXI device. No resource, but it says most
    /// of what the instrument is.
    Lxi,
    /// VXI-11. Its port is mostly the portmapper's.
    Vxi11,
    /// HiSLIP.
    Hislip,
    /// Messages over bare TCP.
    ScpiRaw,
}

impl Service {
    /// All of them, the one that describes best first.
    pub const ALL: [Self; 4] = [Self::Lxi, Self::Vxi11, Self::Hislip, Self::ScpiRaw];

    /// What it is called on the network.
    const fn text(self) -> &'static str {
        match self {
            Self::Lxi => "_lxi._tcp.local",
            Self::Vxi11 => "_vxi-11._tcp.local",
            Self::Hislip => "_hislip._tcp.local",
            Self::ScpiRaw => "_scpi-raw._tcp.local",
        }
    }

    /// The name under which its instances are asked for.
    pub fn name(self) -> Option<Name> {
        Name::of(self.text())
    }

    /// The kind that is called `name`.
    pub fn of(name: &Name) -> Option<Self> {
        Self::ALL.into_iter().find(|service| name.is(service.text()))
    }

    /// The resource that is this service at a port of `host`.
    pub fn resource(self, host: String, port: u16) -> Option<Address> {
        let board = 0;
        match self {
            Self::Lxi => None,
            // Whatever the port: who opens the name asks the portmapper.
            Self::Vxi11 => {
                Some(Address::Vxi11 { board, host, port: None, device: "inst0".to_owned() })
            }
            Self::Hislip => {
                let device = "hislip0".to_owned();
                Some(Address::Hislip { board, credential: None, host, device, port })
            }
            Self::ScpiRaw => Some(Address::Socket { board, credential: None, host, port }),
        }
    }
}
