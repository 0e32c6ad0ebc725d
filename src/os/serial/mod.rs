//! Terminal devices as serial ports.
//!
//! A port is opened twice. Reads go through a blocking description whose VTIME bounds each to
//! 0.1 s, so that an answer that comes promptly costs one system call; only when that time has
//! passed is the descriptor polled beside the cancel event. Writes go through one that never
//! blocks: a line that is held up by flow control must not hold a call past its deadline.

mod control;
mod settings;

use std::ffi::CString;
use std::io;
use std::io::IoSlice;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::Path;
use std::time::Duration;

pub use control::{Counts, Lines};
pub use settings::{Flow, Parity, Settings, StopBits};

use crate::os::Wait;
use crate::os::deadline::Deadline;
use crate::os::fork;
use crate::os::net::Cut;
use crate::os::own;
use crate::os::own::Owned;
use crate::os::poll::await_events;
use crate::status::{
    Error, Result, VI_ERROR_ALLOC, VI_ERROR_CONN_LOST, VI_ERROR_IO, VI_ERROR_NPERMISSION,
    VI_ERROR_NSUP_ATTR_STATE, VI_ERROR_RSRC_BUSY, VI_ERROR_RSRC_NFOUND, VI_ERROR_USER_BUF, fail,
};

/// How long a read may block before deadline and cancellation are looked at; VTIME's step.
const PATIENCE: Duration = Duration::from_millis(100);
const PATIENCE_TENTHS: u8 = 1;

/// The most that is asked of one read: terminals hand out at most 4 KiB at once.
const PIECE: usize = 64 << 10;

/// The major number of ttyACMn (Linux, Documentation/admin-guide/devices.txt), whose driver hears of
/// errors beside the data: it marks breaks and only counts the rest.
const CDC_ACM: u32 = 166;

/// The major numbers of /dev/pts/n (Linux, Documentation/admin-guide/devices.txt).
const PSEUDO_TERMINALS: std::ops::RangeInclusive<u32> = 136..=143;

/// Whether the device of this number is a pseudo-terminal, behind which there is a program.
pub fn is_pseudo_terminal(device: u64) -> bool {
    PSEUDO_TERMINALS.contains(&libc::major(device))
}

/// A serial port that this process has for itself. What it was set to before is restored when it
/// is dropped.
#[derive(Debug)]
pub struct Tty {
    // Dropped before the descriptors.
    _own_input: Owned,
    _own_output: Owned,
    /// Blocks for [`PATIENCE`] at most.
    input: OwnedFd,
    /// Does not block. Has the file lock.
    output: OwnedFd,
    before: libc::termios2,
    /// Whether there is a line behind it, whose errors the driver counts or whose modem lines it
    /// knows. A pseudo-terminal has none.
    has_line: bool,
    /// Whether the driver marks each byte that came with an error.
    marks_bytes: bool,
    opened_in: u32,
}

/// What identifies the device of `path`, however many names lead to it.
///
/// # Errors
/// VI_ERROR_RSRC_NFOUND when there is no such device; VI_ERROR_NPERMISSION.
pub fn identity(path: &Path) -> Result<u64> {
    let about = path.metadata().map_err(|error| open_error(&error))?;
    // Anything else might wait for ever to be opened, as a pipe does.
    if !about.file_type().is_char_device() {
        return fail(VI_ERROR_RSRC_NFOUND, "not a serial port");
    }
    Ok(about.rdev())
}

