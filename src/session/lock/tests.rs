#![forbid(unsafe_code)]

use std::sync::Arc;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use parking_lot::Mutex;

use super::*;
use crate::consts::{
    VI_ATTR_ASRL_BAUD, VI_ATTR_TERMCHAR, VI_ATTR_TMO_VALUE, VI_KTATTR_LOCKWAIT, VI_TMO_INFINITE,
};
use crate::iface::{Link, Stop, Transfer};
use crate::rsrc::ResourceName;
use crate::session::attributes;
use crate::session::objects::{self, Object};
use crate::status::{VI_ERROR_ABORT, VI_ERROR_CONN_LOST};

/// What a device is asked, in order; and whether it refuses locks or has lost the connection.
#[derive(Default)]
struct Device {
    asked: Mutex<Vec<String>>,
    refuses: Mutex<Option<Error>>,
    lost: AtomicBool,
    /// It does not answer when asked to unlock.
    silent: AtomicBool,
}

impl Device {
    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock())
    }
}

struct FakeLink(Arc<Device>);

impl Link for FakeLink {
    fn write(&self, data: &[u8], _call: &Call) -> Transfer<()> {
        match self.0.lost.load(Ordering::SeqCst) {
            true => Transfer::failed(0, Error::new(VI_ERROR_CONN_LOST, "gone")),
            false => Transfer::done(data.len(), ()),
        }
    }

    fn read(&self, _buf: &mut [u8], _call: &Call) -> Transfer<Stop> {
        Transfer::done(0, Stop::End)
    }

    fn clear(&self, _call: &Call) -> Result {
        Ok(())
    }

    fn set(&self, _attr: u32, _value: u64, _call: &Call) -> Result {
        Ok(())
    }

    fn lock(&self, lock: DeviceLock, _call: &Call) -> Result {
        self.0.asked.lock().push(format!("lock {lock:?}"));
        self.0.refuses.lock().map_or(Ok(()), Err)
    }

    fn unlock(&self, lock: DeviceLock, call: &Call) -> Result {
        self.0.asked.lock().push(format!("unlock {lock:?}"));
        if self.0.silent.load(Ordering::SeqCst) {
            assert_ne!(call.wait.deadline, Deadline::Never);
            call.wait.pass()?;
        }
        Ok(())
    }

    fn close(&self, _deadline: Deadline) {
        self.0.asked.lock().push("close".into());
    }
}

/// A session to a serial port that no other test uses.
fn session(test: &str) -> (Arc<Session>, Arc<Device>) {
    let name = format!("ASRL/dev/lock-{}-{test}::INSTR", std::process::id());
    let resource = objects::resource(ResourceName::parse(&name).unwrap());
    let device = Arc::new(Device::default());
    (Arc::new(Session::new(0, resource, Box::new(FakeLink(device.clone())))), device)
}

fn code<T>(result: Result<T>) -> i32 {
    result.err().map_or(0, |error| error.code)
}

fn lock(session: &Session) -> Result<ViStatus> {
    session.lock(Wanted::Exclusive, 0).map(|(status, _)| status)
}

fn close(session: &Session) {
    session.close(Deadline::after(Duration::from_secs(1)));
}

#[test]
fn the_device_is_locked_once_whatever_the_count_and_told_of_both_kinds() {
    let (session, device) = session("once");
    session.lock(Wanted::Shared(Some("k")), 0).unwrap();
    session.lock(Wanted::Shared(None), 0).unwrap();
    lock(&session).unwrap();
    lock(&session).unwrap();
    assert_eq!(device.asked(), ["lock Shared(\"k\")", "lock Exclusive"]);
    assert_eq!(session.unlock(), Ok(VI_SUCCESS_NESTED_EXCLUSIVE));
    assert_eq!(session.unlock(), Ok(VI_SUCCESS_NESTED_SHARED));
    assert_eq!(device.asked(), ["unlock Exclusive"]);
    assert_eq!(session.unlock(), Ok(VI_SUCCESS_NESTED_SHARED));
    assert_eq!(session.unlock(), Ok(VI_SUCCESS));
    assert_eq!(device.asked(), ["unlock Shared(\"k\")"]);
    assert_eq!(code(session.unlock()), VI_ERROR_SESN_NLOCKED);
}

