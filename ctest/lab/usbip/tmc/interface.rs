#![forbid(unsafe_code)]
//! One instrument: what belongs to all of its endpoints.

use std::collections::BTreeMap;
use std::collections::VecDeque;
use std::io;
use std::sync::mpsc;
use std::sync::mpsc::Receiver;
use std::sync::mpsc::Sender;
use std::time::Instant;

use visa::sim;

use crate::lab::usbip::faults::Faults;
use crate::lab::usbip::function::Given;
use crate::lab::usbip::function::Pipes;
use crate::lab::usbip::text;
use crate::lab::usbip::tmc::control;
use crate::lab::usbip::tmc::input::Input;
use crate::lab::usbip::tmc::options::Endpoints;
use crate::lab::usbip::tmc::options::Options;
use crate::lab::usbip::tmc::output::Output;

/// bNotify1 of a service request (USB488 3.4.1).
const SERVICE_REQUEST: u8 = 0x81;

pub struct Interface {
    pub(super) options: Options,
    pub(super) endpoints: Endpoints,
    pub(super) faults: Faults,
    /// The client's way into the instrument; before the instrument, which it must not outlive.
    pub(super) front: sim::Front,
    instrument: sim::Instrument,
    pub(super) input: Input,
    pub(super) output: Output,
    /// What the interrupt endpoint has to say.
    pub(super) notices: VecDeque<Vec<u8>>,
    requests_for_service: Receiver<u8>,
    /// Requests as they are counted, by their numbers.
    pub(super) requests: BTreeMap<u8, u32>,
    pub(super) pulses: u32,
    violations: Vec<String>,
    /// It does nothing until it is cleared.
    pub(super) deaf: bool,
    /// What an abort that goes on has to tell when it is checked: bytes that have gone through.
    pub(super) aborted_in: Option<u32>,
    pub(super) aborted_out: Option<u32>,
    /// A clear goes on, until it is checked.
    pub(super) clearing: bool,
    /// Bytes of the last vendor specific message.
    pub(super) vendor: Vec<u8>,
}

impl Interface {
    pub fn new(options: &Options, number: u8, wake: &Sender<()>) -> io::Result<Self> {
        let serial = options.serial.as_deref().unwrap_or("none");
        let instrument = sim::Instrument::start(sim::Config {
            identity: format!("Ferrovisa,Bench Instrument,{serial}/{number},1"),
            socket: None,
            vxi11: None,
            hislip: None,
            ..sim::Config::default()
        })?;
        let (sender, requests_for_service) = mpsc::channel();
        let wake = wake.clone();
        let front = instrument.front(move |status| {
            // Both listeners end with the device.
            let _ = sender.send(status);
            let _ = wake.send(());
        });
        Ok(Self {
            options: options.clone(),
            endpoints: Endpoints::of(number),
            faults: Faults::default(),
            front,
            instrument,
            input: Input::default(),
            output: Output::default(),
            notices: VecDeque::new(),
            requests_for_service,
            requests: BTreeMap::new(),
            pulses: 0,
            violations: Vec::new(),
            deaf: options.needs_clear,
            aborted_in: None,
            aborted_out: None,
            clearing: false,
            vendor: Vec::new(),
        })
    }

    pub fn has(&self, address: u8) -> bool {
        let Endpoints { output, input, interrupt } = self.endpoints;
        [output, input, interrupt].contains(&address)
    }

    /// The host has set the interface up: no transfer is under way.
    pub fn restart(&mut self) {
        self.input = Input::default();
        self.output = Output::default();
        self.notices.clear();
        self.front.forget();
    }

    /// Enters what the host has done against the standards.
    pub(super) fn violation(&mut self, what: impl Into<String>) {
        self.violations.push(what.into());
    }

    /// What an IN endpoint has to say.
    pub fn given(&mut self, address: u8, most: usize, pipes: &mut Pipes) -> Given {
        if address == self.endpoints.input { self.input(most, pipes) } else { self.notice(most) }
    }

    /// What has come of the instrument's requests for service is told in its order.
    pub(super) fn note_requests(&mut self) {
        while let Ok(status) = self.requests_for_service.try_recv() {
            if self.options.usb488 {
                self.notices.push_back(vec![SERVICE_REQUEST, status]);
            }
        }
    }

    fn notice(&mut self, most: usize) -> Given {
        self.note_requests();
        match self.notices.pop_front() {
            None => Given::Nothing,
            Some(bytes) if bytes.len() > most => Given::Babble(bytes[..most].to_vec()),
            Some(bytes) => Given::Data(bytes),
        }
    }

    /// The host has cleared a halt: the transfer is over (USBTMC 4.1.1), the message is not.
    pub fn unhalted(&mut self, address: u8) {
        if address == self.endpoints.input {
            self.input.end();
        } else if address == self.endpoints.output {
            self.output.end();
        }
    }

    pub fn taken_back(&mut self, address: u8) {
        if address == self.endpoints.output {
            self.output.taken_back();
        }
    }

    /// When an endpoint may have something to say by itself.
    pub fn due(&self) -> Option<Instant> {
        [self.input.due(&self.front), self.output.due()].into_iter().flatten().min()
    }

    pub fn command(&mut self, verb: &str, rest: &str) -> io::Result<String> {
        match verb {
            "fault" => self.faults.set(rest).map(|()| String::new()),
            "happened" => Ok(self.faults.happened(rest)?.to_string()),
            "violations" => {
                let all = std::mem::take(&mut self.violations).join("; ");
                Ok(if all.is_empty() { "none".to_owned() } else { all })
            }
            "requests" if rest.is_empty() => Ok(control::counted(&self.requests)),
            "requests" => {
                let number = control::number(rest);
                let number = number.ok_or_else(|| io::Error::other(format!("no {rest}")))?;
                Ok(self.requests.get(&number).copied().unwrap_or(0).to_string())
            }
            "counters" => Ok(self.counters()),
            "messages" => Ok(format!("{} {}", self.output.messages, self.input.requests)),
            "interrupt" => {
                self.notices.push_back(text::bytes(rest));
                Ok(String::new())
            }
            _ => Err(io::Error::other(format!("unknown: {verb} {rest}"))),
        }
    }

    fn counters(&self) -> String {
        let seen = self.instrument.counters();
        let bit = u8::from;
        format!(
            "triggers={} clears={} service_requests={} pulses={} enabled={} remote={} lockout={}",
            seen.triggers,
            seen.clears,
            seen.service_requests,
            self.pulses,
            bit(seen.remote_enabled),
            bit(seen.remote),
            bit(seen.lockout)
        )
    }
}
