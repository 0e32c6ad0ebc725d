#![forbid(unsafe_code)]
//! The condition of a search, on what is known of resources.
//!
//! Most attributes are known without opening anything: from the name, from what a source has told,
//! from a session of this process that has the resource open, and, where opening would set it to
//! its default, from the table. Only where the answer hangs on another is the resource opened, for
//! as long as it takes to ask. That must disturb nobody: a serial port is never opened for it, since
//! its lines would change, and nothing that another program has. They lack the attribute.
//!
//! Each is opened on a thread that is not waited for beyond the time: a driver that does not come
//! back keeps its thread, and nobody else.

use std::cell::Cell;
use std::panic::AssertUnwindSafe;
use std::panic::catch_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use parking_lot::Mutex;

use crate::attr::{Attr, Home, Scope, Value, by_name};
use crate::consts::VI_ATTR_RSRC_LOCK_STATE;
use crate::find::Plan;
use crate::iface::Link;
use crate::iface::obstacle;
use crate::iface::source::Found;
use crate::os::Cancel;
use crate::os::Deadline;
use crate::os::Wait;
use crate::os::poll::await_wake;
use crate::os::waker::Waker;
use crate::rsrc::expr::Expression;
use crate::session::Session;
use crate::session::attributes;
use crate::session::lock::Lock;
use crate::session::manager;
use crate::session::manager::GOODBYE;
use crate::session::objects;
use crate::status::{Result, VI_ERROR_TMO};

/// How many resources are opened at a time.
const SIDE_BY_SIDE: usize = 16;

/// Those of `found` for which the expression's condition holds.
///
/// # Errors
/// VI_ERROR_ABORT when cancelled; VI_ERROR_ALLOC.
pub(super) fn matching(
    plan: &Plan,
    expression: &Expression,
    found: Vec<Found>,
) -> Result<Vec<Found>> {
    if !expression.has_condition() {
        return Ok(found);
    }
    let mut matching = Vec::new();
    let mut open = Vec::new();
    for one in found {
        let lacks = Cell::new(false);
        let answer = expression.answer(&|attribute| known(&one, attribute, &lacks));
        match answer {
            Some(true) => matching.push(one),
            None if lacks.get() => open.push(one),
            _ => {}
        }
    }
    open.retain(|one| may_be_opened(plan, one));
    if !open.is_empty() {
        matching.extend(opened(plan, expression, open)?);
    }
    Ok(matching)
}

/// Whether nobody is disturbed.
fn may_be_opened(plan: &Plan, one: &Found) -> bool {
    manager::interface_of(one.name.kind()).is_ok_and(|interface| interface.opens_quietly())
        && obstacle::of(&one.name, &plan.config).is_none()
}

/// A global attribute that is known without opening. `lacks` is set where opening could tell more.
fn known(one: &Found, attribute: &str, lacks: &Cell<bool>) -> Option<Value> {
    let row = global(one, attribute)?;
    let told =
        || one.attributes.iter().find(|(id, _)| *id == row.id).map(|(_, value)| value.clone());
    let known = match row.home {
        Home::Name => one.name.attribute(row.id).or(row.default.map(Value::Number)),
        Home::Library => attributes::library(row),
        _ => {
            of_session(one, row).or_else(told).or_else(|| at_first(row)).or_else(|| lock(one, row))
        }
    };
    if known.is_none() {
        lacks.set(true);
    }
    known
}

fn global(one: &Found, attribute: &str) -> Option<&'static Attr> {
    by_name(attribute, one.name.kind()).filter(|row| row.scope == Scope::Global)
}

/// What a session of this process says.
fn of_session(one: &Found, row: &'static Attr) -> Option<Value> {
    let session: Arc<Session> = objects::session_of(&one.name)?;
    attributes::get_of_session(&session, row).ok()
}

/// What opening would set the attribute to.
fn at_first(row: &Attr) -> Option<Value> {
    let is_set = row.home == Home::Resource || row.home == Home::Link && !row.is_read_only();
    row.default.filter(|_| is_set).map(Value::Number)
}

