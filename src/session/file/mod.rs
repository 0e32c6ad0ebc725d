#![forbid(unsafe_code)]
//! viReadToFile and viWriteFromFile: a device's bytes to and from a file, in pieces of constant
//! size.
//!
//! Choices where the standard leaves room:
//! - The timeout is one for the whole operation, as for viRead and viWrite.
//! - What has been read goes to the file at once: a read that fails in the middle leaves in the
//!   file what came before, and counts it.
//! - A file that can take no more (a full disk) ends the operation with VI_ERROR_FILE_IO. The
//!   count is what the file holds of this read. Of the piece that did not fit the rest is lost;
//!   what the device had not sent by then is still there for the next read, or for viClear.
//! - A file that cannot be read to its end leaves the device with the beginning of a message and
//!   no END, as a viWrite that times out does. The count is what was sent.
//! - Without VI_ATTR_FILE_APPEND_EN the file is emptied when it is opened, so also when the read
//!   then fails.

use std::io::{ErrorKind, Read, Write};
use std::path::Path;

use crate::iface::{Call, Stop, Transfer};
use crate::os::file;
use crate::rsrc::Kinds;
use crate::session::{FILE_APPEND_EN, Session};
use crate::status::{Error, Result};

/// Bytes moved at once. Large enough that neither the system nor the protocols notice the
/// borders.
const PIECE: usize = 256 << 10;

/// The count of viWriteFromFile that stands for the whole file, however long it is.
const WHOLE: u32 = u32::MAX;

impl Session {
    /// viReadToFile: ends as viRead does; `count` bytes at most go to the file at `path`.
    pub fn read_to_file(&self, path: &Path, count: u32) -> Transfer<Stop> {
        let opened = self.require(Kinds::MESSAGE_BASED).and_then(|()| {
            let (link, call) = (self.link()?, self.admitted()?);
            Ok((link, call, file::create(path, self.settings.is_on(FILE_APPEND_EN))?))
        });
        let (link, call, mut file) = match opened {
            Ok(opened) => opened,
            Err(error) => return Transfer::failed(0, error),
        };
        let moved = drain(&mut file, count.into(), |piece, begun| match begun {
            false => link.read(piece, &call),
            true => link.read_on(piece, &call),
        });
        if let Err(error) = moved.outcome {
            self.hint(&error, moved.count, &call);
        }
        moved
    }

    /// viWriteFromFile: sends `count` bytes of the file at `path`, or all it has; END goes with
    /// the last byte when VI_ATTR_SEND_END_EN.
    pub fn write_from_file(&self, path: &Path, count: u32) -> Transfer<()> {
        let opened = self
            .require(Kinds::MESSAGE_BASED)
            .and_then(|()| Ok((self.link()?, self.admitted()?, file::open(path)?)));
        let (link, call, mut file) = match opened {
            Ok(opened) => opened,
            Err(error) => return Transfer::failed(0, error),
        };
        let most = if count == WHOLE { u64::MAX } else { count.into() };
        feed(&mut file, most, |piece, last| {
            link.write(piece, &Call { send_end: call.send_end && last, ..call })
        })
    }
}

/// Moves what `read` brings to `file`, until it ends or `most` bytes have come. `read` is told
/// whether the message has begun before.
fn drain(
    file: &mut impl Write,
    most: u64,
    mut read: impl FnMut(&mut [u8], bool) -> Transfer<Stop>,
) -> Transfer<Stop> {
    let mut piece = vec![0; PIECE.min(clamp(most))];
    let mut count = 0;
    loop {
        let left = most - count as u64;
        if left == 0 {
            return Transfer::done(count, Stop::Count);
        }
        let room = piece.len().min(clamp(left));
        let got = read(&mut piece[..room], count > 0);
        let (kept, outcome) = store(file, &piece[..got.count]);
        count += kept;
        if let Err(error) = outcome {
            return Transfer::failed(count, error);
        }
        match got.outcome {
            Ok(Stop::Count) => {}
            outcome => return Transfer { count, outcome },
        }
    }
}

/// Writes all of `bytes`; how many the file took, and why no more.
fn store(file: &mut impl Write, bytes: &[u8]) -> (usize, Result) {
    let mut count = 0;
    while count < bytes.len() {
        match file.write(&bytes[count..]) {
            Ok(0) => return (count, Err(file::io_error(&ErrorKind::WriteZero.into()))),
            Ok(more) => count += more,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return (count, Err(file::io_error(&error))),
        }
    }
    (count, Ok(()))
}

/// Moves up to `most` bytes from `file` to `write`, which is told whether a piece is the last. To
/// know that, the next one is read first: pipes and devices tell no size.
fn feed(
    file: &mut impl Read,
    most: u64,
    mut write: impl FnMut(&[u8], bool) -> Transfer<()>,
) -> Transfer<()> {
    let size = PIECE.min(clamp(most));
    let (mut piece, mut next) = (vec![0; size], vec![0; size]);
    let mut count = 0;
    let mut left = most;
    let mut load = |piece: &mut [u8]| -> std::result::Result<usize, Error> {
        let room = piece.len().min(clamp(left));
        let got = fill(file, &mut piece[..room])?;
        left -= got as u64;
        Ok(got)
    };
    let mut here = match load(&mut piece) {
        Ok(here) => here,
        Err(error) => return Transfer::failed(0, error),
    };
    while here > 0 {
        let ahead = match load(&mut next) {
            Ok(ahead) => ahead,
            Err(error) => return Transfer::failed(count, error),
        };
        let sent = write(&piece[..here], ahead == 0);
        count += sent.count;
        if sent.outcome.is_err() {
            return Transfer { count, ..sent };
        }
        std::mem::swap(&mut piece, &mut next);
        here = ahead;
    }
    Transfer::done(count, ())
}

/// Fills `piece` as far as the file goes.
fn fill(file: &mut impl Read, piece: &mut [u8]) -> Result<usize> {
    let mut count = 0;
    while count < piece.len() {
        match file.read(&mut piece[count..]) {
            Ok(0) => break,
            Ok(more) => count += more,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(file::io_error(&error)),
        }
    }
    Ok(count)
}

fn clamp(left: u64) -> usize {
    usize::try_from(left).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests;
