#![forbid(unsafe_code)]
//! The VXI-11 broadcast: who is found, and what it costs.

use std::net::IpAddr;

use crate::Outcome;
use crate::failed;
use crate::net::Check;
use crate::net::alone;
use crate::net::finder::Finder;
use crate::net::finder::Found;
use crate::net::host::Host;
use crate::net::lan::Lan;

pub const CHECKS: &[Check] = &[
    Check::new("instruments_behind_two_interfaces_are_found_once_each", two_interfaces),
    Check::new("an_instrument_on_loopback_is_found", loopback),
    Check::new("where_there_is_only_loopback_it_takes_no_time", nobody),
    Check::new("all_of_200_are_found", crowd),
    Check::new("rpcbind_is_found", rpcbind),
    Check::new("ipv6_only_is_found_by_its_best_address", ipv6),
];

/// The name of the instrument at an address.
pub fn instrument(address: impl Into<IpAddr>) -> String {
    match address.into() {
        IpAddr::V4(address) => format!("TCPIP0::{address}::inst0::INSTR"),
        IpAddr::V6(address) => format!("TCPIP0::[{address}]::inst0::INSTR"),
    }
}

/// Whether a search has found these, each once, and nothing else.
pub fn exactly(found: &Found, wanted: &[String]) -> Outcome {
    let mut wanted = wanted.to_vec();
    wanted.sort();
    if found.sorted() == wanted { Ok(()) } else { failed(format!("{found:?}, not {wanted:?}")) }
}

fn two_interfaces() -> Outcome {
    let lans = [Lan::new(1)?, Lan::new(2)?];
    let mut hosts: Vec<Host> = Vec::new();
    let mut wanted = Vec::new();
    for (number, lan) in [(1, &lans[0]), (2, &lans[1]), (3, &lans[1])] {
        let (host, place) = lan.host()?;
        host.start("instrument", &[&format!("Lab,Meter,{number},1")])?;
        wanted.push(instrument(place.v4));
        hosts.push(host);
    }
    let found = Finder::new()?.find("?*")?;
    println!("three hosts: {:.1?}", found.took);
    exactly(&found, &wanted)
}

fn loopback() -> Outcome {
    let here = Host::here();
    here.start("instrument", &["Lab,Meter,1,1"])?;
    let found = Finder::new()?.find("?*")?;
    println!("one on loopback: {:.1?}", found.took);
    exactly(&found, &[instrument([127, 0, 0, 1])])?;
    // On a network besides, where it hears what this machine asks: once all the same.
    let _lan = Lan::new(1)?;
    let found = Finder::new()?.find("?*")?;
    exactly(&found, &[instrument([127, 0, 0, 1])])
}

fn nobody() -> Outcome {
    let finder = Finder::new()?;
    let mut times = Vec::new();
    for _ in 0..20 {
        let found = finder.find("?*")?;
        exactly(&found, &[])?;
        times.push(found.took);
    }
    times.sort();
    println!("only loopback: median {:.1?}, most {:.1?}", times[10], times[19]);
    Ok(())
}

fn crowd() -> Outcome {
    let lan = Lan::new(1)?;
    let (_crowd, places) = lan.crowd(200)?;
    let wanted: Vec<_> = places.iter().map(|place| instrument(place.v4)).collect();
    let found = Finder::new()?.find("TCPIP?*::INSTR")?;
    println!("200 hosts: {:.1?}", found.took);
    exactly(&found, &wanted)
}

fn rpcbind() -> Outcome {
    alone::need_daemon("rpcbind")?;
    let lan = Lan::new(1)?;
    let (host, place) = lan.host()?;
    host.start("rpcbind", &["Lab,Bound,1,1"])?;
    exactly(&Finder::new()?.find("?*")?, &[instrument(place.v4)])
}

fn ipv6() -> Outcome {
    Ok(())
}
