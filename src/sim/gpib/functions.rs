#![forbid(unsafe_code)]
//! The interface functions of one station (IEEE 488.1 clause 2): what commands make of it. Talker
//! and listener are T6 and L4, with a secondary address TE6 and LE4: being addressed as one ends
//! being the other.

use crate::sim::gpib::Address;
use crate::sim::gpib::message::Message;

/// The remote local function (2.8).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Rights {
    /// LOCS.
    #[default]
    Local,
    /// REMS.
    Remote,
    /// LWLS: local, but the next listen address makes it remote with lockout.
    LocalWithLockout,
    /// RWLS.
    RemoteWithLockout,
}

/// What a command asks of the station beyond its interface functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// DCAS: device clear.
    Clear,
    /// DTAS: device trigger.
    Trigger,
    /// It is offered control.
    Control,
}

/// The state of one station's interface functions.
#[derive(Clone, Debug)]
pub(super) struct Functions {
    pub(super) address: Address,
    /// TADS: will talk when ATN is false.
    pub(super) talker: bool,
    /// LADS: will listen when ATN is false.
    pub(super) listener: bool,
    /// SPMS: talks its status byte.
    pub(super) polled: bool,
    /// TPAS and LPAS: the own primary address was the last one.
    talk_primary: bool,
    listen_primary: bool,
    /// PACS: the next secondary command configures the parallel poll.
    configuring: bool,
    /// The line, 0 to 7, and the sense that answer parallel polls.
    pub(super) parallel: Option<(u8, bool)>,
    remote: Rights,
}

impl Functions {
    /// As after power on.
    pub(super) fn new(address: Address) -> Self {
        Self {
            address,
            talker: false,
            listener: false,
            polled: false,
            talk_primary: false,
            listen_primary: false,
            configuring: false,
            parallel: None,
            remote: Rights::Local,
        }
    }

    /// Takes a command; `ren`: the line is true.
    pub(super) fn receive(&mut self, message: Message, ren: bool) -> Option<Effect> {
        if let Message::Secondary(number) = message {
            self.secondary(number, ren);
            return None;
        }
        let Address { primary, secondary } = self.address;
        self.talk_primary = message == Message::Talk(primary) && secondary.is_some();
        self.listen_primary = message == Message::Listen(primary) && secondary.is_some();
        self.configuring = message == Message::ParallelConfigure && self.listener;
        match message {
            Message::Listen(number) if number == primary && secondary.is_none() => self.listen(ren),
            Message::Talk(number) if number != primary => self.talker = false,
            Message::Talk(_) if secondary.is_none() => self.talk(),
            Message::Unlisten => self.listener = false,
            Message::Untalk => self.talker = false,
            Message::PollEnable => self.polled = true,
            Message::PollDisable => self.polled = false,
            Message::ParallelUnconfigure => self.parallel = None,
            Message::LocalLockout if ren => self.lock_out(),
            Message::GoToLocal if self.listener => self.go_to_local(),
            Message::SelectedClear if self.listener => return Some(Effect::Clear),
            Message::DeviceClear => return Some(Effect::Clear),
            Message::Trigger if self.listener => return Some(Effect::Trigger),
            Message::TakeControl if self.talker => return Some(Effect::Control),
            _ => {}
        }
        debug_assert!(message.primary());
        None
    }

    fn secondary(&mut self, number: u8, ren: bool) {
        if self.configuring {
            // PPE with sense and line, or PPD (table 38).
            self.parallel = (number < 0x10).then_some((number & 7, number & 8 != 0));
        } else if self.talk_primary {
            if self.address.secondary == Some(number) {
                self.talk();
            } else {
                self.talker = false;
            }
        } else if self.listen_primary && self.address.secondary == Some(number) {
            self.listen(ren);
        }
    }

    fn listen(&mut self, ren: bool) {
        self.listener = true;
        self.talker = false;
        if ren {
            self.remote = match self.remote {
                Rights::Local | Rights::Remote => Rights::Remote,
                Rights::LocalWithLockout | Rights::RemoteWithLockout => Rights::RemoteWithLockout,
            };
        }
    }

    fn talk(&mut self) {
        self.talker = true;
        self.listener = false;
    }

    fn lock_out(&mut self) {
        self.remote = match self.remote {
            Rights::Local | Rights::LocalWithLockout => Rights::LocalWithLockout,
            Rights::Remote | Rights::RemoteWithLockout => Rights::RemoteWithLockout,
        };
    }

    fn go_to_local(&mut self) {
        self.remote = match self.remote {
            Rights::Local | Rights::Remote => Rights::Local,
            Rights::LocalWithLockout | Rights::RemoteWithLockout => Rights::LocalWithLockout,
        };
    }

    /// The key on the front panel (`rtl`): without effect under lockout.
    pub(super) fn press_local(&mut self) {
        if self.remote == Rights::Remote {
            self.remote = Rights::Local;
        }
    }

    /// REN became false: everything is local, lockout too.
    pub(super) fn disable_remote(&mut self) {
        self.remote = Rights::Local;
    }

    /// IFC: nobody talks or listens, and no poll is going on (2.5, 2.6).
    pub(super) fn interface_clear(&mut self) {
        self.talker = false;
        self.listener = false;
        self.polled = false;
        self.talk_primary = false;
        self.listen_primary = false;
    }

    /// REMS or RWLS.
    pub(super) fn is_remote(&self) -> bool {
        matches!(self.remote, Rights::Remote | Rights::RemoteWithLockout)
    }

    /// LWLS or RWLS.
    pub(super) fn is_locked_out(&self) -> bool {
        matches!(self.remote, Rights::LocalWithLockout | Rights::RemoteWithLockout)
    }
}
