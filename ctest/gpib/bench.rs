#![forbid(unsafe_code)]
//! A bus with a board, served to other processes.

use std::io;
use std::io::BufRead;
use std::io::BufReader;
use std::io::Write;
use std::os::unix::net::UnixListener;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering;
use std::thread;

use visa::sim::gpib::Address;
use visa::sim::gpib::Board as Station;
use visa::sim::gpib::Bus;

use crate::gpib::control;
use crate::gpib::driver::Driver;
use crate::gpib::server;

/// Tells programs in which folder the sockets are.
pub const FOLDER: &str = "GPIB_BENCH";

/// The socket of the driver, and that of the commands for tests.
const DRIVER: &str = "board";
const CONTROL: &str = "control";

/// How programs reach the board.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Board {
    Socket,
    /// Somebody else serves the driver.
    Elsewhere,
}

/// A running bench.
pub struct Bench {
    pub driver: Arc<Driver>,
    folder: PathBuf,
    stopping: Arc<AtomicBool>,
}

impl Drop for Bench {
    fn drop(&mut self) {
        self.stopping.store(true, Ordering::SeqCst);
        self.driver.stop();
        for name in [DRIVER, CONTROL] {
            let path = self.folder.join(name);
            // Wakes who accepts connections; there is nothing to say.
            let _ = UnixStream::connect(&path);
            let _ = std::fs::remove_file(&path);
        }
    }
}

impl Bench {
    /// Starts a bus with a board that is in charge, with REN asserted (as linux-gpib's gpib_config
    /// leaves it), another controller and these instruments. The sockets go into `folder`, whose
    /// path must be short.
    pub fn start(folder: &Path, instruments: &[Address], reached: Board) -> io::Result<Self> {
        let bus = Bus::new();
        let board = bus.add_board(Address::new(0), true);
        let other = bus.add_board(control::OTHER, false);
        for address in instruments {
            bus.add_instrument(*address, &identity(*address))?;
        }
        let started = board.interface_clear().and_then(|()| board.remote_enable(true));
        started.map_err(|why| io::Error::other(format!("{why:?}")))?;
        bus.forget_log();
        let driver = Driver::start(board);
        let stopping = Arc::new(AtomicBool::new(false));
        let bench = Self { driver, folder: folder.to_owned(), stopping };
        let driver = Arc::clone(&bench.driver);
        if reached == Board::Socket {
            bench.listen(DRIVER, move |connection| server::serve(&driver, connection))?;
        }
        bench.listen(CONTROL, move |connection| answer(connection, &bus, &other))?;
        Ok(bench)
    }

    fn listen(
        &self,
        name: &str,
        serve: impl Fn(&UnixStream) -> io::Result<()> + Send + Sync + 'static,
    ) -> io::Result<()> {
        let listener = UnixListener::bind(self.folder.join(name))?;
        let stopping = Arc::clone(&self.stopping);
        let serve = Arc::new(serve);
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                if stopping.load(Ordering::SeqCst) {
                    return;
                }
                let serve = Arc::clone(&serve);
                // A client that leaves early has no use for an answer.
                thread::spawn(move || serve(&connection));
            }
        });
        Ok(())
    }
}

/// What the instrument at an address answers to `*IDN?`.
pub fn identity(address: Address) -> String {
    format!("Ferrovisa,GPIB Instrument,{address},1.0")
}

fn answer(mut connection: &UnixStream, bus: &Bus, other: &Station) -> io::Result<()> {
    let mut line = String::new();
    BufReader::new(connection).read_line(&mut line)?;
    let line = line.strip_suffix('\n').unwrap_or(&line);
    let answer = control::command(bus, other, line);
    let answer = answer.unwrap_or_else(|error| format!("error: {error}"));
    writeln!(connection, "{answer}")
}
