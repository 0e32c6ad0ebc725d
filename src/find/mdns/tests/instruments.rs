#![forbid(unsafe_code)]
//! Each instrument once, with what it offers.

use super::packets::{reply, whole, with_text};
use crate::attr::Value;
use crate::consts::VI_ATTR_TCPIP_ADDR;
use crate::find::mdns::book::{Book, Origin};
use crate::find::mdns::instruments;
use crate::find::mdns::instruments::Link;
use crate::iface::source::Found;
use crate::os::neighbours::Neighbour;
use crate::wire::dns::Answer;

/// What was said: from which address, on which link, what.
pub type Said<'a> = (&'a str, usize, Vec<u8>);

const FOUR: [(&str, u16); 4] =
    [("_lxi", 80), ("_vxi-11", 111), ("_hislip", 4880), ("_scpi-raw", 5025)];
const HISLIP: [(&str, u16); 1] = [("_hislip", 4880)];
const TEXT: [&str; 4] = ["txtvers=1", "Manufacturer=Acme", "Model=34465A", "SerialNumber=MY123"];

/// The two links of these tests.
pub fn links() -> [Link; 2] {
    [Link { index: 2, name: "lan1".into() }, Link { index: 3, name: "lan 2".into() }]
}

pub fn found(said: &[Said]) -> Vec<Found> {
    found_beside(said, &[])
}

/// The same where the hardware addresses of some are known: address and last byte.
pub fn found_beside(said: &[Said], hardware: &[(&str, u8)]) -> Vec<Found> {
    let links = links();
    let neighbours: Vec<_> = hardware
        .iter()
        .map(|(address, last)| Neighbour {
            interface: links[0].index,
            address: address.parse().unwrap(),
            hardware: vec![2, 0, 0, 0, 0, *last],
        })
        .collect();
    let mut book = Book::default();
    for (from, link, bytes) in said {
        let address = from.parse().unwrap();
        let is_local = from.starts_with("fe80");
        let origin = Origin { address, scope: if is_local { links[*link].index } else { 0 } };
        book.enter(origin, *link, Answer::decode(bytes).unwrap());
    }
    instruments::found(&book, &links, &neighbours)
}

pub fn names(said: &[Said]) -> Vec<String> {
    let mut names: Vec<_> = found(said).iter().map(|one| one.name.canonical().to_owned()).collect();
    names.sort();
    names
}

#[test]
fn an_instrument_is_listed_with_each_kind_of_resource_that_it_offers() {
    let said = ("10.0.0.5", 0, with_text("DMM", &FOUR, "dmm.local", &["10.0.0.5"], &TEXT));
    let expected = [
        "TCPIP0::10.0.0.5::5025::SOCKET",
        "TCPIP0::10.0.0.5::hislip0::INSTR",
        "TCPIP0::10.0.0.5::inst0::INSTR",
    ];
    assert_eq!(names(&[said.clone(), said.clone()]), expected, "once, however often it says so");
    for one in found(&[said]) {
        assert_eq!(one.description, "Acme, 34465A, MY123");
        assert!(one.addresses.is_empty(), "no more than the name says");
        assert_eq!(one.attributes, [(VI_ATTR_TCPIP_ADDR, Value::Text("10.0.0.5".into()))]);
    }
}

