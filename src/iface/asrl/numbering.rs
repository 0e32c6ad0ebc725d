#![forbid(unsafe_code)]
//! Which port `ASRLn` is.
//!
//! A number that the configuration gives stays as it is. The other ports get the numbers that are
//! left from 1 on, in this order: the machine's own UARTs that exist (Linux lists up to 32 whose
//! hardware does not), then USB adapters by where they are plugged in, then the rest by name. So
//! the built-in ports keep their numbers whatever is plugged in, and an adapter keeps its own as
//! long as no other comes before it; only the configuration pins one.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::config::Config;

/// Where the kernel lists its terminals.
const TERMINALS: &str = "/sys/class/tty";

/// A port that is there, or that the configuration says is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Numbered {
    /// n of ASRLn.
    pub number: u16,
    /// The device, as configured or as the kernel calls it.
    pub path: PathBuf,
}

/// All numbers that mean something now.
pub fn numbered(config: &Config) -> Vec<Numbered> {
    number(config.serial(), &present(Path::new(TERMINALS)))
}

/// Where the kernel shows the device that the port at `path` is of.
pub fn folder_of(path: &Path) -> Option<PathBuf> {
    Some(Path::new(TERMINALS).join(path.file_name()?).join("device"))
}

/// Whether the system itself talks on a port: it has a number, and opens, but is no instrument.
pub fn is_console(path: &Path) -> bool {
    talks_on(Path::new(TERMINALS), path)
}

fn talks_on(terminals: &Path, path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default();
    let said = fs::read_to_string(terminals.join(name).join("console"));
    said.is_ok_and(|said| said.trim() == "Y")
}

/// The port of a number.
pub fn path_of(config: &Config, number: u16) -> Option<PathBuf> {
    // One that is configured costs no look around.
    let fixed = config.serial().iter().find(|(fixed, _)| *fixed == number);
    fixed.map(|(_, path)| path.clone()).or_else(|| {
        numbered(config).into_iter().find(|port| port.number == number).map(|port| port.path)
    })
}

fn number(fixed: &[(u16, PathBuf)], present: &[PathBuf]) -> Vec<Numbered> {
    let real = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let taken: HashSet<u16> = fixed.iter().map(|(number, _)| *number).collect();
    let pinned: HashSet<PathBuf> = fixed.iter().map(|(_, path)| real(path)).collect();
    let free = (1..=u16::MAX).filter(|number| !taken.contains(number));
    let others = present.iter().filter(|path| !pinned.contains(&real(path)));
    let fixed = fixed.iter().map(|(number, path)| Numbered { number: *number, path: path.clone() });
    fixed
        .chain(free.zip(others).map(|(number, path)| Numbered { number, path: path.clone() }))
        .collect()
}

/// How a port comes into the order.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    BuiltIn(Vec<Part>),
    Usb(Vec<Part>),
    Other(Vec<Part>),
}

/// A run of digits, or of anything else.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Number(u64),
    Text(String),
}

/// The ports that `terminals` lists and that exist, in order.
fn present(terminals: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(terminals) else { return Vec::new() };
    let mut ports: Vec<_> = entries
        .filter_map(|entry| {
            let name = entry.ok()?.file_name().into_string().ok()?;
            Some((place(terminals, &name)?, Path::new("/dev").join(name)))
        })
        .collect();
    ports.sort();
    ports.into_iter().map(|(_, path)| path).collect()
}

/// Where the terminal `name` stands; `None` when it is no serial port or not there.
fn place(terminals: &Path, name: &str) -> Option<Place> {
    let folder = terminals.join(name);
    // Consoles and the like have no device behind them.
    let device = fs::canonicalize(folder.join("device")).ok()?;
    let device = device.to_str()?;
    if name.starts_with("ttyGS") || name.starts_with("hvc") {
        return None;
    }
    if device.contains("/usb") {
        return Some(Place::Usb(parts(&format!("{device}/{name}"))));
    }
    match fs::read_to_string(folder.join("type")) {
        // PORT_UNKNOWN: a number that is kept for a UART that nobody has found.
        Ok(uart) if uart.trim() == "0" => None,
        Ok(_) => Some(Place::BuiltIn(parts(name))),
        Err(_) => Some(Place::Other(parts(name))),
    }
}

/// A name in parts that compare as people expect: ttyS2 before ttyS10.
fn parts(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (part, after) = match digits {
            0 => rest.split_at(rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len())),
            _ => rest.split_at(digits),
        };
        parts.push(match part.parse() {
            Ok(number) => Part::Number(number),
            Err(_) => Part::Text(part.to_owned()),
        });
        rest = after;
    }
    parts
}

#[cfg(test)]
mod tests;
