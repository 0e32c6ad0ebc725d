#![forbid(unsafe_code)]
//! The bench itself is what trials rely on: hosts hear each other, packets get lost as they should,
//! and all of it ends.

use std::net::IpAddr;
use std::net::Ipv4Addr;
use std::net::SocketAddr;
use std::net::UdpSocket;
use std::process::Stdio;
use std::thread;
use std::time::Duration;
use std::time::Instant;

use crate::Outcome;
use crate::failed;
use crate::net::Check;
use crate::net::alone;
use crate::net::finder::Finder;
use crate::net::lan::Lan;
use crate::net::packets;
use crate::net::packets::Lost;
use crate::process::LIMIT;

pub const CHECKS: &[Check] = &[
    Check::new("a_broadcast_reaches_the_hosts_of_its_network_alone", broadcast),
    Check::new("one_process_answers_for_200_addresses", crowd),
    Check::new("rpcbind_answers_broadcast_and_ipv6", rpcbind),
    Check::new("packets_are_lost_and_counted", loss),
    Check::new("a_search_brings_names_and_its_time", search),
    Check::new("a_host_may_be_at_two_networks", two_networks),
];

/// GETPORT of VXI-11's core channel over TCP (RFC 1833 section 3), or NULL of another version.
fn call(xid: u32, version: u32, procedure: u32) -> Vec<u8> {
    let mut words = vec![xid, 0, 2, 100_000, version, procedure, 0, 0, 0, 0];
    if procedure == 3 {
        words.extend([0x0006_07AF, 1, 6, 0]);
    }
    words.into_iter().flat_map(u32::to_be_bytes).collect()
}

/// Asks, and gives who answered within half a second after the last answer.
fn ask(socket: &UdpSocket, to: SocketAddr, call: &[u8]) -> Outcome<Vec<IpAddr>> {
    socket.set_broadcast(true)?;
    socket.set_read_timeout(Some(Duration::from_millis(500)))?;
    socket.send_to(call, to)?;
    let mut answered = Vec::new();
    let mut reply = [0; 2048];
    while let Ok((count, from)) = socket.recv_from(&mut reply) {
        if count < 24 || reply[..4] != call[..4] || from.port() != 111 {
            return failed(format!("{:?} from {from}", &reply[..count]));
        }
        answered.push(from.ip());
    }
    answered.sort();
    Ok(answered)
}

fn ask_lan(lan: &Lan) -> Outcome<Vec<IpAddr>> {
    let socket = UdpSocket::bind((lan.place(1).v4, 0))?;
    ask(&socket, SocketAddr::from((lan.place(255).v4, 111)), &call(1, 2, 3))
}

fn same(answered: &[IpAddr], wanted: &[Ipv4Addr]) -> Outcome {
    let wanted: Vec<_> = wanted.iter().copied().map(IpAddr::V4).collect();
    if answered == wanted { Ok(()) } else { failed(format!("{answered:?}, not {wanted:?}")) }
}

fn broadcast() -> Outcome {
    let lans = [Lan::new(1)?, Lan::new(2)?];
    let (one, at_one) = lans[0].host()?;
    let (two, at_two) = lans[1].host()?;
    one.start("instrument", &["Lab,One,1,1"])?;
    two.start("instrument", &["Lab,Two,2,1"])?;
    same(&ask_lan(&lans[0])?, &[at_one.v4])?;
    same(&ask_lan(&lans[1])?, &[at_two.v4])?;
    two.stop_all();
    same(&ask_lan(&lans[1])?, &[])
}

fn crowd() -> Outcome {
    let lan = Lan::new(1)?;
    let crowd = lan.crowd(200)?;
    let answered = ask_lan(&lan)?;
    let wanted: Vec<_> = (0..200).map(|number| lan.place(2 + number).v4).collect();
    drop(crowd);
    same(&answered, &wanted)
}

fn rpcbind() -> Outcome {
    alone::need_daemon("rpcbind")?;
    let lan = Lan::new(1)?;
    let (host, place) = lan.host()?;
    host.start("rpcbind", &["Lab,Bound,1,1"])?;
    same(&ask_lan(&lan)?, &[place.v4])?;
    let socket = UdpSocket::bind("[::]:0")?;
    let answered = ask(&socket, SocketAddr::from((place.v6, 111)), &call(1, 4, 0))?;
    if answered == [place.v6] { Ok(()) } else { failed(format!("{answered:?}")) }
}

fn loss() -> Outcome {
    let lan = Lan::new(1)?;
    let (host, place) = lan.host()?;
    host.start("instrument", &["Lab,One,1,1"])?;
    let count = packets::count_leaving(None, &lan.interface(), "udp dport 111")?;
    packets::lose(host.whose(), 111, Lost::FirstOf(1, 3))?;
    for wanted in [&[][..], &[place.v4], &[place.v4], &[]] {
        same(&ask_lan(&lan)?, wanted)?;
    }
    match count.packets()? {
        4 => Ok(()),
        other => failed(format!("{other} questions")),
    }
}

/// The program says what the library does: where there is only loopback and nobody at it, nothing.
fn search() -> Outcome {
    let found = Finder::new()?.find("TCPIP?*")?;
    if found.names.is_empty() && found.took < LIMIT { Ok(()) } else { failed(format!("{found:?}")) }
}

fn two_networks() -> Outcome {
    let lans = [Lan::new(1)?, Lan::new(2)?];
    let (host, first) = lans[0].host()?;
    let second = lans[1].join(&host)?;
    host.start("instrument", &["Lab,One,1,1"])?;
    same(&ask_lan(&lans[0])?, &[first.v4])?;
    same(&ask_lan(&lans[1])?, &[second.v4])
}

/// What is started in namespaces ends with whoever started it, with all that it has started.
pub fn nothing_outlives_it() -> Outcome {
    // A time that no other process sleeps for.
    let time = format!("9{:09}", std::process::id());
    let started = {
        let time = time.clone();
        // The thread ends without a word to its child, as every thread of a killed process does.
        let thread = thread::spawn(move || -> Outcome<bool> {
            let mut command = alone::command()?;
            command.args(["sh", "-c", "setsid sleep $0 & exec sleep $0", &time]);
            let _child = command.stdin(Stdio::null()).spawn()?;
            wait_for(|| sleeping(&time) == 2)
        });
        thread.join().unwrap_or_else(|_| failed("the thread panicked"))?
    };
    let ended = wait_for(|| sleeping(&time) == 0)?;
    if started && ended { Ok(()) } else { failed(format!("started {started}, ended {ended}")) }
}

/// How many processes sleep for that time.
fn sleeping(time: &str) -> usize {
    let wanted = format!("sleep\0{time}\0");
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let lines = processes.map(|entry| std::fs::read(entry.path().join("cmdline")));
    lines.filter(|line| line.as_ref().is_ok_and(|line| *line == wanted.as_bytes())).count()
}

fn wait_for(mut what: impl FnMut() -> bool) -> Outcome<bool> {
    let began = Instant::now();
    while !what() {
        if began.elapsed() > LIMIT {
            return Ok(false);
        }
        thread::sleep(Duration::from_millis(5));
    }
    Ok(true)
}
