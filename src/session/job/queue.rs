#![forbid(unsafe_code)]
//! Which jobs wait, which one runs.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::consts::ViJobId;
use crate::os::Cancel;
use crate::os::sync::{Condvar, Mutex};
use crate::session::job::Job;
use crate::status::{Result, VI_ERROR_ABORT, fail};

/// The jobs of a session.
#[derive(Default)]
pub struct Jobs {
    state: Mutex<State>,
    /// Signalled when no job runs any more.
    idle: Condvar,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Job>,
    running: Option<(ViJobId, Arc<Cancel>)>,
    /// A thread is there, or about to be.
    thread: bool,
    closed: bool,
}

impl Jobs {
    /// Adds a job. `true`: the caller must start the thread.
    ///
    /// # Errors
    /// VI_ERROR_ABORT once closed.
    pub(super) fn push(&self, job: Job) -> Result<bool> {
        let mut state = self.state.lock();
        if state.closed {
            return fail(VI_ERROR_ABORT, "the session is being closed");
        }
        state.waiting.push_back(job);
        Ok(!std::mem::replace(&mut state.thread, true))
    }

    /// The thread for job `id` could not be started. Returns the jobs that came meanwhile and
    /// counted on it.
    pub(super) fn give_up(&self, id: ViJobId) -> VecDeque<Job> {
        let mut state = self.state.lock();
        state.thread = false;
        let mut stranded = std::mem::take(&mut state.waiting);
        stranded.retain(|job| job.id != id);
        stranded
    }

    /// The next job, for the thread; `None` ends the thread.
    pub(super) fn next(&self) -> Option<Job> {
        let mut state = self.state.lock();
        let job = state.waiting.pop_front();
        state.running = job.as_ref().map(|job| (job.id, job.cancel.clone()));
        state.thread = job.is_some();
        job
    }

    /// The running job has let go of its memory.
    pub(super) fn done(&self) {
        self.state.lock().running = None;
        self.idle.notify_all();
    }

    /// Ends one job: cancels it when it runs, returns it when it waits. `None`: no such job.
    pub(super) fn terminate(&self, id: ViJobId) -> Option<Option<Job>> {
        let mut state = self.state.lock();
        if let Some(place) = state.waiting.iter().position(|job| job.id == id) {
            return Some(state.waiting.remove(place));
        }
        match &state.running {
            Some((running, cancel)) if *running == id => {
                cancel.close();
                Some(None)
            }
            _ => None,
        }
    }

    /// Ends all jobs: cancels the one that runs, returns those that wait.
    pub(super) fn terminate_all(&self) -> VecDeque<Job> {
        let mut state = self.state.lock();
        if let Some((_, cancel)) = &state.running {
            cancel.close();
        }
        std::mem::take(&mut state.waiting)
    }

    /// Ends all jobs, and lets no more in.
    pub fn close(&self) {
        self.state.lock().closed = true;
        // Nobody is left to tell.
        drop(self.terminate_all());
    }

    /// Waits until no job uses its caller's memory. After [`Jobs::close`] that is soon, since the
    /// job is cancelled; it must be waited for however long it takes, for the memory may be freed.
    pub fn await_idle(&self) {
        let mut state = self.state.lock();
        while state.running.is_some() {
            self.idle.wait(&mut state);
        }
    }
}
