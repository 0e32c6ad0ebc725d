#![forbid(unsafe_code)]
//! Multicast DNS: who is found, and what it costs.

use std::collections::BTreeSet;
use std::net::UdpSocket;

use crate::Outcome;
use crate::cc;
use crate::failed;
use crate::net::Check;
use crate::net::alone;
use crate::net::broadcast::exactly;
use crate::net::commands;
use crate::net::finder::Finder;
use crate::net::finder::Found;
use crate::net::host::Host;
use crate::net::lan::Lan;
use crate::net::lan::Place;
use crate::net::packets;
use crate::net::packets::Lost;
use crate::net::parts::mdns_liar;

pub const CHECKS: &[Check] = &[
    Check::new("instruments_behind_two_interfaces_are_found_once_each", two_interfaces),
    Check::new("an_instrument_is_listed_once_whichever_way_it_is_found", both_ways),
    Check::new("an_instrument_in_two_networks_is_listed_once", two_networks),
    Check::new("an_instrument_with_ipv6_is_found_once_by_its_best_address", ipv6),
    Check::new("however_they_answer_they_are_found", habits),
    Check::new("a_bare_lxi_device_is_vxi11_where_its_portmapper_says_so", bare_lxi),
    Check::new("a_port_that_another_program_keeps_does_not_matter", kept),
    Check::new("a_firewall_that_lets_only_the_port_of_mdns_in_does_not_matter", firewall),
    Check::new("all_of_200_are_found", choir),
    Check::new("the_third_question_finds_those_who_have_heard_no_other", third_question),
    Check::new("no_one_stays_hidden_where_30_percent_are_lost", loss),
    Check::new("lies_cost_only_themselves", liars),
    Check::new("who_is_no_neighbour_is_not_believed", impostor),
    Check::new("no_question_leaves_where_it_is_off", off),
    Check::new("how_long_it_takes", times),
];

/// The names of an instrument with HiSLIP and SOCKET at an address.
fn both(host: impl std::fmt::Display) -> [String; 2] {
    [format!("TCPIP0::{host}::5025::SOCKET"), hislip(host)]
}

pub fn hislip(host: impl std::fmt::Display) -> String {
    format!("TCPIP0::{host}::hislip0::INSTR")
}

fn inst(host: impl std::fmt::Display) -> String {
    format!("TCPIP0::{host}::inst0::INSTR")
}

/// HiSLIP and SOCKET, as the LXI device that it is announces them.
const SERVICES: &str = "_lxi:80,_hislip:4880,_scpi-raw:5025";

/// A host that announces itself by its IPv4 address.
fn announced(lan: &Lan, name: &str, habit: &str, services: &str) -> Outcome<(Host, Place)> {
    let (host, place) = lan.host()?;
    host.start("announcer", &[name, habit, services, &format!("eth0={}", place.v4)])?;
    Ok((host, place))
}

/// A search that ends by itself also where this machine has too much to do for its usual bound.
pub fn patient(finder: &Finder, expression: &str) -> Outcome<Found> {
    let path = cc::scratch(&format!("{} patience", alone::trial()))?.join("config.toml");
    std::fs::write(&path, "[find]\nbound_ms = 20000\n")?;
    let mut command = finder.command();
    command.env("FERROVISA_CONFIG", path);
    Finder::find_with(command, expression)
}

fn search() -> Outcome<Found> {
    patient(&Finder::new()?, "?*")
}

fn two_interfaces() -> Outcome {
    let lans = [Lan::new(1)?, Lan::new(2)?];
    let (mut hosts, mut wanted) = (Vec::new(), Vec::new());
    for (name, lan) in [("one", &lans[0]), ("two", &lans[1]), ("three", &lans[1])] {
        let (host, place) = announced(lan, name, "plain", SERVICES)?;
        wanted.extend(both(place.v4));
        hosts.push(host);
    }
    let found = search()?;
    println!("three hosts: {:.1?}", found.took);
    exactly(&found, &wanted)
}

/// By the broadcast too, which knows VXI-11 alone.
fn both_ways() -> Outcome {
    let lan = Lan::new(1)?;
    let (host, place) = lan.host()?;
    host.start("instrument", &["Lab,Meter,one,1"])?;
    let addresses = format!("eth0={},{}", place.v4, place.v6);
    let services = format!("{SERVICES},_vxi-11:111");
    host.start("announcer", &["one", "plain", &services, &addresses])?;
    let mut wanted = both(place.v4).to_vec();
    wanted.push(inst(place.v4));
    let found = search()?;
    exactly(&found, &wanted)
}

