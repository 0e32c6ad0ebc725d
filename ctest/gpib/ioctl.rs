#![forbid(unsafe_code)]
//! The calls of `/dev/gpibN`: numbers and structures of x86-64 (Linux, drivers/gpib/uapi/
//! gpib_ioctl.h), with the rights and locks that each of them needs.

use std::time::Duration;

use visa::sim::gpib::Abort;
use visa::sim::gpib::Event;
use visa::sim::gpib::Terminator;

use crate::gpib::driver::Caller;
use crate::gpib::driver::Driver;
use crate::gpib::driver::Errno;
use crate::gpib::driver::Wait;
use crate::gpib::driver::errno;

pub const IBRD: u32 = 0xC018_A064;
pub const IBWRT: u32 = 0xC018_A065;
pub const IBCMD: u32 = 0xC018_A066;
const IBOPENDEV: u32 = 0xC010_A003;
const IBCLOSEDEV: u32 = 0x4004_A004;
const IBWAIT: u32 = 0xC020_A005;
const IBRPP: u32 = 0xC001_A006;
const IBSIC: u32 = 0x4004_A009;
const IBSRE: u32 = 0x4004_A00A;
const IBGTS: u32 = 0x0000_A00B;
const IBCAC: u32 = 0x4004_A00C;
const IBLINES: u32 = 0x8002_A00E;
const IBPAD: u32 = 0x4008_A00F;
const IBSAD: u32 = 0x4008_A010;
const IBTMO: u32 = 0x4004_A011;
const IBRSP: u32 = 0xC00C_A012;
const IBEOS: u32 = 0x4008_A013;
const IBRSV: u32 = 0x4001_A014;
const CFCBASE: u32 = 0x4008_A015;
const CFCIRQ: u32 = 0x4004_A016;
const CFCDMA: u32 = 0x4004_A017;
const CFCBOARDTYPE: u32 = 0x4064_A018;
pub const IBMUTEX: u32 = 0x4004_A01A;
const IBSPOLL_BYTES: u32 = 0xC00C_A01B;
const IBPPC: u32 = 0x4004_A01C;
const IBBOARD_INFO: u32 = 0x801C_A01D;
const IBQUERY_BOARD_RSV: u32 = 0x8004_A01F;
const IBSELECT_PCI: u32 = 0xC008_A020;
const IBEVENT: u32 = 0x8002_A021;
const IBRSC: u32 = 0x4004_A022;
const IB_T1_DELAY: u32 = 0x4004_A023;
const IBLOC: u32 = 0x0000_A024;
const IBAUTOSPOLL: u32 = 0x4002_A026;
const IBONL: u32 = 0x4010_A027;
const IBPP2_SET: u32 = 0x4002_A028;
const IBPP2_GET: u32 = 0x8002_A029;
const IBSELECT_DEVICE_PATH: u32 = 0x5000_A02B;
const IBRSV2: u32 = 0x4008_A02D;

/// End reads at the character; compare all eight bits.
const REOS: u32 = 0x400;
const BIN: u32 = 0x1000;
const EOS_FLAGS: u32 = 0x1C00;

/// The lines whose state IBLINES tells: all but DAV, IFC and EOI, which are only pulses here.
const VALID: u16 = 0x02 | 0x04 | 0x08 | 0x10 | 0x20 | 0x40;

/// Bytes of the structure of a transfer.
pub const TRANSFER: usize = 24;

/// The bytes that a call takes from the caller and gives to it, besides the buffer of a transfer.
pub fn sizes(command: u32) -> (usize, usize) {
    let size = (command >> 16 & 0x3FFF) as usize;
    let (write, read) = (command >> 30 & 1, command >> 31);
    (size * write as usize, size * read as usize)
}

/// Whether a call may have to wait for anything.
pub fn may_wait(command: u32, argument: &[u8]) -> bool {
    match command {
        IBRD | IBWRT | IBCMD | IBRSP => true,
        IBMUTEX => Words(argument).at(0).is_ok_and(|locks| locks != 0),
        IBWAIT => Words(argument).at(4).is_ok_and(|mask| mask != 0),
        _ => false,
    }
}

/// The buffer of a transfer, as its structure says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transfer {
    pub buffer: u64,
    pub requested: u32,
    pub completed: u32,
    pub end: i32,
    pub handle: i32,
}

impl Transfer {
    pub fn of(argument: &[u8]) -> Result<Self, Errno> {
        let words = Words(argument);
        let transfer = Self {
            buffer: u64::from(words.at(0)?) | u64::from(words.at(4)?) << 32,
            requested: words.at(8)?,
            completed: words.at(12)?,
            end: words.at(16)? as i32,
            handle: words.at(20)? as i32,
        };
        if transfer.completed > transfer.requested {
            return Err(libc::EINVAL);
        }
        Ok(transfer)
    }

