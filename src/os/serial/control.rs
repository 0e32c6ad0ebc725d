//! The ioctls of serial ports, each as a function.

use std::io;
use std::os::fd::RawFd;

use super::{io_error, open_error};
use crate::status::{Error, Result, VI_ERROR_CONN_LOST, VI_ERROR_NSUP_ATTR_STATE};

/// The modem lines as they are now, true for asserted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lines {
    /// Clear to send, from the other side.
    pub cts: bool,
    /// Data set ready, from the other side.
    pub dsr: bool,
    /// Data carrier detect, from the other side.
    pub dcd: bool,
    /// Ring indicator, from the other side.
    pub ri: bool,
    /// Data terminal ready, ours.
    pub dtr: bool,
    /// Request to send, ours.
    pub rts: bool,
}

/// How often each thing has happened on a line; the numbers wrap around.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Changes of CTS.
    pub cts: u32,
    /// Changes of DSR.
    pub dsr: u32,
    /// Changes of DCD.
    pub dcd: u32,
    /// Changes of RI.
    pub ri: u32,
    /// Characters received.
    pub received: u32,
    /// Characters without a stop bit.
    pub framing: u32,
    /// Characters with a wrong parity bit.
    pub parity: u32,
    /// Characters lost, in the UART or for want of a buffer.
    pub overrun: u32,
    /// Breaks received.
    pub breaks: u32,
}

/// `struct serial_icounter_struct` of linux/serial.h.
#[repr(C)]
#[derive(Default)]
struct RawCounts {
    cts: i32,
    dsr: i32,
    rng: i32,
    dcd: i32,
    rx: i32,
    tx: i32,
    frame: i32,
    overrun: i32,
    parity: i32,
    brk: i32,
    buf_overrun: i32,
    reserved: [i32; 9],
}

/// `struct serial_rs485` of linux/serial.h, of which only the flags are looked at.
#[repr(C)]
#[derive(Default)]
struct Rs485 {
    flags: u32,
    rest: [u32; 7],
}

const SER_RS485_ENABLED: u32 = 1;
/// "Transmitter physically empty", linux/serial.h.
const TIOCSER_TEMT: i32 = 1;

fn done(result: i32, at: &'static str) -> Result {
    if result < 0 { Err(io_error(&io::Error::last_os_error(), at)) } else { Ok(()) }
}

/// The same where a driver may lack the operation: `false` for that.
fn known(result: i32, at: &'static str) -> Result<bool> {
    match done(result, at) {
        Ok(()) => Ok(true),
        Err(error) if error.code == VI_ERROR_CONN_LOST => Err(error),
        Err(_) => Ok(false),
    }
}

/// The settings. Fails on what is no terminal.
pub(super) fn termios(fd: RawFd) -> Result<libc::termios2> {
    // SAFETY: plain numbers, for which zero is a value.
    let mut termios: libc::termios2 = unsafe { std::mem::zeroed() };
    // SAFETY: room for what the request stores.
    done(unsafe { libc::ioctl(fd, libc::TCGETS2, &mut termios) }, "TCGETS2")?;
    Ok(termios)
}

pub(super) fn set_termios(fd: RawFd, termios: &libc::termios2) -> Result {
    // SAFETY: the structure that the request reads.
    done(unsafe { libc::ioctl(fd, libc::TCSETS2, termios) }, "TCSETS2")
}

/// Takes the file lock that programs with serial ports agree on.
pub(super) fn lock(fd: RawFd) -> Result {
    // SAFETY: no pointers.
    match unsafe { libc::flock(fd, libc::LOCK_EX | libc::LOCK_NB) } {
        0 => Ok(()),
        _ => Err(open_error(&io::Error::last_os_error())),
    }
}

/// Gives the lock back. Closing alone would not while a process that another thread is starting
/// has a copy of the descriptor.
pub(super) fn unlock(fd: RawFd) -> Result {
    // SAFETY: no pointers.
    done(unsafe { libc::flock(fd, libc::LOCK_UN) }, "flock")
}

/// Keeps later openers out, or lets them in again.
pub(super) fn exclude_others(fd: RawFd, on: bool) -> Result {
    let request = if on { libc::TIOCEXCL } else { libc::TIOCNXCL };
    // SAFETY: the request has no argument.
    done(unsafe { libc::ioctl(fd, request) }, "TIOCEXCL")
}

pub(super) fn make_blocking(fd: RawFd) -> Result {
    // SAFETY: no pointers.
    let set = unsafe { libc::fcntl(fd, libc::F_SETFL, libc::O_RDWR) };
    done(set, "F_SETFL")
}

