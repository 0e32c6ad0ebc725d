#![forbid(unsafe_code)]
//! For tests that count what the whole process has, fork, or crowd what all share: each runs in a
//! process of its own, where no other test sees it or is seen.

use std::process::Command;

/// Runs the ignored test `test` of the module that `module_path!()` names, alone.
#[track_caller]
pub fn run(module: &str, test: &str) {
    let name = format!("{}::{test}", module.split_once("::").unwrap().1);
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &name, "--ignored", "--nocapture", "--test-threads=1"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}
