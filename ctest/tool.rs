#![forbid(unsafe_code)]
//! The `visa` tool as a shell sees it: how it ends where its output or its arguments are wrong.

use std::fs::OpenOptions;
use std::io::pipe;
use std::process::Command;
use std::process::Output;
use std::process::Stdio;

use libtest_mimic::Trial;

use crate::Outcome;
use crate::cc;
use crate::failed;
use crate::trial;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("tool::a_full_stdout_is_an_error_and_no_panic", full),
        trial("tool::a_reader_that_has_gone_is_no_error", gone),
        trial("tool::arguments_that_leave_nothing_to_do_are_wrong", nothing),
        trial("tool::a_trace_that_cannot_be_written_is_told", trace),
    ]
}

fn visa(arguments: &[&str]) -> Command {
    let mut visa = Command::new(env!("CARGO_BIN_EXE_visa"));
    visa.args(arguments).env_remove("VISA_LIB").env_remove("VISA_TRACE").stdin(Stdio::null());
    visa.env("FERROVISA_CONFIG", "/dev/null").env("FERROVISA_LAN_SEARCH", "off");
    visa
}

/// Subcommands that print without an instrument: each writes in its own way.
const PRINTING: [&[&str]; 9] = [
    &["list", "--json"],
    &["info"],
    &["info", "--json"],
    &["lock"],
    &["alias", "--json"],
    &["config"],
    &["config", "path"],
    &["install", "--show-udev"],
    &["sim", "--socket", "0", "--hislip", "0", "--exit-with-stdin"],
];

fn ends(output: &Output, code: i32, words: &str) -> Outcome {
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.code() == Some(code) && said.contains(words) && !said.contains("panicked") {
        return Ok(());
    }
    failed(format!("{}, wanted {code} and \"{words}\": {said}", output.status))
}

fn full() -> Outcome {
    for arguments in PRINTING {
        let sink = OpenOptions::new().write(true).open("/dev/full")?;
        ends(&visa(arguments).stdout(sink).output()?, 1, "No space left on device")?;
    }
    Ok(())
}

fn gone() -> Outcome {
    for arguments in PRINTING {
        let (reader, writer) = pipe()?;
        drop(reader);
        let output = visa(arguments).stdout(writer).output()?;
        ends(&output, 0, "")?;
        if !output.stderr.is_empty() {
            return failed(String::from_utf8_lossy(&output.stderr));
        }
    }
    Ok(())
}

fn nothing() -> Outcome {
    let off = visa(&["sim", "--socket", "off", "--vxi11", "off", "--hislip", "off"]).output()?;
    ends(&off, 2, "nothing is left to start")?;
    ends(&visa(&["sim", "--identity", ""]).output()?, 2, "--identity")?;
    // Nobody is asked on loopback, where it is by default.
    let mdns = visa(&["sim", "--mdns", "--socket", "0", "--hislip", "0"]).output()?;
    ends(&mdns, 1, "--mdns needs --bind")?;
    ends(&visa(&["idn", "--timeout", "-1", "TCPIP::h::INSTR"]).output()?, 2, "milliseconds")
}

fn trace() -> Outcome {
    let file = cc::scratch("trace")?.join("no folder/trace");
    ends(&visa(&["info"]).env("VISA_TRACE", &file).output()?, 0, "no trace")
}
