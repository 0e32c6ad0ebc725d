#![forbid(unsafe_code)]
//! `visa list` on hardware: what devices say of themselves, and what is said of those that cannot
//! be used.

use libtest_mimic::Trial;

use crate::Outcome;
use crate::cc;
use crate::lab;
use crate::lab::guest;
use crate::trial;

pub fn trials() -> Vec<Trial> {
    vec![trial("lab::list::what_cannot_be_used_is_told_and_why", obstacles)]
}

fn obstacles() -> Outcome {
    let script = cc::project("ctest/lab/list.sh");
    let script = guest::quoted(&script.to_string_lossy());
    let line = format!("sh {script} {}", guest::quoted(env!("CARGO_BIN_EXE_visa")));
    let adapters = ["usbtmc:U1", "raw:R1", "ftdi:S1"];
    guest::judge(lab::run(&guest::with_adapters(&adapters, &line)?)?)
}
