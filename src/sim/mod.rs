#![deny(unsafe_code)]
//! Simulated instruments: real servers on loopback, with codecs of their own.
//!
//! `visa sim`, the demo and the tests talk to the same [`Instrument`]: SCPI and IEEE 488.2 behind
//! a raw socket, VXI-11, HiSLIP and a serial port (a pseudo-terminal). It shares no code with the library proper, so that a protocol
//! mistake on one side does not agree with itself on the other.
//!
//! Mnemonics have their short (upper case) and long form, in any case. Besides the mandatory
//! commands of IEEE 488.2 and `*TRG`, `*OPT?` the instrument knows:
//!
//! | command | effect or answer |
//! |---|---|
//! | `MEASure[:VOLTage][:DC]?` | a reading in volts, different each time |
//! | `CURVe?`, `WAVeform:DATA?` | one period of a sine as a definite length block |
//! | `WAVeform:POINts <n>`, `WAVeform:POINts?` | its length, 1 to 1000000; 1000 at first |
//! | `WAVeform:FORMat BYTE\|WORD\|REAL`, `...?` | 8 or 16 bit integers or 64 bit reals, big-endian |
//! | `TRIGger[:IMMediate]`, `TRIGger:COUNt?` | triggers, from any interface, since `*RST` |
//! | `SYSTem:ERRor[:NEXT]?`, `SYSTem:VERSion?` | oldest error; version of SCPI |
//! | `SYSTem:DELay <ms>` | holds back the next response of this connection |
//! | `ECHO <anything>`, `ECHO? <anything>` | the argument, up to the end of the message |
//! | `ECHO:BLOCk <block>`, `ECHO:BLOCk? <block>` | the data as a definite length block |
//! | `DATA:BLOCk? <n>` | a block of the first `n` bytes of the [`pattern`], up to 1 GiB |
//! | `DATA:LOAD <block>` | takes any number of bytes and compares them with the [`pattern`] |
//! | `DATA:LOAD?` | byte count, CRC-32, and 1 if all were equal |
//! | `RECEIVE`, `SEND`, `RCVSLOWSRQ`, `SENDSLOWSRQ` | keeps a line and gives it back, for PyVISA's tests |
//!
//! `SAMPle`, `TRACe`, `INITiate` and `STATus:MEASurement` make a multimeter of it whose buffer requests service when it
//! is full: `src/sim/trace.rs` lists them.
//!
//! It announces itself by multicast DNS where that is asked for ([`mdns`]).
//!
//! A message ends with a line feed on the raw socket and the serial port, with a line feed or END on VXI-11, and
//! with END alone on HiSLIP. A new message before the last response was read drops it and is
//! error -410, except on the raw socket, the serial port and in HiSLIP overlap mode, where responses queue.
//!
//! ```
//! use std::io::{Read, Write};
//!
//! let instrument = visa::sim::Instrument::start(visa::sim::Config::default())?;
//! let port = instrument.socket_port().unwrap();
//! let mut socket = std::net::TcpStream::connect(("127.0.0.1", port))?;
//! socket.write_all(b"*OPC?\n")?;
//! let mut answer = [0; 2];
//! socket.read_exact(&mut answer)?;
//! assert_eq!(&answer, b"1\n");
//! # std::io::Result::Ok(())
//! ```

mod bulk;
mod checksum;
mod commands;
mod device;
mod front;
pub mod gpib;
mod header;
mod hislip;
mod interpreter;
mod lexer;
mod locks;
pub mod mdns;
mod peer;
mod portmapper;
pub mod prologix;
mod pty;
mod response;
mod rpc;
mod server;
mod socket;
mod status;
mod store;
#[cfg(test)]
mod tests;
mod trace;
mod vxi11;
mod waveform;
mod xdr;

use std::fmt;
use std::io;
use std::net::IpAddr;
use std::net::Ipv4Addr;
use std::net::Ipv6Addr;
use std::net::TcpListener;
use std::sync::Arc;

use crate::sim::device::Device;
use crate::sim::server::Hub;

pub use crate::sim::bulk::pattern;
pub use crate::sim::front::Extent;
pub use crate::sim::front::Front;
pub use crate::sim::front::Remote;
pub use crate::sim::vxi11::gateway;

