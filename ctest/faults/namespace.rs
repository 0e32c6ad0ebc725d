#![forbid(unsafe_code)]
//! This program once more, in a network namespace of its own: there every port is free, nobody
//! else hears what is said, and nothing leaves the machine.

use std::process::Command;
use std::time::Duration;

use crate::Outcome;
use crate::failed;
use crate::lacking;
use crate::process;

/// The most that it may take there.
const LIMIT: Duration = Duration::from_secs(600);

/// Runs it with these arguments, and gives what it said. Root may have namespaces, others one in
/// which they are root, unless the system forbids it.
pub fn run(arguments: &[&str]) -> Outcome<String> {
    let unshare = process::installed("unshare")?;
    process::installed("ip")?;
    let ways: [&[&str]; 2] = [&["--net"], &["--user", "--map-root-user", "--net"]];
    let may = |way: &&&[&str]| {
        let mut command = Command::new(&unshare);
        command.args(**way).arg("true");
        process::tool(&mut command).is_ok()
    };
    let Some(way) = ways.iter().find(may) else {
        return lacking("this user may not have a network namespace");
    };
    let mut command = Command::new(&unshare);
    command.args(*way).args(["sh", "-c", "ip link set lo up && exec \"$0\" \"$@\""]);
    command.arg(std::env::current_exe()?).args(arguments);
    let ended = process::run(&mut command, LIMIT)?;
    if ended.status.success() { Ok(ended.said) } else { failed(ended.said) }
}
