#![forbid(unsafe_code)]
//! Domain names (RFC 1035 sections 3.1 and 4.1.4).

use std::fmt;
use std::hash::{Hash, Hasher};

use crate::wire::dns::bytes_at;

/// The longest name, in bytes, with the lengths of its labels and the end.
const LONGEST: usize = 255;

/// The longest label, in bytes.
const LONGEST_LABEL: usize = 63;

/// How many pointers a name may have: one behind each label is the most that serves, and names of
/// services have six labels. A sender that uses more gains nothing but our time.
const MOST_POINTERS: usize = 32;

/// A domain name. Compares without regard to the case of ASCII letters (RFC 6762 section 16).
#[derive(Clone, Debug)]
pub struct Name {
    /// Labels, each behind its length; then a length of 0.
    bytes: Box<[u8]>,
}

impl Name {
    /// The name that is written `text`: labels of plain characters with dots between them. `None`
    /// where that is no name.
    pub fn of(text: &str) -> Option<Self> {
        let mut bytes = Vec::with_capacity(text.len() + 2);
        for label in text.split('.') {
            let length = u8::try_from(label.len()).ok()?;
            if label.is_empty() || label.len() > LONGEST_LABEL {
                return None;
            }
            bytes.push(length);
            bytes.extend_from_slice(label.as_bytes());
        }
        bytes.push(0);
        (bytes.len() <= LONGEST).then(|| Self { bytes: bytes.into() })
    }

    /// The name at `at` in `message`, and where the next thing is. `None` for what is no name: cut
    /// short, too long, or with a pointer that leads in a circle.
    pub(super) fn decode(message: &[u8], at: usize) -> Option<(Self, usize)> {
        let mut bytes = Vec::new();
        // Behind the first pointer the message goes on; the name goes on elsewhere.
        let mut next = None;
        let mut at = at;
        // Each part lies before all parts so far, so that there is an end.
        let mut before = at;
        for _ in 0..=MOST_POINTERS {
            loop {
                let length = *message.get(at)?;
                if length == 0 {
                    bytes.push(0);
                    return Some((Self { bytes: bytes.into() }, next.unwrap_or(at + 1)));
                }
                if usize::from(length) > LONGEST_LABEL {
                    break;
                }
                let end = at + 1 + usize::from(length);
                bytes.extend_from_slice(message.get(at..end)?);
                if bytes.len() >= LONGEST {
                    return None;
                }
                at = end;
            }
            let pointer = u16::from_be_bytes(bytes_at(message, at)?);
            // The two upper bits mark a pointer; other combinations mean nothing (RFC 6891 5).
            let to = usize::from(pointer & 0x3FFF);
            if pointer < 0xC000 || to >= before {
                return None;
            }
            next = next.or(Some(at + 2));
            (at, before) = (to, to);
        }
        None
    }

    /// As in a message, without compression.
    pub(super) fn encoded(&self) -> &[u8] {
        &self.bytes
    }

    /// The same bytes for names that are the same.
    pub fn folded(&self) -> Vec<u8> {
        self.bytes.to_ascii_lowercase()
    }

    /// Whether it is the name that is written `text`, as for [`Name::of`].
    pub fn is(&self, text: &str) -> bool {
        let mut labels = self.labels();
        let is_next = |label: &str| {
            labels.next().is_some_and(|own| own.eq_ignore_ascii_case(label.as_bytes()))
        };
        text.split('.').all(is_next) && labels.next().is_none()
    }

    /// The first label, and the name behind it; `None` for the root.
    pub fn split(&self) -> Option<(&[u8], Self)> {
        let label = self.labels().next()?;
        Some((label, Self { bytes: self.bytes[label.len() + 1..].into() }))
    }

    /// The labels, up to the root.
    fn labels(&self) -> impl Iterator<Item = &[u8]> {
        let mut rest = &self.bytes[..];
        std::iter::from_fn(move || {
            let (length, behind) = rest.split_first()?;
            let (label, behind) = behind.split_at_checked(usize::from(*length))?;
            rest = behind;
            Some(label).filter(|label| !label.is_empty())
        })
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        // The lengths of labels are below all letters.
        self.bytes.eq_ignore_ascii_case(&other.bytes)
    }
}

impl Eq for Name {}

impl Hash for Name {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.folded().hash(state);
    }
}

/// For people: what is not UTF-8 is replaced. A dot in a label looks like any other.
impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, label) in self.labels().enumerate() {
            let dot = if place == 0 { "" } else { "." };
            write!(f, "{dot}{}", String::from_utf8_lossy(label))?;
        }
        Ok(())
    }
}
