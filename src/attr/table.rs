#![forbid(unsafe_code)]
//! THE table: every attribute of the standard and of the vendors' common extensions, sorted by id.
//!
//! To add an attribute:
//!
//! 1. Give its id a constant in [`crate::consts`], and `include/visa.h` the same.
//! 2. Add one `row` at its place by number: constant, the same name as text, type, what may be
//!    written, value before anyone writes it, home, scope, kinds of objects. Where classes differ
//!    in any of these, it takes one row for each difference, their kinds disjoint.
//! 3. Its home answers for it. [`Session`] stores the value without more code (what it changes is
//!    another matter); [`Link`] wants an arm in the link's `get` and, when writable, `set`;
//!    [`Name`], [`Library`], [`Live`] and [`Context`] an arm where those are answered.
//!
//! `cargo test attr` says what does not fit. A link that cannot serve a row of its class answers
//! VI_ERROR_NSUP_ATTR, which the standard allows and programs expect.
//!
//! The two ids of an address-sized attribute (`_32`, `_64`) are two rows; the name without suffix
//! is no row but the header's choice of one of them.
//!
//! Absent on purpose, so VI_ERROR_NSUP_ATTR: what the library could only pretend to honour. Of
//! Keysight's VI_KTATTR_* only LOCKWAIT is here; the others speak of that vendor's folders, DMA
//! channels, exports and hardware. NI's undocumented NUM_SUP_EVENTS and SUP_EVENTS are not here
//! either.

use crate::attr::Accepts::{self, Any, Flags, Range, ReadOnly};
use crate::attr::Attr;
use crate::attr::Home::{self, Context, Library, Link, Live, Name, Session};
use crate::attr::Scope::{self, Global, Local};
use crate::attr::Type::{self, Address, Boolean, Bytes, I16, I32, Text, U8, U16, U32, U64};
use crate::attr::sets::*;
use crate::consts::*;
use crate::rsrc::Kinds;

/// One row, its columns in reading order.
#[expect(clippy::too_many_arguments, reason = "a row has eight columns")]
const fn row(
    id: ViAttr,
    name: &'static str,
    ty: Type,
    accepts: Accepts,
    default: Option<i64>,
    home: Home,
    scope: Scope,
    kinds: Kinds,
) -> Attr {
    Attr { id, name, ty, accepts, default, home, scope, kinds }
}

