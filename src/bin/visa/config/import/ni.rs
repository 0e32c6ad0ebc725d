#![forbid(unsafe_code)]
//! NI-VISA's visaconf.ini. Facts about it are from files that users have shown in public: sections
//! of lines `NameN=`, `EnabledN=` and so on, whose numbers say what belongs together.

use std::collections::BTreeMap;

use visa::rsrc::Address;
use visa::rsrc::ResourceName;

use crate::config::import::Line;
use crate::config::import::Outcome;
use crate::config::import::Setting;
use crate::config::import::Wish;

const ALIASES: &str = "[ALIASES]";
const NETWORK: &str = "[TCPIP-RSRCS]";
const PORTS: &str = "[ASRL-RSRC-ALIAS]";

/// How many entries a section has, and whether NI-VISA announces its sockets to its own tools.
const COUNTS: [&str; 5] =
    ["NumAliases", "NumOfResources", "NumRsrcs", "SynchronizeAllSocket", "SynchronizeAllVxi11"];

/// One numbered entry of a section: its keys without the number, their values and lines.
type Entry<'a> = BTreeMap<&'a str, (usize, &'a str)>;

/// Whether a text is such a file. In capitals: a list may have a heading too.
pub fn is_visaconf(text: &str) -> bool {
    text.lines().any(|line| [ALIASES, NETWORK, PORTS].contains(&line.trim()))
}

/// What the file says, in its order.
pub fn lines(text: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut section = Section { name: "", line: 0, entries: BTreeMap::new(), other: 0 };
    for (index, line) in text.lines().enumerate() {
        let (number, line) = (index + 1, line.trim());
        if line.starts_with('[') {
            section.tell(&mut lines);
            section = Section { name: line, line: number, entries: BTreeMap::new(), other: 0 };
        } else if !line.is_empty() && !line.starts_with([';', '#']) {
            section.take(number, line, &mut lines);
        }
    }
    section.tell(&mut lines);
    lines.sort_by_key(|line| line.number);
    lines
}

struct Section<'a> {
    name: &'a str,
    line: usize,
    entries: BTreeMap<usize, Entry<'a>>,
    /// Lines of a section that is none of ours.
    other: usize,
}

impl<'a> Section<'a> {
    fn is_ours(&self) -> bool {
        [ALIASES, NETWORK, PORTS].contains(&self.name)
    }

    /// Takes a line of it.
    fn take(&mut self, number: usize, line: &'a str, lines: &mut Vec<Line>) {
        if !self.is_ours() {
            self.other += 1;
            return;
        }
        let numbered = line.split_once('=').map(|(key, value)| (key.trim(), value.trim()));
        match numbered {
            Some((key, _)) if COUNTS.contains(&key) => {}
            Some((key, value)) => {
                let digits = key.len() - key.trim_end_matches(|c: char| c.is_ascii_digit()).len();
                let (word, index) = key.split_at(key.len() - digits);
                match index.parse::<usize>() {
                    Ok(index) => {
                        let entry = self.entries.entry(index).or_default();
                        entry.insert(word, (number, unquoted(value)));
                    }
                    Err(_) => lines.push(unclear(number, line, "no entry of this section")),
                }
            }
            None => lines.push(unclear(number, line, "not a key and a value")),
        }
    }

    /// Says what the section has said.
    fn tell(&self, lines: &mut Vec<Line>) {
        if self.other > 0 {
            let count = self.other;
            let why = Outcome::Skipped(format!("{count} lines of NI-VISA's own"));
            lines.push(Line { number: self.line, text: self.name.to_owned(), wish: Err(why) });
        }
        for entry in self.entries.values() {
            match self.name {
                ALIASES => alias(entry, lines),
                NETWORK => resource(entry, lines),
                _ => port(entry, lines),
            }
        }
    }
}

/// `Alias0="'word','resource'"`.
fn alias(entry: &Entry<'_>, lines: &mut Vec<Line>) {
    for (key, (number, value)) in entry {
        let inner = value.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
        lines.push(match inner.and_then(|inner| inner.split_once("','")) {
            Some((word, resource)) if *key == "Alias" => {
                let (word, resource) = (word.to_owned(), resource.to_owned());
                let text = format!("{word} = {resource}");
                let wish = match ResourceName::parse(&resource) {
                    Ok(_) => Ok(Wish::Alias { word, resource }),
                    Err(_) => Err(Outcome::Unclear(format!("no resource's name: {resource:?}"))),
                };
                Line { number: *number, text, wish }
            }
            _ => unclear(*number, &format!("{key}={value}"), "no alias"),
        });
    }
}