#[test]
fn what_the_device_refuses_is_given_back() {
    let ((one, device), (two, _)) = (session("refused"), session("refused"));
    *device.refuses.lock() = Some(Error::new(VI_ERROR_RSRC_LOCKED, "another host"));
    assert_eq!(code(lock(&one)), VI_ERROR_RSRC_LOCKED);
    assert_eq!(code(one.unlock()), VI_ERROR_SESN_NLOCKED);
    assert_eq!(two.lock.state(), Ok(VI_NO_LOCK));
    assert_eq!(lock(&two), Ok(VI_SUCCESS));
    // Who is refused here does not trouble the device.
    device.asked();
    assert_eq!(code(lock(&one)), VI_ERROR_RSRC_LOCKED);
    assert!(device.asked().is_empty());
    // A refused exclusive lock leaves the shared one below it.
    two.unlock().unwrap();
    *device.refuses.lock() = None;
    one.lock(Wanted::Shared(Some("k")), 0).unwrap();
    *device.refuses.lock() = Some(Error::new(VI_ERROR_TMO, "another host"));
    assert_eq!(code(lock(&one)), VI_ERROR_TMO);
    assert_eq!(two.lock.state(), Ok(VI_SHARED_LOCK));
}

#[test]
fn a_closing_session_frees_the_device_before_the_farewell() {
    let ((one, device), (two, _)) = (session("closing"), session("closing"));
    one.lock(Wanted::Shared(Some("k")), 0).unwrap();
    lock(&one).unwrap();
    device.asked();
    close(&one);
    assert_eq!(device.asked(), ["unlock Exclusive", "unlock Shared(\"k\")", "close"]);
    assert_eq!(lock(&two), Ok(VI_SUCCESS));
    assert_eq!(code(lock(&one)), VI_ERROR_ABORT);
}

/// viUnlock has no timeout, but an end: a device that does not answer is not waited for without a
/// deadline, and viTerminate ends it. The lock is gone either way.
#[test]
fn unlocking_a_silent_device_can_be_ended() {
    let ((one, device), (two, _)) = (session("silent"), session("silent"));
    let object = Object::Session(one.clone());
    attributes::set(&object, VI_ATTR_TMO_VALUE, u64::from(VI_TMO_INFINITE)).unwrap();
    lock(&one).unwrap();
    device.silent.store(true, Ordering::SeqCst);
    std::thread::scope(|scope| {
        let unlocking = scope.spawn(|| one.unlock());
        while !device.asked.lock().iter().any(|asked| asked.starts_with("unlock")) {
            std::thread::yield_now();
        }
        one.terminate(None).unwrap();
        assert_eq!(unlocking.join().unwrap(), Ok(VI_SUCCESS));
    });
    assert_eq!(lock(&two), Ok(VI_SUCCESS));
}

#[test]
fn vxi11_b_6_77_a_lost_connection_has_no_locks() {
    let ((one, device), (two, _)) = (session("lost"), session("lost"));
    lock(&one).unwrap();
    device.lost.store(true, Ordering::SeqCst);
    assert_eq!(code(one.write(b"x").outcome), VI_ERROR_CONN_LOST);
    // As every call that fails does at its end.
    one.after_failure(VI_ERROR_CONN_LOST, "viWrite");
    assert_eq!(code(one.unlock()), VI_ERROR_SESN_NLOCKED);
    assert_eq!(lock(&two), Ok(VI_SUCCESS));
}

