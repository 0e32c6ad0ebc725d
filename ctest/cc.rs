#![forbid(unsafe_code)]
//! Compiling C and C++ against our headers and our library.

use std::path::Path;
use std::path::PathBuf;
use std::process::Command;

use crate::Outcome;
use crate::failed;
use crate::process;

/// Every warning that a careful user of the headers may have switched on.
pub const WARNINGS: &[&str] =
    &["-Wall", "-Wextra", "-pedantic", "-Wconversion", "-Wsign-compare", "-Wundef", "-Werror"];

/// Switches on what the headers hide until asked.
pub const EXTENSIONS: &[&str] =
    &["-DNIVISA_USB", "-DNIVISA_PXI", "-DKTVISA_EXTENSIONS", "-DRSVISA_EXTENSION"];

/// A file of the project.
pub fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// An empty directory for the files of the check `name`.
pub fn scratch(name: &str) -> Outcome<PathBuf> {
    let plain = name.replace(|c: char| !c.is_ascii_alphanumeric(), "_");
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ctest").join(plain);
    if dir.exists() {
        std::fs::remove_dir_all(&dir)?;
    }
    std::fs::create_dir_all(&dir)?;
    Ok(dir)
}

/// Checks that `source` compiles without a warning; the compiler's words if not.
pub fn accepts(compiler: &str, flags: &[&str], dir: &Path, source: &str) -> Outcome {
    let file = dir.join(if flags.iter().any(|f| f.contains("c++")) { "t.cpp" } else { "t.c" });
    std::fs::write(&file, source)?;
    let mut command = Command::new(process::installed(compiler)?);
    command.args(flags).arg("-I").arg(project("include")).arg("-fsyntax-only").arg(file);
    process::tool(&mut command).map(drop)
}

/// The library that was built together with these tests.
pub fn library() -> Outcome<PathBuf> {
    let tests = std::env::current_exe()?;
    let path = tests.with_file_name("libvisa.so");
    if path.is_file() { Ok(path) } else { failed(format!("{} is missing", path.display())) }
}

/// A directory in which `libvisa.so`, and no other file, is `library`.
pub fn alone(library: &Path, name: &str) -> Outcome<PathBuf> {
    let dir = scratch(name)?;
    let Ok(library) = library.canonicalize() else {
        return failed(format!("{} is not there", library.display()));
    };
    std::os::unix::fs::symlink(library, dir.join("libvisa.so"))?;
    Ok(dir)
}

/// Compiles the program `ctest/<source>` into `dir`, linked with the libvisa.so of `libraries`.
pub fn program(source: &str, dir: &Path, libraries: &Path, flags: &[&str]) -> Outcome<PathBuf> {
    let cxx = source.ends_with(".cpp");
    let out = dir.join(Path::new(source).file_stem().unwrap_or_default());
    let mut command = Command::new(process::installed(if cxx { "c++" } else { "cc" })?);
    command.arg(if cxx { "-std=c++11" } else { "-std=c99" });
    command.args(["-D_POSIX_C_SOURCE=200809L", "-g", "-O1", "-Wall", "-Wextra", "-Werror"]);
    command.args(flags).arg("-I").arg(project("include"));
    command.arg(project("ctest").join(source)).arg("-o").arg(&out);
    // -ldl comes last, for the program that opens the library by itself.
    let libs = ["-Wl,--as-needed", "-lvisa", "-ldl", "-lpthread", "-lm"];
    command.arg("-L").arg(libraries).args(libs);
    process::tool(&mut command)?;
    Ok(out)
}
