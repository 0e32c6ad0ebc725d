#![forbid(unsafe_code)]
//! Noticing that a client has gone while its connection's thread waits for something else.

use std::io;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;

use crate::sim::device::Device;
use crate::sim::server::Hub;

/// The other end of a connection.
///
/// A thread that only peeks at the connection is started when a wait begins, and not before: a
/// prompt answer, which needs no wait, costs no second thread.
pub(super) struct Peer {
    hub: Arc<Hub>,
    device: Arc<Device>,
    stream: Arc<TcpStream>,
    state: Arc<Watched>,
}

#[derive(Default)]
struct Watched {
    watching: AtomicBool,
    gone: AtomicBool,
}

impl Peer {
    pub(super) fn new(hub: Arc<Hub>, device: Arc<Device>, stream: Arc<TcpStream>) -> Self {
        Self { hub, device, stream, state: Arc::default() }
    }

    pub(super) fn stream(&self) -> &TcpStream {
        &self.stream
    }

    /// From now on, waits on the device are woken when the client goes. The watch ends when
    /// the client sends something, which is read in its turn.
    pub(super) fn watch(&self) {
        if self.state.watching.swap(true, Ordering::SeqCst) {
            return;
        }
        let stream = Arc::clone(&self.stream);
        let state = Arc::clone(&self.state);
        let device = Arc::clone(&self.device);
        let started = self.hub.spawn("watch", move || {
            let gone = loop {
                match stream.peek(&mut [0]) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    peeked => break !matches!(peeked, Ok(1..)),
                }
            };
            state.watching.store(false, Ordering::SeqCst);
            if gone {
                device.change(|_| state.gone.store(true, Ordering::SeqCst));
            }
        });
        if started.is_err() {
            self.state.watching.store(false, Ordering::SeqCst);
        }
    }

    /// Whether the client is known to have gone.
    pub(super) fn gone(&self) -> bool {
        self.state.gone.load(Ordering::SeqCst)
    }
}
