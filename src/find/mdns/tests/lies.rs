#![forbid(unsafe_code)]
//! Hosts that lie cost themselves alone.

use std::collections::HashSet;

use super::instruments::{found, found_beside, names};
use super::packets::{reply, whole, with_text};
use crate::find::mdns::book::{Book, Origin};
use crate::wire::dns::Answer;

const HISLIP: [(&str, u16); 1] = [("_hislip", 4880)];
const HONEST: &str = "TCPIP0::10.0.0.5::hislip0::INSTR";
const LIAR: &str = "TCPIP0::10.0.0.66::hislip0::INSTR";

fn honest() -> (&'static str, usize, Vec<u8>) {
    let text = ["SerialNumber=MY123"];
    ("10.0.0.5", 0, with_text("DMM", &HISLIP, "dmm.local", &["10.0.0.5"], &text))
}

/// What is listed when the liar comes first, and when it comes last.
fn beside_the_honest(liar: (&str, usize, Vec<u8>)) -> Vec<String> {
    let first = names(&[liar.clone(), honest()]);
    assert_eq!(first, names(&[honest(), liar]), "who comes first does not matter");
    first
}

#[test]
fn a_service_at_anothers_address_is_not_believed() {
    let elsewhere = whole("Fake", &HISLIP, "fake.local", &["10.0.0.9"]);
    assert_eq!(beside_the_honest(("10.0.0.66", 0, elsewhere)), [HONEST]);
    for nowhere in ["127.0.0.1", "0.0.0.0", "255.255.255.255", "::1"] {
        let fake = whole("Fake", &HISLIP, "fake.local", &[nowhere]);
        assert_eq!(beside_the_honest(("10.0.0.66", 0, fake)), [HONEST], "{nowhere}");
    }
    let stolen = whole("DMM", &HISLIP, "dmm.local", &["10.0.0.5"]);
    assert_eq!(beside_the_honest(("10.0.0.66", 0, stolen)), [HONEST]);
}

#[test]
fn a_service_without_a_port_is_not_listed() {
    let fake = whole("Fake", &[("_hislip", 0), ("_vxi-11", 0)], "fake.local", &["10.0.0.66"]);
    assert_eq!(beside_the_honest(("10.0.0.66", 0, fake)), [HONEST]);
}

/// Neither by its host's name, its service's name and its serial number, nor by saying that it has
/// the other's address.
#[test]
fn who_copies_another_on_its_link_stands_beside_it() {
    let text = ["SerialNumber=MY123"];
    let copy = with_text("DMM", &HISLIP, "dmm.local", &["10.0.0.66"], &text);
    assert_eq!(beside_the_honest(("10.0.0.66", 0, copy)), [HONEST, LIAR]);
    let both = with_text("DMM", &HISLIP, "dmm.local", &["10.0.0.5", "10.0.0.66"], &text);
    assert_eq!(beside_the_honest(("10.0.0.66", 0, both)), [HONEST, LIAR]);
    // What it says that it has does not count as its own: nobody is hidden by that either.
    let liar =
        found(&[("10.0.0.66", 0, whole("F", &HISLIP, "f.local", &["10.0.0.5", "10.0.0.66"]))]);
    assert!(liar[0].addresses.is_empty());
}

/// Claiming to be of two hosts does not make them one.
#[test]
fn nobody_makes_two_others_one() {
    let second = ("10.0.0.7", 0, whole("PSU", &HISLIP, "psu.local", &["10.0.0.7"]));
    let bridge = reply(0)
        .srv("DMM._hislip._tcp.local", 4880, "dmm.local")
        .srv("PSU._hislip._tcp.local", 4880, "psu.local")
        .address("dmm.local", "10.0.0.5")
        .address("dmm.local", "fe80::66")
        .address("psu.local", "10.0.0.7")
        .address("psu.local", "fe80::66")
        .bytes();
    let listed = names(&[("fe80::66", 0, bridge.clone()), honest(), second.clone()]);
    assert!(listed.contains(&HONEST.to_owned()));
    assert!(listed.contains(&"TCPIP0::10.0.0.7::hislip0::INSTR".to_owned()));
    assert_eq!(listed, names(&[second, honest(), ("fe80::66", 0, bridge)]));
}

