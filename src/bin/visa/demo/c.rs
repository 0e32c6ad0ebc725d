#![forbid(unsafe_code)]
//! The demo's C program: compiled against visa.h, linked with -lvisa, run.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::demo::Bench;
use crate::demo::Part;
use crate::demo::child;
use crate::demo::done;
use crate::demo::failed;
use crate::demo::judge;
use crate::demo::left_out;
use crate::failure::Result;
use crate::layout;

const PROGRAM: &str = include_str!("demo.c");
const LIMIT: Duration = Duration::from_secs(60);

/// Compiles and runs it.
///
/// # Errors
/// The file system's.
pub fn run(bench: &Bench) -> Result<Part> {
    let folder = &bench.folder.join("demo");
    let Some(compiler) = compiler() else {
        let hint = "install one: `apt install gcc`, `dnf install gcc`, or set CC";
        return Ok(left_out("compiler", "none of cc, gcc, clang is there", hint));
    };
    fs::write(folder.join("demo.c"), PROGRAM)?;
    layout::write_headers(folder)?;
    links(folder, &bench.library)?;
    // Under a name of its own until it is whole: another demo may be running the old one.
    let fresh = folder.join(format!("demo.{}", std::process::id()));
    let mut command = Command::new(&compiler[0]);
    command.args(&compiler[1..]).args(["-Wall", "demo.c", "-I.", "-L.", "-lvisa"]);
    command.arg(format!("-Wl,-rpath,{}", folder.display()));
    command.arg("-o").arg(&fresh).current_dir(folder);
    let compiled = child::run(&mut command, LIMIT, |_| ())?;
    if !compiled.success {
        return Ok(failed("compiled", &compiled));
    }
    fs::rename(&fresh, folder.join("demo"))?;
    let source = folder.join("demo.c");
    done("compiled", &format!("{} {} -lvisa", compiler[0], source.display()), compiled.time);
    let mut program = Command::new(folder.join("demo"));
    program.args(&bench.resources);
    if bench.library.is_absolute() {
        // Before the run path in the program comes this variable, in which `cargo run` names the
        // target folder: the library there may be older than the one under test.
        program.env("LD_LIBRARY_PATH", folder);
    }
    Ok(judge(bench, &child::run(&mut program, LIMIT, |_| ())?))
}

/// The compiler and its first arguments: CC, or the first that there is.
fn compiler() -> Option<Vec<String>> {
    let words = |text: String| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let asked = std::env::var("CC").ok().map(words).filter(|words| !words.is_empty());
    let usual = ["cc", "gcc", "clang"].map(|name| vec![name.to_owned()]);
    let there = |words: &Vec<String>| {
        child::run(Command::new(&words[0]).arg("--version"), LIMIT, |_| ()).is_ok()
    };
    asked.into_iter().chain(usual).find(there)
}

/// Links to the library under each name that a program may record for it, so that the program runs
/// with this library and no other.
fn links(folder: &Path, library: &Path) -> Result {
    if !library.is_absolute() {
        // Found by the loader's own search, which finds it for the program too.
        return Ok(());
    }
    for name in layout::LINKS {
        match fs::remove_file(folder.join(name)) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error.into()),
            _ => symlink(library, folder.join(name))?,
        }
    }
    Ok(())
}
