#![forbid(unsafe_code)]
//! The instrument's process, and by which names each kind of client reaches it.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use crate::Outcome;
use crate::bench::machine;
use crate::bench::programs::Programs;
use crate::failed;

/// A way to talk to an instrument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    Socket,
    Hislip,
    Vxi11,
    Pty,
}

impl Protocol {
    /// As rows and programs call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Socket => "socket",
            Self::Hislip => "hislip",
            Self::Vxi11 => "vxi11",
            Self::Pty => "pty",
        }
    }
}

/// Where client and instrument run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Processors {
    /// Both on the same one.
    Same,
    /// On one each.
    Apart,
    /// Wherever the system likes.
    Any,
}

/// The processors to be used.
#[derive(Debug)]
pub struct Place {
    instrument: std::path::PathBuf,
    first: u32,
    second: Option<u32>,
}

impl Place {
    /// Of those that this process may use.
    pub fn new(programs: &Programs) -> Outcome<Self> {
        let processors = machine::processors();
        let first = processors.first().copied().unwrap_or(0);
        let second = processors.get(1).copied();
        Ok(Self { instrument: programs.instrument.clone(), first, second })
    }

    /// The processor of clients, -1 for any.
    pub fn of_client(&self, processors: Processors) -> i64 {
        if processors == Processors::Any { -1 } else { self.first.into() }
    }

    /// Whether there are enough of them.
    pub fn has(&self, processors: Processors) -> bool {
        processors != Processors::Apart || self.second.is_some()
    }

    /// Starts an instrument there.
    pub fn start(&self, processors: Processors) -> Outcome<Instrument> {
        let mut command = Command::new(&self.instrument);
        match processors {
            Processors::Same => command.args(["-p", &self.first.to_string()]),
            Processors::Apart => {
                command.args(["-p", &self.second.unwrap_or(self.first).to_string()])
            }
            Processors::Any => &mut command,
        };
        Instrument::start(command.args(["-t", "2", "-m"]))
    }
}

/// A running instrument. It ends when this is dropped.
#[derive(Debug)]
pub struct Instrument {
    child: Child,
    ways: Vec<(String, String)>,
}

impl Instrument {
    fn start(command: &mut Command) -> Outcome<Self> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut ways = Vec::new();
        if let Some(out) = child.stdout.take() {
            for line in BufReader::new(out).lines() {
                let line = line?;
                match line.split_once(' ') {
                    Some((kind, place)) => ways.push((kind.to_owned(), place.to_owned())),
                    None => break,
                }
            }
        }
        let instrument = Self { child, ways };
        // It names the core channel's port even where it cannot have the portmapper's.
        if instrument.way("vxi11", 0).is_none() {
            return failed("the instrument did not start");
        }
        Ok(instrument)
    }

    /// Port or path of the `number`th way of a kind.
    fn way(&self, kind: &str, number: usize) -> Option<&str> {
        let mut all = self.ways.iter().filter(|(known, _)| known == kind);
        all.nth(number).map(|(_, place)| place.as_str())
    }

    /// Whether clients find the core channel by the portmapper.
    pub fn has_portmapper(&self) -> bool {
        self.way("portmapper", 0).is_some()
    }

    /// The place for `limit`. Each side has a pseudo-terminal of its own, by its number.
    pub fn place(&self, protocol: Protocol, side: usize) -> String {
        let side = if protocol == Protocol::Pty { side } else { 0 };
        self.way(protocol.name(), side).unwrap_or_default().to_owned()
    }

    /// The resource name.
    pub fn resource(&self, protocol: Protocol, side: usize) -> String {
        let place = self.place(protocol, side);
        match protocol {
            Protocol::Socket => format!("TCPIP0::127.0.0.1::{place}::SOCKET"),
            Protocol::Hislip => format!("TCPIP0::127.0.0.1::hislip0,{place}::INSTR"),
            Protocol::Vxi11 => format!("TCPIP0::127.0.0.1,{place}::inst0::INSTR"),
            Protocol::Pty => format!("ASRL{place}::INSTR"),
        }
    }
}

impl Drop for Instrument {
    fn drop(&mut self) {
        // Either may fail only when it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
