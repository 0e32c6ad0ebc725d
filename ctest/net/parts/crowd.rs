#![forbid(unsafe_code)]
//! `crowd BROADCAST ADDRESS...`: a portmapper for each of the addresses, which all belong to this
//! one host, as if each were an instrument with VXI-11 at port 1024. Each answers by itself to what
//! is sent to the broadcast address.

use std::any::Any;
use std::io;
use std::net::Ipv4Addr;
use std::net::UdpSocket;
use std::thread;

use crate::net::parts::usage;

const PORT: u16 = 111;

pub fn start(arguments: &[String]) -> io::Result<Box<dyn Any>> {
    let parsed: Result<Vec<Ipv4Addr>, _> = arguments.iter().map(|word| word.parse()).collect();
    let Some((broadcast, addresses)) = parsed.as_ref().ok().and_then(|all| all.split_first())
    else {
        return usage("BROADCAST ADDRESS...");
    };
    let heard = UdpSocket::bind((*broadcast, PORT))?;
    let bound: io::Result<Vec<_>> =
        addresses.iter().map(|address| UdpSocket::bind((*address, PORT))).collect();
    let members = bound?;
    thread::spawn(move || -> io::Result<()> {
        let mut call = [0; 2048];
        loop {
            let (count, from) = heard.recv_from(&mut call)?;
            for (member, reply) in members.iter().zip(std::iter::repeat(reply(&call[..count]))) {
                if let Some(reply) = reply {
                    // The asker may have gone meanwhile.
                    let _ = member.send_to(&reply, from);
                }
            }
        }
    });
    Ok(Box::new(()))
}

/// The reply to GETPORT of VXI-11's core channel over TCP (RFC 1833 section 3, RFC 5531 section 9).
fn reply(call: &[u8]) -> Option<[u8; 28]> {
    let words: Vec<u32> = call
        .chunks_exact(4)
        .map(|word| u32::from_be_bytes([word[0], word[1], word[2], word[3]]))
        .collect();
    let [xid, 0, 2, 100_000, 2, 3, 0, 0, 0, 0, 0x0006_07AF, 1, 6, _port] = words[..] else {
        return None;
    };
    let mut bytes = [0; 28];
    for (place, word) in bytes.chunks_exact_mut(4).zip([xid, 1, 0, 0, 0, 0, 1024]) {
        place.copy_from_slice(&word.to_be_bytes());
    }
    Some(bytes)
}
