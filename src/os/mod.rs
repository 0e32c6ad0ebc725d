//! What the library asks of the operating system: deadlines, cancelling, sockets, serial ports.
//!
//! Nothing here knows VISA objects or protocols. Every wait takes a [`Wait`]: until when, and
//! what may end it early.

#[cfg(test)]
pub mod alone;
pub mod aside;
pub mod cancel;
pub mod datagram;
pub mod deadline;
pub mod eventfd;
pub mod file;
pub mod fork;
#[cfg(test)]
pub(crate) mod fuzz;
pub mod gate;
pub mod gpib;
pub mod holders;
pub mod ipc;
pub mod lan;
#[cfg(all(test, fuzzing))]
pub mod libfuzzer;
pub mod listen;
pub mod memory;
pub mod neighbours;
pub mod net;
#[cfg(test)]
pub mod netns;
pub mod output;
pub mod own;
pub mod permission;
pub mod places;
pub mod poll;
#[cfg(test)]
pub mod pty;
pub mod random;
pub mod serial;
pub mod spin;
pub mod sync;
pub mod usb;
pub mod usbtmc;
pub mod waker;

use std::time::Duration;

pub use cancel::{Cancel, Ticket};
pub use deadline::Deadline;
pub use gate::Gate;

use crate::status::{Result, VI_ERROR_TMO};

/// How long a blocking step may take, and what ends it early.
#[derive(Clone, Copy)]
pub struct Wait<'a> {
    /// When to give up with VI_ERROR_TMO.
    pub deadline: Deadline,
    /// Ends the wait with VI_ERROR_ABORT when viTerminate or viClose is called.
    pub ticket: Ticket<'a>,
}

impl Wait<'_> {
    /// The same, but `more` longer.
    pub fn prolonged(&self, more: Duration) -> Self {
        let deadline = match self.deadline {
            Deadline::Immediate => Deadline::after(more),
            Deadline::At(at) => Deadline::At(at + more),
            Deadline::Never => Deadline::Never,
        };
        Self { deadline, ..*self }
    }

    /// Lets the time pass.
    ///
    /// # Errors
    /// VI_ERROR_ABORT when cancelled; VI_ERROR_ALLOC.
    pub fn pass(&self) -> Result {
        let blocked = self.ticket.block()?;
        loop {
            match poll::await_wake(&blocked, self) {
                Err(error) if error.code == VI_ERROR_TMO => return Ok(()),
                woken => woken?,
            }
        }
    }
}
