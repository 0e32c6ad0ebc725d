#![forbid(unsafe_code)]
//! From what a fault does to the statuses that an operation may end with.
//!
//! - No answer in time is VI_ERROR_TMO, for viOpen as well: a session could not be had within the
//!   time.
//! - A connection that has ended is VI_ERROR_CONN_LOST, at once, for this operation and all later
//!   ones. One that waits for nothing may end well before the end is known.
//! - What makes no sense, or says no, is VI_ERROR_IO or what the protocol's error says; viOpen
//!   calls whoever answers so VI_ERROR_RSRC_NFOUND.
//! - viWaitOnEvent waits for something that need never come: whatever befalls the connection is
//!   VI_ERROR_TMO there.
//! - viClose always ends well.

use visa::consts::ViStatus;
use visa::status::VI_ERROR_CONN_LOST;
use visa::status::VI_ERROR_RSRC_NFOUND;
use visa::status::VI_ERROR_TMO;
use visa::status::VI_SUCCESS;
use visa::status::VI_SUCCESS_TERM_CHAR;

use crate::faults::fault::After;
use crate::faults::fault::Case;
use crate::faults::fault::Effect;
use crate::faults::fault::Fault;
use crate::faults::fault::Strikes;
use crate::faults::operation::Awaits;
use crate::faults::operation::Operation;
use crate::faults::operation::What;
use crate::faults::protocol::Protocol;
use crate::faults::table::names;

/// What the operation after the struck one comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Its own answer.
    Right,
    /// An answer to something else.
    Wrong,
    /// Not its own answer, but after viClear.
    RightAfterClear,
    /// This error.
    Refused(ViStatus),
}

/// What a cell must come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// Which of them it is, if there are several, is chance.
    pub statuses: Vec<ViStatus>,
    /// Whether an operation that reads must have read its own answer.
    pub own_answer: bool,
    pub next: Nexts,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nexts {
    This(Next),
    /// Its own answer or any error.
    RightOrRefused,
}

impl Nexts {
    pub fn allow(self, next: Next) -> bool {
        match self {
            Self::This(only) => only == next,
            Self::RightOrRefused => matches!(next, Next::Right | Next::Refused(_)),
        }
    }
}

/// What must come of it; `None` where the fault finds nothing to strike.
pub fn expected(fault: &Fault, protocol: Protocol, operation: &Operation) -> Option<Expected> {
    let case = Case { protocol, what: operation.what, awaits: operation.awaits(protocol) };
    let applies = fault.protocols.contains(&protocol) && operation.exists(protocol);
    let strikes = match fault.strikes {
        Strikes::Request => operation.asks(protocol),
        Strikes::Answer => case.awaits != Awaits::Nothing,
        Strikes::Opening | Strikes::Idle => true,
    };
    let effect = (fault.effect)(case);
    if !applies || !strikes || effect == Effect::Nowhere {
        return None;
    }
    let status = status(fault, case, effect);
    let next = match case.what {
        // There is no session, or no more: the next one is opened.
        What::Open if status < VI_SUCCESS => Nexts::This(Next::Right),
        What::Close => Nexts::This(Next::Right),
        _ => next(fault, case, effect),
    };
    let own_answer = matches!(effect, Effect::None | Effect::Repeated);
    let chance = status_by_chance(fault, case);
    Some(Expected { statuses: std::iter::once(status).chain(chance).collect(), own_answer, next })
}

/// What it may end with as well.
fn status_by_chance(fault: &Fault, case: Case) -> Option<ViStatus> {
    match (fault.name, case.protocol, case.what) {
        // The reset may still be on its way, even within one machine.
        (names::RESET_WHILE_IDLE, _, What::Write | What::Trigger | What::Clear)
            if case.awaits == Awaits::Nothing =>
        {
            Some(VI_SUCCESS)
        }
        // On a busy machine the stream may pause so long that viClear takes it for the end.
        (names::FLOODING, Protocol::Socket, What::Clear) => Some(VI_SUCCESS),
        // When the library has to wait for room it receives meanwhile, and sees the end.
        (names::HALF_CLOSED_WHILE_IDLE, Protocol::Hislip, What::Block) => Some(VI_ERROR_CONN_LOST),
        _ => None,
    }
}

