//! For tests that put something on a network: a network of their own, on which nobody else is.

use std::process::Command;
use std::time::{Duration, Instant};

use crate::os::lan;

/// Gives this thread a network namespace of its own, in which loopback is up, and runs `ip` there
/// with each of `commands`. False where the system does not permit that, or has no `ip`.
///
/// For a test that is run by [`crate::os::alone`]: there is no way back.
pub fn enter(commands: &[&str]) -> bool {
    // SAFETY: plain numbers.
    let unshare = |flags| unsafe { libc::unshare(flags) } == 0;
    let entered = unshare(libc::CLONE_NEWNET) || unshare(libc::CLONE_NEWUSER | libc::CLONE_NEWNET);
    let run = |command: &&str| {
        let output = Command::new("ip").args(command.split(' ')).output();
        output.is_ok_and(|output| output.status.success())
    };
    if !entered || !run(&"link set lo up") {
        let must = std::env::var_os("FERROVISA_REQUIRE_ALL").is_some();
        assert!(!must, "no network namespace or no `ip` here, and FERROVISA_REQUIRE_ALL is set");
        return false;
    }
    assert!(commands.iter().all(run), "ip refuses one of {commands:?}");
    true
}

/// Waits until these interfaces have their links, which the system gives them some time after they
/// were set up.
pub fn await_links(names: &[&str]) {
    let end = Instant::now() + Duration::from_secs(20);
    let is_there = |name: &&str| lan::interfaces().unwrap().iter().any(|lan| lan.name == *name);
    while !names.iter().all(is_there) {
        assert!(Instant::now() < end, "no link on one of {names:?}");
        std::thread::sleep(Duration::from_millis(2));
    }
}
