#![forbid(unsafe_code)]
//! What a fault is: when it strikes, what it does, and what it must come to. The faults themselves
//! are rows of `table.rs`.

use std::time::Duration;

use visa::consts::ViStatus;

use crate::faults::operation::Awaits;
use crate::faults::operation::What;
use crate::faults::protocol::Message;
use crate::faults::protocol::Protocol;
use crate::faults::table::names;

/// A fault.
pub struct Fault {
    /// Its name in the table of outcomes.
    pub name: &'static str,
    /// What the proxy does.
    pub what: &'static str,
    pub protocols: &'static [Protocol],
    pub strikes: Strikes,
    /// What is done in place of a message, or of nothing when it strikes idle connections. `None`
    /// leaves the message alone and waits for another.
    pub act: fn(&Message) -> Option<Vec<Step>>,
    /// What it must come to.
    pub effect: fn(Case) -> Effect,
}

impl Fault {
    /// Whether the answer comes after all, when nobody waits for it any more.
    pub fn comes_late(&self) -> bool {
        matches!(self.name, names::LATE | names::CRAWLING)
    }
}

/// What a fault strikes: an operation over a protocol.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    pub protocol: Protocol,
    pub what: What,
    pub awaits: Awaits,
}

/// What a fault strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strikes {
    /// The first message of the library.
    Request,
    /// The first message of the instrument.
    Answer,
    /// A message that is sent while the session is opened; the operation comes later.
    Opening,
    /// All connections, while nothing is under way on them.
    Idle,
}

/// A step of the proxy, on the way that the struck message had.
#[derive(Clone, Debug)]
pub enum Step {
    /// Sends bytes.
    Send(Vec<u8>),
    /// Sends bytes, each in a segment of its own.
    Drip(Vec<u8>),
    /// The same, so slowly that the operation's time ends in the middle.
    Crawl(Vec<u8>),
    /// Sends bytes again and again, and nothing else.
    Flood(Vec<u8>),
    Pause(Duration),
    /// Waits until the operation's time is over.
    Outlast,
    /// Nothing passes any more on this way.
    Mute,
    /// Takes nothing more from the library.
    Deafen,
    /// Ends the connection towards the receiver, and still listens to it.
    FinishSending,
    /// Ends both connections in good order.
    Close,
    /// Breaks the library's connection off.
    Reset,
}

impl Step {
    /// Whether the library gets an end of what is sent to it.
    pub fn ends_answers(&self) -> bool {
        matches!(self, Self::FinishSending | Self::Close | Self::Reset)
    }
}

/// What a fault must come to, for the operation that it strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It finds no message to strike: the protocol has nothing of the kind there.
    Nowhere,
    /// Nothing: the operation ends as if all were well, and so does the next.
    None,
    /// No answer in time. Then the session is as [`After`] says.
    Absent(After),
    /// The connection is lost, and with it the session.
    Gone,
    /// The answer says no, or makes no sense, and the next one is right.
    Refused(ViStatus),
    /// An answer without a sense, after which nobody knows where the next one begins: refused with
    /// this status, and the next operation may fail in any way but by taking something wrong.
    Broken(ViStatus),
    /// The data are cut short where nobody can know it, and what follows is no message: the
    /// operation is well, the session lost.
    Truncated,
    /// Data are data: the read ends well whatever they are.
    Taken,
    /// The stream is taken for what was asked for, and makes this status of it.
    Drowned(ViStatus),
    /// All is well, and the answer is there once more, where no mark tells one from another.
    Repeated,
}

/// What the next operation finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    /// Its own answer.
    Right,
    /// No answer either.
    Stuck,
    /// An answer to an earlier question, where the protocol has no mark that could tell; a viClear
    /// makes it right.
    Stale,
    /// Whatever the endless stream brings.
    Drowned,
}