    /// Where the bytes lie that are still to be moved, and how many.
    pub fn rest(&self) -> (u64, usize) {
        let done = u64::from(self.completed);
        (self.buffer.wrapping_add(done), (self.requested - self.completed) as usize)
    }

    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.buffer.to_le_bytes().to_vec();
        for word in [self.requested, self.completed, self.end as u32, self.handle as u32] {
            bytes.extend(word.to_le_bytes());
        }
        bytes
    }
}

/// 32-bit numbers of a structure.
struct Words<'a>(&'a [u8]);

impl Words<'_> {
    fn at(&self, offset: usize) -> Result<u32, Errno> {
        let four = self.0.get(offset..offset + 4).and_then(|four| four.try_into().ok());
        four.map(u32::from_le_bytes).ok_or(libc::EFAULT)
    }

    fn byte(&self, offset: usize) -> Result<u8, Errno> {
        self.0.get(offset).copied().ok_or(libc::EFAULT)
    }

    fn short(&self) -> Result<i16, Errno> {
        let two = self.0.get(..2).and_then(|two| two.try_into().ok());
        two.map(i16::from_le_bytes).ok_or(libc::EFAULT)
    }
}

/// A structure of 32-bit numbers.
fn structure(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// What a call gives back: also when it fails, a transfer tells how far it came.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// 0, or the negative number of an error.
    pub result: i32,
    pub argument: Vec<u8>,
    /// For the buffer of a read.
    pub data: Vec<u8>,
}

/// Carries out a call. `data`: what is in the buffer of a write or of commands.
pub fn carry_out(
    driver: &Driver,
    caller: Caller,
    command: u32,
    argument: &[u8],
    data: &[u8],
    abort: &Abort,
) -> Answer {
    let outcome = match command {
        IBRD | IBWRT | IBCMD => transfer(driver, caller, command, argument, data, abort),
        _ => other(driver, caller, command, argument, abort)
            .map(|argument| Answer { argument, ..Answer::default() }),
    };
    outcome.unwrap_or_else(|error| Answer { result: -error, ..Answer::default() })
}

fn transfer(
    driver: &Driver,
    caller: Caller,
    command: u32,
    argument: &[u8],
    data: &[u8],
    abort: &Abort,
) -> Result<Answer, Errno> {
    driver.needs_online()?;
    driver.needs_lock(caller)?;
    let mut told = Transfer::of(argument)?;
    let handle = u32::try_from(told.handle).map_err(|_| libc::EINVAL)?;
    driver.handle(caller.file, handle)?;
    let mut answer = Answer::default();
    let (count, outcome) = match command {
        IBRD => {
            let (most, before) = (told.rest().1, told.requested);
            let (bytes, end, outcome) = driver.read(caller.file, handle, most, abort);
            told.end = i32::from(end);
            answer.data = bytes;
            let complete = end || told.completed + answer.data.len() as u32 == before;
            (answer.data.len(), if complete { Ok(()) } else { outcome })
        }
        IBWRT => driver.write(caller.file, handle, data, told.end != 0, abort),
        _ => driver.command(caller.file, handle, data, told.end != 0, abort),
    };
    told.completed += count as u32;
    answer.argument = told.bytes();
    answer.result = outcome.err().map_or(0, |error| -error);
    Ok(answer)
}

/// Every other call; the structure that it gives back.
fn other(
    driver: &Driver,
    caller: Caller,
    command: u32,
    argument: &[u8],
    abort: &Abort,
) -> Result<Vec<u8>, Errno> {
    let words = Words(argument);
    let file = caller.file;
    // Those that need neither a board that is online nor the lock.
    match command {
        IBONL => {
            if !caller.root {
                return Err(libc::EPERM);
            }
            driver.set_online(words.at(12)? != 0);
            return Ok(Vec::new());
        }
        // The board is there and is not to be changed.
        CFCBOARDTYPE => return Err(if caller.root { libc::EBUSY } else { libc::EPERM }),
        CFCBASE | CFCIRQ | CFCDMA | IBSELECT_PCI | IBSELECT_DEVICE_PATH => {
            return if caller.root { Ok(argument.to_vec()) } else { Err(libc::EPERM) };
        }
        IBAUTOSPOLL => {
            driver.set_polling(file, words.short()? != 0)?;
            return Ok(Vec::new());
        }
        IBBOARD_INFO => return Ok(board_info(driver)),
        IBMUTEX => {
            match words.at(0)? {
                0 => driver.unlock(caller)?,
                _ => driver.lock(caller, abort)?,
            }
            return Ok(Vec::new());
        }
        IBPAD => {
            let pad = words.at(4)?;
            driver.move_to(file, words.at(0)?, |old, _| *old = pad)?;
            return Ok(Vec::new());
        }
        IBSAD => {
            let sad = words.at(4)? as i32;
            driver.move_to(file, words.at(0)?, |_, old| *old = sad)?;
            return Ok(Vec::new());
        }
        _ => {}
    }
    driver.needs_online()?;
    match command {
        IBEVENT => {
            let event = match driver.board.next_event() {
                None => 0_i16,
                Some(Event::Trigger) => 1,
                Some(Event::Clear) => 2,
                Some(Event::InterfaceClear) => 3,
            };
            return Ok(event.to_le_bytes().to_vec());
        }
        IBOPENDEV => {
            let (pad, sad, is_board) = (words.at(4)?, words.at(8)?, words.at(12)?);
            let handle = driver.open_device(file, pad, sad as i32, is_board & 1 != 0)?;
            return Ok(structure(&[handle, pad, sad, is_board]));
        }
        IBCLOSEDEV => {
            driver.close_device(file, words.at(0)?)?;
            return Ok(Vec::new());
        }
        IBSPOLL_BYTES => {
            let (pad, sad) = (words.at(4)?, words.at(8)?);
            let count = driver.collected(pad, sad as i32) as u32;
            return Ok(structure(&[count, pad, sad]));
        }
        IBWAIT => return wait(driver, caller, argument, abort),
        IBLINES => return Ok(lines(driver).to_le_bytes().to_vec()),
        IBLOC => {
            driver.board.press_local();
            return Ok(Vec::new());
        }
        _ => {}
    }
    driver.needs_lock(caller)?;
    locked(driver, command, argument, abort)
}

