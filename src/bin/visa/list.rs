#![forbid(unsafe_code)]
//! `visa list`: what is there.

use std::fs::OpenOptions;
use std::path::Path;

use clap::Args;
use serde_json::json;
use visa::iface::obstacle;
use visa::rsrc::ResourceName;

use crate::abi::Manager;
use crate::failure::Exit;
use crate::failure::Failure;
use crate::failure::Result;
use crate::library;
use crate::screen::Progress;

/// Arguments.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  visa list                        all that is found
  visa list 'TCPIP?*INSTR'         by name: ? any character, * repeats, [abc], (a|b), + repeats
  visa list --json | jq -r '.resources[]'

The VISA library decides where it looks. This one lists serial ports, USB devices and what its
configuration file names; it does not search the network yet. An instrument that no list shows can
still be opened by its name. What your user may not open is listed with a note that says what helps.

Exit code 3 when nothing was found.")]
pub struct List {
    /// What to look for: a viFindRsrc expression
    #[arg(default_value = "?*")]
    expression: String,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// Runs it.
///
/// # Errors
/// Exit code 3 when nothing was found.
pub fn run(args: &List, lib: Option<&Path>) -> Result {
    let manager = manager(lib)?;
    // Left out of the list by the library, without a word: other libraries have other files.
    if lib.is_none() {
        for problem in visa::config::load().problems() {
            eprintln!("warning: {problem}");
        }
    }
    let mut progress = Progress::new();
    progress.say("looking for instruments");
    let found = manager.find(&args.expression);
    drop(progress);
    let found = found.map_err(|fault| Failure::visa(&fault, &args.expression))?;
    if args.json && !found.is_empty() {
        println!("{}", json!({ "resources": found }));
    } else {
        found.iter().for_each(|name| println!("{name}"));
    }
    if lib.is_none() {
        for name in &found {
            let parsed = ResourceName::parse(name).ok();
            let config = visa::config::load();
            if let Some(found) = parsed.and_then(|name| obstacle::of(&name, &config)) {
                eprintln!("note: {name}: {}; {}", found.why, found.help);
            }
        }
    }
    match found[..] {
        [] => Err(Failure {
            exit: Exit::Nothing,
            ..Failure::new(format!("nothing found for {}", args.expression))
                .hint("`visa idn TCPIP::ADDRESS::INSTR` asks an instrument directly")
                .hint("~/.config/ferrovisa/config.toml can name instruments for the list")
                .hint("`visa sim` starts one in software")
        }),
        _ => Ok(()),
    }
}

/// Loads the library and opens its resource manager.
///
/// # Errors
/// Exit code 4 when there is no library.
pub fn manager(lib: Option<&Path>) -> Result<Manager> {
    warn_of_trace();
    let library = library::load(lib)?;
    let name = library.path().display().to_string();
    Manager::open(library).map_err(|fault| Failure::visa(&fault, &name))
}

/// A library does not speak up in its host program: a trace that cannot be written is silently off.
fn warn_of_trace() {
    let Some(path) = std::env::var_os("VISA_TRACE") else { return };
    if path.is_empty() || path == "stderr" {
        return;
    }
    if let Err(error) = OpenOptions::new().append(true).create(true).open(&path) {
        eprintln!("warning: VISA_TRACE={}: {error}; no trace", path.display());
    }
}
