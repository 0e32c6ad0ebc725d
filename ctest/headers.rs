#![forbid(unsafe_code)]
//! The headers as a user's compiler sees them.

use std::collections::BTreeSet;

use libtest_mimic::Trial;

use crate::Outcome;
use crate::cc;
use crate::trial;

/// Compilers and the languages that the headers must be fit for.
const DIALECTS: &[(&str, &str)] = &[
    ("cc", "c90"),
    ("cc", "c99"),
    ("cc", "c11"),
    ("c++", "c++11"),
    ("c++", "c++17"),
    ("clang", "c90"),
    ("clang++", "c++17"),
];

/// Uses that would warn if a constant had the wrong sign or width, or a declaration the wrong type.
const USES: &str = "
typedef char status_is_signed[VI_ERROR_TMO < 0 ? 1 : -1];
int use(ViStatus status, ViAttr attribute, ViSession vi);
int use(ViStatus status, ViAttr attribute, ViSession vi)
{
    ViStatus stored = VI_ERROR_RSRC_NFOUND;
    ViUInt32 timeout = VI_TMO_INFINITE;
    ViEventType event = VI_ALL_ENABLED_EVENTS;
    ViSession manager = VI_NULL;
    ViHndlr none = VI_NULL;
    switch (status) {
    case VI_ERROR_TMO: return 1;
    case VI_SUCCESS_TERM_CHAR: return 2;
    case VI_ERROR_INV_SESSION: return 3;
    default: break;
    }
    if (attribute == VI_ATTR_RSRC_NAME || attribute == VI_ATTR_USER_DATA) { return 4; }
    if (viGetDefaultRM(&manager) < VI_SUCCESS || status >= VI_SUCCESS) { return 5; }
    (void)viInstallHandler(vi, event, none, VI_NULL);
    (void)viSetAttribute(vi, VI_ATTR_TMO_VALUE, VI_TMO_IMMEDIATE);
    return status == stored || timeout == VI_INFINITE || status == VI_ERROR_INV_OBJECT
        || VI_VERSION_MAJOR(VI_SPEC_VERSION) == 7;
}
";

pub fn trials() -> Vec<Trial> {
    let dialects = DIALECTS.iter().map(|&(compiler, dialect)| {
        trial(format!("headers::{dialect}_{compiler}_accepts_them"), move || {
            dialect_accepts(compiler, dialect)
        })
    });
    dialects.collect()
}

fn dialect_accepts(compiler: &str, dialect: &str) -> Outcome {
    let dir = cc::scratch(&format!("headers {compiler} {dialect}"))?;
    let standard = format!("-std={dialect}");
    for extensions in [&[], cc::EXTENSIONS] {
        let flags = [&[standard.as_str()], cc::WARNINGS, extensions].concat();
        for headers in [
            &["visatype.h"][..],
            &["vpptype.h"],
            &["visa.h"],
            &["visa.h", "vpptype.h"],
            &["vpptype.h", "visa.h", "visa.h"],
        ] {
            let mut source: String = headers.iter().map(|h| format!("#include <{h}>\n")).collect();
            if headers.contains(&"visa.h") {
                source += USES;
            } else {
                // ISO C forbids a translation unit without a declaration.
                source += "typedef int nothing;\n";
            }
            cc::accepts(compiler, &flags, &dir, &source)?;
        }
    }
    Ok(())
}

/// The names of all functions that visa.h declares.
pub fn functions() -> Outcome<BTreeSet<String>> {
    let header = std::fs::read_to_string(cc::project("include/visa.h"))?;
    let names = header.lines().filter_map(|line| {
        let line = line.strip_prefix("ViStatus ").or_else(|| line.strip_prefix("void "))?;
        let line = line.strip_prefix("_VI_FUNC ").or_else(|| line.strip_prefix("_VI_FUNCC "))?;
        Some(line.split_once('(')?.0.to_owned())
    });
    Ok(names.collect())
}
