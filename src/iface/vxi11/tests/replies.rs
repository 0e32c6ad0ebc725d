#![forbid(unsafe_code)]
//! Replies in every form that TCP and RPC allow, and some that they do not.

use std::time::Duration;

use crate::iface::Stop;
use crate::iface::vxi11::tests::peer::{
    Client, LONG, Peer, fragment, read_results, record, reply, words,
};
use crate::status::{VI_ERROR_CONN_LOST, VI_ERROR_IO, VI_ERROR_TMO};

/// Reads up to `count` bytes when the server answers with what `answer` makes of the transaction;
/// then the session must still work.
fn read_of(
    count: usize,
    answer: impl Fn(u32) -> Vec<Vec<u8>> + Send + 'static,
) -> (Vec<u8>, crate::status::Result<Stop>) {
    let peer = Peer::linked(move |connection| {
        let xid = connection.expect(12).xid;
        for part in answer(xid) {
            connection.send(&part);
            // Lets each part arrive alone; the outcome must not depend on it.
            std::thread::sleep(Duration::from_micros(300));
        }
        connection.answer_read(4, b"next");
        connection.serve_until_closed();
    });
    let client = Client::open(peer.port);
    let got = client.read(count);
    assert_eq!(client.read(100), (b"next".to_vec(), Ok(Stop::End)), "in step afterwards");
    drop(client);
    peer.join();
    got
}

fn whole(data: &[u8]) -> (Vec<u8>, crate::status::Result<Stop>) {
    (data.to_vec(), Ok(Stop::End))
}

/// A usual reply to device_read, as one record.
fn usual(xid: u32, data: &[u8]) -> Vec<u8> {
    record(&reply(xid, &read_results(0, 4, data)))
}

#[test]
fn bytes_that_come_one_by_one_are_assembled() {
    let got = read_of(100, |xid| usual(xid, b"answer\n").iter().map(|byte| vec![*byte]).collect());
    assert_eq!(got, whole(b"answer\n"));
}

#[test]
fn fragments_are_joined_wherever_they_are_cut() {
    for at in [1, 4, 5, 23, 24, 35, 36, 37, 42] {
        let got = read_of(100, move |xid| {
            let body = reply(xid, &read_results(0, 4, b"answer"));
            let (front, back) = body.split_at(at);
            vec![fragment(false, front), fragment(false, b""), fragment(true, back)]
        });
        assert_eq!(got, whole(b"answer"), "cut after {at} bytes");
    }
}

#[test]
fn a_last_fragment_may_be_empty() {
    let got = read_of(100, |xid| {
        let body = reply(xid, &read_results(0, 4, b"answer"));
        vec![fragment(false, &body), fragment(true, b"")]
    });
    assert_eq!(got, whole(b"answer"));
}

#[test]
fn missing_padding_and_extra_padding_are_forgiven() {
    let got = read_of(100, |xid| {
        vec![record(&[reply(xid, &words(&[0, 4, 5])), b"12345".to_vec()].concat())]
    });
    assert_eq!(got, whole(b"12345"));
    let got = read_of(100, |xid| {
        vec![record(&[reply(xid, &read_results(0, 4, b"12345")), vec![0; 8]].concat())]
    });
    assert_eq!(got, whole(b"12345"));
}

#[test]
fn a_verifier_may_have_a_body() {
    let got = read_of(100, |xid| {
        let header = [words(&[xid, 1, 0, 1, 8]), vec![0xAA; 8], words(&[0])].concat();
        vec![record(&[header, read_results(0, 4, b"answer")].concat())]
    });
    assert_eq!(got, whole(b"answer"));
}

#[test]
fn replies_to_other_transactions_are_skipped_whatever_their_size() {
    for size in [0, 1, 50, 200_000] {
        let got = read_of(100, move |xid| {
            let stale = usual(xid.wrapping_add(1000), &vec![b'S'; size]);
            vec![[stale.clone(), stale, usual(xid, b"mine")].concat()]
        });
        assert_eq!(got, whole(b"mine"), "{size} bytes");
    }
    let got = read_of(100, |xid| vec![record(b""), record(b"abc"), usual(xid, b"mine")]);
    assert_eq!(got, whole(b"mine"), "records too short for a transaction");
}

