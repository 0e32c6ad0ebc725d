//! Which of the kernel's drivers has an interface, where that is a way in: told
//! without opening anything.

use std::fs;
use std::path::{Path, PathBuf};

use crate::os::usb::list::{DEVICES, Device};

/// The driver that programs like this one are, for the kernel.
const USBFS: &str = "usbfs";

/// The class of the nodes that the driver for instruments makes, and what they are called.
const NODES: &str = "usbmisc";
const NODE: &str = "usbtmc";

/// The name of the driver that is bound to an interface of `device`, unless it is a program's.
pub fn driver_of(device: &Device, interface: u8) -> Option<String> {
    driver_in(Path::new(DEVICES), &device.place, interface)
}

/// The node `/dev/usbtmcN` of the driver for instruments, when it has the interface.
pub fn instrument_node(device: &Device, interface: u8) -> Option<PathBuf> {
    node_in(Path::new(DEVICES), &device.place, interface).map(|name| Path::new("/dev").join(name))
}

/// Whether a program has claimed an interface of `device`.
pub fn is_claimed(device: &Device, interface: u8) -> bool {
    bound_in(Path::new(DEVICES), &device.place, interface).as_deref() == Some(USBFS)
}

fn driver_in(folder: &Path, place: &str, interface: u8) -> Option<String> {
    bound_in(folder, place, interface).filter(|driver| driver != USBFS)
}

/// The name of whatever is bound to an interface.
fn bound_in(folder: &Path, place: &str, interface: u8) -> Option<String> {
    let driver = fs::read_link(interface_in(folder, place, interface)?.join("driver")).ok()?;
    Some(driver.file_name()?.to_str()?.to_owned())
}

fn node_in(folder: &Path, place: &str, interface: u8) -> Option<String> {
    let nodes = fs::read_dir(interface_in(folder, place, interface)?.join(NODES)).ok()?;
    let mut names = nodes.flatten().filter_map(|node| node.file_name().into_string().ok());
    names.find(|name| name.starts_with(NODE))
}

/// An interface's folder, "1-2:1.0": device, configuration, interface.
fn interface_in(folder: &Path, place: &str, interface: u8) -> Option<PathBuf> {
    let configuration = fs::read_to_string(folder.join(place).join("bConfigurationValue")).ok()?;
    Some(folder.join(format!("{place}:{}.{interface}", configuration.trim())))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn only_drivers_of_the_kernel_count_and_one_has_nodes() {
        let folder = std::env::temp_dir().join(format!("visa-drivers-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(folder.join("1-2")).unwrap();
        fs::write(folder.join("1-2/bConfigurationValue"), "3\n").unwrap();
        for (interface, driver) in [(0, Some("usbhid")), (1, Some("usbfs")), (2, None)] {
            let place = folder.join(format!("1-2:3.{interface}"));
            fs::create_dir(&place).unwrap();
            if let Some(driver) = driver {
                symlink(format!("../../../bus/usb/drivers/{driver}"), place.join("driver"))
                    .unwrap();
            }
        }
        fs::create_dir_all(folder.join("1-2:3.2/usbmisc/usbtmc11")).unwrap();
        fs::create_dir_all(folder.join("1-2:3.1/usbmisc/hiddev0")).unwrap();
        assert_eq!(node_in(&folder, "1-2", 2).as_deref(), Some("usbtmc11"));
        assert_eq!((node_in(&folder, "1-2", 0), node_in(&folder, "1-2", 1)), (None, None));
        let driver = |interface| driver_in(&folder, "1-2", interface);
        assert_eq!(driver(0).as_deref(), Some("usbhid"));
        assert_eq!((driver(1), driver(2), driver(9)), (None, None, None));
        assert_eq!(driver_in(&folder, "1-3", 0), None);
        let bound = |interface| bound_in(&folder, "1-2", interface);
        assert_eq!((bound(1).as_deref(), bound(2)), (Some(USBFS), None));
        fs::remove_dir_all(&folder).unwrap();
    }
}
