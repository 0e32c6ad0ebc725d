#![forbid(unsafe_code)]
//! Service requests, and the one thread of the process that receives them.
//!
//! A device that is to report service requests connects to us (VXI-11 B.4.5). The thread starts
//! with the first watching link and ends with the last; the port it listens on, and all
//! connections, are its own. Whoever can reach the port can connect, so a request counts only by
//! its handle, which is random, and connections are few and small. Requests are not answered: the
//! call is one-way (B.4.5), and devices do not look for a reply.
//!
//! A forked child has not got the thread: it starts one of its own and never looks at its parent's.

use std::collections::HashMap;
use std::net::IpAddr;
use std::os::fd::AsRawFd;
use std::sync::Arc;

use parking_lot::Mutex;

use crate::iface::{Report, Sink};
use crate::os::fork;
use crate::os::fork::PerProcess;
use crate::os::listen::Listener;
use crate::os::net::Stream;
use crate::os::poll::await_readable;
use crate::os::random;
use crate::os::waker::Waker;
use crate::status::{Error, Result, VI_ERROR_ALLOC};
use crate::wire::vxi11::Handle;
use crate::wire::vxi11::ServiceRequests;

static INTERRUPTS: PerProcess<Interrupts> = PerProcess::new();

/// Bytes received from one connection before the others have their turn.
const FAIR_SHARE: usize = 2048;

/// Connections beyond two for each watching link: one that is in use, and one from before that
/// its device has not closed yet.
const SPARE_CONNECTIONS: usize = 16;

struct Interrupts {
    /// Makes the thread look again at who is watching.
    waker: Waker,
    watchers: Mutex<Watchers>,
}

#[derive(Default)]
struct Watchers {
    by_handle: HashMap<Handle, Watcher>,
    /// The port of the thread that runs.
    port: Option<u16>,
}

#[derive(Clone)]
struct Watcher {
    device: IpAddr,
    /// Locked while it is called, so that taking it away waits for that. It only stores.
    sink: Arc<Mutex<Option<Sink>>>,
}

/// A link that watches. Once it is dropped, its sink is not called any more.
pub struct Registration {
    /// What the device is to name.
    pub handle: Handle,
    /// Where it is to connect.
    pub port: u16,
    sink: Arc<Mutex<Option<Sink>>>,
    /// The process, counted in forks, whose thread serves it.
    made_in: u32,
}

/// Begins to listen for service requests of a link to `device`.
///
/// # Errors
/// VI_ERROR_ALLOC when there can be no thread or port.
pub fn register(device: IpAddr, sink: Sink) -> Result<Registration> {
    let interrupts = INTERRUPTS.get(Interrupts::new)?;
    let handle = random::bytes()?;
    let sink = Arc::new(Mutex::new(Some(sink)));
    let port = interrupts.add(handle, Watcher { device, sink: sink.clone() })?;
    Ok(Registration { handle, port, sink, made_in: fork::generation() })
}

impl Registration {
    /// Reports to `sink` from now on; no request is lost.
    pub fn report_to(&self, sink: Sink) {
        let old = self.sink.lock().replace(sink);
        drop(old);
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        if self.made_in != fork::generation() {
            return;
        }
        let Some(interrupts) = INTERRUPTS.made() else { return };
        let removed = interrupts.watchers.lock().by_handle.remove(&self.handle);
        let old = self.sink.lock().take();
        drop((removed, old));
        interrupts.waker.wake();
    }
}

impl Interrupts {
    fn new() -> Result<Self> {
        Ok(Self { waker: Waker::new()?, watchers: Mutex::default() })
    }

    /// Adds a watcher, and the thread if there is none. Returns its port.
    fn add(&'static self, handle: Handle, watcher: Watcher) -> Result<u16> {
        let mut watchers = self.watchers.lock();
        let port = match watchers.port {
            Some(port) => port,
            None => {
                let listener = Listener::open()?;
                let port = listener.port();
                std::thread::Builder::new()
                    .name("visa-srq-vxi11".into())
                    .spawn(move || self.serve(&listener))
                    .map_err(|_| Error::new(VI_ERROR_ALLOC, "thread for service requests"))?;
                watchers.port = Some(port);
                port
            }
        };
        watchers.by_handle.insert(handle, watcher);
        drop(watchers);
        self.waker.wake();
        Ok(port)
    }

