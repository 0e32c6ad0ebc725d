//! LLVM's libFuzzer, which calls a function with one input after the other.

use std::ffi::CString;
use std::ffi::c_char;
use std::ffi::c_int;
use std::sync::OnceLock;

// For its library alone, which is C++.
use libfuzzer_sys as _;

unsafe extern "C" {
    /// FuzzerInterface.h of LLVM 12 and later.
    fn LLVMFuzzerRunDriver(
        argc: *mut c_int,
        argv: *mut *mut *mut c_char,
        each: extern "C" fn(*const u8, usize) -> c_int,
    ) -> c_int;
}

static EACH: OnceLock<fn(&[u8])> = OnceLock::new();

/// Runs it with these arguments; it may end the process by itself. The status to end with.
pub fn run<'a>(arguments: impl Iterator<Item = &'a str>, each: fn(&[u8])) -> i32 {
    assert!(EACH.set(each).is_ok(), "once in a process");
    let words: Vec<CString> =
        ["fuzz"].into_iter().chain(arguments).map(|word| CString::new(word).unwrap()).collect();
    let mut argv: Vec<*mut c_char> = words.iter().map(|word| word.as_ptr().cast_mut()).collect();
    argv.push(std::ptr::null_mut());
    let mut argc = words.len() as c_int;
    let mut argv = argv.as_mut_ptr();
    // SAFETY: argc strings and a null pointer, which live until this returns; they are not changed.
    unsafe { LLVMFuzzerRunDriver(&raw mut argc, &raw mut argv, one) }
}

extern "C" fn one(data: *const u8, len: usize) -> c_int {
    // SAFETY: the driver gives as many bytes as it says; of none, perhaps at no address.
    let input = if len == 0 { &[] } else { unsafe { std::slice::from_raw_parts(data, len) } };
    if let Some(each) = EACH.get() {
        each(input);
    }
    0
}

/// What libfuzzer-sys would call if it were the driver.
// SAFETY: no other function has this name.
#[unsafe(no_mangle)]
fn rust_fuzzer_test_input(input: &[u8]) -> i32 {
    EACH.get().inspect(|each| each(input));
    0
}
