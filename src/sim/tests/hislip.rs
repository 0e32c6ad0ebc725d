//! HiSLIP by hand (IVI-6.1).

use std::io::ErrorKind;
use std::io::Read;
use std::io::Write;
use std::net::TcpStream;
use std::time::Duration;
use std::time::Instant;

use super::PATIENCE;
use super::connect;
use super::eventually;
use super::start;
use super::start_with;
use crate::sim::Instrument;
use crate::sim::pattern;

const FIRST: u32 = 0xFFFF_FF00;

/// Type, control code, parameter, payload.
type Message = (u8, u8, u32, Vec<u8>);

fn send(mut stream: &TcpStream, kind: u8, control: u8, parameter: u32, payload: &[u8]) {
    let mut message = vec![b'H', b'S', kind, control];
    message.extend(parameter.to_be_bytes());
    message.extend((payload.len() as u64).to_be_bytes());
    message.extend(payload);
    stream.write_all(&message).unwrap();
}

fn receive(mut stream: &TcpStream) -> Message {
    let mut header = [0; 16];
    stream.read_exact(&mut header).unwrap();
    assert_eq!(&header[..2], b"HS");
    let parameter = u32::from_be_bytes(header[4..8].try_into().unwrap());
    let length = u64::from_be_bytes(header[8..].try_into().unwrap());
    let mut payload = vec![0; length as usize];
    stream.read_exact(&mut payload).unwrap();
    (header[2], header[3], parameter, payload)
}

/// Whether the connection ends, after whatever may still come.
fn ended(mut stream: &TcpStream) -> bool {
    match stream.read_to_end(&mut Vec::new()) {
        Ok(_) => true,
        Err(error) => error.kind() == ErrorKind::ConnectionReset,
    }
}

/// A session, with the id of the next message.
struct Client {
    data: TcpStream,
    control: TcpStream,
    id: u32,
    prefers_overlap: bool,
}

impl Client {
    fn new(instrument: &Instrument) -> Self {
        let data = connect(instrument.hislip_port());
        send(&data, 0, 0, 0x0100_5858, b"hislip0");
        let (kind, control, parameter, _) = receive(&data);
        assert_eq!((kind, parameter >> 16), (1, 0x0100));
        let asynchronous = connect(instrument.hislip_port());
        send(&asynchronous, 17, 0, parameter & 0xFFFF, b"");
        assert_eq!(receive(&asynchronous), (18, 0, 0x4656, Vec::new()));
        Self { data, control: asynchronous, id: FIRST, prefers_overlap: control & 1 == 1 }
    }

    /// Sends a whole message; its id.
    fn write(&mut self, text: &str, delivered: u8) -> u32 {
        send(&self.data, 7, delivered, self.id, text.as_bytes());
        self.id = self.id.wrapping_add(2);
        self.id.wrapping_sub(2)
    }

    fn read(&self) -> Message {
        receive(&self.data)
    }

    /// A query in synchronized mode, after the response before it was read.
    fn ask(&mut self, text: &str) -> String {
        let id = self.write(text, 1);
        let (kind, control, parameter, payload) = self.read();
        assert_eq!((kind, control, parameter), (7, 0, id), "{text}");
        String::from_utf8(payload).unwrap()
    }

    /// A request on the asynchronous channel and the message that answers it.
    fn request(&self, kind: u8, control: u8, parameter: u32, payload: &[u8]) -> Message {
        send(&self.control, kind, control, parameter, payload);
        receive(&self.control)
    }

    fn status(&self, delivered: u8) -> u8 {
        let (kind, status, ..) = self.request(21, delivered, self.id.wrapping_sub(2), b"");
        assert_eq!(kind, 22);
        status
    }

    /// Device clear: what the synchronous channel still brought, and the mode granted.
    fn clear(&mut self, overlap: u8) -> (Vec<Message>, u8) {
        let (kind, ..) = self.request(19, 0, 0, b"");
        assert_eq!(kind, 23);
        send(&self.data, 8, overlap, 0, b"");
        let mut stale = Vec::new();
        loop {
            let message = self.read();
            if message.0 == 9 {
                self.id = FIRST;
                return (stale, message.1);
            }
            stale.push(message);
        }
    }
}

