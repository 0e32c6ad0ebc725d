#![forbid(unsafe_code)]
//! The source and the simulated responder, each with a codec of its own, on networks of their own.

use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::config::Config;
use crate::find::mdns::Mdns;
use crate::iface::source::{Found, Search, Source};
use crate::os::Cancel;
use crate::os::Deadline;
use crate::os::Wait;
use crate::os::alone;
use crate::os::datagram;
use crate::os::datagram::Datagrams;
use crate::os::lan;
use crate::os::netns;
use crate::sim::mdns::{Announcement, Habits, Link, Responder};
use crate::status::{Result, VI_ERROR_ABORT};
use crate::wire::dns::Answer;

/// Two networks. We and the instrument are in both: what is sent to all of a network comes back to
/// those of this machine who listen there.
const LANS: [&str; 12] = [
    "link add lan1 type veth peer name end1",
    "link add lan2 type veth peer name end2",
    "addr add 10.81.1.1/24 dev lan1",
    "addr add 10.81.1.5/24 dev lan1",
    "addr add 10.81.2.1/24 dev lan2",
    "addr add 10.81.2.5/24 dev lan2",
    "addr add fd81:1::1/64 dev lan1 nodad",
    "addr add fd81:1::5/64 dev lan1 nodad",
    "link set end1 up",
    "link set lan1 up",
    "link set end2 up",
    "link set lan2 up",
];

fn search(bound: Duration) -> Search {
    Search {
        config: Arc::new(Config::default()),
        deadline: Deadline::after(bound),
        cancel: Arc::new(Cancel::new()),
    }
}

fn find(search: &Search) -> (Vec<Found>, Result) {
    let mut all = Vec::new();
    let result = Mdns.find(search, &mut |found| all.push(found));
    (all, result)
}

fn names(found: &[Found]) -> Vec<&str> {
    let mut names: Vec<_> = found.iter().map(|one| one.name.canonical()).collect();
    names.sort_unstable();
    names
}

/// Long enough for a machine that is busy; a search ends by itself before.
const BOUND: Duration = Duration::from_secs(5);

fn instrument(name: &str, links: &[(&str, &[&str])], habits: Habits) -> Responder {
    let lans = lan::interfaces().unwrap();
    let links: Vec<_> = links
        .iter()
        .map(|(name, addresses)| Link {
            index: lans.iter().find(|lan| lan.name == *name).unwrap().index,
            addresses: addresses.iter().map(|text| text.parse::<IpAddr>().unwrap()).collect(),
        })
        .collect();
    let announcement = Announcement {
        instance: format!("Meter {name}"),
        host: format!("meter-{name}"),
        services: vec![("_hislip".into(), 4880), ("_scpi-raw".into(), 5025)],
        text: [("txtvers", "1"), ("Manufacturer", "Acme"), ("SerialNumber", name)]
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .into(),
        habits,
    };
    Responder::start(&announcement, &links).unwrap()
}

const BOTH: [&str; 2] = ["TCPIP0::10.81.1.5::5025::SOCKET", "TCPIP0::10.81.1.5::hislip0::INSTR"];

#[test]
fn an_instrument_is_found_once_however_it_answers() {
    alone::run(module_path!(), "habits");
}

#[test]
#[ignore = "run by the one above"]
fn habits() {
    if !netns::enter(&LANS) {
        return;
    }
    netns::await_links(&["lan1", "lan2"]);
    let plain = Habits::default();
    let all = [
        plain,
        Habits { is_terse: true, ..plain },
        Habits { tells_all: true, ..plain },
        Habits { reads_one: true, is_terse: true, ..plain },
        Habits { delay: Duration::from_millis(250), ..plain },
    ];
    for habits in all {
        let links: [(&str, &[&str]); 2] =
            [("lan1", &["10.81.1.5", "fd81:1::5"]), ("lan2", &["10.81.2.5"])];
        let responder = instrument("SN001", &links, habits);
        let (found, result) = find(&search(BOUND));
        result.unwrap();
        assert_eq!(names(&found), BOTH, "{habits:?}");
        assert_eq!(found[0].description, "Acme, SN001", "{habits:?}");
        assert_eq!(found[0].addresses.len(), 3, "{habits:?}: {found:?}");
        drop(responder);
        assert!(find(&search(BOUND)).0.is_empty(), "it is gone");
    }
}

