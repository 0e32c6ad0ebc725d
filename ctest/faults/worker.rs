#![forbid(unsafe_code)]
//! The process that calls the library: `worker.c`, told one call at a time.

use std::io::BufRead;
use std::io::BufReader;
use std::io::Write;
use std::process::Child;
use std::process::ChildStdin;
use std::process::Stdio;
use std::sync::mpsc;
use std::sync::mpsc::Receiver;
use std::time::Duration;

use visa::consts::ViStatus;

use crate::Outcome;
use crate::failed;
use crate::programs::Built;

/// A call that has not ended by then never will.
const PATIENCE: Duration = Duration::from_secs(60);

/// The process; killed when dropped.
pub struct Worker {
    process: Child,
    orders: ChildStdin,
    lines: Receiver<String>,
}

/// What a call came to.
#[derive(Clone, Debug)]
pub struct Called {
    pub status: ViStatus,
    pub time: Duration,
    /// How much too late a thread of the process that only slept was woken meanwhile.
    pub overslept: Duration,
    pub text: String,
}

impl Worker {
    pub fn start(program: &Built) -> Outcome<Self> {
        Self::start_with(program, &[])
    }

    /// The same with more in its environment.
    pub fn start_with(program: &Built, environment: &[(&str, &str)]) -> Outcome<Self> {
        let mut command = program.run();
        command.envs(environment.iter().copied());
        command.env("FERROVISA_CONFIG", "/dev/null");
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn()?;
        let (Some(orders), Some(out)) = (process.stdin.take(), process.stdout.take()) else {
            return failed("the worker has no pipes");
        };
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        Ok(Self { process, orders, lines })
    }

    /// Has one command of `worker.c` carried out.
    pub fn call(&mut self, order: &str) -> Outcome<Called> {
        if writeln!(self.orders, "{order}").is_err() {
            return failed(format!("{order}: the worker has ended: {}", self.last_words()));
        }
        let Ok(line) = self.lines.recv_timeout(PATIENCE) else {
            return failed(format!("{order}: no end, or that of the process"));
        };
        let mut words = line.splitn(4, ' ');
        let mut number = || words.next().and_then(|word| word.parse::<i64>().ok());
        let (Some(status), Some(time), Some(overslept)) = (number(), number(), number()) else {
            return failed(format!("{order}: {line} {}", self.last_words()));
        };
        let micros = |count: i64| Duration::from_micros(count.max(0) as u64);
        Ok(Called {
            status: status as ViStatus,
            time: micros(time),
            overslept: micros(overslept),
            text: words.next().unwrap_or_default().to_owned(),
        })
    }

    /// The same, of a command that must succeed.
    pub fn succeed(&mut self, order: &str) -> Outcome<Called> {
        let called = self.call(order)?;
        if called.status < 0 {
            return failed(format!("{order}: {:#010X}", called.status));
        }
        Ok(called)
    }

    fn last_words(&self) -> String {
        std::iter::from_fn(|| self.lines.recv_timeout(Duration::from_secs(1)).ok())
            .collect::<Vec<_>>()
            .join("\n")
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // Fails only when it has ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
