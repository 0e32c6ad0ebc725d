#![forbid(unsafe_code)]
//! What is behind the number of a GPIB board.

use std::fmt;
use std::path::PathBuf;

use crate::rsrc::ResourceName;
use crate::rsrc::name::Address;

/// The TCP port of a Prologix GPIB-ETHERNET.
const PROLOGIX_PORT: u16 = 1234;

/// A board's place, as a word of the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BoardPlace {
    /// `libgpib`, `libgpib:1`: a board of linux-gpib's or National Instruments' library, by its
    /// number there.
    Library {
        /// That number.
        index: u16,
    },
    /// `/dev/gpib0`: a board of the kernel's driver, used without a library.
    Device(PathBuf),
    /// `prologix://host`, `prologix://host:port`: a Prologix GPIB-ETHERNET, or what is compatible.
    PrologixNetwork {
        /// A name or an address, without brackets.
        host: String,
        /// Its TCP port.
        port: u16,
    },
    /// `prologix:///dev/ttyUSB0`: a Prologix GPIB-USB or an AR488.
    PrologixPort(PathBuf),
    /// `TCPIP::host::gpib0`: an interface of a VXI-11 gateway. `TCPIP::host::hislip...`: one of a
    /// HiSLIP gateway, which has a device at `,address` behind that name.
    Gateway(ResourceName),
}

impl BoardPlace {
    /// The words there are, for messages.
    pub(super) const FORMS: &str = "\
        libgpib, libgpib:n, a device's path, prologix://host, prologix:///path or TCPIP::host::gpib0, \
        in quotes";

    /// The place that a word means for GPIB`number`.
    pub(super) fn parse(number: u16, word: &str) -> Option<Self> {
        match word.split_once(':') {
            None if word == "libgpib" => Some(Self::Library { index: number }),
            Some(("libgpib", index)) => Some(Self::Library { index: index.parse().ok()? }),
            Some(("prologix", rest)) => Self::prologix(rest.strip_prefix("//")?),
            _ if word.starts_with('/') => Some(Self::Device(word.into())),
            _ => Self::gateway(word),
        }
    }

    fn prologix(place: &str) -> Option<Self> {
        if place.starts_with('/') {
            return Some(Self::PrologixPort(place.into()));
        }
        // An IPv6 address stands in brackets, for it has colons of its own.
        let (host, port) = match place.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((host, "")) => (host, None),
            Some((host, port)) => (host, Some(port.strip_prefix(':')?)),
            None => match place.split_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (place, None),
            },
        };
        let port = port.map_or(Some(PROLOGIX_PORT), |port| port.parse().ok())?;
        let fits = !host.is_empty() && !host.contains(['/', '[', ']']);
        (fits && port != 0).then(|| Self::PrologixNetwork { host: host.to_owned(), port })
    }

    fn gateway(word: &str) -> Option<Self> {
        let name = ResourceName::parse(word).ok()?;
        match name.address {
            Address::Vxi11 { .. } | Address::Hislip { .. } => Some(Self::Gateway(name)),
            _ => None,
        }
    }
}

/// The word that means it, whatever the board's number.
impl fmt::Display for BoardPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Library { index } => write!(f, "libgpib:{index}"),
            Self::Device(path) => write!(f, "{}", path.display()),
            Self::PrologixNetwork { host, port } if host.contains(':') => {
                write!(f, "prologix://[{host}]:{port}")
            }
            Self::PrologixNetwork { host, port } => write!(f, "prologix://{host}:{port}"),
            Self::PrologixPort(path) => write!(f, "prologix://{}", path.display()),
            Self::Gateway(name) => write!(f, "{}", name.canonical()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(host: &str, port: u16) -> Option<BoardPlace> {
        Some(BoardPlace::PrologixNetwork { host: host.into(), port })
    }

    #[test]
    fn a_prologix_is_at_a_host_or_at_a_path() {
        let parse = |word| BoardPlace::parse(2, word);
        assert_eq!(parse("prologix://192.168.1.5"), network("192.168.1.5", 1234));
        assert_eq!(parse("prologix://gpib.lab:99"), network("gpib.lab", 99));
        assert_eq!(parse("prologix://[fe80::1%eth0]"), network("fe80::1%eth0", 1234));
        assert_eq!(parse("prologix://[::1]:99"), network("::1", 99));
        let port = Some(BoardPlace::PrologixPort("/dev/ttyUSB0".into()));
        assert_eq!(parse("prologix:///dev/ttyUSB0"), port);
        for wrong in ["prologix:", "prologix://", "prologix://a:0", "prologix://a:x", "prologix:a"]
        {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
        assert_eq!(parse("prologix://[::1]99"), None);
    }

    #[test]
    fn a_gateway_is_a_resource_name_of_tcpip_instr() {
        let parse = |word| BoardPlace::parse(3, word);
        for name in ["TCPIP::gw::gpib0", "TCPIP::gw,1024::gpib0::INSTR", "TCPIP::gw::hislip0"] {
            assert_eq!(parse(name), Some(BoardPlace::Gateway(ResourceName::parse(name).unwrap())));
        }
        for wrong in ["TCPIP::gw::5025::SOCKET", "GPIB0::INTFC", "gw", ""] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_word_of_a_place_means_it_again() {
        for word in [
            "libgpib",
            "libgpib:3",
            "/dev/gpib0",
            "prologix://gpib.lab",
            "prologix://[fe80::1%eth0]:99",
            "prologix:///dev/ttyUSB0",
            "TCPIP::gw,1024::gpib0",
            "TCPIP::gw::hislip_gpib0",
        ] {
            let place = BoardPlace::parse(7, word).expect(word);
            assert_eq!(BoardPlace::parse(8, &place.to_string()), Some(place), "{word}");
        }
    }
}
