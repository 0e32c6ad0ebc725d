#![forbid(unsafe_code)]
//! `visa write`: a command without an answer.

use std::path::Path;

use clap::Args;
use serde_json::json;

use crate::failure::Failure;
use crate::failure::Result;
use crate::library::manager;
use crate::talk;
use crate::talk::Talk;

/// Arguments.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  visa write TCPIP::192.168.1.20::INSTR '*RST'
  visa write TCPIP::192.168.1.20::5025::SOCKET 'OUTP ON' --write-termination CRLF
  visa write --clear GPIB0::8::INSTR '*CLS'         viClear first, for a device that hangs")]
pub struct Write {
    /// Resource name
    resource: String,
    /// The commands, sent as they are, one message each; quote them for the shell
    #[arg(required = true, value_name = "COMMAND")]
    commands: Vec<String>,
    /// Clear the device (viClear) first
    #[arg(long)]
    clear: bool,
    #[command(flatten)]
    send: talk::Sending,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// Runs it.
///
/// # Errors
/// What VISA says.
pub fn run(args: &Write, lib: Option<&Path>) -> Result {
    let manager = manager(lib)?;
    let options = talk::Options { send: args.send.clone(), read_termination: None };
    let talk = Talk::open(&manager, &args.resource, &options)?;
    if args.clear {
        let cleared = talk.session().clear();
        cleared.map_err(|fault| Failure::visa(&fault, &args.resource))?;
    }
    let mut bytes = 0;
    for command in &args.commands {
        bytes += talk.write(command)?;
    }
    if args.json {
        let (resource, commands) = (&args.resource, &args.commands);
        println!("{}", json!({ "resource": resource, "commands": commands, "bytes": bytes }));
    }
    Ok(())
}
