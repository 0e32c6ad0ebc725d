#![forbid(unsafe_code)]
//! `announcer NAME HABIT SERVICES INTERFACE=ADDRESS,ADDRESS...`: an instrument that announces itself
//! by mDNS and does nothing else. Services are `_hislip:4880,_lxi:80`; its serial number is NAME,
//! and so is its host's.
//!
//! `choir ADDRESS...`: many, each with HiSLIP, whose addresses are all of this host.

use std::any::Any;
use std::io;
use std::net::IpAddr;
use std::time::Duration;

use visa::sim::mdns::Announcement;
use visa::sim::mdns::Habits;
use visa::sim::mdns::Link;
use visa::sim::mdns::Responder;

use crate::net::parts::usage;

pub fn start(arguments: &[String]) -> io::Result<Box<dyn Any>> {
    let [name, habit, services, links @ ..] = arguments else {
        return usage("NAME HABIT SERVICES INTERFACE=ADDRESS,...");
    };
    let services = services.split(',').filter_map(|one| one.split_once(':'));
    let services: Result<Vec<_>, _> =
        services.map(|(kind, port)| port.parse().map(|port| (kind.to_owned(), port))).collect();
    let habits = habits(habit).ok_or_else(|| io::Error::other("no such habit"))?;
    let links: io::Result<Vec<Link>> = links.iter().map(|link| parse_link(link)).collect();
    let announcement = announcement(name, services.map_err(io::Error::other)?, habits);
    Ok(Box::new(Responder::start(&announcement, &links?)?))
}

pub fn start_choir(arguments: &[String]) -> io::Result<Box<dyn Any>> {
    let singers: io::Result<Vec<Responder>> = arguments
        .iter()
        .map(|address| {
            let link = Link::of(address.parse().map_err(io::Error::other)?)?;
            let services = vec![("_hislip".to_owned(), 4880)];
            Responder::start(&announcement(address, services, Habits::default()), &[link])
        })
        .collect();
    Ok(Box::new(singers?))
}

fn announcement(name: &str, services: Vec<(String, u16)>, habits: Habits) -> Announcement {
    let plain = Announcement::of(&format!("Lab,Meter,{name},1"), services);
    Announcement { host: name.replace('.', "-"), habits, ..plain }
}

fn habits(word: &str) -> Option<Habits> {
    let plain = Habits::default();
    match word {
        "plain" => Some(plain),
        "terse" => Some(Habits { is_terse: true, ..plain }),
        "tells_all" => Some(Habits { tells_all: true, ..plain }),
        "reads_one" => Some(Habits { reads_one: true, ..plain }),
        _ => {
            let delay = word.strip_prefix("ms")?.parse().ok()?;
            Some(Habits { delay: Duration::from_millis(delay), ..plain })
        }
    }
}

fn parse_link(text: &str) -> io::Result<Link> {
    let (interface, addresses) = text.split_once('=').ok_or(io::ErrorKind::InvalidInput)?;
    // The namespace's own: what is mounted there was the outer one's.
    let index = interface_index(interface)?;
    let addresses: Result<Vec<IpAddr>, _> = addresses.split(',').map(str::parse).collect();
    Ok(Link { index, addresses: addresses.map_err(io::Error::other)? })
}

/// The number of an interface, by what iproute2 says: "2: eth0@if5: ...".
fn interface_index(name: &str) -> io::Result<u32> {
    let show = ["-oneline", "link", "show", "dev", name];
    let output = std::process::Command::new("ip").args(show).output()?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let number = said.split(':').next().and_then(|number| number.parse().ok());
    number.ok_or_else(|| io::Error::other(format!("no number of {name} in {said}")))
}
