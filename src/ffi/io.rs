//! Chapter 6.1 and the buffers of 6.2: message-based I/O.

use super::{address, bytes, bytes_mut, demand, entry, not_implemented, put};
use crate::consts::{
    VI_IO_IN_BUF, VI_IO_IN_BUF_DISCARD, VI_IO_OUT_BUF, VI_IO_OUT_BUF_DISCARD, VI_READ_BUF,
    VI_READ_BUF_DISCARD, VI_WRITE_BUF, VI_WRITE_BUF_DISCARD, ViChar, ViJobId, ViSession, ViStatus,
    ViUInt16, ViUInt32,
};
use crate::iface::Stop;
use crate::rsrc::Kinds;
use crate::session::objects;
use crate::status::{
    VI_ERROR_INV_MASK, VI_ERROR_NIMPL_OPER, VI_SUCCESS, VI_SUCCESS_MAX_CNT, VI_SUCCESS_TERM_CHAR,
    fail,
};
use crate::trace;

/// Reads up to `cnt` bytes. `ret` gets how many arrived, also when the read times out.
///
/// # Safety
/// `buf` is null (VI_ERROR_USER_BUF) or `cnt` writable bytes; `ret` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viRead(
    vi: ViSession,
    buf: *mut u8,
    cnt: ViUInt32,
    ret: *mut ViUInt32,
) -> ViStatus {
    entry("viRead", format_args!("vi={vi}, cnt={cnt}"), || {
        let session = objects::session(vi)?;
        session.require(Kinds::MESSAGE_BASED)?;
        // SAFETY: null or `cnt` writable bytes by contract.
        let buf = unsafe { bytes_mut(buf, cnt) }?;
        let read = session.read(buf);
        // SAFETY: null or writable by contract.
        unsafe { put(ret, read.count as ViUInt32) };
        trace::note(format_args!("-> {} bytes", read.count));
        trace::bytes("buf", &buf[..read.count]);
        Ok(match read.outcome? {
            Stop::End => VI_SUCCESS,
            Stop::TermChar => VI_SUCCESS_TERM_CHAR,
            Stop::Count => VI_SUCCESS_MAX_CNT,
        })
    })
}

/// Writes `cnt` bytes. `ret` gets how many left, also when the write fails.
///
/// # Safety
/// `buf` is null (VI_ERROR_USER_BUF) or `cnt` readable bytes; `ret` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viWrite(
    vi: ViSession,
    buf: *const u8,
    cnt: ViUInt32,
    ret: *mut ViUInt32,
) -> ViStatus {
    entry("viWrite", format_args!("vi={vi}, cnt={cnt}"), || {
        let session = objects::session(vi)?;
        session.require(Kinds::MESSAGE_BASED)?;
        // SAFETY: null or `cnt` readable bytes by contract.
        let data = unsafe { bytes(buf, cnt) }?;
        let written = session.write(data);
        // SAFETY: null or writable by contract.
        unsafe { put(ret, written.count as ViUInt32) };
        trace::bytes("buf", &data[..written.count]);
        written.outcome?;
        Ok(VI_SUCCESS)
    })
}

/// Sends a trigger.
#[unsafe(no_mangle)]
pub extern "C" fn viAssertTrigger(vi: ViSession, protocol: ViUInt16) -> ViStatus {
    entry("viAssertTrigger", format_args!("vi={vi}, protocol={protocol}"), || {
        objects::session(vi)?.assert_trigger(protocol)?;
        Ok(VI_SUCCESS)
    })
}

/// Reads the status byte into the lower half of `status`.
///
/// # Safety
/// `status` is null (VI_ERROR_USER_BUF) or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viReadSTB(vi: ViSession, status: *mut ViUInt16) -> ViStatus {
    entry("viReadSTB", format_args!("vi={vi}"), || {
        let session = objects::session(vi)?;
        // Before the device is asked: reading the byte changes it.
        demand(status)?;
        let byte = session.read_stb()?;
        trace::note(format_args!("-> {byte:#04x}"));
        // SAFETY: not null, so writable by contract.
        unsafe { put(status, byte.into()) };
        Ok(VI_SUCCESS)
    })
}

/// Clears the device and drops pending input and output.
#[unsafe(no_mangle)]
pub extern "C" fn viClear(vi: ViSession) -> ViStatus {
    entry("viClear", format_args!("vi={vi}"), || {
        objects::session(vi)?.clear()?;
        Ok(VI_SUCCESS)
    })
}

/// Starts a read: VI_ERROR_NIMPL_OPER, this version has no asynchronous I/O.
///
/// # Safety
/// `buf` is `cnt` writable bytes until the job ends; `job` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viReadAsync(
    vi: ViSession,
    buf: *mut u8,
    cnt: ViUInt32,
    job: *mut ViJobId,
) -> ViStatus {
    entry(
        "viReadAsync",
        format_args!(
            "vi={vi}, buf={:#x}, cnt={cnt}, job={:#x}",
            address(buf.cast()),
            address(job.cast())
        ),
        || not_implemented(vi, Kinds::MESSAGE_BASED),
    )
}

