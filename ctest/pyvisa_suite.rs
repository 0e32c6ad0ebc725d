#![forbid(unsafe_code)]
//! PyVISA's own tests for instruments (`pyvisa.testsuite.keysight_assisted_tests`, in its wheel)
//! through our library, on a simulated instrument in place of the one they were written for.
//! Not edited: what may fail is listed here, with the reason, and must fail.

use std::time::Duration;

use libtest_mimic::Trial;

use crate::Outcome;
use crate::cc;
use crate::failed;
use crate::net;
use crate::process;
use crate::python;
use crate::trial;

const PACKAGES: &[&str] = &["pyvisa==1.16.2", "pytest==9.2.0"];

/// Most of it is pauses that the tests make; the rest is a busy machine.
const LIMIT: Duration = Duration::from_secs(600);

/// A test that must fail, and why.
type Exception = (&'static str, &'static str);

/// What one vendor's library does and the standard does not ask for.
const QUIRKS: &[Exception] = &[
    (
        "test_tcpip_resources.py::TestTCPIPInstr::test_timeout",
        "wants VI_TMO_IMMEDIATE to be changed into 10 ms, the least that one vendor's VXI-11 has",
    ),
    (
        "test_tcpip_resources.py::TestTCPIPInstr::test_attribute_handling",
        "wants VI_TMO_IMMEDIATE to be changed into 10 ms, as above",
    ),
];

/// The files of the suite, in parts of about the same length that run side by side.
const PARTS: &[(&str, &[&str])] = &[
    ("shell", &["test_shell.py"]),
    ("resources", &["test_tcpip_resources.py"]),
    ("manager", &["test_resource_manager.py", "test_rname_filter2.py", "test_util.py"]),
];

/// How many tests the three parts have together, at least: an empty run proves nothing.
const LEAST: &[(&str, usize)] = &[("shell", 40), ("resources", 70), ("manager", 18)];

pub fn trials() -> Vec<Trial> {
    let part = |&(name, files): &(&'static str, &'static [&'static str])| {
        trial(format!("pyvisa_suite::{name}"), move || suite(name, files))
    };
    PARTS.iter().map(part).collect()
}

/// Runs files of the suite and compares each test's outcome with what is expected of it.
fn suite(name: &str, files: &[&str]) -> Outcome {
    let python = python::with(PACKAGES)?;
    let folder = cc::scratch(&format!("pyvisa suite {name}"))?;
    // Nobody has the ports 111 and 5025 there, and no serial port is found besides.
    let mut command = net::alone::command()?;
    command.arg(python).arg(cc::project("ctest/pyvisa/suite.py"));
    command.arg(env!("CARGO_BIN_EXE_visa")).arg(cc::library()?).arg(folder).args(files);
    let ended = process::run(&mut command, LIMIT)?;
    let outcomes: Vec<_> = ended.said.lines().filter_map(outcome).collect();
    let least = LEAST.iter().find(|(part, _)| *part == name).map_or(0, |(_, least)| *least);
    let wrong: Vec<_> = outcomes.iter().filter_map(|found| judge(*found)).collect();
    if ended.status.success() && outcomes.len() >= least && wrong.is_empty() {
        return Ok(());
    }
    let (count, status, wrong) = (outcomes.len(), ended.status, wrong.join("\n"));
    let words: Vec<_> = ended.said.lines().filter(|line| outcome(line).is_none()).collect();
    failed(format!("{count} tests, {status}\n{wrong}\n{}", words.join("\n")))
}

/// "outcome failed NAME" as its two words.
fn outcome(line: &str) -> Option<(&str, &str)> {
    line.strip_prefix("outcome ")?.split_once(' ')
}

/// What is wrong about a test's outcome. "skipped" and "xfailed" are the suite's own decisions.
fn judge((outcome, name): (&str, &str)) -> Option<String> {
    let listed = QUIRKS.iter().find(|(exception, _)| *exception == name);
    match (outcome, listed) {
        ("failed", None) => Some(format!("{name} failed")),
        ("failed", Some(_)) | (_, None) => None,
        (_, Some((_, why))) => Some(format!("{name} {outcome}, but is listed: {why}")),
    }
}
