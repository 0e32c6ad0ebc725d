#![forbid(unsafe_code)]
//! Which boards there are, and who listens on their buses.
//!
//! Each test is an exchange of its own of some milliseconds, so that sessions in use
//! go on between. A bus that somebody holds up is given up at once: what was found by then is
//! listed. A driver that does not come back keeps its thread, and nobody else.

use std::sync::Arc;
use std::sync::mpsc;
use std::sync::mpsc::{RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use parking_lot::Mutex;

use crate::iface::gpib::boards;
use crate::iface::gpib::bus::Bus;
use crate::iface::source::{Found, Search};
use crate::os::Deadline;
use crate::os::Wait;
use crate::rsrc::ResourceName;
use crate::rsrc::name::Address;
use crate::status::{Result, VI_ERROR_TMO, fail};
use crate::wire::gpib::{BusAddress, MAX_ADDRESS};

/// How long one test may take, with the wait for whoever has the bus.
const PATIENCE: Duration = Duration::from_millis(300);

/// The boards, and the instruments that listen; what is found by the deadline.
///
/// # Errors
/// Why a board could not be searched; the others have been. VI_ERROR_TMO when there was no time for
/// all.
pub fn find(search: &Search, tell: &mut dyn FnMut(Found)) -> Result {
    let (found, names) = mpsc::channel();
    let failure = Arc::new(Mutex::new(None));
    for number in boards::numbers() {
        let (found, failure) = (found.clone(), failure.clone());
        let (deadline, cancel) = (search.deadline, search.cancel.clone());
        let search = move || {
            let wait = Wait { deadline, ticket: cancel.ticket() };
            if let Err(error) = board(number, &found, &wait) {
                *failure.lock() = Some(error);
            }
        };
        // Without a thread this board is not listed.
        let _ = thread::Builder::new().name("visa-find".into()).spawn(search);
    }
    drop(found);
    loop {
        let left = search.deadline.remaining().unwrap_or(Duration::MAX);
        match names.recv_timeout(left) {
            Ok(name) => tell(name.into()),
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => return fail(VI_ERROR_TMO, "a board is still busy"),
        }
    }
    let failure = *failure.lock();
    failure.map_or(Ok(()), Err)
}

/// Tells a board and who listens on its bus.
fn board(number: u16, found: &Sender<ResourceName>, wait: &Wait) -> Result {
    let bus = boards::open(number, wait)?;
    tell(found, &Address::GpibIntfc { board: number });
    listeners(&bus, found, wait)
}

/// Whoever does not want to know any more has gone: no matter.
fn tell(found: &Sender<ResourceName>, address: &Address) {
    if let Ok(name) = ResourceName::of(address) {
        let _ = found.send(name);
    }
}

/// Tells who listens on a bus: first at primary addresses, and then at secondary ones where nobody
/// does.
///
/// # Errors
/// VI_ERROR_TMO when it is held up; those of the driver.
pub(super) fn listeners(bus: &Bus, found: &Sender<ResourceName>, wait: &Wait) -> Result {
    let own = {
        let wait = Wait { deadline: wait.deadline.min(Deadline::after(PATIENCE)), ..*wait };
        let mut held = bus.hold(&wait)?;
        held.take_charge(&wait)?;
        held.board().own_address(&wait)?
    };
    let mut plain: Vec<_> = (0..=MAX_ADDRESS)
        .filter(|primary| *primary != own.primary)
        .map(BusAddress::primary)
        .collect();
    let mut there = Vec::new();
    search(bus, &plain, false, wait, &mut |device| {
        there.push(device);
        tell(found, &name(bus, device));
    })?;
    plain.retain(|device| !there.contains(device));
    let secondaries = |device: BusAddress| {
        (0..=MAX_ADDRESS).map(move |secondary| BusAddress { secondary: Some(secondary), ..device })
    };
    let extended: Vec<_> = plain.into_iter().flat_map(secondaries).collect();
    search(bus, &extended, false, wait, &mut |device| tell(found, &name(bus, device)))
}

fn name(bus: &Bus, BusAddress { primary, secondary }: BusAddress) -> Address {
    Address::Gpib { board: bus.number, primary, secondary }
}

/// Asks all of `devices` at once, and when anybody is there, one half and then the other. So a bus
/// with few instruments takes few tests. `is_there`: somebody is, that is known already.
fn search(
    bus: &Bus,
    devices: &[BusAddress],
    is_there: bool,
    wait: &Wait,
    found: &mut dyn FnMut(BusAddress),
) -> Result<()> {
    if devices.is_empty() || !is_there && !is_listener(bus, devices, wait)? {
        return Ok(());
    }
    if let [one] = devices {
        found(*one);
        return Ok(());
    }
    let (first, rest) = devices.split_at(devices.len() / 2);
    let is_in_first = is_listener(bus, first, wait)?;
    if is_in_first {
        search(bus, first, true, wait, found)?;
    }
    search(bus, rest, !is_in_first, wait, found)
}

fn is_listener(bus: &Bus, devices: &[BusAddress], wait: &Wait) -> Result<bool> {
    if wait.deadline.has_passed() {
        return fail(VI_ERROR_TMO, "no time left");
    }
    let wait = Wait { deadline: wait.deadline.min(Deadline::after(PATIENCE)), ..*wait };
    bus.hold(&wait)?.board().is_listener(devices, &wait)
}
