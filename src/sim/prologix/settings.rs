#![forbid(unsafe_code)]
//! What an adapter remembers, and may save.

use crate::sim::gpib::Address;
use crate::sim::prologix::Firmware;

/// The lowest number that a secondary address has in commands.
pub(super) const SECONDARY: u8 = 96;

/// The settings that `++` commands change and tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Settings {
    /// Whom data goes to and comes from.
    pub(super) address: Address,
    /// Read after each line of data: 0 never, 1 always, 2 (AR488) after a question mark.
    pub(super) auto: u8,
    /// 1 controller, 0 device.
    pub(super) mode: u8,
    /// EOI with the last byte that is sent.
    pub(super) eoi: bool,
    /// What is appended to data: 0 CR LF, 1 CR, 2 LF, 3 nothing.
    pub(super) eos: u8,
    /// Whether EOI is told by a character.
    pub(super) eot_enable: bool,
    /// That character.
    pub(super) eot_char: u8,
    /// The most milliseconds from byte to byte.
    pub(super) read_tmo_ms: u32,
    /// Whether changes are saved at once (Prologix).
    pub(super) savecfg: bool,
    /// What ends a `++read` without a parameter (AR488): 7 EOI, 3 nothing, else characters.
    pub(super) eor: u8,
    /// The status byte of device mode.
    pub(super) status: u8,
}

impl Settings {
    /// As it comes from the factory.
    pub(super) fn of(firmware: Firmware) -> Self {
        let prologix = firmware == Firmware::Prologix;
        Self {
            address: Address::new(if prologix { 0 } else { 1 }),
            auto: prologix.into(),
            mode: 1,
            eoi: prologix,
            eos: 0,
            eot_enable: false,
            eot_char: 0,
            read_tmo_ms: if prologix { 200 } else { 1200 },
            savecfg: true,
            eor: 0,
            status: 0,
        }
    }

    /// What is appended to data.
    pub(super) fn eos_bytes(&self) -> &'static [u8] {
        [&b"\r\n"[..], b"\r", b"\n", b""][usize::from(self.eos & 3)]
    }

    /// The characters that end a plain `++read` of an AR488.
    pub(super) fn eor_bytes(&self) -> &'static [u8] {
        match self.eor {
            0 => b"\r\n",
            1 => b"\r",
            2 => b"\n",
            4 => b"\n\r",
            5 => b"\x03",
            6 => b"\r\n\x03",
            _ => b"",
        }
    }

    /// The address as `++addr` tells it.
    pub(super) fn address_text(&self) -> String {
        let Address { primary, secondary } = self.address;
        match secondary {
            Some(secondary) => format!("{primary} {}", secondary + SECONDARY),
            None => primary.to_string(),
        }
    }
}

/// Addresses as commands have them, `5`, `5 97`, `5 6 97 7`; `None` when that is no list of them.
pub(super) fn addresses(words: &[&str]) -> Option<Vec<Address>> {
    let mut list: Vec<Address> = Vec::new();
    for word in words {
        match word.parse().ok()? {
            primary @ 0..=30 => list.push(Address::new(primary)),
            number @ SECONDARY..=126 => {
                let last = list.last_mut().filter(|last| last.secondary.is_none())?;
                last.secondary = Some(number - SECONDARY);
            }
            _ => return None,
        }
    }
    Some(list)
}
