#![forbid(unsafe_code)]
//! Every constant that the Rust sources declare has the same value, and the same sign, in C.

use libtest_mimic::Trial;

use crate::Outcome;
use crate::cc;
use crate::failed;
use crate::trial;

pub fn trials() -> Vec<Trial> {
    vec![trial("constants::have_the_same_value_in_c", agree)]
}

fn agree() -> Outcome {
    let mut source = "#include <visa.h>\n#include <vpptype.h>\n".to_owned();
    let mut count = 0;
    for file in ["src/consts.rs", "src/status.rs"] {
        let rust = std::fs::read_to_string(cc::project(file))?;
        for (name, value) in constants(&rust)? {
            source += &format!(
                "#ifndef {name}\n#error visa.h lacks {name}\n#endif\n\
                 typedef char {name}_differs[(long long)({name}) == ({value}) ? 1 : -1];\n"
            );
            count += 1;
        }
    }
    if count < 550 {
        return failed(format!("only {count} constants found: the search itself is broken"));
    }
    let flags = [&["-std=c99", "-Wno-pedantic"], cc::EXTENSIONS].concat();
    cc::accepts("cc", &flags, &cc::scratch("constants")?, &source)
}

/// Name and value, as C writes it, of each `pub const` that applies to this platform.
fn constants(rust: &str) -> Outcome<Vec<(&str, String)>> {
    let mut found = Vec::new();
    for declaration in rust.split_inclusive(';') {
        let Some((attributes, rest)) = declaration.split_once("\npub const ") else { continue };
        if rest.starts_with("fn ") {
            continue;
        }
        let wide = cfg!(target_pointer_width = "64");
        if attributes.contains("#[cfg(not(target_pointer_width") && wide
            || attributes.contains("#[cfg(target_pointer_width") && !wide
        {
            continue;
        }
        let parts = rest.strip_suffix(';').and_then(|r| r.split_once(':'));
        let Some((name, value)) = parts.and_then(|(n, r)| Some((n, r.split_once('=')?.1))) else {
            return failed(format!("not understood: {rest}"));
        };
        found.push((name, c_value(value.trim())?));
    }
    Ok(found)
}

/// A literal of Rust, or another constant's name, as C.
fn c_value(rust: &str) -> Outcome<String> {
    let (literal, signed) = match rust.strip_suffix(" as ViStatus") {
        Some(literal) => (literal.trim_end_matches("_u32"), true),
        None => (rust, false),
    };
    let plain = literal.replace('_', "");
    let number = match plain.strip_prefix("0x") {
        Some(digits) => i64::from_str_radix(digits, 16),
        None => plain.parse(),
    };
    match number {
        // The cast of the Rust source: the same 32 bits, signed.
        Ok(number) if signed => Ok(i64::from(number as u32 as i32).to_string() + "LL"),
        Ok(number) => Ok(number.to_string() + "LL"),
        Err(_) if literal.starts_with("VI_") => Ok(literal.to_owned()),
        Err(_) => failed(format!("not a number: {rust}")),
    }
}
