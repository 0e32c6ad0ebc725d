#![forbid(unsafe_code)]
//! A file is replaced whole, keeps what it is, and loses nothing to others.

use super::*;

use std::os::unix::fs::PermissionsExt;
use std::os::unix::fs::symlink;

use toml_edit::Value;

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("visa-file-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir(&path).expect("a temporary folder");
        Self(path)
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).unwrap().flatten();
        let mut names: Vec<_> =
            entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn alias(path: &Path, word: &str) -> Result<bool> {
    change(path, |text| {
        let set = edit::set(text, &["aliases", word], Value::from("GPIB0::1::INSTR"));
        set.map(Some).map_err(Failure::new)
    })
}

#[test]
fn a_file_and_its_folders_are_made_when_they_are_not_there() {
    let folder = Folder::new("new");
    let path = folder.0.join("a/b/config.toml");
    assert!(alias(&path, "scope").unwrap());
    assert!(!alias(&path, "scope").unwrap(), "nothing to change");
    assert_eq!(fs::read_to_string(&path).unwrap(), "[aliases]\nscope = \"GPIB0::1::INSTR\"\n");
    assert_eq!(folder.names(), ["a"]);
}

#[test]
fn permissions_and_symbolic_links_stay() {
    let folder = Folder::new("link");
    let (real, link) = (folder.0.join("real.toml"), folder.0.join("config.toml"));
    fs::write(&real, "# mine\n").unwrap();
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
    symlink("real.toml", &link).unwrap();
    assert!(alias(&link, "scope").unwrap());
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert!(fs::read_to_string(&real).unwrap().starts_with("# mine\n"));
    assert_eq!(fs::metadata(&real).unwrap().mode() & 0o777, 0o640);
    assert_eq!(folder.names(), ["config.toml", "real.toml"], "nothing is left behind");
    let round = folder.0.join("round");
    symlink("round", &round).unwrap();
    assert!(alias(&round, "scope").unwrap_err().message.contains("too many symbolic links"));
}

/// The file stays as it was, byte by byte.
#[test]
fn what_cannot_be_edited_is_left_alone() {
    let folder = Folder::new("wrong");
    let path = folder.0.join("config.toml");
    for (bytes, why) in [
        (&b"a = 1\nb = = 2\n"[..], "line 2 is no TOML"),
        (b"a = '\xFF'\n", "not UTF-8"),
        (b"aliases = 3\n", "aliases is not a table"),
    ] {
        fs::write(&path, bytes).unwrap();
        let failure = alias(&path, "scope").unwrap_err();
        assert!(failure.message.contains(why), "{}", failure.message);
        assert_eq!(fs::read(&path).unwrap(), bytes);
    }
    assert!(alias(&folder.0, "scope").unwrap_err().message.contains("not a file"));
    assert_eq!(folder.names(), ["config.toml"]);
}

/// What was wrong before does not keep anybody from the rest.
#[test]
fn what_the_library_would_not_accept_is_not_written() {
    let folder = Folder::new("check");
    let path = folder.0.join("config.toml");
    let before = "colour = 'red'\n";
    fs::write(&path, before).unwrap();
    let failure = alias(&path, "GPIB0::2::INSTR").unwrap_err();
    for part in ["not written", "config.toml:4:", "it is a resource name itself"] {
        assert!(failure.message.contains(part), "{}", failure.message);
    }
    let twice = change(&path, |text| Ok(Some(format!("{text}[find]\ncolour = 1\ncolor = 2\n"))));
    assert!(twice.is_err());
    let large = change(&path, |text| Ok(Some(format!("{text}#{}\n", "x".repeat(1 << 20)))));
    assert!(large.unwrap_err().message.contains("1 MiB"));
    assert_eq!(fs::read_to_string(&path).unwrap(), before);
    assert!(alias(&path, "scope").unwrap());
}

/// Each of many editors at once finds what the others have written.
#[test]
fn no_edit_is_lost_to_another() {
    let folder = Folder::new("many");
    let path = folder.0.join("config.toml");
    thread::scope(|scope| {
        for editor in 0..8 {
            let path = &path;
            scope.spawn(move || {
                for number in 0..4 {
                    assert!(alias(path, &format!("a{editor}-{number}")).unwrap());
                }
            });
        }
    });
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(text.lines().count(), 1 + 8 * 4, "{text}");
    assert_eq!(folder.names(), ["config.toml"]);
}