/// Versions: the lower of both (6.1).
#[test]
fn initialization() {
    let instrument = start();
    for (offered, agreed) in [(0x0100, 0x0100), (0x0101, 0x0101), (0x0200, 0x0101)] {
        let stream = connect(instrument.hislip_port());
        send(&stream, 0, 0, offered << 16 | 0x5858, b"hislip0");
        let (kind, control, parameter, payload) = receive(&stream);
        assert_eq!((kind, control, parameter >> 16), (1, 0, agreed));
        assert_ne!(parameter & 0xFFFF, 0);
        assert_eq!(payload, b"");
    }
    eventually(&instrument, |seen| seen.sessions == 0);
    let overlap = start_with(|config| config.hislip_overlap = true);
    assert!(Client::new(&overlap).prefers_overlap);
}

/// FatalError with its code, and then the end (table 14).
#[test]
fn fatal_errors() {
    let instrument = start();
    let fatal = |bytes: &[u8]| {
        let mut stream = connect(instrument.hislip_port());
        stream.write_all(bytes).unwrap();
        let (kind, code, _, _) = receive(&stream);
        assert_eq!(kind, 2);
        assert!(ended(&stream));
        code
    };
    assert_eq!(fatal(b"GET / HTTP/1.1\r\n\r\n"), 1);
    assert_eq!(fatal(b"HS\x07\0\xFF\xFF\xFF\0\0\0\0\0\0\0\0\0"), 2, "data first");
    assert_eq!(fatal(b"HS\x11\0\0\0\xFF\xFF\0\0\0\0\0\0\0\0"), 3, "no such session");
    assert_eq!(fatal(b"HS\0\0\x01\0XX\0\0\0\0\0\0\0\x05inst0"), 0, "no such device");
    assert_eq!(fatal(b"HS\0\0\x01\0XX\xFF\0\0\0\0\0\0\0"), 3, "endless sub-address");

    let alone = connect(instrument.hislip_port());
    send(&alone, 0, 0, 0x0100_5858, b"hislip0");
    receive(&alone);
    send(&alone, 7, 0, FIRST, b"*IDN?");
    let (kind, code, ..) = receive(&alone);
    assert_eq!((kind, code), (2, 2), "data before the second channel");
    assert!(ended(&alone));

    let client = Client::new(&instrument);
    (&client.data).write_all(b"HX\x07\0\xFF\xFF\xFF\0\0\0\0\0\0\0\0\0").unwrap();
    let (kind, code, ..) = client.read();
    assert_eq!((kind, code), (2, 1));
    assert!(ended(&client.data) && ended(&client.control));
    eventually(&instrument, |seen| seen.sessions == 0);
}

/// The response carries the id of its query; a message may come in pieces.
#[test]
fn queries() {
    let instrument = start_with(|config| config.identity = "a,b,c,d".to_owned());
    let mut client = Client::new(&instrument);
    assert_eq!(client.ask("*IDN?\n"), "a,b,c,d\n");
    assert_eq!(client.ask("*OPC?"), "1\n");
    send(&client.data, 6, 1, 0x10, b"ECHO ab\nc");
    send(&client.data, 7, 0, 0x12, b"d\n");
    assert_eq!(client.read(), (7, 0, 0x12, b"ab\ncd\n".to_vec()));
    assert_eq!(client.ask("SYST:ERR?"), "0,\"No error\"\n");
}

/// 3.1.1: a message without RMT-delivered after a response is an interruption, told on both
/// channels with that message's id.
#[test]
fn interrupted() {
    let instrument = start();
    let mut client = Client::new(&instrument);
    client.write("ECHO unread", 0);
    assert_eq!(client.read().3, b"unread\n");
    let id = client.write("ECHO new", 0);
    assert_eq!(client.read(), (13, 0, id, Vec::new()));
    assert_eq!(receive(&client.control), (14, 0, id, Vec::new()));
    assert_eq!(client.read(), (7, 0, id, b"new\n".to_vec()));
    assert_eq!(client.ask("SYST:ERR?;ERR?"), "-410,\"Query INTERRUPTED\";0,\"No error\"\n");
}

