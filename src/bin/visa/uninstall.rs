#![forbid(unsafe_code)]
//! `visa uninstall`: removes what `visa install` wrote, and nothing else.

use std::fs;
use std::path::Path;

use clap::Args;
use serde_json::json;

use crate::failure::Failure;
use crate::failure::Result;
use crate::install::Report;
use crate::install::at;
use crate::install::ldconfig;
use crate::layout;
use crate::manifest::Manifest;
use crate::pyvisarc;

/// Arguments.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  visa uninstall --user
  sudo visa uninstall
  visa uninstall --prefix /opt/visa

Removes the files that `visa install` wrote, by its own list. A file that was changed since is left
and named, for you to remove by hand. Files that --force moved aside come back.")]
pub struct Uninstall {
    #[command(flatten)]
    place: layout::Where,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// Runs it.
///
/// # Errors
/// Nothing installed there; the file system's.
pub fn run(args: &Uninstall) -> Result {
    let prefix = args.place.prefix()?;
    let record = layout::manifest(&prefix);
    let Some(manifest) = Manifest::load(&record)? else {
        return Err(Failure::new(format!("nothing is installed under {}", prefix.display()))
            .hint("the same --prefix or --user as for `visa install`"));
    };
    let mut report = Report::new(args.json);
    let mut paths: Vec<&Path> = manifest.files.iter().map(|(path, _)| path.as_path()).collect();
    // A record of a broken-off update names a path twice.
    paths.sort_unstable();
    paths.dedup();
    for path in paths {
        if manifest.wrote(path) {
            remove(path, &mut report)?;
        } else if path.symlink_metadata().is_ok() {
            report.say(format!("left    {}: changed since; remove it by hand", path.display()));
        }
    }
    for (was, aside) in &manifest.replaced {
        if was.symlink_metadata().is_err() && aside.symlink_metadata().is_ok() {
            fs::rename(aside, was).map_err(|error| at(was, &error))?;
            report.say(format!("brought back {}", was.display()));
        }
    }
    if let Some(path) = &manifest.pyvisarc {
        forget(path, &mut report)?;
    }
    remove(&record, &mut report)?;
    for folder in manifest.folders.iter().rev() {
        // Not empty means that others use it now.
        if fs::remove_dir(folder).is_ok() {
            report.say(format!("removed {}", folder.display()));
        }
    }
    ldconfig(&prefix, &mut report);
    if args.json {
        println!("{}", json!({ "prefix": prefix, "done": report.lines() }));
    }
    Ok(())
}

fn remove(path: &Path, report: &mut Report) -> Result {
    fs::remove_file(path).map_err(|error| at(path, &error))?;
    report.say(format!("removed {}", path.display()));
    Ok(())
}

/// Takes our line out of PyVISA's configuration.
fn forget(path: &Path, report: &mut Report) -> Result {
    let old = fs::read_to_string(path).unwrap_or_default();
    match pyvisarc::without(&old) {
        None => report.say(format!("left    {}: our line is not in it", path.display())),
        Some(text) if text.is_empty() => remove(path, report)?,
        Some(text) => {
            fs::write(path, text).map_err(|error| at(path, &error))?;
            report.say(format!("cleaned {}", path.display()));
        }
    }
    Ok(())
}
