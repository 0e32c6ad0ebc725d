#![forbid(unsafe_code)]
//! The numbers of IEEE 488.2 and of C, read byte by byte: the input may show one at a time.
//!
//! As in C, the longest beginning of the input is taken that a number could begin with; if that is
//! no number, like `1.5E+`, there is none.

use super::decimal::Decimal;
use super::reader::Reader;
use crate::status::Result;

/// Which numbers a conversion reads, besides `#H #Q #B`, which all do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Syntax {
    /// `%d %u`: decimal numbers.
    Decimal,
    /// `%i`: decimal numbers, and C's `0x1F`.
    DecimalOrHex,
    /// `%f %e %g`: decimal numbers, `inf`, `nan`.
    Float,
    /// `%o`: octal digits.
    Octal,
    /// `%x`: hexadecimal digits, with or without `0x`.
    Hex,
    /// `%p`: as `%x`, and what output makes of a null pointer.
    Pointer,
}

/// A number that has been read.
#[expect(clippy::large_enum_variant, reason = "stays on the stack; a box would allocate")]
pub(super) enum Number {
    Decimal(Decimal),
    /// Bits, as the notations for bits give them; negative ones exist in C only.
    Bits {
        negative: bool,
        bits: u64,
    },
    Infinity {
        negative: bool,
    },
    Nan,
}

impl Number {
    /// The nearest double. Beyond the range: infinity.
    pub(super) fn to_f64(&self) -> f64 {
        match *self {
            Number::Decimal(ref decimal) => decimal.nearest(),
            Number::Bits { negative: true, bits } => -(bits as f64),
            Number::Bits { bits, .. } => bits as f64,
            Number::Infinity { negative: true } => f64::NEG_INFINITY,
            Number::Infinity { .. } => f64::INFINITY,
            Number::Nan => f64::NAN,
        }
    }

    /// The nearest float. Beyond the range: infinity.
    pub(super) fn to_f32(&self) -> f32 {
        match *self {
            Number::Decimal(ref decimal) => decimal.nearest(),
            Number::Bits { negative: true, bits } => -(bits as f32),
            Number::Bits { bits, .. } => bits as f32,
            // These are the same in each type.
            _ => self.to_f64() as f32,
        }
    }

    /// The bits of the nearest integer, half of one away from zero. Beyond the range of its type:
    /// the bound. Bits have the range of the unsigned type.
    pub(super) fn to_integer(&self, ty: IntegerType) -> u64 {
        match *self {
            Number::Decimal(ref decimal) => {
                ty.clamp(decimal.negative(), decimal.rounded_magnitude())
            }
            Number::Bits { negative, bits } => {
                let bits = bits.min(ty.most());
                if negative { bits.wrapping_neg() } else { bits }
            }
            // No syntax of integers has these.
            Number::Infinity { .. } | Number::Nan => 0,
        }
    }
}

/// An integer type of C.
#[derive(Clone, Copy)]
pub(super) struct IntegerType {
    /// In bytes.
    pub(super) size: usize,
    pub(super) signed: bool,
}

impl IntegerType {
    /// The largest value of the unsigned type.
    fn most(self) -> u64 {
        u64::MAX >> (64 - 8 * self.size as u32)
    }

    /// The bits of the nearest value of the type.
    pub(super) fn clamp(self, negative: bool, magnitude: u64) -> u64 {
        match (self.signed, negative) {
            (true, false) => magnitude.min(self.most() >> 1),
            (true, true) => magnitude.min((self.most() >> 1) + 1).wrapping_neg(),
            (false, false) => magnitude.min(self.most()),
            (false, true) => 0,
        }
    }
}

/// A field of the input: what a number may take of it.
pub(super) struct Field<'r, 'i> {
    pub(super) reader: &'r mut Reader<'i>,
    /// How many bytes its width leaves.
    pub(super) left: usize,
}

