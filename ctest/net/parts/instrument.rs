#![forbid(unsafe_code)]
//! `instrument IDENTITY`: the simulated instrument on all addresses of the host, with its own
//! portmapper (IPv4). The raw socket is at 5025, HiSLIP at 4880.

use std::any::Any;
use std::io;
use std::net::Ipv4Addr;

use visa::sim::Config;
use visa::sim::Instrument;

use crate::net::parts::usage;

pub fn start(arguments: &[String]) -> io::Result<Box<dyn Any>> {
    let [identity] = arguments else { return usage("IDENTITY") };
    let config = Config {
        identity: identity.clone(),
        bind: Ipv4Addr::UNSPECIFIED.into(),
        socket: Some(5025),
        hislip: Some(4880),
        portmapper: true,
        ..Config::default()
    };
    Ok(Box::new(Instrument::start(config)?))
}
