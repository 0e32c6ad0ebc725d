#![forbid(unsafe_code)]
//! Which pipes a session uses: those that it has chosen, else the first ones of the interface.

use std::sync::atomic::{AtomicI32, Ordering};

use crate::os::usb::descriptors::{Alternate, Kind};

/// What a session uses a pipe for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// viWrite: VI_ATTR_USB_BULK_OUT_PIPE, bulk or interrupt.
    Write,
    /// viRead: VI_ATTR_USB_BULK_IN_PIPE.
    Read,
    /// VI_EVENT_USB_INTR: VI_ATTR_USB_INTR_IN_PIPE.
    Interrupt,
}

/// Nothing has been chosen: the first one.
const FIRST: i32 = i32::MIN;
/// None at all.
const NONE: i32 = -1;

/// A session's choices.
pub struct Pipes {
    chosen: [AtomicI32; 3],
}

impl Default for Pipes {
    fn default() -> Self {
        Self { chosen: [const { AtomicI32::new(FIRST) }; 3] }
    }
}

impl Use {
    /// The kinds of pipes that serve, the best first.
    fn kinds(self) -> &'static [Kind] {
        match self {
            Self::Write => &[Kind::Bulk, Kind::Interrupt],
            Self::Read => &[Kind::Bulk],
            Self::Interrupt => &[Kind::Interrupt],
        }
    }

    fn is_in(self) -> bool {
        self != Self::Write
    }

    /// Whether the interface has this pipe, and it serves.
    pub fn fits(self, address: u8, setting: &Alternate) -> bool {
        let mut all = setting.endpoints.iter();
        all.any(|end| {
            end.address == address
                && end.is_in() == self.is_in()
                && self.kinds().contains(&end.kind)
        })
    }

    fn first(self, setting: &Alternate) -> Option<u8> {
        let mut kinds = self.kinds().iter();
        kinds.find_map(|kind| setting.first(*kind, self.is_in())).map(|end| end.address)
    }
}

impl Pipes {
    /// The pipe that the session uses for something in this setting of the interface.
    pub fn get(&self, of: Use, setting: &Alternate) -> Option<u8> {
        match self.chosen[of as usize].load(Ordering::Relaxed) {
            FIRST => of.first(setting),
            chosen => u8::try_from(chosen).ok(),
        }
    }

    /// Chooses a pipe, or none at all.
    pub fn choose(&self, of: Use, pipe: Option<u8>) {
        self.chosen[of as usize].store(pipe.map_or(NONE, i32::from), Ordering::Relaxed);
    }

    /// Back to the first ones, which are others in another setting.
    pub fn reset(&self) {
        self.chosen.iter().for_each(|chosen| chosen.store(FIRST, Ordering::Relaxed));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::os::usb::descriptors::Endpoint;

    fn setting(ends: &[(u8, Kind)]) -> Alternate {
        let end = |&(address, kind)| Endpoint { address, kind, max_packet: 64 };
        Alternate { endpoints: ends.iter().map(end).collect(), ..Alternate::default() }
    }

    #[test]
    fn the_first_of_its_kind_is_used_until_another_is_chosen() {
        let all = setting(&[
            (0x83, Kind::Interrupt),
            (0x02, Kind::Interrupt),
            (0x01, Kind::Bulk),
            (0x82, Kind::Isochronous),
            (0x81, Kind::Bulk),
            (0x84, Kind::Bulk),
        ]);
        let pipes = Pipes::default();
        let used = |of| pipes.get(of, &all);
        assert_eq!(used(Use::Write), Some(1), "bulk before interrupt");
        assert_eq!((used(Use::Read), used(Use::Interrupt)), (Some(0x81), Some(0x83)));
        pipes.choose(Use::Read, Some(0x84));
        assert_eq!((used(Use::Read), used(Use::Write)), (Some(0x84), Some(1)));
        pipes.choose(Use::Read, None);
        assert_eq!(used(Use::Read), None);
        pipes.reset();
        assert_eq!(used(Use::Read), Some(0x81));
        let few = setting(&[(0x02, Kind::Interrupt)]);
        assert_eq!(pipes.get(Use::Write, &few), Some(2));
        assert_eq!(pipes.get(Use::Read, &few), None);
    }

    #[test]
    fn only_a_pipe_that_serves_can_be_chosen() {
        let all = setting(&[(0x83, Kind::Interrupt), (0x01, Kind::Bulk), (0x81, Kind::Bulk)]);
        assert!(Use::Interrupt.fits(0x83, &all) && !Use::Read.fits(0x83, &all));
        assert!(Use::Write.fits(1, &all) && !Use::Write.fits(0x81, &all));
        assert!(!Use::Write.fits(2, &all));
    }
}
