#![forbid(unsafe_code)]
//! The words of the attribute table: kinds that have attributes in common, and values accepted by
//! more than a plain range.

use crate::attr::Accepts::{self, OneOf};
use crate::consts::*;
use crate::rsrc::Kinds;

// Kinds that have attributes in common.
pub(super) const MANAGER: Kinds = Kinds::MANAGER;
pub(super) const EVENT: Kinds = Kinds::EVENT;
pub(super) const RESOURCE: Kinds = Kinds::RESOURCE;
pub(super) const EVERY_SESSION: Kinds = RESOURCE.or(MANAGER);
pub(super) const MESSAGE: Kinds = Kinds::MESSAGE_BASED;
/// Those whose END a read may be told to ignore, but for SOCKET, which has its own default.
pub(super) const SUPPRESSES_END: Kinds = MESSAGE.without(CONTROLLER).without(SOCKET);
pub(super) const ASRL_INSTR: Kinds = Kinds::ASRL_INSTR;
pub(super) const FIREWIRE_INSTR: Kinds = Kinds::FIREWIRE_INSTR;

pub(super) const GPIB_INSTR: Kinds = Kinds::GPIB_INSTR;
pub(super) const GPIB_INTFC: Kinds = Kinds::GPIB_INTFC;
pub(super) const GPIB_BOARD: Kinds = GPIB_INTFC.or(Kinds::GPIB_SERVANT);
pub(super) const GPIB_DEVICE: Kinds = GPIB_INSTR.or(Kinds::GPIB_VXI_INSTR);
pub(super) const GPIB_MESSAGE: Kinds = GPIB_INSTR.or(GPIB_BOARD);
pub(super) const GPIB_VXI: Kinds =
    Kinds::GPIB_VXI_INSTR.or(Kinds::GPIB_VXI_MEMACC).or(Kinds::GPIB_VXI_BACKPLANE);
/// Where this computer is what the others talk to, and so has a status byte to show.
pub(super) const CONTROLLER: Kinds = GPIB_BOARD.or(VXI_SERVANT).or(TCPIP_SERVANT);

pub(super) const VXI_INSTR: Kinds = Kinds::VXI_INSTR;
pub(super) const VXI_SERVANT: Kinds = Kinds::VXI_SERVANT;
pub(super) const VXI_DEVICE: Kinds = VXI_INSTR.or(Kinds::GPIB_VXI_INSTR);
pub(super) const VXI_ADDRESSED: Kinds = VXI_DEVICE.or(VXI_SERVANT);
pub(super) const VXI_MESSAGE: Kinds = VXI_ADDRESSED;
pub(super) const VXI_MEMORY: Kinds = VXI_DEVICE.or(Kinds::VXI_MEMACC).or(Kinds::GPIB_VXI_MEMACC);
/// Sessions whose logical address is the controller's own.
pub(super) const VXI_CONTROLLER: Kinds =
    Kinds::VXI_MEMACC.or(Kinds::GPIB_VXI_MEMACC).or(VXI_SERVANT);
pub(super) const BACKPLANE: Kinds = Kinds::VXI_BACKPLANE.or(Kinds::GPIB_VXI_BACKPLANE);
pub(super) const VXI_TRIGGER: Kinds = VXI_ADDRESSED.or(BACKPLANE);

pub(super) const PXI_INSTR: Kinds = Kinds::PXI_INSTR;
pub(super) const PXI_BACKPLANE: Kinds = Kinds::PXI_BACKPLANE;
pub(super) const PXI_MEMORY: Kinds = PXI_INSTR.or(Kinds::PXI_MEMACC);
pub(super) const PXI_TRIGGER: Kinds = PXI_INSTR.or(PXI_BACKPLANE);
pub(super) const MEMORY: Kinds = VXI_MEMORY.or(PXI_MEMORY);
/// A device in a slot.
pub(super) const CARD: Kinds = VXI_DEVICE.or(PXI_INSTR);
/// What has a maker and a model name to ask for.
pub(super) const PRODUCT: Kinds = CARD.or(PXI_BACKPLANE).or(USB);

pub(super) const TCPIP_INSTR: Kinds = Kinds::TCPIP_INSTR;
pub(super) const TCPIP_SERVANT: Kinds = Kinds::TCPIP_SERVANT;
pub(super) const HISLIP: Kinds = Kinds::TCPIP_HISLIP;
pub(super) const SOCKET: Kinds = Kinds::TCPIP_SOCKET;
pub(super) const HISLIP_OR_SOCKET: Kinds = HISLIP.or(SOCKET);
pub(super) const NETWORK: Kinds = TCPIP_INSTR.or(SOCKET);

