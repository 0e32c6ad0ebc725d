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

/// How often a new connection may fail before no more is tried: each try costs the caller time.
const FAILURES: u32 = 2;

/// The abort channel of a link. It is opened when first needed: most sessions never do, and many
/// devices count connections.
pub struct Abort {
    /// Where it is; `None` when the device has none or nobody answers there.
    address: Option<SocketAddr>,
    channel: Option<Channel>,
    /// How many new connections have failed in a row.
    failures: u32,
}

impl Abort {
    /// The channel at `address`, not yet open.
    pub fn new(address: Option<SocketAddr>) -> Self {
        Self { address, channel: None, failures: 0 }
    }

    /// Asks the device to end what it does for `link`. Whether the device has answered; no more is
    /// to be known, since an abort that comes too late is right as well. Takes at most half of the
    /// time that the caller has, and [`PATIENCE`]: the call that follows needs time too.
    pub fn send(&mut self, link: LinkId, wait: &Wait) -> bool {
        let share = wait.deadline.remaining().map_or(PATIENCE, |left| PATIENCE.min(left / 2));
        let wait = &Wait { deadline: Deadline::after(share), ..*wait };
        let was_open = self.channel.is_some();
        let mut answered = self.try_send(link, wait);
        if !answered && was_open {
            // Devices close an idle connection; that says nothing about a new one.
            self.channel = None;
            answered = self.try_send(link, wait);
        }
        if answered {
            self.failures = 0;
        } else {
            self.channel = None;
            if wait.ticket.check().is_ok() {
                self.failures += 1;
                if self.failures >= FAILURES {
                    self.address = None;
                }
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
