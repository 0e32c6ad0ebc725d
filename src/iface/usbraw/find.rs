#![forbid(unsafe_code)]
//! Which interfaces are listed, which one a name means, and which are left alone.

use crate::attr::Value;
use crate::consts::{
    VI_ATTR_MANF_NAME, VI_ATTR_MODEL_NAME, VI_ATTR_USB_CLASS, VI_ATTR_USB_PROTOCOL,
    VI_ATTR_USB_SUBCLASS, ViAttr,
};
use crate::iface::source::Found;
use crate::iface::usb::{description, find, interface, serial_of};
use crate::os::usb;
use crate::os::usb::Device;
use crate::os::usb::descriptors::Alternate;
use crate::rsrc::Address;
use crate::rsrc::ResourceName;
use crate::status::{
    Result, VI_ERROR_INV_RSRC_NAME, VI_ERROR_RSRC_BUSY, VI_ERROR_RSRC_NFOUND, fail,
};
use crate::trace;

/// bInterfaceClass: the vendor's own.
const VENDOR: u8 = 0xFF;

/// The kernel's driver that only instruments have. It gives way, and gets them back.
const USBTMC: &str = "usbtmc";

/// The interfaces that can hardly be anything but a device for USB RAW.
pub fn listed() -> Vec<Found> {
    listed_of(&usb::devices(), |device, interface| usb::driver_of(device, interface).is_some())
}

fn listed_of(all: &[Device], has_driver: impl Fn(&Device, u8) -> bool) -> Vec<Found> {
    let mut found = Vec::new();
    for device in all {
        let first = |setting: &&Alternate| setting.number == 0 && setting.class == VENDOR;
        for setting in device.settings.iter().filter(first) {
            if has_driver(device, setting.interface) {
                continue;
            }
            let address = Address::UsbRaw {
                board: 0,
                manufacturer: device.vendor,
                model: device.product,
                serial: serial_of(device, all),
                interface: setting.interface,
            };
            found.extend(ResourceName::of(&address).map(|name| Found {
                attributes: attributes(device, setting),
                description: description(device),
                ..name.into()
            }));
        }
    }
    found
}

/// What the session would say.
fn attributes(device: &Device, setting: &Alternate) -> Vec<(ViAttr, Value)> {
    let names = [(VI_ATTR_MANF_NAME, &device.manufacturer), (VI_ATTR_MODEL_NAME, &device.model)];
    let names = names.into_iter().filter_map(|(id, name)| Some((id, Value::Text(name.clone()?))));
    let numbers = [
        (VI_ATTR_USB_CLASS, setting.class),
        (VI_ATTR_USB_SUBCLASS, setting.subclass),
        (VI_ATTR_USB_PROTOCOL, setting.protocol),
    ];
    names.chain(numbers.map(|(id, number)| (id, Value::Number(number.into())))).collect()
}

/// The device and the number of the interface that a name means.
///
/// # Errors
/// VI_ERROR_RSRC_NFOUND when it is not plugged in.
pub fn named(address: &Address) -> Result<(Device, u8)> {
    let Address::UsbRaw { board, manufacturer, model, serial, interface: number } = address else {
        return fail(VI_ERROR_INV_RSRC_NAME, "not a USB RAW name");
    };
    if *board != 0 {
        return fail(VI_ERROR_RSRC_NFOUND, "all USB devices are on board 0");
    }
    let all = usb::devices();
    let device = find(&all, *manufacturer, *model, serial)?;
    let number = interface(device, *number, |_| true)?.interface;
    Ok((device.clone(), number))
}

/// Whether a driver of the kernel's gives an interface to whoever opens it.
pub fn gives_way(driver: &str) -> bool {
    driver == USBTMC
}

/// Whether the interface is free: none of the kernel's drivers has it, or the one that only
/// instruments have. To take any other's would silently stop a keyboard, unmount a disk or cut a
/// network; who wants that unbinds the driver, and knows it.
///
/// # Errors
/// VI_ERROR_RSRC_BUSY.
pub fn claimable(device: &Device, interface: u8) -> Result {
    match usb::driver_of(device, interface) {
        Some(driver) if !gives_way(&driver) => {
            trace::note(format_args!(
                "[hint: the kernel's driver {driver} has this interface; root can take it away: \
                 /sys/bus/usb/drivers/{driver}/unbind]"
            ));
            fail(VI_ERROR_RSRC_BUSY, "a driver of the kernel's has this interface")
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(place: &str, settings: &[(u8, u8, u8)]) -> Device {
        let setting = |&(interface, number, class)| Alternate {
            interface,
            number,
            class,
            ..Alternate::default()
        };
        Device {
            place: place.into(),
            vendor: 0x1209,
            product: 0x20,
            settings: settings.iter().map(setting).collect(),
            ..Device::default()
        }
    }

    #[test]
    fn only_interfaces_of_the_vendors_class_without_a_driver_are_listed() {
        let all = [
            // A keyboard, a camera, an instrument, a disk.
            device("1-1", &[(0, 0, 0x03), (1, 0, 0x0E), (2, 0, 0xFE), (3, 0, 0x08)]),
            // A serial adapter, and a device with another setting.
            device("1-2", &[(0, 0, 0xFF), (1, 0, 0xFF), (1, 1, 0xFF)]),
            device("1-3", &[(0, 1, 0xFF)]),
        ];
        let has_driver =
            |device: &Device, interface| (device.place.as_str(), interface) == ("1-2", 0);
        let found = listed_of(&all, has_driver);
        let names: Vec<_> = found.iter().map(|one| one.name.canonical()).collect();
        assert_eq!(names, ["USB0::0x1209::0x0020::@1-2::1::RAW"]);
    }

    #[test]
    fn what_is_known_without_opening_is_told() {
        let said = Device { model: Some("Box".into()), ..device("1-2", &[(1, 0, 0xFF)]) };
        let found = listed_of(&[said], |_, _| false);
        let number = |id, number| (id, Value::Number(number));
        assert_eq!(
            found[0].attributes,
            [
                (VI_ATTR_MODEL_NAME, "Box".into()),
                number(VI_ATTR_USB_CLASS, 0xFF),
                number(VI_ATTR_USB_SUBCLASS, 0),
                number(VI_ATTR_USB_PROTOCOL, 0),
            ],
            "of the maker it says nothing, as the session would"
        );
        assert_eq!(found[0].description, "Box");
    }

    #[test]
    fn what_is_not_plugged_in_is_not_found() {
        let code =
            |name: &str| named(&ResourceName::parse(name).unwrap().address).unwrap_err().code;
        assert_eq!(code("USB::0x1209::0x20::NONE::RAW"), VI_ERROR_RSRC_NFOUND);
        assert_eq!(code("USB7::0x1209::0x20::NONE::RAW"), VI_ERROR_RSRC_NFOUND);
        assert_eq!(code("USB::0x1209::0x20::NONE"), VI_ERROR_INV_RSRC_NAME);
    }
}
