#![forbid(unsafe_code)]
//! The standard's types and constants (VPP-4.3.2), under the standard's names.
//!
//! `include/visa.h` spells the same for C; the header check in `ctest` compares the two.

/// 8-bit byte.
pub type ViByte = u8;
/// 8-bit unsigned integer.
pub type ViUInt8 = u8;
/// Signed 16-bit integer.
pub type ViInt16 = i16;
/// 16-bit unsigned integer.
pub type ViUInt16 = u16;
/// Signed 32-bit integer.
pub type ViInt32 = i32;
/// 32-bit unsigned integer.
pub type ViUInt32 = u32;
/// 64-bit unsigned integer.
pub type ViUInt64 = u64;
/// A C character; strings are NUL-terminated arrays of these.
pub type ViChar = std::ffi::c_char;
/// 16-bit truth value: VI_FALSE is 0, anything else counts as true when written.
pub type ViBoolean = u16;
/// An untyped address.
pub type ViAddr = *mut std::ffi::c_void;
/// Completion code of an operation: negative for errors.
pub type ViStatus = ViInt32;
/// Version number: 12 bits major, 12 bits minor, 8 bits sub-minor.
pub type ViVersion = ViUInt32;
/// Number of any object: resource manager, session, event context, find list.
pub type ViObject = ViUInt32;
/// Number of a resource manager or resource session.
pub type ViSession = ViObject;
/// Number of an event context.
pub type ViEvent = ViObject;
/// Number of a find list.
pub type ViFindList = ViObject;
/// Identifier of an attribute.
pub type ViAttr = ViUInt32;
/// Identifier of an event type.
pub type ViEventType = ViUInt32;
/// Reserved argument of viEnableEvent.
pub type ViEventFilter = ViUInt32;
/// Identifier of an asynchronous job.
pub type ViJobId = ViUInt32;
/// Lock type and other bits of viOpen's mode.
pub type ViAccessMode = ViUInt32;
/// An attribute's value on its way into viSetAttribute: as wide as the platform's addresses.
#[cfg(target_pointer_width = "64")]
pub type ViAttrState = ViUInt64;
/// An attribute's value on its way into viSetAttribute: as wide as the platform's addresses.
#[cfg(not(target_pointer_width = "64"))]
pub type ViAttrState = ViUInt32;
/// Address on a register-based bus.
pub type ViBusAddress = ViAttrState;
/// Size on a register-based bus.
pub type ViBusSize = ViAttrState;
/// Address on a register-based bus, 64 bits on every platform.
pub type ViBusAddress64 = ViUInt64;
/// An event handler: session, event type, context, the user handle given at installation.
pub type ViHndlr =
    Option<unsafe extern "C" fn(ViSession, ViEventType, ViEvent, ViAddr) -> ViStatus>;

// General
/// Null object/pointer.
pub const VI_NULL: ViUInt32 = 0;
/// Boolean true.
pub const VI_TRUE: ViBoolean = 1;
/// Boolean false.
pub const VI_FALSE: ViBoolean = 0;
/// Version of the standard that the header and library follow: 7.2.
pub const VI_SPEC_VERSION: ViVersion = 0x0070_0200;
/// Size of every description/name buffer.
pub const VI_FIND_BUFLEN: usize = 256;

// Interface type
/// Intf gpib.
pub const VI_INTF_GPIB: ViUInt16 = 1;
/// Intf vxi.
pub const VI_INTF_VXI: ViUInt16 = 2;
/// Intf gpib vxi.
pub const VI_INTF_GPIB_VXI: ViUInt16 = 3;
/// Intf asrl.
pub const VI_INTF_ASRL: ViUInt16 = 4;
/// Intf pxi.
pub const VI_INTF_PXI: ViUInt16 = 5;
/// Intf tcpip.
pub const VI_INTF_TCPIP: ViUInt16 = 6;
/// Intf usb.
pub const VI_INTF_USB: ViUInt16 = 7;

// I/O protocol
/// Prot normal.
pub const VI_PROT_NORMAL: ViUInt16 = 1;
/// Prot fdc.
pub const VI_PROT_FDC: ViUInt16 = 2;
/// Prot hs488.
pub const VI_PROT_HS488: ViUInt16 = 3;
/// Prot 4882 strs.
pub const VI_PROT_4882_STRS: ViUInt16 = 4;
/// Prot usbtmc vendor.
pub const VI_PROT_USBTMC_VENDOR: ViUInt16 = 5;

// VXI fast data channel
/// Fdc normal.
pub const VI_FDC_NORMAL: ViUInt16 = 1;
/// Fdc stream.
pub const VI_FDC_STREAM: ViUInt16 = 2;

// Address space
/// Local space.
pub const VI_LOCAL_SPACE: ViUInt16 = 0;
/// A16 space.
pub const VI_A16_SPACE: ViUInt16 = 1;
/// A24 space.
pub const VI_A24_SPACE: ViUInt16 = 2;
/// A32 space.
pub const VI_A32_SPACE: ViUInt16 = 3;
/// A64 space.
pub const VI_A64_SPACE: ViUInt16 = 4;
/// Pxi alloc space.
pub const VI_PXI_ALLOC_SPACE: ViUInt16 = 9;
/// Pxi cfg space.
pub const VI_PXI_CFG_SPACE: ViUInt16 = 10;
/// Pxi bar0 space.
pub const VI_PXI_BAR0_SPACE: ViUInt16 = 11;
/// Pxi bar1 space.
pub const VI_PXI_BAR1_SPACE: ViUInt16 = 12;
/// Pxi bar2 space.
pub const VI_PXI_BAR2_SPACE: ViUInt16 = 13;
/// Pxi bar3 space.
pub const VI_PXI_BAR3_SPACE: ViUInt16 = 14;
/// Pxi bar4 space.
pub const VI_PXI_BAR4_SPACE: ViUInt16 = 15;
/// Pxi bar5 space.
pub const VI_PXI_BAR5_SPACE: ViUInt16 = 16;
/// Opaque space.
pub const VI_OPAQUE_SPACE: ViUInt16 = 0xFFFF;

// Unknown marker
/// Logical address unknown.
pub const VI_UNKNOWN_LA: ViInt16 = -1;
/// Slot unknown.
pub const VI_UNKNOWN_SLOT: ViInt16 = -1;
/// Interrupt level unknown.
pub const VI_UNKNOWN_LEVEL: ViInt16 = -1;
/// Chassis unknown.
pub const VI_UNKNOWN_CHASSIS: ViInt16 = -1;

// Event mechanism
/// Queue mechanism.
pub const VI_QUEUE: ViUInt16 = 1;
/// Callback mechanism.
pub const VI_HNDLR: ViUInt16 = 2;
/// Callbacks held back until VI_HNDLR.
pub const VI_SUSPEND_HNDLR: ViUInt16 = 4;
/// Every mechanism (disable/discard).
pub const VI_ALL_MECH: ViUInt16 = 0xFFFF;

// Trigger line
/// All destinations (viUnmapTrigger).
pub const VI_TRIG_ALL: ViInt16 = -2;
/// Software trigger.
pub const VI_TRIG_SW: ViInt16 = -1;
/// Trig ttl0.
pub const VI_TRIG_TTL0: ViInt16 = 0;
/// Trig ttl1.
pub const VI_TRIG_TTL1: ViInt16 = 1;
/// Trig ttl2.
pub const VI_TRIG_TTL2: ViInt16 = 2;
/// Trig ttl3.
pub const VI_TRIG_TTL3: ViInt16 = 3;
/// Trig ttl4.
pub const VI_TRIG_TTL4: ViInt16 = 4;
/// Trig ttl5.
pub const VI_TRIG_TTL5: ViInt16 = 5;
/// Trig ttl6.
pub const VI_TRIG_TTL6: ViInt16 = 6;
/// Trig ttl7.
pub const VI_TRIG_TTL7: ViInt16 = 7;
/// Trig ecl0.
pub const VI_TRIG_ECL0: ViInt16 = 8;
/// Trig ecl1.
pub const VI_TRIG_ECL1: ViInt16 = 9;
/// Trig ecl2.
pub const VI_TRIG_ECL2: ViInt16 = 10;
/// Trig ecl3.
pub const VI_TRIG_ECL3: ViInt16 = 11;
/// Trig ecl4.
pub const VI_TRIG_ECL4: ViInt16 = 12;
/// Trig ecl5.
pub const VI_TRIG_ECL5: ViInt16 = 13;
/// Trig star slot1.
pub const VI_TRIG_STAR_SLOT1: ViInt16 = 14;
/// Trig star slot2.
pub const VI_TRIG_STAR_SLOT2: ViInt16 = 15;
/// Trig star slot3.
pub const VI_TRIG_STAR_SLOT3: ViInt16 = 16;
/// Trig star slot4.
pub const VI_TRIG_STAR_SLOT4: ViInt16 = 17;
/// Trig star slot5.
pub const VI_TRIG_STAR_SLOT5: ViInt16 = 18;
/// Trig star slot6.
pub const VI_TRIG_STAR_SLOT6: ViInt16 = 19;
/// Trig star slot7.
pub const VI_TRIG_STAR_SLOT7: ViInt16 = 20;
/// Trig star slot8.
pub const VI_TRIG_STAR_SLOT8: ViInt16 = 21;
/// Trig star slot9.
pub const VI_TRIG_STAR_SLOT9: ViInt16 = 22;
/// Trig star slot10.
pub const VI_TRIG_STAR_SLOT10: ViInt16 = 23;
/// Trig star slot11.
pub const VI_TRIG_STAR_SLOT11: ViInt16 = 24;
/// Trig star slot12.
pub const VI_TRIG_STAR_SLOT12: ViInt16 = 25;
/// Trig star instr.
pub const VI_TRIG_STAR_INSTR: ViInt16 = 26;
/// Trig panel in.
pub const VI_TRIG_PANEL_IN: ViInt16 = 27;
/// Trig panel out.
pub const VI_TRIG_PANEL_OUT: ViInt16 = 28;
/// Trig star vxi0.
pub const VI_TRIG_STAR_VXI0: ViInt16 = 29;
/// Trig star vxi1.
pub const VI_TRIG_STAR_VXI1: ViInt16 = 30;
/// Trig star vxi2.
pub const VI_TRIG_STAR_VXI2: ViInt16 = 31;
/// Trig ttl8.
pub const VI_TRIG_TTL8: ViInt16 = 32;
/// Trig ttl9.
pub const VI_TRIG_TTL9: ViInt16 = 33;
/// Trig ttl10.
pub const VI_TRIG_TTL10: ViInt16 = 34;
/// Trig ttl11.
pub const VI_TRIG_TTL11: ViInt16 = 35;

