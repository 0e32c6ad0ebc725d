#![forbid(unsafe_code)]
//! Service requests: what the device is told, and what counts of what it says.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use crate::iface::vxi11::tests::peer::{
    Client, Connection, LONG, Peer, Request, read_results, record, words,
};
use crate::iface::{Report, Sink};
use crate::os::Deadline;
use crate::os::alone;
use crate::sim::{Config, Instrument};
use crate::status::{Result, VI_ERROR_CONN_LOST, VI_ERROR_IO, VI_ERROR_NSUP_OPER};

const ENABLE: u32 = 20;
const CREATE: u32 = 25;
const DESTROY: u32 = 26;

/// So long that only a hanging test notices.
const PATIENCE: Duration = Duration::from_secs(20);

fn sink() -> (Sink, mpsc::Receiver<Report>) {
    let (sender, receiver) = mpsc::channel();
    let sink = move |signal| {
        // A test may have ended with a signal on its way.
        let _ = sender.send(signal);
    };
    (Arc::new(sink), receiver)
}

fn watch(client: &Client, sink: Option<Sink>) -> Result {
    client.link.watch(sink, &client.call(LONG).wait)
}

/// What create_intr_chan says of the port, after the address and the rest have been checked.
fn port_of(request: &Request) -> u16 {
    let expected = [0x7F00_0001, request.word(1), 0x0607B1, 1, 0];
    assert_eq!(request.arguments, words(&expected), "address, port, program, version, TCP");
    request.word(1) as u16
}

/// The handle in device_enable_srq for link 7.
fn handle_of(request: &Request, enable: bool) -> Vec<u8> {
    let head = words(&[7, enable.into(), 40]);
    assert_eq!(request.arguments[..12], head, "link, whether, length");
    assert_eq!(request.arguments.len(), 52);
    request.arguments[12..].to_vec()
}

