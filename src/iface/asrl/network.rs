#![forbid(unsafe_code)]
//! Serial ports behind a network, `ASRL::host::port`: RFC 2217 where the peer speaks it, bare TCP
//! where it does not.
//!
//! The peer speaks first, as servers of RFC 2217 do: whoever opened a bare connection by asking
//! for options would send the question down the serial line to the instrument.

use std::collections::HashMap;
use std::io::IoSlice;
use std::os::fd::AsRawFd;
use std::time::Duration;

use parking_lot::Mutex;

use crate::iface::asrl::wire::Wire;
use crate::os::Deadline;
use crate::os::Gate;
use crate::os::Wait;
use crate::os::memory;
use crate::os::net::{Cut, Stream, await_events};
use crate::os::serial::{Counts, Flow, Lines, Parity, Settings, StopBits};
use crate::status::{Error, Result, VI_ERROR_NSUP_ATTR_STATE, VI_ERROR_TMO, fail};
use crate::wire::rfc2217::*;
use crate::wire::telnet::*;

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

/// Data that is escaped and sent at a time.
const ESCAPED: usize = 64 << 10;

const XON: u8 = 0x11;
const XOFF: u8 = 0x13;

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

/// What has been received.
#[derive(Default)]
struct Incoming {
    speaks: Speaks,
    decoder: Decoder,
    data: Vec<u8>,
    /// How much of it has been read.
    read: usize,
    /// What is still to be said to the peer.
    answers: Vec<u8>,
    /// The last answer of each number.
    replies: HashMap<u8, Vec<u8>>,
    /// The options that we have agreed to, by verb and number.
    agreed: Vec<(u8, u8)>,
    has_port: Option<bool>,
    suspended: bool,
    modem: Option<u8>,
    dtr: Option<bool>,
    rts: Option<bool>,
    counts: Counts,
}

/// What the peer speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Speaks {
    #[default]
    Unknown,
    /// Bytes and nothing else.
    Bare,
    Telnet,
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

    /// Sets something by one byte, which must be answered by the same.
    fn set(&self, code: u8, value: u8, wait: &Wait) -> Result {
        match self.ask(code, &[value], wait)? {
            Some(answer) if answer == [value] => {
                self.note_line(code, value);
                Ok(())
            }
            _ => fail(VI_ERROR_NSUP_ATTR_STATE, "the remote port does not take it"),
        }
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

    fn need_port(&self) -> Result {
        if self.has_port() {
            return Ok(());
        }
        fail(VI_ERROR_NSUP_ATTR_STATE, "the peer does not speak RFC 2217")
    }

    fn set_all(&self, settings: &Settings, wait: &Wait) -> Result<Settings> {
        const TOLERANCE: u32 = 50;
        let answer = self.ask(SET_BAUDRATE, &settings.baud.to_be_bytes(), wait)?;
        let baud = match answer.as_deref().map(<[u8; 4]>::try_from) {
            Some(Ok(rate)) => u32::from_be_bytes(rate),
            _ => return fail(VI_ERROR_NSUP_ATTR_STATE, "the remote port does not say its rate"),
        };
        if baud.abs_diff(settings.baud) > settings.baud / TOLERANCE {
            return fail(VI_ERROR_NSUP_ATTR_STATE, "the remote port has another rate");
        }
        self.set(SET_DATASIZE, settings.data_bits, wait)?;
        self.set(SET_PARITY, parity_number(settings.parity), wait)?;
        self.set(SET_STOPSIZE, stop_number(settings.stop_bits), wait)?;
        self.set(SET_CONTROL, flow_number(settings.flow)?, wait)?;
        Ok(Settings { baud, ..*settings })
    }
}

impl Incoming {
    /// What to offer and to ask for; `None` to a peer that does not speak telnet.
    fn hello(&mut self) -> Option<Vec<u8>> {
        if self.speaks != Speaks::Telnet {
            self.speaks = Speaks::Bare;
            return None;
        }
        let mut hello = Vec::new();
        for (verb, option) in [
            (WILL, COM_PORT),
            (WILL, BINARY),
            (DO, BINARY),
            (WILL, SUPPRESS_GO_AHEAD),
            (DO, SUPPRESS_GO_AHEAD),
        ] {
            if !self.agreed.contains(&(verb, option)) {
                self.agreed.push((verb, option));
                put_negotiation(&mut hello, verb, option);
            }
        }
        Some(hello)
    }

