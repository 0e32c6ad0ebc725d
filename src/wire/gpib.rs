#![forbid(unsafe_code)]
//! Interface messages of IEEE 488.1: the bytes that a controller sends with ATN asserted.

use std::fmt;

/// Go to local: the addressed listeners.
pub const GTL: u8 = 0x01;
/// Selected device clear: the addressed listeners.
pub const SDC: u8 = 0x04;
/// Group execute trigger: the addressed listeners.
pub const GET: u8 = 0x08;
/// Take control: the addressed talker.
pub const TCT: u8 = 0x09;
/// Local lockout: all devices.
pub const LLO: u8 = 0x11;
/// Device clear: all devices.
pub const DCL: u8 = 0x14;
/// Serial poll enable: who talks sends its status byte.
pub const SPE: u8 = 0x18;
/// Serial poll disable.
pub const SPD: u8 = 0x19;
/// Nobody listens any more.
pub const UNL: u8 = 0x3F;
/// Nobody talks any more.
pub const UNT: u8 = 0x5F;

/// The groups of addresses (section 2.13, table 38).
const LISTEN: u8 = 0x20;
const TALK: u8 = 0x40;
const SECONDARY: u8 = 0x60;

/// The highest primary and the highest secondary address.
pub const MAX_ADDRESS: u8 = 30;

/// Bit 6 of a status byte in a serial poll: the device requests service.
pub const RQS: u8 = 0x40;

/// Where a device is on a bus. Displays as in a resource name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct BusAddress {
    /// 0 to 30.
    pub primary: u8,
    /// 0 to 30. Secondary 0 is an address like any other; a device without secondary addresses
    /// takes no notice of one.
    pub secondary: Option<u8>,
}

impl BusAddress {
    /// Without a secondary address.
    pub const fn primary(primary: u8) -> Self {
        Self { primary, secondary: None }
    }

    /// Appends what makes it listen.
    pub fn listen(self, commands: &mut Vec<u8>) {
        self.append(LISTEN, commands);
    }

    /// Appends what makes it talk, and everybody else stop.
    pub fn talk(self, commands: &mut Vec<u8>) {
        self.append(TALK, commands);
    }

    fn append(self, group: u8, commands: &mut Vec<u8>) {
        // Higher numbers would be UNL, UNT or another group.
        commands.push(group + self.primary.min(MAX_ADDRESS));
        commands.extend(self.secondary.map(|secondary| SECONDARY + secondary.min(MAX_ADDRESS)));
    }
}

impl fmt::Display for BusAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.secondary {
            None => write!(f, "{}", self.primary),
            Some(secondary) => write!(f, "{}::{secondary}", self.primary),
        }
    }
}

/// What lets the board at `own` send data to `device` alone.
pub fn send_setup(own: BusAddress, device: BusAddress) -> Vec<u8> {
    let mut commands = vec![UNL];
    own.talk(&mut commands);
    device.listen(&mut commands);
    commands
}

/// What lets the board at `own` alone receive what `device` sends.
pub fn receive_setup(own: BusAddress, device: BusAddress) -> Vec<u8> {
    let mut commands = vec![UNL];
    own.listen(&mut commands);
    device.talk(&mut commands);
    commands
}

/// What lets the board at `own` alone receive the status byte of `device`, which comes as data;
/// [`SPD`] and [`UNT`] end that.
pub fn poll_setup(own: BusAddress, device: BusAddress) -> Vec<u8> {
    let mut commands = vec![UNL];
    own.listen(&mut commands);
    commands.push(SPE);
    device.talk(&mut commands);
    commands
}

/// An addressed command to `device` alone: [`SDC`], [`GET`] or [`GTL`]; or nothing but making it
/// listen.
pub fn addressed(own: BusAddress, device: BusAddress, command: Option<u8>) -> Vec<u8> {
    let mut commands = send_setup(own, device);
    commands.extend(command);
    commands
}

/// What passes control to `device`; it is in charge once ATN is released.
pub fn pass_control(device: BusAddress) -> Vec<u8> {
    let mut commands = vec![UNL];
    device.talk(&mut commands);
    commands.push(TCT);
    commands
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: BusAddress = BusAddress::primary(0);
    const PLAIN: BusAddress = BusAddress::primary(12);
    const EXTENDED: BusAddress = BusAddress { primary: 30, secondary: Some(0) };

    #[test]
    fn sequences_are_those_of_the_standard() {
        assert_eq!(send_setup(OWN, PLAIN), [0x3F, 0x40, 0x2C]);
        assert_eq!(receive_setup(OWN, PLAIN), [0x3F, 0x20, 0x4C]);
        assert_eq!(poll_setup(OWN, PLAIN), [0x3F, 0x20, 0x18, 0x4C]);
        assert_eq!(addressed(OWN, PLAIN, Some(GET)), [0x3F, 0x40, 0x2C, 0x08]);
        assert_eq!(pass_control(PLAIN), [0x3F, 0x4C, 0x09]);
    }

    #[test]
    fn a_secondary_address_follows_its_primary_at_once() {
        assert_eq!(send_setup(OWN, EXTENDED), [0x3F, 0x40, 0x3E, 0x60]);
        assert_eq!(receive_setup(EXTENDED, PLAIN), [0x3F, 0x3E, 0x60, 0x4C]);
        assert_eq!(poll_setup(OWN, EXTENDED), [0x3F, 0x20, 0x18, 0x5E, 0x60]);
        assert_eq!(pass_control(EXTENDED), [0x3F, 0x5E, 0x60, 0x09]);
    }

    #[test]
    fn no_address_becomes_another_command() {
        let wild = BusAddress { primary: 255, secondary: Some(255) };
        assert_eq!(send_setup(wild, wild), [0x3F, 0x5E, 0x7E, 0x3E, 0x7E]);
    }

    #[test]
    fn addresses_read_as_in_names() {
        assert_eq!(PLAIN.to_string(), "12");
        assert_eq!(EXTENDED.to_string(), "30::0");
    }
}
