#![forbid(unsafe_code)]
//! Silence, stalls, cancelling and lost connections: the session stays usable or is plainly dead.

use std::net::TcpListener;
use std::sync::Barrier;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use crate::iface::Stop;
use crate::iface::vxi11::tests::peer::{
    Client, Connection, LONG, Peer, read_results, record, reply, words,
};
use crate::os::Deadline;
use crate::status::{VI_ERROR_ABORT, VI_ERROR_CONN_LOST, VI_ERROR_TMO};

const END: u32 = 4;

/// Results of create_link with an abort channel.
fn link_with_abort(abort: &TcpListener) -> Vec<u8> {
    words(&[0, 7, abort.local_addr().unwrap().port().into(), 4096])
}

/// Answers one device_abort.
fn answer_abort(connection: &mut Connection) {
    let request = connection.request();
    assert_eq!((request.program, request.procedure), (395_184, 1));
    assert_eq!(request.arguments, words(&[7]));
    connection.reply(request.xid, &words(&[0]));
}

#[test]
fn silence_is_a_timeout_not_earlier_and_not_late() {
    let peer = Peer::linked(|connection| {
        connection.expect(12);
        connection.serve_until_closed();
    });
    let client = Client::open(peer.port);
    let start = Instant::now();
    let (data, outcome) = client.read_with(10, &client.call(150));
    let taken = start.elapsed();
    assert_eq!((data.len(), outcome.unwrap_err().code), (0, VI_ERROR_TMO));
    assert!(taken >= Duration::from_millis(150), "{taken:?}");
    assert!(taken < Duration::from_millis(1000), "{taken:?}");
    drop(client);
    peer.join();
}

#[test]
fn a_reply_that_stalls_half_way_counts_what_has_arrived() {
    let (go, wait) = mpsc::channel();
    let peer = Peer::linked(move |connection| {
        let late = connection.expect(12).xid;
        let whole = record(&reply(late, &read_results(0, END, &[b'L'; 3000])));
        let (front, back) = whole.split_at(40 + 1000);
        connection.send(front);
        wait.recv().unwrap();
        connection.send(back);
        connection.answer_read(END, b"second");
        connection.answer_read(END, b"third");
        connection.serve_until_closed();
    });
    let client = Client::open(peer.port);
    let (data, outcome) = client.read_with(5000, &client.call(100));
    assert_eq!((data, outcome.unwrap_err().code), (vec![b'L'; 1000], VI_ERROR_TMO));
    // Still stalled: the next read waits behind it and ends in time as well.
    assert_eq!(client.read_with(10, &client.call(100)).1.unwrap_err().code, VI_ERROR_TMO);
    go.send(()).unwrap();
    // The second read's answer is stale by now and passed over as well.
    assert_eq!(client.read(10), (b"third".to_vec(), Ok(Stop::End)));
    drop(client);
    peer.join();
}

#[test]
fn a_stalled_reply_in_fragments_counts_what_has_arrived() {
    let peer = Peer::linked(move |connection| {
        let xid = connection.expect(12).xid;
        let whole = reply(xid, &read_results(0, END, &[b'L'; 3000]));
        connection.send(&words(&[500]));
        connection.send(&whole[..500]);
        connection.serve_until_closed();
    });
    let client = Client::open(peer.port);
    let (data, outcome) = client.read_with(5000, &client.call(100));
    assert_eq!((data, outcome.unwrap_err().code), (vec![b'L'; 500 - 36], VI_ERROR_TMO));
    drop(client);
    peer.join();
}

#[test]
fn a_late_reply_is_never_taken_for_the_next() {
    for late_size in [5, 100_000] {
        let abort = TcpListener::bind("127.0.0.1:0").unwrap();
        abort.set_nonblocking(true).unwrap();
        let (go, wait) = mpsc::channel();
        let (sent, arrived) = mpsc::channel();
        let peer = Peer::linked_with(link_with_abort(&abort), move |connection| {
            let late = connection.expect(12).xid;
            wait.recv().unwrap();
            connection.reply(late, &read_results(0, END, &vec![b'L'; late_size]));
            sent.send(()).unwrap();
            let request = connection.expect(11);
            connection.reply(request.xid, &words(&[0, 1]));
            connection.answer_read(END, b"mine");
            connection.serve_until_closed();
        });
        let client = Client::open(peer.port);
        assert_eq!(client.read_with(10, &client.call(50)).1.unwrap_err().code, VI_ERROR_TMO);
        go.send(()).unwrap();
        arrived.recv().unwrap();
        assert!(client.write(b"q").outcome.is_ok());
        assert_eq!(client.read(10), (b"mine".to_vec(), Ok(Stop::End)));
        drop(client);
        peer.join();
        // Of a long reply the end may still be under way.
        if late_size == 5 {
            assert!(abort.accept().is_err(), "a call that has been answered needs no abort");
        }
    }
}

