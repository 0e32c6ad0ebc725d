//! The instrument as a client sees it: bytes written by hand, on real connections.

mod front;
mod hislip;
mod scpi;
mod socket;
mod status;
mod store;
mod vxi11;
mod vxi11_calls;

use std::net::TcpStream;
use std::time::Duration;
use std::time::Instant;

use crate::sim::Config;
use crate::sim::Counters;
use crate::sim::Instrument;

/// Far more than anything here takes: a test that gets there has failed.
const PATIENCE: Duration = Duration::from_secs(20);

fn start() -> Instrument {
    start_with(|_| ())
}

fn start_with(change: impl FnOnce(&mut Config)) -> Instrument {
    let mut config = Config::default();
    change(&mut config);
    Instrument::start(config).unwrap()
}

fn connect(port: Option<u16>) -> TcpStream {
    let stream = TcpStream::connect(("127.0.0.1", port.unwrap())).unwrap();
    stream.set_nodelay(true).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// Waits for something that another thread of the instrument does in its own time.
fn eventually(instrument: &Instrument, done: impl Fn(&Counters) -> bool) {
    let began = Instant::now();
    while !done(&instrument.counters()) {
        assert!(began.elapsed() < PATIENCE, "{:?}", instrument.counters());
        std::thread::sleep(Duration::from_millis(2));
    }
}
