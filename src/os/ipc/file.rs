//! The file of one thing: its layout, and record locks on its bytes.
//!
//! | bytes | content |
//! |---|---|
//! | 0..8 | magic, with the layout's version |
//! | 8..12, 16..24 | id and identity of the counter |
//! | 64..320 | the thing's name, zeros behind it |
//! | 1024..2112 | notes (`notes.rs`) |
//! | 4096 + 16 i | slot i: what is claimed (bit 0 exclusive, bit 1 shared; 0: free) |
//! | 8192 + 512 i | slot i: the access key (256 bytes) and the program (64 bytes), zeros behind |

use std::fs::{File, OpenOptions};
use std::io::{Error, ErrorKind, Result};
use std::os::fd::{AsRawFd, RawFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::os::ipc::counter::{Address, Counter};

const MAGIC: &[u8; 8] = b"FVISA\0\0\x01";
const NAME: usize = 64;
/// The longest name or access key, and the place for either.
pub(super) const TEXT: usize = 256;
const HEADER: usize = NAME + TEXT;
/// How many claims one thing can have at once.
pub(super) const SLOTS: usize = 256;
const HEADS: u64 = 4096;
const HEAD: usize = 16;
const DETAILS: u64 = 8192;
const DETAIL: u64 = 512;
const PROGRAM: usize = 64;
const LENGTH: u64 = DETAILS + DETAIL * SLOTS as u64;

/// Bytes to lock, far behind the content. Every process keeps this one locked for reading.
const USERS: i64 = 1 << 30;
/// Locked for the moment of a change.
const CHANGING: i64 = USERS + 1;
/// Slot i is locked by whose claim stands in it.
const SLOT: i64 = USERS + 16;

/// The most that a change may keep others: thousands of times longer than it takes.
const CHANGE_PATIENCE: Duration = Duration::from_secs(1);

/// An open file; see the table above.
pub(super) struct Table {
    file: File,
    path: PathBuf,
}

/// Holds [`CHANGING`] until dropped.
pub(super) struct Changing<'a>(&'a Table);

impl Table {
    /// Opens the file of `name` in `directory`, makes it where there is none, and attaches its
    /// counter.
    pub fn open(directory: &Path, name: &str) -> Result<(Self, Counter)> {
        if name.len() >= TEXT {
            return Err(Error::from(ErrorKind::InvalidInput));
        }
        let path = path_of(directory, name);
        loop {
            let file = match open_options().open(&path) {
                Ok(file) => file,
                Err(error) if error.kind() == ErrorKind::NotFound => {
                    create(directory, &path)?;
                    continue;
                }
                Err(error) => return Err(error),
            };
            let table = Self { file, path: path.clone() };
            if !table.file.metadata()?.is_file() {
                return Err(Error::from(ErrorKind::InvalidData));
            }
            let changing = table.change()?;
            if table.file.metadata()?.nlink() == 0 {
                // Its last user removed it between our opening and now.
                continue;
            }
            let counter = table.counter(name)?;
            table.set(libc::F_RDLCK, USERS)?;
            drop(changing);
            return Ok((table, counter));
        }
    }

    /// Whether others who open the thing find this file: it is never moved, only removed.
    pub fn is_in_place(&self) -> bool {
        self.file.metadata().is_ok_and(|about| about.nlink() > 0)
    }

    /// Removes the file when no other process uses it, before this one closes it: so that the
    /// resources of a lifetime do not pile up. Left in place where the system lets only its maker
    /// remove it.
    pub fn remove_unused(&self) {
        let inode = |metadata: std::fs::Metadata| (metadata.dev(), metadata.ino());
        let Ok(own) = self.file.metadata().map(inode) else { return };
        // Who is just opening it either holds this or waits for it, and looks again then.
        if self.set(libc::F_WRLCK, CHANGING).is_ok()
            && matches!(self.holder(USERS), Ok(None))
            && std::fs::symlink_metadata(&self.path).is_ok_and(|there| inode(there) == own)
        {
            // Closing frees CHANGING.
            let _ = std::fs::remove_file(&self.path);
        }
    }

