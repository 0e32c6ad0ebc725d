#![forbid(unsafe_code)]
//! Events that happened, and the objects by which C reads about them.

use crate::attr::Value;
use crate::consts::{
    VI_ATTR_BUFFER, VI_ATTR_EVENT_TYPE, VI_ATTR_JOB_ID, VI_ATTR_OPER_NAME, VI_ATTR_RET_COUNT_32,
    VI_ATTR_RET_COUNT_64, VI_ATTR_STATUS, ViAttr, ViEventType, ViJobId, ViSession, ViStatus,
};

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
        }
    }
}
