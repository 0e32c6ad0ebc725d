#![forbid(unsafe_code)]
//! Formatted I/O beside the C library's own: the same bytes, whatever the locale, and how fast.

use std::path::PathBuf;
use std::process::Command;

use libtest_mimic::Trial;
use visa::sim::Config;
use visa::sim::Instrument;

use crate::Outcome;
use crate::Stop;
use crate::cc;
use crate::failed;
use crate::lacking;
use crate::process;
use crate::programs;
use crate::trial;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("formatting::agrees_with_the_c_library", || {
            run("format compare", "format_compare.c", |_| Ok(()))
        }),
        trial("formatting::agrees_under_a_locale_with_a_decimal_comma", || {
            run("format compare comma", "format_compare.c", |command| {
                command.env("FORMAT_COMPARE_COMMA", "1").env("LOCPATH", comma_locale()?);
                Ok(())
            })
        }),
        // A few numbers only: what it measures is for those who run it by hand, on a release build.
        trial("formatting::the_benchmark_runs", || {
            run("format bench", "format_bench.c", |_| Ok(()))
        }),
    ]
}

/// Runs a program on the simulated instrument's SOCKET.
fn run(name: &str, source: &str, setting: impl Fn(&mut Command) -> Outcome) -> Outcome {
    let instrument = Instrument::start(Config::default())?;
    let names = instrument.resource_names();
    let Some(resource) = names.iter().find(|name| name.ends_with("::SOCKET")) else {
        return failed(format!("{names:?} has no SOCKET"));
    };
    let built = programs::build(name, source, &cc::library()?, &[])?;
    let mut command = built.run();
    setting(&mut command)?;
    programs::judge(command.arg(resource))
}

/// A directory with a German locale in it, made for this check: machines rarely have one.
fn comma_locale() -> Outcome<PathBuf> {
    let dir = cc::scratch("comma locale")?;
    let mut localedef = Command::new(process::installed("localedef")?);
    localedef.args(["-i", "de_DE", "-f", "UTF-8"]).arg(dir.join("de_DE.UTF-8"));
    match process::tool(&mut localedef) {
        Ok(_) => Ok(dir),
        Err(Stop::Failed(why)) => lacking(format!("no German locale can be made here: {why}")),
        Err(other) => Err(other),
    }
}
