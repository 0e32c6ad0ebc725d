#![forbid(unsafe_code)]
//! TCPIP SOCKET: a bare TCP connection. It has no END of its own and no device operations; the
//! 488.2 strings (VI_ATTR_IO_PROT) are the session's.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crate::attr::Value;
use crate::consts::ViAttr;
use crate::iface::tcp;
use crate::iface::{Call, Interface, Link, Stop, Transfer};
use crate::os::Deadline;
use crate::os::Gate;
use crate::os::Wait;
use crate::os::net::{Cut, Stream};
use crate::rsrc::Kinds;
use crate::rsrc::ResourceName;
use crate::rsrc::name::Address;
use crate::status::{
    Error, Result, VI_ERROR_CONN_LOST, VI_ERROR_INV_RSRC_NAME, VI_ERROR_NSUP_OPER, VI_ERROR_TMO,
    fail,
};

/// With VI_ATTR_SUPPRESS_END_EN off, a message ends when nothing more has arrived for this long.
/// TCP keeps no message borders, so this is a guess. It must be longer than the 40 ms that a peer
/// may wait for our acknowledgement before it sends the rest of an answer (Nagle's rule): many
/// instruments send the line feed by itself.
const PAUSE: Duration = Duration::from_millis(100);

/// A clear takes what follows within this time for part of what is being cleared.
const SETTLED: Duration = Duration::from_millis(5);

/// The most that one receive may bring beyond a termination character, and so the most that is
/// kept for the next read.
const LOOKAHEAD: usize = 64 << 10;

/// The interface.
pub struct Socket;

impl Interface for Socket {
    fn kinds(&self) -> Kinds {
        Kinds::TCPIP_SOCKET
    }

    fn open(&self, name: &ResourceName, wait: &Wait) -> Result<Box<dyn Link>> {
        let Address::Socket { credential, host, port, .. } = &name.address else {
            return fail(VI_ERROR_INV_RSRC_NAME, "not a SOCKET name");
        };
        if credential.is_some() {
            return fail(VI_ERROR_NSUP_OPER, "secure connections are not supported");
        }
        let stream = Stream::connect(host, *port, wait)?;
        Ok(Box::new(SocketLink {
            stream,
            input: Gate::new(Kept::default()),
            output: Gate::new(()),
            lost: AtomicBool::new(false),
        }))
    }
}

struct SocketLink {
    stream: Stream,
    /// What arrived beyond a termination character, for the next read.
    input: Gate<Kept>,
    output: Gate<()>,
    /// Set once the connection has been seen broken: every later call says so at once.
    lost: AtomicBool,
}

impl Link for SocketLink {
    fn write(&self, data: &[u8], call: &Call) -> Transfer<()> {
        let sent = || -> std::result::Result<(), Cut> {
            let none = |error| Cut { count: 0, error };
            self.alive().map_err(none)?;
            let _output = self.output.pass(&call.wait).map_err(none)?;
            self.stream.send_parts(&mut [std::io::IoSlice::new(data)], &call.wait)
        };
        match sent() {
            Ok(()) => Transfer::done(data.len(), ()),
            Err(cut) => Transfer::failed(cut.count, self.note(cut.error)),
        }
    }

    fn read(&self, buf: &mut [u8], call: &Call) -> Transfer<Stop> {
        self.read_message(buf, buf.len(), false, call)
    }

    fn read_on(&self, buf: &mut [u8], call: &Call) -> Transfer<Stop> {
        self.read_message(buf, buf.len(), true, call)
    }

    fn read_some(&self, buf: &mut [u8], call: &Call) -> Transfer<Stop> {
        self.read_message(buf, 1, false, call)
    }

    fn discard_input(&self, call: &Call) -> Result {
        self.alive()?;
        // A read in progress on another thread has taken what was kept and takes what arrives:
        // then there is nothing left to drop here.
        let now = Wait { deadline: Deadline::Immediate, ..call.wait };
        if let Ok(mut kept) = self.input.pass(&now) {
            kept.clear();
            let mut bin = [0; 4096];
            let receive = |wait: &Wait| self.stream.recv(&mut bin, wait).map(drop);
            discard_until_pause(receive, &call.round_trip()).map_err(|error| self.note(error))?;
        }
        Ok(())
    }

    fn drop_stale_answers(&self, call: &Call) -> Result {
        self.alive()?;
        if let Some(mut kept) = self.input.try_pass() {
            kept.clear();
            let mut bin = [0; 4096];
            let arrived = || self.stream.recv_now(&mut bin).map_err(|error| self.note(error));
            drop_arrived(arrived, &call.round_trip())?;
        }
        Ok(())
    }

    fn clear(&self, call: &Call) -> Result {
        self.discard_input(call)
    }

    /// Closes the connection even while forked children still have its descriptor.
    fn close(&self, _deadline: Deadline) {
        self.stream.shut_down();
    }

    fn get(&self, attr: ViAttr) -> Result<Value> {
        tcp::get(&self.stream, attr)
    }

