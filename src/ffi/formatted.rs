//! Chapter 6.2: formatted I/O.
//!
//! The exports are jumps (see `variadic`); what runs inside `entry` is the function below them
//! that C hands their arguments to. A format is as long as the caller made it: as with printf, it
//! is the caller who promises its NUL.

use std::ffi::c_void;

use super::variadic::{self, CArguments, List, jump, named};
use super::{address, entry};
use crate::consts::{ViByte, ViChar, ViSession, ViStatus};
use crate::fmt;
use crate::fmt::Input;
use crate::fmt::Output;
use crate::rsrc::Kinds;
use crate::session::objects;
use crate::status::{Result, VI_ERROR_USER_BUF, VI_SUCCESS, fail};
use crate::trace;

/// Formats the arguments and writes them through the formatted write buffer. A line feed of the
/// format ends the message: END goes with it, and the buffer is sent.
///
/// # Safety
/// `write_fmt` is null (VI_ERROR_USER_BUF) or NUL-terminated. The arguments are those that it asks
/// for; pointers among them are null (VI_ERROR_USER_BUF) or readable for what it says of them: a
/// string without a precision up to its NUL, arrays and blocks for their count.
#[unsafe(no_mangle)]
#[unsafe(naked)]
pub unsafe extern "C" fn viPrintf(vi: ViSession, write_fmt: *const ViChar) -> ViStatus {
    jump!(variadic::visa_c_printf)
}

/// As viPrintf, from an argument list, which is left as it was.
///
/// # Safety
/// As for viPrintf; `params` is a `va_list` that has been started.
#[unsafe(no_mangle)]
#[unsafe(naked)]
pub unsafe extern "C" fn viVPrintf(
    vi: ViSession,
    write_fmt: *const ViChar,
    params: *mut c_void,
) -> ViStatus {
    jump!(variadic::visa_c_vprintf)
}

/// Formats the arguments into memory and adds a NUL. Touches no device; a line feed is a byte like
/// any other.
///
/// # Safety
/// `buf` is null (VI_ERROR_USER_BUF) or writable for all that the format makes of the arguments
/// and the NUL: nothing else bounds it, and blocks may contain NULs too. It overlaps no argument.
/// The rest as for viPrintf.
#[unsafe(no_mangle)]
#[unsafe(naked)]
pub unsafe extern "C" fn viSPrintf(
    vi: ViSession,
    buf: *mut ViByte,
    write_fmt: *const ViChar,
) -> ViStatus {
    jump!(variadic::visa_c_sprintf)
}

/// As viSPrintf, from an argument list, which is left as it was.
///
/// # Safety
/// As for viSPrintf; `params` is a `va_list` that has been started.
#[unsafe(no_mangle)]
#[unsafe(naked)]
pub unsafe extern "C" fn viVSPrintf(
    vi: ViSession,
    buf: *mut ViByte,
    write_fmt: *const ViChar,
    params: *mut c_void,
) -> ViStatus {
    jump!(variadic::visa_c_vsprintf)
}

/// Sends what the write buffer holds, then parses what comes through the formatted read buffer
/// into the arguments. What the format leaves unread stays there for the next call.
///
/// # Safety
/// `read_fmt` is null (VI_ERROR_USER_BUF) or NUL-terminated. The arguments are those that it asks
/// for; pointers among them are null (VI_ERROR_USER_BUF) or writable for what it says of them:
/// `%s`, `%[`, `%t` and `%T` without a width or `#` for whatever the device sends and a NUL.
#[unsafe(no_mangle)]
#[unsafe(naked)]
pub unsafe extern "C" fn viScanf(vi: ViSession, read_fmt: *const ViChar) -> ViStatus {
    jump!(variadic::visa_c_scanf)
}

/// As viScanf, from an argument list, which is left as it was.
///
/// # Safety
/// As for viScanf; `params` is a `va_list` that has been started.
#[unsafe(no_mangle)]
#[unsafe(naked)]
pub unsafe extern "C" fn viVScanf(
    vi: ViSession,
    read_fmt: *const ViChar,
    params: *mut c_void,
) -> ViStatus {
    jump!(variadic::visa_c_vscanf)
}

/// Parses memory up to its NUL, which acts as END, into the arguments. Touches no device.
///
/// # Safety
/// `buf` is null (VI_ERROR_USER_BUF) or NUL-terminated, and no argument points into it. The rest
/// as for viScanf.
#[unsafe(no_mangle)]
#[unsafe(naked)]
pub unsafe extern "C" fn viSScanf(
    vi: ViSession,
    buf: *const ViByte,
    read_fmt: *const ViChar,
) -> ViStatus {
    jump!(variadic::visa_c_sscanf)
}

