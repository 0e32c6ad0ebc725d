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

use crate::lab::usbip::function::Speed;

const CONTROLLER: &str = "/sys/devices/platform/vhci_hcd.0";

/// Any number will do that no other device of the controller has in its high half.
const DEVICE: u32 = 0x0001_0002;

/// Where the kernel lists what is plugged in.
const DEVICES: &str = "/sys/bus/usb/devices";

/// A port that nothing is plugged into, in the controller's table.
const FREE: &str = "004";

/// A port whose device has its address.
const USED: &str = "006";

/// How long the kernel may take to notice that something was plugged in or out.
const LIMIT: Duration = Duration::from_secs(30);

/// Gives the device its cable. The number tells the port.
pub fn plug(speed: Speed) -> io::Result<(UnixStream, u32)> {
    // `enum usb_device_speed`.
    let speed = match speed {
        Speed::Full => 2,
        Speed::High => 3,
    };
    let (device, host) = UnixStream::pair()?;
    let port = wait(free_port)?;
    let line = format!("{port} {} {DEVICE} {speed}", host.as_raw_fd());
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

/// A port's line in the controller's table.
struct Row {
    port: u32,
    free: bool,
    /// The kernel's name for what is plugged in, once it knows it.
    device: Option<String>,
}

/// Ports as the controller lists them: `hs PORT STATE SPEED DEVICE SOCKET NAME`, full speed among
/// the high speed ones.
fn ports() -> io::Result<Vec<Row>> {
    let table = fs::read_to_string(Path::new(CONTROLLER).join("status"))?;
    let row = |line: &str| {
        let words: Vec<_> = line.split_whitespace().collect();
        let [hub, port, state, _, _, _, name] = words[..] else { return None };
        let device = (state == USED).then(|| name.to_owned());
        (hub == "hs").then_some(Row { port: port.parse().ok()?, free: state == FREE, device })
    };
    Ok(table.lines().filter_map(row).collect())
}

fn free_port() -> io::Result<Option<u32>> {
    Ok(ports()?.into_iter().find(|row| row.free).map(|row| row.port))
}

fn is_free(port: u32) -> io::Result<bool> {
    Ok(ports()?.iter().any(|row| row.port == port && row.free))
}

/// Waits until the kernel has given the device on this port its configuration, and drivers.
pub fn ready(port: u32) -> io::Result<()> {
    wait(|| {
        let Ok(name) = name(port) else { return Ok(None) };
        let chosen = Path::new(DEVICES).join(name).join("bConfigurationValue");
        let chosen = fs::read_to_string(chosen).unwrap_or_default();
        Ok((chosen.trim() == "1").then_some(()))
    })
}

/// The kernel's name for what is plugged into this port.
pub fn name(port: u32) -> io::Result<String> {
    let row = ports()?.into_iter().find(|row| row.port == port);
    row.and_then(|row| row.device).ok_or(io::Error::other("the kernel knows no such device"))
}

/// The folder of an interface of what is plugged into this port.
fn interface(port: u32, number: u8) -> io::Result<PathBuf> {
    Ok(Path::new(DEVICES).join(format!("{}:1.{number}", name(port)?)))
}

/// The driver that the kernel has given the interface, or `none`.
pub fn driver(port: u32, number: u8) -> io::Result<String> {
    let driver = interface(port, number)?.join("driver").canonicalize();
    let name = driver.ok().and_then(|path| Some(path.file_name()?.to_string_lossy().into_owned()));
    Ok(name.unwrap_or_else(|| "none".to_owned()))
}

/// The file of the kernel's USBTMC driver for the interface, or `none`.
pub fn usbtmc(port: u32, number: u8) -> io::Result<String> {
    let Ok(mut files) = fs::read_dir(interface(port, number)?.join("usbmisc")) else {
        return Ok("none".to_owned());
    };
    let file = files.next().transpose()?;
    let name = file.map(|file| Path::new("/dev").join(file.file_name()).display().to_string());
    Ok(name.unwrap_or_else(|| "none".to_owned()))
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