/// MAV follows what the client says it has read (6.14).
#[test]
fn message_available() {
    let instrument = start();
    let mut client = Client::new(&instrument);
    assert_eq!(client.status(0), 0);
    client.write("*OPC?", 0);
    client.read();
    assert_eq!(client.status(0), 0x10, "arrived, but not read by the application");
    assert_eq!(client.status(1), 0, "read");
    client.write("*OPC?", 1);
    client.read();
    // A query that names an older message was sent before this response existed.
    assert_eq!(client.request(21, 0, FIRST, b"").1, 0);
    assert_eq!(client.status(0), 0x10);
}

/// Overlap mode: responses queue and are numbered by the server; MAV by the last one read (3.2).
#[test]
fn overlap() {
    let instrument = start_with(|config| config.hislip_overlap = true);
    let mut client = Client::new(&instrument);
    for text in ["ECHO 1", "ECHO 2", "*CLS", "*OPC?;:SYST:ERR?"] {
        client.write(text, 0);
    }
    assert_eq!(client.read(), (7, 0, FIRST, b"1\n".to_vec()));
    assert_eq!(client.read(), (7, 0, FIRST + 2, b"2\n".to_vec()));
    assert_eq!(client.read(), (7, 0, FIRST + 4, b"1;0,\"No error\"\n".to_vec()));
    assert_eq!(client.request(21, 0, FIRST - 2, b"").1, 0x10);
    assert_eq!(client.request(21, 0, FIRST + 2, b"").1, 0x10);
    assert_eq!(client.request(21, 0, FIRST + 4, b"").1, 0);
    // A device clear settles the mode anew and both counts begin again.
    assert_eq!(client.clear(0), (vec![], 0));
    assert_eq!(client.ask("*OPC?"), "1\n");
    assert_eq!(client.clear(1), (vec![], 1));
    client.write("ECHO again", 0);
    assert_eq!(client.read().2, FIRST);
}

/// Device clear cuts a response short at a message boundary, whatever is left of it (6.12).
#[test]
fn clear_in_the_middle_of_a_response() {
    let instrument = start();
    let mut client = Client::new(&instrument);
    client.write("DATA:BLOCK? 1073741824", 0);
    assert_eq!(client.read().0, 6);
    let (stale, mode) = client.clear(0);
    assert!(stale.len() < 100, "{} pieces of a thousand were still sent", stale.len());
    assert!(stale.iter().all(|message| message.0 == 6));
    assert_eq!(mode, 0);
    assert_eq!(client.ask("SYST:ERR?"), "0,\"No error\"\n");
    assert_eq!(instrument.counters().clears, 1);
}

/// Device clear ends a delay, and forgets half a message.
#[test]
fn clear_during_a_delay() {
    let instrument = start();
    let mut client = Client::new(&instrument);
    client.write("SYST:DELAY 3600000;:ECHO never", 0);
    assert_eq!(client.clear(0), (vec![], 0));
    send(&client.data, 6, 0, FIRST, b"ECHO half");
    assert_eq!(client.clear(0), (vec![], 0));
    assert_eq!(client.ask("*OPC?"), "1\n");
}

