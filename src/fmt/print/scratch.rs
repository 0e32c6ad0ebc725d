#![forbid(unsafe_code)]
//! Room on the stack for the text of one floating point number.

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

    /// Writes `value` in fixed point.
    pub(super) fn fixed(&mut self, value: f64, decimals: usize) {
        self.used = 0;
        let _ = write!(self, "{value:.decimals$}");
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
        let room = self.bytes.get_mut(self.used..self.used + text.len()).ok_or(std::fmt::Error)?;
        room.copy_from_slice(text.as_bytes());
        self.used += text.len();
        Ok(())
    }
}
