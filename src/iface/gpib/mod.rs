#![forbid(unsafe_code)]
//! GPIB: instruments (INSTR), boards as controllers (INTFC) and as devices (SERVANT).
//!
//! A [`Board`] is what moves bytes on a bus, by whatever driver. A [`Bus`]
//! is what the sessions of one board share in this process: who has it next, whom the last
//! exchange has left addressed, who waits for service requests. Sessions are links to a bus.

mod addressing;
mod attributes;
pub mod board;
mod boards;
pub mod bus;
mod find;
mod ibsta;
mod instr;
mod intfc;
mod kernel;
mod libgpib;
mod service;
mod sharing;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::attr::Value;
use crate::consts::ViAttr;
use crate::iface::gateway;
use crate::iface::gpib::board::Board;
use crate::iface::gpib::bus::Bus;
use crate::iface::source::{Found, News, Search, Source};
use crate::iface::{Interface, Link};
use crate::os::Wait;
use crate::rsrc::Kinds;
use crate::rsrc::ResourceName;
use crate::rsrc::name::Address;
use crate::status::{Result, VI_ERROR_INV_RSRC_NAME, VI_ERROR_RSRC_BUSY, fail};
use crate::wire::gpib::BusAddress;

/// The interface.
pub struct Gpib;

impl Interface for Gpib {
    fn kinds(&self) -> Kinds {
        Kinds::GPIB_INSTR | Kinds::GPIB_INTFC | Kinds::GPIB_SERVANT
    }

    fn source(&self) -> Option<&dyn Source> {
        Some(self)
    }

    fn open(&self, name: &ResourceName, wait: &Wait) -> Result<Box<dyn Link>> {
        match name.address {
            Address::Gpib { board, primary, secondary } => {
                let device = BusAddress { primary, secondary };
                // A gateway's devices have links of their own; but a board that was opened by
                // another name has the number as long as it is open.
                if let Some(name) = boards::gateway_of(board)
                    && boards::opened(board).is_none_or(|bus| bus.identity() == name.key())
                {
                    return gateway::instrument(&name, board, device, wait);
                }
                let bus = boards::open(board, wait)?;
                Ok(Box::new(instr::Instr::open(bus, device, wait)?))
            }
            Address::GpibIntfc { board } | Address::GpibServant { board } => {
                Ok(Box::new(intfc::Intfc::open(boards::open(board, wait)?)))
            }
            _ => fail(VI_ERROR_INV_RSRC_NAME, "not a GPIB name"),
        }
    }
}

impl Source for Gpib {
    fn name(&self) -> &'static str {
        "GPIB"
    }

    fn prefixes(&self) -> &'static [&'static str] {
        &["GPIB"]
    }

    fn find(&self, search: &Search, tell: &mut dyn FnMut(Found)) -> Result {
        find::survey(search, &mut |news| {
            if let News::Found(found) = news {
                tell(found);
            }
        })
    }

    fn survey(&self, search: &Search, tell: &mut dyn FnMut(News)) -> Result {
        find::survey(search, tell)
    }
}

/// Whether there is a board of this number, or may be one: `boards::numbers`.
pub fn has_board(number: u16) -> bool {
    boards::numbers().contains(&number) || boards::opened(number).is_some()
}

/// What the sessions of a board share: `boards::open`.
///
/// # Errors
/// As there.
pub fn open_bus(number: u16, wait: &Wait) -> Result<Arc<Bus>> {
    boards::open(number, wait)
}

/// VI_ATTR_GPIB_* of a board: `attributes::get`.
///
/// # Errors
/// As there.
pub fn board_attribute(bus: &Bus, attr: ViAttr) -> Result<Value> {
    attributes::get(bus, attr)
}

/// The interface session of a board that `make` opens, under a number that it has as long as it is
/// open.
///
/// # Errors
/// VI_ERROR_RSRC_BUSY when another board has the number now; those of `make`.
pub fn open_interface(
    number: u16,
    wait: &Wait,
    make: impl FnOnce(&Wait) -> Result<Box<dyn Board>>,
) -> Result<Box<dyn Link>> {
    // Before it is known which board has the number: one that cannot be opened never has.
    let board = make(wait)?;
    let identity = board.identity();
    let bus = boards::open_by(number, wait, |_| Ok(board))?;
    if bus.identity() != identity {
        return fail(VI_ERROR_RSRC_BUSY, "another board has this number");
    }
    Ok(Box::new(intfc::Intfc::open(bus)))
}
