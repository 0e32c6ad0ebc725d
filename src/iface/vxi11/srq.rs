#![forbid(unsafe_code)]
//! Link::watch: a device's service requests switched on and off.
//!
//! Each link has a core connection of its own, so the last watching link of a connection is the
//! only one, and its end is the end of the connection's interrupt channel.

use std::net::{IpAddr, Ipv4Addr};

use crate::iface::Sink;
use crate::iface::vxi11::interrupts;
use crate::iface::vxi11::link::{Conversation, Vxi11Link, shortly_after};
use crate::os::Cancel;
use crate::os::Wait;
use crate::status::{Result, VI_ERROR_ABORT, VI_ERROR_NSUP_OPER, VI_ERROR_TMO, fail};
use crate::wire::vxi11;
use crate::wire::vxi11::Handle;

/// The device's connection to us, as far as this link has to do with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InterruptChannel {
    /// There is none.
    #[default]
    None,
    /// It was asked for; unless the device has given no answer, it is there.
    Ours,
    /// It was there before we asked (error 29), so it is not for us to destroy.
    Others,
}

impl Vxi11Link {
    /// Starts to watch, or watches on with another sink.
    pub(super) fn watch_with(&self, sink: Sink, wait: &Wait) -> Result {
        if let Some(registration) = &*self.watching.lock() {
            registration.report_to(sink);
            return Ok(());
        }
        // The protocol has room for IPv4 only (B.6.14).
        let IpAddr::V4(host) = self.stream.local()? else {
            return fail(VI_ERROR_NSUP_OPER, "VXI-11 has service requests over IPv4 only");
        };
        let mut conversation = self.conversation.pass(wait)?;
        let registration = interrupts::register(self.peer.ip(), sink)?;
        conversation.create_channel(host, registration.port, wait)?;
        // From here on the device may request service, and is heard.
        if let Err(error) = conversation.enable_srq(true, &registration.handle, wait) {
            // The caller's time may be up, or the call be cancelled.
            let uncancelled = Cancel::new();
            let wait = shortly_after(&uncancelled);
            if matches!(error.code, VI_ERROR_TMO | VI_ERROR_ABORT) {
                let _ = conversation.enable_srq(false, &registration.handle, &wait);
            }
            let _ = conversation.destroy_channel(&wait);
            return Err(error);
        }
        *self.watching.lock() = Some(registration);
        Ok(())
    }

    /// Stops to watch. Nothing is reported from then on, whatever becomes of telling the device.
    pub(super) fn unwatch(&self, wait: &Wait) -> Result {
        let Some(registration) = self.watching.lock().take() else { return Ok(()) };
        let handle = registration.handle;
        drop(registration);
        let mut conversation = self.conversation.pass(wait)?;
        let disabled = conversation.enable_srq(false, &handle, wait);
        disabled.and(conversation.destroy_channel(wait))
    }
}

impl Conversation {
    fn create_channel(&mut self, host: Ipv4Addr, port: u16, wait: &Wait) -> Result {
        if self.interrupt_channel != InterruptChannel::None {
            // Left over from a time when the device could not be told, and to another port.
            let _ = self.destroy_channel(wait);
        }
        self.interrupt_channel = InterruptChannel::Ours;
        let request = vxi11::create_intr_chan(host, port);
        let reply = self.call(request, &[], &mut [], wait);
        if !self.owes_reply() {
            self.interrupt_channel = InterruptChannel::None;
        }
        let reply = reply.map_err(|cut| cut.error)?;
        self.interrupt_channel = match vxi11::channel_created(reply.fixed())? {
            true => InterruptChannel::Ours,
            false => InterruptChannel::Others,
        };
        Ok(())
    }

    /// Gives the channel up, if it is ours.
    fn destroy_channel(&mut self, wait: &Wait) -> Result {
        if self.interrupt_channel == InterruptChannel::Ours {
            let request = vxi11::destroy_intr_chan();
            let reply = self.call(request, &[], &mut [], wait).map_err(|cut| cut.error)?;
            vxi11::done(reply.fixed())?;
        }
        self.interrupt_channel = InterruptChannel::None;
        Ok(())
    }

    fn enable_srq(&mut self, enable: bool, handle: &Handle, wait: &Wait) -> Result {
        let request = vxi11::device_enable_srq(self.link, enable);
        let reply = self.call(request, handle, &mut [], wait).map_err(|cut| cut.error)?;
        vxi11::done(reply.fixed())
    }
}
