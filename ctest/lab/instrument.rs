#![forbid(unsafe_code)]
//! The simulated instrument at the far end of a real line: programs for instruments of any kind,
//! and PyVISA, on a 16550.

use std::time::Duration;

use libtest_mimic::Trial;

use crate::Outcome;
use crate::cc;
use crate::failed;
use crate::lab;
use crate::lab::guest;
use crate::programs;
use crate::python;
use crate::trial;

/// The two ends of the null modem: the programs' and the instrument's.
const RESOURCE: &str = "ASRL1::INSTR";
const INSTRUMENT: &str = "/dev/ttyS1";

/// Programs of `ctest` that measure no time.
const PROGRAMS: &[&str] =
    &["query.c", "read_ends.c", "buffers.c", "write_send_end.c", "attributes_guard.c"];

const PYVISA: &str = "pyvisa==1.16.2";

/// Python starts slowly where every instruction is emulated.
const PYTHON_LIMIT: Duration = Duration::from_secs(300);

pub fn trials() -> Vec<Trial> {
    let programs = PROGRAMS.iter().map(|&source| {
        let name = format!("lab::instrument::{}", source.trim_end_matches(".c"));
        trial(name.clone(), move || program(&name, source))
    });
    programs.chain([trial("lab::instrument::pyvisa", pyvisa)]).collect()
}

fn program(name: &str, source: &str) -> Outcome {
    let built = programs::build(name, source, &cc::library()?, &[])?;
    guest::judge(lab::run(&with_instrument(&guest::command(&built, &[RESOURCE])))?)
}

fn pyvisa() -> Outcome {
    let python = python::with(&[PYVISA])?;
    let script = cc::project("ctest/lab/pyvisa_serial.py");
    let library = cc::library()?;
    let words = [&python, &script, &library].map(|path| guest::quoted(&path.to_string_lossy()));
    guest::judge(lab::run_within(&with_instrument(&words.join(" ")), PYTHON_LIMIT)?)?;
    // What the shell shows of the same port.
    let shell = guest::quoted(&python.with_file_name("pyvisa-shell").to_string_lossy());
    let lines = r"list\nopen 0\nattr\ntermchar LF LF\nquery *IDN?\nclose\nexit\n";
    let shell = format!("printf '{lines}' | PYVISA_LIBRARY={} {shell}", words[2]);
    let line = with_instrument(&format!("sh -c {}", guest::quoted(&shell)));
    let said = lab::run_within(&line, PYTHON_LIMIT)?.said();
    let all = ["( 0) ASRL1::INSTR", "VI_ATTR_ASRL_CTS_STATE", "Ferrovisa,", "has been closed"];
    match all.iter().find(|part| !said.contains(**part)) {
        None => Ok(()),
        Some(missing) => failed(format!("{missing} is missing in:\n{said}")),
    }
}

/// A shell line that runs another with the instrument at its end of the null modem.
fn with_instrument(line: &str) -> String {
    let script = cc::project("ctest/lab/instrument.sh");
    let script = guest::quoted(&script.to_string_lossy());
    let visa = guest::quoted(env!("CARGO_BIN_EXE_visa"));
    format!("sh {script} {visa} {INSTRUMENT} env {line}")
}
