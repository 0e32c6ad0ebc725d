#![forbid(unsafe_code)]
//! ~/.pyvisarc, which tells PyVISA where the library is. The user's words in it are never touched.

/// Stands before our line, so that it can be found again.
const MARK: &str = "# The next line belongs to `visa install`; `visa uninstall` removes it.";
const SECTION: &str = "[Paths]";
const KEY: &str = "VISA library:";

/// What to do with the file.
#[derive(Debug, PartialEq, Eq)]
pub enum Plan {
    /// Write this.
    Write(String),
    /// Leave it, and why.
    Leave(&'static str),
}

/// The file with the library's path in it; `old` is what it holds now.
pub fn with(old: Option<&str>, library: &str) -> Plan {
    // PyVISA reads the file with interpolation: a percent sign must be doubled.
    let line = format!("{KEY} {}", library.replace('%', "%%"));
    let old = old.unwrap_or_default();
    if old.trim().is_empty() {
        return Plan::Write(format!("{SECTION}\n{MARK}\n{line}\n"));
    }
    let mut lines: Vec<&str> = old.lines().collect();
    match ours(&lines) {
        Some(at) => {
            lines[at + 1] = &line;
            Plan::Write(lines.join("\n") + "\n")
        }
        None if lines.iter().any(|line| is_key(line)) => Plan::Leave("it names a library already"),
        None => Plan::Leave("it is yours"),
    }
}

/// The file without our line: `None` when it is not in there, empty when nothing else is.
pub fn without(old: &str) -> Option<String> {
    let mut lines: Vec<&str> = old.lines().collect();
    let at = ours(&lines)?;
    lines.drain(at..at + 2);
    let empty = lines.iter().all(|line| line.trim().is_empty() || line.trim() == SECTION);
    Some(if empty { String::new() } else { lines.join("\n") + "\n" })
}

/// Where our mark stands with a line of ours behind it.
fn ours(lines: &[&str]) -> Option<usize> {
    let pair = |pair: &[&str]| pair[0] == MARK && is_key(pair[1]);
    lines.windows(2).position(pair)
}

/// The key in any spelling that PyVISA's parser takes.
fn is_key(line: &str) -> bool {
    let key = line.split([':', '=']).next().unwrap_or_default();
    line.contains([':', '=']) && key.trim().eq_ignore_ascii_case("VISA library")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(plan: Plan) -> String {
        match plan {
            Plan::Write(text) => text,
            Plan::Leave(why) => panic!("left: {why}"),
        }
    }

    #[test]
    fn a_new_file_names_the_library_and_goes_away_whole() {
        let text = written(with(None, "/home/a/.local/lib/libvisa.so"));
        assert!(text.starts_with("[Paths]\n"));
        assert!(text.ends_with("\nVISA library: /home/a/.local/lib/libvisa.so\n"));
        assert_eq!(without(&text), Some(String::new()));
    }

    #[test]
    fn our_line_is_renewed_and_the_users_words_stay() {
        let text = written(with(None, "/old")) + "\n[User]\nname = me\n";
        let text = written(with(Some(&text), "/new"));
        assert!(text.contains("VISA library: /new\n") && !text.contains("/old"));
        assert!(text.ends_with("\n[User]\nname = me\n"));
        assert_eq!(without(&text), Some("[Paths]\n\n[User]\nname = me\n".into()));
    }

    #[test]
    fn a_file_of_the_users_is_left_alone() {
        let other = "[Paths]\nvisa library = /opt/other/libvisa.so\n";
        assert_eq!(with(Some(other), "/new"), Plan::Leave("it names a library already"));
        assert_eq!(with(Some("[User]\na = b\n"), "/new"), Plan::Leave("it is yours"));
        assert_eq!(without(other), None);
    }

    #[test]
    fn a_percent_sign_is_doubled() {
        assert!(written(with(None, "/a%b")).contains("/a%%b"));
    }
}
