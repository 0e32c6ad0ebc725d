#![forbid(unsafe_code)]
//! Processes that have this machine's files, and nothing else of it: neither its networks nor its
//! processes, locks and serial ports.

use std::process::Command;
use std::sync::OnceLock;

use parking_lot::Mutex;

use crate::Outcome;
use crate::Stop;
use crate::failed;
use crate::lacking;
use crate::net;
use crate::net::Check;
use crate::process;
use crate::programs;
use crate::python;

/// What they do not share. The kernel ends every process of a PID namespace with its first one.
const NAMESPACES: &[&str] =
    &["--net", "--mount", "--ipc", "--uts", "--pid", "--fork", "--kill-child", "--mount-proc"];

/// What makes a user of no rights root in there.
const AS_USER: &[&str] = &["--user", "--map-root-user"];

/// Folders that are empty in there: locks, sockets of daemons, and adapters, which a search would
/// find besides. Then the command.
const SCRIPT: &str = "for folder in /dev/shm /run /sys/class/tty /dev/bus/usb; do \
                      if [ -d $folder ]; then mount -t tmpfs tmpfs $folder || exit; fi; done; \
                      exec \"$@\"";

/// A command (to be added as arguments) with namespaces of its own. It has no network, not even
/// loopback; and it ends with this thread of ours, whatever ends that.
pub fn command() -> Outcome<Command> {
    static WAY: OnceLock<Outcome<Vec<&'static str>>> = OnceLock::new();
    let way = WAY.get_or_init(|| {
        let mut said = String::new();
        for user in [&[], AS_USER] {
            let words: Vec<_> = [&["--pdeathsig", "KILL", "unshare"], user, NAMESPACES].concat();
            let mut tried = Command::new(process::installed("setpriv")?);
            tried.args(&words).args(["sh", "-c", SCRIPT, "sh", "true"]);
            let ended = process::run(&mut tried, process::LIMIT)?;
            if ended.status.success() {
                return Ok(words);
            }
            said += &ended.said;
        }
        lacking(format!("no network of one's own here: {}", said.trim()))
    });
    let mut command = Command::new(process::installed("setpriv")?);
    command.args(way.clone()?).args(["sh", "-c", SCRIPT, "sh"]);
    Ok(command)
}

/// Runs a check in namespaces of its own, and shows what it had to say.
pub fn run(name: &str, check: &Check) -> Outcome {
    for tool in ["ip", "nft", "nsenter"] {
        process::installed(tool)?;
    }
    if !check.packages.is_empty() {
        python::with(check.packages)?;
    }
    let mut command = command()?;
    command.arg(std::env::current_exe()?).args(["net", "trial", name]);
    let ended = process::run(&mut command, process::LIMIT)?;
    match ended.status.code() {
        Some(0) => {
            ended.said.lines().for_each(|line| eprintln!("{name}: {line}"));
            Ok(())
        }
        Some(programs::SKIPPED) => lacking(ended.said.trim()),
        _ => failed(format!("{}\n{}", ended.status, ended.said)),
    }
}

/// Makes sure that a daemon is installed that becomes a user of its own. Namespaces that a user of
/// no rights has made know no user but that one.
pub fn need_daemon(program: &str) -> Outcome {
    process::installed(program)?;
    let users = std::fs::read_to_string("/proc/self/uid_map")?;
    let count = users.split_whitespace().last().unwrap_or_default();
    if count == "1" {
        lacking(format!("{program} needs users, which only root's namespaces have"))
    } else {
        Ok(())
    }
}

/// The trial that this process is.
static TRIAL: Mutex<String> = Mutex::new(String::new());

/// The name of the trial that this process is, for files of its own.
pub fn trial() -> String {
    TRIAL.lock().clone()
}

/// Runs a check here, in the namespaces of this process. The status to exit with.
pub fn inside(name: &str) -> i32 {
    let Some(check) = net::check(name) else {
        eprintln!("there is no trial {name}");
        return 2;
    };
    // A network that others are on must not be what is searched and set up.
    if !is_alone() {
        eprintln!("{name} needs a network of its own");
        return 2;
    }
    name.clone_into(&mut TRIAL.lock());
    match net::commands::prepare().and_then(|()| (check.run)()) {
        Ok(()) => 0,
        Err(Stop::Lacking(what)) => {
            println!("{what}");
            programs::SKIPPED
        }
        Err(Stop::Failed(why)) => {
            println!("{why}");
            1
        }
    }
}

/// Whether this process has namespaces made for it: it is the first of its own, and knows no way to
/// any other machine.
fn is_alone() -> bool {
    let routes = std::fs::read_to_string("/proc/self/net/route").unwrap_or_default();
    // One line of headings.
    std::process::id() == 1 && routes.lines().count() <= 1
}
