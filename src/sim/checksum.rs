#![forbid(unsafe_code)]
//! CRC-32 as in Ethernet, zip and Python's `zlib.crc32`.

/// The generator polynomial 0x04C11DB7, least significant bit first: bit 31 stands for x^0.
const POLYNOMIAL: u32 = 0xEDB8_8320;
/// x^0.
const ONE: u32 = 1 << 31;
/// x^8: one byte further on.
const BYTE: u32 = 1 << 23;

/// What each byte value contributes.
static TABLE: [u32; 256] = table();

const fn table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut value = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            value = times_x(value);
            bit += 1;
        }
        table[byte] = value;
        byte += 1;
    }
    table
}

const fn times_x(value: u32) -> u32 {
    if value & 1 == 1 { value >> 1 ^ POLYNOMIAL } else { value >> 1 }
}

/// The checksum of what `crc` is the checksum of, followed by `bytes`; that of nothing is 0.
pub(super) fn extend(crc: u32, bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| crc >> 8 ^ TABLE[usize::from(crc as u8 ^ byte)];
    !bytes.iter().fold(!crc, step)
}

/// The checksum of two pieces in a row, from theirs: the second has `length` bytes.
///
/// Appending a piece multiplies what came before by x^8 for each of its bytes, so no byte has
/// to be looked at.
pub(super) fn combine(first: u32, second: u32, length: u64) -> u32 {
    let (mut factor, mut square, mut left) = (ONE, BYTE, length);
    while left > 0 {
        if left & 1 == 1 {
            factor = multiply(factor, square);
        }
        square = multiply(square, square);
        left >>= 1;
    }
    multiply(first, factor) ^ second
}

/// The product of two polynomials, modulo the generator.
fn multiply(a: u32, mut b: u32) -> u32 {
    let mut product = 0;
    for power in (0..32).rev() {
        if a >> power & 1 == 1 {
            product ^= b;
        }
        b = times_x(b);
    }
    product
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The published check value, whole and in two pieces.
    #[test]
    fn known_value() {
        assert_eq!(extend(0, b"123456789"), 0xCBF4_3926);
        assert_eq!(extend(extend(0, b"1234"), b"56789"), 0xCBF4_3926);
        assert_eq!(combine(extend(0, b"1234"), extend(0, b"56789"), 5), 0xCBF4_3926);
        assert_eq!(combine(0, 7, 3), 7);
        assert_eq!(combine(7, 0, 0), 7);
    }
}
