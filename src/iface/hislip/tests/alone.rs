#![forbid(unsafe_code)]
//! What is counted for the whole process, or needs a fork: each in a process of its own, so that
//! the other tests are not seen.

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Instant;

use super::peer::{LONG, POLITE, Session, session};
use crate::iface::{DeviceLock, Report};
use crate::os::Cancel;
use crate::os::Deadline;
use crate::os::alone;
use crate::os::fork;
use crate::rsrc::ResourceName;
use crate::sim::{Config, Instrument};

fn watch(session: &Session) -> Receiver<Report> {
    let (pushed, signals) = channel();
    let sink = Arc::new(move |signal| pushed.send(signal).unwrap());
    session.link.watch(Some(sink), &session.calm().wait).unwrap();
    signals
}

fn count(directory: &str) -> usize {
    Path::new(directory).read_dir().unwrap().count()
}

fn threads_of_the_host() -> usize {
    let names = Path::new("/proc/self/task").read_dir().unwrap();
    let is_host = |task: std::io::Result<std::fs::DirEntry>| {
        let name = std::fs::read_to_string(task.unwrap().path().join("comm"));
        name.is_ok_and(|name| name.trim() == "visa-srq")
    };
    names.map(is_host).filter(|is| *is).count()
}

#[track_caller]
fn eventually(what: &str, is: impl Fn() -> bool) {
    let end = Instant::now() + LONG;
    while !is() {
        assert!(Instant::now() < end, "{what}");
        std::thread::yield_now();
    }
}

#[test]
fn one_thread_serves_all_and_ends_with_the_last_and_no_descriptor_is_left() {
    alone::run(module_path!(), "threads_and_descriptors");
}

#[test]
#[ignore = "run by the one above"]
fn threads_and_descriptors() {
    // What the first use makes for good: two wakers. Ours only once something is waited for.
    drop(Cancel::new().ticket().block().unwrap());
    session(POLITE, |mut peer| assert!(peer.asynchronous.ends())).run(|session| {
        drop(watch(session));
    });
    eventually("no thread", || threads_of_the_host() == 0);
    let descriptors = count("/proc/self/fd");
    for round in 0..10 {
        let sessions: Vec<_> = (0..8)
            .map(|i| {
                session(POLITE, move |mut peer| {
                    peer.asynchronous.send(20, 0x50, 0, b"");
                    // Some die, some live until they are closed.
                    if (i + round) % 2 == 0 {
                        assert!(peer.asynchronous.ends());
                    }
                })
            })
            .collect();
        let watched: Vec<_> = sessions
            .iter()
            .map(|session| {
                let sink = Arc::new(|_| ());
                // One that is dead already says so.
                session.link.watch(Some(sink), &session.calm().wait)
            })
            .collect();
        assert!(watched.iter().any(Result::is_ok));
        // A new thread gets its name a moment later.
        eventually("one thread for all", || threads_of_the_host() == 1);
        for session in sessions {
            if round % 3 == 0 {
                session.link.close(Deadline::Immediate);
            }
            session.finish();
        }
        eventually("the thread ends", || threads_of_the_host() == 0);
    }
    // A link that is still open does not keep it once its peer has died,
    let (go, gone) = channel();
    let dead = session(POLITE, move |peer| {
        gone.recv().unwrap();
        drop(peer);
    });
    let _signals = watch(&dead);
    eventually("a thread for the living", || threads_of_the_host() == 1);
    go.send(()).unwrap();
    eventually("no thread for the dead", || threads_of_the_host() == 0);
    dead.finish();
    // nor once the lock request that it was hosted for is settled.
    let (go, gone) = channel();
    let session = session(POLITE, move |mut peer| {
        peer.asynchronous.recv();
        gone.recv().unwrap();
        peer.asynchronous.send(5, 0, 0, b"");
        assert!(peer.asynchronous.ends());
    });
    std::thread::scope(|scope| {
        let locker = scope.spawn(|| session.link.lock(DeviceLock::Exclusive, &session.calm()));
        std::thread::sleep(std::time::Duration::from_millis(100));
        session.cancel.terminate();
        assert!(locker.join().unwrap().is_err());
    });
    eventually("a thread for the request", || threads_of_the_host() == 1);
    go.send(()).unwrap();
    eventually("no thread for the settled", || threads_of_the_host() == 0);
    session.finish();
    eventually("no descriptor is left", || count("/proc/self/fd") == descriptors);
}

#[test]
fn a_forked_child_has_its_own_host_and_leaves_the_parents_alone() {
    alone::run(module_path!(), "forked");
}

#[test]
#[ignore = "run by the one above"]
fn forked() {
    let instrument =
        Instrument::start(Config { socket: None, vxi11: None, ..Config::default() }).unwrap();
    let port = instrument.hislip_port().unwrap();
    let name = format!("TCPIP0::127.0.0.1::hislip0,{port}::INSTR");
    let name = ResourceName::parse(&name).unwrap();
    let request = |session: &Session, signals: &Receiver<Report>| {
        session.write(b"*OPC?\n");
        signals.recv_timeout(LONG).unwrap();
        session.link.read_stb(&session.calm()).unwrap();
        assert_eq!(session.read(), b"1\n");
    };
    let parents = Session::open(&name);
    parents.write(b"*SRE 16\n");
    let signals = watch(&parents);
    request(&parents, &signals);

    let mut inherited = Some(parents);
    for round in 0..3 {
        let child = fork::in_child(|| {
            // Its garbage collection comes before it has something of its own, after, or never.
            if round == 0 {
                inherited.take();
            }
            let own = Session::open(&name);
            let signals = watch(&own);
            request(&own, &signals);
            own.link.watch(None, &own.calm().wait).unwrap();
            if round == 1 {
                inherited.take();
            }
            own.finish();
            eventually("the child's thread ends", || threads_of_the_host() == 0);
            true
        });
        assert!(child, "child {round}");
        request(inherited.as_ref().unwrap(), &signals);
    }
    assert_eq!(threads_of_the_host(), 1);
}
