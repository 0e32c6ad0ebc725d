#![forbid(unsafe_code)]
//! USB RAW: the library on the bench's device of the vendor's own class; and instruments by the
//! kernel's driver, for users who may open nothing else.

use libtest_mimic::Trial;

use crate::lab::guest::Run;
use crate::trial;

/// Program, what it runs on, its arguments and what is plugged in.
type Check = (&'static str, &'static str, &'static [&'static str], &'static [&'static str]);

const CHECKS: &[Check] = &[
    ("raw_pipes.c", "high", &["R1"], &["raw:R1"]),
    ("raw_pipes.c", "full", &["R1"], &["raw,full:R1"]),
    ("raw_transfers.c", "high", &["R1", "512"], &["raw:R1"]),
    ("raw_transfers.c", "full", &["R1", "64"], &["raw,full:R1"]),
    ("raw_faults.c", "high", &["R1"], &["raw:R1"]),
    ("raw_interrupts.c", "high", &["R1"], &["raw:R1"]),
    ("raw_interrupts.c", "full", &["R1"], &["raw,full:R1"]),
    ("usb_node.c", "high", &["U1"], &["usbtmc:U1"]),
    ("usb_node.c", "full", &["U1"], &["usbtmc,full:U1"]),
    ("raw_names.c", "all", &["R1", "S1", "U1"], &["raw:R1", "ftdi:S1", "usbtmc:U1"]),
];

pub fn trials() -> Vec<Trial> {
    let each = CHECKS.iter().map(|&(source, on, arguments, adapters)| {
        let name = format!("lab::{}::{on}", source.trim_end_matches(".c"));
        trial(name.clone(), move || Run { source, arguments, adapters }.judge(&name))
    });
    each.collect()
}
