#![forbid(unsafe_code)]
//! What comes on interrupt pipes: a thread for each pipe that anybody listens to waits for it.
//!
//! Sessions share a pipe as they share the interface: each gets all that comes, cut to its own
//! VI_ATTR_USB_MAX_INTR_SIZE.

use std::sync::Arc;
use std::thread;
use std::thread::JoinHandle;

use parking_lot::{Condvar, Mutex, MutexGuard};

use crate::consts::ViStatus;
use crate::iface::usbraw::unit::Unit;
use crate::iface::{Interrupt, Report, Sink};
use crate::os::Cancel;
use crate::os::Deadline;
use crate::os::Wait;
use crate::os::usb::End;
use crate::status::{
    Error, Result, VI_ERROR_ABORT, VI_ERROR_ALLOC, VI_ERROR_CONN_LOST, VI_ERROR_IO, VI_SUCCESS,
};

/// So many failures one after the other end the listening: nothing works any more.
const FAILURES: u32 = 3;

/// A session that wants to know.
pub struct Listener {
    pub session: u64,
    /// `None` for one that hears nothing now.
    pub pipe: Option<u8>,
    /// VI_ATTR_USB_MAX_INTR_SIZE
    pub most: u16,
    pub sink: Sink,
}

/// Who listens to what.
#[derive(Default)]
pub struct Interrupts {
    state: Mutex<State>,
    /// Notified when a pipe is no longer halted, or a reader is to end.
    changed: Condvar,
}

#[derive(Default)]
struct State {
    listeners: Vec<Listener>,
    readers: Vec<Reader>,
}

struct Reader {
    pipe: u8,
    cancel: Arc<Cancel>,
    thread: JoinHandle<()>,
}

impl State {
    /// The most that anybody wants of one transfer of a pipe; `None` when nobody listens.
    fn most(&self, pipe: u8) -> Option<usize> {
        let those = self.listeners.iter().filter(|one| one.pipe == Some(pipe));
        those.map(|listener| listener.most.into()).max()
    }

    fn tell(&self, pipe: u8, status: ViStatus, bytes: &[u8]) {
        for listener in self.listeners.iter().filter(|one| one.pipe == Some(pipe)) {
            let data = Arc::from(&bytes[..bytes.len().min(listener.most.into())]);
            // Sinks only store and notify.
            (listener.sink)(Report::UsbInterrupt(Interrupt { status, data }));
        }
    }

    /// Starts a reader for each pipe that has none.
    fn start(&mut self, unit: &Arc<Unit>) -> Result {
        // One that has given up may find the device well again.
        self.readers.retain(|reader| !reader.thread.is_finished());
        let mut pipes: Vec<_> = self.listeners.iter().filter_map(|one| one.pipe).collect();
        pipes.sort_unstable();
        pipes.dedup();
        pipes.retain(|pipe| self.readers.iter().all(|reader| reader.pipe != *pipe));
        for pipe in pipes {
            let (unit, cancel) = (unit.clone(), Arc::new(Cancel::new()));
            let own = cancel.clone();
            let thread = thread::Builder::new().name("visa-usb-intr".into());
            match thread.spawn(move || unit.interrupts.read(&unit, pipe, &own)) {
                Ok(thread) => self.readers.push(Reader { pipe, cancel, thread }),
                Err(_) => return Err(Error::new(VI_ERROR_ALLOC, "thread for interrupts")),
            }
        }
        Ok(())
    }
}

impl Interrupts {
    /// Adds a listener, in place of the same session's before.
    ///
    /// # Errors
    /// VI_ERROR_ALLOC without a thread.
    pub fn add(&self, listener: Listener, unit: &Arc<Unit>) -> Result {
        self.remove(listener.session);
        let session = listener.session;
        let mut state = self.state.lock();
        state.listeners.push(listener);
        let started = state.start(unit);
        if started.is_err() {
            state.listeners.retain(|listener| listener.session != session);
        }
        started
    }

    /// Another pipe or another size for a session that listens. Without a pipe it hears nothing.
    ///
    /// # Errors
    /// VI_ERROR_ALLOC without a thread.
    pub fn change(&self, session: u64, pipe: Option<u8>, most: u16, unit: &Arc<Unit>) -> Result {
        let mut state = self.state.lock();
        let Some(listener) = state.listeners.iter_mut().find(|one| one.session == session) else {
            return Ok(());
        };
        (listener.pipe, listener.most) = (pipe, most);
        // A reader that is there already has room for what was wanted before.
        state.readers.iter().for_each(|reader| reader.cancel.terminate());
        let started = state.start(unit);
        drop(state);
        self.end_idle();
        started
    }

    /// Takes a session off. Its sink is not called any more.
    pub fn remove(&self, session: u64) {
        self.state.lock().listeners.retain(|listener| listener.session != session);
        self.end_idle();
    }

    /// Lets readers see that a pipe is no longer halted.
    pub fn look_again(&self) {
        let _state = self.state.lock();
        self.changed.notify_all();
    }

    /// Ends all readers.
    pub fn pause(&self) {
        let mut state = self.state.lock();
        let ended = std::mem::take(&mut state.readers);
        self.end(ended, state);
    }

    /// Starts them again. One for which there is no thread any more is missed.
    pub fn resume(&self, unit: &Arc<Unit>) {
        let _ = self.state.lock().start(unit);
    }

    /// Ends the readers to which nobody listens.
    fn end_idle(&self) {
        let mut state = self.state.lock();
        let readers = std::mem::take(&mut state.readers);
        let (needed, idle) =
            readers.into_iter().partition(|reader| state.most(reader.pipe).is_some());
        state.readers = needed;
        self.end(idle, state);
    }

    fn end(&self, readers: Vec<Reader>, state: MutexGuard<'_, State>) {
        readers.iter().for_each(|reader| reader.cancel.close());
        self.changed.notify_all();
        drop(state);
        for reader in readers {
            // It has the interface until then, and the last session gives that back.
            let _ = reader.thread.join();
        }
    }

    /// A reader's life.
    fn read(&self, unit: &Unit, pipe: u8, cancel: &Cancel) {
        let mut failures = 0;
        loop {
            let wait = Wait { deadline: Deadline::Never, ticket: cancel.ticket() };
            let most = self.state.lock().most(pipe);
            let (Some(most), Ok(packet)) = (most, unit.packet(pipe)) else { return };
            let mut buf = vec![0; most.max(1).next_multiple_of(packet)];
            let moved = unit.transport.read(pipe, &mut [&mut buf], &wait);
            let bytes = &buf[..moved.count];
            let mut state = self.state.lock();
            match moved.end {
                End::Full | End::Short => {
                    state.tell(pipe, VI_SUCCESS, bytes);
                    failures = 0;
                }
                End::Stalled => {
                    unit.set_stalled(pipe, true);
                    state.tell(pipe, VI_ERROR_IO, bytes);
                    while unit.is_stalled(pipe) && !cancel.ticket().is_closed() {
                        self.changed.wait(&mut state);
                    }
                }
                // Ended, or to begin anew with another size.
                End::Failed(error) if error.code == VI_ERROR_ABORT => {
                    if wait.ticket.is_closed() {
                        return;
                    }
                }
                End::Failed(error) => {
                    state.tell(pipe, error.code, bytes);
                    failures += 1;
                    if error.code == VI_ERROR_CONN_LOST || failures == FAILURES {
                        return;
                    }
                }
            }
        }
    }
}
