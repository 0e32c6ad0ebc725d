#![forbid(unsafe_code)]
//! A conversation with one resource: options of the command line, terminations, messages.

use std::cell::Cell;

use clap::Args;
use visa::consts::VI_ATTR_TERMCHAR;
use visa::consts::VI_ATTR_TERMCHAR_EN;
use visa::consts::VI_ATTR_TMO_VALUE;
use visa::consts::VI_TMO_INFINITE;
use visa::status;

use crate::abi::Fault;
use crate::abi::Manager;
use crate::abi::Session;
use crate::block;
use crate::failure::Failure;
use crate::failure::Result;
use crate::hints;

/// Bytes asked of one viRead. Longer messages take several.
const CHUNK: usize = 64 * 1024;

/// Options of every subcommand that talks.
#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    pub send: Sending,
    /// The character that ends an answer: LF, CR, NUL, a byte (0x0A) or `none`
    /// [default: LF on SOCKET resources, else none, for the interface marks the end]
    #[arg(long, value_name = "CHAR", value_parser = termination)]
    pub read_termination: Option<Termination>,
}

/// Options that matter without an answer too.
#[derive(Args, Clone, Debug)]
pub struct Sending {
    /// How long one read or write may take, in ms; `inf` waits for ever
    #[arg(long, value_name = "MS", default_value = "2000", value_parser = milliseconds, allow_negative_numbers = true)]
    pub timeout: u32,
    /// How long opening may take, in ms; `inf` waits for ever
    #[arg(long, value_name = "MS", default_value = "5000", value_parser = milliseconds, allow_negative_numbers = true)]
    pub open_timeout: u32,
    /// What is appended to a command: LF, CR, CRLF, NUL, a byte (0x0A) or `none`
    /// [default: LF on SOCKET and serial resources, else none]
    #[arg(long, value_name = "CHARS", value_parser = termination)]
    pub write_termination: Option<Termination>,
}

/// The bytes at the end of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Termination(pub Vec<u8>);

/// LF, CR, CRLF, NUL, none or the number of a byte.
fn termination(text: &str) -> std::result::Result<Termination, String> {
    let bytes = match text.to_ascii_uppercase().as_str() {
        "LF" | "\\N" | "\n" => vec![b'\n'],
        "CR" | "\\R" | "\r" => vec![b'\r'],
        "CRLF" | "\\R\\N" | "\r\n" => vec![b'\r', b'\n'],
        "NUL" => vec![0],
        "NONE" | "" => vec![],
        upper => {
            let byte = match upper.strip_prefix("0X") {
                Some(hex) => u8::from_str_radix(hex, 16),
                None => upper.parse(),
            };
            vec![byte.map_err(|_| "use LF, CR, CRLF, NUL, none or a byte like 0x0A".to_owned())?]
        }
    };
    Ok(Termination(bytes))
}

/// A number of milliseconds, or `inf`.
///
/// # Errors
/// Anything else.
pub fn milliseconds(text: &str) -> std::result::Result<u32, String> {
    match text {
        "inf" => Ok(VI_TMO_INFINITE),
        _ => text.parse().map_err(|_| "use a number of milliseconds or `inf`".to_owned()),
    }
}

/// What a resource's class needs at the end of messages when nobody says otherwise.
fn defaults(resource: &str) -> (Termination, Termination) {
    let name = resource.to_ascii_uppercase();
    let lf = || Termination(vec![b'\n']);
    let none = || Termination(vec![]);
    if name.ends_with("::SOCKET") {
        (lf(), lf())
    } else if name.starts_with("ASRL") {
        // Serial reads end on the termination character by VI_ATTR_ASRL_END_IN already.
        (none(), lf())
    } else {
        (none(), none())
    }
}

/// An open session with its terminations.
pub struct Talk<'m> {
    session: Session<'m>,
    resource: String,
    read_termination: Option<u8>,
    write_termination: Vec<u8>,
    /// Whether a command went out that an answer may follow.
    asked: Cell<bool>,
}

impl<'m> Talk<'m> {
    /// Opens `resource` and sets its timeout and termination character.
    ///
    /// # Errors
    /// What VISA says; a termination of two characters for reading, which VISA does not have.
    pub fn open(manager: &'m Manager, resource: &str, options: &Options) -> Result<Self> {
        let visa = |fault: Fault| Failure::visa(&fault, resource);
        let (read, write) = defaults(resource);
        let read = options.read_termination.clone().unwrap_or(read).0;
        // CRLF ends with LF: reading to LF reads all of it.
        let read_termination = read.last().copied();
        let write_termination = options.send.write_termination.clone().unwrap_or(write).0;
        let session = manager.session(resource, options.send.open_timeout).map_err(visa)?;
        session.set(VI_ATTR_TMO_VALUE, options.send.timeout).map_err(visa)?;
        if let Some(byte) = read_termination {
            session.set(VI_ATTR_TERMCHAR, byte.into()).map_err(visa)?;
            session.set(VI_ATTR_TERMCHAR_EN, 1).map_err(visa)?;
        }
        let (resource, asked) = (resource.to_owned(), Cell::new(false));
        Ok(Self { session, resource, read_termination, write_termination, asked })
    }

