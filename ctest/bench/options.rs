#![forbid(unsafe_code)]
//! The words behind `cargo bench --`.

use std::path::PathBuf;

use crate::bench::effort::Effort;

const HELP: &str = "\
cargo bench --bench speed -- [OPTION...] [WORD...]

Measures the rows whose names contain one of the words, all rows without any.

    --quick       less often: within a minute
    --once        everything once: whether it runs; the figures mean nothing
    --json        the table as JSON, on standard output
    --write       the table into ctest/bench/RESULTS.md as well
    --lib PATH    another libvisa.so than the one built here
    --help        this";

/// What is asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    pub effort: Effort,
    pub json: bool,
    pub write: bool,
    /// Another library than the one that was built with this program.
    pub library: Option<PathBuf>,
    words: Vec<String>,
}

impl Options {
    /// Reads the arguments; what to say when they are none that make sense, or ask for help.
    pub fn parse(arguments: &[String]) -> Result<Self, String> {
        let mut options = Self {
            effort: Effort::FULL,
            json: false,
            write: false,
            library: None,
            words: Vec::new(),
        };
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--quick" => options.effort = Effort::QUICK,
                "--once" => options.effort = Effort::ONCE,
                "--json" => options.json = true,
                "--write" => options.write = true,
                "--lib" => match arguments.next() {
                    Some(path) => options.library = Some(path.into()),
                    None => return Err(format!("--lib wants a path\n\n{HELP}")),
                },
                // What cargo itself adds.
                "--bench" => {}
                "--help" => return Err(HELP.to_owned()),
                other if other.starts_with('-') => {
                    return Err(format!("there is no {other}\n\n{HELP}"));
                }
                word => options.words.push(word.to_owned()),
            }
        }
        Ok(options)
    }

    /// Whether the row of that name is asked for.
    pub fn wants(&self, row: &str) -> bool {
        self.words.is_empty() || self.words.iter().any(|word| row.contains(word.as_str()))
    }
}
