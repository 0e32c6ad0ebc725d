#![forbid(unsafe_code)]
//! Names on the buses: GPIB, VXI, PXI, FireWire.

use super::{Parts, id, no_such_form, number, strip_prefix_ignoring_case};
use crate::rsrc::Address;
use crate::status::{Result, VI_ERROR_INV_RSRC_NAME, fail};

/// Largest GPIB address, primary and secondary; 31 is UNL and UNT on the bus.
const GPIB_MAX: u8 = 30;
const PXI_DEVICE_MAX: u8 = 31;
const PXI_FUNCTION_MAX: u8 = 7;
const PXI_SLOT_MAX: u8 = 18;

pub(super) fn gpib(parts: &Parts) -> Result<Address> {
    let board = parts.board();
    match (parts.class, &parts.words[..]) {
        ("INSTR", &[primary]) => {
            Ok(Address::Gpib { board, primary: number(primary, 0, GPIB_MAX)?, secondary: None })
        }
        ("INSTR", &[primary, secondary]) => Ok(Address::Gpib {
            board,
            primary: number(primary, 0, GPIB_MAX)?,
            secondary: Some(number(secondary, 0, GPIB_MAX)?),
        }),
        ("INTFC", []) => Ok(Address::GpibIntfc { board }),
        ("SERVANT", []) => Ok(Address::GpibServant { board }),
        _ => no_such_form(),
    }
}

pub(super) fn gpib_vxi(parts: &Parts) -> Result<Address> {
    let board = parts.board();
    match (parts.class, &parts.words[..]) {
        ("INSTR", &[address]) => {
            Ok(Address::GpibVxi { board, logical_address: number(address, 0, u8::MAX)? })
        }
        ("MEMACC", []) => Ok(Address::GpibVxiMemacc { board }),
        ("BACKPLANE", words) => {
            Ok(Address::GpibVxiBackplane { board, mainframe: mainframe(words)? })
        }
        _ => no_such_form(),
    }
}

pub(super) fn vxi(parts: &Parts) -> Result<Address> {
    let board = parts.board();
    match (parts.class, &parts.words[..]) {
        ("INSTR", &[address]) => {
            Ok(Address::Vxi { board, logical_address: number(address, 0, u8::MAX)? })
        }
        ("MEMACC", []) => Ok(Address::VxiMemacc { board }),
        ("SERVANT", []) => Ok(Address::VxiServant { board }),
        ("BACKPLANE", words) => Ok(Address::VxiBackplane { board, mainframe: mainframe(words)? }),
        _ => no_such_form(),
    }
}

/// `[::mainframe logical address]` of a backplane.
fn mainframe(words: &[&str]) -> Result<u8> {
    match *words {
        [] => Ok(0),
        [address] => number(address, 0, u8::MAX),
        _ => no_such_form(),
    }
}

pub(super) fn pxi(parts: &Parts) -> Result<Address> {
    let board = parts.board();
    match (parts.class, &parts.words[..]) {
        ("MEMACC", []) => Ok(Address::PxiMemacc { board }),
        ("BACKPLANE", &[chassis]) => {
            Ok(Address::PxiBackplane { board, chassis: number(chassis, 0, u8::MAX)? })
        }
        ("INSTR", &[chassis, slot]) if is_chassis(chassis) => pxi_slot(board, chassis, slot, None),
        ("INSTR", &[chassis, slot, function]) if is_chassis(chassis) => {
            pxi_slot(board, chassis, slot, Some(function))
        }
        ("INSTR", &[word]) if word.contains(['-', '.']) => pxi_newer(board, word),
        ("INSTR", &[device]) => pxi_older(board, device, "0"),
        ("INSTR", &[device, function]) => pxi_older(board, device, function),
        _ => no_such_form(),
    }
}

/// `[bus-]device[.function]`
fn pxi_newer(board: u16, word: &str) -> Result<Address> {
    let (bus, rest) = word.split_once('-').unwrap_or(("0", word));
    let (device, function) = rest.split_once('.').unwrap_or((rest, "0"));
    Ok(Address::Pxi {
        board,
        bus: number(bus, 0, u8::MAX)?,
        device: number(device, 0, PXI_DEVICE_MAX)?,
        function: number(function, 0, PXI_FUNCTION_MAX)?,
    })
}

/// `PXI[bus]::device[::function]`: what stands where other forms have the board is the bus.
fn pxi_older(bus: u16, device: &str, function: &str) -> Result<Address> {
    let Ok(bus) = u8::try_from(bus) else {
        return fail(VI_ERROR_INV_RSRC_NAME, "PXI bus beyond 255");
    };
    Ok(Address::Pxi {
        board: 0,
        bus,
        device: number(device, 0, PXI_DEVICE_MAX)?,
        function: number(function, 0, PXI_FUNCTION_MAX)?,
    })
}

fn is_chassis(word: &str) -> bool {
    strip_prefix_ignoring_case(word, "CHASSIS").is_some()
}

/// `CHASSISn::SLOTn[::FUNCn]`
fn pxi_slot(board: u16, chassis: &str, slot: &str, function: Option<&str>) -> Result<Address> {
    Ok(Address::PxiSlot {
        board,
        chassis: labelled(chassis, "CHASSIS", 0, u8::MAX)?,
        slot: labelled(slot, "SLOT", 1, PXI_SLOT_MAX)?,
        function: function.map_or(Ok(0), |word| labelled(word, "FUNC", 0, PXI_FUNCTION_MAX))?,
    })
}

/// A number behind a keyword.
fn labelled(word: &str, keyword: &str, low: u8, high: u8) -> Result<u8> {
    match strip_prefix_ignoring_case(word, keyword) {
        Some(digits) => number(digits, low, high),
        None => fail(VI_ERROR_INV_RSRC_NAME, "keyword expected in a PXI slot name"),
    }
}

pub(super) fn firewire(parts: &Parts) -> Result<Address> {
    match (parts.class, &parts.words[..]) {
        ("INSTR", &[vendor, chip]) => Ok(Address::Firewire {
            board: parts.board(),
            vendor: id(vendor, 0xFF_FFFF_u32)?,
            chip: id(chip, 0xFF_FFFF_FFFF_u64)?,
        }),
        _ => no_such_form(),
    }
}
