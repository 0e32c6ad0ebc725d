#![forbid(unsafe_code)]
//! GPIB boards behind a gateway on the network, by configuration: `[gpib] 3 = "TCPIP::gw::gpib0"`.
//!
//! `GPIB3::12::INSTR` is a link of its own to the gateway's device, `gpib0,12`, with all that such
//! a link has: the gateway's locks, its aborts, its service requests. `GPIB3::INTFC` is a link to
//! the interface, `gpib0`, by whose device_docmd it sends command bytes and sets lines.
//!
//! A HiSLIP gateway has devices only, at `,12` behind the sub-address that is configured; its
//! interface answers VI_ERROR_NSUP_OPER. A device requests service through the gateway: VXI-11's
//! say that there is a request on the bus, and each session that waits is told.

mod board;
mod instr;
#[cfg(test)]
mod tests;

use crate::iface::Link;
use crate::iface::gateway::board::GatewayBoard;
use crate::iface::gateway::instr::GatewayInstr;
use crate::iface::gpib;
use crate::iface::gpib::board::Board;
use crate::iface::hislip;
use crate::iface::vxi11;
use crate::os::Wait;
use crate::rsrc::ResourceName;
use crate::rsrc::name::Address;
use crate::status::{Result, VI_ERROR_INV_RSRC_NAME, VI_ERROR_NSUP_OPER, fail};
use crate::wire::gpib::BusAddress;

/// The interface called `name` as board.
///
/// # Errors
/// VI_ERROR_RSRC_NFOUND when there is none, VI_ERROR_NSUP_OPER for HiSLIP, VI_ERROR_ABORT.
pub fn board(name: &ResourceName, wait: &Wait) -> Result<Box<dyn Board>> {
    match name.address {
        Address::Vxi11 { .. } => Ok(Box::new(GatewayBoard::open(name, wait)?)),
        _ => fail(VI_ERROR_NSUP_OPER, "a HiSLIP gateway has devices only"),
    }
}

/// The instrument at `device` of the interface called `name`, which is board `number`.
///
/// # Errors
/// VI_ERROR_RSRC_NFOUND when the gateway is not there or refuses the device; VI_ERROR_ABORT.
pub fn instrument(
    name: &ResourceName,
    number: u16,
    device: BusAddress,
    wait: &Wait,
) -> Result<Box<dyn Link>> {
    let secondary = device.secondary.map_or(String::new(), |secondary| format!(",{secondary}"));
    let place = format!("{},{}{secondary}", device_name(name), device.primary);
    match &name.address {
        Address::Vxi11 { board, host, port, .. } => {
            let (host, port) = (host.clone(), *port);
            let address = Address::Vxi11 { board: *board, host, port, device: place };
            let link_name = ResourceName::of(&address)?;
            let link = Box::new(vxi11::open::open(&link_name, wait)?);
            // Beside the link: it is one of the bus, too, as far as the interface has docmd.
            let bus = gpib::open_bus(number, wait).ok();
            Ok(Box::new(GatewayInstr::new(link, link_name.key(), bus, device, number, wait)?))
        }
        Address::Hislip { host, port, .. } => {
            let link = hislip::open(host, *port, &place, wait)?;
            let key = format!("{},{place}", name.key());
            Ok(Box::new(GatewayInstr::new(link, key, None, device, number, wait)?))
        }
        _ => fail(VI_ERROR_INV_RSRC_NAME, "no gateway's name"),
    }
}

fn device_name(name: &ResourceName) -> &str {
    match &name.address {
        Address::Vxi11 { device, .. } | Address::Hislip { device, .. } => device,
        _ => "",
    }
}