/// Starts a write: VI_ERROR_NIMPL_OPER, this version has no asynchronous I/O.
///
/// # Safety
/// `buf` is `cnt` readable bytes until the job ends; `job` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viWriteAsync(
    vi: ViSession,
    buf: *const u8,
    cnt: ViUInt32,
    job: *mut ViJobId,
) -> ViStatus {
    entry(
        "viWriteAsync",
        format_args!(
            "vi={vi}, buf={:#x}, cnt={cnt}, job={:#x}",
            address(buf.cast()),
            address(job.cast())
        ),
        || not_implemented(vi, Kinds::MESSAGE_BASED),
    )
}

/// Reads into a file: VI_ERROR_NIMPL_OPER in this version.
///
/// # Safety
/// `file` is null or NUL-terminated; `ret` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viReadToFile(
    vi: ViSession,
    file: *const ViChar,
    cnt: ViUInt32,
    ret: *mut ViUInt32,
) -> ViStatus {
    entry(
        "viReadToFile",
        format_args!(
            "vi={vi}, file={:#x}, cnt={cnt}, ret={:#x}",
            address(file.cast()),
            address(ret.cast())
        ),
        || not_implemented(vi, Kinds::MESSAGE_BASED),
    )
}

/// Writes from a file: VI_ERROR_NIMPL_OPER in this version.
///
/// # Safety
/// `file` is null or NUL-terminated; `ret` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viWriteFromFile(
    vi: ViSession,
    file: *const ViChar,
    cnt: ViUInt32,
    ret: *mut ViUInt32,
) -> ViStatus {
    entry(
        "viWriteFromFile",
        format_args!(
            "vi={vi}, file={:#x}, cnt={cnt}, ret={:#x}",
            address(file.cast()),
            address(ret.cast())
        ),
        || not_implemented(vi, Kinds::MESSAGE_BASED),
    )
}

/// Resizes buffers: VI_ERROR_NIMPL_OPER, this version has no formatted I/O buffers.
#[unsafe(no_mangle)]
pub extern "C" fn viSetBuf(vi: ViSession, mask: ViUInt16, size: ViUInt32) -> ViStatus {
    entry("viSetBuf", format_args!("vi={vi}, mask={mask:#x}, size={size}"), || {
        objects::session(vi)?.require(Kinds::MESSAGE_BASED)?;
        let known = VI_READ_BUF | VI_WRITE_BUF | VI_IO_IN_BUF | VI_IO_OUT_BUF;
        if mask == 0 || mask & !known != 0 {
            return fail(VI_ERROR_INV_MASK, "no such buffers");
        }
        fail(VI_ERROR_NIMPL_OPER, "this version has no formatted I/O buffers")
    })
}

/// Flushes buffers. The formatted I/O buffers are always empty in this version, so flushing them
/// does nothing; the low-level ones: VI_ERROR_NIMPL_OPER.
#[unsafe(no_mangle)]
pub extern "C" fn viFlush(vi: ViSession, mask: ViUInt16) -> ViStatus {
    entry("viFlush", format_args!("vi={vi}, mask={mask:#x}"), || {
        objects::session(vi)?.require(Kinds::MESSAGE_BASED)?;
        let pairs = [
            (VI_READ_BUF, VI_READ_BUF_DISCARD),
            (VI_WRITE_BUF, VI_WRITE_BUF_DISCARD),
            (VI_IO_IN_BUF, VI_IO_IN_BUF_DISCARD),
            (VI_IO_OUT_BUF, VI_IO_OUT_BUF_DISCARD),
        ];
        let known = pairs.iter().fold(0, |all, (flush, discard)| all | flush | discard);
        let twice = pairs.iter().any(|(flush, discard)| mask & flush != 0 && mask & discard != 0);
        if mask == 0 || mask & !known != 0 || twice {
            return fail(VI_ERROR_INV_MASK, "no such buffers, or flush and discard of one");
        }
        let formatted = VI_READ_BUF | VI_READ_BUF_DISCARD | VI_WRITE_BUF | VI_WRITE_BUF_DISCARD;
        if mask & !formatted != 0 {
            return fail(VI_ERROR_NIMPL_OPER, "low-level buffers cannot be flushed");
        }
        Ok(VI_SUCCESS)
    })
}

/// Writes into the formatted I/O buffer: VI_ERROR_NIMPL_OPER in this version.
///
/// # Safety
/// `buf` is null or `cnt` readable bytes; `ret` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viBufWrite(
    vi: ViSession,
    buf: *const u8,
    cnt: ViUInt32,
    ret: *mut ViUInt32,
) -> ViStatus {
    entry(
        "viBufWrite",
        format_args!(
            "vi={vi}, buf={:#x}, cnt={cnt}, ret={:#x}",
            address(buf.cast()),
            address(ret.cast())
        ),
        || not_implemented(vi, Kinds::MESSAGE_BASED),
    )
}

/// Reads from the formatted I/O buffer: VI_ERROR_NIMPL_OPER in this version.
///
/// # Safety
/// `buf` is null or `cnt` writable bytes; `ret` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viBufRead(
    vi: ViSession,
    buf: *mut u8,
    cnt: ViUInt32,
    ret: *mut ViUInt32,
) -> ViStatus {
    entry(
        "viBufRead",
        format_args!(
            "vi={vi}, buf={:#x}, cnt={cnt}, ret={:#x}",
            address(buf.cast()),
            address(ret.cast())
        ),
        || not_implemented(vi, Kinds::MESSAGE_BASED),
    )
}
