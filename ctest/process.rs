#![forbid(unsafe_code)]
//! Running other programs: never for ever, and with what they said.

use std::io::Read;
use std::path::PathBuf;
use std::process::Command;
use std::process::ExitStatus;
use std::process::Stdio;
use std::sync::mpsc;
use std::time::Duration;
use std::time::Instant;

use crate::Outcome;
use crate::failed;
use crate::lacking;

/// The most that one program may take. Nothing here needs a tenth of it, except under valgrind.
pub const LIMIT: Duration = Duration::from_secs(120);

/// Whoever needs the portmapper's port waits for it here, for there is one.
pub static PORT_111: parking_lot::Mutex<()> = parking_lot::Mutex::new(());

/// What a program that ended left behind.
#[derive(Debug)]
pub struct Ended {
    pub status: ExitStatus,
    /// Standard output, then standard error.
    pub said: String,
}

/// Runs `command` to its end, or kills it when `limit` is over.
pub fn run(command: &mut Command, limit: Duration) -> Outcome<Ended> {
    let deadline = Instant::now() + limit;
    // A configuration of the user's must not be what is tested.
    // Nor must the network be searched that this machine happens to be in.
    for (variable, value) in [("FERROVISA_CONFIG", "/dev/null"), ("FERROVISA_LAN_SEARCH", "off")] {
        if command.get_envs().all(|(name, _)| name != variable) {
            command.env(variable, value);
        }
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => return failed(format!("{command:?}: {error}")),
    };
    // A program has ended when it has closed both: the readers wait, not we, so that time can be
    // watched here.
    let mut voices = Vec::new();
    if let Some(out) = child.stdout.take() {
        voices.push(listen(out));
    }
    if let Some(err) = child.stderr.take() {
        voices.push(listen(err));
    }
    let mut said = Vec::new();
    for voice in voices {
        let left = deadline.saturating_duration_since(Instant::now());
        match voice.recv_timeout(left) {
            Ok(text) => said.extend(text),
            Err(_) => {
                child.kill()?;
                child.wait()?;
                return failed(format!("{command:?}: killed after {} s", limit.as_secs()));
            }
        }
    }
    let status = child.wait()?;
    Ok(Ended { status, said: String::from_utf8_lossy(&said).into_owned() })
}

fn listen(mut from: impl Read + Send + 'static) -> mpsc::Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut text = Vec::new();
        // What was said before a failing read is still worth showing.
        let _ = from.read_to_end(&mut text);
        let _ = sender.send(text);
    });
    receiver
}

/// Runs a tool that must succeed, and gives what it said.
pub fn tool(command: &mut Command) -> Outcome<String> {
    let ended = run(command, LIMIT)?;
    if !ended.status.success() {
        return failed(format!("{command:?}: {}\n{}", ended.status, ended.said));
    }
    Ok(ended.said)
}

/// The path of an installed program.
pub fn installed(program: &str) -> Outcome<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|dir| dir.join(program)).find(|p| p.is_file());
    found.map_or_else(|| lacking(format!("this machine has no {program}")), Ok)
}
