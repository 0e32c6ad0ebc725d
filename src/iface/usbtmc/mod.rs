#![forbid(unsafe_code)]
//! USB INSTR: instruments of the class USBTMC and its subclass USB488, through libusb or, where only
//! that is permitted, through the kernel's driver.
//!
//! An interface of an instrument belongs to this process alone as long as a session has it open,
//! and its sessions share it: there is one sequence of messages, one remainder of an answer. The
//! first session clears the instrument of what a program before may have left.

mod conversation;
mod driver;
mod instrument;
mod kept;
mod notices;
mod pipes;
mod quirks;
mod read;
mod recover;
mod write;

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, AtomicU64, Ordering};

use crate::attr::Value;
use crate::consts::{
    VI_ATTR_4882_COMPLIANT, VI_ATTR_IO_PROT, VI_ATTR_MANF_NAME, VI_ATTR_MODEL_NAME,
    VI_ATTR_USB_MAX_INTR_SIZE, VI_ATTR_USB_PROTOCOL, VI_PROT_NORMAL, VI_PROT_USBTMC_VENDOR, ViAttr,
};
use crate::iface::bus::{ControlPipe, ControlRequest};
use crate::iface::source::{Found, Search, Source};
use crate::iface::usb;
use crate::iface::usbtmc::instrument::{Instrument, Layout};
use crate::iface::usbtmc::notices::Watcher;
use crate::iface::{
    Call, Interface, Interrupt, Link, RenMode, Report, Signal, Sink, Stop, Transfer,
};
use crate::os::Deadline;
use crate::os::Wait;
use crate::os::usb::Device;
use crate::os::usb::descriptors::Alternate;
use crate::os::usb::devices_by;
use crate::rsrc::Kinds;
use crate::rsrc::ResourceName;
use crate::rsrc::name::Address;
use crate::status::{
    Result, VI_ERROR_INV_RSRC_NAME, VI_ERROR_NSUP_ATTR, VI_ERROR_NSUP_OPER, VI_ERROR_RSRC_NFOUND,
    fail,
};
use crate::wire::usbtmc::{GO_TO_LOCAL, LOCAL_LOCKOUT, LONGEST_ANSWER, Message, Request};
use crate::wire::usbtmc::{done, ren_control};

/// The interface.
pub struct Usbtmc;

impl Interface for Usbtmc {
    fn kinds(&self) -> Kinds {
        Kinds::USB_INSTR
    }

    fn source(&self) -> Option<&dyn Source> {
        Some(self)
    }

    fn open(&self, name: &ResourceName, wait: &Wait) -> Result<Box<dyn Link>> {
        let Address::Usb { board, manufacturer, model, serial, interface } = &name.address else {
            return fail(VI_ERROR_INV_RSRC_NAME, "not a USB instrument's name");
        };
        if *board != 0 {
            return fail(VI_ERROR_RSRC_NFOUND, "all USB devices are on board 0");
        }
        let all = devices_by(wait)?;
        let device = usb::find(&all, *manufacturer, *model, serial)?;
        let setting = usb::interface(device, *interface, is_instrument)?;
        let instrument = Instrument::open(device, setting, wait)?;
        Ok(Box::new(UsbtmcLink::new(instrument, Facts::of(device, setting))))
    }
}

impl Source for Usbtmc {
    fn name(&self) -> &'static str {
        "USB instruments"
    }

    fn prefixes(&self) -> &'static [&'static str] {
        &["USB"]
    }

    fn find(&self, search: &Search, tell: &mut dyn FnMut(Found)) -> Result {
        let all = devices_by(&search.wait())?;
        all.iter().flat_map(|device| found_of(device, &all)).for_each(tell);
        Ok(())
    }
}

fn is_instrument(setting: &Alternate) -> bool {
    Layout::of(setting).is_some()
}

/// A device's instruments, one for each interface.
fn found_of(device: &Device, all: &[Device]) -> Vec<Found> {
    let instruments =
        device.settings.iter().filter(|setting| setting.number == 0 && is_instrument(setting));
    instruments
        .filter_map(|setting| {
            let name = ResourceName::of(&Address::Usb {
                board: 0,
                manufacturer: device.vendor,
                model: device.product,
                serial: usb::serial_of(device, all),
                interface: setting.interface,
            });
            Some(Found {
                attributes: Facts::of(device, setting).attributes(setting),
                description: usb::description(device),
                ..name.ok()?.into()
            })
        })
        .collect()
}

