#![forbid(unsafe_code)]

use std::os::unix::fs::symlink;

use super::*;

/// A folder that looks like /sys, gone when dropped.
struct Sys(PathBuf);

impl Sys {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("ferrovisa-{name}-{}", std::process::id()));
        fs::create_dir_all(folder.join("class/tty")).unwrap();
        Self(folder)
    }

    fn add(&self, name: &str, device: Option<&str>, uart: Option<&str>) {
        let folder = self.0.join("class/tty").join(name);
        fs::create_dir_all(&folder).unwrap();
        if let Some(device) = device {
            let device = self.0.join("devices").join(device);
            fs::create_dir_all(&device).unwrap();
            symlink(device, folder.join("device")).unwrap();
        }
        if let Some(uart) = uart {
            fs::write(folder.join("type"), format!("{uart}\n")).unwrap();
        }
    }

    fn present(&self) -> Vec<String> {
        let ports = present(&self.0.join("class/tty"));
        ports.iter().map(|path| path.display().to_string()).collect()
    }
}

impl Drop for Sys {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn built_in_ports_come_first_then_adapters_by_where_they_are_plugged_in() {
    let sys = Sys::new("order");
    sys.add("ttyUSB1", Some("pci0/usb1/1-2/1-2:1.0/ttyUSB1"), None);
    sys.add("ttyUSB0", Some("pci0/usb1/1-10/1-10:1.0/ttyUSB0"), None);
    sys.add("ttyACM0", Some("pci0/usb1/1-1/1-1:1.0"), None);
    sys.add("ttyS10", Some("platform/serial8250"), Some("4"));
    sys.add("ttyS2", Some("platform/serial8250"), Some("4"));
    sys.add("ttyAMA0", Some("platform/uart"), Some("32"));
    sys.add("rfcomm0", Some("virtual/bluetooth"), None);
    assert_eq!(
        sys.present(),
        [
            "/dev/ttyAMA0",
            "/dev/ttyS2",
            "/dev/ttyS10",
            "/dev/ttyACM0",
            "/dev/ttyUSB1",
            "/dev/ttyUSB0",
            "/dev/rfcomm0"
        ]
    );
}

/// The kernel says which port it talks on; one that it has no word about is none.
#[test]
fn the_systems_console_is_told_apart() {
    let sys = Sys::new("console");
    for (name, says) in [("ttyS0", Some("Y\n")), ("ttyS1", Some("N\n")), ("ttyUSB0", None)] {
        sys.add(name, Some("platform/serial8250"), Some("4"));
        let file = sys.0.join("class/tty").join(name).join("console");
        says.iter().for_each(|says| fs::write(&file, says).unwrap());
    }
    let is_console = |name: &str| talks_on(&sys.0.join("class/tty"), Path::new(name));
    assert!(is_console("/dev/ttyS0"));
    assert!(!is_console("/dev/ttyS1") && !is_console("/dev/ttyUSB0") && !is_console("/"));
}

#[test]
fn what_is_no_port_or_not_there_has_no_number() {
    let sys = Sys::new("absent");
    sys.add("ttyS0", Some("platform/serial8250"), Some("0"));
    sys.add("tty7", None, None);
    sys.add("ttyGS0", Some("gadget"), None);
    sys.add("ttyS1", Some("platform/serial8250"), Some("4"));
    assert_eq!(sys.present(), ["/dev/ttyS1"]);
    assert!(present(Path::new("/no such folder")).is_empty());
}

#[test]
fn configured_numbers_stay_and_the_others_go_around_them() {
    let paths = |names: &[&str]| names.iter().map(PathBuf::from).collect::<Vec<_>>();
    let fixed = [(2, "/dev/x-b".into()), (9, "/dev/x-gone".into())];
    let ports = number(&fixed, &paths(&["/dev/x-a", "/dev/x-b", "/dev/x-c"]));
    let of = |number| ports.iter().find(|port| port.number == number).map(|port| &*port.path);
    assert_eq!(of(1), Some(Path::new("/dev/x-a")));
    assert_eq!(of(2), Some(Path::new("/dev/x-b")));
    assert_eq!(of(3), Some(Path::new("/dev/x-c")), "b has its number already");
    assert_eq!(of(9), Some(Path::new("/dev/x-gone")));
    assert_eq!(ports.len(), 4);
}

/// A name under by-id and the kernel's are one port.
#[test]
fn a_configured_link_takes_its_devices_number() {
    let sys = Sys::new("by-id");
    let (device, link) = (sys.0.join("ttyX0"), sys.0.join("by-id"));
    fs::write(&device, "").unwrap();
    symlink(&device, &link).unwrap();
    let ports = number(&[(5, link.clone())], &[device]);
    assert_eq!(ports, [Numbered { number: 5, path: link }]);
}
