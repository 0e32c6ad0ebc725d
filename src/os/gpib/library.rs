//! Boards and devices of a GPIB library.
//!
//! All that may block is asked for asynchronously (`ibrda`, `ibwrta`, `ibcmda`), so that a deadline
//! or viTerminate can end it (`ibstop`). The library tells of its end by nothing that could be
//! waited for beside a cancel: `ibwait` blocks in the library, and no other call may end it. So it is
//! asked again and again whether the operation has ended, first at once and then every
//! millisecond.

use std::ffi::{CString, c_char, c_int, c_long, c_short};
use std::mem::ManuallyDrop;
use std::time::Duration;

pub use crate::os::gpib::control::{Control, Setting};

use crate::os::Deadline;
use crate::os::Wait;
use crate::os::gpib::codes::{EABO, EDVR, code_at_least, code_at_most, secondary_code, status_of};
use crate::os::gpib::functions::{Background, Functions, load};
use crate::os::gpib::sta;
use crate::os::memory;
use crate::status::{
    Error, Result, VI_ERROR_INTF_NUM_NCONFIG, VI_ERROR_SYSTEM_ERROR, VI_ERROR_TMO, fail,
};

/// How often an operation that goes on is looked at.
const LOOK: Duration = Duration::from_millis(1);

/// How much longer than its time an operation may take to end by itself: where the library's own
/// timeout is the caller's, it alone knows how many bytes were moved.
const GRACE: Duration = Duration::from_millis(5);

/// A board's or a device's descriptor.
pub struct Descriptor {
    library: &'static Functions,
    ud: c_int,
    /// To be given back: a board's own number is not.
    is_ours: bool,
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

    /// Whether all descriptors of a board have one timeout, as linux-gpib's: they are one.
    pub fn shares_timeout(&self) -> bool {
        self.library.is_linux_gpib && !self.is_ours
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

    /// A status byte, by a serial poll: in attempts of `ATTEMPT`, since nothing can end one. A
    /// shorter one might end on a busy machine when the device has just answered, and its request
    /// be lost.
    ///
    /// # Errors
    /// VI_ERROR_TMO, VI_ERROR_ABORT between two attempts; those of `ibrsp`.
    pub fn serial_poll(&self, wait: &Wait) -> Result<u8> {
        loop {
            let left = wait.deadline.remaining().map_or(ATTEMPT, |left| left.min(ATTEMPT));
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
        match memory::store(buf, &bytes[..ended.count]) {
            Ok(()) => ended,
            Err(error) => Ended { count: 0, end: false, outcome: Err(error) },
        }
    }

    /// Writes `data`; END goes with the last byte as configured.
    pub fn write(&self, data: &[u8], wait: &Wait) -> Ended {
        let bytes = match own(data) {
            Ok(bytes) => bytes,
            Err(error) => return Ended { count: 0, end: false, outcome: Err(error) },
        };
        let (ended, _) = self.operate(bytes, wait, |ud, bytes, count| {
            // SAFETY: an open descriptor and `count` readable bytes that stay until the operation
            // has ended.
            unsafe { (self.library.ibwrta)(ud, bytes.cast(), count) }
        });
        ended
    }

    /// Sends bytes with ATN asserted.
    pub fn command(&self, commands: &[u8], wait: &Wait) -> Ended {
        let bytes = match own(commands) {
            Ok(bytes) => bytes,
            Err(error) => return Ended { count: 0, end: false, outcome: Err(error) },
        };
        let (ended, _) = self.operate(bytes, wait, |ud, bytes, count| {
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
                return Ok(self.ended(wait));
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

    /// The results of an operation that has ended. linux-gpib does not say that one was aborted
    /// because its time was over: the clock does.
    fn ended(&self, wait: &Wait) -> Ended {
        // Only a wait for it hands them out.
        // SAFETY: the descriptor is open; a plain number.
        let sta = unsafe { (self.library.ibwait)(self.ud, sta::CMPL) };
        let count = self.count();
        let late = if wait.deadline.has_passed() { sta::TIMO } else { 0 };
        let outcome = self.check(sta | late, "GPIB operation");
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
                    _ => Err(Error::new(
                        status_of(err, error.code == VI_ERROR_TMO),
                        "GPIB operation",
                    )),
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

/// A copy of the caller's bytes, which may not be there: the library would follow the pointer.
fn own(callers: &[u8]) -> Result<Box<[u8]>> {
    let mut own = vec![0; callers.len()].into_boxed_slice();
    memory::fetch(&mut own, callers)?;
    Ok(own)
}

/// The longest single poll.
const ATTEMPT: Duration = Duration::from_secs(1);

/// The shortest time in which a device may answer a poll.
const SHORTEST_POLL: Duration = Duration::from_millis(1);
