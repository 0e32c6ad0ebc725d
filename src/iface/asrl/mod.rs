#![forbid(unsafe_code)]
//! ASRL INSTR: serial ports of this machine (`ASRLn`, `ASRL/dev/...`), and those behind a network
//! (`ASRL::host::port`).
//!
//! A line belongs to this process alone as long as a session has it open, and its sessions share
//! it: they read the same bytes, and see each other's settings. The first session sets it to
//! VISA's defaults; the last one puts back what it found.

mod attributes;
mod events;
mod find;
mod input;
mod network;
mod numbering;
mod port;
mod transfer;
mod wire;

#[cfg(test)]
pub(crate) use network::fuzz;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU16, Ordering};

use crate::attr::Value;
use crate::config;
use crate::config::Config;
use crate::consts::{VI_ASRL_END_NONE, VI_ASRL_END_TERMCHAR, ViAttr};
use crate::iface::asrl::events::Watch;
use crate::iface::asrl::port::Port;
use crate::iface::source::Source;
use crate::iface::{Call, Interface, Link, Signal, Sink, Stop, Transfer};
use crate::os::Deadline;
use crate::os::Wait;
use crate::rsrc::Kinds;
use crate::rsrc::ResourceName;
use crate::rsrc::name::Address;
use crate::status::{Result, VI_ERROR_INV_RSRC_NAME, VI_ERROR_RSRC_NFOUND, fail};

/// Milliseconds of a break until VI_ATTR_ASRL_BREAK_LEN changes it.
const BREAK_MS: u16 = 250;

/// The interface.
pub struct Asrl;

impl Interface for Asrl {
    fn kinds(&self) -> Kinds {
        Kinds::ASRL_INSTR
    }

    fn source(&self) -> Option<&dyn Source> {
        Some(self)
    }

    fn opens_quietly(&self) -> bool {
        false
    }

    fn identity(&self, name: &ResourceName) -> Option<String> {
        device_of(&name.address, &config::load()).map(|path| identity(&path))
    }

    fn open(&self, name: &ResourceName, wait: &Wait) -> Result<Box<dyn Link>> {
        let called = match &name.address {
            Address::Asrl { board } => format!("ASRL{board} "),
            Address::AsrlPath { .. } => String::new(),
            Address::AsrlLan { host, port } => {
                let place = format!("ASRL ({host}, port {port})");
                return Ok(Box::new(AsrlLink::new(Port::connect(host, *port, wait)?, place)));
            }
            _ => return fail(VI_ERROR_INV_RSRC_NAME, "not a serial port's name"),
        };
        let Some(path) = device_of(&name.address, &config::load()) else {
            return fail(VI_ERROR_RSRC_NFOUND, "no serial port has this number");
        };
        let port = Port::open(&path, wait)?;
        let identity = Some(identity(&path));
        Ok(Box::new(AsrlLink { identity, ..AsrlLink::new(port, place(&called, &path)) }))
    }
}

/// The device that a name of a port of this machine means. `None` where it means none.
pub fn device_of(address: &Address, config: &Config) -> Option<PathBuf> {
    match address {
        Address::Asrl { board } => numbering::path_of(config, *board),
        Address::AsrlPath { path } => Some(path.into()),
        _ => None,
    }
}

/// By the device's own name: ASRL1, /dev/ttyS0 and what stands under by-id lock each other.
fn identity(path: &Path) -> String {
    place("", &path.canonicalize().unwrap_or_else(|_| path.to_owned()))
}

/// VI_ATTR_INTF_INST_NAME, "ASRL1 (/dev/ttyS0)".
fn place(called: &str, path: &Path) -> String {
    if called.is_empty() {
        return format!("ASRL{}", path.display());
    }
    format!("{called}({})", path.display())
}

/// One session's way to a port.
struct AsrlLink {
    port: Arc<Port>,
    /// VI_ATTR_INTF_INST_NAME
    place: String,
    identity: Option<String>,
    /// VI_ATTR_ASRL_END_IN
    end_in: AtomicU16,
    /// VI_ATTR_ASRL_END_OUT
    end_out: AtomicU16,
    /// VI_ATTR_ASRL_REPLACE_CHAR
    replacement: AtomicU8,
    /// VI_ATTR_ASRL_BREAK_LEN
    break_ms: AtomicU16,
    watch: Watch,
}

impl AsrlLink {
    fn new(port: Arc<Port>, place: String) -> Self {
        Self {
            port,
            place,
            identity: None,
            end_in: AtomicU16::new(VI_ASRL_END_TERMCHAR),
            end_out: AtomicU16::new(VI_ASRL_END_NONE),
            replacement: AtomicU8::new(0),
            break_ms: AtomicU16::new(BREAK_MS),
            watch: Watch::default(),
        }
    }
}

impl Link for AsrlLink {
    fn identity(&self) -> Option<String> {
        self.identity.clone()
    }

    fn write(&self, data: &[u8], call: &Call) -> Transfer<()> {
        self.write_message(data, call)
    }

    fn read(&self, buf: &mut [u8], call: &Call) -> Transfer<Stop> {
        self.read_message(buf, call)
    }

    fn marks_end(&self) -> bool {
        self.end_in.load(Ordering::Relaxed) != VI_ASRL_END_NONE
    }

    fn ends_by_character(&self) -> bool {
        self.end_in.load(Ordering::Relaxed) == VI_ASRL_END_TERMCHAR
    }

    fn discard_input(&self, call: &Call) -> Result {
        self.drop_input(call)
    }

    fn drop_stale_answers(&self, call: &Call) -> Result {
        self.drop_input(call)
    }

    fn flush_output(&self, call: &Call) -> Result {
        self.port.drain(&call.wait)
    }

    fn discard_output(&self, call: &Call) -> Result {
        self.port.alive()?;
        let discarded = self.port.wire.discard_output(&call.round_trip());
        discarded.map_err(|error| self.port.note(error))
    }

    fn clear(&self, call: &Call) -> Result {
        self.clear_line(call)
    }

    fn observe(&self, signal: Signal, sink: Option<Sink>) -> Result {
        self.watch.set(signal, sink, &self.port)
    }

    fn get(&self, attr: ViAttr) -> Result<Value> {
        self.get_attribute(attr)
    }

    fn set(&self, attr: ViAttr, value: u64, call: &Call) -> Result {
        self.set_attribute(attr, value, call)
    }

    /// The last session waits for what it has written.
    fn close(&self, deadline: Deadline) {
        self.say_goodbye(deadline);
        // A connection is one session's; it ends even while forked children have its descriptor.
        self.port.wire.shut_down();
    }
}

#[cfg(test)]
mod tests;
