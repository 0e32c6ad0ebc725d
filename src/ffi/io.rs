//! Chapter 6.1 and the buffers of 6.2: message-based I/O.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::{bytes, bytes_mut, demand, entry, put};
use crate::consts::{ViChar, ViJobId, ViSession, ViStatus, ViUInt16, ViUInt32};
use crate::rsrc::Kinds;
use crate::session::io::completion;
use crate::session::job::Work;
use crate::session::objects;
use crate::status::{Result, VI_ERROR_FILE_ACCESS, VI_SUCCESS, fail};
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
        Ok(completion(read.outcome?))
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

/// Memory of the caller's that a job writes into.
struct Target {
    start: *mut u8,
    count: ViUInt32,
}

// SAFETY: by contract the memory stays writable and nobody else touches it until the job has
// completed, from whichever thread; the session lets go of it before it says so.
unsafe impl Send for Target {}

impl AsMut<[u8]> for Target {
    fn as_mut(&mut self) -> &mut [u8] {
        // SAFETY: not null (viReadAsync has looked), `count` writable bytes that are this job's.
        unsafe { bytes_mut(self.start, self.count) }.unwrap_or_default()
    }
}

/// Memory of the caller's that a job reads from.
struct Source {
    start: *const u8,
    count: ViUInt32,
}

// SAFETY: by contract the memory stays readable and unchanged until the job has completed.
unsafe impl Send for Source {}

impl AsRef<[u8]> for Source {
    fn as_ref(&self) -> &[u8] {
        // SAFETY: not null (viWriteAsync has looked), `count` readable bytes.
        unsafe { bytes(self.start, self.count) }.unwrap_or_default()
    }
}

/// Starts a read. The result comes as VI_EVENT_IO_COMPLETION.
///
/// # Safety
/// `buf` is null (VI_ERROR_USER_BUF) or `cnt` writable bytes, left alone until the job has
/// completed or the session is closed; `job` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viReadAsync(
    vi: ViSession,
    buf: *mut u8,
    cnt: ViUInt32,
    job: *mut ViJobId,
) -> ViStatus {
    entry("viReadAsync", format_args!("vi={vi}, cnt={cnt}"), || {
        let session = objects::session(vi)?;
        session.require(Kinds::MESSAGE_BASED)?;
        if cnt > 0 {
            demand(buf)?;
        }
        let work = Work::Read(Box::new(Target { start: buf, count: cnt }));
        // SAFETY: null or writable by contract.
        session.start(work, buf.addr(), |id| unsafe { announce(job, id) })?;
        Ok(VI_SUCCESS)
    })
}

/// Starts a write. The result comes as VI_EVENT_IO_COMPLETION.
///
/// # Safety
/// `buf` is null (VI_ERROR_USER_BUF) or `cnt` readable bytes, unchanged until the job has
/// completed or the session is closed; `job` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viWriteAsync(
    vi: ViSession,
    buf: *const u8,
    cnt: ViUInt32,
    job: *mut ViJobId,
) -> ViStatus {
    entry("viWriteAsync", format_args!("vi={vi}, cnt={cnt}"), || {
        let session = objects::session(vi)?;
        session.require(Kinds::MESSAGE_BASED)?;
        if cnt > 0 {
            demand(buf.cast_mut())?;
        }
        let work = Work::Write(Box::new(Source { start: buf, count: cnt }));
        // SAFETY: null or writable by contract.
        session.start(work, buf.addr(), |id| unsafe { announce(job, id) })?;
        Ok(VI_SUCCESS)
    })
}

/// Tells the caller the id of a job that is about to begin.
///
/// # Safety
/// `place` is null or writable.
unsafe fn announce(place: *mut ViJobId, id: ViJobId) {
    trace::note(format_args!("-> job {id}"));
    // SAFETY: null or writable by contract.
    unsafe { put(place, id) };
}

/// Reads into a file, which is emptied first unless VI_ATTR_FILE_APPEND_EN. `ret` gets how many
/// bytes the file got, also when reading or storing fails.
///
/// # Safety
/// `file` is null (VI_ERROR_USER_BUF) or NUL-terminated; `ret` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viReadToFile(
    vi: ViSession,
    file: *const ViChar,
    cnt: ViUInt32,
    ret: *mut ViUInt32,
) -> ViStatus {
    entry("viReadToFile", format_args!("vi={vi}, cnt={cnt}"), || {
        let session = objects::session(vi)?;
        session.require(Kinds::MESSAGE_BASED)?;
        // SAFETY: null or NUL-terminated by contract.
        let file = unsafe { path(file) }?;
        let read = session.read_to_file(file, cnt);
        // SAFETY: null or writable by contract.
        unsafe { put(ret, narrow(read.count)) };
        trace::note(format_args!("file={file:?} -> {} bytes", read.count));
        Ok(completion(read.outcome?))
    })
}