/// A goodbye for another's service.
#[test]
fn nobody_takes_back_what_another_announces() {
    let bye = reply(0).goodbye("_hislip._tcp.local", "DMM._hislip._tcp.local").bytes();
    assert_eq!(beside_the_honest(("10.0.0.66", 0, bye)), [HONEST]);
}

fn origin(address: u32) -> Origin {
    Origin { address: address.to_be_bytes().into(), scope: 0 }
}

/// Thousands of services, hosts and addresses, in the largest packets there are: only so much is
/// kept of one, and of all together.
#[test]
fn what_is_kept_has_bounds() {
    let mut many = reply(0);
    for number in 0..400 {
        let instance = format!("{number}._hislip._tcp.local");
        many = many.ptr("_hislip._tcp.local", &instance);
        many = many.srv(&instance, 4880, &format!("{number}.local"));
        many = many.address("0.local", &format!("10.1.{}.{}", number / 200, number % 200));
    }
    let many = many.bytes();
    assert!(many.len() > 30_000 && many.len() < 65_535);
    let mut book = Book::default();
    for _ in 0..200 {
        book.enter(origin(1), 0, Answer::decode(&many).unwrap());
    }
    let [one] = book.answerers() else { panic!("one answerer") };
    assert!(one.instances.len() <= 24 && one.hosts.len() <= 4, "{}", one.instances.len());
    assert!(one.hosts.iter().all(|host| host.addresses.len() <= 16));
    assert!(!one.instances.is_empty() && !one.hosts.is_empty());
    let small = reply(0).ptr("_hislip._tcp.local", "a._hislip._tcp.local").bytes();
    for address in 0..10_000 {
        book.enter(origin(address), 0, Answer::decode(&small).unwrap());
    }
    assert_eq!(book.answerers().len(), 2048);
}

/// A flood of packets from one address: after so many it is not even looked at.
#[test]
fn a_flood_from_one_address_is_not_listened_to() {
    let mut book = Book::default();
    let news = (0..10_000_u32).filter(|number| {
        let place = format!("{number}.local");
        let flip = reply(0).srv("a._hislip._tcp.local", 4880, &place).bytes();
        book.enter(origin(1), 0, Answer::decode(&flip).unwrap()).is_some()
    });
    assert_eq!(news.count(), 100);
}

/// Random changes to true answers: what is listed is at the answerer's own address, or nothing.
#[test]
fn no_bytes_make_another_address_appear() {
    let text = ["Manufacturer=Acme", "SerialNumber=MY123"];
    let services = [("_vxi-11", 111), ("_hislip", 4880), ("_scpi-raw", 5025)];
    let real = with_text("DMM", &services, "dmm.local", &["10.0.0.66", "fe80::66"], &text);
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let mut listed = 0;
    for _ in 0..3000 {
        let mut changed = real.clone();
        for _ in 0..next() % 6 {
            let place = next() as usize % changed.len();
            changed[place] = next() as u8;
        }
        changed.truncate(changed.len() - (next() % 4) as usize * 10);
        if Answer::decode(&changed).is_none() {
            continue;
        }
        let names = names(&[("10.0.0.66", 0, changed), honest()]);
        listed += names.len() - 1;
        assert!(names.contains(&HONEST.to_owned()), "{names:?}");
        assert!(names.iter().all(|name| name == HONEST || name.contains("::10.0.0.66::")));
    }
    assert!(listed > 1000, "only {listed}: the changes leave nothing to look at");
}

/// How long this thread has worked, in hundredths of a second (proc_pid_stat(5), utime and stime).
fn worked() -> u64 {
    let stat = std::fs::read_to_string("/proc/thread-self/stat").unwrap();
    let (_, behind_name) = stat.rsplit_once(')').unwrap();
    let ticks = behind_name.split_whitespace().skip(11).take(2);
    ticks.map(|ticks| ticks.parse::<u64>().unwrap()).sum()
}