/// What is known of an instrument without asking it.
struct Facts {
    /// By which locks are held on it, whatever it is called.
    identity: String,
    manufacturer: String,
    model: String,
}

impl Facts {
    fn of(device: &Device, setting: &Alternate) -> Self {
        // Where it says nothing, its numbers are what is known of it.
        let or_number = |text: &Option<String>, number: u16| match text {
            Some(text) => text.clone(),
            None => format!("0x{number:04X}"),
        };
        Self {
            identity: format!("USB@{}::{}", device.place, setting.interface),
            manufacturer: or_number(&device.manufacturer, device.vendor),
            model: or_number(&device.model, device.product),
        }
    }

    /// What the session would say.
    fn attributes(self, setting: &Alternate) -> Vec<(ViAttr, Value)> {
        vec![
            (VI_ATTR_MANF_NAME, Value::Text(self.manufacturer)),
            (VI_ATTR_MODEL_NAME, Value::Text(self.model)),
            (VI_ATTR_USB_PROTOCOL, Value::Number(setting.protocol.into())),
        ]
    }
}

/// One session's way to an instrument.
struct UsbtmcLink {
    instrument: Arc<Instrument>,
    facts: Facts,
    /// Tells the sessions of an instrument apart.
    number: u64,
    /// VI_ATTR_IO_PROT
    protocol: AtomicU16,
    /// VI_ATTR_USB_MAX_INTR_SIZE
    most_interrupt: Arc<AtomicU16>,
}

impl UsbtmcLink {
    fn new(instrument: Arc<Instrument>, facts: Facts) -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let most = instrument.layout.interrupt.map_or(0, |pipe| pipe.max_packet);
        Self {
            instrument,
            facts,
            number: NEXT.fetch_add(1, Ordering::Relaxed),
            protocol: AtomicU16::new(VI_PROT_NORMAL),
            most_interrupt: Arc::new(AtomicU16::new(most)),
        }
    }

    /// Whether messages are the vendor's own (VI_PROT_USBTMC_VENDOR).
    fn is_vendor(&self) -> bool {
        self.protocol.load(Ordering::Relaxed) == VI_PROT_USBTMC_VENDOR
    }

    fn question(&self) -> Message {
        if self.is_vendor() { Message::VendorRequest } else { Message::Request }
    }

    /// Makes control requests that are only done or not.
    fn command(&self, requests: &[Request], wait: &Wait) -> Result {
        self.instrument.pipes.alive()?;
        requests.iter().try_for_each(|request| {
            let mut answer = [0; LONGEST_ANSWER];
            done(self.instrument.ask(*request, None, &mut answer, wait)?)
        })
    }

    fn tell(&self, signal: Signal, sink: Option<Sink>) -> Result {
        self.instrument.notices.unwatch(self.number, signal);
        match sink {
            Some(sink) => self.instrument.watch(Watcher { who: self.number, signal, sink }),
            None => Ok(()),
        }
    }

    fn is_4882(&self) -> bool {
        self.instrument.capabilities.is_4882
    }
}

impl Link for UsbtmcLink {
    fn identity(&self) -> Option<String> {
        Some(self.facts.identity.clone())
    }

    fn write(&self, data: &[u8], call: &Call) -> Transfer<()> {
        let message = if self.is_vendor() { Message::VendorOut } else { Message::Out };
        self.instrument.write(data, message, call)
    }

    fn read(&self, buf: &mut [u8], call: &Call) -> Transfer<Stop> {
        self.instrument.read(buf, self.question(), call, false)
    }

    fn read_some(&self, buf: &mut [u8], call: &Call) -> Transfer<Stop> {
        self.instrument.read(buf, self.question(), call, true)
    }

    /// Only what the device sent beyond what was read is on this side. A read in progress on another
    /// thread takes that.
    fn discard_input(&self, _call: &Call) -> Result {
        if let Some(mut conversation) = self.instrument.conversation.try_pass() {
            conversation.kept.clear();
        }
        self.instrument.pipes.alive()
    }

    fn clear(&self, call: &Call) -> Result {
        self.instrument.pipes.alive()?;
        let wait = call.round_trip();
        // What is in progress would be forgotten by the device, and may be why it is cleared.
        self.instrument.cleared.terminate();
        let mut conversation = self.instrument.conversation.pass(&wait)?;
        self.instrument.clear(&mut conversation, &wait)
    }

