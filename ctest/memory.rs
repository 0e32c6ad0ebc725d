#![forbid(unsafe_code)]
//! The programs that call everything, on every resource class: bare, and with
//! tools that see wrong memory accesses and leaks.

use std::process::Command;

use libtest_mimic::Trial;

use crate::Outcome;
use crate::Stop;
use crate::cc;
use crate::failed;
use crate::fake;
use crate::lacking;
use crate::process;
use crate::programs;
use crate::trial;

const PROGRAMS: &[&str] = &["attributes_guard.c", "events.c", "null_and_wild.c"];

const SANITIZER: &[&str] = &["-fsanitize=address", "-fno-omit-frame-pointer"];

pub fn trials() -> Vec<Trial> {
    let each = PROGRAMS.iter().flat_map(|&source| {
        let program = source.trim_end_matches(".c");
        [
            trial(format!("memory::{program}::every_class"), move || every_class(source)),
            trial(format!("memory::{program}::valgrind"), move || valgrind(source)),
            trial(format!("memory::{program}::address_sanitizer"), move || sanitizer(source)),
        ]
    });
    let own = [
        trial("memory::no_class_is_forgotten", fake::no_class_is_forgotten),
        trial("memory::the_sanitizer_sees_one_byte_too_many", overrun),
    ];
    each.chain(own).collect()
}

fn every_class(source: &str) -> Outcome {
    let built = programs::build(&format!("classes {source}"), source, &fake::library()?, &[])?;
    let (names, _kept) = fake::resources()?;
    programs::judge(built.run().args(names))
}

/// Wrong accesses of any kind, and memory that nobody can free any more.
fn valgrind(source: &str) -> Outcome {
    let tool = process::installed("valgrind")?;
    let built = programs::build(&format!("valgrind {source}"), source, &fake::library()?, &[])?;
    let (names, _kept) = fake::resources()?;
    programs::judge(
        Command::new(tool)
            .args(["--quiet", "--error-exitcode=9", "--leak-check=full"])
            .args(["--show-leak-kinds=definite", "--errors-for-leak-kinds=definite"])
            .arg(&built.program)
            .args(names)
            .env("LD_LIBRARY_PATH", &built.libraries),
    )
}

/// The sanitizer in the program and in the library: the program's buffers are the guarded ones,
/// and it is the library that may go beyond them.
fn sanitizer(source: &str) -> Outcome {
    let built = sanitized(source)?;
    let (names, _kept) = fake::resources()?;
    programs::judge(built.run().args(names))
}

/// Two runtimes meet there, the C compiler's and what rustc expects: this shows that together
/// they still see.
fn overrun() -> Outcome {
    match programs::judge(sanitized("overrun.c")?.run().arg("GPIB0::1::INSTR")) {
        Err(Stop::Failed(why)) if why.contains("heap-buffer-overflow") => Ok(()),
        Err(other) => Err(other),
        Ok(()) => failed("an overrun of one byte went unnoticed"),
    }
}

fn sanitized(source: &str) -> Outcome<programs::Built> {
    let dir = cc::scratch(&format!("sanitizer probe {source}"))?;
    let probe = dir.join("probe.c");
    std::fs::write(&probe, "int main(void) { return 0; }\n")?;
    let mut cc = Command::new(process::installed("cc")?);
    if process::tool(cc.args(SANITIZER).arg(&probe).arg("-o").arg(dir.join("probe"))).is_err() {
        return lacking("this C compiler has no address sanitizer");
    }
    let library = fake::sanitized_library()?;
    programs::build(&format!("sanitizer {source}"), source, &library, SANITIZER)
}
