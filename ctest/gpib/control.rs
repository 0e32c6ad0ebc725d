#![forbid(unsafe_code)]
//! What tests do at the far end of the bus, one line for each command.
//!
//! | command | answer |
//! |---|---|
//! | `log`, `forget` | what happened, in the form of [`visa::sim::gpib::Entry`]; begins a new log |
//! | `lines` | the names of the lines that are asserted |
//! | `fault ADDRESS WHAT` | `none`, `off`, `holds N`, `hangs`, `endless`, `requests`, `slow MS` |
//! | `local ADDRESS` | presses the local key |
//! | `seen ADDRESS` | what the instrument has seen |
//! | `other command HEX...` | commands from the other controller, at address 29 |
//! | `other write TEXT`, `other read` | data from it with END, and to it |
//! | `other status` | `in-charge`, `talker`, `listener`, `srq`, as far as they are true |
//! | `other clear` | IFC from it, as if it were the system controller |
//!
//! Addresses are `5` and, with a secondary one, `5:2`.

use std::time::Duration;

use visa::sim::gpib::Address;
use visa::sim::gpib::Board;
use visa::sim::gpib::Bus;
use visa::sim::gpib::Fault;
use visa::sim::gpib::Lines;
use visa::sim::gpib::Until;

/// Where the other controller is.
pub const OTHER: Address = Address::new(29);

/// The most that a command may take.
const LIMIT: Duration = Duration::from_secs(30);

/// Carries out one line.
pub fn command(bus: &Bus, other: &Board, line: &str) -> Result<String, String> {
    let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
    match verb {
        "log" => Ok(bus.log_line()),
        "forget" => {
            bus.forget_log();
            Ok(String::new())
        }
        "lines" => Ok(lines(other.lines())),
        "fault" => {
            let (address, what) = rest.split_once(' ').ok_or("fault ADDRESS WHAT")?;
            there(bus.set_fault(address.parse()?, fault(what)?))
        }
        "local" => there(bus.press_local(rest.parse()?)),
        "seen" => {
            let seen = bus.counters(rest.parse()?).ok_or("nobody is there")?;
            let (clears, triggers) = (seen.clears, seen.triggers);
            let (remote, lockout) = (u8::from(seen.remote), u8::from(seen.lockout));
            Ok(format!("clears {clears} triggers {triggers} remote {remote} lockout {lockout}"))
        }
        "other" => as_other(other, rest),
        _ => Err(format!("{line:?} is no command")),
    }
}

fn there(done: bool) -> Result<String, String> {
    if done { Ok(String::new()) } else { Err("nobody is there".to_owned()) }
}

fn lines(now: Lines) -> String {
    let all = [
        (now.atn, "ATN"),
        (now.ren, "REN"),
        (now.srq, "SRQ"),
        (now.ndac, "NDAC"),
        (now.nrfd, "NRFD"),
    ];
    words(&all)
}

fn words(all: &[(bool, &str)]) -> String {
    let named: Vec<_> = all.iter().filter(|(is, _)| *is).map(|(_, name)| *name).collect();
    named.join(" ")
}

fn fault(what: &str) -> Result<Fault, String> {
    let (kind, number) = what.split_once(' ').unwrap_or((what, ""));
    let number = || number.parse().map_err(|_| format!("{what:?} needs a number"));
    match kind {
        "none" => Ok(Fault::None),
        "off" => Ok(Fault::Off),
        "holds" => Ok(Fault::HoldsNrfd(number()?)),
        "hangs" => Ok(Fault::Hangs),
        "endless" => Ok(Fault::TalksEndlessly),
        "requests" => Ok(Fault::AlwaysRequests),
        "slow" => Ok(Fault::Slow(Duration::from_millis(number()?))),
        _ => Err(format!("{what:?} is no fault")),
    }
}

fn as_other(other: &Board, line: &str) -> Result<String, String> {
    let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
    let until = Until::within(LIMIT);
    let shown = |why| format!("{why:?}");
    match verb {
        "command" => {
            let byte = |word| u8::from_str_radix(word, 16).map_err(|_| format!("{word:?}"));
            let bytes: Vec<u8> = rest.split(' ').map(byte).collect::<Result<_, _>>()?;
            other.command(&bytes, &until).map_err(shown)?;
            Ok(String::new())
        }
        "write" => {
            other.write(rest.as_bytes(), true, &until).map_err(shown)?;
            Ok(String::new())
        }
        "read" => {
            let got = other.read(1 << 16, None, &until);
            match got.failure {
                None => Ok(String::from_utf8_lossy(&got.data).into_owned()),
                Some(why) => Err(format!("{why:?} after {} bytes", got.data.len())),
            }
        }
        "clear" => {
            other.set_system_controller(true);
            let done = other.interface_clear();
            other.set_system_controller(false);
            done.map(|()| String::new()).map_err(|why| format!("{why:?}"))
        }
        "status" => {
            let now = other.status();
            Ok(words(&[
                (now.in_charge, "in-charge"),
                (now.talker, "talker"),
                (now.listener, "listener"),
                (now.srq, "srq"),
            ]))
        }
        _ => Err(format!("{line:?} is no command for the other controller")),
    }
}
