//! What the kernel's driver does on one node: its ioctls (linux/usb/tmc.h), each as a function.

use std::ffi::CString;
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use libc::{_IO, _IOR, _IOW, _IOWR, Ioctl};

use crate::os::own;
use crate::os::own::Owned;
use crate::os::usb::ControlRequest;

/// The most data of one control request.
pub const CONTROL_MAX: usize = 4096;

/// What the driver receives in one piece. Less is never asked for, as it would drop the rest.
pub const PIECE: usize = 4096;

/// One of the two bulk pipes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pipe {
    /// To the device.
    Out,
    /// From the device.
    In,
}

/// A node of the driver, or what stands in for one in tests. Of these only [`Driver::control`],
/// [`Driver::clear_halt`] and [`Driver::status_byte`] wait for the device; but the driver lets one
/// call in at a time, so each of the others waits while one of those does.
pub trait Driver {
    /// What poll(2) looks at: POLLIN while received bytes wait, POLLOUT while nothing is under
    /// way, POLLERR after a failure, POLLHUP once the device has gone.
    fn fd(&self) -> RawFd;

    /// Hands over bytes for the bulk-out pipe, behind those of the same transfer when `on`; how
    /// many it takes now.
    fn send(&self, data: &[u8], on: bool) -> io::Result<usize>;

    /// How many bytes of the transfer the device has taken, and whether it went wrong.
    fn sent(&self) -> (usize, io::Result<()>);

    /// Takes what has come on the bulk-in pipe, and asks the device for as much as `buf` has room
    /// for: a multiple of [`PIECE`]. EAGAIN while nothing has come.
    fn receive(&self, buf: &mut [u8]) -> (usize, io::Result<Received>);

    /// Ends what is under way on the bulk pipes, [`Driver::sent`] still tells how far it came.
    fn cancel(&self);

    /// The same, and forgets it.
    fn clean_up(&self);

    /// A request on the control pipe; `data` is what goes out or has room for what comes in. At
    /// most [`CONTROL_MAX`] bytes; takes up to 5 s by the driver's own limit.
    fn control(&self, setup: ControlRequest, data: &mut [u8]) -> io::Result<usize>;

    /// Clears a pipe's halt. Up to 5 s.
    fn clear_halt(&self, pipe: Pipe) -> io::Result<()>;

    /// READ_STATUS_BYTE, whose answer comes by the interrupt pipe where there is one: the driver
    /// waits for it up to `patience` ms, 100 at least.
    fn status_byte(&self, patience: u32) -> io::Result<u8>;

    /// The status byte of a service request that came since the last look, if one did.
    fn service_request(&self) -> io::Result<Option<u8>>;

    /// Lets other programs have the node.
    fn unlock(&self);
}

/// How a receive went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Received {
    /// More of the transfer is to come.
    More,
    /// A short packet ended the transfer.
    Ended,
}

/// `struct usbtmc_message`
#[repr(C, packed)]
struct Message {
    transfer_size: u32,
    transferred: u32,
    flags: u32,
    message: *mut u8,
}

/// `struct usbtmc_ctrlrequest`, its first five fields those of `struct usbtmc_request`.
#[repr(C, packed)]
struct WithData {
    request_type: u8,
    request: u8,
    value: u16,
    index: u16,
    length: u16,
    data: *mut u8,
}

const MAGIC: u32 = b'[' as u32;
const CLEAR_OUT_HALT: Ioctl = _IO(MAGIC, 6);
const CLEAR_IN_HALT: Ioctl = _IO(MAGIC, 7);
const CTRL_REQUEST: Ioctl = _IOWR::<WithData>(MAGIC, 8);
const SET_TIMEOUT: Ioctl = _IOW::<u32>(MAGIC, 10);
const WRITE: Ioctl = _IOWR::<Message>(MAGIC, 13);
const READ: Ioctl = _IOWR::<Message>(MAGIC, 14);
const WRITE_RESULT: Ioctl = _IOWR::<u32>(MAGIC, 15);
const API_VERSION: Ioctl = _IOR::<u32>(MAGIC, 16);
const READ_STB: Ioctl = _IOR::<u8>(MAGIC, 18);
const GET_SRQ_STB: Ioctl = _IOR::<u8>(MAGIC, 27);
const CANCEL_IO: Ioctl = _IO(MAGIC, 35);
const CLEANUP_IO: Ioctl = _IO(MAGIC, 36);

/// Flags of [`Message`].
const ASYNC: u32 = 1;
const APPEND: u32 = 2;

/// The driver refuses less (ms).
const MIN_TIMEOUT: u32 = 100;

/// An open node.
pub struct Node {
    // Dropped before the descriptor.
    _own: Owned,
    fd: OwnedFd,
}

