#![forbid(unsafe_code)]
//! Command bytes of viGpibCommand, for adapters that send none as such. Addresses are remembered,
//! and a command is carried out as the `++` commands that have the same effect; for those that no
//! `++` command stands for, there is nothing but VI_ERROR_NSUP_OPER.

use crate::wire::gpib;
use crate::wire::gpib::BusAddress;

/// The adapter's own address as controller.
pub const OWN: BusAddress = BusAddress::primary(0);

/// Who is addressed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    /// Who listens, but for the adapter.
    pub listeners: Vec<BusAddress>,
    /// Who talks; the adapter itself at [`OWN`].
    pub talker: Option<BusAddress>,
    /// What a secondary address would complete.
    last: Last,
}

/// The last address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Last {
    #[default]
    None,
    Listener,
    Talker,
}

/// What a command byte asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing but to remember an address, or to forget some.
    Nothing,
    /// Group execute trigger, for these.
    Trigger(Vec<BusAddress>),
    /// Selected device clear, for these.
    Clear(Vec<BusAddress>),
    /// Go to local, for these.
    GoToLocal(Vec<BusAddress>),
    /// Local lockout, for all.
    LockOut,
    /// Device clear, for all.
    ClearAll,
    /// What cannot be asked of an adapter.
    Impossible,
}

impl Named {
    /// Takes the next byte.
    pub fn take(&mut self, byte: u8) -> Step {
        let last = std::mem::take(&mut self.last);
        // DIO8 has no part in it.
        match byte & 0x7F {
            gpib::UNL => self.listeners.clear(),
            gpib::UNT => self.talker = None,
            listen @ 0x20..=0x3E => {
                let device = BusAddress::primary(listen - 0x20);
                if device != OWN {
                    self.listeners.push(device);
                    self.last = Last::Listener;
                }
            }
            talk @ 0x40..=0x5E => {
                self.talker = Some(BusAddress::primary(talk - 0x40));
                self.last = Last::Talker;
            }
            secondary @ 0x60..=0x7E => {
                let device = match last {
                    Last::Listener => self.listeners.last_mut(),
                    Last::Talker => self.talker.as_mut(),
                    // A secondary command of something else, which was not sent either.
                    Last::None => return Step::Impossible,
                };
                if let Some(device) = device {
                    device.secondary = Some(secondary - 0x60);
                }
            }
            gpib::GET => return Step::Trigger(self.listeners.clone()),
            gpib::SDC => return Step::Clear(self.listeners.clone()),
            gpib::GTL => return Step::GoToLocal(self.listeners.clone()),
            gpib::LLO => return Step::LockOut,
            gpib::DCL => return Step::ClearAll,
            _ => return Step::Impossible,
        }
        Step::Nothing
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(bytes: &[u8]) -> Vec<Step> {
        let mut named = Named::default();
        let steps = bytes.iter().map(|byte| named.take(*byte));
        steps.filter(|step| *step != Step::Nothing).collect()
    }

    #[test]
    fn commands_reach_those_that_were_addressed_before() {
        let (five, nine) = (BusAddress::primary(5), BusAddress { primary: 9, secondary: Some(3) });
        // PyVISA's group_execute_trigger.
        assert_eq!(steps(&[0x40, 0x3F, 0x25, 0x29, 0x63, 0x08]), [Step::Trigger(vec![five, nine])]);
        assert_eq!(
            steps(&[0x25, 0x04, 0x29, 0x63, 0x01]),
            [Step::Clear(vec![five]), Step::GoToLocal(vec![five, nine]),]
        );
        assert_eq!(steps(&[0x25, 0x3F, 0x08]), [Step::Trigger(vec![])]);
        assert_eq!(steps(&[0x11, 0x14]), [Step::LockOut, Step::ClearAll]);
    }

    #[test]
    fn who_talks_is_remembered_with_the_secondary_address() {
        let mut named = Named::default();
        for byte in [0x3F, 0x20, 0x49, 0x60] {
            assert_eq!(named.take(byte), Step::Nothing);
        }
        assert_eq!(named.talker, Some(BusAddress { primary: 9, secondary: Some(0) }));
        assert!(named.listeners.is_empty(), "the adapter itself is no device");
        named.take(0x5F);
        assert_eq!(named.talker, None);
    }

    #[test]
    fn what_no_plus_plus_command_stands_for_is_impossible() {
        for byte in [0x05, 0x09, 0x15, 0x18, 0x19, 0x00, 0x1F, 0x60, 0x7F] {
            assert_eq!(steps(&[byte]), [Step::Impossible], "{byte:#04x}");
        }
    }
}
