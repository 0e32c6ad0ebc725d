#![deny(unsafe_code)]
//! The `visa` tool. It talks to instruments only through a libvisa.so, any vendor's, as every
//! program does; one file for each subcommand. (Only `list` searches by itself, where the library is
//! this project's, for viFindRsrc tells nothing but names.)

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Arg;
use clap::Parser;
use clap::Subcommand;
use clap::value_parser;
use serde_json::json;

use crate::failure::Exit;

#[expect(unsafe_code, reason = "calls C")]
mod abi;
mod alias;
mod answer;
mod block;
mod config;
mod decode;
mod demo;
mod failure;
mod hints;
mod idn;
mod info;
mod install;
mod layout;
mod library;
mod list;
mod lock;
mod manifest;
mod pyvisarc;
mod query;
mod read;
mod screen;
mod sim;
mod talk;
#[cfg(test)]
mod tests;
mod uninstall;
mod write;

/// Talks to measurement instruments through VISA.
#[derive(Parser, Debug)]
#[command(
    version,
    max_term_width = 100,
    after_help = "\
Examples:
  visa demo                                          see everything work, without hardware
  visa list                                          what is there (--idn: and who)
  visa idn TCPIP::192.168.1.20::INSTR                who is it
  visa query TCPIP::192.168.1.20::5025::SOCKET 'MEAS:VOLT:DC?'
  visa alias add scope TCPIP::192.168.1.20::INSTR    and then: visa idn scope
  visa install --user                                for your own programs and PyVISA

The library is the first of: --lib, VISA_LIB, the libvisa.so that came with this tool, the one that
the system's loader finds.

Exit codes: 0 done; 1 the instrument, VISA or the system said no; 2 wrong arguments; 3 nothing found
(list); 4 no VISA library could be loaded."
)]
struct Cli {
    /// The VISA library to use, any vendor's
    #[arg(long, global = true, value_name = "PATH", env = "VISA_LIB")]
    lib: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// See it work: simulated instrument, C program, PyVISA
    Demo(demo::Demo),
    /// Run simulated instruments on this machine
    #[command(arg = unused_lib())]
    Sim(sim::Sim),
    /// List the resources that the library knows of
    List(list::List),
    /// Ask instruments who they are (*IDN?)
    Idn(idn::Idn),
    /// Send a command and print the answer
    Query(query::Query),
    /// Read a message
    Read(read::Read),
    /// Send commands that have no answer
    Write(write::Write),
    /// Show all attributes of a resource, or of the library
    Info(info::Info),
    /// Give resources names of your own
    #[command(arg = unused_lib())]
    Alias(alias::Alias),
    /// Show, check and edit the configuration file
    #[command(arg = unused_lib())]
    Config(config::Config),
    /// Show who has locked which resource
    #[command(arg = unused_lib())]
    Lock(lock::Lock),
    /// Install the library, headers and this tool
    #[command(arg = unused_lib())]
    Install(install::Install),
    /// Remove what install wrote
    #[command(arg = unused_lib())]
    Uninstall(uninstall::Uninstall),
}

/// In subcommands that load no library `--lib` is taken, for scripts, but not offered.
fn unused_lib() -> Arg {
    Arg::new("lib").long("lib").value_parser(value_parser!(PathBuf)).hide(true)
}

impl Command {
    /// Whether a failure is to be printed as JSON too. `idn` prints each answer's own.
    fn json(&self) -> bool {
        match self {
            Self::List(args) => args.json,
            Self::Query(args) => args.json,
            Self::Read(args) => args.json,
            Self::Info(args) => args.json,
            Self::Lock(args) => args.json,
            Self::Alias(args) => args.json,
            Self::Config(args) => args.json(),
            Self::Install(args) => args.json,
            Self::Sim(args) => args.json,
            Self::Uninstall(args) => args.json,
            Self::Write(args) => args.json,
            Self::Demo(args) => args.json,
            Self::Idn(_) => false,
        }
    }
}

/// println! panics when its line cannot be written, which is no accident of ours: the hook ends
/// the tool instead, quietly where the reader has seen enough (`visa list | head -1`).
fn end_with_the_reader() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let text = info.payload_as_str().unwrap_or_default();
        if let Some(cause) = text.strip_prefix("failed printing to stdout: ") {
            if cause.contains("Broken pipe") {
                std::process::exit(0);
            }
            // Stderr may be as full: eprintln! would panic in turn.
            let _ = writeln!(std::io::stderr(), "visa: cannot write to stdout: {cause}");
            std::process::exit(Exit::Trouble as i32);
        }
        if text.starts_with("failed printing to stderr") {
            std::process::exit(Exit::Trouble as i32);
        }
        usual(info);
    }));
}

fn main() -> ExitCode {
    end_with_the_reader();
    let cli = Cli::parse();
    let lib = cli.lib.as_deref();
    let outcome = match &cli.command {
        Command::Demo(args) => demo::run(args, lib),
        Command::Sim(args) => sim::run(args),
        Command::List(args) => list::run(args, lib),
        Command::Idn(args) => idn::run(args, lib),
        Command::Query(args) => query::run(args, lib),
        Command::Read(args) => read::run(args, lib),
        Command::Write(args) => write::run(args, lib),
        Command::Info(args) => info::run(args, lib),
        Command::Alias(args) => alias::run(args),
        Command::Config(args) => config::run(args),
        Command::Lock(args) => lock::run(args),
        Command::Install(args) => install::run(args),
        Command::Uninstall(args) => uninstall::run(args),
    };
    let Err(failure) = outcome else { return ExitCode::SUCCESS };
    if failure.exit == Exit::Unread {
        return ExitCode::SUCCESS;
    }
    // `list` has printed where it looked.
    if cli.command.json() && failure.exit != Exit::Nothing {
        println!("{}", json!({ "error": failure.json() }));
    }
    // Where stderr is full the exit code still says it.
    let _ = writeln!(std::io::stderr(), "visa: {}", failure.text());
    ExitCode::from(failure.exit as u8)
}

#[cfg(test)]
mod command_line {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_library_may_be_named_before_or_after_the_subcommand() {
        for line in [["visa", "--lib", "/x", "list"], ["visa", "list", "--lib", "/x"]] {
            let cli = Cli::try_parse_from(line).expect("arguments");
            assert_eq!(cli.lib, Some("/x".into()));
        }
    }
}
