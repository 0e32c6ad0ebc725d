#![forbid(unsafe_code)]
//! Random choices from a seed, so that a failure repeats.

/// xorshift64*.
pub(super) struct Dice {
    seed: u64,
    state: u64,
}

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        // Neighbouring seeds shall not give neighbouring numbers, and 0 would stay 0.
        let state = (seed ^ 0x9E37_79B9_7F4A_7C15).wrapping_mul(0xBF58_476D_1CE4_E5B9) | 1;
        Self { seed, state }
    }

    pub(super) fn next(&mut self) -> u64 {
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        self.state.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// From 0 to one less than `sides`.
    pub(super) fn roll(&mut self, sides: usize) -> usize {
        ((self.next() >> 32) % sides as u64) as usize
    }

    pub(super) fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.roll(of.len())]
    }

    /// Up to `most` bytes, each one of `of`.
    pub(super) fn bytes(&mut self, most: usize, of: &[u8]) -> Vec<u8> {
        (0..self.roll(most + 1)).map(|_| self.pick(of)).collect()
    }

    /// How an input is cut into pieces.
    pub(super) fn cut(&mut self) -> Vec<usize> {
        let most = self.pick(&[1, 3, 20, 10_000]);
        (0..1 + self.roll(4)).map(|_| 1 + self.roll(most)).collect()
    }

    /// 64 bits with interesting numbers among them: of all sizes, near their bounds.
    pub(super) fn bits(&mut self) -> u64 {
        let shift = self.roll(64) as u32;
        match self.roll(4) {
            0 => self.next() >> shift,
            1 => (self.next() as i64 >> shift) as u64,
            2 => (1_u64 << shift).wrapping_sub(self.roll(3) as u64),
            _ => self.roll(200).wrapping_sub(100) as u64,
        }
    }
}

impl Drop for Dice {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the seed that failed: {}", self.seed);
        }
    }
}
