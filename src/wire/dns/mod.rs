#![forbid(unsafe_code)]
//! DNS messages as multicast DNS sends them (RFC 1035 section 4, RFC 6762 section 18): questions
//! are encoded, answers decoded.
//!
//! | file | what |
//! |---|---|
//! | `name.rs` | domain names, with compression |
//! | `question.rs` | encodes questions |
//! | `record.rs` | decodes the records of an answer |
//! | `text.rs` | what a service says of itself (RFC 6763 section 6) |

mod name;
mod question;
mod record;
#[cfg(test)]
mod tests;
pub mod text;

pub use crate::wire::dns::name::Name;
pub use crate::wire::dns::question::{Question, query};
pub use crate::wire::dns::record::{Answer, Data, Record};

/// A host's IPv4 address.
pub const A: u16 = 1;
/// A host's IPv6 address.
pub const AAAA: u16 = 28;
/// Another name: from a kind of service to one service of that kind.
pub const PTR: u16 = 12;
/// Where a service is: host and port (RFC 2782).
pub const SRV: u16 = 33;
/// What a service says of itself.
pub const TXT: u16 = 16;

/// The class of all records here.
const INTERNET: u16 = 1;

/// The fixed part of every message, in bytes.
const HEADER: usize = 12;

/// `N` bytes of `message` from `at`.
fn bytes_at<const N: usize>(message: &[u8], at: usize) -> Option<[u8; N]> {
    message.get(at..at.checked_add(N)?)?.try_into().ok()
}

/// The big-endian number at `at`.
fn u16_at(message: &[u8], at: usize) -> Option<u16> {
    bytes_at(message, at).map(u16::from_be_bytes)
}
