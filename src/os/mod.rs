//! What the library asks of the operating system: deadlines, cancelling, sockets.
//!
//! Nothing here knows VISA objects or protocols. Every wait takes a [`Wait`]: until when, and
//! what may end it early.

pub mod cancel;
pub mod deadline;
pub mod eventfd;
pub mod file;
pub mod fork;
pub mod gate;
pub mod ipc;
pub mod listen;
pub mod net;
pub mod output;
pub mod random;
pub mod sync;
pub mod waker;

pub use cancel::{Cancel, Ticket};
pub use deadline::Deadline;
pub use gate::Gate;

/// How long a blocking step may take, and what ends it early.
#[derive(Clone, Copy)]
pub struct Wait<'a> {
    /// When to give up with VI_ERROR_TMO.
    pub deadline: Deadline,
    /// Ends the wait with VI_ERROR_ABORT when viTerminate or viClose is called.
    pub ticket: Ticket<'a>,
}