#[test]
fn global_attributes_are_the_lock_holders_to_write() {
    let ((one, _), (two, _)) = (session("global"), session("global"));
    let set = |session: &Arc<Session>, id, value| {
        code(attributes::set(&Object::Session(session.clone()), id, value))
    };
    lock(&one).unwrap();
    assert_eq!(set(&two, VI_ATTR_ASRL_BAUD, 115_200), VI_ERROR_RSRC_LOCKED);
    assert_eq!(set(&two, VI_ATTR_TERMCHAR, 13), 0);
    assert_eq!(set(&one, VI_ATTR_ASRL_BAUD, 115_200), 0);
    assert!(attributes::get(&Object::Session(two.clone()), VI_ATTR_TERMCHAR).is_ok());
    one.unlock().unwrap();
    assert_eq!(set(&two, VI_ATTR_ASRL_BAUD, 115_200), 0);
}

#[test]
fn generated_keys_are_unique_and_printable() {
    let ((one, _), (two, _)) = (session("keys"), session("keys"));
    let (_, first) = one.lock(Wanted::Shared(None), 0).unwrap();
    one.unlock().unwrap();
    let (_, second) = two.lock(Wanted::Shared(None), 0).unwrap();
    assert_ne!(first, second);
    assert!(first.len() < 256 && first.bytes().all(|c| c.is_ascii_graphic()));
}

#[test]
fn threads_share_their_sessions_lock() {
    let ((one, _), _) = (session("threads"), ());
    lock(&one).unwrap();
    thread::scope(|scope| {
        let other = scope.spawn(|| (lock(&one), one.write(b"x").outcome));
        assert_eq!(other.join().unwrap(), (Ok(VI_SUCCESS_NESTED_EXCLUSIVE), Ok(())));
    });
}

/// Runs `wait`, which must block, on a thread, then `end`; gives what `wait` returned.
fn ended_by<T: Send + 'static>(wait: impl FnOnce() -> T + Send + 'static, end: impl FnOnce()) -> T {
    let (say, hear) = mpsc::channel();
    thread::spawn(move || say.send(wait()));
    assert!(hear.recv_timeout(Duration::from_millis(50)).is_err(), "did not wait");
    end();
    hear.recv_timeout(Duration::from_secs(20)).expect("still waiting")
}

#[test]
fn a_waiting_lock_ends_by_unlock_by_terminate_and_by_close() {
    let ((one, _), (two, _)) = (session("ends"), session("ends"));
    let waiting = || {
        let two = two.clone();
        move || two.lock(Wanted::Exclusive, VI_TMO_INFINITE).map(|(status, _)| status)
    };
    lock(&one).unwrap();
    assert_eq!(ended_by(waiting(), || _ = one.unlock()), Ok(VI_SUCCESS));
    two.unlock().unwrap();
    lock(&one).unwrap();
    assert_eq!(code(ended_by(waiting(), || two.terminate(None).unwrap())), VI_ERROR_ABORT);
    assert_eq!(code(ended_by(waiting(), || close(&two))), VI_ERROR_ABORT);
    assert_eq!(one.unlock(), Ok(VI_SUCCESS));
}

#[test]
fn with_lockwait_an_operation_waits_for_the_unlock() {
    let ((one, _), (two, _)) = (session("lockwait"), session("lockwait"));
    attributes::set(&Object::Session(two.clone()), VI_KTATTR_LOCKWAIT, 1).unwrap();
    lock(&one).unwrap();
    let writing = {
        let two = two.clone();
        move || two.write(b"x").outcome
    };
    assert_eq!(ended_by(writing, || _ = one.unlock()), Ok(()));
}

#[test]
fn a_machine_without_a_place_for_locks_refuses_them_and_nothing_else() {
    let (session, _) = session("nowhere");
    let mut session = Arc::into_inner(session).unwrap();
    session.lock.claims = fail(crate::status::VI_ERROR_SYSTEM_ERROR, "no /dev/shm");
    assert_eq!(code(lock(&session)), crate::status::VI_ERROR_SYSTEM_ERROR);
    assert_eq!(session.write(b"x").outcome, Ok(()));
    assert_eq!(session.lock.state(), Ok(VI_NO_LOCK));
    assert_eq!(code(session.unlock()), VI_ERROR_SESN_NLOCKED);
}
