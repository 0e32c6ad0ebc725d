#![forbid(unsafe_code)]
//! One virtual machine: boots, runs commands one after the other, and never outlives its limit.

use std::fmt::Write as _;
use std::fs::File;
use std::io;
use std::io::Write;
use std::path::Path;
use std::path::PathBuf;
use std::process::Child;
use std::process::ChildStdin;
use std::process::Command;
use std::process::Stdio;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;
use std::time::Instant;

use crate::Outcome;
use crate::cc;
use crate::failed;
use crate::lab::channel::Channel;
use crate::lab::devices;
use crate::lab::initramfs;
use crate::lab::kernel::Kernel;
use crate::process;

const QEMU: &str = "qemu-system-x86_64";

/// Emulated on a busy machine, a boot takes ten times its usual seconds.
const BOOT_LIMIT: Duration = Duration::from_secs(180);

/// Where KVM works, a boot is a matter of two seconds; where it does not, the guest just hangs.
const KVM_LIMIT: Duration = Duration::from_secs(15);

/// The processor is the host's own or an emulated one.
#[derive(Clone, Copy, PartialEq)]
enum Accelerator {
    Kvm,
    Emulation,
}

/// What a command in the guest left behind.
#[derive(Debug)]
pub struct Ended {
    pub status: i32,
    pub out: String,
    pub err: String,
}

impl Ended {
    /// Everything that was said.
    pub fn said(&self) -> String {
        format!("{}{}", self.out, self.err)
    }
}

/// A running machine. It ends when dropped, and when this process ends in any way.
pub struct Vm {
    qemu: Child,
    input: ChildStdin,
    channel: Channel,
    console: PathBuf,
}

impl Drop for Vm {
    fn drop(&mut self) {
        // Either may fail only when it has ended already.
        let _ = self.qemu.kill();
        let _ = self.qemu.wait();
    }
}

impl Vm {
    /// Boots `kernel` with the devices of the bench. Whether KVM works here is found out once and
    /// remembered in `folder`.
    pub fn boot(kernel: &Kernel, folder: &Path) -> Outcome<Self> {
        let qemu = process::installed(QEMU)?;
        let scratch = cc::scratch("lab")?;
        initramfs::build(kernel, devices::MODULES, &scratch.join("initramfs"))?;
        let without_kvm = folder.join("without-kvm");
        if !without_kvm.exists() && File::options().read(true).write(true).open("/dev/kvm").is_ok()
        {
            let vm = Self::start(&qemu, kernel, &scratch, Accelerator::Kvm, KVM_LIMIT);
            if vm.is_ok() {
                return vm;
            }
            std::fs::write(&without_kvm, "A guest did not boot here with KVM.\n")?;
        }
        Self::start(&qemu, kernel, &scratch, Accelerator::Emulation, BOOT_LIMIT)
    }

    fn start(
        qemu: &Path,
        kernel: &Kernel,
        scratch: &Path,
        accelerator: Accelerator,
        limit: Duration,
    ) -> Outcome<Self> {
        // Should this process be killed, the kernel kills qemu.
        let mut command = Command::new(process::installed("setpriv")?);
        command.args(["--pdeathsig", "KILL"]).arg(qemu);
        machine(&mut command, accelerator);
        let mut line = format!("loglevel=4 panic=-1 mitigations=off nokaslr {}", devices::KERNEL);
        share(&mut command, "host", Path::new("/"), ",readonly=on");
        for (number, folder) in project_folders().iter().enumerate() {
            let tag = format!("share{number}");
            share(&mut command, &tag, folder, "");
            let _ = write!(line, " lab.share={tag}:{}", folder.display());
        }
        command.arg("-kernel").arg(&kernel.vmlinux).args([
            "-initrd",
            "initramfs",
            "-append",
            &line,
        ]);
        devices::attach(&mut command);
        // Paths of sockets are short when they are relative.
        command.current_dir(scratch).stdin(Stdio::piped()).stdout(Stdio::piped());
        command.stderr(File::create(scratch.join("qemu.log"))?);
        let mut qemu = spawn_for_good(command)?;
        let (Some(input), Some(output)) = (qemu.stdin.take(), qemu.stdout.take()) else {
            return failed("qemu was started without its channel");
        };
        let console = scratch.join(devices::CONSOLE);
        let mut vm = Self { qemu, input, channel: Channel::new(output), console };
        match vm.channel.line(Instant::now() + limit)?.as_deref() {
            Some("ready") => Ok(vm),
            other => {
                let qemu = std::fs::read_to_string(scratch.join("qemu.log")).unwrap_or_default();
                failed(format!("the bench VM did not boot: {other:?}\n{qemu}{}", vm.console()))
            }
        }
    }

    /// Runs a line for the guest's shell, as root, to its end. When `limit` is over the machine is
    /// of no use any more: whoever gets an error drops it.
    pub fn run(&mut self, line: &str, limit: Duration) -> Outcome<Ended> {
        assert!(!line.contains('\n'), "the channel takes one line");
        let deadline = Instant::now() + limit;
        self.input.write_all(format!("{line}\n").as_bytes())?;
        let Some(answer) = self.channel.line(deadline)? else {
            return failed(format!(
                "{line}: no answer from the bench VM within {} s\n{}",
                limit.as_secs(),
                self.console()
            ));
        };
        let numbers: Option<Vec<usize>> = answer
            .strip_prefix("done ")
            .and_then(|rest| rest.split(' ').map(|number| number.parse().ok()).collect());
        let Some([status, out, err]) = numbers.as_deref() else {
            return failed(format!("{line}: the bench VM answered {answer:?}"));
        };
        let out = self.channel.bytes(*out, deadline)?;
        let err = self.channel.bytes(*err, deadline)?;
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Ok(Ended { status: *status as i32, out: text(out), err: text(err) })
    }

    /// What the guest's kernel has said.
    pub fn console(&self) -> String {
        let bytes = std::fs::read(&self.console).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

/// Starts a program whose parent does not end before this process: the kernel takes the thread for
/// the parent, and trials run on threads that come and go.
fn spawn_for_good(mut command: Command) -> io::Result<Child> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        // The receiver waits for just this.
        let _ = sender.send(command.spawn());
        loop {
            thread::park();
        }
    });
    receiver.recv().map_err(io::Error::other)?
}

fn machine(command: &mut Command, accelerator: Accelerator) {
    command.args(["-nodefaults", "-no-user-config", "-no-reboot", "-display", "none"]);
    // A second virtual processor makes latency many times worse on a busy host.
    command.args(["-machine", "pc", "-m", "512", "-smp", "1"]);
    command.args(match accelerator {
        Accelerator::Kvm => ["-accel", "kvm", "-cpu", "host"],
        Accelerator::Emulation => ["-accel", "tcg", "-cpu", "max"],
    });
    command.args(["-chardev", "stdio,id=channel,signal=off", "-device", "virtio-serial-pci"]);
    command.args(["-device", "virtserialport,chardev=channel,nr=1"]);
}

fn share(command: &mut Command, tag: &str, folder: &Path, more: &str) {
    let folder = folder.display();
    let options = format!("security_model=none,multidevs=remap{more}");
    command.args(["-fsdev", &format!("local,id={tag},path={folder},{options}")]);
    command.args(["-device", &format!("virtio-9p-pci,fsdev={tag},mount_tag={tag}")]);
}

/// The project, and what was built of it if that lies elsewhere.
fn project_folders() -> Vec<PathBuf> {
    let project = cc::project("");
    let built = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let elsewhere = !built.starts_with(&project);
    [project].into_iter().chain(elsewhere.then_some(built)).collect()
}
