#![forbid(unsafe_code)]
//! Room on the stack for the text of one floating point number.

use super::digits::Digits;
use super::scaled::scaled;
use std::fmt::LowerExp;
use std::fmt::Write;

/// An exponent as C writes it: with a sign and at least two digits.
pub(super) struct Tail([u8; 5]);

impl Tail {
    pub(super) fn new() -> Self {
        Self([0; 5])
    }

    pub(super) fn write(&mut self, letter: u8, exponent: i32) -> &[u8] {
        let size = exponent.unsigned_abs();
        let digit = |value: u32| b'0' + (value % 10) as u8;
        self.0[0] = letter;
        self.0[1] = if exponent < 0 { b'-' } else { b'+' };
        if size < 100 {
            self.0[2..4].copy_from_slice(&[digit(size / 10), digit(size)]);
            return &self.0[..4];
        }
        self.0[2..].copy_from_slice(&[digit(size / 100), digit(size / 10), digit(size)]);
        &self.0
    }
}

/// Room for the longest number: 309 digits before the point and 1074 behind it.
pub(super) struct Scratch {
    bytes: [u8; 1408],
    used: usize,
}

impl Scratch {
    pub(super) fn new() -> Self {
        Self { bytes: [0; 1408], used: 0 }
    }

    pub(super) fn text(&self) -> &[u8] {
        &self.bytes[..self.used]
    }

    pub(super) fn push(&mut self, byte: u8) {
        self.bytes[self.used] = byte;
        self.used += 1;
    }

    /// Writes `value`, which has no sign, in fixed point.
    pub(super) fn fixed(&mut self, value: f64, decimals: usize) {
        self.used = 0;
        match scaled(value, decimals) {
            Some(number) => self.point(number, decimals),
            None => {
                let _ = write!(self, "{value:.decimals$}");
            }
        }
    }

    /// Writes `number` with a point in front of its last `decimals` digits.
    fn point(&mut self, number: u64, decimals: usize) {
        let digits = &mut Digits::new();
        let digits = digits.decimal(number);
        let (whole, decimal) = digits.split_at(digits.len().saturating_sub(decimals));
        self.put(if whole.is_empty() { b"0" } else { whole });
        if decimals > 0 {
            self.push(b'.');
            (decimal.len()..decimals).for_each(|_| self.push(b'0'));
            self.put(decimal);
        }
    }

    fn put(&mut self, bytes: &[u8]) {
        self.bytes[self.used..][..bytes.len()].copy_from_slice(bytes);
        self.used += bytes.len();
    }

    /// Writes `value` with an exponent, as Rust does: `1.25e-3`.
    pub(super) fn scientific(&mut self, value: impl LowerExp, decimals: usize) {
        self.used = 0;
        let _ = write!(self, "{value:.decimals$e}");
    }

    /// Takes the exponent off and gives it.
    pub(super) fn split_exponent(&mut self) -> i32 {
        let text = self.text();
        let at = text.iter().rposition(|byte| *byte == b'e').unwrap_or(text.len());
        let exponent = text.get(at + 1..).unwrap_or_default();
        let exponent = str::from_utf8(exponent).ok().and_then(|digits| digits.parse().ok());
        self.used = at;
        exponent.unwrap_or(0)
    }

    /// Takes zeros off the end of what has a point, and a point that then ends it.
    pub(super) fn remove_zeros(&mut self) {
        if self.text().contains(&b'.') {
            let keep = self.text().iter().rposition(|byte| *byte != b'0').unwrap_or(0);
            self.used = if self.bytes[keep] == b'.' { keep } else { keep + 1 };
        }
    }
}

impl Write for Scratch {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.put(text.as_bytes());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Scratch;

    /// Both ways of writing decimals are one.
    #[test]
    fn decimals_are_those_of_the_general_way() {
        let mut state = 0x2545_F491_4F6C_DD1D_u64;
        let mut next = move || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        let mut quick = 0;
        for round in 0..200_000 {
            let decimals = (next() % 22) as usize;
            let value = match round % 4 {
                0 => f64::from_bits(next() & (u64::MAX >> 1)),
                1 => (next() >> 11) as f64 * 0.5_f64.powi((next() % 130) as i32),
                // Few bits: many ties.
                2 => (next() % 4096) as f64 * 0.5_f64.powi((next() % 20) as i32),
                _ => (next() % 1_000_000) as f64 / 1000.0,
            };
            if !value.is_finite() {
                continue;
            }
            let mut scratch = Scratch::new();
            scratch.fixed(value, decimals);
            let general = format!("{value:.decimals$}");
            assert_eq!(str::from_utf8(scratch.text()).unwrap(), general, "{value:e} {decimals}");
            quick += u32::from(super::scaled(value, decimals).is_some());
        }
        assert!(quick > 50_000, "only {quick} went the quick way: the test tests nothing");
    }
}