// Trigger protocol
/// Trig prot default.
pub const VI_TRIG_PROT_DEFAULT: ViUInt16 = 0;
/// Trig prot on.
pub const VI_TRIG_PROT_ON: ViUInt16 = 1;
/// Trig prot off.
pub const VI_TRIG_PROT_OFF: ViUInt16 = 2;
/// Trig prot sync.
pub const VI_TRIG_PROT_SYNC: ViUInt16 = 5;
/// Trig prot reserve.
pub const VI_TRIG_PROT_RESERVE: ViUInt16 = 6;
/// Trig prot unreserve.
pub const VI_TRIG_PROT_UNRESERVE: ViUInt16 = 7;

// Buffer mask
/// Formatted read buffer; viFlush: discard and read to END.
pub const VI_READ_BUF: ViUInt16 = 1;
/// Formatted write buffer; viFlush: send.
pub const VI_WRITE_BUF: ViUInt16 = 2;
/// Drop formatted read buffer, no I/O.
pub const VI_READ_BUF_DISCARD: ViUInt16 = 4;
/// Drop formatted write buffer, no I/O.
pub const VI_WRITE_BUF_DISCARD: ViUInt16 = 8;
/// Low-level input buffer; viFlush: discard.
pub const VI_IO_IN_BUF: ViUInt16 = 16;
/// Low-level output buffer; viFlush: send.
pub const VI_IO_OUT_BUF: ViUInt16 = 32;
/// Drop low-level input.
pub const VI_IO_IN_BUF_DISCARD: ViUInt16 = 64;
/// Drop low-level output.
pub const VI_IO_OUT_BUF_DISCARD: ViUInt16 = 128;

// Buffer mode
/// Flush after every formatted call.
pub const VI_FLUSH_ON_ACCESS: ViUInt16 = 1;
/// Flush on END or full buffer.
pub const VI_FLUSH_WHEN_FULL: ViUInt16 = 2;
/// Only explicit viFlush.
pub const VI_FLUSH_DISABLE: ViUInt16 = 3;

// Window access
/// No window mapped.
pub const VI_NMAPPED: ViUInt16 = 1;
/// Use viPeek/viPoke.
pub const VI_USE_OPERS: ViUInt16 = 2;
/// Pointer may be dereferenced.
pub const VI_DEREF_ADDR: ViUInt16 = 3;

// Timeout
/// Do not wait.
pub const VI_TMO_IMMEDIATE: ViUInt32 = 0;
/// Wait forever.
pub const VI_TMO_INFINITE: ViUInt32 = 0xFFFF_FFFF;

// Access mode / lock
/// Open without lock.
pub const VI_NO_LOCK: ViAccessMode = 0;
/// Exclusive lock.
pub const VI_EXCLUSIVE_LOCK: ViAccessMode = 1;
/// Shared lock.
pub const VI_SHARED_LOCK: ViAccessMode = 2;
/// Open: load stored configuration.
pub const VI_LOAD_CONFIG: ViAccessMode = 4;

// GPIB address
/// No secondary address.
pub const VI_NO_SEC_ADDR: ViUInt16 = 0xFFFF;

// Serial parity
/// Asrl par none.
pub const VI_ASRL_PAR_NONE: ViUInt16 = 0;
/// Asrl par odd.
pub const VI_ASRL_PAR_ODD: ViUInt16 = 1;
/// Asrl par even.
pub const VI_ASRL_PAR_EVEN: ViUInt16 = 2;
/// Asrl par mark.
pub const VI_ASRL_PAR_MARK: ViUInt16 = 3;
/// Asrl par space.
pub const VI_ASRL_PAR_SPACE: ViUInt16 = 4;

// Serial stop bits
/// Asrl stop one.
pub const VI_ASRL_STOP_ONE: ViUInt16 = 10;
/// Asrl stop one5.
pub const VI_ASRL_STOP_ONE5: ViUInt16 = 15;
/// Asrl stop two.
pub const VI_ASRL_STOP_TWO: ViUInt16 = 20;

// Serial flow control
/// Asrl flow none.
pub const VI_ASRL_FLOW_NONE: ViUInt16 = 0;
/// Asrl flow xon xoff.
pub const VI_ASRL_FLOW_XON_XOFF: ViUInt16 = 1;
/// Asrl flow rts cts.
pub const VI_ASRL_FLOW_RTS_CTS: ViUInt16 = 2;
/// Asrl flow dtr dsr.
pub const VI_ASRL_FLOW_DTR_DSR: ViUInt16 = 4;

// Serial end mode
/// Asrl end none.
pub const VI_ASRL_END_NONE: ViUInt16 = 0;
/// Asrl end last bit.
pub const VI_ASRL_END_LAST_BIT: ViUInt16 = 1;
/// Asrl end termchar.
pub const VI_ASRL_END_TERMCHAR: ViUInt16 = 2;
/// Asrl end break.
pub const VI_ASRL_END_BREAK: ViUInt16 = 3;

// Line state
/// Line asserted.
pub const VI_STATE_ASSERTED: ViInt16 = 1;
/// Line not asserted.
pub const VI_STATE_UNASSERTED: ViInt16 = 0;
/// Line state unknown.
pub const VI_STATE_UNKNOWN: ViInt16 = -1;

// Byte order
/// Motorola byte order.
pub const VI_BIG_ENDIAN: ViUInt16 = 0;
/// Intel byte order.
pub const VI_LITTLE_ENDIAN: ViUInt16 = 1;

// Address modifier
/// Data priv.
pub const VI_DATA_PRIV: ViUInt16 = 0;
/// Data npriv.
pub const VI_DATA_NPRIV: ViUInt16 = 1;
/// Prog priv.
pub const VI_PROG_PRIV: ViUInt16 = 2;
/// Prog npriv.
pub const VI_PROG_NPRIV: ViUInt16 = 3;
/// Blck priv.
pub const VI_BLCK_PRIV: ViUInt16 = 4;
/// Blck npriv.
pub const VI_BLCK_NPRIV: ViUInt16 = 5;
/// D64 priv.
pub const VI_D64_PRIV: ViUInt16 = 6;
/// D64 npriv.
pub const VI_D64_NPRIV: ViUInt16 = 7;
/// D64 2evme.
pub const VI_D64_2EVME: ViUInt16 = 8;
/// D64 sst160.
pub const VI_D64_SST160: ViUInt16 = 9;
/// D64 sst267.
pub const VI_D64_SST267: ViUInt16 = 10;
/// D64 sst320.
pub const VI_D64_SST320: ViUInt16 = 11;

// Access width
/// Width 8.
pub const VI_WIDTH_8: ViUInt16 = 1;
/// Width 16.
pub const VI_WIDTH_16: ViUInt16 = 2;
/// Width 32.
pub const VI_WIDTH_32: ViUInt16 = 4;
/// Width 64.
pub const VI_WIDTH_64: ViUInt16 = 8;

// REN mode
/// REN off.
pub const VI_GPIB_REN_DEASSERT: ViUInt16 = 0;
/// REN on.
pub const VI_GPIB_REN_ASSERT: ViUInt16 = 1;
/// Send GTL to device, then REN off.
pub const VI_GPIB_REN_DEASSERT_GTL: ViUInt16 = 2;
/// REN on and address device to listen.
pub const VI_GPIB_REN_ASSERT_ADDRESS: ViUInt16 = 3;
/// Send LLO (REN on).
pub const VI_GPIB_REN_ASSERT_LLO: ViUInt16 = 4;
/// Address device then LLO.
pub const VI_GPIB_REN_ASSERT_ADDRESS_LLO: ViUInt16 = 5;
/// Send GTL to device, REN untouched.
pub const VI_GPIB_REN_ADDRESS_GTL: ViUInt16 = 6;

// ATN mode
/// ATN off, controller standby.
pub const VI_GPIB_ATN_DEASSERT: ViUInt16 = 0;
/// ATN on synchronously.
pub const VI_GPIB_ATN_ASSERT: ViUInt16 = 1;
/// ATN off with shadow handshake.
pub const VI_GPIB_ATN_DEASSERT_HANDSHAKE: ViUInt16 = 2;
/// ATN on asynchronously.
pub const VI_GPIB_ATN_ASSERT_IMMEDIATE: ViUInt16 = 3;

