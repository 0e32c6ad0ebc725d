//! On loopback, or on networks of their own.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddrV6};
use std::time::Duration;

use super::*;
use crate::os::Cancel;
use crate::os::Deadline;
use crate::os::alone;
use crate::os::lan;
use crate::os::netns;
use crate::status::VI_ERROR_ABORT;

const HOME: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const GENEROUS: Duration = Duration::from_secs(20);

fn received(socket: &Datagrams, cancel: &Cancel) -> (Vec<u8>, SocketAddr) {
    let wait = Wait { deadline: Deadline::after(GENEROUS), ticket: cancel.ticket() };
    await_any(std::slice::from_ref(socket), &wait).unwrap();
    let mut buffer = [0; 64];
    let (count, from) = socket.receive(&mut buffer).unwrap().unwrap();
    (buffer[..count].to_vec(), from)
}

#[test]
fn of_many_sockets_those_that_have_something_are_told_with_who_sent_it() {
    let cancel = Cancel::new();
    let sockets: Vec<_> = (0..3).map(|_| Datagrams::open((HOME, 0).into()).unwrap()).collect();
    let peer = Datagrams::open((HOME, 0).into()).unwrap();
    peer.send(b"here", sockets[1].local().unwrap()).unwrap();
    let wait = Wait { deadline: Deadline::after(GENEROUS), ticket: cancel.ticket() };
    assert_eq!(await_any(&sockets, &wait).unwrap(), [1]);
    assert_eq!(received(&sockets[1], &cancel), (b"here".to_vec(), peer.local().unwrap()));
    let short = Wait { deadline: Deadline::after(Duration::from_millis(5)), ..wait };
    assert_eq!(await_any(&sockets, &short).unwrap_err().code, VI_ERROR_TMO);
    assert_eq!(await_any(&[], &short).unwrap_err().code, VI_ERROR_TMO);
    assert!(sockets[1].receive(&mut [0]).unwrap().is_none());
}

#[test]
fn a_wait_without_end_ends_when_it_is_cancelled() {
    let cancel = Cancel::new();
    let sockets = [Datagrams::open((HOME, 0).into()).unwrap()];
    let wait = Wait { deadline: Deadline::Never, ticket: cancel.ticket() };
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| await_any(&sockets, &wait).unwrap_err().code);
        cancel.close();
        assert_eq!(waiting.join().unwrap(), VI_ERROR_ABORT);
    });
}

#[test]
fn a_peer_that_is_not_there_is_told() {
    let cancel = Cancel::new();
    let gone = Datagrams::open((HOME, 0).into()).unwrap().local().unwrap();
    let socket = Datagrams::connect(gone).unwrap();
    socket.send(b"?", gone).unwrap();
    let wait = Wait { deadline: Deadline::after(GENEROUS), ticket: cancel.ticket() };
    assert_eq!(await_any(std::slice::from_ref(&socket), &wait).unwrap(), [0]);
    assert_eq!(socket.receive(&mut [0]).unwrap_err().code, VI_ERROR_RSRC_NFOUND);
}

/// On a network of its own, because it sends to groups.
#[test]
fn what_is_sent_to_a_group_leaves_by_the_chosen_interface_and_is_heard_on_the_joined_one() {
    alone::run(module_path!(), "groups");
}

