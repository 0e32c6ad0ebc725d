#![forbid(unsafe_code)]
//! The driver as a device file, by CUSE: the kernel hands every call on `/dev/gpib0` to this process
//! (Linux, include/uapi/linux/fuse.h). Numbers are those of this machine.
//!
//! A call says first only where its structure lies; the answer asks for the structure, and for a
//! transfer then for the buffer that the structure names. One call moves at most [`PIECE`] bytes: a
//! transfer that is longer comes back short, and goes on when it is called again as it is.

use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::io::Read;
use std::io::Write;
use std::sync::Arc;
use std::thread;

use parking_lot::Mutex;
use visa::sim::gpib::Abort;

use crate::gpib::driver::Caller;
use crate::gpib::driver::Driver;
use crate::gpib::ioctl;
use crate::gpib::ioctl::Answer;
use crate::gpib::ioctl::TRANSFER;
use crate::gpib::ioctl::Transfer;

/// The device's name below `/dev`.
const NAME: &str = "gpib0";

/// GPIB's major number.
const MAJOR: u32 = 160;

/// The most bytes of one transfer: the kernel moves 32 pages in one call, structure included.
const PIECE: usize = 64 << 10;

/// The most that comes at once, with all headers.
const BUFFER: usize = 256 << 10;

/// Bytes of the header of every request.
const HEADER: usize = 40;

const OPEN: u32 = 14;
const RELEASE: u32 = 18;
const FSYNC: u32 = 20;
const FLUSH: u32 = 25;
const INTERRUPT: u32 = 36;
const DESTROY: u32 = 38;
const IOCTL: u32 = 39;
const INIT: u32 = 4096;

/// The server may ask for other memory than the call's number says.
const UNRESTRICTED: u32 = 1;
/// Call again, with this memory.
const RETRY: u32 = 1 << 2;

/// Calls that go on, by the kernel's number for them.
type Running = Arc<Mutex<HashMap<u64, Abort>>>;

/// Makes the device, and serves it as long as this process lives.
pub fn start(driver: &Arc<Driver>) -> io::Result<()> {
    let channel = Arc::new(File::options().read(true).write(true).open("/dev/cuse")?);
    let first = Request::read(&channel)?;
    if first.opcode != INIT {
        return Err(io::Error::other(format!("CUSE began with {}", first.opcode)));
    }
    // Version 7.11 has all that is needed here.
    let mut body: Vec<u8> = [7, 11, 0, UNRESTRICTED, PIECE as u32, PIECE as u32, MAJOR, 0]
        .map(u32::to_ne_bytes)
        .concat();
    body.extend([0; 40]);
    body.extend(format!("DEVNAME={NAME}\0").bytes());
    answer(&channel, first.unique, 0, &body)?;
    let driver = Arc::clone(driver);
    thread::spawn(move || {
        let running = Running::default();
        // An error is the end of the device.
        while let Ok(request) = Request::read(&channel) {
            serve(&channel, &driver, &running, request);
        }
    });
    Ok(())
}

/// One request of the kernel.
struct Request {
    opcode: u32,
    unique: u64,
    user: u32,
    /// The thread that calls.
    thread: u32,
    body: Vec<u8>,
}

