#![forbid(unsafe_code)]
//! From the text of a file to a [`Config`]. Here are the sections that are lists of names; a file
//! beside this one has each of the others.

mod defaults;
mod find;

use std::collections::HashMap;
use std::collections::HashSet;
use std::path::Path;

use toml::Spanned;
use toml::de::DeTable;
use toml::de::DeValue;

use crate::config::Alias;
use crate::config::BoardPlace;
use crate::config::Config;
use crate::config::Problem;
use crate::config::io;
use crate::consts::VI_FIND_BUFLEN;
use crate::rsrc::ResourceName;

/// Problems kept of one file: a file that is no configuration at all is wrong everywhere.
const MOST_PROBLEMS: usize = 100;

/// Reads `bytes`, the contents of `file`.
pub(super) fn parse(file: &Path, bytes: &[u8]) -> Config {
    let text = String::from_utf8_lossy(bytes);
    let lines = memchr::memchr_iter(b'\n', text.as_bytes()).collect();
    let mut reader = Reader { file, lines, config: Config::default() };
    if let Err(error) = str::from_utf8(bytes) {
        // The text up to there is the same, bad bytes or not.
        reader.problem(error.valid_up_to(), "not UTF-8");
    }
    let (document, errors) = DeTable::parse_recoverable(&text);
    for error in errors {
        reader.problem(error.span().map_or(0, |span| span.start), error.message());
    }
    for (key, value) in in_order(document.get_ref()) {
        match (key.get_ref().as_ref(), value.get_ref()) {
            ("resources", DeValue::Array(entries)) => reader.resources(entries),
            ("resources", _) => reader.problem(start(value), "resources is not a list of names"),
            ("aliases", DeValue::Table(entries)) => reader.aliases(entries),
            ("serial", DeValue::Table(entries)) => reader.serial(entries),
            ("gpib", DeValue::Table(entries)) => reader.gpib(entries),
            ("find", DeValue::Table(entries)) => reader.find(entries),
            ("defaults", DeValue::Table(entries)) => reader.defaults(entries),
            ("io", DeValue::Table(entries)) => io::io(&mut reader, entries),
            (table @ ("aliases" | "serial" | "gpib" | "find" | "defaults" | "io"), _) => {
                reader.problem(start(value), format!("{table} is not a table"));
            }
            (other, _) => reader.problem(start(key), format!("there is no setting {other:?}")),
        }
    }
    reader.config
}

type Entry<'a, 'i> = (&'a Spanned<std::borrow::Cow<'i, str>>, &'a Spanned<DeValue<'i>>);

/// The entries in the order of the file: of two that are at odds, the first one counts.
fn in_order<'a, 'i>(table: &'a DeTable<'i>) -> Vec<Entry<'a, 'i>> {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| start(key));
    entries
}

pub(super) fn start<T>(spanned: &Spanned<T>) -> usize {
    spanned.span().start
}

pub(super) struct Reader<'a> {
    file: &'a Path,
    /// Where the lines end.
    lines: Vec<usize>,
    pub(super) config: Config,
}

