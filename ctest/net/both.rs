#![forbid(unsafe_code)]
//! The VXI-11 broadcast and mDNS together: one instrument, however many ways lead to it.

use std::time::Duration;

use crate::Outcome;
use crate::failed;
use crate::net::Check;
use crate::net::broadcast::exactly;
use crate::net::broadcast::instrument;
use crate::net::finder::Finder;
use crate::net::lan::Lan;
use crate::net::peers::PYVISA_PY;
use crate::net::peers::announce;

pub const CHECKS: &[Check] = &[
    Check::new("found_in_both_ways_it_is_listed_once", once).with_python(PYVISA_PY),
    Check::new("two_addresses_are_one_instrument_where_mdns_says_so", two_addresses)
        .with_python(PYVISA_PY),
];

/// The bound that a search has, and what its threads have for saying that they have ended.
const BOUND: Duration = Duration::from_millis(900);

/// Some answer in both ways, some in one; behind two interfaces.
fn once() -> Outcome {
    let lans = [Lan::new(1)?, Lan::new(2)?];
    let (mut hosts, mut wanted) = (Vec::new(), Vec::new());
    for (number, (answers, announced)) in
        [(true, true), (true, false), (false, true), (true, true)].into_iter().enumerate()
    {
        let (host, place) = lans[number % 2].host()?;
        if answers {
            host.start("instrument", &["Lab,Meter,1,1"])?;
        }
        if announced {
            announce(&host, &[place.v4])?;
        }
        wanted.push(instrument(place.v4));
        hosts.push(host);
    }
    let found = Finder::new()?.find("?*")?;
    println!("four instruments in both ways: {:.1?}, bound {BOUND:.1?}", found.took);
    exactly(&found, &wanted)
}

/// Nothing but mDNS can say that two addresses are one host's.
fn two_addresses() -> Outcome {
    let lans = [Lan::new(1)?, Lan::new(2)?];
    let (host, one) = lans[0].host()?;
    let two = lans[1].join(&host)?;
    host.start("instrument", &["Lab,Meter,1,1"])?;
    let finder = Finder::new()?;
    exactly(&finder.find("?*")?, &[instrument(one.v4), instrument(two.v4)])?;
    announce(&host, &[one.v4, two.v4])?;
    let found = finder.find("?*")?;
    match found.names.as_slice() {
        [name] if [instrument(one.v4), instrument(two.v4)].contains(name) => Ok(()),
        _ => failed(format!("{found:?}")),
    }
}
