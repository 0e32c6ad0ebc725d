#![forbid(unsafe_code)]
//! The table: columns as wide as what is in them, and as the terminal is.

use visa::iface::obstacle::Kind;

use crate::answer;
use crate::list::identify::Said;
use crate::list::search::Row;
use crate::screen::cut;

/// Between two columns.
const GAP: &str = "  ";

/// As much of a column is shown on the narrowest terminal.
const LEAST: usize = 12;

/// The headings.
pub const HEADINGS: [&str; 4] = ["RESOURCE", "ALIAS", "WHAT IT SAYS OF ITSELF", "NOTE"];

/// A line: resource, alias, what it says of itself, note.
pub type Cells = [String; 4];

/// What stands in a row's line.
pub fn cells(row: &Row) -> Cells {
    let (says, note) = match &row.said {
        Some(Said::Answer(message)) => (identity(message), String::new()),
        Some(Said::Failed(_)) => (row.description.clone(), "no answer".to_owned()),
        Some(Said::Skipped(_)) if row.obstacle.is_none() => {
            (row.description.clone(), "not asked".to_owned())
        }
        _ => (row.description.clone(), String::new()),
    };
    let note = match &row.obstacle {
        Some(obstacle) => short(obstacle.kind).to_owned(),
        None => note,
    };
    [row.name.clone(), row.alias.clone(), says, note]
}

/// An answer to `*IDN?` on one line.
pub fn identity(message: &[u8]) -> String {
    match answer::text(message) {
        Some(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
        None => format!("{} bytes, not text", message.len()),
    }
}

fn short(kind: Kind) -> &'static str {
    match kind {
        Kind::Permission => "no permission",
        Kind::Busy => "in use",
        Kind::Missing => "not there",
        Kind::Driver => "driver",
        Kind::Silent => "silent",
        Kind::Fault => "fault",
    }
}

/// How wide each column is; one that is empty in all lines has no width, and is left out.
#[derive(Debug, PartialEq, Eq)]
pub struct Layout([usize; 4]);

impl Layout {
    /// Of these lines, on a terminal of `width` columns. `will_say`: what the resources say of
    /// themselves is not known yet, and gets the room that there is.
    pub fn of(lines: &[Cells], width: usize, will_say: bool) -> Self {
        let mut widths = [0; 4];
        for cells in lines {
            for (wide, cell) in widths.iter_mut().zip(cells) {
                *wide = cell.chars().count().max(*wide);
            }
        }
        if will_say {
            widths[2] = width;
            widths[3] = widths[3].max(short(Kind::Permission).len());
        }
        for (wide, heading) in widths.iter_mut().zip(HEADINGS) {
            if *wide > 0 {
                *wide = heading.len().max(*wide);
            }
        }
        // Names are there to be copied, so they stay whole; the rest shrinks from its end.
        for column in [2, 3] {
            let gaps = widths.iter().filter(|wide| **wide > 0).count().saturating_sub(1);
            let total: usize = widths.iter().sum::<usize>() + gaps * GAP.len();
            let over = total.saturating_sub(width);
            widths[column] = widths[column].saturating_sub(over).max(widths[column].min(LEAST));
        }
        Self(widths)
    }

    /// A line, without blanks at its end.
    pub fn line<T: AsRef<str>>(&self, cells: &[T; 4]) -> String {
        let columns = self.0.iter().zip(cells).filter(|(wide, _)| **wide > 0);
        let padded = columns.map(|(wide, cell)| format!("{:wide$}", cut(cell.as_ref(), *wide)));
        padded.collect::<Vec<_>>().join(GAP).trim_end().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use visa::iface::obstacle::Obstacle;

    use super::*;

    fn cells(texts: [&str; 4]) -> Cells {
        texts.map(str::to_owned)
    }

    fn table(lines: &[Cells], width: usize) -> Vec<String> {
        let layout = Layout::of(lines, width, false);
        std::iter::once(layout.line(&HEADINGS))
            .chain(lines.iter().map(|cells| layout.line(cells)))
            .collect()
    }

    #[test]
    fn columns_are_as_wide_as_needed_and_empty_ones_are_left_out() {
        let lines =
            [cells(["GPIB0::5::INSTR", "", "", ""]), cells(["ASRL1::INSTR", "COM1", "", ""])];
        assert_eq!(
            table(&lines, 80),
            ["RESOURCE         ALIAS", "GPIB0::5::INSTR", "ASRL1::INSTR     COM1"]
        );
    }

    #[test]
    fn what_does_not_fit_is_cut_but_no_name_ever_is() {
        let long = "Maker of Instruments, Model 34465A, MY1234567890";
        let name = "USB0::0x0957::0x1755::MY44001234::0::INSTR";
        let lines = [cells([name, "scope", long, "no permission"])];
        let lines = table(&lines, 90);
        assert!(lines.iter().all(|line| line.chars().count() <= 90), "{lines:?}");
        assert!(lines[1].starts_with(&format!("{name}  scope  Maker of ")), "{}", lines[1]);
        assert!(lines[1].ends_with("\u{2026}  no permission"), "{}", lines[1]);
        // On the narrowest terminals lines are too long rather than names cut.
        let narrow = table(&[cells([name, "scope", long, "no permission"])], 20);
        assert!(narrow[1].contains(name) && narrow[1].contains("scope"), "{}", narrow[1]);
    }

    #[test]
    fn room_is_kept_for_what_will_be_said() {
        let lines = [cells(["GPIB0::5::INSTR", "", "", ""])];
        let layout = Layout::of(&lines, 80, true);
        let long = "x".repeat(200);
        let line = layout.line(&["GPIB0::5::INSTR", "", &long, "no permission"]);
        assert_eq!(line.chars().count(), 80);
    }

    #[test]
    fn an_answer_stands_before_what_was_known() {
        let row = |said| Row {
            name: "GPIB0::5::INSTR".into(),
            description: "known".into(),
            said,
            ..Row::default()
        };
        let says = |said| super::cells(&row(said))[2..].to_vec();
        assert_eq!(says(None), ["known", ""]);
        assert_eq!(says(Some(Said::Answer(b"Maker,\tM1\r\n".to_vec()))), ["Maker, M1", ""]);
        assert_eq!(says(Some(Said::Answer(b"\xff\x1b".to_vec()))), ["2 bytes, not text", ""]);
        assert_eq!(says(Some(Said::Skipped("x".into()))), ["known", "not asked"]);
        let obstacle = Obstacle { kind: Kind::Busy, why: String::new(), help: String::new() };
        let busy = Row { obstacle: Some(obstacle), ..row(Some(Said::Skipped("x".into()))) };
        assert_eq!(super::cells(&busy)[3], "in use");
    }
}
