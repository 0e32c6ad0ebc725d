#![forbid(unsafe_code)]
//! Answers, put together byte by byte; names are never compressed.

use std::net::IpAddr;

/// An answer that is being put together.
pub struct Reply {
    id: u16,
    records: u16,
    bytes: Vec<u8>,
}

/// One that answers the question of that number.
pub fn reply(id: u16) -> Reply {
    Reply { id, records: 0, bytes: Vec::new() }
}

/// What an instrument says all at once: `services` with their ports, at `host` with `addresses`.
pub fn whole(name: &str, services: &[(&str, u16)], host: &str, addresses: &[&str]) -> Vec<u8> {
    let mut all = reply(0);
    for (service, port) in services {
        let instance = format!("{name}.{service}._tcp.local");
        all = all.ptr(&format!("{service}._tcp.local"), &instance).srv(&instance, *port, host);
    }
    addresses.iter().fold(all, |all, address| all.address(host, address)).bytes()
}

/// The same with a text.
pub fn with_text(
    name: &str,
    services: &[(&str, u16)],
    host: &str,
    addresses: &[&str],
    text: &[&str],
) -> Vec<u8> {
    let mut all = reply(0);
    for (service, port) in services {
        let instance = format!("{name}.{service}._tcp.local");
        all = all.ptr(&format!("{service}._tcp.local"), &instance);
        all = all.srv(&instance, *port, host).txt(&instance, text);
    }
    addresses.iter().fold(all, |all, address| all.address(host, address)).bytes()
}

fn name(text: &str) -> Vec<u8> {
    let labels = text
        .split('.')
        .flat_map(|label| std::iter::once(u8::try_from(label.len()).unwrap()).chain(label.bytes()));
    labels.chain([0]).collect()
}

impl Reply {
    fn record(mut self, about: &str, kind: u16, ttl: u32, data: &[u8]) -> Self {
        self.bytes.extend(name(about));
        self.bytes.extend(kind.to_be_bytes());
        self.bytes.extend([0, 1]);
        self.bytes.extend(ttl.to_be_bytes());
        self.bytes.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
        self.bytes.extend(data);
        self.records += 1;
        self
    }

    pub fn ptr(self, kind: &str, instance: &str) -> Self {
        self.record(kind, 12, 4500, &name(instance))
    }

    pub fn goodbye(self, kind: &str, instance: &str) -> Self {
        self.record(kind, 12, 0, &name(instance))
    }

    pub fn srv(self, instance: &str, port: u16, host: &str) -> Self {
        let mut data = vec![0, 0, 0, 0];
        data.extend(port.to_be_bytes());
        data.extend(name(host));
        self.record(instance, 33, 120, &data)
    }

    pub fn txt(self, instance: &str, strings: &[&str]) -> Self {
        let data: Vec<u8> = strings
            .iter()
            .flat_map(|text| std::iter::once(text.len() as u8).chain(text.bytes()))
            .collect();
        self.record(instance, 16, 4500, &data)
    }

    pub fn address(self, host: &str, address: &str) -> Self {
        match address.parse().unwrap() {
            IpAddr::V4(address) => self.record(host, 1, 120, &address.octets()),
            IpAddr::V6(address) => self.record(host, 28, 120, &address.octets()),
        }
    }

    pub fn bytes(self) -> Vec<u8> {
        let mut message = Vec::new();
        for word in [self.id, 0x8400, 0, self.records, 0, 0] {
            message.extend(word.to_be_bytes());
        }
        message.extend(self.bytes);
        message
    }
}

/// The questions in a packet of ours: names and types, and the packet's number.
pub fn questions(bytes: &[u8]) -> (u16, Vec<(String, u16)>) {
    let word = |at: usize| u16::from_be_bytes([bytes[at], bytes[at + 1]]);
    assert_eq!((word(2), word(6), word(8), word(10)), (0, 0, 0, 0), "a plain question");
    let mut at = 12;
    let asked = (0..word(4)).map(|_| {
        let mut labels = Vec::new();
        while bytes[at] != 0 {
            let end = at + 1 + usize::from(bytes[at]);
            labels.push(String::from_utf8(bytes[at + 1..end].to_vec()).unwrap());
            at = end;
        }
        assert_eq!(word(at + 3), 1, "class");
        at += 5;
        (labels.join("."), word(at - 4))
    });
    let asked = asked.collect();
    assert_eq!(at, bytes.len());
    (word(0), asked)
}
