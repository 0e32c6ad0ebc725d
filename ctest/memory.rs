#![forbid(unsafe_code)]
//! The programs that call everything, on every resource class, those of formatted I/O, which stores
//! where its callers say, and those about what ends while it is in use: bare, and with tools that see
//! wrong memory accesses and leaks. The sanitizer is in program and library, and its leak checker
//! sees both; valgrind sees the standard library's code too, which nobody has sanitized.

use std::process::Command;

use libtest_mimic::Trial;
use visa::sim::Config;
use visa::sim::Instrument;

use crate::Outcome;
use crate::Stop;
use crate::cc;
use crate::failed;
use crate::fake;
use crate::lacking;
use crate::process;
use crate::programs;
use crate::trial;

const PROGRAMS: &[&str] = &["attributes_guard.c", "events.c", "null_and_wild.c"];

/// Programs that talk to one simulated instrument, by each of its interfaces in turn: those of
/// formatted I/O, and those in which memory outlives calls, or sessions end while it is in use.
const TALKING: &[&str] = &[
    "async.c",
    "buffers.c",
    "files.c",
    "format_bench.c",
    "format_compare.c",
    "format_print.c",
    "format_scan.c",
    "formatted_bare.c",
    "formatted_blocks.c",
    "formatted_failing.c",
    "formatted_print.c",
    "formatted_query.c",
    "lock_rules.c",
    "terminate.c",
];

/// What makes the longest of them end in time where everything is watched.
const SHORTER: &[(&str, &str)] = &[("FORMAT_COMPARE_ROUNDS", "2000"), ("FORMAT_BENCH_ROUNDS", "1")];

const SANITIZER: &[&str] = &["-fsanitize=address", "-fno-omit-frame-pointer"];

pub fn trials() -> Vec<Trial> {
    let each = PROGRAMS.iter().flat_map(|&source| {
        let program = source.trim_end_matches(".c");
        [
            trial(format!("memory::{program}::every_class"), move || every_class(source)),
            trial(format!("memory::{program}::valgrind"), move || valgrind(source)),
            trial(format!("memory::{program}::address_sanitizer"), move || sanitizer(source)),
        ]
    });
    let talking = TALKING.iter().flat_map(|&source| {
        let program = source.trim_end_matches(".c");
        [
            trial(format!("memory::{program}::valgrind"), move || {
                let built = build_for_valgrind(source)?;
                with_instrument(|| under_valgrind(&built))
            }),
            trial(format!("memory::{program}::address_sanitizer"), move || {
                let built = sanitized(source)?;
                with_instrument(|| Ok(built.run()))
            }),
        ]
    });
    let own = [
        trial("memory::no_class_is_forgotten", fake::no_class_is_forgotten),
        trial("memory::the_sanitizer_sees_one_byte_too_many", overrun),
    ];
    each.chain(talking).chain(own).collect()
}

fn every_class(source: &str) -> Outcome {
    let built = programs::build(&format!("classes {source}"), source, &fake::library()?, &[])?;
    let (names, _kept) = fake::resources()?;
    programs::judge(built.run().args(names))
}

/// Runs a program once for each interface of an instrument.
fn with_instrument(command: impl Fn() -> Outcome<Command>) -> Outcome {
    let instrument = Instrument::start(Config::default())?;
    for name in instrument.resource_names() {
        programs::judge(command()?.envs(SHORTER.iter().copied()).arg(name))?;
    }
    Ok(())
}

fn valgrind(source: &str) -> Outcome {
    let built = build_for_valgrind(source)?;
    let (names, _kept) = fake::resources()?;
    programs::judge(under_valgrind(&built)?.args(names))
}

fn build_for_valgrind(source: &str) -> Outcome<programs::Built> {
    process::installed("valgrind")?;
    programs::build(&format!("valgrind {source}"), source, &fake::library()?, &[])
}

/// Wrong accesses of any kind, and memory that nobody can free any more.
fn under_valgrind(built: &programs::Built) -> Outcome<Command> {
    let mut command = Command::new(process::installed("valgrind")?);
    command.args(["--quiet", "--error-exitcode=9", "--leak-check=full"]);
    command.args(["--show-leak-kinds=definite", "--errors-for-leak-kinds=definite"]);
    command.env("FORMAT_COMPARE_NO_LONG_DOUBLE", "1");
    command.arg(&built.program).env("LD_LIBRARY_PATH", &built.libraries);
    Ok(command)
}

/// The sanitizer in the program and in the library: the program's buffers are the guarded ones,
/// and it is the library that may go beyond them.
fn sanitizer(source: &str) -> Outcome {
    let built = sanitized(source)?;
    let (names, _kept) = fake::resources()?;
    programs::judge(built.run().args(names))
}

/// Two runtimes meet there, the C compiler's and what rustc expects: this shows that together
/// they still see.
fn overrun() -> Outcome {
    match programs::judge(sanitized("overrun.c")?.run().arg("GPIB0::1::INSTR")) {
        Err(Stop::Failed(why)) if why.contains("heap-buffer-overflow") => Ok(()),
        Err(other) => Err(other),
        Ok(()) => failed("an overrun of one byte went unnoticed"),
    }
}

fn sanitized(source: &str) -> Outcome<programs::Built> {
    let dir = cc::scratch(&format!("sanitizer probe {source}"))?;
    let probe = dir.join("probe.c");
    std::fs::write(&probe, "int main(void) { return 0; }\n")?;
    let mut cc = Command::new(process::installed("cc")?);
    if process::tool(cc.args(SANITIZER).arg(&probe).arg("-o").arg(dir.join("probe"))).is_err() {
        return lacking("this C compiler has no address sanitizer");
    }
    let library = fake::sanitized_library()?;
    programs::build(&format!("sanitizer {source}"), source, &library, SANITIZER)
}
