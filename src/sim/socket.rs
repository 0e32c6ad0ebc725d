#![forbid(unsafe_code)]
//! The raw socket: lines in, lines out.

use std::io;
use std::io::Read;
use std::sync::Arc;

use crate::sim::device::Device;
use crate::sim::device::PortKind;
use crate::sim::interpreter::Interpreter;
use crate::sim::lexer::Framing;
use crate::sim::peer::Peer;
use crate::sim::response::Response;
use crate::sim::response::send_all;
use crate::sim::server::Connection;
use crate::sim::server::Hub;

/// Bytes taken from the connection at once.
const PIECE: usize = 256 << 10;

/// Bytes handed to the connection at once.
const BURST: usize = 4 << 20;

/// Serves one connection until its end.
pub(super) fn serve(hub: &Arc<Hub>, device: &Arc<Device>, connection: &Connection) {
    let port = device.add_port(PortKind::Socket);
    let peer = Peer::new(Arc::clone(hub), Arc::clone(device), Arc::clone(&connection.stream));
    let mut interpreter = Interpreter::new(Arc::clone(device), port, Framing::Line);
    let mut buffer = vec![0; PIECE];
    loop {
        match (&*connection.stream).read(&mut buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Ok(count @ 1..) if converse(device, &peer, &mut interpreter, &buffer[..count]) => {}
            _ => break,
        }
    }
    device.remove_port(port);
}

/// Carries out what arrived and sends the answers in order, each before the next message is
/// looked at. False when the connection has ended.
fn converse(
    device: &Arc<Device>,
    peer: &Peer,
    interpreter: &mut Interpreter,
    mut input: &[u8],
) -> bool {
    while !input.is_empty() {
        let (used, response) = interpreter.feed(input, false);
        input = &input[used..];
        if let Some(response) = response
            && !deliver(device, peer, response)
        {
            return false;
        }
    }
    true
}

fn deliver(device: &Arc<Device>, peer: &Peer, mut response: Response) -> bool {
    if let Some(ready) = response.ready {
        peer.watch();
        let given_up =
            device.wait(Some(ready), |state| (state.stopping || peer.gone()).then_some(()));
        if given_up.is_some() {
            return false;
        }
    }
    while !response.is_empty() {
        let parts = response.slices(BURST);
        let count = parts.iter().map(|part| part.len() as u64).sum();
        if send_all(peer.stream(), &parts).is_err() {
            return false;
        }
        response.advance(count);
    }
    true
}
