#![forbid(unsafe_code)]
//! The faults, one row each: what an instrument says wrong, over a connection that is whole.

use visa::status::VI_ERROR_IO;
use visa::status::VI_ERROR_NSUP_OPER;

use crate::faults::fault::After;
use crate::faults::fault::Case;
use crate::faults::fault::Effect;
use crate::faults::fault::Fault;
use crate::faults::fault::Step;
use crate::faults::fault::Strikes;
use crate::faults::operation::Awaits;
use crate::faults::operation::What;
use crate::faults::protocol::LAST;
use crate::faults::protocol::Line;
use crate::faults::protocol::MARK;
use crate::faults::protocol::Message;
use crate::faults::protocol::Protocol;
use crate::faults::protocol::hislip;
use crate::faults::protocol::hislip_message;
use crate::faults::protocol::rpc_record;
use crate::faults::protocol::vxi11;
use crate::faults::protocol::with_word;
use crate::faults::protocol::word;
use crate::faults::table::EVERY;
use crate::faults::table::stuck;

/// Protocols whose messages have lengths.
const FRAMED: &[Protocol] = &[Protocol::Vxi11, Protocol::Hislip];
const VXI11: &[Protocol] = &[Protocol::Vxi11];
const HISLIP: &[Protocol] = &[Protocol::Hislip];

/// A transaction that nobody has begun.
const STRANGE_XID: u32 = 0xDEAD_BEEF;

/// Where words of an RPC reply without a verifier stand, counted with the record mark.
const XID: usize = 1;
const KIND: usize = 2;
const STAT: usize = 3;
const ACCEPT_STAT: usize = 6;
const RESULTS: usize = 7;

/// Bytes that a length is wrong by.
const SOME: u32 = 8;
const MANY: u32 = 100;

