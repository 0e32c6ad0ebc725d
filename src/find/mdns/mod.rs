#![forbid(unsafe_code)]
//! Instruments that announce themselves by multicast DNS (RFC 6762, RFC 6763), as LXI instruments
//! and many others do.
//!
//! | file | what |
//! |---|---|
//! | `doors.rs` | the sockets, one for each network |
//! | `inquiry.rs` | what is asked, and when |
//! | `book.rs` | what was answered, by whom |
//! | `identity.rs` | what an instrument says that it is |
//! | `service.rs` | the kinds of services, and their resources |
//! | `hosts.rs` | which of those who answered are one instrument |
//! | `instruments.rs` | from answers to resources, each once |

mod book;
mod doors;
mod hosts;
mod identity;
mod inquiry;
mod instruments;
mod service;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr, SocketAddrV6};
use std::time::Duration;
use std::time::Instant;

use crate::find::mdns::doors::Door;
use crate::find::mdns::inquiry::{Inquiry, Packet};
use crate::iface::source::{Found, Search, Source};
use crate::os::Deadline;
use crate::os::Wait;
use crate::os::datagram;
use crate::os::neighbours;
use crate::os::random;
use crate::status::{Error, Result, VI_ERROR_TMO};
use crate::wire::portmap;

/// How many packets are received before the clock is looked at again.
const AT_ONCE: usize = 64;

/// The part of the time that goes to asking; the rest is for telling what came of it.
const ASKING: f64 = 0.95;

/// The part of the time after which is told what is known so far: on a machine that is busy, the
/// end may come too late.
const EARLY: f64 = 0.7;

/// How long is asked where nothing else ends it.
const LONGEST: Duration = Duration::from_secs(60);

/// The source.
pub struct Mdns;

impl Source for Mdns {
    fn name(&self) -> &'static str {
        "mDNS"
    }

    fn prefixes(&self) -> &'static [&'static str] {
        &["TCPIP"]
    }

    fn find(&self, search: &Search, tell: &mut dyn FnMut(Found)) -> Result {
        let doors = doors::open(&search.config)?;
        if doors.is_empty() {
            return Ok(());
        }
        let time = search.deadline.remaining().map_or(LONGEST, |left| left.mul_f64(ASKING));
        let number = u32::from_ne_bytes(random::bytes()?);
        let mut asking = Asking {
            inquiry: Inquiry::new(doors.iter().map(|door| door.manner), time, number),
            doors,
            started: Instant::now(),
            buffer: vec![0; datagram::LONGEST],
            has_asked: false,
        };
        let wait = search.wait();
        let mut told = HashMap::new();
        if !asking.run_until(time.mul_f64(EARLY), &wait)? {
            // Which address of an instrument is the right one is not known yet. When all is known,
            // it is said which of them are one.
            for mut found in asking.found() {
                found.addresses.clear();
                told.insert(found.name.key(), found.clone());
                tell(found);
            }
            asking.run_until(time, &wait)?;
        }
        asking
            .found()
            .into_iter()
            .filter(|found| told.get(&found.name.key()) != Some(found))
            .for_each(tell);
        Ok(())
    }
}

/// A search that goes on.
struct Asking {
    inquiry: Inquiry,
    doors: Vec<Door>,
    started: Instant,
    buffer: Vec<u8>,
    /// Some question has left.
    has_asked: bool,
}

impl Asking {
    /// Asks and listens until all is known, or until `end`. Whether all is.
    ///
    /// # Errors
    /// Where no question could be sent, why; VI_ERROR_ABORT when cancelled, VI_ERROR_ALLOC.
    fn run_until(&mut self, end: Duration, wait: &Wait) -> Result<bool> {
        loop {
            let now = self.started.elapsed();
            self.send_all(now)?;
            let is_over = self.inquiry.is_over(now);
            if is_over || now >= end {
                return Ok(is_over);
            }
            let next = self.inquiry.next().min(end);
            let until = Wait { deadline: Deadline::At(self.started + next), ..*wait };
            let sockets = self.doors.iter().map(|door| &door.socket);
            let ready = match datagram::await_any(sockets, &until) {
                Err(Error { code: VI_ERROR_TMO, .. }) => continue,
                ready => ready?,
            };
            ready.into_iter().for_each(|door| self.receive(door));
        }
    }

    /// Sends what is due. What fails may work in the next round, unless nothing has worked yet.
    fn send_all(&mut self, now: Duration) -> Result {
        let sent: Vec<_> = self.inquiry.due(now).iter().map(|packet| self.send(packet)).collect();
        self.has_asked |= sent.iter().any(Result::is_ok);
        if self.has_asked { Ok(()) } else { sent.into_iter().collect() }
    }

    /// The resources that are known.
    fn found(&self) -> Vec<Found> {
        let links: Vec<_> = self.doors.iter().map(Door::link).collect();
        // Without them, a host may be listed under each of its addresses.
        let neighbours = neighbours::all().unwrap_or_default();
        instruments::found(self.inquiry.book(), &links, &neighbours)
    }

    fn send(&self, packet: &Packet) -> Result {
        let door = &self.doors[packet.door];
        let Some(origin) = packet.portmapper else {
            return door.socket.send(&packet.bytes, door.group);
        };
        // Questions to all may have left by the port of mDNS, which others here may have as well.
        let to = match origin.address {
            IpAddr::V4(address) => SocketAddr::from((address, portmap::PORT)),
            IpAddr::V6(address) => {
                SocketAddrV6::new(address, portmap::PORT, 0, origin.scope).into()
            }
        };
        match self.doors.iter().find(|door| door.leads_to(&origin)) {
            Some(door) => door.socket.send(&packet.bytes, to),
            None => Ok(()),
        }
    }

    /// Takes what has come by one door, but not more than others can wait for.
    fn receive(&mut self, number: usize) {
        for _ in 0..AT_ONCE {
            let door = &self.doors[number];
            // An error is of a question that was sent, and has been taken by this.
            let Ok(Some((count, from))) = door.socket.receive(&mut self.buffer) else { return };
            let Some(origin) = door.origin(from.ip()) else { continue };
            let (bytes, now) = (&self.buffer[..count], self.started.elapsed());
            // What comes from other ports is no answer (RFC 6762 section 6).
            match from.port() {
                doors::PORT => self.inquiry.heard(origin, number, bytes, now),
                portmap::PORT => self.inquiry.heard_portmapper(origin, bytes, now),
                _ => {}
            }
        }
    }
}
