#![forbid(unsafe_code)]
//! A wire to an instrument that can be cut: a TCP port here, whose connections lead to another port,
//! which may change.

use std::io;
use std::io::Read;
use std::io::Write;
use std::net::Ipv4Addr;
use std::net::Shutdown;
use std::net::TcpListener;
use std::net::TcpStream;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use parking_lot::Mutex;

use super::dice::Dice;

/// One piece in so many is cut in its middle, and the connection with it.
const CUT: usize = 2000;

/// One piece in so many comes late, beyond a timeout.
const LATE: usize = 300;

const DELAY: Duration = Duration::from_millis(80);

/// The wire; it ends with the process.
pub(super) struct Wire {
    /// Where it begins.
    pub(super) port: u16,
    inner: Arc<Inner>,
}

struct Inner {
    /// Where it leads; 0 while there is nothing.
    to: Mutex<u16>,
    /// Both ends of each connection.
    open: Mutex<Vec<TcpStream>>,
    dice: Mutex<Dice>,
}

impl Wire {
    pub(super) fn new(seed: u64) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        let inner = Arc::new(Inner {
            to: Mutex::new(0),
            open: Mutex::new(Vec::new()),
            dice: Mutex::new(Dice::new(seed)),
        });
        let wire = Arc::clone(&inner);
        thread::spawn(move || {
            for near in listener.incoming().flatten() {
                // Nothing there: the client sees the connection end.
                let _ = wire.lead(near);
            }
        });
        Ok(Self { port, inner })
    }

    /// From now on it leads to `port`.
    pub(super) fn plug(&self, port: u16) {
        *self.inner.to.lock() = port;
    }

    /// Ends all its connections, in the middle of whatever they carry.
    pub(super) fn cut(&self) {
        for end in self.inner.open.lock().drain(..) {
            let _ = end.shutdown(Shutdown::Both);
        }
    }
}

impl Inner {
    fn lead(self: &Arc<Self>, near: TcpStream) -> io::Result<()> {
        let far = TcpStream::connect((Ipv4Addr::LOCALHOST, *self.to.lock()))?;
        near.set_nodelay(true)?;
        far.set_nodelay(true)?;
        self.open.lock().extend([near.try_clone()?, far.try_clone()?]);
        for (from, to) in [(near.try_clone()?, far.try_clone()?), (far, near)] {
            let wire = Arc::clone(self);
            thread::Builder::new().spawn(move || wire.carry(from, to))?;
        }
        Ok(())
    }

    fn carry(&self, mut from: TcpStream, mut to: TcpStream) {
        let mut buffer = vec![0; 64 << 10];
        while let Ok(count @ 1..) = from.read(&mut buffer) {
            let (cut, late) = {
                let mut dice = self.dice.lock();
                ((dice.roll(CUT) == 0).then(|| dice.roll(count)), dice.roll(LATE) == 0)
            };
            if late {
                thread::sleep(DELAY);
            }
            if to.write_all(&buffer[..cut.unwrap_or(count)]).is_err() || cut.is_some() {
                break;
            }
        }
        let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
        // The books keep no connection that has ended.
        self.open.lock().retain(|end| end.peer_addr().is_ok());
    }
}
