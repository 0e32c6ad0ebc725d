#![forbid(unsafe_code)]
//! The VXI-11 broadcast: who is found, and what it costs.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::net::Ipv6Addr;
use std::time::Duration;

use visa::sim::Config;
use visa::sim::Instrument;

use crate::Outcome;
use crate::failed;
use crate::net::Check;
use crate::net::alone;
use crate::net::commands;
use crate::net::finder::Finder;
use crate::net::finder::Found;
use crate::net::host::Host;
use crate::net::lan::Lan;
use crate::net::packets;
use crate::net::packets::Lost;
use crate::net::parts::liar;

pub const CHECKS: &[Check] = &[
    Check::new("instruments_behind_two_interfaces_are_found_once_each", two_interfaces),
    Check::new("an_instrument_on_loopback_is_found", loopback),
    Check::new("an_instrument_on_loopback_is_found_by_ipv6_too", loopback_ipv6),
    Check::new("where_there_is_only_loopback_it_takes_no_time", nobody),
    Check::new("all_of_200_are_found", crowd),
    Check::new("how_long_it_takes", times),
    Check::new("the_third_question_finds_those_who_have_heard_no_other", third_question),
    Check::new("no_one_stays_hidden_where_30_percent_are_lost", loss),
    Check::new("an_instrument_that_takes_700_ms_is_found", slow),
    Check::new("rpcbind_is_found", rpcbind),
    Check::new("an_instrument_with_ipv6_is_found_once_by_its_best_address", ipv6),
    Check::new("whoever_does_not_know_version_3_is_found_by_ipv6", plain_ipv6),
    Check::new("lies_cost_only_themselves", liars),
    Check::new("who_is_no_neighbour_is_not_believed", impostor),
];

/// What a search waits for those who do not answer.
const SILENCE: Duration = Duration::from_millis(450);

/// The name of the instrument at an address.
pub fn instrument(address: impl Into<IpAddr>) -> String {
    match address.into() {
        IpAddr::V4(address) => format!("TCPIP0::{address}::inst0::INSTR"),
        IpAddr::V6(address) => format!("TCPIP0::[{address}]::inst0::INSTR"),
    }
}

/// Whether a search has found these, each once, and nothing else, and no source has failed. On a
/// busy machine one may end late, having found all.
pub fn exactly(found: &Found, wanted: &[String]) -> Outcome {
    let mut wanted = wanted.to_vec();
    wanted.sort();
    let failure = found.notes.iter().find(|note| note.contains(": VI_ERROR"));
    if found.sorted() == wanted && failure.is_none() {
        Ok(())
    } else {
        failed(format!("{found:?}, not {wanted:?}"))
    }
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
    let wanted = [instrument([127, 0, 0, 1])];
    in_no_time("one on loopback", &wanted)?;
    // On a network besides, where it hears what this machine asks: once all the same.
    let _lan = Lan::new(1)?;
    exactly(&Finder::new()?.find("?*")?, &wanted)
}

/// Searches several times, so that a machine that is busy for a moment does not matter: it ends as
/// soon as all have answered, not after a time that was set beforehand.
fn in_no_time(what: &str, wanted: &[String]) -> Outcome {
    let finder = Finder::new()?;
    let mut times = Vec::new();
    for _ in 0..20 {
        let found = finder.find("?*")?;
        exactly(&found, wanted)?;
        times.push(found.took);
    }
    times.sort();
    println!("{what}: median {:.1?}, most {:.1?}", times[10], times[19]);
    if times[10] < SILENCE { Ok(()) } else { failed(format!("{times:?}")) }
}

/// On loopback by IPv6 alone; the portmapper there knows version 2 only.
fn loopback_ipv6() -> Outcome {
    let config = Config { bind: Ipv6Addr::LOCALHOST.into(), portmapper: true, ..Config::default() };
    let _instrument = Instrument::start(config)?;
    in_no_time("one on loopback by IPv6", &[instrument(Ipv6Addr::LOCALHOST)])
}

fn nobody() -> Outcome {
    in_no_time("only loopback", &[])
}

fn crowd() -> Outcome {
    let lan = Lan::new(1)?;
    let (_crowd, places) = lan.crowd(200)?;
    let wanted: Vec<_> = places.iter().map(|place| instrument(place.v4)).collect();
    let found = Finder::new()?.find("TCPIP?*::INSTR")?;
    println!("200 hosts: {:.1?}", found.took);
    exactly(&found, &wanted)
}

/// Figures: a network without anybody, with three hosts, with 200.
fn times() -> Outcome {
    let lan = Lan::new(1)?;
    let finder = Finder::new()?;
    let mut hosts = Vec::new();
    let mut wanted = Vec::new();
    for count in [0, 3, 197] {
        if count > 0 {
            let (crowd, places) = lan.crowd(count)?;
            wanted.extend(places.iter().map(|place| instrument(place.v4)));
            hosts.push(crowd);
        }
        let found = finder.find("?*")?;
        println!("{} hosts: {:.1?}", wanted.len(), found.took);
        exactly(&found, &wanted)?;
    }
    Ok(())
}

