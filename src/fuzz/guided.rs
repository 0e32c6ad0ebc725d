#![forbid(unsafe_code)]
//! A search that sees which branches an input takes: libFuzzer. `.ci/fuzz` says what it needs.

use std::fs;
use std::path::Path;
use std::sync::OnceLock;

use super::TARGETS;
use super::Target;
use super::corpus;
use crate::os::libfuzzer;

static TARGET: OnceLock<&Target> = OnceLock::new();

/// Runs the target FERROVISA_FUZZ_TARGET with the words of FERROVISA_FUZZ_ARGUMENTS, and ends the
/// process. Its inputs are in the folder FERROVISA_FUZZ_FOLDER, to which the corpus is added.
#[test]
#[ignore = "run by .ci/fuzz"]
fn search() {
    let variable = |name| std::env::var(name).unwrap_or_else(|_| panic!("{name} must be set"));
    let name = variable("FERROVISA_FUZZ_TARGET");
    let target = TARGETS.iter().find(|target| target.name == name);
    let target = target.unwrap_or_else(|| panic!("there is no target {name}"));
    let folder = variable("FERROVISA_FUZZ_FOLDER");
    fs::create_dir_all(&folder).unwrap();
    for (number, input) in corpus::load(&name).iter().enumerate() {
        fs::write(Path::new(&folder).join(format!("corpus{number}")), input).unwrap();
    }
    assert!(TARGET.set(target).is_ok());
    // A target must fail at once, or what has failed in another thread would go unnoticed.
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        usual(panic);
        std::process::abort();
    }));
    let arguments = variable("FERROVISA_FUZZ_ARGUMENTS");
    let arguments = arguments.split_whitespace().chain([&folder[..]]);
    std::process::exit(libfuzzer::run(arguments, |input| {
        TARGET.get().inspect(|target| (target.check)(input));
    }));
}
