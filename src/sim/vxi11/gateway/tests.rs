#![forbid(unsafe_code)]
//! The gateway as a client sees it, by bytes.

use std::io::Read;
use std::io::Write;
use std::net::TcpListener;
use std::net::TcpStream;
use std::time::Duration;

use super::*;

/// Far more than anything here takes: a test that gets there has failed.
const PATIENCE: Duration = Duration::from_secs(20);
/// The same, for a call.
const LONG: u32 = 20_000;

const FIVE: Address = Address::new(5);
const NINE: Address = Address::extended(9, 3);

struct Client {
    stream: TcpStream,
    xid: u32,
}

fn start(change: impl FnOnce(&mut Config)) -> (Bus, Gateway) {
    let bus = Bus::new();
    bus.add_instrument(FIVE, "Maker,Five,1,0").unwrap();
    bus.add_instrument(NINE, "Maker,Nine,1,0").unwrap();
    let mut config = Config::default();
    change(&mut config);
    let gateway = Gateway::start(&bus, &config).unwrap();
    bus.forget_log();
    (bus, gateway)
}

fn words(values: &[u32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_be_bytes()).collect()
}

fn opaque(data: &[u8]) -> Vec<u8> {
    let mut bytes = words(&[data.len() as u32]);
    bytes.extend(data);
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
}

fn word(bytes: &[u8], index: usize) -> u32 {
    u32::from_be_bytes(bytes[index * 4..index * 4 + 4].try_into().unwrap())
}

impl Client {
    fn connect(gateway: &Gateway) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", gateway.port())).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        Self { stream, xid: 0 }
    }

    /// The results of a call.
    fn call(&mut self, procedure: u32, args: &[Vec<u8>]) -> Vec<u8> {
        let args = args.concat();
        self.xid += 1;
        let head = [self.xid, 0, 2, 0x0607AF, 1, procedure, 0, 0, 0, 0];
        let mut call = words(&[0x8000_0000 | (40 + args.len()) as u32]);
        call.extend(words(&head));
        call.extend(args);
        self.stream.write_all(&call).unwrap();
        let mut mark = [0; 4];
        self.stream.read_exact(&mut mark).unwrap();
        let mut reply = vec![0; (u32::from_be_bytes(mark) & 0x7FFF_FFFF) as usize];
        self.stream.read_exact(&mut reply).unwrap();
        assert_eq!((word(&reply, 0), word(&reply, 1), word(&reply, 5)), (self.xid, 1, 0));
        reply.split_off(24)
    }

    /// A link, or the error.
    fn create(&mut self, name: &str) -> Result<u32, u32> {
        let made = self.call(10, &[words(&[1, 0, 0]), opaque(name.as_bytes())]);
        match word(&made, 0) {
            0 => Ok(word(&made, 1)),
            error => Err(error),
        }
    }

    fn link(&mut self, name: &str) -> u32 {
        self.create(name).unwrap()
    }

    fn write(&mut self, link: u32, data: &[u8], timeout: u32) -> (u32, u32) {
        let done = self.call(11, &[words(&[link, timeout, 0, 8]), opaque(data)]);
        (word(&done, 0), word(&done, 1))
    }

    fn read(&mut self, link: u32, timeout: u32) -> (u32, u32, Vec<u8>) {
        let got = self.call(12, &[words(&[link, 1000, timeout, 0, 0, 0])]);
        let length = word(&got, 2) as usize;
        (word(&got, 0), word(&got, 1), got[12..12 + length].to_vec())
    }

    fn ask(&mut self, link: u32, question: &[u8]) -> Vec<u8> {
        assert_eq!(self.write(link, question, LONG), (0, question.len() as u32));
        let (error, reason, data) = self.read(link, LONG);
        assert_eq!((error, reason), (0, 4));
        data
    }

    fn generic(&mut self, procedure: u32, link: u32) -> Vec<u32> {
        let done = self.call(procedure, &[words(&[link, 0, 0, LONG])]);
        done.chunks(4).map(|chunk| u32::from_be_bytes(chunk.try_into().unwrap())).collect()
    }

    fn docmd(&mut self, link: u32, command: u32, size: u32, data: &[u8]) -> Result<Vec<u8>, u32> {
        let done = self
            .call(22, &[words(&[link, 0, LONG, 0, 0x02_0000 + command, 1, size]), opaque(data)]);
        match word(&done, 0) {
            0 => Ok(done[8..8 + word(&done, 1) as usize].to_vec()),
            error => Err(error),
        }
    }
}

