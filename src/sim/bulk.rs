#![forbid(unsafe_code)]
//! Test data of any size that nobody has to hold whole: sent from a repeating table, checked
//! against it as it arrives.

use std::sync::OnceLock;

use crate::sim::checksum;

/// Byte number `i` of the data that `DATA:BLOCK?` sends and `DATA:LOAD` expects.
///
/// It takes all 256 values, line feed included, and neighbouring 251-byte rows differ, so lost,
/// doubled and swapped pieces show.
///
/// ```
/// assert_eq!(visa::sim::pattern(0), 0);
/// assert_eq!(visa::sim::pattern(251), (251 * 31 + 1) as u8);
/// ```
pub fn pattern(i: u64) -> u8 {
    i.wrapping_mul(31).wrapping_add(i / 251) as u8
}

/// Adding 128 rows of 251 bytes adds 128 * (251 * 31 + 1), a multiple of 256: the pattern repeats.
const PERIOD: usize = 251 * 128;

/// The most that [`window`] gives at once.
const WINDOW: usize = 1 << 20;

/// Bytes `from..from + count` of the pattern, or the first [`WINDOW`] of them.
pub(super) fn window(from: u64, count: u64) -> &'static [u8] {
    static TABLE: OnceLock<Vec<u8>> = OnceLock::new();
    let table = TABLE.get_or_init(|| {
        let period: Vec<u8> = (0..PERIOD as u64).map(pattern).collect();
        period.iter().copied().cycle().take(PERIOD + WINDOW).collect()
    });
    let start = (from % PERIOD as u64) as usize;
    &table[start..start + count.min(WINDOW as u64) as usize]
}

/// The checksum of the first `count` bytes of the pattern, without going through them all.
fn pattern_checksum(count: u64) -> u32 {
    let period = PERIOD as u64;
    let (mut block, mut length) = (checksum::extend(0, window(0, period)), period);
    let (mut sum, mut periods) = (0, count / period);
    while periods > 0 {
        if periods & 1 == 1 {
            sum = checksum::combine(sum, block, length);
        }
        block = checksum::combine(block, block, length);
        length *= 2;
        periods >>= 1;
    }
    checksum::extend(sum, window(0, count % period))
}

/// What is known of an upload: all that is kept of its bytes.
#[derive(Clone, Debug, Default)]
pub(super) struct Upload {
    count: u64,
    /// The checksum, once a byte was not the pattern's: until then comparing is enough, and
    /// much faster.
    sum: Option<u32>,
}

impl Upload {
    /// Takes the next bytes of the block.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        let mut rest = bytes;
        while !rest.is_empty() {
            let expected = window(self.count, rest.len() as u64);
            let (piece, tail) = rest.split_at(expected.len());
            if let Some(sum) = &mut self.sum {
                *sum = checksum::extend(*sum, piece);
            } else if piece != expected {
                self.sum = Some(checksum::extend(pattern_checksum(self.count), piece));
            }
            self.count += piece.len() as u64;
            rest = tail;
        }
    }

    /// The answer to `DATA:LOAD?`: byte count, CRC-32, and 1 if every byte was the pattern's.
    pub(super) fn report(&self) -> String {
        let sum = self.sum.unwrap_or_else(|| pattern_checksum(self.count));
        format!("{},{},{}", self.count, sum, u8::from(self.sum.is_none()))
    }
}

/// The head of an IEEE 488.2 definite length block (section 8.7.9) of `count` bytes.
pub(super) fn block_head(count: u64) -> String {
    let digits = count.to_string();
    format!("#{}{}", digits.len(), digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table stands for the formula at any place, also across the end of a period.
    #[test]
    fn the_table_is_the_formula() {
        for from in [0, 1, PERIOD as u64 - 3, 7 * PERIOD as u64 + 12_345, (1 << 40) + 17] {
            let got = window(from, 70_000);
            assert_eq!(got.len(), 70_000);
            assert!(got.iter().enumerate().all(|(i, b)| *b == pattern(from + i as u64)));
        }
        assert_eq!(window(0, u64::MAX).len(), WINDOW);
    }

    /// The checksum is that of the bytes, in pieces of any size; one wrong byte shows, also
    /// one that is followed by right ones.
    #[test]
    fn an_upload_is_checked_on_the_fly() {
        let mut data: Vec<u8> = (0..200_000).map(pattern).collect();
        for wrong in [None, Some(199_999), Some(0), Some(150_000)] {
            if let Some(at) = wrong {
                data[at] ^= 1;
            }
            let sum = checksum::extend(0, &data);
            for step in [977, data.len()] {
                let mut upload = Upload::default();
                data.chunks(step).for_each(|piece| upload.push(piece));
                let expected = format!("200000,{sum},{}", u8::from(wrong.is_none()));
                assert_eq!(upload.report(), expected, "{wrong:?}");
            }
        }
        assert_eq!(Upload::default().report(), "0,0,1");
    }

    #[test]
    fn block_heads() {
        assert_eq!(block_head(0), "#10");
        assert_eq!(block_head(1000), "#41000");
        assert_eq!(block_head(1 << 30), "#101073741824");
    }
}
