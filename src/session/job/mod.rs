#![forbid(unsafe_code)]
//! Asynchronous I/O: viReadAsync and viWriteAsync.
//!
//! The jobs of a session run one after the other, in the order they were asked for, on a thread
//! that lives while there are any. A job uses the settings of the moment it was asked for, and
//! its time starts when it begins to run. Results are posted as VI_EVENT_IO_COMPLETION; a job is
//! gone from here before, so that who has seen its completion finds its id unknown.
//!
//! Every job has a [`Cancel`] of its own: viTerminate of one ends that one and no other call. A
//! job that had not begun never touches its caller's memory.

mod queue;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

pub use queue::Jobs;

use crate::consts::{VI_EVENT_IO_COMPLETION, ViJobId, ViStatus};
use crate::iface::Stop;
use crate::os::Cancel;
use crate::os::sync::thread;
use crate::rsrc::Kinds;
use crate::session::Session;
use crate::session::Terms;
use crate::session::event::{Details, Occurrence};
use crate::session::io::completion;
use crate::status::{
    Error, Result, VI_ERROR_ABORT, VI_ERROR_CONN_LOST, VI_ERROR_INV_JOB_ID, VI_ERROR_QUEUE_ERROR,
    VI_ERROR_SYSTEM_ERROR, VI_SUCCESS, fail,
};
use crate::trace;

/// What a job does, with memory of the caller's that stays valid until the job has completed or
/// its session is closed.
pub enum Work {
    /// viReadAsync.
    Read(Box<dyn AsMut<[u8]> + Send>),
    /// viWriteAsync.
    Write(Box<dyn AsRef<[u8]> + Send>),
}

impl Work {
    /// VI_ATTR_OPER_NAME.
    fn operation(&self) -> &'static str {
        match self {
            Self::Read(_) => "viReadAsync",
            Self::Write(_) => "viWriteAsync",
        }
    }
}

/// One asynchronous operation.
struct Job {
    id: ViJobId,
    work: Work,
    /// The caller's buffer as a number (VI_ATTR_BUFFER).
    buffer: usize,
    terms: Terms,
    cancel: Arc<Cancel>,
}

/// How a job ended, for VI_EVENT_IO_COMPLETION.
struct Ended {
    job: ViJobId,
    status: ViStatus,
    buffer: usize,
    count: usize,
    operation: &'static str,
}

impl Job {
    fn ended(&self, count: usize, outcome: Result<ViStatus>) -> Ended {
        let status = outcome.unwrap_or_else(|error| error.code);
        let operation = self.work.operation();
        Ended { job: self.id, status, buffer: self.buffer, count, operation }
    }
}

/// A number that no job of this process has had for the last four billion. Never VI_NULL.
fn next_id() -> ViJobId {
    // Not from 1: a number that a program made up shall not be some job's.
    static LAST: AtomicU32 = AtomicU32::new(0x4A0B_0000);
    loop {
        match LAST.fetch_add(1, Ordering::Relaxed).wrapping_add(1) {
            0 => {}
            id => return id,
        }
    }
}

impl Session {
    /// Starts a job. `announce` gets its id before anything of it can be seen.
    ///
    /// # Errors
    /// VI_ERROR_NSUP_OPER, VI_ERROR_INV_OBJECT; VI_ERROR_QUEUE_ERROR when it cannot be started,
    /// VI_ERROR_ABORT when the session is being closed. Then the memory is not used.
    pub fn start(
        self: &Arc<Self>,
        work: Work,
        buffer: usize,
        announce: impl FnOnce(ViJobId),
    ) -> Result {
        self.require(Kinds::MESSAGE_BASED)?;
        self.link()?;
        self.admitted()?;
        let job = Job { id: next_id(), work, buffer, terms: self.terms(), cancel: Arc::default() };
        let id = job.id;
        announce(id);
        if self.jobs.push(job)? {
            let session = self.clone();
            let thread = thread::Builder::new().name("visa-job".into());
            if thread.spawn(move || session.run_jobs()).is_err() {
                let refused = fail(VI_ERROR_QUEUE_ERROR, "thread for asynchronous I/O");
                self.jobs.give_up(id).into_iter().for_each(|job| self.refuse(job, refused));
                return refused.map(drop);
            }
        }
        Ok(())
    }

    /// viTerminate of one job.
    pub(super) fn terminate_job(&self, id: ViJobId) -> Result {
        match self.jobs.terminate(id) {
            Some(ended) => ended.into_iter().for_each(|job| self.abort(job)),
            None => return fail(VI_ERROR_INV_JOB_ID, "no such job, or it has completed"),
        }
        Ok(())
    }

    /// viTerminate of all jobs.
    pub(super) fn terminate_jobs(&self) {
        self.jobs.terminate_all().into_iter().for_each(|job| self.abort(job));
    }

    fn abort(&self, job: Job) {
        self.refuse(job, fail(VI_ERROR_ABORT, "ended before it began"));
    }

    /// Ends a job that has not begun.
    fn refuse(&self, job: Job, outcome: Result<ViStatus>) {
        let ended = job.ended(0, outcome);
        // With the memory, as of a job that ran: who sees the completion may free it.
        drop(job);
        self.report(&ended);
    }

    /// The life of the thread.
    fn run_jobs(&self) {
        while let Some(mut job) = self.jobs.next() {
            // Whatever happens, the job must be seen to end: viClose waits for it.
            let (count, outcome) = catch_unwind(AssertUnwindSafe(|| self.carry_out(&mut job)))
                .unwrap_or((0, fail(VI_ERROR_SYSTEM_ERROR, "internal error")));
            let ended = job.ended(count, outcome);
            // With the memory: after this the caller may free it.
            drop(job);
            self.jobs.done();
            self.report(&ended);
        }
    }

    fn carry_out(&self, job: &mut Job) -> (usize, Result<ViStatus>) {
        let call = job.terms.call(job.cancel.ticket());
        // Again: another session may have taken a lock since the job was started.
        let link = match self.admitted().and_then(|_| self.link()) {
            Ok(link) => link,
            Err(error) => return (0, Err(error)),
        };
        match &mut job.work {
            Work::Read(memory) => match (**memory).as_mut() {
                [] => (0, Ok(completion(Stop::Count))),
                buf => {
                    let read = link.read(buf, &call);
                    (read.count, read.outcome.map(completion))
                }
            },
            Work::Write(memory) => match (**memory).as_ref() {
                [] => (0, Ok(VI_SUCCESS)),
                data => {
                    let written = link.write(data, &call);
                    (written.count, written.outcome.map(|()| VI_SUCCESS))
                }
            },
        }
    }

    /// Posts the completion of a job.
    fn report(&self, ended: &Ended) {
        if trace::is_on() {
            let outcome = match ended.status {
                status if status < 0 => Err(Error::new(status, "asynchronous")),
                status => Ok(status),
            };
            let Ended { job, count, operation, .. } = ended;
            let arguments = format_args!("job {job} completed, {count} bytes");
            trace::Span::start().finish(operation, arguments, outcome);
        }
        if ended.status == VI_ERROR_CONN_LOST {
            self.drop_lost_locks();
        }
        self.events.post(Occurrence {
            event_type: VI_EVENT_IO_COMPLETION,
            details: Details::IoCompletion {
                status: ended.status,
                job: ended.job,
                buffer: ended.buffer,
                count: ended.count as u64,
                operation: ended.operation,
            },
        });
    }
}

#[cfg(all(test, loom))]
mod models;
#[cfg(test)]
mod tests;
