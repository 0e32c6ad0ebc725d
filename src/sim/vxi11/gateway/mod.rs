#![forbid(unsafe_code)]
//! A VXI-11.2 gateway: one interface, `gpib0`, that is a board on a simulated bus, and the devices
//! on it, `gpib0,12` or `gpib0,9,3`.
//!
//! One operation has the bus at a time, a read until it ends or its time is over. create_link finds
//! a device whether it is there or not, as gateways do, unless [`Config::looks`] says otherwise.
//! A service request, of whichever device, is told to all links that have enabled it, and again
//! when the line is still asserted after a poll.

mod channel;
mod docmd;
mod link;
mod service;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::io;
use std::io::BufReader;
use std::net::IpAddr;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::Condvar;
use std::sync::Mutex;

use crate::sim::gpib::Abort;
use crate::sim::gpib::Address;
use crate::sim::gpib::Board;
use crate::sim::gpib::Bus;
use crate::sim::gpib::Failure;
use crate::sim::rpc;
use crate::sim::rpc::Call;
use crate::sim::rpc::NoCall;
use crate::sim::rpc::Refusal;
use crate::sim::rpc::read_record;
use crate::sim::rpc::send_record;
use crate::sim::server::Connection;
use crate::sim::server::Hub;
use crate::sim::server::lock;
use crate::sim::vxi11::ABORT_PROGRAM;
use crate::sim::vxi11::ABORTED;
use crate::sim::vxi11::ErrorCode;
use crate::sim::vxi11::INVALID_LINK;
use crate::sim::vxi11::TIMED_OUT;
use crate::sim::vxi11::VERSION;

/// Device_ErrorCode: I/O error.
const IO_ERROR: ErrorCode = 17;

/// The longest call of the abort channel, in bytes.
const LONGEST_ABORT: usize = 4096;

/// What to simulate.
#[derive(Clone, Debug)]
pub struct Config {
    /// The address to listen on.
    pub bind: IpAddr,
    /// The port of the core channel: 0 for any free one.
    pub port: u16,
    /// The board's own address.
    pub address: Address,
    /// create_link refuses a device that is not there.
    pub looks: bool,
    /// maxRecvSize of create_link.
    pub max_receive: u32,
}

impl Default for Config {
    /// On a free port of 127.0.0.1.
    fn default() -> Self {
        Self {
            bind: Ipv4Addr::LOCALHOST.into(),
            port: 0,
            address: Address::new(21),
            looks: false,
            max_receive: 64 << 10,
        }
    }
}

/// A running gateway; it stops, with all connections, when dropped.
pub struct Gateway {
    shared: Arc<Shared>,
    bind: IpAddr,
    port: u16,
}

/// What all connections know.
struct Shared {
    hub: Arc<Hub>,
    board: Board,
    abort_port: u16,
    looks: bool,
    max_receive: u32,
    /// Who has the bus.
    turn: Mutex<()>,
    links: Mutex<Links>,
    /// Told of each change of the locks.
    unlocked: Condvar,
    line: service::Line,
    ending: Abort,
}

/// The links of all connections.
#[derive(Default)]
struct Links {
    next: i32,
    open: HashMap<i32, Arc<service::Enabled>>,
    /// The links that have locked a device, or the interface (`None`).
    locks: HashMap<Option<Address>, i32>,
    /// How operations of links are ended.
    aborts: HashMap<i32, Abort>,
}

impl Drop for Gateway {
    fn drop(&mut self) {
        let shared = &self.shared;
        shared.hub.stop();
        shared.ending.abort(shared.board.bus());
        for abort in lock(&shared.links).aborts.values() {
            abort.abort(shared.board.bus());
        }
        shared.unlocked.notify_all();
        shared.hub.join();
    }
}

