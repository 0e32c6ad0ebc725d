#![forbid(unsafe_code)]
//! Which node is which device: what sysfs says of them, which anybody may read.

use std::fs;
use std::path::{Path, PathBuf};

/// The driver's nodes of class `usbmisc`.
const CLASS: &str = "/sys/class/usbmisc";
const PREFIX: &str = "usbtmc";

/// A device that the driver has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its node, `/dev/usbtmc0`.
    pub node: PathBuf,
    /// idVendor
    pub manufacturer: u16,
    /// idProduct
    pub model: u16,
    /// The string of iSerialNumber; `None` where the device has none.
    pub serial: Option<String>,
    /// bInterfaceNumber
    pub interface: u8,
    /// bInterfaceProtocol: 0 USBTMC, 1 USB488.
    pub protocol: u8,
    /// The strings of iManufacturer and iProduct, where the device has them.
    pub names: [Option<String>; 2],
    /// The device in sysfs, `/sys/devices/.../1-1`.
    pub device: PathBuf,
}

/// The devices that the driver has now, by node.
pub fn list() -> Vec<Listed> {
    list_in(Path::new(CLASS), Path::new("/dev"))
}

fn list_in(class: &Path, dev: &Path) -> Vec<Listed> {
    let entries = fs::read_dir(class).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let mut listed: Vec<_> = names
        .filter(|name| name.starts_with(PREFIX))
        .filter_map(|name| look(&class.join(&name), dev.join(&name)))
        .collect();
    listed.sort_by(|one, other| one.node.cmp(&other.node));
    listed
}

/// What sysfs says of a node. None when the device goes just now.
fn look(entry: &Path, node: PathBuf) -> Option<Listed> {
    // The interface; the folder above it is the device.
    let interface = entry.join("device").canonicalize().ok()?;
    let device = interface.parent()?;
    let text = |folder: &Path, name: &str| {
        let text = fs::read_to_string(folder.join(name)).ok()?;
        Some(text.trim_end_matches('\n').to_owned())
    };
    let number = |folder, name| u16::from_str_radix(&text(folder, name)?, 16).ok();
    Some(Listed {
        node,
        manufacturer: number(device, "idVendor")?,
        model: number(device, "idProduct")?,
        serial: text(device, "serial").filter(|serial| !serial.is_empty()),
        interface: number(&interface, "bInterfaceNumber")?.try_into().ok()?,
        protocol: number(&interface, "bInterfaceProtocol")?.try_into().ok()?,
        names: [text(device, "manufacturer"), text(device, "product")],
        device: device.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    /// A folder of its own, removed when dropped.
    struct Scratch(PathBuf);

    impl Drop for Scratch {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn file(path: &Path, text: &str) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    #[test]
    fn nodes_are_told_apart_by_device_serial_number_and_interface() {
        let root = std::env::temp_dir().join(format!("visa-usbmisc-{}", std::process::id()));
        let scratch = Scratch(root);
        let (class, bus) = (scratch.0.join("class"), scratch.0.join("devices"));
        fs::create_dir_all(&class).unwrap();
        for (device, serial) in [("1-1", Some("A22-5\n")), ("1-2", None)] {
            file(&bus.join(device).join("idVendor"), "0957\n");
            file(&bus.join(device).join("idProduct"), "17a6\n");
            file(&bus.join(device).join("product"), "Scope\n");
            if let Some(serial) = serial {
                file(&bus.join(device).join("serial"), serial);
            }
        }
        let entries = [
            ("usbtmc10", "1-2/1-2:1.0", "00"),
            ("usbtmc2", "1-1/1-1:1.11", "0b"),
            ("hiddev0", "", ""),
        ];
        for (name, interface, number) in entries {
            file(&bus.join(interface).join("bInterfaceNumber"), number);
            file(&bus.join(interface).join("bInterfaceProtocol"), "01\n");
            fs::create_dir_all(class.join(name)).unwrap();
            symlink(bus.join(interface), class.join(name).join("device")).unwrap();
        }
        // A device that goes while it is looked at.
        fs::create_dir_all(class.join("usbtmc5")).unwrap();
        let listed = list_in(&class, Path::new("/dev"));
        assert_eq!(listed.len(), 2, "{listed:?}");
        let [without, with] = &listed[..] else { unreachable!() };
        assert_eq!(with.node, Path::new("/dev/usbtmc2"));
        assert_eq!((with.manufacturer, with.model), (0x0957, 0x17A6));
        assert_eq!((with.serial.as_deref(), with.interface), (Some("A22-5"), 11));
        assert_eq!(with.protocol, 1);
        assert_eq!(with.names, [None, Some("Scope".into())]);
        assert_eq!((without.serial.as_deref(), without.interface), (None, 0));
        assert_eq!(list_in(&scratch.0.join("nothing"), Path::new("/dev")), []);
    }
}
