#![forbid(unsafe_code)]
//! The status word, and waiting for its bits.

use visa::sim::gpib::Abort;
use visa::sim::gpib::Failure;
use visa::sim::gpib::Happened;
use visa::sim::gpib::Status;
use visa::sim::gpib::Until;

use crate::gpib::driver::Driver;
use crate::gpib::driver::Errno;
use crate::gpib::driver::FileId;
use crate::gpib::driver::Handle;
use crate::gpib::driver::Wait;
use crate::gpib::driver::errno;
use crate::gpib::driver::key;
use crate::gpib::ibsta;

impl Driver {
    /// The status word now, or when one of `wait.mask` is in it.
    pub fn wait(&self, file: FileId, number: u32, wait: Wait, abort: &Abort) -> Result<i32, Errno> {
        let handle = self.handle(file, number)?;
        let word = |status: &Status| self.word(file, number, &handle, status);
        let mut now = 0;
        let mut timed_out = false;
        if wait.mask == 0 {
            now = word(&self.board.status());
        } else {
            let limit = wait.timeout.map_or(Until::never(), Until::within).or(abort);
            let mut look = |status: &Status| {
                now = word(status);
                now & wait.mask != 0
            };
            match self.board.wait(&limit, &mut look) {
                Ok(_) => {}
                Err(Failure::Timeout) if wait.mask & ibsta::TIMO != 0 => timed_out = true,
                // Without TIMO in the mask the timer wakes nobody.
                Err(Failure::Timeout) => {
                    let rest = Until::never().or(abort);
                    self.board.wait(&rest, &mut look).map_err(errno)?;
                }
                Err(why) => return Err(errno(why)),
            }
        }
        // Only what is reported is cleared.
        let cleared = now & wait.clear;
        self.board.forget_happened(Happened {
            triggered: cleared & ibsta::DTAS != 0,
            cleared: cleared & ibsta::DCAS != 0,
            polled: cleared & ibsta::SPOLL != 0,
        });
        self.complete(file, number, wait);
        Ok(now | if timed_out { ibsta::TIMO } else { 0 })
    }

    /// The library says itself when an operation of several steps begins and ends.
    fn complete(&self, file: FileId, number: u32, wait: Wait) {
        if (wait.set | wait.clear) & ibsta::CMPL != 0 {
            self.mark(file, number, wait.set & ibsta::CMPL == 0);
        }
    }

    fn word(&self, file: FileId, number: u32, handle: &Handle, status: &Status) -> i32 {
        let mut shared = self.shared.lock();
        let busy = match shared.file(file) {
            Ok(file) => file.handles.get(&number).is_some_and(|handle| handle.busy),
            Err(_) => false,
        };
        let queue = shared.devices.get(&key(handle.pad, handle.sad));
        let waiting = !handle.is_board && queue.is_some_and(|device| !device.bytes.is_empty());
        let bits = [
            (status.in_charge, ibsta::CIC),
            (status.atn, ibsta::ATN),
            (status.talker, ibsta::TACS),
            (status.listener, ibsta::LACS),
            (status.remote, ibsta::REM),
            (status.lockout, ibsta::LOK),
            (status.srq, ibsta::SRQI),
            (status.happened.triggered, ibsta::DTAS),
            (status.happened.cleared, ibsta::DCAS),
            (status.happened.polled, ibsta::SPOLL),
            (status.events > 0, ibsta::EVENT),
            (waiting, ibsta::RQS),
            (!busy, ibsta::CMPL),
        ];
        bits.iter().filter(|(is, _)| *is).map(|(_, bit)| bit).sum()
    }
}
