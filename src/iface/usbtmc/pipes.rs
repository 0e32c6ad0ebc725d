#![forbid(unsafe_code)]
//! What the protocol needs of an instrument's USB interface, so that tests can put a scripted one in
//! its place.

use crate::iface::usbtmc::driver::ByDriver;
use crate::os::Wait;
use crate::os::usb::{Claim, ControlRequest, Moved};
use crate::status::Result;

/// The pipes of one interface. Each operation is as [`Claim`]'s.
pub trait Pipes: Send + Sync {
    /// Sends the parts as one.
    fn write(&self, pipe: u8, parts: &[&[u8]], wait: &Wait) -> Moved;

    /// Receives into the parts, up to a short packet.
    fn read(&self, pipe: u8, parts: &mut [&mut [u8]], wait: &Wait) -> Moved;

    /// A control transfer to the device.
    ///
    /// # Errors
    /// As [`Claim::control_out`].
    fn control_out(&self, request: ControlRequest, data: &[u8], wait: &Wait) -> Result;

    /// A control transfer from the device.
    ///
    /// # Errors
    /// As [`Claim::control_in`].
    fn control_in(&self, request: ControlRequest, data: &mut [u8], wait: &Wait) -> Result<usize>;

    /// Ends a pipe's halt.
    ///
    /// # Errors
    /// As [`Claim::clear_halt`].
    fn clear_halt(&self, pipe: u8, wait: &Wait) -> Result;

    /// # Errors
    /// VI_ERROR_CONN_LOST when the device has gone.
    fn alive(&self) -> Result;

    /// The kernel's driver, when it is what the pipes lead through: then the interrupt pipe is its.
    fn driver(&self) -> Option<&ByDriver> {
        None
    }
}

impl Pipes for Claim {
    fn write(&self, pipe: u8, parts: &[&[u8]], wait: &Wait) -> Moved {
        Claim::write(self, pipe, parts, wait)
    }

    fn read(&self, pipe: u8, parts: &mut [&mut [u8]], wait: &Wait) -> Moved {
        Claim::read(self, pipe, parts, wait)
    }

    fn control_out(&self, request: ControlRequest, data: &[u8], wait: &Wait) -> Result {
        Claim::control_out(self, request, data, wait)
    }

    fn control_in(&self, request: ControlRequest, data: &mut [u8], wait: &Wait) -> Result<usize> {
        Claim::control_in(self, request, data, wait)
    }

    fn clear_halt(&self, pipe: u8, wait: &Wait) -> Result {
        Claim::clear_halt(self, pipe, wait)
    }

    fn alive(&self) -> Result {
        Claim::alive(self)
    }
}
