#![forbid(unsafe_code)]
//! viFindRsrc: which resources there are, and which of them an expression means.

use std::time::Duration;

use crate::attr;
use crate::config::Config;
use crate::consts::{VI_RS_ATTR_TCPIP_FIND_RSRC_MODE, VI_RS_ATTR_TCPIP_FIND_RSRC_TMO, ViSession};
use crate::find;
use crate::find::merge::Hosts;
use crate::find::{CONFIGURATION, Ending, Modes, Plan, Progress};
use crate::iface::source::{Found, Source, Trouble};
use crate::rsrc::Kinds;
use crate::rsrc::expr::Expression;
use crate::session::attributes::Settings;
use crate::session::known;
use crate::session::objects;
use crate::status::{Result, VI_ERROR_NSUP_ATTR_STATE, VI_ERROR_RSRC_NFOUND, fail};
use crate::trace;

const MODE: usize = attr::slot(VI_RS_ATTR_TCPIP_FIND_RSRC_MODE);
const BOUND: usize = attr::slot(VI_RS_ATTR_TCPIP_FIND_RSRC_TMO);

/// Resources that VI_RS_ATTR_TCPIP_FIND_RSRC_MODE is about.
const TCPIP: Kinds = Kinds::TCPIP_INSTR.or(Kinds::TCPIP_SOCKET).or(Kinds::TCPIP_SERVANT);

/// Where and how long a new manager searches, as the configuration has it.
pub(super) fn set_defaults(settings: &Settings, config: &Config) {
    settings.store(VI_RS_ATTR_TCPIP_FIND_RSRC_MODE, Modes::permitted(config).0.into());
    let bound = config.find().bound.as_millis().try_into().unwrap_or(i64::MAX);
    settings.store(VI_RS_ATTR_TCPIP_FIND_RSRC_TMO, bound);
}

/// Whether the configuration leaves these modes of searching to programs.
///
/// # Errors
/// VI_ERROR_NSUP_ATTR_STATE when it has switched one of them off.
pub(super) fn permits(config: &Config, modes: i64) -> Result {
    if Modes::permitted(config).has(Modes(modes as u32)) {
        return Ok(());
    }
    fail(VI_ERROR_NSUP_ATTR_STATE, "this way of searching is switched off in the configuration")
}

/// viFindRsrc: the canonical names that match, sorted, each once; at least one.
///
/// It takes VI_RS_ATTR_TCPIP_FIND_RSRC_TMO at most, and half as much again where the expression
/// asks for attributes that only the opened resources know.
///
/// # Errors
/// VI_ERROR_INV_EXPR, VI_ERROR_RSRC_NFOUND; VI_ERROR_ABORT when the manager is closed meanwhile.
pub fn find(number: ViSession, expression: &str) -> Result<Vec<String>> {
    let manager = objects::manager(number)?;
    let expression = Expression::parse(expression)?;
    let plan = Plan {
        config: manager.config.clone(),
        modes: Modes(manager.settings.load(MODE) as u32),
        bound: Duration::from_millis(manager.settings.load(BOUND) as u64),
        cancel: manager.cancel.clone(),
        only: Vec::new(),
    };
    let found = resources(&plan, &expression, &mut |progress| match progress {
        Progress::Trouble(_, Trouble { what, obstacle }) => {
            trace::note(format_args!("[{what}: {}]", obstacle.why));
        }
        Progress::Ended(report) if report.ending != Ending::Complete => {
            trace::note(format_args!("[{}: {}]", report.source, report.ending));
        }
        _ => {}
    })?;
    if found.is_empty() {
        return fail(VI_ERROR_RSRC_NFOUND, "nothing matches");
    }
    Ok(found.into_iter().map(|one| one.name.canonical().to_owned()).collect())
}

/// The resources that match, sorted by address, each once.
///
/// # Errors
/// VI_ERROR_ABORT when cancelled; VI_ERROR_ALLOC.
pub fn resources(
    plan: &Plan,
    expression: &Expression,
    observe: &mut dyn FnMut(Progress<'_>),
) -> Result<Vec<Found>> {
    let is_wanted = |source: &dyn Source| {
        let may_bring = || source.prefixes().iter().any(|prefix| expression.may_begin(prefix));
        plan.asks(source.name()) && may_bring()
    };
    // The first of two that are the same is the one that is listed.
    let mut found = configured(plan);
    for one in &found {
        observe(Progress::Found(CONFIGURATION, one));
    }
    found.extend(objects::open_resources().into_iter().map(Found::from));
    found.extend(find::search(plan, &is_wanted, observe)?);
    let hosts = Hosts::of(&found);
    found.retain(|one| expression.matches_name(one.name.canonical()));
    let mut found = known::matching(plan, expression, hosts.merged(found))?;
    found.sort_by_cached_key(|one| by_address(one.name.canonical()));
    Ok(found)
}

/// What the configuration names.
fn configured(plan: &Plan) -> Vec<Found> {
    let is_asked = plan.asks(CONFIGURATION);
    let has_config = plan.modes.has(Modes::CONFIG);
    let names = plan.config.resources().iter().filter(|_| is_asked);
    let names = names.filter(|name| has_config || !TCPIP.has(name.kind()));
    names.cloned().map(Found::from).collect()
}

/// Order by interface, board and address: ASRL2 before ASRL10. Runs of digits compare as numbers.
fn by_address(name: &str) -> (Vec<(String, u64)>, String) {
    let digits = |c: &char| c.is_ascii_digit();
    let mut rest = name.chars().peekable();
    let mut parts = Vec::new();
    while rest.peek().is_some() {
        let mut words = String::new();
        while let Some(c) = rest.next_if(|c| !digits(c)) {
            words.push(c);
        }
        let mut number = 0_u64;
        while let Some(c) = rest.next_if(digits) {
            number = number.saturating_mul(10) + u64::from(c.to_digit(10).unwrap_or(0));
        }
        parts.push((words, number));
    }
    (parts, name.to_owned())
}
