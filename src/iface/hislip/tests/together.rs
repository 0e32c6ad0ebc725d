#![forbid(unsafe_code)]
//! Service requests and locks of the simulated instrument, and everything at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use super::peer::{LONG, Session};
use crate::iface::{DeviceLock, RenMode};
use crate::rsrc::ResourceName;
use crate::sim::{Config, Instrument};
use crate::status::{VI_ERROR_ABORT, VI_ERROR_INV_ACCESS_KEY, VI_ERROR_RSRC_LOCKED, VI_ERROR_TMO};

fn instrument() -> Instrument {
    Instrument::start(Config { socket: None, vxi11: None, ..Config::default() }).unwrap()
}

fn open(instrument: &Instrument) -> Session {
    let port = instrument.hislip_port().unwrap();
    let name = format!("TCPIP0::127.0.0.1::hislip0,{port}::INSTR");
    Session::open(&ResourceName::parse(&name).unwrap())
}

#[test]
fn every_message_available_is_a_service_request() {
    let instrument = instrument();
    let session = open(&instrument);
    let (pushed, signals) = channel();
    let sink = Arc::new(move |signal| pushed.send(signal).unwrap());
    session.write(b"*SRE 16\n");
    session.link.watch(Some(sink), &session.calm().wait).unwrap();
    for _ in 0..200 {
        session.write(b"*OPC?\n");
        signals.recv_timeout(LONG).unwrap();
        assert_eq!(session.link.read_stb(&session.calm()).unwrap() & 0x50, 0x50);
        assert_eq!(session.read(), b"1\n");
    }
    session.link.watch(None, &session.calm().wait).unwrap();
    assert!(signals.recv_timeout(LONG).is_err(), "one for each, and the sink is gone");
}

#[test]
fn each_session_gets_its_own_requests() {
    let instrument = instrument();
    let sessions = [open(&instrument), open(&instrument)];
    let counts = sessions.each_ref().map(|session| {
        let count = Arc::new(AtomicU32::new(0));
        let counter = count.clone();
        let sink = Arc::new(move |_| {
            counter.fetch_add(1, Ordering::SeqCst);
        });
        session.link.watch(Some(sink), &session.calm().wait).unwrap();
        count
    });
    let seen = || counts.each_ref().map(|count| count.load(Ordering::SeqCst));
    sessions[0].write(b"*SRE 16\n");
    for round in 1..20 {
        sessions[1].write(b"*OPC?\n");
        while seen()[1] < round {
            std::thread::yield_now();
        }
        sessions[1].link.read_stb(&sessions[1].calm()).unwrap();
        sessions[1].read();
        assert_eq!(seen(), [0, round], "MAV is of the session that asked");
    }
}

#[test]
fn an_exclusive_lock_shuts_the_others_out_until_it_is_given_back_or_its_holder_is_gone() {
    let instrument = instrument();
    let (one, two) = (open(&instrument), open(&instrument));
    let code = |session: &Session, ms| {
        session.link.lock(DeviceLock::Exclusive, &session.call(ms)).map_err(|error| error.code)
    };
    assert_eq!(code(&one, 1000), Ok(()));
    assert!(instrument.counters().exclusive_lock);
    assert_eq!(code(&two, 0), Err(VI_ERROR_RSRC_LOCKED));
    assert_eq!(code(&two, 50), Err(VI_ERROR_TMO));
    one.link.unlock(DeviceLock::Exclusive, &one.calm()).unwrap();
    assert_eq!(code(&two, 0), Ok(()));
    std::thread::scope(|scope| {
        let waiter = scope.spawn(|| code(&one, u32::MAX));
        std::thread::sleep(Duration::from_millis(50));
        two.link.close(crate::os::Deadline::Immediate);
        assert_eq!(waiter.join().unwrap(), Ok(()));
    });
    assert_eq!(one.query(b"*OPC?\n"), b"1\n");
}

#[test]
fn a_shared_lock_is_for_those_with_the_key() {
    let instrument = instrument();
    let sessions = [open(&instrument), open(&instrument), open(&instrument)];
    let lock = |i: usize, key| {
        let session = &sessions[i];
        session.link.lock(DeviceLock::Shared(key), &session.call(0)).map_err(|error| error.code)
    };
    assert_eq!(lock(0, "key"), Ok(()));
    assert_eq!(lock(1, "key"), Ok(()));
    assert_eq!(lock(2, "other"), Err(VI_ERROR_RSRC_LOCKED));
    assert_eq!(lock(2, ""), Err(VI_ERROR_INV_ACCESS_KEY));
    assert_eq!(instrument.counters().shared_locks, 2);
    for session in &sessions[..2] {
        session.link.unlock(DeviceLock::Shared("key"), &session.calm()).unwrap();
    }
    assert_eq!(lock(2, "other"), Ok(()));
}

