//! The C functions: pointers in, status out. The only module that C sees.
//!
//! Every export is `entry(name, arguments, || { ... })`: it catches panics, traces, and turns the
//! result into a status; or, for the functions with an ellipsis, a jump that ends in such a
//! function (see `variadic`). Inside, pointers become slices and numbers become objects; what is done
//! with them stands in `session`. A test below holds every export to this form.

mod bus;
mod event;
mod formatted;
mod io;
mod object;
mod register;
mod register64;
mod rm;
mod variadic;

use std::cell::Cell;
use std::ffi::c_void;
use std::fmt::Arguments;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

use crate::consts::{VI_FIND_BUFLEN, VI_NULL, ViChar, ViObject, ViStatus};
use crate::rsrc::Kinds;
use crate::session::objects;
use crate::status::{
    Error, Result, VI_ERROR_NIMPL_OPER, VI_ERROR_SYSTEM_ERROR, VI_ERROR_USER_BUF, VI_SUCCESS, fail,
};
use crate::trace;

thread_local! {
    /// Set while this thread is inside a call, so that only our panics are silenced.
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// Runs the body of an exported function. No panic leaves it: VI_ERROR_SYSTEM_ERROR instead,
/// because a test stand must go on running.
fn entry(
    function: &'static str,
    arguments: Arguments<'_>,
    body: impl FnOnce() -> Result<ViStatus>,
) -> ViStatus {
    silence_panics();
    let was_inside = INSIDE.replace(true);
    let around = objects::start_call();
    let traced = || {
        let span = trace::is_on().then(trace::Span::start);
        // Unwinding may leave a session's settings half changed, never memory: all state is
        // behind locks and atomics.
        let outcome = catch_unwind(AssertUnwindSafe(body))
            .unwrap_or_else(|_| fail(VI_ERROR_SYSTEM_ERROR, "internal error"));
        if let Some(span) = span {
            span.finish(function, arguments, outcome);
        }
        outcome.unwrap_or_else(|error| error.code)
    };
    let status = catch_unwind(AssertUnwindSafe(traced)).unwrap_or(VI_ERROR_SYSTEM_ERROR);
    let subject = objects::end_call(around);
    INSIDE.set(was_inside);
    if status < VI_SUCCESS && subject != VI_NULL {
        event::failed(subject, status, function);
    }
    status
}

/// Keeps panics inside a call and on the library's threads from being printed: the library prints
/// nothing. Panics elsewhere (of a Rust program that links us) go to the hook that was there
/// before.
fn silence_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let thread = std::thread::current();
            let is_ours = thread.name().is_some_and(|name| name.starts_with("visa-"));
            if INSIDE.get() || is_ours {
                trace::note(format_args!("[{panic}]"));
            } else {
                before(panic);
            }
        }));
    });
}

/// The caller's bytes for reading.
///
/// # Safety
/// `data` is null or points to `count` readable bytes for as long as the slice is used.
unsafe fn bytes<'a>(data: *const u8, count: u32) -> Result<&'a [u8]> {
    if count == 0 {
        return Ok(&[]);
    }
    if data.is_null() {
        return fail(VI_ERROR_USER_BUF, "buffer is NULL");
    }
    // SAFETY: not null, and the caller promises `count` readable bytes.
    Ok(unsafe { std::slice::from_raw_parts(data, count as usize) })
}

/// The caller's bytes for writing.
///
/// # Safety
/// `data` is null or points to `count` writable bytes that nobody else uses meanwhile.
unsafe fn bytes_mut<'a>(data: *mut u8, count: u32) -> Result<&'a mut [u8]> {
    if count == 0 {
        return Ok(&mut []);
    }
    if data.is_null() {
        return fail(VI_ERROR_USER_BUF, "buffer is NULL");
    }
    // SAFETY: not null, and the caller promises `count` writable bytes, its own for this call.
    Ok(unsafe { std::slice::from_raw_parts_mut(data, count as usize) })
}

/// Stores `value` unless the caller did not ask for it. Alignment is not demanded.
///
/// # Safety
/// `place` is null or writable for a `T`.
unsafe fn put<T>(place: *mut T, value: T) {
    if !place.is_null() {
        // SAFETY: not null, so writable for a T by contract.
        unsafe { place.write_unaligned(value) };
    }
}

/// Refuses a null where a result must go.
fn demand<T>(place: *mut T) -> Result {
    if place.is_null() { fail(VI_ERROR_USER_BUF, "result pointer is NULL") } else { Ok(()) }
}

/// A C string as text. Null, other than UTF-8, and strings longer than any name are refused with
/// `code`.
///
/// # Safety
/// `string` is null or NUL-terminated.
unsafe fn text<'a>(string: *const ViChar, code: ViStatus) -> Result<&'a str> {
    /// More than any resource name or expression may have; a missing NUL is noticed here.
    const LONGEST: usize = 4096;
    if string.is_null() {
        return fail(code, "string is NULL");
    }
    // SAFETY: not null, NUL-terminated by contract; reads no further than the NUL.
    let length = unsafe { libc::strnlen(string, LONGEST) };
    if length == LONGEST {
        return fail(code, "string is too long");
    }
    // SAFETY: `length` bytes before the NUL were just read.
    let raw = unsafe { std::slice::from_raw_parts(string.cast(), length) };
    str::from_utf8(raw).map_err(|_| Error::new(code, "string is not text"))
}

