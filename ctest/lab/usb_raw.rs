#![forbid(unsafe_code)]
//! USB RAW: the library on the bench's device of the vendor's own class; and instruments by the
//! kernel's driver, for users who may open nothing else.

use libtest_mimic::Trial;

use crate::Outcome;
use crate::failed;
use crate::lab;
use crate::lab::guest;
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
    let told = trial("lab::usb_permission::what_is_missing_is_told", told);
    let each = CHECKS.iter().map(|&(source, on, arguments, adapters)| {
        let name = format!("lab::{}::{on}", source.trim_end_matches(".c"));
        trial(name.clone(), move || Run { source, arguments, adapters }.judge(&name))
    });
    each.chain([told]).collect()
}

/// Whoever may not use a device is told which rule of udev is missing, by the list and by the
/// trace, and nobody else is.
fn told() -> Outcome {
    let visa = guest::quoted(env!("CARGO_BIN_EXE_visa"));
    let nobody = "setpriv --reuid 65534 --regid 65534 --clear-groups";
    let files = "/dev/bus/usb/*/* /dev/usbtmc*";
    let instrument = "USB0::0x1209::0x0010::U1::0::INSTR";
    let list = format!("{nobody} {visa} list 'USB?*' 2>&1");
    let ask = format!("VISA_TRACE=stderr {nobody} {visa} idn {instrument} 2>&1");
    let rule = "ATTR{idVendor}==\"1209\", ATTR{idProduct}==\"0020\"";
    let denied = say(&format!("chmod 600 {files}; {list}; {ask}"))?;
    let wanted = [
        &format!("note: {instrument}: your user may not use /dev/bus/usb/"),
        "note: USB0::0x1209::0x0020::R1::0::RAW, USB0::0x1209::0x0020::R1::1::RAW: your user may not use",
        rule,
        "= VI_ERROR_NPERMISSION",
        "[hint: your user may not write to",
        "visa install --show-udev",
    ];
    if let Some(word) = wanted.iter().find(|word| !denied.contains(**word)) {
        return failed(format!("lacks {word:?}: {denied}"));
    }
    let permitted = say(&format!("chmod 666 {files}; {list}; {ask}"))?;
    // By the kernel's driver alone, too.
    let by_node = say(&format!("chmod 600 {files}; chmod 666 /dev/usbtmc*; {ask}; {list}"))?;
    let is_told = by_node.contains(&format!("note: {instrument}"));
    match permitted.contains("note:") || is_told || !permitted.contains("Bench Instrument") {
        true => failed(format!("{permitted}{by_node}")),
        false if by_node.contains("by /dev/usbtmc0") && by_node.contains("R1::1::RAW: your") => {
            Ok(())
        }
        false => failed(by_node),
    }
}

/// What a line in the guest says with an instrument and a raw device plugged in.
fn say(line: &str) -> Outcome<String> {
    let line = format!("export FERROVISA_CONFIG=/dev/null; {line}");
    Ok(lab::run(&guest::with_adapters(&["usbtmc:U1", "raw:R1"], &line)?)?.said())
}
