#![forbid(unsafe_code)]
//! Output of floating point numbers, in C's notations and in those of IEEE 488.2. The digits come
//! from Rust's own formatting, which is exact and rounds half to even, as glibc's does.

use super::field::Field;
use super::field::Fill;
use super::field::sign;
use super::integer;
use super::integer::Integer;
use super::scratch::Scratch;
use super::scratch::Tail;
use super::style;
use super::style::Style;
use super::writer::Writer;
use crate::fmt::Arguments;
use crate::fmt::spec::Length;
use crate::fmt::spec::Notation;
use crate::status::Result;

/// No double has more digits behind its point: 2^-1074 is the smallest. Further ones are zeros.
const MOST_DECIMALS: usize = 1074;
/// No double has more significant digits. Further ones are zeros.
const MOST_SIGNIFICANT: usize = 767;

/// `%f %e %E %g %G` of one argument or of an array.
pub(super) fn print(
    length: Length,
    style: &Style,
    arguments: &mut dyn Arguments,
    writer: &mut Writer,
) -> Result {
    let scratch = &mut Scratch::new();
    let Some(count) = style.array else {
        let value = match length {
            Length::LongDouble => arguments.long_double(),
            _ => arguments.double(),
        };
        return one(value, style, scratch, writer);
    };
    let place = arguments.pointer();
    let mut list = List { first: true, style, scratch, writer };
    match length {
        Length::LongDouble => {
            (0..count).try_for_each(|index| list.add(arguments.long_double_at(place, index)?))
        }
        Length::None => {
            let array = arguments.bytes(place, style::size(count, 4)?)?;
            let mut elements = array.as_chunks().0.iter();
            elements.try_for_each(|element| list.add(f32::from_ne_bytes(*element).into()))
        }
        _ => {
            let array = arguments.bytes(place, style::size(count, 8)?)?;
            let mut elements = array.as_chunks().0.iter();
            elements.try_for_each(|element| list.add(f64::from_ne_bytes(*element)))
        }
    }
}

/// The elements of an array, with commas between them.
struct List<'l, 'o> {
    first: bool,
    style: &'l Style,
    scratch: &'l mut Scratch,
    writer: &'l mut Writer<'o>,
}

impl List<'_, '_> {
    fn add(&mut self, value: f64) -> Result {
        if !self.first {
            self.writer.put(b",")?;
        }
        self.first = false;
        one(value, self.style, self.scratch, self.writer)
    }
}

fn one(value: f64, style: &Style, scratch: &mut Scratch, writer: &mut Writer) -> Result {
    if let Some(notation) = style.notation {
        return ieee(value, notation, style, scratch, writer);
    }
    let upper = style.code.is_ascii_uppercase();
    let prefix = sign(value.is_sign_negative(), style);
    if !value.is_finite() {
        let body: &[u8] = match (value.is_nan(), upper) {
            (true, false) => b"nan",
            (true, true) => b"NAN",
            (false, false) => b"inf",
            (false, true) => b"INF",
        };
        return Field { prefix, body, ..Field::default() }.write(style, Fill::Spaces, writer);
    }
    let letter = if upper { b'E' } else { b'e' };
    let precision = style.precision.unwrap_or(6);
    match style.code {
        b'f' => fixed(value, precision, style, scratch, writer),
        b'e' | b'E' => {
            scratch.scientific(value.abs(), precision.min(MOST_SIGNIFICANT - 1));
            with_exponent(prefix, precision, letter, style, scratch, writer)
        }
        _ => general(value, letter, style, scratch, writer),
    }
}

