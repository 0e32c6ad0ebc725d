#![forbid(unsafe_code)]
//! A USB interface that does what a test says, byte by byte, and writes down what was done to it.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use parking_lot::Mutex;

use crate::iface::usbtmc::pipes::Pipes;
use crate::os::Wait;
use crate::os::usb::{ControlRequest, End, Moved};
use crate::status::{Error, Result, VI_ERROR_CONN_LOST, VI_ERROR_IO, VI_ERROR_TMO, fail};

/// Bytes of a packet of the bulk pipes.
pub const PACKET: usize = 64;

pub const OUTPUT: u8 = 0x01;
pub const INPUT: u8 = 0x82;
pub const INTERRUPT: u8 = 0x83;

/// What a pipe has to say.
#[derive(Clone, Debug)]
pub enum Said {
    /// A transfer, with the short packet that ends it.
    Transfer(Vec<u8>),
    /// The same without its end when the last packet is full.
    Endless(Vec<u8>),
    /// A halt.
    Stall,
    /// Nothing until the host's patience ends.
    Silence,
    /// The cable is pulled.
    Gone,
}

/// What is answered to a control request.
#[derive(Clone, Debug)]
pub enum Told {
    Answer(Vec<u8>),
    Stall,
    Silence,
}

#[derive(Default)]
pub struct Script {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    said: HashMap<u8, VecDeque<Said>>,
    told: HashMap<u8, VecDeque<Told>>,
    /// What the bulk-OUT pipe does with the next transfers instead of taking them.
    refused: VecDeque<Said>,
    log: Vec<String>,
    sent: Vec<u8>,
    gone: bool,
}

impl Script {
    /// The bulk-IN pipe says this next.
    pub fn says(&self, said: Said) -> &Self {
        self.says_on(INPUT, said)
    }

    pub fn says_on(&self, pipe: u8, said: Said) -> &Self {
        self.state.lock().said.entry(pipe).or_default().push_back(said);
        self
    }

    /// The request with this number is answered so next.
    pub fn tells(&self, request: u8, told: Told) -> &Self {
        self.state.lock().told.entry(request).or_default().push_back(told);
        self
    }

    /// The bulk-OUT pipe does this with the next transfer.
    pub fn refuses(&self, said: Said) -> &Self {
        self.state.lock().refused.push_back(said);
        self
    }

    /// What was done since it was asked last.
    pub fn log(&self) -> String {
        std::mem::take(&mut self.state.lock().log).join(", ")
    }

    /// The last transfer to the device.
    pub fn sent(&self) -> Vec<u8> {
        self.state.lock().sent.clone()
    }

    /// Whether all that was to be said has been heard.
    pub fn is_finished(&self) -> bool {
        self.state.lock().said.values().all(VecDeque::is_empty)
    }
}

impl State {
    fn alive(&self) -> Result {
        if self.gone { fail(VI_ERROR_CONN_LOST, "gone") } else { Ok(()) }
    }

    fn lose(&mut self) -> Error {
        self.gone = true;
        Error::new(VI_ERROR_CONN_LOST, "gone")
    }
}

fn failed(count: usize, error: Error) -> Moved {
    Moved { count, end: End::Failed(error) }
}

/// Waits until the host's patience ends.
fn silence(wait: &Wait) -> Error {
    match wait.pass() {
        Ok(()) => Error::new(VI_ERROR_TMO, "silence"),
        Err(error) => error,
    }
}

impl Pipes for Arc<Script> {
    fn write(&self, pipe: u8, parts: &[&[u8]], wait: &Wait) -> Moved {
        assert_eq!(pipe, OUTPUT);
        let whole = parts.split_last().map_or(&[][..], |(_, but_last)| but_last);
        assert!(whole.iter().all(|part| part.len().is_multiple_of(PACKET)), "whole packets first");
        let bytes = parts.concat();
        let mut state = self.state.lock();
        if let Err(error) = state.alive() {
            return failed(0, error);
        }
        match state.refused.pop_front() {
            Some(Said::Stall) => {
                state.log.push("out stalled".into());
                return Moved { count: 0, end: End::Stalled };
            }
            // What it had taken by then.
            Some(Said::Transfer(taken)) => {
                drop(state);
                return failed(taken.len(), silence(wait));
            }
            Some(Said::Gone) => return failed(0, state.lose()),
            Some(_) => {
                drop(state);
                return failed(0, silence(wait));
            }
            None => {}
        }
        let kind = match bytes[0] {
            1 => "message",
            2 => "request",
            126 => "vendor",
            127 => "vendor request",
            128 => "trigger",
            _ => "what",
        };
        let tag = bytes[1];
        state.log.push(format!("{kind} {tag}"));
        let count = bytes.len();
        state.sent = bytes;
        Moved { count, end: End::Full }
    }

    fn read(&self, pipe: u8, parts: &mut [&mut [u8]], wait: &Wait) -> Moved {
        let room: usize = parts.iter().map(|part| part.len()).sum();
        assert!(pipe == INTERRUPT || room.is_multiple_of(PACKET), "no whole packets: {room}");
        let mut state = self.state.lock();
        if let Err(error) = state.alive() {
            return failed(0, error);
        }
        let said = state.said.entry(pipe).or_default();
        let (bytes, ends) = match said.pop_front() {
            Some(Said::Transfer(bytes)) => (bytes, true),
            Some(Said::Endless(bytes)) => (bytes, false),
            Some(Said::Stall) => return Moved { count: 0, end: End::Stalled },
            Some(Said::Gone) => return failed(0, state.lose()),
            Some(Said::Silence) | None => {
                drop(state);
                return failed(0, silence(wait));
            }
        };
        let (now, later) = bytes.split_at(bytes.len().min(room));
        if !later.is_empty() || ends && now.len() == room {
            let later = later.to_vec();
            let rest = if ends { Said::Transfer(later) } else { Said::Endless(later) };
            said.push_front(rest);
        }
        let mut rest = now;
        for part in parts {
            let (here, there) = rest.split_at(rest.len().min(part.len()));
            part[..here.len()].copy_from_slice(here);
            rest = there;
        }
        let count = now.len();
        if count == room {
            return Moved { count, end: End::Full };
        }
        if !ends && count.is_multiple_of(PACKET) {
            drop(state);
            return failed(count, silence(wait));
        }
        Moved { count, end: End::Short }
    }

    fn control_out(&self, _request: ControlRequest, _data: &[u8], _wait: &Wait) -> Result {
        self.state.lock().alive()
    }

    fn control_in(&self, request: ControlRequest, data: &mut [u8], wait: &Wait) -> Result<usize> {
        let mut state = self.state.lock();
        state.alive()?;
        state.log.push(format!("control {} {}", request.request, request.value));
        let told = state.told.get_mut(&request.request).and_then(VecDeque::pop_front);
        let answer = match told {
            Some(Told::Answer(answer)) => answer,
            Some(Told::Stall) => return fail(VI_ERROR_IO, "refused"),
            Some(Told::Silence) => {
                drop(state);
                return Err(silence(wait));
            }
            // As an instrument does that is well.
            None => vec![1, request.value as u8, 0, 0, 0, 0, 0, 0],
        };
        let count = answer.len().min(data.len());
        data[..count].copy_from_slice(&answer[..count]);
        Ok(count)
    }

    fn clear_halt(&self, pipe: u8, _wait: &Wait) -> Result {
        let mut state = self.state.lock();
        state.alive()?;
        state.log.push(format!("unhalt {pipe:02x}"));
        Ok(())
    }

    fn alive(&self) -> Result {
        self.state.lock().alive()
    }
}
