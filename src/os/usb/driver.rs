#![forbid(unsafe_code)]
//! Which of the kernel's drivers has an interface, as sysfs tells.

use std::fs;
use std::path::Path;

use crate::os::usb::list::{DEVICES, Device};

/// The driver that programs like this one are, for the kernel.
const USBFS: &str = "usbfs";

/// The name of the driver that is bound to an interface of `device`, unless it is a program's.
pub fn driver_of(device: &Device, interface: u8) -> Option<String> {
    driver_in(Path::new(DEVICES), &device.place, interface)
}

fn driver_in(folder: &Path, place: &str, interface: u8) -> Option<String> {
    let device = folder.join(place);
    let configuration = fs::read_to_string(device.join("bConfigurationValue")).ok()?;
    // "1-2:1.0": device, configuration, interface.
    let name = format!("{place}:{}.{interface}", configuration.trim());
    let driver = fs::read_link(folder.join(name).join("driver")).ok()?;
    let driver = driver.file_name()?.to_str()?;
    (driver != USBFS).then(|| driver.to_owned())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn only_drivers_of_the_kernel_count() {
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
        let driver = |interface| driver_in(&folder, "1-2", interface);
        assert_eq!(driver(0).as_deref(), Some("usbhid"));
        assert_eq!((driver(1), driver(2), driver(9)), (None, None, None));
        assert_eq!(driver_in(&folder, "1-3", 0), None);
        fs::remove_dir_all(&folder).unwrap();
    }
}
