#![forbid(unsafe_code)]
//! The tables of outcomes, `OUTCOMES.md`: written from a run, and compared with later ones.

use std::fmt;
use std::fmt::Write;

use visa::consts::ViStatus;

use crate::Outcome;
use crate::cc;
use crate::failed;
use crate::faults::cell::Cell;
use crate::faults::cell::Seen;
use crate::faults::fault::Fault;
use crate::faults::mdns;
use crate::faults::operation::OPERATIONS;
use crate::faults::portmapper;
use crate::faults::protocol::Protocol;
use crate::faults::rules;
use crate::faults::rules::Next;
use crate::faults::run;

const FILE: &str = "ctest/faults/OUTCOMES.md";

/// What the file begins with.
const HEAD: &str = include_str!("outcomes_head.md");

/// What became of some faults.
pub struct Table {
    title: &'static str,
    columns: Vec<&'static str>,
    entries: Vec<Entry>,
}

/// One cell: the fault, the operation, and what became of it.
struct Entry {
    fault: String,
    operation: String,
    text: String,
}

impl Table {
    pub fn of_protocol(protocol: Protocol, results: &[(Cell, Seen)]) -> Self {
        let columns = OPERATIONS.iter().map(|operation| operation.name).collect();
        let lines: Vec<_> = results.iter().map(|(cell, seen)| Self::line(cell, seen)).collect();
        Self { title: protocol.name(), columns, entries: entries(&lines.join("\n")) }
    }

    /// One of these lines.
    pub fn of_lines(title: &'static str, columns: &[&'static str], lines: &str) -> Self {
        Self { title, columns: columns.to_vec(), entries: entries(lines) }
    }

    /// A cell as a line.
    pub fn line(cell: &Cell, seen: &Seen) -> String {
        format!("{}\t{}\t{}", cell.fault.name, cell.operation.name, shown(cell, seen))
    }

    fn entry(&self, fault: &str, column: &str) -> &str {
        let here = |entry: &&Entry| entry.fault == fault && entry.operation == column;
        self.entries.iter().find(here).map_or("", |entry| &entry.text)
    }

    /// Whether the file says the same, but for the times.
    pub fn agrees(&self) -> Outcome {
        let text = std::fs::read_to_string(cc::project(FILE))?;
        let section = section(&text, self.title);
        let mut wrong = Vec::new();
        for Entry { fault, operation, text } in &self.entries {
            let row = section.lines().find(|line| line.starts_with(&format!("| {fault} |")));
            let column = self.columns.iter().position(|column| column == operation);
            let said = row.and_then(|row| row.split('|').nth(column? + 2)).unwrap_or("").trim();
            if without_time(said) != without_time(text) {
                wrong
                    .push(format!("{operation}, {fault}: \"{said}\" in the table, now \"{text}\""));
            }
        }
        match wrong[..] {
            [] if !self.entries.is_empty() => Ok(()),
            [] => failed("nothing was run"),
            _ => failed(format!("{FILE}, {}:\n{}", self.title, wrong.join("\n"))),
        }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {} cells", self.title, self.entries.len())?;
        let mut lines = self.entries.iter();
        lines.try_for_each(|entry| {
            writeln!(f, "  {}, {}: {}", entry.operation, entry.fault, entry.text)
        })
    }
}

fn entries(lines: &str) -> Vec<Entry> {
    let entry = |line: &str| {
        let mut words = line.split('\t').map(str::to_owned);
        Some(Entry { fault: words.next()?, operation: words.next()?, text: words.next()? })
    };
    lines.lines().filter_map(entry).collect()
}

/// The part of the file under a title.
fn section<'a>(text: &'a str, title: &str) -> &'a str {
    let from = text.find(&format!("\n## {title}\n")).map_or(text.len(), |at| at + 1);
    let rest = &text[from..];
    &rest[..rest.find("\n## ").unwrap_or(rest.len())]
}

/// An entry without the number before "ms".
fn without_time(entry: &str) -> Vec<&str> {
    let words: Vec<_> = entry.split([' ', ';']).collect();
    let time = words.iter().position(|word| *word == "ms");
    let kept = |at: usize| time.is_none_or(|ms| at + 1 != ms);
    words.iter().enumerate().filter(|(at, _)| kept(*at)).map(|(_, word)| *word).collect()
}

fn shown(cell: &Cell, seen: &Seen) -> String {
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

/// Each fault once, in order.
fn all_faults() -> impl Iterator<Item = &'static Fault> {
    run::faults().chain(portmapper::LIES)
}

/// The names of all that a table may have, in its order.
fn names(table: &Table) -> Vec<&'static str> {
    if table.title == mdns::TITLE {
        return mdns::faults().map(|(name, _)| name).collect();
    }
    all_faults().map(|fault| fault.name).collect()
}

/// Writes the file anew.
pub fn write(tables: &[Table]) -> Outcome {
    let mut text = HEAD.to_owned();
    let mut add = |line: &str| text.extend([line, "\n"]);
    for table in tables {
        add(&format!("\n## {}\n", table.title));
        add(&format!("| fault | {} |", table.columns.join(" | ")));
        add(&format!("|---|{}", "---|".repeat(table.columns.len())));
        for fault in names(table) {
            let entries: Vec<_> =
                table.columns.iter().map(|column| table.entry(fault, column)).collect();
            if entries.iter().any(|entry| !entry.is_empty()) {
                add(&format!("| {fault} | {} |", entries.join(" | ")));
            }
        }
    }
    add("\n## The faults\n\n| fault | what the proxy does |\n|---|---|");
    for fault in all_faults() {
        let _ = writeln!(text, "| {} | {} |", fault.name, fault.what);
    }
    text += "\n## The faults of responders\n\n| fault | what the responder does |\n|---|---|\n";
    for (name, what) in mdns::faults() {
        let _ = writeln!(text, "| {name} | {what} |");
    }
    std::fs::write(cc::project(FILE), text)?;
    Ok(())
}
