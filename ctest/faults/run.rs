#![forbid(unsafe_code)]
//! Running many cells side by side.

use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::time::Duration;

use parking_lot::Mutex;
use parking_lot::RwLock;

use crate::Outcome;
use crate::cc;
use crate::failed;
use crate::faults::cell::Cell;
use crate::faults::cell::Seen;
use crate::faults::cell::Site;
use crate::faults::fault::Fault;
use crate::faults::lies::LIES;
use crate::faults::operation::OPERATIONS;
use crate::faults::protocol::Protocol;
use crate::faults::rules;
use crate::faults::table::ENDINGS;
use crate::faults::table::NONE;
use crate::faults::table::TIMING;
use crate::programs;
use crate::programs::Built;

/// Cells at one time. Most of them only wait.
const SIDE_BY_SIDE: usize = 12;

/// How often a cell that was late is tried again, with no other beside it.
const ALONE: usize = 3;

/// All faults, in the table's order.
pub fn faults() -> impl Iterator<Item = &'static Fault> {
    std::iter::once(&NONE).chain(TIMING).chain(ENDINGS).chain(LIES)
}

/// All cells of a protocol in which a fault finds something to strike.
pub fn of_protocol(protocol: Protocol) -> Vec<Cell> {
    let operations = |fault| OPERATIONS.iter().map(move |operation| (fault, operation));
    faults()
        .flat_map(operations)
        .filter(|(fault, operation)| rules::expected(fault, protocol, operation).is_some())
        .map(|(fault, operation)| Cell { fault, protocol, operation, site: Site::Instrument })
        .collect()
}

pub fn title(cell: &Cell) -> String {
    format!("{} {}: {}", cell.protocol.name(), cell.operation.name, cell.fault.name)
}

/// Runs all of them so many times. What was seen the last time; the worst time of all.
pub fn cells(cells: &[Cell], times: usize) -> Outcome<Vec<(Cell, Seen)>> {
    let Some(first) = cells.first() else { return Ok(Vec::new()) };
    let program = worker(first)?;
    let results: Mutex<Vec<Option<Seen>>> = Mutex::new(vec![None; cells.len()]);
    let complaints = Mutex::new(Vec::new());
    let (turn, alone) = (AtomicUsize::new(0), RwLock::new(()));
    std::thread::scope(|scope| {
        for _ in 0..SIDE_BY_SIDE {
            scope.spawn(|| {
                loop {
                    let at = turn.fetch_add(1, Ordering::SeqCst);
                    if at >= cells.len() * times {
                        return;
                    }
                    let cell = &cells[at % cells.len()];
                    match attempt(cell, &program, &alone) {
                        Ok(mut seen) => {
                            let kept = &mut results.lock()[at % cells.len()];
                            let before = kept.as_ref().map_or(Duration::ZERO, |seen| seen.time);
                            seen.time = seen.time.max(before);
                            *kept = Some(seen);
                        }
                        Err(why) => complaints.lock().push(format!("{}: {why}", title(cell))),
                    }
                }
            });
        }
    });
    let mut complaints = complaints.into_inner();
    if !complaints.is_empty() {
        complaints.sort();
        complaints.dedup();
        return failed(format!("{} cells:\n{}", complaints.len(), complaints.join("\n")));
    }
    let seen = results.into_inner().into_iter().flatten();
    Ok(cells.iter().copied().zip(seen).collect())
}

/// Runs one of them, and again by itself when it was late: then it was the others' doing.
fn attempt(cell: &Cell, program: &Built, alone: &RwLock<()>) -> Result<Seen, String> {
    let mut seen = {
        let _beside = alone.read();
        judged(cell, program)?
    };
    for _ in 0..ALONE {
        if !seen.is_late(cell) {
            return Ok(seen);
        }
        let _alone = alone.write();
        seen = judged(cell, program)?;
    }
    if seen.is_late(cell) { Err(format!("late: {seen:?}")) } else { Ok(seen) }
}

fn judged(cell: &Cell, program: &Built) -> Result<Seen, String> {
    let seen = cell.run(program).map_err(|why| format!("{why:?}"))?;
    let expected = rules::expected(cell.fault, cell.protocol, cell.operation);
    match expected.and_then(|expected| seen.fault(cell, &expected)) {
        Some(wrong) => Err(wrong),
        None => Ok(seen),
    }
}

/// The worker, in a folder of its own for all who may run at the same time.
fn worker(cell: &Cell) -> Outcome<Built> {
    let site = match cell.site {
        Site::Instrument => cell.protocol.name(),
        Site::Portmapper => "portmapper",
    };
    programs::build(&format!("faults {site}"), "faults/worker.c", &cc::library()?, &[])
}