/// The candidates that are opened, and what has come of it.
struct Opening {
    expression: Expression,
    candidates: Vec<Found>,
    /// The one that is opened next.
    next: AtomicUsize,
    deadline: Deadline,
    cancel: Arc<Cancel>,
    /// Those that have been asked, and whether the condition holds for them.
    asked: Mutex<Vec<(usize, bool)>>,
    reader: Waker,
}

impl Opening {
    fn work(&self) {
        loop {
            let place = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(one) = self.candidates.get(place) else { break };
            let wait = Wait { deadline: self.deadline, ticket: self.cancel.ticket() };
            let holds = catch_unwind(AssertUnwindSafe(|| holds(&self.expression, one, &wait)));
            self.asked.lock().push((place, holds.unwrap_or(false)));
            self.reader.wake();
        }
    }
}

/// Opens `candidates`, some side by side, and gives those for which the condition holds then.
///
/// # Errors
/// VI_ERROR_ABORT when cancelled; VI_ERROR_ALLOC.
fn opened(plan: &Plan, expression: &Expression, candidates: Vec<Found>) -> Result<Vec<Found>> {
    let deadline = Deadline::after(plan.bound / 2);
    let wait = Wait { deadline, ticket: plan.cancel.ticket() };
    let blocked = wait.ticket.block()?;
    let opening = Arc::new(Opening {
        expression: expression.clone(),
        candidates,
        next: AtomicUsize::new(0),
        deadline,
        cancel: plan.cancel.clone(),
        asked: Mutex::default(),
        reader: blocked.waker().clone(),
    });
    for _ in 0..opening.candidates.len().min(SIDE_BY_SIDE) {
        let opening = opening.clone();
        let work = move || opening.work();
        if thread::Builder::new().name("visa-find".into()).spawn(work).is_err() {
            // Those that have started go on without it.
            break;
        }
    }
    while opening.asked.lock().len() < opening.candidates.len() {
        match await_wake(&blocked, &wait) {
            Ok(()) => {}
            // Who has not answered by now lacks the attribute.
            Err(error) if error.code == VI_ERROR_TMO => break,
            Err(error) => return Err(error),
        }
    }
    let asked = opening.asked.lock();
    let holding = asked.iter().filter(|(_, holds)| *holds);
    Ok(holding.map(|(place, _)| opening.candidates[*place].clone()).collect())
}

fn holds(expression: &Expression, one: &Found, wait: &Wait) -> bool {
    let Ok(interface) = manager::interface_of(one.name.kind()) else { return false };
    // Switched off, in use, not permitted: what it would say is not known.
    let Ok(link) = interface.open(&one.name, wait) else { return false };
    let holds = expression.condition_holds(&|attribute| {
        known(one, attribute, &Cell::new(false))
            .or_else(|| of_link(one, global(one, attribute)?, &*link))
    });
    link.close(wait.deadline.min(Deadline::after(GOODBYE)));
    holds
}

/// What the opened resource says.
fn of_link(one: &Found, row: &Attr, link: &dyn Link) -> Option<Value> {
    if row.id == VI_ATTR_RSRC_LOCK_STATE {
        return lock_state(&link.identity().unwrap_or_else(|| one.name.key()));
    }
    let name = || one.name.attribute(row.id);
    link.get(row.id).ok().or_else(name).filter(|_| row.home == Home::Link)
}

/// The state of the lock, where it is known under which name that is held.
fn lock(one: &Found, row: &Attr) -> Option<Value> {
    let interface = manager::interface_of(one.name.kind()).ok()?;
    let is_asked = row.id == VI_ATTR_RSRC_LOCK_STATE;
    is_asked.then(|| interface.identity(&one.name)).flatten().and_then(|name| lock_state(&name))
}

fn lock_state(identity: &str) -> Option<Value> {
    Lock::new(identity).state().ok().map(|state| Value::Number(state.into()))
}

#[cfg(test)]
mod tests;
