//! Boards and devices of a GPIB library.
//!
//! All that may block is asked for asynchronously (`ibrda`, `ibwrta`, `ibcmda`), so that a deadline
//! or viTerminate can end it (`ibstop`). The library tells of its end by nothing that could be
//! waited for beside a cancel: `ibwait` blocks in the library, and no other call may end it. So it is
//! asked again and again whether the operation has ended, first at once and then every
//! [`LOOK`].

use std::ffi::{CString, c_char, c_int, c_long, c_short};
use std::mem::ManuallyDrop;
use std::time::Duration;

use crate::os::Deadline;
use crate::os::Wait;
use crate::os::gpib::functions::{Background, Functions, load};
use crate::os::gpib::sta;
use crate::status::{
    Error, Result, VI_ERROR_ABORT, VI_ERROR_ALLOC, VI_ERROR_BERR, VI_ERROR_FILE_IO,
    VI_ERROR_IN_PROGRESS, VI_ERROR_INTF_NUM_NCONFIG, VI_ERROR_INV_PARAMETER, VI_ERROR_IO,
    VI_ERROR_NCIC, VI_ERROR_NLISTENERS, VI_ERROR_NSUP_OPER, VI_ERROR_NSYS_CNTLR,
    VI_ERROR_SYSTEM_ERROR, VI_ERROR_TMO, fail,
};

/// How often an operation that goes on is looked at.
const LOOK: Duration = Duration::from_millis(1);

/// How much longer than its time an operation may take to end by itself: where the library's own
/// timeout is the caller's, it alone knows how many bytes were moved.
const GRACE: Duration = Duration::from_millis(5);

/// The library's timeouts by their codes, in microseconds; code 0 is none.
const STEPS: [u64; 18] = [
    0,
    10,
    30,
    100,
    300,
    1_000,
    3_000,
    10_000,
    30_000,
    100_000,
    300_000,
    1_000_000,
    3_000_000,
    10_000_000,
    30_000_000,
    100_000_000,
    300_000_000,
    1_000_000_000,
];

/// What `ibask` and `ibconfig` know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
#[expect(missing_docs, reason = "the manuals' names")]
pub enum Setting {
    Pad = 0x01,
    Sad = 0x02,
    Eot = 0x04,
    Readdr = 0x06,
    Autopoll = 0x07,
    Sc = 0x0A,
    EosRd = 0x0C,
    EosCmp = 0x0E,
    EosChar = 0x0F,
    SPollTime = 0x18,
    EndBitIsNormal = 0x1A,
    UnAddr = 0x1B,
    HsCableLength = 0x1F,
}

/// A board's or a device's descriptor.
pub struct Descriptor {
    library: &'static Functions,
    ud: c_int,
    /// To be given back: a board's own number is not.
    is_ours: bool,
}

/// What a board does at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Control {
    InterfaceClear,
    RemoteEnable(bool),
    TakeControl {
        synchronously: bool,
    },
    Standby {
        handshake: bool,
    },
    SystemController(bool),
    StatusByte(u8),
    /// To the device whose descriptor it is.
    PassControl,
}

impl Control {
    fn name(self) -> &'static str {
        match self {
            Self::InterfaceClear => "ibsic",
            Self::RemoteEnable(_) => "ibsre",
            Self::TakeControl { .. } => "ibcac",
            Self::Standby { .. } => "ibgts",
            Self::SystemController(_) => "ibrsc",
            Self::StatusByte(_) => "ibrsv",
            Self::PassControl => "ibpct",
        }
    }
}

/// How an operation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Bytes moved, as far as the library knows.
    pub count: usize,
    /// Whether the last byte read came with END.
    pub end: bool,
    /// Or why it failed.
    pub outcome: Result,
}

impl Descriptor {
    /// The board that has this number in the library.
    ///
    /// # Errors
    /// VI_ERROR_LIBRARY_NFOUND, VI_ERROR_INTF_NUM_NCONFIG.
    pub fn board(index: u16) -> Result<Self> {
        let library = load()?;
        let mut board = Self { library, ud: index.into(), is_ours: false };
        if !library.is_linux_gpib {
            let name = CString::new(format!("gpib{index}")).unwrap_or_default();
            // SAFETY: a NUL-terminated text.
            board.ud = unsafe { (library.ibfind)(name.as_ptr()) };
            board.is_ours = true;
            if board.ud < 0 {
                board.is_ours = false;
                return fail(VI_ERROR_INTF_NUM_NCONFIG, "the GPIB library has no such board");
            }
        }
        board
            .ask(Setting::Pad)
            .map_err(|error| Error { code: VI_ERROR_INTF_NUM_NCONFIG, ..error })?;
        Ok(board)
    }

