#![forbid(unsafe_code)]
//! Which answers count, and the instruments that they tell of.
//!
//! Anybody may send anything to an open socket. An answer counts when it comes from a portmapper's
//! port of a neighbour, carries the number that this search has drawn, and names a port. It speaks
//! for the address that it comes from and for no other.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::IpAddr;
use std::net::SocketAddr;

use crate::find::broadcast::ways::Question;
use crate::find::broadcast::ways::Way;
use crate::os::lan::LanInterface;
use crate::wire::portmap;
use crate::wire::rpc;
use crate::wire::rpcbind;
use crate::wire::vxi11;

/// The most hosts that are believed in: a flood of answers from made-up addresses must not fill
/// the memory.
const MOST: usize = 1 << 16;

/// A host that serves VXI-11.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Host {
    pub(super) address: IpAddr,
    /// The number of the interface on which it has answered.
    pub(super) interface: u32,
}

/// A portmapper's answer to a question of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) to: Question,
    /// The host, if it serves VXI-11.
    pub(super) host: Option<Host>,
    /// It is the first to say so.
    pub(super) is_new: bool,
}

/// What has been answered up to now.
pub(super) struct Answers<'a> {
    /// The transaction of each kind of question.
    xids: [(Question, u32); 2],
    /// All interfaces of this machine.
    interfaces: &'a [LanInterface],
    /// Each address, with the interface on which it was the first to answer. A link's own address
    /// counts for each link.
    known: HashMap<(IpAddr, u32), u32>,
}

impl<'a> Answers<'a> {
    /// None so far. `xid` is drawn at random for each search, so that no late answer to another one
    /// is taken for one to this, and nobody can answer who was not asked.
    pub(super) fn new(xid: u32, interfaces: &'a [LanInterface]) -> Self {
        let xids = [(Question::Port, xid), (Question::Address, xid.wrapping_add(1))];
        Self { xids, interfaces, known: HashMap::new() }
    }

    /// The datagram that asks a question.
    pub(super) fn question(&self, question: Question) -> Vec<u8> {
        let xid = self.xids.iter().find(|(asked, _)| *asked == question).map_or(0, |(_, xid)| *xid);
        let mut call = match question {
            Question::Port => portmap::getport(vxi11::CORE),
            Question::Address => rpcbind::getaddr(vxi11::CORE),
        };
        call.datagram(xid).to_vec()
    }

    /// Takes a datagram that has arrived on a way; `None` when it answers nothing of ours.
    pub(super) fn take(&mut self, way: &Way, from: SocketAddr, datagram: &[u8]) -> Option<Answer> {
        let answered = rpc::xid(datagram)?;
        let (to, _) = *self.xids.iter().find(|(_, xid)| *xid == answered)?;
        if from.port() != portmap::PORT || !self.may_speak(way, from.ip()) {
            return None;
        }
        let results = rpc::results(datagram).ok();
        let port = results.and_then(|results| match to {
            Question::Port => portmap::port(results),
            Question::Address => rpcbind::port(results),
        });
        if port.is_none() {
            return Some(Answer { to, host: None, is_new: false });
        }
        let (address, interface) = (from.ip(), way.interface.index);
        let scope = if is_local(address) { interface } else { 0 };
        let room = self.known.len() < MOST;
        let (interface, is_new) = match self.known.entry((address, scope)) {
            Entry::Occupied(before) => (*before.get(), false),
            Entry::Vacant(first) if room => (*first.insert(interface), true),
            Entry::Vacant(_) => (interface, false),
        };
        Some(Answer { to, host: Some(Host { address, interface }), is_new })
    }

    /// Whether it is a neighbour's address. Our own is none: who listens on all of them is asked on
    /// loopback.
    fn may_speak(&self, way: &Way, address: IpAddr) -> bool {
        way.is_loopback
            || way.interface.reaches(address)
                && !self.interfaces.iter().any(|interface| interface.has(address))
    }
}

/// Whether an address is valid on its link only.
pub(super) fn is_local(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(_) => false,
        IpAddr::V6(address) => address.is_unicast_link_local(),
    }
}
