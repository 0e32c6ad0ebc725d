#![forbid(unsafe_code)]
//! `mdns_liar KIND ADDRESS HONEST`: answers questions of mDNS as nobody should, from an address of
//! this host. HONEST is the address of another, which some lies are about; its host is `honest`.

use std::any::Any;
use std::io;
use std::net::Ipv4Addr;
use std::net::SocketAddr;
use std::net::UdpSocket;
use std::thread;

use socket2::Domain;
use socket2::Socket;
use socket2::Type;

use crate::net::parts::usage;

const PORT: u16 = 5353;
const GROUP: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 251);
const HISLIP: &str = "_hislip._tcp.local";
const A: u16 = 1;
const PTR: u16 = 12;
const SRV: u16 = 33;

struct Liar {
    own: UdpSocket,
    /// One at another port.
    elsewhere: UdpSocket,
    asker: SocketAddr,
    /// The number of the question.
    id: u16,
    address: Ipv4Addr,
    honest: Ipv4Addr,
}

/// What a liar says when it is asked.
type Lie = fn(&Liar);

/// All kinds. What each tells of is nowhere, or no more than its own address.
const KINDS: &[(&str, Lie)] = &[
    ("cut_anywhere", |liar| {
        let whole = liar.fair();
        (0..whole.len() - 5).for_each(|length| liar.say(&whole[..length]));
    }),
    ("circles", |liar| {
        for name in [&b"\xC0\x0C"[..], b"\x01a\xC0\x0C", b"\xC0\x0E\xC0\x0C", b"\xFF\xFF", b"\x7F"]
        {
            let mut bytes = head(liar.id, 1);
            bytes.extend_from_slice(name);
            bytes.extend_from_slice(b"\0\x0C\0\x01\0\0\0\x0A\0\x02\xC0\x0C");
            liar.say(&bytes);
        }
    }),
    ("wrong_lengths", |liar| {
        let whole = liar.fair();
        for place in 12..whole.len() {
            for value in [0, 1, 63, 64, 0xC0, 0xFF] {
                let mut changed = whole.clone();
                changed[place] = value;
                // No true place of a service, so that nothing is right by chance.
                changed.truncate(whole.len() - 5);
                liar.say(&changed);
            }
        }
    }),
    ("largest_packets", |liar| {
        for length in [9000, 65_507] {
            let mut bytes = head(liar.id, u16::MAX);
            while bytes.len() + 50 < length {
                let number = bytes.len();
                record(&mut bytes, HISLIP, PTR, &name(&format!("{number}.{HISLIP}")));
            }
            bytes.resize(length, 0xC0);
            liar.say(&bytes);
        }
    }),
    ("many_names", |liar| {
        for packet in 0..200 {
            let mut bytes = head(liar.id, 20);
            for number in 0..20 {
                let instance = format!("{packet}-{number}{}.{HISLIP}", "x".repeat(40));
                record(&mut bytes, HISLIP, PTR, &name(&instance));
            }
            liar.say(&bytes);
        }
    }),
    ("no_port", |liar| liar.say(&liar.service("liar", 0, "liar", liar.address))),
    ("at_anothers_address", |liar| liar.say(&liar.service("liar", 4880, "liar", liar.honest))),
    ("at_another_host", |liar| liar.say(&liar.service("liar", 4880, "honest", liar.honest))),
    ("at_loopback", |liar| liar.say(&liar.service("liar", 4880, "liar", Ipv4Addr::LOCALHOST))),
    ("nowhere", |liar| liar.say(&liar.service("liar", 4880, "liar", Ipv4Addr::UNSPECIFIED))),
    ("another_port", |liar| {
        let _ = liar.elsewhere.send_to(&liar.fair(), liar.asker);
    }),
    ("another_number", |liar| {
        for number in 1..1000_u16 {
            let mut bytes = liar.fair();
            bytes[..2].copy_from_slice(&(liar.id ^ number << 6).max(1).to_be_bytes());
            liar.say(&bytes);
        }
    }),
    ("refused", |liar| {
        let mut bytes = liar.fair();
        bytes[3] = 3;
        liar.say(&bytes);
    }),
    ("goodbye_for_another", |liar| {
        let mut bytes = head(liar.id, 1);
        let at = bytes.len();
        record(&mut bytes, HISLIP, PTR, &name(&format!("Lab Meter honest.{HISLIP}")));
        // The time to live, behind name, type and class.
        let ttl = at + name(HISLIP).len() + 4;
        bytes[ttl..ttl + 4].fill(0);
        liar.say(&bytes);
        let _ = liar.own.send_to(&bytes, (GROUP, PORT));
    }),
    ("flood", |liar| {
        let bytes = liar.service("liar", 4880, "liar", liar.honest);
        (0..100_000).for_each(|_| liar.say(&bytes));
    }),
    // A lie by where it comes from.
    ("fair_words", |liar| liar.say(&liar.fair())),
];

