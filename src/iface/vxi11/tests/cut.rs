#![forbid(unsafe_code)]
//! Calls cut in the middle of being sent, and servers that are sending themselves.

use std::sync::mpsc;

use crate::iface::Link;
use crate::iface::vxi11::link::Vxi11Link;
use crate::iface::vxi11::open;
use crate::iface::vxi11::tests::peer::{LONG, Peer, read_results, record, reply, words};
use crate::os::Cancel;
use crate::os::Deadline;
use crate::os::Wait;
use crate::os::net::Cut;
use crate::rsrc::ResourceName;
use crate::status::{VI_ERROR_ABORT, VI_ERROR_CONN_LOST, VI_ERROR_TMO};
use crate::wire::vxi11;

const DEVICE_READ: u32 = 12;
const DEVICE_WRITE: u32 = 11;
const STATUS_BYTE: u32 = 13;
const DEVICE_CLEAR: u32 = 15;

/// More than a connection's buffers hold: such a call is cut. viWrite sends smaller ones, and is
/// cut only where the buffers are small too.
const HUGE: usize = 32 << 20;

fn link(peer: &Peer) -> Vxi11Link {
    let name = format!("TCPIP0::127.0.0.1,{}::inst0::INSTR", peer.port);
    let cancel = Cancel::new();
    open::open(&ResourceName::parse(&name).unwrap(), &within(LONG, &cancel)).unwrap()
}

fn within(ms: u32, cancel: &Cancel) -> Wait<'_> {
    Wait { deadline: Deadline::from_timeout(ms), ticket: cancel.ticket() }
}

/// One device_write with all of `data`.
fn write(link: &Vxi11Link, data: &[u8], wait: &Wait) -> Result<(), Cut> {
    let mut conversation = link.conversation.pass(wait).unwrap();
    let request = vxi11::device_write(conversation.link, LONG, 0, data.len());
    conversation.call(request, data, &mut [], wait).map(drop)
}

fn status_byte(link: &Vxi11Link, wait: &Wait) -> u8 {
    let mut conversation = link.conversation.pass(wait).unwrap();
    let request = vxi11::generic(vxi11::Generic::ReadStb, conversation.link, LONG);
    let reply = conversation.call(request, &[], &mut [], wait).map_err(|cut| cut.error).unwrap();
    vxi11::status_byte(reply.fixed()).unwrap()
}

/// The call is finished with what the caller had given, before the next one, whose answer is its
/// own. `cut` ends the write.
fn finished(cut: impl FnOnce(&Vxi11Link, &Cancel, &[u8]) -> i32) {
    let data: Vec<u8> = (0..HUGE as u32).map(|i| (i % 251) as u8).collect();
    let expected = data.clone();
    let (go, wait) = mpsc::channel::<()>();
    let peer = Peer::linked(move |connection| {
        wait.recv().unwrap();
        let whole = connection.expect(DEVICE_WRITE);
        assert!(whole.data() == expected, "the data are the caller's to the last byte");
        connection.reply(whole.xid, &words(&[0, HUGE as u32]));
        // The message has no end, and would swallow the next.
        let clear = connection.expect(DEVICE_CLEAR);
        connection.reply(clear.xid, &words(&[0]));
        let poll = connection.expect(STATUS_BYTE);
        connection.reply(poll.xid, &words(&[0, 0x42]));
        connection.serve_until_closed();
    });
    let link = link(&peer);
    let cancel = Cancel::new();
    assert!([VI_ERROR_TMO, VI_ERROR_ABORT].contains(&cut(&link, &cancel, &data)));
    drop(data);
    go.send(()).unwrap();
    assert_eq!(status_byte(&link, &within(LONG, &cancel)), 0x42);
    link.close(Deadline::Never);
    drop(link);
    peer.join();
}

#[test]
fn a_call_cut_by_its_deadline_is_finished_before_the_next() {
    finished(|link, cancel, data| write(link, data, &within(200, cancel)).unwrap_err().error.code);
}

