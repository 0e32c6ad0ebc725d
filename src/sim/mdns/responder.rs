#![forbid(unsafe_code)]
//! The sockets of a responder: one at each of its addresses, and one at the group beside it.

use std::io;
use std::net::IpAddr;
use std::net::Ipv4Addr;
use std::net::Ipv6Addr;
use std::net::SocketAddr;
use std::net::SocketAddrV6;
use std::net::UdpSocket;
use std::sync::Arc;
use std::sync::mpsc;
use std::sync::mpsc::RecvTimeoutError;
use std::thread;
use std::thread::JoinHandle;
use std::time::Duration;

use socket2::Domain;
use socket2::InterfaceIndexOrAddress;
use socket2::Protocol;
use socket2::SockRef;
use socket2::Socket;
use socket2::Type;

use crate::sim::mdns::Announcement;
use crate::sim::mdns::Habits;
use crate::sim::mdns::Link;
use crate::sim::mdns::message;
use crate::sim::mdns::zone::Zone;

const PORT: u16 = 5353;
const GROUP_V4: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 251);
const GROUP_V6: Ipv6Addr = Ipv6Addr::new(0xFF02, 0, 0, 0, 0, 0, 0, 0xFB);
const HOPS: u32 = 255;

/// Between the first announcement and its repetition (RFC 6762 section 8.3).
const PAUSE: Duration = Duration::from_secs(1);

/// A running responder; it says goodbye and stops when dropped.
#[derive(Debug)]
pub struct Responder {
    seats: Vec<Arc<Seat>>,
    threads: Vec<JoinHandle<()>>,
    /// Ends the thread that repeats the announcement.
    repeating: Option<mpsc::Sender<()>>,
}

/// An address from which it answers.
#[derive(Debug)]
struct Seat {
    zone: Zone,
    habits: Habits,
    /// Sends, and receives what is sent to this address.
    own: UdpSocket,
    /// Receives what is sent to all.
    shared: UdpSocket,
    group: SocketAddr,
}

impl Responder {
    /// Starts to announce and to answer in these networks.
    ///
    /// # Errors
    /// What the system says of an address, or of port 5353 when another program keeps it for itself.
    pub fn start(announcement: &Announcement, links: &[Link]) -> io::Result<Self> {
        let mut seats = Vec::new();
        for link in links {
            for address in &link.addresses {
                let zone = Zone::new(announcement, &link.addresses);
                let (own, shared, group) = sockets(*address, link.index)?;
                let habits = announcement.habits;
                seats.push(Arc::new(Seat { zone, habits, own, shared, group }));
            }
        }
        let (repeating, ended) = mpsc::channel();
        // Made first, so that its drop ends what has been started.
        let mut responder = Self { seats, threads: Vec::new(), repeating: Some(repeating) };
        for seat in responder.seats.clone() {
            let both = [seat.own.try_clone()?, seat.shared.try_clone()?];
            for socket in both {
                let seat = Arc::clone(&seat);
                responder.spawn(move || seat.serve(&socket))?;
            }
        }
        let seats = responder.seats.clone();
        responder.spawn(move || {
            seats.iter().for_each(|seat| seat.announce());
            if ended.recv_timeout(PAUSE) == Err(RecvTimeoutError::Timeout) {
                seats.iter().for_each(|seat| seat.announce());
            }
        })?;
        Ok(responder)
    }

    fn spawn(&mut self, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
        let thread = thread::Builder::new().name("sim mdns".into()).spawn(work)?;
        self.threads.push(thread);
        Ok(())
    }
}

impl Drop for Responder {
    fn drop(&mut self) {
        self.repeating = None;
        for seat in &self.seats {
            seat.tell(&message::to_all(&seat.zone.goodbye(), &[]));
            for socket in [&seat.own, &seat.shared] {
                // Says that nothing is connected, and wakes who receives all the same.
                let _ = SockRef::from(socket).shutdown(std::net::Shutdown::Both);
            }
        }
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

impl Seat {
    /// Answers what comes to `socket` until it is shut.
    fn serve(&self, socket: &UdpSocket) {
        let mut buffer = vec![0; 65_536];
        // A socket that was shut has an empty message for ever, which is from nobody.
        while SockRef::from(socket).peek_sender().is_ok_and(|from| from.as_socket().is_some()) {
            if let Ok((count, from)) = socket.recv_from(&mut buffer) {
                self.answer(&buffer[..count], from);
            }
        }
    }

    fn answer(&self, bytes: &[u8], from: SocketAddr) {
        let Some(query) = message::query(bytes) else { return };
        let Some(answer) = self.zone.answer(&query) else { return };
        if !self.habits.delay.is_zero() {
            thread::sleep(self.habits.delay);
        }
        let (answers, more) = (&answer.answers, &answer.more);
        if self.habits.tells_all {
            self.tell(&message::to_all(answers, more));
        } else if from.port() != PORT {
            let _ = self.own.send_to(&message::to_one(&query, answers, more), from);
        } else if query.questions.iter().all(|question| question.wants_unicast) {
            let _ = self.own.send_to(&message::to_all(answers, more), from);
        } else {
            self.tell(&message::to_all(answers, more));
        }
    }

    fn announce(&self) {
        self.tell(&message::to_all(self.zone.all(), &[]));
    }

    /// To all. A network that is down hears nothing.
    fn tell(&self, bytes: &[u8]) {
        let _ = self.own.send_to(bytes, self.group);
    }
}

/// The socket at `address`, the one at the group, and the group.
fn sockets(address: IpAddr, index: u32) -> io::Result<(UdpSocket, UdpSocket, SocketAddr)> {
    let group = match address {
        IpAddr::V4(_) => SocketAddr::from((GROUP_V4, PORT)),
        IpAddr::V6(_) => SocketAddrV6::new(GROUP_V6, PORT, 0, index).into(),
    };
    let at = match address {
        IpAddr::V6(ip) if ip.is_unicast_link_local() => {
            SocketAddrV6::new(ip, PORT, 0, index).into()
        }
        ip => SocketAddr::new(ip, PORT),
    };
    let (own, shared) = (socket(at)?, socket(group)?);
    match address {
        IpAddr::V4(ip) => {
            let interface = match index {
                0 => InterfaceIndexOrAddress::Address(ip),
                index => InterfaceIndexOrAddress::Index(index),
            };
            shared.set_multicast_all_v4(false)?;
            shared.join_multicast_v4_n(&GROUP_V4, &interface)?;
            own.set_multicast_if_v4(&ip)?;
            own.set_multicast_ttl_v4(HOPS)?;
            own.set_ttl_v4(HOPS)?;
        }
        IpAddr::V6(_) => {
            shared.join_multicast_v6(&GROUP_V6, index)?;
            own.set_multicast_if_v6(index)?;
            own.set_multicast_hops_v6(HOPS)?;
            own.set_unicast_hops_v6(HOPS)?;
        }
    }
    Ok((own.into(), shared.into(), group))
}

/// A socket that others may stand beside.
fn socket(at: SocketAddr) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(at), Type::DGRAM, Some(Protocol::UDP))?;
    socket.set_reuse_address(true)?;
    if at.is_ipv6() {
        socket.set_only_v6(true)?;
    }
    socket.bind(&at.into())?;
    Ok(socket)
}
