//! The kernel's GPIB driver (`/dev/gpibN`, Linux 6.13 and later, and linux-gpib's own module), by
//! its ioctls.
//!
//! An ioctl that moves data blocks in the kernel, and only a signal or its own timeout (IBTMO, in
//! microseconds) ends it. A library sends no signals; so data is moved in pieces of time, each
//! `SLICE` at most, after which deadline and cancellation are looked at. The driver says how many
//! bytes a piece has moved, nobody is addressed anew, and the next goes on from there.

use std::fs::OpenOptions;
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::Path;
use std::time::Duration;

use crate::os::Wait;
use crate::os::gpib::hand::{Hand, Open};
use crate::os::gpib::ioctl::*;
use crate::os::gpib::sta;
use crate::os::own;
use crate::status::{
    Error, Result, VI_ERROR_ABORT, VI_ERROR_CONN_LOST, VI_ERROR_INTF_NUM_NCONFIG,
    VI_ERROR_INV_PARAMETER, VI_ERROR_IO, VI_ERROR_NCIC, VI_ERROR_NLISTENERS, VI_ERROR_NPERMISSION,
    VI_ERROR_NSUP_OPER, VI_ERROR_SYSTEM_ERROR, VI_ERROR_TMO, VI_ERROR_USER_BUF,
};

/// How long one ioctl may keep a call from its deadline and from viTerminate.
const SLICE: Duration = Duration::from_millis(200);

/// The bits that stay until they are cleared.
const HAPPENED: i32 = sta::DTAS | sta::DCAS;

/// What a board is, as far as it does not change by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Info {
    /// Its own address.
    pub primary: u8,
    /// Its own secondary address.
    pub secondary: Option<u8>,
    /// Whether it is the system controller.
    pub is_system_controller: bool,
}

/// How data was moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moved {
    /// Bytes moved.
    pub count: usize,
    /// Whether the driver says that the data ended: by END or the end character.
    pub end: bool,
    /// Or why it failed.
    pub outcome: Result,
}

/// An open board.
pub struct Device {
    hand: Hand,
    /// The device's number, whatever the path.
    number: u64,
}

impl Device {
    /// Opens the board.
    ///
    /// # Errors
    /// VI_ERROR_INTF_NUM_NCONFIG when there is none, VI_ERROR_NPERMISSION.
    pub fn open(path: &Path) -> Result<Self> {
        let unfit = |error: std::io::Error| {
            let code = match error.kind() {
                std::io::ErrorKind::PermissionDenied => VI_ERROR_NPERMISSION,
                _ => VI_ERROR_INTF_NUM_NCONFIG,
            };
            Error::with_os(code, "GPIB board", error.raw_os_error().unwrap_or(0))
        };
        let about = path.metadata().map_err(unfit)?;
        if !about.file_type().is_char_device() {
            return Err(Error::new(VI_ERROR_INTF_NUM_NCONFIG, "not a GPIB board"));
        }
        let open = || {
            let mut options = OpenOptions::new();
            options.read(true).write(true).custom_flags(libc::O_NOCTTY).open(path)
        };
        let (file, owned) = own::make(open).map_err(unfit)?;
        Ok(Self { hand: Hand::new(Open::new(file, owned)), number: about.rdev() })
    }

    /// What tells the board from others.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// What it is.
    ///
    /// # Errors
    /// Those of IBBOARD_INFO.
    pub fn info(&self) -> Result<Info> {
        let mut info = BoardInfo::default();
        self.call(IBBOARD_INFO, &mut info, "IBBOARD_INFO")?;
        Ok(Info {
            primary: info.primary as u8,
            secondary: u8::try_from(info.secondary).ok().filter(|secondary| *secondary <= 30),
            is_system_controller: info.is_system_controller != 0,
        })
    }