    fn set(&self, attr: ViAttr, value: u64, _call: &Call) -> Result {
        tcp::set(&[&self.stream], attr, value)
    }
}

impl SocketLink {
    /// A read of at least `least` bytes. A pause ends it when not suppressed and the message
    /// `has_begun`, here or before.
    fn read_message(
        &self,
        buf: &mut [u8],
        least: usize,
        has_begun: bool,
        call: &Call,
    ) -> Transfer<Stop> {
        let mut kept = match self.input.pass(&call.wait) {
            Ok(kept) => kept,
            Err(error) => return Transfer::failed(0, error),
        };
        let (mut count, ended) = kept.take(buf, call.term_char);
        if ended {
            return Transfer::done(count, Stop::TermChar);
        }
        while count < least {
            let arrived = match self.receive(&mut buf[count..], has_begun || count > 0, call) {
                Ok(Some(arrived)) => arrived,
                Ok(None) => return Transfer::done(count, Stop::End),
                Err(error) => return Transfer::failed(count, self.note(error)),
            };
            let fresh = &buf[count..count + arrived];
            if let Some(end) = call.term_char.and_then(|c| memchr::memchr(c, fresh)) {
                kept.keep(&fresh[end + 1..]);
                return Transfer::done(count + end + 1, Stop::TermChar);
            }
            count += arrived;
        }
        Transfer::done(count, Stop::Count)
    }

    fn alive(&self) -> Result {
        if self.lost.load(Ordering::Relaxed) {
            return fail(VI_ERROR_CONN_LOST, "connection was lost before");
        }
        Ok(())
    }

    fn note(&self, error: Error) -> Error {
        if error.code == VI_ERROR_CONN_LOST {
            self.lost.store(true, Ordering::Relaxed);
        }
        error
    }

    /// Bytes received into `buf`; `None` when END is not suppressed and data that `has_begun` has
    /// paused.
    fn receive(&self, buf: &mut [u8], has_begun: bool, call: &Call) -> Result<Option<usize>> {
        self.alive()?;
        // Looking for a termination character, what lies beyond it must be kept.
        let most = if call.term_char.is_some() { buf.len().min(LOOKAHEAD) } else { buf.len() };
        let pausing = has_begun && !call.suppress_end;
        let mut wait = call.wait;
        if pausing {
            wait.deadline = wait.deadline.min(Deadline::after(PAUSE));
        }
        match self.stream.recv(&mut buf[..most], &wait) {
            Ok(count) => Ok(Some(count)),
            Err(error) if pausing && error.code == VI_ERROR_TMO => Ok(None),
            // The peer sent its message and closed in good order (the system reports no error):
            // that is its end. The next read says lost.
            Err(error) if pausing && error.code == VI_ERROR_CONN_LOST && error.os.is_none() => {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

/// Throws away what has arrived and what follows it without a pause: an answer that is on its way
/// belongs to what is being cleared.
fn discard_until_pause(mut receive: impl FnMut(&Wait) -> Result, wait: &Wait) -> Result {
    loop {
        let pause = Wait { deadline: wait.deadline.min(Deadline::after(SETTLED)), ..*wait };
        match receive(&pause) {
            Ok(()) if wait.deadline.has_passed() => {
                return fail(VI_ERROR_TMO, "the peer does not stop sending");
            }
            Ok(()) => {}
            Err(error) if error.code == VI_ERROR_TMO => return Ok(()),
            Err(error) => return Err(error),
        }
    }
}

/// Throws away what has arrived. It ends although the peer goes on sending.
fn drop_arrived(mut arrived: impl FnMut() -> Result<Option<usize>>, wait: &Wait) -> Result {
    while arrived()?.is_some() {
        if wait.deadline.has_passed() {
            return fail(VI_ERROR_TMO, "the peer does not stop sending");
        }
    }
    Ok(())
}

/// Bytes that were received and not yet read.
#[derive(Default)]
struct Kept {
    bytes: Vec<u8>,
    /// How many of them have been read.
    read: usize,
}

impl Kept {
    /// Moves bytes into `buf`, up to and with the termination character; tells how many, and
    /// whether it was among them.
    fn take(&mut self, buf: &mut [u8], term_char: Option<u8>) -> (usize, bool) {
        let rest = &self.bytes[self.read..];
        let rest = &rest[..rest.len().min(buf.len())];
        let end = term_char.and_then(|c| memchr::memchr(c, rest));
        let count = end.map_or(rest.len(), |end| end + 1);
        buf[..count].copy_from_slice(&rest[..count]);
        self.read += count;
        if self.read == self.bytes.len() {
            self.clear();
        }
        (count, end.is_some())
    }

    /// Keeps bytes for the next read. Nothing is kept when bytes are received.
    fn keep(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    fn clear(&mut self) {
        self.bytes.clear();
        self.read = 0;
    }
}

#[cfg(test)]
mod tests;
