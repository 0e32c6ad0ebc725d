#![forbid(unsafe_code)]
//! Encodes questions.

use crate::wire::dns::{INTERNET, Name};

/// A question: which records of that type has that name?
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Question {
    /// The name.
    pub name: Name,
    /// [`PTR`](super::PTR) and the like.
    pub kind: u16,
}

impl Question {
    /// How many bytes of a message it takes.
    pub fn size(&self) -> usize {
        self.name.encoded().len() + 4
    }
}

/// A message that asks `questions`, at most 65535.
pub fn query(id: u16, questions: &[Question]) -> Vec<u8> {
    // Neither an answer nor for a server to pass on (RFC 6762 section 18).
    let flags = 0;
    let mut message = Vec::new();
    for word in [id, flags, questions.len() as u16, 0, 0, 0] {
        message.extend_from_slice(&word.to_be_bytes());
    }
    for question in questions {
        message.extend_from_slice(question.name.encoded());
        message.extend_from_slice(&question.kind.to_be_bytes());
        message.extend_from_slice(&INTERNET.to_be_bytes());
    }
    message
}
