#![forbid(unsafe_code)]
//! That the library's side of a connection knows of its end. On a busy machine an end can be on its
//! way for a while, and whether an operation meets it would be chance.

use std::time::Duration;
use std::time::Instant;

/// In the system's list of connections.
const ESTABLISHED: &str = "01";

/// The list leaves out some when others come and go while it is read; so that often in a row a
/// connection must not be found.
const LOOKS: usize = 3;

/// Waits until the system has no connection from these ports of this machine any more of which it
/// does not know that the peer has ended it.
pub fn await_known(ports: &[u16], until: Instant) {
    let mut seen_none = 0;
    while seen_none < LOOKS && Instant::now() < until {
        let list = std::fs::read_to_string("/proc/self/net/tcp").unwrap_or_default();
        let found = ports.iter().any(|port| is_established(&list, *port));
        seen_none = if found { 0 } else { seen_none + 1 };
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn is_established(list: &str, port: u16) -> bool {
    let local = format!(":{port:04X}");
    list.lines().any(|line| {
        // Number, local address, remote address, state.
        let words: Vec<_> = line.split_whitespace().take(4).collect();
        matches!(words[..], [_, here, _, state] if here.ends_with(&local) && state == ESTABLISHED)
    })
}
