#![forbid(unsafe_code)]
//! The faults, one row each: what connections do.
//!
//! What a fault must come to is said here by rule, and follows from what VPP-4.3 says of the status
//! codes and from what the protocol lets a client know. `rules.rs` makes statuses of it.

use std::time::Duration;

use visa::status::VI_ERROR_IO;
use visa::status::VI_SUCCESS_MAX_CNT;

use crate::faults::fault::After;
use crate::faults::fault::Case;
use crate::faults::fault::Effect;
use crate::faults::fault::Fault;
use crate::faults::fault::Step;
use crate::faults::fault::Strikes;
use crate::faults::operation::Awaits;
use crate::faults::operation::What;
use crate::faults::protocol::Line;
use crate::faults::protocol::Message;
use crate::faults::protocol::Protocol;
use crate::faults::protocol::hislip;
use crate::faults::protocol::hislip_message;

/// Names of faults that the rules have something of their own to say of.
pub mod names {
    pub const NOTHING: &str = "none";
    pub const DEAF: &str = "deaf";
    pub const FLOODING: &str = "flooding";
    pub const LATE: &str = "late";
    pub const CRAWLING: &str = "crawling";
    pub const CLOSED_WHILE_IDLE: &str = "closed while idle";
    pub const RESET_WHILE_IDLE: &str = "reset while idle";
    pub const HALF_CLOSED_WHILE_IDLE: &str = "half-closed while idle";
}

/// The protocols of faults that need none in particular.
pub const EVERY: &[Protocol] = &Protocol::ALL;

/// No fault at all. Stands first, and proves the harness.
pub static NONE: Fault = Fault {
    name: names::NOTHING,
    what: "nothing",
    protocols: EVERY,
    strikes: Strikes::Idle,
    act: |_| Some(vec![]),
    effect: |_| Effect::None,
};

pub static TIMING: &[Fault] = &[
    Fault {
        name: "delayed",
        what: "the answer comes 100 ms later",
        protocols: EVERY,
        strikes: Strikes::Answer,
        act: |message| {
            let bytes = message.bytes.clone();
            Some(vec![Step::Pause(Duration::from_millis(100)), Step::Send(bytes)])
        },
        effect: |_| Effect::None,
    },
    Fault {
        name: names::LATE,
        what: "the answer comes 300 ms after the operation's time",
        protocols: EVERY,
        strikes: Strikes::Answer,
        act: |message| Some(vec![Step::Outlast, Step::Send(message.bytes.clone())]),
        effect: late,
    },
    Fault {
        name: "dripping",
        what: "the answer comes byte by byte",
        protocols: EVERY,
        strikes: Strikes::Answer,
        act: |message| Some(vec![Step::Drip(message.bytes.clone())]),
        effect: |_| Effect::None,
    },
    Fault {
        name: names::CRAWLING,
        what: "the answer comes byte by byte and takes one and a half of the operation's time",
        protocols: EVERY,
        strikes: Strikes::Answer,
        act: |message| Some(vec![Step::Crawl(message.bytes.clone())]),
        effect: late,
    },
    Fault {
        name: "stalled",
        what: "half of the answer comes, and then nothing for ever",
        protocols: EVERY,
        strikes: Strikes::Answer,
        act: |message| Some(vec![Step::Send(half(message)), Step::Mute]),
        effect: stuck,
    },
    Fault {
        name: "silent",
        what: "no answer comes, now or later",
        protocols: EVERY,
        strikes: Strikes::Answer,
        act: |_| Some(vec![Step::Mute]),
        effect: stuck,
    },
    Fault {
        name: "dropped",
        what: "the answer is lost; later ones come",
        protocols: EVERY,
        strikes: Strikes::Answer,
        act: |_| Some(vec![]),
        effect: |_| Effect::Absent(After::Right),
    },
    Fault {
        name: names::DEAF,
        what: "nothing is taken from the library any more",
        protocols: EVERY,
        strikes: Strikes::Idle,
        act: |_| Some(vec![Step::Deafen]),
        effect: |_| Effect::Absent(After::Stuck),
    },
    Fault {
        name: names::FLOODING,
        what: "an endless stream that never becomes an answer",
        protocols: EVERY,
        strikes: Strikes::Idle,
        act: |message| Some(vec![Step::Flood(flood(message))]),
        effect: |case| match (case.protocol, case.what) {
            // A raw socket has no other messages than these.
            (Protocol::Socket, What::Read | What::Query) => Effect::Drowned(VI_SUCCESS_MAX_CNT),
            (Protocol::Socket, What::Status) => Effect::Drowned(VI_ERROR_IO),
            (Protocol::Socket, _) => Effect::Absent(After::Drowned),
            (Protocol::Hislip, What::Open) => Effect::Refused(VI_ERROR_IO),
            // That is what it floods with.
            (Protocol::Hislip, What::Event) => Effect::None,
            _ => Effect::Absent(After::Stuck),
        },
    },
];

