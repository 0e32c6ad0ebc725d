#![forbid(unsafe_code)]
//! Which boards there are, and who listens on their buses.
//!
//! Each test is an exchange of its own of some milliseconds, so that sessions in use
//! go on between. A bus that somebody holds up is given up at once: what was found by then is
//! listed. A driver that does not come back keeps its thread, and nobody else.

use std::sync::mpsc;
use std::sync::mpsc::{RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use crate::iface::gpib::boards;
use crate::iface::gpib::bus::Bus;
use crate::iface::obstacle;
use crate::iface::source::{News, Search, Trouble};
use crate::os::Deadline;
use crate::os::Wait;
use crate::rsrc::ResourceName;
use crate::rsrc::name::Address;
use crate::status::{Error, Result, VI_ERROR_ALLOC, VI_ERROR_TMO, fail};
use crate::wire::gpib::{BusAddress, MAX_ADDRESS};

/// How long one test may take, with the wait for whoever has the bus.
const PATIENCE: Duration = Duration::from_millis(300);

/// The boards, and the instruments that listen; what is found by the deadline. Boards that cannot
/// be searched, and why.
///
/// # Errors
/// Why a board could not be searched; the others have been. VI_ERROR_TMO when there was no time for
/// all.
pub fn survey(search: &Search, tell: &mut dyn FnMut(News)) -> Result {
    survey_each(boards::numbers(), board, search, tell)
}

/// Searches what is behind each number with `board`, side by side.
pub(super) fn survey_each(
    numbers: Vec<u16>,
    board: impl Fn(u16, &mut dyn FnMut(ResourceName), &Wait) -> Result + Copy + Send + 'static,
    search: &Search,
    tell: &mut dyn FnMut(News),
) -> Result {
    let (sender, reports) = mpsc::channel();
    let mut pending = numbers.clone();
    let mut outcome = Ok(());
    for number in numbers {
        let sender = sender.clone();
        let (deadline, cancel) = (search.deadline, search.cancel.clone());
        let search = move || {
            let wait = Wait { deadline, ticket: cancel.ticket() };
            let outcome = board(number, &mut |name| say(&sender, Said::Found(name)), &wait);
            say(&sender, Said::Ended(number, outcome));
        };
        if thread::Builder::new().name("visa-find".into()).spawn(search).is_err() {
            pending.retain(|other| *other != number);
            let error = Error::new(VI_ERROR_ALLOC, "no thread to search the board");
            outcome = trouble(number, error, tell);
        }
    }
    drop(sender);
    loop {
        let left = search.deadline.remaining().unwrap_or(Duration::MAX);
        match reports.recv_timeout(left) {
            Ok(Said::Found(name)) => tell(News::Found(name.into())),
            Ok(Said::Ended(number, ended)) => {
                pending.retain(|other| *other != number);
                if let Err(error) = ended {
                    outcome = trouble(number, error, tell);
                }
            }
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {
                let late = Error::new(VI_ERROR_TMO, "a board is still busy");
                for number in pending {
                    outcome = trouble(number, late, tell);
                }
                break;
            }
        }
    }
    outcome
}

/// What the thread of a board says.
enum Said {
    Found(ResourceName),
    Ended(u16, Result),
}

/// Whoever does not want to know any more has gone: no matter.
fn say(to: &Sender<Said>, said: Said) {
    let _ = to.send(said);
}

/// Tells what is the matter with a board, and fails with it.
fn trouble(number: u16, error: Error, tell: &mut dyn FnMut(News)) -> Result {
    let place = boards::place_of(number);
    tell(News::Trouble(Trouble {
        what: format!("GPIB{number} ({})", obstacle::gpib::called(&place)),
        obstacle: obstacle::gpib::of_board(&place, &error),
    }));
    Err(error)
}

/// Tells a board and who listens on its bus.
fn board(number: u16, found: &mut dyn FnMut(ResourceName), wait: &Wait) -> Result {
    let bus = boards::open(number, wait)?;
    tell(found, &Address::GpibIntfc { board: number });
    listeners(&bus, found, wait)
}

fn tell(found: &mut dyn FnMut(ResourceName), address: &Address) {
    ResourceName::of(address).into_iter().for_each(found);
}

/// Tells who listens on a bus: first at primary addresses, and then at secondary ones where nobody
/// does.
///
/// # Errors
/// VI_ERROR_TMO when it is held up; those of the driver.
pub(super) fn listeners(bus: &Bus, found: &mut dyn FnMut(ResourceName), wait: &Wait) -> Result {
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