pub static LIES: &[Fault] = &[
    Fault {
        name: "wrong id",
        what: "the answer names another transaction, or another message, than it answers",
        protocols: FRAMED,
        strikes: Strikes::Answer,
        act: |message| match message.protocol {
            Protocol::Vxi11 => changed(message, XID, STRANGE_XID),
            _ if message.is_data() => changed(message, 1, word(&message.bytes, 1).wrapping_sub(64)),
            _ => None,
        },
        effect: |case| match (case.protocol, case.awaits) {
            // A call has no answer that could be missed.
            (Protocol::Vxi11, Awaits::Report) => Effect::None,
            _ if !awaits_data(case) => Effect::Nowhere,
            _ => Effect::Absent(After::Right),
        },
    },
    Fault {
        name: "wrong type",
        what: "a call in place of a reply and the other way round; an unknown HiSLIP message",
        protocols: FRAMED,
        strikes: Strikes::Answer,
        act: |message| match (message.protocol, message.line) {
            (Protocol::Vxi11, Line::Interrupt) => changed(message, KIND, 1),
            (Protocol::Vxi11, _) => changed(message, KIND, 0),
            _ => {
                let mut bytes = message.bytes.clone();
                bytes[2] = 100;
                Some(vec![Step::Send(bytes)])
            }
        },
        effect: |case| match (case.protocol, case.awaits, case.what) {
            (_, Awaits::Report, _) => Effect::Absent(After::Right),
            (Protocol::Vxi11, ..) | (_, _, What::Open) => Effect::Refused(VI_ERROR_IO),
            _ => Effect::Absent(After::Right),
        },
    },
    Fault {
        name: "length too large",
        what: "100 bytes more are announced than come",
        protocols: FRAMED,
        strikes: Strikes::Answer,
        act: |message| announced(message, |length| length + u64::from(MANY)),
        effect: |case| match (case.protocol, case.what) {
            // Its response has no payload: whoever announces one speaks something else.
            (Protocol::Hislip, What::Open) => Effect::Refused(VI_ERROR_IO),
            // The handle is there; instruments exist that announce more than they send.
            (Protocol::Vxi11, What::Event) => Effect::None,
            _ => stuck(case),
        },
    },
    Fault {
        name: "length too small",
        what: "8 bytes less are announced than come",
        protocols: FRAMED,
        strikes: Strikes::Answer,
        act: |message| match message.protocol {
            Protocol::Hislip if !message.is_data() => None,
            _ => announced(message, |length| length - u64::from(SOME)),
        },
        effect: |case| match (case.protocol, case.awaits) {
            (Protocol::Vxi11, Awaits::Report) => Effect::Absent(After::Right),
            (Protocol::Vxi11, _) => Effect::Broken(VI_ERROR_IO),
            _ if awaits_data(case) => Effect::Truncated,
            _ => Effect::Nowhere,
        },
    },
    Fault {
        name: "length of 2 or 4 GiB",
        what: "a record of nearly 2 GiB, a message of 4 GiB is announced",
        protocols: FRAMED,
        strikes: Strikes::Answer,
        act: |message| match message.protocol {
            Protocol::Vxi11 => announced(message, |_| u64::from(!LAST)),
            _ => announced(message, |_| 1 << 32),
        },
        effect: |case| match (case.protocol, case.awaits, case.what) {
            (_, _, What::Open) => Effect::Refused(VI_ERROR_IO),
            // A response may be as long as that.
            (Protocol::Hislip, Awaits::Answer, _) => Effect::Absent(After::Stuck),
            _ => Effect::Gone,
        },
    },
    Fault {
        name: "length beyond 63 bits",
        what: "a message of 2^64 - 1 bytes is announced, which no message can have",
        protocols: HISLIP,
        strikes: Strikes::Answer,
        act: |message| announced(message, |_| u64::MAX),
        effect: |case| match case.what {
            What::Open => Effect::Refused(VI_ERROR_IO),
            _ => Effect::Gone,
        },
    },
    Fault {
        name: "count of 4 GiB",
        what: "device_read claims 4 GiB of data in a short record, device_write as much taken",
        protocols: VXI11,
        strikes: Strikes::Answer,
        act: |message| match message.procedure {
            vxi11::DEVICE_READ => changed(message, RESULTS + 2, u32::MAX),
            vxi11::DEVICE_WRITE => changed(message, RESULTS + 1, u32::MAX),
            _ => None,
        },
        effect: |case| match case.what {
            What::Read => Effect::Refused(VI_ERROR_IO),
            // Some instruments count their padding as well: more than all is all.
            What::Write | What::Block | What::Query => Effect::None,
            _ => Effect::Nowhere,
        },
    },
    Fault {
        name: "count of 0",
        what: "device_write takes nothing, and says that all is well",
        protocols: VXI11,
        strikes: Strikes::Answer,
        act: |message| match message.procedure {
            vxi11::DEVICE_WRITE => changed(message, RESULTS + 1, 0),
            _ => None,
        },
        effect: |case| match case.what {
            What::Write | What::Block | What::Query => Effect::Refused(VI_ERROR_IO),
            _ => Effect::Nowhere,
        },
    },
    Fault {
        name: "split",
        what: "the answer comes in fragments of 5 bytes, in HiSLIP messages of 1 byte",
        protocols: FRAMED,
        strikes: Strikes::Answer,
        act: split,
        effect: |case| match case.protocol {
            Protocol::Hislip if !awaits_data(case) => Effect::Nowhere,
            _ => Effect::None,
        },
    },
    Fault {
        name: "merged",
        what: "the answer comes in one piece with messages that nobody waits for",
        protocols: FRAMED,
        strikes: Strikes::Answer,
        act: |message| {
            let stray = match (message.protocol, message.line) {
                (Protocol::Vxi11, _) => rpc_record(&[STRANGE_XID, 1, 0, 0, 0, 0, 0, 0]),
                (_, Line::Side) => hislip_message(hislip::ASYNC_SERVICE_REQUEST, 0x40, 0, &[]),
                _ if message.is_data() => hislip_message(hislip::DATA_END, 0, 2, b"stray\n"),
                _ => return None,
            };
            Some(vec![Step::Send([&stray, &message.bytes[..], &stray].concat())])
        },
        effect: |case| match (case.protocol, case.awaits) {
            (Protocol::Hislip, Awaits::Answer) if !awaits_data(case) => Effect::Nowhere,
            _ => Effect::None,
        },
    },
    Fault {
        name: "repeated",
        what: "the answer comes twice",
        protocols: EVERY,
        strikes: Strikes::Answer,
        act: |message| Some(vec![Step::Send(message.bytes.repeat(2))]),
        effect: |case| match case.protocol {
            Protocol::Socket => Effect::Repeated,
            _ => Effect::None,
        },
    },
    Fault {
        name: "maximum 0",
        what: "the instrument says that it takes messages of 0 bytes at most",
        protocols: FRAMED,
        strikes: Strikes::Opening,
        act: |message| maximum(message, 0),
        effect: |_| Effect::None,
    },
    Fault {
        name: "maximum 4 GiB",
        what: "the instrument says that it takes messages of 4 GiB",
        protocols: FRAMED,
        strikes: Strikes::Opening,
        act: |message| maximum(message, 1 << 32),
        effect: |_| Effect::None,
    },
    Fault {
        name: "maximum 2^64 - 1",
        what: "the instrument says that it takes messages of any size",
        protocols: HISLIP,
        strikes: Strikes::Opening,
        act: |message| maximum(message, u64::MAX),
        effect: |_| Effect::None,
    },
    Fault {
        name: "error",
        what: "error 17 of VXI-11, Error of HiSLIP in place of the answer",
        protocols: FRAMED,
        strikes: Strikes::Answer,
        act: |message| match (message.protocol, message.line) {
            (Protocol::Vxi11, Line::Interrupt) => None,
            (Protocol::Vxi11, _) => changed(message, RESULTS, 17),
            _ => Some(vec![Step::Send(hislip_message(hislip::ERROR, 0, 0, b"no"))]),
        },
        effect: |case| match (case.protocol, case.awaits) {
            (Protocol::Vxi11, Awaits::Report) => Effect::Nowhere,
            (_, Awaits::Report) => Effect::Absent(After::Right),
            _ => Effect::Refused(VI_ERROR_IO),
        },
    },
    Fault {
        name: "fatal error",
        what: "FatalError of HiSLIP in place of the answer",
        protocols: HISLIP,
        strikes: Strikes::Answer,
        act: |_| Some(vec![Step::Send(hislip_message(hislip::FATAL_ERROR, 0, 0, b"no"))]),
        effect: |case| match case.what {
            What::Open => Effect::Refused(VI_ERROR_IO),
            _ => Effect::Gone,
        },
    },
    Fault {
        name: "denied",
        what: "the RPC server denies the call",
        protocols: VXI11,
        strikes: Strikes::Answer,
        act: |message| match message.line {
            Line::Interrupt => None,
            _ => changed(message, STAT, 1),
        },
        effect: |case| no_reply_there(case, VI_ERROR_IO),
    },
    Fault {
        name: "unavailable",
        what: "the RPC server has no such procedure",
        protocols: VXI11,
        strikes: Strikes::Answer,
        act: |message| match message.line {
            Line::Interrupt => None,
            _ => changed(message, ACCEPT_STAT, 3),
        },
        effect: |case| no_reply_there(case, VI_ERROR_NSUP_OPER),
    },
    Fault {
        name: "noise",
        what: "other bytes in place of the answer, as many of them; on a raw socket a line of them",
        protocols: EVERY,
        strikes: Strikes::Answer,
        act: |message| {
            let mut bytes = vec![0xAB; message.bytes.len()];
            if message.protocol == Protocol::Socket {
                *bytes.last_mut()? = b'\n';
            }
            Some(vec![Step::Send(bytes)])
        },
        effect: |case| match (case.protocol, case.what) {
            // Any bytes are data there, but no status byte.
            (Protocol::Socket, What::Status) => Effect::Refused(VI_ERROR_IO),
            (Protocol::Socket, _) => Effect::Taken,
            (_, What::Open) => Effect::Refused(VI_ERROR_IO),
            _ => Effect::Gone,
        },
    },
];