#[test]
fn an_abort_channel_that_does_not_answer_is_tried_twice_and_no_more() {
    let abort = TcpListener::bind("127.0.0.1:0").unwrap();
    abort.set_nonblocking(true).unwrap();
    let peer = Peer::linked_with(link_with_abort(&abort), |connection| {
        for _ in 0..3 {
            connection.expect(12);
            connection.answer_read(END, b"fresh");
        }
        connection.serve_until_closed();
    });
    let client = Client::open(peer.port);
    for _ in 0..3 {
        assert_eq!(client.read_with(10, &client.call(50)).1.unwrap_err().code, VI_ERROR_TMO);
        assert_eq!(client.read(10), (b"fresh".to_vec(), Ok(Stop::End)));
    }
    drop(client);
    peer.join();
    assert!(abort.accept().is_ok() && abort.accept().is_ok());
    assert!(abort.accept().is_err(), "a third time");
}

#[test]
fn a_lost_connection_has_nothing_that_could_be_aborted() {
    let abort = TcpListener::bind("127.0.0.1:0").unwrap();
    abort.set_nonblocking(true).unwrap();
    let peer = Peer::linked_with(link_with_abort(&abort), |connection| {
        // It hangs up instead of answering.
        connection.expect(12);
    });
    let client = Client::open(peer.port);
    for _ in 0..3 {
        assert_eq!(client.read(10).1.unwrap_err().code, VI_ERROR_CONN_LOST);
    }
    peer.join();
    assert!(abort.accept().is_err(), "a device that has gone would keep each call waiting for it");
}

#[test]
fn a_call_given_up_is_aborted_before_the_next() {
    let abort = TcpListener::bind("127.0.0.1:0").unwrap();
    let results = link_with_abort(&abort);
    let peer = Peer::linked_with(results, move |connection| {
        let pending = connection.expect(12).xid;
        // As a device does: nothing until it is told to abort, then error 23.
        let mut abort = Connection::accept(&abort);
        answer_abort(&mut abort);
        connection.reply(pending, &read_results(23, 0, b""));
        let request = connection.expect(15);
        connection.reply(request.xid, &words(&[0]));
        connection.answer_read(END, b"fresh");
        // In step again, so no further abort: the channel only closes.
        connection.serve_until_closed();
        assert!(abort.try_request().is_none());
    });
    let client = Client::open(peer.port);
    assert_eq!(client.read_with(10, &client.call(50)).1.unwrap_err().code, VI_ERROR_TMO);
    client.link.clear(&client.call(LONG)).unwrap();
    assert_eq!(client.read(10), (b"fresh".to_vec(), Ok(Stop::End)));
    client.link.close(Deadline::Never);
    drop(client);
    peer.join();
}

#[test]
fn cancelling_ends_a_blocked_read_tells_the_device_and_leaves_the_session_usable() {
    let abort = TcpListener::bind("127.0.0.1:0").unwrap();
    let results = link_with_abort(&abort);
    let (asked, reading) = mpsc::channel();
    let (told, aborted) = mpsc::channel();
    let peer = Peer::linked_with(results, move |connection| {
        let pending = connection.expect(12).xid;
        asked.send(()).unwrap();
        let mut abort = Connection::accept(&abort);
        answer_abort(&mut abort);
        told.send(()).unwrap();
        // The next call comes although the aborted one is not answered yet.
        let next = connection.expect(12).xid;
        connection.reply(pending, &read_results(23, 0, b""));
        connection.reply(next, &read_results(0, END, b"fresh"));
        connection.serve_until_closed();
        assert!(abort.try_request().is_none(), "told once");
    });
    let client = Client::open(peer.port);
    std::thread::scope(|scope| {
        let blocked = scope.spawn(|| client.read_with(10, &client.call(u32::MAX)));
        reading.recv().unwrap();
        client.cancel.terminate();
        assert_eq!(blocked.join().unwrap().1.unwrap_err().code, VI_ERROR_ABORT);
    });
    // The device is told at once, not only when the session is used again.
    aborted.recv_timeout(Duration::from_millis(LONG.into())).unwrap();
    assert_eq!(client.read(10), (b"fresh".to_vec(), Ok(Stop::End)));
    drop(client);
    peer.join();
}

