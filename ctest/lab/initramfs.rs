#![forbid(unsafe_code)]
//! The guest's first file system: a static busybox, `init.sh` and the modules.

use std::path::Path;
use std::path::PathBuf;

use crate::Outcome;
use crate::lab::kernel::Kernel;
use crate::lacking;
use crate::process;

const INIT: &str = include_str!("init.sh");

/// Types of files, as in `st_mode`.
const DIRECTORY: u32 = 0o040_000;
const REGULAR: u32 = 0o100_000;

/// Writes the file system for `kernel` with these modules to `to`.
pub fn build(kernel: &Kernel, modules: &[&str], to: &Path) -> Outcome {
    let files = kernel.load_order(modules)?;
    let mut archive = Archive::default();
    for folder in ["bin", "modules", "proc", "sys", "dev"] {
        archive.add(folder, DIRECTORY | 0o755, &[]);
    }
    archive.add("init", REGULAR | 0o755, INIT.as_bytes());
    archive.add("bin/busybox", REGULAR | 0o755, &std::fs::read(busybox()?)?);
    let mut order = String::new();
    for file in &files {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        archive.add(&format!("modules/{name}"), REGULAR | 0o644, &std::fs::read(file)?);
        order += &format!("{name}\n");
    }
    archive.add("modules/order", REGULAR | 0o644, order.as_bytes());
    archive.add("TRAILER!!!", 0, &[]);
    std::fs::write(to, archive.bytes)?;
    Ok(())
}

/// A busybox linked dynamically starts nowhere but on its own root.
fn busybox() -> Outcome<PathBuf> {
    let path = process::installed("busybox")?;
    let program = std::fs::read(&path)?;
    if is_dynamic(&program) {
        return lacking("this machine's busybox is not the static one (busybox-static)");
    }
    Ok(path)
}

/// Whether an ELF program names a loader: a program header of the type PT_INTERP.
fn is_dynamic(program: &[u8]) -> bool {
    let half = |at: usize| {
        let two = program.get(at..at + 2).and_then(|two| two.try_into().ok());
        usize::from(two.map_or(0, u16::from_le_bytes))
    };
    let (start, size, count) = (half(0x20), half(0x36), half(0x38));
    (0..count).any(|header| half(start + header * size) == 3)
}

/// A cpio archive in the format "newc" (Linux, Documentation/driver-api/early-userspace/
/// buffer-format.rst): headers of hexadecimal numbers, everything padded to four bytes.
#[derive(Default)]
struct Archive {
    bytes: Vec<u8>,
    files: u32,
}

impl Archive {
    fn add(&mut self, name: &str, mode: u32, contents: &[u8]) {
        self.files += 1;
        let links = 1;
        let size = contents.len() as u32;
        let name_size = name.len() as u32 + 1;
        let fields = [self.files, mode, 0, 0, links, 0, size, 0, 0, 0, 0, name_size, 0];
        self.bytes.extend(b"070701");
        for field in fields {
            self.bytes.extend(format!("{field:08X}").bytes());
        }
        self.bytes.extend(name.bytes());
        self.bytes.push(0);
        self.pad();
        self.bytes.extend(contents);
        self.pad();
    }

    fn pad(&mut self) {
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
    }
}
