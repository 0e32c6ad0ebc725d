#![forbid(unsafe_code)]
//! Interface messages: the bytes that a controller sends with ATN (IEEE 488.1 table 38).

/// Go to local: addressed listeners leave the remote state.
pub const GTL: u8 = 0x01;
/// Selected device clear.
pub const SDC: u8 = 0x04;
/// Parallel poll configure: the next secondary command is for the addressed listeners.
pub const PPC: u8 = 0x05;
/// Group execute trigger.
pub const GET: u8 = 0x08;
/// Take control: the addressed talker becomes the controller in charge.
pub const TCT: u8 = 0x09;
/// Local lockout.
pub const LLO: u8 = 0x11;
/// Device clear, for all.
pub const DCL: u8 = 0x14;
/// Parallel poll unconfigure.
pub const PPU: u8 = 0x15;
/// Serial poll enable.
pub const SPE: u8 = 0x18;
/// Serial poll disable.
pub const SPD: u8 = 0x19;
/// Listen address 0; the others follow.
pub const LISTEN: u8 = 0x20;
/// Unlisten.
pub const UNL: u8 = 0x3F;
/// Talk address 0; the others follow.
pub const TALK: u8 = 0x40;
/// Untalk.
pub const UNT: u8 = 0x5F;
/// Secondary address 0; the others follow.
pub const SECONDARY: u8 = 0x60;

/// A command byte, understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Message {
    GoToLocal,
    SelectedClear,
    ParallelConfigure,
    Trigger,
    TakeControl,
    LocalLockout,
    DeviceClear,
    ParallelUnconfigure,
    PollEnable,
    PollDisable,
    Listen(u8),
    Unlisten,
    Talk(u8),
    Untalk,
    Secondary(u8),
    /// Undefined in the standard; nobody does anything.
    Undefined,
}

impl Message {
    /// Understands a byte; DIO8 has no part in it (IEEE 488.1 2.13).
    pub(super) fn of(byte: u8) -> Self {
        match byte & 0x7F {
            GTL => Self::GoToLocal,
            SDC => Self::SelectedClear,
            PPC => Self::ParallelConfigure,
            GET => Self::Trigger,
            TCT => Self::TakeControl,
            LLO => Self::LocalLockout,
            DCL => Self::DeviceClear,
            PPU => Self::ParallelUnconfigure,
            SPE => Self::PollEnable,
            SPD => Self::PollDisable,
            UNL => Self::Unlisten,
            UNT => Self::Untalk,
            byte @ LISTEN..UNL => Self::Listen(byte - LISTEN),
            byte @ TALK..UNT => Self::Talk(byte - TALK),
            byte @ SECONDARY.. => Self::Secondary(byte - SECONDARY),
            _ => Self::Undefined,
        }
    }

    /// Whether it belongs to the primary command group: each ends what a primary address or a
    /// parallel poll configuration began for the secondary command behind it.
    pub(super) fn primary(self) -> bool {
        !matches!(self, Self::Secondary(_))
    }
}
