#![forbid(unsafe_code)]
//! What ends a read (rules 6.1.1 to 6.1.5), and that nothing is lost between reads.

use crate::iface::Stop;
use crate::iface::vxi11::tests::peer::{Client, LONG, Peer, words};

const REQCNT: u32 = 1;
const CHR: u32 = 2;
const END: u32 = 4;

#[test]
fn a_read_is_one_device_read_with_count_timeout_and_flags() {
    let peer = Peer::linked(|connection| {
        let request = connection.answer_read(END, b"answer\n");
        assert_eq!(request.arguments.len(), 24);
        let sent: Vec<u32> = (0..6).map(|i| request.word(i)).collect();
        assert_eq!(sent, [7, 20480, 1234, 0, 0, 0], "no termination character: flags 0");
        let request = connection.answer_read(END, b"answer\n");
        let sent: Vec<u32> = (0..6).map(|i| request.word(i)).collect();
        assert_eq!(sent, [7, 100, u32::MAX, 0, 0x80, 10]);
        connection.serve_until_closed();
    });
    let client = Client::open(peer.port);
    assert_eq!(client.read_with(20480, &client.call(1234)), (b"answer\n".to_vec(), Ok(Stop::End)));
    let mut call = client.call(u32::MAX);
    call.term_char = Some(b'\n');
    let got = client.read_with(100, &call);
    assert_eq!(got, (b"answer\n".to_vec(), Ok(Stop::End)), "END wins over the character");
    drop(client);
    peer.join();
}

#[test]
fn end_wins_over_a_full_count_and_else_the_count_ends_the_read() {
    let peer = Peer::linked(|connection| {
        assert_eq!(connection.answer_read(REQCNT, b"0123").word(1), 4);
        assert_eq!(connection.answer_read(REQCNT | END, b"4567").word(1), 4);
        connection.serve_until_closed();
    });
    let client = Client::open(peer.port);
    assert_eq!(client.read(4), (b"0123".to_vec(), Ok(Stop::Count)));
    assert_eq!(client.read(4), (b"4567".to_vec(), Ok(Stop::End)));
    drop(client);
    peer.join();
}

#[test]
fn short_pieces_without_end_are_put_together_and_empty_ones_too() {
    let peer = Peer::linked(|connection| {
        let sizes = [
            connection.answer_read(0, b"ab").word(1),
            connection.answer_read(0, b"").word(1),
            connection.answer_read(0, b"c").word(1),
            connection.answer_read(END, b"").word(1),
        ];
        assert_eq!(sizes, [10, 8, 8, 7], "each asks for what remains");
        connection.serve_until_closed();
    });
    let client = Client::open(peer.port);
    assert_eq!(client.read(10), (b"abc".to_vec(), Ok(Stop::End)));
    drop(client);
    peer.join();
}

#[test]
fn suppressed_end_never_ends_a_read() {
    let peer = Peer::linked(|connection| {
        connection.answer_read(END, b"ab");
        connection.answer_read(END, b"cd");
        connection.answer_read(END | CHR, b"x\n");
        connection.serve_until_closed();
    });
    let client = Client::open(peer.port);
    let mut call = client.call(LONG);
    call.suppress_end = true;
    assert_eq!(client.read_with(4, &call), (b"abcd".to_vec(), Ok(Stop::Count)));
    call.term_char = Some(b'\n');
    assert_eq!(client.read_with(4, &call), (b"x\n".to_vec(), Ok(Stop::TermChar)));
    drop(client);
    peer.join();
}

#[test]
fn a_termination_character_reported_unasked_does_not_end_a_read() {
    let peer = Peer::linked(|connection| {
        connection.answer_read(CHR, b"ab\n");
        connection.answer_read(END | CHR, b"cd\n");
        connection.answer_read(CHR, b"ef");
        connection.answer_read(CHR, b"g\n");
        connection.serve_until_closed();
    });
    let client = Client::open(peer.port);
    assert_eq!(client.read(50), (b"ab\ncd\n".to_vec(), Ok(Stop::End)));
    // Nor does it when there was no such character in the data.
    let mut call = client.call(LONG);
    call.term_char = Some(b'\n');
    assert_eq!(client.read_with(50, &call), (b"efg\n".to_vec(), Ok(Stop::TermChar)));
    drop(client);
    peer.join();
}

#[test]
fn the_termination_character_wins_over_a_full_count() {
    let peer = Peer::linked(|connection| {
        connection.answer_read(REQCNT | CHR, b"abc\n");
        connection.serve_until_closed();
    });
    let client = Client::open(peer.port);
    let mut call = client.call(LONG);
    call.term_char = Some(b'\n');
    assert_eq!(client.read_with(4, &call), (b"abc\n".to_vec(), Ok(Stop::TermChar)));
    drop(client);
    peer.join();
}

