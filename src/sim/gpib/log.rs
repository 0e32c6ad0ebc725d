#![forbid(unsafe_code)]
//! What happened on the bus, in order.

use std::fmt;

use crate::sim::gpib::Address;

/// Entries kept; older ones go.
const MOST: usize = 200_000;

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A byte with ATN.
    Command(u8),
    /// Bytes without ATN from one talker, up to END or to what came between.
    Data {
        /// Who talked.
        from: Address,
        /// How many bytes.
        count: u64,
        /// Whether the last one came with EOI.
        end: bool,
    },
    /// A pulse on IFC.
    InterfaceClear,
    /// A change of REN.
    RemoteEnable(bool),
    /// A parallel poll and its answer.
    ParallelPoll(u8),
}

/// Commands as two hexadecimal digits; data as the talker's address and the count, `5>12.` with
/// END, `5>12` without; `IFC`, `REN+`, `REN-`; `PP` and the answer.
impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Command(byte) => write!(f, "{byte:02X}"),
            Self::Data { from, count, end } => {
                write!(f, "{from}>{count}{}", if *end { "." } else { "" })
            }
            Self::InterfaceClear => f.write_str("IFC"),
            Self::RemoteEnable(on) => f.write_str(if *on { "REN+" } else { "REN-" }),
            Self::ParallelPoll(answer) => write!(f, "PP{answer:02X}"),
        }
    }
}

/// The latest entries.
#[derive(Debug, Default)]
pub(super) struct Log {
    entries: Vec<Entry>,
}

impl Log {
    pub(super) fn add(&mut self, entry: Entry) {
        if let (
            Some(Entry::Data { from, count, end: ended @ false }),
            Entry::Data { from: now, count: more, end },
        ) = (self.entries.last_mut(), &entry)
            && from == now
        {
            *count += more;
            *ended = *end;
            return;
        }
        if self.entries.len() >= MOST {
            self.entries.drain(..MOST / 2);
        }
        self.entries.push(entry);
    }

    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    pub(super) fn clear(&mut self) {
        self.entries.clear();
    }
}