pub static ENDINGS: &[Fault] = &[
    Fault {
        name: names::CLOSED_WHILE_IDLE,
        what: "the connections end in good order before the operation",
        protocols: EVERY,
        strikes: Strikes::Idle,
        act: |_| Some(vec![Step::Close]),
        effect: |_| Effect::Gone,
    },
    Fault {
        name: names::RESET_WHILE_IDLE,
        what: "the connections are reset before the operation",
        protocols: EVERY,
        strikes: Strikes::Idle,
        act: |_| Some(vec![Step::Reset]),
        effect: |case| match case.what {
            // Chance has it whether connecting still sees it, and finds nobody, or what follows.
            What::Open => Effect::Nowhere,
            _ => Effect::Gone,
        },
    },
    Fault {
        name: names::HALF_CLOSED_WHILE_IDLE,
        what: "the instrument ends its sending before the operation, and still takes what comes",
        protocols: EVERY,
        strikes: Strikes::Idle,
        act: |_| Some(vec![Step::FinishSending, Step::Mute]),
        effect: |_| Effect::Gone,
    },
    Fault {
        name: "closed in the request",
        what: "half of the request gets through, and the connection ends",
        protocols: EVERY,
        strikes: Strikes::Request,
        act: |message| Some(vec![Step::Send(half(message)), Step::Close]),
        effect: |_| Effect::Gone,
    },
    Fault {
        name: "reset in the request",
        what: "half of the request gets through, and the connection is reset",
        protocols: EVERY,
        strikes: Strikes::Request,
        act: |message| Some(vec![Step::Send(half(message)), Step::Reset]),
        effect: |_| Effect::Gone,
    },
    Fault {
        name: "closed in the answer",
        what: "half of the answer gets through, and the connection ends",
        protocols: EVERY,
        strikes: Strikes::Answer,
        act: |message| Some(vec![Step::Send(half(message)), Step::Close]),
        effect: |_| Effect::Gone,
    },
    Fault {
        name: "reset in the answer",
        what: "half of the answer gets through, and the connection is reset",
        protocols: EVERY,
        strikes: Strikes::Answer,
        act: |message| Some(vec![Step::Send(half(message)), Step::Reset]),
        effect: |_| Effect::Gone,
    },
    Fault {
        name: "half-closed in the answer",
        what: "half of the answer gets through, and the instrument ends its sending",
        protocols: EVERY,
        strikes: Strikes::Answer,
        act: |message| Some(vec![Step::Send(half(message)), Step::FinishSending, Step::Mute]),
        effect: |_| Effect::Gone,
    },
];

/// Late answers are known by their number, but not on a raw socket.
fn late(case: Case) -> Effect {
    match case.protocol {
        Protocol::Socket => Effect::Absent(After::Stale),
        _ => Effect::Absent(After::Right),
    }
}

/// The connection is of no use any more; but on HiSLIP's asynchronous connection, and on the
/// interrupt channel of VXI-11, that does not concern what is asked on the main one.
pub fn stuck(case: Case) -> Effect {
    let aside = matches!(case.awaits, Awaits::SideAnswer | Awaits::Report);
    match case.what {
        // Nothing is right before the clear is over, which needs both.
        What::Clear => Effect::Absent(After::Stuck),
        _ if aside => Effect::Absent(After::Right),
        _ => Effect::Absent(After::Stuck),
    }
}

/// The beginning of a message.
pub fn half(message: &Message) -> Vec<u8> {
    message.bytes[..message.bytes.len() / 2].to_vec()
}

/// Valid as far as it goes: RPC fragments without data, none of which is the last; HiSLIP messages
/// without data; characters. So much at once that there is always more when the library looks.
fn flood(message: &Message) -> Vec<u8> {
    let any = u32::MAX;
    let piece = match (message.protocol, message.line) {
        (Protocol::Socket, _) => vec![b'x'],
        (Protocol::Vxi11, _) => vec![0; 4],
        (Protocol::Hislip, Line::Side) => {
            hislip_message(hislip::ASYNC_SERVICE_REQUEST, 0x40, 0, &[])
        }
        (Protocol::Hislip, _) => hislip_message(hislip::DATA, 0, any, &[]),
    };
    piece.repeat((256 << 10) / piece.len())
}
