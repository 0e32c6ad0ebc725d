#![forbid(unsafe_code)]
//! The record of an installation: which files are ours and what they held, so that uninstalling
//! removes those and no others.

use std::fs;
use std::path::Path;
use std::path::PathBuf;

use serde_json::Value;
use serde_json::json;

use crate::failure::Failure;
use crate::failure::Result;

/// The record.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    /// Files and links, with what they hold. While an installation replaces an older one, both
    /// stand here.
    pub files: Vec<(PathBuf, String)>,
    /// Folders that the installation made, outermost first.
    pub folders: Vec<PathBuf>,
    /// Files of others that were moved aside: where they were, where they are.
    pub replaced: Vec<(PathBuf, PathBuf)>,
    /// The PyVISA configuration that has our line.
    pub pyvisarc: Option<PathBuf>,
}

impl Manifest {
    /// Reads a record. `None` when there is none.
    ///
    /// # Errors
    /// The file's, and when it is damaged.
    pub fn load(path: &Path) -> Result<Option<Self>> {
        match fs::read(path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Failure::new(format!("{}: {error}", path.display()))),
            Ok(bytes) => {
                let value = serde_json::from_slice(&bytes).ok();
                let manifest = value.as_ref().and_then(Self::from_json);
                let damaged = || Failure::new(format!("{} is damaged", path.display()));
                manifest.ok_or_else(damaged).map(Some)
            }
        }
    }

    /// Writes the record.
    ///
    /// # Errors
    /// The file's.
    pub fn store(&self, path: &Path) -> Result {
        let text = format!("{:#}\n", self.to_json());
        fs::write(path, text).map_err(|error| Failure::new(format!("{}: {error}", path.display())))
    }

    /// Whether a path belongs to the installation.
    pub fn has(&self, path: &Path) -> bool {
        self.files.iter().any(|(file, _)| file == path)
    }

    /// Whether what is there now is what the installation put there.
    pub fn wrote(&self, path: &Path) -> bool {
        sum(path)
            .is_some_and(|now| self.files.iter().any(|(file, sum)| file == path && *sum == now))
    }

    fn to_json(&self) -> Value {
        let files: Vec<_> = self.files.iter().map(|(path, sum)| json!([path, sum])).collect();
        let replaced: Vec<_> = self.replaced.iter().map(|(was, is)| json!([was, is])).collect();
        json!({
            "files": files,
            "folders": self.folders,
            "replaced": replaced,
            "pyvisarc": self.pyvisarc,
        })
    }

    fn from_json(value: &Value) -> Option<Self> {
        let pair = |value: &Value| Some((path(&value[0])?, value[1].as_str()?.to_owned()));
        let files = value["files"].as_array()?.iter().map(pair).collect::<Option<_>>()?;
        let folders = value["folders"].as_array()?.iter().map(path).collect::<Option<_>>()?;
        let pair = |value: &Value| Some((path(&value[0])?, path(&value[1])?));
        let replaced = value["replaced"].as_array()?.iter().map(pair).collect::<Option<_>>()?;
        Some(Self { files, folders, replaced, pyvisarc: path(&value["pyvisarc"]) })
    }
}

fn path(value: &Value) -> Option<PathBuf> {
    value.as_str().map(PathBuf::from)
}

/// What a file holds, short: a link's target, or a file's checksum. `None` when it is not there.
pub fn sum(path: &Path) -> Option<String> {
    if let Ok(target) = fs::read_link(path) {
        return Some(format!("-> {}", target.display()));
    }
    fs::read(path).ok().map(|bytes| sum_of(&bytes))
}

/// FNV-1a with 64 bits: told apart are an untouched file and a changed one, not friend and foe.
pub fn sum_of(bytes: &[u8]) -> String {
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3);
    format!("{:016x}", bytes.iter().fold(0xCBF2_9CE4_8422_2325, step))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_survives_its_file() {
        let full = Manifest {
            files: vec![("/p/lib/a b".into(), "-> c".into()), ("/p/x".into(), "00".into())],
            folders: vec!["/p".into(), "/p/lib".into()],
            replaced: vec![("/p/x".into(), "/p/x.old".into())],
            pyvisarc: Some("/h/.pyvisarc".into()),
        };
        assert_eq!(Manifest::from_json(&full.to_json()), Some(full));
        let empty = Manifest::default();
        assert_eq!(Manifest::from_json(&empty.to_json()), Some(empty));
    }

    #[test]
    fn a_damaged_record_is_no_record() {
        assert_eq!(Manifest::from_json(&json!({ "files": [] })), None);
        let odd = json!({ "files": [["/a"]], "folders": [], "replaced": [], "pyvisarc": null });
        assert_eq!(Manifest::from_json(&odd), None, "a file without its sum could be removed");
    }

    #[test]
    fn the_checksum_is_the_published_one() {
        assert_eq!(sum_of(b""), "cbf29ce484222325");
        assert_eq!(sum_of(b"a"), "af63dc4c8601ec8c");
    }
}
