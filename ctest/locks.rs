#![forbid(unsafe_code)]
//! Who holds a lock can be found out: by the tool, and in the trace of who is refused.

use std::process::Command;

use libtest_mimic::Trial;
use visa::consts::VI_EXCLUSIVE_LOCK;
use visa::session::manager;
use visa::sim::Config;
use visa::sim::Instrument;

use crate::Outcome;
use crate::Stop;
use crate::cc;
use crate::failed;
use crate::process;
use crate::trial;

pub fn trials() -> Vec<Trial> {
    vec![trial("locks::the_tool_and_the_trace_name_the_holder", holder_is_named)]
}

fn holder_is_named() -> Outcome {
    let instrument = Instrument::start(Config::default())?;
    let names = instrument.resource_names();
    let Some(name) = names.iter().find(|name| name.ends_with("::SOCKET")) else {
        return failed(format!("{names:?} has no SOCKET"));
    };
    let visa = |error| Stop::Failed(format!("{error:?}"));
    let rm = manager::open_default().map_err(visa)?;
    manager::open(rm, name, VI_EXCLUSIVE_LOCK, 5000).map_err(visa)?;
    // This process.
    let me = std::process::id();

    let said = process::tool(tool().args(["lock", name]))?;
    let wanted = format!("{name}  exclusive  process {me}  ctest-");
    if !said.starts_with(&wanted) || said.lines().count() != 1 {
        return failed(format!("{said:?} is not {wanted:?}"));
    }
    let library = cc::library()?;
    let mut write = tool();
    write.arg("--lib").arg(&library).args(["write", name, "*CLS"]).env("VISA_TRACE", "stderr");
    let refused = process::run(&mut write, process::LIMIT)?;
    let wanted = format!("[locked exclusively by process {me} (ctest-");
    if refused.status.success() || !refused.said.contains(&wanted) {
        return failed(format!("{:?} has no {wanted:?}", refused.said));
    }

    manager::close(rm).map_err(visa)?;
    match process::tool(tool().args(["lock", name]))?.as_str() {
        "no locks\n" => Ok(()),
        other => failed(format!("after viClose: {other:?}")),
    }
}

fn tool() -> Command {
    Command::new(env!("CARGO_BIN_EXE_visa"))
}
