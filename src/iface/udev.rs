#![forbid(unsafe_code)]
//! Who may use a USB device: rules for udev, which gives a device's file its owner when it is
//! plugged in. Without one only root may.

use crate::iface::usb::find;
use crate::os::permission::may_open;
use crate::os::usb;
use crate::os::usb::Device;
use crate::rsrc::Address;
use crate::rsrc::ResourceName;
use crate::status::{Error, VI_ERROR_NPERMISSION};
use crate::trace;

/// A file for /etc/udev/rules.d by which instruments may be used by whoever sits at the machine.
/// Its name must come before `73-seat-late.rules`, which acts on the tag.
pub const RULES: &str = include_str!("ferrovisa.rules");

/// The name of that file, and where it goes.
pub const FILE: &str = "70-ferrovisa.rules";
/// The folder for rules of this machine's own (udev(7)).
pub const FOLDER: &str = "/etc/udev/rules.d";

/// The rule for one model, as devices for USB RAW need it.
pub fn rule_for(vendor: u16, product: u16) -> String {
    format!(
        "SUBSYSTEM==\"usb\", ATTR{{idVendor}}==\"{vendor:04x}\", \
         ATTR{{idProduct}}==\"{product:04x}\", MODE=\"0660\", GROUP=\"plugdev\", TAG+=\"uaccess\""
    )
}

/// Why this user may not use a USB resource that is plugged in, and what helps. `None` when he may,
/// or it is not plugged in.
pub fn denied(name: &ResourceName) -> Option<String> {
    let (is_instrument, vendor, product, serial, number) = match &name.address {
        Address::Usb { manufacturer, model, serial, interface, .. } => {
            (true, *manufacturer, *model, serial, *interface)
        }
        Address::UsbRaw { manufacturer, model, serial, interface, .. } => {
            (false, *manufacturer, *model, serial, *interface)
        }
        _ => return None,
    };
    let all = usb::devices();
    let device = find(&all, vendor, product, serial).ok()?;
    let by_driver = usb::instrument_node(device, number).filter(|_| is_instrument);
    let may = may_open(&device.node()) || by_driver.is_some_and(|node| may_open(&node));
    (!may).then(|| advice(device, is_instrument))
}

/// Says in the trace what is missing where a permission is.
pub fn hint(error: &Error, device: &Device, is_instrument: bool) {
    if error.code == VI_ERROR_NPERMISSION {
        trace::note(format_args!("[hint: {}]", advice(device, is_instrument)));
    }
}

fn advice(device: &Device, is_instrument: bool) -> String {
    let node = device.node();
    let node = node.display();
    if is_instrument {
        return format!(
            "your user may not write to {node}; `sudo visa install --udev` writes the udev rule \
             for USB instruments"
        );
    }
    let rule = rule_for(device.vendor, device.product);
    format!("your user may not write to {node}; put into a file in {FOLDER}: {rule}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rule_of_a_model_is_the_one_that_the_file_explains() {
        let rule = rule_for(0x1234, 0xABCD);
        assert!(RULES.contains(&format!("\n# {rule}\n")), "{rule}");
        assert!(FILE < "73-seat-late.rules");
    }

    #[test]
    fn what_is_not_plugged_in_is_not_denied() {
        for name in ["USB::0x1209::0xFFFF::NONE", "USB::0x1209::0xFFFF::NONE::RAW", "ASRL1"] {
            assert_eq!(denied(&ResourceName::parse(name).unwrap()), None);
        }
    }
}
