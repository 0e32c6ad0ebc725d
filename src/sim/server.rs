#![forbid(unsafe_code)]
//! Listening, one thread per connection, and an orderly end of all of them.

use std::collections::HashMap;
use std::io;
use std::io::PipeWriter;
use std::net::IpAddr;
use std::net::Ipv4Addr;
use std::net::Ipv6Addr;
use std::net::Shutdown;
use std::net::SocketAddr;
use std::net::TcpListener;
use std::net::TcpStream;
use std::net::UdpSocket;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;
use std::time::Duration;

/// Locks, also after a panic elsewhere: the simulator keeps serving the other connections.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Everything that must end with the instrument: threads and the sockets they wait on.
#[derive(Debug, Default)]
pub(super) struct Hub {
    stopping: AtomicBool,
    streams: Mutex<Streams>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    /// What tells by its end that all ends.
    held: Mutex<Vec<PipeWriter>>,
    /// Listeners to be woken: a blocked accept or receive has no other portable end.
    doors: Mutex<Vec<Door>>,
}

#[derive(Debug, Default)]
struct Streams {
    next: u64,
    open: HashMap<u64, Arc<TcpStream>>,
}

#[derive(Debug)]
enum Door {
    Tcp(SocketAddr),
    Udp(SocketAddr),
}

/// A connection that the hub will shut down; gone from its books when dropped.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) stream: Arc<TcpStream>,
    hub: Arc<Hub>,
    number: u64,
}

impl Drop for Connection {
    fn drop(&mut self) {
        lock(&self.hub.streams).open.remove(&self.number);
        // Others may still hold the stream; the peer shall see the end now.
        let _ = self.stream.shutdown(Shutdown::Both);
    }
}

impl Hub {
    /// Runs `work` in a thread of its own that [`Hub::stop`] waits for.
    pub(super) fn spawn(&self, name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
        let thread = std::thread::Builder::new().name(format!("sim {name}")).spawn(work)?;
        let mut threads = lock(&self.threads);
        let (ended, running) = threads.drain(..).partition(JoinHandle::is_finished);
        *threads = running;
        threads.push(thread);
        drop(threads);
        let ended: Vec<JoinHandle<()>> = ended;
        for thread in ended {
            let _ = thread.join();
        }
        Ok(())
    }

    /// Keeps `handle` until everything ends: whoever polls the other side sees that.
    pub(super) fn hold(&self, handle: PipeWriter) {
        lock(&self.held).push(handle);
    }

    /// Enters a connection into the books; `None` when everything is about to end.
    pub(super) fn adopt(self: &Arc<Self>, stream: TcpStream) -> Option<Connection> {
        let stream = Arc::new(stream);
        let mut streams = lock(&self.streams);
        // Looked at under the lock, so that a connection is either refused or shut down by stop.
        if self.stopping() {
            return None;
        }
        streams.next += 1;
        let number = streams.next;
        streams.open.insert(number, Arc::clone(&stream));
        Some(Connection { stream, hub: Arc::clone(self), number })
    }

    /// Serves every connection to `listener` in a thread of its own.
    pub(super) fn listen(
        self: &Arc<Self>,
        name: &'static str,
        listener: TcpListener,
        serve: impl Fn(Connection) + Send + Sync + 'static,
    ) -> io::Result<()> {
        lock(&self.doors).push(Door::Tcp(reachable(listener.local_addr()?)));
        let hub = Arc::clone(self);
        let serve = Arc::new(serve);
        self.spawn(name, move || {
            while !hub.stopping() {
                let Ok((stream, _)) = listener.accept() else {
                    // Out of descriptors: give the connections that hold them time to end.
                    std::thread::sleep(Duration::from_millis(10));
                    continue;
                };
                let _ = stream.set_nodelay(true);
                let Some(connection) = hub.adopt(stream) else { return };
                let serve = Arc::clone(&serve);
                // Without a thread the connection is dropped, and the peer sees that.
                let _ = hub.spawn(name, move || serve(connection));
            }
        })
    }

    /// Answers every datagram to `socket` with what `answer` makes of it, if anything.
    pub(super) fn listen_udp(
        self: &Arc<Self>,
        name: &'static str,
        socket: UdpSocket,
        answer: impl Fn(&[u8]) -> Option<Vec<u8>> + Send + 'static,
    ) -> io::Result<()> {
        lock(&self.doors).push(Door::Udp(reachable(socket.local_addr()?)));
        let hub = Arc::clone(self);
        self.spawn(name, move || {
            let mut buffer = vec![0; 65_536];
            while !hub.stopping() {
                let Ok((count, from)) = socket.recv_from(&mut buffer) else { continue };
                if let Some(reply) = answer(&buffer[..count]) {
                    let _ = socket.send_to(&reply, from);
                }
            }
        })
    }

    /// Whether the end has come.
    pub(super) fn stopping(&self) -> bool {
        self.stopping.load(Ordering::SeqCst)
    }

    /// Ends the connections that there are.
    pub(super) fn disconnect(&self) {
        for stream in lock(&self.streams).open.values() {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// First step of the end: no new connections, and every blocked socket call returns.
    pub(super) fn stop(&self) {
        let open: Vec<Arc<TcpStream>> = {
            let mut streams = lock(&self.streams);
            self.stopping.store(true, Ordering::SeqCst);
            streams.open.drain().map(|(_, stream)| stream).collect()
        };
        for stream in open {
            let _ = stream.shutdown(Shutdown::Both);
        }
        lock(&self.held).clear();
        for door in lock(&self.doors).drain(..) {
            match door {
                Door::Tcp(address) => {
                    let _ = TcpStream::connect_timeout(&address, Duration::from_secs(1));
                }
                Door::Udp(address) => {
                    let any = SocketAddr::new(unspecified(address.ip()), 0);
                    let _ = UdpSocket::bind(any).and_then(|socket| socket.send_to(&[], address));
                }
            }
        }
    }

    /// Second step: waits for every thread.
    pub(super) fn join(&self) {
        loop {
            let Some(thread) = lock(&self.threads).pop() else { return };
            let _ = thread.join();
        }
    }
}

/// The address under which a listener is reached from this host.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

fn unspecified(family_of: IpAddr) -> IpAddr {
    match family_of {
        IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        IpAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    }
}
