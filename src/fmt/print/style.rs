#![forbid(unsafe_code)]
//! A specification with its counts taken from the arguments.

use crate::fmt::Arguments;
use crate::fmt::spec::Count;
use crate::fmt::spec::Flags;
use crate::fmt::spec::Notation;
use crate::fmt::spec::Spec;
use crate::status::Result;
use crate::status::VI_ERROR_INV_FMT;
use crate::status::fail;

/// How each value of a conversion is written.
#[derive(Clone, Copy)]
pub(super) struct Style {
    pub(super) flags: Flags,
    /// The least width of the field.
    pub(super) width: usize,
    pub(super) precision: Option<usize>,
    /// The number of elements, where the argument is an array.
    pub(super) array: Option<usize>,
    pub(super) notation: Option<Notation>,
    pub(super) code: u8,
}

impl Style {
    /// Takes the arguments of `*`: of width, precision and array size, in this order.
    ///
    /// # Errors
    /// VI_ERROR_INV_FMT for a negative array size.
    pub(super) fn resolve(spec: &Spec, arguments: &mut dyn Arguments) -> Result<Self> {
        let mut flags = spec.flags;
        let width = match spec.width {
            Count::None => 0,
            Count::Fixed(width) => width as usize,
            Count::Argument => {
                // C: a negative width is the flag `-` and a width.
                let width = arguments.int();
                flags.left |= width < 0;
                width.unsigned_abs() as usize
            }
        };
        let precision = match spec.precision {
            Count::None => None,
            Count::Fixed(precision) => Some(precision as usize),
            // C: a negative precision is as if there were none.
            Count::Argument => usize::try_from(arguments.int()).ok(),
        };
        let array = match spec.array {
            Count::None => None,
            count => Some(elements(count, arguments)?),
        };
        Ok(Self { flags, width, precision, array, notation: spec.notation, code: spec.code })
    }
}

/// A number of elements, from the format or taken from the arguments.
///
/// # Errors
/// VI_ERROR_INV_FMT for a negative one.
pub(super) fn elements(count: Count, arguments: &mut dyn Arguments) -> Result<usize> {
    match count {
        Count::None => Ok(0),
        Count::Fixed(count) => Ok(count as usize),
        Count::Argument => match usize::try_from(arguments.int()) {
            Ok(count) => Ok(count),
            Err(_) => fail(VI_ERROR_INV_FMT, "a negative count"),
        },
    }
}

/// `count` elements of `size` bytes.
///
/// # Errors
/// VI_ERROR_INV_FMT for more bytes than memory can have.
pub(super) fn size(count: usize, size: usize) -> Result<usize> {
    match count.checked_mul(size) {
        Some(bytes) => Ok(bytes),
        None => fail(VI_ERROR_INV_FMT, "an array larger than memory"),
    }
}
