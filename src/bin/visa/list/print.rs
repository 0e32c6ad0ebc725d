#![forbid(unsafe_code)]
//! Printing the list: a table on a terminal, names elsewhere, JSON when asked for.

use std::io::IsTerminal;

use crate::failure::Failure;
use crate::list::List;
use crate::list::identify::Said;
use crate::list::json;
use crate::list::notes;
use crate::list::search::{Listing, Row};
use crate::list::table;
use crate::list::table::{HEADINGS, Layout};
use crate::screen::{Style, styled, width};

/// Prints what is known as it becomes known.
pub struct Printer {
    form: Form,
    /// Whether the resources are asked, so that their lines come one by one.
    is_asking: bool,
}

enum Form {
    Json,
    /// Names, a line each, always in their order: how many have been printed.
    Names(usize),
    Table(Layout),
}

impl Printer {
    /// Begins. `listing` is not asked yet.
    pub fn new(args: &List, listing: &Listing) -> Self {
        let is_asking = args.idn;
        if args.json {
            return Self { form: Form::Json, is_asking };
        }
        if !std::io::stdout().is_terminal() {
            return Self { form: Form::Names(0), is_asking };
        }
        let lines: Vec<_> = listing.rows.iter().map(table::cells).collect();
        let layout = Layout::of(&lines, width(), is_asking);
        if !listing.rows.is_empty() {
            println!("{}", styled(Style::Bold, &layout.line(&HEADINGS)));
        }
        if !is_asking {
            lines.iter().for_each(|cells| println!("{}", layout.line(cells)));
        }
        Self { form: Form::Table(layout), is_asking }
    }

    /// It is known what came of asking row `index`.
    pub fn asked(&mut self, rows: &[Row], index: usize) {
        match &mut self.form {
            Form::Json => {}
            Form::Table(layout) => println!("{}", layout.line(&table::cells(&rows[index]))),
            Form::Names(printed) => {
                while let Some(row) = rows.get(*printed).filter(|row| row.said.is_some()) {
                    println!("{}", line(row));
                    *printed += 1;
                }
            }
        }
    }

    /// All is known. `failure`: what the tool is about to fail with.
    pub fn end(self, listing: &Listing, failure: Option<&Failure>) {
        match self.form {
            Form::Json => println!("{}", json::listing(listing, failure)),
            Form::Names(_) if !self.is_asking => {
                listing.rows.iter().for_each(|row| println!("{}", line(row)));
            }
            Form::Names(_) | Form::Table(_) => {}
        }
        notes::of(listing).iter().for_each(|note| eprintln!("{note}"));
    }
}

/// As `visa idn` prints it.
fn line(row: &Row) -> String {
    match &row.said {
        Some(Said::Answer(message)) => format!("{}  {}", row.name, table::identity(message)),
        _ => row.name.clone(),
    }
}
