#![forbid(unsafe_code)]
//! What must hold for any bytes that are taken for a configuration file.

use std::path::Path;

use crate::config::parse::parse;

/// What is used can be used, and every problem has a line of the file.
pub(crate) fn configuration(bytes: &[u8]) {
    let config = parse(Path::new("c.toml"), bytes);
    let lines = 1 + bytes.iter().filter(|byte| **byte == b'\n').count();
    for problem in config.problems() {
        let line = problem.line.expect("a line");
        assert!((1..=lines).contains(&line), "{problem}");
    }
    for resource in config.resources() {
        let same = |other: &&_| resource.same_resource(other);
        assert_eq!(config.resources().iter().filter(same).count(), 1, "{resource:?}");
    }
    for alias in &config.aliases {
        let (word, resource) =
            config.alias(&alias.word.to_ascii_uppercase()).expect("its resource");
        assert_eq!((word, resource), (&alias.word[..], &alias.resource));
        assert!(config.alias_of(&alias.resource).is_some());
    }
    for (at, (number, place)) in config.gpib.iter().enumerate() {
        let others = &config.gpib[at + 1..];
        assert!(others.iter().all(|(n, p)| n != number && p != place), "{number}");
    }
    for (at, (number, path)) in config.serial.iter().enumerate() {
        let others = &config.serial[at + 1..];
        assert!(others.iter().all(|(n, p)| n != number && p != path), "{number}");
    }
}
