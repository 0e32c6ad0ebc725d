#![forbid(unsafe_code)]
//! What all sessions of one interface share in this process: the claim, and for each pipe what was
//! received and not yet read.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::iface::Sink;
use crate::iface::usbraw::input::Input;
use crate::iface::usbraw::interrupts::{Interrupts, Listener};
use crate::iface::usbraw::transport::Transport;
use crate::os::Gate;
use crate::os::Wait;
use crate::os::fork::PerProcess;
use crate::os::places::Places;
use crate::os::usb::{Claim, Device};
use crate::status::{Error, Result, VI_ERROR_INV_SETUP, fail};

/// Endpoint numbers of one direction (USB 2.0, 9.6.6).
const NUMBERS: usize = 16;
/// Bit of an endpoint's address: it sends to the host.
const IN: u8 = 0x80;

/// A claimed interface.
pub struct Unit {
    pub transport: Box<dyn Transport>,
    /// By the numbers of their endpoints; each is passed for a read.
    inputs: [Gate<Input>; NUMBERS],
    /// The same for writes.
    outputs: [Gate<()>; NUMBERS],
    /// A bit for each pipe that the device had halted when it was used last.
    stalled: AtomicU32,
    pub(super) interrupts: Interrupts,
}

impl Unit {
    /// The interface of a device: what this process has open already, or a new claim.
    ///
    /// # Errors
    /// As [`Claim::open`].
    pub fn open(device: &Device, interface: u8, wait: &Wait) -> Result<Arc<Self>> {
        let units = UNITS.get(|| Ok::<_, Error>(Places::default()))?;
        let place = units.of((device.bus, device.address, interface));
        let mut opened = place.pass(wait)?;
        // One that is unplugged may have left its number to another.
        if let Some(known) = opened.upgrade().filter(|known| known.transport.alive().is_ok()) {
            return Ok(known);
        }
        let unit = Arc::new(Self::new(Box::new(Claim::open(device, interface, wait)?)));
        *opened = Arc::downgrade(&unit);
        Ok(unit)
    }

    pub(super) fn new(transport: Box<dyn Transport>) -> Self {
        Self {
            transport,
            inputs: Default::default(),
            outputs: Default::default(),
            stalled: AtomicU32::new(0),
            interrupts: Interrupts::default(),
        }
    }

    /// What has come on a pipe. Passed for a read.
    pub fn input(&self, pipe: u8) -> &Gate<Input> {
        &self.inputs[usize::from(pipe) % NUMBERS]
    }

    /// Passed for a write.
    pub fn output(&self, pipe: u8) -> &Gate<()> {
        &self.outputs[usize::from(pipe) % NUMBERS]
    }

    /// The most bytes of a pipe's packets.
    ///
    /// # Errors
    /// VI_ERROR_INV_SETUP when the interface has no such pipe, as it is set now.
    pub fn packet(&self, pipe: u8) -> Result<usize> {
        let setting = self.transport.alternate();
        match setting.endpoints.iter().find(|end| end.address == pipe) {
            Some(end) => Ok(end.max_packet.into()),
            None => fail(VI_ERROR_INV_SETUP, "no such pipe in this alternate setting"),
        }
    }

    /// Whether the device had a pipe halted when it was used last.
    pub fn is_stalled(&self, pipe: u8) -> bool {
        self.stalled.load(Ordering::Relaxed) & bit(pipe) != 0
    }

    /// Remembers that it has, or no longer has.
    pub fn set_stalled(&self, pipe: u8, on: bool) {
        match on {
            true => self.stalled.fetch_or(bit(pipe), Ordering::Relaxed),
            false => self.stalled.fetch_and(!bit(pipe), Ordering::Relaxed),
        };
    }

    /// Makes a pipe begin anew, on both sides: a halt is cleared, and what was received and not
    /// yet read is dropped. Not under a read or a write; what waits on an interrupt pipe stays.
    ///
    /// # Errors
    /// VI_ERROR_TMO while another thread uses it, VI_ERROR_ABORT, VI_ERROR_IO when the device
    /// refuses, VI_ERROR_CONN_LOST.
    pub fn reset(&self, pipe: u8, wait: &Wait) -> Result {
        if pipe & IN == 0 {
            let _passed = self.output(pipe).pass(wait)?;
            self.transport.clear_halt(pipe, wait)?;
        } else {
            let mut input = self.input(pipe).pass(wait)?;
            self.transport.clear_halt(pipe, wait)?;
            *input = Input::default();
        }
        self.set_stalled(pipe, false);
        self.interrupts.look_again();
        Ok(())
    }

    /// Changes the alternate setting, between transfers. All pipes begin anew (USB 2.0, 9.1.1.5).
    ///
    /// # Errors
    /// VI_ERROR_TMO while another thread is in a transfer; as [`Claim::set_alternate`].
    pub fn set_alternate(self: &Arc<Self>, number: u8, wait: &Wait) -> Result {
        let mut inputs = Vec::new();
        for gate in &self.inputs {
            inputs.push(gate.pass(wait)?);
        }
        let outputs: Vec<_> =
            self.outputs.iter().map(|gate| gate.pass(wait)).collect::<Result<_>>()?;
        self.interrupts.pause();
        let set = self.transport.set_alternate(number, wait);
        if set.is_ok() {
            inputs.iter_mut().for_each(|input| **input = Input::default());
            self.stalled.store(0, Ordering::Relaxed);
        }
        drop((inputs, outputs));
        self.interrupts.resume(self);
        set
    }

    /// Tells a session's `sink` what comes on an interrupt pipe, at most `most` bytes of each.
    ///
    /// # Errors
    /// VI_ERROR_ALLOC without a thread; VI_ERROR_CONN_LOST.
    pub fn listen(self: &Arc<Self>, session: u64, pipe: u8, most: u16, sink: Sink) -> Result {
        self.transport.alive()?;
        self.interrupts.add(Listener { session, pipe: Some(pipe), most, sink }, self)
    }

    /// Changes what [`Unit::listen`] was told, if it was.
    pub fn relisten(self: &Arc<Self>, session: u64, pipe: Option<u8>, most: u16) -> Result {
        self.interrupts.change(session, pipe, most, self)
    }

    /// Tells this session nothing any more: after that its sink is not called.
    pub fn forget(&self, session: u64) {
        self.interrupts.remove(session);
    }
}

/// A pipe's place among 32.
fn bit(pipe: u8) -> u32 {
    1 << (u32::from(pipe & 0x0F) + if pipe & IN == 0 { 0 } else { 16 })
}

/// The interfaces that this process has open, by bus, address and number. A forked child opens its
/// own.
static UNITS: PerProcess<Places<(u16, u16, u8), Unit>> = PerProcess::new();