    /// The counter that the header names. When it cannot be had, and nobody else uses the file, the
    /// file begins anew with a fresh one: its last user has gone, or somebody spoilt it.
    fn counter(&self, name: &str) -> Result<Counter> {
        let mut named = [0_u8; TEXT];
        named[..name.len()].copy_from_slice(name.as_bytes());
        let header = self.bytes::<HEADER>(0);
        let address = Address {
            id: i32::from_ne_bytes(part(&header, 8)),
            identity: u64::from_ne_bytes(part(&header, 16)),
        };
        if header[..8] == *MAGIC && header[NAME..] == named {
            match Counter::attach(address) {
                Ok(counter) => return Ok(counter),
                Err(error) if self.holder(USERS)?.is_some() => return Err(error),
                Err(_) => {}
            }
        } else if self.holder(USERS)?.is_some() {
            return Err(Error::from(ErrorKind::InvalidData));
        }
        let (counter, address) = Counter::create()?;
        let mut header = [0_u8; HEADER];
        header[8..12].copy_from_slice(&address.id.to_ne_bytes());
        header[16..24].copy_from_slice(&address.identity.to_ne_bytes());
        header[NAME..].copy_from_slice(&named);
        header[..8].copy_from_slice(MAGIC);
        self.file.set_len(LENGTH)?;
        self.file.write_all_at(&[0; HEAD * SLOTS], HEADS)?;
        self.file.write_all_at(&header, 0)?;
        Ok(counter)
    }

    /// Keeps other processes from changing claims until the guard is dropped. Threads of this
    /// process must be kept out by a mutex.
    ///
    /// Tried again and again rather than waited for: the kernel's wait for a record lock has no
    /// deadline, and any user could make it last for ever. A change takes microseconds.
    pub fn change(&self) -> Result<Changing<'_>> {
        let give_up = Instant::now() + CHANGE_PATIENCE;
        let mut pause = Duration::from_micros(20);
        loop {
            match self.set(libc::F_WRLCK, CHANGING) {
                Ok(()) => return Ok(Changing(self)),
                Err(error) if !is_taken(&error) => return Err(error),
                Err(_) if Instant::now() >= give_up => {
                    return Err(Error::from(ErrorKind::TimedOut));
                }
                Err(_) => std::thread::sleep(pause),
            }
            pause = (pause * 2).min(Duration::from_millis(1));
        }
    }

    /// What is claimed in each slot. A file that is too short has free slots behind its end.
    pub fn heads(&self) -> [u8; SLOTS] {
        let heads = self.bytes::<{ HEAD * SLOTS }>(HEADS);
        std::array::from_fn(|slot| heads[slot * HEAD])
    }

    /// Writes what is claimed in a slot, 0 for nothing. Whoever watches the file is told.
    pub fn set_head(&self, slot: usize, claimed: u8) -> Result<()> {
        self.file.write_all_at(&[claimed], HEADS + (slot * HEAD) as u64)
    }

    /// The access key and program of a slot.
    pub fn detail(&self, slot: usize) -> (String, String) {
        let detail = self.bytes::<{ TEXT + PROGRAM }>(DETAILS + slot as u64 * DETAIL);
        (text(&detail[..TEXT]), text(&detail[TEXT..]))
    }

    /// Writes access key and program of a slot, which are cut to their places.
    pub fn set_detail(&self, slot: usize, key: &str, program: &str) -> Result<()> {
        let mut detail = [0_u8; TEXT + PROGRAM];
        for (place, text) in [(0..TEXT, key), (TEXT..TEXT + PROGRAM, program)] {
            let bytes = text.as_bytes();
            let length = bytes.len().min(place.len() - 1);
            detail[place][..length].copy_from_slice(&bytes[..length]);
        }
        self.file.write_all_at(&detail, DETAILS + slot as u64 * DETAIL)
    }

    /// Says that the claim in `slot` is this process's.
    pub fn take_slot(&self, slot: usize) -> Result<()> {
        self.set(libc::F_WRLCK, SLOT + slot as i64)
    }

    /// Takes that back.
    pub fn leave_slot(&self, slot: usize) {
        // Fails only when the kernel lacks memory to split a lock; then it goes with the process.
        let _ = self.set(libc::F_UNLCK, SLOT + slot as i64);
    }

    /// The other process whose claim stands in `slot`, if it lives. 0 when it has no number here.
    pub fn slot_holder(&self, slot: usize) -> Result<Option<i32>> {
        self.holder(SLOT + slot as i64)
    }

    /// The other process that keeps `byte` locked.
    fn holder(&self, byte: i64) -> Result<Option<i32>> {
        let mut lock = record(libc::F_WRLCK, byte);
        // SAFETY: a valid flock, which the call fills.
        if unsafe { libc::fcntl(self.file.as_raw_fd(), libc::F_GETLK, &mut lock) } < 0 {
            return Err(Error::last_os_error());
        }
        Ok((lock.l_type != libc::F_UNLCK as i16).then_some(lock.l_pid))
    }

    fn set(&self, kind: i32, byte: i64) -> Result<()> {
        let lock = record(kind, byte);
        // SAFETY: a valid flock, which is only read.
        if unsafe { libc::fcntl(self.file.as_raw_fd(), libc::F_SETLK, &lock) } < 0 {
            return Err(Error::last_os_error());
        }
        Ok(())
    }

    /// Puts bytes at `offset`.
    pub(super) fn write(&self, bytes: &[u8], offset: u64) -> Result<()> {
        self.file.write_all_at(bytes, offset)
    }

    /// `N` bytes at `offset`; zeros where the file has none.
    pub(super) fn bytes<const N: usize>(&self, offset: u64) -> [u8; N] {
        let mut bytes = [0_u8; N];
        let mut count = 0;
        while count < N {
            match self.file.read_at(&mut bytes[count..], offset + count as u64) {
                Ok(0) => break,
                Ok(more) => count += more,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => break,
            }
        }
        bytes
    }
}

