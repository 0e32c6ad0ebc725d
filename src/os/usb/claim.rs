//! Claimed interfaces: what the sessions of this process do with a device.
//!
//! All sessions of an interface share one `Handle`; the last one gives it back, and the kernel's
//! driver with it. A forked child opens its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::time::Duration;

use rusb::ffi::constants::{
    LIBUSB_TRANSFER_TYPE_BULK, LIBUSB_TRANSFER_TYPE_CONTROL, LIBUSB_TRANSFER_TYPE_INTERRUPT,
};

use crate::os::Cancel;
use crate::os::Deadline;
use crate::os::Wait;
use crate::os::aside;
use crate::os::fork::PerProcess;
use crate::os::memory;
use crate::os::places::{Place, Places};
use crate::os::usb::carry::{Cut, Moved, Strays, carry, close_gap};
use crate::os::usb::descriptors::{Alternate, Endpoint, Kind};
use crate::os::usb::handle::Handle;
use crate::os::usb::list::Device;
use crate::os::usb::transfer::{BROKEN, End, Flights, Pool};
use crate::status::{
    Error, Result, VI_ERROR_CONN_LOST, VI_ERROR_INV_LENGTH, VI_ERROR_IO, VI_ERROR_RSRC_NFOUND, fail,
};

/// The most bytes of data of a control transfer, a limit of usbfs.
pub const CONTROL_MOST: usize = 4096;

/// Control transfers with no more than this need no memory from the heap.
const CONTROL_USUAL: usize = 64;

/// Bytes of a setup packet.
const SETUP: usize = 8;

/// A transfer that fails may be the first sign that the device is unplugged. The hub tells the
/// system so within this time.
const UNPLUGGED: Duration = Duration::from_millis(250);

/// How long the kernel's driver may take to greet the device that it gets back. After that it goes
/// on without anybody waiting.
const GIVING_BACK: Duration = Duration::from_secs(1);

/// The first six bytes of a setup packet (USB 2.0, table 9-2); the length is the data's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ControlRequest {
    /// bmRequestType; bit 7 is the direction.
    pub request_type: u8,
    /// bRequest
    pub request: u8,
    /// wValue
    pub value: u16,
    /// wIndex
    pub index: u16,
}

/// One session's share of a claimed interface.
pub struct Claim {
    /// Taken away in drop.
    shared: Option<Arc<Shared>>,
    place: Place<Shared>,
}

struct Shared {
    // Dropped before the handle, whose context they belong to.
    pool: Pool,
    /// In an Arc, because a call may leave something behind that uses it.
    handle: Arc<Handle>,
    device: Device,
    interface: u8,
    /// The alternate setting in force. In an Arc for the same reason.
    alternate: Arc<AtomicU8>,
    /// Set once it has been seen gone: every later call says so at once.
    lost: AtomicBool,
}

impl Claim {
    /// Claims an interface of a device, or takes part in the claim that this process has already.
    ///
    /// # Errors
    /// As `Handle::open`; VI_ERROR_TMO, VI_ERROR_ABORT.
    pub fn open(device: &Device, interface: u8, wait: &Wait) -> Result<Self> {
        let claimed = CLAIMED.get(|| Ok::<_, Error>(Places::default()))?;
        let place = claimed.of((device.bus, device.address, interface));
        let mut claim = place.pass(wait)?;
        // One that is unplugged may have left its number to another.
        if let Some(shared) = claim.upgrade().filter(|shared| !shared.has_gone()) {
            drop(claim);
            return Ok(Self { shared: Some(shared), place });
        }
        let wanted = device.clone();
        // A driver that is being detached may have to end a call of its own first.
        let handle = aside::run("visa-usb-open", wait, move || Handle::open(&wanted, interface))??;
        let shared = Arc::new(Shared {
            pool: Pool::default(),
            handle: Arc::new(handle),
            device: device.clone(),
            interface,
            // As every interface begins (9.1.1.5).
            alternate: Arc::default(),
            lost: AtomicBool::new(false),
        });
        *claim = Arc::downgrade(&shared);
        drop(claim);
        Ok(Self { shared: Some(shared), place })
    }