/// It has a web page, which is no resource; whether it speaks VXI-11 its portmapper knows.
#[test]
fn lxi_alone_is_vxi11_where_the_portmapper_says_so() {
    let lxi = with_text("DMM", &FOUR[..1], "dmm.local", &["10.0.0.5"], &TEXT);
    let names = |said: Option<bool>| {
        let mut book = Book::default();
        let origin = Origin { address: [10, 0, 0, 5].into(), scope: 0 };
        book.enter(origin, 0, Answer::decode(&lxi).unwrap());
        if let Some(is_there) = said {
            assert_eq!(book.enter_vxi11(origin, is_there), Some(0));
            assert_eq!(book.enter_vxi11(origin, !is_there), None, "it has been said");
        }
        let other = Origin { address: [10, 0, 0, 6].into(), scope: 0 };
        assert_eq!(book.enter_vxi11(other, true), None, "it has not announced itself");
        let found = instruments::found(&book, &links(), &[]);
        found.iter().map(|one| one.name.canonical().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(Some(true)), ["TCPIP0::10.0.0.5::inst0::INSTR"]);
    assert!(names(Some(false)).is_empty());
    assert!(names(None).is_empty());
}

#[test]
fn other_ports_stand_in_the_name() {
    let services = [("_hislip", 4881), ("_scpi-raw", 9221), ("_scpi-raw", 9222)];
    let all = whole("A", &services[..2], "a.local", &["10.0.0.5"]);
    let second = whole("B", &services[2..], "a.local", &["10.0.0.5"]);
    let expected = [
        "TCPIP0::10.0.0.5::9221::SOCKET",
        "TCPIP0::10.0.0.5::9222::SOCKET",
        "TCPIP0::10.0.0.5::hislip0,4881::INSTR",
    ];
    assert_eq!(names(&[("10.0.0.5", 0, all), ("10.0.0.5", 0, second)]), expected);
}

/// Each part of what is known may come in a packet of its own, in any order, and from any of them
/// again.
#[test]
fn what_comes_in_parts_is_put_together() {
    let instance = "DMM._hislip._tcp.local";
    let parts = [
        reply(0).srv(instance, 4880, "dmm.local").bytes(),
        reply(0).address("dmm.local", "10.0.0.5").bytes(),
        reply(0).txt(instance, &TEXT).bytes(),
        reply(0).ptr("_hislip._tcp.local", instance).bytes(),
    ];
    let said: Vec<_> = parts.into_iter().map(|bytes| ("10.0.0.5", 0, bytes)).collect();
    assert_eq!(names(&said), ["TCPIP0::10.0.0.5::hislip0::INSTR"]);
    assert_eq!(found(&said)[0].description, "Acme, 34465A, MY123");
    // The place is a must; that the address was not told is not.
    assert_eq!(names(&said[..1]).len(), 1);
    assert!(names(&said[2..]).is_empty());
}

/// IPv4 and IPv6 on one link, each saying that it has the other; and with each telling the address
/// of its own family alone, as hosts may that say on both who they are.
#[test]
fn an_instrument_with_ipv4_and_ipv6_is_listed_by_ipv4() {
    let of =
        |addresses: &[&str], text: &[&str]| with_text("DMM", &HISLIP, "dmm.local", addresses, text);
    let both = of(&["10.0.0.5", "fe80::5"], &[]);
    let (four, six) = (of(&["10.0.0.5"], &[]), of(&["fe80::5"], &[]));
    let (four_text, six_text) = (of(&["10.0.0.5"], &TEXT), of(&["fe80::5"], &TEXT));
    for (first, second) in [(&both, &both), (&both, &six), (&four, &both), (&four_text, &six_text)]
    {
        for swapped in [false, true] {
            let mut said = [("10.0.0.5", 0, first.clone()), ("fe80::5", 0, second.clone())];
            if swapped {
                said.reverse();
            }
            assert_eq!(names(&said), ["TCPIP0::10.0.0.5::hislip0::INSTR"]);
            let addresses = ["10.0.0.5", "fe80::5%lan1"].map(|text| text.parse().unwrap());
            assert_eq!(found(&said)[0].addresses, addresses, "each with its link");
        }
    }
    // Nothing says that these two are one.
    assert_eq!(names(&[("10.0.0.5", 0, four), ("fe80::5", 0, six)]).len(), 2);
}

/// The hardware decides where it is known: it makes one of those who do not say so, and keeps
/// apart one who copies an instrument that has IPv6 alone.
#[test]
fn ipv4_and_ipv6_of_one_hardware_are_one_instrument() {
    let of = |addresses: &[&str]| with_text("DMM", &HISLIP, "dmm.local", addresses, &TEXT);
    let count = |said: &[Said], hardware: &[(&str, u8)]| found_beside(said, hardware).len();
    let said = [("10.0.0.5", 0, of(&["10.0.0.5", "fe80::5"])), ("fe80::5", 0, of(&["fe80::5"]))];
    assert_eq!(count(&said, &[("10.0.0.5", 5), ("fe80::5", 5)]), 1);
    assert_eq!(count(&said, &[("10.0.0.5", 5), ("fe80::5", 6)]), 2);
    assert_eq!(count(&said, &[("10.0.0.5", 5)]), 1, "not known of both");
    let apart = [
        ("10.0.0.5", 0, whole("DMM", &HISLIP, "dmm.local", &["10.0.0.5"])),
        ("fe80::5", 0, whole("DMM", &HISLIP, "dmm.local", &["fe80::5"])),
    ];
    assert_eq!(count(&apart, &[("10.0.0.5", 5), ("fe80::5", 5)]), 1);
    assert_eq!(count(&apart, &[]), 2);
    // Behind one gateway, two.
    let other = ("fe80::5", 0, whole("PSU", &HISLIP, "psu.local", &["fe80::5"]));
    assert_eq!(count(&[apart[0].clone(), other], &[("10.0.0.5", 5), ("fe80::5", 5)]), 2);
}

/// A link-local address is named with its interface, by number where the name cannot stand in a
/// resource's; a routed one goes before it.
#[test]
fn ipv6_alone_is_listed_by_the_address_that_can_be_used_best() {
    let both = whole("DMM", &HISLIP, "dmm.local", &["fd00::5", "fe80::5"]);
    let local = ("fe80::5", 0, both.clone());
    assert_eq!(names(std::slice::from_ref(&local)), ["TCPIP0::[fe80::5%lan1]::hislip0::INSTR"]);
    let other = names(&[("fe80::5", 1, both.clone())]);
    assert_eq!(other, ["TCPIP0::[fe80::5%3]::hislip0::INSTR"]);
    assert_eq!(names(&[local, ("fd00::5", 0, both)]), ["TCPIP0::[fd00::5]::hislip0::INSTR"]);
}

/// On a link a host tells the addresses of that link only; the serial number tells that both are
/// of one instrument.
#[test]
fn an_instrument_on_two_of_our_links_is_listed_once() {
    let of =
        |address: &str, text: &[&str]| with_text("DMM", &HISLIP, "dmm.local", &[address], text);
    let said = [("10.0.1.5", 1, of("10.0.1.5", &TEXT)), ("10.0.0.5", 0, of("10.0.0.5", &TEXT))];
    assert_eq!(names(&said), ["TCPIP0::10.0.0.5::hislip0::INSTR"]);
    assert_eq!(found(&said)[0].addresses.len(), 2);
    // The higher address on the lower link: the link decides, so that it is the same each time.
    let said = [("10.0.1.5", 0, of("10.0.1.5", &TEXT)), ("10.0.0.5", 1, of("10.0.0.5", &TEXT))];
    assert_eq!(names(&said), ["TCPIP0::10.0.1.5::hislip0::INSTR"]);
    // Two of a model that was never given a serial number nor another name.
    let said = [("10.0.1.5", 1, of("10.0.1.5", &[])), ("10.0.0.5", 0, of("10.0.0.5", &[]))];
    assert_eq!(names(&said).len(), 2);
    // A serial number that is none.
    for none in ["SerialNumber=000000", "SerialNumber=N/A", "SerialNumber=", "SerialNumber=1"] {
        let (one, other) = (of("10.0.1.5", &[none]), of("10.0.0.5", &[none]));
        assert_eq!(names(&[("10.0.1.5", 1, one), ("10.0.0.5", 0, other)]).len(), 2, "{none}");
    }
    // Another serial number.
    let other = of("10.0.1.5", &["SerialNumber=MY124"]);
    assert_eq!(names(&[("10.0.1.5", 1, other), ("10.0.0.5", 0, of("10.0.0.5", &TEXT))]).len(), 2);
}

/// Services of one instrument, of which each address announces another: all are listed, at the
/// preferred address.
#[test]
fn what_one_address_announces_counts_for_the_instrument() {
    let addresses = ["10.0.0.5", "10.0.1.5"];
    let first = whole("DMM", &FOUR[..3], "dmm.local", &addresses);
    let second = whole("DMM", &FOUR[2..], "dmm.local", &addresses);
    let listed = names(&[("10.0.0.5", 0, first), ("10.0.1.5", 1, second)]);
    assert_eq!(listed.len(), 3);
    assert!(listed.iter().all(|name| name.starts_with("TCPIP0::10.0.0.5::")));
}

#[test]
fn who_says_nothing_of_himself_is_called_as_he_calls_his_service() {
    let lxi = whole("Scope\u{1b}[31m 2", &FOUR, "s.local", &["10.0.0.5"]);
    assert_eq!(found(&[("10.0.0.5", 0, lxi)])[0].description, "Scope[31m 2", "no terminal obeys");
    let text = ["Manufacturer=\u{7}", "Model=X\n1"];
    let part = with_text("DMM", &HISLIP, "s.local", &["10.0.0.5"], &text);
    assert_eq!(found(&[("10.0.0.5", 0, part)])[0].description, "X1");
}

/// A service that was taken back is not there.
#[test]
fn a_goodbye_takes_a_service_back() {
    let all = whole("DMM", &FOUR, "dmm.local", &["10.0.0.5"]);
    let bye = reply(0).goodbye("_hislip._tcp.local", "DMM._hislip._tcp.local").bytes();
    let left = names(&[("10.0.0.5", 0, all), ("10.0.0.5", 0, bye)]);
    assert_eq!(left, ["TCPIP0::10.0.0.5::5025::SOCKET", "TCPIP0::10.0.0.5::inst0::INSTR"]);
}
