#![forbid(unsafe_code)]
//! `visa query`: one question, one answer.

use std::path::Path;
use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use serde_json::json;

use crate::answer;
use crate::failure::Result;
use crate::library::manager;
use crate::screen;
use crate::talk;
use crate::talk::Talk;

/// Arguments.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  visa query TCPIP::192.168.1.20::INSTR '*IDN?'
  visa query TCPIP::192.168.1.20::5025::SOCKET 'MEAS:VOLT:DC?' --timeout 10000
  visa query TCPIP::192.168.1.20::5025::SOCKET '*IDN?' --read-termination CR
  visa query TCPIP::192.168.1.20::hislip0::INSTR 'CURV?' --binary curve.bin")]
pub struct Query {
    /// Resource name
    resource: String,
    /// The command, sent as it is; quote it for the shell
    command: String,
    #[command(flatten)]
    talk: talk::Options,
    /// Store the data of a binary block (`#...`) in this file, `-` for stdout
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,
    /// Print one JSON object
    #[arg(long, conflicts_with = "binary")]
    pub json: bool,
}

/// Runs it.
///
/// # Errors
/// What VISA says.
pub fn run(args: &Query, lib: Option<&Path>) -> Result {
    let manager = manager(lib)?;
    let talk = Talk::open(&manager, &args.resource, &args.talk)?;
    let begin = Instant::now();
    talk.write(&args.command)?;
    if let Some(path) = &args.binary {
        let data = talk.read_block()?;
        answer::store(&data, path)?;
        eprintln!("{} bytes in {}", data.len(), screen::time(begin.elapsed()));
        return Ok(());
    }
    let message = talk.read(usize::MAX)?;
    if !args.json {
        return answer::print(&message);
    }
    println!(
        "{}",
        json!({
            "resource": args.resource,
            "command": args.command,
            "answer": answer::json(&message),
            "seconds": begin.elapsed().as_secs_f64(),
        })
    );
    Ok(())
}
