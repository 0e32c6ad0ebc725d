#![forbid(unsafe_code)]
//! Who may use a USB device: rules for udev, which gives a device's file its owner when it is
//! plugged in. Without one only root may.

use crate::os::usb::Device;
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

/// Says in the trace what is missing where a permission is.
pub fn hint(error: &Error, device: &Device, is_instrument: bool) {
    if error.code == VI_ERROR_NPERMISSION {
        let (node, remedy) = (device.node(), remedy(device, is_instrument));
        trace::note(format_args!(
            "[hint: your user may not write to {}; {remedy}]",
            node.display()
        ));
    }
}

/// What helps where a permission is missing.
pub fn remedy(device: &Device, is_instrument: bool) -> String {
    if is_instrument {
        return "`sudo visa install --udev` writes the udev rule for USB instruments".to_owned();
    }
    let rule = rule_for(device.vendor, device.product);
    format!("put into a file in {FOLDER}: {rule}")
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
}
