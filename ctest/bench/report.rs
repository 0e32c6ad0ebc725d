#![forbid(unsafe_code)]
//! The table: as text, as JSON, and as a page of the documentation.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::Stop;
use crate::bench::machine;
use crate::bench::results::{Line, duration};
use crate::cc;

/// All rows.
#[derive(Clone, Debug)]
pub struct Report {
    pub lines: Vec<Line>,
    /// The machine's load before and after.
    pub load_before: f64,
    pub load_after: f64,
}

/// What stands in a row of the table.
struct Cells {
    name: String,
    ours: String,
    theirs: String,
    ratio: String,
    verdict: String,
}

impl Report {
    /// Where [`Report::write`] puts it.
    pub fn path() -> PathBuf {
        cc::project("ctest/bench/RESULTS.md")
    }

    /// Whether a row could not be measured although the machine has what it takes.
    pub fn has_failed(&self) -> bool {
        self.lines.iter().any(|line| matches!(line.figures, Err(Stop::Failed(_))))
    }

    /// For people.
    pub fn text(&self) -> String {
        let mut text = format!("{}\n", self.circumstances());
        for (heading, lines) in self.groups() {
            let _ = writeln!(text, "\n{heading}\n");
            for Cells { name, ours, theirs, ratio, verdict } in lines.iter().map(cells) {
                let line = format!("{name:36} {ours:>9} {theirs:>9}  {ratio:26} {verdict}");
                let _ = writeln!(text, "{}", line.trim_end());
            }
        }
        text
    }

    /// For the documentation.
    pub fn page(&self) -> String {
        let mut page = String::from(
            "# Speed\n\nMeasured by `cargo bench --bench speed -- --write`. What the rows are, and \
             why some miss their target: [NOTES.md](NOTES.md).\n",
        );
        let _ = writeln!(page, "\n{}", self.circumstances());
        for (heading, lines) in self.groups() {
            let _ = writeln!(page, "\n## {heading}\n");
            page.push_str("| row | ours | theirs | ours by theirs: time, speed | target |\n");
            page.push_str("|---|---|---|---|---|\n");
            for Cells { name, ours, theirs, ratio, verdict } in lines.iter().map(cells) {
                let _ = writeln!(page, "| {name} | {ours} | {theirs} | {ratio} | {verdict} |");
            }
        }
        page
    }

    /// Writes the page.
    pub fn write(&self) -> std::io::Result<()> {
        std::fs::write(Self::path(), self.page())
    }

    /// For programs.
    pub fn json(&self) -> String {
        let rows: Vec<Value> = self.lines.iter().map(json_of).collect();
        let report = json!({
            "date": today(),
            "machine": machine::kind(),
            "load": [self.load_before, self.load_after],
            "rows": rows,
        });
        format!("{report:#}\n")
    }

    fn circumstances(&self) -> String {
        let met = |line: &&Line| {
            line.figures.as_ref().is_ok_and(|figures| {
                let checks = figures.checks(&line.row.target);
                !checks.is_empty() && checks.iter().all(|check| check.is_met)
            })
        };
        let with_target = |line: &&Line| line.row.target != Default::default();
        format!(
            "{}, {}, load {} before and {} after. {} of {} rows with a target reach it.",
            today(),
            machine::kind(),
            self.load_before,
            self.load_after,
            self.lines.iter().filter(met).count(),
            self.lines.iter().filter(with_target).count(),
        )
    }

    /// The rows under their headings: who is beside whom.
    fn groups(&self) -> Vec<(String, Vec<Line>)> {
        let mut groups: Vec<(String, Vec<Line>)> = Vec::new();
        for line in &self.lines {
            let row = &line.row;
            let heading = match row.theirs {
                Some(theirs) => format!("{}, and {}", row.ours.name(), theirs.name()),
                None => format!("{} alone", row.ours.name()),
            };
            match groups.iter_mut().find(|(known, _)| *known == heading) {
                Some((_, lines)) => lines.push(line.clone()),
                None => groups.push((heading, vec![line.clone()])),
            }
        }
        groups
    }
}

fn cells(line: &Line) -> Cells {
    let name = line.row.name();
    let figures = match &line.figures {
        Ok(figures) => figures,
        Err(stop) => {
            let verdict = match stop {
                Stop::Failed(why) => format!("FAILED: {why}"),
                Stop::Lacking(what) => format!("not measured: {what}"),
            };
            let none = String::new;
            return Cells { name, ours: none(), theirs: none(), ratio: none(), verdict };
        }
    };
    let (theirs, ratio) = figures.comparison.map_or_else(Default::default, |comparison| {
        let (low, high) = comparison.spread;
        let speed = 1.0 / comparison.ratio;
        let digits = if speed >= 100.0 { 0 } else { 2 };
        let ratio = format!(
            "{:.digits3$} ({low:.digits3$}-{high:.digits3$}), {speed:.digits$}",
            comparison.ratio,
            digits3 = 3,
        );
        (duration(comparison.theirs), ratio)
    });
    let checks = figures.checks(&line.row.target);
    let verdicts: Vec<String> = checks
        .iter()
        .map(|check| match check.is_met {
            true => format!("{} met", check.wanted),
            false => format!("{} MISSED ({:.3})", check.wanted, check.got),
        })
        .collect();
    Cells { name, ours: duration(figures.ours), theirs, ratio, verdict: verdicts.join("; ") }
}

fn json_of(line: &Line) -> Value {
    let row = &line.row;
    let mut value = json!({
        "row": row.name(),
        "ours": row.ours.name(),
        "theirs": row.theirs.map(|who| who.name()),
    });
    match &line.figures {
        Ok(figures) => {
            value["ns"] = json!(figures.ours);
            value["rounds"] = json!(figures.rounds);
            if let Some(comparison) = figures.comparison {
                value["their_ns"] = json!(comparison.theirs);
                value["time"] = json!(comparison.ratio);
                value["speed"] = json!(1.0 / comparison.ratio);
                value["spread"] = json!([comparison.spread.0, comparison.spread.1]);
            }
            if let Some(cpu_ns) = figures.cpu_ns {
                value["more_cpu_ns"] = json!(cpu_ns);
            }
            if let Some(grown_kb) = figures.grown_kb {
                value["grown_kb"] = json!(grown_kb);
            }
            if let Some((calls, numbers)) = &figures.calls {
                value["system_calls"] = json!(calls);
                value["system_call_numbers"] = serde_json::from_str(numbers).unwrap_or_default();
            }
            let checks = figures.checks(&row.target);
            value["targets"] = checks
                .iter()
                .map(|check| json!({"target": check.wanted, "met": check.is_met}))
                .collect();
        }
        Err(Stop::Failed(why)) => value["failed"] = json!(why),
        Err(Stop::Lacking(what)) => value["lacking"] = json!(what),
    }
    value
}

fn today() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    machine::date(since.as_secs())
}
