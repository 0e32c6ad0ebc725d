#![forbid(unsafe_code)]
//! The unmodified PyVISA on the library: the scripts of `ctest/pyvisa`, and PyVISA's own tools.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use libtest_mimic::Trial;
use visa::sim::Config;
use visa::sim::Instrument;

use crate::Outcome;
use crate::cc;
use crate::failed;
use crate::fake;
use crate::process;
use crate::python;
use crate::trial;

/// The releases that the library is checked with: the present one and an old one that is still
/// in use.
pub const RELEASES: &[&str] = &["pyvisa==1.16.2", "pyvisa==1.11.3"];

pub fn trials() -> Vec<Trial> {
    RELEASES.iter().flat_map(|&release| trials_of(release)).collect()
}

fn trials_of(release: &'static str) -> Vec<Trial> {
    let name = |check: &str| format!("{}::{check}", release.replace("==", "_"));
    vec![
        trial(name("bindings"), || script(release, "bindings.py", &cc::library()?, &[])),
        trial(name("finding"), || script(release, "finding.py", &cc::library()?, &[])),
        trial(name("find_vectors"), || script(release, "find_vectors.py", &cc::library()?, &[])),
        trial(name("configuration"), || {
            with_instrument(release, "configuration.py", &cc::library()?)
        }),
        trial(name("defaults"), || with_serial(release, "defaults.py")),
        trial(name("examples"), || with_serial(release, "examples.py")),
        trial(name("serial"), || with_serial(release, "serial.py")),
        trial(name("async_io"), || with_instrument(release, "async_io.py", &cc::library()?)),
        trial(name("several"), || with_instrument(release, "several.py", &cc::library()?)),
        trial(name("events"), || with_instrument(release, "events.py", &cc::library()?)),
        trial(name("parallel"), || with_instrument(release, "parallel.py", &cc::library()?)),
        trial(name("processes"), || with_instrument(release, "processes.py", &cc::library()?)),
        trial(name("every_class"), || {
            with_instrument(release, "every_class.py", &fake::library()?)
        }),
        trial(name("pyvisa_info"), || info(release)),
        trial(name("pyvisa_shell"), || shell(release)),
    ]
}

fn with_instrument(release: &str, name: &str, library: &Path) -> Outcome {
    let instrument = Instrument::start(Config::default())?;
    script(release, name, library, &instrument.resource_names())
}

/// With a serial port besides, which sessions share and no other process has.
fn with_serial(release: &str, name: &str) -> Outcome {
    let library = &cc::library()?;
    let instrument = Instrument::start(Config { serial: true, ..Config::default() })?;
    script(release, name, library, &instrument.resource_names())
}

fn script(release: &str, name: &str, library: &Path, resources: &[String]) -> Outcome {
    let python = python::with(&[release])?;
    let library = library.to_string_lossy().into_owned();
    let arguments: Vec<_> = [library].into_iter().chain(resources.iter().cloned()).collect();
    python::script(&python, &format!("ctest/pyvisa/{name}"), &arguments)
}

/// A tool of PyVISA's, told to use our library.
fn tool(release: &str, name: &str) -> Outcome<Command> {
    let python = python::with(&[release])?;
    let mut command = Command::new(python.with_file_name(name));
    command.env("PYVISA_LIBRARY", cc::library()?).env("HOME", env!("CARGO_TARGET_TMPDIR"));
    Ok(command)
}

/// Vendor and versions are shown, and nothing is missing. The tool lists what .pyvisarc
/// names, not what the environment does.
fn info(release: &str) -> Outcome {
    let home = cc::scratch(&format!("pyvisa info {release}"))?;
    let settings = format!("[Paths]\nVISA library: {}\n", cc::library()?.display());
    std::fs::write(home.join(".pyvisarc"), settings)?;
    let said = process::tool(tool(release, "pyvisa-info")?.env("HOME", home))?;
    let shows = |what: &str| said.contains(what);
    if shows("Vendor: ferrovisa") && shows("Spec. Version") && !shows("Could not get more info") {
        return Ok(());
    }
    failed(said)
}

/// The shell opens each interface, shows all attributes, asks and closes.
fn shell(release: &str) -> Outcome {
    let instrument = Instrument::start(Config { serial: true, ..Config::default() })?;
    for name in instrument.resource_names() {
        let lines =
            format!("open {name}\nattr\ntimeout 3000\ntermchar LF LF\nquery *IDN?\nclose\nexit\n");
        let mut command = tool(release, "pyvisa-shell")?;
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut shell = command.spawn()?;
        shell.stdin.take().map(|mut input| input.write_all(lines.as_bytes())).transpose()?;
        let ended = shell.wait_with_output()?;
        let said = String::from_utf8_lossy(&ended.stdout);
        let own = if name.starts_with("ASRL") { "VI_ATTR_ASRL_BAUD" } else { "VI_ATTR_TCPIP_ADDR" };
        let complete = ["has been opened", own, "Ferrovisa,", "has been closed"];
        // 1.11 misspells a type of its own and stops in the middle of a HiSLIP listing.
        let stumbles =
            release.ends_with("1.11.3") && name.starts_with("TCPIP") && !name.ends_with("SOCKET");
        let missing = complete.iter().find(|part| !said.contains(**part) && !stumbles);
        if missing.is_some() || !ended.status.success() {
            let errors = String::from_utf8_lossy(&ended.stderr);
            return failed(format!("{name}: {missing:?} is missing in:\n{said}\n{errors}"));
        }
    }
    Ok(())
}
