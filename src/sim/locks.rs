#![forbid(unsafe_code)]
//! Who may use the instrument: one exclusive lock and one shared lock, for VXI-11 and HiSLIP
//! alike (VXI-11 B.6.12, IVI-6.1 6.5).

use std::collections::BTreeSet;

use crate::sim::device::PortId;

/// The locks of the instrument.
#[derive(Debug, Default)]
pub(super) struct Locks {
    exclusive: Option<PortId>,
    shared: Option<(String, BTreeSet<PortId>)>,
}

/// What was asked for.
#[derive(Clone, Copy, Debug)]
pub(super) enum Wanted<'a> {
    Exclusive,
    /// Together with all who know the same key.
    Shared(&'a str),
}

/// What a release gave back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Released {
    Exclusive,
    Shared,
}

impl Locks {
    /// Whether `port` may operate the instrument.
    pub(super) fn permit(&self, port: PortId) -> bool {
        match (&self.exclusive, &self.shared) {
            (Some(holder), _) => *holder == port,
            (None, Some((_, holders))) => holders.contains(&port),
            (None, None) => true,
        }
    }

    /// Whether `port` already has what it asks for, or more: neither protocol nests locks.
    pub(super) fn redundant(&self, port: PortId, wanted: Wanted<'_>) -> bool {
        let exclusive = self.exclusive == Some(port);
        match wanted {
            Wanted::Exclusive => exclusive,
            Wanted::Shared(_) => exclusive || self.shares(port),
        }
    }

    /// Grants the lock if nobody is in the way.
    pub(super) fn acquire(&mut self, port: PortId, wanted: Wanted<'_>) -> bool {
        if self.exclusive.is_some() {
            return false;
        }
        match wanted {
            Wanted::Exclusive => {
                // A holder of the shared lock may shut the other holders out for a while.
                if self.shared.is_some() && !self.shares(port) {
                    return false;
                }
                self.exclusive = Some(port);
            }
            Wanted::Shared(key) => match &mut self.shared {
                Some((held, holders)) if held == key => {
                    holders.insert(port);
                }
                Some(_) => return false,
                None => self.shared = Some((key.to_owned(), BTreeSet::from([port]))),
            },
        }
        true
    }

    /// Gives back the exclusive lock of `port`, else its shared one.
    pub(super) fn release(&mut self, port: PortId) -> Option<Released> {
        if self.exclusive == Some(port) {
            self.exclusive = None;
            return Some(Released::Exclusive);
        }
        let (_, holders) = self.shared.as_mut()?;
        let held = holders.remove(&port);
        if holders.is_empty() {
            self.shared = None;
        }
        held.then_some(Released::Shared)
    }

    /// Whether an exclusive lock is held.
    pub(super) fn exclusive(&self) -> bool {
        self.exclusive.is_some()
    }

    /// How many hold a shared lock.
    pub(super) fn shared(&self) -> usize {
        self.shared.as_ref().map_or(0, |(_, holders)| holders.len())
    }

    /// How many hold a lock of either kind.
    pub(super) fn holders(&self) -> usize {
        let apart = self.exclusive.is_some_and(|port| !self.shares(port));
        self.shared() + usize::from(apart)
    }

    fn shares(&self, port: PortId) -> bool {
        self.shared.as_ref().is_some_and(|(_, holders)| holders.contains(&port))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: PortId = 1;
    const B: PortId = 2;
    const C: PortId = 3;

    #[test]
    fn exclusive_shuts_out_all_others() {
        let mut locks = Locks::default();
        assert!(locks.acquire(A, Wanted::Exclusive));
        assert!(locks.permit(A) && !locks.permit(B));
        assert!(!locks.acquire(B, Wanted::Exclusive) && !locks.acquire(B, Wanted::Shared("k")));
        assert!(locks.redundant(A, Wanted::Exclusive) && !locks.redundant(B, Wanted::Exclusive));
        assert_eq!(locks.release(B), None);
        assert_eq!(locks.release(A), Some(Released::Exclusive));
        assert!(locks.permit(B));
    }

    #[test]
    fn shared_by_key_and_exclusive_on_top() {
        let mut locks = Locks::default();
        assert!(locks.acquire(A, Wanted::Shared("k")) && locks.acquire(B, Wanted::Shared("k")));
        assert!(!locks.acquire(C, Wanted::Shared("other")) && !locks.acquire(C, Wanted::Exclusive));
        assert!(locks.permit(A) && locks.permit(B) && !locks.permit(C));
        assert_eq!((locks.shared(), locks.holders()), (2, 2));

        assert!(locks.acquire(A, Wanted::Exclusive));
        assert!(locks.permit(A) && !locks.permit(B));
        assert_eq!(locks.holders(), 2);
        assert_eq!(locks.release(A), Some(Released::Exclusive));
        assert_eq!(locks.release(A), Some(Released::Shared));
        assert_eq!(locks.release(B), Some(Released::Shared));
        assert!(locks.permit(C));
    }
}
