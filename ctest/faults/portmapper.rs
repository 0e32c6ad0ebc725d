#![forbid(unsafe_code)]
//! The proxy before the portmapper: viOpen of a VXI-11 name without a port asks it first.
//!
//! Its port is 111 and no other, so these cells run in a network namespace of their own, where
//! each has hosts of its own, 127.1.m.n and 127.2.m.n; this program runs in it once more.

use std::net::IpAddr;
use std::net::SocketAddr;
use std::sync::atomic::AtomicU16;
use std::sync::atomic::Ordering;
use std::time::Duration;

use visa::sim::Config;
use visa::sim::Instrument;
use visa::status::VI_ERROR_IO;

use crate::Outcome;
use crate::failed;
use crate::faults::cell::Bench;
use crate::faults::cell::Cell;
use crate::faults::cell::Seen;
use crate::faults::cell::Site;
use crate::faults::fault::Case;
use crate::faults::fault::Effect;
use crate::faults::fault::Fault;
use crate::faults::fault::Step;
use crate::faults::fault::Strikes;
use crate::faults::operation::OPERATIONS;
use crate::faults::operation::What;
use crate::faults::outcomes::Table;
use crate::faults::protocol::Message;
use crate::faults::protocol::Protocol;
use crate::faults::protocol::with_word;
use crate::faults::proxy::Proxy;
use crate::faults::rules;
use crate::faults::run;
use crate::faults::worker::Worker;
use crate::net::alone;
use crate::net::commands;
use crate::process;
use crate::programs::Built;

/// What the test program's first argument `faults` is followed by in the namespace.
pub const IN_NAMESPACE: &str = "portmapper";

/// The most that all cells may take there.
const LIMIT: Duration = Duration::from_secs(600);

const PORT: u16 = 111;

/// Where the port stands in the reply, counted in words with the record mark.
const ANSWER: usize = 7;

/// Faults of whole instruments, which mean nothing here.
const ELSEWHERE: &[&str] = &["error", "maximum 0", "maximum 4 GiB"];

/// What only a portmapper can say wrong.
pub static LIES: &[Fault] = &[
    lie("port 0", "the portmapper knows of no core channel", |reply| told(reply, 0)),
    lie("port 65536", "it tells a port that none can be", |reply| told(reply, 0x1_0000)),
    lie("port of nobody", "it tells a port on which nobody listens", |reply| told(reply, 1)),
    lie("port 111", "it tells its own port", |reply| told(reply, PORT.into())),
];

/// Whoever is sent to a wrong place finds no such resource.
const fn lie(
    name: &'static str,
    what: &'static str,
    act: fn(&Message) -> Option<Vec<Step>>,
) -> Fault {
    const NOT_THERE: fn(Case) -> Effect = |_| Effect::Refused(VI_ERROR_IO);
    let protocols = &[Protocol::Vxi11];
    Fault { name, what, protocols, strikes: Strikes::Answer, act, effect: NOT_THERE }
}

fn told(reply: &Message, port: u32) -> Option<Vec<Step>> {
    with_word(&reply.bytes, ANSWER, port).map(|bytes| vec![Step::Send(bytes)])
}

/// All faults of a portmapper.
fn faults() -> impl Iterator<Item = &'static Fault> {
    run::faults().filter(|fault| !ELSEWHERE.contains(&fault.name)).chain(LIES)
}

fn cells() -> Vec<Cell> {
    let protocol = Protocol::Vxi11;
    let opens = || OPERATIONS.iter().filter(|operation| operation.what == What::Open);
    faults()
        .flat_map(|fault| opens().map(move |operation| (fault, operation)))
        .filter(|(fault, operation)| rules::expected(fault, protocol, operation).is_some())
        .map(|(fault, operation)| Cell { fault, protocol, operation, site: Site::Portmapper })
        .collect()
}

/// Runs all cells in a namespace.
pub fn table(times: usize) -> Outcome<Table> {
    process::installed("ip")?;
    let mut command = alone::command()?;
    command.arg(std::env::current_exe()?);
    command.args(["faults", IN_NAMESPACE, &times.to_string()]);
    let ended = process::run(&mut command, LIMIT)?;
    if !ended.status.success() {
        return failed(ended.said);
    }
    Ok(Table::of_lines("Portmapper", &["viOpen"], &ended.said))
}

/// The same, in the namespace: says what became of them.
pub fn main(times: usize) -> Outcome {
    commands::prepare()?;
    for (cell, seen) in run::cells(&cells(), times)? {
        println!("{}", Table::line(&cell, &seen));
    }
    Ok(())
}

/// Runs one cell. The instrument of a host has its core channel on a port that the portmapper of
/// another host tells, and the proxy to that one stands on the first.
pub fn run(cell: &Cell, program: &Built) -> Outcome<Seen> {
    static HOSTS: AtomicU16 = AtomicU16::new(1);
    let [high, low] = HOSTS.fetch_add(1, Ordering::SeqCst).to_be_bytes();
    let [here, there] = [1, 2].map(|net| IpAddr::from([127, net, high, low]));
    let mute = Config { hislip: None, ..Config::default() };
    let instrument = Instrument::start(Config { bind: here, ..mute.clone() })?;
    let _asked = Instrument::start(Config {
        bind: there,
        vxi11: instrument.vxi11_port(),
        portmapper: true,
        ..mute
    })?;
    let (bind, upstream) = (SocketAddr::new(here, PORT), SocketAddr::new(there, PORT));
    let proxy = Proxy::start(bind, upstream, cell.protocol, cell.fault)?;
    let resource = format!("TCPIP0::{here}::inst0::INSTR");
    let bench = Bench { cell, resource, proxy: &proxy, instrument: &instrument };
    bench.run(Worker::start(program)?)
}