    /// A device on the library's board `index`; `secondary` from 0 to 30.
    ///
    /// # Errors
    /// Those of `ibdev`.
    pub fn device(index: u16, primary: u8, secondary: Option<u8>) -> Result<Self> {
        let library = load()?;
        let (timeout, send_end, no_end_character) = (code_at_least(Duration::from_secs(1)), 1, 0);
        // SAFETY: plain numbers.
        let ud = unsafe {
            (library.ibdev)(
                index.into(),
                primary.into(),
                secondary_code(secondary),
                timeout,
                send_end,
                no_end_character,
            )
        };
        let device = Self { library, ud, is_ours: ud >= 0 };
        if ud < 0 { Err(device.error(sta::ERR, "ibdev")) } else { Ok(device) }
    }

    /// A setting's value.
    ///
    /// # Errors
    /// Those of `ibask`.
    pub fn ask(&self, setting: Setting) -> Result<i32> {
        let mut value = 0;
        // SAFETY: the descriptor is open; one writable number.
        let sta = unsafe { (self.library.ibask)(self.ud, setting as c_int, &mut value) };
        self.check(sta, "ibask")?;
        Ok(value)
    }

    /// Changes a setting.
    ///
    /// # Errors
    /// Those of `ibconfig`.
    pub fn configure(&self, setting: Setting, value: i32) -> Result {
        // SAFETY: the descriptor is open; plain numbers.
        let sta = unsafe { (self.library.ibconfig)(self.ud, setting as c_int, value) };
        self.check(sta, "ibconfig")
    }

    /// Lets the board send and receive as the one at this address.
    ///
    /// # Errors
    /// Those of `ibpad` and `ibsad`.
    pub fn set_address(&self, primary: u8, secondary: Option<u8>) -> Result {
        // SAFETY: the descriptor is open; plain numbers.
        let sta = unsafe { (self.library.ibpad)(self.ud, primary.into()) };
        self.check(sta, "ibpad")?;
        // SAFETY: as above.
        let sta = unsafe { (self.library.ibsad)(self.ud, secondary_code(secondary)) };
        self.check(sta, "ibsad")
    }

    /// `ibsic`, `ibsre`, `ibcac`, `ibgts`, `ibrsc`, `ibrsv`, `ibpct`: what takes no time.
    ///
    /// # Errors
    /// Those of the function.
    pub fn control(&self, what: Control) -> Result {
        let Functions { ibsic, ibsre, ibcac, ibgts, ibrsc, ibrsv, ibpct, .. } = *self.library;
        // SAFETY: the descriptor is open; plain numbers.
        let sta = unsafe {
            match what {
                Control::InterfaceClear => ibsic(self.ud),
                Control::RemoteEnable(on) => ibsre(self.ud, on.into()),
                Control::TakeControl { synchronously } => ibcac(self.ud, synchronously.into()),
                Control::Standby { handshake } => ibgts(self.ud, handshake.into()),
                Control::SystemController(on) => ibrsc(self.ud, on.into()),
                Control::StatusByte(byte) => ibrsv(self.ud, byte.into()),
                Control::PassControl => ibpct(self.ud),
            }
        };
        self.check(sta, what.name())
    }

    /// The lines: which can be told in the lower byte, and which of these are asserted in the
    /// upper.
    ///
    /// # Errors
    /// Those of `iblines`.
    pub fn lines(&self) -> Result<u16> {
        let mut lines: c_short = 0;
        // SAFETY: the descriptor is open; one writable number.
        let sta = unsafe { (self.library.iblines)(self.ud, &mut lines) };
        self.check(sta, "iblines")?;
        Ok(lines as u16)
    }

    /// Whether somebody listens at an address.
    ///
    /// # Errors
    /// Those of `ibln`.
    pub fn is_listener(&self, primary: u8, secondary: Option<u8>) -> Result<bool> {
        let secondary = secondary_code(secondary);
        let mut found: c_short = 0;
        // SAFETY: the descriptor is open; one writable number.
        let sta = unsafe { (self.library.ibln)(self.ud, primary.into(), secondary, &mut found) };
        self.check(sta, "ibln")?;
        Ok(found != 0)
    }

