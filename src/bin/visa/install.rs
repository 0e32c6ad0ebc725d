#![forbid(unsafe_code)]
//! `visa install`: copies the library, headers and this tool to where programs look.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::path::PathBuf;
use std::process::Command;

use clap::Args;
use serde_json::json;
use visa::iface::udev;

use crate::failure::Failure;
use crate::failure::Result;
use crate::layout;
use crate::layout::Content;
use crate::layout::Item;
use crate::library;
use crate::manifest;
use crate::manifest::Manifest;
use crate::pyvisarc;
use crate::pyvisarc::Plan;

/// Arguments.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  visa install --user              for yourself, in ~/.local; PyVISA finds it by ~/.pyvisarc
  sudo visa install                for everyone, in /usr/local
  visa install --prefix /opt/visa
  sudo visa install --udev         the same as the second, and USB instruments for every user
  visa install --show-udev | sudo tee /etc/udev/rules.d/70-ferrovisa.rules
                                   the rule alone, for those who installed with --user

Writes libvisa.so with its links, visa.h and its kin, visa.pc and this tool, and a list of all that
for `visa uninstall`. Only files are written; no service, no driver. Another vendor's files are not
touched, unless --force moves them aside; uninstalling brings them back.

USB devices are root's alone until a rule of udev gives them to users. --udev writes one for all
instruments (USBTMC): they are then whose who sits at the machine, and of the group plugdev where
there is one. Devices for USB RAW cannot be told from others; the file explains how to add one.")]
pub struct Install {
    #[command(flatten)]
    place: layout::Where,
    /// Replace files that `visa install` did not put there; they are kept under another name
    #[arg(long)]
    force: bool,
    /// Write the udev rule for USB instruments, too; into DIR when that is given
    #[arg(
        long,
        value_name = "DIR",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = udev::FOLDER,
        conflicts_with = "user"
    )]
    udev: Option<PathBuf>,
    /// Print that rule and do nothing else
    #[arg(long)]
    show_udev: bool,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// Appended to the names of files moved aside.
const ASIDE: &str = ".before-ferrovisa";

/// What was done, a line each; printed at once or, for JSON, at the end.
pub struct Report {
    lines: Vec<String>,
    quiet: bool,
}

impl Report {
    /// An empty report that prints unless `quiet`.
    pub fn new(quiet: bool) -> Self {
        Self { lines: Vec::new(), quiet }
    }

    /// Notes a deed.
    pub fn say(&mut self, line: String) {
        if !self.quiet {
            println!("{line}");
        }
        self.lines.push(line);
    }

    /// All lines.
    pub fn lines(&self) -> &[String] {
        &self.lines
    }
}

/// Runs it.
///
/// # Errors
/// Files of others in the way; the file system's.
pub fn run(args: &Install) -> Result {
    if args.show_udev {
        print!("{}", udev::RULES);
        return Ok(());
    }
    let prefix = args.place.prefix()?;
    let library = library::own().ok_or_else(|| {
        Failure::new("there is no libvisa.so beside this tool").hint("cargo build --release")
    })?;
    let tool = std::env::current_exe()?;
    if args.place.user
        && let Some(user) = std::env::var_os("SUDO_USER")
    {
        let (user, prefix) = (user.display(), prefix.display());
        eprintln!("warning: under sudo, --user is not {user} but whom HOME names: {prefix}");
    }
    let mut report = Report::new(args.json);
    if library.components().any(|part| part.as_os_str() == "debug") {
        eprintln!("note: a debug build; `cargo run --release -- install` is smaller and faster");
    }
    let mut items = layout::items(&prefix, &library, &tool);
    let record = layout::manifest(&prefix);
    let old = Manifest::load(&record)?.unwrap_or_default();
    let rules = rules(args, &old)?;
    items.extend(rules.iter().cloned().map(layout::rules));
    let strangers: Vec<&Path> = items
        .iter()
        .map(|item| item.path.as_path())
        .filter(|path| path.symlink_metadata().is_ok() && !old.wrote(path))
        .collect();
    if !strangers.is_empty() && !args.force {
        return Err(refusal(&strangers));
    }
    let manifest = copy(&items, &strangers, old, &record, &mut report)?;
    let manifest = if args.place.user {
        tell_pyvisa(manifest, &prefix, &record, &mut report)?
    } else {
        manifest
    };
    ldconfig(&prefix, &mut report);
    if let Some(rules) = rules {
        tell_udev(&rules, &mut report);
    }
    let environment = environment(&prefix);
    if args.json {
        let files: Vec<_> = manifest.files.iter().map(|(path, _)| path).collect();
        println!(
            "{}",
            json!({
                "prefix": prefix,
                "library": prefix.join("lib").join(library::NAME),
                "files": files,
                "pyvisarc": manifest.pyvisarc,
                "done": report.lines(),
                "environment": environment.iter().map(|(name, value)| json!({
                    "name": name, "prepend": value })).collect::<Vec<_>>(),
            })
        );
    } else if !environment.is_empty() {
        println!("\nFor programs to find it, add to your shell's start file:");
        for (name, value) in environment {
            let value = quoted(&value.display().to_string());
            println!("  export {name}={value}${{{name}:+:${name}}}");
        }
    }
    Ok(())
}

