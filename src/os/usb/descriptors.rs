#![forbid(unsafe_code)]
//! USB descriptors (USB 2.0, section 9.6) as bytes: what a device says it consists of. They are
//! the device's word, so nothing in them is believed that is not checked.

/// What a device consists of, as far as it can be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Descriptors {
    /// idVendor
    pub vendor: u16,
    /// idProduct
    pub product: u16,
    /// iSerialNumber is not 0: the device says that it has a serial number.
    pub has_serial: bool,
    /// Every alternate setting of every interface, as they are listed, with the configuration
    /// that it belongs to (bConfigurationValue).
    pub settings: Vec<(u8, Alternate)>,
}

/// One alternate setting of an interface.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Alternate {
    /// bInterfaceNumber
    pub interface: u8,
    /// bAlternateSetting
    pub number: u8,
    /// bInterfaceClass
    pub class: u8,
    /// bInterfaceSubClass
    pub subclass: u8,
    /// bInterfaceProtocol
    pub protocol: u8,
    /// Its pipes, the control pipe not counted.
    pub endpoints: Vec<Endpoint>,
}

/// One end of a pipe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// bEndpointAddress; bit 7 is set when it sends to the host.
    pub address: u8,
    /// How it moves data.
    pub kind: Kind,
    /// wMaxPacketSize without the bits above the size, in bytes; never 0.
    pub max_packet: u16,
}

/// The transfer type of an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the standard's names")]
pub enum Kind {
    Control,
    Isochronous,
    Bulk,
    Interrupt,
}

const DEVICE: u8 = 1;
const CONFIGURATION: u8 = 2;
const INTERFACE: u8 = 4;
const ENDPOINT: u8 = 5;

/// Bits of wMaxPacketSize that are the size.
const PACKET_SIZE: u16 = 0x07FF;

impl Endpoint {
    /// Whether it sends to the host.
    pub fn is_in(&self) -> bool {
        self.address & 0x80 != 0
    }
}

impl Alternate {
    /// The first endpoint of a kind and direction.
    pub fn first(&self, kind: Kind, is_in: bool) -> Option<Endpoint> {
        let fits = |end: &&Endpoint| end.kind == kind && end.is_in() == is_in;
        self.endpoints.iter().find(fits).copied()
    }
}

/// Reads a device descriptor and the configurations behind it, as the system hands them out.
/// `None` when it does not begin with a device descriptor. What makes no sense ends the list.
pub fn parse(bytes: &[u8]) -> Option<Descriptors> {
    let mut all = each(bytes);
    let device = all.next().filter(|device| device[1] == DEVICE && device.len() >= 18)?;
    let mut descriptors = Descriptors {
        vendor: word(device, 8),
        product: word(device, 10),
        has_serial: device[16] != 0,
        settings: Vec::new(),
    };
    let mut configuration = 0;
    for one in all {
        match one[1] {
            CONFIGURATION if one.len() >= 9 => configuration = one[5],
            INTERFACE if one.len() >= 9 => {
                let setting = Alternate {
                    interface: one[2],
                    number: one[3],
                    class: one[5],
                    subclass: one[6],
                    protocol: one[7],
                    endpoints: Vec::new(),
                };
                descriptors.settings.push((configuration, setting));
            }
            ENDPOINT if one.len() >= 7 => {
                // One that can carry nothing is none.
                if let Some((_, setting)) = descriptors.settings.last_mut()
                    && let Some(endpoint) = endpoint(one)
                {
                    setting.endpoints.push(endpoint);
                }
            }
            _ => {}
        }
    }
    Some(descriptors)
}

fn endpoint(bytes: &[u8]) -> Option<Endpoint> {
    let kind = match bytes[3] & 3 {
        0 => Kind::Control,
        1 => Kind::Isochronous,
        2 => Kind::Bulk,
        _ => Kind::Interrupt,
    };
    let max_packet = word(bytes, 4) & PACKET_SIZE;
    let is_sound = bytes[2] & 0x0F != 0 && max_packet != 0;
    is_sound.then_some(Endpoint { address: bytes[2], kind, max_packet })
}

