//! VXI-11, procedure by procedure (VXI-11 B.6).

use std::io::Read;
use std::io::Write;
use std::net::TcpListener;
use std::net::UdpSocket;
use std::time::Duration;
use std::time::Instant;

use super::PATIENCE;
use super::connect;
use super::eventually;
use super::start;
use super::start_with;
use super::vxi11::Client;
use super::vxi11::Got;
use super::vxi11::opaque;
use super::vxi11::words;
use crate::sim::pattern;

/// Every byte of the first call and its reply, without the helpers' help.
#[test]
fn create_link_on_the_wire() {
    let instrument = start_with(|config| config.max_receive = 0x1234);
    let mut stream = connect(instrument.vxi11_port());
    let call = b"\x80\0\0\x40\0\0\0\x2A\0\0\0\0\0\0\0\x02\0\x06\x07\xAF\0\0\0\x01\0\0\0\x0A\
        \0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\x05inst0\0\0\0";
    stream.write_all(call).unwrap();
    let mut reply = [0; 44];
    stream.read_exact(&mut reply).unwrap();
    assert_eq!(
        &reply[..32],
        b"\x80\0\0\x28\0\0\0\x2A\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
    );
    assert_eq!(&reply[40..], b"\0\0\x12\x34");
    assert_eq!(&reply[36..38], b"\0\0", "abort port has 16 bits");
    assert_ne!(&reply[38..40], b"\0\0");
}

#[test]
fn device_names() {
    let instrument = start();
    let mut client = Client::core(&instrument);
    for name in ["inst0", "INST7"] {
        assert_eq!(client.create(name, 0, 0)[0], 0, "{name}");
    }
    for name in ["", "inst", "inst0x", "gpib0,5", "hislip0"] {
        assert_eq!(client.create(name, 0, 0), [3, 0, 0, 0], "{name}");
    }
    assert_eq!(instrument.counters().links, 2);
}

/// Pieces of a response say why they end: count 1, character 2, END 4 (B.6.4).
#[test]
fn reasons() {
    let instrument = start();
    let mut client = Client::core(&instrument);
    let link = client.link();
    let got = |reason, data: &str| Got { error: 0, reason, data: data.as_bytes().to_vec() };
    client.write(link, "ECHO abcdef");
    assert_eq!(client.read_with(link, [2, 1000, 0, 0, 0]), got(1, "ab"));
    assert_eq!(client.read_with(link, [100, 1000, 0, 0x80, u32::from(b'd')]), got(2, "cd"));
    // The character counts only with its flag.
    assert_eq!(client.read_with(link, [3, 1000, 0, 0, u32::from(b'e')]), got(5, "ef\n"));
    client.write(link, "ECHO ab");
    assert_eq!(client.read_with(link, [3, 1000, 0, 0x80, 10]), got(7, "ab\n"));
    // A message may be written in pieces; only the last has END.
    assert_eq!(client.write_flags(link, b"ECHO a", 0), (0, 6));
    assert_eq!(client.write_flags(link, b"b", 8), (0, 1));
    assert_eq!(client.read(link), got(4, "ab\n"));
}

/// Error 15 when io_timeout has passed, and not before (B.5.4); -420 for asking too early.
#[test]
fn io_timeout() {
    let instrument = start();
    let mut client = Client::core(&instrument);
    let link = client.link();
    for timeout in [0, 120] {
        let began = Instant::now();
        let got = client.read_with(link, [10, timeout, 0, 0, 0]);
        assert_eq!(got, Got { error: 15, reason: 0, data: Vec::new() });
        assert!(began.elapsed() >= Duration::from_millis(timeout.into()));
    }
    assert_eq!(client.ask(link, "SYST:ERR?"), "-420,\"Query UNTERMINATED\"\n");

    client.write(link, "*CLS;:SYST:DELAY 200;:ECHO late");
    assert_eq!(client.read_with(link, [10, 20, 0, 0, 0]).error, 15);
    assert_eq!(client.status(link), (0, 0), "not available yet");
    assert_eq!(client.read(link).data, b"late\n");
    assert_eq!(client.ask(link, "SYST:ERR?"), "0,\"No error\"\n");
}

/// IEEE 488.2 6.3.2.3: a new message drops the unread response.
#[test]
fn interrupted() {
    let instrument = start();
    let mut client = Client::core(&instrument);
    let link = client.link();
    client.write(link, "ECHO old");
    assert_eq!(client.status(link), (0, 0x10));
    assert_eq!(client.ask(link, "ECHO new"), "new\n");
    assert_eq!(client.status(link), (0, 0x04));
    assert_eq!(client.ask(link, "SYST:ERR?;ERR?"), "-410,\"Query INTERRUPTED\";0,\"No error\"\n");
}

