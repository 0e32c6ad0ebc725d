#![forbid(unsafe_code)]
//! GPIB boards as device files: the bench for it ([`crate::gpib`]) in the guest, with what has to
//! hold of it before anything of ours is tested there.

use std::time::Duration;

use libtest_mimic::Trial;

use crate::Outcome;
use crate::cc;
use crate::gpib;
use crate::gpib::visa;
use crate::lab;
use crate::lab::guest;
use crate::programs;
use crate::python;
use crate::pyvisa;
use crate::trial;

pub fn trials() -> Vec<Trial> {
    let stand_in = gpib::CHECKS.iter().map(|&check| {
        let name = format!("lab::gpib::stand_in::{check}");
        trial(name.clone(), move || stand_in(&name, check))
    });
    let device = DEVICE.iter().map(|&check| {
        let name = format!("lab::gpib::device::{check}");
        trial(name.clone(), move || device(&name, check))
    });
    let library = visa::each_check().map(|(source, check)| {
        // A search has a second, and here everything takes ten times as long.
        let check = if check == "finding" { "finding_first" } else { check };
        let name = format!("lab::gpib::{}::{check}", visa::stem(source));
        trial(name.clone(), move || program(&name, &format!("gpib/{source}"), &[BOARD, check]))
    });
    let general = GENERAL.iter().map(|&source| {
        let name = format!("lab::gpib::general::{}", visa::stem(source));
        trial(name.clone(), move || program(&name, source, &[&visa::instrument(BOARD)]))
    });
    let name = "lab::gpib::visa_mutex::held";
    let mutex = trial(name, move || program(name, "gpib/visa_mutex.c", &[BOARD, "held"]));
    let pyvisa = trial("lab::gpib::pyvisa", pyvisa);
    device.chain(stand_in).chain(library).chain(general).chain([mutex, pyvisa]).collect()
}

/// Python starts slowly where every instruction is emulated.
const PYTHON_LIMIT: Duration = Duration::from_secs(400);

fn pyvisa() -> Outcome {
    let python = python::with(&pyvisa::RELEASES[..1])?;
    let (script, library) = (cc::project(visa::SCRIPT), cc::library()?);
    let words = [&python, &script, &library].map(|path| guest::quoted(&path.to_string_lossy()));
    let line = format!("{} {}", words.join(" "), BOARD);
    guest::judge(lab::run_within(&with_bench(&line)?, PYTHON_LIMIT)?)
}

/// The library over the device, without any other: the kernel's board, found by itself.
fn program(name: &str, source: &str, arguments: &[&str]) -> Outcome {
    let built = programs::build(name, source, &cc::library()?, &["-D_GNU_SOURCE"])?;
    guest::judge(lab::run(&with_bench(&guest::command(&built, arguments))?)?)
}

/// The guest's only board.
const BOARD: &str = "GPIB0";

/// Programs for instruments of any kind that are no matter of time or of much data.
const GENERAL: &[&str] = &[
    "attributes_guard.c",
    "buffers.c",
    "clear.c",
    "files.c",
    "formatted_query.c",
    "query.c",
    "write_send_end.c",
];

/// The checks of `device.c`.
const DEVICE: &[&str] = &[
    "numbers",
    "transfers",
    "large",
    "refusals",
    "interruption",
    "killed",
    "service",
    "addresses",
];

/// The stand-in for linux-gpib's library over the device: what holds over the socket holds here.
fn stand_in(name: &str, check: &str) -> Outcome {
    let dir = cc::scratch(name)?;
    let program = gpib::program(&dir, "stand_in.c", &gpib::library(&dir)?)?;
    let words = [program.to_string_lossy(), check.into()].map(|word| guest::quoted(&word));
    let line = format!(
        "env LD_LIBRARY_PATH={} {}",
        guest::quoted(&dir.to_string_lossy()),
        words.join(" ")
    );
    guest::judge(lab::run(&with_bench(&line)?)?)
}

fn device(name: &str, check: &str) -> Outcome {
    let dir = cc::scratch(name)?;
    let program = gpib::plain_program(&dir, "device.c")?;
    let line = format!("{} {check}", guest::quoted(&program.to_string_lossy()));
    guest::judge(lab::run(&with_bench(&line)?)?)
}

/// A shell line that runs another with a bench, whose board is `/dev/gpib0`.
pub fn with_bench(line: &str) -> Outcome<String> {
    let tests = std::env::current_exe()?;
    let tests = guest::quoted(&tests.to_string_lossy());
    Ok(format!("{tests} gpib --cuse -- sh -c {}", guest::quoted(line)))
}