/// The names of all that are lies whatever address they come from.
pub fn kinds() -> impl Iterator<Item = &'static str> {
    KINDS.iter().map(|(name, _)| *name).filter(|name| *name != "fair_words")
}

impl Liar {
    fn say(&self, bytes: &[u8]) {
        // The asker may have gone meanwhile.
        let _ = self.own.send_to(bytes, self.asker);
    }

    /// What an honest one would say.
    fn fair(&self) -> Vec<u8> {
        self.service("liar", 4880, "liar", self.address)
    }

    /// HiSLIP at that port of that host, which is said to have that address.
    fn service(&self, called: &str, port: u16, host: &str, address: Ipv4Addr) -> Vec<u8> {
        let instance = format!("{called}.{HISLIP}");
        let host = format!("{host}.local");
        let mut place = vec![0, 0, 0, 0];
        place.extend_from_slice(&port.to_be_bytes());
        place.extend_from_slice(&name(&host));
        let mut bytes = head(self.id, 3);
        record(&mut bytes, HISLIP, PTR, &name(&instance));
        record(&mut bytes, &host, A, &address.octets());
        record(&mut bytes, &instance, SRV, &place);
        bytes
    }
}

/// The header of an answer with so many records.
fn head(id: u16, records: u16) -> Vec<u8> {
    [id, 0x8400, 0, records, 0, 0].map(u16::to_be_bytes).concat()
}

fn name(text: &str) -> Vec<u8> {
    let labels = text.split('.').map(|label| [&[label.len() as u8], label.as_bytes()].concat());
    labels.chain([vec![0]]).flatten().collect()
}

fn record(bytes: &mut Vec<u8>, about: &str, kind: u16, data: &[u8]) {
    bytes.extend_from_slice(&name(about));
    bytes.extend_from_slice(&kind.to_be_bytes());
    bytes.extend_from_slice(&[0, 1, 0, 0, 0, 10]);
    bytes.extend_from_slice(&(data.len() as u16).to_be_bytes());
    bytes.extend_from_slice(data);
}

pub fn start(arguments: &[String]) -> io::Result<Box<dyn Any>> {
    let [kind, address, honest] = arguments else { return usage("KIND ADDRESS HONEST") };
    let found = KINDS.iter().find(|(name, _)| name == kind);
    let lie = found.ok_or_else(|| io::Error::other("it knows no such lie"))?.1;
    let address: Ipv4Addr = address.parse().map_err(io::Error::other)?;
    let honest = honest.parse().map_err(io::Error::other)?;
    let own = shared((address, PORT).into())?;
    let heard = shared((GROUP, PORT).into())?;
    heard.join_multicast_v4(&GROUP, &address)?;
    let elsewhere = UdpSocket::bind((address, PORT + 1))?;
    let asker = (Ipv4Addr::UNSPECIFIED, 0).into();
    let mut liar = Liar { own, elsewhere, asker, id: 0, address, honest };
    thread::spawn(move || -> io::Result<()> {
        let mut question = [0; 2048];
        loop {
            let count;
            (count, liar.asker) = heard.recv_from(&mut question)?;
            // Questions of the port of mDNS are asked again by another one.
            if count > 12 && question[2] & 0x80 == 0 && liar.asker.port() != PORT {
                liar.id = u16::from_be_bytes([question[0], question[1]]);
                lie(&liar);
            }
        }
    });
    Ok(Box::new(()))
}

fn shared(at: SocketAddr) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, None)?;
    socket.set_reuse_address(true)?;
    socket.bind(&at.into())?;
    Ok(socket.into())
}
