#![forbid(unsafe_code)]
//! Our library built with the feature `fake-links`, which opens every resource class in memory.

use std::path::Path;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

use parking_lot::Mutex;
use parking_lot::MutexGuard;
use visa::rsrc::Kinds;
use visa::rsrc::ResourceName;
use visa::sim::Config;
use visa::sim::Instrument;

use crate::Outcome;
use crate::failed;
use crate::lacking;
use crate::process;

/// One resource of each class that the fake links open.
const CLASSES: &[&str] = &[
    "GPIB0::1::INSTR",
    "GPIB0::INTFC",
    "GPIB0::SERVANT",
    "GPIB-VXI0::1::INSTR",
    "GPIB-VXI0::MEMACC",
    "GPIB-VXI0::BACKPLANE",
    "VXI0::1::INSTR",
    "VXI0::MEMACC",
    "VXI0::BACKPLANE",
    "VXI0::SERVANT",
    "PXI0::1::INSTR",
    "PXI0::MEMACC",
    "PXI0::1::BACKPLANE",
    "ASRL1::INSTR",
    "TCPIP0::inst0::SERVANT",
    "USB0::0x1234::0x5678::SN1::INSTR",
    "USB0::0x1234::0x5678::SN1::0::RAW",
    "VICP::127.0.0.1::INSTR",
    "FIREWIRE0::0x3::0x12345678::INSTR",
    "PRLGX-ASRL0::/dev/ttyUSB9::INTFC",
    "RSNRP::0xe2::100122::INSTR",
];

/// Building the library takes a minute on a small machine.
const BUILD_LIMIT: Duration = Duration::from_secs(600);

/// What [`resources`] gives, for as long as it is kept.
pub struct Kept {
    _instrument: Instrument,
    _alone: MutexGuard<'static, ()>,
}

/// Resources of every class: fake ones, and those of a simulated instrument.
///
/// One program at a time has them: VISA's locks hold between processes, so programs that lock
/// everything would disturb others that use the same names.
pub fn resources() -> Outcome<(Vec<String>, Kept)> {
    static ALONE: Mutex<()> = Mutex::new(());
    let alone = ALONE.lock();
    let instrument = Instrument::start(Config::default())?;
    let fake = CLASSES.iter().map(|&name| name.to_owned());
    let names = fake.chain(instrument.resource_names()).collect();
    Ok((names, Kept { _instrument: instrument, _alone: alone }))
}

/// [`resources`] has every kind of resource, except those behind another VISA.
pub fn no_class_is_forgotten() -> Outcome {
    let (names, _kept) = resources()?;
    let mut missing = Kinds::RESOURCE.without(Kinds::REMOTE);
    for name in names {
        match ResourceName::parse(&name) {
            Ok(parsed) => missing = missing.without(parsed.kind()),
            Err(error) => return failed(format!("{name}: {error:?}")),
        }
    }
    match missing.names().collect::<Vec<_>>()[..] {
        [] => Ok(()),
        ref forgotten => failed(format!("no resource of {forgotten:?}")),
    }
}

/// The library with fake links; built once for all trials.
pub fn library() -> Outcome<PathBuf> {
    static BUILT: OnceLock<Outcome<PathBuf>> = OnceLock::new();
    BUILT.get_or_init(|| Ok(build("fake", &mut cargo()?)?.join("debug/libvisa.so"))).clone()
}

/// The same, with every access to memory checked by the address sanitizer.
pub fn sanitized_library() -> Outcome<PathBuf> {
    static BUILT: OnceLock<Outcome<PathBuf>> = OnceLock::new();
    BUILT.get_or_init(build_sanitized).clone()
}

fn build_sanitized() -> Outcome<PathBuf> {
    // When this builds and the same with the sanitizer does not, it is the sanitizer's fault.
    library()?;
    let host = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    let mut command = cargo()?;
    // The option is not stable; this variable opens it in the stable compiler. With --target,
    // build scripts and procedural macros stay as they are.
    command.env("RUSTC_BOOTSTRAP", "1").env("RUSTFLAGS", "-Zsanitizer=address");
    command.args(["--target", &host]);
    match build("sanitized", &mut command) {
        Ok(target) => Ok(target.join(host).join("debug/libvisa.so")),
        Err(_) => lacking("this rustc builds no library with the address sanitizer"),
    }
}

fn cargo() -> Outcome<Command> {
    match std::env::var_os("CARGO") {
        Some(cargo) => {
            let mut command = Command::new(cargo);
            command.arg("build");
            Ok(command)
        }
        None => lacking("not started by cargo, which builds the library with fake links"),
    }
}

/// Builds into a target directory of its own, so that no cargo waits for another.
fn build(directory: &str, cargo: &mut Command) -> Outcome<PathBuf> {
    let tmp = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let target = tmp.parent().unwrap_or(tmp).join(directory);
    cargo.args(["--lib", "--features", "fake-links", "--offline", "--target-dir"]);
    cargo.arg(&target).current_dir(env!("CARGO_MANIFEST_DIR"));
    let ended = process::run(cargo, BUILD_LIMIT)?;
    if !ended.status.success() {
        return failed(format!("{cargo:?}\n{}", ended.said));
    }
    Ok(target)
}
