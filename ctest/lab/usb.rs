#![forbid(unsafe_code)]
//! USB instruments and devices on the bench: first what the kernel's driver and other hosts that
//! are not ours say about them, then the library on them.

use std::process::Command;
use std::time::Duration;

use libtest_mimic::Trial;

use crate::Outcome;
use crate::cc;
use crate::lab;
use crate::lab::guest;
use crate::lab::guest::Run;
use crate::lacking;
use crate::process;
use crate::programs;
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
    ("usb_pipes.c", "halts", "high", &["usbtmc:U1"]),
    ("usb_pipes.c", "waits", "high", &["usbtmc:U1"]),
    ("usb_pipes.c", "aborts", "high", &["usbtmc:U1"]),
    ("usb_pipes.c", "controls", "high", &["usbtmc:U1"]),
    ("usb_pipes.c", "cables", "high", &["usbtmc:U1"]),
    ("usb_wire.c", "vendor", "high", &["usbtmc:U1"]),
    ("usb_pipes.c", "needs_clear", "high", &["usbtmc,needs-clear:U1"]),
];

/// Two alike, several instruments in one device, one that has no serial number.
const SEVERAL: &[&str] = &[
    "usbtmc:U1",
    "usbtmc:U2",
    "usbtmc,interfaces=3,product=1:U3",
    "usbtmc,no-serial,product=2:U4",
];

/// By the library.
const LIBRARY: &[Check] = &[
    ("usb_messages.c", "lengths", "high", &["usbtmc:U1"]),
    ("usb_messages.c", "lengths", "full", &["usbtmc,full:U1"]),
    ("usb_messages.c", "large", "high", &["usbtmc:U1"]),
    ("usb_messages.c", "small_reads", "high", &["usbtmc:U1"]),
    ("usb_messages.c", "small_reads", "full", &["usbtmc,full:U1"]),
    ("usb_messages.c", "send_end", "high", &["usbtmc:U1"]),
    ("usb_messages.c", "termination", "by_device", &["usbtmc:U1"]),
    ("usb_messages.c", "termination", "by_library", &["usbtmc,full,no-termchar:U1"]),
    ("usb_messages.c", "vendor", "high", &["usbtmc:U1"]),
    ("usb_messages.c", "timeouts", "high", &["usbtmc:U1"]),
    ("usb_operations.c", "status", "high", &["usbtmc:U1"]),
    ("usb_operations.c", "status", "no_interrupt", &["usbtmc,full,no-interrupt:U1"]),
    ("usb_operations.c", "requests", "high", &["usbtmc:U1"]),
    ("usb_operations.c", "interrupts", "high", &["usbtmc:U1"]),
    ("usb_operations.c", "remote", "high", &["usbtmc:U1"]),
    ("usb_operations.c", "lacking", "plain", &["usbtmc,full,plain:U1"]),
    ("usb_operations.c", "lacking", "high", &["usbtmc,no-trigger,no-remote,no-pulse:U1"]),
    ("usb_operations.c", "attributes", "high", &["usbtmc:U1"]),
    ("usb_operations.c", "control", "high", &["usbtmc:U1"]),
    ("usb_operations.c", "opening", "high", &["usbtmc:U1"]),
    ("usb_operations.c", "needs_clear", "high", &["usbtmc,needs-clear:U1"]),
    ("usb_operations.c", "finding", "several", SEVERAL),
    ("usb_operations.c", "owner", "high", &["usbtmc:U1"]),
    ("usb_operations.c", "contention", "high", &["usbtmc:U1"]),
    ("usb_children.c", "fork", "high", &["usbtmc:U1"]),
    ("usb_threads.c", "cancelling", "high", &["usbtmc:U1"]),
    ("usb_threads.c", "unplugging", "high", &["usbtmc:U1"]),
    ("usb_threads.c", "passing", "high", &["usbtmc:U1"]),
    ("usb_threads.c", "threads", "high", &["usbtmc:U1"]),
    ("usb_faults.c", "harmless", "high", &["usbtmc:U1"]),
    ("usb_faults.c", "halts", "high", &["usbtmc:U1"]),
    ("usb_faults.c", "waits", "high", &["usbtmc:U1"]),
    ("usb_faults.c", "aborts", "high", &["usbtmc:U1"]),
    ("usb_faults.c", "answers", "high", &["usbtmc:U1"]),
    ("usb_faults.c", "lengths", "high", &["usbtmc:U1"]),
    ("usb_faults.c", "controls", "high", &["usbtmc:U1"]),
    ("usb_faults.c", "cables", "high", &["usbtmc:U1"]),
    ("usb_faults.c", "harmless", "full", &["usbtmc,full:U1"]),
    ("usb_faults.c", "halts", "full", &["usbtmc,full:U1"]),
    ("usb_faults.c", "waits", "full", &["usbtmc,full:U1"]),
    ("usb_faults.c", "aborts", "full", &["usbtmc,full:U1"]),
    ("usb_faults.c", "answers", "full", &["usbtmc,full:U1"]),
    ("usb_faults.c", "lengths", "full", &["usbtmc,full:U1"]),
    ("usb_faults.c", "cables", "full", &["usbtmc,full:U1"]),
];

