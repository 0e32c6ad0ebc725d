#![forbid(unsafe_code)]
//! Measuring one row: both sides in turns.

use std::time::Instant;

use serde_json::Value;

use crate::Outcome;
use crate::Stop;
use crate::bench::clients;
use crate::bench::clients::{Client, Who};
use crate::bench::effort::Effort;
use crate::bench::instrument::{Instrument, Place};
use crate::bench::kernel;
use crate::bench::programs::Programs;
use crate::bench::results::{Figures, Line};
use crate::bench::rows::{Row, Work};
use crate::bench::statistics::{Comparison, median};
use crate::failed;

/// Rounds that even a slow row gets.
const LEAST_ROUNDS: u32 = 3;

/// Batches of 500 calls of viGetAttribute in one turn.
const ATTRIBUTE_BATCHES: u32 = 200;

/// Measures a row.
pub fn measure(row: &Row, programs: &Programs, place: &Place, effort: &Effort) -> Line {
    let figures = if place.has(row.processors) {
        figures(row, programs, place, effort)
    } else {
        Err(Stop::Lacking("this process has one processor".into()))
    };
    Line { row: *row, figures }
}

fn figures(row: &Row, programs: &Programs, place: &Place, effort: &Effort) -> Outcome<Figures> {
    let instrument = place.start(row.processors)?;
    let sides: Vec<Who> = std::iter::once(row.ours).chain(row.theirs).collect();
    let mut sides = sides
        .into_iter()
        .enumerate()
        .map(|(side, who)| Side::new(row, who, side, programs, place, &instrument))
        .collect::<Outcome<Vec<Side>>>()?;
    // The first time opens, and fills what is filled once; the second tells how long one takes.
    let mut slowest: f64 = 0.0;
    for side in &mut sides {
        side.turn(row, effort, 1)?;
        slowest = slowest.max(number(&side.turn(row, effort, 1)?, "ns")?);
    }
    let operations = effort.operations(slowest);
    let began = Instant::now();
    let mut turns: Vec<Vec<Value>> = vec![Vec::new(); sides.len()];
    for round in 0..effort.rounds {
        if round >= LEAST_ROUNDS && began.elapsed() > effort.row {
            break;
        }
        // Who is second finds the caches as the first has left them, so they change places.
        let mut order: Vec<usize> = (0..sides.len()).collect();
        order.rotate_left(round as usize % sides.len());
        for side in order {
            turns[side].push(sides[side].turn(row, effort, operations)?);
        }
    }
    let calls = match (row.work, row.target.calls) {
        (Work::Query, Some(_)) => {
            // They have the pseudo-terminals.
            drop(sides);
            Some(kernel::count(row.ours, row.protocol, programs, &instrument)?)
        }
        _ => None,
    };
    summary(&turns, calls)
}

/// What the turns of one or both sides say together.
fn summary(turns: &[Vec<Value>], calls: Option<(f64, String)>) -> Outcome<Figures> {
    let all = |side: usize, what: &str| -> Outcome<Vec<f64>> {
        turns[side].iter().map(|turn| number(turn, what)).collect()
    };
    let ours = all(0, "ns")?;
    let comparison = match turns.len() {
        2 => {
            let rounds: Vec<_> = ours.iter().copied().zip(all(1, "ns")?).collect();
            Some(Comparison::of(&rounds))
        }
        _ => None,
    };
    let cpu_ns = match turns.len() {
        2 => all(0, "cpu_ns").and_then(|ours| Ok(median(ours) - median(all(1, "cpu_ns")?))).ok(),
        _ => None,
    };
    let grown_kb = all(0, "grown_kb").ok().map(|grown| grown.into_iter().fold(0.0, f64::max));
    Ok(Figures { rounds: ours.len(), ours: median(ours), comparison, cpu_ns, grown_kb, calls })
}

fn number(answer: &Value, what: &str) -> Outcome<f64> {
    match answer[what].as_f64() {
        Some(number) => Ok(number),
        None => failed(format!("an answer without {what}: {answer}")),
    }
}

/// One of the two that take turns.
struct Side<'a> {
    command: std::process::Command,
    client: Option<Client>,
    preparations: Vec<String>,
    _instrument: &'a Instrument,
}

impl<'a> Side<'a> {
    fn new(
        row: &Row,
        who: Who,
        side: usize,
        programs: &Programs,
        place: &Place,
        instrument: &'a Instrument,
    ) -> Outcome<Self> {
        let command = clients::command(who, row.protocol, side, programs, instrument)?;
        let mut preparations = vec![format!("pin {}", place.of_client(row.processors))];
        if let Who::Spinning(us) = who {
            preparations.push(format!("spin {us}"));
        }
        Ok(Self { command, client: None, preparations, _instrument: instrument })
    }

    fn turn(&mut self, row: &Row, effort: &Effort, operations: u64) -> Outcome<Value> {
        let command = match row.work {
            Work::Query => format!("query {operations}"),
            Work::Read { size, chunk } => format!("read {size} {chunk} {operations}"),
            Work::Write { size } => format!("write {size} {operations}"),
            Work::Open => format!("open {operations}"),
            Work::Threads(count) => format!("threads {count} {}", effort.threads.as_millis()),
            Work::Manager => "manager".into(),
            Work::Load => "load".into(),
            Work::Attribute => format!("attribute {ATTRIBUTE_BATCHES}"),
        };
        if row.work == Work::Manager {
            // Only the first one of a process imports what it needs.
            self.client = None;
        }
        self.running()?.ask(&command)
    }

    fn running(&mut self) -> Outcome<&mut Client> {
        if self.client.is_none() {
            let mut client = Client::start(&mut self.command)?;
            for preparation in &self.preparations {
                client.ask(preparation)?;
            }
            self.client = Some(client);
        }
        match &mut self.client {
            Some(client) => Ok(client),
            None => failed("not started"),
        }
    }
}
