#![forbid(unsafe_code)]
//! What only C can say about the library: that the headers compile and agree with the Rust
//! functions, that libvisa.so is what programs expect to load, and that C programs (one small one
//! per rule or operation, beside this file) get what the standard promises.
//!
//! Whatever a machine lacks (a compiler, valgrind) makes a check "ignored" with the reason, or a
//! failure when FERROVISA_REQUIRE_ALL is set. VISA_LIB names another vendor's libvisa.so to run
//! the programs with.

mod adapters;
mod cc;
mod configuration;
mod constants;
mod fake;
mod faults;
mod formatting;
mod gpib;
mod headers;
mod lab;
mod library;
mod locks;
mod memory;
mod net;
mod peers;
mod process;
mod programs;
mod prototypes;
mod python;
mod pyvisa;
mod pyvisa_suite;
mod readme;
mod tool;
mod variadic;

use libtest_mimic::Arguments;
use libtest_mimic::Completion;
use libtest_mimic::Trial;

/// Why a check did not pass.
#[derive(Clone, Debug)]
enum Stop {
    /// The rule is broken.
    Failed(String),
    /// This machine lacks something that the check needs.
    Lacking(String),
}

impl From<std::io::Error> for Stop {
    fn from(error: std::io::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

type Outcome<T = ()> = Result<T, Stop>;

fn failed<T>(why: impl Into<String>) -> Outcome<T> {
    Err(Stop::Failed(why.into()))
}

fn lacking<T>(what: impl Into<String>) -> Outcome<T> {
    Err(Stop::Lacking(what.into()))
}

/// One check under one name.
fn trial(name: impl Into<String>, check: impl FnOnce() -> Outcome + Send + 'static) -> Trial {
    Trial::ignorable_test(name, || match check() {
        Ok(()) => Ok(Completion::Completed),
        Err(Stop::Failed(why)) => Err(why.into()),
        Err(Stop::Lacking(what)) if std::env::var_os("FERROVISA_REQUIRE_ALL").is_some() => {
            Err(format!("{what}, and FERROVISA_REQUIRE_ALL is set").into())
        }
        Err(Stop::Lacking(what)) => Ok(Completion::ignored_with(what)),
    })
}

/// What this program does in place of tests when its first argument asks for it: parts that it has
/// as another process. The status to exit with.
fn other_use(words: &[String]) -> Option<i32> {
    match words.split_first() {
        Some((first, rest)) if first == "gpib" => Some(gpib::main(rest)),
        Some((first, rest)) if first == "faults" => Some(faults::main(rest)),
        Some((first, rest)) if first == "net" => Some(net::main(rest)),
        _ => lab::other_use(words),
    }
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let Some(status) = other_use(&words) {
        std::process::exit(status);
    }
    let arguments = Arguments::from_args();
    let trials = [
        headers::trials(),
        prototypes::trials(),
        constants::trials(),
        configuration::trials(),
        library::trials(),
        variadic::trials(),
        locks::trials(),
        adapters::trials(),
        tool::trials(),
        programs::trials(),
        formatting::trials(),
        gpib::trials(),
        memory::trials(),
        pyvisa::trials(),
        pyvisa_suite::trials(),
        peers::trials(),
        faults::trials(),
        readme::trials(),
        net::trials(),
        lab::trials(),
    ];
    let outcome = libtest_mimic::run(&arguments, trials.into_iter().flatten().collect());
    lab::shut_down();
    outcome.exit();
}
