#![forbid(unsafe_code)]
//! What USB RAW asks of USB: the claimed interface, or a script in tests.

use crate::os::Wait;
use crate::os::usb::descriptors::Alternate;
use crate::os::usb::{Claim, ControlRequest, Moved};
use crate::status::Result;

/// A claimed interface. Its methods are [`Claim`]'s.
pub trait Transport: Send + Sync {
    fn alternate(&self) -> Alternate;
    fn set_alternate(&self, number: u8, wait: &Wait) -> Result;
    /// How many interfaces the device has.
    fn interfaces(&self) -> usize;
    fn alive(&self) -> Result;
    fn write(&self, pipe: u8, data: &[u8], wait: &Wait) -> Moved;
    fn read(&self, pipe: u8, parts: &mut [&mut [u8]], wait: &Wait) -> Moved;
    fn control_out(&self, request: ControlRequest, data: &[u8], wait: &Wait) -> Result;
    fn control_in(&self, request: ControlRequest, data: &mut [u8], wait: &Wait) -> Result<usize>;
    fn clear_halt(&self, pipe: u8, wait: &Wait) -> Result;
}

impl Transport for Claim {
    fn alternate(&self) -> Alternate {
        self.alternate().clone()
    }

    fn set_alternate(&self, number: u8, wait: &Wait) -> Result {
        self.set_alternate(number, wait)
    }

    fn interfaces(&self) -> usize {
        let mut numbers: Vec<_> =
            self.device().settings.iter().map(|setting| setting.interface).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers.len()
    }

    fn alive(&self) -> Result {
        self.alive()
    }

    fn write(&self, pipe: u8, data: &[u8], wait: &Wait) -> Moved {
        self.write(pipe, &[data], wait)
    }

    fn read(&self, pipe: u8, parts: &mut [&mut [u8]], wait: &Wait) -> Moved {
        self.read(pipe, parts, wait)
    }

    fn control_out(&self, request: ControlRequest, data: &[u8], wait: &Wait) -> Result {
        self.control_out(request, data, wait)
    }

    fn control_in(&self, request: ControlRequest, data: &mut [u8], wait: &Wait) -> Result<usize> {
        self.control_in(request, data, wait)
    }

    fn clear_halt(&self, pipe: u8, wait: &Wait) -> Result {
        self.clear_halt(pipe, wait)
    }
}