/// It tells each network the address that it has there, and the broadcast finds it at both.
fn two_networks() -> Outcome {
    let lans = [Lan::new(1)?, Lan::new(2)?];
    let (host, first) = lans[0].host()?;
    let second = lans[1].join(&host)?;
    host.start("instrument", &["Lab,Meter,one,1"])?;
    let links = [format!("eth0={}", first.v4), format!("eth1={}", second.v4)];
    let services = "_vxi-11:111,_hislip:4880";
    host.start("announcer", &["SN001", "plain", services, &links[0], &links[1]])?;
    let found = search()?;
    exactly(&found, &[hislip(first.v4), inst(first.v4)])
}

/// With all addresses, without IPv4, and with nothing but what a link gives by itself. With IPv4 it
/// tells by each family the addresses of that family alone.
fn ipv6() -> Outcome {
    let lan = Lan::new(1)?;
    let finder = Finder::new()?;
    let (host, place) = lan.host()?;
    let local = commands::link_local(host.whose(), "eth0")?;
    let announce = |links: &[String]| {
        let links = links.iter().map(String::as_str);
        let words: Vec<_> = ["SN001", "plain", "_hislip:4880"].into_iter().chain(links).collect();
        host.start("announcer", &words)
    };
    let six = format!("eth0={},{local}", place.v6);
    announce(&[format!("eth0={},{},{local}", place.v4, place.v6)])?;
    exactly(&patient(&finder, "?*")?, &[hislip(place.v4)])?;
    host.stop_all();
    announce(&[format!("eth0={}", place.v4), six.clone()])?;
    exactly(&patient(&finder, "?*")?, &[hislip(place.v4)])?;
    host.stop_all();
    announce(&[six])?;
    exactly(&patient(&finder, "?*")?, &[hislip(format!("[{}]", place.v6))])?;
    host.stop_all();
    announce(&[format!("eth0={local}")])?;
    exactly(&patient(&finder, "?*")?, &[hislip(format!("[{local}%lan1]"))])
}

/// Names alone, to all whoever asks, the first question of a packet only, and after 0.3 s.
fn habits() -> Outcome {
    let lan = Lan::new(1)?;
    let (mut hosts, mut wanted) = (Vec::new(), Vec::new());
    for habit in ["terse", "tells_all", "reads_one", "ms300"] {
        let (host, place) = announced(&lan, habit, habit, SERVICES)?;
        wanted.extend(both(place.v4));
        hosts.push(host);
    }
    exactly(&search()?, &wanted)
}

/// One with VXI-11, which it does not announce, and one without.
fn bare_lxi() -> Outcome {
    let lan = Lan::new(1)?;
    let (with, place) = announced(&lan, "one", "plain", "_lxi:80")?;
    with.start("instrument", &["Lab,Meter,one,1"])?;
    let (_without, _) = announced(&lan, "two", "plain", "_lxi:80")?;
    let finder = Finder::new()?;
    // By mDNS alone, whose bit is 4.
    let found = Finder::find_in_mode(finder.command(), "?*", 4)?;
    exactly(&found, &[inst(place.v4)])
}

/// Such a program keeps the port of all addresses, and shares it with nobody.
fn kept() -> Outcome {
    let lan = Lan::new(1)?;
    let (_host, place) = announced(&lan, "one", "plain", SERVICES)?;
    let _keeper = UdpSocket::bind(("0.0.0.0", 5353))?;
    exactly(&search()?, &both(place.v4))
}

/// As some systems have it: answers to a port of our own do not come in.
fn firewall() -> Outcome {
    let lan = Lan::new(1)?;
    let (_host, place) = announced(&lan, "one", "plain", SERVICES)?;
    packets::admit(None, 5353)?;
    exactly(&search()?, &both(place.v4))
}

/// A host with so many instruments, each at an address of its own.
fn choir_of(lan: &Lan, count: u8) -> Outcome<(Host, Vec<String>)> {
    let host = Host::new()?;
    let places = lan.join_as_many(&host, count)?;
    let addresses: Vec<_> = places.iter().map(|place| place.v4.to_string()).collect();
    host.start("choir", &addresses.iter().map(String::as_str).collect::<Vec<_>>())?;
    Ok((host, addresses.iter().map(hislip).collect()))
}

fn choir() -> Outcome {
    let lan = Lan::new(1)?;
    let (_host, wanted) = choir_of(&lan, 200)?;
    let found = patient(&Finder::new()?, "TCPIP?*::INSTR")?;
    println!("200 hosts: {:.1?}", found.took);
    exactly(&found, &wanted)
}