    /// What is so now.
    ///
    /// # Errors
    /// Those of `ibwait`.
    pub fn status(&self) -> Result<i32> {
        self.wait(0)
    }

    /// Waits for one of the bits of `mask`, or the library's timeout; that only if it is one of
    /// them.
    ///
    /// # Errors
    /// Those of `ibwait`.
    pub fn wait(&self, mask: i32) -> Result<i32> {
        // SAFETY: the descriptor is open; a plain number.
        let sta = unsafe { (self.library.ibwait)(self.ud, mask) };
        self.check(sta, "ibwait")?;
        Ok(sta & 0xFFFF)
    }

    /// Sets the library's timeout: the shortest of its steps that is not shorter.
    ///
    /// # Errors
    /// Those of `ibtmo`.
    pub fn set_timeout(&self, time: Option<Duration>) -> Result {
        let code = time.map_or(0, code_at_least);
        // SAFETY: the descriptor is open; a plain number.
        let sta = unsafe { (self.library.ibtmo)(self.ud, code) };
        self.check(sta, "ibtmo")
    }

    /// A status byte, by a serial poll: in attempts of growing length, since nothing can end one.
    ///
    /// # Errors
    /// VI_ERROR_TMO, VI_ERROR_ABORT between two attempts; those of `ibrsp`.
    pub fn serial_poll(&self, wait: &Wait) -> Result<u8> {
        let mut longest = Duration::from_millis(100);
        loop {
            let left = wait.deadline.remaining().map_or(longest, |left| left.min(longest));
            let code = code_at_most(left);
            // A library that knows no such setting has its own time, or the descriptor's.
            let _ = self.configure(Setting::SPollTime, code);
            // SAFETY: the descriptor is open; a plain number.
            unsafe { (self.library.ibtmo)(self.ud, code) };
            let mut byte: c_char = 0;
            // SAFETY: the descriptor is open; one writable byte.
            let sta = unsafe { (self.library.ibrsp)(self.ud, &mut byte) };
            match self.check(sta, "ibrsp") {
                Ok(()) => return Ok(byte as u8),
                Err(error) if error.code != VI_ERROR_TMO => return Err(error),
                Err(error) => {
                    wait.ticket.check()?;
                    if wait.deadline.remaining().is_some_and(|left| left < SHORTEST_POLL) {
                        return Err(error);
                    }
                }
            }
            longest = (longest * 3).min(Duration::from_secs(1));
        }
    }

    /// Reads into `buf`, up to END, the end character that is configured, or the count.
    pub fn read(&self, buf: &mut [u8], wait: &Wait) -> Ended {
        let room = vec![0; buf.len()].into_boxed_slice();
        let (ended, bytes) = self.operate(room, wait, |ud, bytes, count| {
            // SAFETY: an open descriptor and `count` writable bytes that stay until the operation
            // has ended.
            unsafe { (self.library.ibrda)(ud, bytes.cast(), count) }
        });
        buf[..ended.count].copy_from_slice(&bytes[..ended.count]);
        ended
    }

    /// Writes `data`; END goes with the last byte as configured.
    pub fn write(&self, data: &[u8], wait: &Wait) -> Ended {
        let (ended, _) = self.operate(data.into(), wait, |ud, bytes, count| {
            // SAFETY: an open descriptor and `count` readable bytes that stay until the operation
            // has ended.
            unsafe { (self.library.ibwrta)(ud, bytes.cast(), count) }
        });
        ended
    }

    /// Sends bytes with ATN asserted.
    pub fn command(&self, commands: &[u8], wait: &Wait) -> Ended {
        let (ended, _) = self.operate(commands.into(), wait, |ud, bytes, count| {
            // SAFETY: as for `write`.
            unsafe { (self.library.ibcmda)(ud, bytes.cast(), count) }
        });
        ended
    }

    /// The same, for as long as the library's timeout is at most: nothing else ends it.
    ///
    /// # Errors
    /// Those of `ibcmd`.
    pub fn command_at_once(&self, commands: &[u8]) -> Result {
        let count = commands.len() as c_long;
        // SAFETY: the descriptor is open; `count` readable bytes.
        let sta = unsafe { (self.library.ibcmd)(self.ud, commands.as_ptr().cast(), count) };
        self.check(sta, "ibcmd")
    }