/// Where the udev rule goes: where it is asked for, or stays where it is.
fn rules(args: &Install, old: &Manifest) -> Result<Option<PathBuf>> {
    if let Some(folder) = &args.udev {
        return Ok(Some(std::path::absolute(folder)?.join(udev::FILE)));
    }
    let is_rules = |path: &&PathBuf| path.file_name().is_some_and(|name| name == udev::FILE);
    Ok(old.files.iter().map(|(path, _)| path).find(is_rules).cloned())
}

/// Makes udev act on the rule for what is plugged in already.
fn tell_udev(rules: &Path, report: &mut Report) {
    if rules.parent() != Some(Path::new(udev::FOLDER)) {
        return;
    }
    let run = |arguments: &[&str]| {
        let status = Command::new("udevadm").args(arguments).status();
        status.is_ok_and(|status| status.success())
    };
    let done = run(&["control", "--reload"])
        && run(&["trigger", "--subsystem-match=usb", "--subsystem-match=usbmisc"]);
    report.say(match done {
        true => "told   udev to look at the USB devices again".to_owned(),
        false => "udev could not be told: plug the instruments in again".to_owned(),
    });
}

fn refusal(strangers: &[&Path]) -> Failure {
    let list: Vec<String> = strangers
        .iter()
        .map(|path| match fs::canonicalize(path) {
            Ok(real) if real != *path => format!("\n  {} -> {}", path.display(), real.display()),
            _ => format!("\n  {}", path.display()),
        })
        .collect();
    let count = strangers.len();
    Failure::new(format!(
        "{count} file(s) are there that `visa install` did not write, perhaps of another VISA:{}",
        list.concat()
    ))
    .hint("--prefix DIR or --user installs elsewhere")
    .hint(format!("--force moves them aside (NAME{ASIDE}); `visa uninstall` brings them back"))
}

/// Puts every item in its place.
fn copy(
    items: &[Item],
    strangers: &[&Path],
    old: Manifest,
    record: &Path,
    report: &mut Report,
) -> Result<Manifest> {
    let Manifest { files: before, folders, replaced, pyvisarc } = old;
    let mut new = Manifest { files: Vec::new(), folders, replaced, pyvisarc };
    let folders = items.iter().map(|item| item.path.as_path()).chain([record]);
    for folder in folders.filter_map(Path::parent) {
        make_folder(folder, &mut new.folders)?;
    }
    // Before each step the record says what that step may leave behind, so that an installation
    // that breaks off can be uninstalled.
    for item in items {
        new.files.push((item.path.clone(), expected(&item.content)?));
    }
    let fresh = new.files.len();
    new.files.extend(before);
    for path in strangers {
        let aside = aside(path);
        new.replaced.push((path.to_path_buf(), aside.clone()));
        new.store(record)?;
        fs::rename(path, &aside).map_err(|error| at(path, &error))?;
        report.say(format!("moved  {} to {}", path.display(), aside.display()));
    }
    new.store(record)?;
    for item in items {
        put(item)?;
        report.say(match &item.content {
            Content::Link(to) => format!("linked {} -> {to}", item.path.display()),
            _ => format!("wrote  {}", item.path.display()),
        });
    }
    let before = new.files.split_off(fresh);
    for (path, sum) in before {
        if !new.has(&path) && manifest::sum(&path) == Some(sum) {
            fs::remove_file(&path).map_err(|error| at(&path, &error))?;
            report.say(format!("removed {} of an older version", path.display()));
        }
    }
    new.store(record)?;
    report.say(format!("wrote  {}", record.display()));
    Ok(new)
}

/// A free name for a file that is moved aside: an earlier one there is not lost.
fn aside(path: &Path) -> PathBuf {
    let first = PathBuf::from(format!("{}{ASIDE}", path.display()));
    let numbered = (2..).map(|number| PathBuf::from(format!("{}.{number}", first.display())));
    let mut names = std::iter::once(first.clone()).chain(numbered);
    names.find(|name| name.symlink_metadata().is_err()).unwrap_or(first)
}