#[test]
fn names_are_those_of_devices_and_of_the_interface() {
    for (name, device) in [
        ("gpib0", Some(None)),
        ("GPIB0,5", Some(Some(FIVE))),
        ("gpib0,9,3", Some(Some(NINE))),
        ("gpib1,5", None),
        ("gpib0,31", None),
        ("gpib0,5,31", None),
        ("gpib0,5,1,1", None),
        ("gpib0,", None),
        ("inst0", None),
    ] {
        assert_eq!(link::parse(name.as_bytes()), device, "{name}");
    }
}

#[test]
fn messages_are_those_of_the_addressed_device() {
    let (bus, gateway) = start(|_| ());
    let mut client = Client::connect(&gateway);
    let (five, nine) = (client.link("gpib0,5"), client.link("gpib0,9,3"));
    assert_eq!(client.ask(five, b"*IDN?"), b"Maker,Five,1,0\n");
    assert_eq!(bus.log_line(), "3F 55 25 21>5. 3F 35 45 5>15.");
    assert_eq!(client.ask(nine, b"*IDN?"), b"Maker,Nine,1,0\n");
    assert_eq!(gateway.links(), 2);
    assert_eq!(client.generic(13, nine), [0, 0]);
    for (procedure, wanted) in [(14, "3F 25 08"), (15, "3F 25 04"), (17, "3F 25 01")] {
        bus.forget_log();
        assert_eq!(client.generic(procedure, five), [0]);
        assert_eq!(bus.log_line(), wanted);
    }
    assert_eq!(client.generic(16, five), [0]);
    assert!(bus.counters(FIVE).unwrap().lockout);
}

#[test]
fn a_device_that_is_not_there_has_a_link_and_takes_nothing_unless_the_gateway_looks() {
    let (_bus, gateway) = start(|_| ());
    let mut client = Client::connect(&gateway);
    let nobody = client.link("gpib0,17");
    assert_eq!(client.write(nobody, b"x", LONG), (17, 0));
    assert_eq!(client.read(nobody, 20), (15, 0, vec![]));
    let (_bus, looking) = start(|config| config.looks = true);
    let mut client = Client::connect(&looking);
    assert_eq!(client.create("gpib0,17"), Err(3));
    assert!(client.create("gpib0,5").is_ok());
}

#[test]
fn the_interface_does_what_it_is_commanded() {
    let (bus, gateway) = start(|_| ());
    let mut client = Client::connect(&gateway);
    let board = client.link("gpib0");
    let commands = [0x3F, 0x55, 0x29, 0x63];
    assert_eq!(client.docmd(board, 0, 1, &commands), Ok(commands.to_vec()));
    assert_eq!(client.write(board, b"*IDN?", LONG), (0, 5));
    assert_eq!(client.docmd(board, 0, 1, &[0x3F, 0x35, 0x49, 0x63]).map(|sent| sent.len()), Ok(4));
    assert_eq!(client.read(board, LONG).2, b"Maker,Nine,1,0\n");
    assert_eq!(client.docmd(board, 3, 2, &[0, 0]), Ok(vec![0, 0]));
    assert_eq!(client.docmd(board, 1, 2, &[0, 1]), Ok(vec![0, 0]), "REN");
    assert_eq!(client.docmd(board, 1, 2, &[0, 5]), Ok(vec![0, 1]), "in charge");
    assert_eq!(client.docmd(board, 0x0A, 4, &[0, 0, 0, 4]), Ok(vec![0, 0, 0, 4]));
    assert_eq!(client.docmd(board, 1, 2, &[0, 8]), Ok(vec![0, 4]));
    bus.forget_log();
    assert_eq!(client.docmd(board, 0x10, 0, &[]), Ok(vec![]));
    assert_eq!(bus.log_line(), "IFC");
    assert_eq!(client.docmd(board, 4, 4, &[0, 0, 0, 5]), Ok(vec![0, 0, 0, 5]));
    assert_eq!(client.docmd(board, 2, 2, &[0, 1]), Err(17), "control was passed");
}

