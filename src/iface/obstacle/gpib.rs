#![forbid(unsafe_code)]
//! GPIB boards that do not open: no driver, no rights, an adapter that is switched off.

use std::path::{Path, PathBuf};

use crate::config::BoardPlace;
use crate::iface::obstacle::serial;
use crate::iface::obstacle::{Kind, Obstacle};
use crate::os::permission::may_open;
use crate::rsrc::ResourceName;
use crate::status;
use crate::status::{
    Error, VI_ERROR_CONN_LOST, VI_ERROR_INTF_NUM_NCONFIG, VI_ERROR_LIBRARY_NFOUND,
    VI_ERROR_NPERMISSION, VI_ERROR_RSRC_BUSY, VI_ERROR_RSRC_NFOUND, VI_ERROR_TMO,
};

/// The rule for those that no group may use.
const RULE: &str =
    "a rule of udev must permit it: KERNEL==\"gpib*\", GROUP=\"plugdev\", MODE=\"0660\"";

/// The words of the configuration for a place.
pub fn called(place: &BoardPlace) -> String {
    match place {
        BoardPlace::Library { index } => format!("libgpib:{index}"),
        BoardPlace::Device(path) => path.display().to_string(),
        BoardPlace::PrologixNetwork { host, port } if host.contains(':') => {
            format!("prologix://[{host}]:{port}")
        }
        BoardPlace::PrologixNetwork { host, port } => format!("prologix://{host}:{port}"),
        BoardPlace::PrologixPort(path) => format!("prologix://{}", path.display()),
        BoardPlace::Gateway(name) => name.canonical().to_owned(),
    }
}

/// A number that no board has.
pub fn no_board(number: u16) -> Obstacle {
    Obstacle::new(
        Kind::Missing,
        format!("there is no GPIB board {number}"),
        "a board needs its driver (`ls /dev/gpib*`), or [gpib] in the configuration file names an \
         adapter or a gateway",
    )
}

/// Why the board at `place` did not open, or its bus could not be searched.
pub fn of_board(place: &BoardPlace, error: &Error) -> Obstacle {
    match place {
        BoardPlace::Library { index } => {
            of_driver(&PathBuf::from(format!("/dev/gpib{index}")), error)
        }
        BoardPlace::Device(path) => of_driver(path, error),
        BoardPlace::PrologixNetwork { host, port } => of_network(host, Some(*port), error),
        BoardPlace::PrologixPort(path) => {
            serial::of_port(path).unwrap_or_else(|| of_adapter("the port", error))
        }
        BoardPlace::Gateway(name) => of_gateway(name, error),
    }
}

/// A board that a driver of the kernel's has, with or without a library in between.
fn of_driver(device: &Path, error: &Error) -> Obstacle {
    let shown = device.display();
    let is_there = device.exists();
    match error.code {
        VI_ERROR_NPERMISSION | VI_ERROR_INTF_NUM_NCONFIG if is_there && !may_open(device) => {
            Obstacle::permission(device, RULE)
        }
        VI_ERROR_LIBRARY_NFOUND => Obstacle::new(
            Kind::Driver,
            "neither linux-gpib's library nor NI-488.2 is installed",
            "install one; on kernels from 6.13 on, [gpib] can name /dev/gpib0 instead",
        ),
        VI_ERROR_INTF_NUM_NCONFIG | VI_ERROR_RSRC_NFOUND if is_there => Obstacle::new(
            Kind::Driver,
            format!("{shown} is there, but its driver has no board for it"),
            "sudo gpib_config sets the board up as /etc/gpib.conf says (linux-gpib)",
        ),
        VI_ERROR_INTF_NUM_NCONFIG | VI_ERROR_RSRC_NFOUND => Obstacle::new(
            Kind::Missing,
            "its driver knows no such board",
            "is the board plugged in, and its kernel module loaded (`lsmod | grep gpib`)?",
        ),
        VI_ERROR_TMO => Obstacle::new(
            Kind::Silent,
            "the bus was busy for all of the search",
            "--bound MS gives the search more time; an instrument may hold the bus up",
        ),
        VI_ERROR_RSRC_BUSY => Obstacle::new(Kind::Busy, "another program has it", "close it there"),
        _ => other(error),
    }
}

fn of_network(host: &str, port: Option<u16>, error: &Error) -> Obstacle {
    let place = match port {
        Some(port) => format!("{host}, port {port}"),
        None => host.to_owned(),
    };
    of_adapter(&place, error)
}

