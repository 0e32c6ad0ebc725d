#![forbid(unsafe_code)]
//! What others find on the same network: PyVISA and the `visa` tool with this library, and programs
//! that search by themselves.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;
use std::path::Path;
use std::process::Command;
use std::time::Duration;
use std::time::Instant;

use crate::Outcome;
use crate::cc;
use crate::failed;
use crate::net::Check;
use crate::net::alone;
use crate::net::broadcast::exactly;
use crate::net::broadcast::instrument;
use crate::net::finder::Finder;
use crate::net::host::Host;
use crate::net::lan::Lan;
use crate::process;
use crate::python;

const PYVISA: &[&str] = &["pyvisa==1.16.2"];
pub const PYVISA_PY: &[&str] =
    &["pyvisa==1.16.2", "pyvisa-py==0.8.1", "psutil==7.2.2", "zeroconf==0.154.0"];

pub const CHECKS: &[Check] = &[
    Check::new("pyvisa_and_the_tool_list_what_a_c_program_finds", same).with_python(PYVISA),
    Check::new("pyvisa_py_finds_the_same_hosts", pyvisa_py).with_python(PYVISA_PY),
    Check::new("lxi_tools_find_the_same_hosts", lxi_tools),
    Check::new("lxi_tools_find_them_by_mdns", lxi_tools_by_mdns).with_python(PYVISA_PY),
];

/// How long daemons may take to start.
const PATIENCE: Duration = Duration::from_secs(30);

/// Two networks with three instruments.
struct Lab {
    _lans: [Lan; 2],
    hosts: Vec<(Host, Ipv4Addr)>,
    addresses: BTreeSet<Ipv4Addr>,
}

impl Lab {
    fn new() -> Outcome<Self> {
        let lans = [Lan::new(1)?, Lan::new(2)?];
        let (mut hosts, mut addresses) = (Vec::new(), BTreeSet::new());
        for (number, lan) in [(1, &lans[0]), (2, &lans[1]), (3, &lans[1])] {
            let (host, place) = lan.host()?;
            host.start("instrument", &[&format!("Lab,Meter,{number},1")])?;
            addresses.insert(place.v4);
            hosts.push((host, place.v4));
        }
        let names: Vec<_> = addresses.iter().map(|address| instrument(*address)).collect();
        exactly(&Finder::new()?.find("TCPIP?*")?, &names)?;
        Ok(Self { _lans: lans, hosts, addresses })
    }

    /// Has each announced by python-zeroconf, beside its portmapper.
    fn announce(&self) -> Outcome {
        self.hosts.iter().try_for_each(|(host, address)| announce(host, &[*address]))
    }

    /// That the addresses in these texts are those of the instruments.
    fn same(&self, texts: impl Iterator<Item = String>) -> Outcome {
        let texts: Vec<_> = texts.collect();
        let is_part = |c: char| c.is_ascii_digit() || c == '.';
        let words = texts.iter().flat_map(|text| text.split(|c| !is_part(c)));
        let found: BTreeSet<Ipv4Addr> = words.filter_map(|word| word.parse().ok()).collect();
        if found == self.addresses {
            return Ok(());
        }
        failed(format!("{found:?}, not {:?}: {texts:?}", self.addresses))
    }
}

/// Has an instrument announced with its addresses by python-zeroconf.
pub fn announce(host: &Host, addresses: &[Ipv4Addr]) -> Outcome {
    let python = python::with(PYVISA_PY)?;
    let addresses: Vec<_> = addresses.iter().map(Ipv4Addr::to_string).collect();
    let name = format!("meter-{}", addresses[0].replace('.', "-"));
    let mut announce = host.command(&python.to_string_lossy());
    announce.arg(cc::project("ctest/net/announce.py")).arg(name).args(addresses);
    host.run(announce)
}

/// The lines that contain a word, of a program that may search the network.
fn lines(command: &mut Command, word: &str) -> Outcome<Vec<String>> {
    let said = process::tool(command.env("FERROVISA_LAN_SEARCH", "on"))?;
    Ok(said.lines().filter(|line| line.contains(word)).map(str::to_owned).collect())
}

fn same() -> Outcome {
    let lab = Lab::new()?;
    let python = python::with(PYVISA)?;
    let mut list = python::command(&python, "ctest/net/listing.py", &[cc::library()?]);
    let by_pyvisa = lines(&mut list, "found TCPIP0::")?;
    let mut visa = Command::new(env!("CARGO_BIN_EXE_visa"));
    visa.arg("--lib").arg(cc::library()?).arg("list").env_remove("VISA_LIB");
    let by_tool = lines(&mut visa, "TCPIP0::")?;
    for found in [by_pyvisa, by_tool] {
        let whole = found.iter().filter(|line| line.contains("::inst0::INSTR")).count();
        if whole != lab.addresses.len() {
            return failed(format!("{found:?}"));
        }
        lab.same(found.into_iter())?;
    }
    Ok(())
}

fn pyvisa_py() -> Outcome {
    let lab = Lab::new()?;
    let python = python::with(PYVISA_PY)?;
    let mut list = python::command(&python, "ctest/net/listing.py", &["@py"]);
    lab.same(lines(&mut list, "found TCPIP")?.into_iter())
}

fn lxi_tools() -> Outcome {
    let lxi = process::installed("lxi")?;
    let lab = Lab::new()?;
    lab.same(lines(Command::new(lxi).arg("discover"), "Found")?.into_iter())
}

/// lxi-tools ask avahi-daemon, by D-Bus: both run on our host.
fn lxi_tools_by_mdns() -> Outcome {
    let lxi = process::installed("lxi")?;
    ["dbus-daemon", "avahi-daemon"].into_iter().try_for_each(alone::need_daemon)?;
    let lab = Lab::new()?;
    lab.announce()?;
    let here = Host::here();
    std::fs::create_dir_all("/run/dbus")?;
    let mut bus = here.command("dbus-daemon");
    bus.args(["--system", "--nofork", "--nopidfile"]);
    here.spawn(bus)?;
    wait_until(|| Path::new("/run/dbus/system_bus_socket").exists())?;
    let mut avahi = here.command("avahi-daemon");
    avahi.args(["--no-rlimits", "--syslog"]);
    here.spawn(avahi)?;
    let is_ready = || {
        let check = Command::new("avahi-daemon").arg("--check").status();
        check.is_ok_and(|status| status.success())
    };
    wait_until(is_ready)?;
    let mut discover = Command::new(lxi);
    lab.same(lines(discover.args(["discover", "--mdns"]), "Found")?.into_iter())
}

fn wait_until(mut is_there: impl FnMut() -> bool) -> Outcome {
    let began = Instant::now();
    while !is_there() {
        if began.elapsed() > PATIENCE {
            return failed("a daemon does not start");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}
