#![forbid(unsafe_code)]
//! How USB devices are called in resource names.
//!
//! - A device is called by its serial number. One that has none, or shares it with another of its
//!   model, is called by the socket it is plugged into: `@1-2.3` is bus 1, port 2 of its root, port
//!   3 of the hub there. That name opens every device, and keeps its meaning as long as it stays
//!   plugged in there.
//! - What a name cannot carry (blanks, control characters, anything that is not ASCII, and of
//!   `::` one) is `_` in it. Case does not count, as in all names.
//! - A name without an interface says 0, for names are completed before they are opened; so where
//!   interface 0 is none of the wanted class, 0 means the lowest that is.

use std::cmp::Ordering;

use crate::os::usb::Device;
use crate::os::usb::descriptors::Alternate;
use crate::status::{Result, VI_ERROR_RSRC_NFOUND, fail};

/// The serial number that a name of `device` carries, as one of `all` devices.
pub fn serial_of(device: &Device, all: &[Device]) -> String {
    let Some(serial) = spelt(device) else { return place_of(device) };
    let is_alike = |other: &&Device| {
        (other.vendor, other.product) == (device.vendor, device.product)
            && spelt(other).is_some_and(|other| other.eq_ignore_ascii_case(&serial))
    };
    // A name begins with `@` only where it is a place.
    match all.iter().filter(is_alike).count() {
        0 | 1 if !serial.starts_with('@') => serial,
        _ => place_of(device),
    }
}

/// The device that is called so, among `all`.
///
/// # Errors
/// VI_ERROR_RSRC_NFOUND.
pub fn find<'d>(all: &'d [Device], vendor: u16, product: u16, serial: &str) -> Result<&'d Device> {
    let mut alike =
        all.iter().filter(|device| (device.vendor, device.product) == (vendor, product));
    let is_called = |device: &&Device| match serial.starts_with('@') {
        true => place_of(device).eq_ignore_ascii_case(serial),
        // Of several with one number, the one in the first socket.
        false => spelt(device).is_some_and(|own| own.eq_ignore_ascii_case(serial)),
    };
    match alike.find(is_called) {
        Some(device) => Ok(device),
        None => fail(VI_ERROR_RSRC_NFOUND, "no such USB device is plugged in"),
    }
}

/// The interface that is meant by number `interface`, as it is set at first, among those that fit.
///
/// # Errors
/// VI_ERROR_RSRC_NFOUND.
pub fn interface(
    device: &Device,
    interface: u8,
    fits: impl Fn(&Alternate) -> bool,
) -> Result<&Alternate> {
    let fitting = || device.settings.iter().filter(|setting| setting.number == 0 && fits(setting));
    let by_number = fitting().find(|setting| setting.interface == interface);
    let lowest = || fitting().min_by(order).filter(|_| interface == 0);
    match by_number.or_else(lowest) {
        Some(setting) => Ok(setting),
        None => fail(VI_ERROR_RSRC_NFOUND, "the USB device has no such interface"),
    }
}

/// What a device says of itself, for people: maker, model, serial number.
pub fn description(device: &Device) -> String {
    let said = [&device.manufacturer, &device.model, &device.serial];
    let said: Vec<_> = said.into_iter().flatten().map(|text| text.trim()).collect();
    said.join(", ")
}

fn order(one: &&Alternate, other: &&Alternate) -> Ordering {
    one.interface.cmp(&other.interface)
}

fn place_of(device: &Device) -> String {
    format!("@{}", device.place)
}

