#![forbid(unsafe_code)]
//! IEEE 488.2 arbitrary blocks: `#`, a digit, as many digits of byte count, then the data
//! (8.7.9); or `#0` and data up to the end of the message (8.7.10).

use crate::failure::Failure;
use crate::failure::Result;

/// Bytes asked for at once.
const CHUNK: usize = 64 * 1024;

/// Reads a block: its data, and whether the message ended with it. `source` fills some of a
/// buffer and returns the bytes stored and whether the message ended there.
///
/// # Errors
/// What the source says; an answer that is no block or ends inside one.
pub fn read(mut source: impl FnMut(&mut [u8]) -> Result<(usize, bool)>) -> Result<(Vec<u8>, bool)> {
    let (head, mut ended) = exactly(2, false, &mut source)?;
    let digits = match head[..] {
        [b'#', digit @ b'0'..=b'9'] => usize::from(digit - b'0'),
        _ => return Err(not_a_block(&head)),
    };
    if digits == 0 {
        let mut data = Vec::new();
        while !ended {
            let mut chunk = vec![0; CHUNK];
            let count;
            (count, ended) = source(&mut chunk)?;
            data.extend_from_slice(&chunk[..count]);
        }
        // The end of the message is NL with END; the NL is not data.
        data.pop_if(|last| *last == b'\n');
        return Ok((data, true));
    }
    let (count, ended) = exactly(digits, ended, &mut source)?;
    let digits_only = count.iter().all(u8::is_ascii_digit);
    let count = String::from_utf8(count).ok().filter(|_| digits_only);
    let Some(count) = count.and_then(|text| text.parse().ok()) else {
        return Err(Failure::new("the block's byte count is not a number"));
    };
    exactly(count, ended, &mut source)
}

/// Reads `count` bytes, however many reads that takes.
fn exactly(
    count: usize,
    mut ended: bool,
    source: &mut impl FnMut(&mut [u8]) -> Result<(usize, bool)>,
) -> Result<(Vec<u8>, bool)> {
    let mut data = Vec::new();
    while data.len() < count {
        if ended {
            let lack = count - data.len();
            return Err(if data.first().is_some_and(|first| *first != b'#') && count == 2 {
                not_a_block(&data)
            } else {
                Failure::new(format!("the answer ends {lack} bytes before its block is complete"))
            });
        }
        // Grown as bytes come, for the count is the instrument's claim.
        let mut chunk = vec![0; CHUNK.min(count - data.len())];
        let stored;
        (stored, ended) = source(&mut chunk)?;
        data.extend_from_slice(&chunk[..stored]);
    }
    Ok((data, ended))
}

fn not_a_block(head: &[u8]) -> Failure {
    let head = head.escape_ascii();
    Failure::new(format!("the answer is not a block (#...): it begins with \"{head}\""))
        .hint("without --binary the answer is shown as it is")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A message that arrives at most `step` bytes at a time and then ends.
    fn message(bytes: &[u8], step: usize) -> impl FnMut(&mut [u8]) -> Result<(usize, bool)> {
        let mut left = bytes.to_vec();
        move |buffer| {
            let count = buffer.len().min(step).min(left.len());
            buffer[..count].copy_from_slice(&left[..count]);
            left.drain(..count);
            Ok((count, left.is_empty()))
        }
    }

    #[test]
    fn a_definite_block_is_read_by_its_count_in_any_pieces() {
        for step in [1, 3, 100] {
            let (data, ended) = read(message(b"#15ab\ncd\n", step)).expect("a block");
            assert_eq!((&data[..], ended), (&b"ab\ncd"[..], false));
        }
        let (data, ended) = read(message(b"#3005abcde", 4)).expect("a block");
        assert_eq!((&data[..], ended), (&b"abcde"[..], true));
        assert_eq!(read(message(b"#10\n", 9)).expect("empty").0, b"");
    }

    #[test]
    fn an_indefinite_block_ends_with_the_message() {
        assert_eq!(read(message(b"#0a\nb\n", 2)).expect("a block").0, b"a\nb");
        assert_eq!(read(message(b"#0", 2)).expect("a block").0, b"");
    }

    #[test]
    fn what_is_no_block_or_too_short_is_said() {
        let error = |bytes: &[u8]| read(message(bytes, 9)).expect_err("no block").message;
        assert!(error(b"1.25\n").contains("not a block"));
        assert!(error(b"7").contains("not a block"));
        assert!(error(b"#A1").contains("not a block"));
        assert!(error(b"#2+5abcde").contains("not a number"));
        assert!(error(b"#15abc").contains("2 bytes before"));
        assert!(error(b"#9999999999a").contains("999999998 bytes before"));
    }
}
