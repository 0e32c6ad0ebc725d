#![forbid(unsafe_code)]
//! Independent peers: clients from the registries on the simulated instrument, and an instrument
//! built on somebody else's codecs for the library. A mistake that we made on both sides of a
//! protocol shows here.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use libtest_mimic::Trial;
use visa::sim::Config;
use visa::sim::Instrument;

use crate::Outcome;
use crate::cc;
use crate::failed;
use crate::lacking;
use crate::process;
use crate::process::PORT_111;
use crate::python;
use crate::trial;

const PACKAGES: &[&str] = &["pyvisa==1.16.2", "pyvisa-py==0.8.1", "python-vxi11==0.9"];

pub fn trials() -> Vec<Trial> {
    vec![
        trial("peers::pyvisa_py_and_python_vxi11_as_clients", clients),
        trial("peers::lxi_tools_as_client", lxi_tools),
        trial("peers::python_vxi11_as_instrument", instrument),
        trial("peers::pyserial_as_remote_port", remote_port),
    ]
}

/// A simulated instrument that serves the portmapper, which these clients ask. Only one can.
fn with_portmapper() -> Outcome<Instrument> {
    match Instrument::start(Config { portmapper: true, ..Config::default() }) {
        Ok(instrument) => Ok(instrument),
        Err(error) => lacking(format!("the portmapper's port 111 is not to be had: {error}")),
    }
}

fn clients() -> Outcome {
    let python = python::with(PACKAGES)?;
    let _alone = PORT_111.lock();
    let instrument = with_portmapper()?;
    let mut arguments = instrument.resource_names();
    arguments.push("portmapper".into());
    python::script(&python, "ctest/peers/clients.py", &arguments)
}

fn lxi_tools() -> Outcome {
    let lxi = process::installed("lxi")?;
    let _alone = PORT_111.lock();
    let instrument = with_portmapper()?;
    let port = instrument.socket_port().unwrap_or_default().to_string();
    for more in [vec!["--raw", "--port", &port], vec![]] {
        let mut command = Command::new(&lxi);
        command.args(["scpi", "--address", "127.0.0.1"]).args(more).arg("*IDN?");
        let said = process::tool(&mut command)?;
        if !said.contains("Ferrovisa,") {
            return failed(format!("{command:?}: {said}"));
        }
    }
    Ok(())
}

/// Kills its process when dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // Either may fail only when it has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts a server that prints its port first.
fn serving(python: &Path, script: &str) -> Outcome<(Running, String)> {
    let mut command = Command::new(python);
    command.arg(cc::project(script)).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut server = Running(command.spawn()?);
    let mut port = String::new();
    if let Some(out) = server.0.stdout.take() {
        BufReader::new(out).read_line(&mut port)?;
    }
    Ok((server, port.trim().to_owned()))
}

/// PyVISA on the library, against pyserial's server of RFC 2217.
fn remote_port() -> Outcome {
    let python = python::with(&["pyvisa==1.16.2", "pyserial==3.5"])?;
    let (_server, port) = serving(&python, "ctest/peers/rfc2217_server.py")?;
    let library = cc::library()?.to_string_lossy().into_owned();
    python::script(&python, "ctest/peers/rfc2217_client.py", &[library, port])
}

/// The library against a server on python-vxi11's RPC classes: a query, and a message far longer
/// than the peer's pieces, there and back.
fn instrument() -> Outcome {
    let python = python::with(PACKAGES)?;
    let (_server, port) = serving(&python, "ctest/peers/vxi11_server.py")?;
    let name = format!("TCPIP0::127.0.0.1,{port}::inst0::INSTR");
    ask(&name, "*IDN?", "Independent,Peer,1,python")?;
    let long = "0123456789".repeat(1000);
    ask(&name, &format!("ECHO {long}"), &long)
}

fn ask(name: &str, command: &str, wanted: &str) -> Outcome {
    let mut visa = Command::new(env!("CARGO_BIN_EXE_visa"));
    visa.arg("--lib").arg(cc::library()?).args(["query", name, command]);
    let said = process::tool(&mut visa)?;
    if said.trim() == wanted { Ok(()) } else { failed(format!("{visa:?}: {said}")) }
}
