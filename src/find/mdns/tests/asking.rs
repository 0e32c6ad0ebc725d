#![forbid(unsafe_code)]
//! When what is asked.

use std::collections::HashSet;
use std::time::Duration;

use super::packets::{questions, reply, whole, with_text};
use crate::find::mdns::book::Origin;
use crate::find::mdns::inquiry::{Inquiry, Manner, Packet};

const NUMBER: u32 = 0xABCD_FFFE;
const FIRST: u16 = 0xFFFE;
const ALL: [&str; 4] =
    ["_lxi._tcp.local", "_vxi-11._tcp.local", "_hislip._tcp.local", "_scpi-raw._tcp.local"];
const PTR: u16 = 12;
const SRV: u16 = 33;
const TXT: u16 = 16;
const A: u16 = 1;

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

fn inquiry(doors: &[Manner], bound: u64) -> Inquiry {
    Inquiry::new(doors.iter().copied(), ms(bound), NUMBER)
}

fn from(last: u8) -> Origin {
    Origin { address: [10, 0, 0, last].into(), scope: 0 }
}

/// Door, number, questions.
type Asked = (usize, u16, Vec<(String, u16)>);

/// What is asked at that time.
fn asked(inquiry: &mut Inquiry, now: u64) -> Vec<Asked> {
    let packets = inquiry.due(ms(now));
    let asked = packets.iter().map(|packet| {
        let (id, questions) = questions(&packet.bytes);
        (packet.door, id, questions)
    });
    asked.collect()
}

/// Names and types alone, of all packets together.
fn wanted(inquiry: &mut Inquiry, now: u64) -> Vec<(String, u16)> {
    asked(inquiry, now).into_iter().flat_map(|(_, _, questions)| questions).collect()
}

/// Runs to the end without answers, and gives the times at which something was to be done.
fn times(inquiry: &mut Inquiry) -> Vec<u64> {
    let mut times = Vec::new();
    let mut now = Duration::ZERO;
    loop {
        inquiry.due(now);
        if inquiry.is_over(now) {
            return times;
        }
        let next = inquiry.next();
        assert!(next > now, "time stands still at {now:?}");
        now = next;
        times.push(now.as_millis() as u64);
    }
}

/// Three rounds, because packets get lost: the first in one packet, then one by one for those who
/// answer the first question of a packet only.
#[test]
fn services_are_asked_for_in_three_rounds_by_every_door() {
    let mut inquiry = inquiry(&[Manner::Own, Manner::Own], 900);
    let all: Vec<_> = ALL.map(|name| (name.to_owned(), PTR)).into();
    assert_eq!(asked(&mut inquiry, 0), [(0, FIRST, all.clone()), (1, FIRST + 1, all.clone())]);
    assert!(asked(&mut inquiry, 149).is_empty());
    for now in [150, 400] {
        let round = asked(&mut inquiry, now);
        let of = |door| round.iter().filter(move |packet| packet.0 == door);
        for door in [0, 1] {
            assert!(of(door).all(|packet| packet.2.len() == 1));
            assert!(of(door).flat_map(|packet| packet.2.clone()).eq(all.clone()));
        }
    }
    assert!(asked(&mut inquiry, 899).is_empty());
}

/// Those who answer to all do so once a second, and have no number to go by.
#[test]
fn by_the_shared_port_all_is_asked_twice_without_a_number() {
    let mut inquiry = inquiry(&[Manner::Shared], 900);
    for (now, packets) in [(0, 1), (150, 0), (400, 1), (800, 0)] {
        let round = asked(&mut inquiry, now);
        assert_eq!(round.len(), packets, "{now}");
        assert!(round.iter().all(|packet| packet.1 == 0 && packet.2.len() == 4));
    }
}

/// A responder may ignore a packet that is the same as one before.
#[test]
fn no_two_packets_from_our_own_port_are_the_same() {
    let mut inquiry = inquiry(&[Manner::Own, Manner::Own], 900);
    let packets = [0, 150, 400].map(|now| inquiry.due(ms(now)));
    let different: HashSet<_> = packets.iter().flatten().map(|packet| &packet.bytes).collect();
    assert_eq!(different.len(), packets.iter().flatten().count());
}

#[test]
fn where_nobody_answers_all_is_over_a_while_after_the_last_round() {
    assert_eq!(times(&mut inquiry(&[Manner::Own], 900)), [150, 400, 850]);
    assert_eq!(times(&mut inquiry(&[Manner::Own], 60_000)), [150, 400, 850]);
}

/// A bound that is shorter shortens all.
#[test]
fn a_short_search_asks_three_times_too() {
    assert_eq!(times(&mut inquiry(&[Manner::Own], 90)), [15, 40, 85]);
}

