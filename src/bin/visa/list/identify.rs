#![forbid(unsafe_code)]
//! `--idn`: asks all that can be asked who they are, side by side.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

use visa::rsrc::Address;
use visa::status::{VI_ERROR_RSRC_BUSY, VI_ERROR_RSRC_LOCKED};

use crate::abi::Manager;
use crate::failure::Failure;
use crate::failure::Result;
use crate::list::List;
use crate::list::search::{Listing, Row};
use crate::screen::Progress;
use crate::talk;
use crate::talk::{Sending, Talk};

/// How many are asked at a time.
const SIDE_BY_SIDE: usize = 16;

/// The most of an answer that is read: the standard's has 72 characters, and a SOCKET may never end.
const LONGEST: usize = 4096;

/// What came of asking a resource.
#[derive(Debug)]
pub enum Said {
    /// Its answer.
    Answer(Vec<u8>),
    /// It did not answer.
    Failed(Failure),
    /// It was not asked, for this reason.
    Skipped(String),
}

/// Asks all of `listing`. `each` is told of every row once it is known what came of it: first those
/// that are not asked, then the others as their answers come.
pub fn all(
    manager: &Manager,
    args: &List,
    listing: &mut Listing,
    each: &mut dyn FnMut(&[Row], usize),
) {
    let mut names = Vec::new();
    for index in 0..listing.rows.len() {
        let row = &mut listing.rows[index];
        match reason_not_to(row, args.serial) {
            None => names.push((index, row.name.clone())),
            Some(reason) => {
                row.said = Some(Said::Skipped(reason));
                each(&listing.rows, index);
            }
        }
    }
    let options = options(args.timeout);
    let (next, (sender, answers)) = (AtomicUsize::new(0), mpsc::channel());
    thread::scope(|scope| {
        for _ in 0..names.len().min(SIDE_BY_SIDE) {
            let sender = sender.clone();
            scope.spawn(|| {
                let sender = sender;
                while let Some((index, name)) = names.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let said = Said::of(ask(manager, name, &options));
                    let _ = sender.send((*index, said));
                }
            });
        }
        drop(sender);
        let mut progress = Progress::new();
        for left in (0..names.len()).rev() {
            progress.say(&format!("asking {} instrument(s)", left + 1));
            let Ok((index, said)) = answers.recv() else { break };
            listing.rows[index].said = Some(said);
            progress.hide();
            each(&listing.rows, index);
        }
    });
}

fn options(timeout: u32) -> talk::Options {
    let send = Sending { timeout, open_timeout: timeout, write_termination: None };
    talk::Options { send, read_termination: None }
}

fn ask(manager: &Manager, name: &str, options: &talk::Options) -> Result<Vec<u8>> {
    let talk = Talk::open(manager, name, options)?;
    talk.write("*IDN?")?;
    talk.read(LONGEST)
}

impl Said {
    fn of(answer: Result<Vec<u8>>) -> Self {
        match answer {
            Ok(message) => Self::Answer(message),
            Err(failure) => match failure.status {
                Some(VI_ERROR_RSRC_LOCKED) => {
                    Self::Skipped("another program has locked it (`visa lock` shows which)".into())
                }
                Some(VI_ERROR_RSRC_BUSY) => Self::Skipped("another program has it".into()),
                _ => Self::Failed(failure),
            },
        }
    }
}

/// Why a resource is not asked.
fn reason_not_to(row: &Row, ask_serial: bool) -> Option<String> {
    if let Some(obstacle) = &row.obstacle {
        return Some(obstacle.why.clone());
    }
    // What only another library knows, it may be asked.
    match &row.parsed.as_ref()?.address {
        Address::Asrl { .. } | Address::AsrlPath { .. } | Address::AsrlLan { .. } => {
            (!ask_serial).then(|| "--serial asks what is on serial ports".to_owned())
        }
        Address::Gpib { .. }
        | Address::Usb { .. }
        | Address::Vxi11 { .. }
        | Address::Hislip { .. }
        | Address::Socket { .. }
        | Address::Vicp { .. }
        | Address::Rsnrp { .. }
        | Address::Vxi { .. }
        | Address::GpibVxi { .. }
        | Address::Remote { .. } => None,
        Address::UsbRaw { .. } => Some("it is no instrument for messages".to_owned()),
        _ => Some("it is no instrument".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use visa::iface::obstacle::{Kind, Obstacle};
    use visa::rsrc::ResourceName;

    use super::*;

    fn row(name: &str) -> Row {
        let parsed = ResourceName::parse(name).ok();
        Row { name: name.to_owned(), parsed, ..Row::default() }
    }

    #[test]
    fn only_instruments_are_asked_and_serial_ports_when_it_is_wanted() {
        let skips = |name, serial| reason_not_to(&row(name), serial).is_some();
        for name in ["GPIB::5", "TCPIP::h::INSTR", "TCPIP::h::1::SOCKET", "USB::1::2::3", "ODD::9"]
        {
            assert!(!skips(name, false), "{name}");
        }
        for name in ["GPIB::INTFC", "USB::1::2::3::RAW", "PXI::3::INSTR", "GPIB::SERVANT"] {
            assert!(skips(name, true), "{name}");
        }
        for name in ["ASRL1", "ASRL/dev/ttyS0", "ASRL::h::1"] {
            assert!(skips(name, false) && !skips(name, true), "{name}");
        }
    }

    #[test]
    fn what_cannot_be_used_is_not_asked() {
        let obstacle =
            Obstacle { kind: Kind::Busy, why: "it is in use".into(), help: String::new() };
        let busy = Row { obstacle: Some(obstacle), ..row("USB::1::2::3") };
        assert_eq!(reason_not_to(&busy, true).as_deref(), Some("it is in use"));
    }

    #[test]
    fn a_lock_is_a_reason_and_no_failure() {
        let failed = |status| Said::of(Err(Failure { status, ..Failure::new("x") }));
        assert!(matches!(failed(Some(VI_ERROR_RSRC_LOCKED)), Said::Skipped(_)));
        assert!(matches!(failed(Some(VI_ERROR_RSRC_BUSY)), Said::Skipped(_)));
        assert!(matches!(failed(None), Said::Failed(_)));
    }
}
