#![forbid(unsafe_code)]
//! The fault harness: a proxy between the library and an instrument does wrong in every way that a
//! row of a table says, during every operation, over SOCKET, VXI-11 and HiSLIP. Each cell runs in a
//! process of its own, and must end in time, with the status that follows from the rules, with
//! nothing left, and with a next operation that is right or plainly refused.
//!
//! | file | what |
//! |---|---|
//! | `fault.rs` | what a fault is, and what it can come to |
//! | `table.rs`, `lies.rs` | the faults: of connections, of what an instrument says |
//! | `operation.rs` | the operations |
//! | `rules.rs` | from faults to statuses |
//! | `protocol.rs` | messages on the wire |
//! | `proxy/` | the proxy |
//! | `worker.c`, `worker.rs` | the process that calls the library |
//! | `cell.rs` | one fault during one operation |
//! | `run.rs` | many of them side by side |
//! | `portmapper.rs` | the proxy before the portmapper |
//! | `mdns/` | responders of multicast DNS that do wrong |
//! | `outcomes.rs`, `OUTCOMES.md` | the tables of outcomes, which the trials hold up to date |
//!
//! The trials run each cell once. `cargo test --test ctest -- faults 5 write` runs each five times
//! and writes the tables anew.

mod cell;
mod fault;
mod lies;
mod mdns;
mod operation;
mod outcomes;
mod portmapper;
mod protocol;
mod proxy;
mod rules;
mod run;
mod table;
mod worker;

use libtest_mimic::Trial;

use crate::Outcome;
use crate::Stop;
use crate::faults::outcomes::Table;
use crate::faults::protocol::Protocol;
use crate::trial;

pub fn trials() -> Vec<Trial> {
    let of = |protocol: Protocol| {
        let name = format!("faults::{}", protocol.name().to_lowercase().replace('-', ""));
        trial(name, move || table(protocol, 1, None)?.agrees())
    };
    let portmapper = trial("faults::portmapper", || portmapper::table(1)?.agrees());
    let mdns = trial("faults::mdns", || mdns::table(1)?.agrees());
    Protocol::ALL.into_iter().map(of).chain([portmapper, mdns]).collect()
}

/// Runs the cells of a protocol so many times, or only those with `word` in their title.
fn table(protocol: Protocol, times: usize, word: Option<&str>) -> Outcome<Table> {
    let mut cells = run::of_protocol(protocol);
    cells.retain(|cell| word.is_none_or(|word| run::title(cell).contains(word)));
    Ok(Table::of_protocol(protocol, &run::cells(&cells, times)?))
}

/// The long form: `faults [TIMES] [write] [WORD]`; with a word only the cells that have it in their
/// title. The status to exit with.
pub fn main(words: &[String]) -> i32 {
    let times = words.iter().find_map(|word| word.parse().ok()).unwrap_or(1);
    let done = match words.first().map(String::as_str) {
        Some(portmapper::IN_NAMESPACE) => portmapper::main(times),
        Some(mdns::IN_NAMESPACE) => mdns::main(times),
        Some(mdns::RESPONDER) => mdns::responder(&words[1..]),
        _ => long_form(words, times),
    };
    match done {
        Ok(()) => 0,
        Err(Stop::Failed(why) | Stop::Lacking(why)) => {
            eprintln!("{why}");
            1
        }
    }
}

fn long_form(words: &[String], times: usize) -> Outcome {
    let writes = words.iter().any(|word| word == "write");
    let is_word = |word: &&String| *word != "write" && word.parse::<usize>().is_err();
    if let Some(word) = words.iter().find(is_word) {
        for protocol in Protocol::ALL {
            println!("{}", table(protocol, times, Some(word))?);
        }
        return Ok(());
    }
    let of = |protocol| table(protocol, times, None).inspect(|table| println!("{table}"));
    let mut tables = Protocol::ALL.into_iter().map(of).collect::<Outcome<Vec<_>>>()?;
    for more in [portmapper::table, mdns::table] {
        tables.push(more(times).inspect(|table| println!("{table}"))?);
    }
    if writes { outcomes::write(&tables) } else { Ok(()) }
}
