#![forbid(unsafe_code)]
//! The boards that this process has open: one each, however many sessions use it.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use parking_lot::Mutex;

use crate::config;
use crate::config::BoardPlace;
use crate::iface::gateway;
use crate::iface::gpib::board::Board;
use crate::iface::gpib::bus::Bus;
use crate::iface::gpib::kernel::Kernel;
use crate::iface::gpib::libgpib::Library;
use crate::iface::prologix;
use crate::os::Deadline;
use crate::os::Gate;
use crate::os::Wait;
use crate::os::fork::PerProcess;
use crate::os::gpib::functions;
use crate::rsrc::ResourceName;
use crate::status::{Error, Result, VI_ERROR_TMO, fail};

/// How often is looked whether another thread has given a board back.
const LOOK: Duration = Duration::from_millis(2);

/// Boards that count by themselves have numbers below this, as in the drivers.
const MOST: u16 = 16;

/// A forked child opens its own.
static BOARDS: PerProcess<Boards> = PerProcess::new();

#[derive(Default)]
struct Boards {
    /// Passed for opening the board of a number: one that is slow to open holds up no other.
    opening: Mutex<HashMap<u16, Arc<Gate<()>>>>,
    open: Mutex<Vec<Entry>>,
}

struct Entry {
    place: u64,
    number: u16,
    bus: Weak<Bus>,
}

/// The bus of board `number`: the one that this process has open already, or a new one.
///
/// # Errors
/// VI_ERROR_INTF_NUM_NCONFIG when there is no such board, VI_ERROR_LIBRARY_NFOUND when what drives
/// it is not installed, VI_ERROR_TMO, VI_ERROR_ABORT.
pub fn open(number: u16, wait: &Wait) -> Result<Arc<Bus>> {
    open_by(number, wait, |wait| open_board(number, wait))
}

/// [`open`], a new board made by `make`.
pub fn open_by(
    number: u16,
    wait: &Wait,
    make: impl FnOnce(&Wait) -> Result<Box<dyn Board>>,
) -> Result<Arc<Bus>> {
    let boards = BOARDS.get(|| Ok::<_, Error>(Boards::default()))?;
    let opening = boards.opening.lock().entry(number).or_default().clone();
    let _opening = opening.pass(wait)?;
    while let Some(known) = boards.look_up(number) {
        match known.upgrade() {
            Some(bus) => return Ok(bus),
            // Another thread is just giving it back.
            None => pause(wait)?,
        }
    }
    let board = make(wait)?;
    Ok(Arc::new_cyclic(|bus| Bus::new(number, board, Some(boards.enter(number, bus.clone())))))
}

/// Opens what is behind a number.
fn open_board(number: u16, wait: &Wait) -> Result<Box<dyn Board>> {
    match place_of(number) {
        BoardPlace::Library { index } => Ok(Box::new(Library::open(index)?)),
        BoardPlace::Device(path) => Ok(Box::new(Kernel::open(&path)?)),
        BoardPlace::PrologixNetwork { host, port } => prologix::on_network(&host, port, wait),
        BoardPlace::PrologixPort(path) => prologix::on_port(&path, wait),
        BoardPlace::Gateway(name) => gateway::board(&name, wait),
    }
}

/// What is behind a number: as configured, else the library's board of the same number, else the
/// kernel's.
pub fn place_of(number: u16) -> BoardPlace {
    let config = config::load();
    let configured = config.gpib().iter().find(|(known, _)| *known == number);
    configured.map_or_else(|| default_place(number), |(_, place)| place.clone())
}

/// The gateway that the configuration has behind a number.
pub fn gateway_of(number: u16) -> Option<ResourceName> {
    let config = config::load();
    config.gpib().iter().find_map(|(known, place)| match place {
        BoardPlace::Gateway(name) if *known == number => Some(name.clone()),
        _ => None,
    })
}

/// The bus of a board that this process has open.
pub fn opened(number: u16) -> Option<Arc<Bus>> {
    BOARDS.made()?.look_up(number)?.upgrade()
}

/// The numbers of the boards that there are, or may be: configured ones, and those that count by
/// themselves.
pub fn numbers() -> Vec<u16> {
    let config = config::load();
    let mut numbers: Vec<_> = config.gpib().iter().map(|(number, _)| *number).collect();
    let library = functions::load();
    let devices = (0..MOST).filter(|number| device_of(*number).exists());
    let by_default: Vec<_> = match library {
        // It knows which it has without a word.
        Ok(library) if !library.is_linux_gpib => (0..MOST).collect(),
        _ => devices.collect(),
    };
    let is_new = |number: &u16| {
        let place = default_place(*number);
        config.gpib().iter().all(|(known, other)| known != number && *other != place)
    };
    numbers.extend(by_default.into_iter().filter(is_new));
    numbers
}

/// Where the kernel has board `number`.
fn device_of(number: u16) -> PathBuf {
    format!("/dev/gpib{number}").into()
}

/// The library's board of the same number, or the kernel's where there is no library.
fn default_place(number: u16) -> BoardPlace {
    let device = device_of(number);
    match functions::load() {
        Err(_) if device.exists() => BoardPlace::Device(device),
        _ => BoardPlace::Library { index: number },
    }
}

fn pause(wait: &Wait) -> Result {
    wait.ticket.check()?;
    if wait.deadline.has_passed() {
        return fail(VI_ERROR_TMO, "deadline passed");
    }
    Wait { deadline: wait.deadline.min(Deadline::after(LOOK)), ..*wait }.pass()
}

impl Boards {
    fn look_up(&self, number: u16) -> Option<Weak<Bus>> {
        self.open.lock().iter().find(|entry| entry.number == number).map(|entry| entry.bus.clone())
    }

    fn enter(&self, number: u16, bus: Weak<Bus>) -> Listed {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let place = NEXT.fetch_add(1, Ordering::Relaxed);
        self.open.lock().push(Entry { place, number, bus });
        Listed { place }
    }
}

/// A place in the list, until dropped.
pub struct Listed {
    place: u64,
}

impl Drop for Listed {
    fn drop(&mut self) {
        // In a forked child, the list is another and has no such place.
        if let Some(boards) = BOARDS.made() {
            boards.open.lock().retain(|entry| entry.place != self.place);
        }
    }
}
