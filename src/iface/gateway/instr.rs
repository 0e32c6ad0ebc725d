#![forbid(unsafe_code)]
//! An instrument of a gateway as GPIB INSTR: a link of its own, and what only its bus can do.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};
use std::time::Duration;

use crate::attr::Value;
use crate::consts::*;
use crate::iface::gpib;
use crate::iface::gpib::bus::Bus;
use crate::iface::{Call, DeviceLock, Link, RenMode, Signal, Sink, Stop, Transfer};
use crate::os::Deadline;
use crate::os::Wait;
use crate::status::{
    Error, Result, VI_ERROR_IO, VI_ERROR_NLISTENERS, VI_ERROR_NSUP_ATTR, VI_ERROR_NSUP_ATTR_STATE,
    VI_ERROR_TMO, fail,
};
use crate::wire::gpib::{BusAddress, RQS, UNL, UNT};

/// How long an open waits for the bus to find out whether the instrument is there.
const PRESENCE_PATIENCE: Duration = Duration::from_millis(500);

/// A session's way to an instrument.
pub struct GatewayInstr {
    link: Box<dyn Link>,
    /// By which locks are held: that of the same device by its TCPIP name.
    key: String,
    /// `None`: the gateway does nothing for the bus as a whole.
    bus: Option<Arc<Bus>>,
    device: BusAddress,
    /// The session among those of the bus.
    id: u64,
    number: u16,
    /// Nobody listened at the address when that was last found out.
    is_absent: AtomicBool,
    /// VI_ATTR_GPIB_READDR_EN, which changes nothing: a gateway addresses each time.
    readdresses: AtomicBool,
    /// VI_ATTR_GPIB_UNADDR_EN
    unaddresses: AtomicBool,
    /// VI_ATTR_IO_PROT
    protocol: AtomicU16,
}

impl GatewayInstr {
    /// Of an open link to `device` of board `number`.
    ///
    /// # Errors
    /// VI_ERROR_ABORT.
    pub fn new(
        link: Box<dyn Link>,
        key: String,
        bus: Option<Arc<Bus>>,
        device: BusAddress,
        number: u16,
        wait: &Wait,
    ) -> Result<Self> {
        let id = bus.as_ref().map_or(0, |bus| bus.service.join(Some(device)));
        let instr = Self {
            link,
            key,
            bus,
            device,
            id,
            number,
            is_absent: AtomicBool::new(false),
            readdresses: AtomicBool::new(true),
            unaddresses: AtomicBool::new(false),
            protocol: AtomicU16::new(VI_PROT_NORMAL),
        };
        let shortly = Deadline::after(PRESENCE_PATIENCE).min(wait.deadline);
        instr.look(&Wait { deadline: shortly, ..*wait });
        wait.ticket.check()?;
        Ok(instr)
    }

    /// Finds out whether somebody listens at the address, as far as the gateway tells.
    fn look(&self, wait: &Wait) {
        let Some(bus) = &self.bus else { return };
        let ask = || {
            let mut held = bus.hold(wait)?;
            held.take_charge(wait)?;
            match held.board().is_listener(&[self.device], wait) {
                // Nobody takes command bytes: all devices are off.
                Err(error) if matches!(error.code, VI_ERROR_IO | VI_ERROR_NLISTENERS) => Ok(false),
                looked => looked,
            }
        };
        let looked = match ask() {
            // Or another link's exchange came between addressing it and looking at the line.
            Ok(false) => ask(),
            looked => looked,
        };
        if let Ok(listens) = looked {
            self.is_absent.store(!listens, Ordering::Relaxed);
        }
    }

    /// A gateway says of a device that is not there that there was an I/O error.
    fn note<T>(&self, outcome: Result<T>, wait: &Wait) -> Result<T> {
        match outcome {
            Err(error) if error.code == VI_ERROR_IO => {
                self.look(wait);
                if self.is_absent.load(Ordering::Relaxed) {
                    return Err(Error { code: VI_ERROR_NLISTENERS, ..error });
                }
                Err(error)
            }
            Ok(done) => {
                self.is_absent.store(false, Ordering::Relaxed);
                Ok(done)
            }
            outcome => outcome,
        }
    }

    /// Unaddresses all, if that is wanted.
    fn unaddress<T>(&self, outcome: Result<T>, wait: &Wait) -> Result<T> {
        if outcome.is_ok()
            && self.unaddresses.load(Ordering::Relaxed)
            && let Some(bus) = &self.bus
        {
            bus.hold(wait)?.board().command(&[UNT, UNL], wait).outcome?;
        }
        outcome
    }

    fn has_bus(&self) -> Result<&Arc<Bus>> {
        match &self.bus {
            Some(bus) => Ok(bus),
            None => fail(VI_ERROR_NSUP_ATTR_STATE, "this gateway does nothing for its bus"),
        }
    }
}