    /// The session, for what this type does not do.
    pub fn session(&self) -> &Session<'m> {
        &self.session
    }

    /// Sends a command and its termination in one message; returns the bytes sent.
    ///
    /// # Errors
    /// What VISA says.
    pub fn write(&self, command: &str) -> Result<usize> {
        let message = [command.as_bytes(), &self.write_termination].concat();
        self.session.write(&message).map_err(|fault| Failure::visa(&fault, &self.resource))?;
        self.asked.set(true);
        Ok(message.len())
    }

    /// Reads one message, or at most `limit` bytes of it.
    ///
    /// # Errors
    /// What VISA says, and how many bytes came before.
    pub fn read(&self, limit: usize) -> Result<Vec<u8>> {
        let mut message = Vec::new();
        while message.len() < limit {
            let mut chunk = vec![0; CHUNK.min(limit - message.len())];
            let (count, outcome) = self.session.read(&mut chunk);
            message.extend_from_slice(&chunk[..count]);
            if self.outcome(outcome, &message)? != status::VI_SUCCESS_MAX_CNT {
                break;
            }
        }
        Ok(message)
    }

    /// Reads the data of one IEEE 488.2 block, by its own count: data bytes may equal the
    /// termination character.
    ///
    /// # Errors
    /// What VISA says; an answer that is no block, or more than one.
    pub fn read_block(&self) -> Result<Vec<u8>> {
        let visa = |fault: Fault| Failure::visa(&fault, &self.resource);
        if self.read_termination.is_some() {
            self.session.set(VI_ATTR_TERMCHAR_EN, 0).map_err(visa)?;
        }
        // A SOCKET knows no END: after a pause the rest of the message may still come.
        let ends = !self.resource.to_ascii_uppercase().ends_with("::SOCKET");
        let mut got = 0;
        let source = |buffer: &mut [u8]| {
            let (count, outcome) = self.session.read(buffer);
            got += count;
            let code = outcome.map_err(|fault| self.cut_short(&fault, got))?;
            Ok((count, ends && code != status::VI_SUCCESS_MAX_CNT))
        };
        let (data, ended) = block::read(source).map_err(|failure| match failure.status {
            // VISA's failures name the resource already.
            Some(_) => failure,
            None => {
                Failure { message: format!("{}: {}", self.resource, failure.message), ..failure }
            }
        })?;
        if self.read_termination.is_some() {
            self.session.set(VI_ATTR_TERMCHAR_EN, 1).map_err(visa)?;
        }
        // Up to the end of the message, if it has an end: else it would begin the next answer.
        if !ended && (ends || self.read_termination.is_some()) {
            let more = self.read(usize::MAX)?;
            if !trimmed(&more).is_empty() {
                let more = more.len();
                let name = &self.resource;
                return Err(Failure::new(format!("{name}: {more} bytes follow the block"))
                    .hint("ask for one thing at a time"));
            }
        }
        Ok(data)
    }

    /// A block that broke off after `got` bytes, its header included.
    fn cut_short(&self, fault: &Fault, got: usize) -> Failure {
        let mut failure = Failure::visa(fault, &self.resource);
        if fault.code == status::VI_ERROR_TMO {
            failure.hints = hints::of_silence(&self.resource, 0, self.asked.get() && got == 0);
        }
        if got > 0 {
            failure.message += &format!(" The block is not complete: only {got} bytes of it came.");
        }
        failure
    }

    /// A failed read tells what came before it.
    fn outcome(&self, outcome: std::result::Result<i32, Fault>, before: &[u8]) -> Result<i32> {
        outcome.map_err(|fault| {
            let mut failure = Failure::visa(&fault, &self.resource);
            if fault.code == status::VI_ERROR_TMO {
                failure.hints = hints::of_silence(&self.resource, before.len(), self.asked.get());
            }
            if !before.is_empty() {
                let first = before[..before.len().min(40)].escape_ascii();
                let more = if before.len() > 40 { "..." } else { "" };
                let count = before.len();
                failure.message += &format!(" {count} bytes came before: \"{first}{more}\"");
            }
            failure
        })
    }
}

/// A message without the line end that instruments put at its end.
pub fn trimmed(message: &[u8]) -> &[u8] {
    let message = message.strip_suffix(b"\n").unwrap_or(message);
    message.strip_suffix(b"\r").unwrap_or(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terminations_have_names_and_numbers() {
        let bytes = |text| termination(text).map(|t| t.0);
        assert_eq!(bytes("LF"), Ok(vec![10]));
        assert_eq!(bytes("crlf"), Ok(vec![13, 10]));
        assert_eq!(bytes("\\n"), Ok(vec![10]));
        assert_eq!(bytes("0x0A"), Ok(vec![10]));
        assert_eq!(bytes("13"), Ok(vec![13]));
        assert_eq!(bytes("none"), Ok(vec![]));
        assert!(bytes("LFCR").is_err());
        assert!(bytes("256").is_err());
    }

    #[test]
    fn only_classes_without_an_end_mark_get_terminations() {
        let of = |name| {
            let (read, write) = defaults(name);
            (read.0, write.0)
        };
        assert_eq!(of("tcpip::h::5025::socket"), (vec![10], vec![10]));
        assert_eq!(of("ASRL1::INSTR"), (vec![], vec![10]));
        assert_eq!(of("TCPIP::h::hislip0::INSTR"), (vec![], vec![]));
        assert_eq!(of("GPIB0::1::INSTR"), (vec![], vec![]));
    }

    #[test]
    fn timeouts_are_milliseconds_or_for_ever() {
        assert_eq!(milliseconds("250"), Ok(250));
        assert_eq!(milliseconds("inf"), Ok(VI_TMO_INFINITE));
        assert!(milliseconds("2s").is_err() && milliseconds("-1").is_err());
    }

    #[test]
    fn one_line_end_is_taken_off_and_no_more() {
        assert_eq!(trimmed(b"1.0\r\n"), b"1.0");
        assert_eq!(trimmed(b"1.0\n\n"), b"1.0\n");
        assert_eq!(trimmed(b""), b"");
    }
}