/// Drops what is queued: TCIFLUSH, TCOFLUSH or TCIOFLUSH.
pub(super) fn discard(fd: RawFd, which: i32) -> Result {
    // SAFETY: no pointers.
    done(unsafe { libc::tcflush(fd, which) }, "tcflush")
}

pub(super) fn set_transmit(fd: RawFd, on: bool) -> Result {
    let action = if on { libc::TCOON } else { libc::TCOOFF };
    // SAFETY: no pointers.
    done(unsafe { libc::tcflow(fd, action) }, "tcflow")
}

pub(super) fn set_break(fd: RawFd, on: bool) -> Result {
    let request = if on { libc::TIOCSBRK } else { libc::TIOCCBRK };
    // SAFETY: the request has no argument.
    supported(known(unsafe { libc::ioctl(fd, request) }, "TIOCSBRK")?)
}

fn number(fd: RawFd, request: libc::Ioctl, at: &'static str) -> Result<i32> {
    let mut number = 0_i32;
    // SAFETY: room for the int that the request stores.
    done(unsafe { libc::ioctl(fd, request, &mut number) }, at)?;
    Ok(number)
}

pub(super) fn queued_input(fd: RawFd) -> Result<usize> {
    Ok(number(fd, libc::FIONREAD, "FIONREAD")?.max(0) as usize)
}

pub(super) fn queued_output(fd: RawFd) -> Result<usize> {
    Ok(number(fd, libc::TIOCOUTQ, "TIOCOUTQ")?.max(0) as usize)
}

/// Whether the transmitter itself is empty; true where the driver does not say.
pub(super) fn is_shifted_out(fd: RawFd) -> bool {
    number(fd, libc::TIOCSERGETLSR, "TIOCSERGETLSR").map_or(true, |lsr| lsr & TIOCSER_TEMT != 0)
}

pub(super) fn lines(fd: RawFd) -> Result<Option<Lines>> {
    let mut bits = 0_i32;
    // SAFETY: room for the int that the request stores.
    if !known(unsafe { libc::ioctl(fd, libc::TIOCMGET, &mut bits) }, "TIOCMGET")? {
        return Ok(None);
    }
    let on = |line: i32| bits & line != 0;
    Ok(Some(Lines {
        cts: on(libc::TIOCM_CTS),
        dsr: on(libc::TIOCM_DSR),
        dcd: on(libc::TIOCM_CAR),
        ri: on(libc::TIOCM_RNG),
        dtr: on(libc::TIOCM_DTR),
        rts: on(libc::TIOCM_RTS),
    }))
}

pub(super) fn set_line(fd: RawFd, line: i32, on: bool) -> Result {
    let request = if on { libc::TIOCMBIS } else { libc::TIOCMBIC };
    // SAFETY: the int that the request reads.
    supported(known(unsafe { libc::ioctl(fd, request, &line) }, "TIOCMBIS")?)
}

fn supported(known: bool) -> Result {
    if known {
        return Ok(());
    }
    Err(Error::new(VI_ERROR_NSUP_ATTR_STATE, "the device has no such line"))
}

pub(super) fn counts(fd: RawFd) -> Result<Option<Counts>> {
    let mut raw = RawCounts::default();
    // SAFETY: room for what the request stores.
    if !known(unsafe { libc::ioctl(fd, libc::TIOCGICOUNT, &mut raw) }, "TIOCGICOUNT")? {
        return Ok(None);
    }
    Ok(Some(Counts {
        cts: raw.cts as u32,
        dsr: raw.dsr as u32,
        dcd: raw.dcd as u32,
        ri: raw.rng as u32,
        received: raw.rx as u32,
        framing: raw.frame as u32,
        parity: raw.parity as u32,
        overrun: (raw.overrun as u32).wrapping_add(raw.buf_overrun as u32),
        breaks: raw.brk as u32,
    }))
}

/// Whether there is a line, of which the driver knows something.
pub(super) fn has_line(fd: RawFd) -> bool {
    matches!(lines(fd), Ok(Some(_))) || matches!(counts(fd), Ok(Some(_)))
}

pub(super) fn is_rs485(fd: RawFd) -> bool {
    let mut rs485 = Rs485::default();
    // SAFETY: room for what the request stores.
    let asked = unsafe { libc::ioctl(fd, libc::TIOCGRS485, &mut rs485) };
    asked == 0 && rs485.flags & SER_RS485_ENABLED != 0
}

pub(super) fn has_hung_up(fd: RawFd) -> bool {
    let mut poll = libc::pollfd { fd, events: 0, revents: 0 };
    // SAFETY: one valid pollfd; a timeout of zero never blocks.
    unsafe { libc::poll(&mut poll, 1, 0) == 1 && poll.revents != 0 }
}
