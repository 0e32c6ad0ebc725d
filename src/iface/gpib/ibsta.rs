#![forbid(unsafe_code)]
//! Board and lines as linux-gpib, its kernel driver and NI-488.2 tell them: words of bits.

use crate::iface::gpib::board::Conditions;
use crate::os::gpib::sta;

/// What `iblines` tells: in the lower byte which lines can be told, in the upper one which of these
/// are asserted.
#[derive(Clone, Copy)]
pub struct Lines(pub u16);

impl Lines {
    /// Not data accepted.
    pub const NDAC: u16 = 0x02;
    /// Remote enable.
    pub const REN: u16 = 0x10;
    /// Service request.
    pub const SRQ: u16 = 0x20;
    /// Attention.
    pub const ATN: u16 = 0x40;

    /// Whether a line is asserted, where that can be told.
    pub fn line(self, bit: u16) -> Option<bool> {
        (self.0 & bit != 0).then_some(self.0 & bit << 8 != 0)
    }
}

const BITS: [(Conditions, i32); 6] = [
    (Conditions::SERVICE_REQUEST, sta::SRQI),
    (Conditions::IN_CHARGE, sta::CIC),
    (Conditions::TALKER, sta::TACS),
    (Conditions::LISTENER, sta::LACS),
    (Conditions::TRIGGERED, sta::DTAS),
    (Conditions::CLEARED, sta::DCAS),
];

/// The bits of `ibsta` that mean these.
pub fn bits(conditions: Conditions) -> i32 {
    let wanted = BITS.iter().filter(|(condition, _)| conditions.has(*condition));
    wanted.fold(0, |bits, (_, bit)| bits | bit)
}

/// What the bits of `ibsta` mean.
pub fn conditions(bits: i32) -> Conditions {
    let there = BITS.iter().filter(|(_, bit)| bits & bit != 0);
    there.fold(Conditions::NONE, |all, (condition, _)| all | *condition)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_cannot_be_told_is_neither_on_nor_off() {
        let lines = Lines(Lines::REN | Lines::REN << 8 | Lines::SRQ | Lines::ATN << 8);
        assert_eq!(lines.line(Lines::REN), Some(true));
        assert_eq!(lines.line(Lines::SRQ), Some(false));
        assert_eq!(lines.line(Lines::ATN), None);
    }

    #[test]
    fn conditions_are_bits_and_back() {
        let all = BITS.iter().fold(Conditions::NONE, |all, (condition, _)| all | *condition);
        assert_eq!(conditions(bits(all)), all);
        assert_eq!(bits(Conditions::NONE), 0);
        assert_eq!(conditions(sta::CMPL | sta::SRQI), Conditions::SERVICE_REQUEST);
    }
}
