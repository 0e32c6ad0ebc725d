#![forbid(unsafe_code)]
//! What is told beside the list: what cannot be used and why, sources that failed or were slow.

use visa::find::Ending;

use crate::list::identify::Said;
use crate::list::search::{Listing, Row, Source};

/// Something to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Note {
    /// Of whom.
    what: String,
    why: String,
    /// What helps, a line each.
    helps: Vec<String>,
}

impl Note {
    fn new(what: &str, why: impl Into<String>, help: &str) -> Self {
        let helps = if help.is_empty() { Vec::new() } else { vec![help.to_owned()] };
        Self { what: what.to_owned(), why: why.into(), helps }
    }

    fn text(&self) -> String {
        let helps = self.helps.iter().map(|help| format!("\n  try: {help}"));
        std::iter::once(format!("note: {}: {}", self.what, self.why)).chain(helps).collect()
    }
}

/// What there is to tell, what is the same of several once.
pub fn of(listing: &Listing) -> Vec<String> {
    let lan = listing.sources.iter().filter(|source| source.is_lan).map(|source| source.name);
    let lan: Vec<_> = lan.collect();
    let rows = listing.rows.iter().filter_map(|row| of_row(row, &lan));
    let troubles = listing
        .troubles
        .iter()
        .map(|trouble| Note::new(&trouble.what, &trouble.obstacle.why, &trouble.obstacle.help));
    let mut notes: Vec<Note> = Vec::new();
    for note in rows.chain(troubles).chain(listing.sources.iter().filter_map(of_source)) {
        match notes.iter_mut().find(|told| (&told.why, &told.helps) == (&note.why, &note.helps)) {
            Some(told) => told.what += &format!(", {}", note.what),
            None => notes.push(note),
        }
    }
    notes.iter().map(Note::text).collect()
}

/// `lan`: the sources that ask the network.
fn of_row(row: &Row, lan: &[&str]) -> Option<Note> {
    if let Some(obstacle) = &row.obstacle {
        return Some(Note::new(&row.name, &obstacle.why, &obstacle.help));
    }
    match row.said.as_ref()? {
        Said::Answer(_) => None,
        Said::Skipped(reason) => Some(Note::new(&row.name, format!("not asked: {reason}"), "")),
        Said::Failed(failure) => {
            let prefix = format!("{}: ", row.name);
            let why = failure.message.strip_prefix(&prefix).unwrap_or(&failure.message);
            // So it is switched on, whatever the hints ask.
            let answered = row.sources.iter().find(|source| lan.contains(source));
            let but = answered.map(|source| format!("it answered the search ({source}), but "));
            let why = but.unwrap_or_default() + why;
            Some(Note { what: row.name.clone(), why, helps: failure.hints.clone() })
        }
    }
}

/// Why a source has not told all. `None` where it has, or has said it by what it told.
fn of_source(source: &Source) -> Option<Note> {
    if source.is_off && source.is_chosen {
        let help = "[find] in the configuration file, or FERROVISA_LAN_SEARCH, says otherwise";
        return Some(Note::new(source.name, "it is switched off", help));
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
    Some(Note::new(source.name, format!("{}{found}", report.ending), help))
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
        let note = |source: &Source| of_source(source).map(|note| note.text());
        let late = note(&source(Ending::Late, 3)).expect("a note");
        assert!(late.contains("mDNS: did not end in time; 3 found by then"), "{late}");
        assert!(late.contains("try: --bound MS"), "{late}");
        let failed = Ending::Failed(Error::new(VI_ERROR_IO, "socket"));
        let failed = note(&source(failed, 0)).expect("a note");
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
        assert_eq!((&chosen.what[..], &chosen.why[..]), ("mDNS", "it is switched off"));
    }

    #[test]
    fn one_that_answered_the_search_and_then_not_is_there() {
        let failed = |source| Row {
            name: "TCPIP0::h::inst0::INSTR".into(),
            sources: vec![source],
            said: Some(Said::Failed(Failure::new("TCPIP0::h::inst0::INSTR: VI_ERROR_X"))),
            ..Row::default()
        };
        let note = |source| of_row(&failed(source), &["mDNS"]).expect("a note").text();
        assert_eq!(
            note("mDNS"),
            "note: TCPIP0::h::inst0::INSTR: it answered the search (mDNS), but VI_ERROR_X"
        );
        assert_eq!(note("configuration"), "note: TCPIP0::h::inst0::INSTR: VI_ERROR_X");
    }

    #[test]
    fn what_is_the_same_of_several_is_told_once() {
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
        let skipped = |name: &str| Row {
            name: name.into(),
            said: Some(Said::Skipped("it is no instrument".into())),
            ..Row::default()
        };
        let board = skipped("GPIB0::INTFC");
        let trouble = Trouble { what: "GPIB3 (libgpib:3)".into(), obstacle: obstacle() };
        let rows = vec![busy, board, Row::default(), skipped("GPIB1::INTFC")];
        let listing = Listing { rows, troubles: vec![trouble], sources: vec![] };
        assert_eq!(
            of(&listing),
            [
                "note: ASRL1::INSTR, GPIB3 (libgpib:3): python3 (process 7) has it open\n  \
                 try: close it there",
                "note: GPIB0::INTFC, GPIB1::INTFC: not asked: it is no instrument",
            ]
        );
    }
}
