#![forbid(unsafe_code)]
//! What a peer has said: data, what it agrees to, and how its port is.

use std::collections::HashMap;

use crate::os::serial::Counts;
use crate::wire::rfc2217::*;
use crate::wire::telnet::*;

/// What has been received.
#[derive(Default)]
pub struct Incoming {
    /// Bytes, or telnet.
    pub speaks: Speaks,
    decoder: Decoder,
    /// Data of the line.
    pub data: Vec<u8>,
    /// How much of it has been read.
    pub read: usize,
    /// What is still to be said to the peer.
    pub answers: Vec<u8>,
    /// The last answer of each number.
    pub replies: HashMap<u8, Vec<u8>>,
    /// The options that we have agreed to, by verb and number.
    agreed: Vec<(u8, u8)>,
    /// Whether it has a port; unknown before it has said so.
    pub has_port: Option<bool>,
    /// It wants no data at present.
    pub suspended: bool,
    /// The modem lines that it sees.
    pub modem: Option<u8>,
    /// Our DTR line, as it was set last.
    pub dtr: Option<bool>,
    /// Our RTS line, as it was set last.
    pub rts: Option<bool>,
    /// What has been counted.
    pub counts: Counts,
}

/// What the peer speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Speaks {
    #[default]
    /// It has said nothing yet.
    Unknown,
    /// Bytes and nothing else.
    Bare,
    /// Data with commands between.
    Telnet,
}

impl Incoming {
    /// What to offer and to ask for; `None` to a peer that does not speak telnet.
    pub fn hello(&mut self) -> Option<Vec<u8>> {
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

    /// Takes in what has been received.
    pub fn accept(&mut self, bytes: &[u8]) {
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

    /// Bytes of data that wait to be read.
    pub fn waiting(&self) -> usize {
        self.data.len() - self.read
    }
}