impl Field<'_, '_> {
    /// Reads a number. `None` if there is none, whatever has been taken.
    pub(super) fn number(&mut self, syntax: Syntax) -> Result<Option<Number>> {
        if self.accept(b"#")?.is_some() {
            return self.ieee_bits();
        }
        let sign = self.accept(b"+-")?;
        let negative = sign == Some(b'-');
        let bits = match (syntax, self.peek()?) {
            (Syntax::Pointer, Some(b'(')) => self.word(b"(nil)")?.then_some(0),
            (Syntax::DecimalOrHex, Some(b'0')) => {
                self.advance();
                if self.accept(b"xX")?.is_none() {
                    return self.decimal(negative, true);
                }
                self.bits(4, false)?
            }
            (Syntax::Hex | Syntax::Pointer, Some(b'0')) => {
                self.advance();
                let prefixed = self.accept(b"xX")?.is_some();
                self.bits(4, !prefixed)?
            }
            (Syntax::Hex | Syntax::Pointer, _) => self.bits(4, false)?,
            (Syntax::Octal, _) => self.bits(3, false)?,
            (Syntax::Float, Some(b'i' | b'I')) => {
                let found = self.word(b"inf")?;
                let more = matches!(self.peek()?, Some(b'i' | b'I'));
                let found = found && (!more || self.word(b"inity")?);
                return Ok(found.then_some(Number::Infinity { negative }));
            }
            (Syntax::Float, Some(b'n' | b'N')) => {
                return Ok(self.word(b"nan")?.then_some(Number::Nan));
            }
            _ => return self.decimal(negative, false),
        };
        Ok(bits.map(|bits| Number::Bits { negative, bits }))
    }

    /// NRf of IEEE 488.2, which is what C reads too; a 0 may have been taken already.
    fn decimal(&mut self, negative: bool, zero: bool) -> Result<Option<Number>> {
        let mut decimal = Decimal::new(negative);
        let mut any = zero;
        let mut behind_point = false;
        loop {
            match self.peek()? {
                Some(digit @ b'0'..=b'9') => {
                    decimal.push(digit, behind_point);
                    any = true;
                }
                Some(b'.') if !behind_point => behind_point = true,
                _ => break,
            }
            self.advance();
        }
        if any && self.accept(b"eE")?.is_some() {
            let below = self.accept(b"+-")? == Some(b'-');
            let Some(exponent) = self.exponent()? else { return Ok(None) };
            decimal.scale(if below { -exponent } else { exponent });
        }
        Ok(any.then_some(Number::Decimal(decimal)))
    }

    /// The digits of an exponent.
    fn exponent(&mut self) -> Result<Option<i64>> {
        let mut value = None;
        while let Some(digit @ b'0'..=b'9') = self.peek()? {
            let before = value.unwrap_or(0_i64);
            value = Some(before.saturating_mul(10).saturating_add(i64::from(digit - b'0')));
            self.advance();
        }
        Ok(value)
    }

    /// What follows `#` in a number.
    fn ieee_bits(&mut self) -> Result<Option<Number>> {
        let bits = match self.accept(b"HhQqBb")? {
            Some(b'H' | b'h') => self.bits(4, false)?,
            Some(b'Q' | b'q') => self.bits(3, false)?,
            Some(_) => self.bits(1, false)?,
            None => None,
        };
        Ok(bits.map(|bits| Number::Bits { negative: false, bits }))
    }

    /// Digits of `size` bits each, at most `u64::MAX`; a `zero` may have been taken already.
    fn bits(&mut self, size: u32, zero: bool) -> Result<Option<u64>> {
        let mut value = zero.then_some(0_u64);
        while let Some(digit) = self.peek()?.and_then(|byte| char::from(byte).to_digit(1 << size)) {
            let before = value.unwrap_or(0);
            let fits = before.leading_zeros() >= size;
            value = Some(if fits { before << size | u64::from(digit) } else { u64::MAX });
            self.advance();
        }
        Ok(value)
    }

    /// Takes `word`, in any case, as far as it goes. Whether it was all of it.
    fn word(&mut self, word: &[u8]) -> Result<bool> {
        for letter in word {
            if self.accept(&[*letter, letter.to_ascii_uppercase()])?.is_none() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn peek(&mut self) -> Result<Option<u8>> {
        if self.left == 0 { Ok(None) } else { self.reader.first() }
    }

    fn advance(&mut self) {
        self.left -= 1;
        self.reader.take(1);
    }

    /// Takes the next byte if it is one of `bytes`.
    fn accept(&mut self, bytes: &[u8]) -> Result<Option<u8>> {
        let byte = self.peek()?.filter(|byte| bytes.contains(byte));
        if byte.is_some() {
            self.advance();
        }
        Ok(byte)
    }
}
