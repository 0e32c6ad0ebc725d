#![forbid(unsafe_code)]
//! Data and commands.

use visa::sim::gpib::Abort;
use visa::sim::gpib::Failure;

use crate::gpib::driver::Driver;
use crate::gpib::driver::Errno;
use crate::gpib::driver::FileId;
use crate::gpib::driver::errno;

impl Driver {
    /// Marks the handle as busy for as long as `work` goes on; `longer`: an operation of several
    /// steps, that the library ends itself.
    fn busy<T>(
        &self,
        file: FileId,
        number: u32,
        longer: bool,
        work: impl FnOnce() -> T,
    ) -> Result<T, Errno> {
        self.handle(file, number)?;
        self.mark(file, number, true);
        let result = work();
        if !longer {
            self.mark(file, number, false);
        }
        Ok(result)
    }

    pub(super) fn mark(&self, file: FileId, number: u32, busy: bool) {
        if let Ok(file) = self.shared.lock().file(file)
            && let Some(handle) = file.handles.get_mut(&number)
        {
            handle.busy = busy;
        }
        self.board.bus().wake();
    }

    /// Bytes, whether END came with the last one, and what went wrong.
    pub fn read(
        &self,
        file: FileId,
        handle: u32,
        most: usize,
        abort: &Abort,
    ) -> (Vec<u8>, bool, Result<(), Errno>) {
        let terminator = self.shared.lock().terminator;
        let until = self.until(abort);
        if most == 0 {
            return (Vec::new(), false, self.handle(file, handle).map(drop));
        }
        let got = self.busy(file, handle, false, || self.board.read(most, terminator, &until));
        match got {
            // A terminator counts as END here (linux-gpib: ibrd sets END for both).
            Ok(got) => (
                got.data,
                got.end || got.matched,
                got.failure.map_or(Ok(()), |why| Err(errno(why))),
            ),
            Err(error) => (Vec::new(), false, Err(error)),
        }
    }

    /// How many bytes went, and what went wrong.
    pub fn write(
        &self,
        file: FileId,
        handle: u32,
        data: &[u8],
        end: bool,
        abort: &Abort,
    ) -> (usize, Result<(), Errno>) {
        let until = self.until(abort);
        match self.busy(file, handle, false, || self.board.write(data, end, &until)) {
            Ok(Ok(())) => (data.len(), Ok(())),
            Ok(Err((count, why))) => (count, Err(errno(why))),
            Err(error) => (0, Err(error)),
        }
    }

    /// The same for commands; `longer`: more follows for which the handle is busy.
    pub fn command(
        &self,
        file: FileId,
        handle: u32,
        bytes: &[u8],
        longer: bool,
        abort: &Abort,
    ) -> (usize, Result<(), Errno>) {
        let until = self.until(abort);
        let sent = self.busy(file, handle, longer, || self.board.command(bytes, &until));
        if !matches!(sent, Ok(Ok(()))) {
            // Nothing follows after all.
            self.mark(file, handle, false);
        }
        match sent {
            Ok(Ok(())) => (bytes.len(), Ok(())),
            Ok(Err((count, Failure::NoListeners))) => (count, Err(libc::ENOTCONN)),
            Ok(Err((count, why))) => (count, Err(errno(why))),
            Err(error) => (0, Err(error)),
        }
    }
}
