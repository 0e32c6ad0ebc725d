#![forbid(unsafe_code)]
//! The far end of an emulated adapter's cable: what was set and sent, and what comes back.

use std::collections::VecDeque;
use std::time::Duration;
use std::time::Instant;

/// What is wrong with received characters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fault {
    Parity,
    Framing,
    /// A character was lost before those that come with it.
    Overrun,
    Break,
}

/// Characters on their way to the host.
#[derive(Debug)]
pub struct Piece {
    pub bytes: Vec<u8>,
    pub fault: Option<Fault>,
}

/// The inputs of the adapter.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Inputs {
    pub cts: bool,
    pub dsr: bool,
    pub dcd: bool,
    pub ri: bool,
}

/// How the host has set the port.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    pub baud: u32,
    pub data_bits: u8,
    /// none, odd, even, mark or space.
    pub parity: &'static str,
    /// In tenths, as VISA counts them: 10, 15 or 20.
    pub stop_bits: u8,
    /// What the adapter does by itself: none, rts/cts, dtr/dsr or xon/xoff.
    pub flow: &'static str,
}

/// Parities by the number that both FTDI and CDC-ACM give them.
pub const PARITIES: [&str; 5] = ["none", "odd", "even", "mark", "space"];

/// Stop bits, likewise.
pub const STOP_BITS: [u8; 3] = [10, 15, 20];

/// What the far end does with what it gets.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Behaviour {
    /// Keeps it until it is asked for.
    #[default]
    Collect,
    /// A plug that joins TXD with RXD, RTS with CTS, DTR with DSR and DCD.
    Loopback,
}

/// The cable and its far end.
#[derive(Debug, Default)]
pub struct Line {
    pub settings: Settings,
    pub behaviour: Behaviour,
    pub to_host: VecDeque<Piece>,
    dtr: bool,
    rts: bool,
    inputs: Inputs,
    received: Vec<u8>,
    break_began: Option<Instant>,
    /// How long each break was that has ended.
    pub breaks: Vec<Duration>,
}

impl Line {
    /// The host has sent these.
    pub fn receive(&mut self, bytes: &[u8]) {
        match self.behaviour {
            Behaviour::Collect => self.received.extend(bytes),
            Behaviour::Loopback => {
                self.to_host.push_back(Piece { bytes: bytes.to_vec(), fault: None });
            }
        }
    }

    /// Whether the adapter's own flow control lets it send.
    pub fn may_send(&self) -> bool {
        match self.settings.flow {
            "rts/cts" => self.inputs().cts,
            "dtr/dsr" => self.inputs().dsr,
            _ => true,
        }
    }

    /// How many bytes were received since they were taken.
    pub fn received(&self) -> usize {
        self.received.len()
    }

    /// What was received since the last time.
    pub fn take_received(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.received)
    }

    pub fn set_inputs(&mut self, inputs: Inputs) {
        self.inputs = inputs;
    }

    pub fn inputs(&self) -> Inputs {
        match self.behaviour {
            Behaviour::Collect => self.inputs,
            Behaviour::Loopback => {
                Inputs { cts: self.rts, dsr: self.dtr, dcd: self.dtr, ..self.inputs }
            }
        }
    }

    /// DTR and RTS.
    pub fn outputs(&self) -> (bool, bool) {
        (self.dtr, self.rts)
    }

    pub fn set_dtr(&mut self, on: bool) {
        self.dtr = on;
    }

    pub fn set_rts(&mut self, on: bool) {
        self.rts = on;
    }

    /// The host holds the line in the break state, or no longer.
    pub fn set_break(&mut self, on: bool) {
        match (self.break_began, on) {
            (None, true) => self.break_began = Some(Instant::now()),
            (Some(began), false) => {
                self.breaks.push(began.elapsed());
                self.break_began = None;
            }
            _ => {}
        }
    }

    pub fn is_breaking(&self) -> bool {
        self.break_began.is_some()
    }

    /// The next characters for the host, at most `most` of them, all with the same fault.
    pub fn next_piece(&mut self, most: usize) -> Option<Piece> {
        let mut piece = self.to_host.pop_front()?;
        if piece.bytes.len() > most {
            let bytes = piece.bytes.split_off(most);
            self.to_host.push_front(Piece { bytes, fault: piece.fault });
        }
        Some(piece)
    }
}