/// An answer that comes late prolongs the search, but not beyond its bound.
#[test]
fn news_prolong_the_search_up_to_its_bound() {
    let all = whole("DMM", &[("_hislip", 4880)], "dmm.local", &["10.0.0.5"]);
    let mut inquiry = inquiry(&[Manner::Own], 1200);
    for now in [0, 150, 400] {
        inquiry.due(ms(now));
    }
    inquiry.heard(from(5), 0, &all, ms(700));
    assert!(!inquiry.is_over(ms(850)) && !inquiry.is_over(ms(1149)) && inquiry.is_over(ms(1150)));
    // The same again is no news.
    inquiry.heard(from(5), 0, &all, ms(1100));
    assert!(inquiry.is_over(ms(1150)));
    inquiry.heard(from(6), 0, &all, ms(1149));
    assert!(!inquiry.is_over(ms(1199)) && inquiry.is_over(ms(1200)));
}

/// PTR alone: place, text and address are asked for, each three times, unless they come.
#[test]
fn what_an_answer_leaves_out_is_asked_for() {
    let mut inquiry = inquiry(&[Manner::Own, Manner::Own], 900);
    inquiry.due(ms(0));
    let instance = "DMM._hislip._tcp.local";
    let ptr = reply(0).ptr("_hislip._tcp.local", instance).bytes();
    inquiry.heard(from(5), 1, &ptr, ms(10));
    assert!(asked(&mut inquiry, 29).is_empty(), "others' answers are waited for");
    assert_eq!(inquiry.next(), ms(30));
    let more = vec![(instance.to_owned(), SRV), (instance.to_owned(), TXT)];
    assert_eq!(asked(&mut inquiry, 30), [(1, FIRST.wrapping_add(2), more)]);
    assert!(asked(&mut inquiry, 140).is_empty());
    inquiry.heard(from(5), 1, &reply(0).srv(instance, 4880, "dmm.local").bytes(), ms(141));
    let more = vec![(instance.to_owned(), TXT), ("dmm.local".to_owned(), A)];
    let mut wanted = wanted(&mut inquiry, 165);
    wanted.retain(|(_, kind)| *kind != PTR);
    wanted.sort_by_key(|(_, kind)| std::cmp::Reverse(*kind));
    assert_eq!(wanted, more);
    let rest = reply(0).address("dmm.local", "10.0.0.5").txt(instance, &["Model=1"]).bytes();
    inquiry.heard(from(5), 1, &rest, ms(170));
    let rounds = [300, 400, 700].map(|now| self::wanted(&mut inquiry, now));
    assert!(rounds.iter().flatten().all(|(_, kind)| *kind == PTR), "nothing is missing");
}

#[test]
fn a_question_that_is_not_answered_is_given_up() {
    let mut inquiry = inquiry(&[Manner::Own], 5000);
    inquiry.due(ms(0));
    inquiry.heard(from(5), 0, &reply(0).ptr(ALL[2], "DMM._hislip._tcp.local").bytes(), ms(0));
    let all = (1..500).flat_map(|step| wanted(&mut inquiry, step * 10));
    let count = all.filter(|(_, kind)| *kind == SRV).count();
    assert_eq!(count, 3);
    // Nothing but the end is waited for.
    assert_eq!(inquiry.next(), ms(850));
}

/// An LXI device that announces nothing else: its own portmapper is asked for VXI-11, and nobody
/// else's answer counts.
#[test]
fn the_portmapper_of_a_bare_lxi_device_is_asked() {
    let asked = |inquiry: &mut Inquiry, now| {
        let packets = inquiry.due(ms(now)).into_iter();
        packets.filter(|packet| packet.portmapper.is_some()).collect::<Vec<_>>()
    };
    let answer = |xid: u32, port: u32| -> Vec<u8> {
        [xid, 1, 0, 0, 0, 0, port].into_iter().flat_map(u32::to_be_bytes).collect()
    };
    let lxi = with_text("DMM", &[("_lxi", 80)], "dmm.local", &["10.0.0.5"], &["Model=1"]);
    let mut inquiry = inquiry(&[Manner::Own], 900);
    inquiry.due(ms(0));
    inquiry.heard(from(5), 0, &lxi, ms(0));
    let packets = asked(&mut inquiry, 20);
    let call: Vec<u8> = [NUMBER, 0, 2, 100_000, 2, 3, 0, 0, 0, 0, 0x0607AF, 1, 6, 0]
        .into_iter()
        .flat_map(u32::to_be_bytes)
        .collect();
    let expected = Packet { door: 0, portmapper: Some(from(5)), bytes: call };
    assert_eq!(packets, std::slice::from_ref(&expected));
    for (origin, bytes) in [
        (from(5), answer(NUMBER + 1, 1024)),
        (from(6), answer(NUMBER, 1024)),
        (from(5), Vec::new()),
    ] {
        inquiry.heard_portmapper(origin, &bytes, ms(30));
        assert_eq!(inquiry.book().answerers()[0].has_vxi11, None);
    }
    assert_eq!(asked(&mut inquiry, 150), [expected]);
    inquiry.heard_portmapper(from(5), &answer(NUMBER, 1024), ms(160));
    assert_eq!(inquiry.book().answerers()[0].has_vxi11, Some(true));
    assert!(asked(&mut inquiry, 400).is_empty());
}

