//! Which other processes have a file open, as far as this user may know: a device may serve one
//! program at a time, and people want to know which has it.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Where the kernel shows processes.
const PROCESSES: &str = "/proc";

/// A process that has a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holder {
    /// Its number.
    pub pid: u32,
    /// What it is called (proc_pid_comm(5)); may be empty.
    pub program: String,
    /// Whether it has locked the file (flock), which by convention keeps others off a serial port.
    pub has_lock: bool,
}

/// The other processes that have `path` open, by number. Of other users' processes only those that
/// have locked it can be seen, unless this user is root.
pub fn of(path: &Path) -> Vec<Holder> {
    let Ok(path) = path.canonicalize() else { return Vec::new() };
    let locks = fs::read_to_string(Path::new(PROCESSES).join("locks")).unwrap_or_default();
    let locking = path.metadata().map(|about| {
        let device = (libc::major(about.dev()), libc::minor(about.dev()));
        lockers(&locks, device, about.ino())
    });
    let locking = locking.unwrap_or_default();
    let mut pids = openers(&path);
    pids.extend(&locking);
    pids.sort_unstable();
    pids.dedup();
    pids.retain(|pid| *pid != std::process::id());
    let holder = |pid| Holder { pid, program: program(pid), has_lock: locking.contains(&pid) };
    pids.into_iter().map(holder).collect()
}

/// Who has locked a file, from the text of /proc/locks (proc_locks(5)). The process that took the
/// lock may have ended, if a child has it now: then nothing more is known of it.
fn lockers(locks: &str, (major, minor): (u32, u32), inode: u64) -> Vec<u32> {
    let file = format!("{major:02x}:{minor:02x}:{inode}");
    // "1: FLOCK  ADVISORY  WRITE 708 00:05:84 0 EOF"; one that is waited for has "->" behind "1:".
    let locker = |line: &str| {
        let mut words = line.split_whitespace().skip(1);
        let is_flock = words.next()? == "FLOCK";
        let pid = words.nth(2)?.parse().ok()?;
        (is_flock && words.next()? == file && pid != 0).then_some(pid)
    };
    locks.lines().filter_map(locker).collect()
}

/// Who has a file open by a descriptor.
fn openers(path: &Path) -> Vec<u32> {
    let Ok(entries) = fs::read_dir(PROCESSES) else { return Vec::new() };
    let pids = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(|pid| has_open(*pid, path)).collect()
}

fn has_open(pid: u32, path: &Path) -> bool {
    let Ok(descriptors) = fs::read_dir(folder(pid).join("fd")) else { return false };
    // Where it leads is read, and not followed: that may take long.
    descriptors.flatten().any(|entry| fs::read_link(entry.path()).is_ok_and(|to| to == path))
}

fn program(pid: u32) -> String {
    let name = fs::read_to_string(folder(pid).join("comm")).unwrap_or_default();
    name.trim_end_matches('\n').to_owned()
}

fn folder(pid: u32) -> PathBuf {
    Path::new(PROCESSES).join(pid.to_string())
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::os::unix::process::CommandExt;
    use std::process::Command;

    use super::*;
    use crate::os::alone;

    /// Alone, for a child that another test forks has the file as well.
    #[test]
    fn a_program_that_has_a_file_open_is_named() {
        alone::run(module_path!(), "open");
    }

    #[test]
    #[ignore = "run by the one above"]
    fn open() {
        let path = std::env::temp_dir().join(format!("visa-holders-{}", std::process::id()));
        let file = File::create(&path).unwrap();
        let mine = File::open(&path).unwrap();
        assert_eq!(of(&path), [], "not this process itself");
        let mut child = Command::new("sleep").arg("60").stdin(file).spawn().unwrap();
        let link = path.with_extension("link");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        let found = of(&link);
        child.kill().unwrap();
        child.wait().unwrap();
        let wanted = Holder { pid: child.id(), program: "sleep".into(), has_lock: false };
        assert_eq!(found, [wanted]);
        assert_eq!(of(&path), []);
        drop(mine);
        fs::remove_file(link).unwrap();
        fs::remove_file(&path).unwrap();
        assert_eq!(of(&path), []);
    }

    #[test]
    fn a_program_that_has_locked_a_file_is_known_by_that() {
        alone::run(module_path!(), "locked");
    }

    #[test]
    #[ignore = "run by the one above"]
    fn locked() {
        let path = std::env::temp_dir().join(format!("visa-locker-{}", std::process::id()));
        let file = File::create(&path).unwrap();
        let mut sleep = Command::new("sleep");
        sleep.arg("60").stdin(file);
        // SAFETY: flock may follow a fork.
        unsafe {
            sleep.pre_exec(|| match libc::flock(0, libc::LOCK_EX) {
                0 => Ok(()),
                _ => Err(std::io::Error::last_os_error()),
            });
        }
        let mut child = sleep.spawn().unwrap();
        let found = of(&path);
        child.kill().unwrap();
        child.wait().unwrap();
        fs::remove_file(&path).unwrap();
        assert_eq!(found, [Holder { pid: child.id(), program: "sleep".into(), has_lock: true }]);
    }

    #[test]
    fn only_whoever_has_the_lock_counts() {
        let locks = "\
            1: FLOCK  ADVISORY  WRITE 708 00:05:84 0 EOF\n\
            1: -> FLOCK  ADVISORY  WRITE 709 00:05:84 0 EOF\n\
            2: POSIX  ADVISORY  WRITE 710 00:05:84 0 EOF\n\
            3: FLOCK  ADVISORY  WRITE 711 00:05:840 0 EOF\n\
            4: FLOCK  ADVISORY  WRITE 712 fe:10:84 0 EOF\n\
            5: FLOCK  ADVISORY  WRITE 0 00:05:84 0 EOF\n\
            6: FLOCK\n\n";
        assert_eq!(lockers(locks, (0, 5), 84), [708]);
        assert_eq!(lockers(locks, (0xFE, 0x10), 84), [712]);
    }
}
