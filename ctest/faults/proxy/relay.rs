#![forbid(unsafe_code)]
//! One connection through the proxy: two threads, one for each way.

use std::collections::HashMap;
use std::io;
use std::io::BufReader;
use std::io::Read;
use std::io::Write;
use std::net::Shutdown;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::time::Duration;

use parking_lot::Mutex;
use socket2::SockRef;

use crate::faults::protocol::Line;
use crate::faults::protocol::Message;
use crate::faults::protocol::Protocol;
use crate::faults::protocol::word;
use crate::faults::proxy::control::Control;
use crate::faults::proxy::steps;
use crate::faults::proxy::vxi11;

/// Which way a message goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// From the library to the instrument.
    Requests,
    /// From the instrument to the library.
    Answers,
}

/// A connection.
pub struct Relay {
    library: TcpStream,
    instrument: TcpStream,
    protocol: Protocol,
    line: Mutex<Line>,
    /// The VXI-11 procedures called, by transaction.
    procedures: Mutex<HashMap<u32, u32>>,
    deaf: AtomicBool,
    broken_off: AtomicBool,
    muted: [AtomicBool; 2],
    /// Behind the sockets, so that it is dropped when they have closed.
    _counted: Counted,
}

/// Counts as a connection that has not ended.
struct Counted(Arc<Control>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.leave();
    }
}

impl Relay {
    pub fn start(
        control: &Arc<Control>,
        library: TcpStream,
        instrument: TcpStream,
        line: Line,
    ) -> io::Result<()> {
        library.set_nodelay(true)?;
        instrument.set_nodelay(true)?;
        let relay = Arc::new(Self {
            library,
            instrument,
            protocol: control.protocol,
            line: Mutex::new(line),
            procedures: Mutex::default(),
            deaf: AtomicBool::new(false),
            broken_off: AtomicBool::new(false),
            muted: Default::default(),
            _counted: Counted(Arc::clone(control)),
        });
        if !control.enter(&relay) {
            return Ok(());
        }
        control.strike_idle(&relay);
        let (books, answering) = (Arc::clone(control), Arc::clone(&relay));
        control.spawn(move || {
            let _ = answering.pass_on(&books, Way::Answers);
            // The instrument has ended it; the library may still be asking.
            if !answering.broken_off.load(Ordering::SeqCst) {
                let _ = answering.library.shutdown(Shutdown::Write);
            }
        })?;
        let books = Arc::clone(control);
        control.spawn(move || {
            let _ = relay.pass_on(&books, Way::Requests);
            // The library has ended it, or nonsense has: the instrument loses its client.
            let _ = relay.instrument.shutdown(Shutdown::Both);
            books.forget(&relay);
        })
    }

    /// Passes messages on until the end of the stream, faults included.
    fn pass_on(self: &Arc<Self>, control: &Arc<Control>, way: Way) -> io::Result<()> {
        let mut from = BufReader::new(Ear { relay: self, control, way });
        while let Some(bytes) = self.protocol.message(&mut from)? {
            let mut message = self.message(way, bytes);
            self.learn(way, &message);
            if self.protocol == Protocol::Vxi11 {
                vxi11::lead_through(control, self, way, &mut message.bytes)?;
            }
            match control.strike_message(way, &message) {
                Some(steps) => steps::perform(control, self, way, steps),
                None => {
                    // A receiver that has gone shows on the other way.
                    let _ = self.send(way, &message.bytes);
                    control.passed(way);
                }
            }
        }
        Ok(())
    }

    /// The library's port of this connection; 0 when it has gone.
    pub fn library_port(&self) -> u16 {
        self.library.peer_addr().map_or(0, |address| address.port())
    }

    pub fn line(&self) -> Line {
        *self.line.lock()
    }

    pub fn message(&self, way: Way, bytes: Vec<u8>) -> Message {
        let xid = word(&bytes, 1);
        let procedure = match (self.protocol, way) {
            (Protocol::Vxi11, Way::Requests) => word(&bytes, 6),
            (Protocol::Vxi11, Way::Answers) if self.line() == Line::Interrupt => word(&bytes, 6),
            _ => self.procedures.lock().get(&xid).copied().unwrap_or(0),
        };
        Message { protocol: self.protocol, line: self.line(), bytes, procedure }
    }

    /// What a request says about the connection.
    fn learn(&self, way: Way, message: &Message) {
        match (self.protocol, way) {
            (Protocol::Vxi11, Way::Requests) => {
                self.procedures.lock().insert(word(&message.bytes, 1), message.procedure);
            }
            (Protocol::Hislip, Way::Requests) if message.kind() == ASYNC_INITIALIZE => {
                *self.line.lock() = Line::Side;
            }
            _ => {}
        }
    }

    fn receiver(&self, way: Way) -> &TcpStream {
        match way {
            Way::Requests => &self.instrument,
            Way::Answers => &self.library,
        }
    }

    pub fn mute(&self, way: Way) {
        self.muted[way as usize].store(true, Ordering::SeqCst);
    }

    pub fn deafen(&self) {
        self.deaf.store(true, Ordering::SeqCst);
    }

    /// Passes bytes on, unless this way is muted.
    pub fn send(&self, way: Way, bytes: &[u8]) -> io::Result<()> {
        if self.muted[way as usize].load(Ordering::SeqCst) {
            return Ok(());
        }
        self.receiver(way).write_all(bytes)
    }

    /// Sends bytes, muted or not.
    pub fn insist(&self, way: Way, bytes: &[u8]) -> io::Result<()> {
        self.receiver(way).write_all(bytes)
    }

    pub fn finish_sending(&self, way: Way) {
        let _ = self.receiver(way).shutdown(Shutdown::Write);
    }

    pub fn close(&self) {
        let _ = self.library.shutdown(Shutdown::Both);
        let _ = self.instrument.shutdown(Shutdown::Both);
    }

    /// The library sees a reset when the last of the threads has let go of the socket, which it
    /// does at once: reading ends.
    pub fn reset(&self) {
        self.broken_off.store(true, Ordering::SeqCst);
        let _ = SockRef::from(&self.library).set_linger(Some(Duration::ZERO));
        let _ = self.library.shutdown(Shutdown::Read);
        let _ = self.instrument.shutdown(Shutdown::Both);
    }
}

const ASYNC_INITIALIZE: u8 = 17;

/// The receiving side of a way, which a fault can deafen.
struct Ear<'a> {
    relay: &'a Relay,
    control: &'a Control,
    way: Way,
}

impl Read for Ear<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let deaf = || self.way == Way::Requests && self.relay.deaf.load(Ordering::SeqCst);
        let mut from = match self.way {
            Way::Requests => &self.relay.library,
            Way::Answers => &self.relay.instrument,
        };
        if deaf() {
            self.control.await_release();
        }
        let count = from.read(buf)?;
        // What was under way when it became deaf was not heard either.
        if deaf() {
            self.control.await_release();
        }
        Ok(count)
    }
}
