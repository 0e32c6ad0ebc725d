#![forbid(unsafe_code)]
//! What a service says that it is.

use crate::os::terminal;
use crate::wire::dns::text;

/// The longest that is kept of each part, in characters.
const LONGEST: usize = 64;

/// Maker, model and serial number, as far as they are given; else empty. For people: without
/// characters that a terminal would obey.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Identity {
    /// The maker.
    pub manufacturer: String,
    /// The model.
    pub model: String,
    /// The serial number.
    pub serial: String,
}

impl Identity {
    /// What `text` gives by the keys that LXI has for it.
    pub fn of(text: &[u8]) -> Self {
        let part = |key| text::value(text, key).map(shown).unwrap_or_default();
        Self {
            manufacturer: part("Manufacturer"),
            model: part("Model"),
            serial: part("SerialNumber"),
        }
    }

    /// Whether it has a serial number that no other instrument has. What makers put there who have
    /// none, "0000" or "N/A", is none.
    pub fn is_unique(&self) -> bool {
        let is_counted = self.serial.bytes().any(|byte| (b'1'..=b'9').contains(&byte));
        is_counted && self.serial.len() >= 3
    }

    /// For people, in the order of an answer to `*IDN?`.
    pub fn description(&self) -> String {
        let parts = [&self.manufacturer, &self.model, &self.serial];
        let given: Vec<_> =
            parts.into_iter().map(String::as_str).filter(|p| !p.is_empty()).collect();
        given.join(", ")
    }
}

/// Bytes from the network as people may be shown them.
pub fn shown(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let plain = text.chars().filter(|c| !terminal::obeys(*c)).take(LONGEST);
    plain.collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_left_out() {
        assert_eq!(shown(b" 34\x1b[2J461A\n "), "34[2J461A");
        assert_eq!(shown("34\u{202e}461\u{2066}A\u{200f}".as_bytes()), "34461A");
    }
}
