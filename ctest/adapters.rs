#![forbid(unsafe_code)]
//! GPIB boards that are no hardware of this machine: Prologix adapters on TCP and on a serial port,
//! and a VXI-11 gateway. All are boards by configuration, with the same simulated bus behind them:
//! instruments at 5, 12 and 9 with secondary address 3.

use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicU16, Ordering};

use libtest_mimic::Trial;
use visa::sim::gateway;
use visa::sim::gateway::Gateway;
use visa::sim::gpib::Address;
use visa::sim::gpib::Bus;
use visa::sim::prologix;
use visa::sim::prologix::Adapter;
use visa::sim::prologix::Firmware;

use crate::Outcome;
use crate::cc;
use crate::failed;
use crate::programs;
use crate::python;
use crate::trial;

/// What is behind the board's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Prologix,
    PrologixSerial,
    Ar488,
    Gateway,
}

const KINDS: &[(&str, Kind)] = &[
    ("prologix", Kind::Prologix),
    ("prologix_serial", Kind::PrologixSerial),
    ("ar488", Kind::Ar488),
    ("gateway", Kind::Gateway),
];

/// Programs for instruments of any kind. Not there: those in which one session goes on while
/// another waits in a read, for that has the bus (async.c, terminate.c, srq.c).
const GENERAL: &[&str] = &[
    "attributes_guard.c",
    "big_block.c",
    "buffers.c",
    "clear.c",
    "files.c",
    "fork.c",
    "formatted_blocks.c",
    "formatted_query.c",
    "handles.c",
    "late_calls.c",
    "lock_processes.c",
    "lock_rules.c",
    "null_and_wild.c",
    "query.c",
    "read_ends.c",
    "signals.c",
    "timeouts.c",
    "write_send_end.c",
];

/// The releases of PyVISA that the library is checked with.
const RELEASES: &[&str] = &["pyvisa==1.16.2", "pyvisa==1.11.3"];

pub fn trials() -> Vec<Trial> {
    let general = GENERAL.iter().flat_map(|&source| {
        // Millions of bytes, of which an AR488 gets some fifty at a time.
        let fits = move |kind| !(kind == Kind::Ar488 && source == "big_block.c");
        let kinds = KINDS.iter().filter(move |(_, kind)| fits(*kind));
        kinds.map(move |&(kind_name, kind)| {
            let name = format!("adapters::{}::{kind_name}", source.trim_end_matches(".c"));
            trial(name.clone(), move || program(&name, source, kind))
        })
    });
    let pyvisa = RELEASES.iter().flat_map(|&release| {
        KINDS.iter().map(move |&(kind_name, kind)| {
            let name = format!("adapters::{}::{kind_name}", release.replace("==", "_"));
            trial(name.clone(), move || pyvisa(&name, release, kind))
        })
    });
    let more = vec![
        trial("adapters::interface_session", interface_session),
        trial("adapters::pyvisa_py_as_client", pyvisa_py),
    ];
    general.chain(pyvisa).chain(more).collect()
}

/// A bus, what leads to it, and the configuration that says so.
struct Bench {
    /// Their drop stops them.
    _adapter: Option<Adapter>,
    gateway: Option<Gateway>,
    bus: Bus,
    /// The board's number.
    board: u16,
    config: PathBuf,
}

/// A board's number that no other trial has, nor most likely another run at this time: locks are on
/// the names of instruments, and hold on the whole machine.
fn number() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    (std::process::id() % 600) as u16 * 100 + NEXT.fetch_add(1, Ordering::Relaxed) % 100
}

fn bus() -> Outcome<Bus> {
    let bus = Bus::new();
    for address in [Address::new(5), Address::new(12), Address::extended(9, 3)] {
        bus.add_instrument(address, &format!("Ferrovisa,GPIB Instrument,{address},1.0"))?;
    }
    Ok(bus)
}

impl Bench {
    fn new(name: &str, kind: Kind) -> Outcome<Self> {
        let bus = bus()?;
        let mut bench = Self {
            _adapter: None,
            gateway: None,
            bus: bus.clone(),
            board: number(),
            config: cc::scratch(&format!("{name} configuration"))?.join("config.toml"),
        };
        let place = if kind == Kind::Gateway {
            let gateway = Gateway::start(&bus, &gateway::Config::default())?;
            bench.gateway.insert(gateway).resource_name(None)
        } else {
            let adapter = Adapter::start(&bus, &adapter_config(kind))?;
            let place = match (adapter.path(), adapter.port()) {
                (Some(path), _) => path.to_owned(),
                (None, port) => format!("127.0.0.1:{}", port.unwrap_or_default()),
            };
            bench._adapter = Some(adapter);
            format!("prologix://{place}")
        };
        std::fs::write(&bench.config, format!("[gpib]\n{} = \"{place}\"\n", bench.board))?;
        Ok(bench)
    }
}

