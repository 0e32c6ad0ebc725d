#![forbid(unsafe_code)]
//! Which USB devices there are, as the kernel tells in /sys/bus/usb/devices.
//!
//! It read their descriptors and strings when they were plugged in, and shows them to everybody: no
//! device is opened, so none is disturbed and no permission is needed.

use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::os::Wait;
use crate::os::aside;
use crate::os::usb::descriptors;
use crate::os::usb::descriptors::Alternate;
use crate::status::Result;

/// Where the kernel lists devices.
pub(super) const DEVICES: &str = "/sys/bus/usb/devices";

/// A device that is plugged in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Device {
    /// The socket it is plugged into, as the kernel names it: bus, then the ports of the hubs
    /// on the way, "1-2.3".
    pub place: String,
    /// Number of the bus.
    pub bus: u16,
    /// Number on the bus; another one each time it is plugged in.
    pub address: u16,
    /// idVendor
    pub vendor: u16,
    /// idProduct
    pub product: u16,
    /// The serial number, if it has one.
    pub serial: Option<String>,
    /// What it says of its maker.
    pub manufacturer: Option<String>,
    /// What it says of its model.
    pub model: Option<String>,
    /// The alternate settings of all interfaces of the configuration it is in.
    pub settings: Vec<Alternate>,
}

impl Device {
    /// The alternate settings of one interface.
    pub fn settings_of(&self, interface: u8) -> impl Iterator<Item = &Alternate> {
        self.settings.iter().filter(move |setting| setting.interface == interface)
    }

    /// The node by which it is opened.
    pub fn node(&self) -> PathBuf {
        PathBuf::from(format!("/dev/bus/usb/{:03}/{:03}", self.bus, self.address))
    }
}

/// The devices that are plugged in, in the order of their places. None where the system has no
/// USB. The system may hold this up while one of them is just being reset.
pub fn devices() -> Vec<Device> {
    devices_in(Path::new(DEVICES))
}

/// The same, for those with little time.
///
/// # Errors
/// VI_ERROR_TMO, VI_ERROR_ABORT, VI_ERROR_ALLOC.
pub fn devices_by(wait: &Wait) -> Result<Vec<Device>> {
    aside::run("visa-usb-find", wait, devices)
}

/// The device that something hangs on, as a serial adapter's port does: `folder` is where the kernel
/// shows that, somewhere below the device.
pub fn device_behind(folder: &Path) -> Option<Device> {
    let folder = folder.canonicalize().ok()?;
    let folder = folder.ancestors().find(|folder| folder.join("idVendor").exists())?;
    device(folder, folder.file_name()?.to_str()?)
}

fn devices_in(folder: &Path) -> Vec<Device> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let places = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    // "1-2:1.0" is an interface and "usb1" a bus's root.
    let mut places: Vec<_> =
        places.filter(|name| name.contains('-') && !name.contains(':')).collect();
    places.sort_by_key(|place| order(place));
    places.iter().filter_map(|place| device(&folder.join(place), place)).collect()
}

/// Places compare as numbers: port 2 stands before port 10.
fn order(place: &str) -> Vec<u32> {
    place.split(['-', '.']).map(|number| number.parse().unwrap_or(u32::MAX)).collect()
}

/// `None` also when it is unplugged just now.
fn device(folder: &Path, place: &str) -> Option<Device> {
    let said = descriptors::parse(&fs::read(folder.join("descriptors")).ok()?)?;
    // A device in no configuration has nothing that could be opened.
    let configuration: u8 = number(folder, "bConfigurationValue")?;
    let settings = said.settings.into_iter();
    Some(Device {
        place: place.to_owned(),
        bus: number(folder, "busnum")?,
        address: number(folder, "devnum")?,
        vendor: said.vendor,
        product: said.product,
        serial: text(folder, "serial").filter(|_| said.has_serial),
        manufacturer: text(folder, "manufacturer"),
        model: text(folder, "product"),
        settings: settings
            .filter(|(of, _)| *of == configuration)
            .map(|(_, setting)| setting)
            .collect(),
    })
}

fn number<T: FromStr>(folder: &Path, name: &str) -> Option<T> {
    text(folder, name)?.parse().ok()
}

