#![forbid(unsafe_code)]
//! `visa read`: what an instrument sends unasked, or the answer to an earlier `visa write`.

use std::path::Path;
use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::answer;
use crate::failure::Result;
use crate::library::manager;
use crate::talk;
use crate::talk::Talk;

/// Arguments.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  visa read ASRL1::INSTR --timeout inf          the next line that a device sends
  visa read GPIB0::8::INSTR --count 512 > part

Over the network each run is a connection of its own, and most instruments forget a pending answer
when a connection closes: use `visa query` there.")]
pub struct Read {
    /// Resource name
    resource: String,
    /// Stop after this many bytes [default: at the end of the message]
    #[arg(long, value_name = "BYTES", value_parser = clap::value_parser!(u64).range(1..))]
    count: Option<u64>,
    #[command(flatten)]
    talk: talk::Options,
    /// Store the data of a binary block (`#...`) in this file, `-` for stdout
    #[arg(long, value_name = "FILE", conflicts_with = "count")]
    binary: Option<PathBuf>,
    /// Print one JSON object
    #[arg(long, conflicts_with = "binary")]
    pub json: bool,
}

/// Runs it.
///
/// # Errors
/// What VISA says.
pub fn run(args: &Read, lib: Option<&Path>) -> Result {
    let manager = manager(lib)?;
    let talk = Talk::open(&manager, &args.resource, &args.talk)?;
    if let Some(path) = &args.binary {
        return answer::store(&talk.read_block()?, path);
    }
    let limit = args.count.map_or(usize::MAX, |count| usize::try_from(count).unwrap_or(usize::MAX));
    let message = talk.read(limit)?;
    if args.json {
        let answer = answer::json(&message);
        println!("{}", json!({ "resource": args.resource, "answer": answer }));
        return Ok(());
    }
    answer::print(&message)
}
