//! What VISA adds to a connection: objects with numbers, sessions with attributes and timeouts,
//! the resource manager.

#![forbid(unsafe_code)]

pub mod attributes;
pub mod buffer;
pub mod bus;
mod configured;
pub mod event;
pub mod file;
pub mod find;
pub mod formatted;
pub mod io;
pub mod job;
mod known;
pub mod lock;
pub mod manager;
#[cfg(all(test, loom))]
mod models;
pub mod objects;
pub mod resource;
pub mod search;

use std::sync::Arc;

pub use manager::Manager;

use crate::attr;
use crate::consts::{
    VI_ATTR_FILE_APPEND_EN, VI_ATTR_IO_PROT, VI_ATTR_RD_BUF_OPER_MODE, VI_ATTR_SEND_END_EN,
    VI_ATTR_SUPPRESS_END_EN, VI_ATTR_TERMCHAR, VI_ATTR_TERMCHAR_EN, VI_ATTR_TMO_VALUE,
    VI_ATTR_WR_BUF_OPER_MODE, VI_PROT_4882_STRS, ViJobId, ViSession, ViStatus,
};
use crate::iface::{Call, Link};
use crate::os::Cancel;
use crate::os::Deadline;
use crate::os::Ticket;
use crate::os::Wait;
use crate::os::fork;
use crate::rsrc::Kinds;
use crate::rsrc::ResourceName;
use crate::session::attributes::Settings;
use crate::session::buffer::Buffers;
use crate::session::event::Events;
use crate::session::job::Jobs;
use crate::session::lock::Lock;
use crate::session::resource::Resource;
use crate::status::{Result, VI_ERROR_CONN_LOST, VI_ERROR_INV_OBJECT, VI_ERROR_NSUP_OPER, fail};

const TMO_VALUE: usize = attr::slot(VI_ATTR_TMO_VALUE);
const TERMCHAR: usize = attr::slot(VI_ATTR_TERMCHAR);
const TERMCHAR_EN: usize = attr::slot(VI_ATTR_TERMCHAR_EN);
const SEND_END_EN: usize = attr::slot(VI_ATTR_SEND_END_EN);
const SUPPRESS_END_EN: usize = attr::slot(VI_ATTR_SUPPRESS_END_EN);
const IO_PROT: usize = attr::slot(VI_ATTR_IO_PROT);
const FILE_APPEND_EN: usize = attr::slot(VI_ATTR_FILE_APPEND_EN);
const RD_BUF_OPER_MODE: usize = attr::slot(VI_ATTR_RD_BUF_OPER_MODE);
const WR_BUF_OPER_MODE: usize = attr::slot(VI_ATTR_WR_BUF_OPER_MODE);

/// A session to one resource: what viOpen returns.
pub struct Session {
    manager: ViSession,
    /// Its kind of resource, which every call asks for.
    kind: Kinds,
    resource: Arc<Resource>,
    /// What viParseRsrcEx tells of the resource's name (VI_ATTR_RSRC_USER_ALIAS).
    alias: Option<String>,
    settings: Settings,
    cancel: Cancel,
    /// Shared with its callback thread.
    events: Arc<Events>,
    jobs: Jobs,
    buffers: Buffers,
    /// The fork generation it was opened in; a child must not touch its parent's link.
    opened_in: u32,
    lock: Lock,
    link: Box<dyn Link>,
}

impl Session {
    fn new(manager: ViSession, resource: Arc<Resource>, link: Box<dyn Link>) -> Self {
        let settings = Settings::new(resource.name.kind());
        let events = Arc::new(Events::new(manager, resource.name.kind()));
        let opened_in = fork::generation();
        let lock = Lock::new(&link.identity().unwrap_or_else(|| resource.name.key()));
        Self {
            manager,
            kind: resource.name.kind(),
            resource,
            alias: None,
            settings,
            cancel: Cancel::new(),
            events,
            jobs: Jobs::default(),
            buffers: Buffers::default(),
            opened_in,
            lock,
            link,
        }
    }

    /// The same with the alias that the resource has.
    fn with_alias(self, alias: Option<String>) -> Self {
        Self { alias, ..self }
    }

    /// The name it was opened by, in canonical form.
    pub fn name(&self) -> &ResourceName {
        &self.resource.name
    }

    /// Its kind of resource.
    pub fn kind(&self) -> Kinds {
        self.kind
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

    /// viTerminate: ends one job with VI_ERROR_ABORT, or all jobs and all calls in progress.
    ///
    /// # Errors
    /// VI_ERROR_INV_JOB_ID when that job is not there, or no more; VI_ERROR_INV_OBJECT in a forked
    /// child.
    pub fn terminate(&self, job: Option<ViJobId>) -> Result {
        self.own()?;
        match job {
            Some(job) => self.terminate_job(job),
            None => {
                self.cancel.terminate();
                self.terminate_jobs();
                Ok(())
            }
        }
    }

    /// Ends all calls and jobs, now and for good, without waiting for them to return.
    fn stop(&self) {
        if !self.is_inherited() {
            self.cancel.close();
            self.events.close();
            self.jobs.close();
        }
    }

    /// Ends all calls and says goodbye to the device. Objects that still hold the session, being
    /// in a call, find it cancelled. No job touches its caller's memory any more on return.
    fn close(&self, deadline: Deadline) {
        self.stop();
        if !self.is_inherited() {
            self.jobs.await_idle();
            self.close_events(deadline);
            self.unlock_all(deadline, || self.link.close(deadline));
        }
    }

    /// What follows from a call, or a job, that has failed with `status`: with a lost connection
    /// the session's locks go, and VI_EVENT_EXCEPTION calls its handlers.
    pub fn after_failure(&self, status: ViStatus, operation: &'static str) {
        if status == VI_ERROR_CONN_LOST && !self.is_inherited() {
            self.drop_lost_locks();
        }
        self.raise_exception(status, operation);
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

    /// The settings as they are now, for one operation that starts now.
    fn call(&self) -> Call<'_> {
        self.terms().call(self.cancel.ticket())
    }

    /// The settings as they are now.
    fn terms(&self) -> Terms {
        let settings = &self.settings;
        Terms {
            timeout_ms: settings.load(TMO_VALUE) as u32,
            term_char: settings.is_on(TERMCHAR_EN).then(|| settings.load(TERMCHAR) as u8),
            end_char: settings.load(TERMCHAR) as u8,
            send_end: settings.is_on(SEND_END_EN),
            // No END is looked for where none can come.
            suppress_end: settings.is_on(SUPPRESS_END_EN) || !self.link.marks_end(),
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

/// The settings of one operation, from when it was asked for.
#[derive(Clone, Copy)]
struct Terms {
    timeout_ms: u32,
    term_char: Option<u8>,
    end_char: u8,
    send_end: bool,
    suppress_end: bool,
}

impl Terms {
    /// The operation, its time starting now.
    fn call(self, ticket: Ticket<'_>) -> Call<'_> {
        Call {
            wait: Wait { deadline: Deadline::from_timeout(self.timeout_ms), ticket },
            timeout_ms: self.timeout_ms,
            term_char: self.term_char,
            end_char: self.end_char,
            send_end: self.send_end,
            suppress_end: self.suppress_end,
        }
    }
}
