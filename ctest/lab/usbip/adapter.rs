#![forbid(unsafe_code)]
//! An emulated adapter: one that can be plugged in and out, and does at its far end what it is told.
//!
//! | command | what |
//! |---|---|
//! | `tty` | the device file of its port |
//! | `plug`, `unplug` | puts it in, pulls it out |
//! | `settings` | rate, data bits, parity, stop bits, flow control, DTR, RTS, break |
//! | `send TEXT` | sends it to the host |
//! | `send-bad FAULT TEXT` | the same with a `parity`, `framing`, `overrun` or `break` error |
//! | `received COUNT` | waits for so many bytes and gives all that came since the last time |
//! | `lines cts dsr dcd ri` | raises those named, drops the others |
//! | `behave collect`, `behave loopback` | what it does with what it gets |
//! | `held` | how many bytes wait for the far end to let them come |
//! | `breaks` | the lengths, in ms, of the breaks that were received |
//!
//! In texts, `\xHH` is a byte.

use std::io;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::time::Duration;
use std::time::Instant;

use parking_lot::Mutex;

use crate::lab::usbip::acm::Acm;
use crate::lab::usbip::device::Device;
use crate::lab::usbip::device::Model;
use crate::lab::usbip::ftdi::Ftdi;
use crate::lab::usbip::host;
use crate::lab::usbip::line::Behaviour;
use crate::lab::usbip::line::Fault;
use crate::lab::usbip::line::Inputs;
use crate::lab::usbip::line::Line;
use crate::lab::usbip::line::Piece;
use crate::lab::usbip::text;
use crate::lab::usbip::wire::Request;

/// How long `received` waits.
const LIMIT: Duration = Duration::from_secs(30);

/// An adapter in the guest.
pub struct Adapter {
    kind: String,
    pub serial: String,
    plugged: Option<Plugged>,
}

struct Plugged {
    device: Arc<Mutex<Device>>,
    cable: UnixStream,
    port: u32,
}

impl Adapter {
    /// `kind` is `ftdi` or `acm`.
    pub fn new(kind: &str, serial: &str) -> Self {
        Self { kind: kind.to_owned(), serial: serial.to_owned(), plugged: None }
    }

    pub fn plug(&mut self) -> io::Result<()> {
        let model: Box<dyn Model> = match &*self.kind {
            "ftdi" => Box::new(Ftdi::default()),
            "acm" => Box::new(Acm::default()),
            other => return Err(io::Error::other(format!("no adapter of the kind {other}"))),
        };
        let (cable, port) = host::plug()?;
        let device = Device::new(model, &self.serial, cable.try_clone()?);
        let device = Arc::new(Mutex::new(device));
        let (served, mut requests) = (device.clone(), cable.try_clone()?);
        std::thread::spawn(move || {
            while let Ok(request) = Request::read(&mut requests) {
                served.lock().handle(request);
            }
        });
        self.plugged = Some(Plugged { device, cable, port });
        host::tty(&self.serial).map(drop)
    }

    pub fn unplug(&mut self) -> io::Result<()> {
        self.plugged.take().map_or(Ok(()), |plugged| host::unplug(&plugged.cable, plugged.port))
    }

    /// Carries out one command and gives its answer.
    pub fn command(&mut self, line: &str) -> io::Result<String> {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        match verb {
            "tty" => return Ok(host::tty(&self.serial)?.display().to_string()),
            "plug" => self.plug()?,
            "unplug" => self.unplug()?,
            "received" => return self.received(rest.parse().unwrap_or(0)),
            _ => {
                let mut device = self.device()?.lock();
                if verb == "held" {
                    return Ok(device.held().to_string());
                }
                let answer = on_line(&mut device.line, verb, rest)?;
                device.deliver();
                return Ok(answer);
            }
        }
        Ok(String::new())
    }

    fn device(&self) -> io::Result<&Mutex<Device>> {
        let plugged = self.plugged.as_ref();
        plugged.map(|plugged| &*plugged.device).ok_or(io::Error::other("it is not plugged in"))
    }

    fn received(&self, count: usize) -> io::Result<String> {
        let deadline = Instant::now() + LIMIT;
        let mut all = Vec::new();
        loop {
            all.extend(self.device()?.lock().line.take_received());
            if all.len() >= count || Instant::now() > deadline {
                return Ok(text::escaped(&all));
            }
            std::thread::sleep(Duration::from_millis(2));
        }
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
