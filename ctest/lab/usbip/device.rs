#![forbid(unsafe_code)]
//! A USB device as a host sees it: standard requests (USB 2.0, chapter 9), endpoints with transfers
//! that wait. What kind of adapter it is, its [`Model`] knows.

use std::collections::VecDeque;
use std::io::Write;
use std::os::unix::net::UnixStream;

use crate::lab::usbip::line::Line;
use crate::lab::usbip::wire;
use crate::lab::usbip::wire::Request;

/// Requests of chapter 9, table 9-4.
const GET_DESCRIPTOR: u8 = 6;
const GET_CONFIGURATION: u8 = 8;
const SET_CONFIGURATION: u8 = 9;
const SET_INTERFACE: u8 = 11;

/// Types of descriptors, table 9-5.
const DEVICE: u8 = 1;
const CONFIGURATION: u8 = 2;
const STRING: u8 = 3;

/// A control transfer.
#[derive(Clone, Copy, Debug)]
pub struct Setup {
    pub kind: u8,
    pub request: u8,
    pub value: u16,
    pub index: u16,
}

impl From<[u8; 8]> for Setup {
    fn from(bytes: [u8; 8]) -> Self {
        let half = |at: usize| u16::from_le_bytes([bytes[at], bytes[at + 1]]);
        Self { kind: bytes[0], request: bytes[1], value: half(2), index: half(4) }
    }
}

impl Setup {
    fn is_standard(self) -> bool {
        self.kind & 0x60 == 0
    }
}

/// What makes an adapter the one that it is. The bulk endpoints carry the line's data.
pub trait Model: Send {
    /// Vendor, product and release number.
    fn identity(&self) -> [u16; 3];
    /// Class of the device, for its device descriptor.
    fn class(&self) -> u8;
    /// Manufacturer and product, as text.
    fn names(&self) -> [&str; 2];
    /// The whole configuration descriptor, with everything that it contains.
    fn configuration(&self) -> Vec<u8>;
    /// A request of the class or the vendor; nothing refuses it.
    fn control(&mut self, setup: Setup, data: &[u8], line: &mut Line) -> Option<Vec<u8>>;
    /// What an IN endpoint has to say now, at most `most` bytes.
    fn input(&mut self, endpoint: u8, most: usize, line: &mut Line) -> Option<Vec<u8>>;
}

struct Waiting {
    number: u32,
    endpoint: u8,
    most: usize,
}

/// A device that is plugged in.
pub struct Device {
    model: Box<dyn Model>,
    serial: String,
    pub line: Line,
    host: UnixStream,
    /// Transfers that the device has nothing for yet.
    waiting: Vec<Waiting>,
    /// Bytes that flow control keeps from the line, by their transfers.
    held: VecDeque<(u32, Vec<u8>)>,
}

impl Device {
    /// A device with this serial number, whose host writes to and reads from `host`.
    pub fn new(model: Box<dyn Model>, serial: &str, host: UnixStream) -> Self {
        let serial = serial.to_owned();
        let (waiting, held) = (Vec::new(), VecDeque::new());
        Self { model, serial, line: Line::default(), host, waiting, held }
    }

    pub fn handle(&mut self, request: Request) {
        match request {
            Request::Out { number, endpoint: 0, setup, data } => {
                let done = self.control(setup.into(), &data).is_some();
                let status = if done { 0 } else { wire::STALLED };
                self.answer(&wire::taken(number, status, data.len()));
            }
            Request::In { number, endpoint: 0, setup, most } => {
                match self.control(setup.into(), &[]) {
                    Some(mut data) => {
                        data.truncate(most);
                        self.answer(&wire::delivered(number, &data));
                    }
                    None => self.answer(&wire::taken(number, wire::STALLED, 0)),
                }
            }
            Request::Out { number, data, .. } => self.held.push_back((number, data)),
            Request::In { number, endpoint, most, .. } => {
                self.waiting.push(Waiting { number, endpoint, most });
            }
            Request::Unlink { number, target } => {
                let before = self.waiting.len() + self.held.len();
                self.waiting.retain(|waiting| waiting.number != target);
                self.held.retain(|(held, _)| *held != target);
                let found = self.waiting.len() + self.held.len() < before;
                self.answer(&wire::unlinked(number, found));
            }
        }
        self.deliver();
    }

