#![forbid(unsafe_code)]
//! The kernel of the bench VM: the distribution's own, downloaded and unpacked, never installed.

use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use crate::Outcome;
use crate::Stop;
use crate::failed;
use crate::lacking;
use crate::process;

/// The package that depends on the present kernel image.
const METAPACKAGE: &str = "linux-image-amd64";

/// 70 MB from a mirror that may be far.
const DOWNLOAD_LIMIT: Duration = Duration::from_secs(300);

/// A kernel as it lies unpacked.
pub struct Kernel {
    /// The bare ELF image: it boots in less than half the time of the compressed one.
    pub vmlinux: PathBuf,
    /// `lib/modules/VERSION`.
    pub modules: PathBuf,
}

/// The kernel that is unpacked in `folder`; the first time, it is fetched.
pub fn prepared(folder: &Path) -> Outcome<Kernel> {
    let unpacked = folder.join("kernel");
    if !unpacked.exists() {
        fetch(folder, &unpacked)?;
    }
    let modules = only_entry(&unpacked.join("lib/modules"))?;
    Ok(Kernel { vmlinux: unpacked.join("vmlinux"), modules })
}

fn fetch(folder: &Path, unpacked: &Path) -> Outcome {
    let package = newest_image()?;
    eprintln!("fetching {package} for the bench VM (once)");
    // Made whole in a folder of its own and then renamed, so that a fetch that was cut short
    // leaves nothing that looks complete.
    let new = folder.join(format!("kernel.{}", std::process::id()));
    std::fs::create_dir_all(&new)?;
    let done = fill(&new, &package).and_then(|()| Ok(std::fs::rename(&new, unpacked)?));
    if done.is_err() {
        // What is left is rubbish, and the error already known is the one to tell.
        let _ = std::fs::remove_dir_all(&new);
    }
    done
}

/// The name of the image package that the metapackage stands for today.
fn newest_image() -> Outcome<String> {
    let mut ask = Command::new(process::installed("apt-cache")?);
    let said = process::tool(ask.args(["depends", METAPACKAGE])).or_else(missing)?;
    let image = said.lines().find_map(|line| line.trim().strip_prefix("Depends: linux-image-"));
    image.map_or_else(
        || missing(Stop::Failed(said.clone())),
        |rest| Ok(format!("linux-image-{rest}")),
    )
}

fn missing<T>(_: Stop) -> Outcome<T> {
    lacking(format!("apt knows no package {METAPACKAGE} (has apt-get update run?)"))
}

fn fill(new: &Path, package: &str) -> Outcome {
    let mut download = Command::new(process::installed("apt-get")?);
    download.args(["download", "-qq", package]).current_dir(new);
    let ended = process::run(&mut download, DOWNLOAD_LIMIT)?;
    if !ended.status.success() {
        return lacking(format!("{package} cannot be downloaded: {}", ended.said.trim()));
    }
    let archive = only_entry(new)?;
    process::tool(Command::new("dpkg-deb").arg("-x").arg(&archive).arg(new))?;
    let image = std::fs::read_dir(new.join("boot"))?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| path.to_string_lossy().contains("vmlinuz"));
    let Some(image) = image else {
        return failed(format!("{package} has no vmlinuz"));
    };
    extract(&image, &new.join("vmlinux"))?;
    unpack_modules(new)?;
    std::fs::remove_file(archive)?;
    std::fs::remove_dir_all(new.join("boot"))?;
    Ok(())
}

/// Takes the ELF image out of a compressed one (Linux, Documentation/arch/x86/boot.rst: setup_sects
/// at 0x1F1 and, from protocol 2.08, payload_offset at 0x248 and payload_length at 0x24C).
fn extract(image: &Path, to: &Path) -> Outcome {
    let bytes = std::fs::read(image)?;
    let word = |at: usize| {
        let four = bytes.get(at..at + 4)?;
        Some(u32::from_le_bytes(four.try_into().ok()?) as usize)
    };
    let payload = || {
        let start = (usize::from(*bytes.get(0x1F1)?) + 1) * 512 + word(0x248)?;
        // The last four bytes are the length of the uncompressed image.
        bytes.get(start..start + word(0x24C)?.checked_sub(4)?)
    };
    let Some(payload) = payload() else {
        return failed(format!("{} is no Linux boot image", image.display()));
    };
    let tool = match payload {
        [0xFD, b'7', b'z', b'X', b'Z', ..] => "xz",
        [0x28, 0xB5, 0x2F, 0xFD, ..] => "zstd",
        _ => return failed("the kernel is compressed in an unknown way"),
    };
    let compressed = to.with_extension(tool);
    std::fs::write(&compressed, payload)?;
    let mut unpack = Command::new(process::installed(tool)?);
    process::tool(unpack.arg("-d").arg("-q").arg(&compressed))?;
    Ok(())
}

/// Newer distributions compress each module.
fn unpack_modules(new: &Path) -> Outcome {
    let mut files = Vec::new();
    collect(&new.join("lib/modules"), &mut files)?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "xz"));
    // In portions, for the length of a command line has a limit.
    for some in files.chunks(500) {
        process::tool(Command::new(process::installed("xz")?).arg("-d").args(some))?;
    }
    Ok(())
}

fn only_entry(folder: &Path) -> Outcome<PathBuf> {
    let mut entries = std::fs::read_dir(folder)?;
    match (entries.next(), entries.next()) {
        (Some(entry), None) => Ok(entry?.path()),
        _ => failed(format!("{} does not hold exactly one entry", folder.display())),
    }
}

impl Kernel {
    /// The files of modules and of all that they depend on, in the order in which to load them.
    /// What is built into the kernel needs none.
    pub fn load_order(&self, names: &[&str]) -> Outcome<Vec<PathBuf>> {
        let mut files = Vec::new();
        collect(&self.modules.join("kernel"), &mut files)?;
        let built_in = std::fs::read_to_string(self.modules.join("modules.builtin"))?;
        let is_built_in =
            |name: &str| built_in.lines().any(|line| same_module(line.as_ref(), name));
        let mut order = Vec::new();
        for name in names.iter().filter(|name| !is_built_in(name)) {
            append(name, &files, &mut order)?;
        }
        Ok(order)
    }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Outcome {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

/// A module's name has '-' and '_' at random: the kernel takes them for the same.
fn same_module(file: &Path, name: &str) -> bool {
    let file = file.file_name().unwrap_or_default().to_string_lossy().replace('-', "_");
    file.split('.').next() == Some(&name.replace('-', "_"))
}

fn append(name: &str, files: &[PathBuf], order: &mut Vec<PathBuf>) -> Outcome {
    if order.iter().any(|file| same_module(file, name)) {
        return Ok(());
    }
    let Some(file) = files.iter().find(|file| same_module(file, name)) else {
        return failed(format!("the kernel has no module {name}"));
    };
    for needed in depends(&std::fs::read(file)?).split(',').filter(|needed| !needed.is_empty()) {
        append(needed, files, order)?;
    }
    order.push(file.clone());
    Ok(())
}

/// What the module says of itself in its `.modinfo` section: zero-terminated `key=value`.
fn depends(module: &[u8]) -> String {
    const KEY: &[u8] = b"\0depends=";
    let at = memchr::memmem::find(module, KEY).map(|at| at + KEY.len());
    let value = at.and_then(|at| module[at..].split(|&byte| byte == 0).next());
    String::from_utf8_lossy(value.unwrap_or_default()).into_owned()
}
