#![forbid(unsafe_code)]
//! `visa list`: what is there, who it is, and what stands in the way of using it.
//!
//! | file | what |
//! |---|---|
//! | `search.rs` | looks: with this tool's own library, or with another one by viFindRsrc |
//! | `live.rs` | shows meanwhile which source is at work |
//! | `identify.rs` | `--idn` |
//! | `print.rs`, `table.rs`, `json.rs` | what is printed |
//! | `notes.rs` | what is told beside it: what was not found or cannot be used, and why |

mod identify;
mod json;
mod live;
mod notes;
mod print;
mod search;
mod table;

use std::path::Path;

use clap::Args;
use clap::builder::RangedU64ValueParser;
use visa::find::About;

use crate::failure::Exit;
use crate::failure::Failure;
use crate::failure::Result;
use crate::library;
use crate::list::print::Printer;
use crate::list::search::Listing;
use crate::talk;

/// Arguments.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  visa list                        all that is found
  visa list --idn                  and who it is
  visa list 'TCPIP?*INSTR'         by name: ? any character, * repeats, [abc], (a|b), + repeats
  visa list --only usb,serial      only there
  visa list --json | jq -r '.resources[]'

All sources are searched side by side, the network as [find] of the configuration file says;
`visa list --json | jq .sources` shows what each came to. An instrument that no list shows can still
be opened by its name. What cannot be used is told with the reason and with what helps.

--idn sends *IDN? to instruments, but not to boards and raw USB interfaces. What is on a serial port
may be a modem, or anything else that takes it amiss: it is asked with --serial only. Nor is anything
asked that another program has.

On a terminal the list is a table; elsewhere it is one name on a line. With another library (--lib),
viFindRsrc decides where it looks, and knows nothing but names.

Exit code 3 when nothing was found.")]
pub struct List {
    /// What to look for: a viFindRsrc expression
    #[arg(default_value = "?*")]
    expression: String,
    /// Ask all instruments that are found who they are (*IDN?), at once
    #[arg(long)]
    idn: bool,
    /// With --idn: ask what is on serial ports as well
    #[arg(long, requires = "idn")]
    serial: bool,
    /// With --idn: how long opening, and each message, may take, in ms
    #[arg(long, value_name = "MS", default_value = "2000", value_parser = talk::milliseconds)]
    timeout: u32,
    /// How long the search may take, in ms [default: 900, or `bound_ms` of the configuration]
    #[arg(long, value_name = "MS", value_parser = RangedU64ValueParser::<u64>::new().range(50..=60_000))]
    bound: Option<u64>,
    /// Do not search the network
    #[arg(long)]
    no_lan: bool,
    /// Ask these sources only: configuration, serial, gpib, usb, lan, or a part of a source's name
    #[arg(long, value_name = "SOURCE", value_delimiter = ',')]
    only: Vec<String>,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// Runs it.
///
/// # Errors
/// Exit code 3 when nothing was found, which is printed as JSON already where that is asked for.
pub fn run(args: &List, lib: Option<&Path>) -> Result {
    let lib = lib.filter(|path| !path.as_os_str().is_empty());
    // A library that may be another vendor's searches by itself.
    let is_ours = lib.is_none() && library::own().is_some();
    if !is_ours && (args.bound.is_some() || args.no_lan || !args.only.is_empty()) {
        let failure = Failure::new("--bound, --no-lan and --only are for this tool's own library");
        return Err(Failure { exit: Exit::Usage, ..failure });
    }
    // Before the search, so that a library that does not load is told at once.
    let manager = (args.idn || !is_ours).then(|| library::manager(lib)).transpose()?;
    let mut listing = match &manager {
        Some(manager) if !is_ours => search::theirs(manager, &args.expression)?,
        _ => search::ours(args)?,
    };
    let mut printer = Printer::new(args, &listing);
    if let Some(manager) = manager.filter(|_| args.idn) {
        identify::all(&manager, args, &mut listing, &mut |row, index| printer.asked(row, index));
    }
    let outcome = if listing.rows.is_empty() { Err(nothing(args, &listing)) } else { Ok(()) };
    printer.end(&listing, outcome.as_ref().err());
    outcome
}

fn nothing(args: &List, listing: &Listing) -> Failure {
    let mut failure = Failure::new(format!("nothing found for {}", args.expression));
    failure.exit = Exit::Nothing;
    let mut lan = listing.sources.iter().filter(|source| source.is_lan).peekable();
    if lan.peek().is_some() && lan.all(|source| source.report.is_none()) {
        failure = failure
            .hint("the network was not searched (--no-lan, or [find] in the configuration file)");
    }
    failure
        .hint("`visa idn TCPIP::ADDRESS::INSTR` asks an instrument directly")
        .hint("~/.config/ferrovisa/config.toml can name instruments for the list")
        .hint("`visa sim` starts one in software")
}

/// The sources that `--only` means.
///
/// # Errors
/// A word that means none.
fn chosen(words: &[String], sources: &[About]) -> Result<Vec<&'static str>> {
    let mut chosen = Vec::new();
    for word in words {
        let wanted = plain(word);
        let is_meant = |about: &&About| match &wanted[..] {
            "lan" => about.is_lan,
            _ => !wanted.is_empty() && plain(about.name).contains(&wanted),
        };
        let meant: Vec<_> = sources.iter().filter(is_meant).map(|about| about.name).collect();
        if meant.is_empty() {
            let all: Vec<_> = sources.iter().map(|about| about.name).collect();
            let failure = Failure::new(format!("--only {word}: there is no such source"));
            let failure = failure.hint(format!("one of these: {}", all.join(", ")));
            return Err(Failure { exit: Exit::Usage, ..failure });
        }
        chosen.extend(meant);
    }
    Ok(chosen)
}

/// Without case, blanks and signs: `VXI-11` and `vxi11` are the same.
fn plain(word: &str) -> String {
    word.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use visa::find::CONFIGURATION;

    use super::*;

    #[test]
    fn sources_are_chosen_by_a_part_of_their_names() {
        let about = |name, is_lan| About { name, is_lan, is_permitted: true };
        let sources = [
            about(CONFIGURATION, false),
            about("USB instruments", false),
            about("USB RAW", false),
            about("mDNS", true),
            about("VXI-11 broadcast", true),
        ];
        let of = |words: &[&str]| {
            let words: Vec<_> = words.iter().map(|word| (*word).to_owned()).collect();
            chosen(&words, &sources).map_err(|failure| failure.exit)
        };
        assert_eq!(of(&[]), Ok(vec![]));
        assert_eq!(of(&["usb"]), Ok(vec!["USB instruments", "USB RAW"]));
        assert_eq!(of(&["vxi11", "config"]), Ok(vec!["VXI-11 broadcast", "configuration"]));
        assert_eq!(of(&["lan"]), Ok(vec!["mDNS", "VXI-11 broadcast"]));
        assert_eq!(of(&["mdns", "firewire"]), Err(Exit::Usage));
        assert_eq!(of(&["-"]), Err(Exit::Usage), "no word does not mean all");
    }
}