    fn shared(&self) -> &Shared {
        self.shared.as_ref().expect("taken away in drop only")
    }

    /// The device, as it was found.
    pub fn device(&self) -> &Device {
        &self.shared().device
    }

    /// The interface's alternate setting that is in force.
    pub fn alternate(&self) -> &Alternate {
        self.shared().setting()
    }

    /// Changes the alternate setting. No transfer may be in flight.
    ///
    /// # Errors
    /// VI_ERROR_RSRC_NFOUND when it has no such setting, VI_ERROR_IO when the device refuses,
    /// VI_ERROR_CONN_LOST; VI_ERROR_TMO, VI_ERROR_ABORT.
    pub fn set_alternate(&self, number: u8, wait: &Wait) -> Result {
        let shared = self.shared();
        shared.alive()?;
        if !shared.device.settings_of(shared.interface).any(|setting| setting.number == number) {
            return fail(VI_ERROR_RSRC_NFOUND, "no such alternate setting");
        }
        let (handle, alternate) = (shared.handle.clone(), shared.alternate.clone());
        // The system has no way to end this early, so it may be done when nobody waits any more.
        let set = move || {
            handle.set_alternate(number)?;
            alternate.store(number, Ordering::Relaxed);
            Ok(())
        };
        aside::run("visa-usb-set", wait, set)?.map_err(|error| shared.note(error))
    }

    /// Looks whether the device is still there, also when nothing has been done with it for long.
    ///
    /// # Errors
    /// VI_ERROR_CONN_LOST.
    pub fn alive(&self) -> Result {
        let shared = self.shared();
        if shared.has_gone() {
            return Err(shared.note(Error::new(VI_ERROR_CONN_LOST, "the device has gone")));
        }
        Ok(())
    }

    /// Sends the bytes of up to [`PARTS`](super::PARTS) parts as one: each but the last must be a multiple of
    /// the pipe's packet. Never touches the bytes itself: where there is no memory, it fails with
    /// VI_ERROR_USER_BUF. Ends [`End::Full`], or it failed.
    pub fn write(&self, pipe: u8, parts: &[&[u8]], wait: &Wait) -> Moved {
        let mut cut = Cut::new(parts.iter().map(|part| (part.as_ptr().cast_mut(), part.len())));
        // SAFETY: the parts are borrowed until the call ends, and sending does not write to them.
        unsafe { self.shared().carry(pipe, &mut cut, wait) }.0
    }

    /// Receives into up to [`PARTS`](super::PARTS) parts, each a multiple of the pipe's packet in size, until they
    /// are full or a short packet ends it. All of the memory must be there.
    pub fn read(&self, pipe: u8, parts: &mut [&mut [u8]], wait: &Wait) -> Moved {
        let mut cut = Cut::new(parts.iter_mut().map(|part| (part.as_mut_ptr(), part.len())));
        // SAFETY: the parts are borrowed mutably until the call ends.
        let (moved, strays) = unsafe { self.shared().carry(pipe, &mut cut, wait) };
        let count = strays.iter().fold(moved.count, |count, (at, len)| {
            close_gap(parts, at, count, len);
            count + len
        });
        Moved { count, ..moved }
    }

    /// A control transfer to the device: bit 7 of the request's type is 0.
    ///
    /// # Errors
    /// VI_ERROR_INV_LENGTH beyond [`CONTROL_MOST`]; VI_ERROR_IO when the device refuses it;
    /// VI_ERROR_TMO, VI_ERROR_ABORT, VI_ERROR_CONN_LOST, VI_ERROR_ALLOC; VI_ERROR_USER_BUF when
    /// `data` is not memory.
    pub fn control_out(&self, request: ControlRequest, data: &[u8], wait: &Wait) -> Result {
        with_buffer(data.len(), |buffer| {
            // A caller's memory, perhaps, which need not be there.
            memory::fetch(&mut buffer[SETUP..], data)?;
            self.shared().control(request, buffer, wait).map(|_| ())
        })
    }

