#![forbid(unsafe_code)]
//! Showing and storing what an instrument sent, text or not.

use std::io::IsTerminal;
use std::io::Write;
use std::path::Path;

use serde_json::Value;
use serde_json::json;

use crate::failure::Exit;
use crate::failure::Failure;
use crate::failure::Result;
use crate::talk::trimmed;

/// The message as text, when it is text: UTF-8 without control characters but tabs and line ends.
pub fn text(message: &[u8]) -> Option<&str> {
    let odd = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r');
    std::str::from_utf8(trimmed(message)).ok().filter(|text| !text.contains(odd))
}

/// Prints a message: text as a line; other bytes unchanged into a pipe, but never to a terminal,
/// which they could confuse.
///
/// # Errors
/// Stdout's.
pub fn print(message: &[u8]) -> Result {
    show(message).map_err(unwritten)
}

/// A failure of stdout, which the system's words alone do not name.
fn unwritten(error: std::io::Error) -> Failure {
    let cause = error.to_string();
    let failure = Failure::from(error);
    match failure.exit {
        Exit::Unread => failure,
        _ => Failure::new(format!("cannot write to stdout: {cause}")),
    }
}

fn show(message: &[u8]) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    match text(message) {
        Some(text) => writeln!(out, "{text}")?,
        None if out.is_terminal() => {
            let (first, count) = (&message[..message.len().min(64)], message.len());
            writeln!(out, "{count} bytes, not text; first {}:", first.len())?;
            for row in first.chunks(16) {
                let hex: Vec<String> = row.iter().map(|byte| format!("{byte:02x}")).collect();
                writeln!(out, "  {}", hex.join(" "))?;
            }
            writeln!(out, "--binary FILE stores a block's data; a pipe gets the bytes unchanged")?;
        }
        None => out.write_all(message)?,
    }
    // At the end of the program an error would be lost.
    out.flush()
}

/// Writes data to a file, or to stdout for `-`.
///
/// # Errors
/// With the file's name.
pub fn store(data: &[u8], path: &Path) -> Result {
    if path == Path::new("-") {
        let mut out = std::io::stdout().lock();
        return out.write_all(data).and_then(|()| out.flush()).map_err(unwritten);
    }
    std::fs::write(path, data)
        .map_err(|error| Failure::new(format!("cannot write {}: {error}", path.display())))
}

/// A message for `--json`: `text`, or `hex` for what is not text.
pub fn json(message: &[u8]) -> Value {
    match text(message) {
        Some(text) => json!({ "text": text, "bytes": message.len() }),
        None => {
            let hex: String = message.iter().map(|byte| format!("{byte:02x}")).collect();
            json!({ "hex": hex, "bytes": message.len() })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_told_from_bytes() {
        assert_eq!(text(b"1.5,2\tV\r\n"), Some("1.5,2\tV"));
        assert_eq!(text("µ\n".as_bytes()), Some("µ"));
        assert_eq!(text(b"\x1b[2J\n"), None, "control sequences stay away from terminals");
        assert_eq!(text(b"#12\xff\x00\n"), None);
    }

    #[test]
    fn json_holds_every_byte_of_what_is_not_text() {
        assert_eq!(json(b"\xff\n"), json!({ "hex": "ff0a", "bytes": 2 }));
        assert_eq!(json(b"ok\n"), json!({ "text": "ok", "bytes": 3 }));
    }
}
