#![forbid(unsafe_code)]
//! `crowd BROADCAST ADDRESS...`: a portmapper for each of the addresses, which all belong to this
//! one host, as if each were an instrument with VXI-11 at port 1024. Each answers by itself to what
//! is sent to the broadcast address.

use std::any::Any;
use std::io;
use std::net::Ipv4Addr;
use std::net::UdpSocket;
use std::thread;

use crate::net::parts::rpc::Call;
use crate::net::parts::rpc::reply;
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
            let Some(Call::Port { xid }) = Call::decode(&call[..count]) else { continue };
            for member in &members {
                // The asker may have gone meanwhile.
                let _ = member.send_to(&reply(xid, 0, &[1024]), from);
            }
        }
    });
    Ok(Box::new(()))
}
