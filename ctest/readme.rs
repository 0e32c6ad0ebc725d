#![forbid(unsafe_code)]
//! The tables of README.md that are made from the code. With UPDATE_README set they are rewritten.

use std::fmt::Write;

use libtest_mimic::Trial;
use visa::attr;
use visa::iface::REGISTRY;
use visa::rsrc::Kinds;

use crate::Outcome;
use crate::cc;
use crate::failed;
use crate::trial;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("readme::kinds", || table("kinds", &kinds())),
        trial("readme::functions", || table("functions", &functions()?)),
    ]
}

/// Compares the part of README.md between the marks of `name` with `wanted`.
fn table(name: &str, wanted: &str) -> Outcome {
    static REWRITING: parking_lot::Mutex<()> = parking_lot::Mutex::new(());
    let _rewriting = REWRITING.lock();
    let path = cc::project("README.md");
    let text = std::fs::read_to_string(&path)?;
    let mark = format!("<!-- generated: {name} -->\n");
    let Some((before, rest)) = text.split_once(&mark) else {
        return failed(format!("README.md has no {}", mark.trim()));
    };
    let Some((found, after)) = rest.split_once("<!-- end -->") else {
        return failed("README.md lacks an end mark");
    };
    if found == wanted {
        return Ok(());
    }
    if std::env::var_os("UPDATE_README").is_some() {
        std::fs::write(&path, format!("{before}{mark}{wanted}<!-- end -->{after}"))?;
        return Ok(());
    }
    failed(format!("run `UPDATE_README=1 cargo test`; the code says:\n{wanted}"))
}

fn kinds() -> String {
    let mut out = String::from("| resource | opens | attributes |\n|---|---|---|\n");
    for name in Kinds::RESOURCE.names() {
        let Some(kind) = Kinds::named(name) else { continue };
        let opens = REGISTRY.iter().any(|interface| interface.kinds().has(kind));
        let attributes = attr::rows_of(kind).count();
        let _ = writeln!(out, "| {name} | {} | {attributes} |", if opens { "yes" } else { "-" });
    }
    out
}

/// The functions whose code says that this version does not have them.
fn functions() -> Outcome<String> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(cc::project("src/ffi"))? {
        let source = std::fs::read_to_string(entry?.path())?;
        for export in source.split("#[unsafe(no_mangle)]").skip(1) {
            let body = export.split("\n}\n").next().unwrap_or(export);
            let code = body.lines().filter(|line| !line.trim_start().starts_with("//"));
            let code = code.collect::<Vec<_>>().join("\n");
            let lacks = ["not_implemented(", "VI_ERROR_NIMPL_OPER"];
            if lacks.iter().any(|word| code.contains(word)) {
                let name = code.split("fn ").nth(1).and_then(|rest| rest.split('(').next());
                names.extend(name.map(|name| format!("`{name}`")));
            }
        }
    }
    names.sort();
    if names.is_empty() {
        return Ok("None.\n".into());
    }
    Ok(format!("{}.\n", names.join(", ")))
}
