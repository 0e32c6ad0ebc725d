#![forbid(unsafe_code)]
//! Which resource classes raise which events, and by which mechanisms.

use crate::consts::*;
use crate::iface::Signal;
use crate::rsrc::Kinds;

/// What raises an event of one type.
pub struct EventKind {
    /// VI_EVENT_...
    pub event: ViEventType,
    /// The resource classes that have it.
    pub kinds: Kinds,
    /// The mechanisms it can be enabled for.
    pub mechanisms: ViUInt16,
}

const ALL: ViUInt16 = VI_QUEUE | VI_HNDLR | VI_SUSPEND_HNDLR;

const fn event(event: ViEventType, kinds: Kinds) -> EventKind {
    EventKind { event, kinds, mechanisms: ALL }
}

const VXI_DEVICE: Kinds = Kinds::VXI_INSTR.or(Kinds::GPIB_VXI_INSTR);
const VXI_CHASSIS: Kinds = Kinds::VXI_BACKPLANE.or(Kinds::GPIB_VXI_BACKPLANE);

/// Every type of event, as the standard's chapters 5 and NI's header give them to classes.
///
/// Classes of vendors that move bytes (VICP, Prologix, NRP, FIREWIRE) have what the asynchronous
/// operations and failures of every class need.
#[rustfmt::skip]
pub static EVENT_KINDS: &[EventKind] = &[
    event(VI_EVENT_IO_COMPLETION, Kinds::MESSAGE_BASED.or(Kinds::REGISTER_BASED)),
    event(VI_EVENT_TRIG, VXI_DEVICE.or(Kinds::VXI_BACKPLANE).or(Kinds::VXI_SERVANT)
        .or(Kinds::GPIB_INTFC).or(Kinds::GPIB_SERVANT).or(Kinds::TCPIP_SERVANT)),
    event(VI_EVENT_SERVICE_REQ, VXI_DEVICE.or(Kinds::GPIB_INSTR).or(Kinds::GPIB_INTFC)
        .or(Kinds::TCPIP_INSTR).or(Kinds::USB_INSTR)),
    event(VI_EVENT_CLEAR, Kinds::GPIB_INTFC.or(Kinds::GPIB_SERVANT).or(Kinds::VXI_SERVANT)
        .or(Kinds::TCPIP_SERVANT)),
    // Called within the failing operation, so it can neither be queued nor held back.
    EventKind { event: VI_EVENT_EXCEPTION, kinds: Kinds::RESOURCE, mechanisms: VI_HNDLR },
    event(VI_EVENT_GPIB_CIC, Kinds::GPIB_INTFC),
    event(VI_EVENT_GPIB_TALK, Kinds::GPIB_INTFC.or(Kinds::GPIB_SERVANT)),
    event(VI_EVENT_GPIB_LISTEN, Kinds::GPIB_INTFC.or(Kinds::GPIB_SERVANT)),
    event(VI_EVENT_VXI_VME_SYSFAIL, VXI_CHASSIS),
    event(VI_EVENT_VXI_VME_SYSRESET, VXI_CHASSIS.or(Kinds::VXI_SERVANT)),
    event(VI_EVENT_VXI_SIGP, VXI_DEVICE),
    event(VI_EVENT_VXI_VME_INTR, VXI_DEVICE.or(Kinds::VXI_BACKPLANE)),
    event(VI_EVENT_PXI_INTR, Kinds::PXI_INSTR),
    event(VI_EVENT_TCPIP_CONNECT, Kinds::TCPIP_SERVANT),
    event(VI_EVENT_USB_INTR, Kinds::USB_INSTR.or(Kinds::USB_RAW)),
    event(VI_EVENT_VXI_DEV_CMD, Kinds::VXI_SERVANT),
    event(VI_EVENT_ASRL_BREAK, Kinds::ASRL_INSTR),
    event(VI_EVENT_ASRL_TERMCHAR, Kinds::ASRL_INSTR),
    event(VI_EVENT_ASRL_CTS, Kinds::ASRL_INSTR),
    event(VI_EVENT_ASRL_DSR, Kinds::ASRL_INSTR),
    event(VI_EVENT_ASRL_DCD, Kinds::ASRL_INSTR),
    event(VI_EVENT_ASRL_RI, Kinds::ASRL_INSTR),
    event(VI_EVENT_ASRL_CHAR, Kinds::ASRL_INSTR),
];

/// What a link is asked to report for an event of this type; `None` for those that no link reports.
pub fn signal_of(event: ViEventType) -> Option<Signal> {
    Some(match event {
        VI_EVENT_SERVICE_REQ => Signal::ServiceRequest,
        VI_EVENT_ASRL_BREAK => Signal::Break,
        VI_EVENT_ASRL_TERMCHAR => Signal::TermChar,
        VI_EVENT_ASRL_CTS => Signal::Cts,
        VI_EVENT_ASRL_DSR => Signal::Dsr,
        VI_EVENT_ASRL_DCD => Signal::Dcd,
        VI_EVENT_ASRL_RI => Signal::Ri,
        VI_EVENT_ASRL_CHAR => Signal::Char,
        VI_EVENT_USB_INTR => Signal::UsbInterrupt,
        VI_EVENT_GPIB_CIC => Signal::ControllerInCharge,
        VI_EVENT_GPIB_TALK => Signal::Talk,
        VI_EVENT_GPIB_LISTEN => Signal::Listen,
        VI_EVENT_CLEAR => Signal::Clear,
        VI_EVENT_TRIG => Signal::Trigger,
        _ => return None,
    })
}
