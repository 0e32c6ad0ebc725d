#![forbid(unsafe_code)]
//! Output of integers, in C's notations and in those of IEEE 488.2.

use super::digits::Digits;
use super::field::Field;
use super::field::Fill;
use super::field::sign;
use super::float;
use super::scratch::Scratch;
use super::style;
use super::style::Style;
use super::writer::Writer;
use crate::fmt::Arguments;
use crate::fmt::spec::Length;
use crate::fmt::spec::Notation;
use crate::status::Result;

/// `%d %i %o %u %x %X` of one argument or of an array.
pub(super) fn print(
    length: Length,
    style: &Style,
    arguments: &mut dyn Arguments,
    writer: &mut Writer,
) -> Result {
    let size = length.integer();
    let Some(count) = style.array else {
        let pattern = match length {
            Length::LongLong => arguments.long_long() as u64,
            _ => u64::from(arguments.int() as u32),
        };
        return one(Integer::new(pattern, size, style.code), style, writer);
    };
    let place = arguments.pointer();
    let array = arguments.bytes(place, style::size(count, size)?)?;
    for (index, element) in array.chunks_exact(size).enumerate() {
        if index > 0 {
            writer.put(b",")?;
        }
        one(Integer::new(pattern(element), size, style.code), style, writer)?;
    }
    Ok(())
}

/// `%p`: as glibc does.
pub(super) fn pointer(style: &Style, arguments: &mut dyn Arguments, writer: &mut Writer) -> Result {
    let address = arguments.pointer().0;
    if address == 0 {
        return Field { body: b"(nil)", ..Field::default() }.write(style, Fill::Spaces, writer);
    }
    let mut style = *style;
    (style.code, style.flags.alternate) = (b'x', true);
    one(Integer::new(address as u64, size_of::<usize>(), b'x'), &style, writer)
}

/// The bits of an element in memory.
fn pattern(element: &[u8]) -> u64 {
    match *element {
        [a, b] => u16::from_ne_bytes([a, b]).into(),
        [a, b, c, d] => u32::from_ne_bytes([a, b, c, d]).into(),
        [a, b, c, d, e, f, g, h] => u64::from_ne_bytes([a, b, c, d, e, f, g, h]),
        _ => unreachable!("integers have 2, 4 or 8 bytes"),
    }
}

/// An integer argument.
#[derive(Clone, Copy)]
pub(super) struct Integer {
    /// Its bits: two's complement in the argument's size.
    pattern: u64,
    /// Its value, as its code reads the bits.
    negative: bool,
    magnitude: u64,
}

impl Integer {
    /// The integer in the low `size` bytes of `pattern`; codes d and i read a sign.
    fn new(pattern: u64, size: usize, code: u8) -> Self {
        let unused = 64 - 8 * size as u32;
        let pattern = pattern << unused >> unused;
        if !matches!(code, b'd' | b'i') {
            return Self { pattern, negative: false, magnitude: pattern };
        }
        let value = (pattern << unused) as i64 >> unused;
        Self { pattern, negative: value < 0, magnitude: value.unsigned_abs() }
    }

    /// The 64 bits of `value`.
    pub(super) fn from_i64(value: i64) -> Self {
        Self::new(value as u64, 8, b'd')
    }
}

fn one(value: Integer, style: &Style, writer: &mut Writer) -> Result {
    if let Some(notation) = style.notation {
        return ieee(value, notation, style, writer);
    }
    let digits = &mut Digits::new();
    let shown = style.flags.alternate && value.magnitude != 0;
    let (prefix, mut body): (&[u8], _) = match style.code {
        b'o' => (b"", digits.radix(value.magnitude, 3, b'a')),
        b'x' => (if shown { b"0x" } else { b"" }, digits.radix(value.magnitude, 4, b'a')),
        b'X' => (if shown { b"0X" } else { b"" }, digits.radix(value.magnitude, 4, b'A')),
        b'u' => (b"", digits.decimal(value.magnitude)),
        _ => (sign(value.negative, style), digits.decimal(value.magnitude)),
    };
    // C: 0 with precision 0 has no digits.
    if style.precision == Some(0) && value.magnitude == 0 {
        body = b"";
    }
    let mut zeros = style.precision.unwrap_or(0).saturating_sub(body.len());
    // C: `#` raises the precision of `%o` so far that the first digit is 0.
    if style.code == b'o' && style.flags.alternate && zeros == 0 && body.first() != Some(&b'0') {
        zeros = 1;
    }
    Field { prefix, zeros, body, ..Field::default() }.write(style, fill(style), writer)
}

/// Writes an integer in a notation of IEEE 488.2, which always has at least one digit.
pub(super) fn ieee(
    value: Integer,
    notation: Notation,
    style: &Style,
    writer: &mut Writer,
) -> Result {
    let digits = &mut Digits::new();
    let (prefix, body): (&[u8], _) = match notation {
        Notation::Nr1 => (sign(value.negative, style), digits.decimal(value.magnitude)),
        Notation::Nr2 => {
            let prefix = sign(value.negative, style);
            let more_zeros = float::decimals(style);
            let body = digits.decimal_point(value.magnitude);
            let field = Field { prefix, body, more_zeros, ..Field::default() };
            return field.write(style, Fill::Zeros, writer);
        }
        Notation::Nr3 => {
            return float::integer_with_exponent(
                value.negative,
                value.magnitude,
                style,
                &mut Scratch::new(),
                writer,
            );
        }
        Notation::Hex => (b"#H", digits.radix(value.pattern, 4, b'A')),
        Notation::Octal => (b"#Q", digits.radix(value.pattern, 3, b'A')),
        Notation::Binary => (b"#B", digits.radix(value.pattern, 1, b'A')),
    };
    let zeros = style.precision.unwrap_or(0).saturating_sub(body.len());
    Field { prefix, zeros, body, ..Field::default() }.write(style, fill(style), writer)
}

/// C: with a precision the flag `0` of an integer is ignored.
pub(super) fn fill(style: &Style) -> Fill {
    if style.precision.is_some() { Fill::Spaces } else { Fill::Zeros }
}