/// Every attribute, sorted by id.
#[rustfmt::skip] // one attribute, one line: a table is read down its columns
pub static TABLE: &[Attr] = &[
    // Vendors. Ours is of the connection, whose receives it changes.
    row(VI_FVATTR_SPIN, "VI_FVATTR_SPIN", U32, Range(0, 1000), Some(0), Link, Local, NETWORK),
    // R&S keeps the two search settings for all managers; here each has its own, so that one
    // part of a program does not change what another finds.
    row(VI_RS_ATTR_TCPIP_FIND_RSRC_TMO, "VI_RS_ATTR_TCPIP_FIND_RSRC_TMO", U32, Any, Some(900), Session, Local, MANAGER),
    row(VI_RS_ATTR_TCPIP_FIND_RSRC_MODE, "VI_RS_ATTR_TCPIP_FIND_RSRC_MODE", U32, Flags(0b111), Some(1), Session, Local, MANAGER),
    row(VI_KTATTR_LOCKWAIT, "VI_KTATTR_LOCKWAIT", Boolean, Any, Some(0), Session, Local, RESOURCE),
    // The standard's and NI's, by number.
    row(VI_ATTR_RSRC_IMPL_VERSION, "VI_ATTR_RSRC_IMPL_VERSION", U32, ReadOnly, None, Library, Global, EVERY_SESSION),
    row(VI_ATTR_RSRC_LOCK_STATE, "VI_ATTR_RSRC_LOCK_STATE", U32, ReadOnly, Some(0), Live, Global, EVERY_SESSION),
    row(VI_ATTR_MAX_QUEUE_LENGTH, "VI_ATTR_MAX_QUEUE_LENGTH", U32, Range(1, 0xFFFF_FFFF), Some(50), Live, Local, EVERY_SESSION),
    row(VI_ATTR_USER_DATA_32, "VI_ATTR_USER_DATA_32", U32, Any, Some(0), Live, Local, EVERY_SESSION),
    row(VI_ATTR_USER_DATA_64, "VI_ATTR_USER_DATA_64", U64, Any, Some(0), Live, Local, EVERY_SESSION),
    row(VI_ATTR_FDC_CHNL, "VI_ATTR_FDC_CHNL", U16, Range(0, 7), Some(0), Session, Local, VXI_DEVICE),
    row(VI_ATTR_FDC_MODE, "VI_ATTR_FDC_MODE", U16, Range(1, 2), Some(1), Session, Local, VXI_DEVICE),
    row(VI_ATTR_FDC_GEN_SIGNAL_EN, "VI_ATTR_FDC_GEN_SIGNAL_EN", Boolean, Any, Some(0), Session, Local, VXI_DEVICE),
    row(VI_ATTR_FDC_USE_PAIR, "VI_ATTR_FDC_USE_PAIR", Boolean, Any, Some(0), Session, Local, VXI_DEVICE),
    row(VI_ATTR_SEND_END_EN, "VI_ATTR_SEND_END_EN", Boolean, Any, Some(1), Session, Local, MESSAGE),
    row(VI_ATTR_TERMCHAR, "VI_ATTR_TERMCHAR", U8, Any, Some(0x0A), Session, Local, MESSAGE),
    row(VI_ATTR_TMO_VALUE, "VI_ATTR_TMO_VALUE", U32, Any, Some(2000), Session, Local, RESOURCE),
    // The board's driver addresses the device, so it keeps this switch (and GPIB_UNADDR_EN).
    row(VI_ATTR_GPIB_READDR_EN, "VI_ATTR_GPIB_READDR_EN", Boolean, Any, Some(1), Link, Local, GPIB_DEVICE),
    row(VI_ATTR_IO_PROT, "VI_ATTR_IO_PROT", U16, NORMAL, Some(1), Session, Local, NORMAL_ONLY),
    row(VI_ATTR_IO_PROT, "VI_ATTR_IO_PROT", U16, NORMAL_OR_FDC, Some(1), Session, Local, VXI_MESSAGE),
    row(VI_ATTR_IO_PROT, "VI_ATTR_IO_PROT", U16, NORMAL_OR_HS488, Some(1), Link, Local, GPIB_MESSAGE),
    row(VI_ATTR_IO_PROT, "VI_ATTR_IO_PROT", U16, NORMAL_OR_4882, Some(1), Session, Local, STREAM),
    row(VI_ATTR_IO_PROT, "VI_ATTR_IO_PROT", U16, NORMAL_OR_VENDOR, Some(1), Link, Local, USB_INSTR),
    // Off, as nothing here uses DMA; kept and read back for programs that set it.
    row(VI_ATTR_DMA_ALLOW_EN, "VI_ATTR_DMA_ALLOW_EN", Boolean, Any, Some(0), Session, Local, MESSAGE.or(MEMORY)),
    row(VI_ATTR_ASRL_BAUD, "VI_ATTR_ASRL_BAUD", U32, Any, Some(9600), Link, Global, ASRL_INSTR),
    row(VI_ATTR_ASRL_DATA_BITS, "VI_ATTR_ASRL_DATA_BITS", U16, Range(5, 8), Some(8), Link, Global, ASRL_INSTR),
    row(VI_ATTR_ASRL_PARITY, "VI_ATTR_ASRL_PARITY", U16, Range(0, 4), Some(0), Link, Global, ASRL_INSTR),
    row(VI_ATTR_ASRL_STOP_BITS, "VI_ATTR_ASRL_STOP_BITS", U16, STOP_BITS, Some(10), Link, Global, ASRL_INSTR),
    row(VI_ATTR_ASRL_FLOW_CNTRL, "VI_ATTR_ASRL_FLOW_CNTRL", U16, Flags(0b111), Some(0), Link, Global, ASRL_INSTR),
    row(VI_ATTR_RD_BUF_OPER_MODE, "VI_ATTR_RD_BUF_OPER_MODE", U16, READ_FLUSH, Some(3), Session, Local, MESSAGE),
    row(VI_ATTR_RD_BUF_SIZE, "VI_ATTR_RD_BUF_SIZE", U32, ReadOnly, None, Live, Local, MESSAGE),
    row(VI_ATTR_WR_BUF_OPER_MODE, "VI_ATTR_WR_BUF_OPER_MODE", U16, WRITE_FLUSH, Some(2), Session, Local, MESSAGE),
    row(VI_ATTR_WR_BUF_SIZE, "VI_ATTR_WR_BUF_SIZE", U32, ReadOnly, None, Live, Local, MESSAGE),
    // A socket has no END. On there, because off means: a read ends when the data pause.
    row(VI_ATTR_SUPPRESS_END_EN, "VI_ATTR_SUPPRESS_END_EN", Boolean, Any, Some(0), Session, Local, SUPPRESSES_END),
    row(VI_ATTR_SUPPRESS_END_EN, "VI_ATTR_SUPPRESS_END_EN", Boolean, Any, Some(1), Session, Local, SOCKET),
    row(VI_ATTR_TERMCHAR_EN, "VI_ATTR_TERMCHAR_EN", Boolean, Any, Some(0), Session, Local, MESSAGE),
    row(VI_ATTR_DEST_ACCESS_PRIV, "VI_ATTR_DEST_ACCESS_PRIV", U16, Range(0, 11), Some(0), Session, Local, VXI_MEMORY),
    row(VI_ATTR_DEST_BYTE_ORDER, "VI_ATTR_DEST_BYTE_ORDER", U16, Range(0, 1), Some(0), Session, Local, VXI_MEMORY),
    row(VI_ATTR_SRC_ACCESS_PRIV, "VI_ATTR_SRC_ACCESS_PRIV", U16, Range(0, 11), Some(0), Session, Local, VXI_MEMORY),
    row(VI_ATTR_SRC_BYTE_ORDER, "VI_ATTR_SRC_BYTE_ORDER", U16, Range(0, 1), Some(0), Session, Local, VXI_MEMORY),
    row(VI_ATTR_SRC_INCREMENT, "VI_ATTR_SRC_INCREMENT", I32, Range(0, 1), Some(1), Session, Local, MEMORY),
    row(VI_ATTR_DEST_INCREMENT, "VI_ATTR_DEST_INCREMENT", I32, Range(0, 1), Some(1), Session, Local, MEMORY),
    // WIN_ACCESS_PRIV and WIN_BYTE_ORDER are read-only while a window is mapped: the session's part.
    row(VI_ATTR_WIN_ACCESS_PRIV, "VI_ATTR_WIN_ACCESS_PRIV", U16, Range(0, 11), Some(0), Session, Local, VXI_MEMORY),
    row(VI_ATTR_WIN_BYTE_ORDER, "VI_ATTR_WIN_BYTE_ORDER", U16, Range(0, 1), Some(0), Session, Local, VXI_MEMORY),
    row(VI_ATTR_GPIB_ATN_STATE, "VI_ATTR_GPIB_ATN_STATE", I16, ReadOnly, None, Link, Global, GPIB_INTFC),
    row(VI_ATTR_GPIB_ADDR_STATE, "VI_ATTR_GPIB_ADDR_STATE", I16, ReadOnly, None, Link, Global, GPIB_BOARD),
    row(VI_ATTR_GPIB_CIC_STATE, "VI_ATTR_GPIB_CIC_STATE", Boolean, ReadOnly, None, Link, Global, GPIB_INTFC),
    row(VI_ATTR_GPIB_NDAC_STATE, "VI_ATTR_GPIB_NDAC_STATE", I16, ReadOnly, None, Link, Global, GPIB_INTFC),
    row(VI_ATTR_GPIB_SRQ_STATE, "VI_ATTR_GPIB_SRQ_STATE", I16, ReadOnly, None, Link, Global, GPIB_INTFC),
    row(VI_ATTR_GPIB_SYS_CNTRL_STATE, "VI_ATTR_GPIB_SYS_CNTRL_STATE", Boolean, Any, None, Link, Global, GPIB_INTFC),
    row(VI_ATTR_GPIB_HS488_CBL_LEN, "VI_ATTR_GPIB_HS488_CBL_LEN", I16, Range(0, 15), None, Link, Global, GPIB_INTFC),
    row(VI_ATTR_CMDR_LA, "VI_ATTR_CMDR_LA", I16, ReadOnly, None, Link, Global, VXI_ADDRESSED),
    row(VI_ATTR_VXI_DEV_CLASS, "VI_ATTR_VXI_DEV_CLASS", U16, ReadOnly, None, Link, Global, VXI_DEVICE),
    row(VI_ATTR_MAINFRAME_LA, "VI_ATTR_MAINFRAME_LA", I16, ReadOnly, None, Link, Global, VXI_DEVICE),
    row(VI_ATTR_MAINFRAME_LA, "VI_ATTR_MAINFRAME_LA", I16, ReadOnly, None, Name, Global, BACKPLANE),
    row(VI_ATTR_VXI_VME_INTR_STATUS, "VI_ATTR_VXI_VME_INTR_STATUS", U16, ReadOnly, None, Link, Global, BACKPLANE),
    row(VI_ATTR_VXI_TRIG_STATUS, "VI_ATTR_VXI_TRIG_STATUS", U32, ReadOnly, None, Link, Global, BACKPLANE),
    row(VI_ATTR_VXI_VME_SYSFAIL_STATE, "VI_ATTR_VXI_VME_SYSFAIL_STATE", I16, ReadOnly, None, Link, Global, BACKPLANE),
    row(VI_ATTR_WIN_BASE_ADDR_32, "VI_ATTR_WIN_BASE_ADDR_32", U32, ReadOnly, None, Live, Local, MEMORY),
    row(VI_ATTR_WIN_SIZE_32, "VI_ATTR_WIN_SIZE_32", U32, ReadOnly, None, Live, Local, MEMORY),
    row(VI_ATTR_WIN_BASE_ADDR_64, "VI_ATTR_WIN_BASE_ADDR_64", U64, ReadOnly, None, Live, Local, MEMORY),
    row(VI_ATTR_WIN_SIZE_64, "VI_ATTR_WIN_SIZE_64", U64, ReadOnly, None, Live, Local, MEMORY),
    row(VI_ATTR_ASRL_AVAIL_NUM, "VI_ATTR_ASRL_AVAIL_NUM", U32, ReadOnly, Some(0), Link, Global, ASRL_INSTR),
    row(VI_ATTR_MEM_BASE_32, "VI_ATTR_MEM_BASE_32", U32, ReadOnly, None, Link, Global, VXI_ADDRESSED),
    row(VI_ATTR_ASRL_CTS_STATE, "VI_ATTR_ASRL_CTS_STATE", I16, ReadOnly, None, Link, Global, ASRL_INSTR),
    // NI lets DCD and RI be written when the wire mode is DCE; a PC's port is DTE.
    row(VI_ATTR_ASRL_DCD_STATE, "VI_ATTR_ASRL_DCD_STATE", I16, ReadOnly, None, Link, Global, ASRL_INSTR),
    row(VI_ATTR_ASRL_DISCARD_NULL, "VI_ATTR_ASRL_DISCARD_NULL", Boolean, Any, Some(0), Link, Global, ASRL_INSTR),
    row(VI_ATTR_ASRL_DSR_STATE, "VI_ATTR_ASRL_DSR_STATE", I16, ReadOnly, None, Link, Global, ASRL_INSTR),
    row(VI_ATTR_ASRL_DTR_STATE, "VI_ATTR_ASRL_DTR_STATE", I16, LINE_STATE, None, Link, Global, ASRL_INSTR),
    row(VI_ATTR_ASRL_END_IN, "VI_ATTR_ASRL_END_IN", U16, Range(0, 3), Some(2), Link, Local, ASRL_INSTR),
    row(VI_ATTR_ASRL_END_OUT, "VI_ATTR_ASRL_END_OUT", U16, Range(0, 3), Some(0), Link, Local, ASRL_INSTR),
    row(VI_ATTR_ASRL_REPLACE_CHAR, "VI_ATTR_ASRL_REPLACE_CHAR", U8, Any, Some(0), Link, Local, ASRL_INSTR),
    row(VI_ATTR_ASRL_RI_STATE, "VI_ATTR_ASRL_RI_STATE", I16, ReadOnly, None, Link, Global, ASRL_INSTR),
    row(VI_ATTR_ASRL_RTS_STATE, "VI_ATTR_ASRL_RTS_STATE", I16, LINE_STATE, None, Link, Global, ASRL_INSTR),
    row(VI_ATTR_ASRL_XON_CHAR, "VI_ATTR_ASRL_XON_CHAR", U8, Any, Some(0x11), Link, Local, ASRL_INSTR),
    row(VI_ATTR_ASRL_XOFF_CHAR, "VI_ATTR_ASRL_XOFF_CHAR", U8, Any, Some(0x13), Link, Local, ASRL_INSTR),
    row(VI_ATTR_WIN_ACCESS, "VI_ATTR_WIN_ACCESS", U16, ReadOnly, Some(1), Live, Local, MEMORY),
    // VI_NULL on a manager (rule 4.2.2).
    row(VI_ATTR_RM_SESSION, "VI_ATTR_RM_SESSION", U32, ReadOnly, None, Live, Local, EVERY_SESSION),
    row(VI_ATTR_MEM_BASE_64, "VI_ATTR_MEM_BASE_64", U64, ReadOnly, None, Link, Global, VXI_ADDRESSED),
    row(VI_ATTR_MEM_SIZE_64, "VI_ATTR_MEM_SIZE_64", U64, ReadOnly, None, Link, Global, VXI_ADDRESSED),
    // On MEMACC and SERVANT sessions it is the controller's own address, which no name tells.
    row(VI_ATTR_VXI_LA, "VI_ATTR_VXI_LA", I16, ReadOnly, None, Name, Global, VXI_DEVICE),
    row(VI_ATTR_VXI_LA, "VI_ATTR_VXI_LA", I16, ReadOnly, None, Link, Global, VXI_CONTROLLER),
    // A USB name spells idVendor and idProduct out.
    row(VI_ATTR_MANF_ID, "VI_ATTR_MANF_ID", U16, ReadOnly, None, Link, Global, CARD),
    row(VI_ATTR_MANF_ID, "VI_ATTR_MANF_ID", U16, ReadOnly, None, Name, Global, USB),
    row(VI_ATTR_MEM_SIZE_32, "VI_ATTR_MEM_SIZE_32", U32, ReadOnly, None, Link, Global, VXI_ADDRESSED),
    row(VI_ATTR_MEM_SPACE, "VI_ATTR_MEM_SPACE", U16, ReadOnly, Some(1), Link, Global, VXI_ADDRESSED),
    row(VI_ATTR_MODEL_CODE, "VI_ATTR_MODEL_CODE", U16, ReadOnly, None, Link, Global, CARD),
    row(VI_ATTR_MODEL_CODE, "VI_ATTR_MODEL_CODE", U16, ReadOnly, None, Name, Global, USB),
    row(VI_ATTR_SLOT, "VI_ATTR_SLOT", I16, ReadOnly, None, Link, Global, CARD),
    row(VI_ATTR_IMMEDIATE_SERV, "VI_ATTR_IMMEDIATE_SERV", Boolean, ReadOnly, None, Link, Global, VXI_DEVICE),
    row(VI_ATTR_INTF_PARENT_NUM, "VI_ATTR_INTF_PARENT_NUM", U16, ReadOnly, Some(0), Link, Global, GPIB_VXI),
    row(VI_ATTR_SYNC_MXI_ALLOW_EN, "VI_ATTR_SYNC_MXI_ALLOW_EN", Boolean, Any, None, Link, Local, VXI_DEVICE),
    row(VI_ATTR_RSRC_SPEC_VERSION, "VI_ATTR_RSRC_SPEC_VERSION", U32, ReadOnly, Some(0x0070_0200), Library, Global, EVERY_SESSION),
    row(VI_ATTR_INTF_TYPE, "VI_ATTR_INTF_TYPE", U16, ReadOnly, None, Name, Global, RESOURCE),
    // The device's address stands in its name; the board's own can be changed.
    row(VI_ATTR_GPIB_PRIMARY_ADDR, "VI_ATTR_GPIB_PRIMARY_ADDR", U16, ReadOnly, None, Name, Global, GPIB_INSTR),
    row(VI_ATTR_GPIB_PRIMARY_ADDR, "VI_ATTR_GPIB_PRIMARY_ADDR", U16, Range(0, 30), None, Link, Global, GPIB_BOARD),
    row(VI_ATTR_GPIB_PRIMARY_ADDR, "VI_ATTR_GPIB_PRIMARY_ADDR", U16, ReadOnly, None, Link, Global, GPIB_VXI),
    row(VI_ATTR_GPIB_SECONDARY_ADDR, "VI_ATTR_GPIB_SECONDARY_ADDR", U16, ReadOnly, None, Name, Global, GPIB_INSTR),
    row(VI_ATTR_GPIB_SECONDARY_ADDR, "VI_ATTR_GPIB_SECONDARY_ADDR", U16, SECONDARY, None, Link, Global, GPIB_BOARD),
    row(VI_ATTR_GPIB_SECONDARY_ADDR, "VI_ATTR_GPIB_SECONDARY_ADDR", U16, ReadOnly, None, Link, Global, GPIB_VXI),
    row(VI_ATTR_RSRC_MANF_ID, "VI_ATTR_RSRC_MANF_ID", U16, ReadOnly, None, Library, Global, EVERY_SESSION),
    row(VI_ATTR_INTF_NUM, "VI_ATTR_INTF_NUM", U16, ReadOnly, Some(0), Name, Global, RESOURCE),
    // Read-only while trigger events are enabled: the session's part. A TCPIP INSTR has it (rule 5.1.11).
    row(VI_ATTR_TRIG_ID, "VI_ATTR_TRIG_ID", I16, SOFTWARE, Some(-1), Session, Local, SOFTWARE_TRIGGER),
    row(VI_ATTR_TRIG_ID, "VI_ATTR_TRIG_ID", I16, VXI_LINES, Some(-1), Session, Local, VXI_TRIGGER),
    row(VI_ATTR_TRIG_ID, "VI_ATTR_TRIG_ID", I16, PXI_LINES, Some(-1), Session, Local, PXI_TRIGGER),
    row(VI_ATTR_GPIB_REN_STATE, "VI_ATTR_GPIB_REN_STATE", I16, ReadOnly, None, Link, Global, GPIB_DEVICE.or(GPIB_INTFC)),
    row(VI_ATTR_GPIB_UNADDR_EN, "VI_ATTR_GPIB_UNADDR_EN", Boolean, Any, Some(0), Link, Local, GPIB_DEVICE),
    row(VI_ATTR_DEV_STATUS_BYTE, "VI_ATTR_DEV_STATUS_BYTE", U8, Any, None, Link, Global, CONTROLLER),
    // NI's, undocumented: a text whose number does not say so. Empty where there is no alias.
    row(VI_ATTR_RSRC_USER_ALIAS, "VI_ATTR_RSRC_USER_ALIAS", Text, ReadOnly, None, Live, Local, RESOURCE),
    row(VI_ATTR_FILE_APPEND_EN, "VI_ATTR_FILE_APPEND_EN", Boolean, Any, Some(0), Session, Local, MESSAGE),
    row(VI_ATTR_VXI_TRIG_SUPPORT, "VI_ATTR_VXI_TRIG_SUPPORT", U32, ReadOnly, None, Link, Global, VXI_DEVICE.or(BACKPLANE)),
    // HiSLIP has these three like SOCKET (rule 5.1.17).
    row(VI_ATTR_TCPIP_PORT, "VI_ATTR_TCPIP_PORT", U16, ReadOnly, None, Name, Global, HISLIP_OR_SOCKET),
    row(VI_ATTR_TCPIP_NODELAY, "VI_ATTR_TCPIP_NODELAY", Boolean, Any, Some(1), Link, Local, HISLIP_OR_SOCKET),
    // VXI-11 runs on TCP too, so programs may set it there.
    row(VI_ATTR_TCPIP_KEEPALIVE, "VI_ATTR_TCPIP_KEEPALIVE", Boolean, Any, Some(0), Link, Local, NETWORK),
    row(VI_ATTR_4882_COMPLIANT, "VI_ATTR_4882_COMPLIANT", Boolean, ReadOnly, None, Link, Global, VXI_DEVICE.or(USB_INSTR)),
    row(VI_ATTR_USB_INTFC_NUM, "VI_ATTR_USB_INTFC_NUM", I16, ReadOnly, Some(0), Name, Global, USB),
    row(VI_ATTR_USB_BULK_OUT_PIPE, "VI_ATTR_USB_BULK_OUT_PIPE", I16, OUT_PIPES, None, Link, Local, USB_RAW),
    row(VI_ATTR_USB_BULK_IN_PIPE, "VI_ATTR_USB_BULK_IN_PIPE", I16, IN_PIPES, None, Link, Local, USB_RAW),
    row(VI_ATTR_USB_INTR_IN_PIPE, "VI_ATTR_USB_INTR_IN_PIPE", I16, IN_PIPES, None, Link, Local, USB_RAW),
    row(VI_ATTR_USB_CLASS, "VI_ATTR_USB_CLASS", I16, ReadOnly, None, Link, Global, USB_RAW),
    row(VI_ATTR_USB_SUBCLASS, "VI_ATTR_USB_SUBCLASS", I16, ReadOnly, None, Link, Global, USB_RAW),
    row(VI_ATTR_USB_PROTOCOL, "VI_ATTR_USB_PROTOCOL", I16, ReadOnly, None, Link, Global, USB),
    row(VI_ATTR_USB_ALT_SETTING, "VI_ATTR_USB_ALT_SETTING", I16, Range(0, 0xFF), Some(0), Link, Global, USB_RAW),
    row(VI_ATTR_USB_END_IN, "VI_ATTR_USB_END_IN", U16, USB_ENDS, Some(5), Link, Local, USB_RAW),
    row(VI_ATTR_USB_NUM_INTFCS, "VI_ATTR_USB_NUM_INTFCS", I16, ReadOnly, None, Link, Global, USB_RAW),
    row(VI_ATTR_USB_NUM_PIPES, "VI_ATTR_USB_NUM_PIPES", I16, ReadOnly, None, Link, Global, USB_RAW),
    // Writing VI_USB_PIPE_READY clears a stall; the other states are only read.
    row(VI_ATTR_USB_BULK_OUT_STATUS, "VI_ATTR_USB_BULK_OUT_STATUS", I16, PIPE_READY, None, Link, Local, USB_RAW),
    row(VI_ATTR_USB_BULK_IN_STATUS, "VI_ATTR_USB_BULK_IN_STATUS", I16, PIPE_READY, None, Link, Local, USB_RAW),
    row(VI_ATTR_USB_INTR_IN_STATUS, "VI_ATTR_USB_INTR_IN_STATUS", I16, PIPE_READY, None, Link, Local, USB_RAW),
    row(VI_ATTR_USB_MAX_INTR_SIZE, "VI_ATTR_USB_MAX_INTR_SIZE", U16, Any, None, Link, Local, USB),
    row(VI_ATTR_USB_CTRL_PIPE, "VI_ATTR_USB_CTRL_PIPE", I16, Range(0, 0x0F), Some(0), Link, Local, USB_RAW),
    row(VI_ATTR_ASRL_CONNECTED, "VI_ATTR_ASRL_CONNECTED", Boolean, ReadOnly, None, Link, Global, ASRL_INSTR),
    row(VI_ATTR_ASRL_BREAK_STATE, "VI_ATTR_ASRL_BREAK_STATE", I16, LINE_STATE, Some(0), Link, Global, ASRL_INSTR),
    row(VI_ATTR_ASRL_BREAK_LEN, "VI_ATTR_ASRL_BREAK_LEN", I16, Range(1, 500), Some(250), Link, Local, ASRL_INSTR),
    row(VI_ATTR_ASRL_ALLOW_TRANSMIT, "VI_ATTR_ASRL_ALLOW_TRANSMIT", Boolean, Any, Some(1), Link, Global, ASRL_INSTR),
    row(VI_ATTR_ASRL_WIRE_MODE, "VI_ATTR_ASRL_WIRE_MODE", I16, WIRE_MODES, None, Link, Global, ASRL_INSTR),
    row(VI_ATTR_FIREWIRE_DEST_UPPER_OFFSET, "VI_ATTR_FIREWIRE_DEST_UPPER_OFFSET", U16, Any, None, Link, Local, FIREWIRE_INSTR),
    row(VI_ATTR_FIREWIRE_SRC_UPPER_OFFSET, "VI_ATTR_FIREWIRE_SRC_UPPER_OFFSET", U16, Any, None, Link, Local, FIREWIRE_INSTR),
    row(VI_ATTR_FIREWIRE_WIN_UPPER_OFFSET, "VI_ATTR_FIREWIRE_WIN_UPPER_OFFSET", U16, Any, None, Link, Local, FIREWIRE_INSTR),
    row(VI_ATTR_FIREWIRE_VENDOR_ID, "VI_ATTR_FIREWIRE_VENDOR_ID", U32, ReadOnly, None, Link, Global, FIREWIRE_INSTR),
    row(VI_ATTR_FIREWIRE_LOWER_CHIP_ID, "VI_ATTR_FIREWIRE_LOWER_CHIP_ID", U32, ReadOnly, None, Link, Global, FIREWIRE_INSTR),
    row(VI_ATTR_FIREWIRE_UPPER_CHIP_ID, "VI_ATTR_FIREWIRE_UPPER_CHIP_ID", U8, ReadOnly, None, Link, Global, FIREWIRE_INSTR),
    row(VI_ATTR_PXI_DEV_NUM, "VI_ATTR_PXI_DEV_NUM", U16, ReadOnly, None, Name, Global, PXI_INSTR),
    row(VI_ATTR_PXI_FUNC_NUM, "VI_ATTR_PXI_FUNC_NUM", U16, ReadOnly, Some(0), Name, Global, PXI_INSTR),
    row(VI_ATTR_PXI_SUB_MANF_ID, "VI_ATTR_PXI_SUB_MANF_ID", U16, ReadOnly, None, Link, Global, PXI_INSTR),
    row(VI_ATTR_PXI_SUB_MODEL_CODE, "VI_ATTR_PXI_SUB_MODEL_CODE", U16, ReadOnly, None, Link, Global, PXI_INSTR),
    row(VI_ATTR_PXI_BUS_NUM, "VI_ATTR_PXI_BUS_NUM", U16, ReadOnly, None, Name, Global, PXI_INSTR),
    row(VI_ATTR_PXI_CHASSIS, "VI_ATTR_PXI_CHASSIS", I16, ReadOnly, None, Link, Global, PXI_INSTR),
    row(VI_ATTR_PXI_CHASSIS, "VI_ATTR_PXI_CHASSIS", I16, ReadOnly, None, Name, Global, PXI_BACKPLANE),
    row(VI_ATTR_PXI_SLOT_LBUS_LEFT, "VI_ATTR_PXI_SLOT_LBUS_LEFT", I16, ReadOnly, None, Link, Global, PXI_INSTR),
    row(VI_ATTR_PXI_SLOT_LBUS_RIGHT, "VI_ATTR_PXI_SLOT_LBUS_RIGHT", I16, ReadOnly, None, Link, Global, PXI_INSTR),
    // A device's bus is wired; on a backplane it picks the bus for this session's trigger calls.
    row(VI_ATTR_PXI_TRIG_BUS, "VI_ATTR_PXI_TRIG_BUS", I16, ReadOnly, None, Link, Global, PXI_INSTR),
    row(VI_ATTR_PXI_TRIG_BUS, "VI_ATTR_PXI_TRIG_BUS", I16, TRIGGER_BUS, Some(-1), Session, Local, PXI_BACKPLANE),
    row(VI_ATTR_PXI_STAR_TRIG_BUS, "VI_ATTR_PXI_STAR_TRIG_BUS", I16, ReadOnly, None, Link, Global, PXI_INSTR),
    row(VI_ATTR_PXI_STAR_TRIG_LINE, "VI_ATTR_PXI_STAR_TRIG_LINE", I16, ReadOnly, None, Link, Global, PXI_INSTR),
    row(VI_ATTR_PXI_SRC_TRIG_BUS, "VI_ATTR_PXI_SRC_TRIG_BUS", I16, TRIGGER_BUS, Some(-1), Session, Local, PXI_BACKPLANE),
    row(VI_ATTR_PXI_DEST_TRIG_BUS, "VI_ATTR_PXI_DEST_TRIG_BUS", I16, TRIGGER_BUS, Some(-1), Session, Local, PXI_BACKPLANE),
    row(VI_ATTR_PXI_USE_PREALLOC_POOL, "VI_ATTR_PXI_USE_PREALLOC_POOL", Boolean, Any, None, Link, Local, PXI_MEMORY),
    row(VI_ATTR_PXI_MEM_TYPE_BAR0, "VI_ATTR_PXI_MEM_TYPE_BAR0", U16, ReadOnly, None, Link, Global, PXI_INSTR),
    row(VI_ATTR_PXI_MEM_TYPE_BAR1, "VI_ATTR_PXI_MEM_TYPE_BAR1", U16, ReadOnly, None, Link, Global, PXI_INSTR),
    row(VI_ATTR_PXI_MEM_TYPE_BAR2, "VI_ATTR_PXI_MEM_TYPE_BAR2", U16, ReadOnly, None, Link, Global, PXI_INSTR),
    row(VI_ATTR_PXI_MEM_TYPE_BAR3, "VI_ATTR_PXI_MEM_TYPE_BAR3", U16, ReadOnly, None, Link, Global, PXI_INSTR),
    row(VI_ATTR_PXI_MEM_TYPE_BAR4, "VI_ATTR_PXI_MEM_TYPE_BAR4", U16, ReadOnly, None, Link, Global, PXI_INSTR),
    row(VI_ATTR_PXI_MEM_TYPE_BAR5, "VI_ATTR_PXI_MEM_TYPE_BAR5", U16, ReadOnly, None, Link, Global, PXI_INSTR),
    row(VI_ATTR_PXI_MEM_BASE_BAR0_32, "VI_ATTR_PXI_MEM_BASE_BAR0_32", U32, ReadOnly, None, Link, Global, PXI_INSTR),
    row(VI_ATTR_PXI_MEM_BASE_BAR1_32, "VI_ATTR_PXI_MEM_BASE_BAR1_32", U32, ReadOnly, None, Link, Global, PXI_INSTR),
    row(VI_ATTR_PXI_MEM_BASE_BAR2_32, "VI_ATTR_PXI_MEM_BASE_BAR2_32", U32, ReadOnly, None, Link, Global, PXI_INSTR),
    row(VI_ATTR_PXI_MEM_BASE_BAR3_32, "VI_ATTR_PXI_MEM_BASE_BAR3_32", U32, ReadOnly, None, Link, Global, PXI_INSTR),
    row(VI_ATTR_PXI_MEM_BASE_BAR4_32, "VI_ATTR_PXI_MEM_BASE_BAR4_32", U32, ReadOnly, None, Link, Global, PXI_INSTR),
    row(VI_ATTR_PXI_MEM_BASE_BAR5_32, "VI_ATTR_PXI_MEM_BASE_BAR5_32", U32, ReadOnly, None, Link, Global, PXI_INSTR),
    row(VI_ATTR_PXI_MEM_BASE_BAR0_64, "VI_ATTR_PXI_MEM_BASE_BAR0_64", U64, ReadOnly, None, Link, Global, PXI_INSTR),
    row(VI_ATTR_PXI_MEM_BASE_BAR1_64, "VI_ATTR_PXI_MEM_BASE_BAR1_64", U64, ReadOnly, None, Link, Global, PXI_INSTR),
    row(VI_ATTR_PXI_MEM_BASE_BAR2_64, "VI_ATTR_PXI_MEM_BASE_BAR2_64", U64, ReadOnly, None, Link, Global, PXI_INSTR),
    row(VI_ATTR_PXI_MEM_BASE_BAR3_64, "VI_ATTR_PXI_MEM_BASE_BAR3_64", U64, ReadOnly, None, Link, Global, PXI_INSTR),
    row(VI_ATTR_PXI_MEM_BASE_BAR4_64, "VI_ATTR_PXI_MEM_BASE_BAR4_64", U64, ReadOnly, None, Link, Global, PXI_INSTR),
    row(VI_ATTR_PXI_MEM_BASE_BAR5_64, "VI_ATTR_PXI_MEM_BASE_BAR5_64", U64, ReadOnly, None, Link, Global, PXI_INSTR),
    row(VI_ATTR_PXI_MEM_SIZE_BAR0_32, "VI_ATTR_PXI_MEM_SIZE_BAR0_32", U32, ReadOnly, None, Link, Global, PXI_INSTR),
    row(VI_ATTR_PXI_MEM_SIZE_BAR1_32, "VI_ATTR_PXI_MEM_SIZE_BAR1_32", U32, ReadOnly, None, Link, Global, PXI_INSTR),
    row(VI_ATTR_PXI_MEM_SIZE_BAR2_32, "VI_ATTR_PXI_MEM_SIZE_BAR2_32", U32, ReadOnly, None, Link, Global, PXI_INSTR),
    row(VI_ATTR_PXI_MEM_SIZE_BAR3_32, "VI_ATTR_PXI_MEM_SIZE_BAR3_32", U32, ReadOnly, None, Link, Global, PXI_INSTR),
    row(VI_ATTR_PXI_MEM_SIZE_BAR4_32, "VI_ATTR_PXI_MEM_SIZE_BAR4_32", U32, ReadOnly, None, Link, Global, PXI_INSTR),
    row(VI_ATTR_PXI_MEM_SIZE_BAR5_32, "VI_ATTR_PXI_MEM_SIZE_BAR5_32", U32, ReadOnly, None, Link, Global, PXI_INSTR),
    row(VI_ATTR_PXI_MEM_SIZE_BAR0_64, "VI_ATTR_PXI_MEM_SIZE_BAR0_64", U64, ReadOnly, None, Link, Global, PXI_INSTR),
    row(VI_ATTR_PXI_MEM_SIZE_BAR1_64, "VI_ATTR_PXI_MEM_SIZE_BAR1_64", U64, ReadOnly, None, Link, Global, PXI_INSTR),
    row(VI_ATTR_PXI_MEM_SIZE_BAR2_64, "VI_ATTR_PXI_MEM_SIZE_BAR2_64", U64, ReadOnly, None, Link, Global, PXI_INSTR),
    row(VI_ATTR_PXI_MEM_SIZE_BAR3_64, "VI_ATTR_PXI_MEM_SIZE_BAR3_64", U64, ReadOnly, None, Link, Global, PXI_INSTR),
    row(VI_ATTR_PXI_MEM_SIZE_BAR4_64, "VI_ATTR_PXI_MEM_SIZE_BAR4_64", U64, ReadOnly, None, Link, Global, PXI_INSTR),
    row(VI_ATTR_PXI_MEM_SIZE_BAR5_64, "VI_ATTR_PXI_MEM_SIZE_BAR5_64", U64, ReadOnly, None, Link, Global, PXI_INSTR),
    row(VI_ATTR_PXI_IS_EXPRESS, "VI_ATTR_PXI_IS_EXPRESS", Boolean, ReadOnly, None, Link, Global, PXI_INSTR),
    row(VI_ATTR_PXI_SLOT_LWIDTH, "VI_ATTR_PXI_SLOT_LWIDTH", I16, ReadOnly, None, Link, Global, PXI_INSTR),
    row(VI_ATTR_PXI_MAX_LWIDTH, "VI_ATTR_PXI_MAX_LWIDTH", I16, ReadOnly, None, Link, Global, PXI_INSTR),
    row(VI_ATTR_PXI_ACTUAL_LWIDTH, "VI_ATTR_PXI_ACTUAL_LWIDTH", I16, ReadOnly, None, Link, Global, PXI_INSTR),
    row(VI_ATTR_PXI_DSTAR_BUS, "VI_ATTR_PXI_DSTAR_BUS", I16, ReadOnly, None, Link, Global, PXI_INSTR),
    row(VI_ATTR_PXI_DSTAR_SET, "VI_ATTR_PXI_DSTAR_SET", I16, ReadOnly, None, Link, Global, PXI_INSTR),
    row(VI_ATTR_PXI_ALLOW_WRITE_COMBINE, "VI_ATTR_PXI_ALLOW_WRITE_COMBINE", Boolean, Any, None, Link, Local, PXI_MEMORY),
    row(VI_ATTR_PXI_SLOT_WIDTH, "VI_ATTR_PXI_SLOT_WIDTH", U16, ReadOnly, Some(1), Link, Global, PXI_INSTR),
    row(VI_ATTR_PXI_SLOT_OFFSET, "VI_ATTR_PXI_SLOT_OFFSET", U16, ReadOnly, Some(0), Link, Global, PXI_INSTR),
    row(VI_ATTR_TCPIP_SERVER_CERT_IS_PERPETUAL, "VI_ATTR_TCPIP_SERVER_CERT_IS_PERPETUAL", Boolean, ReadOnly, None, Link, Global, HISLIP_OR_SOCKET),
    row(VI_ATTR_TCPIP_SERVER_CERT_SIZE, "VI_ATTR_TCPIP_SERVER_CERT_SIZE", U32, ReadOnly, None, Link, Global, HISLIP_OR_SOCKET),
    // Of HiSLIP alone, but TCPIP_IS_HISLIP answers no on VXI-11 too (rule 5.1.29).
    row(VI_ATTR_TCPIP_HISLIP_OVERLAP_EN, "VI_ATTR_TCPIP_HISLIP_OVERLAP_EN", Boolean, Any, None, Link, Local, HISLIP),
    row(VI_ATTR_TCPIP_HISLIP_VERSION, "VI_ATTR_TCPIP_HISLIP_VERSION", U32, ReadOnly, None, Link, Local, HISLIP),
    row(VI_ATTR_TCPIP_HISLIP_MAX_MESSAGE_KB, "VI_ATTR_TCPIP_HISLIP_MAX_MESSAGE_KB", U32, Any, Some(1024), Link, Local, HISLIP),
    row(VI_ATTR_TCPIP_IS_HISLIP, "VI_ATTR_TCPIP_IS_HISLIP", Boolean, ReadOnly, None, Name, Global, TCPIP_INSTR),
    row(VI_ATTR_TCPIP_HISLIP_ENCRYPTION_EN, "VI_ATTR_TCPIP_HISLIP_ENCRYPTION_EN", Boolean, Any, None, Link, Local, HISLIP),
    // Event contexts; which event carries which is known to the events.
    row(VI_ATTR_JOB_ID, "VI_ATTR_JOB_ID", U32, ReadOnly, None, Context, Local, EVENT),
    row(VI_ATTR_EVENT_TYPE, "VI_ATTR_EVENT_TYPE", U32, ReadOnly, None, Context, Local, EVENT),
    row(VI_ATTR_SIGP_STATUS_ID, "VI_ATTR_SIGP_STATUS_ID", U16, ReadOnly, None, Context, Local, EVENT),
    row(VI_ATTR_RECV_TRIG_ID, "VI_ATTR_RECV_TRIG_ID", I16, ReadOnly, None, Context, Local, EVENT),
    row(VI_ATTR_INTR_STATUS_ID, "VI_ATTR_INTR_STATUS_ID", U32, ReadOnly, None, Context, Local, EVENT),
    row(VI_ATTR_STATUS, "VI_ATTR_STATUS", I32, ReadOnly, None, Context, Local, EVENT),
    row(VI_ATTR_RET_COUNT_32, "VI_ATTR_RET_COUNT_32", U32, ReadOnly, None, Context, Local, EVENT),
    row(VI_ATTR_BUFFER, "VI_ATTR_BUFFER", Address, ReadOnly, None, Context, Local, EVENT),
    row(VI_ATTR_RET_COUNT_64, "VI_ATTR_RET_COUNT_64", U64, ReadOnly, None, Context, Local, EVENT),
    row(VI_ATTR_VXI_DEV_CMD_TYPE, "VI_ATTR_VXI_DEV_CMD_TYPE", I16, ReadOnly, None, Context, Local, EVENT),
    row(VI_ATTR_VXI_DEV_CMD_VALUE, "VI_ATTR_VXI_DEV_CMD_VALUE", U32, ReadOnly, None, Context, Local, EVENT),
    row(VI_ATTR_RECV_INTR_LEVEL, "VI_ATTR_RECV_INTR_LEVEL", I16, ReadOnly, None, Context, Local, EVENT),
    row(VI_ATTR_VXI_TRIG_LINES_EN, "VI_ATTR_VXI_TRIG_LINES_EN", U16, Flags(0xFF), Some(0), Link, Global, VXI_INSTR),
    row(VI_ATTR_VXI_TRIG_DIR, "VI_ATTR_VXI_TRIG_DIR", U16, Flags(0xFF), Some(0), Link, Global, VXI_INSTR),
    row(VI_ATTR_GPIB_RECV_CIC_STATE, "VI_ATTR_GPIB_RECV_CIC_STATE", Boolean, ReadOnly, None, Context, Local, EVENT),
    row(VI_ATTR_USB_RECV_INTR_SIZE, "VI_ATTR_USB_RECV_INTR_SIZE", U16, ReadOnly, None, Context, Local, EVENT),
    row(VI_ATTR_PXI_RECV_INTR_SEQ, "VI_ATTR_PXI_RECV_INTR_SEQ", I16, ReadOnly, None, Context, Local, EVENT),
    row(VI_ATTR_PXI_RECV_INTR_DATA, "VI_ATTR_PXI_RECV_INTR_DATA", U32, ReadOnly, None, Context, Local, EVENT),
    // Texts and byte arrays. A manager's RSRC_NAME is empty (rule 4.2.1).
    row(VI_ATTR_RSRC_CLASS, "VI_ATTR_RSRC_CLASS", Text, ReadOnly, None, Name, Global, RESOURCE),
    row(VI_ATTR_RSRC_CLASS, "VI_ATTR_RSRC_CLASS", Text, ReadOnly, None, Library, Global, MANAGER),
    row(VI_ATTR_RSRC_NAME, "VI_ATTR_RSRC_NAME", Text, ReadOnly, None, Name, Global, RESOURCE),
    row(VI_ATTR_RSRC_NAME, "VI_ATTR_RSRC_NAME", Text, ReadOnly, None, Library, Global, MANAGER),
    row(VI_ATTR_MANF_NAME, "VI_ATTR_MANF_NAME", Text, ReadOnly, None, Link, Global, PRODUCT),
    row(VI_ATTR_MODEL_NAME, "VI_ATTR_MODEL_NAME", Text, ReadOnly, None, Link, Global, PRODUCT),
    // Of a port, its link knows the device as well.
    row(VI_ATTR_INTF_INST_NAME, "VI_ATTR_INTF_INST_NAME", Text, ReadOnly, None, Name, Global, RESOURCE.without(ASRL_INSTR)),
    row(VI_ATTR_INTF_INST_NAME, "VI_ATTR_INTF_INST_NAME", Text, ReadOnly, None, Link, Global, ASRL_INSTR),
    row(VI_ATTR_RSRC_MANF_NAME, "VI_ATTR_RSRC_MANF_NAME", Text, ReadOnly, None, Library, Global, EVERY_SESSION),
    row(VI_ATTR_TCPIP_ADDR, "VI_ATTR_TCPIP_ADDR", Text, ReadOnly, None, Link, Global, NETWORK),
    row(VI_ATTR_TCPIP_HOSTNAME, "VI_ATTR_TCPIP_HOSTNAME", Text, ReadOnly, None, Name, Global, NETWORK),
    row(VI_ATTR_TCPIP_DEVICE_NAME, "VI_ATTR_TCPIP_DEVICE_NAME", Text, ReadOnly, None, Name, Global, TCPIP_INSTR.or(TCPIP_SERVANT)),
    row(VI_ATTR_USB_SERIAL_NUM, "VI_ATTR_USB_SERIAL_NUM", Text, ReadOnly, None, Name, Global, USB),
    row(VI_ATTR_PXI_SLOTPATH, "VI_ATTR_PXI_SLOTPATH", Text, ReadOnly, None, Link, Global, PXI_INSTR),
    row(VI_ATTR_TCPIP_SERVER_CERT_ISSUER_NAME, "VI_ATTR_TCPIP_SERVER_CERT_ISSUER_NAME", Text, ReadOnly, None, Link, Global, HISLIP_OR_SOCKET),
    row(VI_ATTR_TCPIP_SERVER_CERT_SUBJECT_NAME, "VI_ATTR_TCPIP_SERVER_CERT_SUBJECT_NAME", Text, ReadOnly, None, Link, Global, HISLIP_OR_SOCKET),
    row(VI_ATTR_TCPIP_SERVER_CERT_EXPIRATION_DATE, "VI_ATTR_TCPIP_SERVER_CERT_EXPIRATION_DATE", Text, ReadOnly, None, Link, Global, HISLIP_OR_SOCKET),
    row(VI_ATTR_TCPIP_SASL_MECHANISM, "VI_ATTR_TCPIP_SASL_MECHANISM", Text, ReadOnly, None, Link, Global, HISLIP_OR_SOCKET),
    row(VI_ATTR_TCPIP_TLS_CIPHER_SUITE, "VI_ATTR_TCPIP_TLS_CIPHER_SUITE", Text, ReadOnly, None, Link, Global, HISLIP_OR_SOCKET),
    row(VI_ATTR_TCPIP_SERVER_CERT, "VI_ATTR_TCPIP_SERVER_CERT", Bytes, ReadOnly, None, Link, Global, HISLIP_OR_SOCKET),
    row(VI_ATTR_OPER_NAME, "VI_ATTR_OPER_NAME", Text, ReadOnly, None, Context, Local, EVENT),
    row(VI_ATTR_RECV_TCPIP_ADDR, "VI_ATTR_RECV_TCPIP_ADDR", Text, ReadOnly, None, Context, Local, EVENT),
    row(VI_ATTR_USB_RECV_INTR_DATA, "VI_ATTR_USB_RECV_INTR_DATA", Bytes, ReadOnly, None, Context, Local, EVENT),
];
