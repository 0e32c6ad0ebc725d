#![forbid(unsafe_code)]
//! How the tool fails: what happened, what to try next, and the exit code.

use std::io::ErrorKind;

use serde_json::Value;
use serde_json::json;
use visa::consts::ViStatus;
use visa::status;

use crate::abi::Fault;
use crate::hints;

/// What a subcommand returns.
pub type Result<T = ()> = std::result::Result<T, Failure>;

/// Exit codes other than success. clap exits with 2 by itself too. `--help` lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Who reads stdout has seen enough: no failure at all.
    Unread = 0,
    /// The instrument, the VISA library or the file system said no.
    Trouble = 1,
    /// Arguments that make no sense together.
    Usage = 2,
    /// `list` found nothing.
    Nothing = 3,
    /// No VISA library could be loaded.
    NoLibrary = 4,
}

/// A failed subcommand.
#[derive(Debug)]
pub struct Failure {
    /// For the shell.
    pub exit: Exit,
    /// The status, when VISA said it.
    pub status: Option<ViStatus>,
    /// What happened, one line.
    pub message: String,
    /// What to do next, one line each.
    pub hints: Vec<String>,
}

impl Failure {
    /// Trouble that no VISA status describes.
    pub fn new(message: impl Into<String>) -> Self {
        Self { exit: Exit::Trouble, status: None, message: message.into(), hints: Vec::new() }
    }

    /// A VISA call that failed while doing something with `resource`.
    pub fn visa(fault: &Fault, resource: &str) -> Self {
        Self {
            status: Some(fault.code),
            hints: hints::of(fault.code, fault.call, resource),
            ..Self::new(format!("{resource}: {}", describe(fault)))
        }
    }

    /// The same with one more thing to try.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// For `--json`.
    pub fn json(&self) -> Value {
        json!({
            "message": self.message,
            "status": self.status.map(|code| format!("{:#010X}", code as u32)),
            "symbol": self.status.and_then(status::name),
            "hints": self.hints,
        })
    }

    /// For people: the message and its hints on lines of their own.
    pub fn text(&self) -> String {
        let hints = self.hints.iter().map(|hint| format!("\n  try: {hint}"));
        std::iter::once(self.message.clone()).chain(hints).collect()
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            ErrorKind::BrokenPipe => Self { exit: Exit::Unread, ..Self::new("nobody reads") },
            _ => Self::new(error.to_string()),
        }
    }
}

/// Symbol, number, text and the call of a failed VISA call.
fn describe(fault: &Fault) -> String {
    let number = format!("{:#010X}", fault.code as u32);
    let symbol = status::name(fault.code).unwrap_or("a status of this vendor");
    format!("{symbol} ({number}) from {}: {}", fault.call, fault.text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_symbol_number_call_resource_and_text() {
        let fault = Fault {
            code: status::VI_ERROR_TMO,
            call: "viRead",
            text: "Time ran out before completion.".into(),
        };
        let text = Failure::visa(&fault, "GPIB0::8::INSTR").text();
        for part in ["VI_ERROR_TMO", "0xBFFF0015", "viRead", "GPIB0::8::INSTR", "Time ran out"] {
            assert!(text.contains(part), "{part} in {text}");
        }
    }

    #[test]
    fn a_status_that_only_a_vendor_knows_still_shows_its_number() {
        let fault = Fault { code: -1, call: "viOpen", text: "odd".into() };
        assert!(describe(&fault).contains("0xFFFFFFFF"));
        assert_eq!(Failure::visa(&fault, "x").json()["symbol"], Value::Null);
    }
}
