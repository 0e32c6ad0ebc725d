#![forbid(unsafe_code)]
//! VXI-11, the instrument's side: core, abort and interrupt channels.

mod abort;
mod channel;
pub mod gateway;
mod interrupt;
mod link;

use std::collections::HashMap;
use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;

use crate::sim::device::Device;
use crate::sim::server::Hub;
use crate::sim::server::lock;

/// Program number of the core channel (VXI-11 B.6).
pub(super) const CORE_PROGRAM: u32 = 0x0607AF;
/// Program number of the abort channel.
pub(super) const ABORT_PROGRAM: u32 = 0x0607B0;
/// Program number of the interrupt channel, which the client serves.
const INTERRUPT_PROGRAM: u32 = 0x0607B1;
/// Version of all three.
pub(super) const VERSION: u32 = 1;

/// Links of the instrument at one time; one more gets [`OUT_OF_RESOURCES`].
const MOST_LINKS: usize = 256;

/// Device_ErrorCode (VXI-11 B.5.2).
type ErrorCode = u32;
const DEVICE_NOT_ACCESSIBLE: ErrorCode = 3;
const INVALID_LINK: ErrorCode = 4;
const PARAMETER_ERROR: ErrorCode = 5;
const CHANNEL_NOT_ESTABLISHED: ErrorCode = 6;
const NOT_SUPPORTED: ErrorCode = 8;
const OUT_OF_RESOURCES: ErrorCode = 9;
const LOCKED: ErrorCode = 11;
const NO_LOCK: ErrorCode = 12;
const TIMED_OUT: ErrorCode = 15;
const ABORTED: ErrorCode = 23;
const CHANNEL_ESTABLISHED: ErrorCode = 29;

/// Device_Flags: wait for another link's lock (VXI-11 B.5.3).
const WAIT_LOCK: u32 = 0x01;
/// Device_Flags: END with the last byte.
const END: u32 = 0x08;
/// Device_Flags: a termination character is set.
const TERM_CHAR_SET: u32 = 0x80;

/// What all channels of the instrument know.
struct Shared {
    hub: Arc<Hub>,
    device: Arc<Device>,
    /// maxRecvSize of create_link.
    max_receive: u32,
    /// abortPort of create_link.
    abort_port: u16,
    links: Mutex<Links>,
}

/// The links of all connections, for the abort channel.
#[derive(Default)]
struct Links {
    next: i32,
    open: HashMap<i32, Arc<Progress>>,
}

/// What the abort channel has to know of a link.
#[derive(Default)]
struct Progress {
    /// A call on the link is waiting for something.
    waiting: AtomicBool,
    aborted: AtomicBool,
}

impl Shared {
    /// Gives out a link number, if there are any left.
    fn register(&self) -> Option<(i32, Arc<Progress>)> {
        let mut links = lock(&self.links);
        if links.open.len() >= MOST_LINKS {
            return None;
        }
        while links.open.contains_key(&links.next) {
            links.next = (links.next + 1) & i32::MAX;
        }
        let number = links.next;
        links.next = (number + 1) & i32::MAX;
        let progress = Arc::<Progress>::default();
        links.open.insert(number, Arc::clone(&progress));
        Some((number, progress))
    }

    fn unregister(&self, link: i32) {
        lock(&self.links).open.remove(&link);
    }

    /// device_abort: ends what the link is waiting for, if anything. False: no such link.
    fn abort(&self, link: i32) -> bool {
        let Some(progress) = lock(&self.links).open.get(&link).cloned() else { return false };
        self.device.change(|state| {
            if progress.waiting.load(Ordering::SeqCst) {
                progress.aborted.store(true, Ordering::SeqCst);
                state.seen.aborts += 1;
            }
        });
        true
    }
}

/// Serves the core and the abort channel.
pub(super) fn start(
    hub: &Arc<Hub>,
    device: &Arc<Device>,
    core: TcpListener,
    abort: TcpListener,
    max_receive: u32,
) -> io::Result<()> {
    let shared = Arc::new(Shared {
        hub: Arc::clone(hub),
        device: Arc::clone(device),
        max_receive,
        abort_port: abort.local_addr()?.port(),
        links: Mutex::default(),
    });
    let for_abort = Arc::clone(&shared);
    hub.listen("vxi11 abort", abort, move |connection| abort::serve(&for_abort, &connection))?;
    hub.listen("vxi11 core", core, move |connection| channel::serve(&shared, &connection))
}