/// What all hear: all that there is when it starts, and that it is no more when it ends.
#[test]
fn an_instrument_announces_itself_and_says_goodbye() {
    alone::run(module_path!(), "hello");
}

#[test]
#[ignore = "run by the one above"]
fn hello() {
    if !netns::enter(&LANS) {
        return;
    }
    netns::await_links(&["lan1", "lan2"]);
    let index = lan::interfaces().unwrap().iter().find(|lan| lan.name == "lan1").unwrap().index;
    let group = IpAddr::from([224, 0, 0, 251]);
    let listener = Datagrams::open_shared((group, 5353).into()).unwrap();
    listener.join(group, index).unwrap();
    let cancel = Cancel::new();
    let wait = Wait { deadline: Deadline::after(BOUND), ticket: cancel.ticket() };
    // How long the records of the next packet hold: those of the services, places, texts, address.
    let next = || -> Vec<u32> {
        let mut buffer = vec![0; datagram::LONGEST];
        datagram::await_any([&listener], &wait).unwrap();
        let (count, from) = listener.receive(&mut buffer).unwrap().unwrap();
        assert_eq!(from, SocketAddr::from(([10, 81, 1, 5], 5353)));
        Answer::decode(&buffer[..count]).unwrap().map(|record| record.ttl).collect()
    };
    let responder = instrument("SN001", &[("lan1", &["10.81.1.5"])], Habits::default());
    let hello = next();
    assert!(hello.len() == 9 && hello.iter().all(|ttl| *ttl >= 120), "{hello:?}");
    drop(responder);
    let mut said = next();
    if said == hello {
        // The repetition.
        said = next();
    }
    assert_eq!(said, [0; 9]);
}

/// Another program may keep port 5353 for itself; what comes from other ports is no answer.
#[test]
fn a_port_that_is_taken_does_not_matter() {
    alone::run(module_path!(), "taken");
}

#[test]
#[ignore = "run by the one above"]
fn taken() {
    if !netns::enter(&LANS) {
        return;
    }
    netns::await_links(&["lan1", "lan2"]);
    // At the address from which we ask, so that the responder has its own.
    let keeper = UdpSocket::bind(("10.81.1.1", 5353)).unwrap();
    let _responder = instrument("SN001", &[("lan1", &["10.81.1.5"])], Habits::default());
    assert_eq!(names(&find(&search(BOUND)).0), BOTH);
    drop(keeper);
}

/// Nothing to ask, nothing to wait for.
#[test]
fn without_a_network_the_search_is_over_at_once() {
    alone::run(module_path!(), "loopback");
}

#[test]
#[ignore = "run by the one above"]
fn loopback() {
    if !netns::enter(&["link add lan1 type veth peer name end1"]) {
        return;
    }
    let started = Instant::now();
    let (found, result) = find(&search(Duration::from_secs(600)));
    assert!(found.is_empty() && result.is_ok());
    assert!(started.elapsed() < Duration::from_secs(60), "it was not the bound that ended it");
}

/// viClose of the manager; the answers so far are not told any more.
#[test]
fn a_search_ends_when_it_is_cancelled() {
    alone::run(module_path!(), "cancelled");
}

#[test]
#[ignore = "run by the one above"]
fn cancelled() {
    if !netns::enter(&LANS) {
        return;
    }
    netns::await_links(&["lan1", "lan2"]);
    let search = search(Duration::from_secs(600));
    let cancel = search.cancel.clone();
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        // The listener's own thread is outside; a namespace is a thread's.
        scope.spawn(|| {
            std::thread::sleep(Duration::from_millis(50));
            assert!(!is_over.load(Ordering::SeqCst));
            cancel.close();
        });
        let (found, result) = find(&search);
        is_over.store(true, Ordering::SeqCst);
        assert!(found.is_empty());
        assert_eq!(result.unwrap_err().code, VI_ERROR_ABORT);
    });
}
