#![forbid(unsafe_code)]
//! Service requests: the line of the bus, told to all links that want to know.

use std::sync::Mutex;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering;
use std::sync::mpsc::Sender;

use crate::sim::gpib::Until;
use crate::sim::server::lock;
use crate::sim::vxi11::gateway::Shared;

/// Whom a link tells of service requests, and by what handle.
#[derive(Debug, Default)]
pub(super) struct Enabled {
    pub(super) handle: Mutex<Option<Vec<u8>>>,
    pub(super) sender: Mutex<Option<Sender<Vec<u8>>>>,
}

/// What is known of the line. A request is told once in each epoch; one ends when the line is
/// released, and with a poll, after which it may be another that asserts it.
///
/// Looked at while the bus is locked, so it has no lock of its own but for telling.
#[derive(Debug)]
pub(super) struct Line {
    epoch: AtomicU64,
    told: AtomicU64,
    telling: Mutex<()>,
}

impl Default for Line {
    fn default() -> Self {
        Self { epoch: AtomicU64::new(1), told: AtomicU64::new(0), telling: Mutex::default() }
    }
}

impl Line {
    fn is_told(&self) -> bool {
        self.told.load(Ordering::SeqCst) == self.epoch.load(Ordering::SeqCst)
    }

    fn begin_epoch(&self) {
        self.epoch.fetch_add(1, Ordering::SeqCst);
    }
}

/// Tells of the line until the end.
pub(super) fn watch(shared: &Shared) {
    let until = Until::never().or(&shared.ending);
    // News: it is asserted and was not told, or was told and is released.
    while let Ok(status) = shared.board.wait(&until, |now| now.srq != shared.line.is_told()) {
        if status.srq {
            tell(shared);
        } else {
            shared.line.begin_epoch();
        }
    }
}

/// A device has been polled.
pub(super) fn polled(shared: &Shared) {
    shared.line.begin_epoch();
    if shared.board.lines().srq {
        tell(shared);
    }
}

fn tell(shared: &Shared) {
    let _telling = lock(&shared.line.telling);
    let epoch = shared.line.epoch.load(Ordering::SeqCst);
    if shared.line.told.load(Ordering::SeqCst) == epoch || !shared.board.lines().srq {
        // Released meanwhile: who asserts it next was not told of.
        return;
    }
    shared.line.told.store(epoch, Ordering::SeqCst);
    for link in lock(&shared.links).open.values() {
        if let (Some(handle), Some(sender)) = (&*lock(&link.handle), &*lock(&link.sender)) {
            // A client that has gone hears nothing.
            let _ = sender.send(handle.clone());
        }
    }
}
