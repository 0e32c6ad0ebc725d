#![forbid(unsafe_code)]
//! The hosts on the links of this machine that it has talked to lately, with their hardware
//! addresses: by rtnetlink(7), which any user may ask.

use std::io;
use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use socket2::{Domain, Protocol, Socket, Type};

use crate::os::own;
use crate::status::{Error, Result, VI_ERROR_SYSTEM_ERROR};

/// The kernel answers at once; this ends the wait if it should not.
const PATIENCE: Duration = Duration::from_millis(100);

/// Room for what the kernel sends at a time, in bytes: it sends no more than 32 KiB.
const ROOM: usize = 1 << 16;

// Sizes in bytes: the head of a message (struct nlmsghdr), what comes first in one about a neighbour
// (struct ndmsg), the head of an attribute (struct rtattr).
const HEAD: usize = 16;
const NEIGHBOUR: usize = 12;
const ATTRIBUTE: usize = 4;

// Attributes (linux/neighbour.h).
const NDA_DST: u16 = 1;
const NDA_LLADDR: u16 = 2;

/// An address on a link, and the hardware that has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Neighbour {
    /// The number of the interface that leads to the link.
    pub interface: u32,
    /// The address.
    pub address: IpAddr,
    /// The hardware's address, as long as the link's kind has it.
    pub hardware: Vec<u8>,
}

/// All neighbours whose hardware is known. Some may have gone.
///
/// # Errors
/// VI_ERROR_SYSTEM_ERROR when the system does not tell.
pub fn all() -> Result<Vec<Neighbour>> {
    ask().map_err(|cause| {
        let errno = cause.raw_os_error().unwrap_or(0);
        Error::with_os(VI_ERROR_SYSTEM_ERROR, "neighbours", errno)
    })
}

fn ask() -> io::Result<Vec<Neighbour>> {
    let (domain, route) = (Domain::from(libc::AF_NETLINK), Protocol::from(libc::NETLINK_ROUTE));
    let (socket, _own) = own::make(|| Socket::new(domain, Type::RAW, Some(route)))?;
    socket.set_read_timeout(Some(PATIENCE))?;
    (&socket).write_all(&request())?;
    let mut found = Vec::new();
    let mut buffer = vec![0; ROOM];
    loop {
        let count = (&socket).read(&mut buffer)?;
        if !enter(&mut found, &buffer[..count])? {
            return Ok(found);
        }
    }
}

/// Asks for all neighbours, of whatever family.
fn request() -> [u8; HEAD + NEIGHBOUR] {
    let mut bytes = [0; HEAD + NEIGHBOUR];
    let flags = (libc::NLM_F_REQUEST | libc::NLM_F_DUMP) as u16;
    bytes[..4].copy_from_slice(&((HEAD + NEIGHBOUR) as u32).to_ne_bytes());
    bytes[4..6].copy_from_slice(&libc::RTM_GETNEIGH.to_ne_bytes());
    bytes[6..8].copy_from_slice(&flags.to_ne_bytes());
    bytes
}

/// Enters what the kernel has sent. Whether more is to come.
fn enter(found: &mut Vec<Neighbour>, mut messages: &[u8]) -> io::Result<bool> {
    while messages.len() >= HEAD {
        let len = number(messages) as usize;
        let Some(message) = messages.get(HEAD..len) else { return Ok(false) };
        match i32::from(short(&messages[4..])) {
            libc::NLMSG_DONE => return Ok(false),
            // The negative error number.
            libc::NLMSG_ERROR if message.len() >= 4 => {
                let errno = number(message).cast_signed().wrapping_neg();
                return Err(io::Error::from_raw_os_error(errno));
            }
            kind if kind == i32::from(libc::RTM_NEWNEIGH) => found.extend(neighbour(message)),
            _ => {}
        }
        messages = messages.get(len.next_multiple_of(4)..).unwrap_or_default();
    }
    Ok(true)
}

