#![forbid(unsafe_code)]
//! `visa idn`: who is there. Asks several at once.

use std::path::Path;

use clap::Args;
use serde_json::Value;
use serde_json::json;

use crate::abi::Manager;
use crate::answer;
use crate::failure::Failure;
use crate::failure::Result;
use crate::library::manager;
use crate::screen::Progress;
use crate::talk;
use crate::talk::Talk;

/// Arguments.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  visa idn TCPIP::192.168.1.20::INSTR                 VXI-11
  visa idn TCPIP::192.168.1.20::hislip0::INSTR        HiSLIP
  visa idn TCPIP::192.168.1.20::5025::SOCKET          raw socket; LF ends commands and answers
  visa list --idn                                     all that is found")]
pub struct Idn {
    /// Resource names
    #[arg(required = true, value_name = "RESOURCE")]
    resources: Vec<String>,
    #[command(flatten)]
    pub talk: talk::Options,
    /// Print one JSON object
    #[arg(long)]
    pub json: bool,
}

/// Runs it.
///
/// # Errors
/// When at least one does not answer; the others are printed all the same.
pub fn run(args: &Idn, lib: Option<&Path>) -> Result {
    let manager = &manager(lib)?;
    let mut progress = Progress::new();
    progress.say(&format!("asking {} instrument(s)", args.resources.len()));
    let answers: Vec<Result<Vec<u8>>> = std::thread::scope(|scope| {
        let start = |name| scope.spawn(move || ask(manager, name, &args.talk));
        let names = args.resources.iter().map(String::as_str);
        let threads: Vec<_> = names.map(start).collect();
        threads.into_iter().map(|thread| thread.join().expect("asking does not panic")).collect()
    });
    drop(progress);
    let pairs = || args.resources.iter().zip(&answers);
    if args.json {
        let rows: Vec<Value> = pairs().map(|(name, answer)| row(name, answer)).collect();
        println!("{}", json!({ "instruments": rows }));
    }
    let mut failed = 0;
    for (name, answer) in pairs() {
        match answer {
            Err(failure) => {
                failed += 1;
                eprintln!("visa: {}", failure.text());
            }
            Ok(_) if args.json => (),
            Ok(message) if args.resources.len() == 1 => answer::print(message)?,
            Ok(message) => println!("{name}  {}", String::from_utf8_lossy(message).trim_end()),
        }
    }
    match (failed, args.resources.len()) {
        (0, _) => Ok(()),
        (_, all) => Err(Failure::new(format!("{failed} of {all} did not answer"))),
    }
}

fn ask(manager: &Manager, name: &str, options: &talk::Options) -> Result<Vec<u8>> {
    let talk = Talk::open(manager, name, options)?;
    talk.write("*IDN?")?;
    talk.read(usize::MAX)
}

fn row(name: &str, answer: &Result<Vec<u8>>) -> Value {
    match answer {
        Ok(message) => json!({
            "resource": name,
            "answer": answer::json(message),
        }),
        Err(failure) => json!({ "resource": name, "error": failure.json() }),
    }
}