#[test]
#[ignore = "run by the one above"]
fn groups() {
    let lans = [
        "link add lan1 type veth peer name end1",
        "link add lan2 type veth peer name end2",
        "addr add 10.81.1.1/24 dev lan1",
        "addr add 10.81.2.1/24 dev lan2",
        "addr add fd81:1::1/64 dev lan1 nodad",
        "addr add fe80::81:1/64 dev lan1 nodad",
        "addr add fd81:2::1/64 dev lan2 nodad",
        "addr add fe80::81:2/64 dev lan2 nodad",
        "link set end1 up",
        "link set lan1 up multicast on",
        "link set end2 up",
        "link set lan2 up multicast on",
    ];
    if !netns::enter(&lans) {
        return;
    }
    netns::await_links(&["lan1", "lan2"]);
    let interfaces = lan::interfaces().unwrap();
    let lans = ["lan1", "lan2"].map(|name| interfaces.iter().find(|lan| lan.name == name).unwrap());
    for group in ["239.255.81.7", "ff02::8107"] {
        let group: IpAddr = group.parse().unwrap();
        let any = if group.is_ipv6() { "::" } else { "0.0.0.0" };
        // At the group itself, so that nothing but what is sent to it comes.
        let at = |lan: &lan::LanInterface, port| match group {
            IpAddr::V4(group) => SocketAddr::from((group, port)),
            IpAddr::V6(group) => SocketAddrV6::new(group, port, 0, lan.index).into(),
        };
        let first = Datagrams::open_shared(at(lans[0], 0)).unwrap();
        let port = first.local().unwrap().port();
        let members = [first, Datagrams::open_shared(at(lans[1], port)).unwrap()];
        for (member, lan) in members.iter().zip(lans) {
            member.join(group, lan.index).unwrap();
        }
        for (place, lan) in lans.iter().enumerate() {
            // At no address: the system takes one of the interface by which it leaves.
            let none = SocketAddr::from((any.parse::<IpAddr>().unwrap(), 0));
            // At a link-local address, which says by its scope where it is.
            let address = Ipv6Addr::new(0xFE80, 0, 0, 0, 0, 0, 0x81, place as u16 + 1);
            let local = SocketAddrV6::new(address, 0, 0, lan.index).into();
            let own = if group.is_ipv6() { vec![none, local] } else { vec![none] };
            for at in own {
                let asker = Datagrams::open(at).unwrap();
                asker.leave_by(lan.index).unwrap();
                asker.let_go_far().unwrap();
                asker.send(b"all", (group, port).into()).unwrap();
                let cancel = Cancel::new();
                let wait = Wait { deadline: Deadline::after(GENEROUS), ticket: cancel.ticket() };
                assert_eq!(await_any(&members, &wait).unwrap(), [place], "{group} on {}", lan.name);
                let (bytes, from) = received(&members[place], &cancel);
                assert_eq!(bytes, b"all");
                assert!(lan.has(from.ip()), "{from} on {}", lan.name);
            }
        }
    }
}

/// On a network of its own, because it broadcasts.
#[test]
fn a_broadcast_needs_permission_and_leaves_by_the_chosen_interface() {
    alone::run(module_path!(), "broadcast");
}

#[test]
#[ignore = "run by the one above"]
fn broadcast() {
    // Two ways into one network: the routes alone would take the first.
    let lans = [
        "link add lan1 type veth peer name end1",
        "link add lan2 type veth peer name end2",
        "addr add 10.81.1.1/24 dev lan1",
        "addr add 10.81.1.2/24 dev lan2",
        "link set end1 up",
        "link set lan1 up",
        "link set end2 up",
        "link set lan2 up",
    ];
    if !netns::enter(&lans) {
        return;
    }
    netns::await_links(&["lan1", "lan2"]);
    let interfaces = lan::interfaces().unwrap();
    for name in ["lan1", "lan2"] {
        let lan = interfaces.iter().find(|lan| lan.name == name).unwrap();
        let sent = || -> u64 {
            let path = "/proc/thread-self/net/dev";
            let text = std::fs::read_to_string(path).unwrap();
            let line = text.lines().find(|line| line.trim_start().starts_with(name)).unwrap();
            line.split_whitespace().nth(10).unwrap().parse().unwrap()
        };
        let asker = Datagrams::open((lan.v4[0].address, 0).into()).unwrap();
        let all = SocketAddr::from((lan.v4[0].broadcast.unwrap(), 111));
        assert_eq!(asker.send(b"?", all).unwrap_err().code, VI_ERROR_NPERMISSION);
        asker.permit_broadcast().unwrap();
        asker.leave_by(lan.index).unwrap();
        let before = sent();
        for _ in 0..50 {
            asker.send(b"?", all).unwrap();
        }
        assert!(sent() >= before + 50, "leaves by {name}");
    }
}

#[test]
fn a_shared_port_is_had_by_all_who_share_it_and_by_nobody_else() {
    let first = Datagrams::open_shared((HOME, 0).into()).unwrap();
    let port = first.local().unwrap();
    let second = Datagrams::open_shared(port).unwrap();
    assert_eq!(second.local().unwrap(), port);
    assert_eq!(Datagrams::open(port).unwrap_err().code, VI_ERROR_IO);
}

#[test]
fn an_address_of_another_machine_cannot_be_had() {
    let foreign = IpAddr::from([192, 0, 2, 1]);
    assert_eq!(Datagrams::open((foreign, 0).into()).unwrap_err().code, VI_ERROR_RSRC_NFOUND);
}
