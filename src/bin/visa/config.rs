#![forbid(unsafe_code)]
//! `visa config`: shows, checks and edits the configuration file.

pub mod edit;
mod editor;
pub mod file;
mod import;
mod key;
mod show;

use std::path::Path;
use std::path::PathBuf;

use clap::Args;
use clap::Subcommand;
use serde_json::json;
use toml_edit::Item;
use visa::config;
use visa::rsrc::ResourceName;

use crate::config::file::Place;
use crate::failure::Failure;
use crate::failure::Result;

/// Arguments.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  visa config                              what counts now, all files together
  visa config check                        mistakes, by file and line
  visa config edit                         the file in your editor
  visa config set find.lan false           viFindRsrc does not search the network
  visa config set 'defaults.ASRL?*.baud' 115200
  visa config unset 'defaults.ASRL?*'
  visa config add-resource TCPIP::192.168.1.30::5025::SOCKET
  visa config import --dry-run             what NI-VISA's file would give
  sudo visa config --system set gpib.2 prologix://192.168.1.5

See also `visa alias`. The file is TOML; comments and order in it stay when it is edited. What the
library would not accept is not written. Programs see a change when they next open a resource
manager.

Keys: resources; aliases.WORD; serial.N, serial.find; gpib.N; find.lan, mdns, vxi11, interfaces,
not_interfaces, bound_ms, recent_s, background; and defaults.RESOURCE.SETTING, where RESOURCE is a
name, an alias or a viFindRsrc expression, and SETTING is timeout, termination, baud, data_bits,
parity, stop_bits, flow_control, always or an attribute's name (VI_ATTR_SEND_END_EN).")]
pub struct Config {
    #[command(subcommand)]
    action: Option<Action>,
    #[command(flatten)]
    place: Place,
    /// Print one JSON object
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Subcommand, Debug)]
enum Action {
    /// Print which file is edited
    Path,
    /// Print the configuration that counts, all files together; with --file or --system, that file
    Show,
    /// Print what is wrong in the files; exit code 1 when something is
    Check,
    /// Open the file in your editor (VISUAL, EDITOR), then print what is wrong in it; a new one has
    /// everything in it, commented out
    Edit,
    /// Print the value of a key
    Get { key: String },
    /// Give a key a value
    Set {
        /// For example find.lan, aliases.scope, defaults.scope.timeout
        key: String,
        /// A text needs no quotes of TOML
        #[arg(allow_negative_numbers = true)]
        value: String,
    },
    /// Take a key, or a whole section, out
    Unset { key: String },
    /// Have viFindRsrc list resources that no search finds
    AddResource {
        #[arg(required = true)]
        names: Vec<String>,
    },
    /// Have them listed no more
    RemoveResource {
        #[arg(required = true)]
        names: Vec<String>,
    },
    /// Take aliases, resources and serial ports over from NI-VISA's visaconf.ini or a list
    Import(import::Import),
}

impl Config {
    /// Whether a failure is to be printed as JSON. `check` and `edit` print the
    /// mistakes themselves.
    pub fn json(&self) -> bool {
        self.json && !matches!(self.action, Some(Action::Check | Action::Edit))
    }
}

/// Runs it.
///
/// # Errors
/// Mistakes in what is asked for or in the file, what the file system says.
pub fn run(args: &Config) -> Result {
    let action = args.action.as_ref().unwrap_or(&Action::Show);
    match action {
        Action::Path => path(args),
        Action::Show => shown(args).map(|()| warn()),
        Action::Check => check(args),
        Action::Edit => {
            let path = args.place.path()?;
            match editor::edit(&path)? {
                true => check(args),
                false => {
                    say(args.json, &path, false, "");
                    Ok(())
                }
            }
        }
        Action::Get { key } => get(args, key),
        Action::Set { key, value } => set(args, key, value),
        Action::Unset { key } => unset(args, key),
        Action::AddResource { names } => add(args, names),
        Action::RemoveResource { names } => remove(args, names),
        Action::Import(import) => import::run(import, &args.place.path()?, args.json),
    }
}

/// Says what became of the file.
pub fn say(json: bool, path: &Path, changed: bool, done: &str) {
    if json {
        println!("{}", json!({ "file": path, "changed": changed }));
    } else if changed {
        println!("{}: {done}", path.display());
    } else {
        println!("{}: nothing to change", path.display());
    }
}

/// Tells of the mistakes that the library finds, wherever they are.
pub fn warn() {
    for problem in config::load().problems() {
        eprintln!("warning: {problem}");
    }
}

fn path(args: &Config) -> Result {
    let path = args.place.path()?;
    if args.json {
        let files = config::files();
        let files: Vec<_> =
            files.iter().map(|file| json!({ "path": file, "exists": file.exists() })).collect();
        println!("{}", json!({ "path": path, "files": files }));
    } else {
        println!("{}", path.display());
    }
    Ok(())
}

/// A file as it is written.
fn in_file(path: &Path) -> Result<Item> {
    let text = file::read(path)?;
    let parsed = edit::parsed(&text);
    let document = parsed.map_err(|why| Failure::new(format!("{}: {why}", path.display())))?;
    Ok(document.into_mut().as_item().clone())
}

/// What all files say together.
fn counting() -> Item {
    show::document(&config::load()).as_item().clone()
}

