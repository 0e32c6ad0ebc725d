//! Chapter 4: the resource manager.

use super::{demand, entry, put, put_text, text};
use crate::consts::{ViAccessMode, ViChar, ViFindList, ViSession, ViStatus, ViUInt16, ViUInt32};
use crate::rsrc::ResourceName;
use crate::session::manager;
use crate::session::objects;
use crate::session::search;
use crate::status::{Result, VI_ERROR_INV_EXPR, VI_ERROR_INV_RSRC_NAME, VI_SUCCESS};
use crate::trace;

/// Opens a new resource manager session.
///
/// # Safety
/// `vi` is null (VI_ERROR_USER_BUF) or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viOpenDefaultRM(vi: *mut ViSession) -> ViStatus {
    entry("viOpenDefaultRM", format_args!(""), || {
        // SAFETY: the same contract.
        unsafe { open_default(vi) }
    })
}

/// The name that viOpenDefaultRM had in VTL; old binaries ask for it.
///
/// # Safety
/// As [`viOpenDefaultRM`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viGetDefaultRM(vi: *mut ViSession) -> ViStatus {
    entry("viGetDefaultRM", format_args!(""), || {
        // SAFETY: the same contract.
        unsafe { open_default(vi) }
    })
}

/// # Safety
/// `vi` is null or writable.
unsafe fn open_default(vi: *mut ViSession) -> Result<ViStatus> {
    demand(vi)?;
    let number = manager::open_default()?;
    trace::note(format_args!("-> {number}"));
    // SAFETY: not null, so writable by contract.
    unsafe { put(vi, number) };
    Ok(VI_SUCCESS)
}

/// Searches for resources. `desc` gets the first, `list` the rest for viFindNext, `count` how
/// many; each may be null.
///
/// # Safety
/// `expr` is null or NUL-terminated; `desc` null or 256 characters; `list`, `count` null or
/// writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viFindRsrc(
    sesn: ViSession,
    expr: *const ViChar,
    list: *mut ViFindList,
    count: *mut ViUInt32,
    desc: *mut ViChar,
) -> ViStatus {
    entry("viFindRsrc", format_args!("sesn={sesn}"), || {
        objects::manager(sesn)?;
        // SAFETY: null or NUL-terminated by contract.
        let expression = unsafe { text(expr, VI_ERROR_INV_EXPR) }?;
        trace::note(format_args!("{expression:?}"));
        let mut names = search::find(sesn, expression)?;
        let found = names.len();
        trace::note(format_args!("-> {found} found"));
        let first = names.remove(0);
        if !list.is_null() {
            let number = manager::keep_list(sesn, names)?;
            // SAFETY: not null, so writable by contract.
            unsafe { put(list, number) };
        }
        // SAFETY: null or writable by contract.
        unsafe { put(count, found as ViUInt32) };
        // SAFETY: null or 256 characters by contract.
        unsafe { put_text(desc, &first) };
        Ok(VI_SUCCESS)
    })
}

/// Hands out the next resource of a find list.
///
/// # Safety
/// `desc` is null or has room for 256 characters.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viFindNext(list: ViFindList, desc: *mut ViChar) -> ViStatus {
    entry("viFindNext", format_args!("list={list}"), || {
        let name = objects::find_list(list)?.next()?;
        trace::note(format_args!("-> {name}"));
        // SAFETY: null or 256 characters by contract.
        unsafe { put_text(desc, &name) };
        Ok(VI_SUCCESS)
    })
}

/// Tells the interface type and board number of a name. Opens and asks nothing.
///
/// # Safety
/// `name` is null or NUL-terminated; the results are null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viParseRsrc(
    sesn: ViSession,
    name: *const ViChar,
    intf_type: *mut ViUInt16,
    intf_num: *mut ViUInt16,
) -> ViStatus {
    entry("viParseRsrc", format_args!("sesn={sesn}"), || {
        // SAFETY: the same contract.
        let (parsed, _) = unsafe { parse(sesn, name) }?;
        // SAFETY: null or writable by contract.
        unsafe { put(intf_type, parsed.interface_type()) };
        // SAFETY: null or writable by contract.
        unsafe { put(intf_num, parsed.board()) };
        Ok(VI_SUCCESS)
    })
}

/// Tells a name's interface type, board number, class, canonical form and alias (empty when it has none).
///
/// # Safety
/// `name` is null or NUL-terminated; the results are null or writable, the strings for 256
/// characters.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viParseRsrcEx(
    sesn: ViSession,
    name: *const ViChar,
    intf_type: *mut ViUInt16,
    intf_num: *mut ViUInt16,
    class: *mut ViChar,
    expanded: *mut ViChar,
    alias: *mut ViChar,
) -> ViStatus {
    entry("viParseRsrcEx", format_args!("sesn={sesn}"), || {
        // SAFETY: the same contract.
        let (parsed, own) = unsafe { parse(sesn, name) }?;
        // SAFETY: null or writable by contract.
        unsafe { put(intf_type, parsed.interface_type()) };
        // SAFETY: null or writable by contract.
        unsafe { put(intf_num, parsed.board()) };
        // SAFETY: null or 256 characters by contract.
        unsafe { put_text(class, parsed.class()) };
        // SAFETY: null or 256 characters by contract.
        unsafe { put_text(expanded, parsed.canonical()) };
        // SAFETY: null or 256 characters by contract.
        unsafe { put_text(alias, &own) };
        Ok(VI_SUCCESS)
    })
}

/// # Safety
/// `name` is null or NUL-terminated.
unsafe fn parse(sesn: ViSession, name: *const ViChar) -> Result<(ResourceName, String)> {
    objects::manager(sesn)?;
    // SAFETY: null or NUL-terminated by contract.
    let name = unsafe { text(name, VI_ERROR_INV_RSRC_NAME) }?;
    trace::note(format_args!("{name:?}"));
    manager::parse(sesn, name)
}

/// Opens a session to a resource. `timeout` in ms bounds the whole open; 0 means 2000.
///
/// # Safety
/// `name` is null or NUL-terminated; `vi` is null (VI_ERROR_USER_BUF) or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viOpen(
    sesn: ViSession,
    name: *const ViChar,
    mode: ViAccessMode,
    timeout: ViUInt32,
    vi: *mut ViSession,
) -> ViStatus {
    entry("viOpen", format_args!("sesn={sesn}, mode={mode}, timeout={timeout}"), || {
        objects::manager(sesn)?;
        // SAFETY: null or NUL-terminated by contract.
        let name = unsafe { text(name, VI_ERROR_INV_RSRC_NAME) }?;
        trace::note(format_args!("{name:?}"));
        demand(vi)?;
        let (number, status) = manager::open(sesn, name, mode, timeout)?;
        trace::note(format_args!("-> {number}"));
        // SAFETY: not null, so writable by contract.
        unsafe { put(vi, number) };
        Ok(status)
    })
}
