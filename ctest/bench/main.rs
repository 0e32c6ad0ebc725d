#![forbid(unsafe_code)]
//! `cargo bench`: how fast the library is beside the limit and beside others.

// The tests use the rest of these.
#[path = "mod.rs"]
#[allow(dead_code)]
mod bench;
#[path = "../cc.rs"]
#[allow(dead_code)]
mod cc;
#[path = "../outcome.rs"]
#[allow(dead_code)]
mod outcome;
#[path = "../process.rs"]
#[allow(dead_code)]
mod process;
#[path = "../python.rs"]
#[allow(dead_code)]
mod python;

use outcome::{Outcome, Stop, failed, lacking, trial};

use bench::Options;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let options = match Options::parse(&words) {
        Ok(options) => options,
        Err(said) => {
            println!("{said}");
            let asked_for_help = words.iter().any(|word| word == "--help");
            std::process::exit(if asked_for_help { 0 } else { 2 });
        }
    };
    let report = match bench::run(&options, |row| eprintln!("{row}")) {
        Ok(report) => report,
        Err(Stop::Failed(why) | Stop::Lacking(why)) => {
            eprintln!("{why}");
            std::process::exit(1);
        }
    };
    print!("{}", if options.json { report.json() } else { report.text() });
    if options.write
        && let Err(error) = report.write()
    {
        eprintln!("{}: {error}", bench::Report::path().display());
        std::process::exit(1);
    }
    std::process::exit(i32::from(report.has_failed()));
}
