#![forbid(unsafe_code)]
//! A device of the vendor's own class, for USB RAW.
//!
//! | interface, setting | endpoints |
//! |---|---|
//! | 0, 0 | `01`, `81`: what comes goes back; `02`, `82`: sink and source; `83`: interrupts |
//! | 0, 1 | `01`, `81` |
//! | 1, 0 | `04`, `84`: what comes goes back |
//!
//! | vendor request | what |
//! |---|---|
//! | 1, in | so many bytes of the memory (4096 bytes) from wValue on |
//! | 2, out | bytes for the memory, from wValue on |
//! | 3 | is refused |
//! | 4, out | bytes for the interrupt endpoint |
//! | 5, in | the request itself: 8 bytes |
//!
//! | command | what |
//! |---|---|
//! | `source COUNT` | `82` sends so many bytes of the simulator's pattern, and then ends |
//! | `sink` | how many bytes `02` has got, and whether they were the pattern's: `1000 ok` |
//! | `interrupt TEXT` | sends these bytes on the interrupt endpoint |
//! | `fault ...`, `happened NAME` | see `../faults.rs` |

mod bulk;

use std::collections::VecDeque;
use std::io;

use crate::lab::usbip::descriptor;
use crate::lab::usbip::descriptor::Identity;
use crate::lab::usbip::faults::Faults;
use crate::lab::usbip::function::Function;
use crate::lab::usbip::function::Given;
use crate::lab::usbip::function::IN;
use crate::lab::usbip::function::Pipes;
use crate::lab::usbip::function::Reply;
use crate::lab::usbip::function::Setup;
use crate::lab::usbip::function::Speed;
use crate::lab::usbip::function::Taken;
use crate::lab::usbip::raw::bulk::Loop;
use crate::lab::usbip::raw::bulk::Sink;
use crate::lab::usbip::raw::bulk::Source;
use crate::lab::usbip::text;

const CLASS: [u8; 3] = [0xFF, 0x12, 0x34];

/// The numbers of endpoints.
const ECHO: u8 = 1;
const FLOW: u8 = 2;
const INTERRUPT: u8 = 3;
const SECOND: u8 = 4;

const MEMORY: usize = 4096;

const READ_MEMORY: u8 = 1;
const WRITE_MEMORY: u8 = 2;
const INTERRUPT_ME: u8 = 4;
const ECHO_REQUEST: u8 = 5;

/// What a device is; `kind.rs` says how it is asked for.
#[derive(Clone, Debug)]
pub struct Options {
    pub speed: Speed,
    pub serial: Option<String>,
    /// Added to the number of the product.
    pub product: u16,
}

impl Options {
    pub fn new(serial: &str) -> Self {
        Self { speed: Speed::High, serial: Some(serial.to_owned()), product: 0 }
    }
}

pub struct Raw {
    options: Options,
    faults: Faults,
    setting: u8,
    memory: Vec<u8>,
    notices: VecDeque<Vec<u8>>,
    /// What comes back on interface 0 and on interface 1.
    loops: [Loop; 2],
    sink: Sink,
    source: Source,
}

impl Raw {
    pub fn new(options: Options) -> Self {
        Self {
            options,
            faults: Faults::default(),
            setting: 0,
            memory: vec![0; MEMORY],
            notices: VecDeque::new(),
            loops: Default::default(),
            sink: Sink::default(),
            source: Source::default(),
        }
    }

    /// What a fault makes of a transfer at this endpoint: to be halted, or to wait.
    fn disturbed(&mut self, endpoint: u8, pipes: &mut Pipes) -> Option<Taken> {
        let address = format!("{endpoint:02x}");
        if self.faults.concerns("unplug", &address) {
            pipes.cut = true;
            return Some(Taken::Nothing);
        }
        if self.faults.concerns("stall", &address) {
            return Some(Taken::Stalled);
        }
        // Waiting is for as long as the fault is set: each look would count otherwise.
        self.faults.is_set("hold", &address).then_some(Taken::Nothing)
    }

    fn notice(&mut self, most: usize) -> Given {
        match self.notices.pop_front() {
            None => Given::Nothing,
            Some(bytes) if bytes.len() > most => Given::Babble(bytes[..most].to_vec()),
            Some(bytes) => Given::Data(bytes),
        }
    }

