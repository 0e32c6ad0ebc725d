#![forbid(unsafe_code)]
//! Serial ports behind a network, `ASRL::host::port`: RFC 2217 where the peer speaks it, bare TCP
//! where it does not.
//!
//! The peer speaks first, as servers of RFC 2217 do: whoever opened a bare connection by asking
//! for options would send the question down the serial line to the instrument.

#[cfg(test)]
pub(crate) mod fuzz;
mod incoming;
mod port;

use std::io::IoSlice;
use std::os::fd::AsRawFd;
use std::time::Duration;

use parking_lot::Mutex;

use crate::iface::asrl::network::incoming::{Incoming, Speaks};
use crate::os::Deadline;
use crate::os::Gate;
use crate::os::Wait;
use crate::os::net::Stream;
use crate::os::poll::await_events;
use crate::os::serial::Settings;
use crate::status::{Result, VI_ERROR_TMO};
use crate::wire::rfc2217::*;
use crate::wire::telnet::{COM_PORT, put_about};

/// How long a peer has to speak first.
const FIRST_WORD: Duration = Duration::from_millis(300);

/// How long it has to say whether it has a port.
const GREETING: Duration = Duration::from_millis(1000);

/// The least time for an answer of the peer's, which may be far away.
const ANSWERED: Duration = Duration::from_millis(1000);

/// How long a thread waits for the connection before it looks whether another has received what it
/// waits for.
const LOOK: Duration = Duration::from_millis(10);

/// Received at a time.
const PIECE: usize = 4096;

/// Data that is received before anybody wants it, at most; the rest waits at the peer.
const AHEAD: usize = 64 << 10;

/// The readiness to receive, as poll(2) calls it.
const READABLE: i16 = libc::POLLIN;

/// A connection to a port.
pub struct Remote {
    stream: Stream,
    /// Passed for whole messages.
    outgoing: Gate<()>,
    /// Passed for a question and its answer.
    asking: Gate<()>,
    incoming: Mutex<Incoming>,
    /// The settings that the peer has taken.
    in_force: Mutex<Option<Settings>>,
}

impl Remote {
    /// Connects, and learns what the peer speaks.
    ///
    /// # Errors
    /// As [`Stream::connect`]; VI_ERROR_CONN_LOST.
    pub fn open(host: &str, port: u16, wait: &Wait) -> Result<Self> {
        let remote = Self {
            stream: Stream::connect(host, port, wait)?,
            outgoing: Gate::new(()),
            asking: Gate::new(()),
            incoming: Mutex::default(),
            in_force: Mutex::new(None),
        };
        remote.until(&soon(wait, FIRST_WORD), |incoming| incoming.speaks != Speaks::Unknown)?;
        let Some(hello) = remote.incoming.lock().hello() else { return Ok(remote) };
        remote.say(&hello, wait)?;
        remote.until(&soon(wait, GREETING), |incoming| incoming.has_port.is_some())?;
        if remote.has_port() {
            // As a port of this machine is when it is opened. A server may leave any out.
            let short = soon(wait, GREETING);
            for (code, value) in [
                (SET_LINESTATE_MASK, line::EVENTS),
                (SET_MODEMSTATE_MASK, u8::MAX),
                (SET_CONTROL, control::DTR_ON),
                (SET_CONTROL, control::RTS_ON),
            ] {
                if remote.ask(code, &[value], &short)?.is_some() {
                    remote.note_line(code, value);
                }
            }
        }
        Ok(remote)
    }

    /// Whether the peer has a port that can be set.
    pub fn has_port(&self) -> bool {
        self.incoming.lock().has_port == Some(true)
    }

    /// Receives until `found`, or until the time is up, which is no error.
    fn until(&self, wait: &Wait, found: impl Fn(&Incoming) -> bool) -> Result {
        while !found(&self.incoming.lock()) {
            match self.pump(wait) {
                Err(error) if error.code == VI_ERROR_TMO => return Ok(()),
                pumped => pumped?,
            }
        }
        Ok(())
    }

    /// Waits for a moment, or until something arrives, and receives it; other threads may do the
    /// same. So what is waited for may be there without this one having received it.
    ///
    /// # Errors
    /// VI_ERROR_TMO at the deadline, VI_ERROR_ABORT, VI_ERROR_CONN_LOST.
    fn pump(&self, wait: &Wait) -> Result {
        let step = Wait { deadline: wait.deadline.min(Deadline::after(LOOK)), ..*wait };
        match await_events(self.stream.as_raw_fd(), READABLE, &step) {
            Err(error) if error.code == VI_ERROR_TMO && !wait.deadline.has_passed() => Ok(()),
            Err(error) => Err(error),
            Ok(()) => self.receive_now(),
        }
    }

    /// Receives what is there. Never waits.
    fn receive_now(&self) -> Result {
        let mut incoming = self.incoming.lock();
        let mut piece = [0; PIECE];
        if let Some(count) = self.stream.recv_now(&mut piece)? {
            incoming.accept(&piece[..count]);
        }
        // Whoever is just sending says it next time.
        if !incoming.answers.is_empty()
            && let Some(_outgoing) = self.outgoing.try_pass()
        {
            let sent = self.stream.send_now(&incoming.answers)?;
            incoming.answers.drain(..sent);
        }
        Ok(())
    }

    /// Sends bytes of telnet as they are.
    fn say(&self, bytes: &[u8], wait: &Wait) -> Result {
        let _outgoing = self.outgoing.pass(wait)?;
        let answers = std::mem::take(&mut self.incoming.lock().answers);
        let mut parts = [IoSlice::new(&answers), IoSlice::new(bytes)];
        self.stream.send_parts(&mut parts, wait).map_err(|cut| cut.error)
    }

    /// Sends a message about the port and returns the answer; `None` when there was none in time.
    fn ask(&self, code: u8, value: &[u8], wait: &Wait) -> Result<Option<Vec<u8>>> {
        let wait = &at_least(wait, ANSWERED);
        let _asking = self.asking.pass(wait)?;
        let number = code + ANSWER;
        self.incoming.lock().replies.remove(&number);
        let message = [&[code], value].concat();
        let mut bytes = Vec::new();
        put_about(&mut bytes, COM_PORT, &message);
        self.say(&bytes, wait)?;
        let short = soon(wait, ANSWERED);
        self.until(&short, |incoming| incoming.replies.contains_key(&number))?;
        Ok(self.incoming.lock().replies.remove(&number))
    }

    /// Remembers how our lines are.
    fn note_line(&self, code: u8, value: u8) {
        let mut incoming = self.incoming.lock();
        match (code, value) {
            (SET_CONTROL, control::DTR_ON | control::DTR_OFF) => {
                incoming.dtr = Some(value == control::DTR_ON);
            }
            (SET_CONTROL, control::RTS_ON | control::RTS_OFF) => {
                incoming.rts = Some(value == control::RTS_ON);
            }
            _ => {}
        }
    }
}

/// The same, but no longer than `time`.
fn soon<'a>(wait: &Wait<'a>, time: Duration) -> Wait<'a> {
    Wait { deadline: wait.deadline.min(Deadline::after(time)), ..*wait }
}

/// The same, but no shorter than `time`.
fn at_least<'a>(wait: &Wait<'a>, time: Duration) -> Wait<'a> {
    match wait.deadline.remaining() {
        Some(left) if left < time => Wait { deadline: Deadline::after(time), ..*wait },
        _ => *wait,
    }
}
