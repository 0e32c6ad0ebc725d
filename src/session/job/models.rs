#![forbid(unsafe_code)]
//! Every order in which jobs can be started, run, end, be ended and be closed away.

use super::*;
use crate::consts::{VI_QUEUE, VI_TMO_IMMEDIATE, VI_TMO_INFINITE};
use crate::os::sync::Mutex;
use crate::os::sync::explore;
use crate::session::models::Bench;
use crate::status::VI_ERROR_TMO;

const IO: u32 = VI_EVENT_IO_COMPLETION;

/// What became of a caller's memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Fate {
    /// The library has let go of it.
    freed: bool,
    /// The caller may have given it back to the system.
    reclaimed: bool,
}

/// A caller's memory, that is not to be used once reclaimed.
struct Memory {
    bytes: [u8; 4],
    fate: Arc<Mutex<Fate>>,
}

impl AsMut<[u8]> for Memory {
    fn as_mut(&mut self) -> &mut [u8] {
        assert!(!self.fate.lock().reclaimed, "used after viClose had returned");
        &mut self.bytes
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        let mut fate = self.fate.lock();
        assert!(!fate.reclaimed, "kept after viClose had returned");
        fate.freed = true;
    }
}

/// viReadAsync; the job and its memory.
fn start(bench: &Bench) -> Result<(ViJobId, Arc<Mutex<Fate>>)> {
    let fate = Arc::default();
    let memory = Memory { bytes: [0; 4], fate: Arc::clone(&fate) };
    let mut id = 0;
    bench.session.start(Work::Read(Box::new(memory)), 1, |job| id = job)?;
    Ok((id, fate))
}

/// The next completion: job and status.
fn completion(bench: &Bench, timeout: u32) -> Result<(ViJobId, ViStatus)> {
    let cancel = Cancel::new();
    let deadline = crate::os::Deadline::from_timeout(timeout);
    let wait = crate::os::Wait { deadline, ticket: cancel.ticket() };
    match bench.session.events.wait(IO, &wait)?.occurrence.details {
        Details::IoCompletion { job, status, .. } => Ok((job, status)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_job_ends_once_however_it_is_ended() {
    explore(3, || {
        let bench = Bench::new("job-terminate");
        bench.enable(IO, VI_QUEUE);
        let (id, fate) = start(&bench).unwrap();
        let other = bench.beside(move |bench| bench.session.terminate(Some(id)));
        let (job, status) = completion(&bench, VI_TMO_INFINITE).unwrap();
        assert_eq!(job, id);
        assert!(fate.lock().freed, "its completion is seen, so its memory is the caller's");
        let again = bench.session.terminate(Some(id)).unwrap_err().code;
        assert_eq!(again, VI_ERROR_INV_JOB_ID, "its completion is seen, so its id is unknown");
        match (other.join().unwrap().map_err(|error| error.code), status) {
            // In time, or while it was ending already.
            (Ok(()), VI_ERROR_ABORT | VI_SUCCESS) => {}
            (Err(VI_ERROR_INV_JOB_ID), VI_SUCCESS) => {}
            strange => panic!("{strange:?}"),
        }
        assert_eq!(completion(&bench, VI_TMO_IMMEDIATE).unwrap_err().code, VI_ERROR_TMO);
        bench.close();
    });
}

#[test]
fn a_job_that_waits_for_its_device_is_ended() {
    explore(3, || {
        let bench = Bench::new("job-blocked");
        bench.enable(IO, VI_QUEUE);
        let silent = bench.device.reading.try_pass();
        let (id, _) = start(&bench).unwrap();
        bench.session.terminate(Some(id)).unwrap();
        assert_eq!(completion(&bench, VI_TMO_INFINITE).unwrap(), (id, VI_ERROR_ABORT));
        drop(silent);
        bench.close();
    });
}

#[test]
fn two_threads_that_start_jobs_have_both_completed() {
    explore(2, || {
        let bench = Bench::new("job-two");
        bench.enable(IO, VI_QUEUE);
        let other = bench.beside(|bench| start(bench).unwrap().0);
        let mine = start(&bench).unwrap().0;
        let mut ended = [(); 2].map(|()| completion(&bench, VI_TMO_INFINITE).unwrap());
        ended.sort_unstable();
        let mut started = [mine, other.join().unwrap()].map(|id| (id, VI_SUCCESS));
        started.sort_unstable();
        assert_eq!(ended, started);
        bench.close();
    });
}

#[test]
fn closing_gives_the_memory_of_all_jobs_back() {
    for is_silent in [false, true] {
        explore(2, move || {
            let bench = Bench::new("job-close");
            let silent = bench.device.reading.try_pass().filter(|_| is_silent);
            let jobs = [(); 2].map(|()| start(&bench).unwrap());
            bench.close();
            for (_, fate) in jobs {
                let mut fate = fate.lock();
                assert!(fate.freed);
                fate.reclaimed = true;
            }
            drop(silent);
        });
    }
}

#[test]
fn a_job_that_starts_while_its_session_closes_leaves_no_memory_in_use() {
    explore(3, || {
        let bench = Bench::new("job-late");
        let other = bench.beside(start);
        bench.close();
        match other.join().unwrap() {
            Ok((_, fate)) => {
                let mut fate = fate.lock();
                assert!(fate.freed);
                fate.reclaimed = true;
            }
            Err(error) => assert_eq!(error.code, VI_ERROR_ABORT),
        }
    });
}

#[test]
fn terminating_everything_ends_what_runs_and_what_waits() {
    explore(3, || {
        let bench = Bench::new("job-all");
        bench.enable(IO, VI_QUEUE);
        let silent = bench.device.reading.try_pass();
        let mut started = [(); 2].map(|()| (start(&bench).unwrap().0, VI_ERROR_ABORT));
        bench.session.terminate(None).unwrap();
        let mut ended = [(); 2].map(|()| completion(&bench, VI_TMO_INFINITE).unwrap());
        ended.sort_unstable();
        started.sort_unstable();
        assert_eq!(ended, started);
        drop(silent);
        bench.close();
    });
}