/// The neighbour that a message is about, if its hardware is known.
fn neighbour(message: &[u8]) -> Option<Neighbour> {
    let interface = number(message.get(4..8)?);
    let mut rest = message.get(NEIGHBOUR..)?;
    let (mut address, mut hardware) = (None, None);
    while rest.len() >= ATTRIBUTE {
        let len = usize::from(short(rest));
        let content = rest.get(ATTRIBUTE..len)?;
        match short(&rest[2..]) {
            NDA_DST => address = ip(content),
            NDA_LLADDR => hardware = Some(content.to_vec()),
            _ => {}
        }
        rest = rest.get(len.next_multiple_of(4)..).unwrap_or_default();
    }
    let hardware = hardware.filter(|bytes| bytes.iter().any(|byte| *byte != 0))?;
    Some(Neighbour { interface, address: address?, hardware })
}

fn ip(bytes: &[u8]) -> Option<IpAddr> {
    let v4 = <[u8; 4]>::try_from(bytes).map(|bytes| Ipv4Addr::from(bytes).into());
    let v6 = || <[u8; 16]>::try_from(bytes).map(|bytes| Ipv6Addr::from(bytes).into());
    v4.or_else(|_| v6()).ok()
}

/// The first four bytes of `bytes`, which has them.
fn number(bytes: &[u8]) -> u32 {
    bytes.first_chunk().map_or(0, |bytes| u32::from_ne_bytes(*bytes))
}

/// The first two.
fn short(bytes: &[u8]) -> u16 {
    bytes.first_chunk().map_or(0, |bytes| u16::from_ne_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::os::alone;
    use crate::os::lan;
    use crate::os::netns;

    /// On a network of its own, to have neighbours.
    #[test]
    fn neighbours_are_known_with_their_hardware() {
        alone::run(module_path!(), "known");
    }

    #[test]
    #[ignore = "run by the one above"]
    fn known() {
        let lans = [
            "link add lan1 type veth peer name lan2",
            "addr add 10.81.1.1/24 dev lan1",
            "link set lan1 up",
            "link set lan2 up",
            "neigh add 10.81.1.7 lladdr 02:00:00:00:01:07 dev lan1 nud reachable",
            "neigh add fd81:1::7 lladdr 02:00:00:00:01:07 dev lan1 nud permanent",
            // Asked for, and nobody there.
            "neigh add 10.81.1.8 dev lan1 nud incomplete",
        ];
        if !netns::enter(&lans) {
            return;
        }
        netns::await_links(&["lan1"]);
        let lans = lan::interfaces().unwrap();
        let interface = lans.iter().find(|lan| lan.name == "lan1").unwrap().index;
        let hardware = vec![2, 0, 0, 0, 1, 7];
        let mut found = all().unwrap();
        found.retain(|one| one.hardware == hardware);
        found.sort_by_key(|one| one.address);
        let with = |address: &str| Neighbour {
            interface,
            address: address.parse().unwrap(),
            hardware: hardware.clone(),
        };
        assert_eq!(found, [with("10.81.1.7"), with("fd81:1::7")]);
        assert!(all().unwrap().iter().all(|one| one.address != IpAddr::from([10, 81, 1, 8])));
    }

    /// Messages may be cut anywhere, and say any length.
    #[test]
    fn any_bytes_are_survived() {
        let mut message = request().to_vec();
        message[4..6].copy_from_slice(&libc::RTM_NEWNEIGH.to_ne_bytes());
        for (kind, content) in [(NDA_DST, &[10, 0, 0, 1][..]), (NDA_LLADDR, &[2, 0, 0, 0, 0, 1])] {
            message.extend(((ATTRIBUTE + content.len()) as u16).to_ne_bytes());
            message.extend(kind.to_ne_bytes());
            message.extend(content);
            message.resize(message.len().next_multiple_of(4), 0);
        }
        let len = message.len() as u32 - 2;
        message[..4].copy_from_slice(&len.to_ne_bytes());
        let mut found = Vec::new();
        assert!(enter(&mut found, &message).unwrap());
        assert_eq!(found.len(), 1);
        for end in 0..message.len() - 2 {
            let mut found = Vec::new();
            let _ = enter(&mut found, &message[..end]);
            assert!(found.is_empty(), "{end} bytes");
        }
        for place in 0..message.len() {
            for value in [0, 1, 3, 0x7F, 0xFF] {
                let mut other = message.clone();
                other[place] = value;
                let _ = enter(&mut Vec::new(), &other);
            }
        }
    }
}