impl Request {
    fn read(mut channel: &File) -> io::Result<Self> {
        let mut bytes = vec![0; BUFFER];
        let count = loop {
            match channel.read(&mut bytes) {
                Ok(count) if count >= HEADER => break count,
                Ok(count) => return Err(io::Error::other(format!("a request of {count} bytes"))),
                // Whoever called has been killed before the request could be read.
                Err(error) if error.raw_os_error() == Some(libc::ENOENT) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        };
        bytes.truncate(count);
        let body = bytes.split_off(HEADER);
        Ok(Self {
            opcode: word(&bytes, 4),
            unique: long(&bytes, 8),
            user: word(&bytes, 24),
            thread: word(&bytes, 32),
            body,
        })
    }
}

fn word(bytes: &[u8], at: usize) -> u32 {
    let four = bytes.get(at..at + 4).and_then(|four| four.try_into().ok());
    u32::from_ne_bytes(four.unwrap_or_default())
}

fn long(bytes: &[u8], at: usize) -> u64 {
    let eight = bytes.get(at..at + 8).and_then(|eight| eight.try_into().ok());
    u64::from_ne_bytes(eight.unwrap_or_default())
}

fn answer(mut channel: &File, unique: u64, error: i32, body: &[u8]) -> io::Result<()> {
    let length = 16 + body.len() as u32;
    let mut message = length.to_ne_bytes().to_vec();
    message.extend(error.to_ne_bytes());
    message.extend(unique.to_ne_bytes());
    message.extend(body);
    // The kernel takes an answer whole or not at all.
    channel.write(&message).map(drop)
}

fn serve(channel: &Arc<File>, driver: &Arc<Driver>, running: &Running, request: Request) {
    let unique = request.unique;
    let result = match request.opcode {
        OPEN => {
            let mut body = driver.open().to_ne_bytes().to_vec();
            body.extend([0; 8]);
            answer(channel, unique, 0, &body)
        }
        RELEASE => {
            driver.close(long(&request.body, 0));
            answer(channel, unique, 0, &[])
        }
        FLUSH | FSYNC => answer(channel, unique, 0, &[]),
        // These two have no answer.
        INTERRUPT => {
            if let Some(abort) = running.lock().get(&long(&request.body, 0)) {
                abort.abort(driver.board.bus());
            }
            Ok(())
        }
        DESTROY => Ok(()),
        IOCTL => call(channel, driver, running, &request),
        _ => answer(channel, unique, -libc::ENOSYS, &[]),
    };
    // It fails only when nobody waits for it any more.
    let _ = result;
}

/// Memory of the caller: where, and how much.
type Piece = (u64, usize);

/// What a call's request says.
struct Call {
    caller: Caller,
    command: u32,
    /// Where the structure lies.
    pointer: u64,
    given: Vec<u8>,
    room: usize,
}

fn call(
    channel: &Arc<File>,
    driver: &Arc<Driver>,
    running: &Running,
    request: &Request,
) -> io::Result<()> {
    let (body, unique) = (&request.body, request.unique);
    let call = Call {
        caller: Caller { file: long(body, 0), thread: request.thread, root: request.user == 0 },
        command: word(body, 12),
        pointer: long(body, 16),
        given: body.get(32..).unwrap_or_default().to_vec(),
        room: word(body, 28) as usize,
    };
    if let Some((from, to)) = call.wanted() {
        let mut body: Vec<u8> =
            [0, RETRY, from.len() as u32, to.len() as u32].map(u32::to_ne_bytes).concat();
        for (place, length) in from.into_iter().chain(to) {
            body.extend(place.to_ne_bytes());
            body.extend((length as u64).to_ne_bytes());
        }
        return answer(channel, unique, 0, &body);
    }
    // What comes back at once needs no thread.
    if call.locks_at_once(driver) {
        return answer(channel, unique, 0, &[0; 16]);
    }
    if !ioctl::may_wait(call.command, &call.given) {
        return call.answer(channel, driver, unique, &Abort::default());
    }
    // Entered before the next request is read, which may be its interruption.
    let abort = Abort::default();
    running.lock().insert(unique, abort.clone());
    let (channel, driver, running) = (Arc::clone(channel), Arc::clone(driver), Arc::clone(running));
    thread::spawn(move || {
        // A caller that was killed has no use for it.
        let _ = call.answer(&channel, &driver, unique, &abort);
        running.lock().remove(&unique);
    });
    Ok(())
}

impl Call {
    /// Takes the board for who asks for it and need not wait.
    fn locks_at_once(&self, driver: &Driver) -> bool {
        self.command == ioctl::IBMUTEX
            && ioctl::may_wait(self.command, &self.given)
            && driver.try_lock(self.caller)
    }

    fn answer(
        &self,
        channel: &File,
        driver: &Driver,
        unique: u64,
        abort: &Abort,
    ) -> io::Result<()> {
        let done = self.carry_out(driver, abort);
        let mut body: Vec<u8> = [done.result as u32, 0, 0, 0].map(u32::to_ne_bytes).concat();
        body.extend(done.argument);
        body.extend(done.data);
        answer(channel, unique, 0, &body)
    }

    fn is_transfer(&self) -> bool {
        [ioctl::IBRD, ioctl::IBWRT, ioctl::IBCMD].contains(&self.command)
    }

    /// The memory that is needed and not there yet: to read from, and to write to.
    fn wanted(&self) -> Option<(Vec<Piece>, Vec<Piece>)> {
        let (from, to) = ioctl::sizes(self.command);
        let whole = |size| if size > 0 { vec![(self.pointer, size)] } else { Vec::new() };
        if self.given.len() < from || self.room < to {
            return Some((whole(from), whole(to)));
        }
        // What is wrong with a structure is said when it is carried out.
        let transfer = Transfer::of(&self.given).ok().filter(|_| self.is_transfer())?;
        let (buffer, left) = transfer.rest();
        let buffer = (buffer, left.min(PIECE));
        let mut structure = whole(TRANSFER);
        match self.command {
            _ if buffer.1 == 0 => None,
            ioctl::IBRD if self.room == TRANSFER => {
                structure.push(buffer);
                Some((whole(TRANSFER), structure))
            }
            ioctl::IBWRT | ioctl::IBCMD if self.given.len() == TRANSFER => {
                structure.push(buffer);
                Some((structure, whole(TRANSFER)))
            }
            _ => None,
        }
    }

    fn carry_out(&self, driver: &Driver, abort: &Abort) -> Answer {
        let run = |argument: &[u8], data: &[u8]| {
            ioctl::carry_out(driver, self.caller, self.command, argument, data, abort)
        };
        if !self.is_transfer() {
            return run(&self.given, &[]);
        }
        let (structure, data) = self.given.split_at(TRANSFER.min(self.given.len()));
        let Ok(whole) = Transfer::of(structure) else { return run(structure, data) };
        let left = whole.rest().1;
        if left <= PIECE {
            return run(structure, data);
        }
        // Only a piece of it: END belongs to the last one.
        let mut piece = Transfer { requested: whole.completed + PIECE as u32, ..whole };
        if self.command == ioctl::IBWRT {
            piece.end = 0;
        }
        let mut done = run(&piece.bytes(), data);
        if let Ok(told) = Transfer::of(&done.argument) {
            let end = if self.command == ioctl::IBWRT { whole.end } else { told.end };
            done.argument = Transfer { requested: whole.requested, end, ..told }.bytes();
        }
        done
    }
}