fn adapter_config(kind: Kind) -> prologix::Config {
    let firmware = if kind == Kind::Ar488 { Firmware::Ar488 } else { Firmware::Prologix };
    let serial = kind != Kind::Prologix;
    prologix::Config { firmware, serial, ..prologix::Config::default() }
}

fn program(name: &str, source: &str, kind: Kind) -> Outcome {
    let bench = Bench::new(name, kind)?;
    let built = programs::build(name, source, &cc::library()?, &[])?;
    let mut command = built.run();
    command.env("FERROVISA_CONFIG", &bench.config).arg(format!("GPIB{}::5::INSTR", bench.board));
    programs::judge(&mut command)?;
    bench.nothing_left()
}

impl Bench {
    /// The gateway must not keep anything for a program that has ended.
    fn nothing_left(&self) -> Outcome {
        let began = std::time::Instant::now();
        while let Some(gateway) = &self.gateway {
            if gateway.links() == 0 && !gateway.is_locked() {
                break;
            }
            if began.elapsed() > crate::process::LIMIT {
                return failed(format!("{} links are left at the gateway", gateway.links()));
            }
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        Ok(())
    }
}

/// PyVISA's examples for GPIB, and two processes on one board.
fn pyvisa(name: &str, release: &'static str, kind: Kind) -> Outcome {
    let python = python::with(&[release])?;
    let bench = Bench::new(name, kind)?;
    let library = cc::library()?.to_string_lossy().into_owned();
    let features = match kind {
        Kind::Prologix | Kind::PrologixSerial => "",
        Kind::Ar488 => "ren",
        Kind::Gateway => "ren atn lines presence",
    };
    let arguments = [library, format!("GPIB{}", bench.board), features.to_owned()];
    let mut command = python::command(&python, "ctest/pyvisa/gpib.py", &arguments);
    crate::process::tool(command.env("FERROVISA_CONFIG", &bench.config))?;
    if kind == Kind::Gateway && release == RELEASES[0] {
        // The examples for all message-based resources. They end with a mode of remote control
        // that adapters do not have; and 1.11 gives each GPIB name a secondary address.
        let library = cc::library()?.to_string_lossy().into_owned();
        let arguments = [library, format!("GPIB{}::5::INSTR", bench.board)];
        let mut command = python::command(&python, "ctest/pyvisa/examples.py", &arguments);
        crate::process::tool(command.env("FERROVISA_CONFIG", &bench.config))?;
    }
    // What the group was triggered by.
    let group = [0x3F, 0x25, 0x2C, 0x08];
    let commands = bench.bus.commands();
    if !commands.windows(group.len()).any(|sent| sent == group) {
        return failed(format!("no group execute trigger in {}", bench.bus.log_line()));
    }
    bench.nothing_left()
}

/// Without configuration: a session of the adapter makes it a board for as long as it is open.
fn interface_session() -> Outcome {
    let python = python::with(&[RELEASES[0]])?;
    for kind in [Kind::Prologix, Kind::PrologixSerial] {
        let bus = bus()?;
        let adapter = Adapter::start(&bus, &adapter_config(kind))?;
        let library = cc::library()?.to_string_lossy().into_owned();
        let arguments = [library, adapter.resource_name(3)];
        python::script(&python, "ctest/pyvisa/prologix.py", &arguments)?;
    }
    Ok(())
}

/// An independent client on our adapter and on our gateway.
fn pyvisa_py() -> Outcome {
    let packages = ["pyvisa==1.16.2", "pyvisa-py==0.8.1", "python-vxi11==0.9", "pyserial==3.5"];
    let python = python::with(&packages)?;
    let (network, serial, lan) = (bus()?, bus()?, bus()?);
    let on_network = Adapter::start(&network, &adapter_config(Kind::Prologix))?;
    let on_port = Adapter::start(&serial, &adapter_config(Kind::PrologixSerial))?;
    let gateway = Gateway::start(&lan, &gateway::Config::default())?;
    let arguments = [
        on_network.resource_name(2),
        on_port.resource_name(3),
        gateway.resource_name(Some(Address::new(12))),
        gateway.port().to_string(),
    ];
    let mut command: Command = python::command(&python, "ctest/peers/gpib_clients.py", &arguments);
    crate::process::tool(&mut command).map(drop)
}
