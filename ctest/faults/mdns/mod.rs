#![forbid(unsafe_code)]
//! Multicast DNS: responders that do wrong, beside an honest one, while viFindRsrc searches. On a
//! network of the test's own (`ctest/net`).
//!
//! A lie costs only itself: the search ends well and in time, the honest instrument is listed, the
//! liar only where its answer is of use all the same, and nothing else. A message that is not whole
//! is no message.

mod liar;
mod packet;

use std::net::Ipv4Addr;
use std::time::Duration;

use crate::Outcome;
use crate::Stop;
use crate::cc;
use crate::failed;
use crate::faults::mdns::liar::FAULTS;
use crate::faults::mdns::liar::Fault;
use crate::faults::mdns::liar::HONEST;
use crate::faults::mdns::liar::Listed;
use crate::faults::outcomes::Table;
use crate::faults::worker::Worker;
use crate::net::alone;
use crate::net::commands;
use crate::net::host::Host;
use crate::net::lan::Lan;
use crate::process;
use crate::programs;
use crate::programs::Built;

/// What the test program's first argument `faults` is followed by in the namespaces.
pub const IN_NAMESPACE: &str = "mdns";

/// The same on another host.
pub const RESPONDER: &str = "mdns-responder";

/// How long a search may take by default.
const TIME: Duration = Duration::from_millis(900);

/// How late it may end, and how often in a row it may be woken late.
const TOLERANCE: Duration = Duration::from_millis(100);
const WAKINGS: u32 = 4;

/// How often a search that was late is tried again.
const AGAIN: usize = 5;

/// The most that all cells may take in the namespaces.
const LIMIT: Duration = Duration::from_secs(600);

/// What the table is called.
pub const TITLE: &str = "mDNS";

/// The last number of an address that no host has.
const NOBODY: u8 = 99;

const COLUMN: &str = "viFindRsrc";

/// Runs all cells in namespaces of their own.
pub fn table(times: usize) -> Outcome<Table> {
    for tool in ["ip", "nsenter"] {
        process::installed(tool)?;
    }
    let mut command = alone::command()?;
    command.arg(std::env::current_exe()?);
    command.args(["faults", IN_NAMESPACE, &times.to_string()]);
    let ended = process::run(&mut command, LIMIT)?;
    if !ended.status.success() {
        return failed(ended.said);
    }
    Ok(Table::of_lines(TITLE, &[COLUMN], &ended.said))
}

/// What becomes of each fault, and what it is.
pub fn faults() -> impl Iterator<Item = (&'static str, &'static str)> {
    FAULTS.iter().map(|fault| (fault.name, fault.what))
}

/// The same, in the namespaces: says what became of them.
pub fn main(times: usize) -> Outcome {
    commands::prepare()?;
    let program = programs::build("faults mdns", "faults/worker.c", &cc::library()?, &[])?;
    let lan = Lan::new(1)?;
    let (honest, place) = lan.host()?;
    if place.v4.octets()[3] != HONEST {
        return failed("the honest host has another number");
    }
    respond(&honest, "honest", place.v4, "none")?;
    let (host, place) = lan.host()?;
    let mut complaints = String::new();
    for fault in FAULTS {
        let mut worst = Duration::ZERO;
        respond(&host, "liar", place.v4, fault.name)?;
        for _ in 0..times {
            match attempt(fault, &program, place.v4) {
                Ok(time) => worst = worst.max(time),
                Err(Stop::Failed(why) | Stop::Lacking(why)) => {
                    complaints += &format!("{}: {why}\n", fault.name);
                }
            }
        }
        host.stop_all();
        let listed = match fault.listed {
            Listed::Yes => "listed",
            Listed::No => "not listed",
            Listed::Chance => "listed or not",
        };
        println!("{}\t{COLUMN}\tok {} ms; {listed}", fault.name, worst.as_millis());
    }
    if complaints.is_empty() { Ok(()) } else { failed(complaints) }
}

/// A responder on another host.
fn respond(host: &Host, name: &str, address: Ipv4Addr, fault: &str) -> Outcome {
    let mut command = host.command(&std::env::current_exe()?.to_string_lossy());
    command.args(["faults", RESPONDER, name, &address.to_string(), fault]);
    host.run(command)
}

/// The other host. The status to exit with.
pub fn responder(words: &[String]) -> Outcome {
    Ok(liar::serve(words)?)
}

/// One search, and again when it was late by the machine's doing. How long it took.
fn attempt(fault: &Fault, program: &Built, liar: Ipv4Addr) -> Outcome<Duration> {
    let mut called = None;
    for _ in 0..AGAIN {
        let mut worker = Worker::start_with(program, &[("FERROVISA_LAN_SEARCH", "on")])?;
        // What a manager makes once, when it has to wait for the first time, is there then.
        let [a, b, c, _] = liar.octets();
        worker.call(&format!("open 20 TCPIP0::{a}.{b}.{c}.{NOBODY}::1::SOCKET"))?;
        worker.succeed("base")?;
        let found = worker.succeed("find TCPIP?*")?;
        let left = worker.succeed("left")?.text;
        let mut names: Vec<_> = found.text.split(' ').map(str::to_owned).collect();
        names.sort();
        let listed = |address: Ipv4Addr| format!("TCPIP0::{address}::hislip0::INSTR");
        let honest = listed(Ipv4Addr::new(a, b, c, HONEST));
        let both = [honest.clone(), listed(liar)];
        let right: &[&[String]] = match fault.listed {
            Listed::Yes => &[&both],
            Listed::No => &[&[honest]],
            Listed::Chance => &[&both, &[honest]],
        };
        if !right.contains(&&names[..]) {
            return failed(format!("found {names:?}, must be {right:?}"));
        }
        if left != "0 0" {
            return failed(format!("descriptors and threads are left: {left}"));
        }
        if found.time <= TIME + TOLERANCE + found.overslept * WAKINGS {
            return Ok(found.time);
        }
        called = Some(found);
    }
    failed(format!("late: {called:?}"))
}
