#![forbid(unsafe_code)]
//! The VXI-11 broadcast: all portmappers of the neighbourhood are asked at once where VXI-11 is
//! served (VXI-11 names no other way to find instruments; LXI's discovery does it so).
//!
//! | file | what |
//! |---|---|
//! | `ways.rs` | what is asked where, on each address of each interface |
//! | `answers.rs` | which answers count, and for whom they speak |
//! | `asking.rs` | asks, and takes answers until there are no more |
//! | `hosts.rs` | which hosts are one, and what they are called |
//!
//! Each question is asked three times, for a datagram may get lost and some instruments are slow:
//! at once, after 150 ms and after 400 ms; and twice more, after 500 and 600 ms, where nobody has
//! answered or answers are missing. The search has ended when nothing new has come for
//! 450 ms since the third time, or since the last instrument that was new. Where less time is given than that
//! takes, all of it becomes shorter alike.
//!
//! IPv6 has no broadcast. Those who follow RFC 1833 are members of a multicast group and are asked
//! there by version 3 of the protocol; all others on the link are asked as with IPv4, by
//! version 2. An instrument that has both is listed by its IPv4 address.
//!
//! On loopback there is one to ask, who is or says at once that it is not: where there is no other
//! interface, all is over within milliseconds.

mod answers;
mod asking;
mod hosts;
#[cfg(test)]
mod tests;
mod ways;

use crate::find::broadcast::asking::Asking;
use crate::find::broadcast::ways::Way;
use crate::iface::source::{Found, Search, Source};
use crate::os::lan;
use crate::os::neighbours;
use crate::status::Result;

/// The source.
pub struct Broadcast;

impl Source for Broadcast {
    fn name(&self) -> &'static str {
        "VXI-11 broadcast"
    }

    fn prefixes(&self) -> &'static [&'static str] {
        &["TCPIP"]
    }

    fn find(&self, search: &Search, tell: &mut dyn FnMut(Found)) -> Result {
        let switches = search.config.find();
        let interfaces = lan::interfaces()?;
        let searched = interfaces.iter().filter(|interface| switches.searches(&interface.name));
        let ways: Vec<_> = searched.flat_map(Way::all).collect();
        let mut asking = Asking::begin(ways, &interfaces)?;
        let outcome = asking.run(search, &mut |host| {
            // Another may turn out to be the same host.
            if host.address.is_ipv4() {
                hosts::found(&[host], &interfaces).into_iter().for_each(&mut *tell);
            }
        });
        if asking.hosts.iter().any(|host| host.address.is_ipv6()) {
            // Without them, a host may be listed under each of its addresses.
            let neighbours = neighbours::all().unwrap_or_default();
            for same in hosts::together(&asking.hosts, &interfaces, &neighbours) {
                hosts::found(&same, &interfaces).into_iter().for_each(&mut *tell);
            }
        }
        outcome
    }
}
