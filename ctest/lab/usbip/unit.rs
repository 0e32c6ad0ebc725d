#![forbid(unsafe_code)]
//! One device of the bench: it can be plugged in and out, and does meanwhile what it is told.
//!
//! | command | what |
//! |---|---|
//! | `plug`, `unplug` | puts it in, pulls it out |
//! | `tty` | the device file of its serial port |
//! | `usbtmc [INTERFACE]` | the file `/dev/usbtmcN` of its interface, or `none` |
//! | `driver [INTERFACE]` | which of the kernel's drivers its interface has, or `none` |
//! | `path` | its name in `/sys/bus/usb/devices` |
//! | `held` | how many bytes wait for the far end to let them come |
//! | `waiting` | how many transfers wait |
//! | `packet` | how large the packets of its bulk endpoints are |
//! | `halted` | the addresses of endpoints that are halted |
//!
//! Others are the device's own: `serial/mod.rs`, `tmc/mod.rs` and `raw.rs` list them.

use std::io;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::Weak;
use std::sync::mpsc;
use std::sync::mpsc::Receiver;
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;
use std::time::Instant;

use parking_lot::Mutex;

use crate::lab::usbip::device::Device;
use crate::lab::usbip::host;
use crate::lab::usbip::kind;
use crate::lab::usbip::wire::Request;

/// How long a command may wait for what it asks about.
const LIMIT: Duration = Duration::from_secs(30);

/// A device in the guest.
pub struct Unit {
    kind: String,
    serial: String,
    plugged: Option<Plugged>,
}

struct Plugged {
    device: Arc<Mutex<Device>>,
    cable: UnixStream,
    port: u32,
}

impl Unit {
    /// `kind.rs` lists the kinds.
    pub fn new(kind: &str, serial: &str) -> Self {
        Self { kind: kind.to_owned(), serial: serial.to_owned(), plugged: None }
    }

    pub fn plug(&mut self) -> io::Result<()> {
        let (wake, woken) = mpsc::channel();
        let function = kind::function(&self.kind, &self.serial, &wake)?;
        let (cable, port) = host::plug(function.speed())?;
        let device = Device::new(function, cable.try_clone()?, wake);
        let device = Arc::new(Mutex::new(device));
        let (served, mut requests) = (device.clone(), cable.try_clone()?);
        std::thread::spawn(move || {
            while let Ok(request) = Request::read(&mut requests) {
                served.lock().handle(request);
            }
        });
        let watched = Arc::downgrade(&device);
        std::thread::spawn(move || watch(&watched, &woken));
        self.plugged = Some(Plugged { device, cable, port });
        host::ready(port)?;
        if kind::is_port(&self.kind) { host::tty(&self.serial).map(drop) } else { Ok(()) }
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
            "path" => return host::name(self.plugged()?.port),
            "usbtmc" => return host::usbtmc(self.plugged()?.port, rest.parse().unwrap_or(0)),
            "driver" => return host::driver(self.plugged()?.port, rest.parse().unwrap_or(0)),
            _ => return self.ask(verb, rest),
        }
        Ok(String::new())
    }

    fn plugged(&self) -> io::Result<&Plugged> {
        self.plugged.as_ref().ok_or(io::Error::other("it is not plugged in"))
    }

    /// Asks the device until it has an answer.
    fn ask(&self, verb: &str, rest: &str) -> io::Result<String> {
        let deadline = Instant::now() + LIMIT;
        loop {
            let answer = self.plugged()?.device.lock().command(verb, rest)?;
            if let Some(answer) = answer {
                return Ok(answer);
            }
            if Instant::now() > deadline {
                return Err(io::Error::other(format!("{verb} {rest}: nothing within {LIMIT:?}")));
            }
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

/// Lets a device do in time what no request of the host makes it do, until it is gone.
fn watch(device: &Weak<Mutex<Device>>, woken: &Receiver<()>) {
    let mut served = None;
    loop {
        // A moment that has passed and changed nothing is no reason to look again.
        let due = device.upgrade().and_then(|device| device.lock().due());
        let due = due.filter(|due| Some(*due) > served);
        let left = due.map(|due| due.saturating_duration_since(Instant::now()));
        let rung = match left {
            Some(left) => woken.recv_timeout(left),
            None => woken.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        if rung == Err(RecvTimeoutError::Disconnected) {
            return;
        }
        // One look serves all who rang; several would not find more.
        while woken.try_recv().is_ok() {}
        let Some(device) = device.upgrade() else { return };
        let mut device = device.lock();
        served = Some(Instant::now());
        device.deliver();
    }
}
