#![forbid(unsafe_code)]
//! The types that numbers are stored as.

use super::number::IntegerType;
use super::number::Number;
use super::number::Syntax;
use crate::fmt::spec::Length;
use crate::fmt::spec::Spec;

/// The type of an element in memory.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Integer(IntegerType),
    Float,
    Double,
    LongDouble,
}

/// A value of such a type.
#[derive(Clone, Copy)]
pub(super) enum Value {
    /// The low `size` bytes of `bits`.
    Integer {
        bits: u64,
        size: usize,
    },
    Float(f32),
    Double(f64),
    /// Rounded to double.
    LongDouble(f64),
}

impl Kind {
    pub(super) fn new(spec: &Spec) -> Self {
        let integer = |size, signed| Kind::Integer(IntegerType { size, signed });
        match (spec.code, spec.length) {
            (b'p', _) => integer(size_of::<usize>(), false),
            (b'd' | b'i', length) => integer(length.integer(), true),
            (b'u' | b'o' | b'x' | b'X', length) => integer(length.integer(), false),
            (_, Length::LongDouble) => Kind::LongDouble,
            (_, Length::Long) => Kind::Double,
            _ => Kind::Float,
        }
    }

    /// `number` as this type.
    pub(super) fn value(self, number: &Number) -> Value {
        match self {
            Kind::Integer(ty) => Value::Integer { bits: number.to_integer(ty), size: ty.size },
            Kind::Float => Value::Float(number.to_f32()),
            Kind::Double => Value::Double(number.to_f64()),
            Kind::LongDouble => Value::LongDouble(number.to_f64()),
        }
    }

    /// The number that `shown` begins with, and its length, where it is as plain as most are:
    /// decimal, and all of it in sight with what ends it. For others `None`. This is only faster
    /// than [`Field::number`](super::number::Field::number): what both read, they read alike.
    pub(super) fn quick(self, syntax: Syntax, shown: &[u8]) -> Option<(Value, usize)> {
        let part = |byte: &u8| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E');
        let length = shown.iter().position(|byte| !part(byte))?;
        match (syntax, shown[length]) {
            (Syntax::Decimal | Syntax::Float, _) => {}
            (Syntax::DecimalOrHex, end) if !matches!(end, b'x' | b'X') => {}
            _ => return None,
        }
        let text = str::from_utf8(&shown[..length]).ok()?;
        let value = match self {
            Kind::Integer(ty) => {
                let value: i64 = text.parse().ok()?;
                let bits = ty.clamp(value < 0, value.unsigned_abs());
                Value::Integer { bits, size: ty.size }
            }
            Kind::Float => Value::Float(text.parse().ok()?),
            Kind::Double => Value::Double(text.parse().ok()?),
            Kind::LongDouble => Value::LongDouble(text.parse().ok()?),
        };
        Some((value, length))
    }
}