#[test]
fn a_device_that_does_not_heed_the_termination_character_is_split_here() {
    let peer = Peer::linked(|connection| {
        connection.answer_read(END, b"1\n22\n333\n");
        // The next call comes only when all of that is read.
        connection.answer_read(END, b"next");
        connection.serve_until_closed();
    });
    let client = Client::open(peer.port);
    let mut call = client.call(LONG);
    call.term_char = Some(b'\n');
    assert_eq!(client.read_with(50, &call), (b"1\n".to_vec(), Ok(Stop::TermChar)));
    assert_eq!(client.read_with(2, &call), (b"22".to_vec(), Ok(Stop::Count)));
    assert_eq!(client.read_with(50, &call), (b"\n".to_vec(), Ok(Stop::TermChar)));
    assert_eq!(client.read_with(4, &call), (b"333\n".to_vec(), Ok(Stop::End)), "END is kept");
    assert_eq!(client.read_with(50, &call), (b"next".to_vec(), Ok(Stop::End)));
    drop(client);
    peer.join();
}

#[test]
fn what_was_kept_is_followed_by_more_of_the_same_message() {
    let peer = Peer::linked(|connection| {
        connection.answer_read(0, b"1\n23");
        assert_eq!(connection.answer_read(END, b"45").word(1), 8);
        connection.serve_until_closed();
    });
    let client = Client::open(peer.port);
    let mut call = client.call(LONG);
    call.term_char = Some(b'\n');
    assert_eq!(client.read_with(10, &call), (b"1\n".to_vec(), Ok(Stop::TermChar)));
    call.term_char = None;
    assert_eq!(client.read_with(10, &call), (b"2345".to_vec(), Ok(Stop::End)));
    drop(client);
    peer.join();
}

#[test]
fn more_than_was_asked_for_stays_for_the_next_read() {
    let long: Vec<u8> = (0..100_000).map(|i| (i % 251) as u8).collect();
    let sent = long.clone();
    let peer = Peer::linked(move |connection| {
        connection.answer_read(END, &sent);
        connection.answer_read(END, b"next");
        connection.serve_until_closed();
    });
    let client = Client::open(peer.port);
    assert_eq!(client.read(10), (long[..10].to_vec(), Ok(Stop::Count)));
    assert_eq!(client.read(90_000), (long[10..90_010].to_vec(), Ok(Stop::Count)));
    assert_eq!(client.read(90_000), (long[90_010..].to_vec(), Ok(Stop::End)));
    assert_eq!(client.read(10), (b"next".to_vec(), Ok(Stop::End)));
    drop(client);
    peer.join();
}

#[test]
fn a_few_bytes_too_many_do_not_hide_in_the_room_for_padding() {
    for size in [11_usize, 12, 13] {
        let sent: Vec<u8> = (0..size as u8).collect();
        let expected = sent.clone();
        let peer = Peer::linked(move |connection| {
            connection.answer_read(END, &sent);
            // Once more without padding, so that the size of the record does not give it away.
            let xid = connection.expect(12).xid;
            let results = [words(&[0, END, size as u32]), sent].concat();
            connection.reply(xid, &results);
            connection.serve_until_closed();
        });
        let client = Client::open(peer.port);
        for _ in 0..2 {
            assert_eq!(client.read(10), (expected[..10].to_vec(), Ok(Stop::Count)));
            assert_eq!(client.read(10), (expected[10..].to_vec(), Ok(Stop::End)));
        }
        drop(client);
        peer.join();
    }
}

#[test]
fn a_clear_drops_what_was_kept() {
    let peer = Peer::linked(|connection| {
        connection.answer_read(END, b"too much");
        let xid = connection.expect(15).xid;
        connection.reply(xid, &[0; 4]);
        connection.answer_read(END, b"fresh");
        connection.serve_until_closed();
    });
    let client = Client::open(peer.port);
    assert_eq!(client.read(3).0, b"too");
    client.link.clear(&client.call(LONG)).unwrap();
    assert_eq!(client.read(10), (b"fresh".to_vec(), Ok(Stop::End)));
    drop(client);
    peer.join();
}

#[test]
fn one_byte_at_a_time_brings_the_same_bytes() {
    let message = b"the quick brown fox\n";
    let peer = Peer::linked(|connection| {
        for (i, byte) in message.iter().enumerate() {
            let end = if i + 1 == message.len() { END } else { 0 };
            assert_eq!(connection.answer_read(REQCNT | end, &[*byte]).word(1), 1);
        }
        connection.serve_until_closed();
    });
    let client = Client::open(peer.port);
    for (i, byte) in message.iter().enumerate() {
        let stop = if i + 1 == message.len() { Stop::End } else { Stop::Count };
        assert_eq!(client.read(1), (vec![*byte], Ok(stop)));
    }
    drop(client);
    peer.join();
}

#[test]
fn dropped_input_is_what_was_kept_and_costs_no_call() {
    let peer = Peer::linked(|connection| {
        connection.answer_read(END, b"too much");
        connection.answer_read(END, b"fresh");
        connection.serve_until_closed();
    });
    let client = Client::open(peer.port);
    assert_eq!(client.read(3).0, b"too");
    client.link.discard_input(&client.call(LONG)).unwrap();
    assert_eq!(client.read(10), (b"fresh".to_vec(), Ok(Stop::End)));
    drop(client);
    peer.join();
}
