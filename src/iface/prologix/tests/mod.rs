#![forbid(unsafe_code)]
//! Adapters against simulated ones, and against peers that do what no simulation would.

mod devices;
mod interface;
mod peer;
mod reading;
mod sharing;
mod trouble;
mod writing;

use std::sync::atomic::{AtomicU16, Ordering};

use crate::iface::gpib::Gpib;
use crate::iface::prologix::Prologix;
use crate::iface::{Call, Interface, Link, Stop};
use crate::os::Cancel;
use crate::os::Deadline;
use crate::os::Wait;
use crate::rsrc::ResourceName;
use crate::sim::gpib::{Address, Bus};
use crate::sim::prologix::{Adapter, Config, Firmware};
use crate::status::Result;

/// Far more than anything here takes, in ms.
const LONG: u32 = 60_000;

/// A session's settings.
struct Terms {
    cancel: Cancel,
    timeout_ms: u32,
    term_char: Option<u8>,
    send_end: bool,
}

impl Terms {
    fn new() -> Self {
        Self { cancel: Cancel::new(), timeout_ms: LONG, term_char: None, send_end: true }
    }

    /// For what must time out.
    fn within(timeout_ms: u32) -> Self {
        Self { timeout_ms, ..Self::new() }
    }

    fn call(&self) -> Call<'_> {
        let deadline = Deadline::from_timeout(self.timeout_ms);
        Call {
            wait: Wait { deadline, ticket: self.cancel.ticket() },
            timeout_ms: self.timeout_ms,
            term_char: self.term_char,
            end_char: b'\n',
            send_end: self.send_end,
            suppress_end: false,
        }
    }
}

/// A bus with instruments at 5, 12 and 9::3, an adapter, and its board in this process.
struct Desk {
    bus: Bus,
    adapter: Adapter,
    /// The interface session, by which devices are behind it.
    intfc: Box<dyn Link>,
    board: u16,
}

const FIVE: Address = Address::new(5);
const NINE: Address = Address::extended(9, 3);

/// A board number that no other test has.
fn number() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(100);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

fn bus() -> Bus {
    let bus = Bus::new();
    bus.add_instrument(FIVE, "Maker,Five,1,0").unwrap();
    bus.add_instrument(Address::new(12), "Maker,Twelve,1,0").unwrap();
    bus.add_instrument(NINE, "Maker,Nine,1,0").unwrap();
    bus
}

impl Desk {
    fn new() -> Self {
        Self::with(&Config::default())
    }

    fn ar488() -> Self {
        Self::with(&Config { firmware: Firmware::Ar488, serial: true, ..Config::default() })
    }

    fn with(config: &Config) -> Self {
        let bus = bus();
        let adapter = Adapter::start(&bus, config).unwrap();
        let board = number();
        let intfc = open(&adapter.resource_name(board)).unwrap();
        bus.forget_log();
        Self { bus, adapter, intfc, board }
    }

    /// On each kind of adapter.
    fn each() -> [Self; 3] {
        let serial = Config { serial: true, ..Config::default() };
        [Self::new(), Self::with(&serial), Self::ar488()]
    }

    fn device(&self, address: &str) -> Device {
        let name = format!("GPIB{}::{address}::INSTR", self.board);
        let name = ResourceName::parse(&name).unwrap();
        Device(Gpib.open(&name, &Terms::new().call().wait).unwrap())
    }

    fn five(&self) -> Device {
        self.device("5")
    }

    fn nine(&self) -> Device {
        self.device("9::3")
    }
}

fn open(name: &str) -> Result<Box<dyn Link>> {
    open_within(name, LONG)
}

fn open_within(name: &str, timeout_ms: u32) -> Result<Box<dyn Link>> {
    let name = ResourceName::parse(name).unwrap();
    Prologix.open(&name, &Terms::within(timeout_ms).call().wait)
}

/// A session with a device.
struct Device(Box<dyn Link>);

impl Device {
    fn tell(&self, message: &[u8]) {
        let written = self.0.write(message, &Terms::new().call());
        assert_eq!((written.count, written.outcome), (message.len(), Ok(())));
    }

    fn read(&self, most: usize) -> (Vec<u8>, Result<Stop>) {
        self.read_by(most, &Terms::new())
    }

    fn read_by(&self, most: usize, terms: &Terms) -> (Vec<u8>, Result<Stop>) {
        let mut buf = vec![0; most];
        let read = self.0.read(&mut buf, &terms.call());
        buf.truncate(read.count);
        (buf, read.outcome)
    }

    fn ask(&self, message: &str) -> String {
        self.tell(message.as_bytes());
        let (answer, outcome) = self.read(10_000);
        assert_eq!(outcome, Ok(Stop::End), "{message:.40}: {} bytes", answer.len());
        String::from_utf8(answer).unwrap()
    }
}

fn code<T: std::fmt::Debug>(outcome: Result<T>) -> i32 {
    outcome.unwrap_err().code
}
