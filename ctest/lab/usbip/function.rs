#![forbid(unsafe_code)]
//! What a device is for, apart from what all devices have: its endpoints' data and its requests.

use std::collections::BTreeSet;
use std::io;
use std::time::Instant;

use crate::lab::usbip::descriptor::Identity;

/// The bit of an endpoint's address that says IN.
pub const IN: u8 = 0x80;

/// A control transfer.
#[derive(Clone, Copy, Debug)]
pub struct Setup {
    pub kind: u8,
    pub request: u8,
    pub value: u16,
    pub index: u16,
    pub length: u16,
}

impl From<[u8; 8]> for Setup {
    fn from(bytes: [u8; 8]) -> Self {
        let half = |at: usize| u16::from_le_bytes([bytes[at], bytes[at + 1]]);
        let [value, index, length] = [half(2), half(4), half(6)];
        Self { kind: bytes[0], request: bytes[1], value, index, length }
    }
}

impl Setup {
    pub fn is_standard(self) -> bool {
        self.kind & 0x60 == 0
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Speed {
    Full,
    High,
}

/// How a control transfer ends.
#[derive(Debug, PartialEq)]
pub enum Reply {
    Data(Vec<u8>),
    Stalled,
    /// Not before this moment.
    Later(Instant, Vec<u8>),
    /// Never.
    Silent,
}

/// What became of bytes for an endpoint.
#[derive(Debug, PartialEq)]
pub enum Taken {
    All,
    /// Not now: they are offered again.
    Nothing,
    Stalled,
}

/// What an endpoint has to say.
#[derive(Debug, PartialEq)]
pub enum Given {
    /// All that there is room for, or less and the last packet is not full.
    Data(Vec<u8>),
    /// What there was room for of more than that.
    Babble(Vec<u8>),
    Nothing,
    Stalled,
}

/// The state of a device's endpoints, by their addresses.
#[derive(Debug, Default)]
pub struct Pipes {
    pub halted: BTreeSet<u8>,
    /// The device is about to lose its cable.
    pub cut: bool,
}

/// What a device does.
pub trait Function: Send {
    fn identity(&self) -> Identity;

    fn speed(&self) -> Speed {
        Speed::Full
    }

    /// The largest packet of the bulk endpoints.
    fn packet(&self) -> usize {
        match self.speed() {
            Speed::Full => 64,
            Speed::High => 512,
        }
    }

    /// The whole configuration descriptor, with everything that it contains.
    fn configuration(&self) -> Vec<u8>;

    /// A request of the class or the vendor.
    fn control(&mut self, setup: Setup, data: &[u8], pipes: &mut Pipes) -> Reply;

    /// The host has set up an interface (all of them, by choosing the configuration); false when
    /// there is no such setting.
    fn set_interface(&mut self, interface: Option<u8>, setting: u8) -> bool {
        let _ = interface;
        setting == 0
    }

    /// The present setting of an interface.
    fn setting(&self, interface: u8) -> u8 {
        let _ = interface;
        0
    }

    /// Bytes for an OUT endpoint.
    fn output(&mut self, endpoint: u8, data: &[u8], pipes: &mut Pipes) -> Taken;

    /// Bytes from an IN endpoint: what it has to say now, at most `most`.
    fn input(&mut self, endpoint: u8, most: usize, pipes: &mut Pipes) -> Given;

    /// The host has cleared the halt of an endpoint, whether or not there was one.
    fn unhalted(&mut self, endpoint: u8) {
        let _ = endpoint;
    }

    /// The host has taken a transfer back that waited at an endpoint.
    fn taken_back(&mut self, endpoint: u8) {
        let _ = endpoint;
    }

    /// When there may be something to say without anything happening before.
    fn due(&self) -> Option<Instant> {
        None
    }

    /// A command of the bench. `None`: not yet, ask again.
    fn command(&mut self, verb: &str, rest: &str, pipes: &mut Pipes) -> io::Result<Option<String>>;
}
