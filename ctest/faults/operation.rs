#![forbid(unsafe_code)]
//! The operations that faults strike: one row each.

use std::time::Duration;

use crate::faults::protocol::Protocol;

/// An operation.
pub struct Operation {
    /// Its name in the table of outcomes.
    pub name: &'static str,
    pub what: What,
    /// The worker's command.
    command: &'static str,
    /// Until when it has to end.
    pub time: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    Open,
    Write,
    Block,
    Read,
    Query,
    Clear,
    Status,
    Lock,
    Trigger,
    Enable,
    Event,
    Close,
}

/// What an operation waits for, and where it comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Awaits {
    /// Nothing from the instrument.
    Nothing,
    /// An answer on the main connection.
    Answer,
    /// An answer on HiSLIP's asynchronous connection.
    SideAnswer,
    /// What the instrument says unasked.
    Report,
}

/// VI_ATTR_TMO_VALUE, and the timeouts of viLock and viWaitOnEvent.
pub const TIMEOUT: Duration = Duration::from_millis(400);

/// viOpen's.
pub const OPEN_TIMEOUT: Duration = Duration::from_millis(600);

/// That of a long message, which takes its time.
const BLOCK_TIME: Duration = Duration::from_millis(2000);

/// viEnableEvent has no timeout of its own: VI_ATTR_TMO_VALUE, but two seconds at least.
const ENABLE_TIME: Duration = Duration::from_millis(2000);

/// viClose has none either: a device gets one second to take the goodbye.
const CLOSE_TIME: Duration = Duration::from_millis(1000);

pub static OPERATIONS: &[Operation] = &[
    Operation { name: "viOpen", what: What::Open, command: "open", time: OPEN_TIMEOUT },
    Operation { name: "viWrite", what: What::Write, command: "write *WAI", time: TIMEOUT },
    Operation { name: "long viWrite", what: What::Block, command: "", time: BLOCK_TIME },
    Operation { name: "viRead", what: What::Read, command: "read", time: TIMEOUT },
    Operation { name: "query", what: What::Query, command: "", time: TIMEOUT },
    Operation { name: "viClear", what: What::Clear, command: "clear", time: TIMEOUT },
    Operation { name: "viReadSTB", what: What::Status, command: "status", time: TIMEOUT },
    Operation { name: "viLock", what: What::Lock, command: "lock 400", time: TIMEOUT },
    Operation { name: "viAssertTrigger", what: What::Trigger, command: "trigger", time: TIMEOUT },
    Operation { name: "viEnableEvent", what: What::Enable, command: "enable", time: ENABLE_TIME },
    Operation { name: "viWaitOnEvent", what: What::Event, command: "event 400", time: TIMEOUT },
    Operation { name: "viClose", what: What::Close, command: "close", time: CLOSE_TIME },
];

impl Operation {
    /// What the worker is told. A long message is longer than the system's buffers (4 MiB for what is
    /// sent); where each piece is answered it need not be, but takes its time.
    pub fn order(&self, protocol: Protocol) -> &str {
        match (self.what, protocol) {
            (What::Block, Protocol::Vxi11) => "block 4000000",
            (What::Block, _) => "block 5000000",
            _ => self.command,
        }
    }

    /// Whether the protocol has it at all: a bare socket has no service requests.
    pub fn exists(&self, protocol: Protocol) -> bool {
        protocol != Protocol::Socket || !matches!(self.what, What::Enable | What::Event)
    }

    pub fn awaits(&self, protocol: Protocol) -> Awaits {
        use What::*;
        match (protocol, self.what) {
            (_, Event) => Awaits::Report,
            (_, Read | Query) => Awaits::Answer,
            (Protocol::Socket, Status) => Awaits::Answer,
            (Protocol::Socket, _) => Awaits::Nothing,
            (Protocol::Vxi11, _) => Awaits::Answer,
            (Protocol::Hislip, Open) => Awaits::Answer,
            (Protocol::Hislip, Clear | Status | Lock) => Awaits::SideAnswer,
            (Protocol::Hislip, _) => Awaits::Nothing,
        }
    }

    /// Whether it sends anything to the instrument.
    pub fn asks(&self, protocol: Protocol) -> bool {
        use What::*;
        match (protocol, self.what) {
            (_, Event) => false,
            // The 488.2 string *CLS.
            (Protocol::Socket, Clear) => true,
            (Protocol::Socket, Open | Read | Lock | Enable | Close) => false,
            (Protocol::Hislip, Read | Enable | Close) => false,
            _ => true,
        }
    }
}
