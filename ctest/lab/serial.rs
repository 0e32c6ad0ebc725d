#![forbid(unsafe_code)]
//! Serial instruments on hardware: the C programs beside this file that need real ports.

use libtest_mimic::Trial;

use crate::lab::guest::Run;
use crate::trial;

/// Program, what it runs on, its arguments and the adapters that it needs.
type Check = (&'static str, &'static str, &'static [&'static str], &'static [&'static str]);

const CHECKS: &[Check] = &[
    ("settings.c", "16550", &["16550"], &[]),
    ("settings.c", "ftdi", &["S1"], &["ftdi:S1"]),
    ("defaults.c", "16550", &["16550"], &[]),
    ("defaults.c", "ftdi", &["S1"], &["ftdi:S1"]),
    ("modem_lines.c", "16550", &["16550"], &[]),
    ("modem_lines.c", "ftdi", &["S1"], &["ftdi:S1"]),
    ("modem_lines.c", "acm", &["S1"], &["acm:S1"]),
    ("breaks.c", "ftdi", &["S1"], &["ftdi:S1"]),
    ("breaks.c", "acm", &["S1"], &["acm:S1"]),
    ("line_errors.c", "ftdi", &["S1"], &["ftdi:S1"]),
    ("line_errors.c", "acm", &["S1"], &["acm:S1"]),
    ("line_events.c", "ftdi", &["S1"], &["ftdi:S1"]),
    ("line_events.c", "acm", &["S1"], &["acm:S1"]),
    ("null_modem.c", "16550", &[], &[]),
    ("flow_control.c", "ftdi", &["S1"], &["ftdi:S1"]),
    ("ownership.c", "16550", &["/dev/ttyS2"], &[]),
    ("ownership.c", "ftdi", &["/dev/ttyUSB0"], &[]),
    ("unplug.c", "ftdi", &["S1"], &["ftdi:S1"]),
    ("unplug.c", "acm", &["S1"], &["acm:S1"]),
    ("numbering.c", "all", &["S1", "S2"], &["ftdi:S1", "acm:S2"]),
];

pub fn trials() -> Vec<Trial> {
    let each = CHECKS.iter().map(|&(source, on, arguments, adapters)| {
        let name = format!("lab::{}::{on}", source.trim_end_matches(".c"));
        trial(name.clone(), move || Run { source, arguments, adapters }.judge(&name))
    });
    each.collect()
}
