#![forbid(unsafe_code)]
//! TCPIP INSTR over VXI-11.
//!
//! A link talks over one TCP connection, the core channel, on which one call at a time is
//! outstanding. What goes wrong with it is told apart by one question, whether the byte stream is
//! still in step:
//!
//! - A call that times out or is cancelled leaves its reply in flight. The stream is in step; the
//!   next call first discards what has arrived, asks the device by device_abort to end a call it
//!   still works on, and skips replies to other transactions than its own.
//! - A call that was cut while being sent is kept, and the next call sends the rest first: the
//!   device takes nothing else before it has the whole call. Then a device_clear drops the message
//!   that the call was part of, for its end will not come.
//! - While a call cannot be sent because the server is still sending a reply that was given up,
//!   that is received and dropped.
//! - A closed connection and a record mark beyond reason cannot be mended. The connection is shut
//!   down, so that the device frees link and locks, and each later call says VI_ERROR_CONN_LOST.
//!
//! Service requests come the other way: the device connects to a port of ours (`interrupts`), after
//! the core channel has told it where and by which handle it shall name the link (`srq`). So they
//! arrive whatever the core channel is busy with.

mod abort;
mod channel;
pub mod docmd;
mod interrupts;
mod landing;
pub mod link;
mod lock;
pub mod open;
mod read;
mod records;
mod srq;
#[cfg(test)]
pub(crate) mod tests;
mod write;

use crate::iface::{Interface, Link};
use crate::os::Wait;
use crate::rsrc::Kinds;
use crate::rsrc::ResourceName;
use crate::status::Result;

/// The interface.
pub struct Vxi11;

impl Interface for Vxi11 {
    fn kinds(&self) -> Kinds {
        Kinds::TCPIP_VXI11
    }

    fn open(&self, name: &ResourceName, wait: &Wait) -> Result<Box<dyn Link>> {
        Ok(Box::new(open::open(name, wait)?))
    }
}
