#![forbid(unsafe_code)]
//! Interfaces of USB devices: not permitted, claimed by another program, a driver's of the kernel.

use std::path::PathBuf;

use crate::iface::obstacle::{Kind, Obstacle};
use crate::iface::udev;
use crate::iface::usb::find;
use crate::iface::usbraw;
use crate::os::holders;
use crate::os::holders::Holder;
use crate::os::permission::may_open;
use crate::os::usb;
use crate::os::usb::Device;
use crate::rsrc::Address;
use crate::rsrc::ResourceName;

/// What is to be known of an interface.
struct Facts {
    is_instrument: bool,
    /// Whether this user may open the device.
    is_permitted: bool,
    /// The node of the kernel's driver for instruments that has it, and whether he may open that.
    node: Option<(PathBuf, bool)>,
    /// Who has locked that node.
    lockers: Vec<Holder>,
    /// A program has claimed it.
    is_claimed: bool,
    /// The driver of the kernel's that does not give way.
    driver: Option<String>,
}

impl Facts {
    fn of(device: &Device, interface: u8, is_instrument: bool) -> Self {
        let node = usb::instrument_node(device, interface).filter(|_| is_instrument);
        let driver = usb::driver_of(device, interface).filter(|_| !is_instrument);
        let mut lockers = node.as_deref().map(holders::of).unwrap_or_default();
        lockers.retain(|holder| holder.has_lock);
        Self {
            is_instrument,
            is_permitted: may_open(&device.node()),
            node: node.map(|node| {
                let may = may_open(&node);
                (node, may)
            }),
            lockers,
            is_claimed: usb::is_claimed(device, interface),
            driver: driver.filter(|driver| !usbraw::gives_way(driver)),
        }
    }
}

/// What stands in the way of a USB INSTR or RAW resource.
pub fn of(name: &ResourceName) -> Option<Obstacle> {
    let (is_instrument, vendor, product, serial, interface) = match &name.address {
        Address::Usb { manufacturer, model, serial, interface, .. } => {
            (true, *manufacturer, *model, serial, *interface)
        }
        Address::UsbRaw { manufacturer, model, serial, interface, .. } => {
            (false, *manufacturer, *model, serial, *interface)
        }
        _ => return None,
    };
    let all = usb::devices();
    match find(&all, vendor, product, serial) {
        Ok(device) => judge(device, &Facts::of(device, interface, is_instrument)),
        Err(_) => Some(Obstacle::new(Kind::Missing, "it is not plugged in", "")),
    }
}

fn judge(device: &Device, facts: &Facts) -> Option<Obstacle> {
    // Before the permission, which would not help.
    if let Some(driver) = &facts.driver {
        return Some(Obstacle::new(
            Kind::Driver,
            format!("the kernel's driver {driver} has this interface"),
            format!("root can take it away: /sys/bus/usb/drivers/{driver}/unbind"),
        ));
    }
    let by_driver = facts.node.as_ref().is_some_and(|(_, may)| *may);
    if !facts.is_permitted && !by_driver {
        let path = match &facts.node {
            // A group may have one and not the other.
            Some((node, _)) => format!("{} and {}", device.node().display(), node.display()),
            None => device.node().display().to_string(),
        };
        let why = format!("your user may not use {path}");
        return Some(Obstacle::new(
            Kind::Permission,
            why,
            udev::remedy(device, facts.is_instrument),
        ));
    }
    if facts.is_claimed {
        return Some(Obstacle::busy(&holders::of(&device.node())));
    }
    // Through the driver's node its lock keeps others off; whoever may open the device takes it from
    // the driver.
    let is_only_way = !facts.is_permitted && !facts.lockers.is_empty();
    is_only_way.then(|| Obstacle::busy(&facts.lockers))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> Facts {
        Facts {
            is_instrument: true,
            is_permitted: true,
            node: None,
            lockers: Vec::new(),
            is_claimed: false,
            driver: None,
        }
    }

    fn device() -> Device {
        Device { vendor: 0x1209, product: 0x10, bus: 9999, address: 1, ..Device::default() }
    }

    fn judged(facts: Facts) -> Option<(Kind, String)> {
        judge(&device(), &facts).map(|found| (found.kind, found.help))
    }

    #[test]
    fn an_instrument_needs_one_of_its_two_ways_in() {
        let node = |may| Some((PathBuf::from("/dev/usbtmc3"), may));
        assert_eq!(judged(facts()), None);
        assert_eq!(judged(Facts { node: node(false), ..facts() }), None);
        assert_eq!(judged(Facts { is_permitted: false, node: node(true), ..facts() }), None);
        for node in [None, node(false)] {
            let (kind, help) = judged(Facts { is_permitted: false, node, ..facts() }).unwrap();
            assert_eq!(kind, Kind::Permission);
            assert!(help.contains("visa install --udev"), "{help}");
        }
    }

    #[test]
    fn other_devices_need_a_rule_of_their_own() {
        let raw = Facts { is_instrument: false, is_permitted: false, ..facts() };
        let (kind, help) = judged(raw).unwrap();
        assert_eq!(kind, Kind::Permission);
        assert!(help.contains("ATTR{idVendor}==\"1209\", ATTR{idProduct}==\"0010\""), "{help}");
    }

    #[test]
    fn a_driver_that_does_not_give_way_and_a_program_that_has_it_are_told() {
        let driver = Some("usbhid".to_owned());
        let raw = Facts { is_instrument: false, is_permitted: false, driver, ..facts() };
        let (kind, help) = judged(raw).unwrap();
        assert_eq!(kind, Kind::Driver);
        assert!(help.contains("usbhid/unbind"), "{help}");
        let claimed = judged(Facts { is_claimed: true, ..facts() }).unwrap();
        assert_eq!(claimed.0, Kind::Busy);
        // A lock on the driver's node is in the way of whoever needs the driver.
        let locked = |is_permitted| Facts {
            is_permitted,
            node: Some((PathBuf::from("/dev/usbtmc3"), true)),
            lockers: vec![Holder { pid: 7, program: "python3".into(), has_lock: true }],
            ..facts()
        };
        assert_eq!(judged(locked(false)).unwrap().0, Kind::Busy);
        assert_eq!(judged(locked(true)), None);
    }
}
