#![forbid(unsafe_code)]
//! That the library's side of a connection knows of its end. On a busy machine an end can be on its
//! way for a while, and whether an operation meets it would be chance.

use std::time::Duration;
use std::time::Instant;

/// In the system's list of connections.
const ESTABLISHED: &str = "01";

/// Waits until the system has no connection from these ports of this machine any more of which it
/// does not know that the peer has ended it.
pub fn await_known(ports: &[u16], until: Instant) {
    while ports.iter().any(|port| is_established(*port)) && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn is_established(port: u16) -> bool {
    let list = std::fs::read_to_string("/proc/self/net/tcp").unwrap_or_default();
    let local = format!(":{port:04X}");
    list.lines().any(|line| {
        // Number, local address, remote address, state.
        let words: Vec<_> = line.split_whitespace().take(4).collect();
        matches!(words[..], [_, here, _, state] if here.ends_with(&local) && state == ESTABLISHED)
    })
}