/// Whether the operation waits for a part of a response. A query over VXI-11 first waits for the
/// answer to its device_write, which is struck then.
fn awaits_data(case: Case) -> bool {
    match case.protocol {
        Protocol::Vxi11 => true,
        _ => matches!(case.what, What::Read | What::Query),
    }
}

fn no_reply_there(case: Case, status: i32) -> Effect {
    if case.awaits == Awaits::Report { Effect::Nowhere } else { Effect::Refused(status) }
}

/// The message with another word.
fn changed(message: &Message, at: usize, value: u32) -> Option<Vec<Step>> {
    with_word(&message.bytes, at, value).map(|bytes| vec![Step::Send(bytes)])
}

/// The message with another length announced.
fn announced(message: &Message, other: impl Fn(u64) -> u64) -> Option<Vec<Step>> {
    let mut bytes = message.bytes.clone();
    match message.protocol {
        Protocol::Vxi11 => {
            let mark = LAST | other((bytes.len() - MARK) as u64) as u32;
            bytes[..MARK].copy_from_slice(&mark.to_be_bytes());
        }
        _ => {
            let length = bytes[8..16].try_into().map_or(0, u64::from_be_bytes);
            bytes[8..16].copy_from_slice(&other(length).to_be_bytes());
        }
    }
    Some(vec![Step::Send(bytes)])
}

fn split(message: &Message) -> Option<Vec<Step>> {
    let mut pieces = Vec::new();
    match message.protocol {
        Protocol::Vxi11 => {
            let mut rest = &message.bytes[MARK..];
            while !rest.is_empty() {
                let piece;
                (piece, rest) = rest.split_at(rest.len().min(5));
                let last = if rest.is_empty() { LAST } else { 0 };
                pieces.extend((last | piece.len() as u32).to_be_bytes());
                pieces.extend(piece);
            }
        }
        _ if message.is_data() => {
            let (id, payload) = (word(&message.bytes, 1), &message.bytes[16..]);
            for byte in payload {
                pieces.extend(hislip_message(hislip::DATA, 0, id, &[*byte]));
            }
            pieces.extend(hislip_message(message.kind(), 0, id, &[]));
        }
        _ => return None,
    }
    Some(vec![Step::Send(pieces)])
}

fn maximum(message: &Message, size: u64) -> Option<Vec<Step>> {
    match message.protocol {
        // The protocol counts in 32 bits.
        Protocol::Vxi11 if message.procedure == vxi11::CREATE_LINK => {
            changed(message, RESULTS + 3, u32::try_from(size).unwrap_or(u32::MAX))
        }
        Protocol::Hislip if message.kind() == hislip::ASYNC_MAXIMUM_MESSAGE_SIZE_RESPONSE => {
            let response = hislip::ASYNC_MAXIMUM_MESSAGE_SIZE_RESPONSE;
            Some(vec![Step::Send(hislip_message(response, 0, 0, &size.to_be_bytes()))])
        }
        _ => None,
    }
}
