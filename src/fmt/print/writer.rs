#![forbid(unsafe_code)]
//! Gathers small pieces of output, so that an array costs few calls of [`Output::put`].

use crate::fmt::Output;
use crate::status::Result;

const ROOM: usize = 1024;

/// Output behind a stage of constant size.
pub(super) struct Writer<'o> {
    output: &'o mut dyn Output,
    staged: [u8; ROOM],
    used: usize,
}

impl<'o> Writer<'o> {
    pub(super) fn new(output: &'o mut dyn Output) -> Self {
        Self { output, staged: [0; ROOM], used: 0 }
    }

    /// Writes `bytes`, without END.
    pub(super) fn put(&mut self, bytes: &[u8]) -> Result {
        if bytes.len() > ROOM - self.used {
            self.flush()?;
            if bytes.len() >= ROOM {
                return self.output.put(bytes, false);
            }
        }
        self.staged[self.used..][..bytes.len()].copy_from_slice(bytes);
        self.used += bytes.len();
        Ok(())
    }

    /// Writes `byte` `count` times, in constant memory.
    pub(super) fn repeat(&mut self, byte: u8, mut count: usize) -> Result {
        while count > 0 {
            if self.used == ROOM {
                self.flush()?;
            }
            let now = count.min(ROOM - self.used);
            self.staged[self.used..][..now].fill(byte);
            self.used += now;
            count -= now;
        }
        Ok(())
    }

    /// Writes a line feed, with END.
    pub(super) fn end(&mut self) -> Result {
        self.put(b"\n")?;
        let used = std::mem::take(&mut self.used);
        self.output.put(&self.staged[..used], true)
    }

    /// Hands on what is staged, without END.
    pub(super) fn flush(&mut self) -> Result {
        let used = std::mem::take(&mut self.used);
        if used == 0 { Ok(()) } else { self.output.put(&self.staged[..used], false) }
    }
}