fn shown(args: &Config) -> Result {
    match (args.place.is_chosen(), args.json) {
        (true, true) => println!("{}", show::json(&in_file(&args.place.path()?)?)),
        (true, false) => print!("{}", file::read(&args.place.path()?)?),
        (false, true) => println!("{}", show::json(&counting())),
        (false, false) => {
            for file in config::files() {
                let state = if file.exists() { "" } else { " (not there)" };
                println!("# {}{state}", file.display());
            }
            print!("{}", show::document(&config::load()));
        }
    }
    Ok(())
}

fn check(args: &Config) -> Result {
    let problems = match args.place.is_chosen() {
        true => {
            let path = args.place.path()?;
            // Byte by byte as the library reads it: also what is no text, or no TOML.
            let bytes = std::fs::read(&path)
                .map_err(|error| Failure::new(format!("{}: {error}", path.display())))?;
            let config = config::load_with(&path, &bytes);
            let mut problems = config.problems().to_vec();
            problems.retain(|problem| problem.file == path);
            problems
        }
        false => config::load().problems().to_vec(),
    };
    if args.json {
        let list: Vec<_> = problems
            .iter()
            .map(|one| json!({ "file": one.file, "line": one.line, "reason": one.reason }))
            .collect();
        println!("{}", json!({ "problems": list }));
    } else {
        problems.iter().for_each(|problem| println!("{problem}"));
    }
    match problems.len() {
        0 if args.json => Ok(()),
        0 => {
            println!("no mistakes");
            Ok(())
        }
        1 => Err(Failure::new("1 mistake; the rest counts")),
        many => Err(Failure::new(format!("{many} mistakes; the rest counts"))),
    }
}

/// As it is written, in the first file that says it; what no file says, as it counts.
fn get(args: &Config, key: &str) -> Result {
    let path = key::path(key)?;
    let parts: Vec<_> = path.iter().map(String::as_str).collect();
    let all = match args.place.is_chosen() {
        true => vec![in_file(&args.place.path()?)?],
        // A file that cannot be read says nothing; what counts of it is in the last one.
        false => {
            let files = config::files();
            files.iter().filter_map(|file| in_file(file).ok()).chain([counting()]).collect()
        }
    };
    let found = all.iter().find_map(|item| edit::find(item.as_table()?, &parts));
    let Some((_, item)) = found else {
        return Err(Failure::new(format!("{key} is not set")));
    };
    if args.json {
        println!("{}", json!({ "key": key, "value": show::json(item) }));
    } else {
        println!("{}", show::text(item));
    }
    Ok(())
}

fn set(args: &Config, key: &str, value: &str) -> Result {
    let path = key::path(key)?;
    let value = key::value(&path, value);
    let parts: Vec<_> = path.iter().map(String::as_str).collect();
    let shown = value.to_string();
    changed(args, &format!("{key} = {shown}"), |text| edit::set(text, &parts, value).map(Some))
}

fn unset(args: &Config, key: &str) -> Result {
    let path = key::path(key)?;
    let parts: Vec<_> = path.iter().map(String::as_str).collect();
    changed(args, &format!("{key} is gone"), |text| edit::unset(text, &parts))
}

fn add(args: &Config, names: &[String]) -> Result {
    let names = names.iter().map(|name| named(name)).collect::<Result<Vec<_>>>()?;
    changed(args, "will be listed", |text| {
        let mut text = text.to_owned();
        for (typed, name) in &names {
            let is_there = edit::resources(&text)?.iter().any(|known| known.same_resource(name));
            if !is_there {
                text = edit::add_resource(&text, typed)?;
            }
        }
        Ok(Some(text))
    })
}

fn remove(args: &Config, names: &[String]) -> Result {
    let names = names.iter().map(|name| named(name)).collect::<Result<Vec<_>>>()?;
    changed(args, "will not be listed by it any more", |text| {
        let is = |entry: &str| {
            let entry = ResourceName::parse(entry);
            entry.is_ok_and(|entry| names.iter().any(|(_, name)| entry.same_resource(name)))
        };
        let (rest, count) = edit::remove_resources(text, is)?;
        Ok((count > 0).then_some(rest))
    })
}

/// A resource's name as it was typed, and what it means. An alias stands for its resource.
///
/// # Errors
/// It is neither.
pub fn named(text: &str) -> Result<(String, ResourceName)> {
    if let Ok(name) = ResourceName::parse(text) {
        return Ok((text.to_owned(), name));
    }
    let config = config::load();
    let configured = config.alias(text).map(|(_, name)| name.clone());
    match configured.or_else(|| visa::rsrc::alias::resource(text)) {
        Some(name) => Ok((name.canonical().to_owned(), name)),
        None => Err(Failure::new(format!("{text:?} is no resource name and no alias"))
            .hint("forms: TCPIP::HOST::INSTR, TCPIP::HOST::5025::SOCKET, ASRL/dev/ttyUSB0::INSTR, GPIB0::5::INSTR")),
    }
}

/// Edits the file and says so.
fn changed(
    args: &Config,
    done: &str,
    edit: impl FnOnce(&str) -> edit::Result<Option<String>>,
) -> Result {
    let path: PathBuf = args.place.path()?;
    let is_changed = file::change(&path, |text| edit(text).map_err(Failure::new))?;
    say(args.json, &path, is_changed, done);
    Ok(())
}