/// The sum that a file will have.
fn expected(content: &Content) -> Result<String> {
    Ok(match content {
        Content::Copy(source) => {
            manifest::sum_of(&fs::read(source).map_err(|error| at(source, &error))?)
        }
        Content::Text(text) => manifest::sum_of(text.as_bytes()),
        Content::Link(to) => format!("-> {to}"),
    })
}

fn make_folder(folder: &Path, made: &mut Vec<PathBuf>) -> Result {
    if folder.is_dir() {
        return Ok(());
    }
    if let Some(parent) = folder.parent() {
        make_folder(parent, made)?;
    }
    fs::create_dir(folder).map_err(|error| at(folder, &error))?;
    made.push(folder.to_owned());
    Ok(())
}

/// Writes beside the place and renames: a program that runs with the old file keeps it, and
/// nobody sees half a file.
fn put(item: &Item) -> Result {
    let fresh = PathBuf::from(format!("{}.new-{}", item.path.display(), std::process::id()));
    let written = match &item.content {
        // Follows links: the source may be an installation itself.
        Content::Copy(source) => fs::copy(source, &fresh)
            .and_then(|_| fs::set_permissions(&fresh, fs::Permissions::from_mode(0o755))),
        Content::Text(text) => fs::write(&fresh, text)
            .and_then(|()| fs::set_permissions(&fresh, fs::Permissions::from_mode(0o644))),
        Content::Link(to) => symlink(to, &fresh),
    };
    let placed = written.and_then(|()| fs::rename(&fresh, &item.path));
    placed.map_err(|error| {
        let _ = fs::remove_file(&fresh);
        at(&item.path, &error)
    })
}

/// A failure with the file's name and, without rights, the way out.
pub fn at(path: &Path, error: &std::io::Error) -> Failure {
    let failure = Failure::new(format!("{}: {error}", path.display()));
    match error.kind() {
        ErrorKind::PermissionDenied => failure.hint("sudo, or --user for yourself alone"),
        _ => failure,
    }
}

fn tell_pyvisa(
    mut manifest: Manifest,
    prefix: &Path,
    record: &Path,
    report: &mut Report,
) -> Result<Manifest> {
    let path = layout::home()?.join(".pyvisarc");
    let library = prefix.join("lib").join(library::NAME).display().to_string();
    let old = match fs::read_to_string(&path) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => return Err(at(&path, &error)),
    };
    match pyvisarc::with(old.as_deref(), &library) {
        Plan::Write(text) => {
            manifest.pyvisarc = Some(path.clone());
            manifest.store(record)?;
            fs::write(&path, text).map_err(|error| at(&path, &error))?;
            report.say(format!("wrote  {}: PyVISA now uses this library", path.display()));
        }
        Plan::Leave(why) => report.say(format!(
            "left   {} alone, for {why}. For PyVISA to use this library it needs:\n  [Paths]\n  \
             VISA library: {library}",
            path.display()
        )),
    }
    Ok(manifest)
}

/// Renews the loader's cache, where the loader searches the prefix.
pub fn ldconfig(prefix: &Path, report: &mut Report) {
    if !layout::is_standard(prefix) {
        return;
    }
    // Not in everyone's PATH.
    let run = |program: &str| Command::new(program).status();
    report.say(match run("ldconfig").or_else(|_| run("/sbin/ldconfig")) {
        Ok(status) if status.success() => "ran    ldconfig".to_owned(),
        Ok(status) => format!("ldconfig failed ({status}): run it as root"),
        Err(error) => {
            format!("ldconfig cannot be run ({error}): the loader may not see the library")
        }
    });
}

/// A word for the shell: as it is when it is harmless, else in single quotes.
fn quoted(word: &str) -> String {
    let harmless = |c: char| c.is_ascii_alphanumeric() || "/._-+,@%".contains(c);
    match word.chars().all(harmless) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

/// Variables that programs need, with the folder to put in front.
fn environment(prefix: &Path) -> Vec<(&'static str, PathBuf)> {
    if layout::is_standard(prefix) {
        return Vec::new();
    }
    let mut list = vec![
        ("LD_LIBRARY_PATH", prefix.join("lib")),
        ("PKG_CONFIG_PATH", prefix.join("lib/pkgconfig")),
        ("PATH", prefix.join("bin")),
    ];
    list.retain(|(name, folder)| {
        let value = std::env::var_os(name).unwrap_or_default();
        !std::env::split_paths(&value).any(|have| have == *folder)
    });
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_shell_would_split_or_expand_is_quoted() {
        assert_eq!(quoted("/opt/visa-1.0/lib"), "/opt/visa-1.0/lib");
        assert_eq!(quoted("/my tools/lib"), "'/my tools/lib'");
        assert_eq!(quoted("/$x/it's"), r"'/$x/it'\''s'");
    }
}
