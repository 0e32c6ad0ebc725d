#![forbid(unsafe_code)]
//! What can be set at a GPIB library's descriptors, and what they do at once.

/// What `ibask` and `ibconfig` know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
#[expect(missing_docs, reason = "the manuals' names")]
pub enum Setting {
    Pad = 0x01,
    Sad = 0x02,
    Eot = 0x04,
    Readdr = 0x06,
    Autopoll = 0x07,
    Sc = 0x0A,
    EosRd = 0x0C,
    EosCmp = 0x0E,
    EosChar = 0x0F,
    SPollTime = 0x18,
    EndBitIsNormal = 0x1A,
    UnAddr = 0x1B,
    HsCableLength = 0x1F,
}

/// What a board does at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Control {
    InterfaceClear,
    RemoteEnable(bool),
    TakeControl {
        synchronously: bool,
    },
    Standby {
        handshake: bool,
    },
    SystemController(bool),
    StatusByte(u8),
    /// To the device whose descriptor it is.
    PassControl,
}

impl Control {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::InterfaceClear => "ibsic",
            Self::RemoteEnable(_) => "ibsre",
            Self::TakeControl { .. } => "ibcac",
            Self::Standby { .. } => "ibgts",
            Self::SystemController(_) => "ibrsc",
            Self::StatusByte(_) => "ibrsv",
            Self::PassControl => "ibpct",
        }
    }
}
