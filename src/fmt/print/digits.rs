#![forbid(unsafe_code)]
//! The digits of integers.

/// Room for the digits of an integer, filled from the right.
pub(super) struct Digits([u8; 64]);

impl Digits {
    pub(super) fn new() -> Self {
        Self([0; 64])
    }

    pub(super) fn decimal(&mut self, value: u64) -> &[u8] {
        self.decimal_before(value, 64)
    }

    /// The digits and a point.
    pub(super) fn decimal_point(&mut self, value: u64) -> &[u8] {
        self.0[63] = b'.';
        let length = self.decimal_before(value, 63).len();
        &self.0[63 - length..]
    }

    fn decimal_before(&mut self, mut value: u64, end: usize) -> &[u8] {
        let mut at = end;
        loop {
            at -= 1;
            self.0[at] = b'0' + (value % 10) as u8;
            value /= 10;
            if value == 0 {
                return &self.0[at..end];
            }
        }
    }

    /// Digits of `bits` bits each; those above 9 begin with the letter `ten`.
    pub(super) fn radix(&mut self, mut value: u64, bits: u32, ten: u8) -> &[u8] {
        let mut at = self.0.len();
        loop {
            at -= 1;
            let digit = (value & ((1 << bits) - 1)) as u8;
            self.0[at] = if digit < 10 { b'0' + digit } else { ten + digit - 10 };
            value >>= bits;
            if value == 0 {
                return &self.0[at..];
            }
        }
    }
}