/// A serial number as a name carries it.
fn spelt(device: &Device) -> Option<String> {
    let serial = device.serial.as_deref()?;
    let graphic = |c: char| if c.is_ascii_graphic() { c } else { '_' };
    let one_by_one: String = serial.chars().map(graphic).collect();
    let spelt = one_by_one.replace("::", ":_");
    // Colons at its ends would run into those of the name.
    let spelt = match spelt.strip_prefix(':') {
        Some(rest) => format!("_{rest}"),
        None => spelt,
    };
    Some(match spelt.strip_suffix(':') {
        Some(rest) => format!("{rest}_"),
        None => spelt,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rsrc::{Address, ResourceName};

    fn device(place: &str, serial: Option<&str>) -> Device {
        Device {
            place: place.into(),
            vendor: 0x1234,
            product: 0x5678,
            serial: serial.map(str::to_owned),
            ..Device::default()
        }
    }

    #[test]
    fn a_device_is_called_by_its_serial_number_or_its_place() {
        let other_model = Device { product: 1, ..device("1-9", Some("A1")) };
        let all = [
            device("1-1", Some("A1")),
            device("1-2", None),
            device("1-3", Some("B2")),
            device("1-4.2", Some("b2")),
            device("1-5", Some("@1-1")),
            other_model,
        ];
        let names: Vec<_> = all.iter().map(|one| serial_of(one, &all)).collect();
        assert_eq!(names, ["A1", "@1-2", "@1-3", "@1-4.2", "@1-5", "A1"]);
        for (device, name) in all.iter().zip(&names) {
            let found = find(&all, device.vendor, device.product, name);
            assert_eq!(found.unwrap().place, device.place, "each name leads back");
        }
        let place = |serial| find(&all, 0x1234, 0x5678, serial).map(|found| found.place.as_str());
        assert_eq!(place("a1"), Ok("1-1"), "case does not count");
        assert_eq!(place("@1-1"), Ok("1-1"), "a place opens every device");
        assert_eq!(place("B2"), Ok("1-3"), "the first of those that are alike");
        assert_eq!(place("C3").unwrap_err().code, VI_ERROR_RSRC_NFOUND);
        assert_eq!(find(&all, 1, 2, "A1").unwrap_err().code, VI_ERROR_RSRC_NFOUND);
    }

    #[test]
    fn a_description_has_what_the_device_says() {
        let said = |manufacturer: Option<&str>, model: Option<&str>, serial| {
            description(&Device {
                manufacturer: manufacturer.map(str::to_owned),
                model: model.map(str::to_owned),
                ..device("1-1", serial)
            })
        };
        assert_eq!(said(Some("Maker "), Some("M 1"), Some("S7")), "Maker, M 1, S7");
        assert_eq!(said(None, Some("M 1"), None), "M 1");
        assert_eq!(said(None, None, None), "");
    }

    #[test]
    fn what_a_name_cannot_carry_is_replaced() {
        for (serial, wanted) in
            [("A 1\t", "A_1_"), ("a::b", "a:_b"), (":x:", "_x_"), ("Größe", "Gr__e"), (":", "_")]
        {
            let all = [device("1-1", Some(serial))];
            let name = serial_of(&all[0], &all);
            assert_eq!(name, wanted);
            let address = Address::Usb {
                board: 0,
                manufacturer: 0x1234,
                model: 0x5678,
                serial: name.clone(),
                interface: 0,
            };
            let parsed = ResourceName::of(&address).expect(wanted);
            assert_eq!(parsed.address, address, "the name says the same when it is parsed");
            assert!(find(&all, 0x1234, 0x5678, &name).is_ok());
        }
    }

    #[test]
    fn interface_0_is_the_lowest_that_fits() {
        let setting = |interface, number, class| Alternate {
            interface,
            number,
            class,
            ..Alternate::default()
        };
        let mut device = device("1-1", None);
        device.settings =
            vec![setting(0, 0, 3), setting(4, 1, 0xFE), setting(4, 0, 0xFE), setting(2, 0, 0xFE)];
        let number = |wanted| {
            interface(&device, wanted, |setting| setting.class == 0xFE)
                .map(|setting| (setting.interface, setting.number))
                .ok()
        };
        assert_eq!(number(0), Some((2, 0)));
        assert_eq!(number(4), Some((4, 0)));
        assert_eq!((number(1), number(3)), (None, None));
    }
}
