#![forbid(unsafe_code)]
//! Which interfaces are searched: those that there are, and those that the user wants.

use std::process::Command;
use std::thread;
use std::time::Duration;

use crate::Outcome;
use crate::cc;
use crate::failed;
use crate::net::Check;
use crate::net::alone;
use crate::net::broadcast::exactly;
use crate::net::broadcast::instrument;
use crate::net::commands;
use crate::net::finder::Finder;
use crate::net::host::Host;
use crate::net::lan::Lan;
use crate::net::packets;
use crate::net::packets::Count;

pub const CHECKS: &[Check] = &[
    Check::new("nothing_leaves_where_the_search_is_off", off),
    Check::new("nothing_leaves_by_an_interface_that_is_left_out", left_out),
    Check::new("an_instrument_behind_two_interfaces_of_one_network_is_found_once", twice),
    Check::new("interfaces_that_lead_nowhere_cost_nothing", nowhere),
    Check::new("an_interface_that_vanishes_costs_only_itself", vanishing),
    Check::new("a_firewall_costs_its_interface_alone_and_is_told", firewall),
    Check::new("64_interfaces_are_searched", many),
];

/// A network with one instrument.
fn lan_with_instrument(number: u8) -> Outcome<(Lan, Host, String)> {
    let lan = Lan::new(number)?;
    let (host, place) = lan.host()?;
    host.start("instrument", &[&format!("Lab,Meter,{number},1")])?;
    Ok((lan, host, instrument(place.v4)))
}

/// A search with a configuration file of this content.
fn configured(finder: &Finder, content: &str) -> Outcome<Command> {
    let path = cc::scratch(&format!("{} configuration", alone::trial()))?.join("config.toml");
    std::fs::write(&path, content)?;
    let mut command = finder.command();
    command.env("FERROVISA_CONFIG", path);
    Ok(command)
}

/// That so many more packets have been counted than before; `None` is any number but none.
fn more(count: &Count, before: &mut u64, wanted: Option<u64>, what: &str) -> Outcome {
    let now = count.packets()?;
    let more = now - std::mem::replace(before, now);
    let well = wanted.map_or(more > 0, |wanted| more == wanted);
    if well { Ok(()) } else { failed(format!("{what}: {more} packets")) }
}

/// Each switch by itself; and that what is counted would be seen.
fn off() -> Outcome {
    let (_lan, _host, name) = lan_with_instrument(1)?;
    let finder = Finder::new()?;
    let udp = packets::count_leaving(None, "lan1", "meta l4proto udp")?;
    let mut before = 0;

    exactly(&finder.find("?*")?, &[name])?;
    more(&udp, &mut before, None, "the usual")?;

    let mut by_environment = finder.command();
    by_environment.env("FERROVISA_LAN_SEARCH", "off");
    exactly(&Finder::find_with(by_environment, "?*")?, &[])?;
    more(&udp, &mut before, Some(0), "FERROVISA_LAN_SEARCH=off")?;

    let by_file = configured(&finder, "[find]\nlan = false\n")?;
    exactly(&Finder::find_with(by_file, "?*")?, &[])?;
    more(&udp, &mut before, Some(0), "lan = false")?;

    let each = configured(&finder, "[find]\nvxi11 = false\nmdns = false\n")?;
    exactly(&Finder::find_with(each, "?*")?, &[])?;
    more(&udp, &mut before, Some(0), "vxi11 = false, mdns = false")?;

    // The expression comes first, and the mode: what the configuration names, alone.
    let by_program = finder.command();
    exactly(&Finder::find_in_mode(by_program, "?*", 1)?, &[])?;
    more(&udp, &mut before, Some(0), "VI_RS_ATTR_TCPIP_FIND_RSRC_MODE 1")?;

    exactly(&finder.find("GPIB?*")?, &[])?;
    more(&udp, &mut before, Some(0), "an expression for another interface")
}

fn left_out() -> Outcome {
    let (_lan1, _host1, one) = lan_with_instrument(1)?;
    let (_lan2, _host2, two) = lan_with_instrument(2)?;
    let finder = Finder::new()?;
    let by_one = packets::count_leaving(None, "lan1", "meta l4proto udp")?;
    let by_two = packets::count_leaving(None, "lan2", "meta l4proto udp")?;
    let (mut before_one, mut before_two) = (0, 0);

    let without = configured(&finder, "[find]\nnot_interfaces = [\"lan1\"]\n")?;
    exactly(&Finder::find_with(without, "?*")?, &[two])?;
    more(&by_one, &mut before_one, Some(0), "left out")?;
    more(&by_two, &mut before_two, None, "not left out")?;

    let only = configured(&finder, "[find]\ninterfaces = [\"lan1\"]\n")?;
    exactly(&Finder::find_with(only, "?*")?, &[one])?;
    more(&by_one, &mut before_one, None, "the only one")?;
    more(&by_two, &mut before_two, Some(0), "not the only one")
}