/// What the operation ends with where nothing is wrong.
fn good(case: Case) -> ViStatus {
    match (case.protocol, case.what) {
        (Protocol::Socket, What::Read | What::Query) => VI_SUCCESS_TERM_CHAR,
        _ => VI_SUCCESS,
    }
}

fn status(fault: &Fault, case: Case, effect: Effect) -> ViStatus {
    let well =
        matches!(effect, Effect::None | Effect::Truncated | Effect::Taken | Effect::Repeated);
    match (case.what, effect) {
        (What::Close, _) => VI_SUCCESS,
        _ if well => good(case),
        (_, Effect::Drowned(status)) => status,
        // Being deaf concerns what is sent only.
        (What::Event, Effect::Absent(_)) if fault.name == names::DEAF => VI_SUCCESS,
        (What::Event, _) => VI_ERROR_TMO,
        (What::Open, Effect::Refused(_) | Effect::Broken(_)) => VI_ERROR_RSRC_NFOUND,
        _ if case.awaits == Awaits::Nothing => status_of_unanswered(fault, case, effect),
        (_, Effect::Absent(_)) => VI_ERROR_TMO,
        (_, Effect::Gone) => VI_ERROR_CONN_LOST,
        (_, Effect::Refused(status) | Effect::Broken(status)) => status,
        _ => good(case),
    }
}

/// An operation that only sends ends well when the system has taken what is sent.
fn status_of_unanswered(fault: &Fault, case: Case, effect: Effect) -> ViStatus {
    let socket = case.protocol == Protocol::Socket;
    match (effect, case.what) {
        // More than the system takes for a peer that takes nothing.
        (Effect::Absent(_), What::Block) if fault.name == names::DEAF => VI_ERROR_TMO,
        // It first drops what has come, which does not end.
        (Effect::Absent(After::Drowned), What::Clear) if socket => VI_ERROR_TMO,
        // It first looks at what has come, and that is the end.
        (Effect::Gone, What::Clear) if socket && fault.strikes == Strikes::Idle => {
            VI_ERROR_CONN_LOST
        }
        // The system knows that already.
        (Effect::Gone, What::Write | What::Block | What::Trigger)
            if fault.name == names::RESET_WHILE_IDLE =>
        {
            VI_ERROR_CONN_LOST
        }
        // The peer says so while the rest is sent.
        (Effect::Gone, What::Block) if fault.name == names::CLOSED_WHILE_IDLE => VI_ERROR_CONN_LOST,
        // Who begins to watch looks at what has come.
        (Effect::Gone, What::Enable) => VI_ERROR_CONN_LOST,
        _ => good(case),
    }
}

fn next(fault: &Fault, case: Case, effect: Effect) -> Nexts {
    // The interrupt channel of VXI-11 is a connection of its own.
    let apart = case.protocol == Protocol::Vxi11
        && case.awaits == Awaits::Report
        && fault.strikes != Strikes::Idle;
    Nexts::This(match effect {
        Effect::Broken(_) => return Nexts::RightOrRefused,
        // The instrument has the beginning of the message, and takes what comes for the rest.
        Effect::Absent(After::Right) | Effect::Refused(_) if case.what == What::Block => {
            Next::RightAfterClear
        }
        // Acknowledgements have no numbers: one that is lost takes the next with it, and a device
        // clear under way is repeated before anything else.
        Effect::Absent(After::Right)
            if case.what == What::Clear
                && case.protocol == Protocol::Hislip
                && !fault.comes_late() =>
        {
            Next::RightAfterClear
        }
        Effect::Absent(After::Stuck) => Next::Refused(VI_ERROR_TMO),
        Effect::Absent(After::Stale) | Effect::Repeated => Next::RightAfterClear,
        Effect::Absent(After::Drowned) | Effect::Drowned(_) => Next::Wrong,
        Effect::Gone if apart => Next::Right,
        Effect::Gone | Effect::Truncated => Next::Refused(VI_ERROR_CONN_LOST),
        // What it floods with lets this operation pass, and no other.
        Effect::None if fault.name == names::FLOODING => Next::Refused(VI_ERROR_TMO),
        _ => Next::Right,
    })
}
