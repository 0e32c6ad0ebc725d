#![forbid(unsafe_code)]
//! USB-serial adapters: what they do at their far end when they are told.
//!
//! | command | what |
//! |---|---|
//! | `settings` | rate, data bits, parity, stop bits, flow control, DTR, RTS, break |
//! | `send TEXT` | sends it to the host |
//! | `send-bad FAULT TEXT` | the same with a `parity`, `framing`, `overrun` or `break` error |
//! | `received COUNT` | waits for so many bytes and gives all that came since the last time |
//! | `lines cts dsr dcd ri` | raises those named, drops the others |
//! | `behave collect`, `behave loopback` | what it does with what it gets |
//! | `breaks` | the lengths, in ms, of the breaks that were received |
//!
//! In texts, `\xHH` is a byte.

mod acm;
mod ftdi;
mod line;

use std::io;

use crate::lab::usbip::descriptor::Identity;
use crate::lab::usbip::function::Function;
use crate::lab::usbip::function::Given;
use crate::lab::usbip::function::Pipes;
use crate::lab::usbip::function::Reply;
use crate::lab::usbip::function::Setup;
use crate::lab::usbip::function::Taken;
use crate::lab::usbip::serial::acm::Acm;
use crate::lab::usbip::serial::ftdi::Ftdi;
use crate::lab::usbip::serial::line::Behaviour;
use crate::lab::usbip::serial::line::Fault;
use crate::lab::usbip::serial::line::Inputs;
use crate::lab::usbip::serial::line::Line;
use crate::lab::usbip::serial::line::Piece;
use crate::lab::usbip::text;

/// What makes an adapter the one that it is. The bulk endpoints carry the line's data.
trait Model: Send {
    /// Vendor, product and release number.
    fn identity(&self) -> [u16; 3];
    /// Class of the device, for its device descriptor.
    fn class(&self) -> u8;
    /// Manufacturer and product, as text.
    fn names(&self) -> [&str; 2];
    /// The whole configuration descriptor, with everything that it contains.
    fn configuration(&self) -> Vec<u8>;
    /// A request of the class or the vendor; nothing refuses it.
    fn control(&mut self, setup: Setup, data: &[u8], line: &mut Line) -> Option<Vec<u8>>;
    /// What an IN endpoint has to say now, at most `most` bytes.
    fn input(&mut self, endpoint: u8, most: usize, line: &mut Line) -> Option<Vec<u8>>;
}

/// An adapter.
pub struct Serial {
    model: Box<dyn Model>,
    number: String,
    line: Line,
}

impl Serial {
    pub fn ftdi(number: &str) -> Self {
        Self::new(Box::new(Ftdi::default()), number)
    }

    pub fn acm(number: &str) -> Self {
        Self::new(Box::new(Acm::default()), number)
    }

    fn new(model: Box<dyn Model>, number: &str) -> Self {
        Self { model, number: number.to_owned(), line: Line::default() }
    }
}

impl Function for Serial {
    fn identity(&self) -> Identity {
        let [vendor, product, release] = self.model.identity();
        let [manufacturer, name] = self.model.names().map(str::to_owned);
        let (class, serial) = (self.model.class(), Some(self.number.clone()));
        Identity { vendor, product, release, class, manufacturer, name, serial }
    }

    fn configuration(&self) -> Vec<u8> {
        self.model.configuration()
    }

    fn control(&mut self, setup: Setup, data: &[u8], _: &mut Pipes) -> Reply {
        self.model.control(setup, data, &mut self.line).map_or(Reply::Stalled, Reply::Data)
    }

    fn output(&mut self, _: u8, data: &[u8], _: &mut Pipes) -> Taken {
        if !self.line.may_send() {
            return Taken::Nothing;
        }
        self.line.receive(data);
        Taken::All
    }

    fn input(&mut self, endpoint: u8, most: usize, _: &mut Pipes) -> Given {
        // Models know their endpoints by number.
        let given = self.model.input(endpoint & 0x0F, most, &mut self.line);
        given.map_or(Given::Nothing, Given::Data)
    }

    fn set_interface(&mut self, _: Option<u8>, _: u8) -> bool {
        true
    }

    fn command(&mut self, verb: &str, rest: &str, _: &mut Pipes) -> io::Result<Option<String>> {
        if verb == "received" {
            let enough = self.line.received() >= rest.parse().unwrap_or(0);
            return Ok(enough.then(|| text::escaped(&self.line.take_received())));
        }
        on_line(&mut self.line, verb, rest).map(Some)
    }
}

fn on_line(line: &mut Line, verb: &str, rest: &str) -> io::Result<String> {
    let unknown = || io::Error::other(format!("unknown: {verb} {rest}"));
    match verb {
        "send" => line.to_host.push_back(Piece { bytes: text::bytes(rest), fault: None }),
        "send-bad" => {
            let (fault, rest) = rest.split_once(' ').unwrap_or((rest, ""));
            let fault = match fault {
                "parity" => Fault::Parity,
                "framing" => Fault::Framing,
                "overrun" => Fault::Overrun,
                "break" => Fault::Break,
                _ => return Err(unknown()),
            };
            line.to_host.push_back(Piece { bytes: text::bytes(rest), fault: Some(fault) });
        }
        "lines" => {
            let up = |name: &str| rest.split(' ').any(|word| word == name);
            let inputs = Inputs { cts: up("cts"), dsr: up("dsr"), dcd: up("dcd"), ri: up("ri") };
            line.set_inputs(inputs);
        }
        "behave" => {
            line.behaviour = match rest {
                "collect" => Behaviour::Collect,
                "loopback" => Behaviour::Loopback,
                _ => return Err(unknown()),
            };
        }
        "settings" => return Ok(settings(line)),
        "breaks" => {
            let breaks = std::mem::take(&mut line.breaks);
            let lengths: Vec<_> = breaks.iter().map(|one| one.as_millis().to_string()).collect();
            return Ok(lengths.join(" "));
        }
        _ => return Err(unknown()),
    }
    Ok(String::new())
}

fn settings(line: &Line) -> String {
    let set = &line.settings;
    let (dtr, rts) = line.outputs();
    let bit = u8::from;
    format!(
        "{} {} {} {} {} dtr={} rts={} break={}",
        set.baud,
        set.data_bits,
        set.parity,
        set.stop_bits,
        set.flow,
        bit(dtr),
        bit(rts),
        bit(line.is_breaking())
    )
}
