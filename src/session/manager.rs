#![forbid(unsafe_code)]
//! The resource manager: opening, closing, searching.

use std::sync::Arc;
use std::time::Duration;

use crate::config;
use crate::config::Config;
use crate::consts::{
    VI_EXCLUSIVE_LOCK, VI_FVATTR_SPIN, VI_LOAD_CONFIG, VI_NO_LOCK, VI_SHARED_LOCK,
    VI_TMO_IMMEDIATE, ViAccessMode, ViObject, ViSession, ViStatus,
};
use crate::iface::{Interface, REGISTRY};
use crate::os::Cancel;
use crate::os::Deadline;
use crate::os::Wait;
use crate::os::ipc;
use crate::rsrc::Kinds;
use crate::rsrc::ResourceName;
use crate::rsrc::alias;
use crate::session::Session;
use crate::session::attributes;
use crate::session::attributes::Settings;
use crate::session::configured;
use crate::session::event::CALLBACK_PATIENCE;
use crate::session::find::FindList;
use crate::session::lock::Wanted;
use crate::session::objects::{self, Object};
use crate::session::search;
use crate::status::{
    Result, VI_ERROR_INV_ACC_MODE, VI_ERROR_LIBRARY_NFOUND, VI_ERROR_NSUP_OPER, VI_SUCCESS,
    VI_SUCCESS_DEV_NPRESENT, VI_WARN_CONFIG_NLOADED, fail,
};
use crate::trace;

/// How long viOpen may take when its timeout is VI_TMO_IMMEDIATE, which PyVISA passes by default
/// and which bounds only the lock by the text (recommendation 4.3.3).
const OPEN_PATIENCE: Duration = Duration::from_millis(2000);

/// The same when a lock is asked for too. The lock itself is then not waited for.
const OPEN_AND_LOCK_PATIENCE: Duration = Duration::from_millis(5000);

/// How long viClose may take to say goodbye to a device.
pub const GOODBYE: Duration = Duration::from_millis(1000);

/// A resource manager: what viOpenDefaultRM returns.
pub struct Manager {
    pub(super) settings: Settings,
    /// Shared with what a search has left running.
    pub(super) cancel: Arc<Cancel>,
    /// As the files were when the manager was opened: one program sees one configuration.
    pub(super) config: Arc<Config>,
}

impl Manager {
    /// A fresh one.
    pub fn new() -> Self {
        let config = config::load();
        for problem in config.problems() {
            trace::note(format_args!("configuration: {problem};"));
        }
        Self::with(config)
    }

    /// What takes its place in a forked child, where files cannot be read yet.
    pub(super) fn in_child(&self) -> Self {
        Self::with(self.config.clone())
    }

    /// One that has read this.
    pub(super) fn with(config: Arc<Config>) -> Self {
        let settings = Settings::new(Kinds::MANAGER);
        search::set_defaults(&settings, &config);
        Self { settings, cancel: Arc::new(Cancel::new()), config }
    }

    /// The resource called `name`, which may be an alias, and the alias that it has.
    ///
    /// # Errors
    /// VI_ERROR_INV_RSRC_NAME.
    fn resolve(&self, name: &str) -> Result<(ResourceName, Option<String>)> {
        // A name is a name first: no alias can take it away.
        let (name, configured) = match (ResourceName::parse(name), self.config.alias(name)) {
            (Ok(name), _) => {
                let alias = self.config.alias_of(&name);
                (name, alias)
            }
            (Err(_), Some((alias, name))) => (name.clone(), Some(alias)),
            (Err(error), None) => (alias::resource(name).ok_or(error)?, None),
        };
        let alias = configured.map(str::to_owned).or_else(|| alias::of(&name));
        Ok((name, alias))
    }

    /// Ends the opens in progress under it with VI_ERROR_ABORT.
    pub fn terminate(&self) {
        self.cancel.terminate();
    }
}

impl Default for Manager {
    fn default() -> Self {
        Self::new()
    }
}

/// viOpenDefaultRM: a new manager, independent of all others (rule 4.3.11).
///
/// # Errors
/// VI_ERROR_ALLOC.
pub fn open_default() -> Result<ViSession> {
    objects::watch_forks();
    let number = objects::add(Object::Manager(Arc::new(Manager::new())))?;
    ipc::keep();
    Ok(number)
}

