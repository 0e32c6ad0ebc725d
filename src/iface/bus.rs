#![forbid(unsafe_code)]
//! Operations of one bus only (chapter 6.5): what a GPIB board does beside moving bytes, and a USB
//! device's control pipe. A link has them or not: [`Link::controller`](super::Link::controller),
//! [`Link::control_pipe`](super::Link::control_pipe).

pub use crate::os::usb::ControlRequest;

use crate::iface::{Call, Transfer};
use crate::status::Result;

/// The modes of viGpibControlATN, by the standard's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub enum AtnMode {
    /// VI_GPIB_ATN_DEASSERT: to standby.
    Deassert = 0,
    /// VI_GPIB_ATN_ASSERT: takes control synchronously, between two bytes.
    Assert = 1,
    /// VI_GPIB_ATN_DEASSERT_HANDSHAKE: to standby, as a shadow listener that can take control
    /// synchronously later.
    DeassertHandshake = 2,
    /// VI_GPIB_ATN_ASSERT_IMMEDIATE: takes control asynchronously; a byte on its way may be lost.
    AssertImmediate = 3,
}

/// A GPIB board as the bus's controller (GPIB INTFC).
pub trait Controller {
    /// Sends `bytes` with ATN asserted (viGpibCommand).
    fn command(&self, bytes: &[u8], call: &Call) -> Transfer<()>;

    /// Sets the ATN line (viGpibControlATN).
    ///
    /// # Errors
    /// VI_ERROR_NCIC when the board is not in charge, VI_ERROR_NSUP_MODE for modes it lacks.
    fn control_atn(&self, mode: AtnMode, call: &Call) -> Result;

    /// Pulses IFC, which makes the board the controller in charge (viGpibSendIFC).
    ///
    /// # Errors
    /// VI_ERROR_NSYS_CNTLR when it is not the system controller.
    fn send_ifc(&self, call: &Call) -> Result;

    /// Makes the device at an address the controller in charge (viGpibPassControl).
    ///
    /// # Errors
    /// VI_ERROR_NCIC, VI_ERROR_NLISTENERS.
    fn pass_control(&self, primary: u8, secondary: Option<u8>, call: &Call) -> Result;
}

/// A USB device's control pipe (USB INSTR and RAW).
pub trait ControlPipe {
    /// Sends `data` with a request (viUsbControlOut).
    ///
    /// # Errors
    /// VI_ERROR_IO when the device stalls it, VI_ERROR_TMO, VI_ERROR_CONN_LOST.
    fn control_out(&self, request: ControlRequest, data: &[u8], call: &Call) -> Result;

    /// Fills `buf` by a request, and tells how many bytes came (viUsbControlIn).
    ///
    /// # Errors
    /// VI_ERROR_IO when the device stalls it, VI_ERROR_TMO, VI_ERROR_CONN_LOST.
    fn control_in(&self, request: ControlRequest, buf: &mut [u8], call: &Call) -> Result<usize>;
}
