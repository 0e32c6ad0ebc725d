#![forbid(unsafe_code)]
//! The library on the bench: by linux-gpib's library here, and by `/dev/gpib0` in the bench VM.

use libtest_mimic::Trial;
use parking_lot::Mutex;

use crate::Outcome;
use crate::cc;
use crate::gpib::stand_in;
use crate::gpib::stand_in::Started;
use crate::programs;
use crate::programs::Built;
use crate::python;
use crate::pyvisa;
use crate::trial;

/// Our programs and their checks.
pub const PROGRAMS: &[(&str, &[&str])] = &[
    ("visa_devices.c", &["messages", "large", "addressing", "operations", "remote", "finding"]),
    ("visa_faults.c", &["timeouts", "holds_nrfd", "slow", "hangs", "endless", "ending"]),
    (
        "visa_service.c",
        &[
            "right_session",
            "all_at_once",
            "not_ours",
            "stuck",
            "two_sessions",
            "handlers",
            "queueing",
            "on_the_board",
        ],
    ),
    ("visa_board.c", &["commands", "lines", "passing_control", "as_device"]),
    ("visa_sharing.c", &["exchanges", "requests", "killed"]),
];

/// Programs for instruments of any kind. Not there: those in which one session reads while another
/// is to go on (async.c, srq.c, terminate.c), for a read that waits has the whole bus, and
/// read_ends.c, for linux-gpib does not tell END and termination character apart.
pub const GENERAL: &[&str] = &[
    "attributes_guard.c",
    "big_block.c",
    "buffers.c",
    "clear.c",
    "files.c",
    "formatted_query.c",
    "handles.c",
    "late_calls.c",
    "lock_rules.c",
    "null_and_wild.c",
    "query.c",
    "timeouts.c",
    "write_send_end.c",
];

/// The board, and an instrument on it.
pub const BOARD: &str = "GPIB0";
pub const INSTRUMENT: &str = "GPIB0::5::INSTR";

pub fn trials() -> Vec<Trial> {
    let ours = each_check().map(|(source, check)| {
        let name = format!("gpib::{}::{check}", stem(source));
        trial(name.clone(), move || run(&name, &format!("gpib/{source}"), &[BOARD, check]))
    });
    let general = GENERAL.iter().map(|&source| {
        let name = format!("gpib::general::{}", stem(source));
        trial(name.clone(), move || run(&name, source, &[INSTRUMENT]))
    });
    let pyvisa = pyvisa::RELEASES.iter().map(|&release| {
        let name = format!("gpib::{}", release.replace("==", "_"));
        trial(name.clone(), move || python(&name, release))
    });
    ours.chain(general).chain(pyvisa).collect()
}

/// Each check with its program.
pub fn each_check() -> impl Iterator<Item = (&'static str, &'static str)> {
    PROGRAMS.iter().flat_map(|&(source, checks)| checks.iter().map(move |&check| (source, check)))
}

pub fn stem(source: &str) -> &str {
    source.trim_end_matches(".c")
}

/// A program linked with our library, in a folder with the stand-in.
pub fn build(name: &str, source: &str) -> Outcome<Built> {
    let built = programs::build(name, source, &cc::library()?, &["-D_GNU_SOURCE"])?;
    stand_in::library(&built.libraries)?;
    Ok(built)
}

/// PyVISA's programs for GPIB.
pub const SCRIPT: &str = "ctest/gpib/pyvisa_gpib.py";

fn python(name: &str, release: &str) -> Outcome {
    let python = python::with(&[release])?;
    let dir = cc::scratch(name)?;
    stand_in::library(&dir)?;
    let _turn = TURN.lock();
    let bench = Started::new()?;
    let mut command = bench.command(&python, &dir);
    command.env("FERROVISA_CONFIG", bench.configuration()?).env_remove("PYVISA_LIBRARY");
    programs::judge(command.arg(cc::project(SCRIPT)).arg(cc::library()?).arg(BOARD))
}

/// The library of all processes of this machine takes turns on "board 0", whatever bench it is on.
static TURN: Mutex<()> = Mutex::new(());

fn run(name: &str, source: &str, arguments: &[&str]) -> Outcome {
    let built = build(name, source)?;
    let _turn = TURN.lock();
    let bench = Started::new()?;
    let mut command = bench.command(&built.program, &built.libraries);
    command.env("FERROVISA_CONFIG", bench.configuration()?);
    programs::judge(command.args(arguments))
}
