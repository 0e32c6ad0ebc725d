#![forbid(unsafe_code)]
//! Events that happened, and the objects by which C reads about them.

use crate::attr::Value;
use crate::consts::{
    VI_ATTR_BUFFER, VI_ATTR_EVENT_TYPE, VI_ATTR_GPIB_RECV_CIC_STATE, VI_ATTR_JOB_ID,
    VI_ATTR_OPER_NAME, VI_ATTR_RECV_TRIG_ID, VI_ATTR_RET_COUNT_32, VI_ATTR_RET_COUNT_64,
    VI_ATTR_STATUS, VI_ATTR_USB_RECV_INTR_DATA, VI_ATTR_USB_RECV_INTR_SIZE, VI_EVENT_TRIG,
    VI_TRIG_SW, ViAttr, ViEventType, ViInt16, ViJobId, ViSession, ViStatus,
};
use crate::iface::{Interrupt, Report};

/// One event that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occurrence {
    /// VI_EVENT_...
    pub event_type: ViEventType,
    /// What its context tells beyond the type.
    pub details: Details,
}

/// What a context tells beyond VI_ATTR_EVENT_TYPE.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Details {
    /// Nothing more (VI_EVENT_SERVICE_REQ and the like).
    None,
    /// An asynchronous operation has ended (VI_EVENT_IO_COMPLETION).
    IoCompletion {
        /// How it ended.
        status: ViStatus,
        /// Which one, as viReadAsync and the like told its caller.
        job: ViJobId,
        /// Address of the caller's buffer, 0 for moves.
        buffer: usize,
        /// Bytes (elements of a move) that were moved.
        count: u64,
        /// The function that started it, "viReadAsync".
        operation: &'static str,
    },
    /// An operation is about to return an error (VI_EVENT_EXCEPTION).
    Exception {
        /// The error.
        status: ViStatus,
        /// The function that fails, "viRead".
        operation: &'static str,
    },
    /// The board became controller in charge, or is no longer (VI_EVENT_GPIB_CIC).
    ControllerInCharge(bool),
    /// A trigger came (VI_EVENT_TRIG), on this line, or VI_TRIG_SW.
    Trigger(ViInt16),
    /// Data came on an interrupt pipe (VI_EVENT_USB_INTR).
    UsbInterrupt(Interrupt),
}

impl Details {
    /// What a link's report of `event` says.
    pub fn of(event: ViEventType, report: Report) -> Self {
        match report {
            // A board is triggered by a message on the bus, not by a line.
            Report::Plain if event == VI_EVENT_TRIG => Self::Trigger(VI_TRIG_SW),
            Report::Plain => Self::None,
            Report::ControllerInCharge(is_in_charge) => Self::ControllerInCharge(is_in_charge),
            Report::UsbInterrupt(interrupt) => Self::UsbInterrupt(interrupt),
        }
    }
}

/// An event with a number: what viWaitOnEvent returns and what handlers are given.
pub struct Context {
    /// The resource manager of its session.
    pub manager: ViSession,
    /// The session it happened on; the context is gone when that closes.
    pub session: ViSession,
    /// What happened.
    pub occurrence: Occurrence,
}

impl Context {
    /// An attribute of the event; `None` for those of other events.
    pub fn get(&self, id: ViAttr) -> Option<Value> {
        let Occurrence { event_type, ref details } = self.occurrence;
        let number = |n: i64| Some(Value::Number(n));
        if id == VI_ATTR_EVENT_TYPE {
            return number(event_type.into());
        }
        match *details {
            Details::None => None,
            Details::IoCompletion { status, job, buffer, count, operation } => match id {
                VI_ATTR_STATUS => number(status.into()),
                VI_ATTR_JOB_ID => number(job.into()),
                VI_ATTR_BUFFER => number(buffer as i64),
                VI_ATTR_RET_COUNT_32 | VI_ATTR_RET_COUNT_64 => number(count as i64),
                VI_ATTR_OPER_NAME => Some(operation.into()),
                _ => None,
            },
            Details::Exception { status, operation } => match id {
                VI_ATTR_STATUS => number(status.into()),
                VI_ATTR_OPER_NAME => Some(operation.into()),
                _ => None,
            },
            Details::ControllerInCharge(is_in_charge) => match id {
                VI_ATTR_GPIB_RECV_CIC_STATE => number(is_in_charge.into()),
                _ => None,
            },
            Details::Trigger(line) => match id {
                VI_ATTR_RECV_TRIG_ID => number(line.into()),
                _ => None,
            },
            Details::UsbInterrupt(ref interrupt) => match id {
                VI_ATTR_STATUS => number(interrupt.status.into()),
                VI_ATTR_USB_RECV_INTR_SIZE => number(interrupt.data.len() as i64),
                VI_ATTR_USB_RECV_INTR_DATA => Some(Value::Bytes(interrupt.data.to_vec())),
                _ => None,
            },
        }
    }
}
