#![forbid(unsafe_code)]
//! Running clients: commands in, one line of JSON out for each.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::Value;

use crate::Outcome;
use crate::bench::instrument::{Instrument, Protocol};
use crate::bench::programs::Programs;
use crate::cc;
use crate::failed;
use crate::lacking;
use crate::python;

/// pyvisa-py with all that it uses where it finds it, as its documentation has it installed.
const PACKAGES: &[&str] = &[
    "pyvisa==1.16.2",
    "pyvisa-py==0.8.1",
    "python-vxi11==0.9",
    "pyserial==3.5",
    "pyusb==1.3.1",
    "psutil==7.2.2",
    "zeroconf==0.154.0",
];

/// Who talks to the instrument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// C over libvisa.so.
    Visa,
    /// The same, its connections spinning for so many microseconds.
    Spinning(u32),
    /// The bare client.
    Limit,
    /// C over liblxi.
    Lxi,
    /// PyVISA over libvisa.so.
    PyVisa,
    /// PyVISA over pyvisa-py.
    PyVisaPy,
    /// python-vxi11.
    PythonVxi11,
}

impl Who {
    /// As the table calls it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Visa => "this library",
            Self::Spinning(_) => "this library, spinning",
            Self::Limit => "limit",
            Self::Lxi => "liblxi",
            Self::PyVisa => "PyVISA over this library",
            Self::PyVisaPy => "PyVISA over pyvisa-py",
            Self::PythonVxi11 => "python-vxi11",
        }
    }
}

/// What starts `who`, for the protocol; `side` 0 or 1 tells two that run at once apart.
pub fn command(
    who: Who,
    protocol: Protocol,
    side: usize,
    programs: &Programs,
    instrument: &Instrument,
) -> Outcome<Command> {
    let resource = instrument.resource(protocol, side);
    let python = |library: &str| -> Outcome<Command> {
        let arguments = [library, &resource];
        Ok(python::command(&python::with(PACKAGES)?, "ctest/bench/peers.py", &arguments))
    };
    let library = programs.library.to_string_lossy();
    let mut command = match who {
        Who::Visa | Who::Spinning(_) => {
            let mut command = Command::new(&programs.visa);
            command.arg(&programs.library).arg(resource);
            command
        }
        Who::Limit => {
            let mut command = Command::new(&programs.limit);
            command.args([protocol.name(), &instrument.place(protocol, side)]);
            command
        }
        Who::Lxi | Who::PythonVxi11 if !instrument.has_portmapper() => {
            return lacking("the portmapper's port 111 is not to be had");
        }
        Who::Lxi => Command::new(&programs.lxi),
        Who::PyVisa => python(&library)?,
        Who::PyVisaPy => python("@py")?,
        Who::PythonVxi11 => python("vxi11")?,
    };
    // Neither a configuration nor a trace of the user's is to be measured.
    command.env("FERROVISA_CONFIG", "/dev/null").env_remove("VISA_TRACE");
    command.current_dir(cc::project("."));
    Ok(command)
}

/// A client that waits for commands. It ends when this is dropped.
#[derive(Debug)]
pub struct Client {
    child: Child,
    answers: BufReader<ChildStdout>,
}

impl Client {
    /// Starts it.
    pub fn start(command: &mut Command) -> Outcome<Self> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        match child.stdout.take() {
            Some(out) => Ok(Self { child, answers: BufReader::new(out) }),
            None => failed("no pipe"),
        }
    }

    /// Has it obey one command.
    pub fn ask(&mut self, command: &str) -> Outcome<Value> {
        if let Some(input) = &mut self.child.stdin {
            writeln!(input, "{command}")?;
            input.flush()?;
        }
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        match serde_json::from_str(&line) {
            Ok(Value::Object(answer)) if answer.contains_key("lacking") => {
                lacking(answer["lacking"].as_str().unwrap_or("something"))
            }
            Ok(answer) => Ok(answer),
            // It has said why on standard error.
            Err(_) => failed(format!("no answer to \"{command}\"")),
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // With the end of its commands it closes its sessions and ends; each call of it has a timeout.
        self.child.stdin = None;
        // Fails only when it has been waited for already.
        let _ = self.child.wait();
    }
}