/// Programs of `ctest` for instruments of any kind, whose sessions are all of one process.
const GENERAL: &[&str] = &[
    "attributes_guard.c",
    "async.c",
    "big_block.c",
    "buffers.c",
    "clear.c",
    "files.c",
    "find_parse.c",
    "format_print.c",
    "format_scan.c",
    "formatted_bare.c",
    "formatted_blocks.c",
    "formatted_failing.c",
    "formatted_print.c",
    "formatted_query.c",
    "handles.c",
    "late_calls.c",
    "lock_rules.c",
    "null_and_wild.c",
    "open_close.c",
    "query.c",
    "read_ends.c",
    "signals.c",
    "srq.c",
    "status_desc.c",
    "stb_trigger_ren.c",
    "stress.c",
    "timeouts.c",
    "trace.c",
    "write_send_end.c",
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
        trial("lab::usb::hosts::high", || hosts("512", "15728640", "usbtmc:U1")),
        trial("lab::usb::hosts::full", || hosts("64", "100000", "usbtmc,full:U1")),
        trial("lab::usb::pyvisa", pyvisa),
        trial("lab::usb::speed", speed),
        trial("lab::usb::raw_pyusb::high", || raw("raw:U1")),
        trial("lab::usb::raw_pyusb::full", || raw("raw,full:U1")),
    ];
    let general = GENERAL.iter().map(|&source| {
        let name = format!("lab::usb::general::{}", source.trim_end_matches(".c"));
        trial(name.clone(), move || general(&name, source))
    });
    programs.chain(general).chain(scripts).collect()
}

/// Runs a program that takes any instrument's resource name.
fn general(name: &str, source: &str) -> Outcome {
    let built = programs::build(name, source, &cc::library()?, &[])?;
    let line = guest::command(&built, &["USB0::0x1209::0x0010::U1::0::INSTR"]);
    guest::judge(lab::run(&guest::with_adapters(&["usbtmc:U1"], &line)?)?)
}

/// The library beside other ways to an instrument. What it says is for who reads it, with --release
/// for the library as it is installed.
fn speed() -> Outcome {
    let built = programs::build("lab::usb::speed", "lab/usb_speed.c", &cc::library()?, &[])?;
    let line = guest::command(&built, &["U1"]);
    let ended = lab::run(&guest::with_adapters(&["usbtmc:U1"], &line)?)?;
    eprint!("{}", ended.out);
    guest::judge(ended)
}

/// The library under PyVISA.
fn pyvisa() -> Outcome {
    let library = cc::library()?;
    let library = guest::quoted(&library.to_string_lossy());
    script("usb_pyvisa.py", &[&library], "usbtmc:U1")
}

/// The hosts, and the library among them.
fn hosts(packet: &str, largest: &str, adapter: &str) -> Outcome {
    libusb()?;
    let library = cc::library()?;
    let library = guest::quoted(&library.to_string_lossy());
    script("usb_hosts.py", &[packet, largest, &library], adapter)
}

/// The device for USB RAW under libusb.
fn raw(adapter: &str) -> Outcome {
    libusb()?;
    script("usb_raw_pyusb.py", &[], adapter)
}

/// Whether PyUSB finds what it rests on.
fn libusb() -> Outcome {
    let mut ask = Command::new(python::with(PACKAGES)?);
    ask.args(["-c", "import ctypes.util as c; assert c.find_library('usb-1.0')"]);
    process::tool(&mut ask).map(drop).or_else(|_| lacking("this machine has no libusb-1.0"))
}

/// Runs a Python script in the guest with a device plugged in.
fn script(name: &str, arguments: &[&str], adapter: &str) -> Outcome {
    let python = python::with(PACKAGES)?;
    let script = cc::project(&format!("ctest/lab/{name}"));
    let words = [&python, &script].map(|path| guest::quoted(&path.to_string_lossy()));
    let line = format!("{} U1 {}", words.join(" "), arguments.join(" "));
    guest::judge(lab::run_within(&guest::with_adapters(&[adapter], &line)?, PYTHON_LIMIT)?)
}
