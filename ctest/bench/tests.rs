#![forbid(unsafe_code)]
//! What holds the benchmark to the truth. None of these looks at a time.

use libtest_mimic::Trial;

use crate::Outcome;
use crate::Stop;
use crate::bench;
use crate::bench::clients::Who;
use crate::bench::instrument::{Place, Processors, Protocol};
use crate::bench::kernel;
use crate::bench::machine;
use crate::bench::options::Options;
use crate::bench::programs::Programs;
use crate::bench::results::{Figures, duration};
use crate::bench::rows::{Target, rows};
use crate::bench::statistics::{Comparison, median};
use crate::failed;
use crate::trial;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("bench::medians_and_ratios", medians_and_ratios),
        trial("bench::a_target_is_met_up_to_its_bound", bounds),
        trial("bench::row_names_are_unique", names),
        trial("bench::options", options),
        trial("bench::dates_and_lists_of_processors", dates_and_lists),
        trial("bench::system_calls_of_a_query", system_calls),
        trial("bench::every_row_runs", every_row_runs),
    ]
}

fn equal<T: PartialEq + std::fmt::Debug>(got: T, wanted: T) -> Outcome {
    if got == wanted { Ok(()) } else { failed(format!("{got:?}, must be {wanted:?}")) }
}

/// The ratio is that of the medians; the spread is the middle half of the rounds' own ratios, so one
/// round in four that was disturbed changes neither.
fn medians_and_ratios() -> Outcome {
    equal(median(vec![3.0, 1.0, 2.0]), 2.0)?;
    equal(median(vec![4.0, 1.0, 2.0, 3.0]), 2.5)?;
    equal(median(vec![7.0]), 7.0)?;
    let rounds = [(10.0, 10.0), (12.0, 10.0), (11.0, 10.0), (13.0, 10.0), (900.0, 10.0)];
    let comparison = Comparison::of(&rounds);
    equal((comparison.ours, comparison.theirs, comparison.ratio), (12.0, 10.0, 1.2))?;
    equal(comparison.spread, (1.1, 1.3))?;
    let one = Comparison::of(&[(6.0, 3.0)]);
    equal((one.ratio, one.spread), (2.0, (2.0, 2.0)))
}

fn bounds() -> Outcome {
    let figures = Figures {
        ours: 105.0,
        comparison: Some(Comparison::of(&[(105.0, 100.0)])),
        rounds: 1,
        cpu_ns: Some(1000.5),
        grown_kb: Some(12.0),
        calls: Some((3.0, String::new())),
    };
    let all = Target {
        time: Some(1.05),
        speed: Some(0.96),
        ns: Some(105.0),
        cpu_ns: Some(1000.0),
        calls: Some(2.0),
        grown_kb: Some(12.0),
    };
    let met: Vec<bool> = figures.checks(&all).iter().map(|check| check.is_met).collect();
    equal(met, vec![true, false, true, false, false, true])?;
    equal(figures.checks(&Target::default()), vec![])?;
    let times = [0.5, 50.0, 14_000.0, 500_000.0, 2.5e6, 1e9].map(duration);
    equal(times.join(" "), "0.5 ns 50 ns 14 us 500 us 2.5 ms 1 s".into())
}

/// Rows are asked for by their names.
fn names() -> Outcome {
    let mut names: Vec<_> =
        rows().iter().map(|row| (row.name(), row.theirs.map(Who::name))).collect();
    names.sort();
    let all = names.len();
    names.dedup();
    equal(names.len(), all)
}

fn options() -> Outcome {
    let parse =
        |words: &[&str]| Options::parse(&words.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>());
    match parse(&["--bench", "--quick", "--json", "vxi11", "pyvisa"]) {
        Ok(options) => {
            equal((options.json, options.write), (true, false))?;
            let wanted = ["limit vxi11 query", "pyvisa pty query", "limit pty query"];
            equal(wanted.map(|row| options.wants(row)), [true, true, false])?;
        }
        Err(said) => return failed(said),
    }
    equal(parse(&["--lib"]).is_err() && parse(&["--nonsense"]).is_err(), true)?;
    equal(parse(&[]).map(|options| options.wants("anything")), Ok(true))
}

fn dates_and_lists() -> Outcome {
    equal(machine::date(0), "1970-01-01".into())?;
    equal(machine::date(951_782_399), "2000-02-28".into())?;
    equal(machine::date(951_782_400), "2000-02-29".into())?;
    equal(machine::date(1_704_067_199), "2023-12-31".into())?;
    equal(machine::parse_list("\t0-2,5"), vec![0, 1, 2, 5])?;
    equal(machine::parse_list("3"), vec![3])
}

/// In steady state a query costs exactly two system calls, on VXI-11 four: deadline and cancelling
/// cost none. So much the protocols need; the bare client has as many.
fn system_calls() -> Outcome {
    let programs = Programs::build(&Options::parse(&[]).map_err(Stop::Failed)?)?;
    let place = Place::new(&programs)?;
    let instrument = place.start(Processors::Any)?;
    let wanted = [
        (Protocol::Socket, 2.0),
        (Protocol::Hislip, 2.0),
        (Protocol::Vxi11, 4.0),
        (Protocol::Pty, 2.0),
    ];
    for (protocol, calls) in wanted {
        for who in [Who::Limit, Who::Visa] {
            let (got, numbers) = kernel::count(who, protocol, &programs, &instrument)?;
            if got != calls {
                return failed(format!(
                    "{} on {}: {got} system calls in a query, must be {calls}: {numbers}",
                    who.name(),
                    protocol.name(),
                ));
            }
        }
    }
    Ok(())
}

/// Each row once: every answer and every block must be what the instrument sends, which the clients
/// compare, and each row must print its line. Its figures mean nothing here.
fn every_row_runs() -> Outcome {
    let words = ["--once".to_owned()];
    let report = bench::run(&Options::parse(&words).map_err(Stop::Failed)?, |_| {})?;
    let text = report.text();
    if report.has_failed() {
        return failed(text);
    }
    let json: serde_json::Value = serde_json::from_str(&report.json()).unwrap_or_default();
    equal(json["rows"].as_array().map(Vec::len), Some(rows().len()))?;
    let page = report.page();
    for row in rows() {
        let name = row.name();
        if !text.contains(&name) || !page.contains(&format!("| {name} |")) {
            return failed(format!("no line for {name}: {text}"));
        }
    }
    Ok(())
}