impl Reader<'_> {
    /// Keeps what is wrong at the byte `at`.
    pub(super) fn problem(&mut self, at: usize, reason: impl Into<String>) {
        if self.config.problems.len() < MOST_PROBLEMS {
            let (file, line, reason) = (self.file.into(), Some(self.line(at)), reason.into());
            self.config.problems.push(Problem { file, line, reason });
        }
    }

    /// The number of the line with the byte `at`, from 1.
    fn line(&self, at: usize) -> usize {
        1 + self.lines.partition_point(|end| *end < at)
    }

    /// Tells that a value is not what is wanted there.
    fn unusable(&mut self, value: &Spanned<DeValue<'_>>, reason: impl Into<String>) {
        // A value that takes no room stands for a mistake that the parser has told already.
        if !value.span().is_empty() {
            self.problem(start(value), reason);
        }
    }

    /// The resource name that a value is.
    fn name(&mut self, value: &Spanned<DeValue<'_>>) -> Option<ResourceName> {
        let Some(text) = value.get_ref().as_str() else {
            self.unusable(value, "not a resource name in quotes");
            return None;
        };
        match ResourceName::parse(text) {
            Ok(name) => Some(name),
            Err(error) => {
                self.problem(start(value), format!("no resource name: {text:?} ({})", error.at));
                None
            }
        }
    }

    fn resources(&mut self, entries: &[Spanned<DeValue<'_>>]) {
        let mut known = HashSet::new();
        for entry in entries {
            // The same name twice is no mistake worth a word.
            if let Some(name) = self.name(entry)
                && known.insert(name.key())
            {
                self.config.resources.push(name);
            }
        }
    }

    fn serial(&mut self, entries: &DeTable<'_>) {
        for (key, value) in in_order(entries) {
            let word = key.get_ref().as_ref();
            if word == "find" {
                match value.get_ref() {
                    DeValue::Boolean(find) => self.config.hides_ports |= !find,
                    _ => self.problem(start(value), "find is true or false"),
                }
                continue;
            }
            let path = value.get_ref().as_str().filter(|path| path.starts_with('/'));
            match (port_number(word), path) {
                (None, _) => self.problem(start(key), format!("no port number: {word:?}")),
                (_, None) => self.unusable(value, "not a device's path in quotes"),
                (Some(number), Some(path)) => {
                    let path = Path::new(path);
                    let same = self.config.serial.iter().find(|(_, known)| known == path);
                    if let Some((first, _)) = same {
                        let reason = format!("port {number} is the same as {first}");
                        self.problem(start(key), reason);
                    } else {
                        self.config.serial.push((number, path.into()));
                    }
                }
            }
        }
    }

    fn gpib(&mut self, entries: &DeTable<'_>) {
        for (key, value) in in_order(entries) {
            let word = key.get_ref().as_ref();
            let Some(number) = port_number(word) else {
                self.problem(start(key), format!("no board number: {word:?}"));
                continue;
            };
            let place = value.get_ref().as_str().and_then(|text| BoardPlace::parse(number, text));
            let same = |place| self.config.gpib.iter().find(|(_, known)| known == place);
            match place {
                None => self.unusable(value, format!("not {}", BoardPlace::FORMS)),
                Some(place) => match same(&place).map(|(first, _)| *first) {
                    None => self.config.gpib.push((number, place)),
                    Some(first) => {
                        let reason = format!("board {number} is the same as {first}");
                        self.problem(start(key), reason);
                    }
                },
            }
        }
    }

    fn aliases(&mut self, entries: &DeTable<'_>) {
        let mut known = HashMap::new();
        for (key, value) in in_order(entries) {
            let word = key.get_ref().as_ref();
            let Some(resource) = self.name(value) else { continue };
            if let Some(why) = unfit(word) {
                self.problem(start(key), format!("alias {word:?} cannot be used: {why}"));
            } else if let Some(first) = known.insert(word.to_ascii_uppercase(), word) {
                self.problem(start(key), format!("alias {word:?} is the same as {first:?}"));
                // The first one counts, for a third one too.
                known.insert(word.to_ascii_uppercase(), first);
            } else {
                self.config.aliases.push(Alias { word: word.to_owned(), resource });
            }
        }
    }
}

/// The whole number that a value is.
fn whole(value: &DeValue<'_>) -> Option<i64> {
    let number = value.as_integer()?;
    i64::from_str_radix(number.as_str(), number.radix()).ok()
}

/// The number of ASRLn or GPIBn that a key is.
fn port_number(key: &str) -> Option<u16> {
    key.parse().ok().filter(|number: &u16| number.to_string() == key)
}

/// Why nobody could ever use the alias.
fn unfit(word: &str) -> Option<&'static str> {
    let plain = |byte: u8| byte == b' ' || byte.is_ascii_graphic();
    if word.is_empty() || word.len() >= VI_FIND_BUFLEN || !word.bytes().all(plain) {
        Some("1 to 255 characters of printable ASCII are wanted")
    } else if ResourceName::parse(word).is_ok() {
        Some("it is a resource name itself")
    } else {
        None
    }
}
