#![forbid(unsafe_code)]
//! Keys and values as they are typed on a command line.

use toml_edit::Key;
use toml_edit::Value;

use crate::failure::Exit;
use crate::failure::Failure;
use crate::failure::Result;

/// The parts of a key: TOML's notation, and resource names without quotes, dots and all:
/// `defaults.TCPIP::192.168.1.20::INSTR.timeout`.
///
/// # Errors
/// There is nothing in it.
pub fn path(text: &str) -> Result<Vec<String>> {
    if let Ok(keys) = Key::parse(text) {
        return Ok(keys.iter().map(|key| key.get().to_owned()).collect());
    }
    let parts = match text.split_once('.') {
        Some(("defaults", rest)) => match rest.rsplit_once('.') {
            Some((whom, setting)) if is_setting(setting) => vec!["defaults", whom, setting],
            _ => vec!["defaults", rest],
        },
        Some((section, rest)) => vec![section, rest],
        None => vec![text],
    };
    if parts.iter().any(|part| part.is_empty()) {
        return Err(Failure {
            exit: Exit::Usage,
            ..Failure::new(format!("no key: {text:?}")).hint("`visa config --help` lists them")
        });
    }
    Ok(parts.into_iter().map(str::to_owned).collect())
}

/// Whether the end of a key is a setting's name and no part of a resource's.
fn is_setting(word: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    word.starts_with(|first: char| first.is_ascii_alphabetic()) && word.bytes().all(plain)
}

/// The value that a key is given: TOML's notation, or a text without quotes.
pub fn value(path: &[String], text: &str) -> Value {
    let last = path.last().map(String::as_str).unwrap_or_default();
    // Shells make it hard to type a line feed, and TOML would write it on lines of its own.
    let end = match text.trim_matches(['"', '\'']) {
        "\\n" | "LF" | "\n" => Some(r#""\n""#),
        "\\r" | "CR" | "\r" => Some(r#""\r""#),
        _ => None,
    };
    let text = end.filter(|_| last == "termination").unwrap_or(text);
    let bare = || text.parse().unwrap_or_else(|_| Value::from(text));
    match path.first().map(String::as_str) {
        // Names and paths are texts, whatever they look like.
        Some("aliases" | "gpib" | "serial") if last != "find" => match bare() {
            Value::String(quoted) => Value::String(quoted),
            _ => text.into(),
        },
        _ => bare(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Vec<String> {
        path(text).unwrap()
    }

    #[test]
    fn keys_are_tomls_or_plain() {
        assert_eq!(parts("find.lan"), ["find", "lan"]);
        assert_eq!(parts("defaults.\"ASRL?*\".baud"), ["defaults", "ASRL?*", "baud"]);
        assert_eq!(parts("defaults.ASRL?*.baud"), ["defaults", "ASRL?*", "baud"]);
        assert_eq!(parts("defaults.ASRL?*"), ["defaults", "ASRL?*"]);
        let name = "TCPIP::192.168.1.20::5025::SOCKET";
        let key = format!("defaults.{name}");
        assert_eq!(parts(&key), ["defaults", name]);
        assert_eq!(
            parts(&format!("{key}.VI_ATTR_TMO_VALUE")),
            ["defaults", name, "VI_ATTR_TMO_VALUE"]
        );
        assert_eq!(parts("aliases.my scope"), ["aliases", "my scope"]);
        assert_eq!(parts("resources"), ["resources"]);
        assert_eq!(path("aliases.").unwrap_err().exit, Exit::Usage);
        assert_eq!(path("").unwrap_err().exit, Exit::Usage);
    }

    #[test]
    fn values_are_tomls_or_texts() {
        let value = |key: &str, text| value(&parts(key), text).to_string();
        assert_eq!(value("find.lan", "false"), "false");
        assert_eq!(value("find.interfaces", "['eth0']"), "['eth0']");
        assert_eq!(value("aliases.x", "TCPIP::h::INSTR"), "\"TCPIP::h::INSTR\"");
        assert_eq!(value("aliases.x", "'TCPIP::h::INSTR'"), "'TCPIP::h::INSTR'");
        assert_eq!(value("aliases.x", "5"), "\"5\"");
        assert_eq!(value("serial.find", "false"), "false");
        assert_eq!(value("defaults.x.parity", "even"), "\"even\"");
        assert_eq!(value("defaults.x.baud", "9600"), "9600");
        for text in ["\\n", "\"\\n\"", "LF", "\n"] {
            assert_eq!(value("defaults.x.termination", text), "\"\\n\"", "{text:?}");
        }
        assert_eq!(value("defaults.x.termination", ";"), "\";\"");
    }
}