    fn accept(&mut self, bytes: &[u8]) {
        if self.speaks == Speaks::Unknown {
            self.speaks = if bytes[0] == IAC { Speaks::Telnet } else { Speaks::Bare };
        }
        if self.read == self.data.len() {
            self.data.clear();
            self.read = 0;
        }
        if self.speaks == Speaks::Bare {
            self.data.extend_from_slice(bytes);
            return;
        }
        let mut commands = Vec::new();
        let before = self.data.len();
        self.decoder.decode(bytes, &mut self.data, |command| commands.push(command));
        let received = (self.data.len() - before) as u32;
        self.counts.received = self.counts.received.wrapping_add(received);
        for command in commands {
            match command {
                Command::Negotiate(verb, option) => self.negotiate(verb, option),
                Command::About(about) => self.hear(&about),
            }
        }
    }

    /// Agrees to what a serial port needs, and refuses all else. What has been agreed to is not
    /// answered again: two sides that answer everything would never stop (RFC 854).
    fn negotiate(&mut self, verb: u8, option: u8) {
        if option == COM_PORT {
            self.has_port = Some(matches!(verb, DO | WILL));
        }
        let (yes, no) = match verb {
            DO => (WILL, WONT),
            WILL => (DO, DONT),
            _ => return,
        };
        let wanted = match option {
            BINARY | SUPPRESS_GO_AHEAD | COM_PORT => true,
            // The peer's echo would be ours: we do none.
            ECHO => verb == WILL,
            _ => false,
        };
        if !wanted {
            put_negotiation(&mut self.answers, no, option);
        } else if !self.agreed.contains(&(yes, option)) {
            self.agreed.push((yes, option));
            put_negotiation(&mut self.answers, yes, option);
        }
    }

    /// Takes in a message about the port.
    fn hear(&mut self, about: &[u8]) {
        let [COM_PORT, code, value @ ..] = about else { return };
        let first = value.first().copied().unwrap_or(0);
        const SUSPEND: u8 = FLOWCONTROL_SUSPEND + ANSWER;
        const RESUME: u8 = FLOWCONTROL_RESUME + ANSWER;
        match *code {
            SUSPEND => self.suspended = true,
            RESUME => self.suspended = false,
            NOTIFY_MODEMSTATE => {
                let before = self.modem.replace(first).unwrap_or(first);
                let changed = |bit: u8| u32::from((before ^ first) & bit != 0);
                let counts = &mut self.counts;
                counts.cts = counts.cts.wrapping_add(changed(modem::CTS));
                counts.dsr = counts.dsr.wrapping_add(changed(modem::DSR));
                counts.dcd = counts.dcd.wrapping_add(changed(modem::DCD));
                counts.ri = counts.ri.wrapping_add(changed(modem::RI));
            }
            NOTIFY_LINESTATE => {
                let seen = |bit: u8| u32::from(first & bit != 0);
                let counts = &mut self.counts;
                counts.overrun = counts.overrun.wrapping_add(seen(line::OVERRUN));
                counts.parity = counts.parity.wrapping_add(seen(line::PARITY));
                counts.framing = counts.framing.wrapping_add(seen(line::FRAMING));
                counts.breaks = counts.breaks.wrapping_add(seen(line::BREAK));
            }
            _ => {
                self.replies.insert(*code, value.to_vec());
            }
        }
    }

    fn waiting(&self) -> usize {
        self.data.len() - self.read
    }
}

impl Wire for Remote {
    fn receive(&self, buf: &mut [u8], wait: &Wait) -> Result<usize> {
        loop {
            let bare = {
                let mut incoming = self.incoming.lock();
                let count = incoming.waiting().min(buf.len());
                if count > 0 {
                    let from = incoming.read;
                    buf[..count].copy_from_slice(&incoming.data[from..from + count]);
                    incoming.read += count;
                    return Ok(count);
                }
                incoming.speaks == Speaks::Bare
            };
            if bare {
                return self.stream.recv(buf, wait);
            }
            self.pump(wait)?;
        }
    }