#[test]
fn a_terminated_request_leaves_no_lock_behind() {
    let instrument = instrument();
    let (one, two) = (open(&instrument), open(&instrument));
    for _ in 0..5 {
        one.link.lock(DeviceLock::Exclusive, &one.calm()).unwrap();
        std::thread::scope(|scope| {
            let waiter = scope.spawn(|| two.link.lock(DeviceLock::Exclusive, &two.call(u32::MAX)));
            std::thread::sleep(Duration::from_millis(30));
            two.cancel.terminate();
            assert_eq!(waiter.join().unwrap().unwrap_err().code, VI_ERROR_ABORT);
        });
        // The request is still with the instrument, which grants it now.
        one.link.unlock(DeviceLock::Exclusive, &one.calm()).unwrap();
        assert_eq!(two.link.read_stb(&two.calm()).unwrap() & 0x10, 0);
        // Taken as soon as it is free: proof that it has come back.
    }
    one.link.lock(DeviceLock::Exclusive, &one.calm()).unwrap();
}

/// Everything at once on one watched link, for as many seconds as FERROVISA_STRESS_SECONDS says.
#[test]
fn queries_status_requests_clears_and_locks_at_once() {
    let seconds = std::env::var("FERROVISA_STRESS_SECONDS").ok();
    let seconds = seconds.and_then(|text| text.parse().ok()).unwrap_or(2);
    let until = Instant::now() + Duration::from_secs(seconds);
    let instrument = instrument();
    let (session, other) = (open(&instrument), open(&instrument));
    let done = [const { AtomicU64::new(0) }; 6];
    let requests = Arc::new(AtomicU32::new(0));
    let sink = || {
        let requests = requests.clone();
        Arc::new(move |_| {
            requests.fetch_add(1, Ordering::SeqCst);
        })
    };
    // Carried out before the first clear, which would drop it.
    assert_eq!(session.query(b"*SRE 16;*OPC?\n"), b"1\n");
    session.link.watch(Some(sink()), &session.calm().wait).unwrap();
    let failed = AtomicBool::new(false);
    let repeat = |which: usize, step: &dyn Fn()| {
        while Instant::now() < until && !failed.load(Ordering::SeqCst) {
            let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(step));
            if let Err(panic) = ended {
                failed.store(true, Ordering::SeqCst);
                std::panic::resume_unwind(panic);
            }
            done[which].fetch_add(1, Ordering::SeqCst);
        }
    };
    std::thread::scope(|scope| {
        // Clears may end a read, or throw its reply away before it begins.
        scope.spawn(|| {
            repeat(0, &|| {
                session.write(b"ECHO? fresh\n");
                let (text, outcome) = session.read_with(99, &session.call(200));
                match outcome {
                    Ok(_) => assert_eq!(text, b"fresh\n"),
                    Err(error) => {
                        assert!([VI_ERROR_ABORT, VI_ERROR_TMO].contains(&error.code), "{error:?}");
                    }
                }
            });
        });
        for which in [1, 2] {
            let (session, repeat) = (&session, &repeat);
            scope.spawn(move || {
                repeat(which, &|| {
                    session.link.read_stb(&session.calm()).unwrap();
                    session.link.control_ren(RenMode::Assert, &session.calm()).unwrap();
                });
            });
        }
        scope.spawn(|| {
            repeat(3, &|| {
                session.link.clear(&session.calm()).unwrap();
                std::thread::sleep(Duration::from_millis(20));
            });
        });
        scope.spawn(|| {
            repeat(4, &|| {
                session.link.watch(None, &session.calm().wait).unwrap();
                session.link.watch(Some(sink()), &session.calm().wait).unwrap();
                std::thread::sleep(Duration::from_millis(5));
            });
        });
        // Locks from a second session, so that the first is never locked out for long.
        scope.spawn(|| {
            repeat(5, &|| {
                other.link.lock(DeviceLock::Exclusive, &other.calm()).unwrap();
                other.link.unlock(DeviceLock::Exclusive, &other.calm()).unwrap();
                std::thread::sleep(Duration::from_millis(5));
            });
        });
    });
    session.link.clear(&session.calm()).unwrap();
    let before = requests.load(Ordering::SeqCst);
    assert_eq!(session.query(b"*OPC?\n"), b"1\n");
    let end = Instant::now() + LONG;
    while requests.load(Ordering::SeqCst) == before {
        assert!(Instant::now() < end, "requests still come after all that");
        std::thread::yield_now();
    }
    let done = done.map(|count| count.into_inner());
    assert!(done.iter().all(|count| *count > 0), "{done:?}");
    println!("{done:?}, {} service requests", requests.load(Ordering::SeqCst));
}
