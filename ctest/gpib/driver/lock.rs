#![forbid(unsafe_code)]
//! The lock of the board: one thread of one file has it, in the order of asking.

use visa::sim::gpib::Abort;
use visa::sim::gpib::Until;

use crate::gpib::driver::Caller;
use crate::gpib::driver::Driver;
use crate::gpib::driver::Errno;
use crate::gpib::driver::FileId;
use crate::gpib::driver::errno;

impl Driver {
    /// Waits until the board is the caller's alone.
    pub fn lock(&self, caller: Caller, abort: &Abort) -> Result<(), Errno> {
        self.acquire((caller.file, caller.thread), abort)
    }

    /// Takes the board if it is free and nobody waits for it.
    pub fn try_lock(&self, caller: Caller) -> bool {
        let mut shared = self.shared.lock();
        let is_free = shared.holder.is_none() && shared.queue.is_empty();
        if is_free {
            shared.holder = Some((caller.file, caller.thread));
        }
        is_free
    }

    pub(super) fn acquire(&self, who: (FileId, u32), abort: &Abort) -> Result<(), Errno> {
        let ticket = {
            let mut shared = self.shared.lock();
            let ticket = shared.next_ticket;
            shared.next_ticket += 1;
            shared.queue.push_back(ticket);
            ticket
        };
        let got = self.board.wait(&Until::never().or(abort), |_| {
            let mut shared = self.shared.lock();
            let mine = shared.holder.is_none() && shared.queue.front() == Some(&ticket);
            if mine {
                shared.holder = Some(who);
                shared.queue.pop_front();
            }
            mine
        });
        if got.is_err() {
            self.shared.lock().queue.retain(|waiting| *waiting != ticket);
            self.board.bus().wake();
        }
        got.map(drop).map_err(errno)
    }

    pub fn unlock(&self, caller: Caller) -> Result<(), Errno> {
        self.release((caller.file, caller.thread))
    }

    pub(super) fn release(&self, who: (FileId, u32)) -> Result<(), Errno> {
        {
            let mut shared = self.shared.lock();
            // The thread counts, not the file.
            if shared.holder.is_none_or(|(_, thread)| thread != who.1) {
                return Err(libc::EPERM);
            }
            shared.holder = None;
        }
        self.board.bus().wake();
        Ok(())
    }

    /// Fails unless the calling thread has the board.
    pub fn needs_lock(&self, caller: Caller) -> Result<(), Errno> {
        let holder = self.shared.lock().holder;
        if holder.is_some_and(|(_, thread)| thread == caller.thread) {
            Ok(())
        } else {
            Err(libc::EPERM)
        }
    }
}
