#![forbid(unsafe_code)]
//! What must hold for any bytes that are taken for a format, and for any answer that is scanned.

use super::dice::Dice;
use super::random::REACH;
use super::random::bounded;
use super::random::print_holds;
use super::random::scan_holds;

/// An output format.
pub(crate) fn print_format(bytes: &[u8]) {
    print_holds(&bounded(bytes.to_vec()), &mut Dice::new(bytes.len() as u64));
}

/// An input format, and behind a NUL what a device answers: however that is cut, the same is stored
/// and the same is left.
pub(crate) fn scan_format(bytes: &[u8]) {
    let mut halves = bytes.splitn(2, |byte| *byte == 0);
    let format = bounded(halves.next().unwrap_or_default().to_vec());
    // A string without a width is as long as the input, and must have room in the memory.
    let input = halves.next().unwrap_or_default();
    let input = &input[..input.len().min(REACH - 1)];
    let run = |cut: &[usize]| scan_holds(&format, input, cut, &mut Dice::new(bytes.len() as u64));
    let whole = run(&[usize::MAX]);
    for cut in [&[1][..], &[2], &[3, 1], &[input.len() / 2 + 1]] {
        assert_eq!(run(cut), whole, "in pieces of {cut:?}");
    }
}
