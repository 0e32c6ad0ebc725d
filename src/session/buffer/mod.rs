#![forbid(unsafe_code)]
//! The formatted I/O buffers of a session: viBufWrite, viBufRead, viFlush, viSetBuf. viPrintf and
//! viScanf go through them too (`session::formatted`).
//!
//! viRead and viWrite go past them. Choices where the standard leaves room:
//! - A message ends where its line feed is the last byte that a flush finds: by viFlush, viSetBuf,
//!   or viBufRead, which flushes because an answer is wanted. END goes with it. A buffer that is
//!   sent because it is full, and VI_FLUSH_ON_ACCESS, send without END: there a line feed may be
//!   any byte of a block.
//! - viBufRead sends what the write buffer holds first: the answer may depend on it.
//! - A buffered read looks ahead only where END or a termination character is enabled.
//! - VI_READ_BUF reads on to whichever of the two is enabled; where none is, it only drops the
//!   buffer. It never drops what the device has sent beyond, on no interface: the answer to a
//!   question already asked is still to be read.
//! - A write that fails, for whatever reason, leaves the write buffer empty.
//! - The low-level input is what a link has received and not yet handed out. Low-level output is
//!   what the system has not yet put on a serial line; other links keep none, and there flushing or
//!   dropping it succeeds and does nothing. Neither can be resized.

pub mod read;
pub mod write;

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use crate::consts::{
    VI_FLUSH_ON_ACCESS, VI_IO_IN_BUF, VI_IO_IN_BUF_DISCARD, VI_IO_OUT_BUF, VI_IO_OUT_BUF_DISCARD,
    VI_READ_BUF, VI_READ_BUF_DISCARD, VI_WRITE_BUF, VI_WRITE_BUF_DISCARD, ViStatus, ViUInt16,
};
use crate::iface::{Call, Link, Stop, Transfer};
use crate::os::Gate;
use crate::os::Wait;
use crate::os::gate::Passed;
use crate::rsrc::Kinds;
use crate::session::buffer::read::{Marks, ReadBuffer};
use crate::session::buffer::write::{Upto, WriteBuffer};
use crate::session::{RD_BUF_OPER_MODE, Session, WR_BUF_OPER_MODE};
use crate::status::{Result, VI_ERROR_INV_MASK, VI_SUCCESS, VI_WARN_NSUP_BUF, fail};

/// Size in bytes of each buffer until viSetBuf changes it.
const SIZE: u32 = 4096;

/// Both buffers of a session. When both gates are needed, the writing one is passed first and
/// left again before the reading one: a read that waits for the device keeps nobody from writing,
/// unless the link has one channel for both.
pub struct Buffers {
    write: Gate<WriteBuffer>,
    read: Gate<ReadBuffer>,
    /// What they hold is void: it is dropped before they are used again.
    write_void: AtomicBool,
    read_void: AtomicBool,
    /// The sizes again, to be read beside a call in progress.
    write_size: AtomicU32,
    read_size: AtomicU32,
}

impl Default for Buffers {
    fn default() -> Self {
        Self {
            write: Gate::new(WriteBuffer::new(SIZE as usize)),
            read: Gate::new(ReadBuffer::new(SIZE as usize)),
            write_void: AtomicBool::new(false),
            read_void: AtomicBool::new(false),
            write_size: AtomicU32::new(SIZE),
            read_size: AtomicU32::new(SIZE),
        }
    }
}

impl Buffers {
    /// VI_ATTR_WR_BUF_SIZE in bytes.
    pub fn write_size(&self) -> u32 {
        self.write_size.load(Ordering::Relaxed)
    }

    /// VI_ATTR_RD_BUF_SIZE in bytes.
    pub fn read_size(&self) -> u32 {
        self.read_size.load(Ordering::Relaxed)
    }

    /// Drops what both hold, also what a call in progress on another thread leaves there. Waits
    /// for nobody.
    pub fn void(&self) {
        self.write_void.store(true, Ordering::Release);
        self.read_void.store(true, Ordering::Release);
    }

