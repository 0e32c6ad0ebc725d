#![forbid(unsafe_code)]
//! Jobs on a link that waits until it is told to go on.

use std::sync::LazyLock;
use std::sync::mpsc;

use parking_lot::Mutex;

use super::*;
use crate::iface::{Call, Link, Transfer};
use crate::os::Deadline;
use crate::os::Gate;
use crate::os::Wait;
use crate::rsrc::ResourceName;
use crate::session::resource::Resource;
use crate::status::VI_ERROR_TMO;

/// Every read waits at a gate and then says what it did.
struct Slow {
    gate: Arc<Gate<()>>,
    begun: Mutex<mpsc::Sender<()>>,
}

impl Link for Slow {
    fn write(&self, data: &[u8], call: &Call) -> Transfer<()> {
        let _ = self.begun.lock().send(());
        match self.gate.pass(&call.wait) {
            Ok(_) => Transfer::done(data.len(), ()),
            Err(error) => Transfer::failed(0, error),
        }
    }

    fn read(&self, buf: &mut [u8], call: &Call) -> Transfer<Stop> {
        let _ = self.begun.lock().send(());
        match self.gate.pass(&call.wait) {
            Ok(_) => {
                buf.fill(b'r');
                Transfer::done(buf.len(), Stop::End)
            }
            Err(error) => Transfer::failed(0, error),
        }
    }

    fn clear(&self, _call: &Call) -> Result {
        Ok(())
    }
}

/// Memory of a caller's; says when the job has let go of it.
struct Memory {
    bytes: Arc<Mutex<Vec<u8>>>,
    copy: Vec<u8>,
    freed: mpsc::Sender<ViJobId>,
    tag: ViJobId,
}

impl AsMut<[u8]> for Memory {
    fn as_mut(&mut self) -> &mut [u8] {
        &mut self.copy
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        self.bytes.lock().copy_from_slice(&self.copy);
        let _ = self.freed.send(self.tag);
    }
}

struct Bench {
    session: Arc<Session>,
    gate: Arc<Gate<()>>,
    begun: mpsc::Receiver<()>,
    free: mpsc::Sender<ViJobId>,
    freed: mpsc::Receiver<ViJobId>,
}

static CALM: LazyLock<Cancel> = LazyLock::new(Cancel::new);

fn calm() -> Wait<'static> {
    Wait { deadline: Deadline::Never, ticket: CALM.ticket() }
}

fn bench() -> Bench {
    let gate = Arc::new(Gate::new(()));
    let (begin, begun) = mpsc::channel();
    let (free, freed) = mpsc::channel();
    let link = Slow { gate: gate.clone(), begun: Mutex::new(begin) };
    let name = ResourceName::parse("TCPIP::127.0.0.1::1::SOCKET").unwrap();
    let session = Arc::new(Session::new(0, Arc::new(Resource::new(name)), Box::new(link)));
    session.settings.store(crate::consts::VI_ATTR_TMO_VALUE, 0xFFFF_FFFF);
    Bench { session, gate, begun, free, freed }
}

impl Bench {
    /// Starts a read of 4 bytes; its id and its memory.
    fn read(&self, tag: ViJobId) -> (ViJobId, Arc<Mutex<Vec<u8>>>) {
        let bytes = Arc::new(Mutex::new(vec![b'-'; 4]));
        let memory =
            Memory { bytes: bytes.clone(), copy: vec![b'-'; 4], freed: self.free.clone(), tag };
        let mut id = 0;
        self.session.start(Work::Read(Box::new(memory)), 0x1000, |job| id = job).unwrap();
        (id, bytes)
    }
}

fn unknown(session: &Session, id: ViJobId) -> bool {
    session.terminate(Some(id)).is_err_and(|error| error.code == VI_ERROR_INV_JOB_ID)
}

#[test]
fn jobs_run_one_at_a_time_in_the_order_they_were_asked_for() {
    let bench = bench();
    let held = bench.gate.pass(&calm()).unwrap();
    let jobs: Vec<_> = (1..=5).map(|tag| bench.read(tag)).collect();
    let mut ids: Vec<_> = jobs.iter().map(|(id, _)| *id).collect();
    ids.dedup();
    assert!(ids.len() == 5 && !ids.contains(&0));
    bench.begun.recv().unwrap();
    assert!(bench.begun.try_recv().is_err(), "the second waits for the first");
    drop(held);
    for tag in 1..=5 {
        assert_eq!(bench.freed.recv().unwrap(), tag);
    }
    bench.session.jobs.await_idle();
    assert!(jobs.iter().all(|(_, bytes)| *bytes.lock() == b"rrrr"));
    assert!(ids.iter().all(|id| unknown(&bench.session, *id)), "completed jobs are unknown");
    // The thread has gone or is going; the next job finds one all the same.
    bench.read(6);
    assert_eq!(bench.freed.recv().unwrap(), 6);
}