/// What to simulate.
#[derive(Clone, Debug)]
pub struct Config {
    /// The answer to `*IDN?`.
    pub identity: String,
    /// The address to listen on.
    pub bind: IpAddr,
    /// Port of the raw socket: 0 for any free port, `None` for no raw socket.
    pub socket: Option<u16>,
    /// Port of the VXI-11 core channel: 0 for any free port, `None` for no VXI-11.
    pub vxi11: Option<u16>,
    /// Port of HiSLIP: 0 for any free port, `None` for no HiSLIP.
    pub hislip: Option<u16>,
    /// A serial port, by a pseudo-terminal.
    pub serial: bool,
    /// Also be the portmapper of this host, on TCP and UDP port 111: clients that cannot be given
    /// a port find the VXI-11 core channel through it. Usually needs privileges.
    pub portmapper: bool,
    /// Announce the instrument by multicast DNS in the network of `bind`, which must be an address
    /// of one: not loopback, not all of them. VXI-11 is announced with a portmapper only.
    pub mdns: bool,
    /// The largest VXI-11 device_write that is accepted, in bytes (maxRecvSize, VXI-11 B.6.3).
    pub max_receive: u32,
    /// Prefer overlap mode to synchronized mode (IVI-6.1 3).
    pub hislip_overlap: bool,
    /// The largest HiSLIP message that is accepted, in bytes (IVI-6.1 6.9).
    pub hislip_max_message: u64,
    /// The HiSLIP version that is offered, major and minor.
    pub hislip_version: (u8, u8),
    /// Another HiSLIP sub-address of the instrument, as if it were behind a gateway.
    pub hislip_alias: Option<String>,
}

impl Default for Config {
    /// All three network interfaces, on free ports of 127.0.0.1.
    fn default() -> Self {
        Self {
            identity: concat!(
                "Ferrovisa,Simulated Instrument,SN000001,",
                env!("CARGO_PKG_VERSION")
            )
            .to_owned(),
            bind: Ipv4Addr::LOCALHOST.into(),
            socket: Some(0),
            vxi11: Some(0),
            hislip: Some(0),
            serial: false,
            portmapper: false,
            mdns: false,
            max_receive: 1 << 20,
            hislip_overlap: false,
            hislip_max_message: 1 << 20,
            hislip_version: (1, 1),
            hislip_alias: None,
        }
    }
}

/// What an instrument has seen, for tests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// VXI-11 links that exist now.
    pub links: usize,
    /// HiSLIP sessions that exist now.
    pub sessions: usize,
    /// Raw socket connections that exist now.
    pub sockets: usize,
    /// Triggers so far, from any interface and from `*TRG`.
    pub triggers: u64,
    /// Device clears so far, from VXI-11 and HiSLIP.
    pub clears: u64,
    /// VXI-11 device_abort calls so far that ended a call in progress.
    pub aborts: u64,
    /// Service requests sent so far to clients that asked for them.
    pub service_requests: u64,
    /// Whether remote control is enabled (the REN line, as far as there is one).
    pub remote_enabled: bool,
    /// Whether the instrument is in the remote state.
    pub remote: bool,
    /// Whether the front panel is locked out.
    pub lockout: bool,
    /// Whether a client holds an exclusive lock on the instrument.
    pub exclusive_lock: bool,
    /// How many clients hold a shared lock on the instrument.
    pub shared_locks: usize,
}

/// A running instrument; it stops, with all connections and threads, when dropped.
pub struct Instrument {
    device: Arc<Device>,
    hub: Arc<Hub>,
    bind: IpAddr,
    portmapper: bool,
    socket: Option<u16>,
    vxi11: Option<u16>,
    hislip: Option<u16>,
    serial: Option<String>,
    responder: Option<mdns::Responder>,
}

impl fmt::Debug for Instrument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.resource_names()).finish()
    }
}

impl Drop for Instrument {
    fn drop(&mut self) {
        // The goodbye first, while everything is still there.
        self.responder = None;
        self.device.change(|state| state.stopping = true);
        self.hub.stop();
        self.hub.join();
    }
}

