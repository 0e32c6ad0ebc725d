#![forbid(unsafe_code)]
//! `visa config import`: aliases, resources and serial ports out of other programs' files. What we
//! have already stays; what becomes of each line is told.

mod list;
mod ni;
#[cfg(test)]
mod tests;

use std::fmt;
use std::path::Path;
use std::path::PathBuf;

use clap::Args;
use serde_json::json;
use toml_edit::Value;
use visa::config;
use visa::rsrc::ResourceName;

use crate::config::edit;
use crate::config::file;
use crate::failure::Failure;
use crate::failure::Result;

/// Where NI-VISA keeps its file, by the age of the installation.
const NI_FILES: [&str; 2] =
    ["/etc/ni-visa/visaconf.ini", "/usr/local/vxipnp/linux/NIvisa/visaconf.ini"];

/// Arguments.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  visa config import --dry-run          what NI-VISA's file on this machine would give
  visa config import visaconf.ini       the file of another machine
  visa config import instruments.csv    a list

Understands NI-VISA's visaconf.ini (aliases, network resources, serial ports with their settings;
what is disabled there is skipped), and lists with a line for each alias: `word = resource`, or the
two in any order with a comma, semicolon or tab between them. A resource alone is one to be listed.
Lines that start with # or ; are comments.

An alias, number or setting of yours is never changed. Each line is told: imported, already there,
conflict (yours is kept), skipped, not understood.")]
pub struct Import {
    /// The file [default: NI-VISA's on this machine]
    source: Option<PathBuf>,
    /// Only tell what would be done
    #[arg(long)]
    dry_run: bool,
}

/// A line of the foreign file that says something.
#[derive(Debug, PartialEq)]
struct Line {
    /// Its number, from 1.
    number: usize,
    /// It, or in short what it says.
    text: String,
    /// What it asks for, or why nothing comes of it.
    wish: std::result::Result<Wish, Outcome>,
}

/// What a line asks for.
#[derive(Debug, PartialEq)]
enum Wish {
    Alias { word: String, resource: String },
    Resource(String),
    Port { number: u16, device: String },
    Setting { resource: String, key: &'static str, value: Setting },
}

/// The value of a setting: a number, or a word.
#[derive(Clone, Debug, PartialEq)]
enum Setting {
    Number(i64),
    Half(f64),
    Word(&'static str),
}

/// What became of a line.
#[derive(Clone, Debug, PartialEq)]
enum Outcome {
    Imported,
    Present,
    /// What we have instead.
    Conflict(String),
    /// Why it is left out on purpose.
    Skipped(String),
    /// What is odd about it.
    Unclear(String),
}

impl Outcome {
    fn word(&self) -> &'static str {
        match self {
            Self::Imported => "imported",
            Self::Present => "already there",
            Self::Conflict(_) => "conflict",
            Self::Skipped(_) => "skipped",
            Self::Unclear(_) => "not understood",
        }
    }

