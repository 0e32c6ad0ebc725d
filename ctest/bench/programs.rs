#![forbid(unsafe_code)]
//! The programs that take part, built on the spot.

use std::path::PathBuf;
use std::process::Command;

use crate::Outcome;
use crate::bench::options::Options;
use crate::cc;
use crate::process;

/// Where they are.
#[derive(Debug)]
pub struct Programs {
    pub library: PathBuf,
    pub instrument: PathBuf,
    pub visa: PathBuf,
    pub limit: PathBuf,
    pub lxi: PathBuf,
    pub syscalls: PathBuf,
}

impl Programs {
    /// Builds them, for the library that `options` name.
    pub fn build(options: &Options) -> Outcome<Self> {
        let library = options.library.clone().map_or_else(cc::library, Ok)?;
        // A name of its own for each process: tests run side by side.
        let dir = cc::scratch(&format!("bench {}", std::process::id()))?;
        let compile = |name: &str, sources: &[&str], libraries: &[&str]| {
            let program = dir.join(name);
            let mut command = Command::new(process::installed("cc")?);
            command.args(["-std=gnu99", "-O2", "-g", "-Wall", "-Wextra", "-Werror"]);
            // The headers' functions are for several programs, and none uses all.
            command.args(["-Wno-unused-function", "-I"]).arg(cc::project("include"));
            command.args(sources.iter().map(|source| cc::project("ctest/bench").join(source)));
            command.arg("-o").arg(&program).args(libraries);
            process::tool(&mut command).map(|_| program)
        };
        Ok(Self {
            library,
            instrument: compile("instrument", &["instrument.c"], &["-lpthread"])?,
            visa: compile("visa_bench", &["visa_bench.c", "client.c"], &["-ldl", "-lpthread"])?,
            limit: compile("limit", &["limit.c", "client.c"], &["-lpthread"])?,
            lxi: compile("lxi_bench", &["lxi_bench.c", "client.c"], &["-ldl", "-lpthread"])?,
            syscalls: compile("syscalls", &["syscalls.c"], &[])?,
        })
    }
}
