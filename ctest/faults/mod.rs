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
//! | `outcomes.rs`, `OUTCOMES.md` | the table of outcomes, which the trials hold up to date |
//!
//! The trials run each cell once. `cargo test --test ctest -- faults 5 write` runs each five times
//! and writes the table anew.

mod cell;
mod fault;
mod lies;
mod operation;
mod outcomes;
mod protocol;
mod proxy;
mod rules;
mod run;
mod table;
mod worker;

use libtest_mimic::Trial;

use crate::Outcome;
use crate::Stop;
use crate::faults::protocol::Protocol;
use crate::trial;

pub fn trials() -> Vec<Trial> {
    let of = |protocol: Protocol| {
        let name = format!("faults::{}", protocol.name().to_lowercase().replace('-', ""));
        trial(name, move || short_form(protocol))
    };
    Protocol::ALL.into_iter().map(of).collect()
}

/// Every cell of a protocol once, as the table has it.
fn short_form(protocol: Protocol) -> Outcome {
    let results = run::cells(&run::of_protocol(protocol), 1)?;
    outcomes::agree(protocol, &results)
}

/// The long form: `faults [TIMES] [write] [WORD]`, only the faults or operations with that word.
/// The status to exit with.
pub fn main(words: &[String]) -> i32 {
    match long_form(words) {
        Ok(()) => 0,
        Err(Stop::Failed(why) | Stop::Lacking(why)) => {
            eprintln!("{why}");
            1
        }
    }
}

fn long_form(words: &[String]) -> Outcome {
    let times = words.iter().find_map(|word| word.parse().ok()).unwrap_or(1);
    let writes = words.iter().any(|word| word == "write");
    let only = words.iter().find(|word| *word != "write" && word.parse::<u32>().is_err());
    let mut all = Vec::new();
    for protocol in Protocol::ALL {
        let mut cells = run::of_protocol(protocol);
        cells.retain(|cell| only.is_none_or(|word| run::title(cell).contains(word.as_str())));
        if cells.is_empty() {
            continue;
        }
        let results = run::cells(&cells, times)?;
        println!("{}: {} cells, {times} times", protocol.name(), results.len());
        all.push((protocol, results));
    }
    if writes { outcomes::write(&all) } else { Ok(()) }
}