    /// Sends what may leave by now, and gives waiting transfers what there is for them, each the
    /// oldest first.
    pub fn deliver(&mut self) {
        while self.line.may_send()
            && let Some((number, data)) = self.held.pop_front()
        {
            self.line.receive(&data);
            self.answer(&wire::taken(number, 0, data.len()));
        }
        let mut at = 0;
        while at < self.waiting.len() {
            let Waiting { number, endpoint, most } = self.waiting[at];
            match self.model.input(endpoint, most, &mut self.line) {
                Some(data) => {
                    self.waiting.remove(at);
                    self.answer(&wire::delivered(number, &data));
                }
                None => at += 1,
            }
        }
    }

    /// How many bytes flow control keeps from the line.
    pub fn held(&self) -> usize {
        self.held.iter().map(|(_, data)| data.len()).sum()
    }

    fn answer(&mut self, message: &[u8]) {
        // It fails when the host has let go; the reader of requests sees that, too, and ends.
        let _ = self.host.write_all(message);
    }

    fn control(&mut self, setup: Setup, data: &[u8]) -> Option<Vec<u8>> {
        if !setup.is_standard() {
            return self.model.control(setup, data, &mut self.line);
        }
        match setup.request {
            GET_DESCRIPTOR => self.descriptor((setup.value >> 8) as u8, setup.value as u8),
            GET_CONFIGURATION => Some(vec![1]),
            SET_CONFIGURATION | SET_INTERFACE => Some(vec![]),
            // Status of device, interface and endpoint: nothing special.
            0 => Some(vec![0, 0]),
            // Clearing a halt that there is not.
            1 => Some(vec![]),
            _ => None,
        }
    }

    fn descriptor(&self, kind: u8, index: u8) -> Option<Vec<u8>> {
        let [manufacturer, product] = self.model.names();
        match (kind, index) {
            (DEVICE, _) => {
                let class = self.model.class();
                // USB 2.0, packets of 64 bytes on endpoint 0.
                let mut bytes = vec![18, DEVICE, 0x00, 0x02, class, 0, 0, 64];
                bytes.extend(self.model.identity().iter().flat_map(|half| half.to_le_bytes()));
                // The strings' numbers, and one configuration.
                bytes.extend([1, 2, 3, 1]);
                Some(bytes)
            }
            (CONFIGURATION, _) => Some(self.model.configuration()),
            // Languages: English (United States).
            (STRING, 0) => Some(vec![4, STRING, 0x09, 0x04]),
            (STRING, 1) => Some(string(manufacturer)),
            (STRING, 2) => Some(string(product)),
            (STRING, 3) => Some(string(&self.serial)),
            _ => None,
        }
    }
}

fn string(text: &str) -> Vec<u8> {
    let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    [vec![units.len() as u8 + 2, STRING], units].concat()
}

/// An endpoint descriptor (table 9-13): bulk, or interrupt when it has an interval.
pub fn endpoint(address: u8, most: u16, interval: u8) -> Vec<u8> {
    let [low, high] = most.to_le_bytes();
    vec![7, 5, address, if interval == 0 { 2 } else { 3 }, low, high, interval]
}

/// An interface descriptor (table 9-12).
pub fn interface(number: u8, endpoints: u8, class: [u8; 3]) -> Vec<u8> {
    let [class, subclass, protocol] = class;
    vec![9, 4, number, 0, endpoints, class, subclass, protocol, 0]
}

/// A configuration descriptor (table 9-10) around what it contains.
pub fn configuration(interfaces: u8, contents: &[Vec<u8>]) -> Vec<u8> {
    let contents = contents.concat();
    let [low, high] = (9 + contents.len() as u16).to_le_bytes();
    // Number 1, powered by the bus with up to 100 mA.
    [vec![9, CONFIGURATION, low, high, interfaces, 1, 0, 0x80, 50], contents].concat()
}
