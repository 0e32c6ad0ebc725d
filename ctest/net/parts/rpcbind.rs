#![forbid(unsafe_code)]
//! `rpcbind IDENTITY`: the distribution's rpcbind, which knows the portmapper's versions 2 to 4 over
//! IPv4 and IPv6, and a simulated instrument with VXI-11 that is registered there. It does not hear
//! RFC 1833's group for IPv6: rpcbind 1.2.6 closes the socket by which it joins, and its replies to
//! what was sent to a group fail, for it sends them from that group's address.

use std::any::Any;
use std::io;
use std::net::Ipv6Addr;
use std::net::UdpSocket;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

use visa::sim::Config;
use visa::sim::Instrument;

use crate::net::parts::usage;

const CORE: u32 = 0x0006_07AF;

pub fn start(arguments: &[String]) -> io::Result<Box<dyn Any>> {
    let [identity] = arguments else { return usage("IDENTITY") };
    let config = Config {
        identity: identity.clone(),
        bind: Ipv6Addr::UNSPECIFIED.into(),
        socket: None,
        hislip: None,
        ..Config::default()
    };
    let instrument = Instrument::start(config)?;
    let port = instrument.vxi11_port().unwrap_or_default();
    let rpcbind = Killed(Command::new("rpcbind").arg("-f").stdin(Stdio::null()).spawn()?);
    for (transport, host) in [("tcp", "0.0.0.0"), ("tcp6", "::")] {
        let address = format!("{host}.{}.{}", port >> 8, port & 0xFF);
        register(transport, &address)?;
    }
    Ok(Box::new((instrument, rpcbind)))
}

struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        // Either may fail only when it has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// RPCBPROC_SET of version 4 (RFC 1833 section 2.1), from a port that only root has.
fn register(transport: &str, address: &str) -> io::Result<()> {
    let socket = UdpSocket::bind("127.0.0.1:600")?;
    socket.connect("127.0.0.1:111")?;
    socket.set_read_timeout(Some(Duration::from_millis(50)))?;
    let mut call = Vec::new();
    let (xid, program, version, set) = (7, 100_000, 4, 1);
    for word in [xid, 0, 2, program, version, set, 0, 0, 0, 0, CORE, 1] {
        call.extend(u32::to_be_bytes(word));
    }
    for text in [transport, address, "superuser"] {
        call.extend((text.len() as u32).to_be_bytes());
        call.extend(text.as_bytes());
        call.resize(call.len().next_multiple_of(4), 0);
    }
    // It may take a while until it listens.
    let began = Instant::now();
    let mut reply = [0; 400];
    loop {
        let answered = socket.send(&call).and_then(|_| socket.recv(&mut reply));
        match answered {
            Ok(28) if reply[24..28] == [0, 0, 0, 1] => return Ok(()),
            Ok(count) => {
                let text = format!("rpcbind says {:?} to {address}", &reply[..count]);
                return Err(io::Error::other(text));
            }
            Err(error) if began.elapsed() > Duration::from_secs(20) => return Err(error),
            Err(_) => {}
        }
    }
}
