#![forbid(unsafe_code)]
//! USB-serial adapters emulated by a process in the guest: this test program itself, started there
//! as `ctest adapters KIND:SERIAL... -- PROGRAM ARGUMENTS`. It plugs them in, runs the program,
//! and does meanwhile what comes on the sockets `/run/bench/SERIAL`: one command per connection
//! (`adapter.rs` lists them), one line in answer. It exits as the program did.

mod acm;
mod adapter;
mod device;
mod ftdi;
mod host;
mod line;
mod text;
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

use crate::lab::usbip::adapter::Adapter;

/// Where the adapters listen for commands.
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
    let mut adapters = Vec::new();
    for one in wanted {
        let (kind, serial) = one.split_once(':').ok_or_else(usage)?;
        let mut adapter = Adapter::new(kind, serial);
        adapter.plug()?;
        let path = Path::new(SOCKETS).join(serial);
        let listener = UnixListener::bind(&path)?;
        let adapter = Arc::new(Mutex::new(adapter));
        let served = adapter.clone();
        std::thread::spawn(move || serve(&listener, &served));
        adapters.push((adapter, path));
    }
    let (program, arguments) = program.split_first().ok_or_else(usage)?;
    let status = Command::new(program).args(arguments).status();
    for (adapter, path) in adapters {
        adapter.lock().unplug()?;
        fs::remove_file(path)?;
    }
    Ok(status?.code().unwrap_or(124))
}

fn serve(listener: &UnixListener, adapter: &Mutex<Adapter>) {
    for connection in listener.incoming().flatten() {
        // A client that leaves early has no use for the answer.
        let _ = answer(&connection, adapter);
    }
}

fn answer(mut connection: &UnixStream, adapter: &Mutex<Adapter>) -> io::Result<()> {
    let mut line = String::new();
    BufReader::new(connection).read_line(&mut line)?;
    let line = line.strip_suffix('\n').unwrap_or(&line);
    let answer = adapter.lock().command(line);
    let answer = answer.unwrap_or_else(|error| format!("error: {error}"));
    writeln!(connection, "{answer}")
}
