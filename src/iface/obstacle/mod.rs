#![forbid(unsafe_code)]
//! Why something that looks like an instrument cannot be used, and what helps.
//!
//! For people, and for them alone: viOpen finds out by itself, and says so by a status. Here is only
//! looked at what the system shows of files, drivers and processes. Nothing is opened and nothing
//! is sent, so that looking disturbs nobody.
//!
//! | file | what |
//! |---|---|
//! | `gpib.rs` | boards, of whatever kind, that do not open |
//! | `serial.rs` | serial ports |
//! | `usb.rs` | interfaces of USB devices |

pub mod gpib;
pub mod serial;
pub mod usb;

use std::path::Path;

use crate::config::Config;
use crate::iface::asrl;
use crate::iface::gpib::has_board;
use crate::os::holders::Holder;
use crate::os::permission;
use crate::os::permission::Group;
use crate::rsrc::Address;
use crate::rsrc::ResourceName;

/// What stands between a user and an instrument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obstacle {
    /// Of what kind it is.
    pub kind: Kind,
    /// What is the matter, in words that follow a name.
    pub why: String,
    /// What to do about it, in words that follow `try:`; may be empty.
    pub help: String,
}

/// Kinds of obstacles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The user may not use it.
    Permission,
    /// Another program, or another machine, has it.
    Busy,
    /// It is not there.
    Missing,
    /// What drives it is not installed, not set up, or the wrong one.
    Driver,
    /// It does not answer.
    Silent,
    /// Something else is wrong with it.
    Fault,
}

impl Kind {
    /// One word for programs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Permission => "permission",
            Self::Busy => "busy",
            Self::Missing => "missing",
            Self::Driver => "driver",
            Self::Silent => "silent",
            Self::Fault => "fault",
        }
    }
}

impl Obstacle {
    fn new(kind: Kind, why: impl Into<String>, help: impl Into<String>) -> Self {
        Self { kind, why: why.into(), help: help.into() }
    }

    /// A user who may not open `path`. `otherwise` helps where no group does.
    fn permission(path: &Path, otherwise: impl Into<String>) -> Self {
        Self::permission_by(path, permission::group_of(path), otherwise)
    }

    fn permission_by(path: &Path, group: Option<Group>, otherwise: impl Into<String>) -> Self {
        let why = format!("your user may not use {}", path.display());
        let help = match group {
            Some(Group { name, has_user: true }) => {
                format!("log out and in again: your user is in the group `{name}` by now")
            }
            Some(Group { name, .. }) => {
                format!("sudo usermod -aG {name} $USER, then log out and in again")
            }
            None => otherwise.into(),
        };
        Self::new(Kind::Permission, why, help)
    }

    /// Something that others have.
    fn busy(holders: &[Holder]) -> Self {
        let names: Vec<_> = holders.iter().map(named).collect();
        let (who, has) = match names.len() {
            0 => ("another program".to_owned(), "has"),
            1 => (names.concat(), "has"),
            _ => (names.join(" and "), "have"),
        };
        Self::new(Kind::Busy, format!("{who} {has} it open"), "close it there")
    }
}

fn named(holder: &Holder) -> String {
    match &holder.program[..] {
        "" => format!("process {}", holder.pid),
        program => format!("{program} (process {})", holder.pid),
    }
}

/// What stands in the way of a resource of this machine. `None` where nothing is known to, and for
/// those of the network, which only an answer tells.
pub fn of(name: &ResourceName, config: &Config) -> Option<Obstacle> {
    match &name.address {
        Address::Usb { .. } | Address::UsbRaw { .. } => usb::of(name),
        Address::Asrl { .. } | Address::AsrlPath { .. } => asrl::device_of(&name.address, config)
            .map_or_else(
                || Some(Obstacle::new(Kind::Missing, "no serial port has this number", "")),
                |path| serial::of_port(&path),
            ),
        Address::Gpib { board, .. }
        | Address::GpibIntfc { board }
        | Address::GpibServant { board } => (!has_board(*board)).then(|| gpib::no_board(*board)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holder(pid: u32, program: &str) -> Holder {
        Holder { pid, program: program.into(), has_lock: false }
    }

    #[test]
    fn whoever_has_it_is_named() {
        let said = |holders: &[Holder]| Obstacle::busy(holders).why;
        assert_eq!(said(&[holder(7, "python3")]), "python3 (process 7) has it open");
        assert_eq!(
            said(&[holder(7, "python3"), holder(9, "")]),
            "python3 (process 7) and process 9 have it open"
        );
        assert_eq!(said(&[]), "another program has it open");
    }

    #[test]
    fn a_permission_is_to_be_had_by_a_group_or_by_logging_in_again() {
        let help = |group| {
            Obstacle::permission_by(Path::new("/dev/ttyUSB0"), group, "a rule of udev").help
        };
        let group = |has_user| Some(Group { name: "dialout".into(), has_user });
        assert_eq!(help(group(false)), "sudo usermod -aG dialout $USER, then log out and in again");
        assert!(help(group(true)).starts_with("log out and in again"), "he has joined already");
        assert_eq!(help(None), "a rule of udev");
    }

    #[test]
    fn what_is_not_there_is_missing_and_the_network_is_not_judged() {
        let kind = |name: &str| {
            let name = ResourceName::parse(name).unwrap();
            of(&name, &Config::default()).map(|obstacle| obstacle.kind)
        };
        assert_eq!(kind("ASRL/nonexistent/port::INSTR"), Some(Kind::Missing));
        assert_eq!(kind("ASRL65535::INSTR"), Some(Kind::Missing));
        assert_eq!(kind("USB::0x1209::0xFFFF::NONE"), Some(Kind::Missing));
        assert_eq!(kind("USB::0x1209::0xFFFF::NONE::RAW"), Some(Kind::Missing));
        assert_eq!(kind("TCPIP::127.0.0.1::INSTR"), None);
        assert_eq!(kind("ASRL::127.0.0.1::1::INSTR"), None);
    }
}
