#![forbid(unsafe_code)]
//! Descriptors (USB 2.0, section 9.6).

/// Types of descriptors, table 9-5.
pub const DEVICE: u8 = 1;
pub const CONFIGURATION: u8 = 2;
pub const STRING: u8 = 3;

/// What a device says about itself.
#[derive(Clone, Debug)]
pub struct Identity {
    pub vendor: u16,
    pub product: u16,
    pub release: u16,
    pub class: u8,
    pub manufacturer: String,
    pub name: String,
    /// Some devices have none.
    pub serial: Option<String>,
}

impl Identity {
    /// The device descriptor (table 9-8): USB 2.0, packets of 64 bytes on endpoint 0.
    pub fn device(&self) -> Vec<u8> {
        let mut bytes = vec![18, DEVICE, 0x00, 0x02, self.class, 0, 0, 64];
        for half in [self.vendor, self.product, self.release] {
            bytes.extend(half.to_le_bytes());
        }
        // The strings' numbers, and one configuration.
        bytes.extend([1, 2, if self.serial.is_some() { 3 } else { 0 }, 1]);
        bytes
    }

    /// The string descriptor of this number (section 9.6.7).
    pub fn string(&self, number: u8) -> Option<Vec<u8>> {
        match number {
            // Languages: English (United States).
            0 => Some(vec![4, STRING, 0x09, 0x04]),
            1 => Some(string(&self.manufacturer)),
            2 => Some(string(&self.name)),
            3 => self.serial.as_deref().map(string),
            _ => None,
        }
    }
}

fn string(text: &str) -> Vec<u8> {
    let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    [vec![units.len() as u8 + 2, STRING], units].concat()
}

/// The device qualifier (table 9-9) of a high-speed device that has nothing else to offer at full
/// speed.
pub fn qualifier(class: u8) -> Vec<u8> {
    vec![10, 6, 0x00, 0x02, class, 0, 0, 64, 1, 0]
}

/// An endpoint descriptor (table 9-13): bulk, or interrupt when it has an interval.
pub fn endpoint(address: u8, most: u16, interval: u8) -> Vec<u8> {
    let [low, high] = most.to_le_bytes();
    vec![7, 5, address, if interval == 0 { 2 } else { 3 }, low, high, interval]
}

/// An interface descriptor (table 9-12).
pub fn interface(number: u8, endpoints: u8, class: [u8; 3]) -> Vec<u8> {
    alternate(number, 0, endpoints, class)
}

/// That of an alternate setting.
pub fn alternate(number: u8, setting: u8, endpoints: u8, class: [u8; 3]) -> Vec<u8> {
    let [class, subclass, protocol] = class;
    vec![9, 4, number, setting, endpoints, class, subclass, protocol, 0]
}

/// A configuration descriptor (table 9-10) around what it contains.
pub fn configuration(interfaces: u8, contents: &[Vec<u8>]) -> Vec<u8> {
    let contents = contents.concat();
    let [low, high] = (9 + contents.len() as u16).to_le_bytes();
    // Number 1, powered by the bus with up to 100 mA.
    [vec![9, CONFIGURATION, low, high, interfaces, 1, 0, 0x80, 50], contents].concat()
}