impl Tty {
    /// Opens the port, for this process alone, and sets it. Never waits for a carrier.
    ///
    /// # Errors
    /// VI_ERROR_RSRC_NFOUND, VI_ERROR_NPERMISSION, VI_ERROR_RSRC_BUSY when another has it,
    /// VI_ERROR_ALLOC, VI_ERROR_NSUP_ATTR_STATE when the driver does not take `settings`.
    pub fn open(path: &Path, settings: &Settings) -> Result<(Self, Settings)> {
        let device = identity(path)?;
        let (output, own_output) = own::make(|| open_once(path))?;
        let before = control::termios(output.as_raw_fd())
            .map_err(|error| Error { code: VI_ERROR_RSRC_NFOUND, ..error })?;
        control::lock(output.as_raw_fd())?;
        // Before others are kept out, which would include this one.
        let (input, own_input) = own::make(|| open_once(path))?;
        let tty = Self {
            _own_input: own_input,
            _own_output: own_output,
            has_line: control::has_line(output.as_raw_fd()),
            marks_bytes: libc::major(device) != CDC_ACM,
            input,
            output,
            before,
            opened_in: fork::generation(),
        };
        // Fails on no terminal; and whoever respects neither this nor the lock is root.
        let _ = control::exclude_others(tty.fd(), true);
        let in_force = tty.apply(settings)?;
        control::make_blocking(tty.input.as_raw_fd())?;
        control::discard(tty.fd(), libc::TCIOFLUSH)?;
        Ok((tty, in_force))
    }

    fn fd(&self) -> RawFd {
        self.output.as_raw_fd()
    }

    /// Receives at least one byte.
    ///
    /// # Errors
    /// VI_ERROR_TMO, VI_ERROR_ABORT; VI_ERROR_CONN_LOST when the port has gone; VI_ERROR_USER_BUF
    /// when `buf` is not writable memory.
    pub fn receive(&self, buf: &mut [u8], wait: &Wait) -> Result<usize> {
        let fd = self.input.as_raw_fd();
        wait.ticket.check()?;
        let most = buf.len().min(PIECE);
        let mut patient = !is_short(wait.deadline);
        loop {
            if !patient {
                await_events(fd, libc::POLLIN, wait)?;
            }
            // SAFETY: only the system follows the pointer, and says EFAULT where there is no
            // memory to write.
            let count = unsafe { libc::read(fd, buf.as_mut_ptr().cast(), most) };
            match usize::try_from(count) {
                // Nothing came in time; or the port has gone, which the next look tells.
                Ok(0) if patient => {}
                Ok(0) if control::has_hung_up(fd) => {
                    return fail(VI_ERROR_CONN_LOST, "the port has gone");
                }
                Ok(0) => {}
                Ok(count) => return Ok(count),
                Err(_) => match io::Error::last_os_error() {
                    error if is_passing(&error) => {}
                    error => return Err(io_error(&error, "receive")),
                },
            }
            patient = false;
        }
    }