    fn send(&self, parts: &mut [IoSlice<'_>], wait: &Wait) -> std::result::Result<(), Cut> {
        let none = |error| Cut { count: 0, error };
        if self.incoming.lock().speaks == Speaks::Bare {
            let _outgoing = self.outgoing.pass(wait).map_err(none)?;
            return self.stream.send_parts(parts, wait);
        }
        let mut count = 0;
        for part in parts {
            for piece in part.chunks(ESCAPED) {
                let cut = |error| Cut { count, error };
                while self.incoming.lock().suspended {
                    self.pump(wait).map_err(cut)?;
                }
                let mut escaped = Vec::new();
                put_data(&mut escaped, &memory::copy(piece).map_err(cut)?);
                // A piece that is cut may have left in part; how much, the escapes hide.
                self.say(&escaped, wait).map_err(cut)?;
                count += piece.len();
            }
        }
        Ok(())
    }

    fn has_settings(&self) -> bool {
        self.has_port()
    }

    fn apply(&self, settings: &Settings, wait: &Wait) -> Result<Settings> {
        self.need_port()?;
        // The protocol cannot say which characters hold the line up.
        if !settings.are_possible() || (settings.xon, settings.xoff) != (XON, XOFF) {
            return fail(VI_ERROR_NSUP_ATTR_STATE, "a remote port cannot be set so");
        }
        let before = *self.in_force.lock();
        match self.set_all(settings, wait) {
            Ok(settings) => {
                *self.in_force.lock() = Some(settings);
                Ok(settings)
            }
            Err(error) => {
                // What the peer had taken already. A peer that does not go back is lost anyway.
                let _ = before.map(|before| self.set_all(&before, wait));
                Err(error)
            }
        }
    }

    fn available(&self) -> Result<usize> {
        if self.incoming.lock().waiting() < AHEAD {
            self.receive_now()?;
        }
        Ok(self.incoming.lock().waiting())
    }

    fn discard_input(&self, wait: &Wait) -> Result {
        if self.has_port() {
            // A server without it keeps what it has.
            self.ask(PURGE_DATA, &[1], wait)?;
        }
        // Bounded, for a peer that never stops.
        let mut left = 4 * AHEAD / PIECE;
        loop {
            self.receive_now()?;
            let mut incoming = self.incoming.lock();
            let was_empty = incoming.waiting() == 0;
            incoming.read = incoming.data.len();
            left -= 1;
            if was_empty || left == 0 {
                return Ok(());
            }
        }
    }

    fn discard_output(&self, wait: &Wait) -> Result {
        if self.has_port() {
            self.ask(PURGE_DATA, &[2], wait)?;
        }
        Ok(())
    }

    fn lines(&self) -> Result<Option<Lines>> {
        if !self.has_port() {
            return Ok(None);
        }
        self.available()?;
        let incoming = self.incoming.lock();
        let (Some(modem), Some(dtr), Some(rts)) = (incoming.modem, incoming.dtr, incoming.rts)
        else {
            return Ok(None);
        };
        let on = |bit: u8| modem & bit != 0;
        Ok(Some(Lines {
            cts: on(modem::CTS),
            dsr: on(modem::DSR),
            dcd: on(modem::DCD),
            ri: on(modem::RI),
            dtr,
            rts,
        }))
    }

    fn set_dtr(&self, on: bool, wait: &Wait) -> Result {
        self.need_port()?;
        self.set(SET_CONTROL, if on { control::DTR_ON } else { control::DTR_OFF }, wait)
    }

    fn set_rts(&self, on: bool, wait: &Wait) -> Result {
        self.need_port()?;
        self.set(SET_CONTROL, if on { control::RTS_ON } else { control::RTS_OFF }, wait)
    }

    fn has_breaks(&self) -> bool {
        self.has_port()
    }

    fn set_break(&self, on: bool, wait: &Wait) -> Result {
        self.need_port()?;
        self.set(SET_CONTROL, if on { control::BREAK_ON } else { control::BREAK_OFF }, wait)
    }

    fn counts(&self) -> Result<Option<Counts>> {
        Ok(self.has_port().then(|| self.incoming.lock().counts))
    }

    fn has_gone(&self) -> bool {
        false
    }

    fn shut_down(&self) {
        self.stream.shut_down();
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

fn parity_number(parity: Parity) -> u8 {
    match parity {
        Parity::None => 1,
        Parity::Odd => 2,
        Parity::Even => 3,
        Parity::Mark => 4,
        Parity::Space => 5,
    }
}

fn stop_number(bits: StopBits) -> u8 {
    match bits {
        StopBits::One => 1,
        StopBits::Two => 2,
        StopBits::OneAndHalf => 3,
    }
}

/// # Errors
/// VI_ERROR_NSUP_ATTR_STATE: the protocol has no combinations.
fn flow_number(flow: Flow) -> Result<u8> {
    match (flow.xon_xoff, flow.rts_cts, flow.dtr_dsr) {
        (false, false, false) => Ok(control::FLOW_NONE),
        (true, false, false) => Ok(control::FLOW_XON_XOFF),
        (false, true, false) => Ok(control::FLOW_HARDWARE),
        (false, false, true) => Ok(control::FLOW_DSR),
        _ => Err(Error::new(VI_ERROR_NSUP_ATTR_STATE, "one kind of flow control at a time")),
    }
}
