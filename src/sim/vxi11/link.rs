#![forbid(unsafe_code)]
//! One link: a parser, an output queue, and the waits of its calls.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use std::time::Instant;

use crate::sim::device::Device;
use crate::sim::device::PortId;
use crate::sim::device::PortKind;
use crate::sim::device::State;
use crate::sim::interpreter::Interpreter;
use crate::sim::lexer::Framing;
use crate::sim::locks::Wanted;
use crate::sim::peer::Peer;
use crate::sim::response::Response;
use crate::sim::status::QUERY_INTERRUPTED;
use crate::sim::status::QUERY_UNTERMINATED;
use crate::sim::vxi11::ABORTED;
use crate::sim::vxi11::ErrorCode;
use crate::sim::vxi11::LOCKED;
use crate::sim::vxi11::NO_LOCK;
use crate::sim::vxi11::Progress;
use crate::sim::vxi11::Shared;
use crate::sim::vxi11::TIMED_OUT;
use crate::sim::vxi11::WAIT_LOCK;

/// Reason of a device_read: as many bytes as were asked for (VXI-11 B.6.4).
const REQUEST_COUNT: u32 = 1;
/// Reason: the termination character.
const CHARACTER: u32 = 2;
/// Reason: the end of the response message.
const END: u32 = 4;

/// The most that one device_read gives, in bytes; the client asks again.
const LONGEST_READ: usize = 4 << 20;

/// What a device_read asks for.
#[derive(Clone, Copy, Debug)]
pub(super) struct ReadRequest {
    pub(super) size: u32,
    pub(super) io_timeout: Duration,
    pub(super) term_char: Option<u8>,
}

/// Why a wait is over.
enum Woken<T> {
    Done(T),
    /// The client is gone; whatever is answered, nobody hears it.
    Gone,
    Aborted,
}

/// A link and what belongs to it.
pub(super) struct Link {
    shared: Arc<Shared>,
    number: i32,
    port: PortId,
    progress: Arc<Progress>,
    interpreter: Interpreter,
    output: Option<Response>,
    /// The handle for service requests, when they are enabled.
    pub(super) handle: Option<Vec<u8>>,
}

impl Drop for Link {
    fn drop(&mut self) {
        self.shared.unregister(self.number);
        self.shared.device.remove_port(self.port);
    }
}

impl Link {
    pub(super) fn new(shared: &Arc<Shared>, number: i32, progress: Arc<Progress>) -> Self {
        let port = shared.device.add_port(PortKind::Link);
        Self {
            shared: Arc::clone(shared),
            number,
            port,
            progress,
            interpreter: Interpreter::new(Arc::clone(&shared.device), port, Framing::LineOrEnd),
            output: None,
            handle: None,
        }
    }

    pub(super) fn port(&self) -> PortId {
        self.port
    }

    fn device(&self) -> &Device {
        &self.shared.device
    }

    /// Fails while another client has locked the instrument; waits for it if the flags say so.
    pub(super) fn permit(
        &self,
        peer: &Peer,
        flags: u32,
        lock_timeout: Duration,
    ) -> Result<(), ErrorCode> {
        let port = self.port;
        self.when(peer, flags, lock_timeout, move |state| state.locks.permit(port))
    }

    /// device_lock (VXI-11 B.6.12).
    pub(super) fn lock(
        &self,
        peer: &Peer,
        flags: u32,
        lock_timeout: Duration,
    ) -> Result<(), ErrorCode> {
        let port = self.port;
        if self.device().with(|state| state.locks.redundant(port, Wanted::Exclusive)) {
            return Err(LOCKED);
        }
        self.when(peer, flags, lock_timeout, move |state| {
            state.locks.acquire(port, Wanted::Exclusive)
        })
    }

    /// device_unlock (VXI-11 B.6.13).
    pub(super) fn unlock(&self) -> Result<(), ErrorCode> {
        let released = self.device().change(|state| state.locks.release(self.port));
        released.map(|_| ()).ok_or(NO_LOCK)
    }

    /// Until `done`, or error 11: at once without the waitlock flag, else after `lock_timeout`.
    fn when(
        &self,
        peer: &Peer,
        flags: u32,
        lock_timeout: Duration,
        mut done: impl FnMut(&mut State) -> bool,
    ) -> Result<(), ErrorCode> {
        if self.device().with(&mut done) {
            return Ok(());
        }
        if flags & WAIT_LOCK == 0 {
            return Err(LOCKED);
        }
        let deadline = Instant::now() + lock_timeout;
        match self.wait(peer, deadline, |state| done(state).then_some(())) {
            Some(Woken::Done(())) => Ok(()),
            Some(Woken::Aborted) => Err(ABORTED),
            Some(Woken::Gone) | None => Err(LOCKED),
        }
    }

