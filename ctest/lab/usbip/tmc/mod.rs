#![forbid(unsafe_code)]
//! USBTMC and USB488 instruments: strict ones, which keep account of what the host does wrong and
//! do wrong what they are told (`../faults.rs`). The instrument behind the wires is the library's
//! simulated one; nothing of its codec is.
//!
//! | command | what |
//! |---|---|
//! | `fault ...`, `happened NAME` | see `../faults.rs` |
//! | `violations` | what the host has done against the standards since the last time, or `none` |
//! | `requests` | how often each control request has come, as `clear=1 ...` |
//! | `requests NAME` | the number alone |
//! | `counters` | triggers, clears, service requests, pulses and remote state, as `triggers=0 ...` |
//! | `messages` | how many messages and requests for messages have come |
//! | `interrupt TEXT` | sends these bytes on the interrupt endpoint |
//! | `@N COMMAND` | the command for interface N; 0 otherwise |
//!
//! In texts, `\xHH` is a byte. Vendor specific messages come back as they were sent.

mod control;
mod input;
mod interface;
mod options;
mod output;

use std::io;
use std::sync::mpsc::Sender;
use std::time::Instant;

use crate::lab::usbip::descriptor::Identity;
use crate::lab::usbip::function::Function;
use crate::lab::usbip::function::Given;
use crate::lab::usbip::function::Pipes;
use crate::lab::usbip::function::Reply;
use crate::lab::usbip::function::Setup;
use crate::lab::usbip::function::Speed;
use crate::lab::usbip::function::Taken;
use crate::lab::usbip::tmc::interface::Interface;
pub use crate::lab::usbip::tmc::options::Options;

/// Recipients of requests: what the index names.
const TO_ENDPOINT: u8 = 2;

/// A device with one instrument for each of its interfaces.
pub struct Instruments {
    options: Options,
    interfaces: Vec<Interface>,
}

impl Instruments {
    pub fn new(options: Options, wake: &Sender<()>) -> io::Result<Self> {
        let interfaces = (0..options.interfaces).map(|n| Interface::new(&options, n, wake));
        Ok(Self { interfaces: interfaces.collect::<io::Result<_>>()?, options })
    }

    fn with_endpoint(&mut self, address: u8) -> Option<&mut Interface> {
        self.interfaces.iter_mut().find(|interface| interface.has(address))
    }
}

impl Function for Instruments {
    fn identity(&self) -> Identity {
        self.options.identity()
    }

    fn speed(&self) -> Speed {
        self.options.speed
    }

    fn configuration(&self) -> Vec<u8> {
        self.options.configuration()
    }

    fn control(&mut self, setup: Setup, _: &[u8], pipes: &mut Pipes) -> Reply {
        let index = setup.index as u8;
        let interface = if setup.kind & 0x1F == TO_ENDPOINT {
            self.with_endpoint(index)
        } else {
            self.interfaces.get_mut(usize::from(index))
        };
        interface.map_or(Reply::Stalled, |interface| interface.control(setup, pipes))
    }

    fn set_interface(&mut self, interface: Option<u8>, setting: u8) -> bool {
        match interface {
            None => self.interfaces.iter_mut().for_each(Interface::restart),
            Some(number) => match self.interfaces.get_mut(usize::from(number)) {
                Some(interface) => interface.restart(),
                None => return false,
            },
        }
        setting == 0
    }

    fn output(&mut self, endpoint: u8, data: &[u8], pipes: &mut Pipes) -> Taken {
        let interface = self.with_endpoint(endpoint);
        interface.map_or(Taken::Stalled, |interface| interface.output(data, pipes))
    }

    fn input(&mut self, endpoint: u8, most: usize, pipes: &mut Pipes) -> Given {
        let interface = self.with_endpoint(endpoint);
        interface.map_or(Given::Stalled, |interface| interface.given(endpoint, most, pipes))
    }

    fn unhalted(&mut self, endpoint: u8) {
        if let Some(interface) = self.with_endpoint(endpoint) {
            interface.unhalted(endpoint);
        }
    }

    fn taken_back(&mut self, endpoint: u8) {
        if let Some(interface) = self.with_endpoint(endpoint) {
            interface.taken_back(endpoint);
        }
    }

    fn due(&self) -> Option<Instant> {
        self.interfaces.iter().filter_map(Interface::due).min()
    }

    fn command(&mut self, verb: &str, rest: &str, _: &mut Pipes) -> io::Result<Option<String>> {
        let (number, verb, rest) = match verb.strip_prefix('@') {
            None => (0, verb, rest),
            Some(number) => {
                let (verb, rest) = rest.split_once(' ').unwrap_or((rest, ""));
                (number.parse().unwrap_or(usize::MAX), verb, rest)
            }
        };
        let interface = self.interfaces.get_mut(number);
        interface.ok_or(io::Error::other("no such interface"))?.command(verb, rest).map(Some)
    }
}
