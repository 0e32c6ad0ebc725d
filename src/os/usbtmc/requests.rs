//! Service requests, told by the driver on a descriptor of their own: reading the status byte on
//! the other would take the request with it before anybody has heard of it.

use std::os::fd::AsRawFd;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::driver::{Driver, Node};
use super::{open_error, thread};
use crate::os::Wait;
use crate::os::fork;
use crate::os::waker::Waker;
use crate::status::Result;

/// Gets the status byte that came with a request. It only stores and notifies.
pub type Told = Box<dyn Fn(u8) + Send + Sync>;

/// Tells of service requests until dropped. One call may still be under way then.
pub struct Requests {
    shared: Arc<Shared>,
    opened_in: u32,
}

struct Shared {
    told: Told,
    stopped: AtomicBool,
    waker: Waker,
}

impl Requests {
    /// Tells `told` of each request of the device behind the node at `path` from now on.
    ///
    /// # Errors
    /// As [`super::Node::open`].
    pub fn start(path: &Path, told: Told, wait: &Wait) -> Result<Self> {
        let (stopped, waker) = (AtomicBool::new(false), Waker::new()?);
        let shared = Arc::new(Shared { told, stopped, waker });
        let requests = Self { shared: shared.clone(), opened_in: fork::generation() };
        let path = path.to_owned();
        thread::started(wait, move |opened| {
            let node = Node::open(&path).map_err(|error| open_error(&error));
            opened(node.as_ref().map(|_| ()).map_err(|error| *error));
            if let Ok(node) = node {
                shared.listen(&node);
            }
        })?;
        Ok(requests)
    }
}

impl Drop for Requests {
    fn drop(&mut self) {
        if self.opened_in == fork::generation() {
            self.shared.stopped.store(true, Ordering::Release);
            self.shared.waker.wake();
        }
    }
}

impl Shared {
    fn listen(&self, driver: &impl Driver) {
        let poll = |fd, events| libc::pollfd { fd, events, revents: 0 };
        while !self.stopped.load(Ordering::Acquire) {
            match driver.service_request() {
                Ok(Some(byte)) => (self.told)(byte),
                Ok(None) => {
                    let mut polls = [
                        poll(self.waker.as_raw_fd(), libc::POLLIN),
                        poll(driver.fd(), libc::POLLPRI),
                    ];
                    // SAFETY: two valid pollfds. Whatever it says, the loop looks for itself.
                    unsafe { libc::poll(polls.as_mut_ptr(), 2, -1) };
                }
                // The device has gone, which its other calls tell.
                Err(_) => return,
            }
        }
    }
}
