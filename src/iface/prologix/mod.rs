#![forbid(unsafe_code)]
//! Prologix GPIB-ETHERNET and GPIB-USB controllers, and AR488 boards, which speak their language.
//!
//! `PRLGX-TCPIPn::host[::port]::INTFC` and `PRLGX-ASRLn::device::INTFC` open an adapter as board n;
//! while such a session is open, `GPIBn::address::INSTR` in this process is a device on it. By
//! configuration (`[gpib] n = "prologix://host"`) an adapter is board n for good.
//!
//! What an adapter cannot do or tell, so that it is the same here:
//!
//! - It says nothing of what became of data: a write to a device that is switched off succeeds, and
//!   what a device does not take within VI_ATTR_TMO_VALUE (3 s at most; AR488 32 s) is dropped.
//! - END comes as a character behind the data, which the data may have as well. It is a new one in
//!   each read, none that text has; where a device pauses for half a second right behind a byte of
//!   the same value, the time between tells them apart.
//! - It reads whole messages. What a viRead leaves of one is kept in this process.
//! - There is no ATN, no pass control, no parallel poll; REN and lockout of all on AR488 only.
//! - SRQ is looked at every 50 ms while somebody waits for it (0.5 s while another process has the
//!   connection).

mod adapter;
mod board;
mod conversation;
mod kept;
mod named;
mod port;
mod sharing;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use crate::iface::gpib;
use crate::iface::gpib::board::Board;
use crate::iface::prologix::adapter::Handle;
use crate::iface::prologix::board::PrologixBoard;
use crate::iface::prologix::port::Place;
use crate::iface::{Interface, Link};
use crate::os::Wait;
use crate::rsrc::Kinds;
use crate::rsrc::ResourceName;
use crate::rsrc::name::Address;
use crate::status::{Result, VI_ERROR_INV_RSRC_NAME, fail};

/// The interface.
pub struct Prologix;

impl Interface for Prologix {
    fn kinds(&self) -> Kinds {
        Kinds::PROLOGIX_INTFC
    }

    fn open(&self, name: &ResourceName, wait: &Wait) -> Result<Box<dyn Link>> {
        match &name.address {
            Address::PrologixTcpip { board, host, port } => {
                gpib::open_interface(*board, wait, |wait| on_network(host, *port, wait))
            }
            Address::PrologixAsrl { board, device } => {
                let path = PathBuf::from(device);
                gpib::open_interface(*board, wait, |wait| on_port(&path, wait))
            }
            _ => fail(VI_ERROR_INV_RSRC_NAME, "not a Prologix name"),
        }
    }
}

/// The board of the adapter at a TCP port.
///
/// # Errors
/// VI_ERROR_RSRC_NFOUND, VI_ERROR_RSRC_BUSY when another has it, VI_ERROR_ABORT.
pub fn on_network(host: &str, port: u16, wait: &Wait) -> Result<Box<dyn Board>> {
    let adapter = Handle::of(Place::tcp(host, port, wait)?);
    let description = format!("Prologix at {host}, port {port}");
    Ok(Box::new(PrologixBoard::open(adapter, description, wait)?))
}

/// The board of the adapter at a serial port.
///
/// # Errors
/// As [`on_network`], and VI_ERROR_NPERMISSION.
pub fn on_port(path: &Path, wait: &Wait) -> Result<Box<dyn Board>> {
    let adapter = Handle::of(Place::serial(path.to_owned())?);
    let description = format!("Prologix at {}", path.display());
    Ok(Box::new(PrologixBoard::open(adapter, description, wait)?))
}