impl Instrument {
    /// Starts listening.
    ///
    /// # Errors
    /// What the system says about a port that is taken or not permitted.
    pub fn start(config: Config) -> io::Result<Self> {
        let device = Arc::new(Device::new(config.identity.clone()));
        // Made first, so that its drop ends what has been started when a later port is taken.
        let mut instrument = Self {
            device: Arc::clone(&device),
            hub: Arc::default(),
            bind: config.bind,
            portmapper: config.portmapper,
            socket: None,
            vxi11: None,
            hislip: None,
            serial: None,
            responder: None,
        };
        let hub = Arc::clone(&instrument.hub);
        {
            let device = Arc::clone(&device);
            hub.spawn("clock", move || device.watch_clock())?;
        }
        if let Some(port) = config.socket {
            let (listener, port) = bind(config.bind, port, "raw socket")?;
            instrument.socket = Some(port);
            let (device, books) = (Arc::clone(&device), Arc::clone(&hub));
            hub.listen("socket", listener, move |connection| {
                socket::serve(&books, &device, &connection);
            })?;
        }
        if let Some(port) = config.vxi11 {
            let (core, port) = bind(config.bind, port, "VXI-11 core channel")?;
            let (abort, abort_port) = bind(config.bind, 0, "VXI-11 abort channel")?;
            instrument.vxi11 = Some(port);
            vxi11::start(&hub, &device, core, abort, config.max_receive)?;
            if config.portmapper {
                portmapper::start(&hub, config.bind, port, abort_port)?;
            }
        } else if config.portmapper {
            let why = "a portmapper without VXI-11 has nothing to tell";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
        }
        if let Some(port) = config.hislip {
            let (listener, port) = bind(config.bind, port, "HiSLIP")?;
            instrument.hislip = Some(port);
            hislip::start(&hub, &device, listener, &config)?;
        }
        if config.serial {
            instrument.serial = Some(pty::start(&hub, &device)?);
        }
        if config.mdns {
            let announcement = instrument.announcement(&config.identity);
            let link = mdns::Link::of(config.bind)?;
            instrument.responder = Some(mdns::Responder::start(&announcement, &[link])?);
        }
        Ok(instrument)
    }

    /// What it announces: its identity, and what can be opened by a name without a port in it, or
    /// by one that the announcement gives.
    fn announcement(&self, identity: &str) -> mdns::Announcement {
        let ports = [
            ("_vxi-11", self.vxi11.filter(|_| self.portmapper).map(|_| portmapper::PORT)),
            ("_hislip", self.hislip),
            ("_scpi-raw", self.socket),
        ];
        let services =
            ports.into_iter().filter_map(|(service, port)| Some((service.to_owned(), port?)));
        mdns::Announcement::of(identity, services.collect())
    }

    /// The port of the raw socket.
    pub fn socket_port(&self) -> Option<u16> {
        self.socket
    }

    /// The port of the VXI-11 core channel.
    pub fn vxi11_port(&self) -> Option<u16> {
        self.vxi11
    }

    /// The port of HiSLIP.
    pub fn hislip_port(&self) -> Option<u16> {
        self.hislip
    }

    /// The device of the serial port.
    pub fn serial_path(&self) -> Option<&str> {
        self.serial.as_deref()
    }

    /// The VISA resource names under which this host reaches the instrument. The VXI-11 one has
    /// the port behind the host, an extension, unless the portmapper makes it unnecessary.
    pub fn resource_names(&self) -> Vec<String> {
        let host = match self.bind {
            IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.to_string(),
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) if ip.is_unspecified() => format!("[{}]", Ipv6Addr::LOCALHOST),
            IpAddr::V6(ip) => format!("[{ip}]"),
        };
        let mut names = Vec::new();
        if let Some(port) = self.socket {
            names.push(format!("TCPIP0::{host}::{port}::SOCKET"));
        }
        if let Some(port) = self.vxi11 {
            let port = if self.portmapper { String::new() } else { format!(",{port}") };
            names.push(format!("TCPIP0::{host}{port}::inst0::INSTR"));
        }
        if let Some(port) = self.hislip {
            let port =
                if port == hislip::STANDARD_PORT { String::new() } else { format!(",{port}") };
            names.push(format!("TCPIP0::{host}::hislip0{port}::INSTR"));
        }
        names.extend(self.serial.iter().map(|path| format!("ASRL{path}::INSTR")));
        names
    }

    /// A client's way in for a bus that is emulated elsewhere. `request` is called with the status
    /// byte at each service request; it must not block, nor call the instrument.
    pub fn front(&self, request: impl Fn(u8) + Send + 'static) -> Front {
        Front::new(Arc::clone(&self.device), request)
    }

    /// What the instrument has seen up to now.
    pub fn counters(&self) -> Counters {
        self.device.counters()
    }
}

/// Listens on a TCP port and says which one it became.
fn bind(address: IpAddr, port: u16, what: &str) -> io::Result<(TcpListener, u16)> {
    let listener = TcpListener::bind((address, port)).map_err(|error| told(what, port, &error))?;
    let port = listener.local_addr()?.port();
    Ok((listener, port))
}

/// The same error, saying what was being started.
fn told(what: &str, port: u16, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("cannot start {what} on port {port}: {error}"))
}
