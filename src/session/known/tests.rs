#![forbid(unsafe_code)]
//! A listener that counts who comes stands for the instrument.

use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use super::*;
use crate::config::Config;
use crate::consts::{VI_ATTR_MODEL_NAME, VI_EXCLUSIVE_LOCK};
use crate::find::Modes;
use crate::os::pty::Pty;
use crate::rsrc::ResourceName;
use crate::session::objects::Object;

struct Instrument {
    listener: TcpListener,
    found: Found,
}

impl Instrument {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let port = listener.local_addr().unwrap().port();
        Self { listener, found: named(&format!("TCPIP::127.0.0.1::{port}::SOCKET")) }
    }

    /// Those who have come since this was asked last.
    fn visitors(&self) -> Vec<TcpStream> {
        std::iter::from_fn(|| self.listener.accept().ok()).map(|(stream, _)| stream).collect()
    }
}

fn named(name: &str) -> Found {
    ResourceName::parse(name).unwrap().into()
}

fn matches(condition: &str, found: Vec<Found>) -> usize {
    let plan = Plan {
        config: Arc::new(Config::default()),
        modes: Modes::CONFIG,
        bound: Duration::from_secs(40),
        cancel: Arc::new(Cancel::new()),
        only: Vec::new(),
    };
    let expression = Expression::parse(&format!("?*{{{condition}}}")).unwrap();
    matching(&plan, &expression, found).unwrap().len()
}

const HERE: &str = "VI_ATTR_TCPIP_ADDR == \"127.0.0.1\"";

/// Only the open connection knows the address that a name has led to.
#[test]
fn what_only_the_opened_resource_knows_is_asked_of_it() {
    let instrument = Instrument::new();
    assert_eq!(matches(HERE, vec![instrument.found.clone()]), 1);
    assert_eq!(instrument.visitors().len(), 1, "once");
    let elsewhere = "VI_ATTR_TCPIP_ADDR == \"127.0.0.2\"";
    assert_eq!(matches(elsewhere, vec![instrument.found.clone()]), 0);
}

/// The name says the port, so the rest of the condition is of no consequence.
#[test]
fn nothing_is_opened_where_the_name_decides() {
    let instrument = Instrument::new();
    for (condition, count) in [
        ("VI_ATTR_TCPIP_PORT == 1 && VI_ATTR_TCPIP_ADDR == \"127.0.0.1\"", 0),
        ("VI_ATTR_TCPIP_ADDR == \"127.0.0.1\" && VI_ATTR_TCPIP_PORT == 1", 0),
        ("VI_ATTR_TCPIP_ADDR == \"127.0.0.1\" || VI_ATTR_TCPIP_PORT > 1", 1),
        ("VI_ATTR_RSRC_CLASS == \"SOCKET\" && VI_ATTR_RSRC_MANF_NAME == \"ferrovisa\"", 1),
    ] {
        assert_eq!(matches(condition, vec![instrument.found.clone()]), count, "{condition}");
        assert_eq!(instrument.visitors().len(), 0, "{condition}");
    }
}

/// It answers for itself: no second connection, and whatever a session has set.
#[test]
fn a_resource_that_is_open_here_is_not_opened_again() {
    let instrument = Instrument::new();
    let manager = manager::open_default().unwrap();
    let name = instrument.found.name.canonical();
    let (session, _) = manager::open(manager, name, 0, 20_000).unwrap();
    let connection = instrument.visitors();
    assert_eq!(connection.len(), 1);
    assert_eq!(matches(HERE, vec![instrument.found.clone()]), 1);
    assert_eq!(instrument.visitors().len(), 0);
    assert!(matches!(objects::find(session), Ok(Object::Session(_))));
    manager::close(manager).unwrap();
}

/// Neither a condition nor its opposite holds for what cannot be asked.
#[test]
fn a_resource_that_does_not_open_lacks_the_attribute() {
    let gone = Instrument::new().found;
    assert_eq!(matches(HERE, vec![gone.clone()]), 0);
    assert_eq!(matches(&format!("!({HERE})"), vec![gone]), 0);
    let no_driver = named("VXI0::1::INSTR");
    assert_eq!(matches("VI_ATTR_SLOT >= 0", vec![no_driver]), 0);
}

/// What the search has brought with the name (USB descriptors, say), and what opening would set.
#[test]
fn what_the_search_and_the_table_know_is_not_asked() {
    let mut found = named("USB0::0x1234::0x5678::SN1::INSTR");
    found.attributes = vec![(VI_ATTR_MODEL_NAME, "Meter".into())];
    let model = |name: &str| format!("VI_ATTR_MODEL_NAME == \"{name}\"");
    assert_eq!(matches(&model("meter"), vec![found.clone()]), 1);
    assert_eq!(matches(&model("scope"), vec![found]), 0);
    let no_such_port = named("ASRL65000::INSTR");
    assert_eq!(matches("VI_ATTR_ASRL_BAUD == 9600", vec![no_such_port.clone()]), 1);
    assert_eq!(matches("VI_ATTR_ASRL_BAUD > 9600", vec![no_such_port]), 0);
}

/// Its lines would change: what only the open port knows is not known. Who has locked it is.
#[test]
fn a_serial_port_is_not_opened() {
    let pty = Pty::open();
    let port = named(&format!("ASRL{}::INSTR", pty.path.display()));
    let waiting = "VI_ATTR_ASRL_CTS_STATE >= -1";
    assert_eq!(matches(waiting, vec![port.clone()]), 0);
    let locked = |state| format!("VI_ATTR_RSRC_LOCK_STATE == {state}");
    assert_eq!(matches(&locked(0), vec![port.clone()]), 1);
    let manager = manager::open_default().unwrap();
    manager::open(manager, port.name.canonical(), VI_EXCLUSIVE_LOCK, 20_000).unwrap();
    assert_eq!(matches(&locked(1), vec![port.clone()]), 1);
    assert_eq!(matches(waiting, vec![port]), 1, "it is open here");
    manager::close(manager).unwrap();
}

/// Far more than are opened at a time.
#[test]
fn each_candidate_is_asked_once() {
    let instruments: Vec<_> = (0..3 * SIDE_BY_SIDE).map(|_| Instrument::new()).collect();
    let found = instruments.iter().map(|instrument| instrument.found.clone()).collect();
    assert_eq!(matches(HERE, found), 3 * SIDE_BY_SIDE);
    assert!(instruments.iter().all(|instrument| instrument.visitors().len() == 1));
}