    fn why(&self) -> &str {
        match self {
            Self::Imported | Self::Present => "",
            Self::Conflict(why) | Self::Skipped(why) | Self::Unclear(why) => why,
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.why() {
            "" => write!(f, "{}", self.word()),
            why => write!(f, "{}: {why}", self.word()),
        }
    }
}

/// Runs it on the configuration file `path`.
///
/// # Errors
/// There is nothing to import, or no file to import it from.
pub fn run(args: &Import, path: &Path, json: bool) -> Result {
    let source = match &args.source {
        Some(source) => source.clone(),
        None => ni_file()?,
    };
    let bytes = std::fs::read(&source)
        .map_err(|error| Failure::new(format!("{}: {error}", source.display())))?;
    let lines = understood(&String::from_utf8_lossy(&bytes));
    let mut told = Vec::new();
    let written = if args.dry_run {
        told = apply(path, &file::read(path)?, &lines).map_err(Failure::new)?.1;
        false
    } else {
        file::change(path, |text| {
            let (new, outcomes) = apply(path, text, &lines).map_err(Failure::new)?;
            told = outcomes;
            Ok(Some(new))
        })?
    };
    tell(&source, path, &lines, &told, written, json);
    match lines.iter().any(|line| line.wish.is_ok()) {
        true => Ok(()),
        false => Err(Failure::new(format!("{}: nothing to import in it", source.display()))
            .hint("`visa config import --help` says what is understood")),
    }
}

fn ni_file() -> Result<PathBuf> {
    let found = NI_FILES.iter().map(PathBuf::from).find(|path| path.exists());
    found.ok_or_else(|| {
        Failure::new(format!("NI-VISA has no file here ({})", NI_FILES.join(", ")))
            .hint("`visa config import FILE` takes another one")
    })
}

/// What a foreign file says.
fn understood(text: &str) -> Vec<Line> {
    let text = text.trim_start_matches('\u{feff}');
    if ni::is_visaconf(text) { ni::lines(text) } else { list::lines(text) }
}

/// The text with what the lines ask for, one after the other, and what became of each.
fn apply(path: &Path, text: &str, lines: &[Line]) -> edit::Result<(String, Vec<Outcome>)> {
    let mut text = text.to_owned();
    edit::parsed(&text)?;
    let mut outcomes = Vec::new();
    for line in lines {
        let outcome = match &line.wish {
            Err(outcome) => outcome.clone(),
            Ok(wish) => match known(path, &text, wish) {
                Some(outcome) => outcome,
                None => {
                    let new = granted(&text, wish)?;
                    match first_new_problem(path, &text, &new) {
                        Some(reason) => Outcome::Unclear(reason),
                        None => {
                            text = new;
                            Outcome::Imported
                        }
                    }
                }
            },
        };
        outcomes.push(outcome);
    }
    Ok((text, outcomes))
}

/// What we have already of a wish.
fn known(path: &Path, text: &str, wish: &Wish) -> Option<Outcome> {
    let config = config::load_with(path, text.as_bytes());
    let same = |is: bool, ours: String| if is { Outcome::Present } else { Outcome::Conflict(ours) };
    match wish {
        Wish::Alias { word, resource } => {
            let (_, ours) = config.alias(word)?;
            let is = ResourceName::parse(resource).is_ok_and(|name| name.same_resource(ours));
            Some(same(is, format!("{word} stays {}", ours.canonical())))
        }
        Wish::Resource(resource) => {
            let name = ResourceName::parse(resource).ok()?;
            let known = config.resources().iter().any(|ours| ours.same_resource(&name));
            known.then_some(Outcome::Present)
        }
        Wish::Port { number, device } => {
            let device = Path::new(device);
            let ports = config.serial().iter();
            let mut taken = ports.filter(|(ours, path)| ours == number || path == device);
            let (ours, path) = taken.next()?;
            let is = ours == number && path == device;
            Some(same(is, format!("ASRL{ours} stays {}", path.display())))
        }
        Wish::Setting { resource, key, value } => {
            let document = edit::parsed(text).ok()?;
            let (_, item) = edit::find(document.as_table(), &["defaults", resource, key])?;
            let ours = item.as_value()?.clone().decorated("", "").to_string();
            Some(same(ours == value_of(value).to_string(), format!("{key} stays {ours}")))
        }
    }
}

/// The text with the wish granted.
fn granted(text: &str, wish: &Wish) -> edit::Result<String> {
    match wish {
        Wish::Alias { word, resource } => {
            edit::set(text, &["aliases", word], Value::from(resource))
        }
        Wish::Resource(resource) => edit::add_resource(text, resource),
        Wish::Port { number, device } => {
            edit::set(text, &["serial", &number.to_string()], Value::from(device))
        }
        Wish::Setting { resource, key, value } => {
            edit::set(text, &["defaults", resource, key], value_of(value))
        }
    }
}

fn value_of(setting: &Setting) -> Value {
    match setting {
        Setting::Number(number) => (*number).into(),
        Setting::Half(number) => (*number).into(),
        Setting::Word(word) => (*word).into(),
    }
}

fn first_new_problem(path: &Path, old: &str, new: &str) -> Option<String> {
    file::new_problems(path, old, new).into_iter().next().map(|problem| problem.reason)
}

fn tell(
    source: &Path,
    path: &Path,
    lines: &[Line],
    outcomes: &[Outcome],
    written: bool,
    json: bool,
) {
    if json {
        let each: Vec<_> = lines
            .iter()
            .zip(outcomes)
            .map(|(line, outcome)| {
                json!({
                    "line": line.number,
                    "text": line.text,
                    "outcome": outcome.word(),
                    "why": outcome.why(),
                })
            })
            .collect();
        println!(
            "{}",
            json!({ "source": source, "file": path, "changed": written, "lines": each })
        );
        return;
    }
    for (line, outcome) in lines.iter().zip(outcomes) {
        println!("{}:{}: {}: {outcome}", source.display(), line.number, line.text);
    }
    let count = outcomes.iter().filter(|outcome| **outcome == Outcome::Imported).count();
    let state = if written { "" } else { ", not written" };
    println!("{}: {count} of {} imported{state}", path.display(), lines.len());
}
