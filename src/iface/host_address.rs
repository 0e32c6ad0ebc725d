#![forbid(unsafe_code)]
//! Addresses of hosts that stay apart on all links of this machine.

use std::fmt;
use std::net::{AddrParseError, IpAddr};
use std::str::FromStr;

use crate::rsrc::Address;
use crate::rsrc::ResourceName;

/// A host's address, as names have it. A link-local IPv6 address is one host's on one link and may be
/// another's on the next (RFC 4007 section 4).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HostAddress {
    address: IpAddr,
    /// What stands behind the percent sign of a link-local IPv6 address: the interface's name or
    /// number. Else empty.
    scope: String,
}

impl HostAddress {
    /// That in a name of the network; `None` where there is a host's name, or none at all.
    pub fn of(name: &ResourceName) -> Option<Self> {
        match &name.address {
            Address::Vxi11 { host, .. }
            | Address::Hislip { host, .. }
            | Address::Socket { host, .. } => host.parse().ok(),
            _ => None,
        }
    }
}

impl FromStr for HostAddress {
    type Err = AddrParseError;

    /// A scope is kept where it makes a difference.
    ///
    /// # Errors
    /// For what is no IP address.
    fn from_str(text: &str) -> Result<Self, AddrParseError> {
        let (address, scope) = text.split_once('%').unwrap_or((text, ""));
        let address = address.parse()?;
        let is_local = matches!(address, IpAddr::V6(address) if address.is_unicast_link_local());
        Ok(Self { address, scope: if is_local { scope.to_owned() } else { String::new() } })
    }
}

impl fmt::Display for HostAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = if self.scope.is_empty() { "" } else { "%" };
        write!(f, "{}{percent}{}", self.address, self.scope)
    }
}