    /// Takes the board's mutex, by which linux-gpib's library keeps its programs apart.
    ///
    /// # Errors
    /// VI_ERROR_TMO at the deadline, VI_ERROR_ABORT; those of IBMUTEX.
    pub fn lock(&self, wait: &Wait) -> Result {
        let failed = |errno| Error::with_os(status_of(errno, IBMUTEX), "IBMUTEX", errno);
        self.hand.enter(wait, failed)
    }

    /// Gives it back.
    pub fn unlock(&self) {
        self.hand.leave();
    }

    /// Sends bytes with ATN asserted.
    pub fn command(&self, commands: &[u8], wait: &Wait) -> Moved {
        // SAFETY: readable bytes, which this request only reads.
        unsafe { self.transfer(IBCMD, commands.as_ptr() as u64, commands.len(), false, wait) }
    }

    /// Sends data, the last byte with END when `end`.
    pub fn write(&self, data: &[u8], end: bool, wait: &Wait) -> Moved {
        // SAFETY: as for `command`.
        unsafe { self.transfer(IBWRT, data.as_ptr() as u64, data.len(), end, wait) }
    }

    /// Receives data, up to END, the end character or the count.
    pub fn read(&self, buf: &mut [u8], end_character: Option<u8>, wait: &Wait) -> Moved {
        let flags = if end_character.is_some() { REOS | BIN } else { 0 };
        let mut eos = [end_character.unwrap_or(0).into(), flags];
        if let Err(error) = self.call(IBEOS, &mut eos, "IBEOS") {
            return Moved { count: 0, end: false, outcome: Err(error) };
        }
        // SAFETY: writable bytes.
        unsafe { self.transfer(IBRD, buf.as_mut_ptr() as u64, buf.len(), false, wait) }
    }

    /// Moves `count` bytes at `buffer`, in slices of time.
    ///
    /// # Safety
    /// The bytes are there, and may be written when the request does so.
    unsafe fn transfer(
        &self,
        request: libc::c_ulong,
        buffer: u64,
        count: usize,
        end: bool,
        wait: &Wait,
    ) -> Moved {
        let mut moved = Moved { count: 0, end: false, outcome: Ok(()) };
        while moved.count < count && !moved.end {
            moved.outcome = self.set_timeout(wait);
            if moved.outcome.is_err() {
                break;
            }
            let rest = count - moved.count;
            let requested = u32::try_from(rest).unwrap_or(u32::MAX);
            let mut piece = ReadWrite {
                buffer: buffer + moved.count as u64,
                requested,
                completed: 0,
                // In the last piece only.
                end: i32::from(end && rest == requested as usize),
                handle: BOARD,
            };
            let result = self.call(request, &mut piece, "GPIB transfer");
            moved.count += piece.completed.min(requested) as usize;
            moved.end = request == IBRD && piece.end != 0;
            match result {
                Ok(()) if piece.completed == 0 => {
                    moved.outcome = Err(Error::new(VI_ERROR_IO, "the driver moved nothing"));
                    break;
                }
                Ok(()) => {}
                // All was moved although the time was over.
                Err(error) if error.code == VI_ERROR_TMO && moved.count == count => {}
                Err(error) if error.code == VI_ERROR_TMO => {
                    moved.outcome = go_on(wait, error);
                    if moved.outcome.is_err() {
                        break;
                    }
                }
                Err(error) => {
                    moved.outcome = Err(error);
                    break;
                }
            }
        }
        moved
    }

    /// The lines: which can be told in the lower byte, and which of these are asserted in the
    /// upper.
    ///
    /// # Errors
    /// Those of IBLINES.
    pub fn lines(&self) -> Result<u16> {
        let mut lines = 0_u16;
        self.call(IBLINES, &mut lines, "IBLINES")?;
        Ok(lines)
    }

