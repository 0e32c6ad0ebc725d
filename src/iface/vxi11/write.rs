#![forbid(unsafe_code)]
//! viWrite: device_write in pieces that the device has room for.

use crate::iface::vxi11::link::Conversation;
use crate::iface::vxi11::read::Kept;
use crate::iface::{Call, Transfer};
use crate::os::Wait;
use crate::status::{Error, VI_ERROR_IO, VI_ERROR_TMO};
use crate::wire::vxi11;
use crate::wire::vxi11::FLAG_END;

/// The most data in one call, whatever the device offers: a record mark counts up to 2 GiB only,
/// and a device that offers more than it means would not be the first.
const MAX_PIECE: usize = 256 << 10;

/// Sends `data` within `wait`; the count is what the device has acknowledged. END goes with the
/// last piece, if `call.send_end`. No data at all but END is one empty device_write.
pub fn write(
    conversation: &mut Conversation,
    data: &[u8],
    call: &Call,
    wait: &Wait,
) -> Transfer<()> {
    let piece = (conversation.max_recv as usize).min(MAX_PIECE);
    let mut done = 0;
    if data.is_empty() && !call.send_end {
        return Transfer::done(0, ());
    }
    if !data.is_empty() {
        // A reply not read to its end is void once a new message is sent (IEEE 488.2,
        // INTERRUPTED); it must not be taken for the answer to this one.
        conversation.kept = Kept::default();
    }
    loop {
        let rest = &data[done..];
        let part = &rest[..rest.len().min(piece)];
        let flags = if call.send_end && part.len() == rest.len() { FLAG_END } else { 0 };
        let request = vxi11::device_write(conversation.link, call.timeout_ms, flags, part.len());
        let reply = match conversation.call(request, part, &mut [], wait) {
            Ok(reply) => reply,
            Err(cut) => return Transfer::failed(done, cut.error),
        };
        let (taken, outcome) = vxi11::written(reply.fixed(), part.len());
        done += taken;
        if let Err(error) = outcome {
            return Transfer::failed(done, error);
        }
        if done == data.len() {
            return Transfer::done(done, ());
        }
        if taken == 0 {
            // Offering the same piece again and again would never end.
            return Transfer::failed(done, Error::new(VI_ERROR_IO, "device takes no data"));
        }
        if wait.deadline.has_passed() {
            return Transfer::failed(done, Error::new(VI_ERROR_TMO, "device takes data slowly"));
        }
    }
}
