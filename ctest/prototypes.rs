#![forbid(unsafe_code)]
//! The Rust functions and visa.h agree: cbindgen writes the Rust functions as C behind
//! `#include "visa.h"`, and the compiler refuses any difference.

use std::collections::BTreeSet;

use libtest_mimic::Trial;

use crate::Outcome;
use crate::Stop;
use crate::cc;
use crate::failed;
use crate::headers;
use crate::trial;

/// Functions that Rust cannot declare as C does: they are compared without what follows the named
/// parameters, which is then written as C has it.
const VARIADIC: &[&str] = &["viPrintf", "viSPrintf", "viScanf", "viSScanf", "viQueryf"];
const WITH_LIST: &[&str] = &["viVPrintf", "viVSPrintf", "viVScanf", "viVSScanf", "viVQueryf"];

pub fn trials() -> Vec<Trial> {
    vec![
        trial("prototypes::the_rust_functions_are_those_of_the_header", agree),
        trial("prototypes::a_changed_parameter_is_noticed", changed_parameter_is_noticed),
        trial("prototypes::formatted_functions_have_the_types_of_the_standard", formatted),
    ]
}

fn agree() -> Outcome {
    let rust = rust_prototypes()?;
    let declared: BTreeSet<String> = rust.iter().map(|(name, _)| name.clone()).collect();
    let header = headers::functions()?;
    if header.len() != 107 {
        return failed(format!("{} functions found in visa.h, not 107", header.len()));
    }
    if declared != header {
        return failed(format!(
            "only in visa.h: {:?}; only in Rust: {:?}",
            header.difference(&declared).collect::<Vec<_>>(),
            declared.difference(&header).collect::<Vec<_>>()
        ));
    }
    let text: Vec<&str> = rust.iter().map(|(_, prototype)| prototype.as_str()).collect();
    compile("prototypes", &text.join("\n"))
}

/// The check itself is worth nothing if the compiler lets a difference pass: with one wrong
/// parameter, result or ellipsis it must refuse.
fn changed_parameter_is_noticed() -> Outcome {
    let rust = rust_prototypes()?;
    let Some((_, good)) = rust.iter().find(|(name, _)| name == "viRead") else {
        return failed("viRead is not there");
    };
    compile("prototype good", good)?;
    for (from, to) in
        [("ViUInt32 cnt", "ViUInt16 cnt"), ("ViStatus ", "ViUInt32 "), (");", ", ...);")]
    {
        let bad = good.replacen(from, to, 1);
        if bad == *good {
            return failed(format!("{from:?} is not in {good}"));
        }
        match compile("prototype bad", &bad) {
            Err(Stop::Failed(why)) if why.contains("conflicting types") => {}
            Err(other) => return Err(other),
            Ok(()) => return failed(format!("accepted: {bad}")),
        }
    }
    Ok(())
}

/// Written by hand from VPP-4.3.2, for what the comparison above has to patch.
fn formatted() -> Outcome {
    compile(
        "prototypes formatted",
        "ViStatus (*printf_)(ViSession, const char *, ...) = viPrintf;
        ViStatus (*sprintf_)(ViSession, unsigned char *, const char *, ...) = viSPrintf;
        ViStatus (*scanf_)(ViSession, const char *, ...) = viScanf;
        ViStatus (*sscanf_)(ViSession, const unsigned char *, const char *, ...) = viSScanf;
        ViStatus (*queryf_)(ViSession, const char *, const char *, ...) = viQueryf;
        ViStatus (*vprintf_)(ViSession, const char *, va_list) = viVPrintf;
        ViStatus (*vsprintf_)(ViSession, unsigned char *, const char *, va_list) = viVSPrintf;
        ViStatus (*vscanf_)(ViSession, const char *, va_list) = viVScanf;
        ViStatus (*vsscanf_)(ViSession, const unsigned char *, const char *, va_list) = viVSScanf;
        ViStatus (*vqueryf_)(ViSession, const char *, const char *, va_list) = viVQueryf;",
    )
}

fn compile(name: &str, prototypes: &str) -> Outcome {
    let source =
        format!("#include <stdint.h>\n#include <visa.h>\n#undef viGetDefaultRM\n{prototypes}\n");
    let flags = [&["-std=c99"], cc::WARNINGS].concat();
    cc::accepts("cc", &flags, &cc::scratch(name)?, &source)
}

/// Name and C prototype of each exported Rust function.
fn rust_prototypes() -> Outcome<Vec<(String, String)>> {
    let mut config = cbindgen::Config { language: cbindgen::Language::C, ..Default::default() };
    config.no_includes = true;
    config.documentation = false;
    config.line_length = 10_000;
    config.function.args = cbindgen::Layout::Horizontal;
    // This module with its chapters, and no other: cbindgen then knows none of our type names and
    // writes them as they are.
    let ffi = cc::project("src/ffi/mod.rs");
    let bindings = match cbindgen::Builder::new().with_config(config).with_src(ffi).generate() {
        Ok(bindings) => bindings,
        Err(error) => return failed(error.to_string()),
    };
    let mut text = Vec::new();
    bindings.write(&mut text);
    let text = String::from_utf8_lossy(&text);
    // What Rust only declares, being C in this library, is no function of the header.
    let parts = ["visa_c_", "visa_take_", "visa_load_", "visa_store_"];
    let defined = |line: &&str| parts.iter().all(|part| !line.contains(part));
    Ok(text.lines().filter(defined).filter_map(prototype).collect())
}

fn prototype(line: &str) -> Option<(String, String)> {
    let name = line.split_once('(')?.0.rsplit([' ', '*']).next()?;
    let text = if VARIADIC.contains(&name) {
        line.replace(");", ", ...);")
    } else if WITH_LIST.contains(&name) {
        line.replace("void *params", "ViVAList params")
    } else {
        line.to_owned()
    };
    Some((name.to_owned(), text))
}
