#![forbid(unsafe_code)]
//! A responder on another host, honest or not: `faults mdns-responder NAME ADDRESS FAULT`.

use std::io;
use std::net::Ipv4Addr;
use std::net::SocketAddr;
use std::net::UdpSocket;
use std::time::Duration;

use socket2::Domain;
use socket2::Socket;
use socket2::Type;

use crate::faults::mdns::packet::HEADER;
use crate::faults::mdns::packet::Record;
use crate::faults::mdns::packet::announced;
use crate::faults::mdns::packet::name;
use crate::faults::mdns::packet::records;
use crate::faults::mdns::packet::response;

const GROUP: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 251);
const PORT: u16 = 5353;

/// The port of HiSLIP.
const HISLIP: u16 = 4880;

/// What a responder has to answer with.
pub struct Liar<'a> {
    socket: &'a UdpSocket,
    asker: SocketAddr,
    id: u16,
    name: &'a str,
    address: Ipv4Addr,
}

impl Liar<'_> {
    fn say(&self, bytes: &[u8]) {
        // The asker may have gone meanwhile.
        let _ = self.socket.send_to(bytes, self.asker);
    }

    fn records(&self) -> Vec<Record> {
        records(self.name, HISLIP, self.address)
    }

    fn truth(&self) -> Vec<u8> {
        response(self.id, &self.records())
    }
}

/// Whether the instrument of a responder is listed all the same. Others always are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listed {
    Yes,
    No,
    /// It depends on what of a flood the system has room for.
    Chance,
}

/// A fault of a responder.
pub struct Fault {
    pub name: &'static str,
    pub what: &'static str,
    pub listed: Listed,
    answer: fn(&Liar),
}

