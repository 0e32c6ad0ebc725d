#![forbid(unsafe_code)]
//! Locks on the device.

use std::sync::mpsc;
use std::time::Duration;

use crate::iface::vxi11::tests::peer::{Client, Connection, LONG, Peer, words};
use crate::iface::{DeviceLock, Stop};
use crate::os::Deadline;
use crate::sim::{Config, Instrument};
use crate::status::{Result, VI_ERROR_ABORT, VI_ERROR_RSRC_LOCKED, VI_ERROR_TMO};

const LOCK: u32 = 18;
const UNLOCK: u32 = 19;
const WAIT_LOCK: u32 = 1;
const LOCKED: u32 = 11;
const END: u32 = 4;

fn lock(client: &Client, ms: u32) -> Result {
    client.link.lock(DeviceLock::Exclusive, &client.call(ms))
}

fn unlock(client: &Client) -> Result {
    client.link.unlock(DeviceLock::Exclusive, &client.call(LONG))
}

fn answer(connection: &mut Connection, procedure: u32, error: u32) -> Vec<u8> {
    let request = connection.expect(procedure);
    connection.reply(request.xid, &words(&[error]));
    request.arguments
}

#[test]
fn the_device_is_told_whether_and_how_long_to_wait() {
    let peer = Peer::linked(|connection| {
        assert_eq!(answer(connection, LOCK, LOCKED), words(&[7, 0, 0]), "not at all");
        let request = connection.expect(LOCK);
        assert_eq!((request.word(0), request.word(1)), (7, WAIT_LOCK));
        // What is left of 5 s on a busy machine.
        assert!((2000..=5000).contains(&request.word(2)), "{request:?}");
        connection.reply(request.xid, &words(&[0]));
        assert_eq!(answer(connection, UNLOCK, 0), words(&[7]));
        connection.serve_until_closed();
    });
    let client = Client::open(peer.port);
    assert_eq!(lock(&client, 0).unwrap_err().code, VI_ERROR_RSRC_LOCKED);
    unlock(&client).unwrap(); // nothing to give back
    lock(&client, 5000).unwrap();
    lock(&client, 5000).unwrap(); // the device would say error 11
    unlock(&client).unwrap();
    drop(client);
    peer.join();
}

#[test]
fn shared_locks_stay_here() {
    let peer = Peer::linked(|connection| {
        connection.answer_read(END, b"first call");
        connection.serve_until_closed();
    });
    let client = Client::open(peer.port);
    client.link.lock(DeviceLock::Shared("key"), &client.call(LONG)).unwrap();
    client.link.unlock(DeviceLock::Shared("key"), &client.call(LONG)).unwrap();
    assert_eq!(client.read(20), (b"first call".to_vec(), Ok(Stop::End)));
    drop(client);
    peer.join();
}

#[test]
fn a_lock_that_was_waited_for_in_vain_is_a_timeout() {
    for error in [LOCKED, 15] {
        let peer = Peer::linked(move |connection| {
            let request = connection.expect(LOCK);
            std::thread::sleep(Duration::from_millis(request.word(2).into()));
            connection.reply(request.xid, &words(&[error]));
            connection.answer_read(END, b"usable");
            connection.serve_until_closed();
        });
        let client = Client::open(peer.port);
        assert_eq!(lock(&client, 50).unwrap_err().code, VI_ERROR_TMO);
        assert_eq!(client.read(20).0, b"usable");
        drop(client);
        peer.join();
    }
}

#[test]
fn without_end_the_device_is_asked_again_and_again() {
    let peer = Peer::linked(|connection| {
        for error in [LOCKED, LOCKED, 0] {
            let arguments = answer(connection, LOCK, error);
            assert_eq!(arguments, words(&[7, WAIT_LOCK, 10_000]));
        }
        connection.serve_until_closed();
    });
    let client = Client::open(peer.port);
    lock(&client, u32::MAX).unwrap();
    drop(client);
    peer.join();
}

#[test]
fn a_lock_granted_too_late_is_given_back() {
    let (tell, told) = mpsc::channel();
    let peer = Peer::linked(move |connection| {
        let request = connection.expect(LOCK);
        told.recv().unwrap();
        // The client has given up and has sent this already.
        assert_eq!(connection.expect(UNLOCK).arguments, words(&[7]));
        connection.reply(request.xid, &words(&[0]));
        connection.reply(request.xid + 1, &words(&[0]));
        // Doubtful until an answer has been seen; then a lock as any other.
        assert_eq!(answer(connection, UNLOCK, 12), words(&[7]));
        answer(connection, LOCK, 0);
        connection.serve_until_closed();
    });
    let client = Client::open(peer.port);
    assert_eq!(lock(&client, 20).unwrap_err().code, VI_ERROR_TMO);
    tell.send(()).unwrap();
    lock(&client, LONG).unwrap();
    drop(client);
    peer.join();
}

fn instrument() -> Instrument {
    let config = Config { socket: None, hislip: None, ..Config::default() };
    Instrument::start(config).unwrap()
}

#[test]
fn a_lock_of_one_link_holds_on_the_others_until_it_goes() {
    let instrument = instrument();
    let [one, two] = [0, 1].map(|_| Client::open(instrument.vxi11_port().unwrap()));
    lock(&one, LONG).unwrap();
    assert_eq!(lock(&two, 0).unwrap_err().code, VI_ERROR_RSRC_LOCKED);
    assert_eq!(lock(&two, 30).unwrap_err().code, VI_ERROR_TMO);
    assert_eq!(two.write(b"*CLS\n").outcome.unwrap_err().code, VI_ERROR_RSRC_LOCKED);
    std::thread::scope(|scope| {
        let waiter = scope.spawn(|| lock(&two, u32::MAX));
        std::thread::sleep(Duration::from_millis(50));
        unlock(&one).unwrap();
        waiter.join().unwrap().unwrap();
    });
    assert_eq!(lock(&one, 0).unwrap_err().code, VI_ERROR_RSRC_LOCKED);
    // With the connection goes the lock.
    drop(two);
    lock(&one, LONG).unwrap();
    one.link.close(Deadline::Never);
}

#[test]
fn a_cancelled_wait_ends_at_once_and_leaves_no_lock() {
    let instrument = instrument();
    let [one, two] = [0, 1].map(|_| Client::open(instrument.vxi11_port().unwrap()));
    lock(&one, LONG).unwrap();
    std::thread::scope(|scope| {
        // Taken here: a thread that starts late must be cancelled too.
        let call = two.call(u32::MAX);
        let link = &*two.link;
        let waiter = scope.spawn(move || link.lock(DeviceLock::Exclusive, &call));
        std::thread::sleep(Duration::from_millis(50));
        two.cancel.terminate();
        assert_eq!(waiter.join().unwrap().unwrap_err().code, VI_ERROR_ABORT);
    });
    unlock(&one).unwrap();
    lock(&one, LONG).unwrap();
    unlock(&one).unwrap();
    lock(&two, LONG).unwrap();
    assert!(two.write(b"*CLS\n").outcome.is_ok());
}
