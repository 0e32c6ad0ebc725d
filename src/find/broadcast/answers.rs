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
const MOST: usize = 1 << 12;

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::os::lan::{V4, V6};

    const XID: u32 = 0x1234_5678;

    fn lan(index: u32, address: [u8; 4], is_loopback: bool) -> LanInterface {
        LanInterface {
            name: format!("lan{index}"),
            index,
            is_loopback,
            is_point_to_point: false,
            has_multicast: true,
            v4: vec![V4 {
                address: address.into(),
                mask: [255, 255, 255, 0].into(),
                broadcast: Some([address[0], address[1], address[2], 255].into()),
            }],
            v6: vec![V6 {
                address: "fe80::1".parse().unwrap(),
                mask: "ffff:ffff:ffff:ffff::".parse().unwrap(),
                scope: index,
            }],
        }
    }

    fn lans() -> [LanInterface; 3] {
        let loopback = lan(1, [127, 0, 0, 1], true);
        [loopback, lan(2, [10, 0, 2, 1], false), lan(3, [10, 0, 3, 1], false)]
    }

    /// A reply by hand.
    fn reply(words: &[u32]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_be_bytes()).collect()
    }

    fn good() -> Vec<u8> {
        reply(&[XID, 1, 0, 0, 0, 0, 1024])
    }

    /// What becomes of a datagram to the first way of an interface, in a search of its own.
    fn alone(index: usize, from: &str, datagram: &[u8]) -> Option<Answer> {
        let lans = lans();
        let way = Way::all(&lans[index]).into_iter().next().unwrap();
        Answers::new(XID, &lans).take(&way, from.parse().unwrap(), datagram)
    }

    #[test]
    fn an_answer_of_a_neighbour_counts_for_where_it_comes_from() {
        let answer = alone(1, "10.0.2.9:111", &good()).unwrap();
        let host = Host { address: [10, 0, 2, 9].into(), interface: 2 };
        assert_eq!(answer, Answer { to: Question::Port, host: Some(host), is_new: true });
        let mut text = reply(&[XID + 1, 1, 0, 0, 0, 0, 6]);
        text.extend(b"::.4.0\0\0");
        let answer = alone(1, "[fe80::9%2]:111", &text).unwrap();
        assert_eq!((answer.to, answer.host.unwrap().interface), (Question::Address, 2));
    }

    #[test]
    fn who_is_no_neighbour_or_no_portmapper_does_not_count() {
        for from in [
            "10.0.2.9:112",
            "10.0.3.9:111",
            "0.0.0.0:111",
            "127.0.0.1:111",
            "192.168.1.1:111",
            "[fd00::9]:111",
            // This machine itself.
            "10.0.2.1:111",
            "[fe80::1%2]:111",
        ] {
            assert_eq!(alone(1, from, &good()), None, "{from}");
        }
        assert!(alone(0, "127.0.0.1:111", &good()).unwrap().host.is_some(), "on loopback");
    }

    #[test]
    fn what_answers_another_question_does_not_count() {
        for words in [&[XID + 2, 1, 0, 0, 0, 0, 1024][..], &[XID - 1, 1, 0, 0, 0, 0, 1024], &[]] {
            assert_eq!(alone(1, "10.0.2.9:111", &reply(words)), None, "{words:?}");
        }
    }

    /// It is an answer, for whoever waits for one, and names no instrument.
    #[test]
    fn refusals_and_wrong_ports_are_nobody() {
        for words in [
            &[XID, 1, 0, 0, 0, 0, 0][..],
            &[XID, 1, 0, 0, 0, 0, 65_536],
            &[XID, 1, 0, 0, 0, 0],
            &[XID, 1, 0, 0, 0, 1, 1024],
            &[XID, 1, 1, 0, 0, 0, 1024],
            &[XID, 0, 0, 0, 0, 0, 1024],
            // An address where a number is due, and the other way round.
            &[XID + 1, 1, 0, 0, 0, 0, 1024],
            &[XID],
        ] {
            let answer = alone(1, "10.0.2.9:111", &reply(words)).unwrap();
            assert_eq!((answer.host, answer.is_new), (None, false), "{words:?}");
        }
    }

    #[test]
    fn an_address_is_new_once_but_a_links_own_on_each_link() {
        let lans = lans();
        let ways: Vec<_> = lans.iter().flat_map(Way::all).collect();
        let on = |index| ways.iter().find(|way| way.interface.index == index).unwrap();
        let mut answers = Answers::new(XID, &lans);
        let mut is_new = |index, from: &str| {
            let answer = answers.take(on(index), from.parse().unwrap(), &good()).unwrap();
            (answer.is_new, answer.host.unwrap().interface)
        };
        assert_eq!(is_new(2, "10.0.2.9:111"), (true, 2));
        assert_eq!(is_new(2, "10.0.2.9:111"), (false, 2));
        assert_eq!(is_new(2, "[fe80::9%2]:111"), (true, 2));
        assert_eq!(is_new(3, "[fe80::9%3]:111"), (true, 3));
    }

    #[test]
    fn a_flood_of_made_up_hosts_ends_somewhere() {
        let mut lan = lan(2, [10, 0, 0, 1], false);
        lan.v4[0].mask = [255, 0, 0, 0].into();
        let lans = [lan];
        let way = Way::all(&lans[0]).into_iter().next().unwrap();
        let mut answers = Answers::new(XID, &lans);
        let all = 0x0A00_0002..0x0A00_0002 + 2 * MOST as u32;
        let new = all.filter(|bits| {
            let from = (std::net::Ipv4Addr::from_bits(*bits), portmap::PORT).into();
            answers.take(&way, from, &good()).unwrap().is_new
        });
        assert_eq!(new.count(), MOST);
    }

    #[test]
    fn any_bytes_are_survived() {
        let good = good();
        for place in 0..good.len() {
            for value in 0..=255 {
                let mut other = good.clone();
                other[place] = value;
                let _ = alone(1, "10.0.2.9:111", &other);
            }
            let _ = alone(1, "10.0.2.9:111", &good[..place]);
        }
    }
}
