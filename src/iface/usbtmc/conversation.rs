#![forbid(unsafe_code)]
//! What one thread at a time may use: the bulk pipes, and what is known of the messages on them.

use crate::iface::usbtmc::instrument::Instrument;
use crate::iface::usbtmc::kept::Kept;
use crate::iface::usbtmc::recover::Due;
use crate::os::Wait;
use crate::os::usb::{ControlRequest, End, Moved};
use crate::status::{Error, Result, VI_ERROR_ABORT, VI_ERROR_CONN_LOST, VI_ERROR_IO, VI_ERROR_TMO};
use crate::wire::usbtmc::{LONGEST_ANSWER, Request, Tag};

/// Bytes of the buffer through which small transfers and odd ends go. A multiple of every bulk
/// packet there is.
pub const STAGING: usize = 64 << 10;

/// The state of the bulk pipes.
pub struct Conversation {
    /// The bTag of the last transfer to the device.
    pub tag: Tag,
    /// What was received beyond a read.
    pub kept: Kept,
    /// What must be put in order before anything else is done.
    pub due: Due,
    /// Of the transfer that is to be aborted, the device has taken something.
    pub was_taken: bool,
    /// The device has the beginning of a message whose end has not been sent.
    pub has_half_message: bool,
    /// The last transfer ended with a full packet, and what should have followed has not come: if it
    /// comes late, it means nothing.
    pub owes_end: bool,
    /// The device leaves that out always.
    pub leaves_end_out: bool,
    /// [`STAGING`] bytes.
    pub staging: Box<[u8]>,
}

impl Conversation {
    /// Of an instrument that is just opened.
    pub fn new() -> Self {
        Self {
            tag: Tag::NONE,
            kept: Kept::default(),
            due: Due::default(),
            was_taken: false,
            has_half_message: false,
            owes_end: false,
            leaves_end_out: false,
            staging: vec![0; STAGING].into(),
        }
    }

    /// The bTag of the transfer that begins now.
    pub fn next_tag(&mut self) -> Tag {
        self.tag = self.tag.next();
        self.tag
    }

    /// Sends a transfer that is a header only.
    ///
    /// # Errors
    /// VI_ERROR_TMO, VI_ERROR_ABORT, VI_ERROR_IO, VI_ERROR_CONN_LOST; what must be put in order is
    /// due then.
    pub fn send_header(&mut self, instrument: &Instrument, header: &[u8], wait: &Wait) -> Result {
        let moved = instrument.pipes.write(instrument.layout.output.address, &[header], wait);
        self.sent(moved).map(|_| ())
    }

    /// What became of a transfer to the device: how many bytes it took.
    ///
    /// # Errors
    /// As [`Conversation::send_header`].
    pub fn sent(&mut self, moved: Moved) -> std::result::Result<usize, Error> {
        match moved.end {
            End::Full | End::Short => Ok(moved.count),
            End::Stalled => {
                self.due.unhalt_out = true;
                Err(Error::new(VI_ERROR_IO, "the device refused what was sent to it"))
            }
            End::Failed(error) => {
                self.due.abort_out = Some(self.tag);
                self.was_taken = moved.count > 0 || !is_ended_early(error);
                Err(error)
            }
        }
    }
}

/// Whether an operation ended because its time was up or it was cancelled.
pub fn is_ended_early(error: Error) -> bool {
    matches!(error.code, VI_ERROR_TMO | VI_ERROR_ABORT)
}

/// Whether there is nobody to put anything in order with.
pub fn is_lost(error: Error) -> bool {
    error.code == VI_ERROR_CONN_LOST
}

impl Instrument {
    /// Makes a control request about the interface, or about a pipe: its answer.
    ///
    /// # Errors
    /// VI_ERROR_IO when the device refuses it; VI_ERROR_TMO, VI_ERROR_ABORT, VI_ERROR_CONN_LOST.
    pub fn ask<'b>(
        &self,
        request: Request,
        pipe: Option<u8>,
        answer: &'b mut [u8; LONGEST_ANSWER],
        wait: &Wait,
    ) -> Result<&'b [u8]> {
        let control = ControlRequest {
            request_type: request.request_type,
            request: request.number,
            value: request.value,
            index: pipe.unwrap_or(self.layout.interface).into(),
        };
        let room = &mut answer[..request.len.into()];
        let count = self.pipes.control_in(control, room, wait)?;
        Ok(&answer[..count])
    }
}
