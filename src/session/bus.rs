#![forbid(unsafe_code)]
//! Operations of one bus only (chapter 6.5).

use crate::consts::{VI_NO_SEC_ADDR, ViUInt16};
use crate::iface::bus::{AtnMode, ControlPipe, ControlRequest, Controller};
use crate::iface::{RenMode, Transfer};
use crate::rsrc::Kinds;
use crate::session::Session;
use crate::status::{
    Result, VI_ERROR_INV_MASK, VI_ERROR_INV_MODE, VI_ERROR_INV_PARAMETER, VI_ERROR_NSUP_OPER, fail,
};

/// Resources with viGpibControlREN.
const REMOTE_CONTROLLED: Kinds = Kinds::GPIB_INSTR
    .or(Kinds::GPIB_INTFC)
    .or(Kinds::PROLOGIX_INTFC)
    .or(Kinds::GPIB_VXI_INSTR)
    .or(Kinds::TCPIP_INSTR)
    .or(Kinds::USB_INSTR);
/// Resources that are a board on a bus, not a device.
const BOARDS: Kinds = Kinds::GPIB_INTFC.or(Kinds::PROLOGIX_INTFC);
const USB: Kinds = Kinds::USB_INSTR.or(Kinds::USB_RAW);

/// Bit 7 of bmRequestType: from the device to the host.
const TO_HOST: u8 = 0x80;

/// The highest address of a device on a bus.
const MAX_ADDRESS: u16 = 30;

impl Session {
    /// viGpibControlREN with the standard's mode number.
    ///
    /// # Errors
    /// VI_ERROR_INV_MODE, VI_ERROR_NSUP_OPER for classes without it, what the link answers.
    pub fn control_ren(&self, mode: ViUInt16) -> Result {
        self.require(REMOTE_CONTROLLED)?;
        let mode = match mode {
            0 => RenMode::Deassert,
            1 => RenMode::Assert,
            2 => RenMode::DeassertGtl,
            3 => RenMode::AssertAddress,
            4 => RenMode::AssertLlo,
            5 => RenMode::AssertAddressLlo,
            6 => RenMode::AddressGtl,
            _ => return fail(VI_ERROR_INV_MODE, "modes are 0 to 6"),
        };
        let addresses = !matches!(mode, RenMode::Deassert | RenMode::Assert | RenMode::AssertLlo);
        if BOARDS.has(self.kind()) && addresses {
            return fail(VI_ERROR_INV_MODE, "a board has no device to address");
        }
        let call = self.admitted()?;
        self.link()?.control_ren(mode, &call)
    }

    /// viGpibControlATN with the standard's mode number.
    ///
    /// # Errors
    /// VI_ERROR_INV_MODE, VI_ERROR_NSUP_OPER for classes without it, what the link answers.
    pub fn control_atn(&self, mode: ViUInt16) -> Result {
        let controller = self.controller()?;
        let mode = match mode {
            0 => AtnMode::Deassert,
            1 => AtnMode::Assert,
            2 => AtnMode::DeassertHandshake,
            3 => AtnMode::AssertImmediate,
            _ => return fail(VI_ERROR_INV_MODE, "modes are 0 to 3"),
        };
        controller.control_atn(mode, &self.admitted()?)
    }

    /// viGpibSendIFC.
    ///
    /// # Errors
    /// VI_ERROR_NSUP_OPER for classes without it, what the link answers.
    pub fn send_ifc(&self) -> Result {
        self.controller()?.send_ifc(&self.admitted()?)
    }

    /// viGpibCommand.
    pub fn gpib_command(&self, bytes: &[u8]) -> Transfer<()> {
        let controller = match self.controller() {
            Ok(controller) => controller,
            Err(error) => return Transfer::failed(0, error),
        };
        if bytes.is_empty() {
            return Transfer::done(0, ());
        }
        match self.admitted() {
            Ok(call) => controller.command(bytes, &call),
            Err(error) => Transfer::failed(0, error),
        }
    }

    /// viGpibPassControl; `secondary` may be VI_NO_SEC_ADDR.
    ///
    /// # Errors
    /// VI_ERROR_INV_PARAMETER for addresses that no bus has, VI_ERROR_NSUP_OPER for classes
    /// without it, what the link answers.
    pub fn pass_control(&self, primary: ViUInt16, secondary: ViUInt16) -> Result {
        let controller = self.controller()?;
        let address = |address| match u8::try_from(address) {
            Ok(small) if address <= MAX_ADDRESS => Ok(small),
            _ => fail(VI_ERROR_INV_PARAMETER, "addresses are 0 to 30"),
        };
        let primary = address(primary)?;
        let secondary = match secondary {
            VI_NO_SEC_ADDR => None,
            given => Some(address(given)?),
        };
        controller.pass_control(primary, secondary, &self.admitted()?)
    }

    /// viUsbControlOut.
    ///
    /// # Errors
    /// VI_ERROR_INV_MASK for a request in the other direction, VI_ERROR_NSUP_OPER for classes
    /// without it, what the link answers.
    pub fn usb_control_out(&self, request: ControlRequest, data: &[u8]) -> Result {
        let pipe = self.control_pipe()?;
        if request.request_type & TO_HOST != 0 {
            return fail(VI_ERROR_INV_MASK, "bit 7 of bmRequestType says: from the device");
        }
        pipe.control_out(request, data, &self.admitted()?)
    }

    /// viUsbControlIn: how many bytes came.
    ///
    /// # Errors
    /// As [`Session::usb_control_out`].
    pub fn usb_control_in(&self, request: ControlRequest, buf: &mut [u8]) -> Result<usize> {
        let pipe = self.control_pipe()?;
        if request.request_type & TO_HOST == 0 {
            return fail(VI_ERROR_INV_MASK, "bit 7 of bmRequestType says: to the device");
        }
        pipe.control_in(request, buf, &self.admitted()?)
    }

    fn controller(&self) -> Result<&dyn Controller> {
        self.require(BOARDS)?;
        let controller = self.link()?.controller();
        controller.map_or_else(|| fail(VI_ERROR_NSUP_OPER, "no controller behind this board"), Ok)
    }

    fn control_pipe(&self) -> Result<&dyn ControlPipe> {
        self.require(USB)?;
        let pipe = self.link()?.control_pipe();
        pipe.map_or_else(|| fail(VI_ERROR_NSUP_OPER, "no control pipe on this way in"), Ok)
    }
}
