#![forbid(unsafe_code)]
//! Where an installation puts what.

use std::path::Path;
use std::path::PathBuf;

use clap::Args;
use visa::iface::udev;

use crate::failure::Failure;
use crate::failure::Result;

/// The installed files carry the crate's version.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

const HEADERS: [(&str, &str); 3] = [
    ("visa.h", include_str!("../../../include/visa.h")),
    ("visatype.h", include_str!("../../../include/visatype.h")),
    ("vpptype.h", include_str!("../../../include/vpptype.h")),
];
const PKG_CONFIG: &str = include_str!("../../../pkgconfig/visa.pc.in");

/// Names under which programs look for the library: without a number when they are linked, with
/// the number of the standard's major version or ours when they load it.
pub const LINKS: [&str; 3] = ["libvisa.so", "libvisa.so.0", "libvisa.so.7"];

/// Where to install, on the command line.
#[derive(Args, Debug)]
pub struct Where {
    /// The folder of the installation
    #[arg(long, value_name = "DIR", default_value = "/usr/local", conflicts_with = "user")]
    prefix: PathBuf,
    /// For yourself: ~/.local, with a line in ~/.pyvisarc for PyVISA; needs no root
    #[arg(long)]
    pub user: bool,
}

impl Where {
    /// The folder, absolute.
    ///
    /// # Errors
    /// When there is no home directory.
    pub fn prefix(&self) -> Result<PathBuf> {
        if self.user {
            return usable(home()?.join(".local"));
        }
        // `--prefix=~/x`: the shell leaves it as it is, and a folder named `~` is nobody's wish.
        if self.prefix.to_string_lossy().starts_with('~') {
            let name = self.prefix.display();
            return Err(Failure::new(format!("--prefix {name}: the shell did not expand the ~"))
                .hint("\"$HOME/...\", or ./~ for a folder of that name"));
        }
        usable(std::path::absolute(&self.prefix)?)
    }
}

/// The same folder, if LD_LIBRARY_PATH and visa.pc can name it.
fn usable(prefix: PathBuf) -> Result<PathBuf> {
    let odd = |c: char| c.is_control() || ":;\"'`\\$#".contains(c);
    match prefix.to_str() {
        Some(text) if !text.contains(odd) => Ok(prefix),
        _ => Err(Failure::new(format!(
            "{}: a prefix may not hold quotes, :, ;, $, #, backslashes or what is not UTF-8, for \
             loader and pkg-config cannot name it",
            prefix.display()
        ))),
    }
}

/// The user's home directory.
///
/// # Errors
/// When there is none.
pub fn home() -> Result<PathBuf> {
    // Not from the list of users: PyVISA and shells look where HOME points.
    let home = std::env::var_os("HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    home.ok_or_else(|| {
        Failure::new("HOME is not set to an absolute path, so --user has no place")
            .hint("HOME=/home/NAME visa ..., or --prefix DIR")
    })
}

/// One installed file.
#[derive(Debug, PartialEq, Eq)]
pub struct Item {
    /// Where it goes.
    pub path: PathBuf,
    /// What it holds.
    pub content: Content,
}

/// What an installed file holds.
#[derive(Debug, PartialEq, Eq)]
pub enum Content {
    /// The same as that file; executable.
    Copy(PathBuf),
    /// This text.
    Text(String),
    /// Nothing: a symbolic link to a name in the same folder.
    Link(String),
}

/// Everything that an installation under `prefix` consists of.
pub fn items(prefix: &Path, library: &Path, tool: &Path) -> Vec<Item> {
    let (lib, include) = (prefix.join("lib"), prefix.join("include"));
    let real = format!("libvisa.so.{VERSION}");
    let mut items = vec![
        Item { path: lib.join(&real), content: Content::Copy(library.to_owned()) },
        Item { path: prefix.join("bin/visa"), content: Content::Copy(tool.to_owned()) },
        Item {
            path: lib.join("pkgconfig/visa.pc"),
            content: Content::Text(pkg_config(&prefix.display().to_string())),
        },
    ];
    let link = |name| Item { path: lib.join(name), content: Content::Link(real.clone()) };
    items.extend(LINKS.map(link));
    let header =
        |(name, text): (&str, &str)| Item { path: include.join(name), content: text_of(text) };
    items.extend(HEADERS.map(header));
    items
}

/// The udev rule for USB instruments, at `path`.
pub fn rules(path: PathBuf) -> Item {
    Item { path, content: text_of(udev::RULES) }
}

fn text_of(text: &str) -> Content {
    Content::Text(text.to_owned())
}

/// visa.pc for that prefix.
pub fn pkg_config(prefix: &str) -> String {
    // pkg-config splits flags at spaces that have no backslash.
    PKG_CONFIG.replace("@PREFIX@", &prefix.replace(' ', "\\ ")).replace("@VERSION@", VERSION)
}

/// Writes the headers into a folder, for compiling without an installation.
///
/// # Errors
/// The folder's.
pub fn write_headers(folder: &Path) -> Result {
    for (name, text) in HEADERS {
        std::fs::write(folder.join(name), text)?;
    }
    Ok(())
}

/// The record of an installation under `prefix`.
pub fn manifest(prefix: &Path) -> PathBuf {
    prefix.join("share/ferrovisa/installed.json")
}

/// Whether the loader searches `prefix/lib` by itself.
pub fn is_standard(prefix: &Path) -> bool {
    prefix == Path::new("/usr/local") || prefix == Path::new("/usr")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_that_programs_load_leads_to_the_library() {
        let items = items(Path::new("/p"), Path::new("/s/libvisa.so"), Path::new("/s/visa"));
        let at = |path: &str| {
            &items.iter().find(|item| item.path == Path::new(path)).expect(path).content
        };
        let real = format!("libvisa.so.{VERSION}");
        assert_eq!(*at(&format!("/p/lib/{real}")), Content::Copy("/s/libvisa.so".into()));
        for name in ["libvisa.so", "libvisa.so.0", "libvisa.so.7"] {
            assert_eq!(*at(&format!("/p/lib/{name}")), Content::Link(real.clone()));
        }
        assert_eq!(*at("/p/bin/visa"), Content::Copy("/s/visa".into()));
        assert!(matches!(at("/p/include/visa.h"), Content::Text(text) if text.contains("viOpen")));
    }

    #[test]
    fn a_prefix_that_programs_could_not_name_is_refused() {
        let place = |prefix: &str| Where { prefix: prefix.into(), user: false }.prefix();
        assert_eq!(place("/opt/a b").expect("a place"), Path::new("/opt/a b"));
        for odd in ["~/visa", "~", "/a:b", "/a$b", "/it's", "/a\\b"] {
            place(odd).expect_err(odd);
        }
    }

    #[test]
    fn the_pkg_config_file_has_no_holes_left() {
        let text = pkg_config("/opt/x");
        assert!(text.contains("prefix=/opt/x\n"));
        assert!(pkg_config("/a b").contains("prefix=/a\\ b\n"));
        assert!(text.contains(&format!("Version: {VERSION}\n")));
        assert!(!text.contains('@'), "{text}");
    }
}
