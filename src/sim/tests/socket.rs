//! The raw socket.

use std::io::BufRead;
use std::io::BufReader;
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
use crate::sim::Config;
use crate::sim::Instrument;
use crate::sim::pattern;

struct Client {
    reader: BufReader<TcpStream>,
}

impl Client {
    fn new(instrument: &Instrument) -> Self {
        Self { reader: BufReader::new(connect(instrument.socket_port())) }
    }

    fn write(&mut self, bytes: impl AsRef<[u8]>) {
        self.reader.get_mut().write_all(bytes.as_ref()).unwrap();
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.reader.read_line(&mut line).unwrap();
        line
    }

    fn ask(&mut self, text: &str) -> String {
        self.write(format!("{text}\n"));
        self.line()
    }
}

#[test]
fn identity() {
    let instrument = start_with(|config| config.identity = "a,b,c,d".to_owned());
    assert_eq!(Client::new(&instrument).ask("*IDN?"), "a,b,c,d\n");
    assert!(Config::default().identity.starts_with("Ferrovisa,Simulated Instrument,SN000001,"));
}

/// A stream has no message exchange to break: unread responses queue in order.
#[test]
fn responses_queue() {
    let instrument = start();
    let mut client = Client::new(&instrument);
    client.write("ECHO 1\nECHO 2\n*OPC\nECHO 3\nSYST:ERR?\n");
    let lines: Vec<String> = (0..4).map(|_| client.line()).collect();
    assert_eq!(lines, ["1\n", "2\n", "3\n", "0,\"No error\"\n"]);
}

#[test]
fn readings_vary_and_make_sense() {
    let instrument = start();
    let mut client = Client::new(&instrument);
    let readings: Vec<f64> =
        (0..50).map(|_| client.ask("MEAS:VOLT:DC?").trim().parse().unwrap()).collect();
    assert!(readings.iter().all(|volts| (volts - 5.0).abs() < 0.0051));
    assert!(readings.windows(2).all(|pair| pair[0] != pair[1]));
}

/// Both directions of a transfer that does not fit in any buffer on the way.
#[test]
fn bulk_data() {
    let instrument = start();
    let mut client = Client::new(&instrument);
    let count = 3_000_000u64;
    client.write(format!("DATA:BLOCK? {count}\n"));
    let mut block = vec![0; 9 + count as usize + 1];
    client.reader.read_exact(&mut block).unwrap();
    assert_eq!(&block[..9], b"#73000000");
    assert_eq!(block.pop(), Some(b'\n'));
    assert!(block[9..].iter().enumerate().all(|(i, byte)| *byte == pattern(i as u64)));

    client.write("DATA:LOAD ");
    client.write(&block);
    // The line feed behind the block ends the message; then the question.
    let report = client.ask("\nDATA:LOAD?");
    assert!(report.starts_with("3000000,") && report.ends_with(",1\n"), "{report}");
}

/// `SYST:DELAY` holds up one response of one client, and nobody else.
#[test]
fn a_delay_is_for_one_response() {
    let instrument = start();
    let mut slow = Client::new(&instrument);
    let mut other = Client::new(&instrument);
    let began = Instant::now();
    slow.write("SYST:DELAY 300;:ECHO late\nECHO next\n");
    assert_eq!(other.ask("*OPC?"), "1\n");
    assert_eq!(slow.line(), "late\n");
    assert!(began.elapsed() >= Duration::from_millis(300));
    assert_eq!(slow.line(), "next\n");
}

/// A client that goes away during a long delay is let go at once.
#[test]
fn a_client_may_go_during_a_delay() {
    let instrument = start();
    let mut client = Client::new(&instrument);
    assert_eq!(client.ask("*OPC?"), "1\n");
    eventually(&instrument, |seen| seen.sockets == 1);
    client.write("SYST:DELAY 3600000;*IDN?\n");
    drop(client);
    eventually(&instrument, |seen| seen.sockets == 0);
}

/// Dropping the instrument ends its connections, also one in a delay and one not reading.
#[test]
fn the_end() {
    let instrument = start();
    let mut idle = Client::new(&instrument);
    assert_eq!(idle.ask("*OPC?"), "1\n");
    let mut waiting = Client::new(&instrument);
    waiting.write("SYST:DELAY 3600000;*IDN?\n");
    let mut deaf = Client::new(&instrument);
    deaf.write("DATA:BLOCK? 1073741824\n");
    eventually(&instrument, |seen| seen.sockets == 3);
    let began = Instant::now();
    let port = instrument.socket_port().unwrap();
    drop(instrument);
    assert!(began.elapsed() < PATIENCE / 2);
    assert_eq!(idle.reader.read(&mut [0]).unwrap_or(0), 0);
    assert_eq!(waiting.reader.read(&mut [0]).unwrap_or(0), 0);
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
}

/// A port that is taken is an error that says so, and what had been started ends again.
#[test]
fn a_taken_port() {
    let first = start();
    let config = Config { hislip: first.socket_port(), ..Config::default() };
    let error = Instrument::start(config).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse);
    assert!(error.to_string().contains("HiSLIP"), "{error}");
}

#[test]
fn names() {
    let instrument = start_with(|config| config.vxi11 = None);
    let (socket, hislip) = (instrument.socket_port().unwrap(), instrument.hislip_port().unwrap());
    assert_eq!(instrument.vxi11_port(), None);
    assert_eq!(
        instrument.resource_names(),
        [
            format!("TCPIP0::127.0.0.1::{socket}::SOCKET"),
            format!("TCPIP0::127.0.0.1::hislip0,{hislip}::INSTR"),
        ]
    );
}
