#![forbid(unsafe_code)]
//! viWrite: device_write in pieces that the device has room for.

use crate::iface::vxi11::link::Conversation;
use crate::iface::vxi11::read::Kept;
use crate::iface::{Call, Transfer};
use crate::os::Wait;
use crate::status::{Error, VI_ERROR_IO, VI_ERROR_TMO};
use crate::wire::vxi11;
use crate::wire::vxi11::FLAG_END;

/// The most data in one call. Larger pieces save no time any more.
const MAX_PIECE: usize = 1 << 20;

/// What a device may offer and mean it. Who offers more has put the largest number there that came
/// to mind, and may have room for much less than that.
const CREDIBLE: usize = 16 << 20;

/// The most data in one call to such a device.
const CAREFUL_PIECE: usize = 256 << 10;

fn piece_for(max_recv: u32) -> usize {
    let most = if max_recv as usize > CREDIBLE { CAREFUL_PIECE } else { MAX_PIECE };
    most.min(max_recv as usize)
}

/// Sends `data` within `wait`; the count is what the device has acknowledged. END goes with the
/// last piece, if `call.send_end`. No data at all but END is one empty device_write.
pub fn write(
    conversation: &mut Conversation,
    data: &[u8],
    call: &Call,
    wait: &Wait,
) -> Transfer<()> {
    let piece = piece_for(conversation.max_recv);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_gets_what_it_offers_as_far_as_that_is_credible() {
        for (offered, piece) in [
            (1024, 1024),
            (300 << 10, 300 << 10),
            (1 << 20, 1 << 20),
            (16 << 20, 1 << 20),
            ((16 << 20) + 1, 256 << 10),
            (u32::MAX, 256 << 10),
        ] {
            assert_eq!(piece_for(offered), piece, "{offered}");
        }
    }
}