#[test]
fn a_call_waiting_for_the_channel_ends_at_its_deadline_and_on_cancel() {
    let barrier = std::sync::Arc::new(Barrier::new(2));
    let peer = {
        let barrier = barrier.clone();
        Peer::linked(move |connection| {
            let xid = connection.expect(12).xid;
            barrier.wait();
            barrier.wait();
            connection.reply(xid, &read_results(0, END, b"first"));
            connection.serve_until_closed();
        })
    };
    let client = Client::open(peer.port);
    let other = crate::os::Cancel::new();
    std::thread::scope(|scope| {
        let first = scope.spawn(|| client.read(10));
        barrier.wait();
        assert_eq!(client.link.read_stb(&client.call(50)).unwrap_err().code, VI_ERROR_TMO);
        let second = scope.spawn(|| {
            let mut call = client.call(u32::MAX);
            call.wait.ticket = other.ticket();
            client.link.read_stb(&call)
        });
        other.close();
        assert_eq!(second.join().unwrap().unwrap_err().code, VI_ERROR_ABORT);
        barrier.wait();
        assert_eq!(first.join().unwrap(), (b"first".to_vec(), Ok(Stop::End)));
    });
    drop(client);
    peer.join();
}

#[test]
fn a_dead_abort_port_does_not_stop_the_next_call() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let peer = Peer::linked_with(words(&[0, 7, nobody.into(), 4096]), |connection| {
        connection.expect(12);
        connection.answer_read(END, b"fresh");
        connection.serve_until_closed();
    });
    let client = Client::open(peer.port);
    assert_eq!(client.read_with(10, &client.call(50)).1.unwrap_err().code, VI_ERROR_TMO);
    assert_eq!(client.read(10), (b"fresh".to_vec(), Ok(Stop::End)));
    drop(client);
    peer.join();
}

#[test]
fn an_on_time_error_15_is_taken_and_nothing_needs_aborting() {
    let abort = TcpListener::bind("127.0.0.1:0").unwrap();
    abort.set_nonblocking(true).unwrap();
    let peer = Peer::linked_with(link_with_abort(&abort), move |connection| {
        let xid = connection.expect(12).xid;
        std::thread::sleep(Duration::from_millis(1600));
        connection.reply(xid, &read_results(15, 0, b""));
        connection.answer_read(END, b"fresh");
        connection.serve_until_closed();
        assert!(abort.accept().is_err(), "nobody has connected to the abort channel");
    });
    let client = Client::open(peer.port);
    assert_eq!(client.read_with(10, &client.call(2000)).1.unwrap_err().code, VI_ERROR_TMO);
    assert_eq!(client.read(10), (b"fresh".to_vec(), Ok(Stop::End)));
    drop(client);
    peer.join();
}

#[test]
fn rule_3_2_2_a_device_that_gives_up_early_is_asked_again() {
    let peer = Peer::linked(|connection| {
        // One that caps the timeout it is given, or takes an infinite one for none.
        for _ in 0..3 {
            let xid = connection.expect(12).xid;
            std::thread::sleep(Duration::from_millis(30));
            connection.reply(xid, &read_results(15, 0, b""));
        }
        connection.answer_read(END, b"at last");
        connection.serve_until_closed();
    });
    let client = Client::open(peer.port);
    let patient = client.call(u32::MAX);
    assert_eq!(client.read_with(10, &patient), (b"at last".to_vec(), Ok(Stop::End)));
    drop(client);
    peer.join();
}

#[test]
fn an_abort_connection_that_the_device_closed_is_made_anew() {
    let abort = TcpListener::bind("127.0.0.1:0").unwrap();
    let peer = Peer::linked_with(link_with_abort(&abort), move |connection| {
        for _ in 0..2 {
            let late = connection.expect(12).xid;
            // Answers the abort, then closes, as devices do with idle connections.
            let mut aborting = Connection::accept(&abort);
            let xid = aborting.expect(1).xid;
            aborting.reply(xid, &words(&[0]));
            aborting.close();
            connection.reply(late, &read_results(23, 0, b""));
            connection.answer_read(END, b"fresh");
        }
        connection.serve_until_closed();
    });
    let client = Client::open(peer.port);
    for _ in 0..2 {
        assert_eq!(client.read_with(10, &client.call(50)).1.unwrap_err().code, VI_ERROR_TMO);
        assert_eq!(client.read(10), (b"fresh".to_vec(), Ok(Stop::End)));
    }
    drop(client);
    peer.join();
}

