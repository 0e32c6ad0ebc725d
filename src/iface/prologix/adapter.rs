#![forbid(unsafe_code)]
//! An adapter, which has one connection at a time: this process's for all its boards and sessions,
//! and among the processes of this machine the one's that has an exchange to make.
//!
//! A process keeps the connection when its exchange is over, for the next is mostly its own. When
//! another wants it ([`sharing`](super::sharing)), a thread ends it between two exchanges. Nobody
//! looks again and again, and a process that dies holds nothing. Other machines know nothing of all
//! this: while one of them is connected, the adapter turns us away, which is VI_ERROR_RSRC_BUSY.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::thread;
use std::time::Duration;

use parking_lot::Mutex;

use crate::iface::prologix::conversation::{Conversation, Half};
use crate::iface::prologix::kept::Kept;
use crate::iface::prologix::named::Named;
use crate::iface::prologix::port::Place;
use crate::iface::prologix::sharing::Sharing;
use crate::os::Cancel;
use crate::os::Deadline;
use crate::os::Gate;
use crate::os::Wait;
use crate::os::fork;
use crate::os::fork::PerProcess;
use crate::status::{
    Error, Result, VI_ERROR_ABORT, VI_ERROR_ALLOC, VI_ERROR_CONN_LOST, VI_ERROR_NPERMISSION,
    VI_ERROR_RSRC_BUSY, VI_ERROR_RSRC_NFOUND, VI_ERROR_TMO, fail,
};
use crate::wire::gpib::BusAddress;

/// How long an adapter that turns us away is tried again: it may not have noticed yet that the
/// last client has gone.
const RETRYING: Duration = Duration::from_millis(1500);

/// The pause between two tries.
const PAUSE: Duration = Duration::from_millis(20);

/// How long an adapter may take to answer the first question, before it is asked again.
const PATIENCE: Duration = Duration::from_millis(500);

/// How long what was given up may hold up the next exchange before its connection is ended.
const STUCK: Duration = Duration::from_secs(2);

/// The adapters that this process uses. A forked child has its own.
static ADAPTERS: PerProcess<Adapters> = PerProcess::new();

/// Those in use, by what tells them apart.
type Adapters = Mutex<Vec<(String, Weak<Handle>)>>;

/// An adapter as its boards have it: it is given back with the last of them.
pub struct Handle(Arc<Adapter>);

/// An adapter.
pub struct Adapter {
    place: Place,
    identity: String,
    sharing: Sharing,
    state: Gate<State>,
    /// Whether there is a thread that gives the connection away.
    is_shared: AtomicBool,
    /// Ends it.
    ending: Cancel,
    made_in: u32,
}

/// What one thread at a time may use.
#[derive(Default)]
pub struct State {
    conversation: Option<Conversation>,
    /// It was connected before, so it is one.
    is_known: bool,
    /// A device has half a message, which must be cleared away when there is a connection again.
    pub half: Option<Half>,
    /// What devices have said and nobody has read.
    pub kept: Kept,
    /// Who was addressed by viGpibCommand.
    pub named: Named,
}

impl Handle {
    /// The adapter at a place: the one that this process uses already, or a new one. Nothing is
    /// connected yet.
    pub fn of(place: Place) -> Arc<Self> {
        let identity = format!("prologix {place}");
        let made = ADAPTERS.get(|| Ok::<_, Error>(Adapters::default()));
        let Ok(adapters) = made else { return Arc::new(Self(Adapter::new(place, identity))) };
        let mut adapters = adapters.lock();
        adapters.retain(|(_, handle)| handle.strong_count() > 0);
        let known = adapters.iter().find(|(known, _)| *known == identity);
        if let Some(handle) = known.and_then(|(_, handle)| handle.upgrade()) {
            return handle;
        }
        let handle = Arc::new(Self(Adapter::new(place, identity.clone())));
        adapters.push((identity, Arc::downgrade(&handle)));
        handle
    }

    /// What tells it from other adapters.
    pub fn identity(&self) -> &str {
        &self.0.identity
    }

