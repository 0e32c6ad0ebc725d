#![forbid(unsafe_code)]
//! What the demo's programs print, read back, checked and shown.

use crate::demo::plot::plot;
use crate::screen::Style;
use crate::screen::cut;
use crate::screen::styled;
use crate::screen::width;

/// What a program got from one resource.
#[derive(Debug, Default, PartialEq)]
pub struct Answers {
    /// Its name.
    pub resource: String,
    /// The answer to `*IDN?`.
    pub identity: String,
    /// The measured voltage.
    pub volts: Option<f64>,
    /// The waveform.
    pub samples: Vec<f64>,
}

/// Reads a program's output: a word, a tab, an answer in each line; `resource` begins a new one.
pub fn parse(output: &str) -> Vec<Answers> {
    let mut all: Vec<Answers> = Vec::new();
    for (word, text) in output.lines().filter_map(|line| line.split_once('\t')) {
        if word == "resource" {
            all.push(Answers { resource: text.to_owned(), ..Answers::default() });
        }
        let Some(last) = all.last_mut() else { continue };
        match word {
            "identity" => text.clone_into(&mut last.identity),
            "volts" => last.volts = text.trim().parse().ok(),
            "curve" => {
                last.samples = text.split_whitespace().filter_map(|n| n.parse().ok()).collect();
            }
            _ => (),
        }
    }
    all
}

/// What is wrong with the answers, if anything: each resource must give the identity, a number of
/// volts and the same waveform.
pub fn wrong(answers: &[Answers], resources: &[String], identity: &str) -> Option<String> {
    let first = answers.first();
    for resource in resources {
        let Some(answer) = answers.iter().find(|answer| answer.resource == *resource) else {
            return Some(format!("{resource} was not asked"));
        };
        if answer.identity != identity {
            return Some(format!("{resource}: *IDN? gave \"{}\"", answer.identity));
        }
        if !answer.volts.is_some_and(f64::is_finite) {
            return Some(format!("{resource}: MEAS:VOLT:DC? gave no number"));
        }
        if answer.samples.is_empty() {
            return Some(format!("{resource}: CURV? gave no points"));
        }
        if first.is_some_and(|first| first.samples != answer.samples) {
            return Some(format!("{resource}: CURV? gave another curve than {}", resources[0]));
        }
    }
    None
}

/// The interface that a resource name means, for people.
pub fn interface(resource: &str) -> &'static str {
    if resource.ends_with("::SOCKET") {
        "SOCKET"
    } else if resource.contains("::hislip") {
        "HiSLIP"
    } else {
        "VXI-11"
    }
}

/// Shows the answers in a table and the waveforms side by side, or below each other where the
/// terminal is narrow.
pub fn show(answers: &[Answers]) {
    for answer in answers {
        let volts = answer.volts.map_or_else(|| "-".to_owned(), |volts| format!("{volts:+.6} V"));
        let identity = cut(&answer.identity, width().saturating_sub(26).max(12));
        println!("  {:8}  {identity}  {volts}", interface(&answer.resource));
    }
    if answers.iter().all(|answer| answer.samples.is_empty()) {
        return;
    }
    println!();
    for line in waveforms(answers, width().saturating_sub(2)) {
        println!("{}", styled(Style::Green, &line));
    }
}

/// The waveforms in lines of at most `columns` characters.
fn waveforms(answers: &[Answers], columns: usize) -> Vec<String> {
    const NARROWEST: usize = 24;
    let beside = (columns / NARROWEST).clamp(1, answers.len().max(1));
    let each = columns / beside;
    let mut lines = Vec::new();
    for group in answers.chunks(beside) {
        let plots: Vec<Vec<String>> = group
            .iter()
            .map(|answer| {
                let points = answer.samples.len();
                let title = format!("{:7}{} {points} points", "", interface(&answer.resource));
                let mut plot = plot(&answer.samples, each - 1, 6);
                plot.insert(0, format!("{:wide$}", cut(&title, each - 1), wide = each - 1));
                plot
            })
            .collect();
        let row = |row: usize| plots.iter().map(|plot| plot[row].as_str()).collect::<Vec<_>>();
        lines.extend((0..7).map(|number| row(number).join(" ").trim_end().to_owned()));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTPUT: &str = "pyvisa\t1.16.2\nresource\tA::SOCKET\nidentity\tMe\nvolts\t+5.0E+00\n\
                          curve\t-1 0 \nresource\tB\nidentity\tMe\nvolts\t4.5\ncurve\t-1\t0\n";

    fn names() -> Vec<String> {
        vec!["A::SOCKET".into(), "B".into()]
    }

    #[test]
    fn output_is_read_by_resource() {
        let answers = parse(OUTPUT);
        assert_eq!(answers.len(), 2);
        assert_eq!(answers[0].volts, Some(5.0));
        assert_eq!(answers[1].samples, [-1.0, 0.0]);
        assert_eq!(wrong(&answers, &names(), "Me"), None);
    }

    #[test]
    fn wrong_answers_are_noticed() {
        let said = |old: &str, new: &str| {
            wrong(&parse(&OUTPUT.replacen(old, new, 1)), &names(), "Me").unwrap_or_default()
        };
        assert!(said("resource\tB", "resource\tC").contains("B was not asked"));
        assert!(said("identity\tMe", "identity\tYou").contains("You"));
        assert!(said("volts\t4.5", "volts\tmuch").contains("no number"));
        assert!(said("volts\t4.5", "volts\tnan").contains("no number"));
        assert!(said("curve\t-1\t0", "curve\t-1\t1").contains("another curve"));
        assert!(said("curve\t-1\t0", "curve\t").contains("no points"));
    }

    #[test]
    fn waveforms_fit_the_terminal() {
        let answers = parse(OUTPUT);
        for columns in [20, 40, 78, 200] {
            let lines = waveforms(&answers, columns);
            assert_eq!(lines.len(), if columns < 48 { 14 } else { 7 }, "{columns}");
            assert!(lines.iter().all(|line| line.chars().count() <= columns), "{columns}");
        }
    }

    #[test]
    fn interfaces_are_told_by_name() {
        assert_eq!(interface("TCPIP0::h::5025::SOCKET"), "SOCKET");
        assert_eq!(interface("TCPIP0::h::hislip0,1::INSTR"), "HiSLIP");
        assert_eq!(interface("TCPIP0::h,1::inst0::INSTR"), "VXI-11");
    }
}
