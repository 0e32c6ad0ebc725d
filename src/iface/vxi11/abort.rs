#![forbid(unsafe_code)]
//! The abort channel: ends the call that the device still works on (device_abort).

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use crate::iface::vxi11::channel::Channel;
use crate::os::Deadline;
use crate::os::Wait;
use crate::os::net::Stream;
use crate::wire::vxi11;
use crate::wire::vxi11::LinkId;

/// How long an abort may take, connecting included.
const PATIENCE: Duration = Duration::from_secs(1);

/// The abort channel of a link. It is opened when first needed: most sessions never do, and many
/// devices count connections.
pub struct Abort {
    /// Where it is; `None` when the device has none or nobody answers there.
    address: Option<SocketAddr>,
    channel: Option<Channel>,
}

impl Abort {
    /// The channel at `address`, not yet open.
    pub fn new(address: Option<SocketAddr>) -> Self {
        Self { address, channel: None }
    }

    /// Asks the device to end what it does for `link`, within `wait` and [`PATIENCE`]. Whether the
    /// device has answered; no more is to be known, since an abort that comes too late is right
    /// as well.
    pub fn send(&mut self, link: LinkId, wait: &Wait) -> bool {
        let patient = wait.deadline.remaining().is_none_or(|left| left >= PATIENCE);
        let deadline = wait.deadline.min(Deadline::after(PATIENCE));
        let wait = &Wait { deadline, ..*wait };
        let answered = self.try_send(link, wait);
        if !answered {
            self.channel = None;
            let had_its_time = patient || !deadline.has_passed();
            if had_its_time && wait.ticket.check().is_ok() {
                // It works no better next time, and each try costs the caller time.
                self.address = None;
            }
        }
        answered
    }

    fn try_send(&mut self, link: LinkId, wait: &Wait) -> bool {
        let Some(address) = self.address else { return false };
        if self.channel.is_none() {
            let stream = Stream::connect_any(&[address], wait);
            self.channel = stream.ok().map(|stream| Channel::new(Arc::new(stream)));
        }
        let Some(channel) = &mut self.channel else { return false };
        channel.call(vxi11::device_abort(link), &[], &mut [], wait).is_ok()
    }
}