    /// Sees to it that there is such an adapter. While another process of this machine has it,
    /// there is.
    ///
    /// # Errors
    /// VI_ERROR_RSRC_NFOUND, VI_ERROR_RSRC_BUSY when another machine or program has it,
    /// VI_ERROR_ABORT, VI_ERROR_ALLOC.
    pub fn open(&self, wait: &Wait) -> Result {
        if self.0.sharing.is_elsewhere() {
            return Ok(());
        }
        self.converse(None, wait, |_, _| Ok(())).map_err(|error| match error.code {
            VI_ERROR_TMO | VI_ERROR_CONN_LOST => Error { code: VI_ERROR_RSRC_BUSY, ..error },
            _ => error,
        })
    }

    /// Carries out an exchange, or a part of one, which nobody else's part comes between. It may
    /// find the adapter still at work for `continuing`.
    ///
    /// # Errors
    /// Those of `work`; VI_ERROR_RSRC_BUSY, VI_ERROR_TMO, VI_ERROR_ABORT, VI_ERROR_CONN_LOST.
    pub fn converse<T>(
        &self,
        continuing: Option<BusAddress>,
        wait: &Wait,
        work: impl FnOnce(&mut Conversation, &mut State) -> Result<T>,
    ) -> Result<T> {
        let mut state = self.0.state.pass(wait)?;
        let mut conversation = self.0.ready(&mut state, continuing, wait)?;
        let outcome = work(&mut conversation, &mut state);
        state.conversation = Some(conversation);
        if matches!(&outcome, Err(error) if error.code == VI_ERROR_CONN_LOST) {
            state.lose();
        }
        outcome
    }

    /// What is known without a connection.
    ///
    /// # Errors
    /// VI_ERROR_TMO, VI_ERROR_ABORT.
    pub fn remember<T>(&self, wait: &Wait, work: impl FnOnce(&mut State) -> T) -> Result<T> {
        Ok(work(&mut *self.0.state.pass(wait)?))
    }

    /// Whether the connection is another process's now.
    pub fn is_elsewhere(&self) -> bool {
        self.0.sharing.is_elsewhere()
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        if self.0.made_in != fork::generation() {
            // The parent's, who uses it.
            return;
        }
        self.0.ending.close();
        let uncancelled = Cancel::new();
        let wait = Wait { deadline: Deadline::after(STUCK), ticket: uncancelled.ticket() };
        if let Ok(mut state) = self.0.state.pass(&wait) {
            self.0.give_back(&mut state);
        }
    }
}

impl State {
    /// The connection is of no use any more.
    fn lose(&mut self) {
        let Some(conversation) = self.conversation.take() else { return };
        if let Some(device) = conversation.talker() {
            self.kept.tear(device);
        }
        self.half = conversation.half_line().or(self.half);
        conversation.end();
    }

    /// Clears a device that got a part of a message, so that it does not wait for the rest any more.
    /// Where that fails, the next connection begins with it again.
    fn drop_half(&mut self, mut conversation: Conversation, wait: &Wait) -> Result<Conversation> {
        if let Some(Half::Data(device)) = self.half {
            let address = conversation.addressing(device);
            conversation.tell(&format!("{address}++clr\n"), wait)?;
            self.kept.forget(device);
        }
        self.half = None;
        Ok(conversation)
    }
}

impl Adapter {
    fn new(place: Place, identity: String) -> Arc<Self> {
        let sharing = Sharing::new(&identity);
        Arc::new(Self {
            place,
            identity,
            sharing,
            state: Gate::default(),
            is_shared: AtomicBool::new(false),
            ending: Cancel::new(),
            made_in: fork::generation(),
        })
    }

    /// A connection on which nothing is in flight, but for `continuing`.
    fn ready(
        self: &Arc<Self>,
        state: &mut State,
        continuing: Option<BusAddress>,
        wait: &Wait,
    ) -> Result<Conversation> {
        let shortly = Wait { deadline: wait.deadline.min(Deadline::after(STUCK)), ..*wait };
        match self.mend(state, continuing, &shortly) {
            Ok(()) => {}
            // It has had its time, and a new connection may end what it is busy with.
            Err(error) if error.code == VI_ERROR_TMO && !wait.deadline.has_passed() => {
                state.lose();
            }
            Err(error) if error.code == VI_ERROR_CONN_LOST => state.lose(),
            Err(error) => return Err(error),
        }
        match state.conversation.take() {
            Some(conversation) => Ok(conversation),
            None => self.begin(state, wait),
        }
    }

