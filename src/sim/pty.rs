#![allow(unsafe_code)]
//! The serial port: a pseudo-terminal whose other end a client opens as it would any port. An
//! instrument's has lines in, lines out, as on the raw socket.

use std::fs::File;
use std::fs::OpenOptions;
use std::io;
use std::io::IoSlice;
use std::io::PipeReader;
use std::io::Read;
use std::io::Write;
use std::os::fd::AsRawFd;
use std::os::fd::FromRawFd;
use std::os::fd::OwnedFd;
use std::os::unix::fs::OpenOptionsExt;
use std::sync::Arc;

use crate::sim::device::Device;
use crate::sim::device::PortKind;
use crate::sim::interpreter::Interpreter;
use crate::sim::lexer::Framing;
use crate::sim::response::Response;
use crate::sim::server::Hub;

/// Bytes taken at once.
const PIECE: usize = 64 << 10;

/// Opens a pseudo-terminal and serves it as an instrument until the end; returns the path for
/// clients.
pub(super) fn start(hub: &Arc<Hub>, device: &Arc<Device>) -> io::Result<String> {
    let device = Arc::clone(device);
    start_with(hub, move |line| {
        let number = device.add_port(PortKind::Serial);
        // Fails when the end has come.
        let _ =
            line.serve(&device, &mut Interpreter::new(Arc::clone(&device), number, Framing::Line));
        device.remove_port(number);
    })
}

/// Opens a pseudo-terminal and gives our side to `serve`, in a thread that lives until it returns;
/// returns the path for clients.
pub(super) fn start_with(
    hub: &Arc<Hub>,
    serve: impl FnOnce(&Line) + Send + 'static,
) -> io::Result<String> {
    let (master, path) = open()?;
    // Kept open, so that the port stays when a client goes.
    let port =
        OpenOptions::new().read(true).write(true).custom_flags(libc::O_NOCTTY).open(&path)?;
    make_raw(&port)?;
    let (end, handle) = io::pipe()?;
    hub.hold(handle);
    hub.spawn("pty", move || {
        let _port = port;
        serve(&Line { master, end });
    })?;
    Ok(path)
}

/// Our side, and what tells that the end has come.
pub(super) struct Line {
    master: File,
    end: PipeReader,
}

impl Line {
    fn serve(&self, device: &Device, interpreter: &mut Interpreter) -> io::Result<()> {
        let mut buffer = vec![0; PIECE];
        loop {
            let count = self.receive(&mut buffer)?;
            let mut input = &buffer[..count];
            while !input.is_empty() {
                let (used, response) = interpreter.feed(input, false);
                input = &input[used..];
                if let Some(response) = response {
                    self.deliver(device, response)?;
                }
            }
        }
    }

    /// Waits for input and takes some; it may be none. Fails when the end has come.
    pub(super) fn receive(&self, buffer: &mut [u8]) -> io::Result<usize> {
        self.wait_for(libc::POLLIN)?;
        match (&self.master).read(buffer) {
            Ok(count) => Ok(count),
            Err(error) if is_passing(&error) => Ok(0),
            Err(error) => Err(error),
        }
    }

    /// Sends all of `bytes`. Fails when the end has come.
    pub(super) fn send(&self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            match (&self.master).write(bytes) {
                Ok(count) => bytes = &bytes[count..],
                Err(error) if is_passing(&error) => self.wait_for(libc::POLLOUT)?,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn deliver(&self, device: &Device, mut response: Response) -> io::Result<()> {
        if let Some(ready) = response.ready
            && device.wait(Some(ready), |state| state.stopping.then_some(())).is_some()
        {
            return Err(io::ErrorKind::Interrupted.into());
        }
        while !response.is_empty() {
            let parts = response.slices(PIECE);
            let slices: Vec<_> = parts.iter().map(|part| IoSlice::new(part)).collect();
            match (&self.master).write_vectored(&slices) {
                Ok(count) => response.advance(count as u64),
                Err(error) if is_passing(&error) => self.wait_for(libc::POLLOUT)?,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Waits for `events` of the port; fails when the end has come.
    fn wait_for(&self, events: i16) -> io::Result<()> {
        let mut polls = [
            libc::pollfd { fd: self.master.as_raw_fd(), events, revents: 0 },
            libc::pollfd { fd: self.end.as_raw_fd(), events: libc::POLLIN, revents: 0 },
        ];
        // SAFETY: two valid pollfds.
        let ready = unsafe { libc::poll(polls.as_mut_ptr(), 2, -1) };
        if ready < 0 && !is_passing(&io::Error::last_os_error()) {
            return Err(io::Error::last_os_error());
        }
        if polls[1].revents != 0 { Err(io::ErrorKind::Interrupted.into()) } else { Ok(()) }
    }
}

fn is_passing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted)
}

/// Our side of a new pseudo-terminal, not blocking, and the path of the other.
fn open() -> io::Result<(File, String)> {
    let flags = libc::O_RDWR | libc::O_NOCTTY | libc::O_NONBLOCK | libc::O_CLOEXEC;
    // SAFETY: no pointers; the result is checked before it is owned.
    let fd = checked(unsafe { libc::posix_openpt(flags) })?;
    // SAFETY: `fd` was just opened and nobody else owns it.
    let master = File::from(unsafe { OwnedFd::from_raw_fd(fd) });
    // SAFETY: an open descriptor.
    checked(unsafe { libc::grantpt(fd) })?;
    // SAFETY: the same.
    checked(unsafe { libc::unlockpt(fd) })?;
    let mut name = [0_u8; 64];
    // SAFETY: room for a NUL-terminated name, and its length.
    match unsafe { libc::ptsname_r(fd, name.as_mut_ptr().cast(), name.len()) } {
        0 => {}
        errno => return Err(io::Error::from_raw_os_error(errno)),
    }
    let end = name.iter().position(|byte| *byte == 0).unwrap_or(0);
    Ok((master, String::from_utf8_lossy(&name[..end]).into_owned()))
}

/// No echo and no lines: what a client sends before it has set the port is not sent back.
fn make_raw(port: &File) -> io::Result<()> {
    // SAFETY: plain numbers, for which zero is a value.
    let mut termios: libc::termios = unsafe { std::mem::zeroed() };
    // SAFETY: an open descriptor, and room for its settings.
    checked(unsafe { libc::tcgetattr(port.as_raw_fd(), &mut termios) })?;
    // SAFETY: only changes the structure.
    unsafe { libc::cfmakeraw(&mut termios) };
    // SAFETY: an open descriptor and its settings.
    checked(unsafe { libc::tcsetattr(port.as_raw_fd(), libc::TCSANOW, &termios) }).map(drop)
}

fn checked(result: i32) -> io::Result<i32> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(result) }
}
