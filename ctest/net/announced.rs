#![forbid(unsafe_code)]
//! Others that speak multicast DNS: whom they announce we find, and whom we announce they find.

use std::net::UdpSocket;
use std::path::Path;
use std::time::Duration;
use std::time::Instant;

use crate::Outcome;
use crate::cc;
use crate::failed;
use crate::net::Check;
use crate::net::alone;
use crate::net::broadcast::exactly;
use crate::net::finder::Finder;
use crate::net::finder::Found;
use crate::net::host::Host;
use crate::net::lan::Lan;
use crate::net::mdns::hislip;
use crate::net::mdns::patient;
use crate::net::peers::announce;
use crate::process;
use crate::python;

const ZEROCONF: &[&str] =
    &["pyvisa==1.16.2", "pyvisa-py==0.8.1", "psutil==7.2.2", "zeroconf==0.154.0"];

pub const CHECKS: &[Check] = &[
    Check::new("whom_mdns_sd_announces_is_found", mdns_sd),
    Check::new("whom_zeroconf_announces_is_found", zeroconf).with_python(ZEROCONF),
    Check::new("whom_avahi_announces_is_found_once_in_two_networks", avahi),
    Check::new("beside_avahi_all_is_heard_as_well", beside_avahi),
    Check::new("the_tools_simulated_instrument_announces_itself", sim),
    Check::new("zeroconf_finds_the_simulated_instrument", browse).with_python(ZEROCONF),
];

/// How long others may take until they answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// Searches until as many are found: others take some seconds to make sure of their names.
fn find(count: usize) -> Outcome<Found> {
    let finder = Finder::new()?;
    let began = Instant::now();
    loop {
        let found = patient(&finder, "?*")?;
        if found.names.len() >= count || began.elapsed() > PATIENCE {
            return Ok(found);
        }
    }
}

fn mdns_sd() -> Outcome {
    let lan = Lan::new(1)?;
    let (host, place) = lan.host()?;
    host.start("mdns_sd", &["meter", &place.v4.to_string()])?;
    let inst = format!("TCPIP0::{}::inst0::INSTR", place.v4);
    exactly(&find(2)?, &[hislip(place.v4), inst])
}

fn zeroconf() -> Outcome {
    let lan = Lan::new(1)?;
    let (host, place) = lan.host()?;
    announce(&host, &[place.v4])?;
    exactly(&find(1)?, &[format!("TCPIP0::{}::inst0::INSTR", place.v4)])
}

/// By IPv4 and IPv6 in both of its networks, in each of which it tells the addresses there.
fn avahi() -> Outcome {
    alone::need_daemon("avahi-daemon")?;
    let lans = [Lan::new(1)?, Lan::new(2)?];
    let (host, place) = lans[0].host()?;
    lans[1].join(&host)?;
    let folder = cc::scratch(&format!("{} avahi", alone::trial()))?;
    let service = |kind: &str, port: u16| {
        let text = ["txtvers=1", "Manufacturer=Lab", "Model=Meter", "SerialNumber=MY123"];
        let text = text.map(|text| format!("<txt-record>{text}</txt-record>")).concat();
        format!("<service><type>{kind}</type><port>{port}</port>{text}</service>")
    };
    let services = [service("_hislip._tcp", 4880), service("_lxi._tcp", 80)].concat();
    let group = format!("<service-group><name>Lab Meter</name>{services}</service-group>");
    std::fs::create_dir_all(folder.join("services"))?;
    std::fs::write(folder.join("services/meter.service"), group)?;
    start_avahi(&host, &folder)?;
    exactly(&find(1)?, &[hislip(place.v4)])
}

/// Starts avahi-daemon on a host, with what `folder/services` has to announce.
fn start_avahi(host: &Host, folder: &Path) -> Outcome {
    let settings = "[server]\nhost-name=meter\nenable-dbus=no\n\
                    [publish]\npublish-workstation=no\npublish-hinfo=no\n";
    std::fs::create_dir_all(folder.join("services"))?;
    std::fs::write(folder.join("avahi.conf"), settings)?;
    // Its services are where it was built to look for them: another folder takes that place here.
    let script = "mount --bind \"$0/services\" /etc/avahi/services && \
                  exec avahi-daemon --no-rlimits --no-drop-root --no-chroot -f \"$0/avahi.conf\"";
    let mut daemon = host.command("sh");
    daemon.args(["-c", script]).arg(folder);
    host.spawn(daemon)
}

/// It has the port of mDNS on our own host, and shares it: what is sent to all we hear as well.
fn beside_avahi() -> Outcome {
    alone::need_daemon("avahi-daemon")?;
    let lan = Lan::new(1)?;
    let (host, place) = lan.host()?;
    host.start("announcer", &["one", "tells_all", "_hislip:4880", &format!("eth0={}", place.v4)])?;
    let here = Host::here();
    start_avahi(&here, &cc::scratch(&format!("{} avahi", alone::trial()))?)?;
    let began = Instant::now();
    while UdpSocket::bind(("0.0.0.0", 5353)).is_ok() {
        if began.elapsed() > PATIENCE {
            return failed("avahi-daemon does not start");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    exactly(&patient(&Finder::new()?, "?*")?, &[hislip(place.v4)])
}

/// VXI-11 too, with a portmapper; not without, for its name would not open.
fn sim() -> Outcome {
    let lan = Lan::new(1)?;
    let mut wanted = Vec::new();
    let mut hosts = Vec::new();
    for portmapper in [true, false] {
        let (host, place) = lan.host()?;
        let mut sim = host.command(env!("CARGO_BIN_EXE_visa"));
        sim.args(["sim", "--mdns", "--bind", &place.v4.to_string()]);
        wanted.extend([hislip(place.v4), format!("TCPIP0::{}::5025::SOCKET", place.v4)]);
        if portmapper {
            sim.arg("--portmapper");
            wanted.push(format!("TCPIP0::{}::inst0::INSTR", place.v4));
        }
        host.spawn(sim)?;
        hosts.push(host);
    }
    exactly(&find(wanted.len())?, &wanted)
}

/// The other way round: python-zeroconf asks, the simulated instrument answers.
fn browse() -> Outcome {
    let lan = Lan::new(1)?;
    let (host, place) = lan.host()?;
    let services = "_hislip:4880,_scpi-raw:5025";
    let link = format!("eth0={},{}", place.v4, place.v6);
    host.start("announcer", &["SN1", "plain", services, &link])?;
    let python = python::with(ZEROCONF)?;
    let address = lan.place(1).v4.to_string();
    let mut browse = python::command(&python, "ctest/net/browse.py", &[address]);
    let said = process::tool(&mut browse)?;
    let of = |service: &str, port: u16| {
        format!(
            "Lab Meter SN1.{service}._tcp.local. SN1.local. {port} {},{} Lab Meter SN1",
            place.v4, place.v6
        )
    };
    let wanted = [of("_hislip", 4880), of("_scpi-raw", 5025)];
    let mut found: Vec<_> = said.lines().collect();
    found.sort_unstable();
    if found == wanted { Ok(()) } else { failed(format!("{found:?}, not {wanted:?}")) }
}
