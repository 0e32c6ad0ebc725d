#![forbid(unsafe_code)]
//! What devices have said and nobody has read yet. An adapter reads whole messages, for it cannot
//! be told a count; what a viRead leaves of one stays here, by device, for all sessions.

use std::collections::{HashMap, VecDeque};

use crate::iface::Stop;
use crate::os::memory;
use crate::status::{Result, VI_ERROR_IO, fail};
use crate::wire::gpib::BusAddress;

/// Messages by device.
#[derive(Default)]
pub struct Kept {
    devices: HashMap<BusAddress, Said>,
}

/// What one device has said.
#[derive(Default)]
struct Said {
    pieces: VecDeque<Piece>,
    /// A part of what it said was lost with the connection, behind all that is here.
    is_torn: bool,
}

/// Bytes as they came.
struct Piece {
    bytes: Vec<u8>,
    /// How many have been read.
    read: usize,
    /// END came with the last one.
    end: bool,
}

impl Kept {
    /// Adds what `device` has said; `end`: END came with the last byte.
    pub fn add(&mut self, device: BusAddress, bytes: &[u8], end: bool) {
        if bytes.is_empty() {
            return;
        }
        let pieces = &mut self.devices.entry(device).or_default().pieces;
        match pieces.back_mut() {
            Some(last) if !last.end => {
                last.bytes.extend_from_slice(bytes);
                last.end = end;
            }
            _ => pieces.push_back(Piece { bytes: bytes.to_vec(), read: 0, end }),
        }
    }

    /// A part of what `device` said is lost.
    pub fn tear(&mut self, device: BusAddress) {
        self.devices.entry(device).or_default().is_torn = true;
    }

    /// Forgets what `device` has said.
    pub fn forget(&mut self, device: BusAddress) {
        self.devices.remove(&device);
    }

    /// Moves bytes of `device` into `buf`, up to END, `term_char` or the count. Tells how many, and
    /// why no more; `None`: it has said no more yet.
    ///
    /// # Errors
    /// VI_ERROR_IO, once, where a part was lost; VI_ERROR_USER_BUF, VI_ERROR_ALLOC.
    pub fn take(
        &mut self,
        device: BusAddress,
        buf: &mut [u8],
        term_char: Option<u8>,
    ) -> Result<(usize, Option<Stop>)> {
        let Some(said) = self.devices.get_mut(&device) else { return Ok((0, None)) };
        let Some(piece) = said.pieces.front_mut() else {
            let is_torn = said.is_torn;
            self.devices.remove(&device);
            if is_torn {
                return fail(VI_ERROR_IO, "a part of the message was lost with the connection");
            }
            return Ok((0, None));
        };
        let rest = &piece.bytes[piece.read..];
        let rest = &rest[..rest.len().min(buf.len())];
        let found = term_char.and_then(|c| memchr::memchr(c, rest));
        let count = found.map_or(rest.len(), |at| at + 1);
        memory::store(buf, &rest[..count])?;
        piece.read += count;
        let is_over = piece.read == piece.bytes.len();
        let stop = match found {
            _ if is_over && piece.end => Some(Stop::End),
            Some(_) => Some(Stop::TermChar),
            None if count == buf.len() => Some(Stop::Count),
            None => None,
        };
        if is_over {
            said.pieces.pop_front();
        } else if piece.read > piece.bytes.len() / 2 {
            piece.bytes.drain(..piece.read);
            piece.read = 0;
        }
        Ok((count, stop))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::status::VI_SUCCESS;

    const DEVICE: BusAddress = BusAddress::primary(5);

    fn take(kept: &mut Kept, count: usize, term_char: Option<u8>) -> (Vec<u8>, Option<Stop>) {
        let mut buf = vec![0; count];
        let (count, stop) = kept.take(DEVICE, &mut buf, term_char).unwrap();
        buf.truncate(count);
        (buf, stop)
    }

    #[test]
    fn a_message_is_read_in_any_pieces_and_end_comes_with_its_last_byte() {
        for size in 1..=6 {
            let mut kept = Kept::default();
            kept.add(DEVICE, b"abc", false);
            kept.add(DEVICE, b"de", true);
            kept.add(DEVICE, b"next", true);
            let mut all = Vec::new();
            loop {
                let (bytes, stop) = take(&mut kept, size, None);
                all.extend(bytes);
                match stop {
                    Some(Stop::End) => break,
                    stop => assert_eq!(stop, Some(Stop::Count)),
                }
            }
            assert_eq!(all, b"abcde", "pieces of {size}");
        }
    }

    #[test]
    fn a_termination_character_ends_a_read_and_end_wins_over_it() {
        let mut kept = Kept::default();
        kept.add(DEVICE, b"a;b;", true);
        assert_eq!(take(&mut kept, 9, Some(b';')), (b"a;".to_vec(), Some(Stop::TermChar)));
        assert_eq!(take(&mut kept, 9, Some(b';')), (b"b;".to_vec(), Some(Stop::End)));
        assert_eq!(take(&mut kept, 9, None), (vec![], None));
    }

    #[test]
    fn what_is_not_over_ends_nothing() {
        let mut kept = Kept::default();
        kept.add(DEVICE, b"ab", false);
        assert_eq!(take(&mut kept, 9, None), (b"ab".to_vec(), None));
        kept.add(DEVICE, b"cd", false);
        assert_eq!(take(&mut kept, 2, None), (b"cd".to_vec(), Some(Stop::Count)));
    }

    #[test]
    fn a_loss_is_told_once_behind_what_came_before_it() {
        let mut kept = Kept::default();
        kept.add(DEVICE, b"ab", false);
        kept.tear(DEVICE);
        let code = |kept: &mut Kept| {
            kept.take(DEVICE, &mut [0; 9], None).map_or_else(|error| error.code, |_| VI_SUCCESS)
        };
        assert_eq!((code(&mut kept), code(&mut kept)), (VI_SUCCESS, VI_ERROR_IO));
        assert_eq!(code(&mut kept), VI_SUCCESS);
    }

    #[test]
    fn each_device_has_its_own() {
        let mut kept = Kept::default();
        let other = BusAddress { primary: 5, secondary: Some(0) };
        kept.add(other, b"x", true);
        kept.add(DEVICE, b"y", true);
        kept.forget(other);
        assert_eq!(take(&mut kept, 9, None).0, b"y");
    }
}
