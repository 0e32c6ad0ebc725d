#![forbid(unsafe_code)]
//! Kinds of objects: one bit for each resource class of each interface, so that a table row can
//! say "these".

use std::ops::BitOr;

/// A set of kinds. A resource has exactly one.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Kinds(u64);

impl Kinds {
    /// No kind.
    pub const NONE: Self = Self(0);

    /// Both sets together.
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether any kind of `other` is in this set.
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The kinds of this set that are not in `other`.
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// The single kind of that name.
    pub fn named(name: &str) -> Option<Self> {
        NAMES.iter().find(|(_, known)| *known == name).map(|(kind, _)| *kind)
    }

    /// The single kinds of this set with their names.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        NAMES.iter().filter(move |(kind, _)| self.has(*kind)).map(|(_, name)| *name)
    }
}

impl BitOr for Kinds {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        self.or(other)
    }
}

impl std::fmt::Debug for Kinds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}

/// Declares the single kinds, their bits in order, and their names.
macro_rules! kinds {
    ($($name:ident $text:literal),* $(,)?) => {
        #[expect(non_camel_case_types, clippy::upper_case_acronyms)]
        enum Bit { $($name),* }
        impl Kinds { $(
            #[doc = concat!("`", $text, "`")]
            pub const $name: Self = Self(1 << Bit::$name as u32);
        )* }
        static NAMES: &[(Kinds, &str)] = &[$((Kinds::$name, $text)),*];
    };
}

kinds! {
    MANAGER "resource manager",
    FIND_LIST "find list",
    EVENT "event",
    GPIB_INSTR "GPIB INSTR",
    GPIB_INTFC "GPIB INTFC",
    GPIB_SERVANT "GPIB SERVANT",
    GPIB_VXI_INSTR "GPIB-VXI INSTR",
    GPIB_VXI_MEMACC "GPIB-VXI MEMACC",
    GPIB_VXI_BACKPLANE "GPIB-VXI BACKPLANE",
    VXI_INSTR "VXI INSTR",
    VXI_MEMACC "VXI MEMACC",
    VXI_BACKPLANE "VXI BACKPLANE",
    VXI_SERVANT "VXI SERVANT",
    PXI_INSTR "PXI INSTR",
    PXI_MEMACC "PXI MEMACC",
    PXI_BACKPLANE "PXI BACKPLANE",
    ASRL_INSTR "ASRL INSTR",
    TCPIP_VXI11 "TCPIP INSTR (VXI-11)",
    TCPIP_HISLIP "TCPIP INSTR (HiSLIP)",
    TCPIP_SOCKET "TCPIP SOCKET",
    TCPIP_SERVANT "TCPIP SERVANT",
    USB_INSTR "USB INSTR",
    USB_RAW "USB RAW",
    VICP_INSTR "VICP INSTR",
    FIREWIRE_INSTR "FIREWIRE INSTR",
    PROLOGIX_INTFC "Prologix INTFC",
    RSNRP_INSTR "RSNRP INSTR",
    REMOTE "remote VISA",
}

impl Kinds {
    /// TCPIP INSTR, whichever protocol.
    pub const TCPIP_INSTR: Self = Self::TCPIP_VXI11.or(Self::TCPIP_HISLIP);
    /// Every kind of resource session: what viOpen returns, not managers, lists and events.
    pub const RESOURCE: Self =
        Self(u64::MAX).without(Self::MANAGER).without(Self::FIND_LIST).without(Self::EVENT);
    /// Resources with viRead and viWrite.
    pub const MESSAGE_BASED: Self = Self::GPIB_INSTR
        .or(Self::GPIB_INTFC)
        .or(Self::GPIB_SERVANT)
        .or(Self::GPIB_VXI_INSTR)
        .or(Self::VXI_INSTR)
        .or(Self::VXI_SERVANT)
        .or(Self::ASRL_INSTR)
        .or(Self::TCPIP_INSTR)
        .or(Self::TCPIP_SOCKET)
        .or(Self::TCPIP_SERVANT)
        .or(Self::USB_INSTR)
        .or(Self::USB_RAW)
        .or(Self::VICP_INSTR)
        .or(Self::PROLOGIX_INTFC)
        .or(Self::RSNRP_INSTR);
    /// Resources with viIn, viOut and viMove.
    pub const REGISTER_BASED: Self = Self::VXI_INSTR
        .or(Self::VXI_MEMACC)
        .or(Self::GPIB_VXI_INSTR)
        .or(Self::GPIB_VXI_MEMACC)
        .or(Self::PXI_INSTR)
        .or(Self::PXI_MEMACC)
        .or(Self::FIREWIRE_INSTR);
}