// HS488 cable length
/// Gpib hs488 disabled.
pub const VI_GPIB_HS488_DISABLED: ViInt16 = 0;
/// Gpib hs488 nimpl.
pub const VI_GPIB_HS488_NIMPL: ViInt16 = -1;

// GPIB address state
/// Gpib unaddressed.
pub const VI_GPIB_UNADDRESSED: ViInt16 = 0;
/// Gpib talker.
pub const VI_GPIB_TALKER: ViInt16 = 1;
/// Gpib listener.
pub const VI_GPIB_LISTENER: ViInt16 = 2;

// VXI command/response mode
/// Vxi cmd16.
pub const VI_VXI_CMD16: ViInt16 = 512;
/// Vxi cmd16 resp16.
pub const VI_VXI_CMD16_RESP16: ViInt16 = 514;
/// Vxi resp16.
pub const VI_VXI_RESP16: ViInt16 = 2;
/// Vxi cmd32.
pub const VI_VXI_CMD32: ViInt16 = 1024;
/// Vxi cmd32 resp16.
pub const VI_VXI_CMD32_RESP16: ViInt16 = 1026;
/// Vxi cmd32 resp32.
pub const VI_VXI_CMD32_RESP32: ViInt16 = 1028;
/// Vxi resp32.
pub const VI_VXI_RESP32: ViInt16 = 4;

// Interrupt mode
/// Assert signal.
pub const VI_ASSERT_SIGNAL: ViInt16 = -1;
/// Assert use assigned.
pub const VI_ASSERT_USE_ASSIGNED: ViInt16 = 0;
/// Assert irq1.
pub const VI_ASSERT_IRQ1: ViInt16 = 1;
/// Assert irq2.
pub const VI_ASSERT_IRQ2: ViInt16 = 2;
/// Assert irq3.
pub const VI_ASSERT_IRQ3: ViInt16 = 3;
/// Assert irq4.
pub const VI_ASSERT_IRQ4: ViInt16 = 4;
/// Assert irq5.
pub const VI_ASSERT_IRQ5: ViInt16 = 5;
/// Assert irq6.
pub const VI_ASSERT_IRQ6: ViInt16 = 6;
/// Assert irq7.
pub const VI_ASSERT_IRQ7: ViInt16 = 7;

// Utility signal
/// Util assert sysreset.
pub const VI_UTIL_ASSERT_SYSRESET: ViUInt16 = 1;
/// Util assert sysfail.
pub const VI_UTIL_ASSERT_SYSFAIL: ViUInt16 = 2;
/// Util deassert sysfail.
pub const VI_UTIL_DEASSERT_SYSFAIL: ViUInt16 = 3;

// VXI device class
/// Vxi class memory.
pub const VI_VXI_CLASS_MEMORY: ViUInt16 = 0;
/// Vxi class extended.
pub const VI_VXI_CLASS_EXTENDED: ViUInt16 = 1;
/// Vxi class message.
pub const VI_VXI_CLASS_MESSAGE: ViUInt16 = 2;
/// Vxi class register.
pub const VI_VXI_CLASS_REGISTER: ViUInt16 = 3;
/// Vxi class other.
pub const VI_VXI_CLASS_OTHER: ViUInt16 = 4;

// PXI BAR type
/// Pxi addr none.
pub const VI_PXI_ADDR_NONE: ViUInt16 = 0;
/// Pxi addr mem.
pub const VI_PXI_ADDR_MEM: ViUInt16 = 1;
/// Pxi addr io.
pub const VI_PXI_ADDR_IO: ViUInt16 = 2;
/// Pxi addr cfg.
pub const VI_PXI_ADDR_CFG: ViUInt16 = 3;

// Trigger line
/// Trigger unknown.
pub const VI_TRIG_UNKNOWN: ViInt16 = -1;

// PXI local bus
/// Pxi lbus star trig bus 0.
pub const VI_PXI_LBUS_STAR_TRIG_BUS_0: ViInt16 = 1000;
/// Pxi lbus star trig bus 1.
pub const VI_PXI_LBUS_STAR_TRIG_BUS_1: ViInt16 = 1001;
/// Pxi lbus star trig bus 2.
pub const VI_PXI_LBUS_STAR_TRIG_BUS_2: ViInt16 = 1002;
/// Pxi lbus star trig bus 3.
pub const VI_PXI_LBUS_STAR_TRIG_BUS_3: ViInt16 = 1003;
/// Pxi lbus star trig bus 4.
pub const VI_PXI_LBUS_STAR_TRIG_BUS_4: ViInt16 = 1004;
/// Pxi lbus star trig bus 5.
pub const VI_PXI_LBUS_STAR_TRIG_BUS_5: ViInt16 = 1005;
/// Pxi lbus star trig bus 6.
pub const VI_PXI_LBUS_STAR_TRIG_BUS_6: ViInt16 = 1006;
/// Pxi lbus star trig bus 7.
pub const VI_PXI_LBUS_STAR_TRIG_BUS_7: ViInt16 = 1007;
/// Pxi lbus star trig bus 8.
pub const VI_PXI_LBUS_STAR_TRIG_BUS_8: ViInt16 = 1008;
/// Pxi lbus star trig bus 9.
pub const VI_PXI_LBUS_STAR_TRIG_BUS_9: ViInt16 = 1009;
/// Pxi star trig controller.
pub const VI_PXI_STAR_TRIG_CONTROLLER: ViInt16 = 1413;

// Timeout
/// Alias of VI_TMO_INFINITE.
pub const VI_INFINITE: ViUInt32 = 0xFFFF_FFFF;

// Old protocol name
/// Old name of VI_PROT_NORMAL.
pub const VI_NORMAL: ViUInt16 = 1;
/// Old name of VI_PROT_FDC.
pub const VI_FDC: ViUInt16 = 2;
/// Old name of VI_PROT_HS488.
pub const VI_HS488: ViUInt16 = 3;
/// Old name of VI_PROT_4882_STRS.
pub const VI_ASRL488: ViUInt16 = 4;

// Buffer mask
/// Old name of VI_IO_IN_BUF.
pub const VI_ASRL_IN_BUF: ViUInt16 = 16;
/// Old name of VI_IO_OUT_BUF.
pub const VI_ASRL_OUT_BUF: ViUInt16 = 32;
/// Old name of VI_IO_IN_BUF_DISCARD.
pub const VI_ASRL_IN_BUF_DISCARD: ViUInt16 = 64;
/// Old name of VI_IO_OUT_BUF_DISCARD.
pub const VI_ASRL_OUT_BUF_DISCARD: ViUInt16 = 128;

// Window access
/// NI: dereference, bytes swapped.
pub const VI_DEREF_ADDR_BYTE_SWAP: ViUInt16 = 4;

// PXI local bus
/// Pxi lbus unknown.
pub const VI_PXI_LBUS_UNKNOWN: ViInt16 = -1;
/// Pxi lbus none.
pub const VI_PXI_LBUS_NONE: ViInt16 = 0;

// Interface type
/// Intf rio.
pub const VI_INTF_RIO: ViUInt16 = 8;
/// Intf firewire.
pub const VI_INTF_FIREWIRE: ViUInt16 = 9;

// VXI servant command (NI)
/// Vxi dev cmd type 16.
pub const VI_VXI_DEV_CMD_TYPE_16: ViInt16 = 16;
/// Vxi dev cmd type 32.
pub const VI_VXI_DEV_CMD_TYPE_32: ViInt16 = 32;

// VXI command/response mode
/// Vxi resp none.
pub const VI_VXI_RESP_NONE: ViInt16 = 0;
/// Vxi resp prot error.
pub const VI_VXI_RESP_PROT_ERROR: ViInt16 = -1;

// Serial wire mode (NI)
/// Asrl wire 485 4.
pub const VI_ASRL_WIRE_485_4: ViInt16 = 0;
/// Asrl wire 485 2 dtr echo.
pub const VI_ASRL_WIRE_485_2_DTR_ECHO: ViInt16 = 1;
/// Asrl wire 485 2 dtr ctrl.
pub const VI_ASRL_WIRE_485_2_DTR_CTRL: ViInt16 = 2;
/// Asrl wire 485 2 auto.
pub const VI_ASRL_WIRE_485_2_AUTO: ViInt16 = 3;
/// Asrl wire 232 dte.
pub const VI_ASRL_WIRE_232_DTE: ViInt16 = 128;
/// Asrl wire 232 dce.
pub const VI_ASRL_WIRE_232_DCE: ViInt16 = 129;
/// Asrl wire 232 auto.
pub const VI_ASRL_WIRE_232_AUTO: ViInt16 = 130;

// USB pipe state (NI)
/// Usb pipe state unknown.
pub const VI_USB_PIPE_STATE_UNKNOWN: ViInt16 = -1;
/// Usb pipe ready.
pub const VI_USB_PIPE_READY: ViInt16 = 0;
/// Usb pipe stalled.
pub const VI_USB_PIPE_STALLED: ViInt16 = 1;

// USB end mode (NI)
/// Usb end none.
pub const VI_USB_END_NONE: ViUInt16 = 0;
/// Usb end short.
pub const VI_USB_END_SHORT: ViUInt16 = 4;
/// Usb end short or count.
pub const VI_USB_END_SHORT_OR_COUNT: ViUInt16 = 5;

// Address space
/// NI FireWire space.
pub const VI_FIREWIRE_DFLT_SPACE: ViUInt16 = 5;

// PXI local bus
/// Scxi.
pub const VI_PXI_LBUS_SCXI: ViInt16 = 2000;

