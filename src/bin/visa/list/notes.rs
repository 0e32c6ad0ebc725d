#![forbid(unsafe_code)]
//! What is told beside the list: what cannot be used and why, sources that failed or were slow.

use visa::find::Ending;

use crate::list::identify::Said;
use crate::list::search::{Listing, Row, Source};

/// What there is to tell, each with what helps on lines of its own.
pub fn of(listing: &Listing) -> Vec<String> {
    let lan = listing.sources.iter().filter(|source| source.is_lan).map(|source| source.name);
    let lan: Vec<_> = lan.collect();
    let rows = listing.rows.iter().filter_map(|row| of_row(row, &lan));
    let troubles = listing
        .troubles
        .iter()
        .map(|trouble| note(&trouble.what, &trouble.obstacle.why, &trouble.obstacle.help));
    rows.chain(troubles).chain(listing.sources.iter().filter_map(of_source)).collect()
}

fn note(what: &str, why: &str, help: &str) -> String {
    let mut text = format!("note: {what}: {why}");
    if !help.is_empty() {
        text += &format!("\n  try: {help}");
    }
    text
}

/// `lan`: the sources that ask the network.
fn of_row(row: &Row, lan: &[&str]) -> Option<String> {
    if let Some(obstacle) = &row.obstacle {
        return Some(note(&row.name, &obstacle.why, &obstacle.help));
    }
    match row.said.as_ref()? {
        Said::Answer(_) => None,
        Said::Skipped(reason) => Some(note(&row.name, &format!("not asked: {reason}"), "")),
        Said::Failed(failure) => {
            let text = failure.text();
            let answered = row.sources.iter().find(|source| lan.contains(source));
            // So it is switched on, whatever the hints ask.
            Some(match (answered, text.strip_prefix(&format!("{}: ", row.name))) {
                (Some(source), Some(text)) => {
                    format!("note: {}: it answered the search ({source}), but {text}", row.name)
                }
                _ => format!("note: {text}"),
            })
        }
    }
}

/// Why a source has not told all. `None` where it has, or has said it by what it told.
fn of_source(source: &Source) -> Option<String> {
    if source.is_off && source.is_chosen {
        let help = "[find] in the configuration file, or FERROVISA_LAN_SEARCH, says otherwise";
        return Some(note(source.name, "it is switched off", help));
    }
    let report = source.report.as_ref()?;
    let help = match report.ending {
        Ending::Complete | Ending::Recent(_) => return None,
        _ if source.has_told_why => return None,
        Ending::Late => "--bound MS gives the search more time",
        Ending::Stuck => "a driver hangs: unplug what it drives, or restart the machine",
        Ending::Failed(_) if source.is_lan => {
            "is the network up (`ip address`)? --no-lan leaves it out"
        }
        Ending::Failed(_) => "VISA_TRACE=stderr with a program of yours shows more",
    };
    let found = match report.count {
        0 => String::new(),
        count => format!("; {count} found by then"),
    };
    Some(note(source.name, &format!("{}{found}", report.ending), help))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use visa::find::Report;
    use visa::iface::obstacle::{Kind, Obstacle};
    use visa::iface::source::Trouble;
    use visa::status::{Error, VI_ERROR_IO};

    use super::*;
    use crate::failure::Failure;

    fn source(ending: Ending, count: usize) -> Source {
        let report = Report { source: "mDNS", count, took: Duration::from_millis(900), ending };
        Source { name: "mDNS", is_lan: true, report: Some(report), ..Source::default() }
    }

    #[test]
    fn a_source_that_failed_or_was_slow_is_told_with_what_helps() {
        assert_eq!(of_source(&source(Ending::Complete, 3)), None);
        let late = of_source(&source(Ending::Late, 3)).expect("a note");
        assert!(late.contains("mDNS: did not end in time; 3 found by then"), "{late}");
        assert!(late.contains("try: --bound MS"), "{late}");
        let failed = Ending::Failed(Error::new(VI_ERROR_IO, "socket"));
        let failed = of_source(&source(failed, 0)).expect("a note");
        assert!(failed.contains("VI_ERROR_IO, socket") && failed.contains("--no-lan"), "{failed}");
        let told = Source { has_told_why: true, ..source(Ending::Late, 0) };
        assert_eq!(of_source(&told), None, "it has said so by what it told");
        assert_eq!(of_source(&Source { report: None, ..told }), None, "it was not asked");
    }

    #[test]
    fn a_source_that_is_switched_off_is_told_where_it_was_wanted() {
        let off = Source { report: None, is_off: true, ..source(Ending::Complete, 0) };
        assert_eq!(of_source(&off), None);
        let chosen = of_source(&Source { is_chosen: true, ..off }).expect("a note");
        assert!(chosen.contains("mDNS: it is switched off"), "{chosen}");
    }

    #[test]
    fn one_that_answered_the_search_and_then_not_is_there() {
        let failed = |source| Row {
            name: "TCPIP0::h::inst0::INSTR".into(),
            sources: vec![source],
            said: Some(Said::Failed(Failure::new("TCPIP0::h::inst0::INSTR: VI_ERROR_X"))),
            ..Row::default()
        };
        assert_eq!(
            of_row(&failed("mDNS"), &["mDNS"]).expect("a note"),
            "note: TCPIP0::h::inst0::INSTR: it answered the search (mDNS), but VI_ERROR_X"
        );
        assert_eq!(
            of_row(&failed("configuration"), &["mDNS"]).expect("a note"),
            "note: TCPIP0::h::inst0::INSTR: VI_ERROR_X"
        );
    }

    #[test]
    fn what_cannot_be_used_is_told_once() {
        let obstacle = || Obstacle {
            kind: Kind::Busy,
            why: "python3 (process 7) has it open".into(),
            help: "close it there".into(),
        };
        let busy = Row {
            name: "ASRL1::INSTR".into(),
            obstacle: Some(obstacle()),
            said: Some(Said::Skipped("python3 (process 7) has it open".into())),
            ..Row::default()
        };
        let trouble = Trouble { what: "GPIB3 (libgpib:3)".into(), obstacle: obstacle() };
        let listing =
            Listing { rows: vec![busy, Row::default()], troubles: vec![trouble], sources: vec![] };
        assert_eq!(
            of(&listing),
            [
                "note: ASRL1::INSTR: python3 (process 7) has it open\n  try: close it there",
                "note: GPIB3 (libgpib:3): python3 (process 7) has it open\n  try: close it there",
            ]
        );
    }
}
