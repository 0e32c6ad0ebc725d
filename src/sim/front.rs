#![forbid(unsafe_code)]
//! A way into an instrument for an emulated bus: the bus moves messages, which begin and end here.
//! What is on its wires, and in which pieces, is no matter of the instrument's.

use std::sync::Arc;
use std::time::Instant;

use crate::sim::device::Device;
use crate::sim::device::PortId;
use crate::sim::device::PortKind;
use crate::sim::interpreter::Interpreter;
use crate::sim::lexer::Framing;
use crate::sim::response::Response;
use crate::sim::status::QUERY_INTERRUPTED;
use crate::sim::status::QUERY_UNTERMINATED;

/// The next piece of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// How many bytes it has.
    pub count: usize,
    /// Its last byte is the wanted character.
    pub matched: bool,
    /// Its last byte is the last of the response.
    pub end: bool,
}

/// What a bus says about remote and local operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remote {
    /// REN is asserted.
    Enable,
    /// REN is released: everything is local again.
    Disable,
    /// GTL: to local, until the next message.
    Local,
    /// LLO: the front panel is locked out.
    Lockout,
}

/// One client of an instrument. A message ends with a line feed or with END; a new one drops what
/// is unread of the last response, with error -410.
pub struct Front {
    device: Arc<Device>,
    port: PortId,
    interpreter: Interpreter,
    output: Option<Response>,
}

impl std::fmt::Debug for Front {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Front").field("port", &self.port).finish_non_exhaustive()
    }
}

impl Drop for Front {
    fn drop(&mut self) {
        self.device.remove_port(self.port);
    }
}

impl Front {
    pub(super) fn new(device: Arc<Device>, request: impl Fn(u8) + Send + 'static) -> Self {
        let port = device.add_port(PortKind::Front);
        device.set_notify(port, Some(Box::new(request)));
        let interpreter = Interpreter::new(Arc::clone(&device), port, Framing::LineOrEnd);
        Self { device, port, interpreter, output: None }
    }

    /// Takes bytes of a message; `end`: the last of them ends it.
    pub fn write(&mut self, data: &[u8], end: bool) {
        self.device.with(|state| state.seen.remote |= state.seen.remote_enabled);
        let mut rest = data;
        loop {
            // A new message while the last response is unread: interrupted (488.2 6.3.2.3).
            if self.output.is_some() && self.interpreter.idle() && !rest.trim_ascii().is_empty() {
                self.drop_output();
                self.device.raise(QUERY_INTERRUPTED);
            }
            let (used, response) = self.interpreter.feed(rest, end);
            rest = &rest[used..];
            if let Some(response) = response {
                let since = response.ready.unwrap_or_else(Instant::now);
                self.output = Some(response);
                self.device.set_available(self.port, Some(since));
            }
            if rest.is_empty() {
                return;
            }
        }
    }

    /// The client wants a response: an error when there will be none (488.2 6.3.2.2).
    pub fn ask(&self) {
        if self.output.is_none() {
            self.device.raise(QUERY_UNTERMINATED);
        }
    }

    /// Whether there is a response, which may have to wait.
    pub fn responds(&self) -> bool {
        self.output.is_some()
    }

    /// The response is not to be read before this moment (`SYST:DELAY`).
    pub fn held_until(&self) -> Option<Instant> {
        self.output.as_ref()?.ready
    }

    /// What can be read next: at most `most` bytes, up to the first `until` if it is given.
    pub fn next(&self, most: usize, until: Option<u8>) -> Extent {
        let Some(output) = &self.output else {
            return Extent { count: 0, matched: false, end: false };
        };
        let mut count = usize::try_from(output.len()).map_or(most, |left| left.min(most));
        let found = until.and_then(|wanted| position(output, count, wanted));
        if let Some(at) = found {
            count = at + 1;
        }
        Extent { count, matched: found.is_some(), end: count as u64 == output.len() }
    }

    /// Appends the next `count` bytes of the response to `to`, or as many as there are.
    pub fn take(&mut self, count: usize, to: &mut Vec<u8>) {
        let Some(output) = &mut self.output else { return };
        let before = to.len();
        for slice in output.slices(count) {
            to.extend_from_slice(slice);
        }
        output.advance((to.len() - before) as u64);
        if output.is_empty() {
            self.drop_output();
        }
    }

    /// Device clear: input and response are forgotten (IEEE 488.2 5.8).
    pub fn clear(&mut self) {
        self.forget();
        self.device.with(|state| state.seen.clears += 1);
    }

    /// The message that has begun and the response are lost, without a device clear.
    pub fn forget(&mut self) {
        self.interpreter.clear();
        self.drop_output();
    }

    /// Group execute trigger.
    pub fn trigger(&self) {
        self.device.trigger();
    }

    /// The status byte with RQS, which this clears (IEEE 488.2 11.3.1).
    pub fn poll(&self) -> u8 {
        self.device.serial_poll(self.port)
    }

    /// Remote and local (IEEE 488.1 2.8).
    pub fn remote(&self, change: Remote) {
        self.device.with(|state| {
            let seen = &mut state.seen;
            match change {
                Remote::Enable => seen.remote_enabled = true,
                Remote::Disable => {
                    (seen.remote_enabled, seen.remote, seen.lockout) = (false, false, false);
                }
                Remote::Local => seen.remote = false,
                Remote::Lockout => seen.lockout = seen.remote_enabled,
            }
        });
    }

    fn drop_output(&mut self) {
        self.output = None;
        self.device.set_available(self.port, None);
    }
}

/// Where in the next `count` bytes the first `wanted` is.
fn position(output: &Response, count: usize, wanted: u8) -> Option<usize> {
    let mut before = 0;
    for slice in output.slices(count) {
        if let Some(at) = memchr::memchr(wanted, slice) {
            return Some(before + at);
        }
        before += slice.len();
    }
    None
}
