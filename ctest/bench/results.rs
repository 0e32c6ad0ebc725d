#![forbid(unsafe_code)]
//! What measuring a row has brought, and whether that is what it was to reach.

use crate::Outcome;
use crate::bench::rows::{Row, Target};
use crate::bench::statistics::Comparison;

/// A row and its figures.
#[derive(Clone, Debug)]
pub struct Line {
    pub row: Row,
    pub figures: Outcome<Figures>,
}

/// The figures of one row.
#[derive(Clone, Debug, PartialEq)]
pub struct Figures {
    /// Nanoseconds of one operation, the median.
    pub ours: f64,
    /// Beside somebody else.
    pub comparison: Option<Comparison>,
    pub rounds: usize,
    /// Processor time beyond theirs, in nanoseconds for one operation.
    pub cpu_ns: Option<f64>,
    /// Memory that one turn added to our process, in kB, at most.
    pub grown_kb: Option<f64>,
    /// System calls of one query, and which.
    pub calls: Option<(f64, String)>,
}

/// One thing that was to be reached.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// As the table says it.
    pub wanted: String,
    pub got: f64,
    pub is_met: bool,
}

impl Figures {
    /// What the row was to reach, one by one.
    pub fn checks(&self, target: &Target) -> Vec<Check> {
        let mut checks = Vec::new();
        let mut check = |wanted: String, got: Option<f64>, is_met: fn(f64, f64) -> bool, bound| {
            if let Some(got) = got {
                checks.push(Check { wanted, got, is_met: is_met(got, bound) });
            }
        };
        let at_most = |got: f64, bound: f64| got <= bound;
        if let Some(bound) = target.time {
            let time = self.comparison.map(|comparison| comparison.ratio);
            check(format!("time <= {bound}"), time, at_most, bound);
        }
        if let Some(bound) = target.speed {
            let speed = self.comparison.map(|comparison| 1.0 / comparison.ratio);
            check(format!("speed >= {bound}"), speed, |got, bound| got >= bound, bound);
        }
        if let Some(bound) = target.ns {
            check(format!("<= {}", duration(bound)), Some(self.ours), at_most, bound);
        }
        if let Some(bound) = target.cpu_ns {
            check(format!("cpu <= +{}", duration(bound)), self.cpu_ns, at_most, bound);
        }
        if let Some(bound) = target.calls {
            let calls = self.calls.as_ref().map(|(calls, _)| *calls);
            check(format!("{bound} calls"), calls, |got, bound| got == bound, bound);
        }
        if let Some(bound) = target.grown_kb {
            check(format!("memory <= +{bound} kB"), self.grown_kb, at_most, bound);
        }
        checks
    }
}

/// Nanoseconds, to three digits.
pub fn duration(ns: f64) -> String {
    let (value, unit) = match ns {
        _ if ns < 1e3 => (ns, "ns"),
        _ if ns < 1e6 => (ns / 1e3, "us"),
        _ if ns < 1e9 => (ns / 1e6, "ms"),
        _ => (ns / 1e9, "s"),
    };
    let digits = if value >= 100.0 {
        0
    } else if value >= 10.0 {
        1
    } else {
        2
    };
    let number = format!("{value:.digits$}");
    let short = if number.contains('.') {
        number.trim_end_matches('0').trim_end_matches('.')
    } else {
        &number
    };
    format!("{short} {unit}")
}
