#![forbid(unsafe_code)]
//! USB RAW: the pipes of a USB interface that is no instrument's, as a program wants them.
//!
//! viWrite and viRead move bytes over a bulk pipe each, which the session chooses; the control
//! pipe is viUsbControlIn's and Out's, and what comes on the interrupt pipe is VI_EVENT_USB_INTR.
//! The library adds nothing to the bytes: no header, and no packet of no bytes behind a write that
//! fills its last packet, because devices differ in whether they want one.
//!
//! What viFindRsrc lists: interfaces of the vendor's own class that none of the kernel's drivers
//! has. So keyboards, cameras, network and serial adapters are never listed. By its name any
//! interface opens, but not over the head of a driver (`find.rs` says which).

mod attributes;
mod find;
mod input;
mod interrupts;
mod pipes;
mod transfer;
mod transport;
mod unit;

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, AtomicU16, AtomicU64, Ordering};

use crate::attr::Value;
use crate::consts::{VI_USB_END_NONE, VI_USB_END_SHORT_OR_COUNT, ViAttr};
use crate::iface::bus::{ControlPipe, ControlRequest};
use crate::iface::source::{Found, Search, Source};
use crate::iface::udev;
use crate::iface::usbraw::pipes::Pipes;
use crate::iface::usbraw::unit::Unit;
use crate::iface::{Call, Interface, Link, Signal, Sink, Stop, Transfer};
use crate::os::Wait;
use crate::os::fork;
use crate::rsrc::Kinds;
use crate::rsrc::ResourceName;
use crate::status::{Result, VI_ERROR_INV_SETUP, VI_ERROR_NSUP_OPER, fail};

pub use find::gives_way;

/// The interface.
pub struct UsbRaw;

impl Interface for UsbRaw {
    fn kinds(&self) -> Kinds {
        Kinds::USB_RAW
    }

    fn source(&self) -> Option<&dyn Source> {
        Some(self)
    }

    fn open(&self, name: &ResourceName, wait: &Wait) -> Result<Box<dyn Link>> {
        let (device, interface) = find::named(&name.address)?;
        find::claimable(&device, interface)?;
        let names = [device.manufacturer.clone(), device.model.clone()];
        let identity = format!("USB@{}::{interface}", device.place);
        let unit = Unit::open(&device, interface, wait).inspect_err(|error| {
            udev::hint(error, &device, false);
        })?;
        let link: Box<dyn Link> = Box::new(RawLink::new(unit, names, identity));
        Ok(link)
    }
}

impl Source for UsbRaw {
    fn name(&self) -> &'static str {
        "USB RAW"
    }

    fn prefixes(&self) -> &'static [&'static str] {
        &["USB"]
    }

    fn find(&self, _search: &Search, tell: &mut dyn FnMut(Found)) -> Result {
        find::listed().into_iter().for_each(tell);
        Ok(())
    }
}

/// One session's way to an interface.
struct RawLink {
    unit: Arc<Unit>,
    /// Tells this session's wishes from those of others.
    number: u64,
    pipes: Pipes,
    /// VI_ATTR_USB_END_IN
    end_in: AtomicU16,
    /// VI_ATTR_USB_MAX_INTR_SIZE, or -1 until it is set.
    most: AtomicI32,
    /// VI_ATTR_MANF_NAME and VI_ATTR_MODEL_NAME
    names: [Option<String>; 2],
    /// By which locks are held.
    identity: String,
    opened_in: u32,
}

impl RawLink {
    fn new(unit: Arc<Unit>, names: [Option<String>; 2], identity: String) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self {
            unit,
            number: NEXT.fetch_add(1, Ordering::Relaxed),
            pipes: Pipes::default(),
            end_in: AtomicU16::new(VI_USB_END_SHORT_OR_COUNT),
            most: AtomicI32::new(-1),
            names,
            identity,
            opened_in: fork::generation(),
        }
    }

    /// The pipe for an operation.
    ///
    /// # Errors
    /// VI_ERROR_INV_SETUP when the session has none.
    fn need(&self, pipe: Option<u8>) -> Result<u8> {
        pipe.map_or_else(|| fail(VI_ERROR_INV_SETUP, "no pipe is chosen for this"), Ok)
    }
}

impl Link for RawLink {
    fn identity(&self) -> Option<String> {
        Some(self.identity.clone())
    }

    fn write(&self, data: &[u8], call: &Call) -> Transfer<()> {
        self.send(data, call)
    }

    fn read(&self, buf: &mut [u8], call: &Call) -> Transfer<Stop> {
        self.receive(buf, call, false)
    }

    fn read_some(&self, buf: &mut [u8], call: &Call) -> Transfer<Stop> {
        self.receive(buf, call, true)
    }

    fn marks_end(&self) -> bool {
        self.end_in.load(Ordering::Relaxed) != VI_USB_END_NONE
    }

    fn discard_input(&self, call: &Call) -> Result {
        self.drop_input(call)
    }

    /// What the device has not sent yet nobody can see.
    fn drop_stale_answers(&self, call: &Call) -> Result {
        self.drop_input(call)
    }

    fn clear(&self, call: &Call) -> Result {
        self.reset_pipes(call)
    }

    fn control_pipe(&self) -> Option<&dyn ControlPipe> {
        Some(self)
    }

    fn observe(&self, signal: Signal, sink: Option<Sink>) -> Result {
        match (signal, sink) {
            (Signal::UsbInterrupt, Some(sink)) => self.listen(sink),
            (Signal::UsbInterrupt, None) => {
                self.unit.forget(self.number);
                Ok(())
            }
            (_, Some(_)) => fail(VI_ERROR_NSUP_OPER, "nothing reports this event here"),
            (_, None) => Ok(()),
        }
    }

    fn get(&self, attr: ViAttr) -> Result<Value> {
        self.get_attribute(attr)
    }

    fn set(&self, attr: ViAttr, value: u64, call: &Call) -> Result {
        self.set_attribute(attr, value, call)
    }
}

impl ControlPipe for RawLink {
    fn control_out(&self, request: ControlRequest, data: &[u8], call: &Call) -> Result {
        self.unit.transport.control_out(request, data, &call.round_trip())
    }

    fn control_in(&self, request: ControlRequest, buf: &mut [u8], call: &Call) -> Result<usize> {
        self.unit.transport.control_in(request, buf, &call.round_trip())
    }
}

impl Drop for RawLink {
    fn drop(&mut self) {
        // A forked child has none of the threads that this would end.
        if self.opened_in == fork::generation() {
            self.unit.forget(self.number);
        }
    }
}

#[cfg(test)]
mod tests;
