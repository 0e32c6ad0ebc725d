#![forbid(unsafe_code)]
//! What an instrument says of itself by multicast DNS, put together byte by byte (RFC 1035 section
//! 4.1), so that it can be said wrong.

use std::net::Ipv4Addr;

/// Bytes of a message's header.
pub const HEADER: usize = 12;

const RESPONSE: u16 = 0x8400;
const INTERNET: u16 = 1;
const A: u16 = 1;
const PTR: u16 = 12;
const TXT: u16 = 16;
const SRV: u16 = 33;

/// In seconds.
const TTL: u32 = 120;

/// A record: its name, which is not compressed, its type and its data.
#[derive(Clone, Debug)]
pub struct Record {
    pub name: Vec<u8>,
    kind: u16,
    pub data: Vec<u8>,
}

impl Record {
    pub fn bytes(&self) -> Vec<u8> {
        self.bytes_of_length(self.data.len() as u16)
    }

    /// With another length of the data announced.
    pub fn bytes_of_length(&self, length: u16) -> Vec<u8> {
        let mut bytes = self.name.clone();
        bytes.extend([self.kind, INTERNET].map(u16::to_be_bytes).concat());
        bytes.extend(TTL.to_be_bytes());
        bytes.extend(length.to_be_bytes());
        bytes.extend(&self.data);
        bytes
    }
}

/// A name as labels.
pub fn name(text: &str) -> Vec<u8> {
    let labels =
        text.split('.').flat_map(|label| [&[label.len() as u8], label.as_bytes()].concat());
    labels.chain([0]).collect()
}

/// All records of an instrument that is called `who`: its service, HiSLIP at `port`, where that is,
/// what it says, and its host's address.
pub fn records(who: &str, port: u16, address: Ipv4Addr) -> Vec<Record> {
    let (service, host) = (name("_hislip._tcp.local"), name(&format!("{who}.local")));
    let instance = name(&format!("{who}._hislip._tcp.local"));
    let place = [[0, 0, 0, 0].as_slice(), &port.to_be_bytes(), &host].concat();
    let says = b"\x09txtvers=1".to_vec();
    [
        (service, PTR, instance.clone()),
        (instance.clone(), SRV, place),
        (instance, TXT, says),
        (host, A, address.octets().to_vec()),
    ]
    .map(|(name, kind, data)| Record { name, kind, data })
    .to_vec()
}

/// A response with a number of records announced.
pub fn announced(id: u16, count: u16, records: &[u8]) -> Vec<u8> {
    let mut bytes = [id, RESPONSE, 0, count, 0, 0].map(u16::to_be_bytes).concat();
    bytes.extend(records);
    bytes
}

/// A response.
pub fn response(id: u16, records: &[Record]) -> Vec<u8> {
    announced(id, records.len() as u16, &records.iter().flat_map(Record::bytes).collect::<Vec<_>>())
}