// Interface type
/// R&S NRP passport interface number (0x8100).
pub const VI_INTF_RSNRP: ViUInt16 = 0x8100;
/// LeCroy VICP passport interface number.
pub const VI_INTF_VICP: ViUInt16 = 0x8CA0;
/// PyVISA-only number for PRLGX-ASRL.
pub const VI_INTF_PRLGX_ASRL: ViUInt16 = 0x8707;

// Events
/// Async read/write/move finished; posted even when the call returned VI_SUCCESS_SYNC.
pub const VI_EVENT_IO_COMPLETION: ViEventType = 0x3FFF_2009;
/// Hardware trigger sensed (VXI: assertion edge of SYNC/ON) or local GPIB controller triggered.
pub const VI_EVENT_TRIG: ViEventType = 0xBFFF_200A;
/// Service request; INSTR sessions must call viReadSTB before another one is guaranteed.
pub const VI_EVENT_SERVICE_REQ: ViEventType = 0x3FFF_200B;
/// Local controller received a device clear.
pub const VI_EVENT_CLEAR: ViEventType = 0x3FFF_200D;
/// An operation is about to return an error; handler only, called synchronously in the failing call; enabling VI_QUEUE or VI_SUSPEND_HNDLR => VI_ERROR_INV_MECH (NI) or VI_ERROR_NSUP_MECH.
pub const VI_EVENT_EXCEPTION: ViEventType = 0xBFFF_200E;
/// Controller-in-charge gained or lost.
pub const VI_EVENT_GPIB_CIC: ViEventType = 0x3FFF_2012;
/// Local controller addressed to talk.
pub const VI_EVENT_GPIB_TALK: ViEventType = 0x3FFF_2013;
/// Local controller addressed to listen.
pub const VI_EVENT_GPIB_LISTEN: ViEventType = 0x3FFF_2014;
/// SYSFAIL* asserted.
pub const VI_EVENT_VXI_VME_SYSFAIL: ViEventType = 0x3FFF_201D;
/// SYSRESET* asserted.
pub const VI_EVENT_VXI_VME_SYSRESET: ViEventType = 0x3FFF_201E;
/// VXI signal or interrupt from the device.
pub const VI_EVENT_VXI_SIGP: ViEventType = 0x3FFF_2020;
/// VXI/VME interrupt from the device.
pub const VI_EVENT_VXI_VME_INTR: ViEventType = 0xBFFF_2021;
/// PXI/PCI interrupt.
pub const VI_EVENT_PXI_INTR: ViEventType = 0x3FFF_2022;
/// A remote controller connected.
pub const VI_EVENT_TCPIP_CONNECT: ViEventType = 0x3FFF_2036;
/// Vendor specific interrupt-IN data.
pub const VI_EVENT_USB_INTR: ViEventType = 0x3FFF_2037;
/// NI: word-serial command received by the servant.
pub const VI_EVENT_VXI_DEV_CMD: ViEventType = 0xBFFF_200F;
/// NI: break received.
pub const VI_EVENT_ASRL_BREAK: ViEventType = 0x3FFF_2023;
/// NI: termination character received.
pub const VI_EVENT_ASRL_TERMCHAR: ViEventType = 0x3FFF_2024;
/// NI: CTS changed.
pub const VI_EVENT_ASRL_CTS: ViEventType = 0x3FFF_2029;
/// NI: DSR changed.
pub const VI_EVENT_ASRL_DSR: ViEventType = 0x3FFF_202A;
/// NI: DCD changed.
pub const VI_EVENT_ASRL_DCD: ViEventType = 0x3FFF_202C;
/// NI: RI changed.
pub const VI_EVENT_ASRL_RI: ViEventType = 0x3FFF_202E;
/// NI: a character arrived.
pub const VI_EVENT_ASRL_CHAR: ViEventType = 0x3FFF_2035;
/// Pseudo type: every event currently enabled on the session; valid in enable/disable/discard/wait, not in install handler.
pub const VI_ALL_ENABLED_EVENTS: ViEventType = 0x3FFF_7FFF;

