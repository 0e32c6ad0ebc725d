#![forbid(unsafe_code)]
//! GPIB: instruments (INSTR), boards as controllers (INTFC) and as devices (SERVANT).
//!
//! A [`Board`](board::Board) is what moves bytes on a bus, by whatever driver. A [`Bus`](bus::Bus)
//! is what the sessions of one board share in this process: who has it next, whom the last
//! exchange has left addressed, who waits for service requests. Sessions are links to a bus.

mod addressing;
mod attributes;
pub mod board;
mod boards;
mod bus;
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

use crate::iface::{Interface, Link};
use crate::os::Deadline;
use crate::os::Wait;
use crate::rsrc::Kinds;
use crate::rsrc::ResourceName;
use crate::rsrc::name::Address;
use crate::status::{Result, VI_ERROR_INV_RSRC_NAME, fail};
use crate::wire::gpib::BusAddress;

/// The interface.
pub struct Gpib;

impl Interface for Gpib {
    fn kinds(&self) -> Kinds {
        Kinds::GPIB_INSTR | Kinds::GPIB_INTFC | Kinds::GPIB_SERVANT
    }

    fn find(&self, deadline: Deadline) -> Vec<ResourceName> {
        find::find(deadline)
    }

    fn open(&self, name: &ResourceName, wait: &Wait) -> Result<Box<dyn Link>> {
        match name.address {
            Address::Gpib { board, primary, secondary } => {
                let bus = boards::open(board, wait)?;
                let device = BusAddress { primary, secondary };
                Ok(Box::new(instr::Instr::open(bus, device, wait)?))
            }
            Address::GpibIntfc { board } | Address::GpibServant { board } => {
                Ok(Box::new(intfc::Intfc::open(boards::open(board, wait)?)))
            }
            _ => fail(VI_ERROR_INV_RSRC_NAME, "not a GPIB name"),
        }
    }
}