impl Node {
    /// Opens a node. It waits while another program is in a call of the driver's; forks and other
    /// opens do not wait with it.
    ///
    /// # Errors
    /// The system's; ENOTTY of what is no node, or of a driver older than Linux 4.20.
    pub fn open(path: &Path) -> io::Result<Self> {
        let name = CString::new(path.as_os_str().as_bytes())?;
        let (fd, own) = own::make_slowly(|| {
            // SAFETY: a NUL-terminated name; the result is checked before it is owned.
            match unsafe { libc::open(name.as_ptr(), libc::O_RDWR | libc::O_CLOEXEC) } {
                fd if fd < 0 => Err(io::Error::last_os_error()),
                // SAFETY: `fd` was just opened and nobody else owns it.
                fd => Ok(unsafe { OwnedFd::from_raw_fd(fd) }),
            }
        })?;
        let node = Self { _own: own, fd };
        let mut version = 0_u32;
        // SAFETY: room for what the request stores.
        done(unsafe { libc::ioctl(node.fd(), API_VERSION, &mut version) })?;
        Ok(node)
    }

    /// Keeps other programs of this library out, until unlocked or closed.
    ///
    /// # Errors
    /// EWOULDBLOCK when one has it.
    pub fn lock(&self) -> io::Result<()> {
        // SAFETY: no pointers.
        done(unsafe { libc::flock(self.fd(), libc::LOCK_EX | libc::LOCK_NB) }).map(|_| ())
    }

    fn call(&self, request: Ioctl) -> io::Result<()> {
        // SAFETY: a request without an argument.
        done(unsafe { libc::ioctl(self.fd(), request) }).map(|_| ())
    }
}

impl Driver for Node {
    fn fd(&self) -> RawFd {
        self.fd.as_raw_fd()
    }

    fn send(&self, data: &[u8], on: bool) -> io::Result<usize> {
        let mut message = Message {
            transfer_size: u32::try_from(data.len()).unwrap_or(u32::MAX),
            transferred: 0,
            flags: if on { ASYNC | APPEND } else { ASYNC },
            message: data.as_ptr().cast_mut(),
        };
        // SAFETY: the driver only reads the bytes, which are readable for their length.
        done(unsafe { libc::ioctl(self.fd(), WRITE, &mut message) })?;
        Ok(message.transferred as usize)
    }

    fn sent(&self) -> (usize, io::Result<()>) {
        let mut count = 0_u32;
        // SAFETY: room for what the request stores.
        let result = done(unsafe { libc::ioctl(self.fd(), WRITE_RESULT, &mut count) });
        (count as usize, result.map(|_| ()))
    }

    fn receive(&self, buf: &mut [u8]) -> (usize, io::Result<Received>) {
        debug_assert!(!buf.is_empty() && buf.len().is_multiple_of(PIECE));
        let mut message = Message {
            transfer_size: u32::try_from(buf.len()).unwrap_or(u32::MAX),
            transferred: 0,
            flags: ASYNC,
            message: buf.as_mut_ptr(),
        };
        // SAFETY: the driver writes at most as many bytes as the buffer has.
        let result = done(unsafe { libc::ioctl(self.fd(), READ, &mut message) });
        let received = |how| if how == 0 { Received::More } else { Received::Ended };
        (message.transferred as usize, result.map(received))
    }

    fn cancel(&self) {
        // It fails only when the device has gone, which has ended everything.
        let _ = self.call(CANCEL_IO);
    }

    fn clean_up(&self) {
        // As above.
        let _ = self.call(CLEANUP_IO);
    }

    fn control(&self, setup: ControlRequest, data: &mut [u8]) -> io::Result<usize> {
        let Some(length) = u16::try_from(data.len()).ok().filter(|_| data.len() <= CONTROL_MAX)
        else {
            return Err(io::Error::from_raw_os_error(libc::EMSGSIZE));
        };
        let mut request = WithData {
            request_type: setup.request_type,
            request: setup.request,
            value: setup.value,
            index: setup.index,
            length,
            data: data.as_mut_ptr(),
        };
        // SAFETY: the driver reads or writes at most `length` bytes, which the buffer has.
        done(unsafe { libc::ioctl(self.fd(), CTRL_REQUEST, &mut request) })
    }

    fn clear_halt(&self, pipe: Pipe) -> io::Result<()> {
        self.call(match pipe {
            Pipe::Out => CLEAR_OUT_HALT,
            Pipe::In => CLEAR_IN_HALT,
        })
    }

    fn status_byte(&self, patience: u32) -> io::Result<u8> {
        let timeout = patience.max(MIN_TIMEOUT);
        // SAFETY: the number that the request reads.
        done(unsafe { libc::ioctl(self.fd(), SET_TIMEOUT, &timeout) })?;
        let mut byte = 0_u8;
        // SAFETY: room for what the request stores.
        done(unsafe { libc::ioctl(self.fd(), READ_STB, &mut byte) })?;
        Ok(byte)
    }

    fn service_request(&self) -> io::Result<Option<u8>> {
        let mut byte = 0_u8;
        // SAFETY: room for what the request stores.
        match done(unsafe { libc::ioctl(self.fd(), GET_SRQ_STB, &mut byte) }) {
            Ok(_) => Ok(Some(byte)),
            Err(error) if error.raw_os_error() == Some(libc::ENOMSG) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn unlock(&self) {
        // SAFETY: no pointers. It cannot fail on an open descriptor.
        let _ = unsafe { libc::flock(self.fd(), libc::LOCK_UN) };
    }
}

/// The result of a system call that says -1 when it fails.
fn done(result: i32) -> io::Result<usize> {
    usize::try_from(result).map_err(|_| io::Error::last_os_error())
}