    /// Carries out an operation that `start` starts on bytes of its own: they are given up rather
    /// than freed should the library never let go of them.
    fn operate(
        &self,
        bytes: Box<[u8]>,
        wait: &Wait,
        start: impl FnOnce(c_int, *mut u8, c_long) -> c_int,
    ) -> (Ended, Box<[u8]>) {
        let failed = |error| Ended { count: 0, end: false, outcome: Err(error) };
        if let Err(error) = self.set_timeout(wait.deadline.remaining()) {
            return (failed(error), bytes);
        }
        let length = bytes.len();
        let mut bytes = ManuallyDrop::new(bytes);
        let started = start(self.ud, bytes.as_mut_ptr(), length as c_long);
        if let Err(error) = self.check(started, "GPIB operation") {
            return (failed(error), ManuallyDrop::into_inner(bytes));
        }
        match self.finish(wait) {
            Ok(mut ended) => {
                ended.count = ended.count.min(length);
                (ended, ManuallyDrop::into_inner(bytes))
            }
            // Perhaps it is still being used; so it stays.
            Err(error) => (failed(error), vec![0; length].into_boxed_slice()),
        }
    }

    /// Waits for the end of an operation, and brings it about when its time has come.
    fn finish(&self, wait: &Wait) -> Result<Ended> {
        let late = wait.prolonged(GRACE);
        loop {
            // SAFETY: the descriptor is open; a plain number.
            let sta = unsafe { (self.library.ibwait)(self.ud, 0) };
            if sta & sta::CMPL != 0 {
                return Ok(self.ended());
            }
            if sta & sta::ERR != 0 {
                return self.stop(self.error(sta, "ibwait"));
            }
            let cancelled = wait.ticket.check().err();
            let timed_out = || Error::new(VI_ERROR_TMO, "deadline passed");
            let expired = late.deadline.has_passed().then(timed_out);
            if let Some(error) = cancelled.or(expired) {
                return self.stop(error);
            }
            // A cancel ends it early, and is seen above.
            let _ = Wait { deadline: late.deadline.min(Deadline::after(LOOK)), ..*wait }.pass();
        }
    }

    /// The results of an operation that has ended.
    fn ended(&self) -> Ended {
        // Only a wait for it hands them out.
        // SAFETY: the descriptor is open; a plain number.
        let sta = unsafe { (self.library.ibwait)(self.ud, sta::CMPL) };
        let count = self.count();
        let outcome = self.check(sta, "GPIB operation");
        Ended { count, end: sta & sta::END != 0, outcome }
    }

    /// Ends an operation, which then has failed with `error`; unless it has just ended by itself.
    /// How many bytes one that was cut has moved, linux-gpib does not know.
    fn stop(&self, error: Error) -> Result<Ended> {
        // SAFETY: the descriptor is open.
        let sta = unsafe { (self.library.ibstop)(self.ud) };
        let count = self.count();
        // EABO is a success here, and without ERR nothing went on any more.
        if sta & sta::ERR != 0 && self.error_number() != EABO {
            return Err(self.error(sta, "ibstop"));
        }
        if let Some(Background { sta, err, cnt }) = &self.library.background {
            // SAFETY: no arguments.
            let (sta, err, cnt) = unsafe { (sta(), err(), cnt()) };
            if sta & sta::CMPL != 0 {
                let outcome = match (sta & sta::ERR, err) {
                    (0, _) => Ok(()),
                    // By our own stop.
                    (_, EABO) => Err(error),
                    _ => Err(Error::new(status_of(err, false), "GPIB operation")),
                };
                let count = cnt as u32 as usize;
                return Ok(Ended { count, end: sta & sta::END != 0, outcome });
            }
        }
        Ok(Ended { count, end: false, outcome: Err(error) })
    }

    fn count(&self) -> usize {
        // SAFETY: no arguments. Half of the result counts where the library returns 32 bits.
        unsafe { (self.library.ibcnt)() as u32 as usize }
    }

    fn error_number(&self) -> c_int {
        // SAFETY: no arguments.
        unsafe { (self.library.iberr)() }
    }