impl Link for GatewayInstr {
    fn identity(&self) -> Option<String> {
        Some(self.key.clone())
    }

    fn is_present(&self) -> bool {
        !self.is_absent.load(Ordering::Relaxed)
    }

    fn write(&self, data: &[u8], call: &Call) -> Transfer<()> {
        let wait = call.round_trip();
        let written = self.link.write(data, call);
        let outcome = self.unaddress(self.note(written.outcome, &wait), &wait);
        Transfer { outcome, ..written }
    }

    fn read(&self, buf: &mut [u8], call: &Call) -> Transfer<Stop> {
        let wait = call.round_trip();
        let read = self.link.read(buf, call);
        let outcome = match read.outcome {
            Err(error) if error.code == VI_ERROR_TMO => Err(error),
            outcome => self.unaddress(self.note(outcome, &wait), &wait),
        };
        Transfer { outcome, ..read }
    }

    fn discard_input(&self, call: &Call) -> Result {
        self.link.discard_input(call)
    }

    fn drop_stale_answers(&self, call: &Call) -> Result {
        self.link.drop_stale_answers(call)
    }

    /// Where nobody was found at the address, it is looked for again first: the other devices of
    /// the bus would take the command bytes as well.
    fn clear(&self, call: &Call) -> Result {
        let wait = call.round_trip();
        if !self.is_present() {
            self.look(&wait);
            if !self.is_present() {
                return fail(VI_ERROR_NLISTENERS, "no device at this address");
            }
        }
        self.note(self.link.clear(call), &wait)
    }

    /// A poll takes the request back, so the other sessions of the device are shown it by their next
    /// one.
    fn read_stb(&self, call: &Call) -> Result<u8> {
        let byte = self.note(self.link.read_stb(call), &call.round_trip())?;
        let Some(bus) = &self.bus else { return Ok(byte) };
        if byte & RQS != 0 {
            bus.service.polled(self.device, byte, Some(self.id));
        }
        Ok(byte | bus.service.take_owed(self.id))
    }

    fn trigger(&self, call: &Call) -> Result {
        self.note(self.link.trigger(call), &call.round_trip())
    }

    fn control_ren(&self, mode: RenMode, call: &Call) -> Result {
        self.link.control_ren(mode, call)
    }

    fn watch(&self, sink: Option<Sink>, wait: &Wait) -> Result {
        self.link.watch(sink, wait)
    }

    fn observe(&self, signal: Signal, sink: Option<Sink>) -> Result {
        self.link.observe(signal, sink)
    }

    fn lock(&self, lock: DeviceLock, call: &Call) -> Result {
        self.link.lock(lock, call)
    }

    fn unlock(&self, lock: DeviceLock, call: &Call) -> Result {
        self.link.unlock(lock, call)
    }

    fn get(&self, attr: ViAttr) -> Result<Value> {
        match (attr, &self.bus) {
            (VI_ATTR_GPIB_READDR_EN, _) => Ok(self.readdresses.load(Ordering::Relaxed).into()),
            (VI_ATTR_GPIB_UNADDR_EN, _) => Ok(self.unaddresses.load(Ordering::Relaxed).into()),
            (VI_ATTR_IO_PROT, _) => Ok(Value::Number(self.protocol.load(Ordering::Relaxed).into())),
            (_, Some(bus)) => gpib::board_attribute(bus, attr),
            (VI_ATTR_GPIB_REN_STATE, None) => Ok(Value::Number(VI_STATE_UNKNOWN.into())),
            (VI_ATTR_INTF_INST_NAME, None) => {
                Ok(Value::Text(format!("GPIB{} ({})", self.number, self.key)))
            }
            _ => fail(VI_ERROR_NSUP_ATTR, "not an attribute of this link"),
        }
    }

    fn set(&self, attr: ViAttr, value: u64, _call: &Call) -> Result {
        match attr {
            VI_ATTR_GPIB_READDR_EN => self.readdresses.store(value != 0, Ordering::Relaxed),
            VI_ATTR_GPIB_UNADDR_EN => {
                if value != 0 {
                    self.has_bus()?;
                }
                self.unaddresses.store(value != 0, Ordering::Relaxed);
            }
            VI_ATTR_IO_PROT if value == u64::from(VI_PROT_HS488) => {
                return fail(VI_ERROR_NSUP_ATTR_STATE, "no HS488 behind a gateway");
            }
            VI_ATTR_IO_PROT => self.protocol.store(value as u16, Ordering::Relaxed),
            _ => return fail(VI_ERROR_NSUP_ATTR, "not an attribute of this link"),
        }
        Ok(())
    }

    fn close(&self, deadline: Deadline) {
        self.link.close(deadline);
    }
}

impl Drop for GatewayInstr {
    fn drop(&mut self) {
        if let Some(bus) = &self.bus {
            bus.service.leave(self.id);
        }
    }
}