/// Stores a string into a buffer of VI_FIND_BUFLEN characters, unless it is null: cut to fit,
/// NUL-terminated, and pure ASCII, which is all that C programs and PyVISA expect.
///
/// # Safety
/// `place` is null or has room for 256 characters.
unsafe fn put_text(place: *mut ViChar, text: &str) {
    if place.is_null() {
        return;
    }
    let ascii = text.chars().map(|c| if c.is_ascii() && c != '\0' { c as u8 } else { b'?' });
    let mut out = [0_u8; VI_FIND_BUFLEN];
    let mut length = 0;
    for (slot, byte) in out[..VI_FIND_BUFLEN - 1].iter_mut().zip(ascii) {
        *slot = byte;
        length += 1;
    }
    // SAFETY: not null, so writable for 256 bytes by contract; text and NUL are at most that.
    unsafe { std::ptr::copy_nonoverlapping(out.as_ptr(), place.cast(), length + 1) };
}

/// The answer of an operation that this library does not have, on whatever object: honest about
/// which objects could have it at all.
fn not_implemented(vi: ViObject, kinds: Kinds) -> Result<ViStatus> {
    objects::session(vi)?.require(kinds)?;
    fail(VI_ERROR_NIMPL_OPER, "this version does not have this operation")
}

/// An untyped address for the trace.
fn address(pointer: *const c_void) -> usize {
    pointer.addr()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHAPTERS: &[(&str, &str)] = &[
        ("bus", include_str!("bus.rs")),
        ("event", include_str!("event.rs")),
        ("formatted", include_str!("formatted.rs")),
        ("io", include_str!("io.rs")),
        ("object", include_str!("object.rs")),
        ("register", include_str!("register.rs")),
        ("register64", include_str!("register64.rs")),
        ("rm", include_str!("rm.rs")),
    ];

    /// The bodies of all exports, written out or made by a macro of their chapter.
    fn exports() -> impl Iterator<Item = (&'static str, &'static str)> {
        CHAPTERS.iter().flat_map(|(chapter, source)| {
            source.split("#[unsafe(no_mangle)]").skip(1).map(move |rest| {
                let body = &rest[rest.find(" {\n").expect("a function has a body")..];
                (*chapter, body[2..].trim_start())
            })
        })
    }

    /// The text between braces that follows `head`, which stands in `source` exactly once.
    fn body<'a>(source: &'a str, head: &str) -> &'a str {
        let mut parts = source.split(head);
        let (_, rest) = (parts.next(), parts.next().unwrap_or_else(|| panic!("no {head:?}")));
        assert_eq!(parts.next(), None, "{head:?} is there twice");
        let start = rest.find("{\n").expect("a function has a body") + 2;
        let end = rest.find("\n}\n").expect("a body has an end");
        rest[start..end].trim_start()
    }

    /// The body of the function that a jump to the C function `target` ends in: C hands on to one
    /// function, by a name that Rust gives to one of its own.
    fn behind_the_jump(target: &str) -> &'static str {
        let c = body(include_str!("variadic.c"), &format!("\nint32_t {target}("));
        let calls: Vec<&str> = c.split("visa_rust_").skip(1).collect();
        assert_eq!(calls.len(), 1, "{target} does more than hand on");
        let name = calls[0].split('(').next().unwrap_or("");
        let chapter = include_str!("formatted.rs");
        assert!(chapter.contains(&format!("\nnamed!(\"visa_rust_{name}\", {name});\n")));
        body(chapter, &format!("\nunsafe extern \"C\" fn {name}("))
    }

    #[test]
    fn every_export_runs_inside_entry() {
        let (mut count, mut jumps) = (0, 0);
        for (chapter, body) in exports() {
            let first = body.lines().next().unwrap_or("");
            let jump = first.strip_prefix("jump!(variadic::").and_then(|to| to.strip_suffix(')'));
            let inside = match jump {
                Some(target) if chapter == "formatted" => behind_the_jump(target),
                _ => body,
            };
            let first = inside.lines().next().unwrap_or("");
            assert!(first.starts_with("entry("), "{chapter}: an export begins with {first:?}");
            count += 1;
            jumps += usize::from(jump.is_some());
        }
        assert!(count > 40, "only {count} exports found: the search itself is broken");
        assert_eq!(jumps, 10, "five functions with an ellipsis, five with a va_list");
    }

    #[test]
    fn a_panic_becomes_a_status_and_later_calls_work() {
        silence_panics();
        let status = entry("test", format_args!(""), || panic!("boom"));
        assert_eq!(status, VI_ERROR_SYSTEM_ERROR);
        assert_eq!(entry("test", format_args!(""), || Ok(VI_SUCCESS)), VI_SUCCESS);
    }

    #[test]
    fn text_is_cut_to_the_buffer_and_made_ascii() {
        let mut out = [0x55 as ViChar; VI_FIND_BUFLEN + 1];
        let long = "é".repeat(300);
        // SAFETY: the buffer has 257 characters.
        unsafe { put_text(out.as_mut_ptr(), &long) };
        assert!(out[..VI_FIND_BUFLEN - 1].iter().all(|c| *c == b'?' as ViChar));
        assert_eq!(out[VI_FIND_BUFLEN - 1], 0);
        assert_eq!(out[VI_FIND_BUFLEN], 0x55, "nothing beyond the buffer is touched");
    }
}
