#![forbid(unsafe_code)]
//! The two programs that call everything with everything, on every resource class, with tools
//! that see wrong memory accesses and leaks.
//!
//! Classes without hardware here come from a library built with the feature `fake-links`.

use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use libtest_mimic::Trial;
use visa::rsrc::Kinds;
use visa::rsrc::ResourceName;
use visa::sim::Config;
use visa::sim::Instrument;

use crate::Outcome;
use crate::cc;
use crate::failed;
use crate::lacking;
use crate::process;
use crate::programs;
use crate::trial;

const PROGRAMS: &[&str] = &["attributes_guard.c", "null_and_wild.c"];

/// One resource of each class that the fake links open.
const CLASSES: &[&str] = &[
    "GPIB0::1::INSTR",
    "GPIB0::INTFC",
    "GPIB0::SERVANT",
    "GPIB-VXI0::1::INSTR",
    "GPIB-VXI0::MEMACC",
    "GPIB-VXI0::BACKPLANE",
    "VXI0::1::INSTR",
    "VXI0::MEMACC",
    "VXI0::BACKPLANE",
    "VXI0::SERVANT",
    "PXI0::1::INSTR",
    "PXI0::MEMACC",
    "PXI0::1::BACKPLANE",
    "ASRL1::INSTR",
    "TCPIP0::inst0::SERVANT",
    "USB0::0x1234::0x5678::SN1::INSTR",
    "USB0::0x1234::0x5678::SN1::0::RAW",
    "VICP::127.0.0.1::INSTR",
    "FIREWIRE0::0x3::0x12345678::INSTR",
    "PRLGX-ASRL0::/dev/ttyUSB9::INTFC",
    "RSNRP::0xe2::100122::INSTR",
];

/// Building the library takes a minute on a small machine.
const BUILD_LIMIT: Duration = Duration::from_secs(600);

pub fn trials() -> Vec<Trial> {
    let each = PROGRAMS.iter().flat_map(|&source| {
        let program = source.trim_end_matches(".c");
        [
            trial(format!("memory::{program}::every_class"), move || every_class(source)),
            trial(format!("memory::{program}::valgrind"), move || valgrind(source)),
            trial(format!("memory::{program}::address_sanitizer"), move || sanitizer(source)),
        ]
    });
    let complete = trial("memory::no_class_is_forgotten", no_class_is_forgotten);
    each.chain([complete]).collect()
}

/// The table above and the simulated instrument together have every kind of resource, except
/// those behind another VISA.
fn no_class_is_forgotten() -> Outcome {
    let (names, _instrument) = resources()?;
    let mut missing = Kinds::RESOURCE.without(Kinds::REMOTE);
    for name in names {
        match ResourceName::parse(&name) {
            Ok(parsed) => missing = missing.without(parsed.kind()),
            Err(error) => return failed(format!("{name}: {error:?}")),
        }
    }
    match missing.names().collect::<Vec<_>>()[..] {
        [] => Ok(()),
        ref forgotten => failed(format!("no resource of {forgotten:?}")),
    }
}

/// Resources of every class: fake ones, and a simulated instrument as long as it is kept.
fn resources() -> Outcome<(Vec<String>, Instrument)> {
    let instrument = Instrument::start(Config::default())?;
    let fake = CLASSES.iter().map(|&name| name.to_owned());
    Ok((fake.chain(instrument.resource_names()).collect(), instrument))
}

fn every_class(source: &str) -> Outcome {
    let built = programs::build(&format!("classes {source}"), source, &fake_library()?, &[])?;
    let (names, _instrument) = resources()?;
    programs::judge(Command::new(built.program).args(names).env("LD_LIBRARY_PATH", built.libraries))
}

/// Wrong accesses of any kind, and memory that nobody can free any more.
fn valgrind(source: &str) -> Outcome {
    let tool = process::installed("valgrind")?;
    let built = programs::build(&format!("valgrind {source}"), source, &fake_library()?, &[])?;
    let (names, _instrument) = resources()?;
    programs::judge(
        Command::new(tool)
            .args(["--quiet", "--error-exitcode=9", "--leak-check=full"])
            .args(["--show-leak-kinds=definite", "--errors-for-leak-kinds=definite"])
            .arg(built.program)
            .args(names)
            .env("LD_LIBRARY_PATH", built.libraries),
    )
}

/// The guards around the caller's buffers are the sanitizer's own here.
fn sanitizer(source: &str) -> Outcome {
    let flags = ["-fsanitize=address", "-fno-omit-frame-pointer"];
    let dir = cc::scratch(&format!("sanitizer probe {source}"))?;
    let probe = dir.join("probe.c");
    std::fs::write(&probe, "int main(void) { return 0; }\n")?;
    let mut cc = Command::new(process::installed("cc")?);
    if process::tool(cc.args(flags).arg(&probe).arg("-o").arg(dir.join("probe"))).is_err() {
        return lacking("this compiler has no address sanitizer");
    }
    let built = programs::build(&format!("sanitizer {source}"), source, &fake_library()?, &flags)?;
    let (names, _instrument) = resources()?;
    programs::judge(Command::new(built.program).args(names).env("LD_LIBRARY_PATH", built.libraries))
}

/// Our library with fake links, built once for all trials.
fn fake_library() -> Outcome<PathBuf> {
    static BUILT: OnceLock<Outcome<PathBuf>> = OnceLock::new();
    BUILT.get_or_init(build_fake_library).clone()
}

fn build_fake_library() -> Outcome<PathBuf> {
    let Some(cargo) = std::env::var_os("CARGO") else {
        return lacking("not started by cargo, which builds the library with fake links");
    };
    let tmp = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let target = tmp.parent().unwrap_or(tmp).join("fake");
    let mut command = Command::new(cargo);
    command.args(["build", "--lib", "--features", "fake-links", "--offline", "--target-dir"]);
    command.arg(&target).current_dir(env!("CARGO_MANIFEST_DIR"));
    let ended = process::run(&mut command, BUILD_LIMIT)?;
    if !ended.status.success() {
        return failed(format!("{command:?}\n{}", ended.said));
    }
    Ok(target.join("debug/libvisa.so"))
}
