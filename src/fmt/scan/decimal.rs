#![forbid(unsafe_code)]
//! Decimal numbers of any length, in constant memory, correctly rounded.

use std::io::Write;
use std::str::FromStr;

/// How many significant digits are kept. The numbers that lie in the middle between two doubles,
/// where rounding is decided, have at most 767; so it is enough to know of the digits behind these
/// whether they are all 0.
const KEPT: usize = 768;

/// Exponents are kept within this bound: beyond any number of digits that could come, and far
/// from overflow.
const MOST_EXPONENT: i64 = 1 << 60;

/// A decimal number, its digits taken one by one.
pub(super) struct Decimal {
    negative: bool,
    /// Significant digits in ASCII: the first is not 0.
    digits: [u8; KEPT],
    count: usize,
    /// Whether a digit other than 0 has not been kept.
    more: bool,
    /// The value is the digits, read as an integer, times ten to this power.
    exponent: i64,
}

impl Decimal {
    pub(super) fn new(negative: bool) -> Self {
        Self { negative, digits: [0; KEPT], count: 0, more: false, exponent: 0 }
    }

    /// Takes the next digit, in ASCII.
    pub(super) fn push(&mut self, digit: u8, behind_point: bool) {
        let significant = self.count > 0 || digit != b'0';
        let kept = significant && self.count < KEPT;
        if kept {
            self.digits[self.count] = digit;
            self.count += 1;
        } else if significant {
            self.more |= digit != b'0';
        }
        // The point stays where it is: behind it a digit that is kept lowers the exponent, in
        // front of it one that is not raises it. Zeros at the beginning are kept in this sense.
        match (kept || !significant, behind_point) {
            (true, true) => self.exponent -= 1,
            (false, false) => self.exponent += 1,
            _ => {}
        }
    }

    /// Takes an exponent.
    pub(super) fn scale(&mut self, exponent: i64) {
        let exponent = exponent.clamp(-MOST_EXPONENT, MOST_EXPONENT);
        self.exponent = self.exponent.saturating_add(exponent);
    }

    pub(super) fn negative(&self) -> bool {
        self.negative
    }

    /// The nearest number of a floating point type, infinity beyond its range.
    pub(super) fn nearest<T: FromStr + Default>(&self) -> T {
        let mut text = [0; KEPT + 16];
        let (sign, digits) = text.split_at_mut(1);
        sign[0] = if self.negative { b'-' } else { b'+' };
        digits[..self.count].copy_from_slice(&self.digits[..self.count]);
        let mut count = self.count;
        // No double tells this number from one whose exponent is nearer to 0.
        let mut exponent = self.exponent.clamp(-9999, 9999);
        if count == 0 || self.more {
            digits[count] = if self.more { b'1' } else { b'0' };
            count += 1;
            exponent -= 1;
        }
        let mut room = &mut digits[count..];
        let before = room.len();
        // Neither this nor the conversion can fail: there is room, and it is a number.
        let _ = write!(room, "e{exponent}");
        let used = 1 + count + before - room.len();
        let text = str::from_utf8(&text[..used]).unwrap_or_default();
        text.parse().unwrap_or_default()
    }

    /// The magnitude as an integer, rounded half up, at most `u64::MAX`.
    pub(super) fn rounded_magnitude(&self) -> u64 {
        // How many digits stand in front of the point.
        let whole = self.exponent.saturating_add(self.count as i64);
        if self.count == 0 || whole < 0 {
            return 0;
        }
        let kept = &self.digits[..self.count];
        let digit = |at: i64| kept.get(at as usize).map_or(0, |digit| u64::from(digit - b'0'));
        let mut value = 0_u64;
        for at in 0..whole {
            let more = value.checked_mul(10).and_then(|ten| ten.checked_add(digit(at)));
            // The first digit is not 0, so that a long number is here soon.
            let Some(more) = more else { return u64::MAX };
            value = more;
        }
        value.saturating_add(u64::from(digit(whole) >= 5))
    }
}
