#![forbid(unsafe_code)]
//! A search by a C program that loads the library.

use std::process::Command;
use std::time::Duration;

use crate::Outcome;
use crate::Stop;
use crate::cc;
use crate::net::alone;
use crate::process;
use crate::programs;
use crate::programs::Built;

/// The program, compiled for this trial.
pub struct Finder(Built);

/// What a search brought.
#[derive(Debug)]
pub struct Found {
    /// In the order of the list.
    pub names: Vec<String>,
    /// How long viFindRsrc took.
    pub took: Duration,
    /// What the trace says of sources that did not end well.
    pub notes: Vec<String>,
}

impl Finder {
    pub fn new() -> Outcome<Self> {
        programs::build(&alone::trial(), "net/find.c", &cc::library()?, &[]).map(Self)
    }

    /// The program as a command, without its expression, for a configuration or a trace of one's
    /// own.
    pub fn command(&self) -> Command {
        let mut command = self.0.run();
        // Elsewhere, tests leave the network alone.
        command.env("FERROVISA_LAN_SEARCH", "on").env("VISA_TRACE", "stderr");
        command
    }

    /// The same with VI_RS_ATTR_TCPIP_FIND_RSRC_MODE.
    pub fn find_in_mode(command: Command, expression: &str, mode: u32) -> Outcome<Found> {
        Self::run(command, &[expression, &mode.to_string()])
    }

    /// Searches as the command says.
    pub fn find_with(command: Command, expression: &str) -> Outcome<Found> {
        Self::run(command, &[expression])
    }

    fn run(mut command: Command, arguments: &[&str]) -> Outcome<Found> {
        let said = process::tool(command.args(arguments))?;
        let took = said.lines().find_map(|line| line.strip_prefix("took "));
        let took = took.and_then(|time| time.parse::<f64>().ok());
        let took = took.ok_or_else(|| Stop::Failed(format!("no time in {said}")))?;
        let names = said.lines().filter_map(|line| line.strip_prefix("found "));
        let names = names.map(str::to_owned).collect();
        let notes = said.lines().filter(|line| line.contains(" [")).map(str::to_owned).collect();
        Ok(Found { names, took: Duration::from_secs_f64(took / 1e3), notes })
    }

    /// Searches here, without a configuration.
    pub fn find(&self, expression: &str) -> Outcome<Found> {
        Self::find_with(self.command(), expression)
    }
}

impl Found {
    /// The names in order, for comparing.
    pub fn sorted(&self) -> Vec<String> {
        let mut names = self.names.clone();
        names.sort();
        names
    }
}
