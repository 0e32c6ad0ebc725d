#![forbid(unsafe_code)]
//! Names on TCP: VXI-11, HiSLIP, sockets, VICP, Prologix.

use super::host::{credential_and_host, host, port, with_port};
use super::{Parts, no_such_form, strip_prefix_ignoring_case};
use crate::rsrc::Address;
use crate::rsrc::address::{HISLIP_PORT, PROLOGIX_PORT};
use crate::status::{Result, VI_ERROR_INV_RSRC_NAME, fail};

pub(super) fn tcpip(parts: &Parts) -> Result<Address> {
    let board = parts.board();
    match (parts.class, &parts.words[..]) {
        ("INSTR", &[host]) if host.contains('@') => hislip(board, host, "hislip0"),
        ("INSTR", &[host]) => vxi11(board, host, "inst0"),
        // Rule 4.3.6: the device name decides the protocol.
        ("INSTR", &[host, device]) if strip_prefix_ignoring_case(device, "hislip").is_some() => {
            hislip(board, host, device)
        }
        ("INSTR", &[host, device]) => vxi11(board, host, device),
        ("SOCKET", &[host, number]) => {
            let (credential, host) = credential_and_host(host)?;
            Ok(Address::Socket { board, credential, host, port: port(number)? })
        }
        ("SERVANT", &[device]) => Ok(Address::TcpipServant { board, device: device.to_owned() }),
        _ => no_such_form(),
    }
}

/// The comma belongs to the host here: a VXI-11 device name may have its own, `gpib0,2`.
fn vxi11(board: u16, host_and_port: &str, device: &str) -> Result<Address> {
    let (name, port) = with_port(host_and_port)?;
    Ok(Address::Vxi11 { board, host: host(name)?, port, device: device.to_owned() })
}

fn hislip(board: u16, host: &str, device_and_port: &str) -> Result<Address> {
    let (credential, host) = credential_and_host(host)?;
    let (device, port) = with_port(device_and_port)?;
    if device.ends_with(':') {
        // The port may be one that is not written.
        return fail(VI_ERROR_INV_RSRC_NAME, "a colon that may come to stand beside ::");
    }
    let (device, port) = (device.to_owned(), port.unwrap_or(HISLIP_PORT));
    Ok(Address::Hislip { board, credential, host, device, port })
}

pub(super) fn vicp(parts: &Parts) -> Result<Address> {
    match (parts.typed, parts.class, &parts.words[..]) {
        (None, "INSTR", &[name]) => Ok(Address::Vicp { host: host(name)? }),
        (Some(_), ..) => fail(VI_ERROR_INV_RSRC_NAME, "VICP has no board number"),
        _ => no_such_form(),
    }
}

pub(super) fn prologix(parts: &Parts) -> Result<Address> {
    let (name, port) = match (parts.class, &parts.words[..]) {
        ("INTFC", &[name]) => (name, PROLOGIX_PORT),
        ("INTFC", &[name, number]) => (name, port(number)?),
        _ => return no_such_form(),
    };
    Ok(Address::PrologixTcpip { board: parts.board(), host: host(name)?, port })
}