    /// What `ibsta` says about a call of this thread.
    fn check(&self, sta: c_int, at: &'static str) -> Result {
        if sta & sta::ERR == 0 { Ok(()) } else { Err(self.error(sta, at)) }
    }

    fn error(&self, sta: c_int, at: &'static str) -> Error {
        let number = self.error_number();
        if number == EDVR {
            return Error::with_os(VI_ERROR_SYSTEM_ERROR, at, self.count() as i32);
        }
        Error::new(status_of(number, sta & sta::TIMO != 0), at)
    }
}

impl Drop for Descriptor {
    fn drop(&mut self) {
        if self.is_ours {
            // SAFETY: the descriptor is open, and not used after.
            unsafe { (self.library.ibonl)(self.ud, 0) };
        }
    }
}

/// The shortest time in which a device may answer a poll.
const SHORTEST_POLL: Duration = Duration::from_millis(1);

/// Values of `iberr`.
const EDVR: c_int = 0;
const EABO: c_int = 6;

/// The VISA status of an `iberr`.
fn status_of(number: c_int, timed_out: bool) -> crate::consts::ViStatus {
    match number {
        EABO if timed_out => VI_ERROR_TMO,
        // Not by our own ibstop, which is known.
        EABO => VI_ERROR_ABORT,
        // Command bytes that nobody took in time.
        14 if timed_out => VI_ERROR_TMO,
        1 | 3 => VI_ERROR_NCIC,
        2 => VI_ERROR_NLISTENERS,
        4 => VI_ERROR_INV_PARAMETER,
        5 => VI_ERROR_NSYS_CNTLR,
        7 => VI_ERROR_INTF_NUM_NCONFIG,
        8 => VI_ERROR_IO,
        10 => VI_ERROR_IN_PROGRESS,
        11 => VI_ERROR_NSUP_OPER,
        12 => VI_ERROR_FILE_IO,
        14 => VI_ERROR_BERR,
        20 => VI_ERROR_ALLOC,
        _ => VI_ERROR_IO,
    }
}

/// The code of the shortest step that is not shorter than `time`.
fn code_at_least(time: Duration) -> c_int {
    let fits = |step: &u64| u128::from(*step) >= time.as_micros().max(1);
    // Longer than the longest: none.
    STEPS.iter().position(fits).unwrap_or(0) as c_int
}

/// The code of the longest step that is not longer than `time`; of the shortest, if all are.
fn code_at_most(time: Duration) -> c_int {
    let fits = |step: &u64| *step > 0 && u128::from(*step) <= time.as_micros();
    STEPS.iter().rposition(fits).unwrap_or(1) as c_int
}

/// A secondary address as the library has it: 0 for none.
fn secondary_code(secondary: Option<u8>) -> c_int {
    secondary.map_or(0, |secondary| 0x60 + c_int::from(secondary))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timeout_becomes_the_next_longer_step() {
        let code = |ms| code_at_least(Duration::from_millis(ms));
        assert_eq!((code(10), code(11), code(700), code(1000), code(1001)), (7, 8, 11, 11, 12));
        assert_eq!(code_at_least(Duration::ZERO), 1, "never none");
        assert_eq!(code_at_least(Duration::from_secs(1_000_000)), 0);
    }

    #[test]
    fn an_attempt_is_never_longer_than_the_time_left() {
        let code = |ms| code_at_most(Duration::from_millis(ms));
        assert_eq!((code(10), code(11), code(700), code(1000), code(5)), (7, 7, 10, 11, 6));
        assert_eq!(code_at_most(Duration::ZERO), 1);
        assert_eq!(code_at_most(Duration::from_secs(1_000_000)), 17);
    }

    #[test]
    fn errors_become_what_the_standard_calls_them() {
        assert_eq!(status_of(2, false), VI_ERROR_NLISTENERS);
        assert_eq!(status_of(EABO, true), VI_ERROR_TMO);
        assert_eq!(status_of(EABO, false), VI_ERROR_ABORT);
        assert_eq!(status_of(14, true), VI_ERROR_TMO);
        assert_eq!(status_of(14, false), VI_ERROR_BERR);
        assert_eq!(status_of(99, false), VI_ERROR_IO);
    }

    #[test]
    fn secondary_zero_is_not_none() {
        assert_eq!((secondary_code(None), secondary_code(Some(0))), (0, 0x60));
    }
}
