#![forbid(unsafe_code)]
//! A Prologix GPIB-ETHERNET or GPIB-USB controller, or an AR488, on a simulated bus: lines in,
//! of which those with `++` in front are commands to the adapter and all others go to the
//! addressed instrument.
//!
//! ```
//! use std::io::{BufRead, BufReader, Write};
//! use visa::sim::gpib::{Address, Bus};
//! use visa::sim::prologix::{Adapter, Config};
//!
//! let bus = Bus::new();
//! bus.add_instrument(Address::new(12), "Maker,Model,1,0")?;
//! let adapter = Adapter::start(&bus, &Config::default())?;
//! let mut client = std::net::TcpStream::connect(("127.0.0.1", adapter.port().unwrap()))?;
//! client.write_all(b"++addr 12\n*IDN?\n++read eoi\n")?;
//! let mut answer = String::new();
//! BufReader::new(client).read_line(&mut answer)?;
//! assert_eq!(answer, "Maker,Model,1,0\n");
//! # std::io::Result::Ok(())
//! ```
//!
//! What the manuals leave open is decided as follows, here and not in the library:
//!
//! - Commands are carried out one after the other; what arrives meanwhile waits.
//! - Data that no instrument takes is dropped without a word, after `++read_tmo_ms` when one hangs.
//! - A serial poll that nobody answers prints nothing.
//! - `++read_tmo_ms` counts from byte to byte.
//! - Another client is turned away while one is connected, or waits ([`Second`]).

mod commands;
mod lines;
mod machine;
mod settings;
#[cfg(test)]
mod tests;

use std::io;
use std::io::Read;
use std::net::IpAddr;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::TryLockError;

use crate::sim::gpib::Abort;
use crate::sim::gpib::Address;
use crate::sim::gpib::Bus;
use crate::sim::prologix::machine::Machine;
use crate::sim::pty;
use crate::sim::response::send_all;
use crate::sim::server::Connection;
use crate::sim::server::Hub;
use crate::sim::server::lock;

/// The port of a GPIB-ETHERNET.
pub const PORT: u16 = 1234;

/// Bytes taken at once.
const PIECE: usize = 64 << 10;

/// What is in the adapter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Firmware {
    /// Prologix's own.
    #[default]
    Prologix,
    /// The free one for Arduino boards: more commands, longer timeouts, `++savecfg` without a
    /// parameter, and `++read` alone ends at CR LF.
    Ar488,
}

/// What happens to a client that connects while another is connected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Second {
    /// Its connection is closed at once.
    #[default]
    Refused,
    /// It is connected, and nobody listens to it before the first has gone.
    Waits,
}

/// What to simulate.
#[derive(Clone, Debug)]
pub struct Config {
    /// What is in the adapter.
    pub firmware: Firmware,
    /// A pseudo-terminal instead of a TCP port.
    pub serial: bool,
    /// The address to listen on.
    pub bind: IpAddr,
    /// The TCP port: 0 for any free one.
    pub port: u16,
    /// What happens to a second client.
    pub second: Second,
    /// The adapter's own address on the bus.
    pub address: Address,
}

impl Default for Config {
    /// A GPIB-ETHERNET on a free port of 127.0.0.1.
    fn default() -> Self {
        Self {
            firmware: Firmware::Prologix,
            serial: false,
            bind: Ipv4Addr::LOCALHOST.into(),
            port: 0,
            second: Second::Refused,
            address: Address::new(0),
        }
    }
}

/// A running adapter; it stops, with its connection, when dropped.
pub struct Adapter {
    hub: Arc<Hub>,
    abort: Abort,
    bus: Bus,
    bind: IpAddr,
    port: Option<u16>,
    path: Option<String>,
    machine: Arc<Mutex<Machine>>,
}

impl Drop for Adapter {
    fn drop(&mut self) {
        self.hub.stop();
        self.abort.abort(&self.bus);
        self.hub.join();
    }
}

impl Adapter {
    /// Plugs an adapter into `bus`, as its system controller.
    ///
    /// # Errors
    /// What the system says about the port.
    pub fn start(bus: &Bus, config: &Config) -> io::Result<Self> {
        let abort = Abort::default();
        let board = bus.add_board(config.address, true);
        let machine = Machine::new(board, config.firmware, config.serial, abort.clone());
        let mut adapter = Self {
            hub: Arc::default(),
            abort,
            bus: bus.clone(),
            bind: config.bind,
            port: None,
            path: None,
            machine: Arc::new(Mutex::new(machine)),
        };
        let machine = Arc::clone(&adapter.machine);
        if config.serial {
            let path = pty::start_with(&adapter.hub, move |line| {
                let mut buffer = vec![0; PIECE];
                // Fails when the end has come.
                while let Ok(count) = line.receive(&mut buffer) {
                    let answer = &mut |bytes: &[u8]| line.send(bytes);
                    if lock(&machine).feed(&buffer[..count], answer).is_err() {
                        return;
                    }
                }
            })?;
            adapter.path = Some(path);
        } else {
            let (listener, port) = crate::sim::bind(config.bind, config.port, "Prologix")?;
            adapter.port = Some(port);
            let second = config.second;
            adapter.hub.listen("prologix", listener, move |connection| {
                if let Some(machine) = admit(&machine, second) {
                    serve(machine, &connection);
                }
            })?;
        }
        Ok(adapter)
    }

    /// The TCP port.
    pub fn port(&self) -> Option<u16> {
        self.port
    }

    /// The pseudo-terminal.
    pub fn path(&self) -> Option<&str> {
        self.path.as_deref()
    }

    /// The VISA resource name of the adapter as board `board`.
    pub fn resource_name(&self, board: u16) -> String {
        let ip = match self.bind {
            IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.to_string(),
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) => format!("[{ip}]"),
        };
        match (&self.path, self.port) {
            (Some(path), _) => format!("PRLGX-ASRL{board}::{path}::INTFC"),
            (None, port) => {
                format!("PRLGX-TCPIP{board}::{ip}::{}::INTFC", port.unwrap_or(PORT))
            }
        }
    }

    /// Pulls the plug for a moment: settings are as they were saved, and what was connected is not
    /// any more.
    pub fn power_cycle(&self) {
        self.hub.disconnect();
        // What goes on ends within its own time.
        lock(&self.machine).reset();
    }
}

/// The adapter, for the only client that there can be.
fn admit(machine: &Mutex<Machine>, second: Second) -> Option<MutexGuard<'_, Machine>> {
    match (second, machine.try_lock()) {
        (_, Ok(machine)) => Some(machine),
        (_, Err(TryLockError::Poisoned(poisoned))) => Some(poisoned.into_inner()),
        (Second::Refused, Err(TryLockError::WouldBlock)) => None,
        (Second::Waits, Err(TryLockError::WouldBlock)) => Some(lock(machine)),
    }
}

/// Serves one connection until its end.
fn serve(mut machine: MutexGuard<'_, Machine>, connection: &Connection) {
    machine.connect();
    let mut buffer = vec![0; PIECE];
    loop {
        match (&*connection.stream).read(&mut buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Ok(count @ 1..) => {
                let answer = &mut |bytes: &[u8]| send_all(&connection.stream, &[bytes]);
                if machine.feed(&buffer[..count], answer).is_err() {
                    return;
                }
            }
            _ => return,
        }
    }
}
