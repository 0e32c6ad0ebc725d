#![forbid(unsafe_code)]
//! Which libvisa.so the tool talks through.

use std::fs::OpenOptions;
use std::path::Path;
use std::path::PathBuf;
use std::time::SystemTime;

use crate::abi::Library;
use crate::abi::Manager;
use crate::failure::Exit;
use crate::failure::Failure;
use crate::failure::Result;

/// The file's name, everywhere.
pub const NAME: &str = "libvisa.so";

/// The library asked for, else the one that came with this tool, else the installed one.
pub fn path(asked: Option<&Path>) -> PathBuf {
    let asked = asked.filter(|path| !path.as_os_str().is_empty());
    asked.map(Path::to_owned).or_else(own).unwrap_or_else(|| NAME.into())
}

/// The library that came with this tool: beside it or in cargo's `deps` beside it, or in `lib`
/// where `visa install` puts the tool in `bin`.
pub fn own() -> Option<PathBuf> {
    let tool = std::env::current_exe().ok()?;
    own_of(tool.parent()?)
}

fn own_of(folder: &Path) -> Option<PathBuf> {
    // `cargo build` links the library beside the tool, `cargo run` only renews it in `deps`:
    // the newer of the two is the one that belongs to this tool.
    let built = [folder.join(NAME), folder.join("deps").join(NAME)];
    let age = |path: &PathBuf| path.metadata().and_then(|data| data.modified()).ok();
    let newest = built.into_iter().filter_map(|path| Some((age(&path)?, path)));
    let newest = newest.fold(None, |best: Option<(SystemTime, PathBuf)>, next| match best {
        Some(best) if best.0 >= next.0 => Some(best),
        _ => Some(next),
    });
    let installed = || folder.parent().map(|prefix| prefix.join("lib").join(NAME));
    newest.map(|(_, path)| path).or_else(|| installed().filter(|path| path.is_file()))
}

/// Loads what [`path`] finds.
///
/// # Errors
/// Exit code 4, with the loader's words.
pub fn load(asked: Option<&Path>) -> Result<&'static Library> {
    let path = path(asked);
    Library::load(&path).map_err(|error| {
        let failure = Failure::new(format!("cannot load {}: {error}", path.display()));
        let failure = match asked.is_some_and(|asked| *asked == *path) {
            true => failure
                .hint("--lib or VISA_LIB named this file: is it there, and a VISA library?")
                .hint("without them the tool takes the library that came with it"),
            false => failure
                .hint("--lib PATH or VISA_LIB=PATH names another libvisa.so")
                .hint("`cargo build` builds one, `visa install` installs it"),
        };
        Failure { exit: Exit::NoLibrary, ..failure }
    })
}

/// Loads the library and opens its resource manager.
///
/// # Errors
/// Exit code 4 when there is no library.
pub fn manager(lib: Option<&Path>) -> Result<Manager> {
    warn_of_trace();
    let library = load(lib)?;
    let name = library.path().display().to_string();
    Manager::open(library).map_err(|fault| Failure::visa(&fault, &name))
}

/// A library does not speak up in its host program: a trace that cannot be written is silently off.
fn warn_of_trace() {
    let Some(path) = std::env::var_os("VISA_TRACE") else { return };
    if path.is_empty() || path == "stderr" {
        return;
    }
    if let Err(error) = OpenOptions::new().append(true).create(true).open(&path) {
        eprintln!("warning: VISA_TRACE={}: {error}; no trace", path.display());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::time::Duration;

    fn folder(name: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("visa-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(path.join("bin/deps")).expect("a temporary folder");
        path
    }

    fn file(path: &Path, age: u64) {
        let file = fs::File::create(path).expect("a file");
        file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(age)).expect("its time");
    }

    #[test]
    fn the_newer_build_wins_and_installed_comes_last() {
        let root = folder("library");
        let bin = root.join("bin");
        assert_eq!(own_of(&bin), None);
        fs::create_dir(root.join("lib")).expect("a folder");
        file(&root.join("lib").join(NAME), 9);
        assert_eq!(own_of(&bin), Some(root.join("lib").join(NAME)));
        file(&bin.join("deps").join(NAME), 2);
        assert_eq!(own_of(&bin), Some(bin.join("deps").join(NAME)));
        file(&bin.join(NAME), 1);
        assert_eq!(own_of(&bin), Some(bin.join("deps").join(NAME)));
        file(&bin.join(NAME), 3);
        assert_eq!(own_of(&bin), Some(bin.join(NAME)));
        fs::remove_dir_all(root).expect("cleaned up");
    }

    #[test]
    fn what_was_asked_for_wins_but_an_empty_name_asks_for_nothing() {
        assert_eq!(path(Some(Path::new("/x/libvisa.so"))), Path::new("/x/libvisa.so"));
        assert_eq!(path(Some(Path::new(""))), path(None));
    }
}
