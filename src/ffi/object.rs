//! Chapter 3: what all objects have. Life, attributes, status texts, ending calls, locks.

use std::ffi::c_void;

use super::{demand, entry, put_text, text};
use crate::attr::{Type, Value};
use crate::consts::{
    VI_EXCLUSIVE_LOCK, VI_NULL, VI_SHARED_LOCK, ViAccessMode, ViAttr, ViAttrState, ViChar, ViJobId,
    ViObject, ViSession, ViStatus, ViUInt16, ViUInt32,
};
use crate::session::attributes;
use crate::session::lock::Wanted;
use crate::session::manager;
use crate::session::objects::{self, Object};
use crate::status::{
    self, VI_ERROR_INV_ACCESS_KEY, VI_ERROR_INV_DEGREE, VI_ERROR_INV_JOB_ID,
    VI_ERROR_INV_LOCK_TYPE, VI_ERROR_NSUP_OPER, VI_SUCCESS, VI_WARN_NULL_OBJECT,
    VI_WARN_UNKNOWN_STATUS, fail,
};

/// Closes any object; with a resource manager all under it.
#[unsafe(no_mangle)]
pub extern "C" fn viClose(vi: ViObject) -> ViStatus {
    entry("viClose", format_args!("vi={vi}"), || {
        // Rule 3.3.2.
        if vi == VI_NULL {
            return Ok(VI_WARN_NULL_OBJECT);
        }
        manager::close(vi)?;
        Ok(VI_SUCCESS)
    })
}

/// Writes an attribute; the value comes by value, as wide as a pointer.
#[unsafe(no_mangle)]
pub extern "C" fn viSetAttribute(vi: ViObject, attr: ViAttr, value: ViAttrState) -> ViStatus {
    entry("viSetAttribute", format_args!("vi={vi}, {}, {value:#x}", named(attr)), || {
        #[allow(clippy::useless_conversion)] // on 32-bit platforms it widens
        attributes::set(&objects::find(vi)?, attr, value.into())?;
        Ok(VI_SUCCESS)
    })
}

/// Reads an attribute; stores exactly as many bytes as its type has.
///
/// # Safety
/// `value` is null (VI_ERROR_USER_BUF) or writable for the attribute's type: 256 characters for
/// strings.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viGetAttribute(
    vi: ViObject,
    attr: ViAttr,
    value: *mut c_void,
) -> ViStatus {
    entry("viGetAttribute", format_args!("vi={vi}, {}", named(attr)), || {
        let object = objects::find(vi)?;
        let (row, found) = attributes::get(&object, attr)?;
        demand(value)?;
        // SAFETY: not null, so writable for the attribute's type by contract.
        unsafe { store(value, row.ty, &found) };
        Ok(VI_SUCCESS)
    })
}

/// # Safety
/// `place` is writable for a `ty`.
unsafe fn store(place: *mut c_void, ty: Type, value: &Value) {
    match value {
        Value::Text(text) => {
            // SAFETY: strings have room for 256 characters.
            unsafe { put_text(place.cast(), text) };
        }
        Value::Bytes(bytes) => {
            // SAFETY: the caller made room for as many as the size attribute told.
            unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), place.cast(), bytes.len()) };
        }
        Value::Number(number) => {
            let bytes = number.to_ne_bytes();
            let width = ty.width().unwrap_or(0);
            let start = if cfg!(target_endian = "big") { bytes.len() - width } else { 0 };
            // SAFETY: `width` bytes are the size of the attribute's type.
            unsafe { std::ptr::copy_nonoverlapping(bytes[start..].as_ptr(), place.cast(), width) };
        }
    }
}

/// An attribute by its name, for the trace.
fn named(attr: ViAttr) -> impl std::fmt::Display {
    std::fmt::from_fn(move |f| match crate::attr::TABLE.iter().find(|row| row.id == attr) {
        Some(row) => f.write_str(row.name),
        None => write!(f, "{attr:#010X}"),
    })
}

/// Tells what a status means, in one sentence. Works on any object, and on VI_NULL.
///
/// # Safety
/// `desc` is null (VI_ERROR_USER_BUF) or has room for 256 characters.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viStatusDesc(
    vi: ViObject,
    status: ViStatus,
    desc: *mut ViChar,
) -> ViStatus {
    entry("viStatusDesc", format_args!("vi={vi}, {status:#010X}"), || {
        if vi != VI_NULL {
            objects::find(vi)?;
        }
        demand(desc)?;
        let (text, answer) = match status::text(status) {
            Some(text) => (text, VI_SUCCESS),
            None => ("Unknown status code.", VI_WARN_UNKNOWN_STATUS),
        };
        // SAFETY: not null, so 256 characters by contract.
        unsafe { put_text(desc, text) };
        Ok(answer)
    })
}

/// Ends one job with VI_ERROR_ABORT, or with VI_NULL for the job all jobs and all calls in
/// progress on a session; on a resource manager, the opens.
#[unsafe(no_mangle)]
pub extern "C" fn viTerminate(vi: ViObject, degree: ViUInt16, job: ViJobId) -> ViStatus {
    entry("viTerminate", format_args!("vi={vi}, degree={degree}, job={job}"), || {
        let object = objects::find(vi)?;
        if u32::from(degree) != VI_NULL {
            return fail(VI_ERROR_INV_DEGREE, "degree must be VI_NULL");
        }
        let job = (job != VI_NULL).then_some(job);
        match object {
            Object::Session(session) => session.terminate(job)?,
            Object::Manager(_) if job.is_some() => {
                return fail(VI_ERROR_INV_JOB_ID, "a resource manager has no jobs");
            }
            Object::Manager(manager) => manager.terminate(),
            Object::FindList(_) | Object::Event(_) => {
                return fail(VI_ERROR_NSUP_OPER, "lists and events have no calls");
            }
        }
        Ok(VI_SUCCESS)
    })
}

/// Locks a resource for this session. `key` gets the access key of a shared lock, the empty
/// string for an exclusive one.
///
/// # Safety
/// `requested` is null or NUL-terminated; `key` is null or has room for 256 characters.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viLock(
    vi: ViSession,
    lock: ViAccessMode,
    timeout: ViUInt32,
    requested: *const ViChar,
    key: *mut ViChar,
) -> ViStatus {
    entry("viLock", format_args!("vi={vi}, lock={lock}, timeout={timeout}"), || {
        let session = objects::session(vi)?;
        let wanted = match lock {
            // Rule 3.6.13: its requested key is ignored, so not even looked at.
            VI_EXCLUSIVE_LOCK => Wanted::Exclusive,
            VI_SHARED_LOCK if requested.is_null() => Wanted::Shared(None),
            VI_SHARED_LOCK => {
                // SAFETY: not null, so NUL-terminated by contract.
                let asked = unsafe { text(requested, VI_ERROR_INV_ACCESS_KEY) }?;
                Wanted::Shared((!asked.is_empty()).then_some(asked))
            }
            _ => return fail(VI_ERROR_INV_LOCK_TYPE, "no such lock type"),
        };
        let (status, granted) = session.lock(wanted, timeout)?;
        // PyVISA passes NULL with exclusive locks.
        // SAFETY: null or 256 characters by contract.
        unsafe { put_text(key, &granted) };
        Ok(status)
    })
}

/// Gives the session's newest lock back.
#[unsafe(no_mangle)]
pub extern "C" fn viUnlock(vi: ViSession) -> ViStatus {
    entry("viUnlock", format_args!("vi={vi}"), || objects::session(vi)?.unlock())
}
