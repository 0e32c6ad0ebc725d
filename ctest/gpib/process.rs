#![forbid(unsafe_code)]
//! The bench as a process of its own: this test program, started as
//! `ctest gpib [--cuse] -- PROGRAM ARGUMENTS`. It runs the program with a bench, and exits as the
//! program did. With `--cuse` there is `/dev/gpib0` instead of the driver's socket.

use std::io;
use std::process::Command;

use crate::gpib::bench::Bench;
use crate::gpib::bench::Board;
use crate::gpib::bench::FOLDER;
use crate::gpib::cuse;
use crate::gpib::stand_in::INSTRUMENTS;

/// The status to exit with.
pub fn main(arguments: &[String]) -> i32 {
    run(arguments).unwrap_or_else(|error| {
        eprintln!("gpib: {error}");
        125
    })
}

fn run(arguments: &[String]) -> io::Result<i32> {
    let usage = || io::Error::other("usage: gpib [--cuse] -- PROGRAM ARGUMENTS");
    let split = arguments.iter().position(|word| word == "--").ok_or_else(usage)?;
    let as_device = match &arguments[..split] {
        [] => false,
        [word] if word == "--cuse" => true,
        _ => return Err(usage()),
    };
    let (program, arguments) = arguments[split + 1..].split_first().ok_or_else(usage)?;
    let folder = std::env::temp_dir().join(format!("ferrovisa-gpib-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let board = if as_device { Board::Elsewhere } else { Board::Socket };
    let bench = Bench::start(&folder, &INSTRUMENTS, board)?;
    if as_device {
        cuse::start(&bench.driver)?;
    }
    let status = Command::new(program).args(arguments).env(FOLDER, &folder).status();
    drop(bench);
    // The program's outcome counts.
    let _ = std::fs::remove_dir_all(&folder);
    Ok(status?.code().unwrap_or(124))
}
