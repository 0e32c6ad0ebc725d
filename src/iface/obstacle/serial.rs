#![forbid(unsafe_code)]
//! Serial ports: that of an adapter which is not plugged in, that of a group, that of another
//! program. A port is not opened to find out, for a modem would see its lines change.

use std::os::unix::fs::FileTypeExt;
use std::path::Path;

use crate::iface::obstacle::{Kind, Obstacle, busy};
use crate::os::permission::may_open;

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
    busy(path)
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::process::Command;

    use super::*;
    use crate::os::pty::Pty;

    fn kind(path: &Path) -> Option<Kind> {
        of_port(path).map(|obstacle| obstacle.kind)
    }

    #[test]
    fn a_port_that_nobody_has_is_free_and_another_programs_is_not() {
        let pty = Pty::open();
        assert_eq!(kind(&pty.path), None);
        let port = File::options().read(true).write(true).open(&pty.path).unwrap();
        assert_eq!(kind(&pty.path), None, "this process has it");
        let mut other = Command::new("sleep").arg("60").stdin(port).spawn().unwrap();
        let obstacle = of_port(&pty.path);
        other.kill().unwrap();
        other.wait().unwrap();
        let obstacle = obstacle.unwrap();
        assert_eq!(obstacle.kind, Kind::Busy);
        assert_eq!(obstacle.why, format!("sleep (process {}) has it open", other.id()));
        assert_eq!(kind(&pty.path), None, "it is free again");
    }

    #[test]
    fn what_is_no_port_is_none() {
        let file = std::env::current_exe().unwrap();
        assert_eq!(kind(&file), Some(Kind::Missing));
        assert_eq!(kind(Path::new("/dev/serial/by-id/usb-nobody")), Some(Kind::Missing));
    }
}
