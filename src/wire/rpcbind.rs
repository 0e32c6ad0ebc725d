#![forbid(unsafe_code)]
//! The portmapper, version 3 (RFC 1833 section 2), where it is called rpcbind: at which address a
//! program is served. Unlike [version 2](crate::wire::portmap) it knows IPv6.

use std::net::Ipv6Addr;

use crate::wire::rpc::Call;
use crate::wire::rpc::Program;
use crate::wire::xdr::Reader;

/// Where all on a link that serve it are asked at once (RFC 1833 section 2.2.1).
pub const GROUP: Ipv6Addr = Ipv6Addr::new(0xFF02, 0, 0, 0, 0, 0, 0, 0x202);

const RPCBIND: Program = Program { number: 100_000, version: 3 };
const GETADDR: u32 = 3;

/// Asks for the address where `program` is served over TCP and IPv6. A server of version 4 has
/// version 3 too.
pub fn getaddr(program: Program) -> Call {
    // Two empty strings: an address and an owner, which only those who register tell.
    let (address, owner) = (0, 0);
    Call::new(RPCBIND, GETADDR)
        .word(program.number)
        .word(program.version)
        .word(4)
        .word(u32::from_be_bytes(*b"tcp6"))
        .word(address)
        .word(owner)
}

/// The port in the results of [`getaddr`]: the last two numbers of a universal address, which are
/// its two bytes (RFC 5665 section 5.2.3.4). `None` when the program is not registered, which is
/// the empty string, or the answer is no such address.
pub fn port(results: &[u8]) -> Option<u16> {
    let text = str::from_utf8(Reader::new(results).opaque()?).ok()?;
    let mut numbers = text.rsplit('.');
    let (low, high) = (byte(numbers.next()?)?, byte(numbers.next()?)?);
    // The host comes before it; which host it is, the answer's sender says.
    numbers.next()?;
    Some(u16::from_be_bytes([high, low])).filter(|port| *port != 0)
}

fn byte(digits: &str) -> Option<u8> {
    let plain = digits.bytes().all(|digit| digit.is_ascii_digit());
    if plain { digits.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::noise;

    #[test]
    fn getaddr_asks_for_program_version_and_tcp_over_ipv6() {
        let mut call = getaddr(Program { number: 0x0607AF, version: 1 });
        #[rustfmt::skip]
        let expected = [
            0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1, 0x86, 0xA0, 0, 0, 0, 3,
            0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            0, 6, 7, 0xAF, 0, 0, 0, 1, 0, 0, 0, 4, b't', b'c', b'p', b'6', 0, 0, 0, 0, 0, 0, 0, 0,
        ];
        assert_eq!(call.datagram(9), expected);
    }

    fn port_of(address: &str) -> Option<u16> {
        let mut results = (address.len() as u32).to_be_bytes().to_vec();
        results.extend(address.as_bytes());
        results.resize(results.len().next_multiple_of(4), 0);
        port(&results)
    }

    #[test]
    fn the_port_is_the_last_two_numbers() {
        assert_eq!(port_of("::.4.1"), Some(1025));
        assert_eq!(port_of("fe80::1%eth0.255.255"), Some(65_535));
        assert_eq!(port_of("10.0.0.1.0.111"), Some(111));
        assert_eq!(port_of(""), None, "not registered");
        for wrong in
            ["::.0.0", "::.256.1", "::.1.256", "::.+1.1", "::.1.", ".1", "1.1", "::.-1.1", "x"]
        {
            assert_eq!(port_of(wrong), None, "{wrong}");
        }
        assert_eq!(port(b"\0\0\0\x08::.4"), None, "cut short");
        assert_eq!(port(b"\0\0\0\x06\xFF:.4.1"), None, "no text");
        noise().for_each(|bytes| assert_ne!(port(&bytes), Some(0)));
    }
}
