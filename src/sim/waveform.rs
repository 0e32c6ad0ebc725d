#![forbid(unsafe_code)]
//! The signal on the simulated input: one period of a sine, as `CURV?` gives it.

use std::f64::consts::TAU;

/// How points are encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// One signed byte.
    Byte,
    /// Signed, 16 bits, most significant byte first.
    Word,
    /// IEEE 754 double in volts, most significant byte first.
    Real,
}

/// Most points of one waveform.
pub(super) const MOST_POINTS: u32 = 1_000_000;

/// The settings of `WAV:...`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Waveform {
    pub(super) points: u32,
    pub(super) format: Format,
}

impl Default for Waveform {
    fn default() -> Self {
        Self { points: 1000, format: Format::Byte }
    }
}

impl Waveform {
    /// The points, encoded.
    pub(super) fn data(&self) -> Vec<u8> {
        let points = (0..self.points).map(|i| (TAU * f64::from(i) / f64::from(self.points)).sin());
        match self.format {
            // From -128 to 127: with 1000 points no step is larger than one, so that all byte
            // values occur, line feed among them.
            Format::Byte => points.map(|y| (127.5 * y - 0.5).round() as i8 as u8).collect(),
            Format::Word => {
                points.flat_map(|y| ((32_767.0 * y).round() as i16).to_be_bytes()).collect()
            }
            Format::Real => points.flat_map(f64::to_be_bytes).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The default waveform has all byte values: a reader that stops at any of them fails.
    #[test]
    fn all_byte_values_occur() {
        let data = Waveform::default().data();
        assert_eq!(data.len(), 1000);
        assert!((0..=255).all(|value| data.contains(&value)));
    }

    #[test]
    fn widths() {
        let wave = |format| Waveform { points: 8, format }.data();
        assert_eq!(wave(Format::Word).len(), 16);
        assert_eq!(wave(Format::Word)[4..6], 32_767i16.to_be_bytes());
        assert_eq!(wave(Format::Real)[16..24], 1.0f64.to_be_bytes());
    }
}
