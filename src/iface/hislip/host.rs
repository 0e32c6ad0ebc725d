#![forbid(unsafe_code)]
//! Service requests, and the one thread of the process that receives them.
//!
//! A link is hosted while it is watched, or while a device lock may still be granted to a caller
//! who has left. The thread polls the asynchronous connections of all hosted links, except those
//! that a caller is receiving on already, and receives what is there without ever waiting for one
//! of them. It starts with the first hosted link and ends with the last.
//!
//! A forked child has not got the thread: it makes a host of its own, and never looks at its
//! parent's.

use std::os::fd::AsRawFd;
use std::sync::{Arc, Weak};

use parking_lot::Mutex;

use crate::iface::Sink;
use crate::iface::hislip::HislipLink;
use crate::os::Cancel;
use crate::os::Deadline;
use crate::os::Wait;
use crate::os::fork::PerProcess;
use crate::os::poll::await_readable;
use crate::os::waker::Waker;
use crate::status::{Error, Result, VI_ERROR_ALLOC, VI_ERROR_TMO};

static HOST: PerProcess<Host> = PerProcess::new();

/// Receives at one connection before the others have their turn.
const FAIR_SHARE: usize = 64;

struct Host {
    /// Makes the thread look at the links again.
    waker: Waker,
    guests: Mutex<Guests>,
}

#[derive(Default)]
struct Guests {
    links: Vec<Weak<HislipLink>>,
    running: bool,
}

/// Makes the thread, if there is one, look again at who is hosted.
pub(super) fn look_again() {
    if let Some(host) = HOST.made() {
        host.waker.wake();
    }
}

impl Host {
    fn new() -> Result<Self> {
        Ok(Self { waker: Waker::new()?, guests: Mutex::default() })
    }

    fn register(&'static self, link: &Arc<HislipLink>) -> Result {
        let mut guests = self.guests.lock();
        let guest = Arc::downgrade(link);
        if !guests.links.iter().any(|other| other.ptr_eq(&guest)) {
            guests.links.push(guest);
        }
        if !guests.running {
            // What is left of the list when this fails is thrown out by the next thread.
            std::thread::Builder::new()
                .name("visa-srq".into())
                .spawn(|| self.serve())
                .map_err(|_| Error::new(VI_ERROR_ALLOC, "thread for service requests"))?;
            guests.running = true;
        }
        self.waker.wake();
        Ok(())
    }

    /// The thread.
    fn serve(&self) {
        while let Some((fds, links)) = self.guests_now() {
            for ready in await_readable(&fds) {
                // The first is the waker's.
                if let Some(link) = links.get(ready.wrapping_sub(1)).and_then(Weak::upgrade) {
                    link.receive_what_is_there();
                }
            }
        }
    }

    /// What to poll: the waker and the connections of the links beside it. `None` when nobody is
    /// hosted any more; from then on the thread counts as gone.
    fn guests_now(&self) -> Option<(Vec<i32>, Vec<Weak<HislipLink>>)> {
        self.waker.drain();
        let mut fds = vec![self.waker.as_raw_fd()];
        let mut links = Vec::new();
        let mut guests = self.guests.lock();
        guests.links.retain(|guest| {
            let Some(link) = guest.upgrade() else { return false };
            let desk = link.mailbox.desk.lock();
            if !desk.hosted || link.alive().is_err() {
                return false;
            }
            if !desk.caller_receives {
                fds.push(link.asynchronous.as_raw_fd());
                links.push(guest.clone());
            }
            true
        });
        guests.running = !guests.links.is_empty();
        guests.running.then_some((fds, links))
    }
}

impl HislipLink {
    /// Link::watch.
    pub(super) fn set_sink(self: &Arc<Self>, sink: Option<Sink>) -> Result {
        let watched = sink.is_some();
        if watched {
            self.alive()?;
            if !self.mailbox.desk.lock().hosted {
                // Requests from before are nobody's.
                self.receive_what_is_there();
                self.alive()?;
            }
        }
        *self.mailbox.sink.lock() = sink;
        self.mailbox.desk.lock().watched = watched;
        self.host_while_needed().inspect_err(|_| {
            *self.mailbox.sink.lock() = None;
            self.mailbox.desk.lock().watched = false;
        })
    }

    /// Begins or ends to be hosted.
    ///
    /// # Errors
    /// VI_ERROR_ALLOC when there can be no thread.
    pub(super) fn host_while_needed(self: &Arc<Self>) -> Result {
        {
            let mut desk = self.mailbox.desk.lock();
            let before = desk.hosted;
            desk.hosted = desk.needs_host();
            if desk.hosted == before {
                return Ok(());
            }
            // One of them may have to receive now.
            desk.wake_all();
            if !desk.hosted {
                look_again();
                return Ok(());
            }
        }
        // Outside the lock: the thread holds its list while it looks at the desks.
        HOST.get(Host::new).and_then(|host| host.register(self)).inspect_err(|_| {
            let mut desk = self.mailbox.desk.lock();
            desk.hosted = false;
            desk.wake_all();
        })
    }

    /// Receives without waiting, unless a caller is receiving.
    fn receive_what_is_there(&self) {
        let Some(mut incoming) = self.mailbox.incoming.try_lock() else { return };
        let unlimited = Cancel::new();
        let wait = Wait { deadline: Deadline::Immediate, ticket: unlimited.ticket() };
        let nothing = Error::new(VI_ERROR_TMO, "nothing there");
        let mut turns = 0..FAIR_SHARE;
        let mut recv = |buf: &mut [u8]| {
            turns.next().ok_or(nothing)?;
            self.asynchronous.recv_now(buf)?.ok_or(nothing)
        };
        loop {
            let answer = self.next_async(&mut incoming, &wait, &mut recv);
            match answer.and_then(|answer| self.sort(answer)) {
                Ok(()) => {}
                Err(error) if error.code == VI_ERROR_TMO => return,
                // No way to go on with a connection that fails, and nobody to tell but the
                // callers to come.
                Err(error) => {
                    self.die(error.at);
                    return;
                }
            }
        }
    }
}