/// An adapter behind a connection.
fn of_adapter(place: &str, error: &Error) -> Obstacle {
    let off = "is it switched on, and the address right?";
    match error.code {
        VI_ERROR_RSRC_NFOUND => {
            Obstacle::new(Kind::Missing, format!("nobody answers at {place}"), off)
        }
        VI_ERROR_TMO => Obstacle::new(Kind::Silent, format!("no answer in time from {place}"), off),
        VI_ERROR_RSRC_BUSY | VI_ERROR_CONN_LOST => Obstacle::new(
            Kind::Busy,
            format!("something at {place} takes the connection and does not answer"),
            "another machine or program may have its one connection; close it there",
        ),
        _ => other(error),
    }
}

fn of_gateway(name: &ResourceName, error: &Error) -> Obstacle {
    let name = name.canonical();
    match error.code {
        VI_ERROR_RSRC_NFOUND => Obstacle::new(
            Kind::Missing,
            format!("{name} does not open"),
            "is the gateway switched on, and does it call the interface so?",
        ),
        VI_ERROR_TMO => Obstacle::new(
            Kind::Silent,
            format!("no answer in time from {name}"),
            "is it switched on, and the address right?",
        ),
        _ => other(error),
    }
}

fn other(error: &Error) -> Obstacle {
    let name = status::name(error.code).unwrap_or("a failure");
    Obstacle::new(Kind::Fault, format!("{name}, {}", error.at), "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(place: &BoardPlace, code: i32) -> Obstacle {
        of_board(place, &Error::new(code, "open"))
    }

    /// A file that is there and may be opened stands for a device.
    fn there() -> BoardPlace {
        BoardPlace::Device(std::env::temp_dir())
    }

    fn gone() -> BoardPlace {
        BoardPlace::Device("/dev/gpib9999".into())
    }

    #[test]
    fn a_board_without_driver_is_told_from_one_that_is_not_set_up() {
        let kind = |place: &BoardPlace, code| judged(place, code).kind;
        assert_eq!(kind(&gone(), VI_ERROR_INTF_NUM_NCONFIG), Kind::Missing);
        let unset = judged(&there(), VI_ERROR_INTF_NUM_NCONFIG);
        assert_eq!(unset.kind, Kind::Driver);
        assert!(unset.help.contains("gpib_config"), "{}", unset.help);
        let none = judged(&BoardPlace::Library { index: 9999 }, VI_ERROR_LIBRARY_NFOUND);
        assert!(none.why.contains("linux-gpib") && none.help.contains("/dev/gpib0"), "{none:?}");
        assert_eq!(kind(&there(), VI_ERROR_TMO), Kind::Silent);
        assert_eq!(kind(&there(), VI_ERROR_RSRC_BUSY), Kind::Busy);
    }

    #[test]
    fn an_adapter_that_is_off_is_told_from_one_that_another_has() {
        let adapter = BoardPlace::PrologixNetwork { host: "192.168.1.5".into(), port: 1234 };
        let off = judged(&adapter, VI_ERROR_RSRC_NFOUND);
        assert_eq!(
            (off.kind, &off.why[..]),
            (Kind::Missing, "nobody answers at 192.168.1.5, port 1234")
        );
        assert_eq!(judged(&adapter, VI_ERROR_TMO).kind, Kind::Silent);
        assert_eq!(judged(&adapter, VI_ERROR_RSRC_BUSY).kind, Kind::Busy);
        // Of one on a serial port, the port says more than the status.
        let port = BoardPlace::PrologixPort("/dev/ttyUSB9999".into());
        assert!(judged(&port, VI_ERROR_TMO).why.contains("/dev/ttyUSB9999 is not there"));
        let gateway = ResourceName::parse("TCPIP::192.168.1.6::gpib0").unwrap();
        assert_eq!(judged(&BoardPlace::Gateway(gateway), VI_ERROR_RSRC_NFOUND).kind, Kind::Missing);
    }

    #[test]
    fn what_no_rule_knows_shows_its_status() {
        let odd = judged(&gone(), status::VI_ERROR_IO);
        assert_eq!((odd.kind, &odd.why[..]), (Kind::Fault, "VI_ERROR_IO, open"));
    }

    #[test]
    fn places_are_called_as_the_configuration_calls_them() {
        let network =
            |host: &str| called(&BoardPlace::PrologixNetwork { host: host.into(), port: 1234 });
        assert_eq!(network("10.0.0.1"), "prologix://10.0.0.1:1234");
        assert_eq!(network("fe80::1"), "prologix://[fe80::1]:1234");
        assert_eq!(
            called(&BoardPlace::PrologixPort("/dev/ttyUSB0".into())),
            "prologix:///dev/ttyUSB0"
        );
        assert_eq!(called(&BoardPlace::Library { index: 3 }), "libgpib:3");
    }
}
