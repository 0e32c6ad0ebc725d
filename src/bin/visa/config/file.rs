#![forbid(unsafe_code)]
//! The file that is edited: which one, and how it is replaced by a new one. Readers see the old or
//! the new one whole; of two editors at once the second sees what the first has written.

use std::fs;
use std::fs::File;
use std::io;
use std::io::ErrorKind;
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::os::unix::fs::chown;
use std::path::Path;
use std::path::PathBuf;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use clap::Args;
use visa::config;
use visa::config::Problem;

use crate::config::edit;
use crate::failure::Failure;
use crate::failure::Result;

/// How long another `visa` may take that edits the same file.
const PATIENCE: Duration = Duration::from_secs(10);

/// Symbolic links that are followed, one after the other.
const MOST_LINKS: usize = 40;

/// Which file: options of all subcommands that edit or show it.
#[derive(Args, Clone, Debug, Default)]
pub struct Place {
    /// This configuration file [default: your own, see `visa config path`]
    #[arg(long, global = true, value_name = "PATH", conflicts_with = "system")]
    pub file: Option<PathBuf>,
    /// The one for all users, /etc/ferrovisa/config.toml
    #[arg(long, global = true)]
    pub system: bool,
}

impl Place {
    /// Whether one file is meant, and not what all say together.
    pub fn is_chosen(&self) -> bool {
        self.system || self.file.is_some()
    }

    /// The file.
    ///
    /// # Errors
    /// A user without a home has none.
    pub fn path(&self) -> Result<PathBuf> {
        match &self.file {
            Some(path) => Ok(path.clone()),
            None if self.system => Ok(config::SYSTEM.into()),
            None => config::users_file().ok_or_else(|| {
                Failure::new("there is no home to keep your configuration in")
                    .hint("--file PATH names a file, and so does FERROVISA_CONFIG")
                    .hint("--system edits the one for all users")
            }),
        }
    }
}

/// The text of a file; empty when there is none.
///
/// # Errors
/// It is there and cannot be read, or is no text.
pub fn read(path: &Path) -> Result<String> {
    let bytes = match fs::metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(String::new()),
        Err(error) => Err(error),
        // Opening a pipe would wait for a writer.
        Ok(data) if !data.is_file() => Err(io::Error::other("not a file")),
        Ok(data) if data.len() > config::LARGEST => Err(io::Error::other("larger than 1 MiB")),
        Ok(_) => fs::read(path),
    };
    let bytes = bytes.map_err(|error| trouble(path, &error))?;
    String::from_utf8(bytes).map_err(|_| {
        Failure::new(format!("{}: not UTF-8; left as it is", path.display()))
            .hint("`visa config check` names the line")
    })
}

/// Changes a file: `change` makes a new text from the old one, or `None` to leave it. Tells whether
/// something was written.
///
/// # Errors
/// The file is no TOML, the library would not accept what `change` makes of it, or the file system
/// says no. The file is as it was then.
pub fn change(path: &Path, change: impl FnOnce(&str) -> Result<Option<String>>) -> Result<bool> {
    let target = followed(path).map_err(|error| trouble(path, &error))?;
    let folder = match target.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    fs::create_dir_all(folder).map_err(|error| trouble(folder, &error))?;
    let _lock = lock(folder)?;
    let old = read(&target)?;
    edit::parsed(&old).map_err(|reason| {
        Failure::new(format!("{}: {reason}; left as it is", path.display()))
            .hint("mend that line by hand first")
    })?;
    let Some(new) = change(&old)?.filter(|new| *new != old) else { return Ok(false) };
    check(path, &old, &new)?;
    replace(&target, folder, &new).map_err(|error| trouble(path, &error))?;
    Ok(true)
}

/// Whether the library makes as much of the new text as of the old one.
fn check(path: &Path, old: &str, new: &str) -> Result {
    if new.len() as u64 > config::LARGEST {
        return Err(Failure::new(format!("{}: would be larger than 1 MiB", path.display())));
    }
    match new_problems(path, old, new).first() {
        None => Ok(()),
        Some(problem) => Err(Failure::new(format!(
            "not written, because the library would not accept it: {problem}"
        ))),
    }
}

/// The mistakes that a new text would bring. Those that were there before are nobody's fault now.
pub fn new_problems(path: &Path, old: &str, new: &str) -> Vec<Problem> {
    let mut known = problems(path, old);
    let mut added = problems(path, new);
    added.retain(|problem| match known.iter().position(|old| old.reason == problem.reason) {
        Some(at) => {
            known.swap_remove(at);
            false
        }
        None => true,
    });
    added
}

fn problems(path: &Path, text: &str) -> Vec<Problem> {
    config::load_with(path, text.as_bytes()).problems().to_vec()
}

/// The file behind symbolic links, which stay; it need not be there.
fn followed(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        match fs::read_link(&path) {
            // A relative link starts at the folder that it is in.
            Ok(to) => path = path.parent().unwrap_or(Path::new("")).join(to),
            Err(_) => return Ok(path),
        }
    }
    Err(io::Error::other("too many symbolic links"))
}

/// Keeps others who edit files of this folder out until it is dropped. The folder's own lock, for a
/// file's would go with the file that is replaced; and no file is left behind.
fn lock(folder: &Path) -> Result<Option<File>> {
    let file = File::open(folder).map_err(|error| trouble(folder, &error))?;
    let (done, is_done) = mpsc::channel();
    // Only the wait has no end of its own.
    thread::spawn(move || {
        let locked = file.lock();
        let _ = done.send(locked.map(|()| file));
    });
    match is_done.recv_timeout(PATIENCE) {
        // Some network file systems lock no folders.
        Ok(locked) => Ok(locked.ok()),
        Err(_) => Err(Failure::new(format!("{}: another program edits there", folder.display()))),
    }
}

/// Puts a new file in the place of the old one, with the same owner and permissions.
fn replace(target: &Path, folder: &Path, text: &str) -> io::Result<()> {
    let name = target.file_name().ok_or(io::Error::other("no file's name"))?.to_string_lossy();
    let temporary = Temporary(folder.join(format!(".{name}.{}", std::process::id())));
    let mut file = File::create_new(&temporary.0)?;
    if let Ok(old) = fs::metadata(target) {
        file.set_permissions(old.permissions())?;
        let new = file.metadata()?;
        if (old.uid(), old.gid()) != (new.uid(), new.gid()) {
            // As far as the user may: root keeps another user's file that user's.
            let _ = chown(&temporary.0, Some(old.uid()), Some(old.gid()));
        }
    }
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&temporary.0, target)
}

/// A file that goes away unless it has been renamed.
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

fn trouble(path: &Path, error: &io::Error) -> Failure {
    let failure = Failure::new(format!("{}: {error}", path.display()));
    match error.kind() {
        ErrorKind::PermissionDenied => failure.hint("sudo, or a file of your own with --file PATH"),
        _ => failure,
    }
}

#[cfg(test)]
mod tests;
