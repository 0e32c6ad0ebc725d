#![forbid(unsafe_code)]
//! The demo's Python program: PyVISA from the package index, in a virtual environment of its own.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::demo::Bench;
use crate::demo::Part;
use crate::demo::child;
use crate::demo::child::Ended;
use crate::demo::done;
use crate::demo::failed;
use crate::demo::judge;
use crate::demo::left_out;
use crate::failure::Result;
use crate::screen::Progress;

const PROGRAM: &str = include_str!("demo.py");
/// The version that the library is tested with.
const PYVISA: &str = "1.16.2";
const LIMIT: Duration = Duration::from_secs(60);
/// Fetching may go over a slow line.
const FETCH_LIMIT: Duration = Duration::from_secs(300);

/// Prepares the environment and runs the program.
///
/// # Errors
/// The file system's.
pub fn run(bench: &Bench, fresh: bool) -> Result<Part> {
    let Some((python, version)) = python() else {
        let hint = "install it: `apt install python3-venv`, `dnf install python3`";
        return Ok(left_out("python", "neither python3 nor python is there", hint));
    };
    let environment = bench.folder.join("demo-venv");
    let inside = environment.join("bin/python");
    let ready = if fresh { None } else { pyvisa(&inside) };
    let at = environment.display();
    if let Some(ended) = ready {
        done("environment", &format!("PyVISA {PYVISA} in {at}, made earlier"), ended.time);
    } else {
        match prepare(python, &environment)? {
            Ok(time) => {
                let what = format!("PyVISA {PYVISA} with Python {version} in {at}");
                done("environment", &what, time);
            }
            Err(part) => return Ok(part),
        }
    }
    let script = bench.folder.join("demo/demo.py");
    fs::write(&script, PROGRAM)?;
    // -I: no PYTHONPATH, no user packages; only what the environment holds.
    let mut program = Command::new(&inside);
    program.arg("-I").arg(&script).arg(&bench.library).args(&bench.resources);
    Ok(judge(bench, &child::run(&mut program, LIMIT, |_| ())?))
}

/// The first Python 3 that there is, and its version.
fn python() -> Option<(&'static str, String)> {
    let script = "import sys; print('%d.%d.%d' % sys.version_info[:3])";
    ["python3", "python"].into_iter().find_map(|name| {
        let ended = child::run(Command::new(name).args(["-I", "-c", script]), LIMIT, |_| ());
        let ended = ended.ok().filter(|ended| ended.success && ended.output.starts_with('3'))?;
        Some((name, ended.output.trim().to_owned()))
    })
}

/// Whether that Python has the right PyVISA.
fn pyvisa(python: &Path) -> Option<Ended> {
    let script = "import pyvisa; print(pyvisa.__version__)";
    let ended = child::run(Command::new(python).args(["-I", "-c", script]), LIMIT, |_| ()).ok()?;
    (ended.success && ended.output.trim() == PYVISA).then_some(ended)
}

/// Makes the environment and fetches PyVISA into it; returns how long that took.
fn prepare(python: &str, environment: &Path) -> Result<std::result::Result<Duration, Part>> {
    let mut progress = Progress::new();
    progress.say("making a virtual environment");
    let mut make = Command::new(python);
    make.args(["-I", "-m", "venv", "--clear"]).arg(environment);
    let made = child::run(&mut make, LIMIT, |_| ())?;
    if !made.success {
        drop(progress);
        let said = format!("{}{}", made.output, made.errors);
        // Debian ships venv as a package of its own.
        if said.contains("ensurepip") || said.contains("No module named venv") {
            let why = "this Python cannot make virtual environments";
            return Ok(Err(left_out("environment", why, "`apt install python3-venv`")));
        }
        return Ok(Err(failed("environment", &made)));
    }
    progress.say(&format!("fetching PyVISA {PYVISA} from the package index"));
    let mut fetch = Command::new(environment.join("bin/python"));
    fetch.args(["-I", "-m", "pip", "install", "--no-input", "--disable-pip-version-check"]);
    fetch
        .args(["--retries", "1", "--timeout", "15", "--progress-bar", "off"])
        .arg(format!("pyvisa=={PYVISA}"));
    let fetched = child::run(&mut fetch, FETCH_LIMIT, |line| progress.say(line.trim()))?;
    drop(progress);
    if fetched.success {
        return Ok(Ok(made.time + fetched.time));
    }
    Ok(Err(match unreachable(&fetched) {
        true => {
            let hint = "once with a network is enough: the environment is kept for later runs";
            let said = fetched.complaint();
            let why = format!("pip gets no PyVISA from the package index ({said})");
            left_out("environment", &why, hint)
        }
        false => failed("environment", &fetched),
    }))
}

/// Whether pip failed because it did not get at the package index, or found no such package there.
fn unreachable(pip: &Ended) -> bool {
    pip.errors.contains("No matching distribution found")
        || pip.errors.contains("Could not find a version")
        || pip.errors.contains("Max retries exceeded")
        || pip.errors.contains("stopped after")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pip(errors: &str) -> Ended {
        Ended {
            success: false,
            output: String::new(),
            errors: errors.to_owned(),
            time: Duration::ZERO,
        }
    }

    #[test]
    fn a_missing_index_is_not_a_failure_but_a_full_disk_is() {
        let missing = "ERROR: No matching distribution found for pyvisa==1.16.2";
        assert!(unreachable(&pip(missing)));
        assert!(!unreachable(&pip("OSError: [Errno 28] No space left on device")));
    }
}
