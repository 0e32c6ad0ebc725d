#![forbid(unsafe_code)]
//! Commands for compatibility: what PyVISA's own tests for instruments expect of the simulated
//! instrument on the other end, where no standard command would do.
//!
//! | command | effect or answer |
//! |---|---|
//! | `RECEIVE`, `RCVSLOWSRQ` | the next bytes up to a line feed are kept, whatever they are |
//! | `SEND` | what was kept, with its line feed |
//! | `SENDSLOWSRQ` | the same 0.2 s later, and then a service request, whatever `*SRE` says |
//!
//! END does not end what is being kept: the tests write it in several messages.

use std::time::Duration;

use crate::sim::commands::Argument;
use crate::sim::commands::Call;
use crate::sim::commands::Command;
use crate::sim::commands::command;
use crate::sim::status::DATA_STALE;
use crate::sim::status::ErrorNumber;
use crate::sim::status::INPUT_BUFFER_OVERRUN;

/// The longest line that is kept, in bytes.
const LONGEST: usize = 64 << 20;

/// How slow `SENDSLOWSRQ` is: time enough to see that nothing comes before.
const SLOW: Duration = Duration::from_millis(200);

/// The commands of this group.
pub(super) static COMMANDS: &[Command] = &[
    command("RECEIVE", Argument::None, receive),
    command("RCVSLOWSRQ", Argument::None, receive),
    command("SEND", Argument::None, send),
    command("SENDSLOWSRQ", Argument::None, send_slowly),
];

/// What one connection has had kept.
#[derive(Debug, Default)]
pub(super) struct Store {
    /// The line is still arriving.
    pub(super) taking: bool,
    line: Option<Vec<u8>>,
}

impl Store {
    /// Takes what belongs to the line from the front of `input`: how many bytes, with the line
    /// feed. 0 when nothing is to be kept.
    ///
    /// # Errors
    /// -363 once when the line is longer than can be kept; its rest is skipped.
    pub(super) fn take(&mut self, input: &[u8]) -> (usize, Result<(), ErrorNumber>) {
        if !self.taking {
            return (0, Ok(()));
        }
        let end = input.iter().position(|byte| *byte == b'\n');
        self.taking = end.is_none();
        let data = &input[..end.unwrap_or(input.len())];
        let mut outcome = Ok(());
        if let Some(line) = &mut self.line {
            if line.len() + data.len() > LONGEST {
                self.line = None;
                outcome = Err(INPUT_BUFFER_OVERRUN);
            } else {
                line.extend_from_slice(data);
            }
        }
        (end.map_or(input.len(), |end| end + 1), outcome)
    }
}

fn receive(call: &mut Call<'_>) -> Result<(), ErrorNumber> {
    *call.store = Store { taking: true, line: Some(Vec::new()) };
    Ok(())
}

fn send(call: &mut Call<'_>) -> Result<(), ErrorNumber> {
    let line = call.store.line.clone().ok_or(DATA_STALE)?;
    call.answer(line)
}

fn send_slowly(call: &mut Call<'_>) -> Result<(), ErrorNumber> {
    send(call)?;
    *call.delay = Some(SLOW);
    call.device.request_when_available(call.port);
    Ok(())
}