    fn read_stb(&self, call: &Call) -> Result<u8> {
        self.instrument.read_status(&call.round_trip())
    }

    fn trigger(&self, call: &Call) -> Result {
        if !self.instrument.capabilities.trigger {
            return fail(VI_ERROR_NSUP_OPER, "the instrument knows no trigger message");
        }
        self.instrument.pipes.alive()?;
        self.instrument.send_trigger(call)
    }

    /// By USB488 4.3: a device has its REN state for itself, and is addressed by whatever it is sent.
    fn control_ren(&self, mode: RenMode, call: &Call) -> Result {
        if !self.instrument.capabilities.remote {
            return fail(VI_ERROR_NSUP_OPER, "the instrument has no remote control");
        }
        let requests: &[Request] = match mode {
            RenMode::Deassert => &[ren_control(false)],
            RenMode::Assert | RenMode::AssertAddress => &[ren_control(true)],
            RenMode::DeassertGtl => &[GO_TO_LOCAL, ren_control(false)],
            RenMode::AssertLlo | RenMode::AssertAddressLlo => &[ren_control(true), LOCAL_LOCKOUT],
            RenMode::AddressGtl => &[GO_TO_LOCAL],
        };
        self.command(requests, &call.round_trip())
    }

    fn control_pipe(&self) -> Option<&dyn ControlPipe> {
        Some(self)
    }

    fn watch(&self, sink: Option<Sink>, _wait: &Wait) -> Result {
        self.tell(Signal::ServiceRequest, sink)
    }

    fn observe(&self, signal: Signal, sink: Option<Sink>) -> Result {
        if signal != Signal::UsbInterrupt {
            return match sink {
                Some(_) => fail(VI_ERROR_NSUP_OPER, "nothing reports this event here"),
                None => Ok(()),
            };
        }
        let most = self.most_interrupt.clone();
        let cut = |sink: Sink| -> Sink {
            Arc::new(move |report| sink(cut(report, most.load(Ordering::Relaxed))))
        };
        self.tell(signal, sink.map(cut))
    }

    fn get(&self, attr: ViAttr) -> Result<Value> {
        Ok(match attr {
            VI_ATTR_4882_COMPLIANT => self.is_4882().into(),
            VI_ATTR_IO_PROT => Value::Number(self.protocol.load(Ordering::Relaxed).into()),
            VI_ATTR_MANF_NAME => Value::Text(self.facts.manufacturer.clone()),
            VI_ATTR_MODEL_NAME => Value::Text(self.facts.model.clone()),
            VI_ATTR_USB_MAX_INTR_SIZE => {
                Value::Number(self.most_interrupt.load(Ordering::Relaxed).into())
            }
            VI_ATTR_USB_PROTOCOL => Value::Number(self.instrument.layout.protocol.into()),
            _ => return fail(VI_ERROR_NSUP_ATTR, "not an attribute of this link"),
        })
    }

    fn set(&self, attr: ViAttr, value: u64, _call: &Call) -> Result {
        match attr {
            VI_ATTR_IO_PROT => self.protocol.store(value as u16, Ordering::Relaxed),
            VI_ATTR_USB_MAX_INTR_SIZE => {
                self.most_interrupt.store(value as u16, Ordering::Relaxed);
            }
            _ => return fail(VI_ERROR_NSUP_ATTR, "not an attribute of this link"),
        }
        Ok(())
    }

    fn close(&self, _deadline: Deadline) {
        for signal in [Signal::ServiceRequest, Signal::UsbInterrupt] {
            self.instrument.notices.unwatch(self.number, signal);
        }
    }
}

/// What of a report's data a session wants.
fn cut(report: Report, most: u16) -> Report {
    match report {
        Report::UsbInterrupt(interrupt) if interrupt.data.len() > most.into() => {
            let data = interrupt.data[..most.into()].into();
            Report::UsbInterrupt(Interrupt { data, ..interrupt })
        }
        report => report,
    }
}

impl ControlPipe for UsbtmcLink {
    fn control_out(&self, request: ControlRequest, data: &[u8], call: &Call) -> Result {
        self.instrument.pipes.control_out(request, data, &call.round_trip())
    }

    fn control_in(&self, request: ControlRequest, buf: &mut [u8], call: &Call) -> Result<usize> {
        self.instrument.pipes.control_in(request, buf, &call.round_trip())
    }
}

#[cfg(test)]
mod tests;
