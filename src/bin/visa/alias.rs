#![forbid(unsafe_code)]
//! `visa alias`: names of one's own for resources, in the configuration file.

use clap::Args;
use clap::Subcommand;
use serde_json::Map;
use serde_json::Value as Json;
use serde_json::json;
use toml_edit::Item;
use toml_edit::Value;
use visa::config;
use visa::rsrc::ResourceName;

use crate::config::edit;
use crate::config::file;
use crate::config::file::Place;
use crate::config::named;
use crate::config::say;
use crate::config::warn;
use crate::failure::Failure;
use crate::failure::Result;

/// Arguments.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  visa alias                                          all aliases
  visa alias add scope TCPIP::192.168.1.20::INSTR
  visa idn scope
  visa alias rename scope left-scope
  visa alias remove left-scope

Programs open an alias as they open a name: viOpen, PyVISA's open_resource('scope'). Case does not
count. Aliases stand in your configuration file; `visa config` shows the rest of it.")]
pub struct Alias {
    #[command(subcommand)]
    action: Option<Action>,
    #[command(flatten)]
    place: Place,
    /// Print one JSON object
    #[arg(long, global = true)]
    pub json: bool,
}

#[derive(Subcommand, Debug)]
enum Action {
    /// Print all aliases, of all files
    List,
    /// Give a resource a name
    Add {
        word: String,
        resource: String,
        /// Also when the word means another resource now
        #[arg(long)]
        replace: bool,
    },
    /// Take a name away
    Remove { word: String },
    /// Call the resource something else
    Rename { word: String, new: String },
}

/// Runs it.
///
/// # Errors
/// Words that are taken, or not there; what the library or the file system refuses.
pub fn run(args: &Alias) -> Result {
    match &args.action {
        None | Some(Action::List) => list(args),
        Some(Action::Add { word, resource, replace }) => add(args, word, resource, *replace),
        Some(Action::Remove { word }) => {
            change(args, word, &format!("{word} is gone"), |text, word| {
                edit::unset(text, &["aliases", word])
            })
        }
        Some(Action::Rename { word, new }) => {
            let done = format!("{word} is {new} now");
            change(args, word, &done, |text, word| {
                let text = edit::rename(text, &["aliases", word], new)?;
                // What it is set to goes with it.
                let settings = spelling(&text, "defaults", word);
                match settings {
                    Some(word) => edit::rename(&text, &["defaults", &word], new).map(Some),
                    None => Ok(Some(text)),
                }
            })
        }
    }
}

fn list(args: &Alias) -> Result {
    let config = match args.place.is_chosen() {
        // That file alone: the other one's aliases would pass for its own.
        true => {
            let path = args.place.path()?;
            let text = file::read(&path)?;
            let config = config::load_with(&path, text.as_bytes());
            return print(args.json, &in_file(&text, &config));
        }
        false => config::load(),
    };
    warn();
    let aliases: Vec<_> = config
        .aliases()
        .map(|(word, name)| (word.to_owned(), name.canonical().to_owned()))
        .collect();
    print(args.json, &aliases)
}

/// The aliases that the text itself has.
fn in_file(text: &str, config: &config::Config) -> Vec<(String, String)> {
    let words = words(text, "aliases");
    let all = config.aliases().filter(|(word, _)| words.iter().any(|known| known == word));
    all.map(|(word, name)| (word.to_owned(), name.canonical().to_owned())).collect()
}

fn print(json: bool, aliases: &[(String, String)]) -> Result {
    if json {
        let entries = aliases.iter().map(|(word, name)| (word.clone(), Json::from(&**name)));
        println!("{}", json!({ "aliases": entries.collect::<Map<_, _>>() }));
        return Ok(());
    }
    let wide = aliases.iter().map(|(word, _)| word.chars().count()).max().unwrap_or(0);
    aliases.iter().for_each(|(word, name)| println!("{word:wide$}  {name}"));
    if aliases.is_empty() {
        eprintln!("no aliases; `visa alias add WORD RESOURCE` makes one");
    }
    Ok(())
}

fn add(args: &Alias, word: &str, resource: &str, replace: bool) -> Result {
    let (typed, name) = named(resource)?;
    let path = args.place.path()?;
    let changed = file::change(&path, |text| {
        let known = spelling(text, "aliases", word);
        let before = known.as_ref().and_then(|word| resource_of(text, word));
        if before.as_ref().is_some_and(|before| before.same_resource(&name)) {
            return Ok(None);
        }
        if known.is_some() && !replace {
            let of = before.map_or("what is no name".to_owned(), |it| it.canonical().to_owned());
            return Err(Failure::new(format!("{word} is the alias of {of}"))
                .hint("--replace gives it the new resource"));
        }
        let word = known.as_deref().unwrap_or(word);
        let new = edit::set(text, &["aliases", word], Value::from(typed));
        new.map(Some).map_err(Failure::new)
    })?;
    say(args.json, &path, changed, &format!("{word} is {}", name.canonical()));
    Ok(())
}

/// Changes an alias that is there, in the spelling that it has in the file.
fn change(
    args: &Alias,
    word: &str,
    done: &str,
    change: impl FnOnce(&str, &str) -> edit::Result<Option<String>>,
) -> Result {
    let path = args.place.path()?;
    let changed = file::change(&path, |text| {
        let known = spelling(text, "aliases", word).ok_or_else(|| elsewhere(word, &path))?;
        change(text, &known).map_err(Failure::new)
    })?;
    say(args.json, &path, changed, done);
    Ok(())
}

/// An alias that the file does not have.
fn elsewhere(word: &str, path: &std::path::Path) -> Failure {
    let failure = Failure::new(format!("{}: no alias {word:?}", path.display()));
    match config::load().alias(word) {
        Some(_) => failure.hint("another file has it: --system, or --file PATH"),
        None => failure.hint("`visa alias` lists them"),
    }
}

/// The keys of a section of a text.
fn words(text: &str, section: &str) -> Vec<String> {
    let document = edit::parsed(text).ok();
    let table = document.as_ref().and_then(|all| all.get(section)).and_then(Item::as_table_like);
    table.into_iter().flat_map(|table| table.iter()).map(|(word, _)| word.to_owned()).collect()
}

/// A word as the text spells it in a section: case does not count.
fn spelling(text: &str, section: &str, word: &str) -> Option<String> {
    words(text, section).into_iter().find(|known| known.eq_ignore_ascii_case(word))
}

fn resource_of(text: &str, word: &str) -> Option<ResourceName> {
    let document = edit::parsed(text).ok()?;
    let (_, item) = edit::find(document.as_table(), &["aliases", word])?;
    ResourceName::parse(item.as_str()?).ok()
}
