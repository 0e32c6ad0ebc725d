#![forbid(unsafe_code)]
//! Resource names: parsing and canonical form (VPP-4.3, section 4.3).
//!
//! What the standard leaves open, decided here:
//!
//! - Length: 256 bytes with the NUL (VI_FIND_BUFLEN), as typed and as canonical; printable ASCII
//!   without blanks. Anything else is VI_ERROR_INV_RSRC_NAME.
//! - `::INSTR` may be left out of every INSTR form; `ASRL` alone names nothing, `ASRL::INSTR` is
//!   `ASRL0::INSTR`.
//! - A class before a final `::INSTR` is the class: PyVISA 1.16 opens `gpib::1::instr` as
//!   `GPIB0::1::instr::INSTR`.
//! - GPIB: `GPIB::14` and `GPIB::14::0` are two names, because secondary address 0 is an address.
//!   PyVISA 1.11 writes the second where the user typed the first, 1.16 keeps the first; what a
//!   secondary 0 means on the bus is the driver's decision.
//! - PXI: one resource, one canonical name: the newer form, `PXI0::3-18.2::INSTR`. The older form
//!   `PXI3::18::2` becomes that too; a word with neither `-` nor `.` is the older form. Function 0
//!   is not written, nor is bus 0 of board 0 (`PXI0::21::INSTR`). CHASSIS names stay, because only
//!   the system's configuration knows what they mean.
//! - TCPIP: a device name that starts with `hislip`, in any case, is HiSLIP; its case is kept; port
//!   4880 is not written, any other is. A credential is kept as typed with its `$`; only HiSLIP and
//!   SOCKET have one, so a credential without a device name means `hislip0`.
//! - VXI-11: `host,port` asks no portmapper (not in the standard; pyvisa-py accepts it too).
//! - Hosts: letters, digits, `-`, `.` and `_`, or an IPv6 address in brackets, with `%scope` where
//!   wanted. A host is kept as typed: `[::1]` and `[0::1]` are two names.
//! - USB: ids are written `0x%04X`, the interface number always. FIREWIRE and RSNRP ids likewise.
//! - Prologix on TCP reports interface type VI_INTF_TCPIP: the number that PyVISA has for it does
//!   not fit the 16 bits of viParseRsrc, and PyVISA fails on numbers it does not know.
//! - `visa://` wraps any one of the other forms; port 3537 is not written.

pub use crate::rsrc::address::Address;

use crate::consts::VI_FIND_BUFLEN;
use crate::rsrc::Kinds;
use crate::rsrc::parse;
use crate::status::{Result, VI_ERROR_INV_RSRC_NAME, fail};

/// A parsed resource name.
#[derive(Clone, Debug)]
pub struct ResourceName {
    /// What it names.
    pub address: Address,
    canonical: String,
    board: u16,
}

impl ResourceName {
    /// Parses any spelling.
    ///
    /// # Errors
    /// VI_ERROR_INV_RSRC_NAME.
    pub fn parse(text: &str) -> Result<Self> {
        if text.len() >= VI_FIND_BUFLEN {
            return fail(VI_ERROR_INV_RSRC_NAME, "name longer than 255 bytes");
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return fail(VI_ERROR_INV_RSRC_NAME, "blank, control or non-ASCII character in name");
        }
        let (address, board) = parse::parse(text)?;
        let canonical = address.to_string();
        if canonical.len() >= VI_FIND_BUFLEN {
            return fail(VI_ERROR_INV_RSRC_NAME, "canonical name longer than 255 bytes");
        }
        Ok(Self { address, canonical, board })
    }

    /// The name of `address`, for those who found a resource.
    ///
    /// # Errors
    /// VI_ERROR_INV_RSRC_NAME when no name can say it: a blank in a serial number, a number out of
    /// range.
    pub fn of(address: &Address) -> Result<Self> {
        Self::parse(&address.to_string())
    }

    /// The canonical text: what VI_ATTR_RSRC_NAME, viFindRsrc and viParseRsrcEx give. Parsing it
    /// gives the same resource and the same text.
    pub fn canonical(&self) -> &str {
        &self.canonical
    }

    /// Its one kind.
    pub fn kind(&self) -> Kinds {
        self.address.facts().kind
    }

    /// The interface type, VI_INTF_*: what viParseRsrc gives. For `visa://`, that of the resource
    /// behind it.
    pub fn interface_type(&self) -> u16 {
        self.address.facts().interface
    }

    /// The board number that viParseRsrc gives: the number typed behind the interface's name, 0
    /// where there is none. In the older PXI form that number is a bus; VI_ATTR_INTF_NUM is not it.
    pub fn board(&self) -> u16 {
        self.board
    }

    /// The class: INSTR, INTFC, MEMACC, BACKPLANE, SERVANT, SOCKET or RAW.
    pub fn class(&self) -> &'static str {
        self.address.facts().class
    }

    /// Whether both name one resource: names compare without regard to case in every part (rules
    /// 4.3.17 and 4.3.20). Paths are the exception, being no part of the standard's names: the
    /// system may hold two files that differ by case only.
    pub fn same_resource(&self, other: &Self) -> bool {
        self.key() == other.key()
    }

    /// A text that two names share exactly when [`ResourceName::same_resource`] holds.
    pub fn key(&self) -> String {
        match &self.address {
            Address::AsrlPath { .. } | Address::PrologixAsrl { .. } => self.canonical.clone(),
            Address::Remote { resource, .. } => {
                let server = self.canonical.len() - resource.canonical.len();
                self.canonical[..server].to_ascii_uppercase() + &resource.key()
            }
            _ => self.canonical.to_ascii_uppercase(),
        }
    }
}

/// Equal when the addresses are, whatever was typed; case counts. See
/// [`ResourceName::same_resource`] for the standard's comparison.
impl PartialEq for ResourceName {
    fn eq(&self, other: &Self) -> bool {
        self.address == other.address
    }
}

impl Eq for ResourceName {}
