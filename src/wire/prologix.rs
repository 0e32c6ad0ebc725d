#![forbid(unsafe_code)]
//! Prologix GPIB controllers and what is compatible: lines to the adapter, and what it answers
//! (Prologix GPIB-ETHERNET and GPIB-USB user manuals, AR488 command reference).
//!
//! A line that begins with `++` is a command; any other is data for the addressed device. What a
//! device says comes as it is, followed by nothing that tells where it ends. So each exchange ends
//! with two [`questions`](Mark::questions), whose answers are known beforehand: once they have
//! come, and nothing behind them, all before them is what the device said.

use std::fmt::Write;

use crate::wire::gpib::BusAddress;

const ESC: u8 = 0x1B;
const CR: u8 = b'\r';
const LF: u8 = b'\n';

/// The number that secondary address 0 has in commands.
const SECONDARY: u8 = 96;

/// Devices that one `++trg` can name.
pub const MOST_TRIGGERED: usize = 15;

/// What is in an adapter, as far as it makes a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Firmware {
    /// Prologix's own, and any that is not known.
    Prologix,
    /// AR488, for Arduino boards.
    Ar488,
}

impl Firmware {
    /// From the answer to `++ver`.
    pub fn of(version: &str) -> Self {
        if version.contains("AR488") { Self::Ar488 } else { Self::Prologix }
    }

    /// The most data that one line may carry, escapes included, in bytes. An AR488 has 64 bytes of
    /// room for what comes while it is busy on the bus, and nothing that stops the sender.
    pub fn most_data(self) -> usize {
        match self {
            Self::Prologix => 16 << 10,
            Self::Ar488 => 56,
        }
    }

    /// The longest time that `++read_tmo_ms` takes, in ms.
    pub fn most_tmo_ms(self) -> u32 {
        match self {
            Self::Prologix => 3000,
            Self::Ar488 => 32_000,
        }
    }
}

/// Appends `data` as a line of data.
pub fn data_line(data: &[u8], line: &mut Vec<u8>) {
    line.reserve(data.len() + 1);
    for byte in data {
        if is_escaped(*byte) {
            line.push(ESC);
        }
        line.push(*byte);
    }
    line.push(LF);
}

/// How many bytes from the beginning of `data` one line of at most `most` bytes can carry.
pub fn fitting(data: &[u8], most: usize) -> usize {
    let mut used = 0;
    let fits = |byte: &&u8| {
        used += if is_escaped(**byte) { 2 } else { 1 };
        used <= most
    };
    data.iter().take_while(fits).count()
}

fn is_escaped(byte: u8) -> bool {
    matches!(byte, CR | LF | ESC | b'+')
}

/// An address as commands have it: `5`, or `5 97` with secondary address 1.
pub fn address(device: BusAddress) -> String {
    match device.secondary {
        None => device.primary.to_string(),
        Some(secondary) => format!("{} {}", device.primary, SECONDARY + secondary),
    }
}

/// `++trg` for some devices; at most [`MOST_TRIGGERED`].
pub fn trigger(devices: &[BusAddress]) -> String {
    let mut command = String::from("++trg");
    for device in devices {
        // Never fails: a String takes what it is given.
        let _ = write!(command, " {}", address(*device));
    }
    command.push('\n');
    command
}

/// What ends an exchange: settings of the adapter, which it tells when it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// `++eot_char`: stands behind a last byte that came with EOI.
    pub eot_char: u8,
    /// `++read_tmo_ms`
    pub tmo_ms: u32,
}

/// What has come, as seen from its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// The mark has not come. This many bytes from the beginning cannot be part of one.
    Part(usize),
    /// The mark stands at the end, behind this many bytes.
    Mark(usize),
}

impl Mark {
    /// The questions.
    pub fn questions(self) -> &'static str {
        "++eot_char\n++read_tmo_ms\n"
    }

    /// Looks for the answers at the end of what has come.
    pub fn find(self, bytes: &[u8]) -> Seen {
        for eol in ["\r\n", "\n"] {
            let answers = format!("{}{eol}{}{eol}", self.eot_char, self.tmo_ms);
            if let Some(before) = bytes.strip_suffix(answers.as_bytes()) {
                return Seen::Mark(before.len());
            }
        }
        // The last byte of data, which must not be given away before it is known whether END came
        // with it, the character that tells EOI, three digits, five digits, two ends of lines.
        Seen::Part(bytes.len().saturating_sub(1 + 1 + 3 + 2 + 5 + 2))
    }
}

