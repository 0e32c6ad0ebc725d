#![forbid(unsafe_code)]
//! USB devices emulated by a process in the guest: this test program itself, started there as
//! `ctest adapters KIND:SERIAL... -- PROGRAM ARGUMENTS` (`kind.rs` lists the kinds). It plugs them
//! in, runs the program, and does meanwhile what comes on the sockets `/run/bench/SERIAL`: one
//! command per connection (`unit.rs` lists them), one line in answer. It exits as the program did.

mod descriptor;
mod device;
mod faults;
mod function;
mod host;
mod kind;
mod raw;
mod serial;
mod text;
mod tmc;
mod unit;
mod wire;

use std::fs;
use std::io;
use std::io::BufRead;
use std::io::BufReader;
use std::io::Write;
use std::os::unix::net::UnixListener;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use parking_lot::Mutex;

use crate::lab::usbip::unit::Unit;

/// Where the devices listen for commands.
const SOCKETS: &str = "/run/bench";

/// The process in the guest; the status to exit with.
pub fn main(arguments: &[String]) -> i32 {
    run(arguments).unwrap_or_else(|error| {
        eprintln!("adapters: {error}");
        125
    })
}

fn run(arguments: &[String]) -> io::Result<i32> {
    let usage = || io::Error::other("usage: adapters KIND:SERIAL... -- PROGRAM ARGUMENTS");
    let split = arguments.iter().position(|word| word == "--").ok_or_else(usage)?;
    let (wanted, program) = (&arguments[..split], &arguments[split + 1..]);
    fs::create_dir_all(SOCKETS)?;
    let mut units = Vec::new();
    for one in wanted {
        let (kind, serial) = one.split_once(':').ok_or_else(usage)?;
        let mut unit = Unit::new(kind, serial);
        unit.plug()?;
        let path = Path::new(SOCKETS).join(serial);
        let listener = UnixListener::bind(&path)?;
        let unit = Arc::new(Mutex::new(unit));
        let served = unit.clone();
        std::thread::spawn(move || serve(&listener, &served));
        units.push((unit, path));
    }
    let (program, arguments) = program.split_first().ok_or_else(usage)?;
    let status = Command::new(program).args(arguments).status();
    for (unit, path) in units {
        unit.lock().unplug()?;
        fs::remove_file(path)?;
    }
    Ok(status?.code().unwrap_or(124))
}

fn serve(listener: &UnixListener, unit: &Mutex<Unit>) {
    for connection in listener.incoming().flatten() {
        // A client that leaves early has no use for the answer.
        let _ = answer(&connection, unit);
    }
}

fn answer(mut connection: &UnixStream, unit: &Mutex<Unit>) -> io::Result<()> {
    let mut line = String::new();
    BufReader::new(connection).read_line(&mut line)?;
    let line = line.strip_suffix('\n').unwrap_or(&line);
    let answer = unit.lock().command(line);
    let answer = answer.unwrap_or_else(|error| format!("error: {error}"));
    writeln!(connection, "{answer}")
}
