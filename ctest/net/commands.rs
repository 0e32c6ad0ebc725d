#![forbid(unsafe_code)]
//! Network settings, by iproute2: of our host, and of any by the process that stands for it.

use std::io::Write;
use std::net::Ipv6Addr;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

use crate::Outcome;
use crate::Stop;
use crate::failed;
use crate::lacking;

/// A process whose namespaces are meant, or our own.
pub type Whose = Option<u32>;

/// `program` on a host.
pub fn on(whose: Whose, program: &str) -> Command {
    let Some(process) = whose else { return Command::new(program) };
    let mut command = Command::new("nsenter");
    command.args(["--target", &process.to_string(), "--net", "--mount", "--", program]);
    command
}

/// Loopback, and addresses that count at once: a host would first ask for seconds whether another
/// one has its IPv6 address. None is asked for a route either. And what comes from a strange
/// address arrives: the library must not be spared it.
const PREPARATION: &str = "ip link set lo up && cd /proc/sys/net/ipv6/conf && \
    for interface in all default; do \
        echo 0 >$interface/accept_dad && echo 0 >$interface/router_solicitations || exit; \
        echo 0 >../../ipv4/conf/$interface/rp_filter || exit; \
    done";

/// What a kernel may have been built without, and how that shows.
const NEEDED: &[(&str, &str)] = &[
    ("IPv6", "test -d /proc/sys/net/ipv6"),
    ("bridges", "ip link add name probe type bridge && ip link del probe"),
    ("nftables", "nft list ruleset"),
];

/// Does to our host what [`crate::net::host::Host::new`] does to another.
pub fn prepare() -> Outcome {
    for (what, line) in NEEDED {
        let mut probe = Command::new("sh");
        let output = probe.args(["-c", line]).output()?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return lacking(format!("the kernel has no {what}: {}", said.trim()));
        }
    }
    crate::process::tool(Command::new("sh").args(["-c", PREPARATION])).map(drop)
}

/// A shell's line that prepares a host and then tells that it is there until its input ends.
pub fn holding() -> String {
    format!("mount -t tmpfs tmpfs /run && {PREPARATION} && echo ready && exec cat")
}

/// Lines for `ip -batch`, one command each.
pub fn ip(whose: Whose, lines: &[String]) -> Outcome {
    let mut command = on(whose, "ip");
    command.args(["-batch", "-"]);
    feed(&mut command, &lines.join("\n")).map(drop)
}

/// Waits until an interface has its link, which the system notes some time after it is up.
pub fn await_link(whose: Whose, interface: &str) -> Outcome {
    let began = Instant::now();
    loop {
        let mut show = on(whose, "ip");
        show.args(["-oneline", "link", "show", "up", "dev", interface]);
        let said = crate::process::tool(&mut show)?;
        if said.contains("state UP") {
            return Ok(());
        }
        if began.elapsed() > Duration::from_secs(20) {
            return failed(format!("no link: {said}"));
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// Runs a command that reads `input`, and must succeed. What it said.
pub fn feed(command: &mut Command, input: &str) -> Outcome<String> {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input.as_bytes())?;
    }
    let output = child.wait_with_output()?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(said);
    }
    let complaint = String::from_utf8_lossy(&output.stderr);
    failed(format!("{command:?}: {}\n{input}\n{said}{complaint}", output.status))
}

/// The address that an interface of a host has from its link alone.
pub fn link_local(whose: Whose, interface: &str) -> Outcome<Ipv6Addr> {
    let mut show = on(whose, "ip");
    show.args(["-6", "-oneline", "address", "show", "scope", "link", "dev", interface]);
    let said = crate::process::tool(&mut show)?;
    let mut words = said.split_whitespace().skip_while(|word| *word != "inet6").skip(1);
    let address = words.next().and_then(|word| word.split('/').next()?.parse().ok());
    address.ok_or_else(|| Stop::Failed(format!("no address in {said}")))
}
