#![forbid(unsafe_code)]
//! Serial sessions against a device: the other end of a pseudo-terminal, or of a connection.

mod attributes;
mod messages;
mod network;
mod sharing;

use crate::iface::Call;
use crate::iface::Interface;
use crate::iface::Link;
use crate::iface::Stop;
use crate::iface::asrl::Asrl;
use crate::os::Cancel;
use crate::os::Deadline;
use crate::os::Wait;
use crate::os::pty::Pty;
use crate::rsrc::ResourceName;
use crate::status::Result;

/// A session's settings, as VISA's defaults for a serial port.
struct Terms {
    cancel: Cancel,
    timeout_ms: u32,
    term_char: Option<u8>,
    end_char: u8,
    send_end: bool,
    suppress_end: bool,
}

impl Terms {
    fn new() -> Self {
        Self {
            cancel: Cancel::new(),
            timeout_ms: 20_000,
            term_char: None,
            end_char: b'\n',
            send_end: true,
            suppress_end: false,
        }
    }

    /// For what must time out.
    fn hurried() -> Self {
        Self { timeout_ms: 40, ..Self::new() }
    }

    fn call(&self) -> Call<'_> {
        Call {
            wait: Wait {
                deadline: Deadline::from_timeout(self.timeout_ms),
                ticket: self.cancel.ticket(),
            },
            timeout_ms: self.timeout_ms,
            term_char: self.term_char,
            end_char: self.end_char,
            send_end: self.send_end,
            suppress_end: self.suppress_end,
        }
    }
}

fn open_name(name: &str) -> Result<Box<dyn Link>> {
    Asrl.open(&ResourceName::parse(name).unwrap(), &Terms::new().call().wait)
}

fn open(pty: &Pty) -> Box<dyn Link> {
    open_name(&format!("ASRL{}::INSTR", pty.path.display())).unwrap()
}

fn read(link: &dyn Link, size: usize, terms: &Terms) -> (Vec<u8>, Result<Stop>) {
    let mut buf = vec![0; size];
    let read = link.read(&mut buf, &terms.call());
    buf.truncate(read.count);
    (buf, read.outcome)
}

fn code<T: std::fmt::Debug>(outcome: Result<T>) -> i32 {
    outcome.unwrap_err().code
}
