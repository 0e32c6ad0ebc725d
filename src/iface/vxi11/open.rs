#![forbid(unsafe_code)]
//! viOpen: portmapper, core connection, create_link, all within one deadline.

use std::net::SocketAddr;
use std::sync::Arc;

use crate::iface::vxi11::channel::{Channel, Reply};
use crate::iface::vxi11::link::Vxi11Link;
use crate::os::Wait;
use crate::os::net::{Cut, Stream};
use crate::rsrc::ResourceName;
use crate::rsrc::name::Address;
use crate::status::{
    Error, Result, VI_ERROR_ABORT, VI_ERROR_ALLOC, VI_ERROR_CONN_LOST, VI_ERROR_INV_RSRC_NAME,
    VI_ERROR_RSRC_LOCKED, VI_ERROR_RSRC_NFOUND, VI_ERROR_TMO, fail,
};
use crate::wire::portmap;
use crate::wire::rpc;
use crate::wire::vxi11;

/// Opens the resource.
///
/// # Errors
/// VI_ERROR_RSRC_NFOUND when nobody is there, or nobody who speaks VXI-11; VI_ERROR_TMO when it
/// accepts the connection and does not answer, VI_ERROR_CONN_LOST when it hangs up; VI_ERROR_ABORT;
/// what the device refuses create_link with.
pub fn open(name: &ResourceName, wait: &Wait) -> Result<Vxi11Link> {
    let Address::Vxi11 { host, port, device, .. } = &name.address else {
        return fail(VI_ERROR_INV_RSRC_NAME, "not a VXI-11 name");
    };
    let stream = match port {
        Some(port) => Stream::connect(host, *port, wait)?,
        None => Stream::connect_any(&[find_core(host, portmap::PORT, wait)?], wait)?,
    };
    create_link(stream, device, wait)
}

/// The address of the core channel on `host`, by its portmapper.
///
/// # Errors
/// VI_ERROR_RSRC_NFOUND when it has none, or knows no core channel; else as [`open`].
pub fn find_core(host: &str, portmapper: u16, wait: &Wait) -> Result<SocketAddr> {
    let stream = Stream::connect(host, portmapper, wait)?;
    let mut address = stream.peer()?;
    let mut channel = Channel::new(Arc::new(stream));
    let reply = ask(&mut channel, portmap::getport(vxi11::CORE), &[], wait)?;
    match portmap::port(reply.fixed()) {
        Some(port) => address.set_port(port),
        None => return fail(VI_ERROR_RSRC_NFOUND, "portmapper: no VXI-11 core channel"),
    }
    Ok(address)
}

fn create_link(stream: Stream, device: &str, wait: &Wait) -> Result<Vxi11Link> {
    let peer = stream.peer()?;
    let stream = Arc::new(stream);
    let mut core = Channel::new(stream.clone());
    let request = vxi11::create_link(std::process::id(), device.len());
    let reply = ask(&mut core, request, device.as_bytes(), wait)?;
    let made = vxi11::new_link(reply.fixed()).map_err(refused)?;
    Ok(Vxi11Link::new(stream, peer, core, device, made))
}

fn ask(channel: &mut Channel, request: rpc::Call, tail: &[u8], wait: &Wait) -> Result<Reply> {
    let answer = channel.call(request, tail, &mut [], wait);
    answer.map_err(|Cut { error, .. }| match error.code {
        VI_ERROR_CONN_LOST if channel.is_out_of_step() => absent(error),
        VI_ERROR_TMO | VI_ERROR_CONN_LOST | VI_ERROR_ABORT | VI_ERROR_ALLOC => error,
        // Whoever denies the call, or answers what is no reply, is no VXI-11 device.
        _ => absent(error),
    })
}

/// A device that answers create_link with an error that viOpen does not know refuses all the same.
fn refused(error: Error) -> Error {
    match error.code {
        VI_ERROR_INV_RSRC_NAME | VI_ERROR_RSRC_LOCKED | VI_ERROR_ALLOC => error,
        _ => absent(error),
    }
}

/// While opening, an answer that makes no sense means that there is no such resource.
fn absent(error: Error) -> Error {
    Error { code: VI_ERROR_RSRC_NFOUND, ..error }
}