    /// The thread.
    fn serve(&self, listener: &Listener) {
        let mut connections: Vec<Connection> = Vec::new();
        // Without descriptors a connection goes on waiting to be accepted; polling for it as well
        // would turn the wait into a busy loop until something else has happened.
        let mut deaf = false;
        while self.has_watchers(&mut connections) {
            let mut fds = vec![self.waker.as_raw_fd()];
            fds.extend(connections.iter().map(|connection| connection.stream.as_raw_fd()));
            if !deaf {
                fds.push(listener.as_raw_fd());
            }
            let ready = await_readable(&fds);
            deaf = false;
            // From the end, since those that fail are taken out; a new one comes last.
            let count = connections.len();
            for place in ready.into_iter().rev() {
                if place == 0 {
                    self.waker.drain();
                } else if place > count {
                    deaf = self.accept(listener, &mut connections).is_err();
                } else if connections[place - 1].receive(|handle| self.signal(handle)).is_err() {
                    connections[place - 1].doomed = true;
                }
            }
            connections.retain(|connection| !connection.doomed);
        }
    }

    /// Whether anybody watches. If not, the thread counts as gone from here on. Connections that
    /// nobody watches any more are dropped.
    fn has_watchers(&self, connections: &mut Vec<Connection>) -> bool {
        let mut watchers = self.watchers.lock();
        if watchers.by_handle.is_empty() {
            watchers.port = None;
            return false;
        }
        connections.retain(|connection| {
            let from_device = watchers.by_handle.values().any(|it| it.device == connection.peer);
            let serves = || connection.served.iter().any(|it| watchers.by_handle.contains_key(it));
            // A stranger may be a device behind an address translation. It has its chance.
            from_device || connection.is_stranger || serves()
        });
        true
    }

    /// Accepts one connection, and makes room for it.
    ///
    /// # Errors
    /// VI_ERROR_ALLOC without descriptors.
    fn accept(&self, listener: &Listener, connections: &mut Vec<Connection>) -> Result {
        let Some((stream, address)) = listener.accept()? else { return Ok(()) };
        // A device that is switched off would stay connected for ever.
        let _ = stream.set_keepalive(true);
        let (is_stranger, most) = {
            let watchers = self.watchers.lock();
            let known = watchers.by_handle.values().any(|it| it.device == address.ip());
            (!known, 2 * watchers.by_handle.len() + SPARE_CONNECTIONS)
        };
        if connections.iter().filter(|it| !it.doomed).count() >= most {
            // The oldest that has proved nothing, rather a stranger than a device.
            let unproved = |it: &Connection| !it.doomed && it.served.is_empty();
            let stranger = connections.iter().position(|it| unproved(it) && it.is_stranger);
            let Some(place) = stranger.or_else(|| connections.iter().position(unproved)) else {
                return Ok(());
            };
            connections[place].doomed = true;
        }
        let peer = address.ip();
        let requests = ServiceRequests::default();
        let served = Vec::new();
        connections.push(Connection { stream, peer, requests, served, is_stranger, doomed: false });
        Ok(())
    }

    /// Reports a request to the link whose handle that is; which, if any.
    fn signal(&self, handle: &[u8]) -> Option<Handle> {
        let handle = Handle::try_from(handle).ok()?;
        let watcher = self.watchers.lock().by_handle.get(&handle).cloned()?;
        if let Some(sink) = &*watcher.sink.lock() {
            sink(Report::Plain);
        }
        Some(handle)
    }
}

/// A connection that somebody, in general a device, has made to us.
struct Connection {
    stream: Stream,
    peer: IpAddr,
    requests: ServiceRequests,
    /// Handles of ours that it has named.
    served: Vec<Handle>,
    /// Not from the address of a device that is watched, and it has named no handle so far.
    is_stranger: bool,
    /// To be dropped.
    doomed: bool,
}

impl Connection {
    /// Receives what is there and reports what requests it completes, by `signal`.
    ///
    /// # Errors
    /// When the connection is of no use any more.
    fn receive(&mut self, signal: impl Fn(&[u8]) -> Option<Handle>) -> Result {
        let mut bytes = [0; FAIR_SHARE];
        let Some(count) = self.stream.recv_now(&mut bytes)? else { return Ok(()) };
        let Self { requests, served, is_stranger, .. } = self;
        requests.feed(&bytes[..count], |handle| {
            if let Some(handle) = signal(handle) {
                *is_stranger = false;
                if !served.contains(&handle) {
                    served.push(handle);
                }
            }
        })
    }
}

impl Drop for Connection {
    /// Ends it even while forked children still have the descriptor.
    fn drop(&mut self) {
        self.stream.shut_down();
    }
}
