//! The functions of a GPIB library, found at run time.
//!
//! linux-gpib's `libgpib.so.0` and National Instruments' `libgpibapi.so` have the same functions.
//! They differ in the width of some results, of which the lower half always counts.

use std::ffi::{c_char, c_int, c_long, c_short, c_void};

use parking_lot::Mutex;

use crate::status::{Error, Result, VI_ERROR_LIBRARY_NFOUND};

/// The names to look for, and whether the library is linux-gpib's.
const NAMES: [(&str, bool); 3] =
    [("libgpib.so.0", true), ("libgpibapi.so", false), ("libgpib.so", false)];

/// A library's functions. All return `ibsta` unless they say otherwise.
#[expect(missing_docs, reason = "the manuals' names")]
pub struct Functions {
    /// Descriptors of boards are their numbers, and the library complains on the standard error
    /// stream of those that do not exist.
    pub is_linux_gpib: bool,
    pub ibask: unsafe extern "C" fn(c_int, c_int, *mut c_int) -> c_int,
    pub ibcac: unsafe extern "C" fn(c_int, c_int) -> c_int,
    pub ibcmd: unsafe extern "C" fn(c_int, *const c_void, c_long) -> c_int,
    pub ibcmda: unsafe extern "C" fn(c_int, *const c_void, c_long) -> c_int,
    pub ibconfig: unsafe extern "C" fn(c_int, c_int, c_int) -> c_int,
    /// A descriptor, or -1.
    pub ibdev: unsafe extern "C" fn(c_int, c_int, c_int, c_int, c_int, c_int) -> c_int,
    /// A descriptor, or -1.
    pub ibfind: unsafe extern "C" fn(*const c_char) -> c_int,
    pub ibgts: unsafe extern "C" fn(c_int, c_int) -> c_int,
    pub iblines: unsafe extern "C" fn(c_int, *mut c_short) -> c_int,
    pub ibln: unsafe extern "C" fn(c_int, c_int, c_int, *mut c_short) -> c_int,
    pub ibonl: unsafe extern "C" fn(c_int, c_int) -> c_int,
    pub ibpad: unsafe extern "C" fn(c_int, c_int) -> c_int,
    pub ibpct: unsafe extern "C" fn(c_int) -> c_int,
    pub ibrda: unsafe extern "C" fn(c_int, *mut c_void, c_long) -> c_int,
    pub ibrsc: unsafe extern "C" fn(c_int, c_int) -> c_int,
    pub ibrsp: unsafe extern "C" fn(c_int, *mut c_char) -> c_int,
    pub ibrsv: unsafe extern "C" fn(c_int, c_int) -> c_int,
    pub ibsad: unsafe extern "C" fn(c_int, c_int) -> c_int,
    pub ibsic: unsafe extern "C" fn(c_int) -> c_int,
    pub ibsre: unsafe extern "C" fn(c_int, c_int) -> c_int,
    pub ibstop: unsafe extern "C" fn(c_int) -> c_int,
    pub ibtmo: unsafe extern "C" fn(c_int, c_int) -> c_int,
    pub ibwait: unsafe extern "C" fn(c_int, c_int) -> c_int,
    pub ibwrta: unsafe extern "C" fn(c_int, *const c_void, c_long) -> c_int,
    /// The error of this thread's last call.
    pub iberr: unsafe extern "C" fn() -> c_int,
    /// The count of this thread's last call.
    pub ibcnt: unsafe extern "C" fn() -> c_long,
    /// What this thread's last asynchronous operation came to; linux-gpib alone has it.
    pub background: Option<Background>,
}

/// The results of an asynchronous operation, as `ibstop` leaves them.
pub struct Background {
    /// `ibsta`
    pub sta: unsafe extern "C" fn() -> c_int,
    /// `iberr`
    pub err: unsafe extern "C" fn() -> c_int,
    /// `ibcntl`
    pub cnt: unsafe extern "C" fn() -> c_long,
}

/// What was loaded. Never unloaded: its threads may run on.
static LOADED: Mutex<Option<&'static Functions>> = Mutex::new(None);

/// The library, loaded when first asked for. Where there is none, it is looked for again next
/// time.
///
/// # Errors
/// VI_ERROR_LIBRARY_NFOUND.
pub fn load() -> Result<&'static Functions> {
    let mut loaded = LOADED.lock();
    if let Some(functions) = *loaded {
        return Ok(functions);
    }
    for (name, is_linux_gpib) in NAMES {
        // SAFETY: it runs the library's initialisers, which is what everybody does with it.
        let Ok(file) = (unsafe { libloading::Library::new(name) }) else { continue };
        if let Some(functions) = functions(&file, is_linux_gpib) {
            std::mem::forget(file);
            return Ok(loaded.insert(Box::leak(Box::new(functions))));
        }
    }
    Err(Error::new(VI_ERROR_LIBRARY_NFOUND, "neither libgpib.so.0 nor libgpibapi.so is installed"))
}

fn functions(file: &libloading::Library, is_linux_gpib: bool) -> Option<Functions> {
    Some(Functions {
        is_linux_gpib,
        ibask: symbol(file, "ibask")?,
        ibcac: symbol(file, "ibcac")?,
        ibcmd: symbol(file, "ibcmd")?,
        ibcmda: symbol(file, "ibcmda")?,
        ibconfig: symbol(file, "ibconfig")?,
        ibdev: symbol(file, "ibdev")?,
        ibfind: symbol(file, "ibfind")?,
        ibgts: symbol(file, "ibgts")?,
        iblines: symbol(file, "iblines")?,
        ibln: symbol(file, "ibln")?,
        ibonl: symbol(file, "ibonl")?,
        ibpad: symbol(file, "ibpad")?,
        ibpct: symbol(file, "ibpct")?,
        ibrda: symbol(file, "ibrda")?,
        ibrsc: symbol(file, "ibrsc")?,
        ibrsp: symbol(file, "ibrsp")?,
        ibrsv: symbol(file, "ibrsv")?,
        ibsad: symbol(file, "ibsad")?,
        ibsic: symbol(file, "ibsic")?,
        ibsre: symbol(file, "ibsre")?,
        ibstop: symbol(file, "ibstop")?,
        ibtmo: symbol(file, "ibtmo")?,
        ibwait: symbol(file, "ibwait")?,
        ibwrta: symbol(file, "ibwrta")?,
        iberr: symbol(file, "ThreadIberr")?,
        ibcnt: symbol(file, "ThreadIbcntl")?,
        background: background(file),
    })
}

fn background(file: &libloading::Library) -> Option<Background> {
    Some(Background {
        sta: symbol(file, "AsyncIbsta")?,
        err: symbol(file, "AsyncIberr")?,
        cnt: symbol(file, "AsyncIbcntl")?,
    })
}

/// A function of the library, by its name.
fn symbol<T: Copy>(file: &libloading::Library, name: &str) -> Option<T> {
    // SAFETY: the types above are those of both libraries' headers. The functions stay, for the
    // library is never unloaded when all are there.
    unsafe { file.get::<T>(name.as_bytes()).ok().map(|symbol| *symbol) }
}