pub static FAULTS: &[Fault] = &[
    Fault {
        name: "none",
        what: "nothing",
        listed: Listed::Yes,
        answer: |liar| liar.say(&liar.truth()),
    },
    Fault {
        name: "delayed",
        what: "each answer comes 50 ms later",
        listed: Listed::Yes,
        answer: |liar| {
            std::thread::sleep(Duration::from_millis(50));
            liar.say(&liar.truth());
        },
    },
    Fault {
        name: "late",
        what: "each answer comes when the search is over",
        listed: Listed::No,
        answer: |liar| {
            std::thread::sleep(Duration::from_millis(1500));
            liar.say(&liar.truth());
        },
    },
    Fault { name: "silent", what: "no answer comes", listed: Listed::No, answer: |_| {} },
    Fault {
        name: "repeated",
        what: "each answer comes ten times",
        listed: Listed::Yes,
        answer: |liar| (0..10).for_each(|_| liar.say(&liar.truth())),
    },
    Fault {
        name: "split",
        what: "each record comes in a packet of its own, the last first",
        listed: Listed::Yes,
        answer: |liar| {
            let records = liar.records();
            records
                .iter()
                .rev()
                .for_each(|record| liar.say(&response(liar.id, std::slice::from_ref(record))));
        },
    },
    Fault {
        name: "merged",
        what: "a thousand records of others in the same packet",
        listed: Listed::Yes,
        answer: |liar| {
            let stray = records("stray", HISLIP, liar.address).remove(2);
            let all = [liar.records(), vec![stray; 1000]].concat();
            liar.say(&response(liar.id, &all));
        },
    },
    Fault {
        name: "cut anywhere",
        what: "the answer comes cut off at every length but the last",
        listed: Listed::No,
        answer: |liar| {
            let truth = liar.truth();
            (0..truth.len()).for_each(|length| liar.say(&truth[..length]));
        },
    },
    Fault {
        name: "wrong id",
        what: "the answer names another question",
        listed: Listed::No,
        answer: |liar| liar.say(&response(liar.id.wrapping_add(0x4000).max(1), &liar.records())),
    },
    Fault {
        name: "wrong type",
        what: "the records come in a question",
        listed: Listed::No,
        answer: |liar| {
            let mut question = liar.truth();
            question[2] = 0;
            liar.say(&question);
        },
    },
    Fault {
        name: "no records announced",
        what: "there are four, and none is announced",
        listed: Listed::No,
        answer: |liar| liar.say(&announced(liar.id, 0, &liar.truth()[HEADER..])),
    },
    Fault {
        name: "length too large",
        what: "each record's data are announced with 100 bytes more than there are",
        listed: Listed::No,
        answer: |liar| lengths(liar, |length| length + 100),
    },
    Fault {
        name: "length of 64 KiB",
        what: "each record's data are announced with 65535 bytes",
        listed: Listed::No,
        answer: |liar| lengths(liar, |_| u16::MAX),
    },
    Fault {
        name: "length 0",
        what: "each record's data are announced with no bytes",
        listed: Listed::No,
        answer: |liar| lengths(liar, |_| 0),
    },
    Fault {
        name: "looping names",
        what: "each record's name points to itself",
        listed: Listed::No,
        answer: |liar| {
            let looping = |mut record: Record| {
                record.name = vec![0xC0, HEADER as u8];
                response(liar.id, &[record])
            };
            liar.records().into_iter().for_each(|record| liar.say(&looping(record)));
        },
    },
    Fault {
        name: "port 0",
        what: "the service has port 0",
        listed: Listed::No,
        answer: |liar| liar.say(&response(liar.id, &records(liar.name, 0, liar.address))),
    },
    Fault {
        name: "another's address",
        what: "its host has the address of the honest one's",
        listed: Listed::No,
        answer: |liar| {
            let [a, b, c, _] = liar.address.octets();
            let honest = Ipv4Addr::new(a, b, c, HONEST);
            liar.say(&response(liar.id, &records(liar.name, HISLIP, honest)));
        },
    },
    Fault {
        name: "another's name",
        what: "its service and its host are called as the honest one's",
        listed: Listed::Yes,
        answer: |liar| liar.say(&response(liar.id, &records("honest", HISLIP, liar.address))),
    },
    Fault {
        name: "huge",
        what: "60000 bytes of one record behind the others",
        listed: Listed::Yes,
        answer: |liar| {
            let mut all = liar.records();
            all.push(all[2].clone());
            all[4].name = name("padding.local");
            all[4].data = [&[0xFF], &[b'x'; 0xFF][..]].concat().repeat(234);
            liar.say(&response(liar.id, &all));
        },
    },
    Fault {
        name: "flooding",
        what: "twenty thousand services, all of which lead to the same place",
        listed: Listed::Chance,
        answer: |liar| {
            for number in 0..20_000 {
                let named = records(&format!("flood{number}"), HISLIP, liar.address);
                liar.say(&response(liar.id, &named));
            }
        },
    },
];

/// The last number of the honest host's address.
pub const HONEST: u8 = 2;

fn lengths(liar: &Liar, other: fn(u16) -> u16) {
    let records = liar.records();
    let bytes = |record: &Record| record.bytes_of_length(other(record.data.len() as u16));
    let bytes: Vec<u8> = records.iter().flat_map(bytes).collect();
    liar.say(&announced(liar.id, records.len() as u16, &bytes));
}

/// Answers every question for good.
pub fn serve(words: &[String]) -> io::Result<()> {
    let [name, address, fault] = words else {
        return Err(io::Error::other("arguments: NAME ADDRESS FAULT"));
    };
    let address: Ipv4Addr = address.parse().map_err(io::Error::other)?;
    let fault = FAULTS.iter().find(|known| known.name == fault);
    let fault = fault.ok_or_else(|| io::Error::other("there is no such fault"))?;
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, None)?;
    socket.set_reuse_address(true)?;
    socket.bind(&SocketAddr::from((Ipv4Addr::UNSPECIFIED, PORT)).into())?;
    socket.join_multicast_v4(&GROUP, &address)?;
    let socket = UdpSocket::from(socket);
    println!("ready");
    let mut question = [0; 9000];
    loop {
        let (count, asker) = socket.recv_from(&mut question)?;
        let is_question = count >= HEADER && question[2] & 0x80 == 0;
        if is_question && asker.ip() != address {
            let id = u16::from_be_bytes([question[0], question[1]]);
            (fault.answer)(&Liar { socket: &socket, asker, id, name, address });
        }
    }
}
