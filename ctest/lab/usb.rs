#![forbid(unsafe_code)]
//! USB instruments and devices on the bench: first what the kernel's driver and other hosts that
//! are not ours say about them, then the library on them.

use std::time::Duration;

use libtest_mimic::Trial;

use crate::Outcome;
use crate::cc;
use crate::lab;
use crate::lab::guest;
use crate::lab::guest::Run;
use crate::python;
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

/// By the library.
const LIBRARY: &[Check] = &[
    ("usb_faults.c", "harmless", "high", &["usbtmc:U1"]),
    ("usb_faults.c", "halts", "high", &["usbtmc:U1"]),
    ("usb_faults.c", "waits", "high", &["usbtmc:U1"]),
    ("usb_faults.c", "aborts", "high", &["usbtmc:U1"]),
    ("usb_faults.c", "answers", "high", &["usbtmc:U1"]),
    ("usb_faults.c", "lengths", "high", &["usbtmc:U1"]),
    ("usb_faults.c", "controls", "high", &["usbtmc:U1"]),
    ("usb_faults.c", "cables", "high", &["usbtmc:U1"]),
];

/// Hosts that are not ours, and what they rest on.
const PACKAGES: &[&str] =
    &["pyvisa==1.16.2", "pyvisa-py==0.8.1", "pyusb==1.3.1", "python-usbtmc==0.8"];

/// Python starts slowly where every instruction is emulated, and 15 MiB go through it.
const PYTHON_LIMIT: Duration = Duration::from_secs(300);

pub fn trials() -> Vec<Trial> {
    let programs = KERNEL.iter().chain(LIBRARY).map(|&(source, check, on, adapters)| {
        let stem = source.trim_start_matches("usb_").trim_end_matches(".c");
        let name = format!("lab::usb::{stem}::{check}::{on}");
        trial(name.clone(), move || {
            Run { source, arguments: &[check, "U1"], adapters }.judge(&name)
        })
    });
    let scripts = [
        trial("lab::usb::hosts::high", || script("usb_hosts.py", &["512"], "usbtmc:U1")),
        trial("lab::usb::hosts::full", || script("usb_hosts.py", &["64"], "usbtmc,full:U1")),
        trial("lab::usb::raw_pyusb::high", || script("usb_raw_pyusb.py", &[], "raw:U1")),
        trial("lab::usb::raw_pyusb::full", || script("usb_raw_pyusb.py", &[], "raw,full:U1")),
    ];
    programs.chain(scripts).collect()
}

/// Runs a Python script in the guest with a device plugged in.
fn script(name: &str, arguments: &[&str], adapter: &str) -> Outcome {
    let python = python::with(PACKAGES)?;
    let script = cc::project(&format!("ctest/lab/{name}"));
    let words = [&python, &script].map(|path| guest::quoted(&path.to_string_lossy()));
    let line = format!("{} U1 {}", words.join(" "), arguments.join(" "));
    guest::judge(lab::run_within(&guest::with_adapters(&[adapter], &line)?, PYTHON_LIMIT)?)
}
