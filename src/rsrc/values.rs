#![forbid(unsafe_code)]
//! Attributes that follow from a resource name alone, without opening anything.

use crate::attr::Value;
use crate::consts::*;
use crate::rsrc::Address;
use crate::rsrc::ResourceName;

impl ResourceName {
    /// The value of attribute `id`, when the name alone decides it. `None` for all others, also
    /// for those that depend on the name and the system: VI_ATTR_TCPIP_ADDR, a PXI slot's bus.
    pub fn attribute(&self, id: ViAttr) -> Option<Value> {
        use Address as A;
        let facts = self.address.facts();
        match (id, &self.address) {
            (VI_ATTR_RSRC_NAME, _) => text(self.canonical()),
            (VI_ATTR_RSRC_CLASS, _) => text(facts.class),
            (VI_ATTR_INTF_TYPE, _) => number(facts.interface),
            (VI_ATTR_INTF_NUM, _) => number(facts.board),
            (VI_ATTR_INTF_INST_NAME, _) => Some(Value::Text(self.interface_name())),
            (_, A::Remote { resource, .. }) => resource.attribute(id),

            (VI_ATTR_GPIB_PRIMARY_ADDR, A::Gpib { primary, .. }) => number(*primary),
            (VI_ATTR_GPIB_SECONDARY_ADDR, A::Gpib { secondary, .. }) => {
                number(secondary.map_or(VI_NO_SEC_ADDR, u16::from))
            }

            (
                VI_ATTR_VXI_LA,
                A::Vxi { logical_address, .. } | A::GpibVxi { logical_address, .. },
            ) => number(*logical_address),
            (
                VI_ATTR_MAINFRAME_LA,
                A::VxiBackplane { mainframe, .. } | A::GpibVxiBackplane { mainframe, .. },
            ) => number(*mainframe),

            (VI_ATTR_PXI_BUS_NUM, A::Pxi { bus, .. }) => number(*bus),
            (VI_ATTR_PXI_DEV_NUM, A::Pxi { device, .. }) => number(*device),
            (VI_ATTR_PXI_FUNC_NUM, A::Pxi { function, .. } | A::PxiSlot { function, .. }) => {
                number(*function)
            }
            (VI_ATTR_PXI_CHASSIS, A::PxiSlot { chassis, .. } | A::PxiBackplane { chassis, .. }) => {
                number(*chassis)
            }
            (VI_ATTR_SLOT, A::PxiSlot { slot, .. }) => number(*slot),

            (
                VI_ATTR_TCPIP_HOSTNAME,
                A::Vxi11 { host, .. } | A::Hislip { host, .. } | A::Socket { host, .. },
            ) => text(host),
            (VI_ATTR_TCPIP_PORT, A::Hislip { port, .. } | A::Socket { port, .. }) => number(*port),
            (
                VI_ATTR_TCPIP_DEVICE_NAME,
                A::Vxi11 { device, .. } | A::Hislip { device, .. } | A::TcpipServant { device, .. },
            ) => text(device),
            // Rule 5.1.29: the device name decides.
            (VI_ATTR_TCPIP_IS_HISLIP, A::Vxi11 { .. }) => Some(false.into()),
            (VI_ATTR_TCPIP_IS_HISLIP, A::Hislip { .. }) => Some(true.into()),

            (VI_ATTR_MANF_ID, A::Usb { manufacturer, .. } | A::UsbRaw { manufacturer, .. }) => {
                number(*manufacturer)
            }
            (VI_ATTR_MODEL_CODE, A::Usb { model, .. } | A::UsbRaw { model, .. }) => number(*model),
            (VI_ATTR_USB_SERIAL_NUM, A::Usb { serial, .. } | A::UsbRaw { serial, .. }) => {
                text(serial)
            }
            (VI_ATTR_USB_INTFC_NUM, A::Usb { interface, .. } | A::UsbRaw { interface, .. }) => {
                number(*interface)
            }

            (VI_ATTR_FIREWIRE_VENDOR_ID, A::Firewire { vendor, .. }) => number(*vendor),
            (VI_ATTR_FIREWIRE_LOWER_CHIP_ID, A::Firewire { chip, .. }) => number(*chip as u32),
            (VI_ATTR_FIREWIRE_UPPER_CHIP_ID, A::Firewire { chip, .. }) => {
                number((chip >> 32) as u8)
            }
            _ => None,
        }
    }

    /// VI_ATTR_INTF_INST_NAME, for people: the canonical name's first part, and the other end
    /// where there is one.
    fn interface_name(&self) -> String {
        let first = || self.canonical().split("::").next().unwrap_or_default();
        match &self.address {
            Address::Remote { host, resource, .. } => {
                format!("{} at {host}", resource.interface_name())
            }
            Address::AsrlPath { path } => format!("ASRL ({path})"),
            Address::PrologixAsrl { device, .. } => format!("{} ({device})", first()),
            Address::AsrlLan { host, port } => format!("ASRL0 ({host}, port {port})"),
            Address::Vxi11 { host, .. }
            | Address::Hislip { host, .. }
            | Address::Socket { host, .. }
            | Address::Vicp { host }
            | Address::PrologixTcpip { host, .. } => format!("{} ({host})", first()),
            _ => first().to_owned(),
        }
    }
}

fn number(value: impl Into<i64>) -> Option<Value> {
    Some(Value::Number(value.into()))
}

fn text(value: &str) -> Option<Value> {
    Some(value.into())
}