/// The descriptors one after the other: each begins with its length and its type.
fn each(mut bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let len = usize::from(*bytes.first()?);
        if len < 2 || len > bytes.len() {
            return None;
        }
        let (one, rest) = bytes.split_at(len);
        bytes = rest;
        Some(one)
    })
}

fn word(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEVICE_OF_TWO: &[u8] = &[
        18, 1, 0, 2, 0, 0, 0, 64, 0x34, 0x12, 0xCD, 0xAB, 0, 1, 1, 2, 3, 1, // device
        9, 2, 55, 0, 2, 7, 0, 0x80, 50, // configuration 7
        9, 4, 0, 0, 2, 0xFE, 3, 1, 0, // interface 0
        7, 5, 0x01, 2, 0x00, 0x02, 0, // bulk out, 512
        7, 5, 0x82, 2, 0x40, 0x18, 0, // bulk in, 64 and bits above the size
        5, 0x24, 1, 2, 3, // something of a class
        9, 4, 1, 3, 1, 0xFF, 0, 0, 0, // interface 1, alternate setting 3
        7, 5, 0x83, 3, 8, 0, 1, // interrupt in
    ];

    #[test]
    fn what_a_device_consists_of_is_read() {
        let read = parse(DEVICE_OF_TWO).unwrap();
        assert_eq!((read.vendor, read.product, read.has_serial), (0x1234, 0xABCD, true));
        let [(7, instrument), (7, raw)] = &read.settings[..] else {
            panic!("two interfaces of configuration 7: {read:?}")
        };
        assert_eq!((instrument.interface, instrument.number), (0, 0));
        assert_eq!((instrument.class, instrument.subclass, instrument.protocol), (0xFE, 3, 1));
        let out = Endpoint { address: 1, kind: Kind::Bulk, max_packet: 512 };
        assert_eq!(instrument.first(Kind::Bulk, false), Some(out));
        assert_eq!(instrument.first(Kind::Bulk, true).unwrap().max_packet, 64);
        assert_eq!(instrument.first(Kind::Interrupt, true), None);
        assert_eq!((raw.interface, raw.number, raw.class), (1, 3, 0xFF));
        assert_eq!(raw.first(Kind::Interrupt, true).unwrap().address, 0x83);
    }

    #[test]
    fn what_makes_no_sense_is_left_out() {
        let mut wild = DEVICE_OF_TWO.to_vec();
        // An endpoint without room for data, and one that is the control pipe's address.
        (wild[18 + 9 + 9 + 4], wild[18 + 9 + 9 + 5]) = (0, 0);
        wild[18 + 9 + 9 + 7 + 2] = 0x80;
        assert_eq!(parse(&wild).unwrap().settings[0].1.endpoints, []);
        assert_eq!(parse(&[]), None);
        assert_eq!(parse(&DEVICE_OF_TWO[..17]), None);
        assert_eq!(parse(&DEVICE_OF_TWO[18..]), None, "no device descriptor");
        // A length of nothing would never end.
        wild[18] = 0;
        assert_eq!(parse(&wild).unwrap().settings, []);
    }

    /// Whatever a device sends is read or left, cut anywhere, with any byte changed.
    #[test]
    fn any_bytes_are_survived() {
        for len in 0..=DEVICE_OF_TWO.len() {
            let _ = parse(&DEVICE_OF_TWO[..len]);
        }
        for at in 0..DEVICE_OF_TWO.len() {
            for byte in 0..=255 {
                let mut wild = DEVICE_OF_TWO.to_vec();
                wild[at] = byte;
                for (_, setting) in parse(&wild).map(|read| read.settings).unwrap_or_default() {
                    assert!(setting.endpoints.iter().all(|end| end.max_packet > 0));
                }
            }
        }
    }
}
