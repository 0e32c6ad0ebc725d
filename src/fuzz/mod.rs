#![forbid(unsafe_code)]
//! Fuzzing: every parser of what others send, and what must hold for any bytes.
//!
//! These are the property tests of the codecs too: where there is an encoder, what it writes must be
//! read as it was meant, and a stream must give the same however it is cut.
//!
//! A target is a plain function from bytes, beside the parser that it is about, in a file `fuzz.rs`;
//! [`TARGETS`] lists them. What a target asserts is a rule, such as that a canonical name parses to
//! itself or that a stream gives the same however it is cut; that nothing panics goes with it.
//!
//! Three ways to run them:
//!
//! - `cargo test` gives each its corpus (`src/fuzz/corpus`), and for a moment what a few random
//!   changes make of that.
//! - `.ci/fuzz SECONDS [TARGET...]` lets [libFuzzer] search, which sees the branches taken. It needs
//!   a C++ compiler. The next search begins with what it has found; `.ci/fuzz keep` adds that to the
//!   corpora. Figures of such searches are in `src/fuzz/RESULTS.md`.
//! - `FERROVISA_FUZZ_SECONDS=600 cargo test --release --lib fuzz:: -- --ignored` goes on changing
//!   the corpus at random, without a C++ compiler.
//!
//! A corpus is text, an input in each line with Rust's escapes, so that it can be read and reviewed.
//!
//! [libFuzzer]: https://llvm.org/docs/LibFuzzer.html

mod corpus;
#[cfg(fuzzing)]
mod guided;
mod mutate;

use std::env;
use std::panic::catch_unwind;
use std::time::Duration;
use std::time::Instant;

use crate::config;
use crate::fmt;
use crate::fuzz::mutate::Mutator;
use crate::iface;
use crate::os;
use crate::rsrc;
use crate::wire;

/// A parser and what must hold for it.
struct Target {
    /// What it is called on the command line, and its corpus.
    name: &'static str,
    /// Panics when something does not hold for these bytes.
    check: fn(&[u8]),
}

const TARGETS: &[Target] = &[
    Target { name: "names", check: rsrc::fuzz::names },
    Target { name: "expressions", check: rsrc::fuzz::expressions },
    Target { name: "print", check: fmt::tests::fuzz::print_format },
    Target { name: "scan", check: fmt::tests::fuzz::scan_format },
    Target { name: "configuration", check: config::fuzz::configuration },
    Target { name: "rpc", check: wire::fuzz::rpc::replies },
    Target { name: "interrupts", check: wire::fuzz::rpc::interrupts },
    Target { name: "hislip", check: wire::fuzz::hislip::headers },
    Target { name: "usbtmc", check: wire::fuzz::usbtmc::transfers },
    Target { name: "dns", check: wire::fuzz::dns::answers },
    Target { name: "telnet", check: wire::fuzz::telnet::streams },
    Target { name: "remote_port", check: iface::asrl::fuzz::remote_port },
    Target { name: "prologix", check: wire::fuzz::prologix::lines },
    Target { name: "descriptors", check: os::fuzz::descriptors },
    Target { name: "hislip_server", check: iface::hislip::tests::fuzz::server },
    Target { name: "vxi11_server", check: iface::vxi11::tests::fuzz::server },
];

/// How long each target is given random bytes in a run of all tests.
const MOMENT: Duration = Duration::from_millis(300);

impl Target {
    /// Runs the check; says which input it was that failed.
    fn judge(&self, input: &[u8]) {
        if let Err(panic) = catch_unwind(|| (self.check)(input)) {
            eprintln!("fuzz target {}: failed on\n{}", self.name, input.escape_ascii());
            std::panic::resume_unwind(panic);
        }
    }

    /// Changes the corpus at random for `time`; how many inputs that were.
    fn run(&self, time: Duration, seed: u64) -> u64 {
        let mut mutator = Mutator::new(corpus::load(self.name), seed);
        let begun = Instant::now();
        let mut count = 0;
        while begun.elapsed() < time {
            self.judge(&mutator.next());
            count += 1;
        }
        count
    }
}

#[test]
fn what_is_in_the_corpora_holds() {
    for target in TARGETS {
        let inputs = corpus::load(target.name);
        assert!(inputs.len() > 3, "{}: a corpus of {} inputs", target.name, inputs.len());
        for input in inputs {
            target.judge(&input);
        }
    }
}

#[test]
fn no_corpus_is_forgotten() {
    for name in corpus::names() {
        let known = TARGETS.iter().any(|target| target.name == name);
        assert!(known, "corpus {name} belongs to no target");
    }
}

#[test]
fn random_changes_of_the_corpora_hold() {
    for target in TARGETS {
        let count = target.run(MOMENT, 1);
        assert!(count > 0, "{}", target.name);
    }
}

#[test]
#[ignore = "runs as long as FERROVISA_FUZZ_SECONDS says, for each target"]
fn random_changes_of_the_corpora_hold_for_long() {
    let number = |name| env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let time = Duration::from_secs(number("FERROVISA_FUZZ_SECONDS").unwrap_or(10));
    let clock = || std::time::UNIX_EPOCH.elapsed().map_or(0, |since| since.as_nanos() as u64);
    let seed = number("FERROVISA_FUZZ_SEED").unwrap_or_else(clock);
    for target in TARGETS {
        println!("{}: {} inputs from seed {seed}", target.name, target.run(time, seed));
    }
}
