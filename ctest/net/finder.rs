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
        command.env("FERROVISA_LAN_SEARCH", "on");
        command
    }

    /// Searches as the command says.
    pub fn find_with(mut command: Command, expression: &str) -> Outcome<Found> {
        let said = process::tool(command.arg(expression))?;
        let took = said.lines().find_map(|line| line.strip_prefix("took "));
        let took = took.and_then(|time| time.parse::<f64>().ok());
        let took = took.ok_or_else(|| Stop::Failed(format!("no time in {said}")))?;
        let names = said.lines().filter_map(|line| line.strip_prefix("found "));
        let names = names.map(str::to_owned).collect();
        Ok(Found { names, took: Duration::from_secs_f64(took / 1e3) })
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
