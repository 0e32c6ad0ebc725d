#![forbid(unsafe_code)]
//! The corpora: one text file for each target, an input in each line, with Rust's escapes. Lines
//! that begin with `//` are comments.

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::path::Path;
use std::path::PathBuf;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/fuzz/corpus")
}

fn file(target: &str) -> PathBuf {
    folder().join(target).with_extension("txt")
}

/// The targets that have a corpus.
pub(super) fn names() -> Vec<String> {
    let files = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    files.map(|path| path.file_stem().unwrap().to_string_lossy().into_owned()).collect()
}

/// The inputs for a target.
pub(super) fn load(target: &str) -> Vec<Vec<u8>> {
    let path = file(target);
    let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let inputs = text.lines().filter(|line| !line.starts_with("//"));
    inputs.map(|line| plain(line).unwrap_or_else(|| panic!("{target}: no input: {line}"))).collect()
}

/// The bytes that a line stands for.
fn plain(line: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut rest = line.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'\\' => match rest.next()? {
                b'n' => b'\n',
                b'r' => b'\r',
                b't' => b'\t',
                b'0' => 0,
                b'x' => {
                    let digits = [rest.next()?, rest.next()?];
                    u8::from_str_radix(str::from_utf8(&digits).ok()?, 16).ok()?
                }
                other => other,
            },
            other => other,
        });
    }
    Some(bytes)
}

#[test]
fn a_line_stands_for_the_bytes_it_was_written_from() {
    let all: Vec<u8> = (0..=255).collect();
    assert_eq!(plain(&all.escape_ascii().to_string()), Some(all));
    assert_eq!(plain(r"a\0\x1"), None);
    assert_eq!(plain(""), Some(vec![]));
}

/// Adds the inputs in the folder FERROVISA_FUZZ_FOLDER, a file for each, to the corpus of the target
/// FERROVISA_FUZZ_TARGET, those that it has not got.
#[test]
#[ignore = "run by hand, to keep what a search has found"]
fn save() {
    let variable = |name| env::var(name).unwrap_or_else(|_| panic!("{name} must be set"));
    let target = variable("FERROVISA_FUZZ_TARGET");
    let known: BTreeSet<Vec<u8>> = load(&target).into_iter().collect();
    let mut text = fs::read_to_string(file(&target)).unwrap();
    let found = fs::read_dir(variable("FERROVISA_FUZZ_FOLDER")).unwrap();
    let mut fresh: Vec<Vec<u8>> = found
        .map(|entry| fs::read(entry.unwrap().path()).unwrap())
        .filter(|input| !known.contains(input))
        .collect();
    fresh.sort_by_key(|input| (input.len(), input.clone()));
    for input in &fresh {
        text += &format!("{}\n", input.escape_ascii());
    }
    fs::write(file(&target), text).unwrap();
    println!("{target}: {} inputs more", fresh.len());
}
