#![forbid(unsafe_code)]
//! The C programs beside this file, each against a simulated instrument of its own.

use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;
use std::time::Instant;

use libtest_mimic::Trial;
use visa::sim::Config;
use visa::sim::Instrument;

use crate::Outcome;
use crate::cc;
use crate::failed;
use crate::lacking;
use crate::process;
use crate::trial;

/// Programs that talk to an instrument: run once for each interface, with its resource name.
const WITH_INSTRUMENT: &[&str] = &[
    "attributes_guard.c",
    "async.c",
    "big_block.c",
    "buffers.c",
    "clear.c",
    "config.c",
    "defaults.c",
    "dlopen.c",
    "files.c",
    "find_parse.c",
    "format_print.c",
    "format_scan.c",
    "formatted_bare.c",
    "formatted_blocks.c",
    "formatted_failing.c",
    "formatted_print.c",
    "formatted_query.c",
    "fork.c",
    "handles.c",
    "late_calls.c",
    "link_cxx.cpp",
    "lock_processes.c",
    "lock_rules.c",
    "lock_stress.c",
    "no_descriptors.c",
    "no_memory.c",
    "no_threads.c",
    "null_and_wild.c",
    "open_close.c",
    "query.c",
    "read_ends.c",
    "signals.c",
    "srq.c",
    "status_desc.c",
    "stb_trigger_ren.c",
    "stress.c",
    "terminate.c",
    "timeouts.c",
    "trace.c",
    "write_send_end.c",
];

/// Those of them in which several processes have sessions: a serial port is one process's.
const SHARED: &[&str] = &["fork.c", "lock_processes.c", "lock_stress.c"];

/// Programs about what only serial ports have.
const SERIAL: &[&str] = &["serial.c"];

/// Programs that need none.
const ALONE: &[&str] = &["types.c"];

/// Name of an interface in trials, and what its resource names contain.
const INTERFACES: &[(&str, &str)] =
    &[("socket", "::SOCKET"), ("vxi11", "::inst0::"), ("hislip", "::hislip0"), ("serial", ASRL)];

/// What the names of serial ports contain.
const ASRL: &str = "ASRL";

/// What a program exits with when it cannot check here, having said why.
pub const SKIPPED: i32 = 77;

pub fn trials() -> Vec<Trial> {
    let with_instrument = WITH_INSTRUMENT.iter().flat_map(|&source| {
        let interfaces = INTERFACES.iter();
        let fit = interfaces.filter(move |(_, part)| *part != ASRL || !SHARED.contains(&source));
        fit.map(move |&(interface, part)| {
            let name = format!("programs::{}::{interface}", stem(source));
            trial(name.clone(), move || on_interface(&name, source, part))
        })
    });
    let serial = SERIAL.iter().map(|&source| {
        let name = format!("programs::{}", stem(source));
        trial(name.clone(), move || on_interface(&name, source, ASRL))
    });
    let alone = ALONE.iter().map(|&source| {
        let name = format!("programs::{}", stem(source));
        trial(name.clone(), move || run(&name, source, &[]))
    });
    with_instrument.chain(serial).chain(alone).collect()
}

fn stem(source: &str) -> &str {
    source.split('.').next().unwrap_or(source)
}

fn on_interface(name: &str, source: &str, part: &str) -> Outcome {
    let instrument = Instrument::start(Config { serial: true, ..Config::default() })?;
    let names = instrument.resource_names();
    let Some(resource) = names.iter().find(|name| name.contains(part)) else {
        return failed(format!("{names:?} has nothing with {part}"));
    };
    run(name, source, std::slice::from_ref(resource))?;
    nothing_left(&instrument)
}

/// The program has ended: the device must not keep anything for it, however that was. It notices
/// a moment later.
fn nothing_left(instrument: &Instrument) -> Outcome {
    let began = Instant::now();
    loop {
        let now = instrument.counters();
        let connected = now.links + now.sessions + now.sockets;
        if connected == 0 && !now.exclusive_lock && now.shared_locks == 0 {
            return Ok(());
        }
        if began.elapsed() > process::LIMIT {
            return failed(format!("left at the device: {now:?}"));
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn run(name: &str, source: &str, resources: &[String]) -> Outcome {
    let mut built = build(name, source, &cc::library()?, &[])?;
    // Linked with ours; which one it loads is the linker's path.
    if let Some(theirs) = std::env::var_os("VISA_LIB") {
        built.libraries = cc::alone(Path::new(&theirs), &format!("{name} theirs"))?;
    }
    judge(built.run().args(resources))
}

/// Runs a check program and takes its exit status for the outcome.
pub fn judge(command: &mut Command) -> Outcome {
    let ended = process::run(command, process::LIMIT)?;
    match ended.status.code() {
        Some(0) => Ok(()),
        Some(SKIPPED) => lacking(ended.said.trim()),
        _ => failed(format!("{}\n{}", ended.status, ended.said)),
    }
}

/// Compiles and links a program, for callers that run it in their own way.
pub fn build(name: &str, source: &str, library: &Path, flags: &[&str]) -> Outcome<Built> {
    let dir = cc::scratch(name)?;
    let libraries = cc::alone(library, &format!("{name} library"))?;
    let program = cc::program(source, &dir, &libraries, flags)?;
    Ok(Built { program, libraries })
}

/// A program, and the directory of the library that it shall load.
pub struct Built {
    pub program: PathBuf,
    pub libraries: PathBuf,
}

impl Built {
    pub fn run(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.env("LD_LIBRARY_PATH", &self.libraries);
        command
    }
}
