#![forbid(unsafe_code)]
//! Which boards there are, and who listens on their buses.
//!
//! Each address is tested by an exchange of its own of some milliseconds, so that sessions in use
//! go on between. A bus that somebody holds up is given up at once: what was found by then is
//! listed. A driver that does not come back keeps its thread, and nobody else.

use std::sync::mpsc;
use std::sync::mpsc::Sender;
use std::thread;
use std::time::Duration;

use crate::iface::gpib::boards;
use crate::iface::gpib::bus::Bus;
use crate::os::Cancel;
use crate::os::Deadline;
use crate::os::Wait;
use crate::rsrc::ResourceName;
use crate::rsrc::name::Address;
use crate::status::{Result, VI_ERROR_TMO, fail};
use crate::wire::gpib::{BusAddress, MAX_ADDRESS};

/// How long one address may take, with the wait for whoever has the bus.
const PATIENCE: Duration = Duration::from_millis(150);

/// The boards, and the instruments that listen; what is found by the deadline.
pub fn find(deadline: Deadline) -> Vec<ResourceName> {
    let (found, names) = mpsc::channel();
    for number in boards::numbers() {
        let found = found.clone();
        let search = move || {
            let uncancelled = Cancel::new();
            let wait = Wait { deadline, ticket: uncancelled.ticket() };
            if let Ok(bus) = boards::open(number, &wait) {
                tell(&found, &Address::GpibIntfc { board: number });
                // What has been found counts.
                let _ = listeners(&bus, &found, &wait);
            }
        };
        // Without a thread this board is not listed.
        let _ = thread::Builder::new().name("visa-find".into()).spawn(search);
    }
    drop(found);
    let next = || {
        let left = deadline.remaining().unwrap_or(Duration::MAX);
        names.recv_timeout(left).ok()
    };
    std::iter::from_fn(next).collect()
}

/// Whoever does not want to know any more has gone: no matter.
fn tell(found: &Sender<ResourceName>, address: &Address) {
    if let Ok(name) = ResourceName::of(address) {
        let _ = found.send(name);
    }
}

/// Tells who listens on a bus.
///
/// # Errors
/// VI_ERROR_TMO when it is held up; those of the driver.
pub(super) fn listeners(bus: &Bus, found: &Sender<ResourceName>, wait: &Wait) -> Result {
    let own = bus.ask(|board, wait| board.own_address(wait))?;
    let board = bus.number;
    for primary in (0..=MAX_ADDRESS).filter(|primary| *primary != own.primary) {
        if is_listener(bus, &[BusAddress::primary(primary)], wait)? {
            tell(found, &Address::Gpib { board, primary, secondary: None });
            continue;
        }
        let extended = |secondary| BusAddress { primary, secondary: Some(secondary) };
        let all: Vec<_> = (0..=MAX_ADDRESS).map(extended).collect();
        if !is_listener(bus, &all, wait)? {
            continue;
        }
        for secondary in 0..=MAX_ADDRESS {
            if is_listener(bus, &[extended(secondary)], wait)? {
                tell(found, &Address::Gpib { board, primary, secondary: Some(secondary) });
            }
        }
    }
    Ok(())
}

fn is_listener(bus: &Bus, devices: &[BusAddress], wait: &Wait) -> Result<bool> {
    if wait.deadline.has_passed() {
        return fail(VI_ERROR_TMO, "no time left");
    }
    let wait = Wait { deadline: wait.deadline.min(Deadline::after(PATIENCE)), ..*wait };
    let mut held = bus.hold(&wait)?;
    held.take_charge(&wait)?;
    held.board().is_listener(devices, &wait)
}
