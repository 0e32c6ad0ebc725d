//! Functions with an ellipsis, and the arguments behind it.
//!
//! Stable Rust can neither define such a function nor walk a `va_list`, and rustc hides every
//! symbol that C code linked into a library defines. So a call goes through three steps:
//!
//! 1. the public function is Rust and naked: one [`jump`], with registers and stack as the caller
//!    left them, so that it need not know its arguments;
//! 2. the C function it jumps to (`variadic.c`) makes a `va_list` of them and calls
//! 3. a Rust function, which is an ordinary one running inside `entry`, under a hidden name that
//!    [`named`] gives it. It takes the arguments through [`CArguments`].

use std::ffi::{c_char, c_int, c_longlong, c_void};

use crate::fmt::Arguments;
use crate::fmt::Place;
use crate::status::{Result, VI_ERROR_USER_BUF, fail};

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "riscv64")))]
compile_error!(
    "the variadic functions need the instruction of this processor that jumps to a symbol: add it \
     to `jump` and `named` in src/ffi/variadic.rs, after a look at how its calling convention \
     passes a va_list"
);

/// The whole body of a naked function: a jump to the C function with the same arguments.
macro_rules! jump {
    ($target:path) => {{
        #[cfg(target_arch = "x86_64")]
        std::arch::naked_asm!("jmp {}", sym $target);
        #[cfg(target_arch = "aarch64")]
        std::arch::naked_asm!("b {}", sym $target);
        #[cfg(target_arch = "riscv64")]
        std::arch::naked_asm!("tail {}", sym $target);
    }};
}
pub(super) use jump;

/// Gives a Rust function a name that C in this library can call, and nobody else can see.
macro_rules! named {
    ($name:literal, $target:path) => {
        #[cfg(target_arch = "x86_64")]
        named!(@ $name, "jmp {}", $target);
        #[cfg(target_arch = "aarch64")]
        named!(@ $name, "b {}", $target);
        #[cfg(target_arch = "riscv64")]
        named!(@ $name, "tail {}", $target);
    };
    (@ $name:literal, $jump:literal, $target:path) => {
        std::arch::global_asm!(
            ".pushsection .text",
            concat!(".globl ", $name),
            concat!(".hidden ", $name),
            concat!(".type ", $name, ", %function"),
            concat!($name, ":"),
            $jump,
            concat!(".size ", $name, ", . - ", $name),
            ".popsection",
            sym $target,
        );
    };
}
pub(super) use named;

/// C's `struct visa_list`: the arguments not yet taken.
#[repr(C)]
pub(super) struct List {
    _of_c: [u8; 0],
}

unsafe extern "C" {
    pub(super) fn visa_c_printf();
    pub(super) fn visa_c_vprintf();
    pub(super) fn visa_c_sprintf();
    pub(super) fn visa_c_vsprintf();
    pub(super) fn visa_c_scanf();
    pub(super) fn visa_c_vscanf();
    pub(super) fn visa_c_sscanf();
    pub(super) fn visa_c_vsscanf();
    pub(super) fn visa_c_queryf();
    pub(super) fn visa_c_vqueryf();

    fn visa_take_int(list: *mut List) -> c_int;
    fn visa_take_long_long(list: *mut List) -> c_longlong;
    fn visa_take_double(list: *mut List) -> f64;
    fn visa_take_long_double(list: *mut List) -> f64;
    fn visa_take_pointer(list: *mut List) -> *mut c_void;
    fn visa_load_long_double(array: *const c_char, index: usize) -> f64;
    fn visa_store_long_double(array: *mut c_char, index: usize, value: f64);
}

/// The arguments of a C caller, and the caller's memory behind the pointers among them.
pub(super) struct CArguments {
    list: *mut List,
}

impl CArguments {
    /// The arguments in `list`.
    ///
    /// # Safety
    /// `list` comes from `variadic.c` and lives as long as the value. The caller's arguments are
    /// what the formats of the call say, and pointers among them are null or point to memory that
    /// is as large as the formats say, readable for output and writable for input.
    pub(super) unsafe fn new(list: *mut List) -> Self {
        Self { list }
    }
}

/// The address at `place`, unless it is null.
fn followed(place: Place) -> Result<*mut u8> {
    if place.0 == 0 {
        return fail(VI_ERROR_USER_BUF, "an argument is a NULL pointer");
    }
    Ok(std::ptr::with_exposed_provenance_mut(place.0))
}

impl Arguments for CArguments {
    fn int(&mut self) -> i32 {
        // SAFETY: the list is alive, and the format says that an int is next.
        unsafe { visa_take_int(self.list) }
    }

    fn long_long(&mut self) -> i64 {
        // SAFETY: as for int.
        unsafe { visa_take_long_long(self.list) }
    }

    fn double(&mut self) -> f64 {
        // SAFETY: as for int.
        unsafe { visa_take_double(self.list) }
    }

    fn long_double(&mut self) -> f64 {
        // SAFETY: as for int.
        unsafe { visa_take_long_double(self.list) }
    }

    fn pointer(&mut self) -> Place {
        // SAFETY: as for int.
        Place(unsafe { visa_take_pointer(self.list) }.expose_provenance())
    }

    fn string(&self, place: Place, most: usize) -> Result<&[u8]> {
        let start = followed(place)?;
        // No object is larger than this, so no string is cut by it.
        let most = most.min(isize::MAX as usize);
        // SAFETY: not null; by contract bytes up to a NUL or up to `most` are readable.
        let length = unsafe { libc::strnlen(start.cast(), most) };
        // SAFETY: those bytes were just read, and the caller leaves them alone during the call.
        Ok(unsafe { std::slice::from_raw_parts(start, length) })
    }

    fn bytes(&self, place: Place, count: usize) -> Result<&[u8]> {
        if count == 0 {
            return Ok(&[]);
        }
        let start = followed(place)?;
        if count > isize::MAX as usize {
            return fail(VI_ERROR_USER_BUF, "no memory is that large");
        }
        // SAFETY: not null; by contract as many bytes as the format says are readable.
        Ok(unsafe { std::slice::from_raw_parts(start, count) })
    }

    fn long_double_at(&self, place: Place, index: usize) -> Result<f64> {
        let array = followed(place)?;
        // SAFETY: not null; by contract the array has that element. C does not demand alignment.
        Ok(unsafe { visa_load_long_double(array.cast(), index) })
    }

    fn store(&mut self, place: Place, offset: usize, bytes: &[u8]) -> Result {
        let start = followed(place)?;
        let to = start.wrapping_add(offset);
        // Numbers without a call: an array of them is stored one by one.
        if let Ok(number) = <[u8; 8]>::try_from(bytes) {
            // SAFETY: not null; by contract the memory is large enough for what the format says.
            unsafe { to.cast::<[u8; 8]>().write(number) };
        } else {
            // SAFETY: as above. Copied as memmove does: where a caller scans a string into itself
            // the result is odd, and that is all.
            unsafe { std::ptr::copy(bytes.as_ptr(), to, bytes.len()) };
        }
        Ok(())
    }

    fn store_long_double(&mut self, place: Place, index: usize, value: f64) -> Result {
        let array = followed(place)?;
        // SAFETY: not null; by contract the array has that element. C does not demand alignment.
        unsafe { visa_store_long_double(array.cast(), index, value) };
        Ok(())
    }
}
