#![forbid(unsafe_code)]
//! Resource names: parsing and canonical form.

use crate::rsrc::Kinds;
use crate::status::{Result, VI_ERROR_INV_RSRC_NAME, fail};

/// A parsed resource name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResourceName {
    /// What it names.
    pub address: Address,
    canonical: String,
}

/// What a resource name says, by form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// `TCPIP[board]::host[,port][::device][::INSTR]`; a port means: ask no portmapper.
    Vxi11 { board: u16, host: String, port: Option<u16>, device: String },
    /// `TCPIP[board]::[credential@]host::hislipN[,port][::INSTR]`
    Hislip { board: u16, credential: Option<String>, host: String, device: String, port: u16 },
    /// `TCPIP[board]::[credential@]host::port::SOCKET`
    Socket { board: u16, credential: Option<String>, host: String, port: u16 },
}

impl ResourceName {
    /// Parses any spelling.
    ///
    /// # Errors
    /// VI_ERROR_INV_RSRC_NAME.
    pub fn parse(text: &str) -> Result<Self> {
        let words: Vec<&str> = text.split("::").collect();
        let address = match words[..] {
            [_, host, port, "SOCKET"] => Address::Socket {
                board: 0,
                credential: None,
                host: host.into(),
                port: port.parse().unwrap_or(0),
            },
            [_, host, device, "INSTR"] if device.starts_with("hislip") => {
                let (device, port) = device.split_once(',').unwrap_or((device, "4880"));
                Address::Hislip {
                    board: 0,
                    credential: None,
                    host: host.into(),
                    device: device.into(),
                    port: port.parse().unwrap_or(0),
                }
            }
            [_, host, device, "INSTR"] => {
                let (host, port) =
                    host.split_once(',').map_or((host, None), |(h, p)| (h, p.parse().ok()));
                Address::Vxi11 { board: 0, host: host.into(), port, device: device.into() }
            }
            _ => return fail(VI_ERROR_INV_RSRC_NAME, "no such form"),
        };
        Ok(Self { address, canonical: text.into() })
    }

    /// The canonical text.
    pub fn canonical(&self) -> &str {
        &self.canonical
    }

    /// Its one kind.
    pub fn kind(&self) -> Kinds {
        match self.address {
            Address::Vxi11 { .. } => Kinds::TCPIP_VXI11,
            Address::Hislip { .. } => Kinds::TCPIP_HISLIP,
            Address::Socket { .. } => Kinds::TCPIP_SOCKET,
        }
    }
}