#[test]
fn a_job_that_waits_is_ended_without_its_memory_being_touched_and_the_others_go_on() {
    let bench = bench();
    let held = bench.gate.pass(&calm()).unwrap();
    let (_, first) = bench.read(1);
    let (second, touched) = bench.read(2);
    let (_, third) = bench.read(3);
    bench.begun.recv().unwrap();
    bench.session.terminate(Some(second)).unwrap();
    assert_eq!(bench.freed.recv().unwrap(), 2, "at once, not after the first");
    assert!(unknown(&bench.session, second));
    drop(held);
    assert_eq!((bench.freed.recv().unwrap(), bench.freed.recv().unwrap()), (1, 3));
    assert_eq!(*touched.lock(), b"----");
    assert!(*first.lock() == b"rrrr" && *third.lock() == b"rrrr");
}

#[test]
fn the_job_that_runs_is_cancelled_alone() {
    let bench = bench();
    let held = bench.gate.pass(&calm()).unwrap();
    let (first, _) = bench.read(1);
    bench.begun.recv().unwrap();
    let (_, second) = bench.read(2);
    // A synchronous call of the same session, which must not notice.
    let session = bench.session.clone();
    let caller = std::thread::spawn(move || session.write(b"x").outcome);
    bench.begun.recv().unwrap();
    bench.session.terminate(Some(first)).unwrap();
    assert_eq!(bench.freed.recv().unwrap(), 1);
    bench.begun.recv().unwrap();
    drop(held);
    assert_eq!(bench.freed.recv().unwrap(), 2);
    assert_eq!(*second.lock(), b"rrrr");
    assert_eq!(caller.join().unwrap(), Ok(()));
}

#[test]
fn terminate_without_a_job_ends_all_jobs_and_calls_and_none_that_come_later() {
    let bench = bench();
    let held = bench.gate.pass(&calm()).unwrap();
    let session = bench.session.clone();
    let caller = std::thread::spawn(move || session.write(b"x").outcome);
    bench.begun.recv().unwrap();
    let memories: Vec<_> = (1..=3).map(|tag| bench.read(tag).1).collect();
    bench.begun.recv().unwrap();
    bench.session.terminate(None).unwrap();
    let mut ended: Vec<_> = (1..=3).map(|_| bench.freed.recv().unwrap()).collect();
    ended.sort_unstable();
    assert_eq!(ended, [1, 2, 3]);
    assert_eq!(caller.join().unwrap().unwrap_err().code, VI_ERROR_ABORT);
    assert!(memories.iter().all(|bytes| *bytes.lock() == b"----"));
    drop(held);
    let (_, bytes) = bench.read(4);
    assert_eq!(bench.freed.recv().unwrap(), 4);
    assert_eq!(*bytes.lock(), b"rrrr");
}

#[test]
fn after_close_no_job_has_its_memory_and_none_begins() {
    let bench = bench();
    let _held = bench.gate.pass(&calm()).unwrap();
    (1..=3).for_each(|tag| drop(bench.read(tag)));
    bench.begun.recv().unwrap();
    bench.session.close(Deadline::Never);
    let mut ended: Vec<_> = (1..=3).map(|_| bench.freed.try_recv().unwrap()).collect();
    ended.sort_unstable();
    assert_eq!(ended, [1, 2, 3], "all let go before close has returned");
    let late = bench.session.start(Work::Write(Box::new([0_u8; 3])), 0, |_| {});
    assert_eq!(late.unwrap_err().code, VI_ERROR_ABORT);
    assert!(bench.begun.try_recv().is_err(), "no waiting job began");
}

#[test]
fn a_jobs_settings_are_those_of_its_asking_and_its_time_begins_when_it_runs() {
    let bench = bench();
    let _held = bench.gate.pass(&calm()).unwrap();
    let (first, _) = bench.read(1);
    bench.begun.recv().unwrap();
    bench.session.settings.store(crate::consts::VI_ATTR_TMO_VALUE, 20);
    let (_, timed) = bench.read(2);
    bench.session.settings.store(crate::consts::VI_ATTR_TMO_VALUE, 0xFFFF_FFFF);
    std::thread::sleep(std::time::Duration::from_millis(40));
    assert!(bench.freed.try_recv().is_err(), "a job that waits has all its time before it");
    bench.session.terminate(Some(first)).unwrap();
    assert_eq!(bench.freed.recv().unwrap(), 1);
    assert_eq!(bench.freed.recv().unwrap(), 2, "20 ms, not for ever");
    assert_eq!(*timed.lock(), b"----");
}

#[test]
fn completions_tell_how_jobs_ended() {
    let job = |work| Job {
        id: 7,
        work,
        buffer: 0x1000,
        terms: bench().session.terms(),
        cancel: Arc::default(),
    };
    let read = job(Work::Read(Box::new([0; 4])));
    let ended = read.ended(3, fail(VI_ERROR_TMO, "test"));
    assert_eq!((ended.job, ended.status, ended.count), (7, VI_ERROR_TMO, 3));
    assert_eq!((ended.buffer, ended.operation), (0x1000, "viReadAsync"));
    let write = job(Work::Write(Box::new([0; 4])));
    let ended = write.ended(0, fail(VI_ERROR_ABORT, "test"));
    assert_eq!((ended.status, ended.count), (VI_ERROR_ABORT, 0));
    assert_eq!(ended.operation, "viWriteAsync");
}
