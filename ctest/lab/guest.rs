#![forbid(unsafe_code)]
//! Programs of this project in the guest, where they are found under the same paths as here.

use crate::Outcome;
use crate::cc;
use crate::failed;
use crate::lab;
use crate::lab::vm::Ended;
use crate::lacking;
use crate::programs;
use crate::programs::Built;

/// A program of `ctest/lab` to run in the guest.
pub struct Run<'a> {
    pub source: &'a str,
    pub arguments: &'a [&'a str],
    /// Emulated adapters that are plugged in meanwhile, as `KIND:SERIAL`.
    pub adapters: &'a [&'a str],
}

impl Run<'_> {
    /// Compiles it here, runs it there and takes its exit status for the outcome. `name` is the
    /// trial's.
    pub fn judge(&self, name: &str) -> Outcome {
        let built = programs::build(name, &format!("lab/{}", self.source), &cc::library()?, &[])?;
        let command = command(&built, self.arguments);
        judge(lab::run(&with_adapters(self.adapters, &command)?)?)
    }
}

/// Takes a program's exit status for the outcome.
pub fn judge(ended: Ended) -> Outcome {
    match ended.status {
        0 => Ok(()),
        programs::SKIPPED => lacking(ended.said().trim()),
        status => failed(format!("exit status {status}\n{}", ended.said())),
    }
}

/// A shell line that runs a compiled program.
pub fn command(built: &Built, arguments: &[&str]) -> String {
    let program = built.program.to_string_lossy();
    let words = [&*program].into_iter().chain(arguments.iter().copied());
    let words: Vec<_> = words.map(quoted).collect();
    let libraries = quoted(&built.libraries.to_string_lossy());
    format!("LD_LIBRARY_PATH={libraries} FERROVISA_CONFIG=/dev/null {}", words.join(" "))
}

/// A shell line that runs another with adapters plugged in.
pub fn with_adapters(adapters: &[&str], line: &str) -> Outcome<String> {
    if adapters.is_empty() {
        return Ok(line.to_owned());
    }
    let tests = std::env::current_exe()?;
    let tests = quoted(&tests.to_string_lossy());
    Ok(format!("{tests} adapters {} -- sh -c {}", adapters.join(" "), quoted(line)))
}

/// One word for the shell.
pub fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}