#[test]
fn endless_empty_replies_end_at_the_deadline() {
    let peer = Peer::linked(|connection| {
        while let Some(request) = connection.try_request() {
            connection.reply(request.xid, &read_results(0, 0, b""));
        }
    });
    let client = Client::open(peer.port);
    assert_eq!(client.read_with(10, &client.call(100)).1.unwrap_err().code, VI_ERROR_TMO);
    drop(client);
    peer.join();
}

#[test]
fn endless_foreign_replies_end_at_the_deadline() {
    let peer = Peer::listening(|listener| {
        let mut connection = Connection::accept(&listener);
        let xid = connection.request().xid;
        connection.reply(xid, &words(&[0, 7, 0, 4096]));
        let stale = record(&reply(0xFFFF, &read_results(0, END, &[b'S'; 20_000])));
        let mut stream = connection.into_stream();
        // Until the client closes.
        while std::io::Write::write_all(&mut stream, &stale).is_ok() {}
    });
    let client = Client::open(peer.port);
    assert_eq!(client.read_with(10, &client.call(100)).1.unwrap_err().code, VI_ERROR_TMO);
    drop(client);
    peer.join();
}

#[test]
fn an_immediate_read_still_gets_what_is_there() {
    let peer = Peer::linked(|connection| {
        let request = connection.expect(12);
        assert_eq!(request.word(2), 0, "the device must not wait");
        // The way there and back takes time.
        std::thread::sleep(Duration::from_millis(5));
        connection.reply(request.xid, &read_results(0, END, b"there"));
        connection.serve_until_closed();
    });
    let client = Client::open(peer.port);
    assert_eq!(client.read_with(10, &client.call(0)), (b"there".to_vec(), Ok(Stop::End)));
    drop(client);
    peer.join();
}

#[test]
fn a_peer_that_closes_in_mid_reply_is_lost_at_once_and_for_good() {
    for sent in [0, 3, 20, 40, 45] {
        let peer = Peer::linked(move |connection| {
            let xid = connection.expect(12).xid;
            let whole = record(&reply(xid, &read_results(0, END, b"0123456789")));
            connection.send(&whole[..sent]);
            connection.close();
        });
        let client = Client::open(peer.port);
        let start = Instant::now();
        assert_eq!(client.read(100).1.unwrap_err().code, VI_ERROR_CONN_LOST, "{sent} bytes");
        assert!(start.elapsed() < Duration::from_millis(u64::from(LONG) / 2), "at once");
        let call = client.call(LONG);
        assert_eq!(client.read(100).1.unwrap_err().code, VI_ERROR_CONN_LOST);
        assert_eq!(client.write(b"x").outcome.unwrap_err().code, VI_ERROR_CONN_LOST);
        assert_eq!(client.link.read_stb(&call).unwrap_err().code, VI_ERROR_CONN_LOST);
        assert_eq!(client.link.clear(&call).unwrap_err().code, VI_ERROR_CONN_LOST);
        client.link.close(Deadline::Never);
        peer.join();
    }
}

#[test]
fn a_write_given_up_while_the_device_is_busy_leaves_the_session_usable() {
    let (go, wait) = mpsc::channel::<()>();
    let peer = Peer::linked_with(words(&[0, 7, 0, u32::MAX]), move |connection| {
        // Reads nothing until the client has given up.
        let _ = wait.recv();
        let piece = connection.expect(11);
        connection.reply(piece.xid, &words(&[0, piece.data().len() as u32]));
        connection.answer_read(END, b"fresh");
        connection.serve_until_closed();
    });
    let client = Client::open(peer.port);
    // A piece is small enough for the connection's buffers, so it is never cut in the middle.
    let data = vec![b'x'; 16 << 20];
    let written = client.link.write(&data, &client.call(300));
    assert_eq!((written.count, written.outcome.unwrap_err().code), (0, VI_ERROR_TMO));
    go.send(()).unwrap();
    assert_eq!(client.read(10), (b"fresh".to_vec(), Ok(Stop::End)));
    drop(client);
    peer.join();
}
