//! What VISA adds to a connection: objects with numbers, sessions with attributes and timeouts,
//! the resource manager.

#![forbid(unsafe_code)]

pub mod attributes;
pub mod find;
pub mod io;
pub mod lock;
pub mod manager;
pub mod objects;
pub mod resource;

use std::sync::Arc;

pub use manager::Manager;

use crate::attr;
use crate::consts::{
    VI_ATTR_IO_PROT, VI_ATTR_SEND_END_EN, VI_ATTR_SUPPRESS_END_EN, VI_ATTR_TERMCHAR,
    VI_ATTR_TERMCHAR_EN, VI_ATTR_TMO_VALUE, VI_PROT_4882_STRS, ViSession,
};
use crate::iface::{Call, Link};
use crate::os::Cancel;
use crate::os::Deadline;
use crate::os::Wait;
use crate::os::fork;
use crate::rsrc::Kinds;
use crate::rsrc::ResourceName;
use crate::session::attributes::Settings;
use crate::session::lock::Lock;
use crate::session::resource::Resource;
use crate::status::{Result, VI_ERROR_INV_OBJECT, VI_ERROR_NSUP_OPER, fail};

const TMO_VALUE: usize = attr::slot(VI_ATTR_TMO_VALUE);
const TERMCHAR: usize = attr::slot(VI_ATTR_TERMCHAR);
const TERMCHAR_EN: usize = attr::slot(VI_ATTR_TERMCHAR_EN);
const SEND_END_EN: usize = attr::slot(VI_ATTR_SEND_END_EN);
const SUPPRESS_END_EN: usize = attr::slot(VI_ATTR_SUPPRESS_END_EN);
const IO_PROT: usize = attr::slot(VI_ATTR_IO_PROT);

/// A session to one resource: what viOpen returns.
pub struct Session {
    manager: ViSession,
    resource: Arc<Resource>,
    settings: Settings,
    cancel: Cancel,
    /// The fork generation it was opened in; a child must not touch its parent's link.
    opened_in: u32,
    lock: Lock,
    link: Box<dyn Link>,
}

impl Session {
    fn new(manager: ViSession, resource: Arc<Resource>, link: Box<dyn Link>) -> Self {
        let settings = Settings::new(resource.name.kind());
        let opened_in = fork::generation();
        let lock = Lock::new(&resource.name.key());
        Self { manager, resource, settings, cancel: Cancel::new(), opened_in, lock, link }
    }

    /// The name it was opened by, in canonical form.
    pub fn name(&self) -> &ResourceName {
        &self.resource.name
    }

    /// Its kind of resource.
    pub fn kind(&self) -> Kinds {
        self.resource.name.kind()
    }

    /// Whether an operation that `kinds` have is there for this session too.
    ///
    /// # Errors
    /// VI_ERROR_NSUP_OPER for other kinds.
    pub fn require(&self, kinds: Kinds) -> Result {
        if kinds.has(self.kind()) {
            Ok(())
        } else {
            fail(VI_ERROR_NSUP_OPER, "not an operation of this resource class")
        }
    }

    /// Whether it came into this process by a fork and belongs to the parent.
    pub fn is_inherited(&self) -> bool {
        self.opened_in != fork::generation()
    }

    /// Ends all calls in progress with VI_ERROR_ABORT (viTerminate without a job).
    ///
    /// # Errors
    /// VI_ERROR_INV_OBJECT in a forked child: the calls are its parent's.
    pub fn terminate(&self) -> Result {
        self.own()?;
        self.cancel.terminate();
        Ok(())
    }

    /// Ends all calls and says goodbye to the device. Objects that still hold the session, being
    /// in a call, find it cancelled.
    fn close(&self, deadline: Deadline) {
        if !self.is_inherited() {
            self.cancel.close();
            self.unlock_all(deadline, || self.link.close(deadline));
        }
    }

    /// Whether the session is this process's own.
    ///
    /// # Errors
    /// VI_ERROR_INV_OBJECT in a forked child: the session is its parent's.
    fn own(&self) -> Result {
        if self.is_inherited() {
            return fail(VI_ERROR_INV_OBJECT, "inherited by a fork; the child must open its own");
        }
        Ok(())
    }

    /// The settings as they are now, for one operation.
    fn call(&self) -> Call<'_> {
        let settings = &self.settings;
        let timeout_ms = settings.load(TMO_VALUE) as u32;
        Call {
            wait: Wait {
                deadline: Deadline::from_timeout(timeout_ms),
                ticket: self.cancel.ticket(),
            },
            timeout_ms,
            term_char: settings.is_on(TERMCHAR_EN).then(|| settings.load(TERMCHAR) as u8),
            send_end: settings.is_on(SEND_END_EN),
            suppress_end: settings.is_on(SUPPRESS_END_EN),
        }
    }

    /// A wait that does not wait.
    fn at_once(&self) -> Wait<'_> {
        Wait { deadline: Deadline::Immediate, ticket: self.cancel.ticket() }
    }

    /// The link, for I/O.
    ///
    /// # Errors
    /// VI_ERROR_INV_OBJECT in a forked child: the session is its parent's.
    fn link(&self) -> Result<&dyn Link> {
        self.own()?;
        Ok(&*self.link)
    }

    /// Whether 488.2 strings stand in for device operations (VI_PROT_4882_STRS).
    fn speaks_strings(&self) -> bool {
        self.settings.load(IO_PROT) == i64::from(VI_PROT_4882_STRS)
    }
}
