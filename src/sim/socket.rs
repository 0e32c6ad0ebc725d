#![forbid(unsafe_code)]
//! The raw socket: lines in, lines out.

use std::io::Read;
use std::sync::Arc;

use crate::sim::device::Device;
use crate::sim::device::PortKind;
use crate::sim::interpreter::Interpreter;
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
    let mut interpreter = Interpreter::new(Arc::clone(device), port, false);
    let mut buffer = vec![0; PIECE];
    while let Ok(count @ 1..) = (&*connection.stream).read(&mut buffer) {
        if !converse(device, &peer, &mut interpreter, &buffer[..count]) {
            break;
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
        if device.wait(Some(ready), |_| peer.gone().then_some(())).is_some() {
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