/// Writes the first `cnt` bytes of a file; with 0xFFFFFFFF the whole file. `ret` gets how many
/// left, also when the write fails; of more than it can hold, the most it can.
///
/// # Safety
/// `file` is null (VI_ERROR_USER_BUF) or NUL-terminated; `ret` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viWriteFromFile(
    vi: ViSession,
    file: *const ViChar,
    cnt: ViUInt32,
    ret: *mut ViUInt32,
) -> ViStatus {
    entry("viWriteFromFile", format_args!("vi={vi}, cnt={cnt}"), || {
        let session = objects::session(vi)?;
        session.require(Kinds::MESSAGE_BASED)?;
        // SAFETY: null or NUL-terminated by contract.
        let file = unsafe { path(file) }?;
        let written = session.write_from_file(file, cnt);
        // SAFETY: null or writable by contract.
        unsafe { put(ret, narrow(written.count)) };
        trace::note(format_args!("file={file:?} -> {} bytes", written.count));
        written.outcome?;
        Ok(VI_SUCCESS)
    })
}

/// The name of a file: any bytes, as the system takes them.
///
/// # Safety
/// `name` is null or NUL-terminated.
unsafe fn path<'a>(name: *const ViChar) -> Result<&'a Path> {
    demand(name.cast_mut())?;
    // SAFETY: not null, NUL-terminated by contract; no more is read than the system allows.
    let length = unsafe { libc::strnlen(name, libc::PATH_MAX as usize) };
    if length == libc::PATH_MAX as usize {
        return fail(VI_ERROR_FILE_ACCESS, "name of the file is too long");
    }
    // SAFETY: `length` bytes before the NUL were just read.
    let name = unsafe { std::slice::from_raw_parts(name.cast(), length) };
    Ok(Path::new(OsStr::from_bytes(name)))
}

fn narrow(count: usize) -> ViUInt32 {
    ViUInt32::try_from(count).unwrap_or(ViUInt32::MAX)
}

/// Gives formatted I/O buffers another size in bytes, having flushed them.
#[unsafe(no_mangle)]
pub extern "C" fn viSetBuf(vi: ViSession, mask: ViUInt16, size: ViUInt32) -> ViStatus {
    entry("viSetBuf", format_args!("vi={vi}, mask={mask:#x}, size={size}"), || {
        objects::session(vi)?.set_buffers(mask, size)
    })
}

/// Flushes or drops what buffers hold.
#[unsafe(no_mangle)]
pub extern "C" fn viFlush(vi: ViSession, mask: ViUInt16) -> ViStatus {
    entry("viFlush", format_args!("vi={vi}, mask={mask:#x}"), || {
        objects::session(vi)?.flush(mask)?;
        Ok(VI_SUCCESS)
    })
}

/// Writes `cnt` bytes into the formatted I/O buffer, which is sent when full or flushed. `ret`
/// gets how many it took.
///
/// # Safety
/// `buf` is null (VI_ERROR_USER_BUF) or `cnt` readable bytes; `ret` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viBufWrite(
    vi: ViSession,
    buf: *const u8,
    cnt: ViUInt32,
    ret: *mut ViUInt32,
) -> ViStatus {
    entry("viBufWrite", format_args!("vi={vi}, cnt={cnt}"), || {
        let session = objects::session(vi)?;
        session.require(Kinds::MESSAGE_BASED)?;
        // SAFETY: null or `cnt` readable bytes by contract.
        let data = unsafe { bytes(buf, cnt) }?;
        let written = session.buffered_write(data);
        // SAFETY: null or writable by contract.
        unsafe { put(ret, written.count as ViUInt32) };
        trace::bytes("buf", &data[..written.count]);
        written.outcome?;
        Ok(VI_SUCCESS)
    })
}

/// Reads up to `cnt` bytes through the formatted I/O buffer. `ret` gets how many arrived, also
/// when the read times out.
///
/// # Safety
/// `buf` is null (VI_ERROR_USER_BUF) or `cnt` writable bytes; `ret` is null or writable.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn viBufRead(
    vi: ViSession,
    buf: *mut u8,
    cnt: ViUInt32,
    ret: *mut ViUInt32,
) -> ViStatus {
    entry("viBufRead", format_args!("vi={vi}, cnt={cnt}"), || {
        let session = objects::session(vi)?;
        session.require(Kinds::MESSAGE_BASED)?;
        // SAFETY: null or `cnt` writable bytes by contract.
        let buf = unsafe { bytes_mut(buf, cnt) }?;
        let read = session.buffered_read(buf);
        // SAFETY: null or writable by contract.
        unsafe { put(ret, read.count as ViUInt32) };
        trace::note(format_args!("-> {} bytes", read.count));
        trace::bytes("buf", &buf[..read.count]);
        Ok(completion(read.outcome?))
    })
}