/// Of the first two rounds nothing arrives: two packets each, to both kinds of broadcast. Without
/// IPv6, whose packets would count too.
fn third_question() -> Outcome {
    let lan = Lan::new(1)?;
    std::fs::write("/proc/sys/net/ipv6/conf/lan1/disable_ipv6", "1")?;
    let (host, place) = lan.host()?;
    host.start("instrument", &["Lab,Meter,1,1"])?;
    packets::lose(host.whose(), 111, Lost::FirstOf(4, 100))?;
    exactly(&Finder::new()?.find("?*")?, &[instrument(place.v4)])
}

/// Each question and each answer gets lost three times in ten. A host has six chances of 0.49 in a
/// search: it is missed in one of 57 searches, and in five one after the other with a probability
/// of 2e-9; all twenty in 4e-8.
fn loss() -> Outcome {
    let lan = Lan::new(1)?;
    let (crowd, places) = lan.crowd(20)?;
    for whose in [crowd.whose(), None] {
        packets::lose(whose, 111, Lost::Percent(30))?;
    }
    let finder = Finder::new()?;
    let mut names = BTreeSet::new();
    for _ in 0..5 {
        let found = finder.find("?*")?;
        println!("{} of 20", found.names.len());
        names.extend(found.names);
    }
    let wanted = places.iter().map(|place| instrument(place.v4)).collect();
    if names == wanted { Ok(()) } else { failed(format!("{names:?}")) }
}

fn slow() -> Outcome {
    let lan = Lan::new(1)?;
    let (host, place) = lan.host()?;
    host.start("liar", &["fair_words_after_700_ms"])?;
    exactly(&Finder::new()?.find("?*")?, &[instrument(place.v4)])
}

fn rpcbind() -> Outcome {
    alone::need_daemon("rpcbind")?;
    let lan = Lan::new(1)?;
    let (host, place) = lan.host()?;
    host.start("rpcbind", &["Lab,Bound,1,1"])?;
    exactly(&Finder::new()?.find("?*")?, &[instrument(place.v4)])
}

/// The host as it is, without IPv4, and with nothing but what a link gives by itself.
fn ipv6() -> Outcome {
    let lan = Lan::new(1)?;
    let finder = Finder::new()?;
    let (host, place) = lan.host()?;
    host.start("instrument", &["Lab,Meter,1,1"])?;
    host.start("portmapper6", &["rfc1833"])?;
    exactly(&finder.find("?*")?, &[instrument(place.v4)])?;
    commands::ip(host.whose(), &[format!("address del {}/24 dev eth0", place.v4)])?;
    exactly(&finder.find("?*")?, &[instrument(place.v6)])?;
    commands::ip(host.whose(), &[format!("address del {}/64 dev eth0", place.v6)])?;
    let local = commands::link_local(host.whose(), "eth0")?;
    exactly(&finder.find("?*")?, &[format!("TCPIP0::[{local}%lan1]::inst0::INSTR")])
}

fn plain_ipv6() -> Outcome {
    let lan = Lan::new(1)?;
    let (host, place) = lan.host()?;
    host.start("portmapper6", &["plain"])?;
    exactly(&Finder::new()?.find("?*")?, &[instrument(place.v6)])
}

fn liars() -> Outcome {
    let lan = Lan::new(1)?;
    let (honest, place) = lan.host()?;
    honest.start("instrument", &["Lab,Meter,1,1"])?;
    let mut liars = Vec::new();
    for kind in liar::kinds() {
        let (host, _) = lan.host()?;
        host.start("liar", &[kind])?;
        liars.push(host);
    }
    let count = packets::count_arriving(None, "lan1", "udp sport 111")?;
    let found = Finder::new()?.find("?*")?;
    println!("{} liars, {} packets: {:.1?}", liars.len(), count.packets()?, found.took);
    exactly(&found, &[instrument(place.v4)])
}

/// An answer from an address that the link does not lead to.
fn impostor() -> Outcome {
    let lan = Lan::new(1)?;
    let (honest, place) = lan.host()?;
    honest.start("instrument", &["Lab,Meter,1,1"])?;
    let (host, _) = lan.host()?;
    commands::ip(host.whose(), &["address add 10.99.0.9/32 dev eth0".to_owned()])?;
    host.start("liar", &["fair_words", "10.99.0.9"])?;
    let count = packets::count_arriving(None, "lan1", "ip saddr 10.99.0.9")?;
    exactly(&Finder::new()?.find("?*")?, &[instrument(place.v4)])?;
    if count.packets()? > 0 { Ok(()) } else { failed("its answers have not come here") }
}
