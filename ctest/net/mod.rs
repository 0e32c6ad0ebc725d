#![forbid(unsafe_code)]
//! The lab network: several hosts and the networks between them on this machine, without anything
//! leaving it.
//!
//! Each trial is a process of its own in namespaces of its own, where it is "our host": at first it
//! has nothing but loopback. It makes networks ([`lan::Lan`]) and other hosts ([`host::Host`]), has
//! instruments and worse run on those (`parts/`), and searches. With its process all of that ends,
//! also when it is killed. So trials may run side by side. Root is not needed where the system
//! gives its users namespaces.
//!
//! | file | what |
//! |---|---|
//! | `alone.rs` | a process with namespaces of its own, a trial as such a process |
//! | `host.rs` | another host |
//! | `lan.rs` | a network with hosts at it |
//! | `commands.rs` | network settings, by iproute2 |
//! | `packets.rs` | packets lost and packets counted, by nftables |
//! | `parts/` | what runs on the other hosts: this program under another word |
//! | `finder.rs`, `find.c` | a C program that searches |
//! | `broadcast.rs` | the VXI-11 broadcast |
//! | `mdns.rs` | multicast DNS |
//! | `announced.rs`, `announce.py`, `browse.py` | who else speaks it |
//! | `both.rs` | the broadcast and mDNS together |
//! | `interfaces.rs` | which interfaces are searched |
//! | `peers.rs`, `listing.py` | what others find on the same network |
//! | `list.rs` | `visa list` |
//! | `bench.rs` | that the bench itself is what the trials rely on |
//!
//! `ctest net trial NAME` runs one trial in the namespaces of its caller, for looking at it by hand:
//! `unshare -Urn --pid --fork --mount --mount-proc`.

pub mod alone;
mod announced;
mod bench;
mod both;
mod broadcast;
pub mod commands;
mod finder;
pub mod host;
mod interfaces;
pub mod lan;
mod list;
mod mdns;
mod packets;
mod parts;
mod peers;

use libtest_mimic::Trial;

use crate::Outcome;
use crate::trial;

/// One trial on the lab network.
pub struct Check {
    name: &'static str,
    /// Python packages that it uses: fetched beforehand, for there is no way out of a lab network.
    packages: &'static [&'static str],
    run: fn() -> Outcome,
}

impl Check {
    const fn new(name: &'static str, run: fn() -> Outcome) -> Self {
        Self { name, packages: &[], run }
    }

    const fn with_python(self, packages: &'static [&'static str]) -> Self {
        Self { packages, ..self }
    }
}

/// The trials, as subject and checks.
const CHECKS: &[(&str, &[Check])] = &[
    ("bench", bench::CHECKS),
    ("both", both::CHECKS),
    ("broadcast", broadcast::CHECKS),
    ("mdns", mdns::CHECKS),
    ("announced", announced::CHECKS),
    ("interfaces", interfaces::CHECKS),
    ("peers", peers::CHECKS),
    ("list", list::CHECKS),
];

pub fn trials() -> Vec<Trial> {
    let named = CHECKS.iter().flat_map(|(subject, checks)| {
        checks.iter().map(move |check| (format!("net::{subject}::{}", check.name), check))
    });
    let alone = named.map(|(name, check)| trial(name.clone(), move || alone::run(&name, check)));
    let own = trial("net::bench::nothing_outlives_it", bench::nothing_outlives_it);
    alone.chain([own]).collect()
}

/// The check of a trial's name.
fn check(name: &str) -> Option<&'static Check> {
    let (subject, check) = name.strip_prefix("net::")?.split_once("::")?;
    let (_, checks) = CHECKS.iter().find(|(found, _)| *found == subject)?;
    checks.iter().find(|found| found.name == check)
}

/// What this program is on other hosts, and inside a trial's namespaces. The status to exit with.
pub fn main(words: &[String]) -> i32 {
    match words {
        [word, name] if word == "trial" => alone::inside(name),
        [word, part, arguments @ ..] if word == "part" => parts::main(part, arguments),
        _ => {
            eprintln!("usage: net trial NAME | net part NAME ARGUMENTS");
            2
        }
    }
}