    /// Brings the present connection in order; loses it where only a new one helps.
    fn mend(&self, state: &mut State, continuing: Option<BusAddress>, wait: &Wait) -> Result {
        let Some(conversation) = &mut state.conversation else { return Ok(()) };
        if conversation.half_line().is_some() {
            state.lose();
            return Ok(());
        }
        if continuing.is_some_and(|device| conversation.is_talking(device)) {
            return Ok(());
        }
        if conversation.is_in_flight() {
            conversation.settle(&mut state.kept, wait)?;
        }
        if conversation.is_disturbed() {
            conversation.drop_unasked(wait)?;
        }
        Ok(())
    }

    /// A new connection.
    fn begin(self: &Arc<Self>, state: &mut State, wait: &Wait) -> Result<Conversation> {
        self.share()?;
        let has_waited = self.sharing.claim(wait)?;
        let begun = self
            .connect(state.is_known || has_waited, wait)
            .and_then(|conversation| state.drop_half(conversation, wait));
        let conversation = match begun {
            Ok(conversation) => conversation,
            Err(error) => {
                self.sharing.release();
                return Err(match error.code {
                    VI_ERROR_RSRC_NFOUND if state.is_known => {
                        Error { code: VI_ERROR_CONN_LOST, ..error }
                    }
                    _ => error,
                });
            }
        };
        state.is_known = true;
        Ok(conversation)
    }

    /// Connects, again and again for a while where the adapter turns us away.
    fn connect(&self, is_there: bool, wait: &Wait) -> Result<Conversation> {
        let retrying = Deadline::after(RETRYING).min(wait.deadline);
        let mut has_listened = false;
        loop {
            let error = match self.place.connect(wait) {
                Ok(port) => {
                    has_listened = true;
                    match Conversation::begin(port, PATIENCE, wait) {
                        Ok(conversation) => return Ok(conversation),
                        Err(error) => error,
                    }
                }
                Err(error) if error.code == VI_ERROR_RSRC_NFOUND && !is_there && !has_listened => {
                    return Err(error);
                }
                Err(error) => error,
            };
            if matches!(error.code, VI_ERROR_ABORT | VI_ERROR_ALLOC | VI_ERROR_NPERMISSION) {
                return Err(error);
            }
            if retrying.has_passed() {
                let busy = Error::new(VI_ERROR_RSRC_BUSY, "another client has the adapter");
                return Err(if has_listened { busy } else { error });
            }
            Wait { deadline: retrying.min(Deadline::after(PAUSE)), ..*wait }.pass()?;
        }
    }

    /// Sees to it that a thread gives the connection away when another process wants it.
    fn share(self: &Arc<Self>) -> Result {
        if !self.sharing.is_possible() || self.is_shared.swap(true, Ordering::Relaxed) {
            return Ok(());
        }
        let adapter = Arc::clone(self);
        let thread = thread::Builder::new().name("visa-prologix".into());
        if thread.spawn(move || adapter.give_away()).is_err() {
            self.is_shared.store(false, Ordering::Relaxed);
            return fail(VI_ERROR_ALLOC, "thread that shares the adapter");
        }
        Ok(())
    }

    /// Gives the connection away whenever another process wants it, as long as there are sessions.
    fn give_away(&self) {
        let wait = Wait { deadline: Deadline::Never, ticket: self.ending.ticket() };
        self.sharing.serve(&wait, || {
            if let Ok(mut state) = self.state.pass(&wait) {
                self.give_back(&mut state);
            }
        });
    }

    /// Ends the connection, after what is in flight.
    fn give_back(&self, state: &mut State) {
        let uncancelled = Cancel::new();
        let wait = Wait { deadline: Deadline::after(STUCK), ticket: uncancelled.ticket() };
        // What does not come to its end in time is torn.
        if let Some(conversation) = &mut state.conversation {
            let _ = conversation.settle(&mut state.kept, &wait);
        }
        state.lose();
        self.sharing.release();
    }
}