    pub(super) fn writing(&self, wait: &Wait) -> Result<Passed<'_, WriteBuffer>> {
        let mut buffer = self.write.pass(wait)?;
        if self.write_void.swap(false, Ordering::AcqRel) {
            buffer.clear();
        }
        Ok(buffer)
    }

    pub(super) fn reading(&self, wait: &Wait) -> Result<Passed<'_, ReadBuffer>> {
        let mut buffer = self.read.pass(wait)?;
        if self.read_void.swap(false, Ordering::AcqRel) {
            buffer.clear();
        }
        Ok(buffer)
    }

    /// Whether the write buffer holds something that a flush will send without END.
    ///
    /// # Errors
    /// VI_ERROR_TMO and VI_ERROR_ABORT while another thread uses it.
    pub(super) fn holds_unended_message(&self, wait: &Wait) -> Result<bool> {
        Ok(self.writing(wait)?.is_unended())
    }

    pub(super) fn flush_write(&self, link: &dyn Link, call: &Call) -> Result {
        self.writing(&call.wait)?.flush(&mut sender(link, call)).outcome
    }

    fn flush_read(&self, link: &dyn Link, call: &Call) -> Result {
        self.reading(&call.wait)?.flush(marks(call), &mut receiver(link, call))
    }
}

/// Sends what leaves the write buffer.
pub(super) fn sender<'a>(
    link: &'a dyn Link,
    call: &'a Call,
) -> impl FnMut(&[u8], bool) -> Transfer<()> {
    move |data, end| link.write(data, &Call { send_end: call.send_end && end, ..*call })
}

/// Receives what the read buffer has room for.
pub(super) fn receiver<'a>(
    link: &'a dyn Link,
    call: &'a Call,
) -> impl FnMut(&mut [u8], bool) -> Transfer<Stop> {
    move |room, begun| if begun { link.read_on(room, call) } else { link.read(room, call) }
}

/// What marks the end of a message for this call.
pub(super) fn marks(call: &Call) -> Marks {
    Marks { term_char: call.term_char, end: !call.suppress_end }
}

impl Session {
    /// viBufWrite: puts `data` into the write buffer.
    pub fn buffered_write(&self, data: &[u8]) -> Transfer<()> {
        let link = match self.require(Kinds::MESSAGE_BASED).and_then(|()| self.link()) {
            Ok(link) => link,
            Err(error) => return Transfer::failed(0, error),
        };
        let call = match self.admitted() {
            Ok(call) => call,
            Err(error) => return Transfer::failed(0, error),
        };
        let upto = if self.flushes_on_access(WR_BUF_OPER_MODE) { Upto::Now } else { Upto::Full };
        match self.buffers.writing(&call.wait) {
            Ok(mut buffer) => buffer.put(data, upto, &mut sender(link, &call)),
            Err(error) => Transfer::failed(0, error),
        }
    }

    /// viBufRead: fills `room` from the read buffer and the device, and ends as viRead does.
    pub fn buffered_read(&self, room: &mut [u8]) -> Transfer<Stop> {
        let link = match self.require(Kinds::MESSAGE_BASED).and_then(|()| self.link()) {
            Ok(link) => link,
            Err(error) => return Transfer::failed(0, error),
        };
        if room.is_empty() {
            return Transfer::done(0, Stop::Count);
        }
        let call = match self.admitted() {
            Ok(call) => call,
            Err(error) => return Transfer::failed(0, error),
        };
        if let Err(error) = self.buffers.flush_write(link, &call) {
            return Transfer::failed(0, error);
        }
        let mut buffer = match self.buffers.reading(&call.wait) {
            Ok(buffer) => buffer,
            Err(error) => return Transfer::failed(0, error),
        };
        let mut receive = receiver(link, &call);
        let taken = buffer.take(room, marks(&call), &mut receive);
        match taken.outcome {
            Ok(_) if self.flushes_on_access(RD_BUF_OPER_MODE) => {
                match buffer.flush(marks(&call), &mut receive) {
                    Ok(()) => taken,
                    Err(error) => Transfer::failed(taken.count, error),
                }
            }
            Ok(_) => taken,
            Err(error) => {
                self.hint(&error, taken.count, &call);
                taken
            }
        }
    }