/// Rule: what a flood costs grows with its size, not with its square. All call themselves by one
/// name and say that they have each other's addresses, so that each might be any other. What
/// counts is the work, however busy the machine is: 5 s, which is many times what it takes.
#[test]
fn thousands_of_made_up_hosts_are_told_apart_at_once() {
    let text = ["SerialNumber=MY123"];
    let (mut said, mut hardware) = (Vec::new(), Vec::new());
    for number in 0..1024_u32 {
        let v4 = |number: u32| format!("10.1.{}.{}", number / 256, number % 256);
        let v6 = |number: u32| format!("fd00::{number:x}");
        let others = (1..8).map(|step| (number + step) % 1024);
        let others: Vec<_> = others.flat_map(|other| [v4(other), v6(other + 5000)]).collect();
        let mut claimed: Vec<_> = others.iter().map(String::as_str).collect();
        let (v4, v6) = (v4(number), v6(number));
        claimed.push(&v4);
        claimed.push(&v6);
        let all = (0..12).fold(reply(0), |all, service| {
            let instance = format!("{service}._hislip._tcp.local");
            all.srv(&instance, 4880 + service, "dmm.local").txt(&instance, &text)
        });
        let all = claimed.iter().fold(all, |all, address| all.address("dmm.local", address));
        let bytes = all.bytes();
        said.extend([(v4.clone(), bytes.clone()), (v6.clone(), bytes)]);
        hardware.extend([(v4, number as u8), (v6, number as u8 ^ 1)]);
    }
    let said: Vec<_> = said.iter().map(|(from, bytes)| (&**from, 0, bytes.clone())).collect();
    let hardware: Vec<_> = hardware.iter().map(|(address, last)| (&**address, *last)).collect();
    let before = worked();
    let listed = found_beside(&said, &hardware);
    let took = worked() - before;
    assert!(took < 500, "{took}");
    assert!(listed.len() >= 1024, "{}", listed.len());
}

/// Rule: an instrument is entered however many were before it, unless all of them offer something.
#[test]
fn made_up_hosts_that_offer_nothing_give_way() {
    let hint = reply(0).ptr("_hislip._tcp.local", "a._hislip._tcp.local").bytes();
    let printer = reply(0).ptr("_ipp._tcp.local", "a._ipp._tcp.local").bytes();
    let elsewhere = whole("DMM", &HISLIP, "dmm.local", &["10.0.0.5"]);
    let real = whole("DMM", &HISLIP, "dmm.local", &[]);
    let enter = |book: &mut Book, one: u32, bytes: &[u8]| {
        book.enter(origin(one), 0, Answer::decode(bytes).unwrap())
    };
    for useless in [&hint, &printer, &elsewhere] {
        let mut book = Book::default();
        assert_eq!(enter(&mut book, 1, &real), Some(0));
        for one in 2..5000 {
            enter(&mut book, one, useless);
        }
        // Also one who says in parts what it has.
        assert!(enter(&mut book, 5000, &hint).is_some());
        let srv = reply(0).srv("a._hislip._tcp.local", 4880, "a.local").bytes();
        let place = enter(&mut book, 5000, &srv).unwrap();
        for one in 6000..9000 {
            enter(&mut book, one, useless);
        }
        assert!(enter(&mut book, 9000, &real).is_some());
        let there: Vec<_> = book.answerers().iter().map(|one| one.origin).collect();
        assert_eq!((there.len(), there[0], there[place]), (2048, origin(1), origin(5000)));
        assert!(there.contains(&origin(9000)));
        assert_eq!(there.iter().collect::<HashSet<_>>().len(), 2048, "each once");
        // Who says nothing of our services takes nobody's place.
        assert_eq!(enter(&mut book, 9001, &printer), None);
        assert!(book.answerers().iter().all(|one| one.origin != origin(9001)));
    }
    let mut book = Book::default();
    for one in 0..2048 {
        enter(&mut book, one, &real);
    }
    assert!(book.is_deaf_to(origin(5000)), "all offer something");
}