impl AsRawFd for Table {
    fn as_raw_fd(&self) -> RawFd {
        self.file.as_raw_fd()
    }
}

impl Drop for Changing<'_> {
    fn drop(&mut self) {
        // As in leave_slot: it cannot fail for one byte locked alone.
        let _ = self.0.set(libc::F_UNLCK, CHANGING);
    }
}

fn open_options() -> OpenOptions {
    let mut options = OpenOptions::new();
    // A planted link or pipe must lead nowhere.
    options.read(true).write(true).custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK);
    options
}

/// The file's path: a hash, because names may be as long as a file name and contain slashes.
pub(super) fn path_of(directory: &Path, name: &str) -> PathBuf {
    /// FNV-1a with 128 bits: the same in every version of the library.
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013B;
    let hash = name.bytes().fold(0x6C62_272E_07BB_0142_62B8_2175_6295_C58D_u128, |hash, byte| {
        (hash ^ u128::from(byte)).wrapping_mul(PRIME)
    });
    directory.join(format!("ferrovisa-1-{hash:032x}"))
}

/// Makes the file under its name in one step, so that nobody finds it half made or cannot open it
/// because of the maker's umask.
fn create(directory: &Path, path: &Path) -> Result<()> {
    let file =
        OpenOptions::new().read(true).write(true).custom_flags(libc::O_TMPFILE).open(directory)?;
    file.set_len(LENGTH)?;
    file.set_permissions(std::fs::Permissions::from_mode(0o666))?;
    let c_path = |path: &[u8]| std::ffi::CString::new(path).map_err(Error::from);
    let from = c_path(format!("/proc/self/fd/{}", file.as_raw_fd()).as_bytes())?;
    let to = c_path(path.as_os_str().as_bytes())?;
    let here = libc::AT_FDCWD;
    // SAFETY: two NUL-terminated paths.
    let linked =
        unsafe { libc::linkat(here, from.as_ptr(), here, to.as_ptr(), libc::AT_SYMLINK_FOLLOW) };
    match Error::last_os_error() {
        // Another process was quicker.
        error if linked < 0 && error.kind() != ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

fn record(kind: i32, byte: i64) -> libc::flock {
    // SAFETY: a plain C structure of numbers, for which zeros are values.
    let mut lock: libc::flock = unsafe { std::mem::zeroed() };
    lock.l_type = kind as i16;
    lock.l_whence = libc::SEEK_SET as i16;
    lock.l_start = byte as libc::off_t;
    lock.l_len = 1;
    lock
}

fn is_taken(error: &Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::EAGAIN | libc::EACCES))
}

fn part<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    std::array::from_fn(|i| bytes[at + i])
}

/// Bytes up to the first zero, as ASCII that can be printed.
fn text(bytes: &[u8]) -> String {
    let bytes = bytes.iter().take_while(|byte| **byte != 0);
    bytes.map(|byte| if byte.is_ascii() && *byte >= b' ' { *byte as char } else { '?' }).collect()
}