/// The calls for which one must have the board.
fn locked(driver: &Driver, command: u32, argument: &[u8], abort: &Abort) -> Result<Vec<u8>, Errno> {
    let words = Words(argument);
    let board = &driver.board;
    match command {
        IBRSP => {
            let (pad, sad) = (words.at(0)?, words.at(4)?);
            let byte = driver.serial_poll(pad, sad as i32, abort)?;
            return Ok(structure(&[pad, sad, byte.into()]));
        }
        IBRPP => return board.parallel_poll().map(|answer| vec![answer]).map_err(errno),
        IBPP2_GET => {
            let local = i16::from(driver.settings().local_parallel);
            return Ok(local.to_le_bytes().to_vec());
        }
        IBQUERY_BOARD_RSV => return Ok(structure(&[board.service().into()])),
        IBSIC => board.interface_clear().map_err(errno)?,
        IBSRE => board.remote_enable(words.at(0)? != 0).map_err(errno)?,
        IBGTS => board.go_to_standby().map_err(errno)?,
        IBCAC => board.take_control().map_err(errno)?,
        IBTMO => driver.set_timeout(words.at(0)?),
        IBEOS => {
            let (byte, flags) = (words.at(0)? as u8, words.at(4)?);
            if flags & !EOS_FLAGS != 0 {
                return Err(libc::EINVAL);
            }
            let terminator = Terminator { byte, seven_bits: flags & BIN == 0 };
            driver.set_terminator((flags & REOS != 0).then_some(terminator));
        }
        IBRSV | IBRSV2 => board.request_service(words.byte(0)?),
        IBPPC => {
            let (config, flags) = (words.byte(0)?, words.byte(1)?);
            driver.change_settings(|settings| {
                settings.ist = (settings.ist || flags & 1 != 0) && flags & 2 == 0;
                if config != 0 {
                    settings.parallel = config;
                }
            });
        }
        IBRSC => board.set_system_controller(words.at(0)? != 0),
        IB_T1_DELAY => {
            let delay = words.at(0)?;
            driver.change_settings(|settings| settings.t1_delay = delay);
        }
        IBPP2_SET => {
            let local = words.short()? != 0;
            driver.change_settings(|settings| settings.local_parallel = local);
        }
        _ => return Err(libc::ENOTTY),
    }
    Ok(Vec::new())
}

fn wait(driver: &Driver, caller: Caller, argument: &[u8], abort: &Abort) -> Result<Vec<u8>, Errno> {
    let words = Words(argument);
    let microseconds = words.at(28)?;
    let wait = Wait {
        mask: words.at(4)? as i32,
        clear: words.at(8)? as i32,
        set: words.at(12)? as i32,
        timeout: (microseconds > 0).then(|| Duration::from_micros(microseconds.into())),
    };
    let status = driver.wait(caller.file, words.at(0)?, wait, abort)?;
    let mut answer = argument.to_vec();
    answer[16..20].copy_from_slice(&status.to_le_bytes());
    Ok(answer)
}

/// Which lines are told in the low byte, the lines in the high one.
fn lines(driver: &Driver) -> u16 {
    let now = driver.board.lines();
    let states =
        [(now.ndac, 0x02), (now.nrfd, 0x04), (now.ren, 0x10), (now.srq, 0x20), (now.atn, 0x40)];
    let state: u16 = states.iter().filter(|(is, _)| *is).map(|(_, bit)| bit << 8).sum();
    VALID | state
}

fn board_info(driver: &Driver) -> Vec<u8> {
    let (address, settings) = (driver.board.address(), driver.settings());
    structure(&[
        address.primary.into(),
        address.secondary.map_or(-1, i32::from) as u32,
        settings.parallel.into(),
        driver.polls().into(),
        driver.board.status().system_controller.into(),
        settings.t1_delay,
        settings.ist.into(),
    ])
}