/// As viSScanf, from an argument list, which is left as it was.
///
/// # Safety
/// As for viSScanf; `params` is a `va_list` that has been started.
#[unsafe(no_mangle)]
#[unsafe(naked)]
pub unsafe extern "C" fn viVSScanf(
    vi: ViSession,
    buf: *const ViByte,
    read_fmt: *const ViChar,
    params: *mut c_void,
) -> ViStatus {
    jump!(variadic::visa_c_vsscanf)
}

/// Drops what is left in the formatted read buffer, formats and sends, then reads and parses: the
/// arguments of `write_fmt` come first.
///
/// # Safety
/// As for viPrintf and viScanf.
#[unsafe(no_mangle)]
#[unsafe(naked)]
pub unsafe extern "C" fn viQueryf(
    vi: ViSession,
    write_fmt: *const ViChar,
    read_fmt: *const ViChar,
) -> ViStatus {
    jump!(variadic::visa_c_queryf)
}

/// As viQueryf, from an argument list, which is left as it was.
///
/// # Safety
/// As for viQueryf; `params` is a `va_list` that has been started.
#[unsafe(no_mangle)]
#[unsafe(naked)]
pub unsafe extern "C" fn viVQueryf(
    vi: ViSession,
    write_fmt: *const ViChar,
    read_fmt: *const ViChar,
    params: *mut c_void,
) -> ViStatus {
    jump!(variadic::visa_c_vqueryf)
}

named!("visa_rust_printf", printf);
named!("visa_rust_sprintf", sprintf);
named!("visa_rust_scanf", scanf);
named!("visa_rust_sscanf", sscanf);
named!("visa_rust_queryf", queryf);

/// Which of two names the caller used, by the number that C gives.
fn called(form: i32, with_ellipsis: &'static str, with_list: &'static str) -> &'static str {
    if form == 0 { with_ellipsis } else { with_list }
}

/// viPrintf and viVPrintf.
///
/// # Safety
/// As for viPrintf; `list` is what `variadic.c` made of the arguments.
unsafe extern "C" fn printf(
    vi: ViSession,
    format: *const ViChar,
    list: *mut List,
    form: i32,
) -> ViStatus {
    entry(called(form, "viPrintf", "viVPrintf"), format_args!("vi={vi}"), || {
        let session = objects::session(vi)?;
        session.require(Kinds::MESSAGE_BASED)?;
        // SAFETY: null or NUL-terminated by contract.
        let format = unsafe { bytes_of(format.cast(), "format is NULL") }?;
        trace::bytes("format", format);
        // SAFETY: the list is C's, and the arguments are what the format says, by contract.
        let mut arguments = unsafe { CArguments::new(list) };
        session.print(format, &mut arguments)?;
        Ok(VI_SUCCESS)
    })
}

/// viSPrintf and viVSPrintf.
///
/// # Safety
/// As for viSPrintf; `list` is what `variadic.c` made of the arguments.
unsafe extern "C" fn sprintf(
    vi: ViSession,
    buf: *mut ViByte,
    format: *const ViChar,
    list: *mut List,
    form: i32,
) -> ViStatus {
    entry(
        called(form, "viSPrintf", "viVSPrintf"),
        format_args!("vi={vi}, buf={:#x}", address(buf.cast())),
        || {
            objects::session(vi)?.require(Kinds::MESSAGE_BASED)?;
            // SAFETY: null or NUL-terminated by contract.
            let format = unsafe { bytes_of(format.cast(), "format is NULL") }?;
            trace::bytes("format", format);
            fmt::check_print(format)?;
            // SAFETY: null or large enough for everything and a NUL, by contract.
            let mut memory = unsafe { Memory::new(buf) }?;
            // SAFETY: the list is C's, and the arguments are what the format says, by contract.
            let mut arguments = unsafe { CArguments::new(list) };
            let printed = fmt::print(format, &mut arguments, &mut memory);
            memory.terminate();
            trace::note(format_args!("-> {} bytes", memory.length));
            printed.and(Ok(VI_SUCCESS))
        },
    )
}

/// viScanf and viVScanf.
///
/// # Safety
/// As for viScanf; `list` is what `variadic.c` made of the arguments.
unsafe extern "C" fn scanf(
    vi: ViSession,
    format: *const ViChar,
    list: *mut List,
    form: i32,
) -> ViStatus {
    entry(called(form, "viScanf", "viVScanf"), format_args!("vi={vi}"), || {
        let session = objects::session(vi)?;
        session.require(Kinds::MESSAGE_BASED)?;
        // SAFETY: null or NUL-terminated by contract.
        let format = unsafe { bytes_of(format.cast(), "format is NULL") }?;
        trace::bytes("format", format);
        // SAFETY: the list is C's, and the arguments are what the format says, by contract.
        let mut arguments = unsafe { CArguments::new(list) };
        session.scan(format, &mut arguments)?;
        Ok(VI_SUCCESS)
    })
}

