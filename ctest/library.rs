#![forbid(unsafe_code)]
//! libvisa.so as the dynamic linker sees it.

use std::collections::BTreeSet;
use std::process::Command;

use libtest_mimic::Trial;

use crate::Outcome;
use crate::cc;
use crate::failed;
use crate::headers;
use crate::process;
use crate::programs;
use crate::trial;

/// What may be needed at run time: the C library and the compiler's own.
const MAY_NEED: &[&str] = &["libc.so.", "libgcc_s.so.", "ld-linux"];

pub fn trials() -> Vec<Trial> {
    vec![
        trial("library::exports_exactly_the_functions_of_the_header", exports),
        trial("library::has_the_name_that_programs_record", soname),
        trial("library::stays_in_memory_after_dlclose", nodelete),
        trial("library::needs_only_the_c_library", needed),
        trial("library::opens_a_manager_with_nothing_around", bare),
        trial("library::pkg_config_finds_it", pkg_config),
    ]
}

fn exports() -> Outcome {
    let mut nm = Command::new(process::installed("nm")?);
    let said = process::tool(nm.args(["-D", "--defined-only"]).arg(cc::library()?))?;
    let exported: BTreeSet<String> =
        said.lines().filter_map(|line| Some(line.split_whitespace().nth(2)?.to_owned())).collect();
    let declared = headers::functions()?;
    if exported != declared {
        return failed(format!(
            "missing: {:?}; too many: {:?}",
            declared.difference(&exported).collect::<Vec<_>>(),
            exported.difference(&declared).collect::<Vec<_>>()
        ));
    }
    Ok(())
}

/// The dynamic section: tag and value of each line.
fn dynamic() -> Outcome<Vec<(String, String)>> {
    let mut readelf = Command::new(process::installed("readelf")?);
    // The translations of readelf differ; C is what is read here.
    let said = process::tool(readelf.env("LC_ALL", "C").args(["-dW"]).arg(cc::library()?))?;
    let entry = |line: &str| {
        let (_, rest) = line.split_once('(')?;
        let (tag, value) = rest.split_once(')')?;
        Some((tag.to_owned(), value.trim().to_owned()))
    };
    Ok(said.lines().filter_map(entry).collect())
}

fn soname() -> Outcome {
    match dynamic()?.iter().find(|(tag, _)| tag == "SONAME") {
        Some((_, name)) if name.ends_with("[libvisa.so]") => Ok(()),
        other => failed(format!("SONAME is {other:?}")),
    }
}

/// Its threads must never lose their code.
fn nodelete() -> Outcome {
    let entries = dynamic()?;
    let flags = entries.iter().find(|(tag, _)| tag == "FLAGS_1");
    if flags.is_some_and(|(_, value)| value.contains("NODELETE")) {
        return Ok(());
    }
    failed(format!("FLAGS_1 is {flags:?}"))
}

/// No HOME, no PATH, no terminal, a working directory that cannot be written.
fn bare() -> Outcome {
    let built = programs::build("bare machine", "status_desc.c", &cc::library()?, &[])?;
    let mut command = Command::new(built.program);
    command.env_clear().env("LD_LIBRARY_PATH", built.libraries).current_dir("/proc/self");
    // It needs a resource's name only for a session; a dead one shows that the manager is up.
    let ended = process::run(command.arg("TCPIP0::127.0.0.1::1::SOCKET"), process::LIMIT)?;
    if ended.said.contains("viOpen(rm, name") && !ended.said.contains("viOpenDefaultRM") {
        return Ok(());
    }
    failed(ended.said)
}

fn needed() -> Outcome {
    for (tag, value) in dynamic()? {
        let name = value.split(['[', ']']).nth(1).unwrap_or(&value);
        if tag == "NEEDED" && !MAY_NEED.iter().any(|allowed| name.starts_with(allowed)) {
            return failed(format!("it needs {name}"));
        }
    }
    Ok(())
}

/// What the template becomes on installation tells a compiler all it must know.
fn pkg_config() -> Outcome {
    let tool = process::installed("pkg-config")?;
    let dir = cc::scratch("pkg-config")?;
    let template = std::fs::read_to_string(cc::project("pkgconfig/visa.pc.in"))?;
    let version = env!("CARGO_PKG_VERSION");
    let filled = template.replace("@PREFIX@", "/opt/visa").replace("@VERSION@", version);
    std::fs::write(dir.join("visa.pc"), filled)?;
    let ask = |question: &[&str]| -> Outcome<String> {
        let mut command = Command::new(&tool);
        process::tool(command.args(question).arg("visa").env("PKG_CONFIG_PATH", &dir))
    };
    let told = (ask(&["--modversion"])?, ask(&["--cflags", "--libs"])?);
    let words: Vec<&str> = told.1.split_whitespace().collect();
    if told.0.trim() == version && words == ["-I/opt/visa/include", "-L/opt/visa/lib", "-lvisa"] {
        return Ok(());
    }
    failed(format!("it says {told:?}"))
}
