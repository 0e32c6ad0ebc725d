#![forbid(unsafe_code)]
//! CRC-32 as in Ethernet, zip and Python's `zlib.crc32`, sixteen bytes a step: uploads of many
//! megabytes must not wait for their checksum.

/// Bytes per step, and tables.
const STEP: usize = 16;

/// `TABLES[k][b]`: what byte `b` contributes when `k` more bytes follow in the same step.
static TABLES: [[u32; 256]; STEP] = tables();

const fn tables() -> [[u32; 256]; STEP] {
    let mut tables = [[0; 256]; STEP];
    let mut byte = 0;
    while byte < 256 {
        let mut value = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            // The polynomial 0x04C11DB7 with its bits reversed.
            value = if value & 1 == 1 { value >> 1 ^ 0xEDB8_8320 } else { value >> 1 };
            bit += 1;
        }
        tables[0][byte] = value;
        byte += 1;
    }
    let mut k = 1;
    while k < STEP {
        let mut byte = 0;
        while byte < 256 {
            let before = tables[k - 1][byte];
            tables[k][byte] = before >> 8 ^ tables[0][(before & 0xFF) as usize];
            byte += 1;
        }
        k += 1;
    }
    tables
}

/// A CRC-32 in the making.
#[derive(Clone, Debug)]
pub(super) struct Crc32(u32);

impl Default for Crc32 {
    fn default() -> Self {
        Self(!0)
    }
}

impl Crc32 {
    /// Takes the next bytes.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        let mut crc = self.0;
        let mut steps = bytes.chunks_exact(STEP);
        for step in &mut steps {
            let head = crc ^ u32::from_le_bytes([step[0], step[1], step[2], step[3]]);
            let mut next = 0;
            for (i, byte) in head.to_le_bytes().iter().chain(&step[4..]).enumerate() {
                next ^= TABLES[STEP - 1 - i][usize::from(*byte)];
            }
            crc = next;
        }
        for byte in steps.remainder() {
            crc = crc >> 8 ^ TABLES[0][usize::from(crc as u8 ^ byte)];
        }
        self.0 = crc;
    }

    /// The checksum of all bytes so far.
    pub(super) fn value(&self) -> u32 {
        !self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The published check value, and the same result whatever the pieces.
    #[test]
    fn known_value_and_any_pieces() {
        let mut crc = Crc32::default();
        crc.push(b"123456789");
        assert_eq!(crc.value(), 0xCBF4_3926);

        let data: Vec<u8> = (0..1000u32).map(|i| (i * 7) as u8).collect();
        let mut whole = Crc32::default();
        whole.push(&data);
        let mut pieces = Crc32::default();
        data.chunks(13).for_each(|piece| pieces.push(piece));
        let mut bytes = Crc32::default();
        data.iter().for_each(|byte| bytes.push(&[*byte]));
        assert_eq!(whole.value(), pieces.value());
        assert_eq!(whole.value(), bytes.value());
    }
}
