//! For tests: pseudo-terminals, whose other end stands for the device.

use std::fs::File;
use std::io;
use std::io::{Read, Write};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::path::PathBuf;
use std::time::Duration;

/// The device's side; the port goes when it is dropped.
pub struct Pty {
    /// What the device receives and sends.
    pub device: File,
    /// What a session opens.
    pub path: PathBuf,
}

impl Pty {
    /// A fresh one. The device's side blocks.
    pub fn open() -> Self {
        // SAFETY: no pointers; the result is checked before it is owned.
        let fd = unsafe { libc::posix_openpt(libc::O_RDWR | libc::O_NOCTTY | libc::O_CLOEXEC) };
        assert!(fd >= 0, "no pseudo-terminal: {}", io::Error::last_os_error());
        // SAFETY: `fd` was just opened and nobody else owns it.
        let device = File::from(unsafe { OwnedFd::from_raw_fd(fd) });
        let mut name = [0_u8; 64];
        // SAFETY: an open descriptor, and room for a NUL-terminated name.
        let made = unsafe {
            libc::grantpt(fd) == 0
                && libc::unlockpt(fd) == 0
                && libc::ptsname_r(fd, name.as_mut_ptr().cast(), name.len()) == 0
        };
        assert!(made);
        let end = name.iter().position(|byte| *byte == 0).unwrap();
        let path = PathBuf::from(str::from_utf8(&name[..end]).unwrap());
        Self { device, path }
    }

    /// The device sends `bytes`.
    pub fn send(&self, bytes: &[u8]) {
        (&self.device).write_all(bytes).unwrap();
    }

    /// What the device receives, exactly `count` bytes.
    pub fn receive(&self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        (&self.device).read_exact(&mut bytes).unwrap();
        bytes
    }

    /// Whether the device receives anything within a short time.
    pub fn is_silent(&self) -> bool {
        let mut poll =
            libc::pollfd { fd: self.device.as_raw_fd(), events: libc::POLLIN, revents: 0 };
        let short = Duration::from_millis(30).as_millis() as i32;
        // SAFETY: one valid pollfd.
        unsafe { libc::poll(&mut poll, 1, short) == 0 }
    }
}
