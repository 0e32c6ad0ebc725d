#![forbid(unsafe_code)]
//! Random changes of known inputs, from a seed.

/// Numbers at which parsers turn.
const TURNS: &[u8] = &[0, 1, 2, 3, 4, 0x0A, 0x0D, 0x20, 0x7F, 0x80, 0xFE, 0xFF];

/// The longest input, in bytes.
const LONGEST: usize = 4096;

/// Gives one input after the other.
pub(super) struct Mutator {
    corpus: Vec<Vec<u8>>,
    /// xorshift64*
    state: u64,
}

impl Mutator {
    pub(super) fn new(corpus: Vec<Vec<u8>>, seed: u64) -> Self {
        // Neighbouring seeds shall not give neighbouring numbers, and 0 would stay 0.
        let state = (seed ^ 0x9E37_79B9_7F4A_7C15).wrapping_mul(0xBF58_476D_1CE4_E5B9) | 1;
        Self { corpus, state }
    }

    fn roll(&mut self, sides: usize) -> usize {
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        ((self.state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 32) % sides.max(1) as u64) as usize
    }

    fn any(&mut self) -> Vec<u8> {
        let at = self.roll(self.corpus.len());
        self.corpus.get(at).cloned().unwrap_or_default()
    }

    fn byte(&mut self) -> u8 {
        match self.roll(3) {
            0 => TURNS[self.roll(TURNS.len())],
            1 => self.roll(0x60) as u8 + 0x20,
            _ => self.roll(256) as u8,
        }
    }

    /// A member of the corpus, changed in up to eight ways.
    pub(super) fn next(&mut self) -> Vec<u8> {
        let mut bytes = self.any();
        for _ in 0..1 + self.roll(8) {
            self.change(&mut bytes);
        }
        bytes.truncate(LONGEST);
        bytes
    }

    fn change(&mut self, bytes: &mut Vec<u8>) {
        let at = self.roll(bytes.len() + 1);
        let end = at + self.roll(bytes.len() - at + 1);
        match self.roll(8) {
            0 => bytes.insert(at, self.byte()),
            1 => drop(bytes.drain(at..end)),
            2 => bytes.truncate(at),
            3 => {
                let piece = bytes[at..end].to_vec();
                bytes.splice(at..at, piece);
            }
            4 => {
                let other = self.any();
                let from = self.roll(other.len() + 1);
                bytes.splice(at.., other[from..].iter().copied());
            }
            5 if at + 4 <= bytes.len() => {
                // A length or a number of four bytes, in either order.
                let number = [0, 1, 0x7FFF_FFFF, u32::MAX, bytes.len() as u32][self.roll(5)];
                let number = number.wrapping_add(self.roll(5) as u32).wrapping_sub(2);
                let order = [number.to_be_bytes(), number.to_le_bytes()][self.roll(2)];
                bytes[at..at + 4].copy_from_slice(&order);
            }
            6 if at < bytes.len() => bytes[at] ^= 1 << self.roll(8),
            _ if at < bytes.len() => bytes[at] = self.byte(),
            _ => bytes.push(self.byte()),
        }
    }
}

#[test]
fn a_seed_gives_the_same_inputs_again_and_another_seed_others() {
    let inputs = |seed| {
        let mut mutator =
            Mutator::new(vec![b"TCPIP::host::INSTR".to_vec(), b"GPIB::1".to_vec()], seed);
        (0..100).map(|_| mutator.next()).collect::<Vec<_>>()
    };
    assert_eq!(inputs(7), inputs(7));
    assert_ne!(inputs(7), inputs(8));
    assert!(inputs(7).iter().all(|input| input.len() <= LONGEST));
}