    /// A control transfer from the device: bit 7 of the request's type is 1. How many bytes came.
    ///
    /// # Errors
    /// As [`Claim::control_out`].
    pub fn control_in(
        &self,
        request: ControlRequest,
        data: &mut [u8],
        wait: &Wait,
    ) -> Result<usize> {
        with_buffer(data.len(), |buffer| {
            let count = self.shared().control(request, buffer, wait)?.min(data.len());
            memory::store(data, &buffer[SETUP..SETUP + count])?;
            Ok(count)
        })
    }

    /// Ends the halt of a pipe, on both sides (USB 2.0, 9.4.5).
    ///
    /// # Errors
    /// As [`Claim::control_out`].
    pub fn clear_halt(&self, pipe: u8, wait: &Wait) -> Result {
        const TO_ENDPOINT: u8 = 0x02;
        const CLEAR_FEATURE: u8 = 1;
        const ENDPOINT_HALT: u16 = 0;
        let request = ControlRequest {
            request_type: TO_ENDPOINT,
            request: CLEAR_FEATURE,
            value: ENDPOINT_HALT,
            index: pipe.into(),
        };
        // Not by the system's own call for this, which waits for the device as long as it likes.
        self.control_out(request, &[], wait)?;
        let shared = self.shared();
        shared.handle.reset_pipe(pipe).map_err(|error| shared.note(error))
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        // In a forked child, another thread of the parent's may be at the place for ever.
        let Some(shared) = self.shared.take().filter(|shared| !shared.handle.is_inherited()) else {
            return;
        };
        let cancel = Cancel::new();
        let wait = Wait { deadline: Deadline::after(GIVING_BACK), ticket: cancel.ticket() };
        // At its place, so that who opens it next finds it either open or given back. Whoever stays
        // there for so long opens the next device that has its number.
        let _closing = self.place.pass(&wait);
        let talks = |shared: &Shared| shared.handle.had_driver();
        let Some(shared) = Arc::into_inner(shared).filter(talks) else { return };
        // Without a thread, it was dropped where it should have begun, and so given back.
        let _ = aside::run("visa-usb-bye", &wait, move || drop(shared));
    }
}

impl Shared {
    fn alive(&self) -> Result {
        if self.lost.load(Ordering::Relaxed) {
            return fail(VI_ERROR_CONN_LOST, "the device was lost before");
        }
        Ok(())
    }

    /// Remembers what `error` says about the device.
    fn note(&self, error: Error) -> Error {
        if error.code == VI_ERROR_CONN_LOST {
            self.lost.store(true, Ordering::Relaxed);
        }
        error
    }

    fn has_gone(&self) -> bool {
        self.lost.load(Ordering::Relaxed) || !self.handle.is_there()
    }

    fn setting(&self) -> &Alternate {
        static NONE: Alternate = Alternate {
            interface: 0,
            number: 0,
            class: 0,
            subclass: 0,
            protocol: 0,
            endpoints: Vec::new(),
        };
        let number = self.alternate.load(Ordering::Relaxed);
        let mut settings = self.device.settings_of(self.interface);
        settings.find(|setting| setting.number == number).unwrap_or(&NONE)
    }

    fn endpoint(&self, pipe: u8) -> Result<Endpoint> {
        let mut all = self.setting().endpoints.iter();
        match all.find(|endpoint| endpoint.address == pipe) {
            Some(endpoint) => Ok(*endpoint),
            None => fail(VI_ERROR_IO, "the interface has no such pipe"),
        }
    }