    fn vendor(&mut self, setup: Setup, data: &[u8]) -> Option<Vec<u8>> {
        let (from, is_in) = (usize::from(setup.value), setup.kind & IN != 0);
        match (setup.request, is_in) {
            (READ_MEMORY, true) => {
                let end = (from + usize::from(setup.length)).min(MEMORY);
                self.memory.get(from..end).map(<[u8]>::to_vec)
            }
            (WRITE_MEMORY, false) => {
                self.memory.get_mut(from..from + data.len())?.copy_from_slice(data);
                Some(vec![])
            }
            (INTERRUPT_ME, false) => {
                self.notices.push_back(data.to_vec());
                Some(vec![])
            }
            (ECHO_REQUEST, true) => {
                let halves = [setup.value, setup.index, setup.length].map(u16::to_le_bytes);
                Some([&[setup.kind, setup.request][..], &halves.concat()].concat())
            }
            _ => None,
        }
    }
}

impl Function for Raw {
    fn identity(&self) -> Identity {
        Identity {
            // Of the range that pid.codes keeps for tests.
            vendor: 0x1209,
            product: 0x0020 + self.options.product,
            release: 0x0100,
            class: 0,
            manufacturer: "ferrovisa".to_owned(),
            name: "bench device".to_owned(),
            serial: self.options.serial.clone(),
        }
    }

    fn speed(&self) -> Speed {
        self.options.speed
    }

    fn configuration(&self) -> Vec<u8> {
        let packet = self.packet() as u16;
        let interval = if self.options.speed == Speed::Full { 1 } else { 4 };
        let bulk = |number: u8| {
            [descriptor::endpoint(number, packet, 0), descriptor::endpoint(number | IN, packet, 0)]
                .concat()
        };
        let contents = [
            descriptor::alternate(0, 0, 5, CLASS),
            bulk(ECHO),
            bulk(FLOW),
            descriptor::endpoint(INTERRUPT | IN, 16, interval),
            descriptor::alternate(0, 1, 2, CLASS),
            bulk(ECHO),
            descriptor::alternate(1, 0, 2, CLASS),
            bulk(SECOND),
        ];
        descriptor::configuration(2, &contents)
    }

    fn control(&mut self, setup: Setup, data: &[u8], _: &mut Pipes) -> Reply {
        if self.faults.take("stall-control") {
            return Reply::Stalled;
        }
        if self.faults.take("silent-control") {
            return Reply::Silent;
        }
        let known = setup.kind & 0x60 == 0x40;
        let answer = if known { self.vendor(setup, data) } else { None };
        answer.map_or(Reply::Stalled, Reply::Data)
    }

    fn set_interface(&mut self, interface: Option<u8>, setting: u8) -> bool {
        let known = match interface {
            Some(0) => setting <= 1,
            Some(1) | None => setting == 0,
            Some(_) => false,
        };
        if known && interface != Some(1) {
            self.setting = setting;
            self.loops[0] = Loop::default();
        }
        if known && interface != Some(0) {
            self.loops[1] = Loop::default();
        }
        known
    }

    fn setting(&self, interface: u8) -> u8 {
        if interface == 0 { self.setting } else { 0 }
    }

    fn output(&mut self, endpoint: u8, data: &[u8], pipes: &mut Pipes) -> Taken {
        if let Some(taken) = self.disturbed(endpoint, pipes) {
            return taken;
        }
        let packet = self.packet();
        match endpoint {
            ECHO => self.loops[0].push(data, packet),
            SECOND => self.loops[1].push(data, packet),
            FLOW if self.setting == 0 => self.sink.push(data),
            _ => return Taken::Stalled,
        }
        Taken::All
    }

    fn input(&mut self, endpoint: u8, most: usize, pipes: &mut Pipes) -> Given {
        let address = format!("{endpoint:02x}");
        match self.disturbed(endpoint, pipes) {
            None => {}
            Some(Taken::Stalled) => return Given::Stalled,
            Some(_) => return Given::Nothing,
        }
        let packet = self.packet();
        let given = match endpoint & !IN {
            ECHO => self.loops[0].next(most, packet),
            SECOND => self.loops[1].next(most, packet),
            FLOW if self.setting == 0 => self.source.next(most, packet),
            INTERRUPT if self.setting == 0 => return self.notice(most),
            _ => return Given::Stalled,
        };
        match given {
            None => Given::Nothing,
            Some(data) if self.faults.concerns("overflow", &address) => Given::Babble(data),
            Some(data) => Given::Data(data),
        }
    }

    fn command(&mut self, verb: &str, rest: &str, _: &mut Pipes) -> io::Result<Option<String>> {
        match verb {
            "source" => self.source = Source::new(rest.parse().unwrap_or(0)),
            "sink" => return Ok(Some(std::mem::take(&mut self.sink).report())),
            "interrupt" => self.notices.push_back(text::bytes(rest)),
            "fault" => self.faults.set(rest)?,
            "happened" => return Ok(Some(self.faults.happened(rest)?.to_string())),
            _ => return Err(io::Error::other(format!("unknown: {verb} {rest}"))),
        }
        Ok(Some(String::new()))
    }
}
