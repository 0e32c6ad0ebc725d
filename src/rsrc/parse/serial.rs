#![forbid(unsafe_code)]
//! Names of serial ports, and of Prologix controllers behind one.

use super::host::host;
use super::{Parts, no_such_form, number};
use crate::rsrc::Address;
use crate::status::{Result, VI_ERROR_INV_RSRC_NAME, fail};

pub(super) fn asrl(parts: &Parts) -> Result<Address> {
    match (parts.class, &parts.words[..]) {
        ("INSTR", []) if parts.typed.is_none() && !parts.class_given => {
            fail(VI_ERROR_INV_RSRC_NAME, "ASRL without a number")
        }
        ("INSTR", []) => Ok(Address::Asrl { board: parts.board() }),
        ("INSTR", &[name, port]) if parts.board() == 0 => {
            Ok(Address::AsrlLan { host: host(name)?, port: number(port, 0, u16::MAX)? })
        }
        _ => no_such_form(),
    }
}

/// `ASRL/dev/ttyUSB0[::INSTR]`
pub(super) fn path(path: &str, words: &[&str], class: Option<&str>) -> Result<Address> {
    match (class.unwrap_or("INSTR"), words) {
        // A colon at the end would merge with the separator in the canonical name.
        ("INSTR", []) if !path.ends_with(':') => Ok(Address::AsrlPath { path: path.to_owned() }),
        _ => no_such_form(),
    }
}

pub(super) fn prologix(parts: &Parts) -> Result<Address> {
    match (parts.class, &parts.words[..]) {
        ("INTFC", &[device]) => {
            Ok(Address::PrologixAsrl { board: parts.board(), device: device.to_owned() })
        }
        _ => no_such_form(),
    }
}
