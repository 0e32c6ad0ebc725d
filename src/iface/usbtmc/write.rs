#![forbid(unsafe_code)]
//! Sending messages. Each write is one transfer: a header, the bytes, up to three of padding.

use crate::iface::usbtmc::conversation::{Conversation, STAGING};
use crate::iface::usbtmc::instrument::Instrument;
use crate::iface::{Call, Transfer};
use crate::os::Wait;
use crate::os::memory;
use crate::os::usb::Moved;
use crate::status::{Error, Result};
use crate::wire::usbtmc;
use crate::wire::usbtmc::{HEADER, Message};

/// Bytes of a large transfer that are copied behind the header; the rest goes from where it is. A
/// multiple of every bulk packet there is.
const HEAD: usize = 8 << 10;

impl Instrument {
    /// Sends `data` as the whole of a message, or as a part of one without `call.send_end`.
    pub fn write(&self, data: &[u8], message: Message, call: &Call) -> Transfer<()> {
        let wait = self.until_cleared(call);
        let passed = self.pipes.alive().and_then(|()| self.conversation.pass(&wait));
        let mut conversation = match passed {
            Ok(conversation) => conversation,
            Err(error) => return Transfer::failed(0, error),
        };
        if let Err(error) = self.settle(&mut conversation, &wait) {
            return Transfer::failed(0, error);
        }
        // Answers that were not read belong to what was asked before. The device drops its part of
        // them, too (IEEE 488.2, 6.3.2.3).
        if !conversation.has_half_message {
            conversation.kept.clear();
        }
        let written = self.send(&mut conversation, data, message, call.send_end, &wait);
        if written.outcome.is_err() {
            self.settle_promptly(&mut conversation);
        }
        written
    }

    fn send(
        &self,
        conversation: &mut Conversation,
        data: &[u8],
        message: Message,
        end: bool,
        wait: &Wait,
    ) -> Transfer<()> {
        let marks_end = end && message == Message::Out;
        let tag = conversation.next_tag();
        let header = usbtmc::out(message, tag, data.len() as u32, marks_end);
        conversation.staging[..HEADER].copy_from_slice(&header);
        let moved = match self.send_parts(conversation, data, wait) {
            Ok(moved) => moved,
            Err(error) => return Transfer::failed(0, error),
        };
        let count = moved.count.saturating_sub(HEADER).min(data.len());
        match conversation.sent(moved) {
            Ok(_) => {
                conversation.has_half_message = message == Message::Out && !end;
                Transfer::done(data.len(), ())
            }
            Err(error) => {
                // The beginning of a message would swallow the next one. An abort drops it as well.
                conversation.due.clear |= conversation.due.abort_out.is_none();
                Transfer::failed(count, error)
            }
        }
    }

    /// Sends the header that stands in the staging buffer, `data` and padding.
    ///
    /// # Errors
    /// VI_ERROR_USER_BUF, VI_ERROR_ALLOC: nothing was sent.
    fn send_parts(
        &self,
        conversation: &mut Conversation,
        data: &[u8],
        wait: &Wait,
    ) -> std::result::Result<Moved, Error> {
        let output = self.layout.output;
        let padding = usbtmc::padding(data.len());
        let total = HEADER + data.len() + padding;
        let staging = &mut conversation.staging;
        if total <= STAGING {
            let end = HEADER + data.len();
            memory::fetch(&mut staging[HEADER..end], data)?;
            staging[end..total].fill(0);
            return Ok(self.pipes.write(output.address, &[&staging[..total]], wait));
        }
        // All but the last part must be whole packets.
        let packet = usize::from(output.max_packet);
        let head = HEAD / packet * packet;
        let (first, rest) = data.split_at(head - HEADER);
        let (middle, last) = rest.split_at(rest.len() / packet * packet);
        let (begin, end) = staging.split_at_mut(head);
        let tail = last.len() + padding;
        memory::fetch(&mut begin[HEADER..], first)?;
        memory::fetch(&mut end[..last.len()], last)?;
        end[last.len()..tail].fill(0);
        Ok(self.pipes.write(output.address, &[begin, middle, &end[..tail]], wait))
    }

    /// Sends a trigger (USB488 3.2.1.1).
    ///
    /// # Errors
    /// VI_ERROR_TMO, VI_ERROR_ABORT, VI_ERROR_IO, VI_ERROR_CONN_LOST.
    pub fn send_trigger(&self, call: &Call) -> Result {
        let wait = self.until_cleared(call);
        let mut conversation = self.conversation.pass(&wait)?;
        self.settle(&mut conversation, &wait)?;
        let header = usbtmc::trigger(conversation.next_tag());
        let sent = conversation.send_header(self, &header, &wait);
        if sent.is_err() {
            self.settle_promptly(&mut conversation);
        }
        sent
    }
}
