#![forbid(unsafe_code)]
//! `visa sim`: instruments in software, to try programs on.

use std::io::ErrorKind;
use std::io::Read;
use std::io::Write;
use std::net::IpAddr;
use std::net::Ipv4Addr;
use std::net::TcpListener;

use clap::Args;
use serde_json::json;
use visa::sim::Config;
use visa::sim::Instrument;
use visa::sim::gpib::Address;

use crate::failure::Exit;
use crate::failure::Failure;
use crate::failure::Result;

mod gpib;

/// Arguments.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  visa sim                                        one instrument; prints its resource names
  visa sim --count 3 --json                       three, for a script
  visa sim --socket off --hislip 0                no raw socket, HiSLIP on a free port
  visa sim --serial                               a serial port as well
  visa sim --prologix                             two GPIB instruments behind a Prologix adapter
  visa sim --prologix-serial --ar488              the same on a serial port, with AR488 firmware
  visa sim --gateway --gpib 5,9:3                 at these addresses behind a VXI-11 gateway
  visa sim --mdns --bind 192.168.1.2              announced to the network of this address
  sudo visa sim --portmapper                      VXI-11 without a port in its name

Some of its commands: *IDN?  MEAS:VOLT:DC?  CURV?  WAV:POIN 500  SYST:ERR?  *SRE  *STB?  ECHO text
A port that is taken is replaced by a free one, and a line on stderr says so.
Runs until it is interrupted.")]
pub struct Sim {
    /// Port of the raw socket: 0 for any free one, `off` for none
    #[arg(long, value_name = "PORT", default_value = "5025", value_parser = port)]
    socket: Port,
    /// Port of the VXI-11 core channel: 0 for any free one, `off` for none
    #[arg(long, value_name = "PORT", default_value = "0", value_parser = port)]
    vxi11: Port,
    /// Port of HiSLIP: 0 for any free one, `off` for none
    #[arg(long, value_name = "PORT", default_value = "4880", value_parser = port)]
    hislip: Port,
    /// A serial port too: a pseudo-terminal, which programs open by its path
    #[arg(long)]
    serial: bool,
    /// A Prologix GPIB-ETHERNET adapter too, on this port [with no port given: 1234]
    #[arg(long, value_name = "PORT", num_args = 0..=1, default_missing_value = "1234")]
    prologix: Option<u16>,
    /// A Prologix GPIB-USB adapter too, on a pseudo-terminal
    #[arg(long)]
    prologix_serial: bool,
    /// The adapters have AR488 firmware
    #[arg(long)]
    ar488: bool,
    /// A VXI-11 gateway to GPIB too, with its core channel on this port [with no port given: any]
    #[arg(long, value_name = "PORT", num_args = 0..=1, default_missing_value = "0")]
    gateway: Option<u16>,
    /// Where instruments are on the bus of each adapter and gateway, 9:3 with a secondary address
    #[arg(long, value_name = "ADDRESSES", value_delimiter = ',', default_value = "5,12")]
    gpib: Vec<Address>,
    /// How many instruments; all but the first use ports that are free
    #[arg(long, value_name = "N", default_value = "1", value_parser = clap::value_parser!(u16).range(1..=1000))]
    count: u16,
    /// The answer to *IDN? [default: of the simulator, numbered]
    #[arg(long, value_name = "TEXT", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    identity: Option<String>,
    /// Address to listen on; anything but loopback lets others in
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    bind: IpAddr,
    /// Be the portmapper of this host too (port 111), for the first instrument
    #[arg(long)]
    portmapper: bool,
    /// Announce the instruments by multicast DNS, in the network that --bind is an address of
    #[arg(long)]
    mdns: bool,
    /// Stop when stdin ends, for tests
    #[arg(long)]
    exit_with_stdin: bool,
    /// Print the resource names as one JSON object
    #[arg(long)]
    pub json: bool,
}

/// A port, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Port(Option<u16>);

fn port(text: &str) -> std::result::Result<Port, String> {
    match text {
        "off" => Ok(Port(None)),
        _ => text.parse().map(|port| Port(Some(port))).map_err(|_| "use 0 to 65535 or off".into()),
    }
}