/// Nobody's portmapper is asked who announces a way to talk to it.
#[test]
fn no_other_portmapper_is_asked() {
    let services = [("_lxi", 80), ("_hislip", 4880)];
    let honest = whole("DMM", &services, "dmm.local", &["10.0.0.5"]);
    let elsewhere = whole("X", &services[..1], "x.local", &["10.0.0.9"]);
    let mut inquiry = inquiry(&[Manner::Own], 900);
    for now in [0, 20, 150, 400, 700] {
        let packets = inquiry.due(ms(now));
        assert!(packets.iter().all(|packet| packet.portmapper.is_none()));
        inquiry.heard(from(5), 0, &honest, ms(now));
        inquiry.heard(from(66), 0, &elsewhere, ms(now));
    }
}

/// The first question of each goes before the second of any, so one with a hundred services does
/// not keep others waiting.
#[test]
fn those_who_answered_are_asked_in_turns() {
    let mut inquiry = inquiry(&[Manner::Own], 900);
    inquiry.due(ms(0));
    for liar in 0..250 {
        let many = (0..24).fold(reply(0), |reply, number| {
            let instance = format!("{}{number}._hislip._tcp.local", "x".repeat(50));
            reply.ptr(ALL[2], &instance)
        });
        inquiry.heard(from(liar), 0, &many.bytes(), ms(1));
    }
    inquiry.heard(from(255), 0, &reply(0).ptr(ALL[2], "DMM._hislip._tcp.local").bytes(), ms(1));
    let first = wanted(&mut inquiry, 21);
    assert!(first.iter().any(|(name, _)| name == "DMM._hislip._tcp.local"));
    assert!(first.len() < 250 * 24, "not all at once");
}

/// However much answers leave out, the number of packets is bounded: those of the rounds, and so
/// many by each door.
#[test]
fn nobody_can_make_us_ask_without_end() {
    let mut inquiry = inquiry(&[Manner::Own], 60_000);
    let mut packets = 0;
    for step in 0..6000_u32 {
        let now = u64::from(step) * 10;
        let sent = inquiry.due(ms(now));
        assert!(sent.iter().all(|packet| packet.bytes.len() <= 1500));
        packets += sent.len();
        let instance = format!("{step}{}._hislip._tcp.local", "x".repeat(50));
        let origin = Origin { address: (0x0A00_0000 + step).to_be_bytes().into(), scope: 0 };
        inquiry.heard(origin, 0, &reply(0).ptr(ALL[2], &instance).bytes(), ms(now));
        inquiry.heard(from(7), 0, &reply(0).ptr(ALL[2], &instance).bytes(), ms(now));
    }
    assert!(packets <= 9 + 160 + 16, "{packets}");
    assert!(packets > 100, "{packets}");
}

/// Rule: who takes a made-up host's place is asked as if it had been there first. The one before it
/// has had all the questions that one may have.
#[test]
fn who_takes_anothers_place_is_asked_anew() {
    let mut inquiry = inquiry(&[Manner::Own], 60_000);
    let instances: Vec<_> = (0..20).map(|one| format!("{one}._hislip._tcp.local")).collect();
    let many = instances.iter().fold(reply(0), |all, one| all.ptr(ALL[2], one)).bytes();
    inquiry.heard(from(1), 0, &many, ms(0));
    for step in 0..100 {
        inquiry.due(ms(step * 50));
    }
    let printer = reply(0).ptr("_ipp._tcp.local", "a._ipp._tcp.local").bytes();
    for one in 0..2047_u32 {
        let origin = Origin { address: (0x0A01_0000 + one).to_be_bytes().into(), scope: 0 };
        inquiry.heard(origin, 0, &printer, ms(5000));
    }
    let mine = reply(0).ptr(ALL[2], "DMM._hislip._tcp.local").bytes();
    inquiry.heard(from(2), 0, &mine, ms(6000));
    assert_eq!(inquiry.book().answerers()[0].origin, from(2));
    let asked: Vec<_> = wanted(&mut inquiry, 6021);
    assert!(asked.iter().any(|(name, _)| name == "DMM._hislip._tcp.local"), "{asked:?}");
}

/// An answer from our own port's peer has the number of a question, or none; others are not ours.
#[test]
fn answers_to_others_are_not_taken() {
    let ids = [(FIRST, true), (FIRST.wrapping_add(1), false), (FIRST - 1, false), (0, true)];
    for (id, is_ours) in ids {
        let mut inquiry = inquiry(&[Manner::Own], 900);
        inquiry.due(ms(0));
        let answer = reply(id).ptr(ALL[2], "DMM._hislip._tcp.local").bytes();
        inquiry.heard(from(5), 0, &answer, ms(1));
        assert_eq!(inquiry.book().answerers().len(), usize::from(is_ours), "{id}");
    }
    let mut shared = inquiry(&[Manner::Shared], 900);
    shared.heard(from(5), 0, &reply(77).ptr(ALL[2], "DMM._hislip._tcp.local").bytes(), ms(1));
    assert_eq!(shared.book().answerers().len(), 1);
}
