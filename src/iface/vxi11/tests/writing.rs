#![forbid(unsafe_code)]
//! Pieces, END and what a device says it took.

use crate::iface::vxi11::tests::peer::{Client, LONG, Peer, words};
use crate::status::{VI_ERROR_IO, VI_ERROR_RSRC_LOCKED, VI_ERROR_TMO};

#[test]
fn a_write_is_one_device_write_with_its_data_padded() {
    let peer = Peer::linked(|connection| {
        let request = connection.expect(11);
        let expected = b"\0\0\0\x07\0\0\x07\xD0\0\0\0\0\0\0\0\x08\0\0\0\x05*IDN?\0\0\0";
        assert_eq!(request.arguments, expected);
        connection.reply(request.xid, &words(&[0, 5]));
        let request = connection.expect(11);
        assert_eq!(request.word(3), 0, "no END unless asked for");
        connection.reply(request.xid, &words(&[0, 4]));
        connection.serve_until_closed();
    });
    let client = Client::open(peer.port);
    let written = client.link.write(b"*IDN?", &client.call(2000));
    assert_eq!((written.count, written.outcome), (5, Ok(())));
    let mut call = client.call(LONG);
    call.send_end = false;
    let written = client.link.write(b"*IDN", &call);
    assert_eq!((written.count, written.outcome), (4, Ok(())));
    drop(client);
    peer.join();
}

/// Writes `data` to a device with room for `max_recv`; the sizes and flags of the pieces it got.
fn pieces(max_recv: u32, data: &'static [u8]) -> Vec<(usize, u32)> {
    let (tell, told) = std::sync::mpsc::channel();
    let peer = Peer::linked_with(words(&[0, 7, 0, max_recv]), move |connection| {
        let mut all = Vec::new();
        while all.len() < data.len() {
            let request = connection.expect(11);
            let piece = request.data();
            tell.send((piece.len(), request.word(3))).unwrap();
            all.extend_from_slice(piece);
            connection.reply(request.xid, &words(&[0, piece.len() as u32]));
        }
        assert_eq!(all, data);
        connection.serve_until_closed();
    });
    let client = Client::open(peer.port);
    let written = client.write(data);
    assert_eq!((written.count, written.outcome), (data.len(), Ok(())));
    drop(client);
    peer.join();
    told.into_iter().collect()
}

#[test]
fn pieces_fit_the_device_and_only_the_last_has_end() {
    static DATA: [u8; 2500] = [b'x'; 2500];
    assert_eq!(pieces(1024, &DATA), [(1024, 0), (1024, 0), (452, 8)]);
    assert_eq!(pieces(0, &DATA), [(1024, 0), (1024, 0), (452, 8)], "0 is no room to divide by");
    assert_eq!(pieces(1250, &DATA), [(1250, 0), (1250, 8)], "no empty piece at the end");
    assert_eq!(pieces(u32::MAX, &DATA), [(2500, 8)]);
    assert_eq!(pieces(64, &DATA[..65]), [(64, 0), (1, 8)]);
}

#[test]
fn a_device_that_takes_less_gets_the_rest_again() {
    let peer = Peer::linked(|connection| {
        for (data, taken) in [(&b"abcdef"[..], 2), (b"cdef", 3), (b"f", 1)] {
            let request = connection.expect(11);
            assert_eq!((request.data(), request.word(3)), (data, 8));
            connection.reply(request.xid, &words(&[0, taken]));
        }
        connection.serve_until_closed();
    });
    let client = Client::open(peer.port);
    let written = client.write(b"abcdef");
    assert_eq!((written.count, written.outcome), (6, Ok(())));
    drop(client);
    peer.join();
}

#[test]
fn a_size_left_out_or_too_large_means_all_and_0_is_an_error() {
    let peer = Peer::linked(|connection| {
        for results in [&[0][..], &[0, 8], &[0, 0]] {
            let xid = connection.expect(11).xid;
            connection.reply(xid, &words(results));
        }
        connection.serve_until_closed();
    });
    let client = Client::open(peer.port);
    assert!(client.write(b"12345").outcome.is_ok(), "left out");
    assert_eq!(client.write(b"12345").count, 5, "padded size");
    let stuck = client.write(b"12345");
    assert_eq!((stuck.count, stuck.outcome.unwrap_err().code), (0, VI_ERROR_IO));
    drop(client);
    peer.join();
}

#[test]
fn an_empty_write_carries_end_or_does_nothing() {
    let peer = Peer::linked(|connection| {
        let request = connection.expect(11);
        assert_eq!((request.data(), request.word(3)), (&b""[..], 8));
        connection.reply(request.xid, &words(&[0, 0]));
        let request = connection.expect(14);
        connection.reply(request.xid, &words(&[0]));
        connection.serve_until_closed();
    });
    let client = Client::open(peer.port);
    assert!(client.write(b"").outcome.is_ok());
    let mut call = client.call(LONG);
    call.send_end = false;
    assert!(client.link.write(b"", &call).outcome.is_ok());
    client.link.trigger(&client.call(LONG)).unwrap();
    drop(client);
    peer.join();
}

#[test]
fn a_failed_write_counts_what_the_device_took() {
    let peer = Peer::linked_with(words(&[0, 7, 0, 4]), |connection| {
        for results in [&[0, 4][..], &[15, 3], &[11, 0]] {
            let xid = connection.expect(11).xid;
            connection.reply(xid, &words(results));
        }
        connection.serve_until_closed();
    });
    let client = Client::open(peer.port);
    let written = client.write(b"12345678");
    assert_eq!((written.count, written.outcome.unwrap_err().code), (7, VI_ERROR_TMO));
    let written = client.write(b"1");
    assert_eq!((written.count, written.outcome.unwrap_err().code), (0, VI_ERROR_RSRC_LOCKED));
    drop(client);
    peer.join();
}

#[test]
fn a_write_drops_what_was_kept_of_an_unread_reply() {
    let peer = Peer::linked(|connection| {
        for answer in [&b"one\ntwo"[..], b"three"] {
            let request = connection.expect(11);
            connection.reply(request.xid, &words(&[0, 2]));
            connection.answer_read(4, answer);
        }
        connection.serve_until_closed();
    });
    let client = Client::open(peer.port);
    let mut call = client.call(LONG);
    call.term_char = Some(b'\n');
    assert_eq!(client.write(b"A?").outcome, Ok(()));
    assert_eq!(client.read_with(99, &call).0, b"one\n");
    assert_eq!(client.write(b"B?").outcome, Ok(()));
    assert_eq!(client.read(99).0, b"three");
    drop(client);
    peer.join();
}