/// Of the first two rounds nothing arrives: one packet from a port of our own and one from that of
/// mDNS in the first, four in the second.
fn third_question() -> Outcome {
    let lan = Lan::new(1)?;
    let (host, place) = announced(&lan, "one", "plain", "_hislip:4880")?;
    let lines = [format!("address del {}/64 dev eth0", place.v6)];
    commands::ip(host.whose(), &lines)?;
    packets::lose(host.whose(), 5353, Lost::FirstOf(12, 1000))?;
    exactly(&search()?, &[hislip(place.v4)])
}

/// Each question and each answer gets lost three times in ten, those between two ports of mDNS five
/// times. A host has three chances of 0.49 in a search and two of 0.24: it is missed in one of 13
/// searches, in ten one after the other with a probability of 1e-11.
fn loss() -> Outcome {
    let lan = Lan::new(1)?;
    let (choir, wanted) = choir_of(&lan, 20)?;
    for whose in [choir.whose(), None] {
        packets::lose(whose, 5353, Lost::Percent(30))?;
    }
    let finder = Finder::new()?;
    let mut names = BTreeSet::new();
    for _ in 0..10 {
        let found = patient(&finder, "?*")?;
        println!("{} of 20", found.names.len());
        names.extend(found.names);
    }
    if names == wanted.into_iter().collect() { Ok(()) } else { failed(format!("{names:?}")) }
}

fn liars() -> Outcome {
    let lan = Lan::new(1)?;
    let (_honest, place) = announced(&lan, "honest", "plain", SERVICES)?;
    let mut liars = Vec::new();
    for kind in mdns_liar::kinds() {
        let (host, own) = lan.host()?;
        host.start("mdns_liar", &[kind, &own.v4.to_string(), &place.v4.to_string()])?;
        liars.push(host);
    }
    let heard = packets::count_arriving(None, "lan1", "udp sport 5353")?;
    let asked = packets::count_leaving(None, "lan1", "udp dport 5353")?;
    let found = search()?;
    let (heard, asked) = (heard.packets()?, asked.packets()?);
    println!("{} liars, {heard} packets, {asked} asked: {:.1?}", liars.len(), found.took);
    exactly(&found, &both(place.v4))?;
    if asked < 250 { Ok(()) } else { failed(format!("{asked} questions")) }
}

/// An answer from an address that the link does not lead to.
fn impostor() -> Outcome {
    let lan = Lan::new(1)?;
    let (_honest, place) = announced(&lan, "honest", "plain", SERVICES)?;
    let (host, _) = lan.host()?;
    let lines = ["address add 10.99.0.9/32 dev eth0", "route add default dev eth0"];
    commands::ip(host.whose(), &lines.map(str::to_owned))?;
    host.start("mdns_liar", &["fair_words", "10.99.0.9", &place.v4.to_string()])?;
    let count = packets::count_arriving(None, "lan1", "ip saddr 10.99.0.9")?;
    exactly(&search()?, &both(place.v4))?;
    if count.packets()? > 0 { Ok(()) } else { failed("its answers have not come here") }
}

/// By the file, by the program; and that what is counted would be seen.
fn off() -> Outcome {
    let lan = Lan::new(1)?;
    let (_host, place) = announced(&lan, "one", "plain", SERVICES)?;
    let finder = Finder::new()?;
    let questions = packets::count_leaving(None, "lan1", "udp dport 5353")?;
    let path = cc::scratch(&format!("{} configuration", alone::trial()))?.join("config.toml");
    std::fs::write(&path, "[find]\nmdns = false\n")?;
    let mut by_file = finder.command();
    by_file.env("FERROVISA_CONFIG", path);
    exactly(&Finder::find_with(by_file, "?*")?, &[])?;
    // All but mDNS.
    exactly(&Finder::find_in_mode(finder.command(), "?*", 3)?, &[])?;
    if questions.packets()? != 0 {
        return failed("questions have left");
    }
    exactly(&patient(&finder, "?*")?, &both(place.v4))?;
    if questions.packets()? > 0 { Ok(()) } else { failed("no question has been seen") }
}

/// Figures: a network without anybody, with three hosts, with 200.
fn times() -> Outcome {
    let lan = Lan::new(1)?;
    let finder = Finder::new()?;
    let (mut hosts, mut wanted) = (Vec::new(), Vec::new());
    for count in [0, 3, 197] {
        if count > 0 {
            let (host, names) = choir_of(&lan, count)?;
            wanted.extend(names);
            hosts.push(host);
        }
        let found = patient(&finder, "?*")?;
        println!("{} hosts: {:.1?}", wanted.len(), found.took);
        exactly(&found, &wanted)?;
    }
    Ok(())
}