/// device_abort ends the read that waits, and only that (B.4.3).
#[test]
fn abort() {
    let instrument = start();
    let mut client = Client::core(&instrument);
    let [_, link, port, _] = client.create("inst0", 0, 0);
    let mut aborter = Client::abort(port);
    assert_eq!(aborter.words(1, &[link]), [0], "nothing to abort");
    assert_eq!(aborter.words(1, &[link + 1]), [4], "no such link");
    client.send(12, &words(&[link, 10, 3_600_000, 0, 0, 0]));
    // The read begins in its own time: an abort before that has no effect.
    while instrument.counters().aborts == 0 {
        assert_eq!(aborter.words(1, &[link]), [0]);
    }
    assert_eq!(Got::decode(&client.results()).error, 23);
    assert_eq!(client.ask(link, "*OPC?"), "1\n");
}

#[test]
fn clear_trigger_remote_local() {
    let instrument = start();
    let mut client = Client::core(&instrument);
    let link = client.link();
    client.write(link, "ECHO unread");
    assert_eq!(client.write_flags(link, b"ECHO half", 0), (0, 9));
    assert_eq!(client.generic(15, link), 0);
    assert_eq!(client.status(link).1 & 0x10, 0);
    assert_eq!(client.ask(link, "*OPC?"), "1\n");
    assert_eq!(client.generic(14, link), 0);
    assert_eq!(client.ask(link, "TRIG:COUN?"), "1\n");
    assert_eq!(client.generic(16, link), 0);
    assert!(instrument.counters().remote);
    assert_eq!(client.generic(17, link), 0);
    let seen = instrument.counters();
    assert_eq!((seen.remote, seen.clears, seen.triggers), (false, 1, 1));
}

/// One holder; others get error 11, at once or after lock_timeout; no nesting (B.6.12).
#[test]
fn locks() {
    let instrument = start();
    let mut client = Client::core(&instrument);
    let (a, b) = (client.link(), client.link());
    assert_eq!(client.words(19, &[a]), [12]);
    assert_eq!(client.words(18, &[a, 0, 0]), [0]);
    assert_eq!(client.words(18, &[a, 0, 0]), [11], "the holder too");
    assert_eq!(client.ask(a, "*OPC?"), "1\n");
    assert_eq!(client.write_flags(b, b"*OPC?", 8), (11, 0));
    assert_eq!(client.read(b).error, 11);
    assert_eq!(client.status(b).0, 11);
    assert_eq!(client.generic(14, b), 11);
    assert_eq!(client.create("inst0", 1, 0)[0], 11);
    let began = Instant::now();
    assert_eq!(client.words(18, &[b, 1, 100]), [11]);
    assert!(began.elapsed() >= Duration::from_millis(100));
    assert_eq!(client.words(19, &[a]), [0]);
    assert_eq!(client.words(18, &[b, 0, 0]), [0]);
    assert_eq!(client.words(23, &[b]), [0]);
    assert_eq!(client.create("inst0", 1, 0)[0], 0, "freed with its link");
}

/// A lock is granted to who waits for it as soon as the holder's connection breaks (B.6.77).
#[test]
fn a_broken_connection_frees_its_lock() {
    let instrument = start();
    let mut holder = Client::core(&instrument);
    assert_eq!(holder.create("inst0", 1, 0)[0], 0);
    let mut waiter = Client::core(&instrument);
    let link = waiter.link();
    waiter.send(18, &words(&[link, 1, 3_600_000]));
    drop(holder);
    assert_eq!(waiter.results(), [0; 4]);
}

/// So does one that breaks while its own call waits for a response.
#[test]
fn a_client_may_go_while_it_waits() {
    let instrument = start();
    let mut client = Client::core(&instrument);
    let [_, link, ..] = client.create("inst0", 1, 0);
    client.send(12, &words(&[link, 10, 3_600_000, 0, 0, 0]));
    eventually(&instrument, |seen| seen.exclusive_lock);
    drop(client);
    eventually(&instrument, |seen| seen.links == 0 && !seen.exclusive_lock);
}

#[test]
fn bulk_data() {
    let instrument = start_with(|config| config.max_receive = 4096);
    let mut client = Client::core(&instrument);
    let link = client.link();
    client.write(link, "DATA:BLOCK? 5000000");
    let mut block = Vec::new();
    loop {
        // A server may give less than asked for, with no reason at all.
        let got = client.read_with(link, [u32::MAX, 10_000, 0, 0, 0]);
        assert_eq!(got.error, 0);
        block.extend(got.data);
        if got.reason & 4 != 0 {
            break;
        }
    }
    assert_eq!(block.len(), 9 + 5_000_000 + 1);
    let data = &block[9..block.len() - 1];
    assert!(data.iter().enumerate().all(|(i, byte)| *byte == pattern(i as u64)));

    assert_eq!(client.write_flags(link, &[b' '; 4097], 0), (5, 0), "larger than maxRecvSize");
    assert_eq!(client.write_flags(link, b"DATA:LOAD #6200000", 0), (0, 18));
    for piece in data[..200_000].chunks(4096) {
        let last = piece.len() < 4096;
        assert_eq!(client.write_flags(link, piece, if last { 8 } else { 0 }).0, 0);
    }
    let report = client.ask(link, "DATA:LOAD?");
    assert!(report.starts_with("200000,") && report.ends_with(",1\n"), "{report}");
}

