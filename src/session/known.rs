#![forbid(unsafe_code)]
//! The condition of a search, on what is known of resources.
//!
//! Most attributes are known without opening anything: from the name, from what a source has told,
//! from a session of this process that has the resource open, and, where opening would set it,
//! from the configuration and the table of defaults. Only where the answer hangs on another is the resource opened, for
//! as long as it takes to ask. That disturbs nobody: what another program has for itself does not
//! open, and then lacks the attribute.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use parking_lot::Mutex;

use crate::attr::{Attr, Home, Scope, Value, by_name};
use crate::config::Config;
use crate::consts::VI_ATTR_RSRC_LOCK_STATE;
use crate::find::Plan;
use crate::iface::Link;
use crate::iface::source::Found;
use crate::os::Deadline;
use crate::os::Wait;
use crate::rsrc::expr::Expression;
use crate::session::Session;
use crate::session::attributes;
use crate::session::lock::Lock;
use crate::session::manager;
use crate::session::manager::GOODBYE;
use crate::session::objects;
use crate::status::Result;

/// How many resources are opened at a time.
const SIDE_BY_SIDE: usize = 16;

/// Those of `found` for which the expression's condition holds.
///
/// # Errors
/// VI_ERROR_ABORT when cancelled.
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
        let answer = expression.answer(&|attribute| known(&plan.config, &one, attribute, &lacks));
        match answer {
            Some(true) => matching.push(one),
            None if lacks.get() => open.push(one),
            _ => {}
        }
    }
    if !open.is_empty() {
        let wait =
            Wait { deadline: Deadline::after(plan.local_bound()), ticket: plan.cancel.ticket() };
        matching.extend(opened(&plan.config, expression, open, &wait));
        wait.ticket.check()?;
    }
    Ok(matching)
}

/// A global attribute that is known without opening. `lacks` is set where opening could tell more.
fn known(config: &Config, one: &Found, attribute: &str, lacks: &Cell<bool>) -> Option<Value> {
    let row = global(one, attribute)?;
    let told =
        || one.attributes.iter().find(|(id, _)| *id == row.id).map(|(_, value)| value.clone());
    let known = match row.home {
        Home::Name => one.name.attribute(row.id).or(row.default.map(Value::Number)),
        Home::Library => attributes::library(row),
        _ => of_session(one, row).or_else(told).or_else(|| at_first(config, one, row)),
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

/// What viOpen would set the attribute to for a program that says nothing of it.
fn at_first(config: &Config, one: &Found, row: &Attr) -> Option<Value> {
    let is_set = row.home == Home::Resource || row.home == Home::Link && !row.is_read_only();
    if !is_set {
        return None;
    }
    let configured = config.defaults(&one.name, false);
    let configured = configured.iter().find(|(attr, _)| attr.id == row.id);
    configured.map(|(_, value)| *value).or(row.default).map(Value::Number)
}

/// Opens `candidates`, some side by side, and gives those for which the condition holds then.
fn opened(
    config: &Config,
    expression: &Expression,
    candidates: Vec<Found>,
    wait: &Wait,
) -> Vec<Found> {
    let next = AtomicUsize::new(0);
    let holding = Mutex::new(Vec::new());
    let work = || {
        while let Some(one) = candidates.get(next.fetch_add(1, Ordering::Relaxed)) {
            if holds(config, expression, one, wait) {
                holding.lock().push(one.clone());
            }
        }
    };
    thread::scope(|scope| {
        for _ in 1..candidates.len().min(SIDE_BY_SIDE) {
            // Without threads one after the other.
            let _ = thread::Builder::new().name("visa-find".into()).spawn_scoped(scope, work);
        }
        work();
    });
    holding.into_inner()
}

fn holds(config: &Config, expression: &Expression, one: &Found, wait: &Wait) -> bool {
    let opened = manager::interface_of(one.name.kind())
        .and_then(|interface| interface.open(&one.name, wait));
    // Switched off, in use, not permitted: what it would say is not known.
    let Ok(link) = opened else { return false };
    let holds = expression.condition_holds(&|attribute| {
        known(config, one, attribute, &Cell::new(false))
            .or_else(|| of_link(one, global(one, attribute)?, &*link))
    });
    link.close(wait.deadline.min(Deadline::after(GOODBYE)));
    holds
}

/// What the opened resource says.
fn of_link(one: &Found, row: &Attr, link: &dyn Link) -> Option<Value> {
    if row.id == VI_ATTR_RSRC_LOCK_STATE {
        let lock = Lock::new(&link.identity().unwrap_or_else(|| one.name.key()));
        return lock.state().ok().map(|state| Value::Number(state.into()));
    }
    let name = || one.name.attribute(row.id);
    link.get(row.id).ok().or_else(name).filter(|_| row.home == Home::Link)
}

#[cfg(test)]
mod tests;