/// What a file of one line says; `None` also for nothing. The kernel adds the line feed; what else
/// is around it is the device's.
fn text(folder: &Path, name: &str) -> Option<String> {
    let bytes = fs::read(folder.join(name)).ok()?;
    let line = String::from_utf8_lossy(bytes.strip_suffix(b"\n").unwrap_or(&bytes)).into_owned();
    (!line.is_empty()).then_some(line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::os::usb::descriptors::Kind;

    /// A folder of this test's, gone when dropped.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("usb-{name}-{}", std::process::id()));
            let _ = fs::remove_dir_all(&path);
            fs::create_dir_all(&path).unwrap();
            Self(path)
        }

        fn device(&self, place: &str, files: &[(&str, &[u8])]) {
            fs::create_dir(self.0.join(place)).unwrap();
            for (name, content) in files {
                fs::write(self.0.join(place).join(name), content).unwrap();
            }
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    const DESCRIPTORS: &[u8] = &[
        18, 1, 0, 2, 0, 0, 0, 64, 0x57, 0x09, 0x01, 0x18, 0, 1, 1, 2, 3, 2, // device
        9, 2, 25, 0, 1, 1, 0, 0x80, 50, 9, 4, 0, 0, 1, 0xFE, 3, 1, 0, // configuration 1
        7, 5, 0x81, 2, 0, 2, 0, //
        9, 2, 18, 0, 1, 2, 0, 0x80, 50, 9, 4, 9, 0, 0, 0xFF, 0, 0, 0, // configuration 2
    ];

    #[test]
    fn devices_are_listed_as_the_kernel_shows_them() {
        let folder = Folder::new("list");
        let common: &[(&str, &[u8])] =
            &[("descriptors", DESCRIPTORS), ("busnum", b"3\n"), ("bConfigurationValue", b"1\n")];
        let with = |more: &[(&'static str, &'static [u8])]| [common, more].concat();
        folder.device("3-10", &with(&[("devnum", b"12\n")]));
        folder.device(
            "3-2.4",
            &with(&[
                ("devnum", b"7\n"),
                ("serial", b"MY 01 \n"),
                ("manufacturer", b"Maker\n"),
                ("product", b"\xFFModel\n"),
            ]),
        );
        folder.device("3-3:1.0", &with(&[("devnum", b"8\n")]));
        folder.device("usb3", &with(&[("devnum", b"1\n")]));
        // Unplugged while it is looked at, and one in no configuration.
        folder.device("3-4", &[("busnum", b"3\n")]);
        folder
            .device("3-5", &[("descriptors", DESCRIPTORS), ("busnum", b"3\n"), ("devnum", b"9\n")]);
        let found = devices_in(&folder.0);
        let places: Vec<_> = found.iter().map(|device| device.place.as_str()).collect();
        assert_eq!(places, ["3-2.4", "3-10"], "in order, and no others");
        let device = &found[0];
        assert_eq!((device.vendor, device.product), (0x0957, 0x1801));
        assert_eq!(device.node(), Path::new("/dev/bus/usb/003/007"));
        assert_eq!(device.serial.as_deref(), Some("MY 01 "), "as the device spells it");
        assert_eq!(device.manufacturer.as_deref(), Some("Maker"));
        assert_eq!(device.model.as_deref(), Some("\u{FFFD}Model"));
        let [setting] = &device.settings[..] else { panic!("one configuration's: {device:?}") };
        assert_eq!(setting.first(Kind::Bulk, true).unwrap().max_packet, 512);
        assert_eq!(device.settings_of(9).count(), 0);
        assert_eq!(found[1].serial, None);
    }

    #[test]
    fn an_adapter_is_the_device_above_its_port() {
        let folder = Folder::new("behind");
        folder.device(
            "3-2",
            &[
                ("descriptors", DESCRIPTORS),
                ("busnum", b"3\n"),
                ("devnum", b"7\n"),
                ("bConfigurationValue", b"1\n"),
                ("idVendor", b"0957\n"),
                ("product", b"FT232R\n"),
            ],
        );
        let port = folder.0.join("3-2/3-2:1.0/ttyUSB0");
        fs::create_dir_all(&port).unwrap();
        let found = device_behind(&port).unwrap();
        assert_eq!((&found.place[..], found.model.as_deref()), ("3-2", Some("FT232R")));
        assert_eq!(device_behind(&folder.0), None);
        assert_eq!(device_behind(&folder.0.join("nothing")), None);
    }

    #[test]
    fn a_machine_without_usb_has_no_devices() {
        assert_eq!(devices_in(Path::new("/nonexistent")), []);
    }
}
