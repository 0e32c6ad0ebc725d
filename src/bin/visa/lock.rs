#![forbid(unsafe_code)]
//! `visa lock`: who has locked what on this machine.
//!
//! Reads what the library leaves in `/dev/shm` for each resource in use, and believes the kernel
//! only as to who lives: a lock counts when `/proc/locks` shows a process that keeps its slot.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use clap::Args;
use serde_json::json;

use crate::failure::Failure;
use crate::failure::Result;

const DIRECTORY: &str = "/dev/shm";
const PREFIX: &str = "ferrovisa-1-";

/// Where things stand in such a file: the resource's name; for each slot one byte that says what
/// is locked, and text that says by which program; and the byte that its holder keeps locked.
const NAME: (usize, usize) = (64, 256);
const KIND: (usize, usize) = (4096, 16);
const PROGRAM: (usize, usize) = (8192 + 256, 512);
const PROGRAM_LENGTH: usize = 64;
const SLOT: u64 = (1 << 30) + 16;
const SLOTS: u64 = 256;

/// Arguments.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  visa lock                                  every lock that a program holds
  visa lock TCPIP0::192.168.1.20::INSTR      on this resource, by its full name
  visa lock --json | jq -r '.locks[].process'

Shows locks of programs that use this library on this machine, whoever runs them. A lock ends with
its program at the latest.")]
pub struct Lock {
    /// Only this resource
    resource: Option<String>,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// One lock.
#[derive(Debug, PartialEq, Eq)]
struct Held {
    resource: String,
    kind: &'static str,
    process: u32,
    program: String,
}

/// Runs it.
///
/// # Errors
/// Where the system does not tell.
pub fn run(args: &Lock) -> Result {
    let kernel = fs::read_to_string("/proc/locks")
        .map_err(|error| Failure::new(format!("/proc/locks: {error}")))?;
    let mut held = Vec::new();
    for entry in fs::read_dir(Path::new(DIRECTORY)).into_iter().flatten().flatten() {
        let file = entry.metadata().ok().filter(fs::Metadata::is_file);
        if let Some(file) = file
            && entry.file_name().to_string_lossy().starts_with(PREFIX)
            // Any user can make a file there, of any size.
            && file.len() < 1 << 20
            && let Ok(content) = fs::read(entry.path())
        {
            held.extend(in_file(&content, &keepers(&kernel, file.ino())));
        }
    }
    if let Some(wanted) = &args.resource {
        held.retain(|lock| lock.resource.eq_ignore_ascii_case(wanted));
    }
    held.sort_by(|one, other| (&one.resource, one.process).cmp(&(&other.resource, other.process)));
    if args.json {
        let locks: Vec<_> = held.iter().map(json).collect();
        println!("{}", json!({ "locks": locks }));
    } else if held.is_empty() {
        println!("no locks");
    }
    for lock in held.iter().filter(|_| !args.json) {
        let Held { resource, kind, process, program } = lock;
        println!("{resource}  {kind}  process {process}  {program}");
    }
    Ok(())
}

fn json(lock: &Held) -> serde_json::Value {
    json!({
        "resource": lock.resource,
        "lock": lock.kind,
        "process": lock.process,
        "program": lock.program,
    })
}

/// Slots of the file with this inode that processes keep, from lines like
/// `4: POSIX  ADVISORY  WRITE 1234 00:19:56 1073741840 1073741842`: slot and process.
fn keepers(kernel: &str, inode: u64) -> Vec<(usize, u32)> {
    let mut found = Vec::new();
    for line in kernel.lines() {
        let words: Vec<_> = line.split_whitespace().collect();
        let [_, "POSIX", _, "WRITE", process, file, first, last] = words[..] else { continue };
        let same = file.rsplit(':').next().and_then(|word| word.parse().ok()) == Some(inode);
        if let (true, Ok(process), Ok(first), Ok(last)) =
            (same, process.parse(), first.parse::<u64>(), last.parse::<u64>())
        {
            // Neighbouring slots of one process are one line.
            let slots = first.max(SLOT)..=last.min(SLOT + SLOTS - 1);
            found.extend(slots.map(|byte| ((byte - SLOT) as usize, process)));
        }
    }
    found
}

fn in_file(content: &[u8], keepers: &[(usize, u32)]) -> Vec<Held> {
    let resource = text(content, NAME.0, NAME.1);
    let locks = keepers.iter().filter_map(|&(slot, process)| {
        let kind = match content.get(KIND.0 + slot * KIND.1)? {
            0 => return None,
            2 => "shared",
            3 => "exclusive over shared",
            _ => "exclusive",
        };
        let program = text(content, PROGRAM.0 + slot * PROGRAM.1, PROGRAM_LENGTH);
        Some(Held { resource: resource.clone(), kind, process, program })
    });
    locks.collect()
}

/// Text up to the first zero, fit to be printed.
fn text(content: &[u8], at: usize, length: usize) -> String {
    let bytes = content.iter().skip(at).take(length).take_while(|byte| **byte != 0);
    bytes.map(|byte| if byte.is_ascii_graphic() { char::from(*byte) } else { '?' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KERNEL: &str = "\
1: POSIX  ADVISORY  READ 77 00:19:56 1073741824 1073741824
2: POSIX  ADVISORY  WRITE 1234 00:19:56 1073741840 1073741841
3: POSIX  ADVISORY  WRITE 99 00:19:57 1073741840 1073741840
4: FLOCK  ADVISORY  WRITE 98 00:19:56 0 EOF
5: POSIX  ADVISORY  WRITE 97 00:19:56 0 9223372036854775806
";

    #[test]
    fn the_kernel_says_whose_slots_are_alive() {
        let found = keepers(KERNEL, 56);
        assert_eq!(found[..2], [(0, 1234), (1, 1234)]);
        assert_eq!(found.len(), 2 + 256, "a lock on everything is a lock on each slot, no more");
        assert_eq!(keepers(KERNEL, 57), [(0, 99)]);
    }

    #[test]
    fn a_slot_without_content_or_beyond_the_file_is_no_lock() {
        let mut content = vec![0; 139_264];
        content[64..70].copy_from_slice(b"A::B\x07\0");
        content[4096 + 16] = 2;
        content[8192 + 512 + 256..][..3].copy_from_slice(b"me\0");
        let held = in_file(&content, &[(0, 5), (1, 6), (255, 7)]);
        let expected =
            Held { resource: "A::B?".into(), kind: "shared", process: 6, program: "me".into() };
        assert_eq!(held, [expected]);
        assert!(in_file(b"short", &[(0, 5), (255, 6)]).is_empty());
    }
}
