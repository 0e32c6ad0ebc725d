#![forbid(unsafe_code)]
//! Where the configuration files are, and when they are read.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::fs::File;
use std::io;
use std::io::Read;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use parking_lot::Mutex;

use crate::config::Config;
use crate::config::Problem;
use crate::config::find::is_off;
use crate::config::parse::parse;

/// The configuration for all users; what a user's own file says comes before it.
pub const SYSTEM: &str = "/etc/ferrovisa/config.toml";

/// The file's name below `$XDG_CONFIG_HOME` or `~/.config`.
const USER: &str = "ferrovisa/config.toml";

/// The environment variable that keeps the library from searching the network, whatever the files
/// say: `off`, `0`, `no` or `false`.
const LAN_SEARCH: &str = "FERROVISA_LAN_SEARCH";

/// The largest file that is read, in bytes.
pub const LARGEST: u64 = 1 << 20;

/// A file that may say something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Candidate {
    pub(super) path: PathBuf,
    /// Asked for by name: missing, it is a problem.
    pub(super) wanted: bool,
}

/// What tells one state of a file from the next without reading it: time, length, inode. `None`
/// when there is no such file.
type Stamp = Option<(SystemTime, u64, u64)>;

/// What was read last.
struct Cached {
    /// The files, and whether the environment forbids to search the network.
    of: (Vec<(Candidate, Stamp)>, bool),
    config: Arc<Config>,
}

static CACHE: Mutex<Option<Cached>> = Mutex::new(None);

/// The configuration as the files and the environment have it now. Unchanged files are not read again.
///
/// The files are the one that the environment variable FERROVISA_CONFIG names, or else
/// `ferrovisa/config.toml` below XDG_CONFIG_HOME or `~/.config`; and `/etc/ferrovisa/config.toml`.
/// FERROVISA_LAN_SEARCH set to `off`, `0`, `no` or `false` makes [`Find::lan`](crate::config::Find)
/// false.
pub fn load() -> Arc<Config> {
    let files: Vec<_> = candidates(|name| env::var_os(name))
        .into_iter()
        .map(|candidate| {
            let stamp = stamp(&candidate.path);
            (candidate, stamp)
        })
        .collect();
    let off = env::var_os(LAN_SEARCH).is_some_and(|value| is_off(&value));
    let of = (files, off);
    // Only tried, never waited for: in a forked child a thread that is not there may hold it.
    if let Some(cache) = CACHE.try_lock()
        && let Some(cached) = cache.as_ref()
        && cached.of == of
    {
        return cached.config.clone();
    }
    let config = Arc::new(read_all(of.0.iter().map(|(candidate, _)| candidate), off));
    if let Some(mut cache) = CACHE.try_lock() {
        *cache = Some(Cached { of, config: config.clone() });
    }
    config
}

/// The files that may say something, what counts more first.
pub(super) fn candidates(variable: impl Fn(&str) -> Option<OsString>) -> Vec<Candidate> {
    let set = |name| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let folder = || {
        // Relative paths are to be ignored, says the XDG base directory specification.
        let xdg = set("XDG_CONFIG_HOME").filter(|path| path.is_absolute());
        xdg.or_else(|| Some(set("HOME")?.join(".config")))
    };
    let user = match set("FERROVISA_CONFIG") {
        Some(path) => Some(Candidate { path, wanted: true }),
        None => folder().map(|folder| Candidate { path: folder.join(USER), wanted: false }),
    };
    let system = Candidate { path: SYSTEM.into(), wanted: false };
    user.into_iter().chain([system]).collect()
}

fn stamp(path: &Path) -> Stamp {
    use std::os::unix::fs::MetadataExt;
    let data = fs::metadata(path).ok()?;
    Some((data.modified().ok()?, data.len(), data.ino()))
}

/// The files that may say something, what counts more first; they need not be there.
pub fn files() -> Vec<PathBuf> {
    candidates(|name| env::var_os(name)).into_iter().map(|candidate| candidate.path).collect()
}

/// The user's own file, which need not be there; `None` for a user who has no home.
pub fn users_file() -> Option<PathBuf> {
    files().into_iter().find(|path| path != Path::new(SYSTEM))
}

/// The configuration as it would be if `file` held `bytes`, in place of what is there now. A file
/// that is not one of [`files`] is taken for the user's, as if FERROVISA_CONFIG named it.
pub fn load_with(file: &Path, bytes: &[u8]) -> Config {
    let mut candidates = candidates(|name| env::var_os(name));
    if candidates.iter().all(|candidate| candidate.path != file) {
        candidates.retain(|candidate| candidate.path == Path::new(SYSTEM));
        candidates.insert(0, Candidate { path: file.into(), wanted: true });
    }
    let mut config = Config::default();
    for candidate in &candidates {
        config.merge(if candidate.path == file { parse(file, bytes) } else { read(candidate) });
    }
    config.settle();
    config
}

/// What the files say together, what counts more first; `off`: the network is not searched.
pub(super) fn read_all<'a>(files: impl Iterator<Item = &'a Candidate>, off: bool) -> Config {
    let mut config = Config::default();
    files.for_each(|candidate| config.merge(read(candidate)));
    config.find.lan &= !off;
    config.settle();
    config
}

/// What one file says; nothing, and why, when it cannot be read.
pub(super) fn read(candidate: &Candidate) -> Config {
    match bytes(&candidate.path) {
        Ok(bytes) => parse(&candidate.path, &bytes),
        Err(error) if error.kind() == io::ErrorKind::NotFound && !candidate.wanted => {
            Config::default()
        }
        Err(error) => {
            let file = candidate.path.clone();
            let problem = Problem { file, line: None, reason: format!("not read: {error}") };
            Config { problems: vec![problem], ..Config::default() }
        }
    }
}

fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    // Looked at before it is opened: opening a pipe would wait for a writer.
    if !fs::metadata(path)?.is_file() && path != Path::new("/dev/null") {
        return Err(io::Error::other("not a file"));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        return Err(io::Error::other("larger than 1 MiB"));
    }
    Ok(bytes)
}