/// Runs it.
///
/// # Errors
/// What the system says about ports.
pub fn run(args: &Sim) -> Result {
    let ports = [args.socket, args.vxi11, args.hislip];
    let buses = gpib::start(args)?;
    if ports.iter().all(|port| port.0.is_none()) && !args.serial && buses.is_empty() {
        return Err(Failure {
            exit: Exit::Usage,
            ..Failure::new("with --socket, --vxi11 and --hislip off nothing is left to start")
        });
    }
    if args.bind.is_unspecified() {
        eprintln!(
            "note: listens on every address; from elsewhere, name this machine instead of loopback"
        );
    }
    let is_wanted = ports.iter().any(|port| port.0.is_some()) || args.serial;
    let count = if is_wanted { args.count } else { 0 };
    let instruments: Vec<Instrument> =
        (0..count).map(|number| start(args, number)).collect::<Result<_>>()?;
    let mut out = std::io::stdout().lock();
    if args.json {
        let names = instruments.iter().map(Instrument::resource_names);
        let names: Vec<_> = names.chain(buses.iter().map(gpib::Desk::resource_names)).collect();
        writeln!(out, "{}", json!({ "instruments": names }))?;
    } else {
        for name in instruments.iter().flat_map(Instrument::resource_names) {
            writeln!(out, "{name}")?;
        }
        for name in buses.iter().flat_map(gpib::Desk::resource_names) {
            writeln!(out, "{name}")?;
        }
    }
    // Into a pipe too, before the long wait: scripts read the names first.
    out.flush()?;
    if args.exit_with_stdin {
        let mut stdin = std::io::stdin().lock();
        let mut buffer = [0; 4096];
        while stdin.read(&mut buffer).is_ok_and(|count| count > 0) {}
        return Ok(());
    }
    loop {
        std::thread::park();
    }
}

fn start(args: &Sim, number: u16) -> Result<Instrument> {
    let default = Config::default();
    let port = |port: Port, what| match (port.0, number) {
        (Some(port), 0) => Some(free(args.bind, port, what)),
        (port, _) => port.map(|_| 0),
    };
    let identity = args.identity.clone();
    let config = Config {
        identity: identity.unwrap_or_else(|| numbered(&default.identity, number)),
        bind: args.bind,
        socket: port(args.socket, "raw socket"),
        vxi11: port(args.vxi11, "VXI-11"),
        hislip: port(args.hislip, "HiSLIP"),
        serial: args.serial,
        portmapper: args.portmapper && number == 0,
        mdns: args.mdns,
        ..default
    };
    Instrument::start(config).map_err(|error| {
        let failure = Failure::new(format!("cannot listen on {}: {error}", args.bind));
        if args.portmapper && number == 0 {
            return failure.hint("port 111 needs root, and no portmapper (rpcbind) running");
        }
        match error.kind() {
            ErrorKind::InvalidInput if args.mdns => {
                failure.hint("--mdns needs --bind with this machine's address in a network")
            }
            ErrorKind::AddrNotAvailable => {
                failure.hint("--bind takes an address of this machine, or 0.0.0.0 for all of them")
            }
            ErrorKind::PermissionDenied => failure.hint("ports below 1024 need root"),
            _ => failure.hint("port 0 takes any free one"),
        }
    })
}

/// The port, or 0 when another program has it.
fn free(bind: IpAddr, port: u16, what: &str) -> u16 {
    match TcpListener::bind((bind, port)) {
        Err(error) if port != 0 && error.kind() == std::io::ErrorKind::AddrInUse => {
            eprintln!("note: port {port} for {what} is taken; using a free one");
            0
        }
        // Other errors are reported by the instrument, which tries the same.
        _ => port,
    }
}

/// The identity with a serial number of its own for each instrument.
fn numbered(identity: &str, number: u16) -> String {
    let mut fields: Vec<String> = identity.split(',').map(str::to_owned).collect();
    if let Some(serial) = fields.get_mut(2) {
        *serial = format!("SN{:06}", u32::from(number) + 1);
    }
    fields.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_may_be_off() {
        assert_eq!(port("off"), Ok(Port(None)));
        assert_eq!(port("0"), Ok(Port(Some(0))));
        assert!(port("65536").is_err());
    }

    #[test]
    fn instruments_differ_in_their_serial_number_alone() {
        assert_eq!(numbered("A,B,SN000001,1", 4), "A,B,SN000005,1");
        assert_eq!(numbered("odd", 4), "odd");
    }

    #[test]
    fn a_taken_port_is_replaced_and_a_free_one_kept() {
        let home = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let holder = TcpListener::bind((home, 0)).expect("a port");
        let port = holder.local_addr().expect("its number").port();
        assert_eq!(free(home, port, "test"), 0);
        drop(holder);
        assert_eq!(free(home, port, "test"), port);
    }
}
