#![forbid(unsafe_code)]
//! Another host: a network namespace, with a `/run` of its own for daemons.

use std::cell::Cell;
use std::cell::RefCell;
use std::io::BufRead;
use std::io::BufReader;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;

use crate::Outcome;
use crate::failed;
use crate::net::commands;
use crate::net::commands::Whose;

/// A host; it ends when dropped, with what runs on it.
pub struct Host {
    /// The process that has its namespaces; none: they are ours.
    holder: Option<Running>,
    parts: RefCell<Vec<Running>>,
    interfaces: Cell<usize>,
}

/// A process that is killed when dropped.
pub struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // Either may fail only when it has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Host {
    /// A host with nothing but loopback.
    pub fn new() -> Outcome<Self> {
        let mut command = Command::new("unshare");
        command.args(["--net", "--mount", "sh", "-c", &commands::holding()]);
        Ok(Self { holder: Some(start(command)?), ..Self::here() })
    }

    /// Our own host, for parts that run here.
    pub fn here() -> Self {
        Self { holder: None, parts: RefCell::default(), interfaces: Cell::new(0) }
    }

    /// Whose settings are meant when this host's are.
    pub fn whose(&self) -> Whose {
        self.holder.as_ref().map(|holder| holder.0.id())
    }

    /// The process that the namespaces are called by.
    pub fn process(&self) -> u32 {
        self.whose().unwrap_or_else(std::process::id)
    }

    /// The name of its next interface: `eth0`, `eth1`...
    pub fn next_interface(&self) -> String {
        let number = self.interfaces.get();
        self.interfaces.set(number + 1);
        format!("eth{number}")
    }

    /// `program` on this host.
    pub fn command(&self, program: &str) -> Command {
        commands::on(self.whose(), program)
    }

    /// Starts a part of ours (`parts/`) on this host; it is ready when this returns.
    pub fn start(&self, part: &str, arguments: &[&str]) -> Outcome {
        let tests = std::env::current_exe()?;
        let mut command = self.command(&tests.to_string_lossy());
        command.args(["net", "part", part]).args(arguments);
        self.run(command)
    }

    /// Starts a program that says in a first line that it is ready. The command is one for this
    /// host ([`Host::command`]).
    pub fn run(&self, command: Command) -> Outcome {
        self.keep(start(command)?);
        Ok(())
    }

    /// Starts another program, without waiting for anything: when it is of use is its affair.
    pub fn spawn(&self, mut command: Command) -> Outcome {
        command.stdin(Stdio::null()).stdout(Stdio::null());
        self.keep(Running(command.spawn()?));
        Ok(())
    }

    fn keep(&self, running: Running) {
        self.parts.borrow_mut().push(running);
    }

    /// Ends what was started on it; the host stays.
    pub fn stop_all(&self) {
        self.parts.borrow_mut().clear();
    }
}

/// Starts what says in a first line that it is ready.
fn start(mut command: Command) -> Outcome<Running> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut running = Running(command.spawn()?);
    let mut line = String::new();
    if let Some(out) = running.0.stdout.take() {
        BufReader::new(out).read_line(&mut line)?;
    }
    if line.trim() == "ready" { Ok(running) } else { failed(format!("{command:?}: {line}")) }
}
