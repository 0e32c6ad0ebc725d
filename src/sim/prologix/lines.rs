#![forbid(unsafe_code)]
//! From characters to lines: what ends one, and what an escape is for.

const ESC: u8 = 0x1B;
const CR: u8 = 0x0D;
const LF: u8 = 0x0A;

/// What a line is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// To the adapter: what follows the `++`.
    Command(String),
    /// To the instrument, escapes taken away.
    Data(Vec<u8>),
}

/// Collects characters until a line is complete.
#[derive(Debug, Default)]
pub(super) struct Lines {
    bytes: Vec<u8>,
    escaped: bool,
    /// Characters at the beginning that are `+` without an escape.
    pluses: usize,
}

impl Lines {
    /// Takes one character; a line when it was the last of one. Empty lines are none.
    pub(super) fn take(&mut self, byte: u8) -> Option<Line> {
        match byte {
            _ if std::mem::take(&mut self.escaped) => self.bytes.push(byte),
            ESC => self.escaped = true,
            CR | LF => return self.end(),
            b'+' if self.pluses == self.bytes.len() => {
                self.pluses += 1;
                self.bytes.push(byte);
            }
            _ => self.bytes.push(byte),
        }
        None
    }

    fn end(&mut self) -> Option<Line> {
        let Self { bytes, pluses, .. } = std::mem::take(self);
        match bytes.strip_prefix(b"++") {
            _ if bytes.is_empty() => None,
            Some(command) if pluses >= 2 => {
                Some(Line::Command(String::from_utf8_lossy(command).into_owned()))
            }
            _ => Some(Line::Data(bytes)),
        }
    }
}
