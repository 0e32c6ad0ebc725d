#![forbid(unsafe_code)]
//! USB instruments and devices on the bench: first what the kernel's driver and other hosts that
//! are not ours say about them, then the library on them.

use libtest_mimic::Trial;

use crate::lab::guest::Run;
use crate::trial;

/// Program, check, the instrument that it is about, and all that is plugged in.
type Check = (&'static str, &'static str, &'static str, &'static [&'static str]);

/// By the kernel's driver.
const KERNEL: &[Check] = &[
    ("usb_kernel.c", "identity", "high", &["usbtmc:U1"]),
    ("usb_kernel.c", "identity", "full", &["usbtmc,full:U1"]),
    ("usb_kernel.c", "identity", "two_alike", &["usbtmc:U0", "usbtmc:U1"]),
    ("usb_kernel.c", "lengths", "high", &["usbtmc:U1"]),
    ("usb_kernel.c", "lengths", "full", &["usbtmc,full:U1"]),
    ("usb_kernel.c", "large", "high", &["usbtmc:U1"]),
    ("usb_kernel.c", "status_and_events", "high", &["usbtmc:U1"]),
    ("usb_kernel.c", "status_by_control", "high", &["usbtmc,no-interrupt:U1"]),
    ("usb_kernel.c", "operations", "high", &["usbtmc:U1"]),
    ("usb_kernel.c", "plain", "full", &["usbtmc,full,plain:U1"]),
    ("usb_kernel.c", "termination", "high", &["usbtmc:U1"]),
    ("usb_kernel.c", "unplug", "high", &["usbtmc:U1"]),
    ("usb_wire.c", "answers", "high", &["usbtmc:U1"]),
    ("usb_wire.c", "pieces", "high", &["usbtmc:U1"]),
    ("usb_wire.c", "ends", "high", &["usbtmc:U1"]),
    ("usb_wire.c", "halts", "high", &["usbtmc:U1"]),
    ("usb_wire.c", "waits", "high", &["usbtmc:U1"]),
    ("usb_wire.c", "aborts", "high", &["usbtmc:U1"]),
    ("usb_wire.c", "controls", "high", &["usbtmc:U1"]),
    ("usb_wire.c", "cables", "high", &["usbtmc:U1"]),
    ("usb_wire.c", "vendor", "high", &["usbtmc:U1"]),
    ("usb_wire.c", "needs_clear", "high", &["usbtmc,needs-clear:U1"]),
];

pub fn trials() -> Vec<Trial> {
    let each = KERNEL.iter().map(|&(source, check, on, adapters)| {
        let stem = source.trim_start_matches("usb_").trim_end_matches(".c");
        let name = format!("lab::usb::{stem}::{check}::{on}");
        trial(name.clone(), move || {
            Run { source, arguments: &[check, "U1"], adapters }.judge(&name)
        })
    });
    each.collect()
}
