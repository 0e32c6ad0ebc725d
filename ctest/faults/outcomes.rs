#![forbid(unsafe_code)]
//! The table of outcomes, `OUTCOMES.md`: written from a run, and compared with later ones.

use std::fmt::Write;

use visa::consts::ViStatus;

use crate::Outcome;
use crate::cc;
use crate::failed;
use crate::faults::cell::Cell;
use crate::faults::cell::Seen;
use crate::faults::operation::OPERATIONS;
use crate::faults::protocol::Protocol;
use crate::faults::rules;
use crate::faults::rules::Next;
use crate::faults::run::faults;
use crate::faults::run::title;

const FILE: &str = "ctest/faults/OUTCOMES.md";

pub type Results = Vec<(Cell, Seen)>;

/// Whether what was seen is what the table says, but for the times.
pub fn agree(protocol: Protocol, results: &Results) -> Outcome {
    let text = std::fs::read_to_string(cc::project(FILE))?;
    let table = section(&text, protocol);
    let mut wrong = Vec::new();
    for (cell, seen) in results {
        let row = table.lines().find(|line| line.starts_with(&format!("| {} |", cell.fault.name)));
        let column = OPERATIONS.iter().position(|row| std::ptr::eq(row, cell.operation));
        let said = row.and_then(|row| row.split('|').nth(column? + 2)).unwrap_or("").trim();
        if without_time(said) != without_time(&entry(cell, seen)) {
            wrong.push(format!(
                "{}: {} in the table, now {}",
                title(cell),
                said,
                entry(cell, seen)
            ));
        }
    }
    if wrong.is_empty() { Ok(()) } else { failed(format!("{FILE}:\n{}", wrong.join("\n"))) }
}

/// The part about a protocol.
fn section(text: &str, protocol: Protocol) -> &str {
    let from = text.find(&format!("\n## {}\n", protocol.name())).map_or(text.len(), |at| at + 1);
    let rest = &text[from..];
    &rest[..rest.find("\n## ").unwrap_or(rest.len())]
}

/// What stands before the time.
fn without_time(entry: &str) -> String {
    let words = entry.split(' ').collect::<Vec<_>>();
    let time = words.iter().position(|word| *word == "ms");
    let kept = |at: usize| time.is_none_or(|ms| at != ms && at + 1 != ms);
    words.iter().enumerate().filter(|(at, _)| kept(*at)).map(|(_, word)| *word).collect()
}

fn entry(cell: &Cell, seen: &Seen) -> String {
    let next = match seen.next {
        Next::Right => String::new(),
        Next::Wrong => "; other".to_owned(),
        Next::RightAfterClear => "; viClear".to_owned(),
        Next::Refused(status) => format!("; {}", short(status)),
    };
    let expected = rules::expected(cell.fault, cell.protocol, cell.operation);
    let statuses = expected.map_or(vec![seen.status], |expected| expected.statuses);
    let statuses: Vec<_> = statuses.into_iter().map(short).collect();
    format!("{} {} ms{next}", statuses.join(" or "), seen.time.as_millis())
}

/// A status without what all of them begin with.
fn short(status: ViStatus) -> String {
    let name = visa::status::name(status).unwrap_or("?");
    let word = name.trim_start_matches("VI_ERROR_").trim_start_matches("VI_SUCCESS_");
    if word == "VI_SUCCESS" { "ok".to_owned() } else { word.to_owned() }
}

/// Writes the table anew.
pub fn write(all: &[(Protocol, Results)]) -> Outcome {
    let mut text = HEAD.to_owned();
    let add = |text: &mut String, line: &str| text.extend([line, "\n"]);
    for (protocol, results) in all {
        add(&mut text, &format!("\n## {}\n", protocol.name()));
        let names: Vec<_> = OPERATIONS.iter().map(|operation| operation.name).collect();
        add(&mut text, &format!("| fault | {} |", names.join(" | ")));
        add(&mut text, &format!("|---|{}", "---|".repeat(names.len())));
        for fault in faults().filter(|fault| fault.protocols.contains(protocol)) {
            let entries = OPERATIONS.iter().map(|operation| {
                let here = |(cell, _): &&(Cell, Seen)| {
                    std::ptr::eq(cell.operation, operation) && std::ptr::eq(cell.fault, fault)
                };
                results.iter().find(here).map_or_else(String::new, |(cell, seen)| entry(cell, seen))
            });
            let entries: Vec<_> = entries.collect();
            add(&mut text, &format!("| {} | {} |", fault.name, entries.join(" | ")));
        }
    }
    add(&mut text, "\n## The faults\n\n| fault | what the proxy does |\n|---|---|");
    for fault in faults() {
        let _ = writeln!(text, "| {} | {} |", fault.name, fault.what);
    }
    std::fs::write(cc::project(FILE), text)?;
    Ok(())
}

const HEAD: &str = "\
# What becomes of faults

Written by `cargo test --test ctest -- faults 5 write` from real runs: a proxy between the library
and a simulated instrument does the fault of the row during the operation of the column. The trials
`faults::` run every cell again and compare, but for the times.

An entry is the status of the operation, without VI_ERROR_ or VI_SUCCESS_, and its longest time.
Behind it stands what the next operation, a query, comes to, where that is not its own answer: a
status; *viClear*, its own answer after viClear and none or an earlier one's before; *other*,
whatever an endless stream brings. After an open that failed, and after viClose, the next operation is another
open and a query. Where there is no entry the fault finds nothing to strike.

The time of an operation is 400 ms; of viOpen 600 ms, of viEnableEvent 2000 ms, of viClose 1000 ms,
of the long viWrite 2000 ms. In each cell the operation has ended by then plus 100 ms, and when the
session was closed nothing was left of it: no descriptor, no thread, no connection, no link at the
instrument.
";
