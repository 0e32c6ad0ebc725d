#![forbid(unsafe_code)]
//! Which codes there are in each direction, and which modifiers each takes.

use super::spec::Count;
use super::spec::Direction;
use super::spec::Length;
use super::spec::Spec;
use crate::status::Result;
use crate::status::VI_ERROR_INV_FMT;
use crate::status::VI_ERROR_NSUP_FMT;
use crate::status::fail;

/// The longest definite block: a length of nine digits (IEEE 488.2, 8.7.9).
pub(super) const LONGEST_BLOCK: u64 = 999_999_999;

const NO_LENGTH: &[Length] = &[Length::None];
const INTEGERS: &[Length] = &[Length::None, Length::Short, Length::Long, Length::LongLong];
const FLOATS: &[Length] = &[Length::None, Length::Long, Length::LongDouble];
const ELEMENTS: &[Length] = &[
    Length::None,
    Length::Short,
    Length::Long,
    Length::LongLong,
    Length::Float32,
    Length::Float64,
];

/// Checks that the code of `spec` exists in this direction and takes its modifiers.
///
/// # Errors
/// VI_ERROR_INV_FMT for an unknown code and for a count that is missing or makes no sense;
/// VI_ERROR_NSUP_FMT for `%n` in output and for a modifier that exists but not with this code.
pub(super) fn check(spec: &Spec, direction: Direction) -> Result {
    let scan = direction == Direction::Scan;
    let lengths = match spec.code {
        b'd' | b'i' | b'o' | b'u' | b'x' | b'X' => INTEGERS,
        b'f' | b'e' | b'E' | b'g' | b'G' => FLOATS,
        b'c' | b's' | b'p' | b'%' => NO_LENGTH,
        b'b' | b'y' => ELEMENTS,
        b'B' if !scan => ELEMENTS,
        b'[' | b't' | b'T' if scan => NO_LENGTH,
        b'n' if scan => INTEGERS,
        b'n' => return fail(VI_ERROR_NSUP_FMT, "%n in an output format"),
        _ => return fail(VI_ERROR_INV_FMT, "an unknown code"),
    };
    if !lengths.contains(&spec.length) {
        return fail(VI_ERROR_NSUP_FMT, "a length that this code does not take");
    }
    if spec.order.is_some() && spec.code != b'y' {
        return fail(VI_ERROR_NSUP_FMT, "a byte order with another code than y");
    }
    let number = matches!(lengths, INTEGERS | FLOATS) && spec.code != b'n';
    if !number && (spec.array != Count::None || spec.notation.is_some()) {
        return fail(VI_ERROR_NSUP_FMT, "an array or a notation of what is no number");
    }
    if matches!(spec.code, b'b' | b'B' | b'y') {
        check_block(spec)?;
    }
    if scan { check_scan(spec) } else { Ok(()) }
}

fn check_block(spec: &Spec) -> Result {
    if spec.precision != Count::None {
        return fail(VI_ERROR_INV_FMT, "a block with a precision");
    }
    let size = spec.length.element() as u64;
    match spec.width {
        // A block that is only passed over says itself how long it is.
        Count::None if spec.suppress && spec.code == b'b' => Ok(()),
        Count::None => fail(VI_ERROR_INV_FMT, "a block without a count"),
        Count::Fixed(count) if spec.code == b'b' && u64::from(count) * size > LONGEST_BLOCK => {
            fail(VI_ERROR_INV_FMT, "a block of more than 999999999 bytes")
        }
        _ => Ok(()),
    }
}

fn check_scan(spec: &Spec) -> Result {
    if spec.suppress && (spec.width == Count::Argument || spec.array == Count::Argument) {
        return fail(VI_ERROR_INV_FMT, "a count by argument where no argument is taken");
    }
    match (spec.width, spec.code) {
        (Count::Fixed(0), _) => fail(VI_ERROR_INV_FMT, "a width of 0"),
        (Count::Argument, b'c' | b's' | b'[' | b't' | b'T' | b'b' | b'y') => Ok(()),
        (Count::Argument, _) => fail(VI_ERROR_NSUP_FMT, "# with a code that does not take it"),
        _ => Ok(()),
    }
}
