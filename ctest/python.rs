#![forbid(unsafe_code)]
//! Python environments with packages from the index, made once and kept, so that later runs work
//! without a network.

use std::ffi::OsStr;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use parking_lot::Mutex;

use crate::Outcome;
use crate::lacking;
use crate::process;

/// Fetching takes seconds from a near index; a far one gets its chance.
const FETCH_LIMIT: Duration = Duration::from_secs(300);

/// A Python interpreter in whose environment `packages` are installed.
pub fn with(packages: &[&str]) -> Outcome<PathBuf> {
    // One at a time: trials that need the same environment wait for the first of them.
    static MAKING: Mutex<()> = Mutex::new(());
    let _making = MAKING.lock();
    let name = packages.join("+").replace(['=', '/'], "_");
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("python").join(name);
    let python = dir.join("bin/python");
    let complete = dir.join("complete");
    if complete.exists() {
        return Ok(python);
    }
    eprintln!("preparing Python with {} (once)", packages.join(", "));
    let base = process::installed("python3")?;
    run(Command::new(base).args(["-m", "venv", "--clear"]).arg(&dir), "python3 has no venv")?;
    let mut pip = Command::new(&python);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]).args(packages);
    run(&mut pip, "the package index is out of reach")?;
    std::fs::write(complete, "")?;
    Ok(python)
}

fn run(command: &mut Command, lack: &str) -> Outcome {
    let ended = process::run(command, FETCH_LIMIT)?;
    if ended.status.success() { Ok(()) } else { lacking(format!("{lack}: {}", ended.said.trim())) }
}

/// Runs a script of the project; it must exit with 0.
pub fn script(python: &Path, script: &str, arguments: &[impl AsRef<OsStr>]) -> Outcome {
    process::tool(&mut command(python, script, arguments)).map(drop)
}

/// What runs a script of the project.
pub fn command(python: &Path, script: &str, arguments: &[impl AsRef<OsStr>]) -> Command {
    let mut command = Command::new(python);
    command.arg(crate::cc::project(script)).args(arguments);
    // A library or configuration of the user's must not be what is tested.
    command.env_remove("PYVISA_LIBRARY").env("HOME", env!("CARGO_TARGET_TMPDIR"));
    command
}
