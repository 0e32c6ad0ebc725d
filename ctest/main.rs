#![forbid(unsafe_code)]
//! What only C can say about the library: that the headers compile and agree with the Rust
//! functions, that libvisa.so is what programs expect to load, and that C programs (one small one
//! per rule or operation, beside this file) get what the standard promises.
//!
//! Whatever a machine lacks (a compiler, valgrind) makes a check "ignored" with the reason, or a
//! failure when FERROVISA_REQUIRE_ALL is set. VISA_LIB names another vendor's libvisa.so to run
//! the programs with.

mod adapters;
mod bench;
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
mod list;
mod locks;
mod memory;
mod net;
mod outcome;
mod peers;
mod process;
mod programs;
mod prototypes;
mod python;
mod pyvisa;
mod pyvisa_suite;
mod readme;
mod soak;
mod tool;
mod variadic;

use libtest_mimic::Arguments;

use outcome::{Outcome, Stop, failed, lacking, trial};

/// What this program does in place of tests when its first argument asks for it: parts that it has
/// as another process. The status to exit with.
fn other_use(words: &[String]) -> Option<i32> {
    match words.split_first() {
        Some((first, rest)) if first == "gpib" => Some(gpib::main(rest)),
        Some((first, rest)) if first == "net" => Some(net::main(rest)),
        Some((first, rest)) if first == "faults" => Some(faults::main(rest)),
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
        list::trials(),
        programs::trials(),
        formatting::trials(),
        gpib::trials(),
        memory::trials(),
        pyvisa::trials(),
        pyvisa_suite::trials(),
        peers::trials(),
        faults::trials(),
        bench::tests::trials(),
        readme::trials(),
        net::trials(),
        soak::trials(),
        lab::trials(),
    ];
    let outcome = libtest_mimic::run(&arguments, trials.into_iter().flatten().collect());
    lab::shut_down();
    outcome.exit();
}
