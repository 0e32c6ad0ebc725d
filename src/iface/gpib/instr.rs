#![forbid(unsafe_code)]
//! GPIB INSTR: an instrument at an address.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};
use std::time::Duration;

use crate::attr::Value;
use crate::consts::*;
use crate::iface::gpib::attributes;
use crate::iface::gpib::bus::{Bus, Direction, Held, Manner};
use crate::iface::gpib::service::Service;
use crate::iface::{Call, Link, RenMode, Sink, Stop, Transfer};
use crate::os::Cancel;
use crate::os::Deadline;
use crate::os::Wait;
use crate::status::{Result, VI_ERROR_ABORT, VI_ERROR_NLISTENERS, VI_ERROR_TMO, fail};
use crate::wire::gpib::BusAddress;

/// How long an open waits for the bus to find out whether the instrument is there: another's long
/// exchange is no reason to fail.
const PRESENCE_PATIENCE: Duration = Duration::from_millis(500);

/// How long a write that viClose has ended may take to drop what was sent of its message.
const AFTER_CLOSE: Duration = Duration::from_millis(100);

/// A session's way to an instrument.
pub struct Instr {
    bus: Arc<Bus>,
    device: BusAddress,
    /// The session among those of the bus.
    id: u64,
    /// Nobody listened at the address when that was last found out.
    is_absent: AtomicBool,
    /// The instrument has the beginning of a message whose end it will never get.
    has_half_message: AtomicBool,
    /// VI_ATTR_GPIB_READDR_EN
    readdresses: AtomicBool,
    /// VI_ATTR_GPIB_UNADDR_EN
    unaddresses: AtomicBool,
    /// VI_ATTR_IO_PROT
    protocol: AtomicU16,
}

impl Instr {
    /// Opens the instrument at an address, whether it is there or not ([`Link::is_present`]).
    ///
    /// # Errors
    /// VI_ERROR_ABORT.
    pub fn open(bus: Arc<Bus>, device: BusAddress, wait: &Wait) -> Result<Self> {
        let shortly = Deadline::after(PRESENCE_PATIENCE).min(wait.deadline);
        let is_absent = match look_for(&bus, device, &Wait { deadline: shortly, ..*wait }) {
            Ok(is_present) => !is_present,
            Err(error) if error.code == VI_ERROR_ABORT => return Err(error),
            // The bus is busy, another's, or does not tell.
            Err(_) => false,
        };
        let id = bus.service.join(Some(device));
        Ok(Self {
            bus,
            device,
            id,
            is_absent: AtomicBool::new(is_absent),
            has_half_message: AtomicBool::new(false),
            readdresses: AtomicBool::new(true),
            unaddresses: AtomicBool::new(false),
            protocol: AtomicU16::new(VI_PROT_NORMAL),
        })
    }

    fn manner(&self, direction: Direction) -> Manner {
        Manner {
            direction,
            readdress: self.readdresses.load(Ordering::Relaxed),
            unaddress: self.unaddresses.load(Ordering::Relaxed),
        }
    }

    /// Takes the bus, and drops what was left of a message that was cut, or it would swallow the
    /// next one.
    fn hold(&self, wait: &Wait) -> Result<Held<'_>> {
        let mut held = self.bus.hold(wait)?;
        if self.has_half_message.load(Ordering::Relaxed) {
            held.board().clear(self.device, wait)?;
            self.has_half_message.store(false, Ordering::Relaxed);
        }
        Ok(held)
    }

    /// Remembers that a write was cut. One that was cancelled may have sent something, whatever its
    /// count: not every driver tells. One that had no time has not when its count is zero, and its
    /// instrument, which was busy, is left in peace.
    fn note_cut(&self, written: &Transfer<()>) {
        let is_cut = match written.outcome {
            Err(error) if error.code == VI_ERROR_ABORT => true,
            Err(error) => error.code == VI_ERROR_TMO && written.count > 0,
            Ok(()) => false,
        };
        if is_cut {
            self.has_half_message.store(true, Ordering::Relaxed);
        }
    }

    /// Remembers what an outcome tells about the instrument's presence.
    fn note<T>(&self, outcome: Result<T>) -> Result<T> {
        match &outcome {
            Ok(_) => self.is_absent.store(false, Ordering::Relaxed),
            Err(error) if error.code == VI_ERROR_NLISTENERS => {
                self.is_absent.store(true, Ordering::Relaxed);
            }
            Err(_) => {}
        }
        outcome
    }
}

/// Whether somebody listens at an address. The first to use a board makes it take charge.
fn look_for(bus: &Bus, device: BusAddress, wait: &Wait) -> Result<bool> {
    let mut held = bus.hold(wait)?;
    held.take_charge(wait)?;
    held.board().is_listener(&[device], wait)
}

impl Link for Instr {
    fn is_present(&self) -> bool {
        !self.is_absent.load(Ordering::Relaxed)
    }

    fn write(&self, data: &[u8], call: &Call) -> Transfer<()> {
        let wait = call.round_trip();
        let mut held = match self.hold(&wait) {
            Ok(held) => held,
            Err(error) => return Transfer::failed(0, error),
        };
        let manner = self.manner(Direction::Write);
        let written = held.transfer(self.device, manner, &wait, |board, exchange| {
            board.write(self.device, data, call.send_end, exchange)
        });
        self.note_cut(&written);
        if call.wait.ticket.is_closed() && self.has_half_message.load(Ordering::Relaxed) {
            // No call follows, and viClose may be over already.
            let uncancelled = Cancel::new();
            let deadline = Deadline::after(AFTER_CLOSE);
            let _ =
                held.board().clear(self.device, &Wait { deadline, ticket: uncancelled.ticket() });
        }
        Transfer { outcome: self.note(written.outcome), ..written }
    }

