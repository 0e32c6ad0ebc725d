#![forbid(unsafe_code)]
//! The bench VM: hardware paths tested without hardware.
//!
//! A virtual machine whose root is this machine's own (read only, changes stay in memory), so that
//! everything built or installed here runs there unchanged, with serial ports and USB adapters that
//! tests control. It boots once for all trials, when the first of them needs it.
//!
//! | file | what |
//! |---|---|
//! | `kernel.rs` | fetches and unpacks the distribution's kernel |
//! | `initramfs.rs`, `init.sh` | what runs first in the guest |
//! | `devices.rs` | the hardware, and the modules that drive it |
//! | `vm.rs`, `channel.rs` | boots the machine, runs commands in it |
//! | `guest.rs` | programs of this project in the guest |
//! | `hardware.rs`, `hardware.c` | the bench itself: what the tests rely on |
//! | `serial.rs` and the other C programs | the library on serial ports |
//! | `usb.rs`, `usb_*.c` | USB instruments: the emulated ones, and the library on them |
//! | `instrument.rs`, `instrument.sh` | the simulated instrument at the end of a line |
//! | `usbip/` | USB devices emulated by a process in the guest |
//! | `gpib.rs` | GPIB boards as device files |
//! | `list.rs`, `list.sh` | `visa list` |

mod channel;
mod devices;
mod gpib;
mod guest;
mod hardware;
mod initramfs;
mod instrument;
mod kernel;
mod list;
mod serial;
mod usb;
mod usb_raw;
mod usbip;
mod vm;

use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;

use libtest_mimic::Trial;
use parking_lot::Mutex;

use crate::Outcome;
use crate::Stop;
use crate::failed;
use crate::lab::vm::Ended;
use crate::lab::vm::Vm;
use crate::lacking;
use crate::trial;

/// The most that one command in the guest may take; emulated, everything takes ten times as long.
const LIMIT: Duration = Duration::from_secs(240);

/// The one machine of this process.
enum Machine {
    Off,
    Running(Vm),
    /// It does not boot here, for this reason; asking again would only take long.
    Failing(Stop),
}

/// Passed for each command.
static MACHINE: Mutex<Machine> = Mutex::new(Machine::Off);

pub fn trials() -> Vec<Trial> {
    let own = vec![trial("lab::a_command_brings_back_all_it_said", commands)];
    [
        own,
        hardware::trials(),
        serial::trials(),
        instrument::trials(),
        usb::trials(),
        usb_raw::trials(),
        gpib::trials(),
        list::trials(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// What the test program does in place of tests when its first argument asks for it: `in-vm LINE`
/// runs a shell line in the guest and shows what it said; `adapters` is the program's part in the
/// guest. The status to exit with.
pub fn other_use(arguments: &[String]) -> Option<i32> {
    let (first, rest) = arguments.split_first()?;
    match &**first {
        "in-vm" => {
            let ended = run(&rest.join(" "));
            shut_down();
            match ended {
                Ok(ended) => {
                    print!("{}", ended.out);
                    eprint!("{}", ended.err);
                    Some(ended.status)
                }
                Err(why) => {
                    eprintln!("{why:?}");
                    Some(125)
                }
            }
        }
        "adapters" => Some(usbip::main(rest)),
        _ => None,
    }
}

/// Runs a line for the guest's shell, as root.
pub fn run(line: &str) -> Outcome<Ended> {
    run_within(line, LIMIT)
}

/// The same with a limit of its own.
pub fn run_within(line: &str, limit: Duration) -> Outcome<Ended> {
    let mut machine = MACHINE.lock();
    if matches!(*machine, Machine::Off) {
        *machine = boot().map_or_else(Machine::Failing, Machine::Running);
    }
    let vm = match &mut *machine {
        Machine::Running(vm) => vm,
        Machine::Failing(why) => return Err(why.clone()),
        Machine::Off => unreachable!("it was booted just now"),
    };
    let ended = vm.run(line, limit);
    if ended.is_err() {
        // It may still be at work on that command; the next trial has a fresh one.
        *machine = Machine::Off;
    }
    ended
}

fn boot() -> Outcome<Vm> {
    if !cfg!(target_arch = "x86_64") {
        return lacking("the bench VM is an x86-64 machine that runs this machine's programs");
    }
    let folder = folder();
    std::fs::create_dir_all(&folder)?;
    Vm::boot(&kernel::prepared(&folder)?, &folder)
}

/// Ends the machine, if it runs. Statics are not dropped when a process ends.
pub fn shut_down() {
    *MACHINE.lock() = Machine::Off;
}

/// What is kept from run to run.
fn folder() -> PathBuf {
    let tmp = Path::new(env!("CARGO_TARGET_TMPDIR"));
    tmp.parent().unwrap_or(tmp).join("lab")
}

/// Both outputs and the exit status come back apart, also when they have no line end or none at
/// all, and a file of the project written there is here.
fn commands() -> Outcome {
    let probe = crate::cc::scratch("lab probe")?.join("written");
    let line = format!("printf out; echo err >&2; uname -r > '{}'; exit 7", probe.display());
    let ended = run(&line)?;
    let silent = run("true")?;
    let release = std::fs::read_to_string(&probe)?;
    let as_asked = (ended.status, &*ended.out, &*ended.err) == (7, "out", "err\n");
    if as_asked && (silent.status, silent.said()) == (0, String::new()) && release.contains('.') {
        return Ok(());
    }
    failed(format!("{ended:?}, {silent:?}, {release:?}"))
}