    /// Hands all of `parts` to the system. They leave the line in their time; see
    /// [`Tty::is_drained`].
    ///
    /// # Errors
    /// As [`Tty::receive`]; [`Cut::count`] tells how much was handed over.
    pub fn send(&self, mut parts: &mut [IoSlice<'_>], wait: &Wait) -> std::result::Result<(), Cut> {
        let mut count = 0;
        wait.ticket.check().map_err(|error| Cut { count, error })?;
        IoSlice::advance_slices(&mut parts, 0);
        while !parts.is_empty() {
            let number = parts.len().min(16) as i32;
            // SAFETY: an IoSlice has the layout of an iovec; only the system follows its pointers.
            let sent = unsafe { libc::writev(self.fd(), parts.as_ptr().cast(), number) };
            match usize::try_from(sent) {
                Ok(sent) => {
                    count += sent;
                    IoSlice::advance_slices(&mut parts, sent);
                }
                Err(_) => match io::Error::last_os_error() {
                    error if is_passing(&error) => await_events(self.fd(), libc::POLLOUT, wait)
                        .map_err(|error| Cut { count, error })?,
                    error => return Err(Cut { count, error: io_error(&error, "send") }),
                },
            }
        }
        Ok(())
    }

    /// Sets the line; returns what is in force, which differs at most in the rate.
    ///
    /// # Errors
    /// VI_ERROR_NSUP_ATTR_STATE when the driver does not take it: then all is as before.
    pub fn apply(&self, settings: &Settings) -> Result<Settings> {
        const REFUSED: Error = Error::new(VI_ERROR_NSUP_ATTR_STATE, "the driver does not take it");
        if !settings.are_possible() || settings.flow.dtr_dsr {
            return Err(REFUSED);
        }
        let before = control::termios(self.fd())?;
        let mut wanted = before;
        settings::encode(settings, self.has_line, &mut wanted);
        match control::set_termios(self.fd(), &wanted) {
            Err(error) if error.code == VI_ERROR_CONN_LOST => return Err(error),
            set => set.map_err(|error| Error { os: error.os, ..REFUSED })?,
        }
        // A driver that cannot do something does the nearest it can and reports no error.
        match settings::in_force(settings, &control::termios(self.fd())?) {
            Some(settings) => Ok(settings),
            None => {
                control::set_termios(self.fd(), &before)?;
                Err(REFUSED)
            }
        }
    }

    /// Whether breaks and bytes with errors are marked in the input: FF 00 and the byte (FF 00 00
    /// for a break), FF FF for a byte FF.
    pub fn marks_errors(&self) -> bool {
        self.has_line
    }

    /// Whether bytes with errors are marked, too, and not only counted.
    pub fn marks_bytes(&self) -> bool {
        self.has_line && self.marks_bytes
    }

    /// Whether all that was sent has left the line, as far as the driver knows.
    ///
    /// # Errors
    /// VI_ERROR_CONN_LOST.
    pub fn is_drained(&self) -> Result<bool> {
        Ok(control::queued_output(self.fd())? == 0 && control::is_shifted_out(self.fd()))
    }

    /// Whether nothing of what was sent waits in the system's buffers any more.
    ///
    /// # Errors
    /// VI_ERROR_CONN_LOST.
    pub fn is_handed_over(&self) -> Result<bool> {
        Ok(control::queued_output(self.fd())? == 0)
    }

    /// Bytes that wait to be received.
    ///
    /// # Errors
    /// VI_ERROR_CONN_LOST.
    pub fn available(&self) -> Result<usize> {
        control::queued_input(self.fd())
    }

    /// Drops what was received and not yet read.
    ///
    /// # Errors
    /// VI_ERROR_CONN_LOST.
    pub fn discard_input(&self) -> Result {
        control::discard(self.fd(), libc::TCIFLUSH)
    }

    /// Drops what was sent and has not yet left.
    ///
    /// # Errors
    /// VI_ERROR_CONN_LOST.
    pub fn discard_output(&self) -> Result {
        control::discard(self.fd(), libc::TCOFLUSH)
    }

    /// The modem lines; `None` where the device has none.
    ///
    /// # Errors
    /// VI_ERROR_CONN_LOST.
    pub fn lines(&self) -> Result<Option<Lines>> {
        control::lines(self.fd())
    }

    /// Asserts the DTR line or takes it back.
    ///
    /// # Errors
    /// VI_ERROR_NSUP_ATTR_STATE where the device has no such line; VI_ERROR_CONN_LOST.
    pub fn set_dtr(&self, on: bool) -> Result {
        control::set_line(self.fd(), libc::TIOCM_DTR, on)
    }

    /// The same for RTS.
    ///
    /// # Errors
    /// As [`Tty::set_dtr`].
    pub fn set_rts(&self, on: bool) -> Result {
        control::set_line(self.fd(), libc::TIOCM_RTS, on)
    }

    /// Begins or ends a break. To be called when the output is drained: the system would wait
    /// for that, and knows no deadline.
    ///
    /// # Errors
    /// VI_ERROR_NSUP_ATTR_STATE where the driver has none; VI_ERROR_CONN_LOST.
    pub fn set_break(&self, on: bool) -> Result {
        control::set_break(self.fd(), on)
    }

    /// Lets the output go on, or stops it as a received XOFF would.
    ///
    /// # Errors
    /// VI_ERROR_CONN_LOST.
    pub fn set_transmit(&self, on: bool) -> Result {
        control::set_transmit(self.fd(), on)
    }

    /// What the driver has counted since it was loaded; `None` where it counts nothing.
    ///
    /// # Errors
    /// VI_ERROR_CONN_LOST.
    pub fn counts(&self) -> Result<Option<Counts>> {
        control::counts(self.fd())
    }

    /// Whether the driver runs the line as RS-485.
    pub fn is_rs485(&self) -> bool {
        control::is_rs485(self.fd())
    }

    /// Whether the device has gone: unplugged, or the other end of a pseudo-terminal closed.
    pub fn has_hung_up(&self) -> bool {
        control::has_hung_up(self.fd())
    }
}

impl Drop for Tty {
    fn drop(&mut self) {
        // In a forked child the port is the parent's, and is used there.
        if self.opened_in == fork::generation() {
            // Each fails only where there is nothing to restore any more. Output that flow control
            // still holds is dropped: closing would wait half a minute for it to leave. What has
            // left is the other side's; on a pseudo-terminal this would take it away there.
            if control::queued_output(self.fd()).is_ok_and(|count| count > 0) {
                let _ = self.discard_output();
            }
            let _ = self.set_transmit(true);
            let _ = self.set_break(false);
            let _ = control::set_termios(self.fd(), &self.before);
            let _ = control::exclude_others(self.fd(), false);
            let _ = control::unlock(self.fd());
        }
    }
}

/// Opens a device as a terminal that is not this process's own, without waiting.
fn open_once(path: &Path) -> Result<OwnedFd> {
    let Ok(name) = CString::new(path.as_os_str().as_bytes()) else {
        return fail(VI_ERROR_RSRC_NFOUND, "NUL in a path");
    };
    let flags = libc::O_RDWR | libc::O_NOCTTY | libc::O_NONBLOCK | libc::O_CLOEXEC;
    // SAFETY: a NUL-terminated name; the result is checked before it is owned.
    let fd = unsafe { libc::open(name.as_ptr(), flags) };
    if fd < 0 {
        return Err(open_error(&io::Error::last_os_error()));
    }
    // SAFETY: `fd` was just opened and nobody else owns it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// Whether a deadline is too near for [`PATIENCE`].
fn is_short(deadline: Deadline) -> bool {
    deadline.remaining().is_some_and(|left| left <= PATIENCE)
}

/// Whether the same call may go well later.
fn is_passing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted)
}