fn connect(port: u16) -> TcpStream {
    let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_nodelay(true).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// A device_intr_srq without its mark.
fn call(handle: &[u8]) -> Vec<u8> {
    let head = words(&[77, 0, 2, 0x0607B1, 1, 30, 0, 0, 0, 0, handle.len() as u32]);
    [&head, handle].concat()
}

/// Answers the calls that begin to watch: the interrupt connection and the handle.
fn accept_watch(connection: &mut Connection) -> (TcpStream, Vec<u8>) {
    let request = connection.expect(CREATE);
    let line = connect(port_of(&request));
    connection.reply(request.xid, &words(&[0]));
    let request = connection.expect(ENABLE);
    connection.reply(request.xid, &words(&[0]));
    (line, handle_of(&request, true))
}

/// Answers the calls that end it.
fn accept_unwatch(connection: &mut Connection, handle: &[u8]) {
    let request = connection.expect(ENABLE);
    assert_eq!(handle_of(&request, false), handle, "the same handle, not an empty one");
    connection.reply(request.xid, &words(&[0]));
    let request = connection.expect(DESTROY);
    assert_eq!(request.arguments, b"");
    connection.reply(request.xid, &words(&[0]));
}

fn expect_closed(line: &mut TcpStream) {
    // With what is unread on the other side the end may come as a reset.
    let mut rest = Vec::new();
    if let Err(error) = line.read_to_end(&mut rest) {
        assert_eq!(error.kind(), ErrorKind::ConnectionReset, "{error}");
    }
    assert!(rest.is_empty(), "device_intr_srq is one-way: {rest:?}");
}

#[test]
fn a_request_is_reported_and_not_answered() {
    let peer = Peer::linked(|connection| {
        let (mut line, handle) = accept_watch(connection);
        assert!(handle.iter().any(|byte| *byte != handle[0]), "random");
        for _ in 0..2 {
            line.write_all(&record(&call(&handle))).unwrap();
        }
        accept_unwatch(connection, &handle);
        expect_closed(&mut line);
        connection.serve_until_closed();
    });
    let client = Client::open(peer.port);
    let (sink, signals) = sink();
    watch(&client, Some(sink)).unwrap();
    for _ in 0..2 {
        assert_eq!(signals.recv_timeout(PATIENCE), Ok(Report::Plain));
    }
    watch(&client, None).unwrap();
    assert!(signals.recv().is_err(), "no more, and the sink has been dropped");
    watch(&client, None).unwrap();
    drop(client);
    peer.join();
}

#[test]
fn fragments_and_dribbles_and_long_claims_are_understood() {
    let peer = Peer::linked(|connection| {
        let (mut line, handle) = accept_watch(connection);
        let call = call(&handle);
        for byte in record(&call) {
            line.write_all(&[byte]).unwrap();
        }
        let (head, tail) = call.split_at(50);
        let parts = [&words(&[50]), head, &words(&[1 << 31 | tail.len() as u32]), tail].concat();
        line.write_all(&parts).unwrap();
        // A mark that claims four bytes that never come, twice, then a right one.
        for more in [4, 4, 0] {
            let mark = words(&[1 << 31 | (call.len() as u32 + more)]);
            line.write_all(&[mark, call.clone()].concat()).unwrap();
        }
        connection.serve_until_closed();
    });
    let client = Client::open(peer.port);
    let (sink, signals) = sink();
    watch(&client, Some(sink)).unwrap();
    for i in 0..5 {
        assert_eq!(signals.recv_timeout(PATIENCE), Ok(Report::Plain), "{i}");
    }
    client.link.close(Deadline::Never);
    assert!(signals.recv().is_err());
    drop(client);
    peer.join();
}

#[test]
fn each_link_gets_its_own_and_strangers_get_nothing() {
    let (give, lines) = mpsc::channel();
    let device = || {
        let give = give.clone();
        Peer::linked(move |connection| {
            give.send(accept_watch(connection)).unwrap();
            connection.serve_until_closed();
        })
    };
    let (one, two) = (device(), device());
    let (client_one, client_two) = (Client::open(one.port), Client::open(two.port));
    let ((sink_one, signals_one), (sink_two, signals_two)) = (sink(), sink());
    watch(&client_one, Some(sink_one)).unwrap();
    let (mut line_one, handle_one) = lines.recv().unwrap();
    watch(&client_two, Some(sink_two)).unwrap();
    let (mut line_two, handle_two) = lines.recv().unwrap();
    assert_ne!(handle_one, handle_two);
    assert_eq!(line_one.peer_addr().unwrap(), line_two.peer_addr().unwrap(), "one listener");

    // Wrong handles, one of them short, and another program, before the right one.
    let mut wrong = handle_two.clone();
    wrong[39] ^= 1;
    let mut other_program = call(&handle_two);
    other_program[15] ^= 1;
    let calls = [call(&wrong), call(b""), call(&handle_two[..39]), other_program];
    for call in calls {
        line_two.write_all(&record(&call)).unwrap();
    }
    line_two.write_all(&record(&call(&handle_two))).unwrap();
    assert_eq!(signals_two.recv_timeout(PATIENCE), Ok(Report::Plain));
    assert!(signals_one.try_recv().is_err() && signals_two.try_recv().is_err());

    // It is the handle that counts, not the connection (B.6.14).
    line_two.write_all(&record(&call(&handle_one))).unwrap();
    assert_eq!(signals_one.recv_timeout(PATIENCE), Ok(Report::Plain));
    line_one.write_all(&record(&call(&handle_one))).unwrap();
    assert_eq!(signals_one.recv_timeout(PATIENCE), Ok(Report::Plain));

    // The end of one does not touch the other.
    watch(&client_one, None).unwrap();
    line_two.write_all(&record(&call(&handle_one))).unwrap();
    line_two.write_all(&record(&call(&handle_two))).unwrap();
    assert_eq!(signals_two.recv_timeout(PATIENCE), Ok(Report::Plain));
    assert!(signals_one.recv().is_err());
    drop((client_one, client_two));
    one.join();
    two.join();
}

/// Alone, for the thread that listens is the process's: connections of other tests that have not
/// reported anything yet would have to make room.
#[test]
fn garbage_and_a_crowd_do_not_keep_a_request_out() {
    alone::run(module_path!(), "crowd");
}

#[test]
#[ignore = "run by the one above"]
fn crowd() {
    let (give, lines) = mpsc::channel();
    let peer = Peer::linked(move |connection| {
        give.send(accept_watch(connection)).unwrap();
        connection.serve_until_closed();
    });
    let client = Client::open(peer.port);
    let (sink, signals) = sink();
    watch(&client, Some(sink)).unwrap();
    let (mut line, handle) = lines.recv().unwrap();
    line.write_all(&record(&call(&handle))).unwrap();
    signals.recv_timeout(PATIENCE).unwrap();
    let port = line.peer_addr().unwrap().port();
    let mut loris: Vec<_> = (0..100).map(|_| connect(port)).collect();
    for stream in &mut loris {
        // Half a mark. Most have been dropped to make room for the next.
        let _ = stream.write_all(&[0x80, 0]);
    }
    let mut garbage = connect(port);
    garbage.write_all(&[0xFF; 64]).unwrap();
    expect_closed(&mut garbage);
    expect_closed(&mut loris[0]);
    line.write_all(&record(&call(&handle))).unwrap();
    signals.recv_timeout(PATIENCE).unwrap();
    // A device that comes again is heard as well.
    let mut again = connect(port);
    again.write_all(&record(&call(&handle))).unwrap();
    signals.recv_timeout(PATIENCE).unwrap();
    drop(client);
    peer.join();
}

#[test]
fn a_device_that_cannot_says_so_and_can_still_be_used() {
    let none = |connection: &mut Connection, results: &[u8]| {
        let request = connection.expect(CREATE);
        connection.reply(request.xid, results);
    };
    let peer = Peer::linked(move |connection| {
        none(connection, &words(&[8]));
        none(connection, &words(&[6]));
        // No such procedure.
        let request = connection.expect(CREATE);
        connection.send(&record(&words(&[request.xid, 1, 0, 0, 0, 3])));
        // A channel, but no requests: then the channel goes again.
        let request = connection.expect(CREATE);
        connection.reply(request.xid, &words(&[0]));
        let request = connection.expect(ENABLE);
        connection.reply(request.xid, &words(&[8]));
        let request = connection.expect(DESTROY);
        connection.reply(request.xid, &words(&[0]));
        connection.answer_read(4, b"alive");
        let request = connection.expect(23);
        connection.reply(request.xid, &words(&[0]));
    });
    let client = Client::open(peer.port);
    for expected in [VI_ERROR_NSUP_OPER, VI_ERROR_IO, VI_ERROR_NSUP_OPER, VI_ERROR_NSUP_OPER] {
        let (sink, signals) = sink();
        assert_eq!(watch(&client, Some(sink)).unwrap_err().code, expected);
        assert!(signals.recv().is_err(), "the sink is dropped");
    }
    assert_eq!(client.read(10).0, b"alive");
    client.link.close(Deadline::Never);
    drop(client);
    peer.join();
}

#[test]
fn an_established_channel_serves_and_is_left_alone() {
    let peer = Peer::linked(|connection| {
        let request = connection.expect(CREATE);
        let mut line = connect(port_of(&request));
        connection.reply(request.xid, &words(&[29]));
        let request = connection.expect(ENABLE);
        connection.reply(request.xid, &words(&[0]));
        line.write_all(&record(&call(&handle_of(&request, true)))).unwrap();
        let request = connection.expect(ENABLE);
        connection.reply(request.xid, &words(&[0]));
        let request = connection.expect(23);
        connection.reply(request.xid, &words(&[0]));
    });
    let client = Client::open(peer.port);
    let (sink, signals) = sink();
    watch(&client, Some(sink)).unwrap();
    signals.recv_timeout(PATIENCE).unwrap();
    client.link.close(Deadline::Never);
    drop(client);
    peer.join();
}

#[test]
fn a_request_comes_while_the_core_channel_is_busy() {
    let (seen, was_seen) = mpsc::channel();
    let peer = Peer::linked(move |connection| {
        let (mut line, handle) = accept_watch(connection);
        let read = connection.expect(12);
        line.write_all(&record(&call(&handle))).unwrap();
        was_seen.recv().unwrap();
        connection.reply(read.xid, &read_results(0, 4, b"late"));
        connection.serve_until_closed();
    });
    let client = Client::open(peer.port);
    let (sink, signals) = sink();
    watch(&client, Some(sink)).unwrap();
    std::thread::scope(|scope| {
        let reader = scope.spawn(|| client.read(10));
        signals.recv_timeout(PATIENCE).unwrap();
        seen.send(()).unwrap();
        assert_eq!(reader.join().unwrap().0, b"late");
    });
    drop(client);
    peer.join();
}

#[test]
fn the_sink_is_not_called_after_watching_ended_although_the_device_cannot_be_told() {
    let (give, lines) = mpsc::channel();
    let peer = Peer::linked(move |connection| {
        let line = accept_watch(connection);
        connection.close();
        give.send(line).unwrap();
    });
    let client = Client::open(peer.port);
    let (sink, signals) = sink();
    watch(&client, Some(sink)).unwrap();
    let (mut line, handle) = lines.recv().unwrap();
    line.write_all(&record(&call(&handle))).unwrap();
    signals.recv_timeout(PATIENCE).unwrap();
    assert_eq!(watch(&client, None).unwrap_err().code, VI_ERROR_CONN_LOST);
    assert!(signals.recv().is_err(), "the sink is gone");
    drop(client);
    peer.join();
}

#[test]
fn the_end_of_watching_waits_for_a_sink_that_runs() {
    let (give, lines) = mpsc::channel();
    let peer = Peer::linked(move |connection| {
        give.send(accept_watch(connection)).unwrap();
        connection.serve_until_closed();
    });
    let client = Client::open(peer.port);
    let (entered, is_in) = mpsc::channel();
    let done = Arc::new(AtomicBool::new(false));
    let sink: Sink = {
        let done = done.clone();
        Arc::new(move |_| {
            entered.send(()).unwrap();
            std::thread::sleep(Duration::from_millis(50));
            done.store(true, Ordering::SeqCst);
        })
    };
    watch(&client, Some(sink)).unwrap();
    let (mut line, handle) = lines.recv().unwrap();
    line.write_all(&record(&call(&handle))).unwrap();
    is_in.recv().unwrap();
    watch(&client, None).unwrap();
    assert!(done.load(Ordering::SeqCst));
    drop(client);
    peer.join();
}

fn instrument() -> Instrument {
    let config = Config { socket: None, hislip: None, ..Config::default() };
    Instrument::start(config).unwrap()
}

#[test]
fn the_simulated_instrument_requests_service_again_and_again() {
    let instrument = instrument();
    let client = Client::open(instrument.vxi11_port().unwrap());
    for _ in 0..3 {
        let (sink, signals) = sink();
        watch(&client, Some(sink)).unwrap();
        assert!(client.write(b"*CLS;*ESE 1;*SRE 32\n").outcome.is_ok());
        for _ in 0..2 {
            assert!(client.write(b"*OPC\n").outcome.is_ok());
            assert_eq!(signals.recv_timeout(PATIENCE), Ok(Report::Plain));
            // The poll takes the request back, the query what caused it.
            assert_eq!(client.link.read_stb(&client.call(LONG)).unwrap() & 0x60, 0x60);
            assert!(client.write(b"*ESR?\n").outcome.is_ok());
            client.read(10).1.unwrap();
        }
        watch(&client, None).unwrap();
        assert!(signals.recv().is_err());
    }
    client.link.close(Deadline::Never);
}

#[test]
fn the_message_that_waits_requests_service_on_each_link_of_its_own() {
    let instrument = instrument();
    let clients = [0, 1].map(|_| Client::open(instrument.vxi11_port().unwrap()));
    let sinks = [0, 1].map(|_| sink());
    for (client, (sink, _)) in clients.iter().zip(&sinks) {
        watch(client, Some(sink.clone())).unwrap();
        assert!(client.write(b"*SRE 16\n").outcome.is_ok());
    }
    assert!(clients[0].write(b"*IDN?\n").outcome.is_ok());
    sinks[0].1.recv_timeout(PATIENCE).unwrap();
    assert!(sinks[1].1.try_recv().is_err());
    clients[0].read(100).1.unwrap();
    assert!(clients[1].write(b"*IDN?\n").outcome.is_ok());
    sinks[1].1.recv_timeout(PATIENCE).unwrap();
    assert!(sinks[0].1.try_recv().is_err());
}
