#![forbid(unsafe_code)]
//! The stand-in for linux-gpib's library: built here, and tested by `stand_in.c` before anything is
//! tested with it.

use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering;

use libtest_mimic::Trial;
use visa::sim::gpib::Address;

use crate::Outcome;
use crate::cc;
use crate::gpib::bench;
use crate::gpib::bench::Bench;
use crate::gpib::bench::Board;
use crate::process;
use crate::programs;
use crate::trial;

/// Its parts, in `libgpib/`.
const PARTS: &[&str] =
    &["board.c", "device.c", "lines.c", "list.c", "settings.c", "status.c", "transfer.c"];

/// Under what names programs load it: linux-gpib's, and those of NI-488.2.
const NAMES: &[&str] = &["libgpib.so.0", "libgpib.so", "libgpibapi.so"];

/// Where there are instruments on every bench.
pub const INSTRUMENTS: [Address; 3] = [Address::new(5), Address::new(9), Address::extended(12, 3)];

/// The checks of `stand_in.c`.
pub const CHECKS: &[&str] = &[
    "transfers",
    "strings",
    "timeouts",
    "errors",
    "commands",
    "service",
    "background",
    "lists",
    "control",
    "sharing",
];

pub fn trials() -> Vec<Trial> {
    let each = CHECKS.iter().map(|&check| {
        let name = format!("gpib::stand_in::{check}");
        trial(name.clone(), move || {
            let dir = cc::scratch(&name)?;
            let program = program(&dir, "stand_in.c", &library(&dir)?)?;
            let bench = Started::new()?;
            programs::judge(bench.command(&program, &dir).arg(check))
        })
    });
    each.collect()
}

/// Builds the stand-in into `dir`, under all its names.
pub fn library(dir: &Path) -> Outcome<PathBuf> {
    let file = dir.join(NAMES[0]);
    let mut command = Command::new(process::installed("cc")?);
    command.args(["-std=c99", "-g", "-O1", "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared"]);
    command.args(["-fvisibility=hidden", &format!("-Wl,-soname,{}", NAMES[0])]);
    let folder = cc::project("ctest/gpib/libgpib");
    command.args(PARTS.iter().map(|part| folder.join(part)));
    command.arg("-o").arg(&file).arg("-lpthread");
    process::tool(&mut command)?;
    for name in &NAMES[1..] {
        std::os::unix::fs::symlink(NAMES[0], dir.join(name))?;
    }
    Ok(file)
}

/// Compiles a program of this folder into `dir`, linked with the stand-in.
pub fn program(dir: &Path, source: &str, library: &Path) -> Outcome<PathBuf> {
    compiled(dir, source, &[library])
}

/// The same for one that needs nothing.
pub fn plain_program(dir: &Path, source: &str) -> Outcome<PathBuf> {
    compiled(dir, source, &[])
}

fn compiled(dir: &Path, source: &str, libraries: &[&Path]) -> Outcome<PathBuf> {
    let out = dir.join(Path::new(source).file_stem().unwrap_or_default());
    let mut command = Command::new(process::installed("cc")?);
    command.args(["-std=c99", "-D_GNU_SOURCE", "-g", "-O1", "-Wall", "-Wextra", "-Werror"]);
    command.arg("-I").arg(cc::project("include"));
    command.arg(cc::project("ctest/gpib").join(source)).arg("-o").arg(&out);
    command.args(libraries).arg("-lpthread");
    process::tool(&mut command)?;
    Ok(out)
}

/// A bench in this process, with a folder for its sockets.
pub struct Started {
    _bench: Bench,
    folder: PathBuf,
}

impl Drop for Started {
    fn drop(&mut self) {
        // What is left of it is in the system's folder for such things.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Started {
    pub fn new() -> Outcome<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::SeqCst);
        // Paths of sockets are short.
        let name = format!("ferrovisa-gpib-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder)?;
        Ok(Self { _bench: Bench::start(&folder, &INSTRUMENTS, Board::Socket)?, folder })
    }

    /// A program that finds the bench, and the stand-in in `libraries`.
    pub fn command(&self, program: &Path, libraries: &Path) -> Command {
        let mut command = Command::new(program);
        command.env(bench::FOLDER, &self.folder).env("LD_LIBRARY_PATH", libraries);
        command
    }

    /// A configuration with board 0: linux-gpib's library does not say which boards there are, and
    /// its devices are not there.
    pub fn configuration(&self) -> Outcome<PathBuf> {
        let path = self.folder.join("config.toml");
        std::fs::write(&path, "[gpib]\n0 = \"libgpib\"\n")?;
        Ok(path)
    }
}