/// The 488.2 notations. Infinity and not-a-number are the numbers that SCPI reserves for them.
fn ieee(
    value: f64,
    notation: Notation,
    style: &Style,
    scratch: &mut Scratch,
    writer: &mut Writer,
) -> Result {
    let number = match value {
        _ if value.is_nan() => 9.91e37,
        _ if value.is_infinite() => 9.9e37_f64.copysign(value),
        _ => value,
    };
    match notation {
        Notation::Nr1 => {
            let whole = number.trunc();
            scratch.fixed(whole.abs(), 0);
            let body = scratch.text();
            let zeros = style.precision.unwrap_or(0).saturating_sub(body.len());
            // Not by the sign: no integer is -0.
            let prefix = sign(whole < 0.0, style);
            let fill = integer::fill(style);
            Field { prefix, zeros, body, ..Field::default() }.write(style, fill, writer)
        }
        Notation::Nr2 => fixed(number, decimals(style), style, scratch, writer),
        Notation::Nr3 => {
            let prefix = sign(number.is_sign_negative(), style);
            let precision = decimals(style);
            scratch.scientific(number.abs(), precision.min(MOST_SIGNIFICANT - 1));
            with_exponent(prefix, precision, b'E', style, scratch, writer)
        }
        // Rust's `as` truncates, keeps to the range, and makes 0 of what is not a number.
        _ => integer::ieee(Integer::from_i64(value as i64), notation, style, writer),
    }
}

/// The number of decimals of NR2 and NR3, which have at least one.
pub(super) fn decimals(style: &Style) -> usize {
    style.precision.unwrap_or(6).max(1)
}

/// NR3 of an integer, exact also where a double is not.
pub(super) fn integer_with_exponent(
    negative: bool,
    magnitude: u64,
    style: &Style,
    scratch: &mut Scratch,
    writer: &mut Writer,
) -> Result {
    let precision = decimals(style);
    // 20 digits are the longest u64.
    scratch.scientific(magnitude, precision.min(20));
    with_exponent(sign(negative, style), precision, b'E', style, scratch, writer)
}

/// C's `%f`.
fn fixed(
    value: f64,
    precision: usize,
    style: &Style,
    scratch: &mut Scratch,
    writer: &mut Writer,
) -> Result {
    let decimals = precision.min(MOST_DECIMALS);
    scratch.fixed(value.abs(), decimals);
    if precision == 0 && style.flags.alternate {
        scratch.push(b'.');
    }
    let field = Field {
        prefix: sign(value.is_sign_negative(), style),
        body: scratch.text(),
        more_zeros: precision - decimals,
        ..Field::default()
    };
    field.write(style, Fill::Zeros, writer)
}

/// C's `%e`, from what stands in `scratch` as Rust writes it.
fn with_exponent(
    prefix: &[u8],
    precision: usize,
    letter: u8,
    style: &Style,
    scratch: &mut Scratch,
    writer: &mut Writer,
) -> Result {
    let exponent = scratch.split_exponent();
    if precision == 0 && style.flags.alternate {
        scratch.push(b'.');
    }
    let body = scratch.text();
    // A digit and the point stand before the decimals, where there are any.
    let more_zeros = precision - body.len().saturating_sub(2);
    let tail = &mut Tail::new();
    let tail = tail.write(letter, exponent);
    Field { prefix, body, more_zeros, tail, ..Field::default() }.write(style, Fill::Zeros, writer)
}

/// C's `%g`: `%e` or `%f`, whichever suits the exponent, without zeros at the end.
fn general(
    value: f64,
    letter: u8,
    style: &Style,
    scratch: &mut Scratch,
    writer: &mut Writer,
) -> Result {
    let prefix = sign(value.is_sign_negative(), style);
    let precision = style.precision.unwrap_or(6).max(1);
    scratch.scientific(value.abs(), precision.min(MOST_SIGNIFICANT) - 1);
    let exponent = scratch.split_exponent();
    let tail = &mut Tail::new();
    let mut tail = tail.write(letter, exponent);
    let mut decimals = precision - 1;
    let mut written = decimals.min(MOST_SIGNIFICANT - 1);
    if exponent >= -4 && i64::from(exponent) < precision as i64 {
        tail = b"";
        decimals = decimals.saturating_add_signed(-exponent as isize);
        written = decimals.min(MOST_DECIMALS);
        scratch.fixed(value.abs(), written);
    }
    let mut more_zeros = 0;
    if style.flags.alternate {
        more_zeros = decimals - written;
        if written == 0 {
            scratch.push(b'.');
        }
    } else {
        scratch.remove_zeros();
    }
    let body = scratch.text();
    Field { prefix, body, more_zeros, tail, ..Field::default() }.write(style, Fill::Zeros, writer)
}
