#![forbid(unsafe_code)]
//! Counting system calls, by the program `syscalls.c`.

use std::process::Command;

use crate::Outcome;
use crate::bench::clients;
use crate::bench::clients::Who;
use crate::bench::instrument::{Instrument, Protocol};
use crate::bench::programs::Programs;
use crate::failed;
use crate::process;

/// Queries that are counted.
const QUERIES: u64 = 100;

/// System calls of `QUERIES` queries, and how many of each number, as JSON.
pub fn count(
    who: Who,
    protocol: Protocol,
    programs: &Programs,
    instrument: &Instrument,
) -> Outcome<(f64, String)> {
    let client = clients::command(who, protocol, 0, programs, instrument)?;
    let mut command = Command::new(&programs.syscalls);
    command.arg(client.get_program()).args(client.get_args()).arg(format!("syscalls {QUERIES}"));
    let said = process::tool(&mut command)?;
    // What the client itself says comes behind, on standard error.
    let line = said.lines().find(|line| line.contains("\"total\"")).unwrap_or_default();
    let counted: serde_json::Value = serde_json::from_str(line).unwrap_or_default();
    match counted["total"].as_f64() {
        Some(total) => Ok((total / QUERIES as f64, counted["numbers"].to_string())),
        None => failed(format!("no count: {said}")),
    }
}
