#![forbid(unsafe_code)]
//! A USB device as a host sees it: standard requests (USB 2.0, chapter 9), endpoints with transfers
//! that wait, halts. What the device is for, its [`Function`] knows.

use std::collections::BTreeSet;
use std::io;
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::mpsc::Sender;
use std::time::Instant;

use crate::lab::usbip::descriptor;
use crate::lab::usbip::function::Function;
use crate::lab::usbip::function::Given;
use crate::lab::usbip::function::IN;
use crate::lab::usbip::function::Pipes;
use crate::lab::usbip::function::Reply;
use crate::lab::usbip::function::Setup;
use crate::lab::usbip::function::Speed;
use crate::lab::usbip::function::Taken;
use crate::lab::usbip::wire;
use crate::lab::usbip::wire::Answer;
use crate::lab::usbip::wire::Request;

/// Requests of chapter 9, table 9-4.
const GET_STATUS: u8 = 0;
const CLEAR_FEATURE: u8 = 1;
const SET_FEATURE: u8 = 3;
const GET_DESCRIPTOR: u8 = 6;
const GET_CONFIGURATION: u8 = 8;
const SET_CONFIGURATION: u8 = 9;
const GET_INTERFACE: u8 = 10;
const SET_INTERFACE: u8 = 11;

/// Recipients of requests, table 9-2: what the index names.
const TO_ENDPOINT: u8 = 2;

/// A type of descriptor that only high-speed devices have.
const QUALIFIER: u8 = 6;

/// A transfer that has not ended.
struct Waiting {
    number: u32,
    endpoint: u8,
    what: What,
}

enum What {
    /// Bytes, and whether no bytes follow a full packet.
    Out(Vec<u8>, bool),
    In(usize),
    /// An answer that has its time, or none.
    Late(Option<Instant>, Answer),
}

/// A device that is plugged in.
pub struct Device {
    function: Box<dyn Function>,
    host: UnixStream,
    waiting: Vec<Waiting>,
    pipes: Pipes,
    /// Rings when [`Device::deliver`] has something to do later.
    wake: Sender<()>,
}

impl Device {
    /// A device whose host writes to and reads from `host`.
    pub fn new(function: Box<dyn Function>, host: UnixStream, wake: Sender<()>) -> Self {
        Self { function, host, waiting: Vec::new(), pipes: Pipes::default(), wake }
    }

    pub fn handle(&mut self, request: Request) {
        match request {
            Request::Out { number, endpoint: 0, setup, data, .. } => {
                let reply = self.control(setup.into(), &data);
                self.reply(number, reply, |_| Answer::taken(number, 0, data.len()));
            }
            Request::In { number, endpoint: 0, setup, most } => {
                let reply = self.control(setup.into(), &[]);
                self.reply(number, reply, |mut data| {
                    data.truncate(most);
                    Answer::given(number, 0, data)
                });
            }
            Request::Out { number, endpoint, data, zero, .. } => {
                self.waiting.push(Waiting { number, endpoint, what: What::Out(data, zero) });
            }
            Request::In { number, endpoint, most, .. } => {
                let endpoint = endpoint | IN;
                self.waiting.push(Waiting { number, endpoint, what: What::In(most) });
            }
            Request::Unlink { number, target } => {
                let found = self.waiting.iter().position(|waiting| waiting.number == target);
                if let Some(at) = found {
                    let Waiting { endpoint, .. } = self.waiting.remove(at);
                    self.function.taken_back(endpoint);
                }
                self.answer(&Answer::unlinked(number, found.is_some()));
            }
        }
        self.react();
    }

    fn reply(&mut self, number: u32, reply: Reply, answer: impl FnOnce(Vec<u8>) -> Answer) {
        let (when, data) = match reply {
            Reply::Data(data) => return self.answer(&answer(data)),
            Reply::Stalled => return self.answer(&Answer::taken(number, wire::STALLED, 0)),
            Reply::Later(when, data) => (Some(when), data),
            Reply::Silent => (None, vec![]),
        };
        self.waiting.push(Waiting { number, endpoint: 0, what: What::Late(when, answer(data)) });
    }

    /// Ends the transfers that can end by now; those of an endpoint in their order.
    pub fn deliver(&mut self) {
        while self.pass() {}
        if self.pipes.cut {
            // The reader of requests sees it and ends.
            let _ = self.host.shutdown(Shutdown::Both);
        }
    }

    /// The same, after something has happened: who watches the time learns what is due now.
    fn react(&mut self) {
        self.deliver();
        if self.due().is_some() {
            // Whoever listens has ended with the device.
            let _ = self.wake.send(());
        }
    }

    /// Whether a transfer has ended, after which others may.
    fn pass(&mut self) -> bool {
        let (mut at, mut moved) = (0, false);
        let mut blocked = BTreeSet::new();
        while at < self.waiting.len() && !self.pipes.cut {
            let endpoint = self.waiting[at].endpoint;
            let ended = if blocked.contains(&endpoint) { None } else { self.attempt(at) };
            match ended {
                Some(answer) => {
                    self.waiting.remove(at);
                    self.answer(&answer);
                    moved = true;
                }
                None => {
                    // Control transfers are each for itself.
                    if endpoint != 0 {
                        blocked.insert(endpoint);
                    }
                    at += 1;
                }
            }
        }
        moved
    }

