#![forbid(unsafe_code)]
//! Plugging devices into the guest's virtual host controller (`vhci_hcd`): it takes one end of a
//! socket as the cable.

use std::fs;
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::path::PathBuf;
use std::time::Duration;
use std::time::Instant;

const CONTROLLER: &str = "/sys/devices/platform/vhci_hcd.0";

/// Any number will do that no other device of the controller has in its high half.
const DEVICE: u32 = 0x0001_0002;

/// `USB_SPEED_FULL`.
const FULL_SPEED: u32 = 2;

/// A port that nothing is plugged into, in the controller's table.
const FREE: &str = "004";

/// How long the kernel may take to notice that something was plugged in or out.
const LIMIT: Duration = Duration::from_secs(30);

/// Gives the device its cable. The number tells the port.
pub fn plug() -> io::Result<(UnixStream, u32)> {
    let (device, host) = UnixStream::pair()?;
    let port = wait(free_port)?;
    let line = format!("{port} {} {DEVICE} {FULL_SPEED}", host.as_raw_fd());
    fs::write(Path::new(CONTROLLER).join("attach"), line)?;
    // The kernel holds its end by itself from here on.
    Ok((device, port))
}

/// Pulls the cable, and waits until the port is free again.
pub fn unplug(device: &UnixStream, port: u32) -> io::Result<()> {
    device.shutdown(std::net::Shutdown::Both)?;
    wait(|| Ok(is_free(port)?.then_some(())))
}

/// The serial port's device file that the kernel has made for the adapter with this serial number.
pub fn tty(serial: &str) -> io::Result<PathBuf> {
    wait(|| find_tty(serial))
}

fn find_tty(serial: &str) -> io::Result<Option<PathBuf>> {
    for entry in fs::read_dir("/sys/class/tty")? {
        let entry = entry?.path();
        // Ports may come and go while this looks at them.
        let Ok(device) = entry.canonicalize() else { continue };
        let adapter = device.ancestors().find(|folder| folder.join("idVendor").exists());
        let Some(adapter) = adapter else { continue };
        let number = fs::read_to_string(adapter.join("serial")).unwrap_or_default();
        let path = Path::new("/dev").join(entry.file_name().unwrap_or_default());
        if number.trim() == serial && path.exists() {
            return Ok(Some(path));
        }
    }
    Ok(None)
}

/// Ports as the controller lists them: `hs PORT STATE ...`, full speed among the high speed ones.
fn ports() -> io::Result<Vec<(u32, bool)>> {
    let table = fs::read_to_string(Path::new(CONTROLLER).join("status"))?;
    let row = |line: &str| {
        let mut words = line.split_whitespace();
        let (hub, port, state) = (words.next()?, words.next()?, words.next()?);
        (hub == "hs").then_some((port.parse().ok()?, state == FREE))
    };
    Ok(table.lines().filter_map(row).collect())
}

fn free_port() -> io::Result<Option<u32>> {
    Ok(ports()?.into_iter().find_map(|(port, free)| free.then_some(port)))
}

fn is_free(port: u32) -> io::Result<bool> {
    Ok(ports()?.contains(&(port, true)))
}

/// Asks until there is an answer.
fn wait<T>(ask: impl Fn() -> io::Result<Option<T>>) -> io::Result<T> {
    let deadline = Instant::now() + LIMIT;
    loop {
        if let Some(answer) = ask()? {
            return Ok(answer);
        }
        if Instant::now() > deadline {
            return Err(io::Error::new(io::ErrorKind::TimedOut, "the kernel did not follow"));
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}