/// `Name0="TCPIP0::..."`, `Enabled0=1`, `Static0=1`.
fn resource(entry: &Entry<'_>, lines: &mut Vec<Line>) {
    let Some((number, name)) = named(entry, &["Name", "Enabled", "Static"], lines) else { return };
    let wish = match ResourceName::parse(name) {
        _ if !is_enabled(entry) => Err(Outcome::Skipped("disabled there".to_owned())),
        Ok(_) => Ok(Wish::Resource(name.to_owned())),
        Err(_) => Err(Outcome::Unclear("no resource's name".to_owned())),
    };
    lines.push(Line { number, text: name.to_owned(), wish });
}

/// `Name0="ASRL1::INSTR"`, `SystemName0="/dev/ttyS0"`, and how the line is set, which there as here
/// counts for programs that ask for it by VI_LOAD_CONFIG. What every port has is not repeated.
fn port(entry: &Entry<'_>, lines: &mut Vec<Line>) {
    const KEYS: [&str; 9] = [
        "Name",
        "Enabled",
        "Static",
        "SystemName",
        "BaudRate",
        "Parity",
        "StopBits",
        "DataBits",
        "FlowCtrl",
    ];
    let Some((number, name)) = named(entry, &KEYS, lines) else { return };
    let device = entry.get("SystemName").map_or("", |(_, device)| *device);
    let parsed = ResourceName::parse(name);
    let wish = match parsed.as_ref().map(|name| &name.address) {
        _ if !is_enabled(entry) => Err(Outcome::Skipped("disabled there".to_owned())),
        Ok(Address::Asrl { board }) if device.starts_with('/') => {
            Ok(Wish::Port { number: *board, device: device.to_owned() })
        }
        Ok(Address::Asrl { .. }) => Err(Outcome::Unclear(format!("no device's path: {device:?}"))),
        _ => Err(Outcome::Unclear("no serial port's name".to_owned())),
    };
    let is_port = wish.is_ok();
    lines.push(Line { number, text: format!("{name} = {device}"), wish });
    if !is_port {
        return;
    }
    for (key, (number, value)) in entry {
        if let Some((setting, meaning)) = setting(key, value) {
            let wish = meaning.map(|value| Wish::Setting {
                resource: name.to_owned(),
                key: setting,
                value,
            });
            let wish = wish.ok_or_else(|| Outcome::Unclear(format!("no {setting} of ours")));
            lines.push(Line { number: *number, text: format!("{name}: {key}={value}"), wish });
        }
    }
}

/// How a key sets the line, with our word for it; `None` where that is what every port has.
fn setting(key: &str, value: &str) -> Option<(&'static str, Option<Setting>)> {
    let number = value.parse::<i64>().ok();
    let one_of = |words: &[(i64, Setting)]| {
        let found = words.iter().find(|(known, _)| Some(*known) == number);
        found.map(|(_, setting)| setting.clone())
    };
    let word = Setting::Word;
    let usual = match key {
        "BaudRate" => 9600,
        "DataBits" => 8,
        "StopBits" => 10,
        "Parity" | "FlowCtrl" => 0,
        _ => return None,
    };
    if number == Some(usual) {
        return None;
    }
    // The numbers of parity, stop bits and flow control are those of VISA's attributes.
    Some(match key {
        "BaudRate" => ("baud", number.map(Setting::Number)),
        "DataBits" => ("data_bits", number.map(Setting::Number)),
        "StopBits" => ("stop_bits", one_of(&[(15, Setting::Half(1.5)), (20, Setting::Number(2))])),
        "Parity" => (
            "parity",
            one_of(&[(1, word("odd")), (2, word("even")), (3, word("mark")), (4, word("space"))]),
        ),
        _ => (
            "flow_control",
            one_of(&[(1, word("xon_xoff")), (2, word("rts_cts")), (4, word("dtr_dsr"))]),
        ),
    })
}

/// The name of an entry and its line; keys that are none of these are told.
fn named<'a>(entry: &Entry<'a>, keys: &[&str], lines: &mut Vec<Line>) -> Option<(usize, &'a str)> {
    for (key, (number, value)) in entry.iter().filter(|(key, _)| !keys.contains(key)) {
        lines.push(unclear(*number, &format!("{key}={value}"), "no key of this section"));
    }
    let name = entry.get("Name").copied();
    if let (None, Some((key, (number, value)))) = (name, entry.iter().next())
        && keys.contains(key)
    {
        lines.push(unclear(*number, &format!("{key}={value}"), "belongs to no name"));
    }
    name
}

fn is_enabled(entry: &Entry<'_>) -> bool {
    entry.get("Enabled").is_none_or(|(_, value)| *value != "0")
}

fn unclear(number: usize, text: &str, why: &str) -> Line {
    Line { number, text: text.to_owned(), wish: Err(Outcome::Unclear(why.to_owned())) }
}

fn unquoted(value: &str) -> &str {
    value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(value)
}
