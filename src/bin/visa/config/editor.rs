#![forbid(unsafe_code)]
//! `visa config edit`: the file in the user's own editor, and then what is wrong in it.

use std::env;
use std::fs;
use std::fs::File;
use std::io::ErrorKind;
use std::io::Write;
use std::path::Path;
use std::process::Command;

use crate::failure::Failure;
use crate::failure::Result;

/// What a new file begins with: everything that can be said, commented out.
pub const TEMPLATE: &str = include_str!("template.toml");

/// Has the file edited. One that is not there is made of the template, and goes away again if
/// nothing becomes of it. Tells whether there is one now.
///
/// # Errors
/// There is no editor, or it ends with a failure.
pub fn edit(path: &Path) -> Result<bool> {
    let trouble = |error| Failure::new(format!("{}: {error}", path.display()));
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(trouble)?;
    }
    let is_new = match File::create_new(path) {
        Ok(mut file) => file.write_all(TEMPLATE.as_bytes()).map(|()| true),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(error),
    };
    let is_new = is_new.map_err(trouble)?;
    let outcome = run(path);
    if is_new && fs::read(path).is_ok_and(|text| text == TEMPLATE.as_bytes()) {
        fs::remove_file(path).map_err(trouble)?;
        return outcome.map(|()| false);
    }
    outcome.map(|()| true)
}

/// Runs the editor that the user has chosen for all programs. By the shell, for it may have options.
fn run(path: &Path) -> Result {
    let chosen = ["VISUAL", "EDITOR"].into_iter().find_map(|name| env::var(name).ok());
    let editor = chosen.filter(|words| !words.trim().is_empty()).unwrap_or("vi".to_owned());
    let line = format!("{editor} \"$1\"");
    let status = Command::new("sh").args(["-c", &line, "sh"]).arg(path).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failure::new(format!("{editor}: {status}"))
            .hint("EDITOR names the program: EDITOR=nano visa config edit")),
        Err(error) => Err(Failure::new(format!("sh: {error}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use visa::config;

    /// Settings stand behind a bare #, explanations behind a blank as well.
    #[test]
    fn everything_in_the_template_is_right_once_it_counts() {
        let counts = |line: &str| match line.strip_prefix('#') {
            Some(setting) if !setting.starts_with(' ') || setting.starts_with("  ") => {
                setting.to_owned()
            }
            _ => line.to_owned(),
        };
        let all: Vec<_> = TEMPLATE.lines().map(counts).collect();
        for text in [TEMPLATE, &all.join("\n")] {
            let config = config::load_with(Path::new("/nowhere/config.toml"), text.as_bytes());
            assert_eq!(config.problems(), []);
            let is_all = text != TEMPLATE;
            assert_eq!(config.default_sections().len(), if is_all { 2 } else { 0 });
            assert_eq!(
                (config.gpib().len(), config.serial().len()),
                if is_all { (5, 1) } else { (0, 0) }
            );
            assert_eq!(config.find().interfaces.is_some(), is_all);
        }
    }
}