/// The VISA error of something that failed on an open port. A device that was unplugged says EIO
/// or that it is none.
fn io_error(error: &io::Error, at: &'static str) -> Error {
    let errno = error.raw_os_error().unwrap_or(0);
    let code = match errno {
        libc::EFAULT => VI_ERROR_USER_BUF,
        libc::ENOMEM | libc::ENOBUFS => VI_ERROR_ALLOC,
        libc::EIO | libc::ENODEV | libc::ENXIO | libc::EPIPE | libc::ESHUTDOWN => {
            VI_ERROR_CONN_LOST
        }
        _ => VI_ERROR_IO,
    };
    Error::with_os(code, at, errno)
}

/// The VISA error of a port that does not open.
fn open_error(error: &io::Error) -> Error {
    let errno = error.raw_os_error().unwrap_or(0);
    let code = match errno {
        libc::EMFILE | libc::ENFILE | libc::ENOMEM => VI_ERROR_ALLOC,
        libc::EACCES | libc::EPERM => VI_ERROR_NPERMISSION,
        libc::EBUSY | libc::EWOULDBLOCK => VI_ERROR_RSRC_BUSY,
        _ => VI_ERROR_RSRC_NFOUND,
    };
    Error::with_os(code, "open", errno)
}

#[cfg(test)]
mod tests;
