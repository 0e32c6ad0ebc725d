//! Chapter 3.7: events. This version raises none: what asks for them says so, what ends them
//! succeeds, because nothing is enabled or queued.

use super::{address, entry};
use crate::consts::{
    VI_ALL_MECH, VI_HNDLR, VI_NULL, VI_QUEUE, VI_SUSPEND_HNDLR, ViAddr, ViEvent, ViEventFilter,
    ViEventType, ViHndlr, ViSession, ViStatus, ViUInt16, ViUInt32,
};
use crate::session::objects::{self, Object};
use crate::status::{
    Result, VI_ERROR_HNDLR_NINSTALLED, VI_ERROR_INV_CONTEXT, VI_ERROR_INV_HNDLR_REF,
    VI_ERROR_INV_MECH, VI_ERROR_NENABLED, VI_ERROR_NIMPL_OPER, VI_ERROR_NSUP_OPER,
    VI_SUCCESS_EVENT_DIS, VI_SUCCESS_QUEUE_EMPTY, fail,
};

/// Enables an event: VI_ERROR_NIMPL_OPER, this version raises no events.
#[unsafe(no_mangle)]
pub extern "C" fn viEnableEvent(
    vi: ViSession,
    event: ViEventType,
    mechanism: ViUInt16,
    context: ViEventFilter,
) -> ViStatus {
    entry("viEnableEvent", format_args!("vi={vi}, {event:#010X}, {mechanism}, {context}"), || {
        has_events(vi)?;
        if context != VI_NULL {
            return fail(VI_ERROR_INV_CONTEXT, "context must be VI_NULL");
        }
        check_mechanism(mechanism)?;
        fail(VI_ERROR_NIMPL_OPER, "this version raises no events")
    })
}

/// Disables an event: none is enabled, and that is success (PyVISA's close depends on it).
#[unsafe(no_mangle)]
pub extern "C" fn viDisableEvent(
    vi: ViSession,
    event: ViEventType,
    mechanism: ViUInt16,
) -> ViStatus {
    entry("viDisableEvent", format_args!("vi={vi}, {event:#010X}, {mechanism}"), || {
        has_events(vi)?;
        check_mechanism(mechanism)?;
        Ok(VI_SUCCESS_EVENT_DIS)
    })
}

/// Empties event queues: they are empty.
#[unsafe(no_mangle)]
pub extern "C" fn viDiscardEvents(
    vi: ViSession,
    event: ViEventType,
    mechanism: ViUInt16,
) -> ViStatus {
    entry("viDiscardEvents", format_args!("vi={vi}, {event:#010X}, {mechanism}"), || {
        has_events(vi)?;
        check_mechanism(mechanism)?;
        Ok(VI_SUCCESS_QUEUE_EMPTY)
    })
}

/// Waits for an event: VI_ERROR_NENABLED, none can be enabled.
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
            has_events(vi)?;
            fail(VI_ERROR_NENABLED, "no event is enabled")
        },
    )
}

/// Installs a handler: VI_ERROR_NIMPL_OPER, this version raises no events.
#[unsafe(no_mangle)]
pub extern "C" fn viInstallHandler(
    vi: ViSession,
    event: ViEventType,
    handler: ViHndlr,
    user: ViAddr,
) -> ViStatus {
    entry(
        "viInstallHandler",
        format_args!("vi={vi}, {event:#010X}, user={:#x}", address(user)),
        || {
            has_events(vi)?;
            if handler.is_none() {
                return fail(VI_ERROR_INV_HNDLR_REF, "handler is NULL");
            }
            fail(VI_ERROR_NIMPL_OPER, "this version raises no events")
        },
    )
}

/// Takes a handler away: VI_ERROR_HNDLR_NINSTALLED, none can be there.
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
            "vi={vi}, {event:#010X}, any={}, user={:#x}",
            handler.is_none(),
            address(user)
        ),
        || {
            has_events(vi)?;
            fail(VI_ERROR_HNDLR_NINSTALLED, "no handler is installed")
        },
    )
}

/// Managers and resource sessions have events; find lists have not.
fn has_events(vi: ViSession) -> Result {
    match objects::find(vi)? {
        Object::Manager(_) | Object::Session(_) => Ok(()),
        Object::FindList(_) => fail(VI_ERROR_NSUP_OPER, "not a session"),
    }
}

fn check_mechanism(mechanism: ViUInt16) -> Result {
    let known = VI_QUEUE | VI_HNDLR | VI_SUSPEND_HNDLR;
    if mechanism == VI_ALL_MECH || (mechanism != 0 && mechanism & !known == 0) {
        return Ok(());
    }
    fail(VI_ERROR_INV_MECH, "no such event mechanism")
}
