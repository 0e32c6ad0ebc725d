#![forbid(unsafe_code)]
//! Names of USB devices, and of power sensors behind the NRP passport.

use super::{Parts, id, no_such_form, number};
use crate::rsrc::Address;
use crate::status::Result;

pub(super) fn usb(parts: &Parts) -> Result<Address> {
    let (manufacturer, model, serial, interface) = match parts.words[..] {
        [manufacturer, model, serial] => (manufacturer, model, serial, 0),
        [manufacturer, model, serial, interface] => {
            (manufacturer, model, serial, number(interface, 0, 254)?)
        }
        _ => return no_such_form(),
    };
    let board = parts.board();
    let (manufacturer, model) = (id(manufacturer, u16::MAX)?, id(model, u16::MAX)?);
    let serial = serial.to_owned();
    match parts.class {
        "INSTR" => Ok(Address::Usb { board, manufacturer, model, serial, interface }),
        "RAW" => Ok(Address::UsbRaw { board, manufacturer, model, serial, interface }),
        _ => no_such_form(),
    }
}

pub(super) fn rsnrp(parts: &Parts) -> Result<Address> {
    match (parts.typed, parts.class, &parts.words[..]) {
        (None, "INSTR", &[product, serial]) => {
            Ok(Address::Rsnrp { product: id(product, u16::MAX)?, serial: serial.to_owned() })
        }
        _ => no_such_form(),
    }
}
