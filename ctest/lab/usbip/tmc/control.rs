#![forbid(unsafe_code)]
//! Control requests of USBTMC 1.0 (section 4.2.1) and USB488 (section 4.3).

use std::collections::BTreeMap;
use std::time::Duration;
use std::time::Instant;

use visa::sim::Remote;

use crate::lab::usbip::function::Pipes;
use crate::lab::usbip::function::Reply;
use crate::lab::usbip::function::Setup;
use crate::lab::usbip::tmc::interface::Interface;

/// Statuses of table 16, and one of USB488's.
const SUCCESS: u8 = 0x01;
const PENDING: u8 = 0x02;
const INTERRUPT_IN_BUSY: u8 = 0x20;
const FAILED: u8 = 0x80;
const NOT_IN_PROGRESS: u8 = 0x81;
const SPLIT_NOT_IN_PROGRESS: u8 = 0x82;

/// Kinds of requests: of the class, device to host, to an interface and to an endpoint.
const TO_INTERFACE: u8 = 0xA1;
const TO_ENDPOINT: u8 = 0xA2;

/// A request: number, name, kind and the length of its answer.
type Row = (u8, &'static str, u8, u16);

const INITIATE_ABORT_OUT: u8 = 1;
const CHECK_ABORT_OUT: u8 = 2;
const INITIATE_ABORT_IN: u8 = 3;
const CHECK_ABORT_IN: u8 = 4;
const INITIATE_CLEAR: u8 = 5;
const CHECK_CLEAR: u8 = 6;
const GET_CAPABILITIES: u8 = 7;
const INDICATOR_PULSE: u8 = 64;
const READ_STATUS_BYTE: u8 = 128;
const REN_CONTROL: u8 = 160;
const GO_TO_LOCAL: u8 = 161;
const LOCAL_LOCKOUT: u8 = 162;

const REQUESTS: &[Row] = &[
    (INITIATE_ABORT_OUT, "abort-out", TO_ENDPOINT, 2),
    (CHECK_ABORT_OUT, "check-abort-out", TO_ENDPOINT, 8),
    (INITIATE_ABORT_IN, "abort-in", TO_ENDPOINT, 2),
    (CHECK_ABORT_IN, "check-abort-in", TO_ENDPOINT, 8),
    (INITIATE_CLEAR, "clear", TO_INTERFACE, 1),
    (CHECK_CLEAR, "check-clear", TO_INTERFACE, 2),
    (GET_CAPABILITIES, "capabilities", TO_INTERFACE, 0x18),
    (INDICATOR_PULSE, "pulse", TO_INTERFACE, 1),
    (READ_STATUS_BYTE, "status-byte", TO_INTERFACE, 3),
    (REN_CONTROL, "ren", TO_INTERFACE, 1),
    (GO_TO_LOCAL, "local", TO_INTERFACE, 1),
    (LOCAL_LOCKOUT, "lockout", TO_INTERFACE, 1),
];

/// How late an answer is that is to be late.
const DELAY: Duration = Duration::from_millis(300);

/// The number of the request with this name.
pub fn number(name: &str) -> Option<u8> {
    REQUESTS.iter().find(|row| row.1 == name).map(|row| row.0)
}

/// Names and counts.
pub fn counted(requests: &BTreeMap<u8, u32>) -> String {
    let one = |row: &Row| Some(format!("{}={}", row.1, requests.get(&row.0)?));
    REQUESTS.iter().filter_map(one).collect::<Vec<_>>().join(" ")
}

impl Interface {
    pub(super) fn control(&mut self, setup: Setup, pipes: &mut Pipes) -> Reply {
        let row = REQUESTS.iter().find(|row| row.0 == setup.request);
        let Some(&(number, name, kind, length)) = row.filter(|_| setup.kind & 0x60 == 0x20) else {
            self.violation(format!("control request {:02x} {}", setup.kind, setup.request));
            return Reply::Stalled;
        };
        *self.requests.entry(number).or_default() += 1;
        if setup.kind != kind || setup.length != length {
            let Setup { kind, length, .. } = setup;
            self.violation(format!("{name}: kind {kind:02x}, length {length}"));
        }
        if self.faults.concerns("silent-control", name) {
            return Reply::Silent;
        }
        if self.faults.concerns("unplug-control", name) {
            pipes.cut = true;
            return Reply::Silent;
        }
        if self.faults.concerns("stall-control", name) {
            return Reply::Stalled;
        }
        let answer = if self.faults.concerns("fail-control", name) {
            Some(padded(&[FAILED, setup.value as u8], length))
        } else if self.faults.concerns("pending", name) {
            Some(padded(&[PENDING], length))
        } else {
            self.carry_out(setup, pipes).map(|answer| padded(&answer, length))
        };
        match answer {
            None => Reply::Stalled,
            Some(answer) if self.faults.concerns("delay-control", name) => {
                Reply::Later(Instant::now() + DELAY, answer)
            }
            Some(answer) => Reply::Data(answer),
        }
    }

    /// `None`: the device does not know this request.
    fn carry_out(&mut self, setup: Setup, pipes: &mut Pipes) -> Option<Vec<u8>> {
        let tag = setup.value as u8;
        let can_remote = self.options.usb488 && self.options.remote;
        match setup.request {
            INITIATE_ABORT_OUT => Some(self.abort_out(tag, pipes)),
            CHECK_ABORT_OUT => Some(self.check_abort_out()),
            INITIATE_ABORT_IN => Some(self.abort_in(tag)),
            CHECK_ABORT_IN => Some(self.check_abort_in()),
            INITIATE_CLEAR => Some(self.clear(pipes)),
            CHECK_CLEAR => Some(self.check_clear()),
            GET_CAPABILITIES => {
                self.output.forget_tag();
                Some(self.options.capabilities())
            }
            INDICATOR_PULSE if self.options.pulse => {
                self.pulses += 1;
                Some(vec![SUCCESS])
            }
            READ_STATUS_BYTE if self.options.usb488 => Some(self.status_byte(setup.value)),
            REN_CONTROL if can_remote => {
                self.front.remote(if tag == 0 { Remote::Disable } else { Remote::Enable });
                Some(vec![SUCCESS])
            }
            GO_TO_LOCAL if can_remote => {
                self.front.remote(Remote::Local);
                Some(vec![SUCCESS])
            }
            LOCAL_LOCKOUT if can_remote => {
                self.front.remote(Remote::Lockout);
                Some(vec![SUCCESS])
            }
            _ => {
                self.violation(format!("request {}, which the device has not", setup.request));
                None
            }
        }
    }

    /// Tables 19 and 20. The message that has begun is dropped with the transfer.
    fn abort_out(&mut self, tag: u8, pipes: &mut Pipes) -> Vec<u8> {
        match self.output.tag() {
            _ if self.faults.take("ignore-abort") => vec![SUCCESS, tag],
            None => vec![FAILED, 0],
            Some(other) if other != tag => vec![NOT_IN_PROGRESS, other],
            Some(_) => {
                self.aborted_out = Some(self.output.end());
                self.front.forget();
                pipes.halted.insert(self.endpoints.output);
                vec![SUCCESS, tag]
            }
        }
    }

    fn check_abort_out(&mut self) -> Vec<u8> {
        let Some(received) = self.aborted_out.take() else { return vec![SPLIT_NOT_IN_PROGRESS] };
        [vec![SUCCESS, 0, 0, 0], received.to_le_bytes().to_vec()].concat()
    }

    /// Tables 24 and 25. The transfer ends with a packet that is not full.
    fn abort_in(&mut self, tag: u8) -> Vec<u8> {
        match self.input.tag() {
            _ if self.faults.take("ignore-abort") => {
                self.aborted_in = Some(0);
                vec![SUCCESS, tag]
            }
            None => vec![FAILED, 0],
            Some(other) if other != tag => vec![NOT_IN_PROGRESS, other],
            Some(_) => {
                self.aborted_in = Some(self.input.end());
                self.input.flushing = true;
                vec![SUCCESS, tag]
            }
        }
    }

    fn check_abort_in(&mut self) -> Vec<u8> {
        let Some(sent) = self.aborted_in else { return vec![SPLIT_NOT_IN_PROGRESS] };
        // The host has to read up to a packet that is not full.
        if self.input.flushing {
            return vec![PENDING, 1];
        }
        self.aborted_in = None;
        [vec![SUCCESS, 0, 0, 0], sent.to_le_bytes().to_vec()].concat()
    }

    /// Tables 31 and 33.
    fn clear(&mut self, pipes: &mut Pipes) -> Vec<u8> {
        let unfinished = self.input.is_sending();
        self.input.end();
        self.input.flushing = unfinished;
        self.output.end();
        self.output.forget_tag();
        self.vendor.clear();
        self.front.clear();
        self.deaf = false;
        (self.aborted_in, self.aborted_out) = (None, None);
        self.clearing = true;
        pipes.halted.insert(self.endpoints.output);
        vec![SUCCESS]
    }

    fn check_clear(&mut self) -> Vec<u8> {
        if !self.clearing {
            return vec![SPLIT_NOT_IN_PROGRESS, 0];
        }
        if self.input.flushing {
            return vec![PENDING, 1];
        }
        self.clearing = false;
        vec![SUCCESS, 0]
    }

    /// USB488 4.3.1: by the interrupt endpoint where there is one.
    fn status_byte(&mut self, tag: u16) -> Vec<u8> {
        let Some(tag) = u8::try_from(tag).ok().filter(|tag| (2..=127).contains(tag)) else {
            self.violation(format!("status byte asked for with the tag {tag}"));
            return vec![FAILED, tag as u8, 0];
        };
        if !self.options.interrupt {
            let wrong = u8::from(self.faults.take("stb-tag"));
            return vec![SUCCESS, tag ^ wrong, self.front.poll()];
        }
        if self.notices.iter().any(|notice| notice[0] & 0x80 != 0 && notice[0] != 0x81) {
            return vec![INTERRUPT_IN_BUSY, tag, 0];
        }
        self.note_requests();
        let status = self.front.poll();
        if !self.faults.take("stb-none") {
            let wrong = u8::from(self.faults.take("stb-tag"));
            self.notices.push_back(vec![0x80 | (tag ^ wrong), status]);
        }
        vec![SUCCESS, tag, 0]
    }
}

fn padded(answer: &[u8], length: u16) -> Vec<u8> {
    let mut answer = answer.to_vec();
    answer.resize(usize::from(length), 0);
    answer
}