/// viOpen: connects to the resource called `name`, or that has this alias.
///
/// `timeout` in ms bounds the whole open: name look-up, connections, handshakes, and the wait for
/// the lock that `mode` asks for. A shared lock gets a generated access key, which a nested viLock
/// hands out.
///
/// Attributes are set as the configuration says, with VI_LOAD_CONFIG all, without it those that are
/// to be set always ([`Config::defaults`]), and of these, what the resource's sessions share only
/// when this is its first one in this process. VI_WARN_CONFIG_NLOADED: all are at their defaults,
/// because a value was refused, or nothing is configured and `mode` asks for it.
/// VI_SUCCESS_DEV_NPRESENT goes before it.
///
/// # Errors
/// VI_ERROR_INV_RSRC_NAME, VI_ERROR_INV_ACC_MODE, VI_ERROR_RSRC_NFOUND; VI_ERROR_LIBRARY_NFOUND
/// for interfaces without a driver in this library; VI_ERROR_RSRC_LOCKED and VI_ERROR_TMO as of
/// [`Session::lock`]; what the interface answers.
pub fn open(
    number: ViSession,
    name: &str,
    mode: ViAccessMode,
    timeout: u32,
) -> Result<(ViSession, ViStatus)> {
    let manager = objects::manager(number)?;
    let (name, alias) = manager.resolve(name)?;
    let lock = lock_of(mode)?;
    let interface = interface_of(name.kind())?;
    let deadline = match timeout {
        VI_TMO_IMMEDIATE if lock.is_some() => Deadline::after(OPEN_AND_LOCK_PATIENCE),
        VI_TMO_IMMEDIATE => Deadline::after(OPEN_PATIENCE),
        _ => Deadline::from_timeout(timeout),
    };
    let wait = Wait { deadline, ticket: manager.cancel.ticket() };
    let link = interface.open(&name, &wait)?;
    let is_present = link.is_present();
    let session = Session::new(number, objects::resource(name), link).with_alias(alias);
    let session = Arc::new(session);
    if manager.config.spin_us() > 0 {
        // Other kinds have no such attribute.
        let object = Object::Session(session.clone());
        let _ = attributes::set(&object, VI_FVATTR_SPIN, manager.config.spin_us().into());
    }
    // Before it has a number: nobody else uses a session that may yet be refused.
    let locked = lock.map_or(Ok(()), |lock| {
        let deadline = if timeout == VI_TMO_IMMEDIATE { Deadline::Immediate } else { deadline };
        session.lock_within(lock, timeout, Wait { deadline, ..wait }).map(|_| ())
    });
    let opened = locked.and_then(|()| {
        let asked = mode & VI_LOAD_CONFIG != 0;
        let loaded = configured::load(&session, &manager.config, asked, &wait);
        Ok((objects::add(Object::Session(session.clone()))?, loaded))
    });
    if opened.is_err() {
        session.close(Deadline::after(GOODBYE));
    }
    let (number, loaded) = opened?;
    let status = match loaded {
        _ if !is_present => VI_SUCCESS_DEV_NPRESENT,
        true => VI_SUCCESS,
        false => VI_WARN_CONFIG_NLOADED,
    };
    Ok((number, status))
}

/// The lock that an access mode asks for.
fn lock_of(mode: ViAccessMode) -> Result<Option<Wanted<'static>>> {
    match mode & !VI_LOAD_CONFIG {
        VI_NO_LOCK => Ok(None),
        VI_EXCLUSIVE_LOCK => Ok(Some(Wanted::Exclusive)),
        VI_SHARED_LOCK => Ok(Some(Wanted::Shared(None))),
        _ => fail(VI_ERROR_INV_ACC_MODE, "no such access mode"),
    }
}

/// The interface that opens resources of `kind`.
///
/// # Errors
/// VI_ERROR_NSUP_OPER for remote VISA servers, VI_ERROR_LIBRARY_NFOUND where there is none.
pub(super) fn interface_of(kind: Kinds) -> Result<&'static dyn Interface> {
    if Kinds::REMOTE.has(kind) {
        return fail(VI_ERROR_NSUP_OPER, "remote VISA servers are not supported");
    }
    match REGISTRY.iter().find(|interface| interface.kinds().has(kind)) {
        Some(interface) => Ok(*interface),
        None => fail(VI_ERROR_LIBRARY_NFOUND, "this version has no driver for that interface"),
    }
}

/// viClose on any object. Everything under a manager goes with it.
///
/// # Errors
/// VI_ERROR_INV_OBJECT.
pub fn close(number: ViObject) -> Result {
    let removed = objects::remove(number)?;
    // First all calls end, then the goodbyes: one slow device does not keep the others' callers.
    for object in &removed {
        match object {
            Object::Session(session) => session.stop(),
            Object::Manager(manager) => manager.cancel.close(),
            _ => {}
        }
    }
    let is_manager = removed.iter().any(|object| matches!(object, Object::Manager(_)));
    let sessions: Vec<_> = removed
        .into_iter()
        .filter_map(|object| match object {
            Object::Session(session) => Some(session),
            _ => None,
        })
        .collect();
    // In this thread, which may be the one that a handler runs on.
    let cancel = Cancel::new();
    let wait = Wait { deadline: Deadline::after(CALLBACK_PATIENCE), ticket: cancel.ticket() };
    for session in sessions.iter().filter(|session| !session.is_inherited()) {
        session.events.await_end(&wait);
    }
    close_side_by_side(&sessions, Deadline::after(GOODBYE));
    drop(sessions);
    if is_manager {
        ipc::forget_kept();
    }
    Ok(())
}

/// Ten instruments that are switched off take as long as one.
fn close_side_by_side(sessions: &[Arc<Session>], deadline: Deadline) {
    if let [only] = sessions {
        return only.close(deadline);
    }
    std::thread::scope(|scope| {
        for session in sessions {
            let goodbye = || session.close(deadline);
            let thread = std::thread::Builder::new().name("visa-bye".into());
            if thread.spawn_scoped(scope, goodbye).is_err() {
                session.close(deadline);
            }
        }
    });
}

/// Gives the rest of a search a number, for viFindNext.
///
/// # Errors
/// VI_ERROR_ALLOC.
pub fn keep_list(number: ViSession, rest: Vec<String>) -> Result<ViObject> {
    objects::add(Object::FindList(Arc::new(FindList::new(number, rest))))
}

/// viParseRsrc and viParseRsrcEx: the name's parts and its alias, which is empty when it has none.
/// Opens and asks nothing.
///
/// # Errors
/// VI_ERROR_INV_RSRC_NAME.
pub fn parse(number: ViSession, name: &str) -> Result<(ResourceName, String)> {
    let manager = objects::manager(number)?;
    let (name, alias) = manager.resolve(name)?;
    Ok((name, alias.unwrap_or_default()))
}