pub(super) const USB_INSTR: Kinds = Kinds::USB_INSTR;
pub(super) const USB_RAW: Kinds = Kinds::USB_RAW;
pub(super) const USB: Kinds = USB_INSTR.or(USB_RAW);

/// Byte streams without END, where 488.2 strings can stand in for device operations.
pub(super) const STREAM: Kinds = ASRL_INSTR.or(SOCKET).or(USB_RAW);
pub(super) const NORMAL_ONLY: Kinds = TCPIP_INSTR
    .or(TCPIP_SERVANT)
    .or(Kinds::VICP_INSTR)
    .or(Kinds::PROLOGIX_INTFC)
    .or(Kinds::RSNRP_INSTR);
pub(super) const SOFTWARE_TRIGGER: Kinds = GPIB_INSTR
    .or(GPIB_INTFC)
    .or(ASRL_INSTR)
    .or(TCPIP_INSTR)
    .or(USB_INSTR)
    .or(Kinds::VICP_INSTR)
    .or(Kinds::PROLOGIX_INTFC)
    .or(Kinds::RSNRP_INSTR);

// What may be written, where that is more than a range.
const PROT: i64 = VI_PROT_NORMAL as i64;
pub(super) const NORMAL: Accepts = OneOf(&[PROT]);
pub(super) const NORMAL_OR_FDC: Accepts = OneOf(&[PROT, VI_PROT_FDC as i64]);
pub(super) const NORMAL_OR_HS488: Accepts = OneOf(&[PROT, VI_PROT_HS488 as i64]);
pub(super) const NORMAL_OR_4882: Accepts = OneOf(&[PROT, VI_PROT_4882_STRS as i64]);
pub(super) const NORMAL_OR_VENDOR: Accepts = OneOf(&[PROT, VI_PROT_USBTMC_VENDOR as i64]);
pub(super) const READ_FLUSH: Accepts = OneOf(&[VI_FLUSH_ON_ACCESS as i64, VI_FLUSH_DISABLE as i64]);
pub(super) const WRITE_FLUSH: Accepts =
    OneOf(&[VI_FLUSH_ON_ACCESS as i64, VI_FLUSH_WHEN_FULL as i64]);
pub(super) const STOP_BITS: Accepts =
    OneOf(&[VI_ASRL_STOP_ONE as i64, VI_ASRL_STOP_ONE5 as i64, VI_ASRL_STOP_TWO as i64]);
/// Line states that can be asked for; VI_STATE_UNKNOWN can only be found.
pub(super) const LINE_STATE: Accepts =
    OneOf(&[VI_STATE_UNASSERTED as i64, VI_STATE_ASSERTED as i64]);
/// RS-485 with four and two wires, then RS-232.
pub(super) const WIRE_MODES: Accepts = OneOf(&[0, 1, 2, 3, 128, 129, 130]);
pub(super) const USB_ENDS: Accepts =
    OneOf(&[VI_USB_END_NONE as i64, VI_USB_END_SHORT as i64, VI_USB_END_SHORT_OR_COUNT as i64]);
pub(super) const PIPE_READY: Accepts = OneOf(&[VI_USB_PIPE_READY as i64]);
/// Endpoint addresses, or -1 for none.
pub(super) const OUT_PIPES: Accepts =
    OneOf(&[-1, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
/// Endpoint addresses with the direction bit, or -1 for none.
pub(super) const IN_PIPES: Accepts = OneOf(&[
    -1, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8A, 0x8B, 0x8C, 0x8D, 0x8E, 0x8F,
]);
/// 0 to 30, or VI_NO_SEC_ADDR.
pub(super) const SECONDARY: Accepts = OneOf(&[
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25,
    26, 27, 28, 29, 30, 0xFFFF,
]);
/// A PXI chassis has up to three trigger buses; -1 leaves the choice to the driver.
pub(super) const TRIGGER_BUS: Accepts = OneOf(&[-1, 1, 2, 3]);
pub(super) const SOFTWARE: Accepts = OneOf(&[VI_TRIG_SW as i64]);
/// Software, TTL0 to 7, ECL0 and 1, the panel's two, the star lines of VXI, TTL8 to 11.
pub(super) const VXI_LINES: Accepts =
    OneOf(&[-1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 27, 28, 29, 30, 31, 32, 33, 34, 35]);
/// Software, TTL0 to 7, the star lines of slots 1 to 12, the instrument's own star line.
pub(super) const PXI_LINES: Accepts =
    OneOf(&[-1, 0, 1, 2, 3, 4, 5, 6, 7, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26]);