/// A response is cut to what the client accepts; an upload is taken in messages of any number.
#[test]
fn bulk_data() {
    let instrument = start_with(|config| config.hislip_max_message = 70_000);
    let mut client = Client::new(&instrument);
    let (kind, _, _, size) = client.request(15, 0, 0, &5000u64.to_be_bytes());
    assert_eq!((kind, size), (16, 70_000u64.to_be_bytes().to_vec()));
    let id = client.write("DATA:BLOCK? 300000", 0);
    let mut block = Vec::new();
    loop {
        let (kind, _, parameter, payload) = client.read();
        assert_eq!(parameter, id);
        assert!(payload.len() + 16 <= 5000);
        block.extend(payload);
        if kind == 7 {
            break;
        }
        assert_eq!(kind, 6);
    }
    assert_eq!(block.len(), 8 + 300_000 + 1);
    let data = &block[8..block.len() - 1];
    assert!(data.iter().enumerate().all(|(i, byte)| *byte == pattern(i as u64)));

    send(&client.data, 6, 1, client.id, b"DATA:LOAD #6300000");
    for piece in data.chunks(70_000) {
        let kind = if piece.len() < 70_000 { 7 } else { 6 };
        client.id = client.id.wrapping_add(2);
        send(&client.data, kind, 0, client.id, piece);
    }
    client.id = client.id.wrapping_add(2);
    let report = client.ask("DATA:LOAD?");
    assert!(report.starts_with("300000,") && report.ends_with(",1\n"), "{report}");

    // Too large: Error 4, and the session goes on (2.7).
    send(&client.data, 7, 1, client.id, &[b' '; 70_001]);
    let (kind, code, ..) = client.read();
    assert_eq!((kind, code), (3, 4));
    assert_eq!(client.ask("*OPC?"), "1\n");
}

/// Messages that have no meaning: Error with its code, on their own channel (2.6).
#[test]
fn errors() {
    let instrument = start();
    let mut client = Client::new(&instrument);
    for (kind, code) in [(21, 1), (1, 1), (26, 1), (99, 1), (200, 3)] {
        send(&client.data, kind, 0, 0, b"payload");
        let (answer, got, ..) = client.read();
        assert_eq!((answer, got), (3, code), "type {kind}");
    }
    for (kind, control, code) in [(7, 0, 1), (29, 0, 1), (128, 0, 3), (10, 7, 2), (4, 2, 2)] {
        let (answer, got, ..) = client.request(kind, control, 0, b"");
        assert_eq!((answer, got), (3, code), "type {kind}");
    }
    let (answer, got, ..) = client.request(4, 1, 0, &[b'k'; 257]);
    assert_eq!((answer, got), (3, 4), "lock string too long");
    assert_eq!(client.ask("*OPC?"), "1\n");
}

/// Lock, info, release (6.5): who is locked out waits with its messages, not with its status.
#[test]
fn an_error_of_the_client_has_no_answer() {
    let instrument = start();
    let mut client = Client::new(&instrument);
    send(&client.data, 3, 1, 0, b"what was that?");
    send(&client.control, 3, 1, 0, b"");
    // The next that comes on each connection is the answer to the next question.
    assert_eq!(client.ask("*OPC?"), "1\n");
    assert_eq!(client.request(21, 1, client.id.wrapping_sub(2), b"").0, 22);
}

#[test]
fn exclusive_lock() {
    let instrument = start();
    let mut a = Client::new(&instrument);
    let mut b = Client::new(&instrument);
    assert_eq!(a.request(4, 1, 1000, b""), (5, 1, 0, vec![]));
    assert_eq!(a.request(4, 1, 1000, b""), (5, 3, 0, vec![]), "no nesting");
    assert_eq!(a.request(4, 1, 1000, b"key"), (5, 3, 0, vec![]));
    assert_eq!(b.request(24, 0, 0, b""), (25, 1, 1, vec![]));
    let began = Instant::now();
    assert_eq!(b.request(4, 1, 100, b""), (5, 0, 0, vec![]));
    assert!(began.elapsed() >= Duration::from_millis(100));
    assert_eq!(b.request(4, 0, FIRST - 2, b""), (5, 3, 0, vec![]), "none to release");

    let id = b.write("ECHO b", 0);
    assert_eq!(b.status(0), 0);
    assert_eq!(a.ask("ECHO a"), "a\n");
    // Released only once the message that the release names is carried out.
    let last = a.write("SYST:DELAY 100;:ECHO last", 1);
    assert_eq!(a.request(4, 0, last, b""), (5, 1, 0, vec![]));
    a.data.set_nonblocking(true).unwrap();
    let (.., text) = receive(&a.data);
    assert_eq!(text, b"last\n", "there already when the lock was released");
    assert_eq!(b.read(), (7, 0, id, b"b\n".to_vec()));
}

