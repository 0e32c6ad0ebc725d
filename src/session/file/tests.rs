#![forbid(unsafe_code)]
//! The pieces of file transfers, without files.

use super::*;
use crate::status::{VI_ERROR_FILE_IO, VI_ERROR_TMO};

/// A device with a message of `length` bytes, as a link reads it.
fn device(length: usize) -> impl FnMut(&mut [u8], bool) -> Transfer<Stop> {
    let mut at = 0;
    move |piece, begun| {
        assert_eq!(begun, at > 0);
        let count = piece.len().min(length - at);
        for (i, byte) in piece[..count].iter_mut().enumerate() {
            *byte = ((at + i) % 251) as u8;
        }
        at += count;
        Transfer::done(count, if at == length { Stop::End } else { Stop::Count })
    }
}

fn pattern(length: usize) -> Vec<u8> {
    (0..length).map(|i| (i % 251) as u8).collect()
}

/// A disk with room for so many bytes, that takes odd numbers of them at once.
struct Disk(Vec<u8>, usize);

impl Write for Disk {
    fn write(&mut self, data: &[u8]) -> std::io::Result<usize> {
        let count = data.len().min(self.1 - self.0.len()).min(4097);
        if count == 0 {
            return Err(std::io::Error::from_raw_os_error(libc::ENOSPC));
        }
        self.0.extend_from_slice(&data[..count]);
        Ok(count)
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// A file with a hole: an error after so many bytes.
struct Torn(usize);

impl Read for Torn {
    fn read(&mut self, piece: &mut [u8]) -> std::io::Result<usize> {
        let count = piece.len().min(self.0).min(1000);
        if count == 0 {
            return Err(std::io::Error::from_raw_os_error(libc::EIO));
        }
        self.0 -= count;
        Ok(count)
    }
}

#[test]
fn messages_of_all_lengths_arrive_and_end_as_the_device_ends_them() {
    for length in [1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE] {
        let mut file = Vec::new();
        let moved = drain(&mut file, u64::MAX, device(length));
        assert_eq!((moved.count, moved.outcome), (length, Ok(Stop::End)));
        assert!(file == pattern(length));
    }
}

#[test]
fn the_count_ends_a_read_and_no_byte_more_is_taken_from_the_device() {
    for most in [1, PIECE, PIECE + 7] {
        let mut file = Vec::new();
        let mut asked = 0;
        let mut device = device(10 * PIECE);
        let moved = drain(&mut file, most as u64, |piece, begun| {
            asked += piece.len();
            device(piece, begun)
        });
        assert_eq!((moved.count, moved.outcome), (most, Ok(Stop::Count)));
        assert_eq!((asked, file.len()), (most, most));
    }
}

#[test]
fn a_timeout_in_the_middle_keeps_and_counts_what_came() {
    let mut file = Vec::new();
    let mut calls = 0;
    let moved = drain(&mut file, u64::MAX, |piece, _| {
        calls += 1;
        piece.fill(7);
        match calls {
            1 => Transfer::done(piece.len(), Stop::Count),
            _ => Transfer::failed(5, Error::new(VI_ERROR_TMO, "test")),
        }
    });
    assert_eq!(moved.outcome.unwrap_err().code, VI_ERROR_TMO);
    assert_eq!((moved.count, file.len()), (PIECE + 5, PIECE + 5));
}

#[test]
fn a_full_disk_counts_what_it_holds() {
    let mut disk = Disk(Vec::new(), PIECE + 10);
    let moved = drain(&mut disk, u64::MAX, device(3 * PIECE));
    let error = moved.outcome.unwrap_err();
    assert_eq!((error.code, error.os), (VI_ERROR_FILE_IO, Some(libc::ENOSPC)));
    assert_eq!(moved.count, PIECE + 10);
    assert!(disk.0 == pattern(PIECE + 10));
}

/// Feeds `length` bytes, at most `most`; the pieces sent, and whether each had END.
fn fed(length: usize, most: u64) -> (Transfer<()>, Vec<(usize, bool)>) {
    let mut pieces = Vec::new();
    let moved = feed(&mut &pattern(length)[..], most, |piece, last| {
        pieces.push((piece.len(), last));
        Transfer::done(piece.len(), ())
    });
    (moved, pieces)
}

#[test]
fn only_the_last_piece_of_a_file_has_end() {
    assert_eq!(fed(10, u64::MAX).1, [(10, true)]);
    assert_eq!(fed(PIECE, u64::MAX).1, [(PIECE, true)]);
    assert_eq!(fed(PIECE + 1, u64::MAX).1, [(PIECE, false), (1, true)]);
    assert_eq!(fed(9, 4).1, [(4, true)], "the count ends the message too");
    assert_eq!(fed(3 * PIECE, PIECE as u64 + 2).1, [(PIECE, false), (2, true)]);
    let (moved, pieces) = fed(0, u64::MAX);
    assert!(moved.outcome.is_ok() && moved.count == 0 && pieces.is_empty());
}

#[test]
fn a_file_that_cannot_be_read_on_ends_without_end() {
    let mut pieces = Vec::new();
    let moved = feed(&mut Torn(2 * PIECE + 3), u64::MAX, |piece, last| {
        pieces.push((piece.len(), last));
        Transfer::done(piece.len(), ())
    });
    assert_eq!(moved.outcome.unwrap_err().code, VI_ERROR_FILE_IO);
    assert_eq!((moved.count, pieces), (PIECE, vec![(PIECE, false)]));
}

#[test]
fn a_write_that_fails_counts_what_had_left() {
    let mut calls = 0;
    let moved = feed(&mut &pattern(3 * PIECE)[..], u64::MAX, |piece, _| {
        calls += 1;
        match calls {
            1 => Transfer::done(piece.len(), ()),
            _ => Transfer::failed(9, Error::new(VI_ERROR_TMO, "test")),
        }
    });
    assert_eq!(moved.outcome.unwrap_err().code, VI_ERROR_TMO);
    assert_eq!((moved.count, calls), (PIECE + 9, 2));
}
