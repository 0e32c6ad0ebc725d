#![forbid(unsafe_code)]
//! GPIB INTFC and GPIB SERVANT: the board itself. As the bus's controller it sends commands and
//! moves data from and to whoever is addressed; as a device it moves data when the controller in
//! charge addresses it. What of this a class has, the session knows.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

use crate::attr::Value;
use crate::consts::*;
use crate::iface::bus::{AtnMode, Controller};
use crate::iface::gpib::attributes;
use crate::iface::gpib::bus::Bus;
use crate::iface::gpib::service::Service;
use crate::iface::{Call, Link, RenMode, Signal, Sink, Stop, Transfer};
use crate::os::Wait;
use crate::status::{Result, VI_ERROR_INV_MODE, fail};
use crate::wire::gpib;
use crate::wire::gpib::BusAddress;

/// A session's way to a board.
pub struct Intfc {
    bus: Arc<Bus>,
    /// The session among those of the bus.
    id: u64,
    /// VI_ATTR_IO_PROT
    protocol: AtomicU16,
}

impl Intfc {
    /// Takes the board as it is: neither in charge nor not.
    pub fn open(bus: Arc<Bus>) -> Self {
        let id = bus.service.join(None);
        Self { bus, id, protocol: AtomicU16::new(VI_PROT_NORMAL) }
    }
}

impl Link for Intfc {
    fn write(&self, data: &[u8], call: &Call) -> Transfer<()> {
        let wait = call.round_trip();
        match self.bus.hold(&wait) {
            Ok(mut held) => held.board().send(data, call.send_end, &wait),
            Err(error) => Transfer::failed(0, error),
        }
    }

    fn read(&self, buf: &mut [u8], call: &Call) -> Transfer<Stop> {
        let wait = call.round_trip();
        match self.bus.hold(&wait) {
            Ok(mut held) => held.board().receive(buf, call.term_char, &wait),
            Err(error) => Transfer::failed(0, error),
        }
    }

    /// Device clear, of all devices.
    fn clear(&self, call: &Call) -> Result {
        self.command(&[gpib::DCL], call).outcome
    }

    /// Group execute trigger, for all that are addressed to listen.
    fn trigger(&self, call: &Call) -> Result {
        self.command(&[gpib::GET], call).outcome
    }

    fn control_ren(&self, mode: RenMode, call: &Call) -> Result {
        let wait = call.round_trip();
        let mut held = self.bus.hold(&wait)?;
        let board = held.board();
        match mode {
            RenMode::Deassert => board.set_ren(false, &wait),
            RenMode::Assert => board.set_ren(true, &wait),
            RenMode::AssertLlo => {
                board.set_ren(true, &wait)?;
                board.lock_out(&wait)
            }
            _ => fail(VI_ERROR_INV_MODE, "a board has no device to address"),
        }
    }

    fn controller(&self) -> Option<&dyn Controller> {
        Some(self)
    }

    fn watch(&self, sink: Option<Sink>, _wait: &Wait) -> Result {
        Service::observe(&self.bus, self.id, Signal::ServiceRequest, sink)
    }

    fn observe(&self, signal: Signal, sink: Option<Sink>) -> Result {
        Service::observe(&self.bus, self.id, signal, sink)
    }

    fn get(&self, attr: ViAttr) -> Result<Value> {
        match attr {
            VI_ATTR_IO_PROT => Ok(Value::Number(self.protocol.load(Ordering::Relaxed).into())),
            _ => attributes::get(&self.bus, attr),
        }
    }

    fn set(&self, attr: ViAttr, value: u64, call: &Call) -> Result {
        let wait = call.round_trip();
        match attr {
            VI_ATTR_IO_PROT => {
                attributes::check_protocol(&self.bus, value as u16, &wait)?;
                self.protocol.store(value as u16, Ordering::Relaxed);
                Ok(())
            }
            _ => attributes::set(&self.bus, attr, value, &wait),
        }
    }
}

impl Controller for Intfc {
    fn command(&self, bytes: &[u8], call: &Call) -> Transfer<()> {
        let wait = call.round_trip();
        match self.bus.hold(&wait) {
            Ok(mut held) => held.controller().command(bytes, &wait),
            Err(error) => Transfer::failed(0, error),
        }
    }

    fn control_atn(&self, mode: AtnMode, call: &Call) -> Result {
        let wait = call.round_trip();
        self.bus.hold(&wait)?.board().control_atn(mode, &wait)
    }

    fn send_ifc(&self, call: &Call) -> Result {
        let wait = call.round_trip();
        self.bus.hold(&wait)?.controller().send_ifc(&wait)
    }

    fn pass_control(&self, primary: u8, secondary: Option<u8>, call: &Call) -> Result {
        let wait = call.round_trip();
        let device = BusAddress { primary, secondary };
        self.bus.hold(&wait)?.controller().pass_control(device, &wait)
    }
}

impl Drop for Intfc {
    fn drop(&mut self) {
        self.bus.service.leave(self.id);
    }
}
