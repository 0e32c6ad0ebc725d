#![forbid(unsafe_code)]
//! What a resource name says, one variant for each form, and how each is written.

use std::fmt;

use crate::consts::{
    VI_INTF_ASRL, VI_INTF_FIREWIRE, VI_INTF_GPIB, VI_INTF_GPIB_VXI, VI_INTF_PRLGX_ASRL,
    VI_INTF_PXI, VI_INTF_RSNRP, VI_INTF_TCPIP, VI_INTF_USB, VI_INTF_VICP, VI_INTF_VXI,
};
use crate::rsrc::Kinds;
use crate::rsrc::ResourceName;

/// Port of HiSLIP (IVI-6.1).
pub const HISLIP_PORT: u16 = 4880;
/// Port of a Prologix GPIB-ETHERNET controller.
pub const PROLOGIX_PORT: u16 = 1234;
/// Port of a VISA server.
pub const REMOTE_PORT: u16 = 3537;

/// What a resource name says, by form. IPv6 hosts are kept without their brackets.
///
/// Displays as the canonical name.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "fields carry the grammar's names; each form is spelled out")]
pub enum Address {
    /// `GPIB[board]::primary[::secondary][::INSTR]`; both addresses 0..30.
    Gpib { board: u16, primary: u8, secondary: Option<u8> },
    /// `GPIB[board]::INTFC`
    GpibIntfc { board: u16 },
    /// `GPIB[board]::SERVANT`
    GpibServant { board: u16 },
    /// `GPIB-VXI[board]::logical address[::INSTR]`
    GpibVxi { board: u16, logical_address: u8 },
    /// `GPIB-VXI[board]::MEMACC`
    GpibVxiMemacc { board: u16 },
    /// `GPIB-VXI[board][::mainframe logical address]::BACKPLANE`
    GpibVxiBackplane { board: u16, mainframe: u8 },
    /// `VXI[board]::logical address[::INSTR]`
    Vxi { board: u16, logical_address: u8 },
    /// `VXI[board]::MEMACC`
    VxiMemacc { board: u16 },
    /// `VXI[board][::mainframe logical address]::BACKPLANE`
    VxiBackplane { board: u16, mainframe: u8 },
    /// `VXI[board]::SERVANT`
    VxiServant { board: u16 },
    /// `PXI[board]::[bus-]device[.function][::INSTR]`, and the older
    /// `PXI[bus]::device[::function][::INSTR]`; device 0..31, function 0..7.
    Pxi { board: u16, bus: u8, device: u8, function: u8 },
    /// `PXI[board]::CHASSISn::SLOTn[::FUNCn][::INSTR]`; slot 1..18. Which bus and device that is,
    /// only the system's configuration knows.
    PxiSlot { board: u16, chassis: u8, slot: u8, function: u8 },
    /// `PXI[board]::MEMACC`
    PxiMemacc { board: u16 },
    /// `PXI[board]::chassis::BACKPLANE`
    PxiBackplane { board: u16, chassis: u8 },
    /// `ASRLboard[::INSTR]`
    Asrl { board: u16 },
    /// `ASRL/path/of/the/port[::INSTR]`
    AsrlPath { path: String },
    /// `ASRL[0]::host::port[::INSTR]`: port `port` (1 is the first) of an Ethernet-to-serial box.
    AsrlLan { host: String, port: u16 },
    /// `TCPIP[board]::host[,port][::device][::INSTR]`; a port means: ask no portmapper.
    Vxi11 { board: u16, host: String, port: Option<u16>, device: String },
    /// `TCPIP[board]::[credential@]host[::hislipN[,port]][::INSTR]`
    Hislip { board: u16, credential: Option<String>, host: String, device: String, port: u16 },
    /// `TCPIP[board]::[credential@]host::port::SOCKET`
    Socket { board: u16, credential: Option<String>, host: String, port: u16 },
    /// `TCPIP[board]::device::SERVANT`
    TcpipServant { board: u16, device: String },
    /// `USB[board]::manufacturer::model::serial[::interface][::INSTR]`; interface 0..254, and 0
    /// when none was given.
    Usb { board: u16, manufacturer: u16, model: u16, serial: String, interface: u8 },
    /// `USB[board]::manufacturer::model::serial[::interface]::RAW`
    UsbRaw { board: u16, manufacturer: u16, model: u16, serial: String, interface: u8 },
    /// `FIREWIRE[board]::vendor::chip[::INSTR]`; vendor 24 bits, chip 40 bits.
    Firewire { board: u16, vendor: u32, chip: u64 },
    /// `VICP::host[::INSTR]`
    Vicp { host: String },
    /// `PRLGX-TCPIP[board]::host[::port]::INTFC`
    PrologixTcpip { board: u16, host: String, port: u16 },
    /// `PRLGX-ASRL[board]::device::INTFC`
    PrologixAsrl { board: u16, device: String },
    /// `RSNRP::product::serial[::INSTR]`
    Rsnrp { product: u16, serial: String },
    /// `visa://host[:port]/resource`
    Remote { host: String, port: u16, resource: Box<ResourceName> },
}

