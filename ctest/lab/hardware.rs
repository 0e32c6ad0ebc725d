#![forbid(unsafe_code)]
//! The bench itself, before anything of ours is tested on it.

use libtest_mimic::Trial;

use crate::lab::guest::Run;
use crate::trial;

/// Checks of `hardware.c`, with the kinds of adapters that each is for.
const CHECKS: &[(&str, &[&str])] = &[
    ("null_modem", &[]),
    ("loopback", &[]),
    ("dummies", &[]),
    ("adapter", &["ftdi", "acm"]),
    ("faults", &["ftdi", "acm"]),
    ("lines", &["ftdi", "acm"]),
    ("unplug", &["ftdi", "acm"]),
];

pub fn trials() -> Vec<Trial> {
    let mut trials = Vec::new();
    for &(check, kinds) in CHECKS {
        if kinds.is_empty() {
            trials.push(one(format!("lab::hardware::{check}"), check, None));
        }
        for &kind in kinds {
            trials.push(one(format!("lab::hardware::{check}::{kind}"), check, Some(kind)));
        }
    }
    trials
}

fn one(name: String, check: &'static str, kind: Option<&'static str>) -> Trial {
    trial(name.clone(), move || {
        let adapter = kind.map(|kind| format!("{kind}:BENCH1"));
        let adapters: Vec<_> = adapter.as_deref().into_iter().collect();
        let arguments = [check, "BENCH1"];
        Run { source: "hardware.c", arguments: &arguments, adapters: &adapters }.judge(&name)
    })
}
