#![forbid(unsafe_code)]
//! `liar KIND [ADDRESS]`: answers the question for VXI-11 as no portmapper should, from an address
//! of this host.

use std::any::Any;
use std::io;
use std::net::Ipv4Addr;
use std::net::SocketAddr;
use std::net::UdpSocket;
use std::thread;
use std::time::Duration;

use crate::net::parts::rpc::Call;
use crate::net::parts::rpc::reply;
use crate::net::parts::usage;

const PORT: u16 = 111;

/// What it answers to, and by which sockets.
struct Liar {
    portmapper: UdpSocket,
    /// One at another port.
    elsewhere: UdpSocket,
    asker: SocketAddr,
    xid: u32,
}

/// What a liar says when it is asked.
type Lie = fn(&Liar);

/// All kinds, with what each does. None of them is an instrument.
const KINDS: &[(&str, Lie)] = &[
    ("cut_anywhere", |liar| {
        let whole = reply(liar.xid, 0, &[1024]);
        (0..whole.len()).for_each(|len| liar.say(&whole[..len]));
    }),
    ("empty_of_60_kilobytes", |liar| liar.say(&vec![0; 60_000])),
    ("port_0_and_60_kilobytes", |liar| {
        let mut long = reply(liar.xid, 0, &[0]);
        long.resize(60_000, 0x11);
        liar.say(&long);
    }),
    ("another_transaction", |liar| {
        (1..=100).for_each(|number| {
            liar.say(&reply(liar.xid.wrapping_add(number), 0, &[1024]));
            liar.say(&reply(liar.xid.wrapping_sub(number), 0, &[1024]));
        });
    }),
    ("refused", |liar| {
        // Program unavailable, version mismatch, procedure unavailable, garbage, system error.
        (1..=5).for_each(|status| liar.say(&reply(liar.xid, status, &[1024, 1024, 1024])));
    }),
    ("denied", |liar| {
        let words = [liar.xid, 1, 1, 1, 1, 0, 1024];
        liar.say(&words.map(u32::to_be_bytes).concat());
    }),
    ("a_call", |liar| {
        let words = [liar.xid, 0, 2, 100_000, 2, 3, 1024];
        liar.say(&words.map(u32::to_be_bytes).concat());
    }),
    ("port_0", |liar| liar.say(&reply(liar.xid, 0, &[0]))),
    ("ports_that_are_none", |liar| {
        for port in [65_536, 66_560, 0x7FFF_FFFF, 0x8000_0400, 0xFFFF_0400] {
            liar.say(&reply(liar.xid, 0, &[port]));
        }
    }),
    ("another_port", |liar| {
        // The asker may have gone meanwhile, here as in the others.
        let _ = liar.elsewhere.send_to(&reply(liar.xid, 0, &[1024]), liar.asker);
    }),
    ("flood", |liar| {
        for number in 0..50_000 {
            liar.say(&reply(number, 0, &[1024]));
            liar.say(&reply(liar.xid, 0, &[0]));
        }
    }),
    // These are lies, if at all, by where they come from.
    ("fair_words", |liar| liar.say(&reply(liar.xid, 0, &[1024]))),
    ("fair_words_after_700_ms", |liar| {
        thread::sleep(Duration::from_millis(700));
        liar.say(&reply(liar.xid, 0, &[1024]));
    }),
];

/// The names of all that are lies whatever address they come from.
pub fn kinds() -> impl Iterator<Item = &'static str> {
    KINDS.iter().map(|(name, _)| *name).filter(|name| !name.starts_with("fair"))
}

impl Liar {
    fn say(&self, bytes: &[u8]) {
        let _ = self.portmapper.send_to(bytes, self.asker);
    }
}

pub fn start(arguments: &[String]) -> io::Result<Box<dyn Any>> {
    let (kind, address) = match arguments {
        [kind] => (kind, None),
        [kind, address] => (kind, Some(address.as_str())),
        _ => return usage("KIND [ADDRESS]"),
    };
    let found = KINDS.iter().find(|(name, _)| name == kind);
    let lie = found.ok_or_else(|| io::Error::other("it knows no such lie"))?.1;
    // Where each address has a socket of its own, none may have all.
    let local = if address.is_some() { Ipv4Addr::BROADCAST } else { Ipv4Addr::UNSPECIFIED };
    let heard = UdpSocket::bind((local, PORT))?;
    let elsewhere = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, PORT + 1))?;
    let portmapper = match address {
        Some(address) => from_address(address)?,
        None => heard.try_clone()?,
    };
    thread::spawn(move || -> io::Result<()> {
        let mut call = [0; 2048];
        let (mut liar, mut count);
        liar = Liar { portmapper, elsewhere, asker: (Ipv4Addr::UNSPECIFIED, 0).into(), xid: 0 };
        loop {
            (count, liar.asker) = heard.recv_from(&mut call)?;
            if let Some(Call::Port { xid }) = Call::decode(&call[..count]) {
                liar.xid = xid;
                lie(&liar);
            }
        }
    });
    Ok(Box::new(()))
}

/// The portmapper's port of one address.
fn from_address(address: &str) -> io::Result<UdpSocket> {
    let address: Ipv4Addr = address.parse().map_err(io::Error::other)?;
    UdpSocket::bind((address, PORT))
}
