#![forbid(unsafe_code)]
//! Decodes the records of an answer, whatever bytes it is made of.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::wire::dns::{A, AAAA, HEADER, INTERNET, Name, PTR, SRV, TXT};
use crate::wire::dns::{bytes_at, u16_at};

/// How many questions an answer may repeat: more than fit into a packet of ours.
const MOST_QUESTIONS: u16 = 256;

/// An answer: its number, and its records in order.
#[derive(Clone, Debug)]
pub struct Answer<'a> {
    /// The number of the question, or 0.
    pub id: u16,
    message: &'a [u8],
    at: usize,
    left: usize,
}

/// A record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// What it is about.
    pub name: Name,
    /// For how many seconds it holds; 0 takes it back (RFC 6762 section 10.1).
    pub ttl: u32,
    /// What it says.
    pub data: Data<'a>,
}

/// What a record says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Data<'a> {
    /// An address of a host.
    A(Ipv4Addr),
    /// An IPv6 address of a host.
    Aaaa(Ipv6Addr),
    /// A service of that kind.
    Ptr(Name),
    /// Where a service is.
    Srv {
        /// Its TCP port.
        port: u16,
        /// Its host.
        host: Name,
    },
    /// What a service says of itself: see [`text`](super::text).
    Txt(&'a [u8]),
    /// Of another type or class, or not what its type says.
    Other,
}

impl<'a> Answer<'a> {
    /// The answer that `message` is; `None` for anything else, a refusal among it.
    pub fn decode(message: &'a [u8]) -> Option<Self> {
        let word = |place: usize| u16_at(message, place * 2);
        let (id, flags) = (word(0)?, word(1)?);
        // An answer (QR) to a standard query (OPCODE) without an error (RCODE).
        if flags & 0xF80F != 0x8000 {
            return None;
        }
        let questions = word(2).filter(|count| *count <= MOST_QUESTIONS)?;
        let left = [word(3)?, word(4)?, word(5)?].into_iter().map(usize::from).sum();
        let mut at = HEADER;
        for _ in 0..questions {
            let (_, behind) = Name::decode(message, at)?;
            at = behind + 4;
        }
        Some(Self { id, message, at, left })
    }

    fn record(&mut self) -> Option<Record<'a>> {
        let (name, at) = Name::decode(self.message, self.at)?;
        let kind = u16_at(self.message, at)?;
        // The upper bit says that older records are void (RFC 6762 section 10.2).
        let class = u16_at(self.message, at + 2)? & 0x7FFF;
        let ttl = u32::from_be_bytes(bytes_at(self.message, at + 4)?);
        let start = at + 10;
        let end = start + usize::from(u16_at(self.message, at + 8)?);
        let data = self.message.get(start..end)?;
        self.at = end;
        let data = if class == INTERNET { self.data(kind, data, start) } else { None };
        Some(Record { name, ttl, data: data.unwrap_or(Data::Other) })
    }

    /// What `data`, which stands at `start`, says.
    fn data(&self, kind: u16, data: &'a [u8], start: usize) -> Option<Data<'a>> {
        // A compressed name needs the message before it, and must end where the data does.
        let name = |offset: usize| {
            let (name, end) = Name::decode(self.message, start + offset)?;
            (end == start + data.len()).then_some(name)
        };
        match kind {
            A => <[u8; 4]>::try_from(data).ok().map(|bytes| Data::A(bytes.into())),
            AAAA => <[u8; 16]>::try_from(data).ok().map(|bytes| Data::Aaaa(bytes.into())),
            PTR => name(0).map(Data::Ptr),
            // Priority and weight stand before the port; they matter where there is a choice.
            SRV => Some(Data::Srv { port: u16_at(data, 4)?, host: name(6)? }),
            TXT => Some(Data::Txt(data)),
            _ => None,
        }
    }
}

/// The records up to the first that is cut short or has no name.
impl<'a> Iterator for Answer<'a> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Record<'a>> {
        self.left = self.left.checked_sub(1)?;
        let record = self.record();
        if record.is_none() {
            self.left = 0;
        }
        record
    }
}
