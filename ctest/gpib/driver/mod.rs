#![forbid(unsafe_code)]
//! A GPIB board as Linux's driver gives it to processes (drivers/gpib/common): files with handles,
//! a lock of the board, status bytes that are collected for those who opened a device.

mod lock;
mod poll;
mod status;
mod transfer;

use std::collections::BTreeMap;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use visa::sim::gpib::Abort;
use visa::sim::gpib::Address;
use visa::sim::gpib::Board;
use visa::sim::gpib::Failure;
use visa::sim::gpib::Terminator;
use visa::sim::gpib::Until;

/// The number of an error (errno).
pub type Errno = i32;

/// Names an open file.
pub type FileId = u64;

/// The handle that every file has for the board itself.
pub const BOARD_HANDLE: u32 = 0;

/// Handles of a file.
const MOST_HANDLES: u32 = 0x1000;

/// Status bytes kept for a device.
const MOST_BYTES: usize = 1024;

/// How long the driver waits for each status byte when it polls by itself.
const POLL_LIMIT: Duration = Duration::from_secs(1);

/// Who calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Caller {
    pub file: FileId,
    /// The thread: Linux's locks belong to threads.
    pub thread: u32,
    pub root: bool,
}

/// What a handle is for.
#[derive(Clone, Copy, Debug)]
pub struct Handle {
    pub is_board: bool,
    pub pad: u32,
    /// Negative: none.
    pub sad: i32,
    /// A transfer is going on: no CMPL.
    busy: bool,
}

#[derive(Debug, Default)]
struct OpenFile {
    handles: BTreeMap<u32, Handle>,
    polls: bool,
}

/// What is kept for a device while somebody has it open.
#[derive(Debug, Default)]
struct Device {
    opened: u32,
    bytes: VecDeque<u8>,
    lost: bool,
}

struct Shared {
    online: bool,
    /// For transfers, commands and polls; none for no limit.
    timeout: Option<Duration>,
    terminator: Option<Terminator>,
    files: BTreeMap<FileId, OpenFile>,
    next_file: FileId,
    devices: BTreeMap<(u32, i32), Device>,
    /// Who has the board, and who waits for it in this order.
    holder: Option<(FileId, u32)>,
    queue: VecDeque<u64>,
    next_ticket: u64,
    /// SRQ stayed although all open devices were polled.
    stuck: bool,
    pub settings: Settings,
}

/// What is only kept to be asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Settings {
    pub t1_delay: u32,
    pub parallel: u8,
    pub ist: bool,
    pub local_parallel: bool,
}

/// The holder when the driver polls by itself.
const DRIVER: (FileId, u32) = (0, 0);

/// The driver of one board.
pub struct Driver {
    pub board: Board,
    shared: Mutex<Shared>,
    ended: Abort,
}

/// What a wait is to be ended by, and what it clears: masks of [`ibsta`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Wait {
    pub mask: i32,
    pub clear: i32,
    pub set: i32,
    pub timeout: Option<Duration>,
}

pub fn errno(failure: Failure) -> Errno {
    match failure {
        Failure::Timeout => libc::ETIMEDOUT,
        Failure::Aborted => libc::EINTR,
        Failure::NoListeners => libc::ECOMM,
        Failure::NotAddressed => libc::ENXIO,
        Failure::NotInCharge | Failure::NotSystemController => libc::EINVAL,
    }
}

/// An address as the driver's interface has it.
fn address(pad: u32, sad: i32) -> Result<Address, Errno> {
    let number = |value: i64| u8::try_from(value).ok().filter(|number| *number <= 30);
    let primary = number(pad.into()).ok_or(libc::EINVAL)?;
    match sad {
        ..0 => Ok(Address::new(primary)),
        _ => Ok(Address::extended(primary, number(sad.into()).ok_or(libc::EINVAL)?)),
    }
}

fn key(pad: u32, sad: i32) -> (u32, i32) {
    (pad, sad.max(-1))
}

impl Driver {
    /// A board that is online. The driver's own polling has a thread until [`Driver::stop`].
    pub fn start(board: Board) -> Arc<Self> {
        let shared = Shared {
            online: true,
            timeout: Some(Duration::from_secs(3)),
            terminator: None,
            files: BTreeMap::new(),
            next_file: 1,
            devices: BTreeMap::new(),
            holder: None,
            queue: VecDeque::new(),
            next_ticket: 1,
            stuck: false,
            settings: Settings::default(),
        };
        let driver = Arc::new(Self { board, shared: Mutex::new(shared), ended: Abort::default() });
        let polling = Arc::clone(&driver);
        std::thread::spawn(move || polling.poll_by_itself());
        driver
    }

