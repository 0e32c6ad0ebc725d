#![forbid(unsafe_code)]
//! The C half of the variadic functions by itself (`variadic_harness.c`), on this processor and on
//! 64-bit ARM, whose conventions for arguments differ most from it.

use std::process::Command;

use libtest_mimic::Trial;

use crate::Outcome;
use crate::cc;
use crate::process;
use crate::programs;
use crate::trial;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("variadic::arguments_arrive_here", || run("cc", &[], None)),
        trial("variadic::arguments_arrive_on_arm64", || {
            run("aarch64-linux-gnu-gcc", &["-static"], Some("qemu-aarch64"))
        }),
    ]
}

fn run(compiler: &str, flags: &[&str], emulator: Option<&str>) -> Outcome {
    let compiler = process::installed(compiler)?;
    let emulator = emulator.map(process::installed).transpose()?;
    for level in ["-O0", "-O2"] {
        let out = cc::scratch(&format!("variadic {} {level}", compiler.display()))?.join("harness");
        let mut command = Command::new(&compiler);
        command.args(["-std=c99", "-Wall", "-Wextra", "-Werror", level]).args(flags);
        command.arg(cc::project("src/ffi/variadic.c"));
        command.arg(cc::project("ctest/variadic_harness.c")).arg("-o").arg(&out);
        process::tool(&mut command)?;
        let mut command = match &emulator {
            Some(emulator) => {
                let mut command = Command::new(emulator);
                command.arg(out);
                command
            }
            None => Command::new(out),
        };
        programs::judge(&mut command)?;
    }
    Ok(())
}
