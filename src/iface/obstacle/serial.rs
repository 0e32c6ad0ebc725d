#![forbid(unsafe_code)]
//! Serial ports: that of an adapter which is not plugged in, that of a group, that of another
//! program. A port is not opened to find out, for a modem would see its lines change.

use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::Path;

use crate::iface::obstacle::{Kind, Obstacle};
use crate::os::holders;
use crate::os::holders::Holder;
use crate::os::permission::may_open;
use crate::os::serial::is_pseudo_terminal;

/// What stands in the way of the port at `path`.
pub fn of_port(path: &Path) -> Option<Obstacle> {
    let Ok(about) = path.metadata() else {
        return Some(Obstacle::new(
            Kind::Missing,
            format!("{} is not there", path.display()),
            "plug the adapter in; `ls /dev/serial/by-id` shows those that are",
        ));
    };
    if !about.file_type().is_char_device() {
        let why = format!("{} is no serial port", path.display());
        return Some(Obstacle::new(Kind::Missing, why, ""));
    }
    if !may_open(path) {
        let rule =
            "a rule of udev must permit it: SUBSYSTEM==\"tty\", GROUP=\"dialout\", MODE=\"0660\"";
        return Some(Obstacle::permission(path, rule));
    }
    in_use(&holders::of(path), is_pseudo_terminal(about.rdev()))
}

/// Whoever has locked a port keeps others off. Of the rest, only on a pseudo-terminal there is one
/// that does not mind: the program that made it, lest the line hangs up between two sessions.
fn in_use(holders: &[Holder], is_pseudo: bool) -> Option<Obstacle> {
    let keeps_off = |holder: &&Holder| holder.has_lock || !is_pseudo;
    let holders: Vec<_> = holders.iter().filter(keeps_off).cloned().collect();
    (!holders.is_empty()).then(|| Obstacle::busy(&holders))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::os::pty::Pty;

    fn kind(path: &Path) -> Option<Kind> {
        of_port(path).map(|obstacle| obstacle.kind)
    }

    #[test]
    fn another_programs_port_is_in_use_and_a_free_one_is_not() {
        let holder = |pid, has_lock| Holder { pid, program: "minicom".into(), has_lock };
        let said = |holders: &[Holder], is_pseudo| {
            in_use(holders, is_pseudo).map(|obstacle| (obstacle.kind, obstacle.why))
        };
        let busy = |pid| Some((Kind::Busy, format!("minicom (process {pid}) has it open")));
        assert_eq!(said(&[], false), None);
        assert_eq!(said(&[holder(7, false)], false), busy(7));
        assert_eq!(said(&[holder(7, false)], true), None, "it may have made it");
        assert_eq!(said(&[holder(7, false), holder(8, true)], true), busy(8));
        let pty = Pty::open();
        assert_eq!(kind(&pty.path), None);
    }

    #[test]
    fn what_is_no_port_is_none() {
        let file = std::env::current_exe().unwrap();
        assert_eq!(kind(&file), Some(Kind::Missing));
        assert_eq!(kind(Path::new("/dev/serial/by-id/usb-nobody")), Some(Kind::Missing));
    }
}
