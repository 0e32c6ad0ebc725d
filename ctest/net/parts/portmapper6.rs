#![forbid(unsafe_code)]
//! `portmapper6 rfc1833`: a portmapper for IPv6 as RFC 1833 has it, a member of its group, with
//! VXI-11 at port 1024. `portmapper6 plain`: one of version 2 that happens to be reachable by IPv6,
//! and is a member of nothing.

use std::any::Any;
use std::io;
use std::net::Ipv6Addr;
use std::net::SocketAddrV6;
use std::net::UdpSocket;
use std::process::Command;
use std::thread;

use socket2::Domain;
use socket2::Socket;
use socket2::Type;

use crate::net::parts::rpc::Call;
use crate::net::parts::rpc::reply;
use crate::net::parts::rpc::reply_with_text;
use crate::net::parts::usage;

const PORT: u16 = 111;

/// RFC 1833 section 2.2.1.
const GROUP: Ipv6Addr = Ipv6Addr::new(0xFF02, 0, 0, 0, 0, 0, 0, 0x202);

pub fn start(arguments: &[String]) -> io::Result<Box<dyn Any>> {
    let [kind] = arguments else { return usage("rfc1833|plain") };
    let knows_version_3 = kind == "rfc1833";
    // Beside a portmapper of IPv4.
    let socket = Socket::new(Domain::IPV6, Type::DGRAM, None)?;
    socket.set_only_v6(true)?;
    socket.bind(&SocketAddrV6::new(Ipv6Addr::UNSPECIFIED, PORT, 0, 0).into())?;
    let socket = UdpSocket::from(socket);
    if knows_version_3 {
        socket.join_multicast_v6(&GROUP, index("eth0")?)?;
    }
    thread::spawn(move || -> io::Result<()> {
        let mut call = [0; 2048];
        loop {
            let (count, from) = socket.recv_from(&mut call)?;
            let reply = match Call::decode(&call[..count]) {
                Some(Call::Port { xid }) if !knows_version_3 => reply(xid, 0, &[1024]),
                Some(Call::Address { xid }) if knows_version_3 => reply_with_text(xid, "::.4.0"),
                // PROG_MISMATCH, with the only version there is.
                Some(Call::Port { xid }) => reply(xid, 2, &[3, 3]),
                Some(Call::Address { xid }) => reply(xid, 2, &[2, 2]),
                None => continue,
            };
            // The asker may have gone meanwhile.
            let _ = socket.send_to(&reply, from);
        }
    });
    Ok(Box::new(()))
}

/// The number of an interface of this host's.
fn index(interface: &str) -> io::Result<u32> {
    let output = Command::new("ip").args(["-oneline", "link", "show", interface]).output()?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let number = said.split(':').next().and_then(|number| number.parse().ok());
    number.ok_or_else(|| io::Error::other(said))
}