#[test]
fn shared_lock() {
    let instrument = start();
    let a = Client::new(&instrument);
    let b = Client::new(&instrument);
    let mut c = Client::new(&instrument);
    assert_eq!(a.request(4, 1, 0, b"key").1, 1);
    assert_eq!(b.request(4, 1, 0, b"key").1, 1);
    assert_eq!(b.request(4, 1, 0, b"key").1, 3);
    assert_eq!(c.request(4, 1, 0, b"other").1, 0);
    assert_eq!(c.request(24, 0, 0, b""), (25, 0, 2, vec![]));
    assert_eq!(a.request(4, 1, 0, b"").1, 1, "exclusive on top");
    assert_eq!(a.request(4, 0, FIRST - 2, b"").1, 1);
    assert_eq!(a.request(4, 0, FIRST - 2, b"").1, 2);
    c.write("ECHO c", 0);
    drop(b);
    assert_eq!(c.read().3, b"c\n", "the last holder is gone");
}

/// Either channel that ends takes the session with it, even one that waits for a lock.
#[test]
fn a_session_ends_with_either_channel() {
    let instrument = start();
    let a = Client::new(&instrument);
    assert_eq!(a.request(4, 1, 0, b"").1, 1);
    let b = Client::new(&instrument);
    send(&b.control, 4, 1, 3_600_000, b"");
    drop(b.data);
    assert!(ended(&b.control));
    let c = Client::new(&instrument);
    drop(c.control);
    assert!(ended(&c.data));
    eventually(&instrument, |seen| seen.sessions == 1);
    drop(a.control);
    assert!(ended(&a.data));
    eventually(&instrument, |seen| seen.sessions == 0 && !seen.exclusive_lock);
}

/// The seven requests of viGpibControlREN (6.15).
#[test]
fn remote_and_local() {
    let instrument = start();
    let client = Client::new(&instrument);
    for (request, expected) in [
        (1, (true, false, false)),
        (3, (true, true, false)),
        (4, (true, true, true)),
        (6, (true, false, true)),
        (5, (true, true, true)),
        (2, (false, false, false)),
        (5, (true, true, true)),
        (0, (false, false, false)),
    ] {
        assert_eq!(client.request(10, request, FIRST - 2, b""), (11, 0, 0, vec![]));
        let seen = instrument.counters();
        assert_eq!((seen.remote_enabled, seen.remote, seen.lockout), expected, "{request}");
    }
}

/// Trigger in its place among the messages; service requests to every session, unasked (6.6).
#[test]
fn triggers_and_service_requests() {
    let instrument = start();
    let mut client = Client::new(&instrument);
    let bystander = Client::new(&instrument);
    send(&client.data, 12, 0, client.id, b"");
    client.id += 2;
    assert_eq!(client.ask("*TRG;:TRIG:COUN?"), "2\n");
    assert_eq!(instrument.counters().triggers, 2);

    assert_eq!(client.ask("*CLS;*ESE 1;*SRE 32;*OPC?"), "1\n");
    client.write("*OPC", 1);
    assert_eq!(receive(&client.control), (20, 0x60, 0, vec![]));
    assert_eq!(receive(&bystander.control), (20, 0x60, 0, vec![]));
    assert_eq!(client.status(0), 0x60);
    assert_eq!(client.status(0), 0x20);
}

/// The end of the instrument is the end of its sessions, whatever they wait for.
#[test]
fn the_end() {
    let instrument = start();
    let mut client = Client::new(&instrument);
    client.write("SYST:DELAY 3600000;:ECHO never", 0);
    let holder = Client::new(&instrument);
    assert_eq!(holder.request(4, 1, 0, b"").1, 1);
    let waiter = Client::new(&instrument);
    send(&waiter.control, 4, 1, 3_600_000, b"");
    let began = Instant::now();
    drop(instrument);
    assert!(began.elapsed() < PATIENCE / 2);
    assert!(ended(&client.data) && ended(&client.control) && ended(&waiter.data));
}