    fn read(&self, buf: &mut [u8], call: &Call) -> Transfer<Stop> {
        let wait = call.round_trip();
        let mut held = match self.hold(&wait) {
            Ok(held) => held,
            Err(error) => return Transfer::failed(0, error),
        };
        let mut count = 0;
        loop {
            let rest = &mut buf[count..];
            let room = rest.len();
            let manner = self.manner(Direction::Read);
            let read = held.transfer(self.device, manner, &wait, |board, exchange| {
                board.read(self.device, rest, call.term_char, exchange)
            });
            count += read.count.min(room);
            match read.outcome {
                // What comes behind END belongs to the same read; a full buffer ends it.
                Ok(Stop::End) if call.suppress_end && count < buf.len() => {}
                Ok(Stop::End) if call.suppress_end => return Transfer::done(count, Stop::Count),
                outcome => return Transfer { count, outcome: self.note(outcome) },
            }
        }
    }

    /// Selected device clear. Where nobody was found at the address, it is looked for again first:
    /// the other devices of the bus would take the command bytes as well.
    fn clear(&self, call: &Call) -> Result {
        let wait = call.round_trip();
        let mut held = self.bus.hold(&wait)?;
        if !self.is_present() && held.board().is_listener(&[self.device], &wait) == Ok(false) {
            return fail(VI_ERROR_NLISTENERS, "no device at this address");
        }
        self.note(held.board().clear(self.device, &wait))?;
        self.has_half_message.store(false, Ordering::Relaxed);
        Ok(())
    }

    fn read_stb(&self, call: &Call) -> Result<u8> {
        if let Some(byte) = self.bus.service.take_kept(self.id) {
            return Ok(byte);
        }
        let wait = call.round_trip();
        let mut held = self.bus.hold(&wait)?;
        // Polled by another while this one waited.
        if let Some(byte) = self.bus.service.take_kept(self.id) {
            return Ok(byte);
        }
        let byte = self.note(held.poll(self.device, Some(self.id), &wait))?;
        Ok(byte | self.bus.service.take_owed(self.id))
    }

    fn trigger(&self, call: &Call) -> Result {
        let wait = call.round_trip();
        self.note(self.hold(&wait)?.board().trigger(self.device, &wait))
    }

    fn control_ren(&self, mode: RenMode, call: &Call) -> Result {
        let wait = call.round_trip();
        let mut held = self.bus.hold(&wait)?;
        let board = held.board();
        match mode {
            RenMode::Deassert => board.set_ren(false, &wait),
            RenMode::Assert => board.set_ren(true, &wait),
            RenMode::DeassertGtl => {
                board.go_to_local(self.device, &wait)?;
                board.set_ren(false, &wait)
            }
            RenMode::AssertAddress => {
                board.set_ren(true, &wait)?;
                board.make_listener(self.device, &wait)
            }
            RenMode::AssertLlo => {
                board.set_ren(true, &wait)?;
                board.lock_out(&wait)
            }
            RenMode::AssertAddressLlo => {
                board.set_ren(true, &wait)?;
                board.lock_out_device(self.device, &wait)
            }
            RenMode::AddressGtl => board.go_to_local(self.device, &wait),
        }
    }

    fn watch(&self, sink: Option<Sink>, _wait: &Wait) -> Result {
        Service::watch(&self.bus, self.id, sink)
    }

    /// A message that was cut must not be the beginning of the next session's first.
    fn close(&self, deadline: Deadline) {
        // The session's calls are cancelled; this must happen all the same.
        let uncancelled = Cancel::new();
        let wait = Wait { deadline, ticket: uncancelled.ticket() };
        if self.has_half_message.load(Ordering::Relaxed) {
            let _ = self.hold(&wait);
        }
    }

    fn get(&self, attr: ViAttr) -> Result<Value> {
        match attr {
            VI_ATTR_GPIB_READDR_EN => Ok(self.readdresses.load(Ordering::Relaxed).into()),
            VI_ATTR_GPIB_UNADDR_EN => Ok(self.unaddresses.load(Ordering::Relaxed).into()),
            VI_ATTR_IO_PROT => Ok(Value::Number(self.protocol.load(Ordering::Relaxed).into())),
            _ => attributes::get(&self.bus, attr),
        }
    }

    fn set(&self, attr: ViAttr, value: u64, call: &Call) -> Result {
        match attr {
            VI_ATTR_GPIB_READDR_EN => self.readdresses.store(value != 0, Ordering::Relaxed),
            VI_ATTR_GPIB_UNADDR_EN => self.unaddresses.store(value != 0, Ordering::Relaxed),
            VI_ATTR_IO_PROT => {
                attributes::check_protocol(&self.bus, value as u16, &call.round_trip())?;
                self.protocol.store(value as u16, Ordering::Relaxed);
            }
            _ => return attributes::set(&self.bus, attr, value, &call.round_trip()),
        }
        Ok(())
    }
}

impl Drop for Instr {
    fn drop(&mut self) {
        self.bus.service.leave(self.id);
    }
}