/// The number that an answer consists of.
pub fn number<T: std::str::FromStr>(answer: &[u8]) -> Option<T> {
    str::from_utf8(answer).ok()?.trim_ascii().parse().ok()
}

/// Whether the adapter says that it does not know a command, or cannot carry it out.
pub fn is_refusal(answer: &[u8]) -> bool {
    let text = String::from_utf8_lossy(answer).to_ascii_lowercase();
    text.contains("unrecognized") || text.contains("unavailable") || text.contains("unknown")
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARK: Mark = Mark { eot_char: 7, tmo_ms: 500 };

    #[test]
    fn what_would_end_a_line_or_make_a_command_is_escaped() {
        let mut line = Vec::new();
        data_line(b"++a\r\n\x1b\x00\xff", &mut line);
        assert_eq!(line, b"\x1b+\x1b+a\x1b\r\x1b\n\x1b\x1b\x00\xff\n");
    }

    #[test]
    fn a_line_never_splits_an_escape() {
        assert_eq!(fitting(b"abcdef", 4), 4);
        assert_eq!(fitting(b"abc+ef", 4), 3);
        assert_eq!(fitting(b"++", 4), 2);
        assert_eq!(fitting(b"", 4), 0);
        let all: Vec<u8> = (0..=255).collect();
        for most in 2..300 {
            let count = fitting(&all, most);
            let mut line = Vec::new();
            data_line(&all[..count], &mut line);
            assert!(line.len() <= most + 1 && (count == 256 || line.len() >= most - 1), "{most}");
        }
    }

    #[test]
    fn addresses_have_96_added_to_the_secondary() {
        let extended = BusAddress { primary: 9, secondary: Some(0) };
        assert_eq!(address(BusAddress::primary(30)), "30");
        assert_eq!(address(extended), "9 96");
        assert_eq!(trigger(&[BusAddress::primary(5), extended]), "++trg 5 9 96\n");
    }

    #[test]
    fn the_mark_is_found_at_the_end_only() {
        assert_eq!(MARK.find(b"abc7\r\n500\r\n"), Seen::Mark(3));
        assert_eq!(MARK.find(b"7\n500\n"), Seen::Mark(0));
        assert_eq!(MARK.find(b"7\r\n500\r\nx"), Seen::Part(0));
        assert_eq!(MARK.find(b"7\r\n501\r\n"), Seen::Part(0));
        assert_eq!(MARK.find(b""), Seen::Part(0));
    }

    #[test]
    fn nothing_that_may_belong_to_a_mark_is_given_away() {
        for mark in [MARK, Mark { eot_char: 255, tmo_ms: 32_000 }] {
            let mut all = vec![b'x'; 40];
            // Behind EOI stands the character itself.
            all.push(mark.eot_char);
            let data = all.len() - 1;
            all.extend(format!("{}\r\n{}\r\n", mark.eot_char, mark.tmo_ms).into_bytes());
            for cut in 0..all.len() {
                match mark.find(&all[..cut]) {
                    Seen::Part(free) => assert!(free <= data, "{cut}"),
                    Seen::Mark(_) => panic!("{cut}"),
                }
            }
        }
    }

    #[test]
    fn any_bytes_are_answers_that_can_be_looked_at() {
        for bytes in crate::wire::noise() {
            let _ = (MARK.find(&bytes), number::<u8>(&bytes), is_refusal(&bytes));
        }
        assert_eq!(number(b" 88\r\n"), Some(88_u8));
        assert_eq!(number::<u8>(b"256\r\n"), None);
        assert!(is_refusal(b"Unrecognized command\r\n") && !is_refusal(b"1\r\n"));
        assert_eq!(Firmware::of("AR488 GPIB controller, ver. 0.51"), Firmware::Ar488);
        assert_eq!(Firmware::of("Prologix GPIB-USB Controller version 6.1"), Firmware::Prologix);
    }
}