#[test]
fn a_call_cut_by_terminate_is_finished_before_the_next() {
    finished(|link, cancel, data| {
        std::thread::scope(|scope| {
            let wait = within(u32::MAX, cancel);
            let writer = scope.spawn(move || write(link, data, &wait).unwrap_err().error.code);
            // Long enough for the buffers to be full; if not, it is cut all the same.
            std::thread::sleep(std::time::Duration::from_millis(100));
            cancel.terminate();
            writer.join().unwrap()
        })
    });
}

/// As long as the device does not take the rest, each call ends by its own deadline.
#[test]
fn the_rest_of_a_call_is_waited_for_no_longer_than_the_next_call_lasts() {
    let (go, wait) = mpsc::channel::<()>();
    let peer = Peer::linked(move |connection| {
        wait.recv().unwrap();
        let whole = connection.expect(DEVICE_WRITE);
        connection.reply(whole.xid, &words(&[0, HUGE as u32]));
        // The message has no end, and would swallow the next.
        let clear = connection.expect(DEVICE_CLEAR);
        connection.reply(clear.xid, &words(&[0]));
        let poll = connection.expect(STATUS_BYTE);
        connection.reply(poll.xid, &words(&[0, 7]));
        connection.serve_until_closed();
    });
    let link = link(&peer);
    let cancel = Cancel::new();
    for _ in 0..3 {
        let cut = write(&link, &vec![1; HUGE], &within(50, &cancel)).unwrap_err();
        assert_eq!((cut.count, cut.error.code), (0, VI_ERROR_TMO));
    }
    go.send(()).unwrap();
    assert_eq!(status_byte(&link, &within(LONG, &cancel)), 7);
    link.close(Deadline::Never);
    drop(link);
    peer.join();
}

/// A peer that goes away with half a call is lost, and says so at once.
#[test]
fn a_peer_that_closes_on_half_a_call_is_lost() {
    let (go, wait) = mpsc::channel::<()>();
    let peer = Peer::linked(move |connection| {
        wait.recv().unwrap();
        connection.close();
    });
    let link = link(&peer);
    let cancel = Cancel::new();
    let cut = write(&link, &vec![1; HUGE], &within(50, &cancel)).unwrap_err();
    assert_eq!(cut.error.code, VI_ERROR_TMO);
    go.send(()).unwrap();
    peer.join();
    for _ in 0..2 {
        let cut = write(&link, b"x", &within(LONG, &cancel)).unwrap_err();
        assert_eq!(cut.error.code, VI_ERROR_CONN_LOST);
    }
}

/// A server that is still sending a reply that was given up takes nothing before that has been
/// received: the next call receives and drops it while it waits.
#[test]
fn a_call_does_not_wait_for_a_server_that_waits_for_us() {
    let (go, wait) = mpsc::channel::<()>();
    let peer = Peer::linked(move |connection| {
        let read = connection.expect(DEVICE_READ);
        wait.recv().unwrap();
        connection.send(&record(&reply(read.xid, &read_results(0, 4, &vec![1; 8 << 20]))));
        let whole = connection.expect(DEVICE_WRITE);
        assert_eq!(whole.data().len(), HUGE);
        connection.reply(whole.xid, &words(&[0, HUGE as u32]));
        connection.serve_until_closed();
    });
    let link = link(&peer);
    let cancel = Cancel::new();
    let call = crate::iface::Call {
        wait: within(50, &cancel),
        timeout_ms: 50,
        term_char: None,
        end_char: b'\n',
        send_end: true,
        suppress_end: false,
    };
    let mut room = vec![0; 8 << 20];
    assert_eq!(link.read(&mut room, &call).outcome.unwrap_err().code, VI_ERROR_TMO);
    go.send(()).unwrap();
    write(&link, &vec![2; HUGE], &within(u32::MAX, &cancel)).unwrap();
    link.close(Deadline::Never);
    drop(link);
    peer.join();
}
