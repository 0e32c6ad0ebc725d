#![forbid(unsafe_code)]
//! What an instrument is: its speed, its endpoints, its capabilities.

use crate::lab::usbip::descriptor;
use crate::lab::usbip::descriptor::Identity;
use crate::lab::usbip::function::IN;
use crate::lab::usbip::function::Speed;

/// USBTMC's class and subclass (USBTMC 1.0, table 43).
const CLASS: [u8; 2] = [0xFE, 3];

/// What an instrument is; `kind.rs` says how it is asked for.
#[derive(Clone, Debug)]
pub struct Options {
    pub speed: Speed,
    pub serial: Option<String>,
    /// Added to the number of the product.
    pub product: u16,
    pub interfaces: u8,
    pub interrupt: bool,
    pub usb488: bool,
    pub term_char: bool,
    pub trigger: bool,
    pub remote: bool,
    pub pulse: bool,
    pub needs_clear: bool,
}

impl Options {
    pub fn new(serial: &str) -> Self {
        Self {
            speed: Speed::High,
            serial: Some(serial.to_owned()),
            product: 0,
            interfaces: 1,
            interrupt: true,
            usb488: true,
            term_char: true,
            trigger: true,
            remote: true,
            pulse: true,
            needs_clear: false,
        }
    }

    /// The largest packet of the bulk endpoints.
    pub fn packet(&self) -> u16 {
        match self.speed {
            Speed::Full => 64,
            Speed::High => 512,
        }
    }

    pub fn identity(&self) -> Identity {
        Identity {
            // Of the range that pid.codes keeps for tests.
            vendor: 0x1209,
            product: 0x0010 + self.product,
            release: 0x0100,
            class: 0,
            manufacturer: "ferrovisa".to_owned(),
            name: "bench instrument".to_owned(),
            serial: self.serial.clone(),
        }
    }

    pub fn configuration(&self) -> Vec<u8> {
        let mut contents = Vec::new();
        let packet = self.packet();
        // The interval of interrupts: 1 ms at full speed, 2^(4-1) microframes at high speed.
        let interval = if self.speed == Speed::Full { 1 } else { 4 };
        for number in 0..self.interfaces {
            let ends = Endpoints::of(number);
            let [class, subclass] = CLASS;
            let class = [class, subclass, u8::from(self.usb488)];
            let count = if self.interrupt { 3 } else { 2 };
            contents.push(descriptor::interface(number, count, class));
            contents.push(descriptor::endpoint(ends.output, packet, 0));
            contents.push(descriptor::endpoint(ends.input, packet, 0));
            if self.interrupt {
                contents.push(descriptor::endpoint(ends.interrupt, 8, interval));
            }
        }
        descriptor::configuration(self.interfaces, &contents)
    }

    /// The answer to GET_CAPABILITIES (USBTMC table 37, USB488 table 8).
    pub fn capabilities(&self) -> Vec<u8> {
        let bit = |on: bool, bit: u8| if on { bit } else { 0 };
        let mut bytes = vec![0; 0x18];
        bytes[0] = 0x01;
        bytes[2..4].copy_from_slice(&[0x00, 0x01]);
        bytes[4] = bit(self.pulse, 4);
        bytes[5] = bit(self.term_char, 1);
        if self.usb488 {
            bytes[12..14].copy_from_slice(&[0x00, 0x01]);
            // It is a 488.2 interface.
            bytes[14] = bit(self.trigger, 1) | bit(self.remote, 2) | 4;
            bytes[15] = bit(self.trigger, 1) | bit(self.remote, 2) | bit(self.interrupt, 4) | 8;
        }
        bytes
    }
}

/// The addresses of an interface's endpoints.
#[derive(Clone, Copy, Debug)]
pub struct Endpoints {
    pub output: u8,
    pub input: u8,
    pub interrupt: u8,
}

impl Endpoints {
    pub fn of(interface: u8) -> Self {
        let first = 1 + 3 * interface;
        Self { output: first, input: IN | (first + 1), interrupt: IN | (first + 2) }
    }
}