/// viSScanf and viVSScanf.
///
/// # Safety
/// As for viSScanf; `list` is what `variadic.c` made of the arguments.
unsafe extern "C" fn sscanf(
    vi: ViSession,
    buf: *const ViByte,
    format: *const ViChar,
    list: *mut List,
    form: i32,
) -> ViStatus {
    entry(
        called(form, "viSScanf", "viVSScanf"),
        format_args!("vi={vi}, buf={:#x}", address(buf.cast())),
        || {
            objects::session(vi)?.require(Kinds::MESSAGE_BASED)?;
            // SAFETY: null or NUL-terminated by contract.
            let format = unsafe { bytes_of(format.cast(), "format is NULL") }?;
            trace::bytes("format", format);
            // SAFETY: null or NUL-terminated by contract, and no argument points into it.
            let text = unsafe { bytes_of(buf, "buffer is NULL") }?;
            // SAFETY: the list is C's, and the arguments are what the format says, by contract.
            let mut arguments = unsafe { CArguments::new(list) };
            fmt::scan(format, &mut arguments, &mut Text(text))?;
            Ok(VI_SUCCESS)
        },
    )
}

/// viQueryf and viVQueryf.
///
/// # Safety
/// As for viQueryf; `list` is what `variadic.c` made of the arguments.
unsafe extern "C" fn queryf(
    vi: ViSession,
    write_format: *const ViChar,
    read_format: *const ViChar,
    list: *mut List,
    form: i32,
) -> ViStatus {
    entry(called(form, "viQueryf", "viVQueryf"), format_args!("vi={vi}"), || {
        let session = objects::session(vi)?;
        session.require(Kinds::MESSAGE_BASED)?;
        // SAFETY: null or NUL-terminated by contract.
        let write_format = unsafe { bytes_of(write_format.cast(), "write format is NULL") }?;
        trace::bytes("write_format", write_format);
        // SAFETY: null or NUL-terminated by contract.
        let read_format = unsafe { bytes_of(read_format.cast(), "read format is NULL") }?;
        trace::bytes("read_format", read_format);
        // SAFETY: the list is C's, and the arguments are what the formats say, by contract.
        let mut arguments = unsafe { CArguments::new(list) };
        session.query(write_format, read_format, &mut arguments)?;
        Ok(VI_SUCCESS)
    })
}

/// The bytes of a C string, however long.
///
/// # Safety
/// `string` is null or NUL-terminated, and unchanged for as long as the slice is used.
unsafe fn bytes_of<'a>(string: *const u8, null: &'static str) -> Result<&'a [u8]> {
    if string.is_null() {
        return fail(VI_ERROR_USER_BUF, null);
    }
    // SAFETY: not null, so NUL-terminated by contract.
    let length = unsafe { libc::strlen(string.cast()) };
    // SAFETY: `length` bytes before the NUL were just read.
    Ok(unsafe { std::slice::from_raw_parts(string, length) })
}

/// A caller's buffer that formatted bytes go into.
struct Memory {
    start: *mut u8,
    length: usize,
}

impl Memory {
    /// # Safety
    /// `start` is null or has room for all that will be put, and for a NUL.
    unsafe fn new(start: *mut u8) -> Result<Self> {
        if start.is_null() {
            return fail(VI_ERROR_USER_BUF, "buffer is NULL");
        }
        Ok(Self { start, length: 0 })
    }

    /// Puts the NUL behind what is there.
    fn terminate(&mut self) {
        // SAFETY: by contract there is room for it.
        unsafe { self.start.wrapping_add(self.length).write(0) };
    }
}

impl Output for Memory {
    fn put(&mut self, bytes: &[u8], _end: bool) -> Result {
        let to = self.start.wrapping_add(self.length);
        // SAFETY: by contract there is room for all that is put. Copied as memmove does: an
        // argument that lies in the buffer makes odd output and no more.
        unsafe { std::ptr::copy(bytes.as_ptr(), to, bytes.len()) };
        self.length += bytes.len();
        Ok(())
    }
}

/// A string to be scanned. Its end acts as END.
struct Text<'a>(&'a [u8]);

impl Input for Text<'_> {
    fn look(&mut self) -> Result<&[u8]> {
        Ok(self.0)
    }

    fn take(&mut self, count: usize) {
        self.0 = &self.0[count..];
    }

    fn pass_leftover(&mut self) -> bool {
        false
    }
}
