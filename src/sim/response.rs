#![forbid(unsafe_code)]
//! A response message on its way out, in pieces that need not be in memory.

use std::collections::VecDeque;
use std::io;
use std::io::IoSlice;
use std::io::Write;
use std::net::TcpStream;
use std::time::Instant;

use crate::sim::bulk::window;

#[derive(Debug)]
enum Piece {
    Bytes { data: Vec<u8>, sent: usize },
    Pattern { next: u64, end: u64 },
}

/// One response message, or the unread rest of it.
#[derive(Debug, Default)]
pub(super) struct Response {
    pieces: VecDeque<Piece>,
    /// Bytes in memory, sent or not.
    held: usize,
    /// Not to be given out before: `SYST:DELAY`.
    pub(super) ready: Option<Instant>,
}

impl Response {
    /// Appends bytes.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.held += bytes.len();
        match self.pieces.back_mut() {
            Some(Piece::Bytes { data, .. }) => data.extend_from_slice(bytes),
            _ if bytes.is_empty() => {}
            _ => self.pieces.push_back(Piece::Bytes { data: bytes.to_vec(), sent: 0 }),
        }
    }

    /// Appends the first `count` bytes of the [`pattern`](crate::sim::pattern).
    pub(super) fn push_pattern(&mut self, count: u64) {
        if count > 0 {
            self.pieces.push_back(Piece::Pattern { next: 0, end: count });
        }
    }

    /// Bytes in memory: what a client could exhaust with one endless message.
    pub(super) fn held(&self) -> usize {
        self.held
    }

    /// Bytes left.
    pub(super) fn len(&self) -> u64 {
        let left = |piece: &Piece| match piece {
            Piece::Bytes { data, sent } => (data.len() - sent) as u64,
            Piece::Pattern { next, end } => end - next,
        };
        self.pieces.iter().map(left).sum()
    }

    /// Whether nothing is left.
    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The next bytes, at most `limit`, without copying.
    pub(super) fn slices(&self, limit: usize) -> Vec<&[u8]> {
        let mut slices = Vec::with_capacity(4);
        let mut left = limit;
        for piece in &self.pieces {
            match piece {
                Piece::Bytes { data, sent } => {
                    let rest = &data[*sent..];
                    slices.push(&rest[..rest.len().min(left)]);
                    left -= rest.len().min(left);
                }
                Piece::Pattern { next, end } => {
                    let mut at = *next;
                    while at < *end && left > 0 {
                        let slice = window(at, (*end - at).min(left as u64));
                        slices.push(slice);
                        at += slice.len() as u64;
                        left -= slice.len();
                    }
                }
            }
            if left == 0 {
                break;
            }
        }
        slices
    }

    /// Forgets the next `count` bytes: they are sent.
    pub(super) fn advance(&mut self, count: u64) {
        let mut left = count;
        while let Some(piece) = self.pieces.front_mut() {
            let rest = match piece {
                Piece::Bytes { data, sent } => {
                    let step = ((data.len() - *sent) as u64).min(left);
                    *sent += step as usize;
                    left -= step;
                    data.len() - *sent
                }
                Piece::Pattern { next, end } => {
                    let step = (*end - *next).min(left);
                    *next += step;
                    left -= step;
                    usize::from(*next < *end)
                }
            };
            if rest > 0 {
                return;
            }
            self.pieces.pop_front();
        }
    }
}

/// Sends all of `parts`, in as few system calls as the kernel allows: one for a usual message.
pub(super) fn send_all(mut stream: &TcpStream, parts: &[&[u8]]) -> io::Result<()> {
    let mut slices: Vec<IoSlice<'_>> =
        parts.iter().filter(|part| !part.is_empty()).map(|part| IoSlice::new(part)).collect();
    let mut left = slices.as_mut_slice();
    while !left.is_empty() {
        match stream.write_vectored(left) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(count) => IoSlice::advance_slices(&mut left, count),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::bulk::pattern;

    /// Read in steps of any size, the pieces come out in order and whole.
    #[test]
    fn pieces_in_any_steps() {
        let mut expected = b"#73000000".to_vec();
        expected.extend((0..3_000_000).map(pattern));
        expected.push(b'\n');
        for step in [997, 65_536, 2_500_000, usize::MAX] {
            let mut response = Response::default();
            response.push(b"#7");
            response.push(b"3000000");
            response.push_pattern(3_000_000);
            response.push(b"\n");
            assert_eq!(response.len(), expected.len() as u64);
            let mut got = Vec::new();
            while !response.is_empty() {
                let piece = response.slices(step).concat();
                assert!(piece.len() <= step && !piece.is_empty());
                response.advance(piece.len() as u64);
                got.extend(piece);
            }
            assert!(got == expected, "steps of {step}");
        }
    }
}