/// Both interfaces hear it, and it has one address.
fn twice() -> Outcome {
    let (lan, _host, name) = lan_with_instrument(1)?;
    let second = lan.place(200);
    let plug = lan.plug("more", std::process::id())?;
    let lines = [
        format!("address add {}/24 broadcast + dev more", second.v4),
        format!("address add {}/64 nodad dev more", second.v6),
        "link set more up".to_owned(),
    ];
    commands::ip(None, &lines)?;
    commands::await_link(lan.switch(), &plug)?;
    commands::await_link(None, "more")?;
    // To this one, the routes would lead by the first interface.
    let to = format!("ip daddr {} udp dport 111", lan.place(255).v4);
    let by_more = packets::count_leaving(None, "more", &to)?;
    exactly(&Finder::new()?.find("?*")?, &[name])?;
    more(&by_more, &mut 0, None, "the second interface")
}

/// Down; without a link; without addresses; with an address that has no neighbours.
fn nowhere() -> Outcome {
    let (_lan, _host, name) = lan_with_instrument(1)?;
    let lines = [
        "link add name down type veth peer name down2",
        "address add 10.80.1.1/24 broadcast + dev down",
        "link add name cut type veth peer name cut2",
        "address add 10.80.2.1/24 broadcast + dev cut",
        "link set cut up",
        "link add name bare type veth peer name bare2",
        "link set bare addrgenmode none",
        "link set bare2 addrgenmode none",
        "link set bare up",
        "link set bare2 up",
        "link add name single type veth peer name single2",
        "link set single addrgenmode none",
        "address add 10.80.3.1/32 dev single",
        "link set single up",
        "link set single2 up",
    ];
    commands::ip(None, &lines.map(str::to_owned))?;
    for interface in ["bare", "single"] {
        commands::await_link(None, interface)?;
    }
    let counts: Outcome<Vec<_>> = ["down", "cut", "bare", "single"]
        .into_iter()
        .map(|name| packets::count_leaving(None, name, "udp dport 111"))
        .collect();
    exactly(&Finder::new()?.find("?*")?, &[name])?;
    counts?.iter().try_for_each(|count| more(count, &mut 0, Some(0), "an interface to nowhere"))
}

/// In the middle of a search, as an adapter that is unplugged: its instrument has been told already,
/// and the other one is found in its own time.
fn vanishing() -> Outcome {
    let (_lan1, _host1, one) = lan_with_instrument(1)?;
    let lan2 = Lan::new(2)?;
    let (host2, place) = lan2.host()?;
    host2.start("liar", &["fair_words_after_700_ms"])?;
    let finder = Finder::new()?;
    let answers = packets::count_arriving(None, "lan1", "udp sport 111")?;
    let unplug = thread::spawn(move || {
        while answers.packets()? == 0 {
            thread::sleep(Duration::from_millis(2));
        }
        commands::ip(None, &["link del lan1".to_owned()])
    });
    let found = finder.find("?*")?;
    unplug.join().unwrap_or_else(|_| failed("the thread panicked"))?;
    exactly(&found, &[one, instrument(place.v4)])
}

fn firewall() -> Outcome {
    let (_lan1, _host1, _) = lan_with_instrument(1)?;
    let (_lan2, _host2, two) = lan_with_instrument(2)?;
    packets::forbid(None, "lan1")?;
    let found = Finder::new()?.find("?*")?;
    let told =
        found.notes.iter().any(|note| note.contains("VXI-11 broadcast: VI_ERROR_NPERMISSION"));
    if found.names == [two] && told { Ok(()) } else { failed(format!("{found:?}")) }
}

/// All of them to one other host, which is an instrument in each of the networks.
fn many() -> Outcome {
    const COUNT: u8 = 64;
    let host = Host::new()?;
    let far = host.process();
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for n in 1..=COUNT {
        ours.push(format!("link add name near{n} type veth peer name far{n} netns {far}"));
        ours.push(format!("address add 10.78.{n}.1/24 broadcast + dev near{n}"));
        ours.push(format!("link set near{n} up"));
        theirs.push(format!("address add 10.78.{n}.2/24 broadcast + dev far{n}"));
        theirs.push(format!("link set far{n} up"));
    }
    commands::ip(None, &ours)?;
    commands::ip(host.whose(), &theirs)?;
    (1..=COUNT).try_for_each(|n| commands::await_link(None, &format!("near{n}")))?;
    host.start("instrument", &["Lab,Meter,1,1"])?;
    let finder = Finder::new()?;
    let found = finder.find("?*")?;
    println!("64 interfaces: {:.1?}", found.took);
    let wanted: Vec<_> = (1..=COUNT).map(|n| instrument([10, 78, n, 2])).collect();
    exactly(&found, &wanted)?;

    // With descriptors for some of them only: those are searched, and it is told. Without mDNS,
    // which would take its part of them.
    let found = Finder::find_in_mode(with_descriptors(60, &finder.command()), "?*", 3)?;
    println!("with 60 descriptors: {} found", found.names.len());
    let told = found.notes.iter().any(|note| note.contains(": VI_ERROR_ALLOC"));
    let known = found.names.iter().all(|name| wanted.contains(name));
    if told && known && !found.names.is_empty() { Ok(()) } else { failed(format!("{found:?}")) }
}

/// A command with no more descriptors than so many.
fn with_descriptors(count: u32, command: &Command) -> Command {
    let mut limited = Command::new("prlimit");
    limited.arg(format!("--nofile={count}")).arg(command.get_program());
    limited.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    limited
}
