//! Chapter 6.2: formatted I/O. Every function is there and answers VI_ERROR_NIMPL_OPER in this
//! version.
//!
//! The variadic ones are declared with their named parameters only. On the platforms that we
//! support, C passes further arguments in registers and on the caller's stack, where a function
//! that does not ask for them never looks; nothing is read of them.

use std::ffi::c_void;

use super::{address, entry, not_implemented};
use crate::consts::{ViByte, ViChar, ViSession, ViStatus};
use crate::rsrc::Kinds;

/// Formats arguments and sends them: VI_ERROR_NIMPL_OPER in this version.
///
/// # Safety
/// None of the pointers is used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viPrintf(vi: ViSession, write_fmt: *const ViChar) -> ViStatus {
    entry("viPrintf", format_args!("vi={vi}, write_fmt={:#x}", address(write_fmt.cast())), || {
        not_implemented(vi, Kinds::MESSAGE_BASED)
    })
}

/// As viPrintf, from an argument list: VI_ERROR_NIMPL_OPER in this version.
///
/// # Safety
/// None of the pointers is used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viVPrintf(
    vi: ViSession,
    write_fmt: *const ViChar,
    params: *mut c_void,
) -> ViStatus {
    entry(
        "viVPrintf",
        format_args!(
            "vi={vi}, write_fmt={:#x}, params={:#x}",
            address(write_fmt.cast()),
            address(params.cast())
        ),
        || not_implemented(vi, Kinds::MESSAGE_BASED),
    )
}

/// Formats arguments into memory: VI_ERROR_NIMPL_OPER in this version.
///
/// # Safety
/// None of the pointers is used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viSPrintf(
    vi: ViSession,
    buf: *mut ViByte,
    write_fmt: *const ViChar,
) -> ViStatus {
    entry(
        "viSPrintf",
        format_args!(
            "vi={vi}, buf={:#x}, write_fmt={:#x}",
            address(buf.cast()),
            address(write_fmt.cast())
        ),
        || not_implemented(vi, Kinds::MESSAGE_BASED),
    )
}

/// As viSPrintf, from an argument list: VI_ERROR_NIMPL_OPER in this version.
///
/// # Safety
/// None of the pointers is used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viVSPrintf(
    vi: ViSession,
    buf: *mut ViByte,
    write_fmt: *const ViChar,
    params: *mut c_void,
) -> ViStatus {
    entry(
        "viVSPrintf",
        format_args!(
            "vi={vi}, buf={:#x}, write_fmt={:#x}, params={:#x}",
            address(buf.cast()),
            address(write_fmt.cast()),
            address(params.cast())
        ),
        || not_implemented(vi, Kinds::MESSAGE_BASED),
    )
}

/// Reads and parses into arguments: VI_ERROR_NIMPL_OPER in this version.
///
/// # Safety
/// None of the pointers is used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viScanf(vi: ViSession, read_fmt: *const ViChar) -> ViStatus {
    entry("viScanf", format_args!("vi={vi}, read_fmt={:#x}", address(read_fmt.cast())), || {
        not_implemented(vi, Kinds::MESSAGE_BASED)
    })
}

/// As viScanf, from an argument list: VI_ERROR_NIMPL_OPER in this version.
///
/// # Safety
/// None of the pointers is used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viVScanf(
    vi: ViSession,
    read_fmt: *const ViChar,
    params: *mut c_void,
) -> ViStatus {
    entry(
        "viVScanf",
        format_args!(
            "vi={vi}, read_fmt={:#x}, params={:#x}",
            address(read_fmt.cast()),
            address(params.cast())
        ),
        || not_implemented(vi, Kinds::MESSAGE_BASED),
    )
}

/// Parses memory into arguments: VI_ERROR_NIMPL_OPER in this version.
///
/// # Safety
/// None of the pointers is used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viSScanf(
    vi: ViSession,
    buf: *const ViByte,
    read_fmt: *const ViChar,
) -> ViStatus {
    entry(
        "viSScanf",
        format_args!(
            "vi={vi}, buf={:#x}, read_fmt={:#x}",
            address(buf.cast()),
            address(read_fmt.cast())
        ),
        || not_implemented(vi, Kinds::MESSAGE_BASED),
    )
}

/// As viSScanf, from an argument list: VI_ERROR_NIMPL_OPER in this version.
///
/// # Safety
/// None of the pointers is used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viVSScanf(
    vi: ViSession,
    buf: *const ViByte,
    read_fmt: *const ViChar,
    params: *mut c_void,
) -> ViStatus {
    entry(
        "viVSScanf",
        format_args!(
            "vi={vi}, buf={:#x}, read_fmt={:#x}, params={:#x}",
            address(buf.cast()),
            address(read_fmt.cast()),
            address(params.cast())
        ),
        || not_implemented(vi, Kinds::MESSAGE_BASED),
    )
}

/// Formats and sends, then reads and parses: VI_ERROR_NIMPL_OPER in this version.
///
/// # Safety
/// None of the pointers is used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viQueryf(
    vi: ViSession,
    write_fmt: *const ViChar,
    read_fmt: *const ViChar,
) -> ViStatus {
    entry(
        "viQueryf",
        format_args!(
            "vi={vi}, write_fmt={:#x}, read_fmt={:#x}",
            address(write_fmt.cast()),
            address(read_fmt.cast())
        ),
        || not_implemented(vi, Kinds::MESSAGE_BASED),
    )
}

/// As viQueryf, from an argument list: VI_ERROR_NIMPL_OPER in this version.
///
/// # Safety
/// None of the pointers is used.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viVQueryf(
    vi: ViSession,
    write_fmt: *const ViChar,
    read_fmt: *const ViChar,
    params: *mut c_void,
) -> ViStatus {
    entry(
        "viVQueryf",
        format_args!(
            "vi={vi}, write_fmt={:#x}, read_fmt={:#x}, params={:#x}",
            address(write_fmt.cast()),
            address(read_fmt.cast()),
            address(params.cast())
        ),
        || not_implemented(vi, Kinds::MESSAGE_BASED),
    )
}