impl Gateway {
    /// Plugs a gateway into `bus`, as its system controller.
    ///
    /// # Errors
    /// What the system says about ports and threads.
    pub fn start(bus: &Bus, config: &Config) -> io::Result<Self> {
        let (core, port) = crate::sim::bind(config.bind, config.port, "gateway core channel")?;
        let (abort, abort_port) = crate::sim::bind(config.bind, 0, "gateway abort channel")?;
        let board = bus.add_board(config.address, true);
        // A board that was made the system controller may do both.
        let _ = board.interface_clear();
        let _ = board.remote_enable(true);
        let shared = Arc::new(Shared {
            hub: Arc::default(),
            board,
            abort_port,
            looks: config.looks,
            max_receive: config.max_receive,
            turn: Mutex::default(),
            links: Mutex::default(),
            unlocked: Condvar::new(),
            line: service::Line::default(),
            ending: Abort::default(),
        });
        // Made first, so that its drop ends what has been started.
        let gateway = Self { shared: Arc::clone(&shared), bind: config.bind, port };
        let hub = Arc::clone(&shared.hub);
        let watching = Arc::clone(&shared);
        hub.spawn("gateway srq", move || service::watch(&watching))?;
        let for_abort = Arc::clone(&shared);
        hub.listen("gateway abort", abort, move |connection| abort_calls(&for_abort, &connection))?;
        hub.listen("gateway core", core, move |connection| channel::serve(&shared, &connection))?;
        Ok(gateway)
    }

    /// The port of the core channel.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The VISA resource name of a device or, for `None`, of the interface.
    pub fn resource_name(&self, device: Option<Address>) -> String {
        let ip = match self.bind {
            IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.to_string(),
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) => format!("[{ip}]"),
        };
        let device = device.map_or(String::new(), |device| {
            let secondary = device.secondary.map_or(String::new(), |number| format!(",{number}"));
            format!(",{}{secondary}", device.primary)
        });
        format!("TCPIP0::{ip},{}::gpib0{device}::INSTR", self.port)
    }

    /// Links that exist now.
    pub fn links(&self) -> usize {
        lock(&self.shared.links).open.len()
    }

    /// Whether a link has locked a device or the interface.
    pub fn is_locked(&self) -> bool {
        !lock(&self.shared.links).locks.is_empty()
    }
}

/// Serves one connection to the abort channel until its end.
fn abort_calls(shared: &Shared, connection: &Connection) {
    let mut reader = BufReader::new(&*connection.stream);
    let mut record = Vec::new();
    while let Ok(Some(length)) = read_record(&mut reader, &mut record, LONGEST_ABORT) {
        let reply = match Call::decode(&record[..length]) {
            Ok(mut call) => match (call.expect(ABORT_PROGRAM, VERSION), call.procedure) {
                (Err(why), _) => rpc::refusal(call.xid, why),
                (Ok(()), 0) => rpc::success(call.xid),
                (Ok(()), 1) => match call.args.i32() {
                    Some(link) => rpc::success(call.xid).u32(shared.abort(link)),
                    None => rpc::refusal(call.xid, Refusal::GarbageArguments),
                },
                _ => rpc::refusal(call.xid, Refusal::ProcedureUnavailable),
            },
            Err(NoCall::OtherVersion(xid)) => rpc::other_version(xid),
            Err(NoCall::Noise) => return,
        };
        if send_record(&connection.stream, &reply).is_err() {
            return;
        }
    }
}

impl Shared {
    /// device_abort.
    fn abort(&self, link: i32) -> ErrorCode {
        let links = lock(&self.links);
        match links.aborts.get(&link) {
            Some(abort) => abort.abort(self.board.bus()),
            None if links.open.contains_key(&link) => {}
            None => return INVALID_LINK,
        }
        drop(links);
        self.unlocked.notify_all();
        0
    }
}

/// What a client is told of a failure.
fn code(failure: Failure) -> ErrorCode {
    match failure {
        Failure::Timeout => TIMED_OUT,
        Failure::Aborted => ABORTED,
        Failure::NoListeners
        | Failure::NotInCharge
        | Failure::NotSystemController
        | Failure::NotAddressed => IO_ERROR,
    }
}