    /// Moves the bytes of `cut` over a pipe.
    ///
    /// # Safety
    /// The memory is borrowed until the call ends, mutably when the pipe leads to the host.
    unsafe fn carry(&self, pipe: u8, cut: &mut Cut, wait: &Wait) -> (Moved, Strays) {
        let begun = self.alive().and_then(|()| self.endpoint(pipe));
        let begun = begun.and_then(|endpoint| Ok((endpoint, wait.ticket.block()?)));
        let (endpoint, blocked) = match begun {
            Ok(begun) => begun,
            Err(error) => return (Moved::failed(error), Strays::default()),
        };
        let kind = match endpoint.kind {
            Kind::Interrupt => LIBUSB_TRANSFER_TYPE_INTERRUPT,
            _ => LIBUSB_TRANSFER_TYPE_BULK,
        };
        let flights = Flights::new(self.handle.clone(), &self.pool, pipe, kind, blocked);
        // SAFETY: the caller's promise.
        let (moved, strays) = unsafe { carry(flights, cut, endpoint.max_packet.into(), wait) };
        (Moved { end: self.explain(moved.end, wait), ..moved }, strays)
    }

    /// A control transfer: `buffer` is room for the setup packet, then the data.
    fn control(&self, request: ControlRequest, buffer: &mut [u8], wait: &Wait) -> Result<usize> {
        self.alive()?;
        let blocked = wait.ticket.block()?;
        let len = (buffer.len() - SETUP) as u16;
        (buffer[0], buffer[1]) = (request.request_type, request.request);
        for (at, word) in [(2, request.value), (4, request.index), (6, len)] {
            buffer[at..at + 2].copy_from_slice(&word.to_le_bytes());
        }
        let kind = LIBUSB_TRANSFER_TYPE_CONTROL;
        let mut flights = Flights::new(self.handle.clone(), &self.pool, 0, kind, blocked);
        // SAFETY: the buffer is borrowed mutably until the call ends.
        unsafe { flights.take_off(buffer.as_mut_ptr(), buffer.len()) }
            .map_err(|error| self.note(error))?;
        let waited = flights.await_first(wait);
        flights.call_back();
        let (count, end) = flights.land();
        drop(flights);
        match (end, waited) {
            // It may have come at the last moment.
            (End::Full | End::Short, _) => Ok(count),
            (End::Stalled, _) => fail(VI_ERROR_IO, "the device refused a control request"),
            (End::Failed(BROKEN), Err(error)) => Err(error),
            (end, _) => match self.explain(end, wait) {
                End::Failed(error) => Err(error),
                _ => Ok(count),
            },
        }
    }

    /// What an end means once it is known whether the device is still there.
    fn explain(&self, end: End, wait: &Wait) -> End {
        let soon = Wait { deadline: wait.deadline.min(Deadline::after(UNPLUGGED)), ..*wait };
        match end {
            End::Failed(BROKEN) if self.handle.is_leaving(&soon) => {
                End::Failed(self.note(Error::new(VI_ERROR_CONN_LOST, "the device has gone")))
            }
            End::Failed(error) => End::Failed(self.note(error)),
            end => end,
        }
    }
}

/// Room for a setup packet and `len` bytes of data.
fn with_buffer<T>(len: usize, part: impl FnOnce(&mut [u8]) -> Result<T>) -> Result<T> {
    if len > CONTROL_MOST {
        return fail(VI_ERROR_INV_LENGTH, "a control transfer carries at most 4096 bytes");
    }
    if len > CONTROL_USUAL {
        return part(&mut vec![0; SETUP + len]);
    }
    part(&mut [0; SETUP + CONTROL_USUAL][..SETUP + len])
}

/// The interfaces that this process has claimed, by bus, address and number. A forked child claims
/// its own.
static CLAIMED: PerProcess<Places<(u16, u16, u8), Shared>> = PerProcess::new();
