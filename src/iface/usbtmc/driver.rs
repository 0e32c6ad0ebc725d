#![forbid(unsafe_code)]
//! The kernel's driver for instruments as the way to one, where the device itself may not be opened:
//! `/dev/usbtmcN` is often permitted where `/dev/bus/usb/...` is not.
//!
//! The protocol is spoken here as over libusb, see [`crate::os::usbtmc`]. Two things are the
//! driver's: it reads status bytes and hears requests for service, for it has the interrupt pipe;
//! so what else comes there, VI_EVENT_USB_INTR cannot tell.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use crate::iface::Signal;
use crate::iface::udev;
use crate::iface::usbtmc::instrument::Instrument;
use crate::iface::usbtmc::notices::Watcher;
use crate::iface::usbtmc::pipes::Pipes;
use crate::os::Cancel;
use crate::os::Deadline;
use crate::os::Wait;
use crate::os::memory;
use crate::os::usb::{Claim, ControlRequest, Device, End, Moved, instrument_node};
use crate::os::usbtmc::{CONTROL_MAX, Node, Pipe, Requests, is_stall};
use crate::status::{
    Error, Result, VI_ERROR_CONN_LOST, VI_ERROR_INV_LENGTH, VI_ERROR_NPERMISSION,
    VI_ERROR_NSUP_OPER, VI_ERROR_RSRC_NFOUND, fail,
};
use crate::trace;

/// Bit of an endpoint's address: it sends to the host.
const IN: u8 = 0x80;

/// How long the driver may take to be opened once more. It does at once, unless another program is
/// in a call of its.
const OPENING: Duration = Duration::from_secs(1);

/// An interrupt packet that requests service (USB488 3.4.1), without its status byte.
const REQUEST: u8 = 0x81;

/// The way to an instrument: its device, or the node of the kernel's driver where only that is
/// permitted or there.
///
/// # Errors
/// As [`Claim::open`].
pub fn way_to(device: &Device, interface: u8, wait: &Wait) -> Result<Box<dyn Pipes>> {
    let error = match Claim::open(device, interface, wait) {
        Ok(claim) => return Ok(Box::new(claim)),
        Err(error) => error,
    };
    // Not when another program has it: that has taken it from the driver.
    let may_be_permitted = [VI_ERROR_NPERMISSION, VI_ERROR_RSRC_NFOUND].contains(&error.code);
    if let Some(path) = instrument_node(device, interface).filter(|_| may_be_permitted) {
        match ByDriver::open(&path, wait) {
            Ok(driver) => {
                trace::note(format_args!("by {}", path.display()));
                return Ok(Box::new(driver));
            }
            // Of the driver, that is; of the device it says less.
            Err(other) if other.code != VI_ERROR_NPERMISSION => return Err(other),
            Err(_) => {}
        }
    }
    udev::hint(&error, device, true);
    Err(error)
}

/// An instrument that the kernel's driver has.
pub struct ByDriver {
    node: Node,
    path: PathBuf,
    /// Set once it has been seen gone.
    lost: AtomicBool,
}

impl ByDriver {
    fn open(path: &Path, wait: &Wait) -> Result<Self> {
        let node = Node::open(path, wait)?;
        Ok(Self { node, path: path.to_owned(), lost: AtomicBool::new(false) })
    }

    /// Remembers what `error` says about the device.
    fn note(&self, error: Error) -> Error {
        if error.code == VI_ERROR_CONN_LOST {
            self.lost.store(true, Ordering::Relaxed);
        }
        error
    }

    fn end_of(&self, error: Error) -> End {
        if is_stall(&error) { End::Stalled } else { End::Failed(self.note(error)) }
    }

    /// The status byte; the driver has its own time for it.
    ///
    /// # Errors
    /// As [`Node::status_byte`].
    pub fn status_byte(&self, wait: &Wait) -> Result<u8> {
        self.alive()?;
        self.node.status_byte(wait).map_err(|error| self.note(error))
    }
}