/// What a form alone decides.
pub(super) struct Facts {
    pub kind: Kinds,
    /// VI_INTF_*
    pub interface: u16,
    pub class: &'static str,
    /// VI_ATTR_INTF_NUM
    pub board: u16,
}

impl Address {
    pub(super) fn facts(&self) -> Facts {
        let (kind, interface, class, board) = match self {
            Self::Gpib { board, .. } => (Kinds::GPIB_INSTR, VI_INTF_GPIB, "INSTR", *board),
            Self::GpibIntfc { board } => (Kinds::GPIB_INTFC, VI_INTF_GPIB, "INTFC", *board),
            Self::GpibServant { board } => (Kinds::GPIB_SERVANT, VI_INTF_GPIB, "SERVANT", *board),
            Self::GpibVxi { board, .. } => {
                (Kinds::GPIB_VXI_INSTR, VI_INTF_GPIB_VXI, "INSTR", *board)
            }
            Self::GpibVxiMemacc { board } => {
                (Kinds::GPIB_VXI_MEMACC, VI_INTF_GPIB_VXI, "MEMACC", *board)
            }
            Self::GpibVxiBackplane { board, .. } => {
                (Kinds::GPIB_VXI_BACKPLANE, VI_INTF_GPIB_VXI, "BACKPLANE", *board)
            }
            Self::Vxi { board, .. } => (Kinds::VXI_INSTR, VI_INTF_VXI, "INSTR", *board),
            Self::VxiMemacc { board } => (Kinds::VXI_MEMACC, VI_INTF_VXI, "MEMACC", *board),
            Self::VxiBackplane { board, .. } => {
                (Kinds::VXI_BACKPLANE, VI_INTF_VXI, "BACKPLANE", *board)
            }
            Self::VxiServant { board } => (Kinds::VXI_SERVANT, VI_INTF_VXI, "SERVANT", *board),
            Self::Pxi { board, .. } | Self::PxiSlot { board, .. } => {
                (Kinds::PXI_INSTR, VI_INTF_PXI, "INSTR", *board)
            }
            Self::PxiMemacc { board } => (Kinds::PXI_MEMACC, VI_INTF_PXI, "MEMACC", *board),
            Self::PxiBackplane { board, .. } => {
                (Kinds::PXI_BACKPLANE, VI_INTF_PXI, "BACKPLANE", *board)
            }
            Self::Asrl { board } => (Kinds::ASRL_INSTR, VI_INTF_ASRL, "INSTR", *board),
            Self::AsrlPath { .. } | Self::AsrlLan { .. } => {
                (Kinds::ASRL_INSTR, VI_INTF_ASRL, "INSTR", 0)
            }
            Self::Vxi11 { board, .. } => (Kinds::TCPIP_VXI11, VI_INTF_TCPIP, "INSTR", *board),
            Self::Hislip { board, .. } => (Kinds::TCPIP_HISLIP, VI_INTF_TCPIP, "INSTR", *board),
            Self::Socket { board, .. } => (Kinds::TCPIP_SOCKET, VI_INTF_TCPIP, "SOCKET", *board),
            Self::TcpipServant { board, .. } => {
                (Kinds::TCPIP_SERVANT, VI_INTF_TCPIP, "SERVANT", *board)
            }
            Self::Usb { board, .. } => (Kinds::USB_INSTR, VI_INTF_USB, "INSTR", *board),
            Self::UsbRaw { board, .. } => (Kinds::USB_RAW, VI_INTF_USB, "RAW", *board),
            Self::Firewire { board, .. } => {
                (Kinds::FIREWIRE_INSTR, VI_INTF_FIREWIRE, "INSTR", *board)
            }
            Self::Vicp { .. } => (Kinds::VICP_INSTR, VI_INTF_VICP, "INSTR", 0),
            Self::PrologixTcpip { board, .. } => {
                (Kinds::PROLOGIX_INTFC, VI_INTF_TCPIP, "INTFC", *board)
            }
            Self::PrologixAsrl { board, .. } => {
                (Kinds::PROLOGIX_INTFC, VI_INTF_PRLGX_ASRL, "INTFC", *board)
            }
            Self::Rsnrp { .. } => (Kinds::RSNRP_INSTR, VI_INTF_RSNRP, "INSTR", 0),
            Self::Remote { resource, .. } => {
                return Facts { kind: Kinds::REMOTE, ..resource.address.facts() };
            }
        };
        Facts { kind, interface, class, board }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gpib { board, primary, secondary: None } => write!(f, "GPIB{board}::{primary}"),
            Self::Gpib { board, primary, secondary: Some(secondary) } => {
                write!(f, "GPIB{board}::{primary}::{secondary}")
            }
            Self::GpibIntfc { board } | Self::GpibServant { board } => write!(f, "GPIB{board}"),
            Self::GpibVxi { board, logical_address: number }
            | Self::GpibVxiBackplane { board, mainframe: number } => {
                write!(f, "GPIB-VXI{board}::{number}")
            }
            Self::GpibVxiMemacc { board } => write!(f, "GPIB-VXI{board}"),
            Self::Vxi { board, logical_address: number }
            | Self::VxiBackplane { board, mainframe: number } => write!(f, "VXI{board}::{number}"),
            Self::VxiMemacc { board } | Self::VxiServant { board } => write!(f, "VXI{board}"),
            Self::Pxi { board, bus, device, function } => {
                write!(f, "PXI{board}::")?;
                // Without a bus, another board's number would read as the older form's bus.
                if (*board, *bus) != (0, 0) {
                    write!(f, "{bus}-")?;
                }
                write!(f, "{device}")?;
                if *function == 0 { Ok(()) } else { write!(f, ".{function}") }
            }
            Self::PxiSlot { board, chassis, slot, function } => {
                write!(f, "PXI{board}::CHASSIS{chassis}::SLOT{slot}")?;
                if *function == 0 { Ok(()) } else { write!(f, "::FUNC{function}") }
            }
            Self::PxiMemacc { board } => write!(f, "PXI{board}"),
            Self::PxiBackplane { board, chassis } => write!(f, "PXI{board}::{chassis}"),
            Self::Asrl { board } => write!(f, "ASRL{board}"),
            Self::AsrlPath { path } => write!(f, "ASRL{path}"),
            Self::AsrlLan { host, port } => write!(f, "ASRL0::{}::{port}", Host(host)),
            Self::Vxi11 { board, host, port: None, device } => {
                write!(f, "TCPIP{board}::{}::{device}", Host(host))
            }
            Self::Vxi11 { board, host, port: Some(port), device } => {
                write!(f, "TCPIP{board}::{},{port}::{device}", Host(host))
            }
            Self::Hislip { board, credential, host, device, port } => {
                write!(f, "TCPIP{board}::{}{}::{device}", At(credential), Host(host))?;
                if *port == HISLIP_PORT { Ok(()) } else { write!(f, ",{port}") }
            }
            Self::Socket { board, credential, host, port } => {
                write!(f, "TCPIP{board}::{}{}::{port}", At(credential), Host(host))
            }
            Self::TcpipServant { board, device } => write!(f, "TCPIP{board}::{device}"),
            Self::Usb { board, manufacturer, model, serial, interface }
            | Self::UsbRaw { board, manufacturer, model, serial, interface } => {
                write!(f, "USB{board}::0x{manufacturer:04X}::0x{model:04X}::{serial}::{interface}")
            }
            Self::Firewire { board, vendor, chip } => {
                write!(f, "FIREWIRE{board}::0x{vendor:06X}::0x{chip:010X}")
            }
            Self::Vicp { host } => write!(f, "VICP::{}", Host(host)),
            Self::PrologixTcpip { board, host, port } => {
                write!(f, "PRLGX-TCPIP{board}::{}::{port}", Host(host))
            }
            Self::PrologixAsrl { board, device } => write!(f, "PRLGX-ASRL{board}::{device}"),
            Self::Rsnrp { product, serial } => write!(f, "RSNRP::0x{product:04X}::{serial}"),
            Self::Remote { host, port, resource } => {
                write!(f, "visa://{}", Host(host))?;
                if *port != REMOTE_PORT {
                    write!(f, ":{port}")?;
                }
                return write!(f, "/{}", resource.canonical());
            }
        }?;
        write!(f, "::{}", self.facts().class)
    }
}

/// A host as a name carries it: IPv6 in brackets, because `::` separates the parts.
struct Host<'a>(&'a str);

impl fmt::Display for Host<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.contains(':') { write!(f, "[{}]", self.0) } else { f.write_str(self.0) }
    }
}

/// A credential with the `@` behind it.
struct At<'a>(&'a Option<String>);

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_ref().map_or(Ok(()), |credential| write!(f, "{credential}@"))
    }
}
