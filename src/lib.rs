//! ferrovisa: VISA, the library through which programs talk to measurement instruments, as one
//! `libvisa.so`.
//!
//! Layers point down only, and a test below holds that:
//!
//! ```text
//! ffi      C functions: pointers in, status out
//! session  objects, sessions, attributes, the resource manager
//! find     the search: what this machine and the network have
//! iface    interfaces: SOCKET, VXI-11, HiSLIP, serial ports, USB, GPIB
//! wire os  byte formats without I/O | sockets, serial, USB and GPIB drivers, deadlines, the trace
//! config   what the user has configured
//! attr rsrc fmt status consts     vocabulary, no I/O
//! ```
//!
//! [`sim`], the simulated instruments, stands beside them and shares nothing with them.

pub mod attr;
pub mod config;
pub mod consts;
mod ffi;
pub mod find;
pub mod fmt;
#[cfg(test)]
mod fuzz;
pub mod iface;
pub mod os;
pub mod rsrc;
pub mod session;
pub mod sim;
pub mod status;
pub mod trace;
pub mod wire;

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    /// Modules by layer, the lowest first; a layer may use those below it and itself.
    const LAYERS: &[&[&str]] = &[
        &["attr", "rsrc", "fmt", "status", "consts"],
        &["wire", "os", "config"],
        &["trace"],
        &["iface"],
        &["find"],
        &["session"],
        &["ffi"],
        &["fuzz"],
    ];

    fn layer(module: &str) -> usize {
        let found = LAYERS.iter().position(|modules| modules.contains(&module));
        found.unwrap_or_else(|| panic!("module {module} stands in no layer"))
    }

    fn sources(folder: &Path) -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] }).collect()
    }

    /// The crate's modules that a source file names: `crate::x` in code, not in comments.
    fn used_modules(source: &str) -> Vec<String> {
        let code = source.lines().filter(|line| !line.trim_start().starts_with("//"));
        let after = code.flat_map(|line| line.split("crate::").skip(1).map(str::to_owned));
        after
            .map(|rest| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect())
            .collect()
    }

    #[test]
    fn layers_point_down_only() {
        let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut checked = 0;
        for path in sources(&src) {
            let relative = path.strip_prefix(&src).unwrap().with_extension("");
            let module = relative.iter().next().unwrap().to_str().unwrap();
            if matches!(module, "lib" | "bin") {
                continue;
            }
            let source = fs::read_to_string(&path).unwrap();
            for used in used_modules(&source) {
                let shown = path.display();
                assert!(!used.is_empty(), "{shown}: write one `use crate::module::...` per line");
                if used == "sim" && relative.iter().any(|part| part == "tests") {
                    // Tests may talk to the simulated instrument; the two share only the wire.
                } else if module == "sim" {
                    assert_eq!(
                        used, "sim",
                        "{shown}: the simulator shares no code with the library"
                    );
                } else {
                    assert!(
                        layer(&used) <= layer(module),
                        "{shown}: {module} uses {used} above it"
                    );
                    // A wire format that knew sockets could not be tested as bytes.
                    let apart =
                        module == "wire" && used == "os" || module == "os" && used == "wire";
                    assert!(!apart, "{shown}: wire and os do not know each other");
                }
                checked += 1;
            }
        }
        assert!(checked > 50, "only {checked} uses found: the search itself is broken");
    }

    #[test]
    fn unsafe_code_stands_only_at_the_edges() {
        let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        for path in sources(&src) {
            let relative = path.strip_prefix(&src).unwrap().to_str().unwrap();
            let may = ["ffi/", "os/", "bin/visa/abi.rs", "lib.rs", "sim/"];
            if relative.ends_with(".rs") && !may.iter().any(|edge| relative.starts_with(edge)) {
                let source = fs::read_to_string(&path).unwrap();
                let forbids = source.contains("#![forbid(unsafe_code)]");
                // A binary's modules are covered by the attribute of its root.
                assert!(
                    forbids || relative.starts_with("bin/"),
                    "{relative} must forbid unsafe code"
                );
            }
        }
    }
}