    /// Ends the driver's own polling.
    pub fn stop(&self) {
        self.ended.abort(self.board.bus());
    }

    pub fn open(&self) -> FileId {
        let mut shared = self.shared.lock();
        let id = shared.next_file;
        shared.next_file += 1;
        let own = Handle { is_board: true, pad: 0, sad: -1, busy: false };
        let handles = BTreeMap::from([(BOARD_HANDLE, own)]);
        shared.files.insert(id, OpenFile { handles, polls: false });
        id
    }

    /// The file's last descriptor is gone: what it held is free again.
    pub fn close(&self, file: FileId) {
        let mut shared = self.shared.lock();
        if let Some(closed) = shared.files.remove(&file) {
            for handle in closed.handles.values().filter(|handle| !handle.is_board) {
                shared.leave(key(handle.pad, handle.sad));
            }
        }
        if shared.holder.is_some_and(|(holder, _)| holder == file) {
            shared.holder = None;
        }
        drop(shared);
        self.board.bus().wake();
    }

    pub fn open_device(
        &self,
        file: FileId,
        pad: u32,
        sad: i32,
        is_board: bool,
    ) -> Result<u32, Errno> {
        let mut shared = self.shared.lock();
        let handles = &mut shared.file(file)?.handles;
        let free = (0..MOST_HANDLES).find(|number| !handles.contains_key(number));
        let number = free.ok_or(libc::ERANGE)?;
        handles.insert(number, Handle { is_board, pad, sad, busy: false });
        if !is_board {
            shared.devices.entry(key(pad, sad)).or_default().opened += 1;
        }
        // The one that requests service may be among the open ones now.
        shared.stuck = false;
        drop(shared);
        self.board.bus().wake();
        Ok(number)
    }

    pub fn close_device(&self, file: FileId, number: u32) -> Result<(), Errno> {
        let mut shared = self.shared.lock();
        let handle = shared.file(file)?.handles.remove(&number).ok_or(libc::EINVAL)?;
        if !handle.is_board {
            shared.leave(key(handle.pad, handle.sad));
        }
        Ok(())
    }

    pub fn handle(&self, file: FileId, number: u32) -> Result<Handle, Errno> {
        let mut shared = self.shared.lock();
        shared.file(file)?.handles.get(&number).copied().ok_or(libc::EINVAL)
    }

    /// Changes the address of a handle, or of the board when it is the board's.
    pub fn move_to(
        &self,
        file: FileId,
        number: u32,
        change: impl FnOnce(&mut u32, &mut i32),
    ) -> Result<(), Errno> {
        let own = self.board.address();
        let mut shared = self.shared.lock();
        let handle = shared.file(file)?.handles.get_mut(&number).ok_or(libc::EINVAL)?;
        if handle.is_board {
            let (mut pad, mut sad) = (own.primary.into(), own.secondary.map_or(-1, i32::from));
            change(&mut pad, &mut sad);
            drop(shared);
            self.board.set_address(address(pad, sad)?);
            return Ok(());
        }
        let old = key(handle.pad, handle.sad);
        change(&mut handle.pad, &mut handle.sad);
        let new = key(handle.pad, handle.sad);
        shared.leave(old);
        shared.devices.entry(new).or_default().opened += 1;
        Ok(())
    }

    pub fn needs_online(&self) -> Result<(), Errno> {
        if self.shared.lock().online { Ok(()) } else { Err(libc::EINVAL) }
    }

    pub fn set_online(&self, on: bool) {
        self.shared.lock().online = on;
    }

    pub fn set_timeout(&self, microseconds: u32) {
        let limit = Duration::from_micros(microseconds.into());
        self.shared.lock().timeout = (microseconds > 0).then_some(limit);
    }

    pub fn set_terminator(&self, terminator: Option<Terminator>) {
        self.shared.lock().terminator = terminator;
    }

    pub fn settings(&self) -> Settings {
        self.shared.lock().settings
    }

    pub fn change_settings(&self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.shared.lock().settings);
    }

    fn until(&self, abort: &Abort) -> Until {
        let limit = self.shared.lock().timeout;
        limit.map_or(Until::never(), Until::within).or(abort)
    }
}

impl Shared {
    fn file(&mut self, file: FileId) -> Result<&mut OpenFile, Errno> {
        self.files.get_mut(&file).ok_or(libc::EBADF)
    }

    /// One handle less for a device; with the last one its status bytes go.
    fn leave(&mut self, device: (u32, i32)) {
        if let Some(known) = self.devices.get_mut(&device) {
            known.opened -= 1;
            if known.opened == 0 {
                self.devices.remove(&device);
            }
        }
    }
}