/// Calls that are not for this server, or not understood (RFC 5531 9).
#[test]
fn refusals() {
    let instrument = start();
    let mut client = Client::core(&instrument);
    let link = client.link();
    assert_eq!(client.call(0, &[]), []);
    for (procedure, args) in [(99, &[][..]), (21, &[]), (24, &[])] {
        client.send(procedure, args);
        assert_eq!(client.reply(), words(&[3]), "procedure {procedure}");
    }
    client.send(11, &words(&[link, 0, 0, 8, 1000, 0x4142_4344]));
    assert_eq!(client.reply(), words(&[4]), "a length that lies");
    assert_eq!(client.generic(13, link + 1), 4);
    assert_eq!(client.words(23, &[link + 1]), [4]);
    let mut docmd = words(&[link, 0, 1000, 0, 0x2_0000, 1, 1]);
    docmd.extend(opaque(b"x"));
    assert_eq!(client.call(22, &docmd), words(&[8, 0]));
    // A record too long to be a call ends the connection and its links.
    client.stream.write_all(&[0xFF; 4]).unwrap();
    assert_eq!(client.stream.read(&mut [0]).unwrap_or(0), 0);
    eventually(&instrument, |seen| seen.links == 0);
}

/// Links are used by the connection that created them.
#[test]
fn links_belong_to_their_connection() {
    let instrument = start();
    let mut owner = Client::core(&instrument);
    let link = owner.link();
    let mut other = Client::core(&instrument);
    assert_eq!(other.write_flags(link, b"*OPC?", 8), (4, 0));
    assert_eq!(other.words(23, &[link]), [4]);
    drop(owner);
    eventually(&instrument, |seen| seen.links == 0);
}

/// device_intr_srq carries the handle, over a connection the instrument makes (B.6.14, B.4.5).
#[test]
fn service_requests_over_tcp() {
    let instrument = start();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = u32::from(listener.local_addr().unwrap().port());
    let mut client = Client::core(&instrument);
    let link = client.link();
    let channel = [0x7F00_0001, port, 0x0607B1, 1, 0];
    assert_eq!(client.words(26, &[]), [6]);
    assert_eq!(client.words(25, &channel), [0]);
    assert_eq!(client.words(25, &channel), [29]);
    let (mut incoming, _) = listener.accept().unwrap();
    incoming.set_read_timeout(Some(PATIENCE)).unwrap();
    let enable = |on: u32| [words(&[link, on]), opaque(b"handle")].concat();
    assert_eq!(client.call(20, &enable(1)), [0; 4]);
    client.write(link, "*CLS;*SRE 4;NOSUCH");
    let mut call = [0; 56];
    incoming.read_exact(&mut call).unwrap();
    let mut expected = words(&[0x8000_0034, 1, 0, 2, 0x0607B1, 1, 30, 0, 0, 0, 0]);
    expected.extend(opaque(b"handle"));
    assert_eq!(call[..], expected);
    assert_eq!(client.status(link), (0, 0x44));

    assert_eq!(client.call(20, &enable(0)), [0; 4]);
    client.write(link, "*CLS;NOSUCH");
    assert_eq!(client.status(link), (0, 0x44), "requested, but nobody is called");
    assert_eq!(instrument.counters().service_requests, 1);
    assert_eq!(client.words(26, &[]), [0]);
    assert_eq!(incoming.read(&mut [0]).unwrap(), 0);
}

/// The same by datagram, without a record mark.
#[test]
fn service_requests_over_udp() {
    let instrument = start();
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    let port = u32::from(socket.local_addr().unwrap().port());
    let mut client = Client::core(&instrument);
    let link = client.link();
    // Enabled before there is a channel: in force as soon as there is one.
    assert_eq!(client.call(20, &[words(&[link, 1]), opaque(b"h")].concat()), [0; 4]);
    assert_eq!(client.words(25, &[0x7F00_0001, port, 0x0607B1, 1, 1]), [0]);
    client.write(link, "*SRE 16;:ECHO x");
    let mut call = [0; 100];
    let count = socket.recv(&mut call).unwrap();
    assert_eq!(count, 48);
    assert_eq!(call[40..48], *b"\0\0\0\x01h\0\0\0");
    assert_eq!(client.status(link), (0, 0x50));
}
