#![forbid(unsafe_code)]
//! The configuration file as a user meets it: what is wrong in it is told by the tool and by the
//! trace, and by nothing else.

use std::process::Command;

use libtest_mimic::Trial;

use crate::Outcome;
use crate::cc;
use crate::failed;
use crate::process;
use crate::trial;

pub fn trials() -> Vec<Trial> {
    vec![trial("configuration::mistakes_are_told", mistakes)]
}

/// The valid part works; the rest is named with file, line and reason.
fn mistakes() -> Outcome {
    let file = cc::scratch("configuration")?.join("config.toml");
    std::fs::write(&file, "resources = [\n  'GPIB7::1',\n  'no name',\n]\n")?;
    let told = format!("{}:3: no resource name: \"no name\"", file.display());
    let mut visa = Command::new(env!("CARGO_BIN_EXE_visa"));
    visa.arg("list").env("FERROVISA_CONFIG", &file).env_remove("VISA_LIB");
    let said = process::tool(&mut visa)?;
    // After the serial ports that this machine may have.
    if !said.lines().any(|line| line == "GPIB7::1::INSTR")
        || !said.contains(&format!("\nwarning: {told}"))
    {
        return failed(said);
    }
    let mut visa = Command::new(env!("CARGO_BIN_EXE_visa"));
    visa.arg("info").env("FERROVISA_CONFIG", &file).env_remove("VISA_LIB");
    let said = process::tool(visa.env("VISA_TRACE", "stderr"))?;
    let opened = |line: &&str| line.contains(" viOpenDefaultRM(");
    if !said.lines().find(opened).is_some_and(|line| line.contains(&told)) {
        return failed(said);
    }
    Ok(())
}
