#![forbid(unsafe_code)]
//! Test data of any size that nobody has to hold whole: sent from a repeating table, checked
//! against it as it arrives.

use std::sync::OnceLock;

use crate::sim::checksum::Crc32;

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

/// What is known of an upload: all that is kept of its bytes.
#[derive(Clone, Debug)]
pub(super) struct Upload {
    count: u64,
    sum: Crc32,
    matched: bool,
}

impl Default for Upload {
    fn default() -> Self {
        Self { count: 0, sum: Crc32::default(), matched: true }
    }
}

impl Upload {
    /// Takes the next bytes of the block.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.sum.push(bytes);
        let mut rest = bytes;
        while !rest.is_empty() {
            let expected = window(self.count, rest.len() as u64);
            self.matched = self.matched && rest.starts_with(expected);
            self.count += expected.len() as u64;
            rest = &rest[expected.len()..];
        }
    }

    /// The answer to `DATA:LOAD?`: byte count, CRC-32, and 1 if every byte was the pattern's.
    pub(super) fn report(&self) -> String {
        format!("{},{},{}", self.count, self.sum.value(), u8::from(self.matched))
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

    /// An upload matches in pieces of any size, and one wrong byte shows.
    #[test]
    fn an_upload_is_checked_on_the_fly() {
        let good: Vec<u8> = (0..100_000).map(pattern).collect();
        let mut upload = Upload::default();
        good.chunks(977).for_each(|piece| upload.push(piece));
        let mut sum = Crc32::default();
        sum.push(&good);
        assert_eq!(upload.report(), format!("100000,{},1", sum.value()));

        let mut bad = good;
        bad[99_999] ^= 1;
        let mut upload = Upload::default();
        upload.push(&bad);
        assert!(upload.report().starts_with("100000,") && upload.report().ends_with(",0"));
    }

    #[test]
    fn block_heads() {
        assert_eq!(block_head(0), "#10");
        assert_eq!(block_head(1000), "#41000");
        assert_eq!(block_head(1 << 30), "#101073741824");
    }
}