    pub(super) fn flushes_on_access(&self, mode: usize) -> bool {
        self.settings.load(mode) == i64::from(VI_FLUSH_ON_ACCESS)
    }

    /// viFlush, output before input.
    ///
    /// # Errors
    /// VI_ERROR_INV_MASK for no or unknown bits, or two for the same buffer; what the link answers.
    pub fn flush(&self, mask: ViUInt16) -> Result {
        const PAIRS: [ViUInt16; 4] = [
            VI_READ_BUF | VI_READ_BUF_DISCARD,
            VI_WRITE_BUF | VI_WRITE_BUF_DISCARD,
            VI_IO_IN_BUF | VI_IO_IN_BUF_DISCARD,
            VI_IO_OUT_BUF | VI_IO_OUT_BUF_DISCARD,
        ];
        self.require(Kinds::MESSAGE_BASED)?;
        let link = self.link()?;
        let known = PAIRS.iter().fold(0, |all, pair| all | pair);
        if mask == 0 || mask & !known != 0 || PAIRS.iter().any(|pair| mask & pair == *pair) {
            return fail(VI_ERROR_INV_MASK, "no such buffers, or flush and discard of one");
        }
        let asks = |bits: ViUInt16| mask & bits != 0;
        let call = self.admitted()?;
        if asks(VI_WRITE_BUF) {
            self.buffers.flush_write(link, &call)?;
        }
        if asks(VI_WRITE_BUF_DISCARD) {
            self.buffers.writing(&call.wait)?.clear();
        }
        if asks(VI_IO_OUT_BUF) {
            link.flush_output(&call)?;
        }
        if asks(VI_IO_OUT_BUF_DISCARD) {
            link.discard_output(&call)?;
        }
        if asks(VI_READ_BUF) {
            self.buffers.flush_read(link, &call)?;
        }
        if asks(VI_READ_BUF_DISCARD) {
            self.buffers.reading(&call.wait)?.clear();
        }
        if asks(VI_IO_IN_BUF | VI_IO_IN_BUF_DISCARD) {
            link.discard_input(&call)?;
        }
        Ok(())
    }

    /// viSetBuf: gives buffers another size in bytes; what they hold is flushed first.
    ///
    /// # Errors
    /// VI_ERROR_INV_MASK for no or unknown bits; VI_ERROR_ALLOC; what flushing answers.
    pub fn set_buffers(&self, mask: ViUInt16, size: u32) -> Result<ViStatus> {
        const LOW_LEVEL: ViUInt16 = VI_IO_IN_BUF | VI_IO_OUT_BUF;
        self.require(Kinds::MESSAGE_BASED)?;
        let link = self.link()?;
        if mask == 0 || mask & !(VI_READ_BUF | VI_WRITE_BUF | LOW_LEVEL) != 0 {
            return fail(VI_ERROR_INV_MASK, "no such buffers");
        }
        let call = self.admitted()?;
        if mask & VI_WRITE_BUF != 0 {
            let mut buffer = self.buffers.writing(&call.wait)?;
            buffer.flush(&mut sender(link, &call)).outcome?;
            buffer.resize(size as usize)?;
            self.buffers.write_size.store(size, Ordering::Relaxed);
        }
        if mask & VI_READ_BUF != 0 {
            let mut buffer = self.buffers.reading(&call.wait)?;
            buffer.flush(marks(&call), &mut receiver(link, &call))?;
            buffer.resize(size as usize)?;
            self.buffers.read_size.store(size, Ordering::Relaxed);
        }
        Ok(if mask & LOW_LEVEL == 0 { VI_SUCCESS } else { VI_WARN_NSUP_BUF })
    }
}
