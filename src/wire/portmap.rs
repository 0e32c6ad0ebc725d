#![forbid(unsafe_code)]
//! The portmapper, version 2 (RFC 1833 section 3): which TCP port serves a program.

use crate::wire::rpc::Call;
use crate::wire::rpc::Program;
use crate::wire::xdr::Reader;

/// Where portmappers listen.
pub const PORT: u16 = 111;

const PORTMAPPER: Program = Program { number: 100_000, version: 2 };
const GETPORT: u32 = 3;
const IPPROTO_TCP: u32 = 6;

/// Asks for the TCP port of `program`.
pub fn getport(program: Program) -> Call {
    let unused_port = 0;
    Call::new(PORTMAPPER, GETPORT)
        .word(program.number)
        .word(program.version)
        .word(IPPROTO_TCP)
        .word(unused_port)
}

/// The port in the results of [`getport`]; `None` when the program is not registered (port 0), the
/// answer is cut short or the number is no port.
pub fn port(results: &[u8]) -> Option<u16> {
    let port = Reader::new(results).u32()?;
    // Some servers send their 16-bit port with its sign extended.
    let extended = i16::try_from(port.cast_signed()).ok().map(i16::cast_unsigned);
    u16::try_from(port).ok().or(extended).filter(|port| *port != 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::noise;

    #[test]
    fn getport_asks_for_program_version_and_tcp() {
        let mut call = getport(Program { number: 0x0607AF, version: 1 });
        #[rustfmt::skip]
        let expected = [
            0x80, 0, 0, 56, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1, 0x86, 0xA0, 0, 0, 0, 2,
            0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            0, 6, 7, 0xAF, 0, 0, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0,
        ];
        assert_eq!(call.record(1, 0), expected);
    }

    #[test]
    fn only_real_port_numbers_count() {
        assert_eq!(port(&[0, 0, 0x03, 0xE9]), Some(1001));
        assert_eq!(port(&[0, 0, 0, 0]), None, "not registered");
        assert_eq!(port(&[0xFF, 0xFF, 0xC3, 0x50]), Some(50_000), "sign-extended");
        assert_eq!(port(&[0xFF, 0xFF, 0x43, 0x50]), None, "whose sign?");
        assert_eq!(port(&[0, 1, 0, 111]), None, "65536 and 111");
        assert_eq!(port(&[0, 0, 3]), None, "cut short");
        noise().for_each(|bytes| assert_ne!(port(&bytes), Some(0)));
    }
}