    fn attempt(&mut self, at: usize) -> Option<Answer> {
        let (pipes, Waiting { number, endpoint, what }) = (&mut self.pipes, &mut self.waiting[at]);
        if pipes.halted.contains(endpoint) {
            return Some(Answer::taken(*number, wire::STALLED, 0));
        }
        match what {
            What::Out(data, zero) => match self.function.output(*endpoint, data, pipes) {
                Taken::All => {
                    if *zero
                        && !data.is_empty()
                        && data.len().is_multiple_of(self.function.packet())
                    {
                        self.function.output(*endpoint, &[], pipes);
                    }
                    return Some(Answer::taken(*number, 0, data.len()));
                }
                Taken::Nothing => return None,
                Taken::Stalled => {}
            },
            What::In(most) => match self.function.input(*endpoint, *most, pipes) {
                Given::Data(data) => return Some(Answer::given(*number, 0, data)),
                Given::Babble(data) => return Some(Answer::given(*number, wire::BABBLE, data)),
                Given::Nothing => return None,
                Given::Stalled => {}
            },
            What::Late(when, answer) => {
                let now = when.is_some_and(|when| when <= Instant::now());
                return now.then(|| std::mem::replace(answer, Answer::taken(0, 0, 0)));
            }
        }
        pipes.halted.insert(*endpoint);
        Some(Answer::taken(*number, wire::STALLED, 0))
    }

    /// When [`Device::deliver`] is to be called even if nothing happens.
    pub fn due(&self) -> Option<Instant> {
        let late = self.waiting.iter().filter_map(|waiting| match waiting.what {
            What::Late(when, _) => when,
            _ => None,
        });
        late.chain(self.function.due()).min()
    }

    /// A command of the bench; its effects reach the host at once.
    pub fn command(&mut self, verb: &str, rest: &str) -> io::Result<Option<String>> {
        let answer = match verb {
            "halted" => {
                let names = self.pipes.halted.iter().map(|address| format!("{address:02x}"));
                Ok(Some(names.collect::<Vec<_>>().join(" ")))
            }
            // How many bytes the host has sent that the device does not take.
            "held" => {
                let held = self.waiting.iter().map(|waiting| match &waiting.what {
                    What::Out(data, _) => data.len(),
                    _ => 0,
                });
                Ok(Some(held.sum::<usize>().to_string()))
            }
            "packet" => Ok(Some(self.function.packet().to_string())),
            // How many transfers wait.
            "waiting" => Ok(Some(self.waiting.len().to_string())),
            _ => self.function.command(verb, rest, &mut self.pipes),
        };
        self.react();
        answer
    }

    fn answer(&mut self, answer: &Answer) {
        // It fails when the host has let go; the reader of requests sees that, too, and ends.
        let _ = answer.send(&mut self.host);
    }

    fn control(&mut self, setup: Setup, data: &[u8]) -> Reply {
        if !setup.is_standard() {
            return self.function.control(setup, data, &mut self.pipes);
        }
        self.standard(setup).map_or(Reply::Stalled, Reply::Data)
    }

    fn standard(&mut self, setup: Setup) -> Option<Vec<u8>> {
        let (value, index) = (setup.value as u8, setup.index as u8);
        let of_endpoint = setup.kind & 0x1F == TO_ENDPOINT;
        match setup.request {
            GET_DESCRIPTOR => self.descriptor((setup.value >> 8) as u8, value),
            GET_CONFIGURATION => Some(vec![1]),
            SET_CONFIGURATION => {
                self.pipes.halted.clear();
                self.function.set_interface(None, 0).then_some(vec![])
            }
            GET_INTERFACE => Some(vec![self.function.setting(index)]),
            SET_INTERFACE => {
                self.pipes.halted.clear();
                self.function.set_interface(Some(index), value).then_some(vec![])
            }
            GET_STATUS => {
                let halted = of_endpoint && self.pipes.halted.contains(&index);
                Some(vec![u8::from(halted), 0])
            }
            // ENDPOINT_HALT is feature 0; the device's own features do nothing here.
            CLEAR_FEATURE if of_endpoint && value == 0 => {
                self.pipes.halted.remove(&index);
                self.function.unhalted(index);
                Some(vec![])
            }
            SET_FEATURE if of_endpoint && value == 0 => {
                self.pipes.halted.insert(index);
                Some(vec![])
            }
            CLEAR_FEATURE | SET_FEATURE => Some(vec![]),
            _ => None,
        }
    }

    fn descriptor(&self, kind: u8, index: u8) -> Option<Vec<u8>> {
        let identity = self.function.identity();
        match kind {
            descriptor::DEVICE => Some(identity.device()),
            descriptor::CONFIGURATION => Some(self.function.configuration()),
            descriptor::STRING => identity.string(index),
            QUALIFIER if self.function.speed() == Speed::High => {
                Some(descriptor::qualifier(identity.class))
            }
            _ => None,
        }
    }
}