impl Pipes for ByDriver {
    fn write(&self, _pipe: u8, parts: &[&[u8]], wait: &Wait) -> Moved {
        let total = parts.iter().map(|part| part.len()).sum();
        let mut all = match memory::room(total) {
            Ok(all) => all,
            Err(error) => return Moved { count: 0, end: End::Failed(error) },
        };
        let mut rest = &mut all[..];
        for part in parts {
            let (place, behind) = rest.split_at_mut(part.len());
            // They may be a caller's, which are not to be touched.
            if let Err(error) = memory::fetch(place, part) {
                return Moved { count: 0, end: End::Failed(error) };
            }
            rest = behind;
        }
        match self.alive().map(|()| self.node.bulk_out(all, wait)) {
            Err(error) => Moved { count: 0, end: End::Failed(error) },
            Ok(Ok(())) => Moved { count: total, end: End::Full },
            Ok(Err(cut)) => Moved { count: cut.count, end: self.end_of(cut.error) },
        }
    }

    fn read(&self, _pipe: u8, parts: &mut [&mut [u8]], wait: &Wait) -> Moved {
        let mut count = 0;
        if let Err(error) = self.alive() {
            return Moved { count, end: End::Failed(error) };
        }
        for part in parts.iter_mut().filter(|part| !part.is_empty()) {
            let came = self.node.bulk_in(part, wait);
            count += came.count;
            match came.outcome {
                Ok(false) => {}
                Ok(true) => return Moved { count, end: End::Short },
                Err(error) => return Moved { count, end: self.end_of(error) },
            }
        }
        Moved { count, end: End::Full }
    }

    fn control_out(&self, request: ControlRequest, data: &[u8], wait: &Wait) -> Result {
        fits(data.len())?;
        self.alive()?;
        let mut own = vec![0; data.len()];
        memory::fetch(&mut own, data)?;
        self.node.control_out(request, own, wait).map_err(|error| self.note(error))
    }

    fn control_in(&self, request: ControlRequest, data: &mut [u8], wait: &Wait) -> Result<usize> {
        fits(data.len())?;
        self.alive()?;
        let mut own = vec![0; data.len()];
        let came = self.node.control_in(request, &mut own, wait);
        let count = came.map_err(|error| self.note(error))?;
        memory::store(data, &own[..count])?;
        Ok(count)
    }

    fn clear_halt(&self, pipe: u8, wait: &Wait) -> Result {
        self.alive()?;
        let pipe = if pipe & IN == 0 { Pipe::Out } else { Pipe::In };
        self.node.clear_halt(pipe, wait).map_err(|error| self.note(error))
    }

    fn alive(&self) -> Result {
        if self.lost.load(Ordering::Relaxed) {
            return fail(VI_ERROR_CONN_LOST, "the device was lost before");
        }
        Ok(())
    }

    fn driver(&self) -> Option<&ByDriver> {
        Some(self)
    }
}

fn fits(len: usize) -> Result {
    if len > CONTROL_MAX {
        return fail(VI_ERROR_INV_LENGTH, "a control transfer carries at most 4096 bytes");
    }
    Ok(())
}

impl Instrument {
    /// Begins to tell a session of requests for service, which the driver hears.
    ///
    /// # Errors
    /// VI_ERROR_NSUP_OPER for what it does not tell, VI_ERROR_CONN_LOST, VI_ERROR_ALLOC.
    pub(super) fn watch_by(self: &Arc<Self>, driver: &ByDriver, watcher: Watcher) -> Result {
        if watcher.signal != Signal::ServiceRequest {
            return fail(VI_ERROR_NSUP_OPER, "the kernel's driver keeps this to itself");
        }
        if self.layout.interrupt.is_none() || !self.layout.is_usb488() {
            return fail(VI_ERROR_NSUP_OPER, "the instrument cannot request service");
        }
        let instrument = Arc::downgrade(self);
        let told = move |status: u8| {
            if let Some(instrument) = Weak::upgrade(&instrument) {
                instrument.notices.deliver(&[REQUEST, status], true);
            }
        };
        driver.alive()?;
        self.notices.listen(watcher, || {
            let cancel = Cancel::new();
            let wait = Wait { deadline: Deadline::after(OPENING), ticket: cancel.ticket() };
            let started = Requests::start(&driver.path, Box::new(told), &wait);
            started.map_err(|error| driver.note(error))
        })
    }
}
