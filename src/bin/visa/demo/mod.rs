#![forbid(unsafe_code)]
//! `visa demo`: the library at work, without hardware, without root: a simulated instrument, a C
//! program and the unmodified PyVISA.

use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;
use std::time::Instant;

use clap::Args;
use serde_json::json;
use visa::sim::Config;
use visa::sim::Instrument;

use crate::failure::Failure;
use crate::failure::Result;
use crate::layout::VERSION;
use crate::library;
use crate::screen::Style;
use crate::screen::styled;
use crate::screen::time;

mod answers;
mod c;
mod child;
mod plot;
mod python;

/// Arguments.
#[derive(Args, Debug)]
#[command(after_help = "\
Starts a simulated instrument on this machine and talks to it over SOCKET, VXI-11 and HiSLIP: first
a C program, compiled against visa.h and linked with -lvisa, then a Python program with PyVISA from
the package index, in a virtual environment of its own. The environment is made the first time and
works offline afterwards. A missing compiler, Python or package index is said and left out.

Exit code 0 when all that is there worked, 1 when some of it failed.")]
pub struct Demo {
    /// Make the Python environment anew
    #[arg(long)]
    fresh: bool,
    /// Print one JSON object at the end, on the last line
    #[arg(long)]
    pub json: bool,
}

/// What the programs are run on.
struct Bench {
    /// The library's file, absolute if it is not for the loader to find.
    library: PathBuf,
    /// The instrument's names.
    resources: Vec<String>,
    /// What it must answer to `*IDN?`.
    identity: String,
    /// A folder for what the demo makes.
    folder: PathBuf,
}

/// How a part of the demo went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Worked,
    /// Something that it needs is not on this machine.
    LeftOut,
    Failed,
}

impl Part {
    /// For `--json`.
    fn word(self) -> &'static str {
        match self {
            Self::Worked => "worked",
            Self::LeftOut => "left out",
            Self::Failed => "failed",
        }
    }
}

/// Runs it.
///
/// # Errors
/// When anything that is there did not work.
pub fn run(args: &Demo, lib: Option<&Path>) -> Result {
    let begin = Instant::now();
    println!("{}", styled(Style::Bold, &format!("ferrovisa {VERSION}")));
    println!("A simulated instrument, a C program and PyVISA. No hardware, no root.\n");

    let step = Instant::now();
    let loaded = library::load(lib)?;
    let library = std::fs::canonicalize(loaded.path()).unwrap_or_else(|_| loaded.path().into());
    done("library", &library.display().to_string(), step.elapsed());

    let step = Instant::now();
    let config = Config::default();
    let identity = config.identity.clone();
    let instrument = Instrument::start(config)?;
    let resources = instrument.resource_names();
    done("instrument", "three interfaces on loopback", step.elapsed());
    for name in &resources {
        println!("  {:8}  {name}", answers::interface(name));
    }

    let bench = Bench { library, resources, identity, folder: folder()? };
    heading("C: viOpenDefaultRM, viOpen, viWrite, viRead");
    let c = c::run(&bench)?;
    heading("Python: PyVISA as it comes from the package index");
    let python = python::run(&bench, args.fresh)?;

    println!();
    let parts = [("C", c), ("Python", python)];
    let names = |wanted| {
        let names = parts.iter().filter(|(_, part)| *part == wanted).map(|(name, _)| *name);
        names.collect::<Vec<_>>().join(" and ")
    };
    if parts.iter().any(|(_, part)| *part == Part::Failed) {
        return Err(Failure::new(format!("{} did not work", names(Part::Failed)))
            .hint("VISA_TRACE=stderr shows each call of the library"));
    }
    let total = time(begin.elapsed());
    match (names(Part::Worked).as_str(), names(Part::LeftOut).as_str()) {
        (worked, "") => println!("{worked} worked, over three interfaces, in {total}."),
        ("", out) => println!("{out} left out, so the library was not tried. {total}."),
        (worked, out) => println!("{worked} worked, {out} left out. {total}."),
    }
    println!("Next: `visa sim` keeps an instrument running; `visa --help` shows the rest.");
    if args.json {
        let summary = json!({
            "library": bench.library,
            "resources": bench.resources,
            "c": c.word(),
            "python": python.word(),
            "seconds": begin.elapsed().as_secs_f64(),
        });
        println!("{summary}");
    }
    Ok(())
}

/// Where the demo makes its files: cargo's target folder when the tool lies in one, else the
/// user's cache.
fn folder() -> Result<PathBuf> {
    let tool = std::env::current_exe()?;
    let target = tool.ancestors().skip(2).find(|folder| folder.join("CACHEDIR.TAG").is_file());
    let cache = || {
        let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
        let cache = cache.filter(|path| path.is_absolute());
        let home = || std::env::home_dir().map(|home| home.join(".cache"));
        Some(cache.or_else(home)?.join("ferrovisa"))
    };
    let folder = target.map(Path::to_owned).or_else(cache);
    let folder = folder.ok_or_else(|| Failure::new("no home directory to work in"))?;
    std::fs::create_dir_all(folder.join("demo"))
        .map_err(|error| Failure::new(format!("{}: {error}", folder.display())))?;
    Ok(folder)
}

fn heading(text: &str) {
    println!("\n{}", styled(Style::Bold, text));
}

/// A step that worked.
fn done(what: &str, with: &str, took: Duration) {
    let took = styled(Style::Dim, &format!("({})", time(took)));
    println!("{} {what:11} {with} {took}", styled(Style::Green, "✓"));
}

/// A step left out: what is missing, and where to get it.
fn left_out(what: &str, why: &str, hint: &str) -> Part {
    println!("{} {what:11} left out: {why}", styled(Style::Yellow, "-"));
    println!("  {:11} {hint}", "");
    Part::LeftOut
}

/// A step that failed, and the words of who failed.
fn failed(what: &str, ended: &child::Ended) -> Part {
    println!("{} {what:11} failed: {}", styled(Style::Red, "✗"), ended.complaint());
    let lines: Vec<&str> = ended.errors.lines().collect();
    for line in &lines[lines.len().saturating_sub(12)..] {
        println!("  {}", styled(Style::Dim, line));
    }
    Part::Failed
}

/// Shows and checks what a program printed.
fn judge(bench: &Bench, ended: &child::Ended) -> Part {
    let got = answers::parse(&ended.output);
    if !ended.success {
        answers::show(&got);
        return failed("ran", ended);
    }
    done("ran", &format!("{} resources", got.len()), ended.time);
    answers::show(&got);
    match answers::wrong(&got, &bench.resources, &bench.identity) {
        None => Part::Worked,
        Some(what) => {
            println!("{} {:11} {what}", styled(Style::Red, "✗"), "checked");
            Part::Failed
        }
    }
}