    /// Waits for one of the bits of `mask` of `ibsta`, at most `SLICE`; nothing is waited for
    /// without any, or without time. Tells what is so then. Of the bits that were waited for, those
    /// that say that something happened are told once.
    ///
    /// # Errors
    /// Those of IBWAIT.
    pub fn wait(&self, mask: i32, wait: &Wait) -> Result<i32> {
        let microseconds = slice(wait).map_or(0, |slice| slice.as_micros().max(1) as u32);
        let is_waiting = mask != 0 && microseconds > 0;
        let (wait_mask, clear_mask) =
            if is_waiting { (mask | sta::TIMO, mask & HAPPENED) } else { (0, 0) };
        self.ask(wait_mask, clear_mask, microseconds)
    }

    /// Forgets that something has happened: those of the bits of `mask` that say so.
    ///
    /// # Errors
    /// Those of IBWAIT.
    pub fn forget(&self, mask: i32) -> Result {
        // Without a wait, the driver clears before it looks.
        self.ask(0, mask & HAPPENED, 0).map(|_| ())
    }

    fn ask(&self, wait_mask: i32, clear_mask: i32, microseconds: u32) -> Result<i32> {
        let (primary, secondary) = (-1, -1);
        let mut waiting = WaitFor {
            handle: BOARD,
            wait_mask,
            clear_mask,
            set_mask: 0,
            ibsta: 0,
            primary,
            secondary,
            microseconds,
        };
        self.call(IBWAIT, &mut waiting, "IBWAIT")?;
        Ok(waiting.ibsta)
    }

    /// Pulses IFC.
    ///
    /// # Errors
    /// Those of IBSIC.
    pub fn interface_clear(&self) -> Result {
        const MICROSECONDS: u32 = 100;
        self.call(IBSIC, &mut { MICROSECONDS }, "IBSIC")
    }

    /// Sets the REN line.
    ///
    /// # Errors
    /// Those of IBSRE.
    pub fn remote_enable(&self, on: bool) -> Result {
        self.call(IBSRE, &mut i32::from(on), "IBSRE")
    }

    /// Asserts ATN; between two bytes when `synchronously`.
    ///
    /// # Errors
    /// Those of IBCAC.
    pub fn take_control(&self, synchronously: bool) -> Result {
        self.call(IBCAC, &mut i32::from(synchronously), "IBCAC")
    }

    /// Releases ATN.
    ///
    /// # Errors
    /// Those of IBGTS.
    pub fn standby(&self) -> Result {
        self.call(IBGTS, &mut 0_i32, "IBGTS")
    }

    /// Makes it the system controller, or not.
    ///
    /// # Errors
    /// Those of IBRSC.
    pub fn set_system_controller(&self, on: bool) -> Result {
        self.call(IBRSC, &mut i32::from(on), "IBRSC")
    }

    /// Sets what a serial poll of the board gives.
    ///
    /// # Errors
    /// Those of IBRSV.
    pub fn set_status_byte(&self, byte: u8) -> Result {
        self.call(IBRSV, &mut { byte }, "IBRSV")
    }

    /// Changes the board's own address.
    ///
    /// # Errors
    /// Those of IBPAD and IBSAD.
    pub fn set_address(&self, primary: u8, secondary: Option<u8>) -> Result {
        self.call(IBPAD, &mut [BOARD, primary.into()], "IBPAD")?;
        let secondary = secondary.map_or(-1, i32::from);
        self.call(IBSAD, &mut [BOARD as i32, secondary], "IBSAD")
    }

    /// The driver's timeout for the next slice: 0 would be none.
    fn set_timeout(&self, wait: &Wait) -> Result {
        wait.ticket.check()?;
        let microseconds = slice(wait).map_or(1, |slice| slice.as_micros().max(1) as u32);
        self.call(IBTMO, &mut { microseconds }, "IBTMO")
    }

    /// One ioctl, whose argument is a `T`.
    fn call<T>(&self, request: libc::c_ulong, argument: &mut T, at: &'static str) -> Result {
        // SAFETY: the argument that the request has by its size: the requests and their arguments
        // stand side by side above.
        let errno = unsafe {
            match request {
                // Without the mutex, and beside whatever the thread that has it does.
                IBWAIT | IBLINES | IBBOARD_INFO | IBPAD | IBSAD => {
                    self.hand.carry_out_here(request, argument)
                }
                _ => self.hand.carry_out(request, argument),
            }
        };
        match errno {
            0 => Ok(()),
            errno => Err(Error::with_os(status_of(errno, request), at, errno)),
        }
    }
}