    fn wait<T>(
        &self,
        peer: &Peer,
        deadline: Instant,
        mut done: impl FnMut(&mut State) -> Option<T>,
    ) -> Option<Woken<T>> {
        peer.watch();
        self.progress.aborted.store(false, Ordering::SeqCst);
        self.progress.waiting.store(true, Ordering::SeqCst);
        let woken = self.device().wait(Some(deadline), |state| {
            if state.stopping || peer.gone() {
                return Some(Woken::Gone);
            }
            if self.progress.aborted.load(Ordering::SeqCst) {
                return Some(Woken::Aborted);
            }
            done(state).map(Woken::Done)
        });
        self.progress.waiting.store(false, Ordering::SeqCst);
        woken
    }

    /// device_write: the instrument takes everything at once.
    pub(super) fn write(&mut self, data: &[u8], end: bool) {
        let mut rest = data;
        loop {
            // A new message while the last response is unread: interrupted (488.2 6.3.2.3).
            if self.output.is_some() && self.interpreter.idle() && !rest.trim_ascii().is_empty() {
                self.drop_output();
                self.device().raise(QUERY_INTERRUPTED);
            }
            let (used, response) = self.interpreter.feed(rest, end);
            rest = &rest[used..];
            if let Some(response) = response {
                let since = response.ready.unwrap_or_else(Instant::now);
                self.output = Some(response);
                self.device().set_available(self.port, Some(since));
            }
            if rest.is_empty() {
                return;
            }
        }
    }

    /// device_read, first half: how many bytes may be sent now and the reason bits.
    pub(super) fn prepare(
        &mut self,
        peer: &Peer,
        request: ReadRequest,
    ) -> Result<(usize, u32), ErrorCode> {
        self.await_output(peer, request.io_timeout)?;
        let Some(output) = &self.output else { return Err(TIMED_OUT) };
        let slices = output.slices((request.size as usize).min(LONGEST_READ));
        let mut count = slices.iter().map(|slice| slice.len()).sum();
        let mut reason = 0;
        if let Some(character) = request.term_char
            && let Some(at) = position(&slices, character)
        {
            count = at + 1;
            reason |= CHARACTER;
        }
        if count as u64 == output.len() {
            reason |= END;
        }
        if count == request.size as usize {
            reason |= REQUEST_COUNT;
        }
        Ok((count, reason))
    }

    /// device_read, second half: the bytes to send.
    pub(super) fn next_output(&self, count: usize) -> Vec<&[u8]> {
        self.output.as_ref().map_or(Vec::new(), |output| output.slices(count))
    }

    /// They are sent.
    pub(super) fn advance(&mut self, count: usize) {
        let Some(output) = &mut self.output else { return };
        output.advance(count as u64);
        if output.is_empty() {
            self.drop_output();
        }
    }

    /// Waits for a response, but no longer than the client says (VXI-11 B.5.4).
    fn await_output(&self, peer: &Peer, io_timeout: Duration) -> Result<(), ErrorCode> {
        let now = Instant::now();
        let deadline = now + io_timeout;
        let until = match &self.output {
            Some(output) => match output.ready.filter(|ready| *ready > now) {
                None => return Ok(()),
                Some(ready) => ready.min(deadline),
            },
            None => {
                // Asked to talk with nothing to say (IEEE 488.2 6.3.2.2).
                self.device().raise(QUERY_UNTERMINATED);
                deadline
            }
        };
        match self.wait(peer, until, |_| None::<()>) {
            Some(Woken::Aborted) => Err(ABORTED),
            None if self.output.is_some() && until < deadline => Ok(()),
            _ => Err(TIMED_OUT),
        }
    }

    /// device_clear (VXI-11 B.6.9).
    pub(super) fn clear(&mut self) {
        self.interpreter.clear();
        self.drop_output();
        self.device().with(|state| state.seen.clears += 1);
    }

    fn drop_output(&mut self) {
        self.output = None;
        self.device().set_available(self.port, None);
    }
}

fn position(slices: &[&[u8]], wanted: u8) -> Option<usize> {
    let mut before = 0;
    for slice in slices {
        if let Some(at) = slice.iter().position(|byte| *byte == wanted) {
            return Some(before + at);
        }
        before += slice.len();
    }
    None
}