#[test]
fn wrong_commands_have_their_errors() {
    let (_bus, gateway) = start(|_| ());
    let mut client = Client::connect(&gateway);
    let (board, five) = (client.link("gpib0"), client.link("gpib0,5"));
    assert_eq!(client.docmd(five, 0x10, 0, &[]), Err(8));
    assert_eq!(client.docmd(board, 0x99, 0, &[]), Err(8));
    assert_eq!(client.docmd(board, 3, 4, &[0, 0, 0, 1]), Err(5));
    assert_eq!(client.docmd(board, 1, 2, &[0, 9]), Err(5));
    assert_eq!(client.docmd(board, 0x0A, 4, &[0, 0, 0, 31]), Err(5));
    assert_eq!(client.docmd(99, 0x10, 0, &[]), Err(4));
    assert_eq!(client.generic(13, board), [8, 0]);
}

#[test]
fn a_lock_keeps_other_links_of_the_device_out_until_its_link_has_gone() {
    let (_bus, gateway) = start(|_| ());
    let (mut one, mut two) = (Client::connect(&gateway), Client::connect(&gateway));
    let (mine, theirs) = (one.link("gpib0,5"), two.link("gpib0,5"));
    assert_eq!(one.call(18, &[words(&[mine, 0, 0])]), [0; 4]);
    assert_eq!(two.write(theirs, b"x", LONG).0, 11);
    let other = two.link("gpib0,9,3");
    assert_eq!(two.write(other, b"*RST", LONG).0, 0);
    drop(one);
    assert_eq!(two.call(18, &[words(&[theirs, 1, LONG])]), [0; 4]);
    assert!(gateway.is_locked());
}

#[test]
fn an_abort_ends_a_read() {
    let (_bus, gateway) = start(|_| ());
    let mut client = Client::connect(&gateway);
    let five = client.link("gpib0,5");
    let shared = &gateway.shared;
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while lock(&shared.links).aborts.is_empty() {
                std::thread::sleep(Duration::from_millis(1));
            }
            assert_eq!(shared.abort(five as i32), 0);
        });
        assert_eq!(client.read(five, LONG).0, 23);
    });
}

#[test]
fn each_request_is_told_to_all_who_enabled_it() {
    let (_bus, gateway) = start(|_| ());
    let mut client = Client::connect(&gateway);
    let (five, nine) = (client.link("gpib0,5"), client.link("gpib0,9,3"));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = u32::from(listener.local_addr().unwrap().port());
    let channel = [0x7F00_0001, port, 0x0607B1, 1, 0];
    assert_eq!(client.call(25, &[words(&channel)]), [0; 4]);
    let (mut calls, _) = listener.accept().unwrap();
    calls.set_read_timeout(Some(PATIENCE)).unwrap();
    for (link, handle) in [(five, b"five"), (nine, b"nine")] {
        assert_eq!(client.call(20, &[words(&[link, 1]), opaque(handle)]), [0; 4]);
    }
    let mut told = || {
        let mut call = [0; 52];
        calls.read_exact(&mut call).unwrap();
        call[48..].to_vec()
    };
    let mut both = || {
        let mut both = [told(), told()];
        both.sort();
        both
    };
    client.write(five, b"*SRE 32;*ESE 1;*OPC", LONG);
    assert_eq!(both(), [b"five", b"nine"]);
    // A second device, while the line is still asserted, is told when the first has been polled.
    client.write(nine, b"*SRE 32;*ESE 1;*OPC", LONG);
    assert_eq!(client.generic(13, five), [0, 0x60]);
    assert_eq!(both(), [b"five", b"nine"]);
    assert_eq!(client.generic(13, nine), [0, 0x60]);
    // And the line was released: the next request is news again.
    client.write(five, b"*CLS;*OPC", LONG);
    assert_eq!(both(), [b"five", b"nine"]);
}