/// The time of the next slice; `None` when there is none left.
fn slice(wait: &Wait) -> Option<Duration> {
    let left = wait.deadline.remaining().map_or(SLICE, |left| left.min(SLICE));
    (!left.is_zero()).then_some(left)
}

/// After a slice without success: whether there is time for another.
fn go_on(wait: &Wait, error: Error) -> Result {
    wait.ticket.check()?;
    if wait.deadline.has_passed() { Err(error) } else { Ok(()) }
}

/// The VISA status of what the driver answers.
fn status_of(errno: i32, request: libc::c_ulong) -> crate::consts::ViStatus {
    match errno {
        libc::ETIMEDOUT => VI_ERROR_TMO,
        libc::EINTR => VI_ERROR_ABORT,
        libc::EFAULT => VI_ERROR_USER_BUF,
        // Nobody accepts: a command (ENOTCONN), or data (ECOMM; EIO in older drivers).
        libc::ENOTCONN | libc::ECOMM => VI_ERROR_NLISTENERS,
        libc::EIO if request == IBWRT => VI_ERROR_NLISTENERS,
        // What only a controller in charge may do.
        libc::EINVAL if matches!(request, IBCMD | IBCAC | IBGTS) => VI_ERROR_NCIC,
        libc::EINVAL => VI_ERROR_INV_PARAMETER,
        libc::EOPNOTSUPP | libc::ENOSYS | libc::ENOTTY => VI_ERROR_NSUP_OPER,
        // Data while the board is not addressed.
        libc::ENXIO if matches!(request, IBRD | IBWRT) => VI_ERROR_NCIC,
        libc::ENODEV | libc::ENXIO => VI_ERROR_CONN_LOST,
        libc::EPERM | libc::EACCES => VI_ERROR_NPERMISSION,
        libc::EIO => VI_ERROR_IO,
        _ => VI_ERROR_SYSTEM_ERROR,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_no_board() {
        let error = Device::open(Path::new("/etc/passwd")).err().unwrap();
        assert_eq!(error.code, VI_ERROR_INTF_NUM_NCONFIG);
        let error = Device::open(Path::new("/dev/gpib-that-is-not-there")).err().unwrap();
        assert_eq!(error.code, VI_ERROR_INTF_NUM_NCONFIG);
    }

    #[test]
    fn a_character_device_that_is_no_board_answers_no_request() {
        let device = Device::open(Path::new("/dev/null")).unwrap();
        assert_eq!(device.info().err().unwrap().code, VI_ERROR_NSUP_OPER);
    }

    #[test]
    fn a_mutex_that_cannot_be_had_keeps_nobody() {
        let device = Device::open(Path::new("/dev/null")).unwrap();
        let cancel = crate::os::Cancel::new();
        let wait = Wait { deadline: crate::os::Deadline::Never, ticket: cancel.ticket() };
        for _ in 0..3 {
            assert_eq!(device.lock(&wait).unwrap_err().code, VI_ERROR_NSUP_OPER);
            device.unlock();
        }
    }

    #[test]
    fn who_may_not_and_who_is_not_there_are_told_apart() {
        assert_eq!(status_of(libc::EINVAL, IBCMD), VI_ERROR_NCIC);
        assert_eq!(status_of(libc::EINVAL, IBPAD), VI_ERROR_INV_PARAMETER);
        assert_eq!(status_of(libc::ECOMM, IBWRT), VI_ERROR_NLISTENERS);
        assert_eq!(status_of(libc::EIO, IBWRT), VI_ERROR_NLISTENERS);
        assert_eq!(status_of(libc::EIO, IBRD), VI_ERROR_IO);
        assert_eq!(status_of(libc::EFAULT, IBRD), VI_ERROR_USER_BUF);
    }
}