// Attributes; what each is, who has it and its range stands in the attribute table.
/// `ViString`, RO.
pub const VI_ATTR_RSRC_CLASS: ViAttr = 0xBFFF_0001;
/// `ViRsrc`, RO.
pub const VI_ATTR_RSRC_NAME: ViAttr = 0xBFFF_0002;
/// `ViVersion`, RO.
pub const VI_ATTR_RSRC_IMPL_VERSION: ViAttr = 0x3FFF_0003;
/// `ViAccessMode`, RO.
pub const VI_ATTR_RSRC_LOCK_STATE: ViAttr = 0x3FFF_0004;
/// `ViUInt32`, RW.
pub const VI_ATTR_MAX_QUEUE_LENGTH: ViAttr = 0x3FFF_0005;
/// `ViUInt32`, RW.
pub const VI_ATTR_USER_DATA_32: ViAttr = 0x3FFF_0007;
/// `ViUInt64`, RW.
pub const VI_ATTR_USER_DATA_64: ViAttr = 0x3FFF_000A;
/// The form of the platform's width.
#[cfg(target_pointer_width = "64")]
pub const VI_ATTR_USER_DATA: ViAttr = VI_ATTR_USER_DATA_64;
/// The form of the platform's width.
#[cfg(not(target_pointer_width = "64"))]
pub const VI_ATTR_USER_DATA: ViAttr = VI_ATTR_USER_DATA_32;
/// `ViUInt16`, RW.
pub const VI_ATTR_FDC_CHNL: ViAttr = 0x3FFF_000D;
/// `ViUInt16`, RW.
pub const VI_ATTR_FDC_MODE: ViAttr = 0x3FFF_000F;
/// `ViBoolean`, RW.
pub const VI_ATTR_FDC_GEN_SIGNAL_EN: ViAttr = 0x3FFF_0011;
/// `ViBoolean`, RW.
pub const VI_ATTR_FDC_USE_PAIR: ViAttr = 0x3FFF_0013;
/// `ViBoolean`, RW.
pub const VI_ATTR_SEND_END_EN: ViAttr = 0x3FFF_0016;
/// `ViUInt8`, RW.
pub const VI_ATTR_TERMCHAR: ViAttr = 0x3FFF_0018;
/// `ViUInt32`, RW.
pub const VI_ATTR_TMO_VALUE: ViAttr = 0x3FFF_001A;
/// `ViBoolean`, RW.
pub const VI_ATTR_GPIB_READDR_EN: ViAttr = 0x3FFF_001B;
/// `ViUInt16`, RW.
pub const VI_ATTR_IO_PROT: ViAttr = 0x3FFF_001C;
/// `ViBoolean`, RW.
pub const VI_ATTR_DMA_ALLOW_EN: ViAttr = 0x3FFF_001E;
/// `ViUInt32`, RW.
pub const VI_ATTR_ASRL_BAUD: ViAttr = 0x3FFF_0021;
/// `ViUInt16`, RW.
pub const VI_ATTR_ASRL_DATA_BITS: ViAttr = 0x3FFF_0022;
/// `ViUInt16`, RW.
pub const VI_ATTR_ASRL_PARITY: ViAttr = 0x3FFF_0023;
/// `ViUInt16`, RW.
pub const VI_ATTR_ASRL_STOP_BITS: ViAttr = 0x3FFF_0024;
/// `ViUInt16`, RW.
pub const VI_ATTR_ASRL_FLOW_CNTRL: ViAttr = 0x3FFF_0025;
/// `ViUInt16`, RW.
pub const VI_ATTR_RD_BUF_OPER_MODE: ViAttr = 0x3FFF_002A;
/// `ViUInt32`, RO.
pub const VI_ATTR_RD_BUF_SIZE: ViAttr = 0x3FFF_002B;
/// `ViUInt16`, RW.
pub const VI_ATTR_WR_BUF_OPER_MODE: ViAttr = 0x3FFF_002D;
/// `ViUInt32`, RO.
pub const VI_ATTR_WR_BUF_SIZE: ViAttr = 0x3FFF_002E;
/// `ViBoolean`, RW.
pub const VI_ATTR_SUPPRESS_END_EN: ViAttr = 0x3FFF_0036;
/// `ViBoolean`, RW.
pub const VI_ATTR_TERMCHAR_EN: ViAttr = 0x3FFF_0038;
/// `ViUInt16`, RW.
pub const VI_ATTR_DEST_ACCESS_PRIV: ViAttr = 0x3FFF_0039;
/// `ViUInt16`, RW.
pub const VI_ATTR_DEST_BYTE_ORDER: ViAttr = 0x3FFF_003A;
/// `ViUInt16`, RW.
pub const VI_ATTR_SRC_ACCESS_PRIV: ViAttr = 0x3FFF_003C;
/// `ViUInt16`, RW.
pub const VI_ATTR_SRC_BYTE_ORDER: ViAttr = 0x3FFF_003D;
/// `ViInt32`, RW.
pub const VI_ATTR_SRC_INCREMENT: ViAttr = 0x3FFF_0040;
/// `ViInt32`, RW.
pub const VI_ATTR_DEST_INCREMENT: ViAttr = 0x3FFF_0041;
/// `ViUInt16`, RW.
pub const VI_ATTR_WIN_ACCESS_PRIV: ViAttr = 0x3FFF_0045;
/// `ViUInt16`, RW.
pub const VI_ATTR_WIN_BYTE_ORDER: ViAttr = 0x3FFF_0047;
/// `ViInt16`, RO.
pub const VI_ATTR_GPIB_ATN_STATE: ViAttr = 0x3FFF_0057;
/// `ViInt16`, RO.
pub const VI_ATTR_GPIB_ADDR_STATE: ViAttr = 0x3FFF_005C;
/// `ViBoolean`, RO.
pub const VI_ATTR_GPIB_CIC_STATE: ViAttr = 0x3FFF_005E;
/// `ViInt16`, RO.
pub const VI_ATTR_GPIB_NDAC_STATE: ViAttr = 0x3FFF_0062;
/// `ViInt16`, RO.
pub const VI_ATTR_GPIB_SRQ_STATE: ViAttr = 0x3FFF_0067;
/// `ViBoolean`, RW.
pub const VI_ATTR_GPIB_SYS_CNTRL_STATE: ViAttr = 0x3FFF_0068;
/// `ViInt16`, RW.
pub const VI_ATTR_GPIB_HS488_CBL_LEN: ViAttr = 0x3FFF_0069;
/// `ViInt16`, RO.
pub const VI_ATTR_CMDR_LA: ViAttr = 0x3FFF_006B;
/// `ViUInt16`, RO.
pub const VI_ATTR_VXI_DEV_CLASS: ViAttr = 0x3FFF_006C;
/// `ViInt16`, RO.
pub const VI_ATTR_MAINFRAME_LA: ViAttr = 0x3FFF_0070;
/// `ViString`, RO.
pub const VI_ATTR_MANF_NAME: ViAttr = 0xBFFF_0072;
/// `ViString`, RO.
pub const VI_ATTR_MODEL_NAME: ViAttr = 0xBFFF_0077;
/// `ViUInt16`, RO.
pub const VI_ATTR_VXI_VME_INTR_STATUS: ViAttr = 0x3FFF_008B;
/// `ViUInt32`, RO.
pub const VI_ATTR_VXI_TRIG_STATUS: ViAttr = 0x3FFF_008D;
/// `ViInt16`, RO.
pub const VI_ATTR_VXI_VME_SYSFAIL_STATE: ViAttr = 0x3FFF_0094;
/// `ViUInt32`, RO.
pub const VI_ATTR_WIN_BASE_ADDR_32: ViAttr = 0x3FFF_0098;
/// `ViUInt64`, RO.
pub const VI_ATTR_WIN_BASE_ADDR_64: ViAttr = 0x3FFF_009B;
/// The form of the platform's width.
#[cfg(target_pointer_width = "64")]
pub const VI_ATTR_WIN_BASE_ADDR: ViAttr = VI_ATTR_WIN_BASE_ADDR_64;
/// The form of the platform's width.
#[cfg(not(target_pointer_width = "64"))]
pub const VI_ATTR_WIN_BASE_ADDR: ViAttr = VI_ATTR_WIN_BASE_ADDR_32;
/// `ViUInt32`, RO.
pub const VI_ATTR_WIN_SIZE_32: ViAttr = 0x3FFF_009A;
/// `ViUInt64`, RO.
pub const VI_ATTR_WIN_SIZE_64: ViAttr = 0x3FFF_009C;
/// The form of the platform's width.
#[cfg(target_pointer_width = "64")]
pub const VI_ATTR_WIN_SIZE: ViAttr = VI_ATTR_WIN_SIZE_64;
/// The form of the platform's width.
#[cfg(not(target_pointer_width = "64"))]
pub const VI_ATTR_WIN_SIZE: ViAttr = VI_ATTR_WIN_SIZE_32;
/// `ViUInt32`, RO.
pub const VI_ATTR_ASRL_AVAIL_NUM: ViAttr = 0x3FFF_00AC;
/// `ViUInt32`, RO.
pub const VI_ATTR_MEM_BASE_32: ViAttr = 0x3FFF_00AD;
/// `ViUInt64`, RO.
pub const VI_ATTR_MEM_BASE_64: ViAttr = 0x3FFF_00D0;
/// The form of the platform's width.
#[cfg(target_pointer_width = "64")]
pub const VI_ATTR_MEM_BASE: ViAttr = VI_ATTR_MEM_BASE_64;
/// The form of the platform's width.
#[cfg(not(target_pointer_width = "64"))]
pub const VI_ATTR_MEM_BASE: ViAttr = VI_ATTR_MEM_BASE_32;
/// `ViInt16`, RO.
pub const VI_ATTR_ASRL_CTS_STATE: ViAttr = 0x3FFF_00AE;
/// `ViInt16`, RO(RW in DCE wire mode, NI).
pub const VI_ATTR_ASRL_DCD_STATE: ViAttr = 0x3FFF_00AF;
/// `ViBoolean`, RW.
pub const VI_ATTR_ASRL_DISCARD_NULL: ViAttr = 0x3FFF_00B0;
/// `ViInt16`, RO.
pub const VI_ATTR_ASRL_DSR_STATE: ViAttr = 0x3FFF_00B1;
/// `ViInt16`, RW.
pub const VI_ATTR_ASRL_DTR_STATE: ViAttr = 0x3FFF_00B2;
/// `ViUInt16`, RW.
pub const VI_ATTR_ASRL_END_IN: ViAttr = 0x3FFF_00B3;
/// `ViUInt16`, RW.
pub const VI_ATTR_ASRL_END_OUT: ViAttr = 0x3FFF_00B4;
/// `ViUInt8`, RW.
pub const VI_ATTR_ASRL_REPLACE_CHAR: ViAttr = 0x3FFF_00BE;
/// `ViInt16`, RO(RW in DCE wire mode, NI).
pub const VI_ATTR_ASRL_RI_STATE: ViAttr = 0x3FFF_00BF;
/// `ViInt16`, RW.
pub const VI_ATTR_ASRL_RTS_STATE: ViAttr = 0x3FFF_00C0;
/// `ViUInt8`, RW.
pub const VI_ATTR_ASRL_XON_CHAR: ViAttr = 0x3FFF_00C1;
/// `ViUInt8`, RW.
pub const VI_ATTR_ASRL_XOFF_CHAR: ViAttr = 0x3FFF_00C2;
/// `ViUInt16`, RO.
pub const VI_ATTR_WIN_ACCESS: ViAttr = 0x3FFF_00C3;
/// `ViSession`, RO.
pub const VI_ATTR_RM_SESSION: ViAttr = 0x3FFF_00C4;
/// `ViInt16`, RO.
pub const VI_ATTR_VXI_LA: ViAttr = 0x3FFF_00D5;
/// `ViUInt16`, RO.
pub const VI_ATTR_MANF_ID: ViAttr = 0x3FFF_00D9;
/// `ViUInt32`, RO.
pub const VI_ATTR_MEM_SIZE_32: ViAttr = 0x3FFF_00DD;
/// `ViUInt64`, RO.
pub const VI_ATTR_MEM_SIZE_64: ViAttr = 0x3FFF_00D1;
/// The form of the platform's width.
#[cfg(target_pointer_width = "64")]
pub const VI_ATTR_MEM_SIZE: ViAttr = VI_ATTR_MEM_SIZE_64;
/// The form of the platform's width.
#[cfg(not(target_pointer_width = "64"))]
pub const VI_ATTR_MEM_SIZE: ViAttr = VI_ATTR_MEM_SIZE_32;
/// `ViUInt16`, RO.
pub const VI_ATTR_MEM_SPACE: ViAttr = 0x3FFF_00DE;
/// `ViUInt16`, RO.
pub const VI_ATTR_MODEL_CODE: ViAttr = 0x3FFF_00DF;
/// `ViInt16`, RO.
pub const VI_ATTR_SLOT: ViAttr = 0x3FFF_00E8;
/// `ViString`, RO.
pub const VI_ATTR_INTF_INST_NAME: ViAttr = 0xBFFF_00E9;
/// `ViBoolean`, RO.
pub const VI_ATTR_IMMEDIATE_SERV: ViAttr = 0x3FFF_0100;
/// `ViUInt16`, RO.
pub const VI_ATTR_INTF_PARENT_NUM: ViAttr = 0x3FFF_0101;
/// `ViVersion`, RO.
pub const VI_ATTR_RSRC_SPEC_VERSION: ViAttr = 0x3FFF_0170;
/// `ViUInt16`, RO.
pub const VI_ATTR_INTF_TYPE: ViAttr = 0x3FFF_0171;
/// `ViUInt16`, RO(RW on INTFC,SERVANT).
pub const VI_ATTR_GPIB_PRIMARY_ADDR: ViAttr = 0x3FFF_0172;
/// `ViUInt16`, RO(RW on INTFC,SERVANT).
pub const VI_ATTR_GPIB_SECONDARY_ADDR: ViAttr = 0x3FFF_0173;
/// `ViString`, RO.
pub const VI_ATTR_RSRC_MANF_NAME: ViAttr = 0xBFFF_0174;
/// `ViUInt16`, RO.
pub const VI_ATTR_RSRC_MANF_ID: ViAttr = 0x3FFF_0175;
/// `ViUInt16`, RO.
pub const VI_ATTR_INTF_NUM: ViAttr = 0x3FFF_0176;
/// `ViInt16`, RW.
pub const VI_ATTR_TRIG_ID: ViAttr = 0x3FFF_0177;
/// `ViInt16`, RO.
pub const VI_ATTR_GPIB_REN_STATE: ViAttr = 0x3FFF_0181;
/// `ViBoolean`, RW.
pub const VI_ATTR_GPIB_UNADDR_EN: ViAttr = 0x3FFF_0184;
/// `ViUInt8`, RW.
pub const VI_ATTR_DEV_STATUS_BYTE: ViAttr = 0x3FFF_0189;
/// `ViBoolean`, RW.
pub const VI_ATTR_FILE_APPEND_EN: ViAttr = 0x3FFF_0192;
/// `ViUInt32`, RO.
pub const VI_ATTR_VXI_TRIG_SUPPORT: ViAttr = 0x3FFF_0194;
/// `ViString`, RO.
pub const VI_ATTR_TCPIP_ADDR: ViAttr = 0xBFFF_0195;
/// `ViString`, RO.
pub const VI_ATTR_TCPIP_HOSTNAME: ViAttr = 0xBFFF_0196;
/// `ViUInt16`, RO.
pub const VI_ATTR_TCPIP_PORT: ViAttr = 0x3FFF_0197;
/// `ViString`, RO.
pub const VI_ATTR_TCPIP_DEVICE_NAME: ViAttr = 0xBFFF_0199;
/// `ViBoolean`, RW.
pub const VI_ATTR_TCPIP_NODELAY: ViAttr = 0x3FFF_019A;
/// `ViBoolean`, RW.
pub const VI_ATTR_TCPIP_KEEPALIVE: ViAttr = 0x3FFF_019B;
/// `ViBoolean`, RO.
pub const VI_ATTR_4882_COMPLIANT: ViAttr = 0x3FFF_019F;
/// `ViString`, RO.
pub const VI_ATTR_USB_SERIAL_NUM: ViAttr = 0xBFFF_01A0;
/// `ViInt16`, RO.
pub const VI_ATTR_USB_INTFC_NUM: ViAttr = 0x3FFF_01A1;
/// `ViInt16`, RO.
pub const VI_ATTR_USB_PROTOCOL: ViAttr = 0x3FFF_01A7;
/// `ViUInt16`, RW.
pub const VI_ATTR_USB_MAX_INTR_SIZE: ViAttr = 0x3FFF_01AF;
/// `ViUInt16`, RO.
pub const VI_ATTR_PXI_DEV_NUM: ViAttr = 0x3FFF_0201;
/// `ViUInt16`, RO.
pub const VI_ATTR_PXI_FUNC_NUM: ViAttr = 0x3FFF_0202;
/// `ViUInt16`, RO.
pub const VI_ATTR_PXI_BUS_NUM: ViAttr = 0x3FFF_0205;
/// `ViInt16`, RO.
pub const VI_ATTR_PXI_CHASSIS: ViAttr = 0x3FFF_0206;
/// `ViString`, RO.
pub const VI_ATTR_PXI_SLOTPATH: ViAttr = 0xBFFF_0207;
/// `ViInt16`, RO.
pub const VI_ATTR_PXI_SLOT_LBUS_LEFT: ViAttr = 0x3FFF_0208;
/// `ViInt16`, RO.
pub const VI_ATTR_PXI_SLOT_LBUS_RIGHT: ViAttr = 0x3FFF_0209;
/// `ViInt16`, RO(RW on BACKPLANE).
pub const VI_ATTR_PXI_TRIG_BUS: ViAttr = 0x3FFF_020A;
/// `ViInt16`, RO.
pub const VI_ATTR_PXI_STAR_TRIG_BUS: ViAttr = 0x3FFF_020B;
/// `ViInt16`, RO.
pub const VI_ATTR_PXI_STAR_TRIG_LINE: ViAttr = 0x3FFF_020C;
/// `ViInt16`, RW.
pub const VI_ATTR_PXI_SRC_TRIG_BUS: ViAttr = 0x3FFF_020D;
/// `ViInt16`, RW.
pub const VI_ATTR_PXI_DEST_TRIG_BUS: ViAttr = 0x3FFF_020E;
/// `ViBoolean`, RO.
pub const VI_ATTR_PXI_IS_EXPRESS: ViAttr = 0x3FFF_0240;
/// `ViInt16`, RO.
pub const VI_ATTR_PXI_SLOT_LWIDTH: ViAttr = 0x3FFF_0241;
/// `ViInt16`, RO.
pub const VI_ATTR_PXI_MAX_LWIDTH: ViAttr = 0x3FFF_0242;
/// `ViInt16`, RO.
pub const VI_ATTR_PXI_ACTUAL_LWIDTH: ViAttr = 0x3FFF_0243;
/// `ViInt16`, RO.
pub const VI_ATTR_PXI_DSTAR_BUS: ViAttr = 0x3FFF_0244;
/// `ViInt16`, RO.
pub const VI_ATTR_PXI_DSTAR_SET: ViAttr = 0x3FFF_0245;
/// `ViBoolean`, RW.
pub const VI_ATTR_PXI_ALLOW_WRITE_COMBINE: ViAttr = 0x3FFF_0246;
/// `ViUInt16`, RO.
pub const VI_ATTR_PXI_SLOT_WIDTH: ViAttr = 0x3FFF_0247;
/// `ViUInt16`, RO.
pub const VI_ATTR_PXI_SLOT_OFFSET: ViAttr = 0x3FFF_0248;
/// `ViString`, RO.
pub const VI_ATTR_TCPIP_SERVER_CERT_ISSUER_NAME: ViAttr = 0xBFFF_0270;
/// `ViString`, RO.
pub const VI_ATTR_TCPIP_SERVER_CERT_SUBJECT_NAME: ViAttr = 0xBFFF_0271;
/// `ViString`, RO.
pub const VI_ATTR_TCPIP_SERVER_CERT_EXPIRATION_DATE: ViAttr = 0xBFFF_0272;
/// `ViBoolean`, RO.
pub const VI_ATTR_TCPIP_SERVER_CERT_IS_PERPETUAL: ViAttr = 0x3FFF_0273;
/// `ViString`, RO.
pub const VI_ATTR_TCPIP_SASL_MECHANISM: ViAttr = 0xBFFF_0274;
/// `ViString`, RO.
pub const VI_ATTR_TCPIP_TLS_CIPHER_SUITE: ViAttr = 0xBFFF_0275;
/// `ViUInt8[]`, RO.
pub const VI_ATTR_TCPIP_SERVER_CERT: ViAttr = 0xBFFF_0276;
/// `ViUInt32`, RO.
pub const VI_ATTR_TCPIP_SERVER_CERT_SIZE: ViAttr = 0x3FFF_0277;
/// `ViBoolean`, RW.
pub const VI_ATTR_TCPIP_HISLIP_OVERLAP_EN: ViAttr = 0x3FFF_0300;
/// `ViVersion`, RO.
pub const VI_ATTR_TCPIP_HISLIP_VERSION: ViAttr = 0x3FFF_0301;
/// `ViUInt32`, RW.
pub const VI_ATTR_TCPIP_HISLIP_MAX_MESSAGE_KB: ViAttr = 0x3FFF_0302;
/// `ViBoolean`, RO.
pub const VI_ATTR_TCPIP_IS_HISLIP: ViAttr = 0x3FFF_0303;
/// `ViBoolean`, RW.
pub const VI_ATTR_TCPIP_HISLIP_ENCRYPTION_EN: ViAttr = 0x3FFF_0304;
/// `ViUInt32`, RO.
pub const VI_ATTR_RET_COUNT_32: ViAttr = 0x3FFF_4026;
/// `ViUInt64`, RO.
pub const VI_ATTR_RET_COUNT_64: ViAttr = 0x3FFF_4028;
/// The form of the platform's width.
#[cfg(target_pointer_width = "64")]
pub const VI_ATTR_RET_COUNT: ViAttr = VI_ATTR_RET_COUNT_64;
/// The form of the platform's width.
#[cfg(not(target_pointer_width = "64"))]
pub const VI_ATTR_RET_COUNT: ViAttr = VI_ATTR_RET_COUNT_32;
/// `ViJobId`, RO.
pub const VI_ATTR_JOB_ID: ViAttr = 0x3FFF_4006;
/// `ViEventType`, RO.
pub const VI_ATTR_EVENT_TYPE: ViAttr = 0x3FFF_4010;
/// `ViUInt16`, RO.
pub const VI_ATTR_SIGP_STATUS_ID: ViAttr = 0x3FFF_4011;
/// `ViInt16`, RO.
pub const VI_ATTR_RECV_TRIG_ID: ViAttr = 0x3FFF_4012;
/// `ViUInt32`, RO.
pub const VI_ATTR_INTR_STATUS_ID: ViAttr = 0x3FFF_4023;
/// `ViStatus`, RO.
pub const VI_ATTR_STATUS: ViAttr = 0x3FFF_4025;
/// `ViBuf (ViAddr)`, RO.
pub const VI_ATTR_BUFFER: ViAttr = 0x3FFF_4027;
/// `ViInt16`, RO.
pub const VI_ATTR_RECV_INTR_LEVEL: ViAttr = 0x3FFF_4041;
/// `ViString`, RO.
pub const VI_ATTR_OPER_NAME: ViAttr = 0xBFFF_4042;
/// `ViBoolean`, RO.
pub const VI_ATTR_GPIB_RECV_CIC_STATE: ViAttr = 0x3FFF_4193;
/// `ViString`, RO.
pub const VI_ATTR_RECV_TCPIP_ADDR: ViAttr = 0xBFFF_4198;
/// `ViUInt16`, RO.
pub const VI_ATTR_USB_RECV_INTR_SIZE: ViAttr = 0x3FFF_41B0;
/// `ViAUInt8`, RO.
pub const VI_ATTR_USB_RECV_INTR_DATA: ViAttr = 0xBFFF_41B1;
/// `ViInt16`, RO.
pub const VI_ATTR_PXI_RECV_INTR_SEQ: ViAttr = 0x3FFF_4240;
/// `ViUInt32`, RO.
pub const VI_ATTR_PXI_RECV_INTR_DATA: ViAttr = 0x3FFF_4241;
/// `ViBoolean`, RO.
pub const VI_ATTR_ASRL_CONNECTED: ViAttr = 0x3FFF_01BB;
/// `ViInt16`, RW.
pub const VI_ATTR_ASRL_BREAK_STATE: ViAttr = 0x3FFF_01BC;
/// `ViInt16`, RW.
pub const VI_ATTR_ASRL_BREAK_LEN: ViAttr = 0x3FFF_01BD;
/// `ViBoolean`, RW.
pub const VI_ATTR_ASRL_ALLOW_TRANSMIT: ViAttr = 0x3FFF_01BE;
/// `ViInt16`, RW.
pub const VI_ATTR_ASRL_WIRE_MODE: ViAttr = 0x3FFF_01BF;
/// `ViInt16`, RW.
pub const VI_ATTR_USB_BULK_OUT_PIPE: ViAttr = 0x3FFF_01A2;
/// `ViInt16`, RW.
pub const VI_ATTR_USB_BULK_IN_PIPE: ViAttr = 0x3FFF_01A3;
/// `ViInt16`, RW.
pub const VI_ATTR_USB_INTR_IN_PIPE: ViAttr = 0x3FFF_01A4;
/// `ViInt16`, RO.
pub const VI_ATTR_USB_CLASS: ViAttr = 0x3FFF_01A5;
/// `ViInt16`, RO.
pub const VI_ATTR_USB_SUBCLASS: ViAttr = 0x3FFF_01A6;
/// `ViInt16`, RW.
pub const VI_ATTR_USB_ALT_SETTING: ViAttr = 0x3FFF_01A8;
/// `ViUInt16`, RW.
pub const VI_ATTR_USB_END_IN: ViAttr = 0x3FFF_01A9;
/// `ViInt16`, RO.
pub const VI_ATTR_USB_NUM_INTFCS: ViAttr = 0x3FFF_01AA;
/// `ViInt16`, RO.
pub const VI_ATTR_USB_NUM_PIPES: ViAttr = 0x3FFF_01AB;
/// `ViInt16`, RW.
pub const VI_ATTR_USB_BULK_OUT_STATUS: ViAttr = 0x3FFF_01AC;
/// `ViInt16`, RW.
pub const VI_ATTR_USB_BULK_IN_STATUS: ViAttr = 0x3FFF_01AD;
/// `ViInt16`, RW.
pub const VI_ATTR_USB_INTR_IN_STATUS: ViAttr = 0x3FFF_01AE;
/// `ViInt16`, RW.
pub const VI_ATTR_USB_CTRL_PIPE: ViAttr = 0x3FFF_01B0;
/// `ViUInt16`, RW.
pub const VI_ATTR_VXI_TRIG_LINES_EN: ViAttr = 0x3FFF_4043;
/// `ViUInt16`, RW.
pub const VI_ATTR_VXI_TRIG_DIR: ViAttr = 0x3FFF_4044;
/// `ViBoolean`, RW.
pub const VI_ATTR_SYNC_MXI_ALLOW_EN: ViAttr = 0x3FFF_0161;
/// `ViInt16`, RO.
pub const VI_ATTR_VXI_DEV_CMD_TYPE: ViAttr = 0x3FFF_4037;
/// `ViUInt32`, RO.
pub const VI_ATTR_VXI_DEV_CMD_VALUE: ViAttr = 0x3FFF_4038;
/// `ViUInt16`, RO.
pub const VI_ATTR_PXI_SUB_MANF_ID: ViAttr = 0x3FFF_0203;
/// `ViUInt16`, RO.
pub const VI_ATTR_PXI_SUB_MODEL_CODE: ViAttr = 0x3FFF_0204;
/// `ViBoolean`, RW.
pub const VI_ATTR_PXI_USE_PREALLOC_POOL: ViAttr = 0x3FFF_020F;
/// `ViUInt16`, RW.
pub const VI_ATTR_FIREWIRE_DEST_UPPER_OFFSET: ViAttr = 0x3FFF_01F0;
/// `ViUInt16`, RW.
pub const VI_ATTR_FIREWIRE_SRC_UPPER_OFFSET: ViAttr = 0x3FFF_01F1;
/// `ViUInt16`, RW.
pub const VI_ATTR_FIREWIRE_WIN_UPPER_OFFSET: ViAttr = 0x3FFF_01F2;
/// `ViUInt32`, RO.
pub const VI_ATTR_FIREWIRE_VENDOR_ID: ViAttr = 0x3FFF_01F3;
/// `ViUInt32`, RO.
pub const VI_ATTR_FIREWIRE_LOWER_CHIP_ID: ViAttr = 0x3FFF_01F4;
/// `ViUInt8`, RO.
pub const VI_ATTR_FIREWIRE_UPPER_CHIP_ID: ViAttr = 0x3FFF_01F5;
/// `ViUInt16`, RO.
pub const VI_ATTR_PXI_MEM_TYPE_BAR0: ViAttr = 0x3FFF_0211;
/// `ViUInt32`, RO.
pub const VI_ATTR_PXI_MEM_BASE_BAR0_32: ViAttr = 0x3FFF_0221;
/// `ViUInt64`, RO.
pub const VI_ATTR_PXI_MEM_BASE_BAR0_64: ViAttr = 0x3FFF_0228;
/// The form of the platform's width.
#[cfg(target_pointer_width = "64")]
pub const VI_ATTR_PXI_MEM_BASE_BAR0: ViAttr = VI_ATTR_PXI_MEM_BASE_BAR0_64;
/// The form of the platform's width.
#[cfg(not(target_pointer_width = "64"))]
pub const VI_ATTR_PXI_MEM_BASE_BAR0: ViAttr = VI_ATTR_PXI_MEM_BASE_BAR0_32;
/// `ViUInt32`, RO.
pub const VI_ATTR_PXI_MEM_SIZE_BAR0_32: ViAttr = 0x3FFF_0231;
/// `ViUInt64`, RO.
pub const VI_ATTR_PXI_MEM_SIZE_BAR0_64: ViAttr = 0x3FFF_0238;
/// The form of the platform's width.
#[cfg(target_pointer_width = "64")]
pub const VI_ATTR_PXI_MEM_SIZE_BAR0: ViAttr = VI_ATTR_PXI_MEM_SIZE_BAR0_64;
/// The form of the platform's width.
#[cfg(not(target_pointer_width = "64"))]
pub const VI_ATTR_PXI_MEM_SIZE_BAR0: ViAttr = VI_ATTR_PXI_MEM_SIZE_BAR0_32;
/// `ViUInt16`, RO.
pub const VI_ATTR_PXI_MEM_TYPE_BAR1: ViAttr = 0x3FFF_0212;
/// `ViUInt32`, RO.
pub const VI_ATTR_PXI_MEM_BASE_BAR1_32: ViAttr = 0x3FFF_0222;
/// `ViUInt64`, RO.
pub const VI_ATTR_PXI_MEM_BASE_BAR1_64: ViAttr = 0x3FFF_0229;
/// The form of the platform's width.
#[cfg(target_pointer_width = "64")]
pub const VI_ATTR_PXI_MEM_BASE_BAR1: ViAttr = VI_ATTR_PXI_MEM_BASE_BAR1_64;
/// The form of the platform's width.
#[cfg(not(target_pointer_width = "64"))]
pub const VI_ATTR_PXI_MEM_BASE_BAR1: ViAttr = VI_ATTR_PXI_MEM_BASE_BAR1_32;
/// `ViUInt32`, RO.
pub const VI_ATTR_PXI_MEM_SIZE_BAR1_32: ViAttr = 0x3FFF_0232;
/// `ViUInt64`, RO.
pub const VI_ATTR_PXI_MEM_SIZE_BAR1_64: ViAttr = 0x3FFF_0239;
/// The form of the platform's width.
#[cfg(target_pointer_width = "64")]
pub const VI_ATTR_PXI_MEM_SIZE_BAR1: ViAttr = VI_ATTR_PXI_MEM_SIZE_BAR1_64;
/// The form of the platform's width.
#[cfg(not(target_pointer_width = "64"))]
pub const VI_ATTR_PXI_MEM_SIZE_BAR1: ViAttr = VI_ATTR_PXI_MEM_SIZE_BAR1_32;
/// `ViUInt16`, RO.
pub const VI_ATTR_PXI_MEM_TYPE_BAR2: ViAttr = 0x3FFF_0213;
/// `ViUInt32`, RO.
pub const VI_ATTR_PXI_MEM_BASE_BAR2_32: ViAttr = 0x3FFF_0223;
/// `ViUInt64`, RO.
pub const VI_ATTR_PXI_MEM_BASE_BAR2_64: ViAttr = 0x3FFF_022A;
/// The form of the platform's width.
#[cfg(target_pointer_width = "64")]
pub const VI_ATTR_PXI_MEM_BASE_BAR2: ViAttr = VI_ATTR_PXI_MEM_BASE_BAR2_64;
/// The form of the platform's width.
#[cfg(not(target_pointer_width = "64"))]
pub const VI_ATTR_PXI_MEM_BASE_BAR2: ViAttr = VI_ATTR_PXI_MEM_BASE_BAR2_32;
/// `ViUInt32`, RO.
pub const VI_ATTR_PXI_MEM_SIZE_BAR2_32: ViAttr = 0x3FFF_0233;
/// `ViUInt64`, RO.
pub const VI_ATTR_PXI_MEM_SIZE_BAR2_64: ViAttr = 0x3FFF_023A;
/// The form of the platform's width.
#[cfg(target_pointer_width = "64")]
pub const VI_ATTR_PXI_MEM_SIZE_BAR2: ViAttr = VI_ATTR_PXI_MEM_SIZE_BAR2_64;
/// The form of the platform's width.
#[cfg(not(target_pointer_width = "64"))]
pub const VI_ATTR_PXI_MEM_SIZE_BAR2: ViAttr = VI_ATTR_PXI_MEM_SIZE_BAR2_32;
/// `ViUInt16`, RO.
pub const VI_ATTR_PXI_MEM_TYPE_BAR3: ViAttr = 0x3FFF_0214;
/// `ViUInt32`, RO.
pub const VI_ATTR_PXI_MEM_BASE_BAR3_32: ViAttr = 0x3FFF_0224;
/// `ViUInt64`, RO.
pub const VI_ATTR_PXI_MEM_BASE_BAR3_64: ViAttr = 0x3FFF_022B;
/// The form of the platform's width.
#[cfg(target_pointer_width = "64")]
pub const VI_ATTR_PXI_MEM_BASE_BAR3: ViAttr = VI_ATTR_PXI_MEM_BASE_BAR3_64;
/// The form of the platform's width.
#[cfg(not(target_pointer_width = "64"))]
pub const VI_ATTR_PXI_MEM_BASE_BAR3: ViAttr = VI_ATTR_PXI_MEM_BASE_BAR3_32;
/// `ViUInt32`, RO.
pub const VI_ATTR_PXI_MEM_SIZE_BAR3_32: ViAttr = 0x3FFF_0234;
/// `ViUInt64`, RO.
pub const VI_ATTR_PXI_MEM_SIZE_BAR3_64: ViAttr = 0x3FFF_023B;
/// The form of the platform's width.
#[cfg(target_pointer_width = "64")]
pub const VI_ATTR_PXI_MEM_SIZE_BAR3: ViAttr = VI_ATTR_PXI_MEM_SIZE_BAR3_64;
/// The form of the platform's width.
#[cfg(not(target_pointer_width = "64"))]
pub const VI_ATTR_PXI_MEM_SIZE_BAR3: ViAttr = VI_ATTR_PXI_MEM_SIZE_BAR3_32;
/// `ViUInt16`, RO.
pub const VI_ATTR_PXI_MEM_TYPE_BAR4: ViAttr = 0x3FFF_0215;
/// `ViUInt32`, RO.
pub const VI_ATTR_PXI_MEM_BASE_BAR4_32: ViAttr = 0x3FFF_0225;
/// `ViUInt64`, RO.
pub const VI_ATTR_PXI_MEM_BASE_BAR4_64: ViAttr = 0x3FFF_022C;
/// The form of the platform's width.
#[cfg(target_pointer_width = "64")]
pub const VI_ATTR_PXI_MEM_BASE_BAR4: ViAttr = VI_ATTR_PXI_MEM_BASE_BAR4_64;
/// The form of the platform's width.
#[cfg(not(target_pointer_width = "64"))]
pub const VI_ATTR_PXI_MEM_BASE_BAR4: ViAttr = VI_ATTR_PXI_MEM_BASE_BAR4_32;
/// `ViUInt32`, RO.
pub const VI_ATTR_PXI_MEM_SIZE_BAR4_32: ViAttr = 0x3FFF_0235;
/// `ViUInt64`, RO.
pub const VI_ATTR_PXI_MEM_SIZE_BAR4_64: ViAttr = 0x3FFF_023C;
/// The form of the platform's width.
#[cfg(target_pointer_width = "64")]
pub const VI_ATTR_PXI_MEM_SIZE_BAR4: ViAttr = VI_ATTR_PXI_MEM_SIZE_BAR4_64;
/// The form of the platform's width.
#[cfg(not(target_pointer_width = "64"))]
pub const VI_ATTR_PXI_MEM_SIZE_BAR4: ViAttr = VI_ATTR_PXI_MEM_SIZE_BAR4_32;
/// `ViUInt16`, RO.
pub const VI_ATTR_PXI_MEM_TYPE_BAR5: ViAttr = 0x3FFF_0216;
/// `ViUInt32`, RO.
pub const VI_ATTR_PXI_MEM_BASE_BAR5_32: ViAttr = 0x3FFF_0226;
/// `ViUInt64`, RO.
pub const VI_ATTR_PXI_MEM_BASE_BAR5_64: ViAttr = 0x3FFF_022D;
/// The form of the platform's width.
#[cfg(target_pointer_width = "64")]
pub const VI_ATTR_PXI_MEM_BASE_BAR5: ViAttr = VI_ATTR_PXI_MEM_BASE_BAR5_64;
/// The form of the platform's width.
#[cfg(not(target_pointer_width = "64"))]
pub const VI_ATTR_PXI_MEM_BASE_BAR5: ViAttr = VI_ATTR_PXI_MEM_BASE_BAR5_32;
/// `ViUInt32`, RO.
pub const VI_ATTR_PXI_MEM_SIZE_BAR5_32: ViAttr = 0x3FFF_0236;
/// `ViUInt64`, RO.
pub const VI_ATTR_PXI_MEM_SIZE_BAR5_64: ViAttr = 0x3FFF_023D;
/// The form of the platform's width.
#[cfg(target_pointer_width = "64")]
pub const VI_ATTR_PXI_MEM_SIZE_BAR5: ViAttr = VI_ATTR_PXI_MEM_SIZE_BAR5_64;
/// The form of the platform's width.
#[cfg(not(target_pointer_width = "64"))]
pub const VI_ATTR_PXI_MEM_SIZE_BAR5: ViAttr = VI_ATTR_PXI_MEM_SIZE_BAR5_32;
/// `ViUInt32`, RW. This library's own: how long a receive looks again and again before it blocks, 0 to
/// 1000 us; 0, off, by default. Vendors' numbers have the vendor's VXI manufacturer id in the bits from
/// 16 on. Those are given out from 4095 downwards; 0x0FE, iron's symbol, is far from all that are.
pub const VI_FVATTR_SPIN: ViAttr = 0x00FE_0001;
/// `ViUInt32`, RW.
pub const VI_RS_ATTR_TCPIP_FIND_RSRC_TMO: ViAttr = 0x0FAF_0001;
/// `ViUInt32`, RW.
pub const VI_RS_ATTR_TCPIP_FIND_RSRC_MODE: ViAttr = 0x0FAF_0002;
/// `ViBoolean`, RW.
pub const VI_KTATTR_EXPORT_ENABLED: ViAttr = 0x0FFF_0020;
/// `ViBoolean`, RW.
pub const VI_KTATTR_FIND_ONLY_EXPORTED_RSRCS: ViAttr = 0x0FFF_0021;
/// `ViInt32`, RW.
pub const VI_KTATTR_GPIB_T1_DELAY: ViAttr = 0x0FFF_0028;
/// `ViBoolean`, RW.
pub const VI_KTATTR_LOCKWAIT: ViAttr = 0x0FFF_002B;
/// `ViBoolean`, RW.
pub const VI_KTATTR_ALLOW_LOCAL_SPACE_FIFO: ViAttr = 0x0FFF_0032;
/// `ViBoolean`, RW.
pub const VI_KTATTR_RETURN_ALL: ViAttr = 0x0FFF_0062;
/// `ViString`, RO.
pub const VI_KTATTR_VISA_FRAMEWORK_DIR: ViAttr = 0x0FFF_003B;
/// `ViString`, RO.
pub const VI_KTATTR_IOLIBRARIES_DIR: ViAttr = 0x0FFF_003C;
/// `ViString`, RO.
pub const VI_KTATTR_IOLIBRARIES_REG_PATH: ViAttr = 0x0FFF_003D;
/// `ViString`, RO.
pub const VI_KTATTR_INTFC_SERIALNUMBER: ViAttr = 0x0FFF_0045;
/// `ViBoolean`, RW.
pub const VI_KTATTR_PXI_OOOWRITE_ALLOW_EN: ViAttr = 0x0FFF_0053;
/// `ViUInt32`, RW.
pub const VI_KTATTR_DMA_READ_THRESHOLD: ViAttr = 0x0FFF_0054;
/// `ViUInt32`, RW.
pub const VI_KTATTR_DMA_WRITE_THRESHOLD: ViAttr = 0x0FFF_0055;
/// `ViUInt32`, RW.
pub const VI_KTATTR_DMA_CHANNEL: ViAttr = 0x0FFF_0057;
/// `ViString`, RO.
pub const VI_KTATTR_PXI_CHASSIS_ADDRESS: ViAttr = 0x0FFF_006E;
/// `ViUInt16`, RO.
pub const VI_KTATTR_REMOTE_INTF_TYPE: ViAttr = 0x0FFF_001C;
/// `ViUInt32`, RO.
pub const VI_KTATTR_INTERFACE_PROTOCOL: ViAttr = 0x0FFF_001F;
/// `ViBoolean`, RO.
pub const VI_KTATTR_MACRO_SUPP: ViAttr = 0x0FFF_0016;
/// `ViString`, RO.
pub const VI_ATTR_RSRC_USER_ALIAS: ViAttr = 0x3FFF_018E;
/// `ViUInt16`, RO.
pub const VI_ATTR_NUM_SUP_EVENTS: ViAttr = 0x3FFF_019C;
/// `ViAEventType`, RO.
pub const VI_ATTR_SUP_EVENTS: ViAttr = 0x3FFF_019D;