#[test]
fn a_reply_followed_by_another_in_the_same_segment() {
    let got = read_of(3, |xid| {
        vec![[usual(xid, b"abc"), usual(xid.wrapping_add(77), b"stale")].concat()]
    });
    assert_eq!(got, whole(b"abc"));
    let got = read_of(1000, |xid| {
        vec![[usual(xid, b"abc"), usual(xid.wrapping_add(77), b"stale")].concat()]
    });
    assert_eq!(got, whole(b"abc"));
}

#[test]
fn results_cut_short_are_an_io_error_and_never_data() {
    for len in [0, 3, 4, 8, 11, 15] {
        let (data, outcome) = read_of(100, move |xid| {
            let results = read_results(0, 4, b"1234");
            vec![record(&reply(xid, &results[..len]))]
        });
        // Without an error code nothing is known; with one that says "none", the rest must follow.
        assert_eq!((data.len(), outcome.unwrap_err().code), (0, VI_ERROR_IO), "{len} bytes");
    }
    let (_, outcome) = read_of(100, |xid| vec![record(&words(&[xid]))]);
    assert_eq!(outcome.unwrap_err().code, VI_ERROR_IO);
    // A call is no reply, even with the right transaction.
    let (_, outcome) = read_of(100, |xid| vec![record(&words(&[xid, 0, 2, 395_183, 1, 12]))]);
    assert_eq!(outcome.unwrap_err().code, VI_ERROR_IO);
}

#[test]
fn a_device_error_may_stand_alone_or_with_data() {
    // Not 15: without data, that one may be an early time-out, after which the device is asked again.
    let (data, outcome) = read_of(100, |xid| vec![record(&reply(xid, &words(&[17])))]);
    assert_eq!((data, outcome.unwrap_err().code), (vec![], VI_ERROR_IO));
    let (data, outcome) =
        read_of(100, |xid| vec![record(&reply(xid, &read_results(15, 0, b"part")))]);
    assert_eq!((data, outcome.unwrap_err().code), (b"part".to_vec(), VI_ERROR_TMO));
}

#[test]
fn marks_beyond_reason_end_the_session_plainly() {
    for mark in [&b"HTTP"[..], &[0xFF; 4], &[0x7F, 0xFF, 0xFF, 0xFF]] {
        let peer = Peer::linked(move |connection| {
            connection.expect(12);
            connection.send(mark);
            assert!(connection.try_request().is_none(), "client hangs up");
        });
        let client = Client::open(peer.port);
        assert_eq!(client.read(10).1.unwrap_err().code, VI_ERROR_CONN_LOST);
        assert_eq!(client.write(b"x").outcome.unwrap_err().code, VI_ERROR_CONN_LOST);
        assert_eq!(client.read(10).1.unwrap_err().code, VI_ERROR_CONN_LOST);
        client.link.close(crate::os::Deadline::from_timeout(LONG));
        peer.join();
    }
}

#[test]
fn any_bytes_are_survived() {
    let mut state = 88_172_645_463_325_252_u64;
    for _ in 0..60 {
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        // A believable mark and header before the noise, more often than not.
        let noise: Vec<u8> = (0..next() % 120).map(|_| (next() % 5) as u8).collect();
        let keep = next() as usize % 41;
        let peer = Peer::linked(move |connection| {
            let xid = connection.expect(12).xid;
            let usual = usual(xid, &[b'x'; 40]);
            connection.send(&[&usual[..keep], &noise].concat());
            connection.close();
        });
        let client = Client::open(peer.port);
        // Whatever it is taken for, the read ends: the peer has closed.
        let (data, _) = client.read(30);
        assert!(data.len() <= 30);
        peer.join();
    }
}
