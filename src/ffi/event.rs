//! Chapter 3.7: events.

use std::sync::Arc;

use super::{address, entry, put};
use crate::consts::{
    VI_TMO_IMMEDIATE, ViAddr, ViEvent, ViEventFilter, ViEventType, ViHndlr, ViSession, ViStatus,
    ViUInt16, ViUInt32,
};
use crate::os::Cancel;
use crate::os::Deadline;
use crate::os::Wait;
use crate::session::Session;
use crate::session::event::Events;
use crate::session::event::Handler;
use crate::session::objects::{self, Object};
use crate::status::{Result, VI_ERROR_INV_EVENT, VI_ERROR_INV_HNDLR_REF, VI_ERROR_NSUP_OPER, fail};

/// Enables an event for the queue, for handlers, or for both.
#[unsafe(no_mangle)]
pub extern "C" fn viEnableEvent(
    vi: ViSession,
    event: ViEventType,
    mechanism: ViUInt16,
    context: ViEventFilter,
) -> ViStatus {
    entry("viEnableEvent", format_args!("vi={vi}, {event:#010X}, {mechanism}, {context}"), || {
        match subject(vi)? {
            Subject::Session(session) => session.enable_event(event, mechanism, context),
            Subject::Manager(events) => events.enable(event, mechanism, context, 0),
        }
    })
}

/// Disables an event; what is queued stays. When it returns, no callback that it ends is running,
/// except the one it is called from.
#[unsafe(no_mangle)]
pub extern "C" fn viDisableEvent(
    vi: ViSession,
    event: ViEventType,
    mechanism: ViUInt16,
) -> ViStatus {
    entry("viDisableEvent", format_args!("vi={vi}, {event:#010X}, {mechanism}"), || match subject(
        vi,
    )? {
        Subject::Session(session) => session.disable_event(event, mechanism),
        Subject::Manager(events) => events.disable(event, mechanism),
    })
}

/// Empties event queues.
#[unsafe(no_mangle)]
pub extern "C" fn viDiscardEvents(
    vi: ViSession,
    event: ViEventType,
    mechanism: ViUInt16,
) -> ViStatus {
    entry("viDiscardEvents", format_args!("vi={vi}, {event:#010X}, {mechanism}"), || match subject(
        vi,
    )? {
        Subject::Session(session) => session.discard_events(event, mechanism),
        Subject::Manager(events) => events.discard(event, mechanism),
    })
}

/// Waits for a queued event. Without a place for the context, none is made.
///
/// # Safety
/// `event` and `context` are null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viWaitOnEvent(
    vi: ViSession,
    wanted: ViEventType,
    timeout: ViUInt32,
    event: *mut ViEventType,
    context: *mut ViEvent,
) -> ViStatus {
    entry(
        "viWaitOnEvent",
        format_args!(
            "vi={vi}, {wanted:#010X}, timeout={timeout}, event={:#x}, context={:#x}",
            address(event.cast()),
            address(context.cast())
        ),
        || {
            let session = match subject(vi)? {
                Subject::Session(session) => session,
                Subject::Manager(events) => return wait_on_manager(&events, wanted),
            };
            let (status, came, number) =
                session.wait_on_event(vi, wanted, timeout, !context.is_null())?;
            // SAFETY: both are null or writable by contract.
            unsafe {
                put(event, came);
                put(context, number);
            }
            Ok(status)
        },
    )
}

/// Installs a handler, to be called before those installed earlier.
#[unsafe(no_mangle)]
pub extern "C" fn viInstallHandler(
    vi: ViSession,
    event: ViEventType,
    handler: ViHndlr,
    user: ViAddr,
) -> ViStatus {
    entry(
        "viInstallHandler",
        format_args!(
            "vi={vi}, {event:#010X}, handler={:#x}, user={:#x}",
            code_address(handler).unwrap_or(0),
            address(user)
        ),
        || match subject(vi)? {
            Subject::Session(session) => {
                session.check_handler_event(event)?;
                match handler {
                    Some(function) => session.install_handler(event, bound(vi, function, user)),
                    None => fail(VI_ERROR_INV_HNDLR_REF, "handler is VI_ANY_HNDLR or NULL"),
                }
            }
            Subject::Manager(_) => fail(VI_ERROR_INV_EVENT, "a manager has no events"),
        },
    )
}

/// Takes a handler away, or with VI_ANY_HNDLR all with that user handle. When it returns, none of
/// them is running, except the one it is called from.
#[unsafe(no_mangle)]
pub extern "C" fn viUninstallHandler(
    vi: ViSession,
    event: ViEventType,
    handler: ViHndlr,
    user: ViAddr,
) -> ViStatus {
    entry(
        "viUninstallHandler",
        format_args!(
            "vi={vi}, {event:#010X}, handler={:#x}, user={:#x}",
            code_address(handler).unwrap_or(0),
            address(user)
        ),
        || match subject(vi)? {
            Subject::Session(session) => {
                session.uninstall_handler(event, code_address(handler), address(user))
            }
            Subject::Manager(_) => fail(VI_ERROR_INV_EVENT, "a manager has no events"),
        },
    )
}

/// What follows from a failure: `function` is about to return `status` to a caller who called it on
/// the session numbered `vi`.
pub(super) fn failed(vi: ViSession, status: ViStatus, function: &'static str) {
    // It may have been closed meanwhile.
    if let Ok(Object::Session(session)) = objects::find(vi) {
        session.after_failure(status, function);
    }
}

enum Subject {
    Session(Arc<Session>),
    Manager(Arc<Events>),
}

/// Managers and resource sessions have events; find lists and events have not.
fn subject(vi: ViSession) -> Result<Subject> {
    match objects::find(vi)? {
        Object::Session(session) => Ok(Subject::Session(session)),
        Object::Manager(_) => Ok(Subject::Manager(Events::of_manager())),
        Object::FindList(_) | Object::Event(_) => fail(VI_ERROR_NSUP_OPER, "not a session"),
    }
}

/// Nothing can be enabled there, which is what the wait finds out at once.
fn wait_on_manager(events: &Events, wanted: ViEventType) -> Result<ViStatus> {
    let cancel = Cancel::new();
    let deadline = Deadline::from_timeout(VI_TMO_IMMEDIATE);
    events.wait(wanted, &Wait { deadline, ticket: cancel.ticket() }).map(|waited| waited.status)
}

type Function = unsafe extern "C" fn(ViSession, ViEventType, ViEvent, ViAddr) -> ViStatus;

fn code_address(handler: ViHndlr) -> Option<usize> {
    handler.map(|function| function as usize)
}

/// The program's function together with the user handle, which it gets back as it gave it.
fn bound(vi: ViSession, function: Function, user: ViAddr) -> Handler {
    let kept = user.expose_provenance();
    let run = move |vi, event, context| {
        let user = std::ptr::with_exposed_provenance_mut(kept);
        // SAFETY: whoever installs a handler promises that it may be called with these arguments
        // until it has been uninstalled or its session closed.
        unsafe { function(vi, event, context, user) }
    };
    Handler::new(vi, function as usize, kept, Arc::new(run))
}
