#![forbid(unsafe_code)]
//! USB instruments that a test plays, byte by byte. Real transfers are tested in the bench VM.

mod messages;
mod opening;
mod random;
mod recovery;
mod script;
mod status;

use std::sync::Arc;

use self::script::{INPUT, INTERRUPT, OUTPUT, PACKET, Said, Script, Told};
use crate::iface::usbtmc::instrument::{Instrument, Layout};
use crate::iface::usbtmc::quirks::Quirks;
use crate::iface::usbtmc::{Facts, UsbtmcLink};
use crate::iface::{Call, Link, Stop};
use crate::os::Cancel;
use crate::os::Deadline;
use crate::os::Wait;
use crate::os::usb::descriptors::{Endpoint, Kind};
use crate::status::Result;

/// GET_CAPABILITIES
const CAPABILITIES: u8 = 7;

/// What an instrument answers that can do all.
fn can_all() -> Told {
    let mut told = vec![0; 24];
    (told[0], told[5], told[14], told[15]) = (1, 1, 7, 15);
    Told::Answer(told)
}

fn layout() -> Layout {
    let endpoint = |address, kind, max_packet| Endpoint { address, kind, max_packet };
    Layout {
        interface: 0,
        protocol: 1,
        output: endpoint(OUTPUT, Kind::Bulk, PACKET as u16),
        input: endpoint(INPUT, Kind::Bulk, PACKET as u16),
        interrupt: Some(endpoint(INTERRUPT, Kind::Interrupt, 8)),
    }
}

/// A session's settings, as VISA's defaults.
struct Terms {
    cancel: Cancel,
    timeout_ms: u32,
    term_char: Option<u8>,
    send_end: bool,
    suppress_end: bool,
}

impl Terms {
    fn new() -> Self {
        Self {
            cancel: Cancel::new(),
            timeout_ms: 20_000,
            term_char: None,
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
            end_char: b'\n',
            send_end: self.send_end,
            suppress_end: self.suppress_end,
        }
    }
}

fn open_as(script: &Arc<Script>, layout: Layout, quirks: Quirks) -> UsbtmcLink {
    let terms = Terms::new();
    let pipes = Box::new(script.clone());
    let instrument = Instrument::new(pipes, layout, quirks, &terms.call().wait).unwrap();
    let facts = Facts { identity: "1".into(), manufacturer: "M".into(), model: "T".into() };
    UsbtmcLink::new(Arc::new(instrument), facts)
}

/// An instrument that can do all, and a session with it.
fn open() -> (Arc<Script>, UsbtmcLink) {
    let script = Arc::new(Script::default());
    script.tells(CAPABILITIES, can_all());
    let link = open_as(&script, layout(), Quirks::default());
    script.log();
    (script, link)
}

/// A transfer from the device: the answer to the request with this tag.
fn answer(tag: u8, data: &[u8], end: bool) -> Vec<u8> {
    let mut bytes = vec![2, tag, !tag, 0];
    bytes.extend((data.len() as u32).to_le_bytes());
    bytes.extend([end.into(), 0, 0, 0]);
    bytes.extend(data);
    bytes
}

fn says(script: &Script, tag: u8, data: &[u8], end: bool) {
    script.says(Said::Transfer(answer(tag, data, end)));
}

fn write(link: &UsbtmcLink, data: &[u8], terms: &Terms) -> (usize, Result) {
    let written = link.write(data, &terms.call());
    (written.count, written.outcome)
}

fn read(link: &UsbtmcLink, size: usize, terms: &Terms) -> (Vec<u8>, Result<Stop>) {
    let mut buf = vec![0; size];
    let read = link.read(&mut buf, &terms.call());
    buf.truncate(read.count);
    (buf, read.outcome)
}

fn code<T: std::fmt::Debug>(outcome: Result<T>) -> i32 {
    outcome.unwrap_err().code
}

/// A query is answered as if nothing had been.
fn is_well(script: &Script, link: &UsbtmcLink) {
    let terms = Terms::new();
    assert_eq!(write(link, b"*IDN?\n", &terms), (6, Ok(())));
    let next = script.sent()[1] + 1;
    says(script, next, b"me\n", true);
    assert_eq!(read(link, 100, &terms), (b"me\n".to_vec(), Ok(Stop::End)));
}
