#![forbid(unsafe_code)]
//! The benchmark: the library beside a bare client of the same protocol ("limit") and beside other
//! libraries, in one run and in turns, so that what disturbs the machine disturbs both.
//!
//! The far end is an instrument of its own (`instrument.c`), a process of its own, as bare as the
//! limit (`limit.c`). What is measured is a C program over any libvisa (`visa_bench.c`) or a Python
//! one (`peers.py`); all of them obey the same commands, listed in `client.c`.
//!
//! `cargo bench --bench speed -- --help` says what can be asked for. A row that is met or missed
//! decides nothing in the tests: only there, with `--once`, must every row run and every block be
//! what was sent.

mod clients;
mod effort;
mod instrument;
mod kernel;
mod machine;
mod measure;
mod options;
mod programs;
// The tests write no page.
#[allow(dead_code)]
mod report;
mod results;
mod rows;
mod statistics;
pub mod tests;

pub use options::Options;
pub use report::Report;

use crate::Outcome;
use crate::bench::instrument::Place;
use crate::bench::measure::measure;
use crate::bench::programs::Programs;
use crate::bench::rows::rows;

/// Measures the rows that are asked for. `progress` hears of each before it begins.
pub fn run(options: &Options, mut progress: impl FnMut(&str)) -> Outcome<Report> {
    let programs = Programs::build(options)?;
    let place = Place::new(&programs)?;
    let load_before = machine::load();
    let mut lines = Vec::new();
    for row in rows().into_iter().filter(|row| options.wants(&row.name())) {
        progress(&row.name());
        lines.push(measure(&row, &programs, &place, &options.effort));
    }
    Ok(Report { lines, load_before, load_after: machine::load() })
}
